"""An http check's options as libcurl's. Made once a check."""

from base64 import b64encode
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import pycurl

from slamon import __version__
from slamon.catalogue.hosts import ascii_host
from slamon.catalogue.probe_options import HttpOptions, TlsOptions
from slamon.errors import ConfigurationError
from slamon.probes.redirects import Hop
from slamon.probes.tls import OLD_CIPHERS, wants_old

Setting = tuple[int, Any]

ALWAYS: tuple[Setting, ...] = (
    (pycurl.NOSIGNAL, 1),
    (pycurl.DNS_CACHE_TIMEOUT, 0),
    (pycurl.SSL_SESSIONID_CACHE, 0),
    (pycurl.PROTOCOLS, pycurl.PROTO_HTTP | pycurl.PROTO_HTTPS),
    (pycurl.FOLLOWLOCATION, 0),
    (pycurl.HTTP09_ALLOWED, 0),
    (pycurl.NETRC, pycurl.NETRC_IGNORED),
    (pycurl.HEADEROPT, pycurl.HEADER_SEPARATE),
    (pycurl.PATH_AS_IS, 1),
    (pycurl.NOPROXY, ""),
)

VERSIONS = {
    ("http", "1.1"): pycurl.CURL_HTTP_VERSION_1_1,
    ("https", "1.1"): pycurl.CURL_HTTP_VERSION_1_1,
    ("http", "2"): pycurl.CURL_HTTP_VERSION_2_PRIOR_KNOWLEDGE,
    ("https", "2"): pycurl.CURL_HTTP_VERSION_2TLS,
    ("http", "3"): pycurl.CURL_HTTP_VERSION_3ONLY,
    ("https", "3"): pycurl.CURL_HTTP_VERSION_3ONLY,
    ("http", "auto"): pycurl.CURL_HTTP_VERSION_1_1,
    ("https", "auto"): pycurl.CURL_HTTP_VERSION_2TLS,
}

TLS_VERSIONS = {
    "1.0": pycurl.SSLVERSION_TLSv1_0,
    "1.1": pycurl.SSLVERSION_TLSv1_1,
    "1.2": pycurl.SSLVERSION_TLSv1_2,
    "1.3": pycurl.SSLVERSION_TLSv1_3,
}

NEWEST = {
    "1.0": pycurl.SSLVERSION_MAX_TLSv1_0,
    "1.1": pycurl.SSLVERSION_MAX_TLSv1_1,
    "1.2": pycurl.SSLVERSION_MAX_TLSv1_2,
    "1.3": pycurl.SSLVERSION_MAX_TLSv1_3,
    None: 0,
}

PROXY_PORTS = {"http": 1080, "https": 443, "socks4": 1080, "socks4a": 1080, "socks5": 1080, "socks5h": 1080}
"""libcurl's own; the schemes whose proxies we can use."""

RESOLVE_HERE = frozenset({"socks4", "socks5"})
"""Proxies that are given addresses; the others are given names."""


@dataclass(frozen=True, slots=True)
class Proxy:
    """Where the proxy is. `url` holds its credentials; `resolves` when names go to the proxy as they are."""

    url: str
    host: str
    port: int
    resolves: bool

    @classmethod
    def of(cls, url: str) -> "Proxy":
        """Of `scheme://[user:password@]host[:port]`; ConfigurationError without the URL, which may hold a password."""
        whole = url if "://" in url else f"http://{url}"
        try:
            parts = urlsplit(whole)
            host, port = ascii_host(parts.hostname or ""), parts.port or PROXY_PORTS[parts.scheme]
        except (ValueError, KeyError):
            schemes = ", ".join(PROXY_PORTS)
            raise ConfigurationError(f"proxy is no URL like http://proxy.example.org:3128 ({schemes})") from None
        return cls(whole, host, port, parts.scheme not in RESOLVE_HERE)

    def entry(self, addresses: Sequence[str]) -> str:
        """The proxy's addresses for libcurl's RESOLVE: the next probe through this proxy replaces them."""
        return f"{self.host}:{self.port}:{','.join(f'[{a}]' if ':' in a else a for a in addresses)}"


