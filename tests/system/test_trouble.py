"""The disk, the ledger and the port in trouble: one clear message, nothing stored is lost, nothing is made up."""

import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from slamon.accounting import Cause
from slamon.ledger import read_only

from tests.system.endpoints import page
from tests.system.running import Slamon, running, samples, wait_for
from tests.system.test_reload import by_post, catalogue, write

LEDGER_ERRORS = {"component": "ledger"}


def fill(folder: Path) -> Path:
    """Nothing is free on the disk of `folder` any more."""
    ballast = folder / "ballast"
    with ballast.open("wb") as file:
        try:
            while True:
                file.write(bytes(65_536))
                file.flush()
        except OSError:
            pass
    return ballast


def errors(slamon: Slamon) -> float:
    return samples(slamon.metrics(), "slamon_component_errors_total", **LEDGER_ERRORS)[0]


def test_on_a_full_disk_probing_goes_on_and_storing_is_taken_up_again(
    tmp_path: Path, mounted: Callable[[str], Path]
) -> None:
    disk = mounted("size=2M")
    config = tmp_path / "slamon.yml"
    with page() as web:
        write(config, catalogue(web.url, *(f"c{number}" for number in range(40))))
        with running(config, disk / "data") as slamon:
            wait_for(lambda: slamon.status()["storing"], "it stores")
            ballast = fill(disk)
            wait_for(lambda: not slamon.status()["storing"], "the disk is full")
            assert "space" in slamon.status()["storing_error"]
            web.status = 500
            down = {"service": "web", "state": "down"}
            wait_for(lambda: samples(slamon.metrics(), "slamon_service_state", **down) == [1], "seen all the same")
            wait_for(lambda: errors(slamon) >= 2, "it is tried again, and counted")
            assert slamon.text().count("cannot store") == 1, "said once, loudly"
            by_post(slamon)
            assert samples(slamon.metrics(), "slamon_service_state", **down) == [1], "a reload loses nothing"
            ballast.unlink()
            wait_for(lambda: slamon.status()["storing"], "it stores again")
            assert "storing again" in slamon.text()
            web.status = 200
            wait_for(lambda: samples(slamon.metrics(), "slamon_service_state", state="up") == [1], "it is up again")
        stored = read_only(disk / "data" / "slamon.db")
        assert not stored.blinds, "all of it was observed, and all of it is stored"
        tails = [observation for tail in stored.tails.values() for observation in tail]
        assert any(observation.reason == "status" for observation in tails)


def test_what_a_full_disk_did_not_take_is_unknown_after_a_kill(tmp_path: Path, mounted: Callable[[str], Path]) -> None:
    disk = mounted("size=2M")
    config, data = tmp_path / "slamon.yml", disk / "data"
    with page() as web:
        write(config, catalogue(web.url, *(f"c{number}" for number in range(40))))
        slamon = Slamon(config, data).ready()
        wait_for(lambda: slamon.status()["storing"], "it stores")
        ballast = fill(disk)
        wait_for(lambda: not slamon.status()["storing"], "the disk is full")
        wait_for(lambda: errors(slamon) >= 2, "some seconds are not stored")
        slamon.kill()
        ballast.unlink()
        watermark = read_only(data / "slamon.db").watermark
        with running(config, data) as slamon:
            wait_for(lambda: samples(slamon.metrics(), "slamon_check_up") == [1] * 40, "all are probed")
            window = {"agreement": "a", "window": "5m"}
            assert samples(slamon.metrics(), "slamon_agreement_coverage_ratio", **window)[0] < 1
        stored = read_only(data / "slamon.db")
        (stopped,) = [blind for blind in stored.blinds if blind.cause is Cause.STOPPED]
        assert stopped.start == watermark
        assert stopped.end - stopped.start > 4000


def ended(config: Path, data: Path, *words: str) -> str:
    """A start that is refused: exit code 3, and what was said."""
    slamon = Slamon(config, data, *words)
    slamon.process.wait(timeout=30)
    assert slamon.process.returncode == 3, slamon.text()
    said = slamon.text()
    assert "Traceback" not in said
    errors = [line for line in said.splitlines() if line.startswith("slamon: ")]
    assert len(errors) == 1, said
    return errors[0]


@pytest.fixture
def config(tmp_path: Path) -> Path:
    file = tmp_path / "slamon.yml"
    write(file, catalogue("http://127.0.0.1:9/", "one"))
    return file


def test_a_second_one_on_the_same_ledger_is_refused_and_the_first_goes_on(tmp_path: Path, config: Path) -> None:
    with running(config, tmp_path / "data") as first:
        said = ended(config, tmp_path / "data")
        assert str(first.process.pid) in said or "another" in said
        assert first.process.poll() is None
        assert first.status()["storing"]


def test_a_damaged_ledger_is_refused_and_left_as_it_is(tmp_path: Path, config: Path) -> None:
    data = tmp_path / "data"
    with running(config, data):
        pass
    whole = (data / "slamon.db").read_bytes()
    (data / "slamon.db").write_bytes(whole[:4096] + b"\x5a" * 12_288 + whole[16_384:])
    before = (data / "slamon.db").read_bytes()
    said = ended(config, data)
    assert "slamon.db" in said
    assert (data / "slamon.db").read_bytes() == before


def test_a_ledger_of_a_newer_version_is_refused(tmp_path: Path, config: Path) -> None:
    data = tmp_path / "data"
    with running(config, data):
        pass
    connection = sqlite3.connect(data / "slamon.db")
    connection.execute("pragma user_version = 999")
    connection.commit()
    connection.close()
    assert "newer" in ended(config, data)


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path, config: Path, mounted: Callable[[str], Path]) -> None:
    disk = mounted("size=2M,ro")
    assert "data" in ended(config, disk / "data")


def test_a_port_that_is_taken_is_named(tmp_path: Path, config: Path) -> None:
    with running(config, tmp_path / "data") as first:
        said = ended(config, tmp_path / "other", "--listen", f"127.0.0.1:{first.port}")
        assert str(first.port) in said
    shutil.rmtree(tmp_path / "other", ignore_errors=True)
