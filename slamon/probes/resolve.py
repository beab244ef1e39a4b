"""Names to addresses: by c-ares, or by the system; never by libcurl, whose few threads a dead name server fills.

c-ares reads the hosts file and resolv.conf, not nsswitch. It keeps answers for their time to live; ours are dropped
every second, for a probe must see that a name server has died.
"""

import asyncio
import errno
import socket
import threading
from collections.abc import Iterable, Sequence
from typing import Any

import aiodns
from aiodns import error as ares

from slamon.catalogue.hosts import literal
from slamon.catalogue.probe_options import IpFamily, Resolver
from slamon.probes.course import Failure
from slamon.probes.failures import OURS, ensure_descriptor_left
from slamon.probes.outcome import ProbeNotRunError, Reason

MOST_ADDRESSES = 16
"""So many addresses of a name are tried."""

PATIENCE_S = 1.0
"""After this time the answer for one family is enough: some servers never answer for the other."""

KEPT_S = 1.0
"""So long an answer may serve other probes."""

MOST_THREADS = 64
"""So many lookups of the system may be under way."""

FAMILIES = {IpFamily.V4: socket.AF_INET, IpFamily.V6: socket.AF_INET6, IpFamily.ANY: socket.AF_UNSPEC}
FAMILY_NAMES = {IpFamily.V4: "IPv4 ", IpFamily.V6: "IPv6 ", IpFamily.ANY: ""}

ABSENT = {ares.ARES_ENODATA, ares.ARES_ENOTFOUND, socket.EAI_NONAME, getattr(socket, "EAI_NODATA", socket.EAI_NONAME)}
BROKEN = {ares.ARES_ENOMEM, ares.ARES_EDESTRUCTION, ares.ARES_ECANCELLED, ares.ARES_ENOTINITIALIZED}
ANSWERS = {
    ares.ARES_ESERVFAIL: "its name server reports a failure",
    ares.ARES_EREFUSED: "the name server refuses to answer",
    ares.ARES_ETIMEOUT: "no name server answered",
    ares.ARES_ECONNREFUSED: "no name server could be reached",
    ares.ARES_EBADNAME: "that is no name",
    ares.ARES_EBADRESP: "the name server's answer is malformed",
    ares.ARES_EFORMERR: "the name server did not understand the question",
}


def fitting(address: str, family: IpFamily) -> tuple[str, ...]:
    """The address, when it is of the family; Failure otherwise."""
    if family is not IpFamily.ANY and (":" in address) is not (family is IpFamily.V6):
        raise Failure(Reason.DNS, f"{address} is no {FAMILY_NAMES[family]}address")
    return (address,)


