"""The requests of an http module: the first one, and how a redirect is followed, as Go's client does it."""

import re
from base64 import b64encode
from dataclasses import dataclass, replace
from urllib.parse import urljoin, urlsplit

from slamon import __version__
from slamon.blackbox.fetch import Headers
from slamon.blackbox.material import contents
from slamon.catalogue.blackbox.client import ClientConfig
from slamon.catalogue.secret import Secret
from slamon.probes.redirects import Place

AGENT = f"Blackbox-Exporter/0.28.0 slamon/{__version__}"
"""Servers that let the exporter in by its name let us in too, and are told who it is."""

MOST_REDIRECTS = 10
FOLLOWED = frozenset({301, 302, 303, 307, 308})
KEPT_METHODS = frozenset({307, 308})
FIRST_HOST_ONLY = frozenset({"authorization", "www-authenticate", "cookie", "cookie2"})

_TOKEN = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")


class RequestError(Exception):
    """The request cannot be made: a sentence."""


@dataclass(frozen=True, slots=True)
class Request:
    """One request. `url` is with the chosen address in place of the first name; `host` is what is asked for."""

    url: str
    host: str
    method: str
    headers: Headers
    body: bytes | None
    first: bool = True

    @property
    def place(self) -> Place:
        """The URL taken apart. Raises RequestError."""
        try:
            return Place.of(self.url)
        except ValueError:
            raise RequestError(f"{self.url[:200]!r} is no URL of http or https") from None


def target_url(target: str, *, secure: bool) -> str:
    """The URL that a target means. `secure`: plain http becomes https."""
    lower = target.lower()
    if not lower.startswith(("http://", "https://")):
        target = f"http://{target}"
    if secure and target.lower().startswith("http://"):
        target = f"https://{target[len('http://') :]}"
    return target


def with_address(url: str, address: str) -> str:
    """The URL with an address in place of its host; the port stays."""
    parts = urlsplit(url)
    host = f"[{address}]" if ":" in address else address
    port = port_of(parts.netloc)
    user = f"{parts.netloc.rpartition('@')[0]}@" if "@" in parts.netloc else ""
    return parts._replace(netloc=f"{user}{host}{port}").geturl()


def port_of(netloc: str) -> str:
    """The port of a URL's authority with its colon, whatever it is; '' without one."""
    host, colon, port = netloc.rpartition("@")[2].rpartition(":")
    return f":{port}" if colon and not port.endswith("]") and not (":" in host and "[" not in host) else ""


def sound(request: Request) -> Request:
    """The request, when it can be sent. Raises RequestError."""
    if not _TOKEN.fullmatch(request.method):
        raise RequestError(f"{request.method!r} is no method")
    for name, value in request.headers:
        if not _TOKEN.fullmatch(name) or any(character in value for character in "\r\n\0"):
            raise RequestError(f"the header {name!r} cannot be sent")
    return request


def following(request: Request, first: Request, status: int, location: str, *, replayable: bool) -> Request | None:
    """The next request, or None where there is none to make. Raises RequestError for a place that is none."""
    if status not in FOLLOWED:
        return None
    if not location:
        return None
    method, body = request.method, request.body
    if status in KEPT_METHODS:
        if body is not None and not replayable:
            return None
    else:
        body = None
        method = method if method in ("GET", "HEAD") else "GET"
    try:
        url = urljoin(request.url, location)
        parts = urlsplit(url)
    except ValueError:
        raise RequestError(f"redirected to {location[:200]!r}, which is no URL") from None
    relative = not _SCHEME.match(location)
    host = request.host if relative else parts.netloc.rpartition("@")[2]
    headers = tuple(h for h in first.headers if h[0].lower() not in FIRST_HOST_ONLY or _same_host(first.url, url))
    return replace(request, url=url, host=host, method=method, body=body, headers=headers, first=False)


def _same_host(first: str, other: str) -> bool:
    """Whether `other` is at the first host or below it."""
    one, two = urlsplit(first).hostname or "", urlsplit(other).hostname or ""
    return two == one or (two.endswith(f".{one}") and ":" not in one and not one.replace(".", "").isdigit())


async def credentials(config: ClientConfig, token: str | None) -> Headers:
    """The headers that the client's options add, their files read now. Raises MaterialError."""
    basic, authorization = config.basic_auth, config.authorization
    found: list[tuple[str, str]] = []
    if basic is not None:
        user = await _either(basic.username, basic.username_file, "username_file")
        password = await _either(_revealed(basic.password), basic.password_file, "password_file")
        found.append(("Authorization", f"Basic {b64encode(f'{user}:{password}'.encode()).decode('ascii')}"))
    elif authorization is not None:
        words = await _either(_revealed(authorization.credentials), authorization.credentials_file, "credentials_file")
        found.append(("Authorization", f"{authorization.type.strip() or 'Bearer'} {words}"))
    elif config.bearer_token is not None or config.bearer_token_file:
        words = await _either(_revealed(config.bearer_token), config.bearer_token_file, "bearer_token_file")
        found.append(("Authorization", f"Bearer {words}"))
    elif token is not None:
        found.append(("Authorization", token))
    return tuple(found)


async def more_headers(config: ClientConfig) -> Headers:
    """`http_headers`, their files read now. Raises MaterialError."""
    found: list[tuple[str, str]] = []
    for name, values in config.http_headers.items():
        files = await contents([("http_headers", file) for file in values.files])
        texts = [*values.values, *(_revealed(secret) for secret in values.secrets)]
        texts += [data.decode("utf-8", "replace").strip() for data in files]
        found += [(name, text) for text in texts]
    return tuple(found)


def first_headers(given: dict[str, str]) -> Headers:
    """A module's own headers, Host apart, with our name where they do not say another."""
    headers = [(name, value) for name, value in given.items() if name.lower() != "host"]
    if not any(name.lower() == "user-agent" for name in given):
        headers.append(("User-Agent", AGENT))
    return tuple(headers)


def put_over(headers: Headers, more: Headers) -> Headers:
    """`headers` with those of the same names replaced."""
    names = {name.lower() for name, _ in more}
    return (*(header for header in headers if header[0].lower() not in names), *more)


async def _either(text: str, file: str, key: str) -> str:
    if not file:
        return text
    return (await contents([(key, file)]))[0].decode("utf-8", "replace").strip()


def _revealed(secret: Secret | None) -> str:
    return secret.reveal() if secret is not None else ""
