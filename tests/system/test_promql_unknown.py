"""A query without a result is unknown and nobody's failure; an engine that fails is ours, counted."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from tests.system import calling
from tests.system.calling import Slamon as Command
from tests.system.calling import put
from tests.system.endpoints import Quiet, Tcp, serving
from tests.system.running import Slamon, samples, wait_for

slamon = calling.slamon


class Engine:
    """Answers every question with `status` and these values."""

    def __init__(self, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}/"
        self.status, self.values = 200, ["1"]

    def body(self) -> bytes:
        result = [{"metric": {}, "value": [1, value]} for value in self.values]
        return json.dumps({"status": "success", "data": {"resultType": "vector", "result": result}}).encode()


@pytest.fixture
def engine() -> Iterator[Engine]:
    class Answering(Quiet):
        def do_POST(self) -> None:  # noqa: N802  the name that http.server calls
            self.rfile.read(int(self.headers["Content-Length"]))
            self.answer(found.status, found.body())

    server = Tcp(("127.0.0.1", 0), Answering)
    found = Engine(server.server_address[1])
    with serving(server):
        yield found


def catalogue(engine: Engine) -> dict[str, object]:
    check = {"promql": {"url": engine.url, "query": "v", "up": {"equals": 1}}}
    return {
        "slamon": 1,
        "defaults": {"interval": "1s", "timeout": "900ms"},
        "services": {"s": {"checks": {"c": check}}},
    }


def test_only_what_is_our_failure_is_counted(engine: Engine, tmp_path: Path) -> None:
    config = tmp_path / "slamon.yml"
    config.write_text(yaml.safe_dump(catalogue(engine)))
    running = Slamon(config, tmp_path / "data").ready()

    def value(name: str, **labels: str) -> float:
        return samples(running.metrics(), name, **labels)[0]

    def ours() -> float:
        return value("slamon_component_errors_total", component="probe")

    try:
        wait_for(lambda: value("slamon_check_observations_total") >= 1, "it is up")
        engine.values = []
        wait_for(lambda: "probe found nothing" in running.text(), "nothing is found")
        seen = value("slamon_check_observations_total")
        wait_for(lambda: value("slamon_service_state", service="s", state="unknown") == 1, "it is unknown")
        assert (ours(), value("slamon_check_observations_total")) == (0, seen)
        engine.status = 503
        wait_for(lambda: ours() >= 2, "the engine's failures are ours")
        assert value("slamon_check_failures_total") == 0
        engine.status, engine.values = 200, ["0"]
        wait_for(lambda: value("slamon_check_failures_total") >= 1, "it is down")
        assert value("slamon_check_failures_by_reason_total", reason="value") >= 1
    finally:
        running.stop()


def test_slamon_probe_tells_unknown_from_not_run(engine: Engine, slamon: Command) -> None:
    put(catalogue(engine), [])
    up = slamon("probe", "s")
    assert up.code == 0
    lines = [" ".join(line.split()) for line in up.out.splitlines()]
    assert {"query v", "expected 1", "value 1"} <= set(lines)
    engine.values = ["NaN"]
    unknown = slamon("probe", "s")
    assert (unknown.code, " unknown " in unknown.out) == (3, True)
    assert "the value is NaN" in unknown.out
    engine.status = 503
    assert " not run " in slamon("probe", "s").out
