"""Imports go down only: the house's floors (DESIGN.md) hold."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import slamon

PACKAGE = Path(slamon.__file__).parent
EVERYWHERE = {"errors", "clock", "logs"}
FLOORS = {
    "accounting": 0,
    "catalogue": 1,
    "imports": 2,
    "probes": 2,
    "ledger": 2,
    "figures": 2,
    "desk": 3,
    "prober": 3,
    "shown": 3,
    "replay": 3,
    "export": 3,
    "web": 3,
    "reports": 4,
    "running": 4,
    "blackbox": 4,
    "delivery": 5,
    "monitor": 5,
    "system": 6,
    "demo": 7,
    "commands": 8,
    "cli": 9,
}


def modules() -> Iterator[tuple[str, Path]]:
    for path in sorted(PACKAGE.rglob("*.py")):
        room = path.relative_to(PACKAGE).parts[0].removesuffix(".py")
        if room not in {"__init__", "__main__"}:
            yield room, path


def imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            yield node.module or ""


def rooms(path: Path) -> Iterator[str]:
    for name in imported(path):
        parts = name.split(".")
        if parts[0] == "slamon" and len(parts) > 1:
            yield parts[1]


def violations(room: str, used: str) -> bool:
    if used == room:
        return False
    if used in EVERYWHERE or room in EVERYWHERE:
        return room == "accounting" or room in EVERYWHERE
    return FLOORS[used] >= FLOORS[room]


def test_every_module_stands_on_a_floor_and_imports_only_from_below() -> None:
    wrong = [
        f"{path.relative_to(PACKAGE)} imports slamon.{used}"
        for room, path in modules()
        for used in rooms(path)
        if violations(room, used)
    ]
    assert wrong == []


def test_accounting_imports_nothing_but_itself_and_the_standard_library() -> None:
    impure = {
        "time",
        "random",
        "os",
        "io",
        "socket",
        "sqlite3",
        "logging",
        "asyncio",
        "threading",
        "subprocess",
    }
    for room, path in modules():
        if room != "accounting":
            continue
        for name in imported(path):
            top = name.split(".")[0]
            inside = name.startswith("slamon.accounting")
            assert inside or (top in sys.stdlib_module_names and top not in impure), f"{path.name} imports {name}"


def test_a_wrong_direction_would_be_seen() -> None:
    assert violations("accounting", "catalogue")
    assert violations("ledger", "figures")
    assert violations("accounting", "clock")
    assert not violations("monitor", "web")
