"""Real servers on loopback that take mails and webhooks, or refuse them in many ways."""

import asyncio
import contextlib
import http.server
import json
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from tests.integration.web.certificates import Issued, issue

USER, PASSWORD = "slamon", "geheim-4711"


@dataclass
class Inbox:
    """What was taken, and what is answered. `refuse`: answers by address; `data`: instead of taking a mail."""

    mails: list[EmailMessage] = field(default_factory=list)
    recipients: list[list[str]] = field(default_factory=list)
    secure: list[bool] = field(default_factory=list)
    refuse: dict[str, str] = field(default_factory=dict)
    data: str = ""
    taken: Callable[[], None] | None = None

    async def handle_RCPT(  # noqa: N802  aiosmtpd's name
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if address in self.refuse:
            return self.refuse[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        if self.data:
            return self.data
        content = envelope.content
        assert isinstance(content, bytes)
        self.mails.append(message_from_bytes(content, policy=policy.default))  # type: ignore[arg-type]
        self.recipients.append(list(envelope.rcpt_tos))
        self.secure.append(session.ssl is not None)
        if self.taken is not None:
            self.taken()
            await asyncio.sleep(3600)  # whoever was sent it never hears that it was taken
        return "250 OK"


def _authenticator(_server: SMTP, _session: Session, _envelope: Envelope, _way: str, data: Any) -> AuthResult:
    sound = isinstance(data, LoginPassword) and (data.login, data.password) == (USER.encode(), PASSWORD.encode())
    if sound:
        return AuthResult(success=True)
    shown = data.password.decode() if isinstance(data, LoginPassword) else ""
    return AuthResult(success=False, handled=False, message=f"535 5.7.8 wrong password {shown}")


class Trust:
    """An authority and a server's certificate of it."""

    def __init__(self, folder: Path) -> None:
        self.authority: Issued = issue("authority")
        issue("localhost", self.authority, "127.0.0.1").write(folder, "server")
        self.ca_file = folder / "ca.pem"
        self.ca_file.write_text(self.authority.cert_pem)
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(folder / "server.crt", folder / "server.key")


@contextlib.contextmanager
def mail_server(
    inbox: Inbox, trust: Trust | None = None, *, starttls: bool = False, login: bool = False
) -> Iterator[int]:
    """A mail server in a thread; gives its port. With `trust` and not `starttls` it speaks TLS from the first byte."""
    more: dict[str, Any] = {}
    if trust is not None and starttls:
        more |= {"tls_context": trust.context, "require_starttls": True}
    elif trust is not None:
        more |= {"ssl_context": trust.context}
    if login:
        more |= {"authenticator": _authenticator, "auth_required": True, "auth_require_tls": trust is not None}
        if trust is not None and not starttls:
            more |= {"auth_require_tls": False}
    controller = Controller(inbox, hostname="127.0.0.1", port=_free(), **more)
    controller.start()
    try:
        yield int(controller.port)
    finally:
        controller.stop()


def _free() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


@contextlib.contextmanager
def silent_server(words: bytes = b"", *, drip: bytes = b"") -> Iterator[int]:
    """Takes connections, says `words`, then nothing, or `drip` again and again."""
    listening = socket.create_server(("127.0.0.1", 0))
    open_: list[socket.socket] = []
    ended = threading.Event()

    def serve() -> None:
        with contextlib.suppress(OSError):
            while True:
                sock, _ = listening.accept()
                open_.append(sock)
                sock.sendall(words)
                while drip and not ended.wait(0.05):
                    sock.sendall(drip)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield int(listening.getsockname()[1])
    finally:
        ended.set()
        listening.shutdown(socket.SHUT_RDWR)
        listening.close()
        for sock in open_:
            sock.close()


@dataclass
class Hook:
    """What a webhook got, and what it answers."""

    status: int = 200
    words: bytes = b"taken"
    headers: dict[str, str] = field(default_factory=dict)
    got: list[tuple[str, dict[str, str], dict[str, Any]]] = field(default_factory=list)


@contextlib.contextmanager
def webhook_server(hook: Hook) -> Iterator[str]:
    """Gives its url."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            hook.got.append((self.path, {k.lower(): v for k, v in self.headers.items()}, body))
            self.send_response(hook.status)
            for name, value in hook.headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(hook.words)

        def log_message(self, *_words: Any) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/reports"
    finally:
        server.shutdown()
        server.server_close()
