"""Child processes, and what they cost: CPU and memory from /proc."""

import os
import socket
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import requests

_TICKS = os.sysconf("SC_CLK_TCK")
_STOP_S = 20.0


class BenchError(Exception):
    """The bench could not measure."""


class Child:
    """A process that the bench started, with its children. Its output goes to `log`."""

    def __init__(self, name: str, words: Sequence[str], log: Path, env: Mapping[str, str] | None = None) -> None:
        self.name = name
        self._log = log
        self._out = log.open("wb")
        self.begun = time.monotonic()
        self._process = subprocess.Popen(
            list(words), stdout=self._out, stderr=subprocess.STDOUT, env={**os.environ, **(env or {})}
        )

    def cpu_s(self) -> float:
        """Seconds of CPU used so far by it and its children, ended ones included."""
        return sum(_cpu_s(pid) for pid in self._pids())

    def memory(self) -> dict[str, int]:
        """Resident bytes now and at most (`rss`, `peak`), summed over it and its children."""
        sizes = [_memory(pid) for pid in self._pids()]
        return {key: sum(size[key] for size in sizes) for key in ("rss", "peak")}

    def held(self) -> int:
        """Bytes that it and its children hold, what they share counted once."""
        return sum(_held(pid) for pid in self._pids())

    def ended(self) -> int | None:
        """Its exit code; None while it runs."""
        return self._process.poll()

    def wait_for(self, question: Callable[[], bool], what: str, deadline_s: float = 60.0) -> float:
        """Seconds since its start until the question is answered with yes; it is ended, BenchError, when never."""
        why = f"not within {deadline_s:.0f} s"
        while time.monotonic() < self.begun + deadline_s:
            if self._process.poll() is not None:
                why = "ended before"
                break
            try:
                if question():
                    return time.monotonic() - self.begun
            except (requests.RequestException, OSError):
                pass
            time.sleep(0.02)
        self.stop()
        raise BenchError(f"{self.name}: {why}: {what}\n{self.output()}")

    def output(self) -> str:
        """The end of what it wrote."""
        return self._log.read_text(errors="replace")[-2000:]

    def stop(self) -> None:
        """End it, by force when it lingers."""
        if self._process.poll() is None:
            self._process.terminate()
            try:
                self._process.wait(_STOP_S)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        self._out.close()

    def _pids(self) -> list[int]:
        found = [self._process.pid]
        for pid in found:
            for task in Path(f"/proc/{pid}/task").glob("*/children"):
                try:
                    found.extend(int(word) for word in task.read_text().split())
                except OSError:
                    continue
        return found


def _cpu_s(pid: int) -> float:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return sum(int(field) for field in fields[11:15]) / _TICKS


def _memory(pid: int) -> dict[str, int]:
    found = {"VmRSS": 0, "VmHWM": 0}
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        lines = []
    for line in lines:
        key, _, rest = line.partition(":")
        if key in found:
            found[key] = int(rest.split()[0]) * 1024
    return {"rss": found["VmRSS"], "peak": found["VmHWM"]}


def _held(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:"))


def free_port() -> int:
    """A port that is free now."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])
