"""Another catalogue is put in force while the system runs: whole or not at all, and what stays goes on as it was."""

import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import requests
import yaml

from tests.system.endpoints import Page, page
from tests.system.running import Slamon, command, running, samples, wait_for

RELOADED = "slamon_config_last_reload_successful"
WHEN = "slamon_config_last_reload_success_timestamp_seconds"


def catalogue(url: str, *checks: str, target: str = "99%") -> dict[str, Any]:
    return {
        "slamon": 1,
        "defaults": {"interval": "1s", "timeout": "500ms"},
        "customers": {"c": {"name": "C", "kind": "internal"}},
        "services": {"web": {"checks": {name: {"http": {"url": url}} for name in checks}}},
        "agreements": {
            "a": {"customer": "c", "services": ["web"], "target": target, "valid_from": "2026-01-01", "timezone": "UTC"}
        },
    }


def write(file: Path, content: dict[str, Any]) -> None:
    """As careful editors do it: beside it, then moved into place."""
    beside = file.with_name(f".{file.name}.new")
    beside.write_text(yaml.safe_dump(content), encoding="utf-8")
    beside.rename(file)


def by_signal(slamon: Slamon) -> None:
    slamon.process.send_signal(signal.SIGHUP)


def by_post(slamon: Slamon) -> None:
    assert requests.post(f"{slamon.url}/-/reload", timeout=20).status_code == 200


def by_the_files(_slamon: Slamon) -> None:
    """Nothing has to be done."""


def observed(slamon: Slamon, check: str) -> float:
    return sum(samples(slamon.metrics(), "slamon_check_observations_total", check=check))


@pytest.mark.parametrize("how", [by_signal, by_post, by_the_files])
def test_a_changed_catalogue_is_in_force_and_what_stays_goes_on(tmp_path: Path, how: Callable[[Slamon], None]) -> None:
    config = tmp_path / "slamon.yml"
    with page() as web:
        write(config, catalogue(web.url, "stays", "goes"))
        with running(config, tmp_path / "data") as slamon:
            wait_for(lambda: observed(slamon, "stays") > 2 and observed(slamon, "goes") > 2, "both are probed")
            before = observed(slamon, "stays")
            write(config, catalogue(web.url, "stays", "comes", target="99.9%"))
            how(slamon)
            wait_for(lambda: observed(slamon, "comes") > 0, "the new check is probed")
            text = slamon.metrics()
            assert samples(text, "slamon_check_observations_total", check="stays")[0] >= before
            assert not samples(text, "slamon_check_up", check="goes")
            assert samples(text, "slamon_agreement_target_ratio") == [0.999]
            assert samples(text, RELOADED) == [1]
            # what was seen of the removed check is still of the service, and its run ended
            slamon.stop()
            runs = facts(config, tmp_path / "data")
            assert runs["web/goes"][-1].end is not None
            assert len(runs["web/stays"]) == 1


def facts(config: Path, data: Path) -> Any:
    from slamon.catalogue import load
    from slamon.running.stored import figures_of

    figures, watermark = figures_of(load(config), data / "slamon.db", None, 1 << 42, running=True)
    assert watermark is not None
    return {check: list(history.runs()) for check, history in figures.histories.items()}


def test_a_broken_catalogue_changes_nothing_and_is_told_with_every_mistake(tmp_path: Path) -> None:
    config = tmp_path / "slamon.yml"
    with page() as web:
        write(config, catalogue(web.url, "one"))
        with running(config, tmp_path / "data") as slamon:
            when = samples(slamon.metrics(), WHEN)
            broken = catalogue(web.url, "one", target="99.9")
            broken["services"]["web"]["chekcs"] = {}
            write(config, broken)
            wait_for(lambda: samples(slamon.metrics(), RELOADED) == [0], "the metrics tell")
            answer = requests.post(f"{slamon.url}/-/reload", timeout=20)
            assert answer.status_code == 500
            for told in (answer.text, slamon.text()):
                assert "chekcs" in told
                assert "checks" in told
                assert "99.9" in told
                assert f"{config.name}:" in told
            text = slamon.metrics()
            assert samples(text, WHEN) == when
            assert samples(text, "slamon_agreement_target_ratio") == [0.99]
            before = observed(slamon, "one")
            wait_for(lambda: observed(slamon, "one") > before, "probing goes on")
            write(config, catalogue(web.url, "one", target="99.5%"))
            wait_for(lambda: samples(slamon.metrics(), RELOADED) == [1], "the mended one is in force")
            assert samples(slamon.metrics(), "slamon_agreement_target_ratio") == [0.995]
            assert samples(slamon.metrics(), WHEN) > when


