"""The demo company answers as real servers do, and misbehaves on cue."""

import asyncio
import smtplib
import socket
import ssl
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import requests
from cryptography import x509
from slamon.demo.company import HOST, MAIL_CERTIFICATE_DAYS, Company
from slamon.demo.faults import Fault, play


@pytest.fixture
async def company(tmp_path: Path) -> AsyncIterator[Company]:
    company = Company(tmp_path)
    await company.start()
    yield company
    await company.stop()


async def get(company: Company, name: str, path: str) -> requests.Response:
    scheme = "https" if name == "shop" else "http"
    url = f"{scheme}://localhost:{company.ports[name]}{path}"
    return await asyncio.to_thread(requests.get, url, verify=str(company.ca_file), timeout=5)


async def greeting(company: Company, name: str) -> str:
    reader, writer = await asyncio.open_connection(HOST, company.ports[name])
    line = await reader.readline()
    writer.close()
    return line.decode()


async def test_the_shop_speaks_tls_that_its_authority_vouches_for(company: Company) -> None:
    page = await get(company, "shop", "/")
    assert page.status_code == 200
    assert "Warenkorb" in page.text
    assert (await get(company, "shop", "/nowhere")).status_code == 404


async def test_the_api_tells_its_state_and_fails_on_cue(company: Company) -> None:
    assert (await get(company, "api", "/v1/status")).json()["status"] == "ok"
    company.mood("api").broken = True
    assert (await get(company, "api", "/v1/status")).status_code == 503


async def test_the_database_replies_and_drops_exactly_as_many_connections_as_told(company: Company) -> None:
    company.mood("database").drops = 1
    assert await greeting(company, "database") == ""
    reader, writer = await asyncio.open_connection(HOST, company.ports["database"])
    assert await reader.readline() == b"DEMODB 2.1 ready\n"
    writer.write(b"PING\n")
    assert await reader.readline() == b"PONG\n"
    writer.close()


def _mail_certificate(port: int, ca_file: Path) -> bytes:
    with smtplib.SMTP("localhost", port, timeout=5) as client:
        client.starttls(context=ssl.create_default_context(cafile=str(ca_file)))
        client.ehlo()
        sock = client.sock
        assert isinstance(sock, ssl.SSLSocket)
        return sock.getpeercert(binary_form=True) or b""


async def test_the_mail_server_begins_tls_with_a_certificate_near_its_end(company: Company) -> None:
    der = await asyncio.to_thread(_mail_certificate, company.ports["mail"], company.ca_file)
    left = x509.load_der_x509_certificate(der).not_valid_after_utc - datetime.now(UTC)
    assert timedelta(days=MAIL_CERTIFICATE_DAYS - 1) < left <= timedelta(days=MAIL_CERTIFICATE_DAYS)


async def test_a_wished_port_is_taken_where_it_is_free_and_another_one_where_not(tmp_path: Path) -> None:
    with socket.socket() as held:
        held.bind((HOST, 0))
        held.listen()
        taken = held.getsockname()[1]
        company = Company(tmp_path)
        await company.start({"api": taken})
        assert company.ports["api"] not in (0, taken)
        wished = company.ports
        await company.stop()
    again = Company(tmp_path)
    await again.start(wished)
    assert again.ports == wished
    await again.stop()


async def test_it_stops_while_clients_are_connected(company: Company) -> None:
    reader, writer = await asyncio.open_connection(HOST, company.ports["mail"])
    assert (await reader.readline()).startswith(b"220 ")
    await company.stop()
    assert await reader.read() == b""
    writer.close()


async def test_the_script_causes_and_mends(company: Company) -> None:
    moods: list[bool] = []
    seen = asyncio.Event()

    def cause(mood: object) -> None:
        company.mood("api").broken = True
        moods.append(True)
        if len(moods) == 3:
            seen.set()

    script = (Fault(0, 0, "api", "a test", cause),)
    playing = asyncio.create_task(play(company, script=script, cycle_s=0.001))
    await asyncio.wait_for(seen.wait(), 10)
    playing.cancel()
    await asyncio.gather(playing, return_exceptions=True)
    assert not company.mood("api").broken
