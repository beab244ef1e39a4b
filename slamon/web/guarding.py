"""Between the listeners and the pages: the web configuration in force, its users and its rate limit."""

import asyncio
import ssl
from pathlib import Path

import structlog
from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from slamon.errors import ConfigurationError
from slamon.web.complaints import is_mail_in
from slamon.web.heartbeat import is_report
from slamon.web.limiting import Bucket
from slamon.web.tls import tls_context
from slamon.web.users import TooBusyError, Users
from slamon.web.webconfig import WebConfig, load_web_config

log = structlog.get_logger()

CHALLENGE = {"WWW-Authenticate": 'Basic realm="slamon", charset="UTF-8"'}
Stamp = tuple[int, int, int] | None


class InForce:
    """The web configuration as its files say now. A file that is wrong changes nothing and is logged once."""

    def __init__(self, path: Path) -> None:
        """Reads the file; ConfigurationError when it, or a certificate, is wrong."""
        self._path = path
        self._stamps: dict[Path, Stamp] = {}
        self.config, self._context = self._load()
        _remark(self.config)

    @property
    def tls(self) -> bool:
        """Whether TLS is served: decided at the start."""
        return self._context is not None

    def current(self) -> WebConfig:
        """The configuration in force, read anew when a file of it changed."""
        if any(_stamp(file) != stamp for file, stamp in self._stamps.items()):
            try:
                self._renew()
            except ConfigurationError as error:
                log.error("web configuration not loaded, the one before stays in force", error=str(error))
        return self.config

    def context(self) -> ssl.SSLContext:
        """The TLS context in force, for a new connection."""
        self.current()
        assert self._context is not None
        return self._context

    def _renew(self) -> None:
        config, context = self._load()
        if (context is not None) == self.tls:
            self._context = context
        else:
            log.warning("web configuration: TLS is switched on or off by a restart only")
        self.config = config
        log.info("web configuration loaded", file=str(self._path))

    def _load(self) -> tuple[WebConfig, ssl.SSLContext | None]:
        """Each file's stamp is taken before the file is read: a change in between is seen the next time."""
        self._stamps = {self._path: _stamp(self._path)}
        config = load_web_config(self._path)
        tls = config.tls_server_config
        if tls is None:
            return config, None
        files = (tls.cert_file, tls.key_file, tls.client_ca_file)
        self._stamps |= {file: _stamp(file) for file in files if file is not None}
        return config, tls_context(tls)


class Guard:
    """Lets through who may ask; puts the user's name into the request's state."""

    def __init__(self, app: ASGIApp, in_force: InForce) -> None:
        self._app = app
        self._in_force = in_force
        self._users = Users()
        self._bucket = Bucket(asyncio.get_running_loop().time)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """See ASGI."""
        config = self._in_force.current()
        answer = await self._refused(config, scope)
        await (answer or self._app)(scope, receive, send)

    async def _refused(self, config: WebConfig, scope: Scope) -> ASGIApp | None:
        if not self._bucket.take(config.rate_limit):
            return PlainTextResponse("too many requests\n", 429, {"Retry-After": "1"})
        if not config.basic_auth_users or is_report(scope["path"]) or is_mail_in(scope["path"]):
            return None
        try:
            user = await self._users.known(config.basic_auth_users, Headers(scope=scope).get("authorization", ""))
        except TooBusyError:
            return PlainTextResponse("too many sign-ins at once\n", 429, {"Retry-After": "1"})
        if user is None:
            return PlainTextResponse("this needs a user and a password\n", 401, CHALLENGE)
        scope.setdefault("state", {})["user"] = user
        return None


def _remark(config: WebConfig) -> None:
    http = config.http_server_config
    if http.http2 and "http2" in http.model_fields_set:
        log.info("http_server_config: http2 is accepted, HTTP/1.1 is served")


def _stamp(file: Path) -> Stamp:
    try:
        found = file.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino
