"""requests made to go our way: connections from the journey's line, TLS as the options say, nothing from outside.

Every request has a connection of its own, as http has: each sees DNS, TCP and TLS, and none is lost to a server that
closes idle ones.
"""

import functools
import socket
from dataclasses import dataclass, field
from http.client import HTTPException
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3 import BaseHTTPResponse, HTTPConnectionPool, HTTPSConnectionPool, PoolManager, ProxyManager
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError

from slamon.catalogue.kinds.journey import JourneyOptions
from slamon.probes.context import ProbeContext
from slamon.probes.course import Course, Failure
from slamon.probes.journey_failures import failure
from slamon.probes.journey_line import US, Line
from slamon.probes.outcome import Reason
from slamon.probes.redirects import Place
from slamon.probes.tls import connection_end

MOST_HEADERS = 300_000
"""Bytes of headers of one answer."""

MOST_COOKIES = 64 * 1024
"""Bytes of cookies of one journey."""

CHUNK = 16 * 1024
OFFERED = ("http/1.1",)
PROXY_LOGIN = 407


@dataclass(slots=True)
class Way:
    """What the request under way needs to know, and what is learned of it. `deadline` is monotonic seconds."""

    options: JourneyOptions
    context: ProbeContext
    line: Line
    home: Place
    course: Course = field(default_factory=Course)
    deadline: float = 0.0
    shaking: bool = False
    connected_at: float = 0.0
    answered: bool = False

    def connect(self, host: str, port: int) -> socket.socket:
        """A connection to the host, or to the proxy."""
        try:
            sock = self.line.connection(host, port, self.course, self.deadline)
        except Failure as failed:
            if self.options.proxy is None:
                raise
            raise Failure(Reason.PROXY, f"no way to the proxy: {failed.message}") from None
        self.connected_at = self.context.clock.monotonic()
        sock.settimeout(max(0.001, self.deadline - self.connected_at))
        return sock

    def shaken(self, sock: Any) -> None:
        """The handshake is done."""
        self.shaking = False
        self.course.add("tls", int((self.context.clock.monotonic() - self.connected_at) * US))
        self.course.expires(connection_end(sock))

    def fit(self, pool: HTTPConnectionPool, scheme: str, host: str, port: int) -> HTTPConnectionPool:
        """Let a pool connect by this way."""
        if not isinstance(pool, HTTPSConnectionPool):
            pool.ConnectionCls = functools.partial(PlainConnection, self)  # type: ignore[assignment]
            return pool
        at_home = self.home.same_host(Place(scheme, host, port, "/"))
        tls = self.options.tls
        if tls is not None and not at_home:
            tls = tls.model_copy(update={"certificate": None, "key": None, "server_name": None})
        pool.ConnectionCls = functools.partial(SecureConnection, self)  # type: ignore[assignment]
        # urllib3 sets the protocols that it offers in the context: it is given one that has them already
        pool.conn_kw["ssl_context"] = self.line.asked(self.context.ssl_context(tls, OFFERED), self.deadline)
        if tls is not None and tls.server_name is not None:
            pool.conn_kw["server_hostname"] = tls.server_name
        return pool


