"""Talking to the running system over the control socket in its data folder."""

import http.client
import json
import socket
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from slamon.errors import SlamonError, UsageError

SOCKET_NAME = "control.sock"
PATIENCE_S = 30.0


class ControlError(SlamonError):
    """The running system answered with an error, or not at all."""


class _UnixConnection(http.client.HTTPConnection):
    """HTTP over a Unix socket."""

    def __init__(self, path: Path, timeout: float | None) -> None:
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
    """A client of the running system."""

    def __init__(self, data: Path) -> None:
        """`data`: the folder of ledger and control socket."""
        self._path = data / SOCKET_NAME

    def alive(self) -> bool:
        """Whether a system runs there. ControlError where one does that will not be talked to."""
        try:
            return self._call("GET", "/-/healthy", PATIENCE_S)[0] == http.client.OK
        except PermissionError:
            raise ControlError(
                f"{self._path} may be used by its owner only: run the command as the user that slamon runs as"
            ) from None
        except TimeoutError:
            raise self._silent() from None
        except (OSError, http.client.HTTPException):
            return False

    def get(self, path: str, **query: str | None) -> Any:
        """The JSON answer to a GET; raises UsageError or ControlError with the server's words."""
        asked = {key: value for key, value in query.items() if value is not None}
        return self._asked("GET", f"{path}?{urlencode(asked)}" if asked else path, PATIENCE_S)

    def post(self, path: str, **query: str) -> Any:
        """The JSON answer to a POST, however long it takes, or its text."""
        return self._asked("POST", f"{path}?{urlencode(query)}" if query else path, None)

    def send(self, path: str, value: object, patience_s: float | None = PATIENCE_S) -> Any:
        """The JSON answer to a POST of JSON; without `patience_s` however long it takes."""
        return self._asked("POST", path, patience_s, json.dumps(value).encode())

    def _asked(self, method: str, path: str, patience_s: float | None, body: bytes | None = None) -> Any:
        try:
            return self._answer(*self._call(method, path, patience_s, body))
        except TimeoutError:
            raise self._silent() from None
        except (OSError, http.client.HTTPException) as error:
            raise ControlError(f"the running system broke off: {error or type(error).__name__}") from error

    def _silent(self) -> ControlError:
        return ControlError(f"the system that runs at {self._path} does not answer within {PATIENCE_S:.0f} s")

    def _call(self, method: str, path: str, patience_s: float | None, body: bytes | None = None) -> tuple[int, bytes]:
        connection = _UnixConnection(self._path, patience_s)
        try:
            connection.request(method, path, body, {} if body is None else {"Content-Type": "application/json"})
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
