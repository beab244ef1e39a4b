"""Where something is probed, or listens: host and port, urls, and what may stand in a request's head."""

import ipaddress
import re
from typing import Annotated
from urllib.parse import SplitResult, urlsplit

from pydantic import AfterValidator, BeforeValidator, WithJsonSchema

from slamon.catalogue.base import mistaken
from slamon.catalogue.hosts import askable_host
from slamon.catalogue.secret import Secret

Ip = ipaddress.IPv4Address | ipaddress.IPv6Address

_PROXY_SCHEMES = ("http", "https", "socks5", "socks5h")
_TOKEN = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
_BLANKS = re.compile(r"[\s\0-\x1f]")
_EMAIL = re.compile(r"[^\s\0-\x1f@,;<>]+@[^\s\0-\x1f@,;<>]+")
_LINE_BREAKS = re.compile(r"[\r\n\0]")


def split_address(text: str, *, lowest_port: int = 1) -> tuple[str, int]:
    """`host:port`, or `[2001:db8::1]:443`; ValueError with an example otherwise."""
    host, colon, port = text.rpartition(":")
    if host.startswith("[") and host.endswith("]"):
        host = host[1:-1]
    elif ":" in host:
        host = ""
    sound = host and colon and re.fullmatch(r"[0-9]{1,5}", port) and not re.search(r"[\s/\[\]@\0]", host)
    if not (sound and lowest_port <= int(port) < 65536):
        raise ValueError("host:port, for example db.example.org:5432 or [2001:db8::1]:443")
    return host, int(port)


def ip_of(text: str) -> Ip | None:
    """The address that `text` is; None for anything else."""
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        return None


def without_zone(ip: Ip) -> bool:
    """Whether an address says nothing without an interface, and has none."""
    return isinstance(ip, ipaddress.IPv6Address) and ip.is_link_local and ip.scope_id is None


def _source(value: object) -> str:
    ip = ip_of(value) if isinstance(value, str) else None
    if ip is None or without_zone(ip):
        raise ValueError("an address of this machine, for example 192.0.2.7, link-local with its interface")
    return str(value)


def _address(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError("host:port, for example db.example.org:5432")
    host, _ = split_address(value)
    _must_be_askable(host, "host:port, for example db.example.org:5432")
    return value


def _askable(host: str) -> bool:
    try:
        return bool(askable_host(host))
    except ValueError:
        return False


def _must_be_askable(host: str, example: str) -> None:
    if not _askable(host):
        raise ValueError(f"{example}, each part of the host's name of 1 to 63 letters, digits, - or _")


def _listen(value: object) -> str:
    """Port 0 is a free one, chosen by the system."""
    if not isinstance(value, str):
        raise ValueError("host:port, for example 127.0.0.1:10650")
    try:
        split_address(value, lowest_port=0)
    except ValueError:
        raise ValueError("host:port, for example 127.0.0.1:10650 or [::1]:10650") from None
    return value


def _split(url: str) -> SplitResult | None:
    """The parts of a url, or None where it is none."""
    try:
        parts = urlsplit(url)
        port_is_sound = parts.port is None or parts.port > 0
    except ValueError:
        return None
    return parts if parts.hostname and port_is_sound and not _BLANKS.search(url) else None


def http_url(value: str) -> str:
    """A url of http or https without credentials; ValueError otherwise."""
    parts = _split(value)
    if parts is None or parts.scheme not in ("http", "https"):
        raise ValueError("a url of http:// or https://, a host and perhaps a port up to 65535, without blanks")
    if parts.username is not None or parts.password is not None:
        raise mistaken("a user or password in the url", "them in basic_auth, where they are not shown")
    _must_be_askable(parts.hostname or "", "a url such as https://shop.example.org/")
    return value


def _proxy(value: Secret) -> Secret:
    parts = _split(value.reveal())
    if parts is None or parts.scheme not in _PROXY_SCHEMES or not _askable(parts.hostname or ""):
        schemes = ", ".join(_PROXY_SCHEMES)
        raise mistaken("another value", f"a proxy's url of {schemes}, for example http://proxy.example.org:3128")
    return value


def _node(value: str) -> str:
    try:
        askable_host(split_address(value)[0] if value.count(":") == 1 or "[" in value else value)
    except ValueError:
        raise ValueError("an address or a host, perhaps with a port, for example 192.0.2.7:8443") from None
    return value


def _host(value: str) -> str:
    if "[" in value or not _askable(value):
        raise ValueError("a host's name or address, without a port, for example mail.example.org")
    return value


def _server_name(value: str) -> str:
    _must_be_askable(value, "a host, for example db.example.org")
    return value


def _email(value: str) -> str:
    if not _EMAIL.fullmatch(value):
        raise ValueError("an address for mail, for example web@example.org")
    return value


def _method(value: str) -> str:
    if not re.fullmatch(r"[A-Z]{1,20}", value):
        raise ValueError("a method in capitals, for example GET")
    return value


def _header_name(value: str) -> str:
    if not _TOKEN.fullmatch(value):
        raise ValueError("a header's name, for example X-Request-Id")
    return value


def _one_line(value: Secret) -> Secret:
    if _LINE_BREAKS.search(value.reveal()):
        raise mistaken("a line break", "a value of one line")
    return value


Address = Annotated[str, BeforeValidator(_address), WithJsonSchema({"type": "string", "pattern": r"^.+:[0-9]+$"})]
"""`host:port`, IPv6 in brackets."""

ListenAddress = Annotated[
    str,
    BeforeValidator(_listen),
    WithJsonSchema({"type": "string", "pattern": r"^.+:[0-9]+$", "examples": ["127.0.0.1:10650"]}),
]
"""Where slamon listens; port 0 for any free one."""

Url = Annotated[str, AfterValidator(http_url), WithJsonSchema({"type": "string", "pattern": "^https?://"})]
"""An http or https url without credentials."""

Node = Annotated[str, AfterValidator(_node), WithJsonSchema({"type": "string", "examples": ["192.0.2.7:8443"]})]
"""One node behind a name: an address or a host, perhaps with a port."""

HostName = Annotated[str, AfterValidator(_host), WithJsonSchema({"type": "string", "examples": ["mail.example.org"]})]
"""A host's name or address."""

ServerName = Annotated[
    str, AfterValidator(_server_name), WithJsonSchema({"type": "string", "examples": ["db.example.org"]})
]
"""A name that a certificate bears."""

SourceAddress = Annotated[str, BeforeValidator(_source), WithJsonSchema({"type": "string", "examples": ["192.0.2.7"]})]
"""An address of this machine."""

Email = Annotated[str, AfterValidator(_email), WithJsonSchema({"type": "string", "pattern": "^[^@ ]+@[^@ ]+$"})]

ProxyUrl = Annotated[Secret, AfterValidator(_proxy)]
"""A proxy's url, which may hold credentials."""

Method = Annotated[str, AfterValidator(_method), WithJsonSchema({"type": "string", "pattern": "^[A-Z]{1,20}$"})]
HeaderName = Annotated[str, AfterValidator(_header_name)]
OneLine = Annotated[Secret, AfterValidator(_one_line)]
"""A secret-capable text that goes into a request's head."""
