"""promql: values of real engines against bounds; what is no value makes no observation; engines that do harm."""

import asyncio
import gzip
import json
import subprocess
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs

import pytest
import requests
from slamon.accounting.facts import Verdict
from slamon.catalogue.kinds.promql import PromqlOptions
from slamon.probes import KINDS, NothingFoundError, Outcome, ProbeContext, ProbeNotRunError, Reason

from tests.system.peers import prometheus, victoria_metrics
from tests.system.running import wait_for

from .conftest import run
from .servers import Request, answer, free_port, listening, says, silent, site

SECRET = "hunter2-geheim"
UP = {"at_least": 0.99}


async def ask(context: ProbeContext, url: str, within: float = 20.0, **options: Any) -> Outcome:
    given = {"url": url, "query": "v", "up": UP, **options}
    return await run(KINDS["promql"](PromqlOptions.model_validate(given), context), within)


# -- real engines


def samples(at: float, stamp: str) -> str:
    """The series that both engines hold, in Prometheus' text format."""
    values = {
        'good{node="a"}': "1",
        'nodes{node="a"}': "1",
        'nodes{node="b"}': "0.5",
        "ratio": "0.995",
        "endless": "+Inf",
    }
    return "".join(f"{name} {value} {stamp}\n" for name, value in values.items())


@pytest.fixture(scope="module")
def old_prometheus(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, float]]:
    """A Prometheus with a loaded block, and the time of its samples: two hours ago."""
    folder = tmp_path_factory.mktemp("prometheus")
    at = float(int(time.time()) - 7200)
    lines = "".join(
        f"# TYPE {n} gauge\n"
        + "".join(line + "\n" for line in samples(at, f"{at:.0f}").splitlines() if line.startswith(n))
        for n in ("good", "nodes", "ratio", "endless")
    )
    (folder / "old.txt").write_text(lines + "# EOF\n")
    words = ["promtool", "tsdb", "create-blocks-from", "openmetrics", str(folder / "old.txt"), str(folder / "tsdb")]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    with prometheus(folder, []) as server:
        wait_for(lambda: server.get("query", query="ratio", time=f"{at + 60}")["result"], "the block is loaded", 60)
        yield server.url, at


@pytest.fixture(scope="module")
def old_victoria(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, float]]:
    """A VictoriaMetrics with the same."""
    at = float(int(time.time()) - 7200)
    with victoria_metrics(tmp_path_factory.mktemp("victoria")) as server:
        text = samples(at, f"{at * 1000:.0f}")
        requests.post(f"{server.url}/api/v1/import/prometheus", data=text, timeout=20).raise_for_status()

        def there() -> Any:
            requests.get(f"{server.url}/internal/force_flush", timeout=20)
            return server.get("query", query="ratio", time=f"{at + 60}")["result"]

        wait_for(there, "the samples are there", 60)
        yield server.url, at


@pytest.fixture(params=["old_prometheus", "old_victoria"])
def engine(request: pytest.FixtureRequest) -> tuple[str, str]:
    """Each engine: its url, and the lag to its samples."""
    url, at = request.getfixturevalue(request.param)
    return url, f"{int(time.time() - at) - 30}s"


VALUES: list[tuple[str, dict[str, Any], Verdict, str]] = [
    ("ratio", {}, Verdict.UP, ""),
    ("ratio", {"up": {"above": 0.995}}, Verdict.DOWN, "the value is 0.995, expected above 0.995"),
    (
        "ratio",
        {"up": {"at_least": 0.999}, "degraded": {"at_least": 0.99}},
        Verdict.DEGRADED,
        "the value is 0.995, expected at least 0.999",
    ),
    (
        "nodes{node='b'}",
        {"up": {"at_least": 0.999}, "degraded": {"at_least": 0.99}},
        Verdict.DOWN,
        "the value is 0.5, expected at least 0.999 (degraded: at least 0.99)",
    ),
    ("good", {"up": {"equals": 1}}, Verdict.UP, ""),
    ("min(nodes)", {}, Verdict.DOWN, "the value is 0.5, expected at least 0.99"),
    ("nodes", {"series": "all"}, Verdict.DOWN, 'nodes{node="b"} is 0.5, expected at least 0.99'),
    ("nodes", {"series": "any"}, Verdict.UP, ""),
    (
        "nodes",
        {"series": "any", "up": {"above": 2}},
        Verdict.DOWN,
        "is 1, the best of 2 series, expected above 2",
    ),
    ("vector(7)", {"up": {"at_least": 7, "at_most": 7}}, Verdict.UP, ""),
    ("scalar(vector(7))", {"up": {"below": 7}}, Verdict.DOWN, "the value is 7, expected below 7"),
    ("endless", {"up": {"below": 10}}, Verdict.DOWN, "the value is inf, expected below 10"),
]


