"""The prober http: a request, its redirects, and what the module says of the last answer.

`probe` is the way of one probe; the judgement is the exporter's, the transfer our core's.
"""

import asyncio
from urllib.parse import urlsplit

from slamon.blackbox.cookies import Cookies
from slamon.blackbox.fetch import UNBOUNDED, Ask, Got, fetch
from slamon.blackbox.hosts import dns_name
from slamon.blackbox.http_answer import LARGEST_KEPT, judged
from slamon.blackbox.material import Material, MaterialError, material, read_file
from slamon.blackbox.oauth import token
from slamon.blackbox.proxies import Choice, connect_lines
from slamon.blackbox.requests import (
    MOST_REDIRECTS,
    Request,
    RequestError,
    credentials,
    first_headers,
    following,
    more_headers,
    port_of,
    put_over,
    sound,
    target_url,
    with_address,
)
from slamon.blackbox.run import Failed, Run
from slamon.catalogue.blackbox.models import HttpModule
from slamon.catalogue.hosts import literal
from slamon.catalogue.probe_options import IpFamily
from slamon.catalogue.quantities import whole_number
from slamon.export import probe_names as names
from slamon.probes.course import Failure
from slamon.probes.redirects import Place
from slamon.probes.transfer import Handle

US = 1_000_000


async def probe(run: Run) -> bool:
    """Whether the target is as the module wants it. Raises RefusedError, and ProbeNotRunError when we could not."""
    sheet, module = run.sheet, run.module.http
    sheet.begin(
        names.HTTP_DURATION, names.HTTP_CONTENT_LENGTH, names.HTTP_BODY_LENGTH, names.HTTP_REDIRECTS, names.HTTP_SSL,
        names.HTTP_STATUS, names.HTTP_VERSION, names.FAILED_BY_REGEX,
    )  # fmt: skip
    if module.fail_if_body_json_matches_cel or module.fail_if_body_json_not_matches_cel:
        sheet.begin(names.FAILED_BY_CEL)
    try:
        journey = await _begun(run)
    except (RequestError, MaterialError) as error:
        raise run.failed("the request cannot be made", why=error) from None
    for phase in ("connect", "tls", "processing", "transfer"):
        sheet.add(names.HTTP_DURATION, 0, phase)
    handle = run.context.transfers.handle()
    try:
        return await judged(run, journey, await journey.last_answer(handle))
    finally:
        sheet.put(names.HTTP_REDIRECTS, journey.redirects)


async def _begun(run: Run) -> "Journey":
    """The first request, its address chosen."""
    module = run.module.http
    url = target_url(run.target, secure=module.enable_http3)
    try:
        parts = urlsplit(url)
        host, netloc = parts.hostname or "", parts.netloc.rpartition("@")[2]
        if whole_number(port_of(netloc).removeprefix(":")) is None and port_of(netloc) not in ("", ":"):
            raise ValueError
    except ValueError:
        raise run.failed("the target is no URL") from None
    choice, address = Choice.of(module), ""
    proxied = bool(module.proxy_url) or module.proxy_from_environment
    if not (module.skip_resolve_phase_with_proxy and proxied):
        try:
            address, _ = await run.choose(dns_name(host), module.preferred_ip_protocol, module.ip_protocol_fallback)
        finally:
            run.sheet.add(names.HTTP_DURATION, run.sheet.value(names.LOOKUP_TIME) or 0.0, "resolve")
        url = with_address(url, address)
    asked = next((value for name, value in module.headers.items() if name.lower() == "host"), netloc)
    named = module.tls_config.server_name or (asked if asked != netloc else host)
    body = module.body.encode("utf-8", "surrogateescape") if module.body else None
    if module.body_file:
        body = await asyncio.to_thread(read_file, module.body_file, "body_file")
    request = sound(Request(url, asked, module.method or "GET", first_headers(dict(module.headers)), body))
    return Journey(run, request, await material(module.tls_config), choice, address, named)


