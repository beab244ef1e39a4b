"""History comes along: from a real Prometheus, a real VictoriaMetrics, and databases of Uptime Kuma and gatus."""

import json
import sqlite3
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
import requests
from slamon.accounting import Run
from slamon.ledger import Batch, Ledger, Stored, read_only

from tests.integration.imports.samples import kuma_database
from tests.system import calling
from tests.system.calling import CATALOGUE, MINUTE, START, Done, ledger_figure, line, put
from tests.system.running import COMMAND, free_port, wait_for

slamon = calling.slamon
DAY = 86_400_000
AT = "2026-10-09T00:00:00Z"
LABELS = {"job": "shop", "instance": "home"}
ODD_MS = 123
"""Samples do not lie on whole seconds."""

Sample = tuple[int, int]


def samples(days: int = 4) -> list[Sample]:
    """Every minute: ten minutes down on the second day, three hours without any on the third."""
    found = []
    for i in range(days * 1440):
        at = START + i * MINUTE + ODD_MS
        if not 2 * 1440 + 300 <= i < 2 * 1440 + 480:
            found.append((at, int(not 1440 + 60 <= i < 1440 + 70)))
    return found


def openmetrics(file: Path, more: dict[str, list[Sample]] | None = None) -> Path:
    """As promtool takes it."""
    series = {'job="shop",instance="home"': samples()} | (more or {})
    lines = ["# TYPE probe_success gauge"]
    for labels, told in series.items():
        lines += [f"probe_success{{{labels}}} {value} {at / 1000:.3f}" for at, value in told]
    file.write_text("\n".join([*lines, "# EOF", ""]))
    return file


@contextmanager
def child(words: list[str], url: str, log: Path) -> Iterator[str]:
    with log.open("wb") as out, subprocess.Popen(words, stdout=out, stderr=out) as process:
        try:
            wait_for(lambda: requests.get(f"{url}/-/ready", timeout=5).ok, f"{words[0]} is ready", 60)
            yield url
        finally:
            process.terminate()
            process.wait(timeout=30)


