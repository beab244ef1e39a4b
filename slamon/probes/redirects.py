"""Redirects, followed by us hop by hop: http and https only, and nothing of ours goes to another host."""

from dataclasses import dataclass, replace
from urllib.parse import quote, urljoin, urlsplit

from slamon.catalogue.hosts import ascii_host
from slamon.probes.course import Failure
from slamon.probes.outcome import Reason

FOLLOWED = frozenset({301, 302, 303, 307, 308})

PORTS = {"http": 80, "https": 443}

HARMLESS = frozenset({"accept", "accept-charset", "accept-encoding", "accept-language", "cache-control", "user-agent"})
"""The headers that may go to another host. Any other may be a key, whatever its name."""

LONGEST_URL = 8192

KEPT = "/%:@!$&'()*+,;=~-._?[]|{}^"
"""What stays as it is in a path or query; blanks and anything beyond ASCII are encoded."""


@dataclass(frozen=True, slots=True)
class Place:
    """A URL taken apart. `host` is ASCII without brackets, `path` holds the query and begins with `/`."""

    scheme: str
    host: str
    port: int
    path: str

    @classmethod
    def of(cls, url: str) -> "Place":
        """Of an http or https URL; ValueError for anything else. User and password in it are left out."""
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
        if parts.scheme not in PORTS or not host or port == 0:
            raise ValueError("not a URL of http or https")
        path = quote(parts.path or "/", safe=KEPT)
        query = "?" + quote(parts.query, safe=KEPT) if parts.query else ""
        return cls(parts.scheme, ascii_host(host), port or PORTS[parts.scheme], path + query)

    @property
    def authority(self) -> str:
        """`host`, with the port unless it is the scheme's own."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == PORTS[self.scheme] else f"{host}:{self.port}"

    @property
    def url(self) -> str:
        """The whole of it."""
        return f"{self.scheme}://{self.authority}{self.path}"

    @property
    def whom(self) -> str:
        """Host and port."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    def same_host(self, other: "Place") -> bool:
        """Whether what was meant for this place may go to the other: the same, or its own way from http to https."""
        if (self.scheme, self.host, self.port) == (other.scheme, other.host, other.port):
            return True
        ours, theirs = (self.scheme, self.port), (other.scheme, other.port)
        return self.host == other.host and ours == ("http", 80) and theirs == ("https", 443)


@dataclass(frozen=True, slots=True)
class Hop:
    """One request on the way. `trusted` until the way leaves the first host; then nothing of ours goes along."""

    place: Place
    method: str
    headers: tuple[str, ...]
    body: bytes | None = None
    cookie: str | None = None
    trusted: bool = True


def following(hop: Hop, status: int, location: bytes) -> Hop:
    """The next request after `hop` was answered with `status` and `location`. Raises Failure (reason redirect)."""
    place = _place(hop.place, location)
    method, headers, body = hop.method, hop.headers, hop.body
    if (status == 303 and method != "HEAD") or (status in (301, 302) and method == "POST"):
        method, body = "GET", None
        headers = tuple(header for header in headers if not _name(header).startswith("content-"))
    if hop.place.same_host(place):
        return replace(hop, place=place, method=method, headers=headers, body=body)
    if body is not None:
        raise Failure(Reason.REDIRECT, f"redirected to another host, {place.whom}, which is not to get the body")
    harmless = tuple(header for header in headers if _name(header) in HARMLESS)
    return Hop(place, method, harmless, trusted=False)


def _place(current: Place, location: bytes) -> Place:
    text = location.decode("utf-8", "replace").strip()
    try:
        if not text or len(text) > LONGEST_URL:
            raise ValueError("empty or endless")
        if urlsplit(text).scheme in PORTS and not urlsplit(text).netloc:
            raise ValueError("no host")
        target = urljoin(current.url, text)
        scheme = urlsplit(target).scheme
        if scheme not in PORTS:
            raise Failure(Reason.REDIRECT, f"redirected to {_scheme(scheme)}, which is neither http nor https")
        return Place.of(target)
    except ValueError:
        raise Failure(Reason.REDIRECT, "redirected to something that is no URL") from None


def _scheme(scheme: str) -> str:
    return f"{scheme[:20]}:" if scheme.isascii() else "an unknown scheme"


def _name(header: str) -> str:
    return header.partition(":")[0].strip().rstrip(";").lower()