class Names:
    """Resolves names; one for all probes. `nameservers` (`address` or `address:port`) replace those of resolv.conf."""

    def __init__(self, nameservers: Sequence[str] = ()) -> None:
        self._nameservers = tuple(nameservers)
        self._ares: aiodns.DNSResolver | None = None
        self._forgetting: asyncio.TimerHandle | None = None
        self._threads = 0
        self._kept: dict[tuple[str, IpFamily], tuple[str, ...]] = {}

    async def addresses(self, host: str, family: IpFamily, how: Resolver, deadline: float) -> tuple[str, ...]:
        """The addresses of `host`, preferred first, at most 16; literals are taken as they are.

        `deadline` is loop time. Raises Failure (reason dns) and, when our own resolver is out of order,
        ProbeNotRunError.
        """
        address = literal(host)
        if address is not None:
            return fitting(address, family)
        begun = asyncio.get_running_loop().time()
        try:
            async with asyncio.timeout_at(deadline):
                if how is Resolver.SYSTEM:
                    found = await self._ask_system(host, FAMILIES[family])
                else:
                    found = await self._ask_ares(host, family)
        except TimeoutError:
            ensure_descriptor_left()
            waited = max(0.0, deadline - begun)
            raise Failure(Reason.DNS, f"{host} was not resolved within {waited:.1f} s") from None
        except aiodns.error.DNSError as error:
            raise self._ares_failure(host, family, error) from None
        except socket.gaierror as error:
            raise _system_failure(host, family, error) from None
        if not found:
            raise Failure(Reason.DNS, f"{host} has no {FAMILY_NAMES[family]}address")
        return found

    async def close(self) -> None:
        """Give the resolver up; lookups under way end without an answer."""
        if self._forgetting is not None:
            self._forgetting.cancel()
            self._forgetting = None
        if self._ares is not None:
            resolver, self._ares = self._ares, None
            await resolver.close()

    async def _ask_ares(self, host: str, family: IpFamily) -> tuple[str, ...]:
        kept = self._kept.get((host, family))
        if kept is None:
            kept = await self._look_up(host, family)
            self._forget_soon()
            self._kept[host, family] = kept
        return kept

    async def _look_up(self, host: str, family: IpFamily) -> tuple[str, ...]:
        resolver = self._resolver()
        self._forget_soon()
        lookup = resolver.getaddrinfo(host, family=FAMILIES[family], type=socket.SOCK_STREAM)
        if family is not IpFamily.ANY:
            return _addresses(await lookup)
        try:
            async with asyncio.timeout(PATIENCE_S):
                return _addresses(await lookup)
        except TimeoutError:
            return await self._first_family(resolver, host)

    async def _first_family(self, resolver: aiodns.DNSResolver, host: str) -> tuple[str, ...]:
        """Whichever family is answered first."""
        asked = {
            asyncio.ensure_future(resolver.getaddrinfo(host, family=family, type=socket.SOCK_STREAM))
            for family in (socket.AF_INET6, socket.AF_INET)
        }
        failed: BaseException | None = None
        try:
            for answer in asyncio.as_completed(asked):
                try:
                    return _addresses(await answer)
                except aiodns.error.DNSError as error:
                    failed = error
        finally:
            for lookup in asked:
                lookup.cancel()
        assert failed is not None
        raise failed

    def _resolver(self) -> aiodns.DNSResolver:
        if self._ares is None:
            try:
                self._ares = aiodns.DNSResolver(nameservers=self._nameservers or None)
            except (aiodns.error.DNSError, RuntimeError, OSError, ValueError) as error:
                ensure_descriptor_left()
                raise ProbeNotRunError(f"the resolver library cannot be started: {error}") from error
        return self._ares

    def _forget_soon(self) -> None:
        if self._forgetting is None:
            self._forgetting = asyncio.get_running_loop().call_later(KEPT_S, self._forget)

    def _forget(self) -> None:
        """Drop what was answered, by c-ares too; `reinit` is its one way to do so, and aiodns has no word for it."""
        self._forgetting = None
        self._kept.clear()
        if self._ares is not None:
            self._ares._channel.reinit()

    def _ares_failure(self, host: str, family: IpFamily, error: aiodns.error.DNSError) -> Failure:
        number = error.args[0] if error.args else 0
        if number in BROKEN:
            self._ares = None
            raise ProbeNotRunError(f"the resolver library failed: {ANSWERS.get(number) or error.args[-1]}") from None
        if number in ABSENT:
            return _absent(host, family)
        ensure_descriptor_left()
        return Failure(Reason.DNS, f"{host} was not resolved: {ANSWERS.get(number) or 'the lookup failed'}")

    async def _ask_system(self, host: str, family: int) -> tuple[str, ...]:
        if self._threads >= MOST_THREADS:
            raise ProbeNotRunError(f"all {MOST_THREADS} lookups of the system's resolver are still waiting")
        loop = asyncio.get_running_loop()
        future: asyncio.Future[list[Any]] = loop.create_future()
        self._threads += 1
        thread = threading.Thread(target=_look_up, args=(loop, self, future, host, family), daemon=True)
        try:
            thread.start()
        except RuntimeError:
            self._threads -= 1
            raise ProbeNotRunError("no thread can be started for the system's resolver") from None
        return _distinct(info[4][0] for info in await future)

    def looked_up(self, future: asyncio.Future[list[Any]], found: list[Any] | Exception) -> None:
        """A thread is done; called in the loop."""
        self._threads -= 1
        if future.done():
            return
        if isinstance(found, Exception):
            future.set_exception(found)
        else:
            future.set_result(found)


def _look_up(
    loop: asyncio.AbstractEventLoop, names: Names, future: asyncio.Future[list[Any]], host: str, family: int
) -> None:
    found: list[Any] | Exception
    try:
        found = socket.getaddrinfo(host, None, family=family, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        found = error if isinstance(error, socket.gaierror) else socket.gaierror(socket.EAI_NONAME, str(error))
    try:
        loop.call_soon_threadsafe(names.looked_up, future, found)
    except RuntimeError:
        pass  # the loop was closed while the system looked the name up


def _addresses(answer: Any) -> tuple[str, ...]:
    return _distinct(node.addr[0].decode("ascii") for node in answer.nodes)


def _distinct(addresses: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(addresses))[:MOST_ADDRESSES]


def _absent(host: str, family: IpFamily) -> Failure:
    kind = FAMILY_NAMES[family]
    sentence = f"{host} has no {kind}address" if kind else f"there is no name {host}"
    return Failure(Reason.DNS, sentence)


def _system_failure(host: str, family: IpFamily, error: socket.gaierror) -> Failure:
    if error.errno == socket.EAI_MEMORY:
        raise ProbeNotRunError(OURS[errno.ENOMEM]) from None
    if error.errno in ABSENT:
        return _absent(host, family)
    ensure_descriptor_left()
    return Failure(Reason.DNS, f"{host} was not resolved: {error.strerror or 'the lookup failed'}")