class PlainConnection(HTTPConnection):
    """Connects by the way it was given; urllib3 resolves nothing."""

    def __init__(self, way: Way, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._way = way

    def _new_conn(self) -> socket.socket:
        return self._way.connect(self._dns_host, self.port)


class SecureConnection(HTTPSConnection):
    """The same, with TLS."""

    def __init__(self, way: Way, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._way = way

    def _new_conn(self) -> socket.socket:
        return self._way.connect(self._dns_host, self.port)

    def connect(self) -> None:
        """Connect and shake hands. What was verified was settled by the options: urllib3 need not warn."""
        self._way.shaking = True
        super().connect()
        self._way.shaken(self.sock)
        self.is_verified = True


class _Pools(PoolManager):
    way: Way

    def _new_pool(
        self, scheme: str, host: str, port: int, request_context: dict[str, Any] | None = None
    ) -> HTTPConnectionPool:
        return self.way.fit(super()._new_pool(scheme, host, port, request_context), scheme, host, port)


class _ProxyPools(ProxyManager):
    way: Way

    def _new_pool(
        self, scheme: str, host: str, port: int, request_context: dict[str, Any] | None = None
    ) -> HTTPConnectionPool:
        return self.way.fit(super()._new_pool(scheme, host, port, request_context), scheme, host, port)


class Adapter(HTTPAdapter):
    """requests' transport by a way of ours."""

    def __init__(self, way: Way) -> None:
        self._way = way
        super().__init__()

    def init_poolmanager(self, connections: int, maxsize: int, block: bool = False, **options: Any) -> None:
        """Our own pools."""
        pools = _Pools(num_pools=connections, maxsize=maxsize, block=block, **options)
        pools.way = self._way
        self.poolmanager = pools

    def proxy_manager_for(self, proxy: str, **options: Any) -> ProxyManager:
        """Our own pools, through the proxy."""
        if proxy not in self.proxy_manager:
            pools = _ProxyPools(proxy, proxy_headers=self.proxy_headers(proxy), **options)
            pools.way = self._way
            self.proxy_manager[proxy] = pools
        found: ProxyManager = self.proxy_manager[proxy]
        return found

    def build_connection_pool_key_attributes(
        self, request: requests.PreparedRequest, verify: Any, cert: Any = None
    ) -> tuple[Any, Any]:
        """Where to; how TLS is spoken is settled by the way."""
        return super().build_connection_pool_key_attributes(request, verify, cert)[0], {}

    def cert_verify(self, conn: Any, url: str, verify: Any, cert: Any) -> None:
        """Settled by the way."""

    def build_response(self, req: requests.PreparedRequest, resp: BaseHTTPResponse) -> requests.Response:
        """The answer's head, if it has an end."""
        self._way.answered = True
        if sum(len(name) + len(value) for name, value in resp.headers.items()) > MOST_HEADERS:
            raise Failure(Reason.TOO_LARGE, f"{self._way.home.whom} sent endless headers")
        return super().build_response(req, resp)


class Session(requests.Session):
    """Cookies of one journey. Takes nothing from the environment, and follows no redirect by itself."""

    def __init__(self, way: Way) -> None:
        super().__init__()
        self.trust_env = False
        self.way = way
        self.adapter = Adapter(way)
        self.mount("http://", self.adapter)
        self.mount("https://", self.adapter)

    def get_redirect_target(self, resp: requests.Response) -> None:
        """None: we follow them, hop by hop."""

    def cookies_bounded(self) -> None:
        """Raises Failure (too_large) when what servers set is more than they may."""
        if sum(len(cookie.name) + len(cookie.value or "") for cookie in self.cookies) > MOST_COOKIES:
            raise Failure(Reason.TOO_LARGE, f"cookies of more than {MOST_COOKIES // 1024} KiB were set")

    def exchanged(
        self, request: requests.Request, own_cookies: str, whom: str
    ) -> tuple[requests.Response, bytes, bool]:
        """One answer, its body up to the limit, and whether it was cut. Raises Failure and ProbeNotRunError."""
        way = self.way
        way.shaking = way.answered = False
        try:
            prepared = self.prepare_request(request)
            if own_cookies:
                prepared.headers["Cookie"] = "; ".join(filter(None, (own_cookies, prepared.headers.get("Cookie"))))
            left = max(0.001, way.deadline - way.context.clock.monotonic())
            proxy = way.options.proxy
            proxies = {} if proxy is None else dict.fromkeys(("http", "https"), proxy.reveal())
            response = self.send(prepared, stream=True, allow_redirects=False, timeout=left, proxies=proxies)
            body, cut = self._body(response, way.options.body_limit)
        except (requests.RequestException, HTTPError, HTTPException, OSError, ValueError) as error:
            if self.is_late():
                raise self.late(whom) from None
            raise failure(error, whom, shaking=way.shaking) from None
        finally:
            self.adapter.close()
        if self.is_late():
            raise self.late(whom)
        if response.status_code == PROXY_LOGIN and proxy is not None:
            raise Failure(Reason.PROXY, "the proxy answered 407: it wants other credentials")
        return response, body, cut

    def is_late(self) -> bool:
        """Whether the time is over. A connection that was cut may look like one that was closed."""
        return self.way.line.was_cut or self.way.context.clock.monotonic() >= self.way.deadline

    def late(self, whom: str) -> Failure:
        """What had not come about when the time was over."""
        if self.way.answered:
            return Failure(Reason.TIMEOUT, f"the answer of {whom} was not complete in time")
        if self.way.shaking:
            return Failure(Reason.TIMEOUT, f"the TLS handshake with {whom} was not done in time")
        return Failure(Reason.TIMEOUT, f"{whom} did not answer in time")

    def _body(self, response: requests.Response, limit: int) -> tuple[bytes, bool]:
        body = bytearray()
        try:
            for chunk in response.iter_content(CHUNK):
                body += chunk
                if len(body) > limit:
                    return bytes(body[:limit]), True
                if self.is_late():
                    break
            return bytes(body), False
        finally:
            response.close()
