"""Talking to the running system over the control socket in its data folder."""

import http.client
import json
import socket
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from slamon.errors import SlamonError, UsageError

SOCKET_NAME = "control.sock"


class ControlError(SlamonError):
    """The running system answered with an error, or not at all."""


class _UnixConnection(http.client.HTTPConnection):
    """HTTP over a Unix socket."""

    def __init__(self, path: Path, timeout: float) -> None:
        super().__init__("localhost", timeout=timeout)
        self._path = path

    def connect(self) -> None:
        """Connect to the socket's path instead of a host."""
        sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        sock.settimeout(self.timeout)
        try:
            sock.connect(str(self._path))
        except OSError:
            sock.close()
            raise
        self.sock = sock


class Control:
    """A client of the running system; `timeout` in seconds holds for each call."""

    def __init__(self, data: Path, timeout: float = 30.0) -> None:
        self._path = data / SOCKET_NAME
        self._timeout = timeout

    def alive(self) -> bool:
        """Whether a running system answers on the socket."""
        if not self._path.exists():
            return False
        try:
            return self._call("GET", "/-/healthy")[0] == http.client.OK
        except OSError:
            return False

    def get(self, path: str, **query: str | None) -> Any:
        """The JSON answer to a GET; raises ControlError or UsageError with the server's words."""
        asked = {key: value for key, value in query.items() if value is not None}
        return self._answer(*self._call("GET", f"{path}?{urlencode(asked)}" if asked else path))

    def post(self, path: str, **query: str) -> Any:
        """The JSON answer to a POST, or None where it has no body."""
        return self._answer(*self._call("POST", f"{path}?{urlencode(query)}" if query else path))

    def _call(self, method: str, path: str) -> tuple[int, bytes]:
        connection = _UnixConnection(self._path, self._timeout)
        try:
            connection.request(method, path)
            response = connection.getresponse()
            return response.status, response.read()
        finally:
            connection.close()

    def _answer(self, status: int, body: bytes) -> Any:
        text = body.decode("utf-8", "replace")
        if status == http.client.OK:
            return json.loads(text) if text.startswith(("{", "[")) else text
        message = text
        if text.startswith("{"):
            message = str(json.loads(text).get("error", text))
        if http.client.BAD_REQUEST <= status < http.client.INTERNAL_SERVER_ERROR:
            raise UsageError(message.strip())
        raise ControlError(f"the running system answered {status}: {message.strip()}")
