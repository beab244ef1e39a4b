"""A stop is clean and quick at any moment, and what was seen is stored."""

import json
import select
import signal
import subprocess
import time
from pathlib import Path

import pytest
import requests
import yaml
from slamon.ledger import read_only

from tests.system.endpoints import page, silent
from tests.system.running import Slamon, samples, wait_for
from tests.system.test_reload import catalogue, write

ENDS_S = 2.0


def ends(slamon: Slamon, number: int) -> None:
    """Sends the signal; the process is gone in time, with code 0, and without a cry."""
    begun = time.monotonic()
    slamon.process.send_signal(number)
    slamon.process.wait(timeout=30)
    took = time.monotonic() - begun
    said = slamon.text()
    assert took < ENDS_S, said
    assert slamon.process.returncode == 0, said
    assert "Traceback" not in said
    assert "was destroyed" not in said
    assert "never awaited" not in said


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_what_was_answered_before_the_stop_is_in_the_ledger(tmp_path: Path, number: int) -> None:
    config, data = tmp_path / "slamon.yml", tmp_path / "data"
    with page() as web:
        write(config, catalogue(web.url, "one"))
        slamon = Slamon(config, data).ready()
        wait_for(lambda: samples(slamon.metrics(), "slamon_check_up") == [1], "it is probed")
        ends(slamon, number)
    stored = read_only(data / "slamon.db")
    assert stored.clean
    newest = max(o.at for tail in stored.tails.values() for o in tail)
    assert stored.watermark is not None
    assert stored.watermark >= newest
    assert time.time() * 1000 - stored.watermark < 60_000


def test_it_ends_in_time_with_two_hundred_probes_in_flight(tmp_path: Path) -> None:
    config = tmp_path / "slamon.yml"
    with silent() as address:
        content = catalogue(f"http://{address}/", *(f"c{number}" for number in range(200)))
        content["defaults"] = {"interval": "30s", "timeout": "30s"}
        write(config, content)
        slamon = Slamon(config, tmp_path / "data").ready()
        wait_for(lambda: samples(slamon.metrics(), "slamon_probes_in_flight") >= [40], "many hang")
        ends(slamon, signal.SIGTERM)
    assert not read_only(tmp_path / "data" / "slamon.db").tails, "no verdict comes of a probe that was cut off"


def test_it_ends_in_time_while_it_is_scraped(tmp_path: Path) -> None:
    config = tmp_path / "slamon.yml"
    with page() as web:
        write(config, catalogue(web.url, *(f"c{number}" for number in range(300))))
        slamon = Slamon(config, tmp_path / "data").ready()
        scraper = requests.get(f"{slamon.url}/metrics", stream=True, timeout=30)
        next(scraper.iter_content(10))
        ends(slamon, signal.SIGTERM)
        scraper.close()


def test_it_ends_in_time_while_a_large_catalogue_is_loaded(tmp_path: Path) -> None:
    config = tmp_path / "slamon.yml"
    with page() as web:
        write(config, catalogue(web.url, "one"))
        slamon = Slamon(config, tmp_path / "data").ready()
        large = catalogue(web.url, *(f"c{number}" for number in range(3000)))
        beside = tmp_path / "large.yml"
        beside.write_text(json.dumps(large), encoding="utf-8")
        beside.rename(config)
        slamon.process.send_signal(signal.SIGHUP)
        ends(slamon, signal.SIGTERM)


@pytest.mark.parametrize("after_s", [0.7, 1.0, 1.3])
def test_it_ends_in_time_while_it_starts(tmp_path: Path, after_s: float) -> None:
    config = tmp_path / "slamon.yml"
    with page() as web:
        content = catalogue(web.url, *(f"c{number}" for number in range(1000)))
        config.write_text(yaml.dump(content, Dumper=yaml.CSafeDumper), encoding="utf-8")
        slamon = Slamon(config, tmp_path / "data")
        begun = time.monotonic()
        while (left := begun + after_s - time.monotonic()) > 0:
            select.select([], [], [], left)
        begun = time.monotonic()
        slamon.process.send_signal(signal.SIGTERM)
        slamon.process.wait(timeout=30)
        assert time.monotonic() - begun < ENDS_S
        assert slamon.process.returncode in (0, -signal.SIGTERM), slamon.text()
        assert "Traceback" not in slamon.text()


def test_nothing_is_left_behind(tmp_path: Path) -> None:
    config, data = tmp_path / "slamon.yml", tmp_path / "data"
    with page() as web:
        write(config, catalogue(web.url, "one"))
        slamon = Slamon(config, data).ready()
        pid = slamon.process.pid
        ends(slamon, signal.SIGTERM)
    assert {file.name for file in data.iterdir()} <= {"slamon.db", "slamon.db.lock"}
    assert not subprocess.run(["pgrep", "-P", str(pid)], capture_output=True, check=False).stdout
