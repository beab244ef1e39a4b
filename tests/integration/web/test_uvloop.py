"""The same server on uvloop, which the `fast` extra brings."""

from pathlib import Path

import pytest

from tests.integration.web.backend import FakeBackend
from tests.integration.web.certificates import issue, trusting
from tests.integration.web.client import ask, connect, served

uvloop = pytest.importorskip("uvloop")


async def tls_renewal_control_and_stop(folder: Path) -> None:
    """Everything that leans on the loop's own TLS, sockets and transports."""
    authority = issue("authority")
    issue("localhost", authority).write(folder, "server")
    path = folder / "web.yml"
    path.write_text("tls_server_config: {cert_file: server.crt, key_file: server.key}")
    backend = FakeBackend()
    backend.pieces = [b"x" * 1_000_000] * 5
    async with served(backend, folder / "control.sock", path) as (url,):
        context = trusting(authority)
        assert (await ask(url, "/metrics", tls=context)).status == 200
        renewed = issue("localhost", authority)
        renewed.write(folder, "server")
        reader, writer = await connect(url, context)
        assert writer.get_extra_info("peercert")["serialNumber"].lstrip("0") == renewed.serial
        assert (await ask(folder / "control.sock", "/-/reload", "POST")).status == 200
        backend.pieces = [b"x" * 1_000_000] * 50
        writer.write(b"GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n")
        await reader.readline()
    writer.transport.abort()


def test_the_server_is_the_same_on_uvloop(folder: Path) -> None:
    uvloop.run(tls_renewal_control_and_stop(folder))
