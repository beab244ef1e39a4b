"""Those whom alerts pass through, as child processes: Alertmanager, vmalert; and who is told at the end."""

import json
import subprocess
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import requests

from tests.system.endpoints import Quiet, Tcp, serving
from tests.system.running import free_port, wait_for


class Alertmanager:
    """A running Alertmanager; asked over the second version of its interface."""

    def __init__(self, port: int) -> None:
        self.address = f"127.0.0.1:{port}"
        self.url = f"http://{self.address}"

    def post(self, *alerts: dict[str, Any]) -> None:
        """Tell it of alerts."""
        answered = requests.post(f"{self.url}/api/v2/alerts", json=list(alerts), timeout=10)
        assert answered.ok, answered.text

    def alerts(self) -> list[dict[str, Any]]:
        """Every alert that it holds, whatever it does with it."""
        found: list[dict[str, Any]] = requests.get(f"{self.url}/api/v2/alerts", timeout=10).json()
        return found

    def silences(self, *states: str) -> list[dict[str, Any]]:
        """Its silences in these states; none named: those that hold or will."""
        found = requests.get(f"{self.url}/api/v2/silences", timeout=10).json()
        return [one for one in found if one["status"]["state"] in (states or ("active", "pending"))]


@contextmanager
def alertmanager(folder: Path, config: str, port: int | None = None) -> Iterator[Alertmanager]:
    """One with this configuration, alone. `port`: None for one that is free."""
    file = folder / "alertmanager.yml"
    file.write_text(config)
    port = free_port() if port is None else port
    found = Alertmanager(port)
    words = [
        "prometheus-alertmanager",
        f"--config.file={file}",
        f"--storage.path={folder / 'alertmanager'}",
        f"--web.listen-address=127.0.0.1:{port}",
        "--cluster.listen-address=",
        "--log.level=warn",
    ]
    with running(words, folder / "alertmanager.log"):
        wait_for(lambda: requests.get(f"{found.url}/-/ready", timeout=5).ok, "Alertmanager is ready", 60)
        yield found


@contextmanager
def running(words: Sequence[str], said: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A child process; what it says goes to a file."""
    with said.open("ab") as log, subprocess.Popen(words, stdout=log, stderr=log) as process:
        try:
            yield process
        finally:
            process.terminate()
            process.wait(timeout=30)


class Told:
    """What a receiver of webhooks was told, in order."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._messages: list[tuple[str, dict[str, Any]]] = []
        self._lock = threading.Lock()

    def take(self, path: str, message: dict[str, Any]) -> None:
        """One more."""
        with self._lock:
            self._messages.append((path, message))

    def messages(self, path: str) -> list[dict[str, Any]]:
        """The notifications that came at a path."""
        with self._lock:
            return [message for at, message in self._messages if at == path]

    def alerts(self, path: str, **labels: str) -> list[dict[str, Any]]:
        """The alerts of all notifications at a path that bear these labels."""
        return [
            alert
            for message in self.messages(path)
            for alert in message["alerts"]
            if labels.items() <= alert["labels"].items()
        ]


@contextmanager
def webhook() -> Iterator[Told]:
    """Somebody who is told by webhooks."""

    class Listening(Quiet):
        def do_POST(self) -> None:  # noqa: N802  the name that http.server calls
            told.take(self.path, json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.answer(200, b"")

    server = Tcp(("127.0.0.1", 0), Listening)
    told = Told(f"http://127.0.0.1:{server.server_address[1]}")
    with serving(server):
        yield told


@contextmanager
def vmalert(folder: Path, rules: Path, engine: str, told: str) -> Iterator[str]:
    """One that evaluates rule files every second; `engine`: whom it asks; `told`: an Alertmanager. Gives its url."""
    port = free_port()
    words = [
        "vmalert",
        f"-rule={rules}",
        f"-datasource.url={engine}",
        f"-notifier.url={told}",
        f"-remoteWrite.url={engine}",
        f"-httpListenAddr=127.0.0.1:{port}",
        "-evaluationInterval=1s",
        "-loggerLevel=WARN",
    ]
    with running(words, folder / "vmalert.log"):
        url = f"http://127.0.0.1:{port}"
        wait_for(lambda: requests.get(f"{url}/health", timeout=5).ok, "vmalert is ready", 60)
        yield url
