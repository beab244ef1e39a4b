"""http: one request, its redirects, and what is expected of the answer.

`HttpProbe.__call__` is the way of one probe: for each hop the name is resolved by us and the transfer is run by
libcurl, and all of it together keeps one deadline.
"""

import asyncio
import json
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

import pycurl

from slamon.catalogue.probe_options import HttpOptions
from slamon.errors import ConfigurationError
from slamon.probes.context import ProbeContext
from slamon.probes.course import Course, Failure, Mask
from slamon.probes.curl_settings import request_headers
from slamon.probes.exchange import Exchanges
from slamon.probes.expect import Answer, Expectations, final_headers
from slamon.probes.outcome import Outcome, ProbeNotRunError, Reason
from slamon.probes.redirects import FOLLOWED, HARMLESS, Hop, Place, following
from slamon.probes.transfer import Handle

LONG_BODY = 64 * 1024
"""Bytes; longer bodies are looked at in a thread."""

PLAIN = HARMLESS | {"content-type", "host"}
"""Headers whose values are no secrets."""


class HttpProbe:
    """An http check made ready. Raises ConfigurationError for what the catalogue could not see."""

    def __init__(self, options: HttpOptions, context: ProbeContext) -> None:
        self._options = options
        self._context = context
        self._mask = Mask(secrets_of(options))
        self._expectations = Expectations(options.expect, self._mask)
        self._first = first_hop(options)
        self._exchanges = Exchanges(options, self._first.place, context, keep_body=self._expectations.wants_body)
        self._body_stamp: int | None = None
        self._idle: list[Handle] = []

    async def __call__(self, deadline: float) -> Outcome:
        """Probe once; `deadline` is loop time. Raises ProbeNotRunError when we could not."""
        course, expect = Course(), self._options.expect
        handle = self._idle.pop() if self._idle else self._context.transfers.handle()
        try:
            await self._judge(await self._answer(handle, course, deadline))
        except Failure as failure:
            outcome = course.down(Failure(failure.reason, self._mask.hidden(failure.message)))
        else:
            now_s = self._context.clock.now() // 1000
            outcome = course.answered(expect.degraded_over, expect.certificate_days, now_s)
        handle.start_over()
        self._idle.append(handle)
        return outcome

    async def _answer(self, handle: Handle, course: Course, deadline: float) -> Answer:
        """The last answer of the way."""
        hop, most = self._start(), self._options.follow_redirects
        if most:
            handle.curl.setopt(pycurl.COOKIELIST, "ALL")
        for followed in range(most + 1):
            answer = await self._exchanges.run(handle, hop, course, deadline)
            location = self._location(answer)
            if location is None:
                return answer
            if followed < most:
                hop = following(hop, answer.status, location)
                course.details["redirects"] = str(followed + 1)
        raise Failure(Reason.REDIRECT, f"more than {most} redirect{'' if most == 1 else 's'}")

    async def _judge(self, answer: Answer) -> None:
        """Long bodies in a thread, for RE2 over a MiB takes tens of milliseconds; it lets go of the interpreter."""
        if len(answer.body) <= LONG_BODY:
            return self._expectations.judge(answer)
        try:
            return await asyncio.to_thread(self._expectations.judge, answer)
        except RuntimeError:
            raise ProbeNotRunError("no thread can be started to look at the body") from None

    def _location(self, answer: Answer) -> bytes | None:
        """Where to go on, if the answer says so and it is to be followed."""
        if answer.status not in FOLLOWED or not self._options.follow_redirects:
            return None
        if self._expectations.asks_for(answer.status):
            return None
        return next((value for name, value in final_headers(answer.headers) if name == b"location"), None)

    def _start(self) -> Hop:
        """The first request; a body from a file is read again when the file changed."""
        path = self._options.body_file
        if path is not None:
            self._first = self._with_body(path)
        return self._first

    def _with_body(self, path: Path) -> Hop:
        try:
            stamp = path.stat().st_mtime_ns
            if stamp == self._body_stamp:
                return self._first
            body = path.read_bytes()
        except OSError as error:
            raise ProbeNotRunError(f"body_file cannot be read: {error.strerror}") from None
        self._body_stamp = stamp
        return replace(self._first, body=body)


def first_hop(options: HttpOptions) -> Hop:
    """The request that the options ask for. ConfigurationError for what the catalogue could not see."""
    headers, cookie = request_headers(options)
    body = options.body.reveal().encode() if options.body is not None else None
    try:
        place = Place.of(options.url)
    except ValueError:
        raise ConfigurationError("url is no URL of http or https, for example https://shop.example.org/") from None
    if options.http_version == "3" and place.scheme == "http":
        raise ConfigurationError("http_version 3 needs a url of https")
    return Hop(place, options.method, headers, body, cookie)


def secrets_of(options: HttpOptions) -> Iterable[str]:
    """All that must not stand in a sentence, should a server echo it."""
    for name, values in options.headers.items():
        if name.lower() not in PLAIN:
            for value in values:
                yield from (value.reveal(), *value.reveal().replace(";", " ").replace("=", " ").split())
    if options.body is not None:
        yield from (options.body.reveal(), *values_of(options.body.reveal()))
    if options.bearer is not None:
        yield options.bearer.reveal()
    if options.proxy is not None:
        yield from (options.proxy.reveal(), unquote(urlsplit(options.proxy.reveal()).password or ""))
    if options.basic_auth is not None:
        yield options.basic_auth.password.reveal()
    yield from (line.rpartition(" ")[2] for line in request_headers(options)[0] if line.startswith("Authorization"))


def values_of(body: str) -> Iterator[str]:
    """The texts in a body of JSON, of a form, or of words."""
    try:
        yield from _texts(json.loads(body))
    except (ValueError, RecursionError):
        yield from (value for _, value in parse_qsl(body))
        yield from body.split()


def _texts(document: object) -> Iterator[str]:
    if isinstance(document, str):
        yield document
    elif isinstance(document, (list, dict)):
        for inner in document.values() if isinstance(document, dict) else document:
            yield from _texts(inner)