def lasting(options: HttpOptions, proxy: Proxy | None) -> tuple[Setting, ...]:
    """What holds for all hops."""
    settings: list[Setting] = [*ALWAYS, (pycurl.ACCEPT_ENCODING, _coding(options))]
    if options.follow_redirects:
        settings.append((pycurl.COOKIEFILE, ""))
    if options.connection == "fresh":
        settings += [(pycurl.FRESH_CONNECT, 1), (pycurl.FORBID_REUSE, 1)]
    settings.append((pycurl.PROXY, proxy.url if proxy is not None else ""))
    return tuple(settings)


def _coding(options: HttpOptions) -> str:
    for name, values in options.headers.items():
        if name.lower() == "accept-encoding":
            return ", ".join(value.reveal() for value in values)
    return ""


def secure(options: TlsOptions | None, trusted: str, *, own: bool) -> list[Setting]:
    """What holds for https; `own` when our certificate may be shown."""
    options = options or TlsOptions()
    settings: list[Setting] = [
        (pycurl.OPT_CERTINFO, 1),
        (pycurl.VERBOSE, 1),
        (pycurl.CAINFO, trusted),
        (pycurl.PROXY_CAINFO, trusted),
        (pycurl.SSLVERSION, TLS_VERSIONS[options.min_version] | NEWEST[options.max_version]),
    ]
    if wants_old(options):
        settings.append((pycurl.SSL_CIPHER_LIST, OLD_CIPHERS))
    if options.skip_verification:
        settings += [(pycurl.SSL_VERIFYPEER, 0), (pycurl.SSL_VERIFYHOST, 0)]
    if own and options.certificate is not None:
        settings.append((pycurl.SSLCERT, str(options.certificate)))
        settings.append((pycurl.SSLKEY, str(options.key or options.certificate)))
    return settings


def of_hop(hop: Hop, url: str, host: str | None, http_version: str) -> list[Setting]:
    """What one request is. `host` is what the header Host says when it is not the URL's."""
    headers = [*hop.headers, "Expect:"]
    if host is not None and not any(header.lower().startswith("host:") for header in headers):
        headers.append(f"Host: {host}")
    settings: list[Setting] = [(pycurl.URL, url), (pycurl.HTTP_VERSION, VERSIONS[hop.place.scheme, http_version])]
    if hop.method == "HEAD":
        settings.append((pycurl.NOBODY, 1))
    elif hop.method == "GET" and hop.body is None:
        settings.append((pycurl.HTTPGET, 1))
    elif hop.body is not None or hop.method == "POST":
        body = hop.body or b""
        settings += [(pycurl.POSTFIELDS, body), (pycurl.CUSTOMREQUEST, hop.method)]
        if not any(header.lower().startswith("content-type") for header in headers):
            headers.append("Content-Type:")
    else:
        settings.append((pycurl.CUSTOMREQUEST, hop.method))
    if hop.cookie is not None:
        settings.append((pycurl.COOKIE, hop.cookie))
    return [*settings, (pycurl.HTTPHEADER, [header.encode() for header in headers])]


def request_headers(options: HttpOptions) -> tuple[tuple[str, ...], str | None]:
    """The headers as lines, and the value of Cookie apart, for libcurl adds those it was given on the way."""
    lines: list[str] = []
    cookies: list[str] = []
    names = {name.lower() for name in options.headers}
    if "user-agent" not in names:
        lines.append(f"User-Agent: slamon/{__version__}")
    for name, values in options.headers.items():
        if name.lower() == "cookie":
            cookies += [_sound(name, value.reveal()) for value in values]
        elif name.lower() != "accept-encoding":
            lines += [_line(name, value.reveal()) for value in values]
    lines += _credentials(options)
    return tuple(lines), "; ".join(cookies) or None


def _credentials(options: HttpOptions) -> Iterable[str]:
    if options.basic_auth is not None:
        pair = f"{options.basic_auth.username}:{options.basic_auth.password.reveal()}"
        yield f"Authorization: Basic {b64encode(pair.encode()).decode('ascii')}"
    elif options.bearer is not None:
        yield _line("Authorization", f"Bearer {options.bearer.reveal().strip()}")


def _line(name: str, value: str) -> str:
    value = _sound(name, value)
    return f"{name}: {value}" if value else f"{name};"


def _sound(name: str, value: str) -> str:
    value = value.strip()
    if any(character in value + name for character in "\r\n\0"):
        raise ConfigurationError(f"header {name!r} has a line break or a NUL in it")
    return value
