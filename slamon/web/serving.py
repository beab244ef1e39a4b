"""The web server: uvicorn in the running loop, on several TCP listeners and the control socket at once."""

import asyncio
import contextlib
import socket
from collections.abc import Iterator, Sequence
from pathlib import Path

import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send

from slamon.web.app import application
from slamon.web.backend import Backend, ProbeBackend
from slamon.web.connection import Connection
from slamon.web.guarding import Guard, InForce
from slamon.web.listening import control_socket, identity, tcp_socket, url
from slamon.web.safety import SafeHeaders
from slamon.web.tls import Renewed

GRACE_S = 0.3
AFTER_S = 0.1
KEEP_ALIVE_S = 75


class Serving:
    """Serves a `Backend` from `start` to `stop`."""

    def __init__(
        self,
        backend: Backend,
        listen: Sequence[str],
        control: Path | None,
        web_config: Path | None,
        prober: ProbeBackend | None = None,
    ) -> None:
        """`listen`: `host:port` each. `control`: where the control socket is to be. `web_config`: TLS and users.

        `prober`: who answers `/probe`; without one there is no such page.
        """
        self._prober = prober
        self._backend = backend
        self._listen = tuple(listen)
        self._control = control
        self._web_config = web_config
        self._servers: list[_Embedded] = []
        self._ours: tuple[int, int] | None = None

    async def start(self) -> list[str]:
        """Listen and answer; gives the URLs. SlamonError names what cannot be had; nothing listens then."""
        sockets: list[socket.socket] = []
        try:
            for address in self._listen:
                sockets.append(await tcp_socket(address))
            in_force = None if self._web_config is None else InForce(self._web_config)
            tls = in_force is not None and in_force.tls
            urls = [url(sock, "https" if tls else "http") for sock in sockets]
            if self._control is not None:
                own = control_socket(self._control)
                self._ours = identity(self._control)
                sockets.append(own)
                await self._serve([own], SafeHeaders(application(self._backend, control=True)), None)
            await self._serve(sockets[: len(urls)], self._guarded(in_force), in_force)
        except BaseException:
            await self.stop()
            for sock in sockets:
                sock.close()
            raise
        return urls

    async def stop(self) -> None:
        """Answer no more: what is under way gets a moment, then every connection is cut."""
        servers, self._servers = self._servers, []
        await asyncio.gather(*(server.stop() for server in servers))
        if self._control is not None and self._ours is not None and identity(self._control) == self._ours:
            self._control.unlink(missing_ok=True)
        self._ours = None

    def _guarded(self, in_force: InForce | None) -> ASGIApp:
        pages = application(self._backend, control=False, prober=self._prober)
        if in_force is None:
            return SafeHeaders(pages)
        return SafeHeaders(Guard(pages, in_force), lambda: in_force.config.http_server_config.headers.values())

    async def _serve(self, sockets: list[socket.socket], app: ASGIApp, in_force: InForce | None) -> None:
        config = uvicorn.Config(
            _QuietEnd(app),
            http=Connection,
            ws="none",
            lifespan="off",
            log_config=None,
            log_level="error",
            access_log=False,
            proxy_headers=False,
            server_header=False,
            timeout_keep_alive=KEEP_ALIVE_S,
        )
        if in_force is not None and in_force.tls:
            context = Renewed(in_force.context)
            config.ssl_context_factory = lambda _config, _default: context
        server = _Embedded(config)
        self._servers.append(server)
        await server.start(sockets)


class _Embedded(uvicorn.Server):
    """A uvicorn server that leaves the signals alone and ends when told, whatever its clients do."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self._up = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Signals belong to the program around."""
        yield

    async def start(self, sockets: list[socket.socket]) -> None:
        """Serve in a task; gives back once connections are taken."""
        self._task = asyncio.create_task(self.serve(sockets))
        up = asyncio.create_task(self._up.wait())
        await asyncio.wait({self._task, up}, return_when=asyncio.FIRST_COMPLETED)
        up.cancel()
        if self._task.done():
            self._task.result()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """See uvicorn."""
        await super().startup(sockets)
        self._up.set()

    async def stop(self) -> None:
        """End within a second."""
        self.should_exit = True
        if self._task is not None:
            await asyncio.gather(self._task, return_exceptions=True)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Take no more connections, let answers end for a moment, cut what is left."""
        for server in self.servers:
            server.close()
        for sock in sockets or ():
            sock.close()
        connections, tasks = self.server_state.connections, self.server_state.tasks
        for connection in list(connections):
            connection.shutdown()
        await _ended(tasks, GRACE_S)
        for connection in list(connections):
            connection.transport.abort()
        await _ended(tasks, AFTER_S)
        for task in list(tasks):
            task.cancel()
        await _ended(tasks, AFTER_S)


async def _ended(tasks: set[asyncio.Task[None]], seconds: float) -> None:
    if tasks:
        await asyncio.wait(set(tasks), timeout=seconds)


class _QuietEnd:
    """An answer cut off by `stop` is no failure to be logged."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """See ASGI."""
        try:
            await self._app(scope, receive, send)
        except asyncio.CancelledError:
            return
