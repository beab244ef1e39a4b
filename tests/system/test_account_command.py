"""`slamon account` as a user calls it: what it prints, whom it asks, and what it refuses."""

import csv
import io
import json
import socketserver
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any, ClassVar

import pytest
from slamon.ledger import Batch, Ledger
from slamon.shown import instant_text

from tests.system import calling
from tests.system.calling import (
    AT,
    CATALOGUE,
    MINUTE,
    NAMES,
    REPLAY,
    START,
    Slamon,
    clock,
    expected_of,
    line,
    put,
    vector,
    words,
)

slamon = calling.slamon
shop = calling.shop


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
    assert " 2m " in out
    assert "gold/shop: rules: confirm 1 for shop/home" in out
    assert "latency: 58 of 58 within 100 ms: 100.000 %, agreed 90 %, met" in out
    assert "Accounting is by time; requests and users are not weighed." in out
    assert "\x1b" not in out, "no colour in a pipe"
    assert max(len(row.rstrip()) for row in out.splitlines()) <= 120


def test_what_was_agreed_is_shown_with_all_its_digits(shop: Slamon) -> None:
    catalogue = json.loads(json.dumps(CATALOGUE))
    catalogue["agreements"]["gold"] |= {
        "target": "99.99995%",
        "period": "week",
        "latency": {"threshold": "100ms", "target": "99.99999%", "min_observations": 1},
        "rules": {"min_coverage": "0.12345%"},
        "credits": [{"below": "99.9%", "credit": "12.3456%"}],
    }
    put(catalogue, [line(i, "down" if i in (10, 11) else "up", duration_ms=50) for i in range(60)])
    out = shop(*REPLAY, "--at", "2026-10-12T00:00:00Z", "-p", "2026-W41").out
    assert " 99.99995 % " in out
    assert "agreed 99.99999 %" in out
    assert "min_coverage 0.12345 %" in out
    assert "service credit due: 12.3456 %" in out


def test_one_agreement_and_service_may_be_asked_for(shop: Slamon) -> None:
    assert len(shop(*REPLAY, "--at", AT, "-a", "gold", "-s", "shop", "-f", "json").figures) == 1


@pytest.mark.parametrize(
    ("span", "minutes", "down"),
    [
        ("2026-10-05T00:05:00Z/2026-10-05T00:25:00Z", 20, 2),
        ("2026-10-05T02:05:00+02:00/2026-10-05T00:11:00Z", 6, 1),
        ("2026-10-05/2026-10-06", 60, 2),
        ("2026-10-05T00:12:00Z/2026-10-06", 48, 0),
    ],
)
def test_a_free_span_may_be_asked_for(span: str, minutes: int, down: int, shop: Slamon) -> None:
    figure = shop(*REPLAY, "--at", AT, "--period", span, "-f", "json").figures[0]
    assert (figure["period"]["name"], figure["known_ms"]) == (span, minutes * MINUTE)
    assert (figure["downtime_ms"], figure["outage_count"]) == (down * MINUTE, min(down, 1))


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
    (["--at", AT, "-p", "10/2026"], 'write "2026-10", "2026-W43", "2026-Q4", "2026" or a span'),
    (["--at", AT, "-p", "2026-10-05/2026-10-05"], "no period that exists (it ends before it begins)"),
    (["--at", AT, "-p", "2026-10-05/2026-10-32"], "'2026-10-05/2026-10-32' names no period that exists"),
    (["--at", AT, "-p", "2026-10-05T00:00:00/2026-10-06"], "2026-10-05T00:00:00 has no offset: end it in Z or +02:00"),
    (["--at", AT, "-p", "2026-10-06/2026-10-07"], "the period 2026-10-06/2026-10-07 has not begun"),
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