@contextmanager
def prometheus(folder: Path, told: Path) -> Iterator[str]:
    tsdb = folder / "tsdb"
    done = subprocess.run(
        ["promtool", "tsdb", "create-blocks-from", "openmetrics", told, tsdb], capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr
    config = folder / "prometheus.yml"
    config.write_text("{}")
    url = f"http://127.0.0.1:{free_port()}"
    words = ["prometheus", f"--config.file={config}", f"--storage.tsdb.path={tsdb}", "--log.level=warn"]
    words += ["--storage.tsdb.retention.time=100y", f"--web.listen-address={url.removeprefix('http://')}"]
    with child(words, url, folder / "prometheus.log"):
        yield url


@contextmanager
def victoria(folder: Path, told: Path) -> Iterator[str]:
    url = f"http://127.0.0.1:{free_port()}"
    words = [
        "victoria-metrics",
        f"-storageDataPath={folder / 'vm'}",
        "-retentionPeriod=100y",
        "-search.latencyOffset=0s",
    ]
    words += [f"-httpListenAddr={url.removeprefix('http://')}"]
    with child(words, url, folder / "vm.log"):
        lines = [one for one in told.read_text().splitlines() if one and not one.startswith("#")]
        body = "\n".join(f"{head} {round(float(at) * 1000)}" for head, at in (one.rsplit(" ", 1) for one in lines))
        assert requests.post(f"{url}/api/v1/import/prometheus", data=body, timeout=30).status_code == 204
        first = f"{START / 1000 + 60:.3f}"

        def there() -> bool:
            asked = {"query": "probe_success[60s]", "time": first}
            requests.get(f"{url}/internal/force_flush", timeout=10)
            return bool(requests.get(f"{url}/api/v1/query", params=asked, timeout=10).json()["data"]["result"])

        wait_for(there, "samples can be found", 60)
        yield url


def joined(runs: Sequence[Run]) -> list[tuple[int, int]]:
    """Start and count of runs; two of one verdict that touch, as chunks leave them, are one."""
    found: list[tuple[int, int]] = []
    for before, run in zip((None, *runs), runs, strict=False):
        if before is not None and before.verdict is run.verdict and before.end == run.start:
            found[-1] = (found[-1][0], found[-1][1] + run.count)
        else:
            found.append((run.start, run.count))
    return found


ENGINES: list[Callable[[Path, Path], Any]] = [prometheus, victoria]
SPAN = ("--start", "2026-10-05T00:00:00Z", "--end", AT)


@pytest.fixture
def shop(slamon: calling.Slamon, monkeypatch: pytest.MonkeyPatch) -> calling.Slamon:
    calling.clock(monkeypatch, "2026-10-10T00:00:00Z")
    put(CATALOGUE, [])
    return slamon


def facts(path: str = "data/slamon.db") -> Stored:
    return read_only(Path(path))


def comparable(stored: Stored) -> Any:
    """Everything of a ledger but when it was entered."""
    marks = [(mark.start, mark.end, mark.words) for mark in stored.marks]
    return stored.runs, stored.tails, stored.blinds, stored.quarters, stored.stints, stored.watermark, marks


def from_lines(shop: calling.Slamon) -> dict[str, Any]:
    """The figure of the same past, imported from a file in one go into a ledger of its own."""
    lines = [{"check": "shop/home", "at": at, "verdict": "up" if value else "down"} for at, value in samples()]
    Path("past.jsonl").write_text("".join(json.dumps(one) + "\n" for one in lines))
    assert shop("import", "observations", "past.jsonl", "-d", "other").code == 0
    return dict(shop("account", "--at", AT, "-d", "other", "-f", "json").figures[0])


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("chunk", ["1d", "7h", "30d"])
def test_samples_of_an_engine_are_facts_to_the_millisecond(
    shop: calling.Slamon, tmp_path: Path, engine: Callable[[Path, Path], Any], chunk: str
) -> None:
    with engine(tmp_path, openmetrics(tmp_path / "told.txt")) as url:
        done = shop("import", "prometheus", "--url", url, *SPAN, "--map", "{job}/{instance}", "--chunk", chunk)
    assert (done.code, done.err) == (0, "")
    assert f"{len(samples())} observations of 1 check(s) imported" in done.out
    assert [(start - START - ODD_MS, count) for start, count in joined(facts().runs["shop/home"])] == [
        (0, 1500),
        (1500 * MINUTE, 10),
        (1510 * MINUTE, 1670),
        ((2 * 1440 + 480) * MINUTE, 2400),
    ]
    figure = ledger_figure(shop, AT)
    assert figure["downtime_ms"] == 10 * MINUTE
    assert figure == from_lines(shop), "as if it had been one file"


def test_where_facts_are_from_is_told_beside_the_figures(shop: calling.Slamon, tmp_path: Path) -> None:
    with prometheus(tmp_path, openmetrics(tmp_path / "told.txt")) as url:
        assert shop("import", "prometheus", "--url", url, *SPAN).code == 0
    (mark,) = facts().marks
    assert (mark.kind, mark.start, mark.end) == ("import", START, START + 4 * DAY)
    told = shop("account", "--at", AT).out
    assert f"imported: from 2026-10-05 00:00:00Z to 2026-10-09 00:00:00Z, {mark.words}" in " ".join(told.split())
    assert "probe_success" in mark.words
    assert "imported" not in shop("account", "--at", AT, "--period", "2026-09").out


def test_an_import_that_was_killed_goes_on_and_the_ledger_is_the_same(shop: calling.Slamon, tmp_path: Path) -> None:
    with prometheus(tmp_path, openmetrics(tmp_path / "told.txt")) as url:
        words = ["import", "prometheus", "--url", url, *SPAN, "--chunk", "20m"]
        with subprocess.Popen([*COMMAND, *words, "-d", "killed"], stdout=subprocess.DEVNULL) as process:
            wait_for(lambda: some_chunks(Path("killed/slamon.db")), "some chunks are stored", 60)
            process.kill()
        (mark,) = facts("killed/slamon.db").marks
        assert START < mark.end < START + 4 * DAY, "it was killed on the way"
        assert shop(*words, "-d", "killed").code == 0
        assert shop(*words, "-d", "whole").code == 0
        assert comparable(facts("killed/slamon.db")) == comparable(facts("whole/slamon.db"))
        again = shop(*words, "-d", "whole")
        assert "0 observations" in again.out, "what is there is not read again"


def some_chunks(path: Path) -> bool:
    return path.exists() and any(mark.end > START for mark in read_only(path).marks)


def test_a_ledger_that_knows_a_watermark_has_no_blind_stretches_between_chunks(
    shop: calling.Slamon, tmp_path: Path
) -> None:
    ledger = Ledger.open(Path("data/slamon.db"))
    ledger.commit(Batch(watermark=START - DAY)).result()
    ledger.close()
    with prometheus(tmp_path, openmetrics(tmp_path / "told.txt")) as url:
        assert shop("import", "prometheus", "--url", url, *SPAN, "--chunk", "1h").code == 0
    stored = facts()
    assert [(blind.start, blind.end) for blind in stored.blinds] == [(START - DAY, START + ODD_MS)]
    assert stored.watermark is not None
    assert stored.watermark >= samples()[-1][0]
    figure, whole = ledger_figure(shop, AT), from_lines(shop)
    assert (figure["downtime_ms"], figure["known_ms"]) == (whole["downtime_ms"], whole["known_ms"])


def test_facts_of_our_own_are_never_overlapped(shop: calling.Slamon, tmp_path: Path) -> None:
    lines = [line(3 * 1440 + i) for i in range(60)]
    assert calling.imported(shop, lines).code == 0
    before = comparable(facts())
    with prometheus(tmp_path, openmetrics(tmp_path / "told.txt")) as url:
        done = shop("import", "prometheus", "--url", url, *SPAN)
        assert done.code == 2
        assert "shop/home has facts of its own from 2026-10-08T00:00:00.000Z on" in done.err
        assert comparable(facts()) == before
        assert shop("import", "prometheus", "--url", url, *SPAN[:2], "--end", "2026-10-08T00:00:00.000Z").code == 0
    assert ledger_figure(shop, "2026-10-08T01:00:00Z")["unknown_ms"] == 180 * MINUTE + ODD_MS


def test_series_of_no_check_are_named_and_a_file_maps_them(shop: calling.Slamon, tmp_path: Path) -> None:
    more = {'job="other",instance="x"': samples(1)}
    with prometheus(tmp_path, openmetrics(tmp_path / "told.txt", more)) as url:
        done = shop("import", "prometheus", "--url", url, *SPAN, "-d", "one")
        assert done.code == 1
        assert "of no check, left behind: {__name__=probe_success, instance=x, job=other}" in done.err
        Path("map.yml").write_text("shop/home: {job: other}\n")
        done = shop("import", "prometheus", "--url", url, *SPAN, "-d", "two", "--map", "map.yml")
        assert f"{len(samples(1))} observations of 1 check(s)" in done.out
        Path("map.yml").write_text("shop/home: {__name__: probe_success}\n")
        done = shop("import", "prometheus", "--url", url, *SPAN, "-d", "three", "--map", "map.yml")
        assert done.code == 2
        assert "shop/home is told by two series at once" in done.err
        Path("map.yml").write_text("shop/nothing: {job: other}\n")
        done = shop("import", "prometheus", "--url", url, *SPAN, "--map", "map.yml")
        assert "shop/nothing is no check of the catalogue" in done.err


def test_an_expression_is_asked_step_by_step(shop: calling.Slamon, tmp_path: Path) -> None:
    with prometheus(tmp_path, openmetrics(tmp_path / "told.txt")) as url:
        words = ["import", "prometheus", "--url", url, *SPAN, "--query", "min by (job, instance) (probe_success)"]
        done = shop(*words)
        assert done.code == 2
        assert "for an expression give --step" in done.err
        assert shop(*words, "--step", "1m").code == 0
    assert {run.start % MINUTE for run in facts().runs["shop/home"]} == {0}


def test_an_engine_that_is_none_or_away_is_our_failure(shop: calling.Slamon) -> None:
    done = shop("import", "prometheus", "--url", f"http://127.0.0.1:{free_port()}", *SPAN)
    assert done.code == 3
    assert "run it again to go on" in done.err
    done = shop("import", "prometheus", "--url", "http://u:p@127.0.0.1:1", *SPAN)
    assert done.code == 2
    assert "without credentials" in done.err


# -- databases


def beats(file: Path) -> Path:
    """An hour of monitor 2, a beat a minute: two pending and one down from 00:10, maintenance from 00:30 to 00:40."""
    kuma_database(file, "geheim")
    states = {10: 2, 11: 2, 12: 0} | dict.fromkeys(range(30, 40), 3)
    with closing(sqlite3.connect(file)) as db:
        for i in range(60):
            at = time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(START / 1000 + i * 60)) + ".250"
            db.execute(
                "insert into heartbeat (important, monitor_id, status, time, ping, duration)"
                " values (0, 2, ?, ?, 50, 60)",
                (states.get(i, 1), at),
            )
        db.execute("create table stat_hourly (id integer primary key, monitor_id, timestamp, ping, up, down)")
        db.execute("insert into stat_hourly values (1, 2, 1, 50, 60, 0)")
        db.commit()
    return file


