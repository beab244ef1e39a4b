"""Probing as the prober does it: options as the catalogue reads them, a deadline, an outcome."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from slamon.catalogue.kinds.tls import TlsCheckOptions
from slamon.catalogue.probe_options import HttpOptions, TcpOptions
from slamon.probes import KINDS, Outcome, Probe, ProbeContext

from .authority import Credential

GENEROUS_S = 20.0

Probing = Callable[..., Awaitable[Outcome]]


@pytest.fixture
async def context() -> AsyncIterator[ProbeContext]:
    """What probes share."""
    shared = ProbeContext()
    yield shared
    await shared.close()


def http_probe(context: ProbeContext, url: str, **options: Any) -> Probe:
    """An http check made ready."""
    return KINDS["http"](HttpOptions.model_validate({"url": url, **options}), context)


def tcp_probe(context: ProbeContext, address: str, **options: Any) -> Probe:
    """A tcp check made ready."""
    return KINDS["tcp"](TcpOptions.model_validate({"address": address, **options}), context)


def tls_probe(context: ProbeContext, address: str, **options: Any) -> Probe:
    """A tls check made ready."""
    return KINDS["tls"](TlsCheckOptions.model_validate({"address": address, **options}), context)


async def run(probe: Probe, within: float = GENEROUS_S) -> Outcome:
    """Probe once."""
    return await probe(asyncio.get_running_loop().time() + within)


@pytest.fixture
def http(context: ProbeContext) -> Probing:
    """`await http(url, within=seconds, **options)`."""

    async def probing(url: str, within: float = GENEROUS_S, **options: Any) -> Outcome:
        return await run(http_probe(context, url, **options), within)

    return probing


@pytest.fixture
def tcp(context: ProbeContext) -> Probing:
    """`await tcp(address, within=seconds, **options)`."""

    async def probing(address: str, within: float = GENEROUS_S, **options: Any) -> Outcome:
        return await run(tcp_probe(context, address, **options), within)

    return probing


@pytest.fixture
def tls(context: ProbeContext) -> Probing:
    """`await tls(address, within=seconds, **options)`."""

    async def probing(address: str, within: float = GENEROUS_S, **options: Any) -> Outcome:
        return await run(tls_probe(context, address, **options), within)

    return probing


@pytest.fixture(scope="session")
def root() -> Credential:
    """An authority for all tests."""
    return Credential.root()


@pytest.fixture
def ca_file(root: Credential, tmp_path: Path) -> str:
    """The authority's certificate, for probes to trust."""
    file = tmp_path / "ca.pem"
    file.write_bytes(root.pem)
    return str(file)
