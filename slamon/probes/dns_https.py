"""Questions over HTTPS (DoH, RFC 8484), through the transfers of the http kind."""

from base64 import urlsafe_b64encode

from slamon import __version__
from slamon.catalogue.kinds.dns import DnsOptions, HttpsMethod
from slamon.catalogue.probe_options import HttpOptions
from slamon.probes.context import ProbeContext
from slamon.probes.course import Course, Failure
from slamon.probes.dns_carriers import HEAD
from slamon.probes.dns_message import LONGEST
from slamon.probes.exchange import Exchanges
from slamon.probes.outcome import Reason
from slamon.probes.redirects import Hop, Place
from slamon.probes.transfer import Handle

MEDIA = "application/dns-message"
OK = 200

_ASKING = (f"User-Agent: slamon/{__version__}", f"Accept: {MEDIA}")
_SENDING = (*_ASKING, f"Content-Type: {MEDIA}")


class Https:
    """HTTPS. A new connection for each question; redirects are not followed."""

    def __init__(self, whom: str, place: Place, options: DnsOptions, context: ProbeContext) -> None:
        self._whom = whom
        self._place = place
        self._method = options.method
        self._context = context
        given = {"ip_family": options.ip_family, "resolver": options.resolver, "tls": options.tls}
        bounds = {"body_limit": f"{LONGEST}B", "follow_redirects": False}
        http = HttpOptions.model_validate({"url": place.url, **given, **bounds})
        self._exchanges = Exchanges(http, place, context, keep_body=True)
        self._hop = Hop(place, "GET", _ASKING)
        self._asked = b""
        self._idle: list[Handle] = []

    async def carry(self, wire: bytes, course: Course, deadline: float) -> bytes:
        """See `Carrier`."""
        handle = self._idle.pop() if self._idle else self._context.transfers.handle()
        answer = await self._exchanges.run(handle, self._request(wire), course, deadline)
        self._idle.append(handle)
        if answer.status != OK:
            raise Failure(Reason.STATUS, f"{self._whom} answered with status {answer.status}, expected {OK}")
        if answer.cut:
            raise Failure(Reason.TOO_LARGE, f"the answer of {self._whom} is longer than {LONGEST} bytes")
        if answer.content_type.partition(";")[0].strip().lower() != MEDIA:
            raise Failure(Reason.PROTOCOL, f"{self._whom} did not answer with {MEDIA}")
        if len(answer.body) < HEAD:
            raise Failure(Reason.PROTOCOL, f"the answer of {self._whom} is malformed: {len(answer.body)} bytes")
        return answer.body

    def _request(self, wire: bytes) -> Hop:
        """The same one for the same question: a handle that is set up for it is not set up again."""
        if wire == self._asked:
            return self._hop
        place = self._place
        if self._method is HttpsMethod.POST:
            hop = Hop(place, "POST", _SENDING, wire)
        else:
            query = urlsafe_b64encode(wire).rstrip(b"=").decode("ascii")
            hop = Hop(Place(place.scheme, place.host, place.port, f"{place.path}?dns={query}"), "GET", _ASKING)
        self._asked, self._hop = wire, hop
        return hop
