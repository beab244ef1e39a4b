"""`slamon status` as a user calls it: what it shows of a running system, and what it says where none answers."""

import contextlib
import json
import re
import socket
import socketserver
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from slamon.commands import control
from slamon.ledger import Batch, Ledger, Mark

from tests.system import calling, endpoints
from tests.system.calling import CATALOGUE, START, Slamon, clock, put
from tests.system.running import Slamon as Running
from tests.system.running import command, running, wait_for
from tests.system.terminal import on_terminal, without_escapes

slamon = calling.slamon
NOW = "2026-10-05T01:00:00Z"
NOW_MS = START + 3_600_000


# -- a running system


def catalogue(shop: str, database: str, **more: Any) -> dict[str, Any]:
    """A shop with a page and a database, and a process that stands on it."""
    return {
        "slamon": 1,
        "defaults": {"interval": "1s", "timeout": "2s", "retry_interval": "1s"},
        "customers": CATALOGUE["customers"],
        "services": {
            "shop": {"checks": {"page": {"http": {"url": shop}}, "db": {"tcp": {"address": database}}}},
            "order": {"depends_on": ["shop"]},
        },
        "agreements": {"gold": {"customer": "kunde", "services": ["shop", "order"], "target": "99.9%"}},
        **more,
    }


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Running, endpoints.Page]]:
    """A system that watches a page, whose answers a test may change, and says what nothing uses."""
    folder = tmp_path_factory.mktemp("status")
    config = folder / "slamon.yml"
    with endpoints.page() as page:
        config.write_text(json.dumps(catalogue(page.url, page.address, teams={"web": {"name": "Web"}})))
        ledger = Ledger.open(folder / "data" / "slamon.db")
        marks = [Mark("demo", START, NOW_MS, NOW_MS, "six weeks"), Mark("import", START, NOW_MS, NOW_MS, "old.jsonl")]
        ledger.commit(Batch(marks=marks)).result()
        ledger.close()
        with running(config, folder / "data") as one:
            yield one, page


def state_is(one: Running, state: str) -> None:
    wait_for(lambda: {s["state"] for s in one.status()["services"]} == {state}, f"every service is {state}")


def test_what_is_up_is_shown_with_its_figures(system: tuple[Running, endpoints.Page]) -> None:
    one, page = system
    page.status = 200
    state_is(one, "up")
    done = command("status", "-c", str(one.config), "-d", str(one.data))
    assert (done.returncode, done.stderr) == (0, "")
    rows = [line.split() for line in done.stdout.splitlines()]
    shown = [[*row[:2], *row[3:6]] for row in rows if row[:1] in (["shop"], ["order"])]
    assert shown == [
        ["shop", "up", "page", "(http)", "up"],
        ["shop", "up", "db", "(tcp)", "up"],
        ["order", "up", "-", "(depends", "on"],
    ]
    assert [row[:2] for row in rows if row[:1] == ["gold"]] == [["gold", "shop"], ["gold", "order"]]
    assert " ms" in done.stdout
    assert " ago" in done.stdout


def test_what_is_down_is_shown_with_its_reason_and_is_the_exit_code(system: tuple[Running, endpoints.Page]) -> None:
    one, page = system
    page.status = 503
    state_is(one, "down")
    done = command("status", "-d", str(one.data))
    assert (done.returncode, done.stderr) == (1, "")
    row = next(line for line in done.stdout.splitlines() if line.startswith("shop") and "page" in line)
    assert "503" in row
    found = json.loads(command("status", "-d", str(one.data), "--format", "json").stdout)
    service = found["services"][0]
    assert (service["service"], service["state"]) == ("shop", "down")
    assert service["checks"][0]["address"] == page.address, "that of the newest probe"
    assert 0 <= found["at_ms"] - service["since_ms"] < 600_000, "since when it is down, as it was confirmed"


def test_what_was_invented_or_imported_and_what_nothing_uses_is_told(system: tuple[Running, endpoints.Page]) -> None:
    one, _ = system
    done = command("status", "-d", str(one.data))
    span = "from 2026-10-05 00:00:00Z to 2026-10-05 01:00:00Z"
    assert f"demo: what the ledger says {span} was invented, not observed\n" in done.stdout
    assert f"imported: {span}, old.jsonl\n" in done.stdout
    assert "teams.web is used by nothing\n" in done.stdout


def test_it_is_watched_until_ctrl_c(system: tuple[Running, endpoints.Page]) -> None:
    one, page = system
    page.status = 503
    state_is(one, "down")

    def changing(shown: str) -> bool:
        if "503" in shown:
            page.status = 200
        newest = without_escapes(shown.split("\x1b[H")[-1])
        return "Figures at" in newest and not re.search(r"\bdown\b", newest)

    screen = on_terminal("status", "-d", str(one.data), "--watch", columns=120, until=changing)
    assert screen.code == 0, "that of what was shown last"
    assert "Traceback" not in screen.text


def test_a_local_fault_is_told(tmp_path: Path) -> None:
    with endpoints.page() as page, endpoints.closed() as nobody:
        reference = {"targets": [{"tcp": {"address": nobody}}], "interval": "1s", "timeout": "1s"}
        (tmp_path / "slamon.yml").write_text(json.dumps(catalogue(page.url, page.address, reference=reference)))
        with running(tmp_path / "slamon.yml", tmp_path / "data") as one:
            wait_for(lambda: one.status()["local_fault"], "the fault is known")
            done = command("status", "-d", str(one.data))
    assert done.stdout.startswith("The monitor's own network is at fault: every check is unknown.\n")
    assert done.returncode == 0, "unknown is not down"