class Journey:
    """The requests of one probe, one after the other."""

    def __init__(self, run: Run, first: Request, tls: Material, choice: Choice, address: str, server_name: str) -> None:
        self._run = run
        self._module: HttpModule = run.module.http
        self._first = first
        self._tls = tls
        self._choice = choice
        self._address = address
        self._server_name = server_name
        self._cookies = Cookies()
        self.redirects = 0
        self.request = first
        self.refused = False
        """The last answer was a redirect that was not followed."""

    @property
    def secure(self) -> bool:
        """Whether the last request went over TLS."""
        return self.request.place.scheme == "https"

    async def last_answer(self, handle: Handle) -> Got:
        """The last answer, or what came in its place."""
        run = self._run
        while True:
            try:
                got = await self._ask(handle)
                if not got.status:
                    return self._no_answer(got.failure)
                self._cookies.take(self.request.url, got.all("set-cookie"))
                onward = following(
                    self.request, self._first, got.status, got.first("location"),
                    replayable=not self._module.body_file,
                )  # fmt: skip
            except (RequestError, MaterialError, Failed) as error:
                run.journal.fail("the request failed", why=error)
                return Got()
            if onward is None:
                return got
            self.redirects += 1
            run.journal.say("redirected", location=got.first("location"))
            if self.redirects > MOST_REDIRECTS or not self._module.follows:
                run.journal.say("the redirect is not followed")
                self.refused = True
                return got
            self.request = sound(onward)

    def _no_answer(self, failure: Failure | None) -> Got:
        self._run.journal.fail("the request failed", why=failure.message if failure is not None else "no answer")
        return Got(phases={})

    async def _ask(self, handle: Handle) -> Got:
        run, module, request = self._run, self._module, self.request
        place = request.place
        proxy = self._choice.url(place)
        proxy_at = await self._proxy_at(proxy)
        addresses = await self._addresses(place, proxy)
        headers = await self._headers(handle)
        run.journal.say("asking", url=request.url, host=request.host, method=request.method)
        keep = _wants_body(module)
        limit = module.body_size_limit if module.body_size_limit and not module.compression else UNBOUNDED
        ask = Ask(
            place, request.host, self._named(place), addresses, request.method, headers, request.body,
            "3" if module.enable_http3 else "auto" if module.enable_http2 else "1.1", proxy, proxy_at,
            connect_lines(module), min(limit, LARGEST_KEPT) if keep else limit, keep,
        )  # fmt: skip
        got = await fetch(handle, ask, self._tls, run.context, run.deadline, self._uninteresting)
        for phase, took in got.phases.items():
            run.sheet.add(names.HTTP_DURATION, took / US, phase)
        if got.tls is not None and place.scheme == "https":
            self._must_bear_names(got)
        return got

    def _must_bear_names(self, got: Got) -> None:
        """A certificate whose name stands only in its subject is none, as in Go."""
        assert got.tls is not None
        own = got.tls.own
        verified = got.status and not self._module.tls_config.insecure_skip_verify
        if verified and own is not None and not own.dns_names and not own.addresses:
            raise self._run.failed("the certificate bears no names but that of its subject")

    async def _addresses(self, place: Place, proxy: str | None) -> tuple[str, ...]:
        """Where to connect; each is checked, at every hop."""
        run = self._run
        if proxy is not None and place.scheme == "http" and not proxy.startswith("socks"):
            self._left_to_the_proxy()
        if self.request.first and self._address:
            return (self._address,)
        if proxy is not None and (self.request.first or literal(place.host) is None):
            run.guard.left_to_the_proxy(place.host)
            return ()
        begun = run.context.clock.monotonic()
        try:
            found = await run.hosts.addresses(place.host, IpFamily.ANY, run.deadline)
        except Failure as failure:
            raise run.failed("no address was found", why=failure.message) from None
        finally:
            run.sheet.add(names.HTTP_DURATION, run.context.clock.monotonic() - begun, "resolve")
        run.guard.addresses(place.host, found)
        return found

    async def _proxy_at(self, proxy: str | None) -> tuple[str, ...]:
        """Where the proxy is; it must be allowed as a target must."""
        if proxy is None:
            return ()
        host = dns_name(urlsplit(proxy).hostname or "")
        try:
            found = await self._run.hosts.addresses(host, IpFamily.ANY, self._run.deadline)
        except Failure as failure:
            raise self._run.failed("the proxy was not found", why=failure.message) from None
        self._run.guard.addresses(host, found)
        return found

    def _left_to_the_proxy(self) -> None:
        """A proxy without a tunnel is given the name, and finds an address for it by itself."""
        host = urlsplit(f"//{self.request.host}").hostname or ""
        if literal(host) is None:
            self._run.guard.left_to_the_proxy(host)
        else:
            self._run.guard.address(host, host)

    def _named(self, place: Place) -> str:
        """Whom TLS asks for: the module's name at the first host, the host itself elsewhere."""
        if place.authority == self._first.place.authority:
            return dns_name(self._server_name.strip("[]")) or place.host
        return place.host

    async def _headers(self, handle: Handle) -> tuple[tuple[str, str], ...]:
        module, request = self._module, self.request
        headers = put_over(request.headers, await more_headers(module))
        if not any(name.lower() == "authorization" for name, _ in headers) and self._trusted():
            bearer = None
            if module.oauth2 is not None:
                bearer = await token(module.oauth2, self._run, handle)
            headers = (*headers, *await credentials(module, bearer))
        cookie = self._cookies.header(request.url)
        if cookie is not None and not any(name.lower() == "cookie" for name, _ in headers):
            headers = (*headers, ("Cookie", cookie))
        return headers

    def _trusted(self) -> bool:
        """Credentials of the module go to the first host only."""
        hosts = {urlsplit(self._first.url).hostname, urlsplit(f"//{self._first.host}").hostname}
        return self.request.first or urlsplit(self.request.url).hostname in hosts

    def _uninteresting(self, status: int, headers: list[tuple[str, str]]) -> bool:
        """The body of an answer after which the way goes on, or ends without being read."""
        location = next((value for name, value in headers if name == "location"), "")
        try:
            onward = following(self.request, self._first, status, location, replayable=not self._module.body_file)
        except RequestError:
            return True
        return onward is not None


def _wants_body(module: HttpModule) -> bool:
    return bool(
        module.compression
        or module.fail_if_body_matches_regexp
        or module.fail_if_body_not_matches_regexp
        or module.fail_if_body_json_matches_cel
        or module.fail_if_body_json_not_matches_cel
    )
