"""The whole program as a child process, and patience with a deadline."""

import contextlib
import json
import os
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, TypeVar

import requests
from prometheus_client.parser import text_string_to_metric_families

T = TypeVar("T")
COMMAND = [sys.executable, "-m", "slamon"]


def wait_for(question: Callable[[], T], what: str, deadline_s: float = 30.0) -> T:
    """The question's first true answer; AssertionError with `what` when the deadline passes."""
    end = time.monotonic() + deadline_s
    while True:
        with contextlib.suppress(requests.RequestException, OSError, KeyError, IndexError, ValueError):
            answer = question()
            if answer:
                return answer
        assert time.monotonic() < end, f"not within {deadline_s} s: {what}"
        _breathe()


def _breathe() -> None:
    """Give the processor away for a moment (a poll on nothing, not a fixed sleep that a test relies on)."""
    select.select([], [], [], 0.05)


def free_port() -> int:
    """A port that is free now."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


class Slamon:
    """A running `slamon run`."""

    def __init__(
        self,
        config: Path,
        data: Path,
        *words: str,
        env: dict[str, str] | None = None,
        stderr: str | None = None,
        port: int | None = None,
        program: Sequence[str] = COMMAND,
    ) -> None:
        """`stderr`: a file for the log instead of our own. `port`: None for one that is free."""
        self.port = free_port() if port is None else port
        self.config, self.data = config, data
        self.log = config.parent / f"slamon-{self.port}.log"
        self._out = self.log.open("wb") if stderr is None else Path(stderr).open("wb")  # noqa: SIM115
        self.process = subprocess.Popen(
            [*program, "run", "-c", str(config), "-d", str(data), "--listen", f"127.0.0.1:{self.port}", *words],
            stdout=self._out,
            stderr=self._out,
            env=os.environ | (env or {}),
        )

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def ready(self) -> "Slamon":
        def answered() -> bool:
            assert self.process.poll() is None, f"slamon ended:\n{self.text()}"
            return requests.get(f"{self.url}/-/ready", timeout=5).status_code == 200

        wait_for(answered, "slamon is ready")
        return self

    def text(self) -> str:
        return self.log.read_text(errors="replace")

    def metrics(self, **params: Any) -> str:
        return requests.get(f"{self.url}/metrics", params=params, timeout=10).text

    def status(self) -> Any:
        return requests.get(f"{self.url}/api/status", timeout=10).json()

    def kill(self) -> None:
        self.process.kill()
        self.process.wait(timeout=20)
        self._out.close()

    def stop(self) -> int:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(timeout=20)
        self._out.close()
        return code


@contextlib.contextmanager
def running(config: Path, data: Path, *words: str, env: dict[str, str] | None = None) -> Iterator[Slamon]:
    slamon = Slamon(config, data, *words, env=env)
    try:
        yield slamon.ready()
    finally:
        if slamon.process.poll() is None:
            slamon.stop()


def command(*words: str, env: dict[str, str] | None = None, deadline_s: float = 60) -> subprocess.CompletedProcess[str]:
    """Run a command to its end."""
    return subprocess.run(
        [*COMMAND, *words],
        capture_output=True,
        text=True,
        timeout=deadline_s,
        env=os.environ | (env or {}),
        check=False,
    )


def samples(text: str, name: str, **labels: str) -> list[float]:
    """Values of a metric's series whose labels include these."""
    return [
        sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
        if sample.name == name and labels.items() <= sample.labels.items()
    ]


def figures(*words: str) -> Any:
    done = command("account", "--format", "json", *words)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


Counters = dict[tuple[str, tuple[tuple[str, str], ...]], float]


def counters(text: str) -> Counters:
    """Every series that must never fall, by name and labels; those of the process itself begin anew with it."""
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(text)
        if family.name.startswith(("slamon_check_", "slamon_service_", "slamon_agreement_"))
        for sample in family.samples
        if sample.name.endswith(("_total", "_bucket", "_count", "_sum"))
    }


def fallen(before: Counters, after: Counters) -> list[str]:
    """What fell, or is gone."""
    return [
        f"{series}: {value} -> {after.get(series)}"
        for series, value in before.items()
        if after.get(series, -1.0) < value
    ]