def kuma_catalogue() -> dict[str, Any]:
    content: dict[str, Any] = json.loads(json.dumps(CATALOGUE))
    content["services"] = {
        "laden": {"checks": {"startseite": CATALOGUE["services"]["shop"]["checks"]["home"] | {"confirm": 4}}}
    }
    content["agreements"]["gold"]["services"] = ["laden"]
    return content


def test_beats_of_uptime_kuma_come_with_their_states(shop: calling.Slamon, tmp_path: Path) -> None:
    put(kuma_catalogue(), [])
    file = beats(tmp_path / "kuma.db")
    before = file.read_bytes()
    done: Done = shop("import", "uptime-kuma", str(file), "--history")
    assert file.read_bytes() == before
    assert done.code == 1
    assert "50 observations of 1 check(s) imported" in done.out
    assert "10 beats in maintenance are no observation" in done.err
    assert "1 totals of hours and days do not say when what was" in done.err
    runs = facts().runs["laden/startseite"]
    assert [(run.start - START, run.verdict.value, run.count) for run in runs] == [
        (250, "up", 10),
        (10 * MINUTE + 250, "down", 3),
        (13 * MINUTE + 250, "up", 17),
        (40 * MINUTE + 250, "up", 20),
    ]
    figure = ledger_figure(shop, "2026-10-05T01:00:00Z")
    assert figure["downtime_ms"] == 0, "three failures, and four confirm an outage, as in Uptime Kuma"
    assert figure["latency"]["total"] == 47
    assert [mark.words for mark in facts().marks] == ["Uptime Kuma: kuma.db"]


