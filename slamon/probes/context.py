"""What all probes share: the resolver, libcurl's transfers, trusted certificates. One a running event loop."""

import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path
from ssl import SSLContext
from typing import TYPE_CHECKING, Any, TypeVar

from slamon.catalogue.probe_options import TlsOptions
from slamon.clock import Clock, SystemClock
from slamon.probes.evidence import Certificates
from slamon.probes.outcome import ProbeNotRunError
from slamon.probes.resolve import Names
from slamon.probes.threads import Threads
from slamon.probes.tls import TrustStore, ssl_context, trust_file
from slamon.probes.transfer import Transfers

if TYPE_CHECKING:
    from slamon.probes.stapled import StaplingContext

T = TypeVar("T")

Stamp = tuple[int, ...]

MOST_JOURNEYS = 64
"""So many journeys are under way at once, each in a thread; more wait for their turn, within their deadline."""

MOST_CHILDREN = 64
"""So many child processes run at once; more wait for their turn, within their deadline."""


class ProbeContext:
    """Shared by all probes. `nameservers` (`address` or `address:port`) replace those of resolv.conf.

    `evidence`: outcomes of http and tcp, too, carry what TLS showed; without it that costs them nothing.
    """

    def __init__(self, *, nameservers: Sequence[str] = (), clock: Clock | None = None, evidence: bool = False) -> None:
        self.names = Names(nameservers)
        self.transfers = Transfers()
        self.clock: Clock = clock or SystemClock()
        self.children = asyncio.Semaphore(MOST_CHILDREN)
        self.journeys = Threads(MOST_JOURNEYS, "journeys")
        self.evidence = evidence
        self.certificates = Certificates()
        self._kept: dict[object, tuple[Stamp, asyncio.Future[Any]]] = {}

    async def ssl_context(
        self, options: TlsOptions | None, alpn: Sequence[str] = (), ciphers: str | None = None
    ) -> SSLContext:
        """For these options; made again when one of their files changed. ProbeNotRunError when one cannot be used."""
        files = () if options is None else (options.ca_file, options.certificate, options.key)
        key = ("ssl", options, tuple(alpn), ciphers)
        return await self.made(key, files, lambda: ssl_context(options, alpn, ciphers))

    async def stapling_context(
        self, options: TlsOptions, alpn: Sequence[str], ciphers: str | None
    ) -> "StaplingContext":
        """The like of `ssl_context`, that asks for an OCSP staple."""

        def made() -> "StaplingContext":
            from slamon.probes.stapled import StaplingContext  # takes 20 ms to load, and few checks want it

            return StaplingContext(options, alpn, ciphers)

        files = (options.ca_file, options.certificate, options.key)
        return await self.made(("stapling", options, tuple(alpn), ciphers), files, made)

    async def trust_store(self, options: TlsOptions | None) -> TrustStore:
        """The certificates these options trust. ProbeNotRunError when the file cannot be read."""
        path = trust_file(options)
        return await self.made(("trust", path), (Path(path),), lambda: TrustStore.read(path))

    async def close(self) -> None:
        """Give up what is shared; probes under way end as not run. Running transfers are not waited for."""
        await self.names.close()

    async def made(self, key: object, files: Sequence[Path | None], make: Callable[[], T]) -> T:
        """What `make` made by that key, in a thread, for it takes long; kept until one of the files changes."""
        stamp = tuple(_changed(path) for path in files if path is not None)
        kept = self._kept.get(key)
        if kept is None or kept[0] != stamp or (kept[1].done() and _failed(kept[1])):
            kept = self._kept[key] = (stamp, asyncio.ensure_future(asyncio.to_thread(make)))
        try:
            made: T = await asyncio.shield(kept[1])
        except (OSError, RuntimeError):
            raise ProbeNotRunError("no thread can be started to read the files of tls") from None
        return made


def _changed(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return 0


def _failed(future: "asyncio.Future[Any]") -> bool:
    return future.cancelled() or future.exception() is not None
