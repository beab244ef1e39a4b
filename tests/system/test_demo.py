"""`slamon demo` as somebody starts it: figures at once, everything it prints is there, gone without a trace."""

import re
import select
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests

from tests.system.running import COMMAND, command, free_port, samples, wait_for

AGREEMENTS = {("shop-gold", "haendler"), ("bestellen-buero", "vertrieb"), ("post-intern", "vertrieb")}


class Demo:
    """A running demo; its temporary folders are made in `folder`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.url = f"http://127.0.0.1:{free_port()}"
        self.log = folder / "demo.log"
        temporary = folder / "tmp"
        temporary.mkdir()
        with self.log.open("wb") as out:
            self.process = subprocess.Popen(
                [*COMMAND, "demo", "--listen", self.url.removeprefix("http://")],
                stdout=out,
                stderr=out,
                env={"PATH": "/usr/bin:/bin", "TMPDIR": str(temporary), "HOME": str(folder)},
            )

    def said(self) -> str:
        return self.log.read_text(errors="replace")

    def metrics(self) -> str:
        assert self.process.poll() is None, self.said()
        return requests.get(f"{self.url}/metrics", timeout=5).text

    def interrupt(self) -> float:
        """Ctrl-C; gives how many seconds the end took."""
        begun = time.monotonic()
        self.process.send_signal(signal.SIGINT)
        self.process.wait(timeout=30)
        return time.monotonic() - begun


@contextmanager
def demo(folder: Path) -> Iterator[Demo]:
    made = Demo(folder)
    try:
        yield made
    finally:
        made.process.kill()
        made.process.wait()


def test_it_shows_the_whole_company_with_its_past(tmp_path: Path) -> None:
    with demo(tmp_path) as company:
        text = wait_for(company.metrics, "the first figures", 60)
        previous = "slamon_agreement_previous_period_availability_ratio"
        for agreement, customer in AGREEMENTS:
            found = samples(text, previous, agreement=agreement, customer=customer)
            assert found
            assert all(0.9 < value <= 1 for value in found)
        kinds = {
            kind for kind in ("internal", "external") if samples(text, "slamon_agreement_info", customer_kind=kind)
        }
        assert kinds == {"internal", "external"}
        assert min(samples(text, "slamon_agreement_verdict", verdict="on_track"), default=None) is not None
        wait_for(lambda: samples(company.metrics(), "slamon_check_up", check="smtp") == [1], "mail is probed")
        degraded = samples(company.metrics(), "slamon_check_degraded", service="post", check="smtp")
        assert degraded == [1], "the mail server's certificate ends soon"
        wait_for(lambda: "Ctrl-C" in company.said(), "it says where to look")
        for url in re.findall(r"http://\S+", company.said().split("The demo is running")[1]):
            assert requests.get(url, timeout=5).status_code == 200
        config = re.search(r"--config (\S+)", company.said())
        assert config is not None
        done = command("account", "--config", config[1], "--format", "json")
        assert done.returncode == 0, done.stderr
        assert "shop-gold" in done.stdout
        marks = requests.get(f"{company.url}/api/status", timeout=5).json()["marks"]
        assert [mark["kind"] for mark in marks] == ["demo"]
        assert "invented" in command("status", "--config", config[1]).stdout
        assert company.interrupt() < 2
        assert company.process.returncode == 0
    assert not list((tmp_path / "tmp").iterdir())


@pytest.mark.parametrize("after_s", [0.1, 0.5, 0.9, 1.3, 1.8, 2.4, 3.5])
def test_ctrl_c_ends_it_at_any_moment(tmp_path: Path, after_s: float) -> None:
    with demo(tmp_path) as company:
        begun = time.monotonic()
        while (left := begun + after_s - time.monotonic()) > 0:
            select.select([], [], [], left)
        assert company.interrupt() < 2, company.said()
        assert company.process.returncode in (0, 130, -signal.SIGINT), company.said()
        assert "Traceback" not in company.said()
        assert not subprocess.run(["pgrep", "-P", str(company.process.pid)], capture_output=True, check=False).stdout
    assert not list((tmp_path / "tmp").iterdir())
