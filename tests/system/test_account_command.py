"""`slamon account` and `slamon import observations` as a user calls them: what they print, and what they refuse."""

import csv
import io
import json
import socketserver
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any, ClassVar

import pytest
from slamon import cli
from slamon.accounting import Blind, Cause, Observation, Verdict
from slamon.catalogue.quantities import instant_ms
from slamon.ledger import Batch, Ledger
from slamon.shown import instant_text

VECTORS = Path(__file__).parents[1] / "vectors"
NAMES = sorted(path.stem for path in VECTORS.glob("*.json"))
MINUTE = 60_000
START = instant_ms("2026-10-05T00:00:00Z")
AT = "2026-10-05T01:00:00Z"
NOW = "2027-01-01T00:00:00Z"


@dataclass(frozen=True, slots=True)
class Done:
    """A command at its end."""

    code: int
    out: str
    err: str

    @property
    def figures(self) -> list[dict[str, Any]]:
        assert self.code == 0, self.err
        return list(json.loads(self.out)["figures"])


Slamon = Callable[..., Done]


@pytest.fixture
def slamon(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Slamon:
    """Runs a command in this process, in its own folder, at the turn of a year."""
    monkeypatch.chdir(tmp_path)
    clock(monkeypatch, NOW)

    def run(*words: str) -> Done:
        monkeypatch.setattr(sys, "argv", ["slamon", *words])
        code = 0
        try:
            cli.main()
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else 1
        return Done(code, *capsys.readouterr())

    return run


def clock(monkeypatch: pytest.MonkeyPatch, now: str) -> None:
    monkeypatch.setattr(time, "time_ns", lambda: instant_ms(now) * 1_000_000)


def put(catalogue: dict[str, Any], observations: list[dict[str, Any]]) -> None:
    Path("slamon.yml").write_text(json.dumps(catalogue))
    Path("seen.jsonl").write_text("".join(json.dumps(line) + "\n" for line in observations))


def vector(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((VECTORS / f"{name}.json").read_text())
    put(found["catalogue"], found["observations"])
    return found


def words(found: dict[str, Any], *more: str) -> list[str]:
    return ["account", "--at", found["at"], "--period", found["period"], "--format", "json", *more]


def expected_of(figures: list[dict[str, Any]], found: dict[str, Any]) -> list[dict[str, Any]]:
    return [{key: f.get(key) for key in wanted} for f, wanted in zip(figures, found["expected"], strict=True)]


CATALOGUE: dict[str, Any] = {
    "slamon": 1,
    "customers": {"kunde": {"name": "Kunde", "kind": "external"}},
    "defaults": {"interval": "60s", "timeout": "5s", "confirm": 1},
    "services": {
        "shop": {
            "checks": {"home": {"tcp": {"address": "127.0.0.1:9"}, "since": "2026-01-01T00:00:00Z"}},
        }
    },
    "agreements": {
        "gold": {
            "customer": "kunde",
            "services": ["shop"],
            "target": "99.9%",
            "valid_from": "2026-10-05",
            "latency": {"threshold": "100ms", "target": "90%", "min_observations": 1},
        }
    },
}


def line(minute: float, verdict: str = "up", **more: Any) -> dict[str, Any]:
    return {"check": "shop/home", "at": START + round(minute * MINUTE), "verdict": verdict, **more}


@pytest.fixture
def shop(slamon: Slamon) -> Slamon:
    """An hour of a shop: a minute apart, two minutes down from 00:10 on."""
    put(CATALOGUE, [line(i, "down" if i in (10, 11) else "up", duration_ms=50) for i in range(60)])
    return slamon


REPLAY = ("account", "--observations", "seen.jsonl")


# -- worked cases


@pytest.mark.parametrize("name", NAMES)
def test_every_worked_case_comes_out_of_the_command(name: str, slamon: Slamon) -> None:
    found = vector(name)
    figures = slamon(*words(found, "--observations", "seen.jsonl")).figures
    assert expected_of(figures, found) == found["expected"]


@pytest.mark.parametrize("name", ["random-46", "latency-quarter-hours", "local-fault"])
def test_a_worked_case_comes_out_of_the_program_itself(name: str, tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.chdir(tmp_path)
    found = vector(name)
    asked = [*words(found), "-c", "slamon.yml", "--observations", "seen.jsonl"]
    done = subprocess.run([sys.executable, "-m", "slamon", *asked], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    assert expected_of(json.loads(done.stdout)["figures"], found) == found["expected"]


# -- how it is asked and printed


def test_json_tells_the_moment_and_the_figures(shop: Slamon) -> None:
    found = json.loads(shop(*REPLAY, "--at", AT, "-f", "json").out)
    assert (found["at"], found["at_ms"]) == ("2026-10-05T01:00:00.000Z", START + 60 * MINUTE)
    assert [(f["agreement"], f["service"], f["downtime_ms"]) for f in found["figures"]] == [("gold", "shop", 120_000)]


@pytest.mark.parametrize("at", ["2026-10-05T01:00:00Z", "2026-10-05T03:00:00+02:00", str(START + 60 * MINUTE)])
def test_the_moment_may_be_written_in_any_zone_or_in_milliseconds(at: str, shop: Slamon) -> None:
    assert json.loads(shop(*REPLAY, "--at", at, "-f", "json").out)["at_ms"] == START + 60 * MINUTE


def test_observations_at_or_after_the_moment_do_not_exist_yet(shop: Slamon) -> None:
    figure = shop(*REPLAY, "--at", "2026-10-05T00:11:00Z", "-f", "json").figures[0]
    # seen down at 00:10, not yet at 00:11
    assert (figure["downtime_ms"], figure["observed_ms"]) == (60_000, 11 * MINUTE)
    assert figure["outages"] == [
        {"start_ms": START + 10 * MINUTE, "end_ms": START + 11 * MINUTE, "counted_ms": MINUTE, "open": True}
    ]


def test_csv_opens_with_exact_milliseconds(shop: Slamon) -> None:
    done = shop(*REPLAY, "--at", AT, "--format", "csv")
    header, row = csv.reader(io.StringIO(done.out))
    told = dict(zip(header, row, strict=True))
    assert (told["downtime_ms"], told["observed_ms"], told["availability"]) == ("120000", "3600000", "0.966666666666")
    assert "\r" not in done.out


def test_the_table_cuts_against_the_provider_and_says_what_stands_beside(shop: Slamon) -> None:
    out = shop(*REPLAY, "--at", AT).out
    assert "96.666 %" in out, "96.6666... is cut, not rounded"
    assert "2m 0s" in out
    assert "gold/shop: rules: confirm 1 for shop/home" in out
    assert "latency: 58 of 58 within 100 ms: 100.000 %, agreed 90.000 %, met" in out
    assert "Accounting is by time; requests and users are not weighed." in out
    assert "\x1b" not in out, "no colour in a pipe"
    assert max(len(row.rstrip()) for row in out.splitlines()) <= 120


def test_one_agreement_and_service_may_be_asked_for(shop: Slamon) -> None:
    assert len(shop(*REPLAY, "--at", AT, "-a", "gold", "-s", "shop", "-f", "json").figures) == 1


def test_where_nothing_was_in_force_it_says_so(shop: Slamon) -> None:
    done = shop(*REPLAY, "--at", "2026-08-05T00:00:00Z", "-f", "json")
    assert (done.code, json.loads(done.out)["figures"]) == (0, [])
    assert "no agreement was in force" in done.err


# -- questions that make no sense

BAD_QUESTIONS = [
    (["--at", "yesterday"], "at 'yesterday': expected a time with its offset or Z, as 2026-10-05T12:00:00Z"),
    (["--at", "2026-10-05T01:00:00"], "expected a time with its offset or Z"),
    (["--at", "2026-10-05"], "expected a time with its offset or Z"),
    (["--at", "99999-10-05T00:00:00Z"], "expected a time with its offset or Z"),
    (["--at", "2199-01-01T00:00:00Z"], "at 2199-01-01T00:00:00.000Z is in the future"),
    (["--at", AT, "-p", "2026-13"], "'2026-13' names no period that exists"),
    (["--at", AT, "-p", "2026-W54"], "'2026-W54' names no period that exists"),
    (["--at", AT, "-p", "10/2026"], 'write "2026-10", "2026-W43", "2026-Q4" or "2026"'),
    (["--at", AT, "-p", "2026-11"], "the period 2026-11 has not begun"),
    (["--at", AT, "-a", "silver"], "there is no agreement 'silver'; there are: gold"),
    (["--at", AT, "-s", "mail"], "there is no service 'mail'; there are: shop"),
    (["--at", AT, "-f", "xml"], "'xml' is not one of 'table', 'json', 'csv'"),
    (["--at", AT, "-c", "nowhere.yml"], "there is no catalogue at nowhere.yml"),
]


@pytest.mark.parametrize(("asked", "said"), BAD_QUESTIONS)
def test_a_question_that_makes_no_sense_is_a_usage_error(asked: list[str], said: str, shop: Slamon) -> None:
    done = shop(*REPLAY, *asked)
    assert (done.code, done.out) == (2, "")
    assert said in " ".join(done.err.replace("│", " ").split())


def test_the_future_is_refused_for_the_ledger_too(shop: Slamon) -> None:
    done = shop("account", "--at", "2199-01-01T00:00:00Z")
    assert done.code == 2
    assert "is in the future" in done.err


def test_a_worked_example_of_a_time_to_come_may_be_replayed(shop: Slamon, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its observations are of the future themselves; where they are of the past, so must be the moment."""
    clock(monkeypatch, "2026-01-01T00:00:00Z")
    assert shop(*REPLAY, "--at", AT, "-f", "json").figures[0]["downtime_ms"] == 120_000
    clock(monkeypatch, "2026-10-05T00:59:30Z")
    assert shop(*REPLAY, "--at", AT, "-f", "json").code == 2


def test_without_a_moment_a_file_is_replayed_up_to_now(shop: Slamon, monkeypatch: pytest.MonkeyPatch) -> None:
    clock(monkeypatch, "2026-10-05T00:11:00Z")
    assert shop(*REPLAY, "-f", "json").figures[0]["downtime_ms"] == 60_000


def test_without_a_ledger_it_says_what_to_do(shop: Slamon) -> None:
    done = shop("account")
    assert done.code == 2
    assert "there is no ledger at data/slamon.db: start slamon once, or name its folder with --data" in done.err


def test_a_broken_catalogue_is_told_with_its_place(shop: Slamon) -> None:
    Path("slamon.yml").write_text("slamon: 1\nservcies: {}\n")
    done = shop(*REPLAY, "--at", AT)
    assert done.code == 2
    assert "slamon.yml:2:1" in done.err


# -- files that make no sense

GOOD = b'{"check": "shop/home", "at": "2026-10-05T00:00:00Z", "verdict": "up"}\n'
BAD_LINES = [
    (b"{", "no JSON (column 1"),
    (b"[1, 2]", "found [1, 2], expected a JSON object"),
    (b'"up"', 'found "up", expected a JSON object'),
    (b'{"check": "shop/home", "at": "2026-10-05T00:01:00Z"}', "found no verdict, expected the keys check, at, verdict"),
    (
        b'{"check": "shop/home", "at": "2026-10-05T00:01:00Z", "verdict": "up", "durration_ms": 1}',
        'found the key "durration_ms", expected keys out of check, at, verdict, duration_ms, reason, retry; '
        "did you mean 'duration_ms'?",
    ),
    (
        b'{"check": "shop/hom", "at": "2026-10-05T00:01:00Z", "verdict": "up"}',
        "found check \"shop/hom\", expected a check of the catalogue (shop/home); did you mean 'shop/home'?",
    ),
    (b'{"check": ["shop/home"], "at": 1, "verdict": "up"}', 'found check ["shop/home"]'),
    (b'{"check": "shop/home", "at": "2026-10-05T00:01:00", "verdict": "up"}', "a time with its offset or Z"),
    (b'{"check": "shop/home", "at": "noon", "verdict": "up"}', 'found at "noon"'),
    (b'{"check": "shop/home", "at": 1.5, "verdict": "up"}', "found at 1.5"),
    (b'{"check": "shop/home", "at": true, "verdict": "up"}', "found at true"),
    (b'{"check": "shop/home", "at": 99999999999999999, "verdict": "up"}', "a time from 1970 to 2199"),
    (b'{"check": "shop/home", "at": -1, "verdict": "up"}', "a time from 1970 to 2199"),
    (b'{"check": "shop/home", "at": 1, "verdict": "Up"}', 'found verdict "Up", expected one of up, degraded, down'),
    (b'{"check": "shop/home", "at": 1, "verdict": "up", "duration_ms": "fast"}', 'found duration_ms "fast"'),
    (b'{"check": "shop/home", "at": 1, "verdict": "up", "duration_ms": -1}', "milliseconds from 0 to a day"),
    (b'{"check": "shop/home", "at": 1, "verdict": "up", "duration_ms": NaN}', "found NaN, expected a number"),
    (b'{"check": "shop/home", "at": 1, "verdict": "up", "duration_ms": 1e999}', "found duration_ms Infinity"),
    (b'{"check": "shop/home", "at": 1, "verdict": "down", "reason": "a\\u0000b"}', "expected a word such as timeout"),
    (b'{"check": "shop/home", "at": 1, "verdict": "down", "retry": 1}', "found retry 1, expected true or false"),
    (b'{"check": "shop/home", "at": 1, "at": 2, "verdict": "up"}', 'found the key "at" twice'),
    (b'{"check": "shop/home\xff", "at": 1, "verdict": "up"}', "bytes that are no UTF-8 (at 21)"),
    (b'{"check": "shop/home", \0 "at": 1, "verdict": "up"}', "found a NUL byte"),
    (b"[" * 60_000, "JSON beyond all measure"),
    (b'{"check": "shop/home", "at": ' + b"1" * 5_000 + b', "verdict": "up"}', "JSON beyond all measure"),
    (b'{"check": "' + b"x" * 70_000 + b'"}', "a line of more than 65536 bytes"),
]


@pytest.mark.parametrize(("bad", "said"), BAD_LINES, ids=range(len(BAD_LINES)))
def test_a_bad_line_is_told_with_its_place_and_an_example(bad: bytes, said: str, shop: Slamon) -> None:
    Path("seen.jsonl").write_bytes(GOOD + b"\n" + bad + b"\n" + GOOD)
    done = shop(*REPLAY, "--at", AT)
    assert (done.code, done.out) == (2, "")
    assert "seen.jsonl:3: " in done.err
    assert said in done.err
    assert 'for example {"check": "shop/home", "at": "2026-10-05T00:00:00Z"' in done.err
    assert len(done.err) < 600
    assert done.err.count("\n") == 1


@pytest.mark.parametrize("file", ["nowhere.jsonl", "."])
def test_a_file_that_cannot_be_read_is_a_usage_error(file: str, shop: Slamon) -> None:
    done = shop("account", "--observations", file, "--at", AT)
    assert done.code == 2
    assert f"{file} cannot be read" in done.err


def test_an_endless_line_is_read_no_further_than_its_limit(shop: Slamon) -> None:
    done = shop("account", "--observations", "/dev/zero", "--at", AT)
    assert done.code == 2
    assert "/dev/zero:1: found a line of more than 65536 bytes" in done.err


def test_observations_out_of_order_are_rejected_and_counted(shop: Slamon) -> None:
    plain = shop(*REPLAY, "--at", AT, "-f", "json")
    with Path("seen.jsonl").open("a") as file:
        file.writelines(json.dumps(one) + "\n" for one in (line(30.5, "down"), line(59, "down")))
    done = shop(*REPLAY, "--at", AT, "-f", "json")
    assert done.out == plain.out
    assert "2 observation(s) rejected: not after the newest one of their check, first at seen.jsonl:61" in done.err


def test_a_mark_of_byte_order_and_empty_lines_do_no_harm(shop: Slamon) -> None:
    Path("seen.jsonl").write_bytes(b"\xef\xbb\xbf" + GOOD + b"\r\n  \n")
    assert shop(*REPLAY, "--at", AT, "-f", "json").figures[0]["observed_ms"] == MINUTE


# -- import, and the ledger


def imported(slamon: Slamon, lines: list[dict[str, Any]]) -> Done:
    Path("past.jsonl").write_text("".join(json.dumps(one) + "\n" for one in lines))
    return slamon("import", "observations", "past.jsonl")


def ledger_figure(slamon: Slamon, at: str = AT) -> dict[str, Any]:
    return slamon("account", "--at", at, "-f", "json").figures[0]


def test_what_was_imported_is_accounted_as_what_is_replayed(shop: Slamon) -> None:
    done = shop("import", "observations", "seen.jsonl")
    assert (done.code, done.err) == (0, "")
    assert "60 observations of 1 check(s) imported, from 2026-10-05 00:00:00Z to 2026-10-05 00:59:00Z" in done.out
    assert ledger_figure(shop) == shop(*REPLAY, "--at", AT, "-f", "json").figures[0]


def test_a_past_moment_of_the_ledger_knows_nothing_of_what_came_later(shop: Slamon) -> None:
    shop("import", "observations", "seen.jsonl")
    at = "2026-10-05T00:11:00Z"
    figure, replayed = ledger_figure(shop, at), shop(*REPLAY, "--at", at, "-f", "json").figures[0]
    # a run of which part came later does not know any more when its last failure before was
    assert figure.pop("outage_evidence")[0] == replayed.pop("outage_evidence")[0] | {"last_failed_ms": None}
    assert figure == replayed


def test_the_ledger_says_where_the_facts_are_from(shop: Slamon) -> None:
    shop("import", "observations", "seen.jsonl")
    ledger = Ledger.open(Path("data/slamon.db"))
    marks = ledger.load().marks
    ledger.close()
    assert [(m.kind, m.start, m.end, m.words) for m in marks] == [
        ("import", START, START + 59 * MINUTE + 1, "seen.jsonl")
    ]


def test_the_same_file_is_not_imported_twice(shop: Slamon) -> None:
    shop("import", "observations", "seen.jsonl")
    before = ledger_figure(shop)
    done = shop("import", "observations", "seen.jsonl")
    assert done.code == 2
    assert "shop/home at 2026-10-05T00:00:00.000Z would overlap facts that are there" in done.err
    assert ledger_figure(shop) == before


@pytest.mark.parametrize("cut", [5, 10, 11, 12, 30])
@pytest.mark.parametrize("late_first", [False, True])
def test_a_past_imported_in_two_parts_is_the_same_past(cut: int, late_first: bool, shop: Slamon) -> None:
    lines = [json.loads(one) for one in Path("seen.jsonl").read_text().splitlines()]
    parts = [lines[:cut], lines[cut:]]
    for part in reversed(parts) if late_first else parts:
        done = imported(shop, part)
        assert done.code == 0, done.err
    assert ledger_figure(shop) == shop(*REPLAY, "--at", AT, "-f", "json").figures[0]


def test_a_hole_of_the_ledger_is_filled_but_not_overlapped(shop: Slamon) -> None:
    assert imported(shop, [line(i) for i in (*range(10), *range(30, 60))]).code == 0
    assert ledger_figure(shop)["unknown_ms"] == 20 * MINUTE
    done = imported(shop, [line(i) for i in range(10, 32)])
    assert done.code == 2
    assert "would overlap facts that are there: observations from 2026-10-05T00:30:00.000Z" in done.err
    assert imported(shop, [line(i) for i in range(10, 30)]).code == 0
    figure = ledger_figure(shop)
    assert (figure["unknown_ms"], figure["downtime_ms"]) == (0, 0)


def test_a_file_with_a_bad_line_imports_nothing(shop: Slamon) -> None:
    done = imported(shop, [line(1), line(2, "sideways")])
    assert done.code == 2
    assert "past.jsonl:2: found verdict" in done.err
    assert not Path("data").exists(), "not even an empty ledger"


def test_a_file_that_overlaps_in_one_check_imports_nothing_of_another(shop: Slamon) -> None:
    catalogue = json.loads(json.dumps(CATALOGUE))
    catalogue["services"]["shop"]["checks"]["cart"] = catalogue["services"]["shop"]["checks"]["home"]
    put(catalogue, [])
    assert imported(shop, [line(i) for i in range(60)]).code == 0
    done = imported(shop, [*(line(i) | {"check": "shop/cart"} for i in range(60)), line(58.5)])
    assert done.code == 2
    assert "shop/home at 2026-10-05T00:58:30.000Z" in done.err
    assert ledger_figure(shop)["observed_ms"] == 0, "the cart was never seen"


def test_nothing_is_imported_while_slamon_runs(shop: Slamon) -> None:
    ledger = Ledger.open(Path("data/slamon.db"))
    done = shop("import", "observations", "seen.jsonl")
    ledger.close()
    assert done.code == 3
    assert "data/slamon.db is in use" in done.err


def test_what_the_ledger_could_not_see_is_not_filled_in_later(shop: Slamon) -> None:
    ledger = Ledger.open(Path("data/slamon.db"))
    batch = Batch(watermark=START + 60 * MINUTE)
    batch.put_blind(Blind(START + 5 * MINUTE, START + 8 * MINUTE, Cause.STOPPED))
    ledger.commit(batch).result()
    ledger.close()
    done = imported(shop, [line(i) for i in range(10)])
    assert done.code == 2
    assert "a time of which the ledger says stopped from 2026-10-05T00:05:00.000Z" in done.err


def test_after_the_newest_facts_a_file_may_go_on(shop: Slamon) -> None:
    """Nobody looked between the ledger's last commit and the file's first observation."""
    assert imported(shop, [line(i) for i in range(10)]).code == 0
    ledger = Ledger.open(Path("data/slamon.db"))
    ledger.commit(Batch(watermark=START + round(9.25 * MINUTE))).result()
    ledger.close()
    assert imported(shop, [line(i) for i in range(11, 60)]).code == 0
    figure = ledger_figure(shop)
    assert figure["unknown_ms"] == 105_000, "from 00:09:15 to 00:11"
    ledger = Ledger.open(Path("data/slamon.db"))
    stored = ledger.load()
    ledger.close()
    assert stored.watermark == START + 60 * MINUTE
    assert [(b.start - START, b.end - START, b.cause) for b in stored.blinds] == [(555_000, 660_000, Cause.STOPPED)]


def test_a_file_may_go_on_after_what_slamon_saw_itself(shop: Slamon) -> None:
    """The newest observations of the ledger, which were not made runs yet, become runs; none is lost, none twice."""
    own = [
        Observation(
            "shop/home", START + i * MINUTE, Verdict.DOWN if i in (4, 5) else Verdict.UP, MINUTE, 125_000, 50_000
        )
        for i in range(15)
    ]
    ledger = Ledger.open(Path("data/slamon.db"))
    ledger.commit(Batch(observations=own, watermark=own[-1].at + 1_000)).result()
    ledger.close()
    assert imported(shop, [line(i, duration_ms=150) for i in range(15, 60)]).code == 0
    figure = ledger_figure(shop)
    assert (figure["downtime_ms"], figure["unknown_ms"]) == (120_000, 59_000), "nobody saw 00:14:01 to 00:15"
    # the first quarter hour is measured to its end; 13 of its 15 observations were not down
    assert figure["latency"] == {"good": 13, "total": 58}
    ledger = Ledger.open(Path("data/slamon.db"))
    stored = ledger.load()
    ledger.close()
    assert [(r.start - START, r.count) for r in stored.runs["shop/home"]] == [
        (0, 4),
        (4 * MINUTE, 2),
        (6 * MINUTE, 9),
        (15 * MINUTE, 45),
    ]
    assert stored.tails == {}
    assert [o.at for o in stored.uncounted] == [o.at for o in own]


def test_a_local_fault_that_the_file_tells_is_kept(slamon: Slamon) -> None:
    vector("local-fault")
    assert slamon("import", "observations", "seen.jsonl").code == 0
    ledger = Ledger.open(Path("data/slamon.db"))
    stored = ledger.load()
    ledger.close()
    assert {blind.cause for blind in stored.blinds} == {Cause.LOCAL_FAULT}
    assert all(not check.startswith("reference/") for check in stored.runs)


def test_a_local_fault_of_a_file_does_not_reach_into_facts(shop: Slamon) -> None:
    reference = {"targets": [{"tcp": {"address": "127.0.0.1:9"}}], "interval": "60s", "timeout": "5s"}
    put(CATALOGUE | {"reference": reference}, [])
    assert imported(shop, [line(i) for i in range(10)]).code == 0
    failed = {"check": "reference/0", "at": START + 11 * MINUTE, "verdict": "down"}
    done = imported(shop, [line(20), failed])
    assert done.code == 2
    assert "a local fault at 2026-10-05T00:08:55.000Z would overlap facts that are there" in done.err


def test_a_file_without_anything_of_the_past_is_refused(shop: Slamon) -> None:
    done = imported(shop, [])
    assert done.code == 2
    assert "past.jsonl tells no observation of the past: nothing to import" in done.err


def test_observations_of_the_future_are_rejected_and_counted(shop: Slamon) -> None:
    late = instant_ms("2198-01-01T00:00:00Z")
    done = imported(shop, [line(0), {"check": "shop/home", "at": late, "verdict": "up"}])
    assert done.code == 0
    assert "1 observation(s) rejected: later than now" in done.err


NOTHING_SEEN = {"no-data", "nothing-observed-under-unknown-up"}


def always(catalogue: dict[str, Any]) -> dict[str, Any]:
    """A catalogue that says itself since when its checks are members, as a replay takes it."""
    for service in catalogue["services"].values():
        for check in service.get("checks", {}).values():
            if not {"since", "until"} & check.keys():
                check["since"] = "2020-01-01T00:00:00Z"
    return catalogue


@pytest.mark.parametrize("name", [name for name in NAMES if name not in NOTHING_SEEN])
def test_a_worked_case_comes_out_of_a_ledger_that_it_was_imported_into(name: str, slamon: Slamon) -> None:
    found = vector(name)
    seen = [one for one in found["observations"] if instant_ms(one["at"]) < instant_ms(found["at"])]
    put(always(found["catalogue"]), seen)
    done = slamon("import", "observations", "seen.jsonl")
    assert done.code == 0, done.err
    figures = slamon(*words(found)).figures
    assert expected_of(figures, found) == found["expected"]


def test_a_check_without_a_beginning_belongs_to_its_service_from_its_first_imported_observation_on(
    shop: Slamon,
) -> None:
    catalogue = json.loads(json.dumps(CATALOGUE))
    catalogue["services"]["shop"]["checks"] = {name: {"tcp": {"address": "127.0.0.1:9"}} for name in ("home", "cart")}
    put(catalogue, [])
    later = [line(i) | {"check": "shop/cart"} for i in range(30, 60)]
    assert imported(shop, [*(line(i) for i in range(60)), *later]).code == 0
    assert ledger_figure(shop)["known_ms"] == 60 * MINUTE
    earlier = [line(i) | {"check": "shop/cart"} for i in range(20, 25)]
    assert imported(shop, earlier).code == 0
    assert ledger_figure(shop)["known_ms"] == 55 * MINUTE, "a member from 00:20 on, and not seen from 00:25 to 00:30"


# -- the running system


class _Answering(BaseHTTPRequestHandler):
    asked: ClassVar[list[str]] = []

    def do_GET(self) -> None:
        self.asked.append(self.path)
        body = (
            b"ok"
            if self.path == "/-/healthy"
            else json.dumps({"at": instant_text(START), "at_ms": START, "figures": [], "agreements": []}).encode()
        )
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def address_string(self) -> str:
        return "control"

    def log_message(self, *_words: Any) -> None:
        pass


@pytest.fixture
def control(shop: Slamon) -> Iterator[list[str]]:
    """Something that answers on the control socket; gives the paths it was asked for."""
    Path("data").mkdir()
    _Answering.asked = []
    with socketserver.ThreadingUnixStreamServer("data/control.sock", _Answering) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield _Answering.asked
        server.shutdown()
        thread.join()


def test_the_running_system_is_asked_where_there_is_one(control: list[str], shop: Slamon) -> None:
    done = shop("account", "-a", "gold", "-s", "shop", "-f", "json")
    assert (done.code, json.loads(done.out)["at_ms"]) == (0, START)
    assert control == ["/-/healthy", "/api/figures?agreement=gold&service=shop"]


def test_a_file_is_replayed_without_asking_the_running_system(control: list[str], shop: Slamon) -> None:
    assert shop(*REPLAY, "--at", AT, "-f", "json").figures[0]["downtime_ms"] == 120_000
    assert control == []


def test_the_past_is_read_from_the_ledger_beside_the_running_system(control: list[str], shop: Slamon) -> None:
    shop("import", "observations", "seen.jsonl")
    ledger = Ledger.open(Path("data/slamon.db"))
    ledger.commit(Batch(watermark=START + 60 * MINUTE)).result()
    ledger.close()
    assert shop("account", "--at", AT, "-f", "json").figures[0]["downtime_ms"] == 120_000
    assert shop("account", "-p", "2025-10", "-f", "json").figures == []
    assert set(control) == {"/-/healthy"}


def test_a_moment_that_is_not_in_the_ledger_yet_is_asked_of_the_running_system(
    control: list[str], shop: Slamon
) -> None:
    shop("import", "observations", "seen.jsonl")
    assert shop("account", "--at", AT, "-f", "json").code == 0
    assert control[-1] == "/api/figures?at=2026-10-05T01%3A00%3A00.000Z"
