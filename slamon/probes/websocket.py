"""websocket: the handshake, and perhaps a dialogue. `WebsocketProbe.__call__` is the way of one probe."""

import asyncio
from base64 import b64encode
from collections.abc import Iterable

from slamon import __version__
from slamon.catalogue.kinds.websocket import WebsocketOptions
from slamon.errors import ConfigurationError
from slamon.probes.connecting import connected
from slamon.probes.context import ProbeContext
from slamon.probes.course import Course, Failure
from slamon.probes.hosts import Host, named_host
from slamon.probes.http import PLAIN
from slamon.probes.outcome import Outcome
from slamon.probes.redirects import Place
from slamon.probes.stages import Stages
from slamon.probes.websocket_frames import Frames
from slamon.probes.websocket_handshake import Asking, Header, opened
from slamon.probes.websocket_talk import Script, Talk
from slamon.probes.wire import Wire


class WebsocketProbe:
    """A websocket check made ready. Raises ConfigurationError for what the catalogue could not see."""

    def __init__(self, options: WebsocketOptions, context: ProbeContext) -> None:
        self._options = options
        self._context = context
        self._place = _place(options.url)
        self._whom = self._place.whom
        self._host = Host(self._place.host, options.ip_family, options.resolver, context, "url")
        named = options.tls.server_name if options.tls is not None else None
        self._server_name = named_host(named, "tls.server_name") if named is not None else self._place.host.rstrip(".")
        headers = tuple(_headers(options, self._place))
        self._asking = Asking(self._place.path, headers, options.subprotocols, options.compression)
        self._script = Script(options.dialogue, _secrets(options, headers))

    async def __call__(self, deadline: float) -> Outcome:
        """Probe once; `deadline` is loop time. Raises ProbeNotRunError when we could not."""
        course, expect = Course(), self._options.expect
        failure: Failure | None = None
        try:
            await self._probe(course, deadline)
        except Failure as found:
            failure = Failure(found.reason, self._script.mask.hidden(found.message))
        course.duration_us = sum(course.phases.values())
        if failure is not None:
            return course.down(failure)
        return course.answered(expect.degraded_over, expect.certificate_days, self._context.clock.now() // 1000)

    async def _probe(self, course: Course, deadline: float) -> None:
        begun = asyncio.get_running_loop().time()
        addresses = await self._host.addresses(course, deadline)
        stages, wire = Stages(course, self._context.clock), None
        try:
            async with asyncio.timeout_at(deadline):
                secure = self._place.scheme == "https"
                tls = await self._context.ssl_context(self._options.tls) if secure else None
                stages.enter("connect", f"no connection to {self._whom}")
                wire = Wire(await connected(addresses, self._place.port, self._whom), self._whom)
                course.address = wire.peer
                if tls is not None:
                    stages.enter("tls", f"the TLS handshake with {self._whom} was not done")
                    await wire.begin_tls(tls, self._server_name)
                    course.expires(wire.chain_end)
                    course.details["tls_version"] = wire.tls_version or ""
                await self._talk(wire, stages, course)
        except TimeoutError:
            raise stages.overdue(deadline - begun) from None
        finally:
            stages.enter("")
            if wire is not None:
                wire.close()
            if self._context.evidence and wire is not None and wire.handshake is not None:
                course.tls = await wire.handshake.evidence(self._context.certificates)

    async def _talk(self, wire: Wire, stages: Stages, course: Course) -> None:
        stages.enter("processing", f"{self._whom} did not answer the handshake")
        found = await opened(wire, self._asking, self._whom, stages.answered)
        if found.subprotocol is not None:
            course.details["subprotocol"] = found.subprotocol
        if self._options.compression:
            course.details["compression"] = "agreed" if found.compressed else "none"
        frames = Frames(self._whom, compressed=found.compressed)
        await Talk(self._script, wire, frames, self._whom, stages).run(found.behind)


def _place(url: str) -> Place:
    try:
        return Place.of(f"http{url[2:]}")
    except ValueError:
        raise ConfigurationError("url is no URL of ws or wss, for example wss://shop.example.org/updates") from None


def _headers(options: WebsocketOptions, place: Place) -> Iterable[Header]:
    names = {name.lower() for name in options.headers}
    if "host" not in names:
        yield b"Host", place.authority.encode()
    if "user-agent" not in names:
        yield b"User-Agent", f"slamon/{__version__}".encode()
    for name, values in options.headers.items():
        for value in values:
            yield name.encode(), value.reveal().strip().encode()
    if options.origin is not None:
        yield b"Origin", options.origin.encode()
    if options.basic_auth is not None:
        pair = f"{options.basic_auth.username}:{options.basic_auth.password.reveal()}"
        yield b"Authorization", b"Basic " + b64encode(pair.encode())
    elif options.bearer is not None:
        yield b"Authorization", f"Bearer {options.bearer.reveal().strip()}".encode()


def _secrets(options: WebsocketOptions, headers: Iterable[Header]) -> Iterable[str]:
    """All that must not stand in a sentence, should a server echo it."""
    for name, value in headers:
        if name.decode().lower() not in PLAIN | {"origin"}:
            text = value.decode()
            yield from (text, *text.replace(";", " ").replace("=", " ").split())
    if options.basic_auth is not None:
        yield options.basic_auth.password.reveal()
