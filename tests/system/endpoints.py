"""What is probed, and what answers in place of the running system: small servers on loopback."""

import json
import socket
import socketserver
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any


class Quiet(BaseHTTPRequestHandler):
    """Says nothing, and gives away at once what it has."""

    def address_string(self) -> str:
        return "somebody"

    def log_message(self, *_words: Any) -> None:
        """Says nothing."""

    def answer(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


class Tcp(socketserver.ThreadingTCPServer):
    daemon_threads = True


class _Unix(socketserver.ThreadingUnixStreamServer):
    daemon_threads = True


@contextmanager
def serving(server: socketserver.BaseServer) -> Iterator[None]:
    with server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        yield
        server.shutdown()
        thread.join()


class Page:
    """A web page that answers with `status` and `body`, after `delay_s`, which a test may change."""

    def __init__(self, port: int) -> None:
        self.address = f"127.0.0.1:{port}"
        self.url = f"http://{self.address}/"
        self.status, self.body, self.delay_s = 200, b"fine", 0.0
        self._never = threading.Event()

    def dawdle(self) -> None:
        """Take its time."""
        self._never.wait(self.delay_s)


@contextmanager
def page() -> Iterator[Page]:
    class Answering(Quiet):
        def do_GET(self) -> None:
            found.dawdle()
            self.answer(found.status, found.body)

    server = Tcp(("127.0.0.1", 0), Answering)
    found = Page(server.server_address[1])
    with serving(server):
        yield found


@contextmanager
def greeting(words: bytes) -> Iterator[str]:
    """A server that says something to whoever connects; gives its address."""

    class Saying(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            self.request.sendall(words)

    server = Tcp(("127.0.0.1", 0), Saying)
    with serving(server):
        yield f"127.0.0.1:{server.server_address[1]}"


@contextmanager
def silent() -> Iterator[str]:
    """An address that takes connections and never says anything."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        sock.listen(50)
        yield f"127.0.0.1:{sock.getsockname()[1]}"


@contextmanager
def closed() -> Iterator[str]:
    """An address at which nobody answers: bound and never listened on."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        yield f"127.0.0.1:{sock.getsockname()[1]}"


@contextmanager
def control(data: Path, answer: Callable[[], Any]) -> Iterator[list[str]]:
    """In place of a running system: answers on the control socket; gives what it was asked, as `GET /path`."""
    asked: list[str] = []

    class Answering(Quiet):
        def do_GET(self) -> None:
            asked.append(f"{self.command} {self.path}")
            self.answer(200, b"ok" if self.path == "/-/healthy" else json.dumps(answer()).encode())

        do_POST = do_GET  # noqa: N815  the names that http.server calls

    data.mkdir(exist_ok=True)
    with serving(_Unix(str(data / "control.sock"), Answering)):
        yield asked


@contextmanager
def tls(context: ssl.SSLContext) -> Iterator[str]:
    """A server that shakes hands, in a thread of its own; its address."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            while True:
                try:
                    sock, _ = listener.accept()
                except OSError:
                    return
                with suppress(OSError), sock:
                    sock.settimeout(20)
                    with context.wrap_socket(sock, server_side=True) as session:
                        session.recv(1)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield f"127.0.0.1:{listener.getsockname()[1]}"
        listener.shutdown(socket.SHUT_RDWR)
        thread.join(30)
