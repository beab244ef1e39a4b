"""Discovery in a running system: targets come, go and come back; sources break; lists outlive a restart."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import requests
import yaml

from tests.system.endpoints import Quiet, page, serving
from tests.system.running import Slamon, command, running, samples, wait_for
from tests.system.test_reload import facts

SUCCESSFUL = "slamon_discovery_last_refresh_successful"


def write(file: Path, text: str) -> None:
    beside = file.with_name(f".{file.name}.new")
    beside.write_text(text)
    beside.rename(file)


def catalogue(folder: Path, **source: Any) -> Path:
    discovery = {
        "service": "shop",
        "check": {"tcp": {"address": "{__address__}"}, "interval": "500ms", "timeout": "300ms"},
    }
    content = {
        "slamon": 1,
        "customers": {"c": {"name": "C", "kind": "internal"}},
        "services": {"shop": {"needs": "any"}},
        "agreements": {"a": {"customer": "c", "services": ["shop"], "target": "99%", "valid_from": "2026-01-01"}},
        "discover": {"web": discovery | source},
    }
    file = folder / "slamon.yml"
    file.write_text(yaml.safe_dump(content))
    return file


def listed(**targets: str) -> str:
    return json.dumps([{"targets": [address], "labels": {"instance": name}} for name, address in targets.items()])


def observed(slamon: Slamon, check: str) -> float:
    return sum(samples(slamon.metrics(), "slamon_check_observations_total", check=check))


def seen(slamon: Slamon, check: str) -> float:
    return max(samples(slamon.metrics(), "slamon_check_last_observation_timestamp_seconds", check=check))


def checks(slamon: Slamon) -> set[str]:
    return {check["check"] for service in slamon.status()["services"] for check in service["checks"]}


def test_targets_come_go_and_come_back_with_their_history(tmp_path: Path) -> None:
    config, file = catalogue(tmp_path, file_sd={"files": "t/*.json"}), tmp_path / "t" / "a.json"
    file.parent.mkdir()
    with page() as web:
        write(file, listed(stays=web.address, flaps=web.address))
        with running(config, tmp_path / "data") as slamon:
            wait_for(lambda: observed(slamon, "flaps") > 1 and observed(slamon, "stays") > 1, "both are probed")
            assert samples(slamon.metrics(), "slamon_discovery_checks", source="web") == [2]
            before = observed(slamon, "flaps")
            write(file, listed(stays=web.address))
            wait_for(lambda: checks(slamon) == {"stays"}, "one has gone")
            write(tmp_path / "t" / "b.json", listed(new=web.address))
            wait_for(lambda: observed(slamon, "new") > 0, "one came in a file of its own")
            back_at = time.time()
            write(file, listed(stays=web.address, flaps=web.address))
            wait_for(lambda: seen(slamon, "flaps") > back_at, "it is back")
            assert observed(slamon, "flaps") > before, "its counts go on"
        runs = facts(config, tmp_path / "data")
        assert len(runs["shop/stays"]) == 1
        gone, back = runs["shop/flaps"]
        assert gone.end is not None
        assert gone.end < back.start
        stints = stints_of(tmp_path / "data" / "slamon.db")
        assert [stint.until is None for stint in stints["shop/flaps"]] == [False, True]
        assert [stint.until is None for stint in stints["shop/stays"]] == [True]


def stints_of(ledger: Path) -> Any:
    from slamon.ledger import read_only

    return read_only(ledger).stints


def test_a_broken_file_keeps_its_last_good_list_also_over_a_restart(tmp_path: Path) -> None:
    config, file = catalogue(tmp_path, file_sd={"files": ["t/a.yml"]}), tmp_path / "t" / "a.yml"
    file.parent.mkdir()
    with page() as web:
        write(file, f"- targets: [{web.address}]\n  labels: {{instance: one}}\n")
        with running(config, tmp_path / "data") as slamon:
            wait_for(lambda: observed(slamon, "one") > 0, "it is probed")
            write(file, "- targets: [")
            wait_for(lambda: samples(slamon.metrics(), SUCCESSFUL, source="web") == [0], "it is said")
            assert "a source is broken, its last good lists hold" in slamon.text()
            assert samples(slamon.metrics(), "slamon_config_last_reload_successful") == [1]
            before = observed(slamon, "one")
            wait_for(lambda: observed(slamon, "one") > before, "it is probed still")
        with running(config, tmp_path / "data") as slamon:
            assert checks(slamon) == {"one"}
            assert samples(slamon.metrics(), SUCCESSFUL, source="web") == [0]
            done = command("account", "-c", str(config), "-d", str(tmp_path / "data"))
            assert done.returncode == 0, done.stderr
            write(file, f"- targets: ['{web.address}']\n  labels: {{instance: two}}\n")
            wait_for(lambda: checks(slamon) == {"two"}, "the repaired list holds")
            assert samples(slamon.metrics(), SUCCESSFUL, source="web") == [1]


class Source:
    """What an http_sd endpoint answers."""

    def __init__(self) -> None:
        self.status, self.body = 200, b"[]"
        self.asked: list[dict[str, str]] = []
        self.held = threading.Event()
        self.held.set()
        self.url = ""


@contextmanager
def source() -> Iterator[Source]:
    told = Source()

    class Handler(Quiet):
        def do_GET(self) -> None:  # noqa: N802  the name that http.server calls
            told.asked.append(dict(self.headers))
            told.held.wait(20)
            self.answer(told.status, told.body)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    told.url = f"http://127.0.0.1:{server.server_address[1]}/targets"
    with serving(server):
        yield told
        told.held.set()


def http_sd(told: Source, **more: str) -> dict[str, Any]:
    return {"url": told.url, "refresh_interval": "300ms", "timeout": "2s"} | more


@pytest.mark.parametrize(
    "broken", [(500, b"[]"), (200, b"<html>"), (200, b'[{"targets": 1}]'), (200, b"[" + b" " * (17 * 2**20) + b"]")]
)
def test_a_list_asked_for_by_http_is_followed_and_the_last_good_one_holds(
    tmp_path: Path, broken: tuple[int, bytes]
) -> None:
    with page() as web, source() as told:
        config = catalogue(tmp_path, http_sd=http_sd(told))
        told.body = listed(one=web.address).encode()
        with running(config, tmp_path / "data") as slamon:
            wait_for(lambda: observed(slamon, "one") > 0, "the target is probed")
            told.status, told.body = broken
            wait_for(lambda: samples(slamon.metrics(), SUCCESSFUL, source="web") == [0], "it is said")
            before = observed(slamon, "one")
            wait_for(lambda: observed(slamon, "one") > before, "it is probed still")
            told.status, told.body = 200, listed(two=web.address).encode()
            wait_for(lambda: checks(slamon) == {"two"}, "the new list holds")
            assert samples(slamon.metrics(), SUCCESSFUL, source="web") == [1]
            assert {asked["X-Prometheus-Refresh-Interval-Seconds"] for asked in told.asked} == {"0.3"}


def test_the_last_list_holds_over_a_restart_while_the_source_is_silent(tmp_path: Path) -> None:
    with page() as web, source() as told:
        config = catalogue(tmp_path, http_sd=http_sd(told))
        told.body = listed(one=web.address).encode()
        with running(config, tmp_path / "data") as slamon:
            wait_for(lambda: observed(slamon, "one") > 0, "the target is probed")
            before = observed(slamon, "one")
        told.held.clear()
        with running(config, tmp_path / "data") as slamon:
            assert checks(slamon) == {"one"}
            wait_for(lambda: observed(slamon, "one") > before, "it is probed while nobody answers")
            wait_for(lambda: samples(slamon.metrics(), SUCCESSFUL, source="web") == [0], "the silence is said")
            assert "no answer within 2000 ms" in slamon.text()


def test_credentials_of_a_source_are_sent_and_never_shown(tmp_path: Path) -> None:
    with page() as web, source() as told:
        config = catalogue(tmp_path, http_sd=http_sd(told, bearer="${env:SD_TOKEN}"))
        told.body = listed(one=web.address).encode()
        with running(config, tmp_path / "data", env={"SD_TOKEN": "sehr-geheim"}) as slamon:
            wait_for(lambda: observed(slamon, "one") > 0, "the target is probed")
            assert told.asked[0]["Authorization"] == "Bearer sehr-geheim"
            told.status = 401
            wait_for(lambda: samples(slamon.metrics(), SUCCESSFUL, source="web") == [0], "it is said")
            kept = (tmp_path / "data" / "discovered" / "web.json").read_text()
            assert "sehr-geheim" not in slamon.text() + slamon.metrics() + json.dumps(slamon.status()) + kept


def test_a_source_that_is_taken_out_takes_its_checks_and_its_series_with_it(tmp_path: Path) -> None:
    with page() as web, source() as told:
        config = catalogue(tmp_path, http_sd=http_sd(told))
        told.body = listed(one=web.address).encode()
        with running(config, tmp_path / "data") as slamon:
            wait_for(lambda: observed(slamon, "one") > 0, "the target is probed")
            content = yaml.safe_load(config.read_text())
            del content["discover"]
            content["services"]["shop"]["checks"] = {"own": {"tcp": {"address": web.address}, "interval": "500ms"}}
            write(config, yaml.safe_dump(content))
            wait_for(lambda: checks(slamon) == {"own"}, "the catalogue's own check alone")
            assert not samples(slamon.metrics(), "slamon_discovery_checks")
            asked = len(told.asked)
            assert requests.post(f"{slamon.url}/-/reload", timeout=20).ok
            assert len(told.asked) == asked, "nobody asks any more"
