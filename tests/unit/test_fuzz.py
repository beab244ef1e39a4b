"""Every parser of ours against some hundred broken cases each; `make fuzz` goes on for longer.

A module that takes bytes or text apart must be fed by a target of `tests/fuzz/targets.py`.
"""

import ast
import random
from collections.abc import Iterator
from pathlib import Path

import pytest
import slamon

from tests.fuzz.mutate import LONGEST, cases
from tests.fuzz.running import Finding, run
from tests.fuzz.targets import ELSEWHERE, TARGETS, Target

PACKAGE = Path(slamon.__file__).parent
ROOMS = ("blackbox", "catalogue", "imports", "probes", "web")
"""The folders that meet strangers."""

TAKING_APART = {
    "b64decode", "compose", "decode", "decompress", "DictReader", "finditer", "from_bytes", "from_text", "from_wire",
    "fromhex", "fullmatch", "get_struct", "load_der_ocsp_response", "load_der_x509_certificate",
    "load_pem_x509_certificate", "loads", "rrulestr", "unpack", "unpack_from", "unquote", "urlsplit",
}  # fmt: skip
"""Calls by which a module shows that it parses."""

NUMBER = 20_261_125
COUNT = 200
SLOW = {
    "csv": 40,
    "catalogue": 100,
    "drop-in-dns": 100,
    "starttls": 100,
    "websocket": 100,
    "dns": 100,
    "uptimerobot": 60,
}
"""Those whose cases take milliseconds."""


@pytest.mark.parametrize("name", TARGETS)
def test_a_parser_takes_whatever_comes(name: str) -> None:
    run(name, TARGETS[name], NUMBER, len(TARGETS[name].seeds) + SLOW.get(name, COUNT))


@pytest.mark.parametrize("name", TARGETS)
def test_the_seeds_are_not_all_refused(name: str) -> None:
    """Cases made of what is refused at once would prove little."""
    target, taken = TARGETS[name], 0
    for seed in target.seeds:
        try:
            target.parse(seed)
        except target.refuses:
            continue
        taken += 1
    assert taken or name in REFUSED, f"{name}: none of its seeds is taken"


REFUSED = {
    "ssh": "a signature over random bytes cannot stand in a file",
    "websocket": "so with the answer to a random key",
}


def parsing_modules() -> Iterator[str]:
    for room in ROOMS:
        for path in sorted((PACKAGE / room).rglob("*.py")):
            tree = ast.parse(path.read_text(encoding="utf-8"))
            calls = (node.func for node in ast.walk(tree) if isinstance(node, ast.Call))
            named = {
                f.attr if isinstance(f, ast.Attribute) else f.id
                for f in calls
                if isinstance(f, ast.Attribute | ast.Name)
            }
            if named & TAKING_APART:
                yield ".".join(path.relative_to(PACKAGE).with_suffix("").parts)


def test_every_module_that_takes_something_apart_is_fuzzed() -> None:
    covered = {module for target in TARGETS.values() for module in target.covers}
    missing = sorted(set(parsing_modules()) - covered - set(ELSEWHERE))
    assert not missing, f"{missing}: add a target to tests/fuzz/targets.py, or a reason to ELSEWHERE there"


def test_the_table_names_modules_that_there_are() -> None:
    named = {module for target in TARGETS.values() for module in target.covers} | set(ELSEWHERE)
    gone = sorted(module for module in named if not (PACKAGE / f"{module.replace('.', '/')}.py").is_file())
    assert not gone


def test_the_same_number_gives_the_same_cases() -> None:
    def some(number: int) -> list[bytes]:
        return [case for case, _ in zip(cases([b"abc", b"0123456789"], number), range(200), strict=False)]

    assert some(1) == some(1) != some(2)
    assert len(set(some(1))) > 100
    assert all(len(case) <= LONGEST for case in some(1))


def test_what_is_not_allowed_is_found_and_shown_with_its_case() -> None:
    def parse(data: bytes) -> None:
        if len(data) == 2:
            raise IndexError("two")
        raise ValueError

    target = Target(parse, [b"abc"], (ValueError,), ())
    with pytest.raises(Finding, match=r"broken: b'..'|IndexError: two"):
        run("broken", target, random.Random(1).randrange(9), 5000)