def test_results_of_gatus_come_and_its_totals_are_named(shop: calling.Slamon, tmp_path: Path) -> None:
    file = tmp_path / "gatus.db"
    with closing(sqlite3.connect(file)) as db:
        db.execute(
            "create table endpoints (endpoint_id integer primary key, endpoint_key, endpoint_name, endpoint_group)"
        )
        db.execute(
            "create table endpoint_results (endpoint_result_id integer primary key, endpoint_id, success, errors,"
            " connected, status, dns_rcode, certificate_expiration, domain_expiration, hostname, ip, duration,"
            " timestamp)"
        )
        db.execute(
            "create table endpoint_uptimes (endpoint_uptime_id integer primary key, endpoint_id, hour_unix_timestamp,"
            " total_executions, successful_executions, total_response_time)"
        )
        db.execute("insert into endpoints values (1, 'shop_home', 'Home', 'Shop'), (2, '_other', 'other', '')")
        db.execute("insert into endpoint_uptimes values (1, 1, 1791151200, 60, 60, 100)")
        for i in range(30):
            at = time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(START / 1000 + i * 60))
            written = f"{at}.123456789 +0000 UTC" if i % 2 else f"{at}.123456789+00:00"
            db.execute(
                "insert into endpoint_results (endpoint_id, success, duration, timestamp) values (1, ?, ?, ?)",
                (int(i not in (10, 11)), 50_000_000, written),
            )
        db.execute(
            "insert into endpoint_results (endpoint_id, success, duration, timestamp) values (2, 1, 1, ?)", (at,)
        )
        db.commit()
    done = shop("import", "gatus", str(file), "--history")
    assert done.code == 1
    assert "30 observations of 1 check(s) imported" in done.out
    assert "1 totals of hours do not say when within the hour what was" in done.err
    assert "of no check, left behind: {check=probe, group=, key=_other, name=other, service=other}" in done.err
    assert [(run.start - START, run.count) for run in facts().runs["shop/home"]] == [
        (123, 10),
        (10 * MINUTE + 123, 2),
        (12 * MINUTE + 123, 18),
    ]
    assert ledger_figure(shop, "2026-10-05T00:30:00Z")["downtime_ms"] == 2 * MINUTE


@pytest.mark.parametrize("peer", ["gatus", "uptime-kuma"])
def test_a_database_of_somebody_else_is_refused(shop: calling.Slamon, tmp_path: Path, peer: str) -> None:
    with closing(sqlite3.connect(tmp_path / "x.db")) as db:
        db.execute("create table x (y)")
    assert "found no table" in shop("import", peer, str(tmp_path / "x.db"), "--history").err
    Path("text.txt").write_text("x")
    assert "is no SQLite database" in shop("import", peer, "text.txt", "--history").err