def test_a_folder_is_watched_whole(tmp_path: Path) -> None:
    folder = tmp_path / "conf"
    folder.mkdir()
    with page() as web:
        whole = catalogue(web.url, "one")
        write(folder / "10-base.yml", whole)
        with running(folder, tmp_path / "data") as slamon:
            more = {"services": {"shop": {"checks": {"two": {"http": {"url": web.url}}}}}}
            write(folder / "20-shop.yml", more)
            wait_for(lambda: observed(slamon, "two") > 0, "the new file is in force")
            (folder / "20-shop.yml").unlink()
            wait_for(lambda: not samples(slamon.metrics(), "slamon_check_info", check="two"), "it is gone again")


def test_many_writes_in_a_row_are_one_reload(tmp_path: Path) -> None:
    config = tmp_path / "slamon.yml"
    with page() as web:
        write(config, catalogue(web.url, "one"))
        with running(config, tmp_path / "data") as slamon:
            for number in range(30):
                write(config, catalogue(web.url, "one", target=f"9{number % 10}.5%"))
            wait_for(lambda: samples(slamon.metrics(), "slamon_agreement_target_ratio") == [0.995], "the last one")
            assert 1 <= slamon.text().count("catalogue loaded") <= 3


def test_an_open_outage_survives_a_reload(tmp_path: Path) -> None:
    config = tmp_path / "slamon.yml"
    with page() as web:
        web.status = 500
        write(config, catalogue(web.url, "one"))
        with running(config, tmp_path / "data") as slamon:
            down = {"service": "web", "state": "down"}
            wait_for(lambda: samples(slamon.metrics(), "slamon_service_state", **down) == [1], "it is down")
            write(config, catalogue(web.url, "one", target="98%"))
            by_post(slamon)
            assert samples(slamon.metrics(), "slamon_service_state", **down) == [1]
            _recovered(slamon, web)
            wait_for(lambda: samples(slamon.metrics(), "slamon_service_outages_total") == [1], "one outage in all")


def _recovered(slamon: Slamon, web: Page) -> None:
    web.status = 200
    up = {"service": "web", "state": "up"}
    wait_for(lambda: samples(slamon.metrics(), "slamon_service_state", **up) == [1], "it is up")


def test_the_listening_address_and_the_ledger_need_a_restart_and_that_is_said(tmp_path: Path) -> None:
    config = tmp_path / "slamon.yml"
    with page() as web:
        write(config, catalogue(web.url, "one"))
        with running(config, tmp_path / "data") as slamon:
            moved = catalogue(web.url, "one") | {"web": {"listen": "127.0.0.1:1"}}
            write(config, moved)
            by_post(slamon)
            wait_for(lambda: "needs a restart" in slamon.text(), "it is said")
            assert slamon.status()["services"]


def test_the_control_socket_reloads_whoever_may_open_it(tmp_path: Path) -> None:
    config = tmp_path / "slamon.yml"
    with page() as web:
        write(config, catalogue(web.url, "one"))
        with running(config, tmp_path / "data") as slamon:
            socket = tmp_path / "data" / "control.sock"
            assert socket.stat().st_mode & 0o077 == 0
            assert command("status", "-c", str(config), "-d", str(tmp_path / "data")).returncode == 0
            assert slamon.process.poll() is None
