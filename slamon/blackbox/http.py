"""The prober http: a request, its redirects, and what the module says of the last answer.

`probe` is the way of one probe; the judgement is the exporter's, the transfer our core's.
"""

import asyncio
import email.utils
from datetime import UTC
from urllib.parse import urlsplit

from slamon.blackbox import certificates
from slamon.blackbox.cel import judged as judged_by_conditions
from slamon.blackbox.cookies import Cookies
from slamon.blackbox.fetch import UNBOUNDED, Ask, Got, content_length, fetch
from slamon.blackbox.hosts import dns_name
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
from slamon.blackbox.unpack import unpacked
from slamon.catalogue.blackbox.models import HeaderMatch, HttpModule
from slamon.catalogue.blackbox.values import compiled
from slamon.catalogue.probe_options import IpFamily
from slamon.catalogue.quantities import whole_number
from slamon.export import probe_names as names
from slamon.probes.course import Failure
from slamon.probes.expect import as_utf8
from slamon.probes.redirects import Place
from slamon.probes.resolve import literal
from slamon.probes.transfer import Handle

LARGEST_KEPT = 32 * 2**20
"""Bytes of a body, as it comes, that patterns and conditions are held against."""

US = 1_000_000
LONG_BODY = 64 * 1024


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
        return await _judged(run, journey, await journey.last_answer(handle))
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


async def _judged(run: Run, journey: Journey, got: Got) -> bool:
    """What the module says of the answer; the exporter goes on to tell what it can when something is wrong already."""
    sheet, module, good = run.sheet, run.module.http, False
    if got.status:
        good = _status(run, got.status)
        if good and (module.fail_if_header_matches or module.fail_if_header_not_matches):
            good = _headers_fit(run, got)
            sheet.put(names.FAILED_BY_REGEX, 0 if good else 1)
        good = await _body(run, journey, got, good)
        _last_modified(run, got)
        sheet.put(names.HTTP_VERSION, float(got.proto.removeprefix("HTTP/") or 0))
        if module.valid_http_versions and got.proto not in module.valid_http_versions:
            run.journal.fail("the version of HTTP is not a valid one", version=got.proto)
            good = False
    if got.status and journey.secure:
        sheet.put(names.HTTP_SSL, 1)
        if got.tls is not None:
            certificates.show(sheet, got.tls)
        if module.fail_if_ssl:
            run.journal.fail("the last answer came over TLS")
            good = False
    elif module.fail_if_not_ssl and good:
        run.journal.fail("the last answer did not come over TLS")
        good = False
    sheet.put(names.HTTP_STATUS, got.status)
    sheet.put(names.HTTP_CONTENT_LENGTH, content_length(got, journey.request.method))
    return good


def _status(run: Run, status: int) -> bool:
    valid = run.module.http.valid_status_codes
    if status in valid if valid else 200 <= status < 300:
        run.journal.say("answered", status=status)
        return True
    run.journal.fail("the status is not a valid one", status=status, valid=", ".join(map(str, valid)) or "2xx")
    return False


def _headers_fit(run: Run, got: Got) -> bool:
    module = run.module.http
    for rule in module.fail_if_header_matches:
        values = _values(run, rule, got)
        if values is None or any(_found(rule, value) for value in values):
            if values is not None:
                run.journal.fail("a header matches", header=rule.header, regexp=rule.regexp)
            return False
    for rule in module.fail_if_header_not_matches:
        values = _values(run, rule, got)
        if values is None or (values and not any(_found(rule, value) for value in values)):
            if values is not None:
                run.journal.fail("a header does not match", header=rule.header, regexp=rule.regexp)
            return False
    return True


def _values(run: Run, rule: HeaderMatch, got: Got) -> list[str] | None:
    """The header's values, none where it may be missing; None where it must not."""
    values = got.all(rule.header)
    if not values and not rule.allow_missing:
        run.journal.fail("a header is missing", header=rule.header)
        return None
    return values


def _found(rule: HeaderMatch, value: str) -> bool:
    return compiled(rule.regexp).search(value.encode("utf-8", "replace")) is not None


async def _body(run: Run, journey: Journey, got: Got, good: bool) -> bool:
    """What the body says, and how long it is."""
    module, sheet = run.module.http, run.sheet
    body, length, why = got.body, got.length, ""
    if journey.refused:
        body, length, why = b"", 0, "the body of a redirect that is not followed is not read"
    elif got.failure is not None:
        why = got.failure.message
    elif module.compression:
        opened = await asyncio.to_thread(unpacked, module.compression, body, module.body_size_limit, LARGEST_KEPT)
        body, length, why = opened.body, opened.length, opened.why
        if not opened.begun:
            run.journal.fail("the body cannot be unpacked", why=why)
            good, why = False, ""
    elif got.cut:
        why = "the body is longer than body_size_limit" if module.body_size_limit else "the body is too long to match"
    if good and (module.fail_if_body_matches_regexp or module.fail_if_body_not_matches_regexp):
        good = not why and await _regexps_fit(run, body)
        sheet.put(names.FAILED_BY_REGEX, 0 if good else 1)
    if good and (module.fail_if_body_json_matches_cel or module.fail_if_body_json_not_matches_cel):
        read = b"" if module.fail_if_body_matches_regexp or module.fail_if_body_not_matches_regexp else body
        good = not why and await _conditions_hold(run, read)
        sheet.put(names.FAILED_BY_CEL, 0 if good else 1)
    if not journey.refused:
        sheet.put(names.HTTP_BODY_LENGTH, length)
        if why:
            run.journal.fail("the body was not read to its end", why=why)
            good = False
    return good


async def _regexps_fit(run: Run, body: bytes) -> bool:
    module = run.module.http
    if len(body) > LONG_BODY:
        wrong = await asyncio.to_thread(_wrong_regexp, module, body)
    else:
        wrong = _wrong_regexp(module, body)
    if wrong is None:
        return True
    run.journal.fail(wrong[0], regexp=wrong[1])
    return False


def _wrong_regexp(module: HttpModule, body: bytes) -> tuple[str, str] | None:
    text = as_utf8(body, "")
    for pattern in module.fail_if_body_matches_regexp:
        if compiled(pattern).search(text) is not None:
            return "the body matches", pattern
    for pattern in module.fail_if_body_not_matches_regexp:
        if compiled(pattern).search(text) is None:
            return "the body does not match", pattern
    return None


async def _conditions_hold(run: Run, body: bytes) -> bool:
    module = run.module.http
    wanted = (
        (module.fail_if_body_json_matches_cel, False),
        (module.fail_if_body_json_not_matches_cel, True),
    )
    conditions = [(text, truth) for text, truth in wanted if text is not None]
    async with asyncio.timeout_at(run.deadline):
        wrong = await judged_by_conditions(body, conditions, run.context.children)
    if wrong is None:
        return True
    run.journal.fail(wrong[0], why=wrong[1])
    return False


def _last_modified(run: Run, got: Got) -> None:
    said = got.first("last-modified")
    try:
        moment = email.utils.parsedate_to_datetime(said) if said else None
    except (ValueError, IndexError, TypeError):
        moment = None
    if moment is not None:
        run.sheet.put(names.HTTP_LAST_MODIFIED, int(moment.replace(tzinfo=moment.tzinfo or UTC).timestamp()))
