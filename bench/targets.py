"""The probed server as the bench sees it."""

import sys
from pathlib import Path
from typing import Any

import requests

from bench.processes import Child, free_port

ADDRESSES = [f"127.0.0.{i}" for i in range(1, 9)]
"""Several, so that a new connection a probe does not run out of ports."""


class Targets:
    """A running `bench.endpoint`."""

    def __init__(self, folder: Path) -> None:
        self._port = free_port()
        words = [sys.executable, "-m", "bench.endpoint", str(self._port), *ADDRESSES]
        self._child = Child("endpoint", words, folder / "endpoint.log")
        self._child.wait_for(self._answers, "it answers")

    def _answers(self) -> bool:
        return requests.get(self._url("/reset"), timeout=1).ok

    def _url(self, path: str, number: int = 0) -> str:
        return f"http://{ADDRESSES[number % len(ADDRESSES)]}:{self._port}{path}"

    def urls(self, system: str, count: int) -> list[str]:
        """What a system, named by a letter, is to probe."""
        return [self._url(f"/{system}/{number}", number) for number in range(count)]

    def reset(self) -> None:
        """Forget what was counted."""
        requests.get(self._url("/reset"), timeout=10)

    def stats(self, system: str, interval_s: float) -> dict[str, Any]:
        """`hits`, and `deviation` of the gaps from the interval (p50, p99, max in seconds)."""
        found = requests.get(self._url(f"/stats?{interval_s}"), timeout=30).json()
        answer: dict[str, Any] = found.get(system, {"hits": 0, "deviation": {}})
        return answer

    def stop(self) -> None:
        """End it."""
        self._child.stop()
