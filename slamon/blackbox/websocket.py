"""The prober websocket: the handshake, and a dialogue message by message."""

import asyncio
from urllib.parse import urlsplit

from slamon.blackbox import certificates
from slamon.blackbox.hosts import dns_name
from slamon.blackbox.material import MaterialError, material
from slamon.blackbox.oauth import token
from slamon.blackbox.proxies import Choice
from slamon.blackbox.requests import AGENT, credentials, more_headers, put_over
from slamon.blackbox.run import Run
from slamon.blackbox.tunnel import tunnelled
from slamon.catalogue.blackbox.client import ClientConfig
from slamon.catalogue.blackbox.models import QueryResponse
from slamon.catalogue.blackbox.values import compiled, expands
from slamon.export import probe_names as names
from slamon.probes.connecting import connected
from slamon.probes.course import Failure
from slamon.probes.redirects import Place
from slamon.probes.websocket_frames import Closed, Frames, Message, Ping
from slamon.probes.websocket_handshake import SWITCHING, Asking, Header, RefusedFailure, opened
from slamon.probes.wire import Wire

SCHEMES = {"ws": "http", "wss": "https", "http": "http", "https": "https"}


async def probe(run: Run) -> bool:
    """Whether the connection is upgraded and the dialogue goes as the module wants."""
    sheet, module = run.sheet, run.module.websocket
    sheet.begin(names.WEBSOCKET_UPGRADED, names.WEBSOCKET_STATUS, names.WEBSOCKET_REGEX)
    place = _place(run)
    address, took = await run.choose(place.host, module.preferred_ip_protocol, module.ip_protocol_fallback)
    sheet.add(names.WEBSOCKET_DURATION, took, "resolve")
    wire: Wire | None = None
    try:
        async with asyncio.timeout_at(run.deadline):
            asking = Asking(place.path, await _headers(run, place), (), False)
            wire = await _connected(run, place, address)
            if place.scheme == "https":
                await _secured(run, module.http_config, wire, place)
            found = await opened(wire, asking, place.whom, lambda: None)
            sheet.put(names.WEBSOCKET_STATUS, SWITCHING)
            sheet.put(names.WEBSOCKET_UPGRADED, 1)
            return await Dialogue(run, wire, Frames(place.whom, compressed=False), found.behind).run()
    except RefusedFailure as failure:
        sheet.put(names.WEBSOCKET_STATUS, failure.status)
        raise run.failed("the handshake was refused", why=failure.message) from None
    except (Failure, MaterialError) as error:
        raise run.failed("the connection failed", why=error) from None
    except TimeoutError:
        raise run.failed("the time is over") from None
    finally:
        if wire is not None:
            wire.close()


def _place(run: Run) -> Place:
    try:
        parts = urlsplit(run.target)
        return Place.of(parts._replace(scheme=SCHEMES[parts.scheme.lower()]).geturl())
    except (ValueError, KeyError):
        raise run.failed("the target is no URL of ws or wss") from None


async def _connected(run: Run, place: Place, address: str) -> Wire:
    """To the address that was chosen, through a proxy where the module names one for it."""
    config = run.module.websocket.http_config
    proxy = Choice.of(config).url(place)
    if proxy is None:
        return Wire(await connected((address,), place.port, place.whom), place.whom)
    if proxy.startswith("https") and place.scheme == "https":
        raise run.failed("TLS to the target does not go through TLS to a proxy", remedy="a proxy of http or socks5")
    return await tunnelled(run, proxy, config, address, place.port)


async def _headers(run: Run, place: Place) -> tuple[Header, ...]:
    module = run.module.websocket
    own = ClientConfig.model_construct(http_headers=module.headers)
    headers = put_over((("User-Agent", AGENT),), await more_headers(module.http_config))
    headers = put_over(headers, await more_headers(own))
    if not any(name.lower() == "authorization" for name, _ in headers):
        oauth = module.http_config.oauth2
        bearer = None if oauth is None else await token(oauth, run, run.context.transfers.handle())
        headers = (*headers, *await credentials(module.http_config, bearer))
    if not any(name.lower() == "host" for name, _ in headers):
        headers = (("Host", place.authority), *headers)
    return tuple((name.encode("latin-1", "replace"), value.encode("utf-8", "replace")) for name, value in headers)


async def _secured(run: Run, config: ClientConfig, wire: Wire, place: Place) -> None:
    context = await (await material(config.tls_config)).context(run.context)
    await wire.begin_tls(context, dns_name(config.tls_config.server_name or place.host))
    assert wire.handshake is not None
    certificates.show(run.sheet, await wire.handshake.evidence(run.context.certificates))


class Dialogue:
    """One run of the module's steps: each waits for one message."""

    def __init__(self, run: Run, wire: Wire, frames: Frames, behind: bytes) -> None:
        self._run = run
        self._wire = wire
        self._frames = frames
        self._messages: list[bytes] = []
        self._behind = behind

    async def run(self) -> bool:
        """Whether every step went well. Raises Failure and Failed."""
        for step in self._run.module.websocket.query_response:
            send = await self._expect(step) if step.expect is not None else step.send.encode()
            if send:
                await self._wire.send(self._frames.text(send.decode("utf-8", "replace")))
        return True

    async def _expect(self, step: QueryResponse) -> bytes:
        message = await self._message()
        match = compiled(step.expect or "").search(message)
        shown = message.decode("utf-8", "replace")
        if match is None:
            self._run.sheet.put(names.WEBSOCKET_REGEX, 1)
            raise self._run.failed("the message does not match", regexp=step.expect, message=shown)
        self._run.journal.say("the message matches", regexp=step.expect, message=shown)
        return expands(step.send, match)

    async def _message(self) -> bytes:
        while not self._messages:
            data = self._behind or await self._wire.receive()
            self._behind = b""
            if not data:
                self._run.sheet.put(names.WEBSOCKET_REGEX, 1)
                raise self._run.failed("the connection was closed before a message came")
            for event in self._frames.events(data):
                if isinstance(event, Message):
                    self._messages.append(event.data)
                elif isinstance(event, Ping):
                    await self._wire.send(self._frames.pong(event.data))
                elif isinstance(event, Closed):
                    self._run.sheet.put(names.WEBSOCKET_REGEX, 1)
                    raise self._run.failed("the other side closed before a message came", code=event.code)
        return self._messages.pop(0)
