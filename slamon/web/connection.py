"""One client's connection: cut when the client dawdles, so that none can use up our file descriptors or memory."""

import asyncio

from uvicorn.protocols.http.h11_impl import H11Protocol

CONNECTIONS = 512
REQUEST_S = 30.0
READING_S = 60.0


class Connection(H11Protocol):
    """Within `REQUEST_S` a request is whole; within `READING_S` the client takes some of what waits for it."""

    _request: asyncio.TimerHandle | None = None
    _reading: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """See asyncio. Beyond `CONNECTIONS` a new one is cut."""
        super().connection_made(transport)
        if len(self.connections) > CONNECTIONS:
            transport.abort()
        self._expect_request()

    def data_received(self, data: bytes) -> None:
        """See asyncio."""
        super().data_received(data)
        self._expect_request()

    def pause_writing(self) -> None:
        """See asyncio."""
        super().pause_writing()
        self._reading = self.loop.call_later(READING_S, self.transport.abort)

    def resume_writing(self) -> None:
        """See asyncio."""
        super().resume_writing()
        _end(self._reading)

    def connection_lost(self, exc: Exception | None) -> None:
        """See asyncio."""
        _end(self._request)
        _end(self._reading)
        super().connection_lost(exc)

    def _expect_request(self) -> None:
        """Time runs while a request is owed, or has begun and is not whole; uvicorn ends those that are idle after."""
        if not self._owed():
            _end(self._request)
            self._request = None
        elif self._request is None:
            self._request = self.loop.call_later(REQUEST_S, self._too_late)

    def _owed(self) -> bool:
        return self.cycle is None or self.cycle.response_complete

    def _too_late(self) -> None:
        self._request = None
        if self._owed():
            self.transport.abort()


def _end(timer: asyncio.TimerHandle | None) -> None:
    if timer is not None:
        timer.cancel()
