"""`slamon demo` as somebody starts it: figures at once, everything it prints is there, gone without a trace."""

import contextlib
import os
import random
import re
import select
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.system.running import COMMAND, free_port, samples, wait_for

REPOSITORY = Path(__file__).parents[2]
AGREED = {
    ("shop-gold", "onlineshop", "haendler"),
    ("shop-gold", "schnittstelle", "haendler"),
    ("bestellen-buero", "bestellung", "vertrieb"),
    ("post-intern", "post", "vertrieb"),
}
CTRL_C_WITHIN_S = 2
CTRL_C = (130, -signal.SIGINT)
"""What a command ends with that was interrupted before it began to do anything."""
QUICK = [sys.executable, "-m", "tests.system.quick_demo"]


class Demo:
    """A running demo; its temporary folders are made in `temporary`."""

    def __init__(self, folder: Path, words: list[str]) -> None:
        self.address = f"127.0.0.1:{free_port()}"
        self.url = f"http://{self.address}"
        self.log = folder / "demo.log"
        self.temporary = Path(tempfile.mkdtemp(prefix="d-"))  # a socket's path must be short
        self.env = {"PATH": "/usr/bin:/bin", "TMPDIR": str(self.temporary), "HOME": str(folder)}
        with self.log.open("wb") as out:
            self.process = subprocess.Popen(
                [*words, self.address], stdout=out, stderr=out, env=self.env, cwd=REPOSITORY, start_new_session=True
            )

    def said(self) -> str:
        return self.log.read_text(errors="replace")

    def told(self) -> str:
        """What it prints for who started it, once all of it is there."""
        wait_for(lambda: "Ctrl-C ends the demo." in self.said(), "it says where to look", 20)
        return self.said().split("The demo is running", 1)[1]

    def metrics(self) -> str:
        assert self.process.poll() is None, self.said()
        return requests.get(f"{self.url}/metrics", timeout=5).text

    def values(self, name: str, **labels: str) -> list[float]:
        return samples(self.metrics(), name, **labels)

    def asked(self, path: str, **question: str) -> Any:
        return requests.get(f"{self.url}{path}", params=question, timeout=10).json()

    def printed_command(self, name: str) -> subprocess.CompletedProcess[str]:
        """Run the command that the demo says, word by word as it says it."""
        line = next(line for line in self.told().splitlines() if f" {name} " in line and "--config" in line)
        words = shlex.split(line)
        return subprocess.run(words, capture_output=True, text=True, env=self.env, cwd=REPOSITORY, check=False)

    def interrupt(self) -> float:
        """Ctrl-C; gives how many seconds the end took."""
        begun = time.monotonic()
        self.process.send_signal(signal.SIGINT)
        self.process.wait(timeout=30)
        return time.monotonic() - begun

    def leaves_nothing(self) -> bool:
        """No file, and no process of its group."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, 0)
            return False
        return not list(self.temporary.iterdir())


@contextmanager
def demo(folder: Path, *words: str) -> Iterator[Demo]:
    made = Demo(folder, list(words) or [*COMMAND, "demo", "--listen"])
    try:
        yield made
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(made.process.pid, signal.SIGKILL)
        made.process.wait()
        shutil.rmtree(made.temporary)


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """One demo for all who only look."""
    with demo(tmp_path_factory.mktemp("demo")) as made:
        wait_for(lambda: made.values("slamon_check_up"), "the first figures", 20)
        yield made


def test_previous_periods_are_on_the_metrics_of_every_agreement_and_kind_of_customer(company: Demo) -> None:
    for name in ("availability", "coverage"):
        for agreement, service, customer in AGREED:
            labels = {"agreement": agreement, "service": service, "customer": customer}
            (value,) = company.values(f"slamon_agreement_previous_period_{name}_ratio", **labels)
            assert 0.95 < value <= 1
    for kind in ("internal", "external"):
        assert company.values("slamon_agreement_info", customer_kind=kind)
    assert len(company.values("slamon_agreement_availability_ratio", window="30d")) == len(AGREED)


def test_previous_periods_can_be_asked_for_by_name(company: Demo) -> None:
    today = datetime.now(UTC).date()
    week = (today - timedelta(days=7)).isocalendar()
    month = (today.replace(day=1) - timedelta(days=1)).strftime("%Y-%m")
    periods = {"shop-gold": month, "bestellen-buero": month, "post-intern": f"{week.year}-W{week.week:02d}"}
    for agreement, period in periods.items():
        figures = company.asked("/api/figures", agreement=agreement, period=period)["figures"]
        assert figures
        for figure in figures:
            assert figure["period"]["name"] == period
            assert 0.95 < float(figure["availability"]) <= 1


def test_checks_are_probed_and_the_mail_certificate_ends_soon(company: Demo) -> None:
    wait_for(lambda: len(company.values("slamon_check_duration_seconds")) == 5, "all five are probed")
    assert company.values("slamon_check_degraded", service="post", check="smtp") == [1]


def test_every_address_that_is_printed_answers(company: Demo) -> None:
    urls = re.findall(r"http://\S+", company.told())
    assert urls == [f"{company.url}/", f"{company.url}/metrics"]
    assert [requests.get(url, timeout=5).status_code for url in urls] == [200, 200]


def test_every_command_that_is_printed_works_as_it_stands(company: Demo) -> None:
    status, account = company.printed_command("status"), company.printed_command("account")
    assert status.returncode == 0, status.stderr
    assert "onlineshop" in status.stdout
    assert account.returncode == 0, account.stderr
    assert "shop-gold" in account.stdout


def test_invented_facts_are_called_invented(company: Demo) -> None:
    assert "invented history" in company.told()
    (mark,) = company.asked("/api/status")["marks"]
    assert (mark["kind"], mark["words"]) == ("demo", "six weeks invented for the demo")
    assert "was invented, not observed" in " ".join(company.printed_command("status").stdout.split())


def test_it_says_what_faults_will_come_and_when(company: Demo) -> None:
    told = company.told()
    assert re.search(r"\+2:30 .* outage of the API", told)
    assert re.search(r"\+5:30 .* degraded", told)
    assert "certificate ends in a few days" in told


def test_the_outage_on_cue_is_seen_confirmed_and_over(tmp_path: Path) -> None:
    with demo(tmp_path, *QUICK) as company:
        before = wait_for(lambda: company.values("slamon_service_outages_total", service="schnittstelle"), "figures")
        up = {"service": "schnittstelle", "check": "bestellungen"}
        wait_for(lambda: company.values("slamon_check_up", **up) == [0], "the API fails")
        down = {"service": "bestellung", "state": "down"}
        wait_for(lambda: company.values("slamon_service_state", **down) == [1], "what depends on it is down")
        wait_for(lambda: company.values("slamon_check_up", **up) == [1], "the API is well again")
        total = {"service": "schnittstelle"}
        wait_for(lambda: company.values("slamon_service_outages_total", **total) == [before[0] + 1], "it counts")
        assert "/metrics" in company.told()
        assert "+0:02" in company.told()


@pytest.mark.parametrize("after_s", [0.1, 0.5, 0.9, 1.3, 1.8, 2.4, 3.5, None])
def test_ctrl_c_ends_it_at_any_moment(tmp_path: Path, after_s: float | None) -> None:
    """None: at a random one. Once it has begun (its folder is there), it ends as what was asked to end: with 0."""
    after_s = random.uniform(0.1, 3) if after_s is None else after_s
    with demo(tmp_path) as company:
        begun = time.monotonic()
        while (left := begun + after_s - time.monotonic()) > 0:
            select.select([], [], [], left)
        has_begun = any(company.temporary.iterdir())
        taken_s = company.interrupt()
        assert taken_s < CTRL_C_WITHIN_S, f"after {after_s} s: {company.said()}"
        code = company.process.returncode
        assert code == 0 or (not has_begun and code in CTRL_C), f"after {after_s} s: {code} {company.said()}"
        assert "Traceback" not in company.said(), f"after {after_s} s"
        assert company.leaves_nothing(), f"after {after_s} s"


def test_a_kept_demo_goes_on_with_its_past(tmp_path: Path) -> None:
    kept = tmp_path / "kept folder"
    words = [*COMMAND, "demo", "--keep", str(kept), "--listen"]
    marks = []
    for folder in (tmp_path / "first", tmp_path / "second"):
        folder.mkdir()
        with demo(folder, *words) as company:
            wait_for(company.metrics, "figures", 20)
            assert company.printed_command("account").returncode == 0, "the folder's name is quoted"
            marks.append(company.asked("/api/status")["marks"])
            assert company.interrupt() < CTRL_C_WITHIN_S
            assert company.process.returncode == 0
    assert marks[0] == marks[1]
    assert (kept / "data" / "slamon.db").exists()