@pytest.mark.parametrize(("query", "options", "verdict", "sentence"), VALUES)
async def test_a_value_is_judged(
    context: ProbeContext, engine: tuple[str, str], query: str, options: dict[str, Any], verdict: Verdict, sentence: str
) -> None:
    url, lag = engine
    outcome = await ask(context, url, query=query, lag=lag, **options)
    assert (outcome.verdict, outcome.reason) == (verdict, None if verdict is Verdict.UP else Reason.VALUE), outcome
    assert sentence in outcome.message
    assert bool(sentence) is bool(outcome.message)


async def test_a_probe_is_explained(context: ProbeContext, engine: tuple[str, str]) -> None:
    url, lag = engine
    degraded = {"at_least": 0.9}
    outcome = await ask(context, url, query="nodes", series="all", lag=lag, up=UP, degraded=degraded)
    assert outcome.details["query"] == "nodes"
    assert outcome.details["expected"] == "at least 0.99; degraded: at least 0.9"
    assert (outcome.details["value"], outcome.details["of"]) == ("0.5", 'nodes{node="b"}')
    assert {"connect", "processing", "transfer"} <= set(outcome.phases)
    assert sum(outcome.phases.values()) == outcome.duration_us


@pytest.mark.parametrize("query", ["ratio", "no_such_series", "good * 0 / 0"])
async def test_without_a_value_it_is_unknown(context: ProbeContext, engine: tuple[str, str], query: str) -> None:
    """Two hours old is stale: nothing comes. And 0/0 is NaN in Prometheus, nothing in VictoriaMetrics."""
    url, lag = engine
    with pytest.raises(NothingFoundError):
        await ask(context, url, query=query, **({} if query == "ratio" else {"lag": lag}))


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("nodes", "the query gives 2 series; say series: all or any"),
        ("sum(", "the engine refused the query: "),
        ("nodes[1h]", "the query gives a matrix; it must give an instant vector or a scalar"),
    ],
)
async def test_a_wrong_query_is_our_mistake(
    context: ProbeContext, engine: tuple[str, str], query: str, told: str
) -> None:
    url, lag = engine
    with pytest.raises(ProbeNotRunError, match=told.replace("(", r"\(")) as raised:
        await ask(context, url, query=query, lag=lag)
    assert not isinstance(raised.value, NothingFoundError)


# -- engines that a test makes


def vector(*values: str, **more: Any) -> bytes:
    """An answer of series n="0", n="1", ..."""
    series = [{"metric": {"n": str(number)}, "value": [1.5, value]} for number, value in enumerate(values)]
    return json.dumps({"status": "success", "data": {"resultType": "vector", "result": series}, **more}).encode()


@pytest.mark.parametrize(
    ("series", "values", "verdict"),
    [
        ("one", ["NaN"], None),
        ("all", ["1", "NaN"], None),
        ("all", ["0", "NaN"], Verdict.DOWN),
        ("all", ["1", "1"], Verdict.UP),
        ("any", ["1", "NaN"], Verdict.UP),
        ("any", ["0", "NaN"], None),
        ("any", ["0", "0"], Verdict.DOWN),
        ("one", ["-Inf"], Verdict.DOWN),
        ("one", ["+Inf"], Verdict.UP),
        ("one", ["1e0"], Verdict.UP),
    ],
)
async def test_nan_is_unknown_where_it_could_matter(
    context: ProbeContext, series: str, values: list[str], verdict: Verdict | None
) -> None:
    async with site({"/api/v1/query": answer(vector(*values))}) as server:
        if verdict is None:
            with pytest.raises(NothingFoundError):
                await ask(context, server.url(), series=series)
        else:
            assert (await ask(context, server.url(), series=series)).verdict is verdict


async def test_what_is_asked(context: ProbeContext) -> None:
    async with site({"/prometheus/api/v1/query": answer(vector("1"))}) as server:
        await ask(
            context,
            server.url("/prometheus/?dedup=false"),
            query='up{job="ä"} > 0',
            headers={"X-Scope-OrgID": "shop"},
            bearer=SECRET,
        )
        first = server.last
        await ask(context, server.url("/prometheus"), lag="30s", basic_auth={"username": "u", "password": SECRET})
        form = parse_qs(server.last.body.decode())
    assert (first.method, first.path) == ("POST", "/prometheus/api/v1/query?dedup=false")
    assert first.header("Authorization") == f"Bearer {SECRET}"
    assert first.header("X-Scope-OrgID") == "shop"
    asked = parse_qs(first.body.decode())
    assert (asked["query"], "time" in asked) == (['up{job="ä"} > 0'], False)
    assert abs(float(form["time"][0]) - (context.clock.now() / 1000 - 30)) < 30
    assert 0 < int(asked["timeout"][0].removesuffix("ms")) <= 20_000


