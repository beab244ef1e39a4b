"""What every answer carries, and who may change something."""

import ipaddress
from collections.abc import Callable, Mapping
from urllib.parse import urlsplit

from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

POLICY = "; ".join(
    (
        "default-src 'none'",
        "style-src 'self'",
        "img-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    )
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
}
FORWARDED = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip", "via")


class SafeHeaders:
    """Puts `HEADERS` on every answer, errors included; what `more` gives replaces single ones, empty leaves one out."""

    def __init__(self, app: ASGIApp, more: Callable[[], Mapping[str, str]] = dict) -> None:
        self._app = app
        self._more = more

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """See ASGI."""

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in {**HEADERS, **self._more()}.items():
                    if value:
                        headers.setdefault(name, value)
            await send(message)

        await self._app(scope, receive, with_headers)


def must_not_be_foreign(request: Request) -> None:
    """403 for what another site's page made a browser send."""
    site = request.headers.get("sec-fetch-site", "same-origin")
    if site not in {"same-origin", "none"}:
        raise HTTPException(403, "this request comes from another site's page: refused")
    for origin in request.headers.getlist("origin"):
        scheme, _, host = origin.partition("://")
        if scheme not in {"http", "https"} or host.lower() != request.headers.get("host", "").lower():
            raise HTTPException(403, "this request comes from another site's page (Origin): refused")


def must_be_trusted(request: Request) -> None:
    """403 unless a user was checked, or the one who asks sits at this machine and no proxy stands between."""
    if request.scope.get("state", {}).get("user"):
        return
    near = request.client is not None and is_loopback(request.client.host)
    forwarded = any(name in request.headers for name in FORWARDED)
    if not near or forwarded or not is_loopback(_host(request.headers.get("host", ""))):
        raise HTTPException(
            403,
            "from elsewhere this needs a user: name one in basic_auth_users of the web configuration, "
            "or ask from the machine itself, through http://127.0.0.1 or the control socket",
        )


def is_loopback(host: str) -> bool:
    """Whether the name or address means this machine."""
    if host == "localhost":
        return True
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return (mapped or address).is_loopback


def _host(header: str) -> str:
    """The host of a Host header, without port and brackets."""
    try:
        return urlsplit(f"//{header}").hostname or ""
    except ValueError:
        return ""
