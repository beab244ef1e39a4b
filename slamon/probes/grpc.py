"""grpc: one call of the health service, by libcurl as HTTP/2 (docs/decisions/0004-grpc-by-libcurl.md).

`GrpcProbe.__call__` is the way of one probe. Names, phases, deadline, TLS and certificates are those of http.
"""

from collections.abc import Mapping
from urllib.parse import unquote_to_bytes

from slamon.catalogue.kinds.grpc import GrpcOptions
from slamon.catalogue.probe_options import HttpOptions, split_address
from slamon.catalogue.secret import Secret
from slamon.probes.context import ProbeContext
from slamon.probes.course import Course, Failure, Mask
from slamon.probes.curl_settings import request_headers
from slamon.probes.exchange import Exchanges
from slamon.probes.expect import Answer, final_headers
from slamon.probes.grpc_health import OF_HTTP, PATH, Health, Serving, StatusCode, request, serving, unframed
from slamon.probes.hosts import named_host
from slamon.probes.outcome import Outcome, Reason
from slamon.probes.redirects import Hop, Place
from slamon.probes.transfer import Handle

MOST_ANSWER = 16 * 1024
"""Bytes; an honest answer has seven."""

HTTP_OK = 200

WHY = {
    StatusCode.UNIMPLEMENTED: "it has no health service",
    StatusCode.NOT_FOUND: "it does not know the service",
    StatusCode.UNAUTHENTICATED: "it wants other credentials in the metadata",
    StatusCode.PERMISSION_DENIED: "the credentials in the metadata do not suffice",
    StatusCode.UNAVAILABLE: "it is not available",
    StatusCode.RESOURCE_EXHAUSTED: "it has no resources left, or limits the rate",
    StatusCode.DEADLINE_EXCEEDED: "it did not find an answer in time",
    StatusCode.CANCELLED: "it cancelled the call",
    StatusCode.INTERNAL: "it failed inside",
}

SAYS = {
    Serving.UNKNOWN: "says that it does not know whether {} is serving",
    Serving.NOT_SERVING: "says that {} is not serving",
    Serving.SERVICE_UNKNOWN: "does not know {}",
}


class GrpcProbe:
    """A grpc check made ready. Raises ConfigurationError for what the catalogue could not see."""

    def __init__(self, options: GrpcOptions, context: ProbeContext) -> None:
        self._options = options
        self._context = context
        self._mask = Mask(value.reveal() for values in options.metadata.values() for value in values)
        host, port = split_address(options.address)
        place = Place("http" if options.tls is None else "https", named_host(host, "address"), port, PATH)
        if options.tls is not None and options.tls.server_name is not None:
            named_host(options.tls.server_name, "tls.server_name")
        asked = _as_http(options, place)
        self._whom = place.whom
        self._hop = Hop(place, "POST", request_headers(asked)[0], request(options.service))
        self._exchanges = Exchanges(asked, place, context, keep_body=True)
        self._idle: list[Handle] = []

    async def __call__(self, deadline: float) -> Outcome:
        """Probe once; `deadline` is loop time. Raises ProbeNotRunError when we could not."""
        course, expect = Course(), self._options.expect
        course.grpc = Health()
        handle = self._idle.pop() if self._idle else self._context.transfers.handle()
        try:
            self._judge(await self._exchanges.run(handle, self._hop, course, deadline), course)
        except Failure as failure:
            outcome = course.down(Failure(failure.reason, self._mask.hidden(failure.message)))
        else:
            now_s = self._context.clock.now() // 1000
            outcome = course.answered(expect.degraded_over, expect.certificate_days, now_s)
        handle.start_over()
        self._idle.append(handle)
        return outcome

    def _judge(self, answer: Answer, course: Course) -> None:
        """Raises Failure unless the call ended with OK and the service is serving."""
        if answer.cut:
            raise Failure(Reason.TOO_LARGE, f"{self._whom} sent an answer of more than {MOST_ANSWER // 1024} KiB")
        headers = dict(final_headers(answer.headers))
        course.details.pop("status", None)
        code = self._code(answer.status, headers)
        course.grpc = Health(code)
        course.details["grpc_status"] = code.name
        if code is not StatusCode.OK:
            raise Failure(Reason.STATUS, self._ended(code, answer.status, headers))
        try:
            found = serving(unframed(answer.body))
        except ValueError as error:
            raise Failure(Reason.PROTOCOL, f"{self._whom} {error}") from None
        course.grpc = Health(code, found)
        course.details["serving_status"] = found.name
        if found is not Serving.SERVING:
            raise Failure(Reason.NOT_SERVING, f"{self._whom} {SAYS[found].format(self._service())}")

    def _code(self, status: int, headers: Mapping[bytes, bytes]) -> StatusCode:
        """How the call ended; an answer that is none of gRPC by its HTTP status."""
        written = headers.get(b"grpc-status")
        if written is None and status != HTTP_OK:
            return OF_HTTP.get(status, StatusCode.UNKNOWN)
        if not headers.get(b"content-type", b"").startswith(b"application/grpc"):
            raise Failure(Reason.PROTOCOL, f"{self._whom} did not answer in gRPC")
        if written is None or not written.isdigit():
            raise Failure(Reason.PROTOCOL, f"{self._whom} ended the call without a gRPC status")
        number = int(written[:9])
        return StatusCode(number) if number in set(StatusCode) else StatusCode.UNKNOWN

    def _ended(self, code: StatusCode, status: int, headers: Mapping[bytes, bytes]) -> str:
        why = f", {WHY[code]}" if code in WHY else ""
        said = unquote_to_bytes(headers.get(b"grpc-message", b"")[:2000]).decode("utf-8", "replace").strip()
        if b"grpc-status" not in headers:
            said = f"HTTP status {status}"
        return f"{self._whom} answered {code.name}{why}" + (f": {self._mask.shown(said)}" if said else "")

    def _service(self) -> str:
        return f"the service {self._options.service!r}" if self._options.service else "the server as a whole"


def _as_http(options: GrpcOptions, place: Place) -> HttpOptions:
    """What the call is as a request of HTTP/2."""
    headers = {**options.metadata, "accept-encoding": (Secret("identity"),), "te": (Secret("trailers"),)}
    headers["content-type"] = (Secret("application/grpc"),)
    if options.authority is not None:
        headers["host"] = (Secret(options.authority),)
    return HttpOptions.model_validate(
        {
            "url": place.url,
            "method": "POST",
            "headers": headers,
            "follow_redirects": False,
            "http_version": "2",
            "ip_family": options.ip_family,
            "resolver": options.resolver,
            "tls": options.tls,
            "body_limit": f"{MOST_ANSWER}B",
        }
    )