def success(data: Any) -> bytes:
    return json.dumps({"status": "success", "data": data}).encode()


DEEP = b'{"status":"success","data":' + b"[" * 200_000 + b"]" * 200_000 + b"}"
HOSTILE: dict[str, bytes] = {
    "no json": answer("<html>Log in</html>"),
    "another json": answer('["success"]'),
    "deep": answer(DEEP),
    "error": answer(json.dumps({"status": "error", "errorType": "bad_data", "error": SECRET}), 400),
    "error without words": answer(json.dumps({"status": "error"}), 503),
    "an error's status": answer(vector("1"), 500),
    "redirect": answer("", 302, Location="http://127.0.0.1:1/login"),
    "warning": answer(vector("1", warnings=["a store was not reached"])),
    "odd warning": answer(vector("1", warnings={"a": 1})),
    "partial": answer(vector("1", isPartial=True)),
    "matrix": answer(success({"resultType": "matrix", "result": []})),
    "string": answer(success({"resultType": "string", "result": [1, "x"]})),
    "no data": answer(success(None)),
    "no result": answer(success({"resultType": "vector"})),
    "number for series": answer(success({"resultType": "vector", "result": [7]})),
    "labels that are none": answer(
        success({"resultType": "vector", "result": [{"metric": {"a": {}}, "value": [1, "1"]}]})
    ),
    "number for text": answer(success({"resultType": "scalar", "result": [1, 1]})),
    "no number": answer(vector("one")),
    "python's number": answer(vector("1_000")),
    "number without end": answer(vector("1" * 100_000)),
    "histogram": answer(success({"resultType": "vector", "result": [{"metric": {}, "histogram": [1, {}]}]})),
    "huge whole number": answer(
        b'{"status":"success","data":{"resultType":"scalar","result":[' + b"9" * 90_000 + b',"1"]}}'
    ),
    "bomb": answer(gzip.compress(b" " * 60_000_000), 200, {"Content-Encoding": "gzip"}),
    "more than a MiB": answer(b" " * 1_100_000 + vector("1")),
    "no http": b"220 mail.example.org ESMTP\r\n",
}


@pytest.mark.parametrize("what", HOSTILE)
async def test_a_hostile_engine_is_never_the_services_fault(context: ProbeContext, what: str) -> None:
    async with listening(says(HOSTILE[what])) as server:
        with pytest.raises(ProbeNotRunError) as raised:
            await ask(context, f"http://{server.address}/", bearer=SECRET)
    assert not isinstance(raised.value, NothingFoundError)
    assert SECRET not in str(raised.value)
    assert str(raised.value).isprintable()
    assert len(str(raised.value)) < 300


async def test_an_engine_that_drips_or_never_ends(context: ProbeContext) -> None:
    async def dripping(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
        while True:
            writer.write(b" ")
            await writer.drain()
            await asyncio.sleep(0.05)

    async def endless(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
        while True:
            writer.write(b" " * 65_536)
            await writer.drain()

    async with listening(dripping) as slow, listening(endless) as long, listening(silent) as mute:
        told = {}
        for name, server in (("slow", slow), ("long", long), ("mute", mute)):
            within = 20.0 if name == "long" else 0.5
            with pytest.raises(ProbeNotRunError) as raised:
                await ask(context, f"http://{server.address}/", within=within)
            told[name] = str(raised.value)
    assert "was not complete within" in told["slow"]
    assert "longer than 1 MiB" in told["long"]
    assert "did not answer within" in told["mute"]


async def test_an_engine_that_is_not_there(context: ProbeContext) -> None:
    with pytest.raises(ProbeNotRunError, match="refused the connection"):
        await ask(context, f"http://127.0.0.1:{free_port()}/")
    with pytest.raises(ProbeNotRunError, match="the engine did not answer"):
        await ask(context, "https://prometheus.invalid/")


async def test_an_engine_that_echoes_secrets_in_its_labels(context: ProbeContext) -> None:
    def echo(request: Request) -> bytes:
        labels = {"n": request.header("Authorization") or "", "x": "\x1b[31m" + "x" * 5000}
        series = [{"metric": labels, "value": [1, "0"]}] * 2
        return answer(success({"resultType": "vector", "result": series}))

    async with site({"/api/v1/query": echo}) as server:
        outcome = await ask(context, server.url(), series="all", bearer=SECRET)
    told = f"{outcome.message} {outcome.details}"
    assert SECRET not in told
    assert outcome.message.isprintable()
    assert len(told) < 1000