# -- what is shown of an answer

ANSWER: dict[str, Any] = {
    "at": NOW,
    "at_ms": NOW_MS,
    "services": [
        {
            "service": "mail",
            "name": "Mail",
            "state": "up",
            "since_ms": None,
            "checks": [
                {
                    "check": "relay",
                    "kind": "tcp",
                    "target": "mail:25",
                    "state": None,
                    "last_ms": None,
                    "duration_ms": None,
                    "message": None,
                }
            ],
        },
        {
            "service": "shop",
            "name": "Shop",
            "state": "down",
            "since_ms": NOW_MS - 7_800_000,
            "checks": [
                {
                    "check": "page",
                    "kind": "http",
                    "target": "http://shop/",
                    "state": "down",
                    "last_ms": NOW_MS - 3_000,
                    "duration_ms": 12.5,
                    "message": "no connection to [fe80::1]:443 [red]or[/red] [/]",
                }
            ],
        },
    ],
    "agreements": [],
    "local_fault": False,
    "storing": True,
    "storing_error": None,
    "warnings": [],
    "marks": [],
}


@pytest.fixture
def answering(slamon: Slamon, monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, Any]]:
    """Something that answers on the control socket; what it answers may be changed."""
    clock(monkeypatch, NOW)
    put(CATALOGUE, [])
    answer = json.loads(json.dumps(ANSWER))
    with endpoints.control(Path("data"), lambda: answer):
        yield answer


def test_ages_durations_and_a_strangers_words_are_shown_as_they_are(answering: Any, slamon: Slamon) -> None:
    done = slamon("status")
    assert done.code == 1
    words = "no connection to [fe80::1]:443 [red]or[/red] [/]"
    assert done.out.splitlines() == [
        f"Services at {NOW}",
        "service  state  for     check        seen     took  last probe  found",
        "mail     up     -       relay (tcp)  -           -           -",
        f"shop     down   2h 10m  page (http)  down  12.5 ms      3s ago  {words}",
    ]


def test_a_ledger_that_cannot_store_is_told_first(answering: Any, slamon: Slamon) -> None:
    answering |= {"storing": False, "storing_error": "no space is left in /data"}
    first, *_ = slamon("status").out.splitlines()
    assert first == "The ledger cannot store: no space is left in /data. Figures go on from memory."


def test_json_is_the_answer_as_it_is(answering: Any, slamon: Slamon) -> None:
    done = slamon("status", "-f", "json")
    assert (done.code, json.loads(done.out)) == (1, ANSWER)


def test_unknown_is_not_down(answering: Any, slamon: Slamon) -> None:
    answering["services"][1]["state"] = "unknown"
    assert slamon("status").code == 0


def test_what_is_watched_stays_on_the_screen_when_the_system_goes_away(tmp_path: Path) -> None:
    with contextlib.ExitStack() as stack:
        stack.enter_context(endpoints.control(tmp_path / "data", lambda: ANSWER))

        def gone(shown: str) -> bool:
            if "Services at" in shown:
                stack.close()
            newest = without_escapes(shown.split("\x1b[H")[-1])
            return "no slamon is running on data" in newest and "relay (tcp)" in newest

        screen = on_terminal("status", "-d", "data", "--watch", columns=120, cwd=tmp_path, until=gone)
    assert screen.code == 1


# -- where nobody answers


def test_where_nothing_runs_it_says_how_to_start(slamon: Slamon) -> None:
    put(CATALOGUE, [])
    done = slamon("status")
    assert (done.code, done.out) == (2, "")
    assert done.err == (
        "slamon: no slamon is running on data: start one with `slamon run`, or name its folder with --data\n"
    )


def test_a_socket_that_a_dead_process_left_is_nobody(slamon: Slamon) -> None:
    Path("data").mkdir()
    with socket.socket(socket.AF_UNIX) as sock:
        sock.bind("data/control.sock")
    assert "no slamon is running on data" in slamon("status", "-d", "data").err


def test_a_socket_of_somebody_else_is_told_from_nobody(slamon: Slamon, monkeypatch: pytest.MonkeyPatch) -> None:
    def forbidden(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(control._UnixConnection, "connect", forbidden)
    done = slamon("status", "-d", "data")
    assert done.code == 3
    assert (
        "data/control.sock may be used by its owner only: run the command as the user that slamon runs as" in done.err
    )


def test_a_system_that_hangs_is_told_from_nobody(slamon: Slamon, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(control, "PATIENCE_S", 0.2)
    Path("data").mkdir()
    with contextlib.closing(socket.socket(socket.AF_UNIX)) as sock:
        sock.bind("data/control.sock")
        sock.listen()
        done = slamon("status", "-d", "data")
    assert done.code == 3
    assert "the system that runs at data/control.sock does not answer within" in done.err


def test_a_system_that_breaks_off_is_a_failure_of_ours(slamon: Slamon) -> None:
    class Breaking(endpoints.Quiet):
        def do_GET(self) -> None:  # noqa: N802
            if self.path == "/-/healthy":
                self.answer(200, b"ok")

    Path("data").mkdir()
    with endpoints.serving(socketserver.ThreadingUnixStreamServer("data/control.sock", Breaking)):
        done = slamon("status", "-d", "data")
    assert done.code == 3
    assert done.err.startswith("slamon: the running system broke off: ")
