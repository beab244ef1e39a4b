"""The probed server, in a process of its own: answers at once, counts who asked, and how evenly.

`python -m bench.endpoint PORT ADDRESS...`. A path is `/SYSTEM/NUMBER`; `/stats?SECONDS` tells, for every system since
the last `/reset`, its requests and how far the gaps between two requests for one path were from SECONDS.
"""

import asyncio
import json
import sys
import time
from collections import defaultdict
from typing import cast

from bench.numbers import quantiles

_OK = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 3\r\n\r\nok\n"


class Log:
    """What was asked, by system."""

    def __init__(self) -> None:
        self.hits: dict[bytes, int] = defaultdict(int)
        self.newest: dict[bytes, float] = {}
        self.gaps: dict[bytes, list[float]] = defaultdict(list)

    def hit(self, path: bytes) -> None:
        """One request."""
        system = path[1:2]
        self.hits[system] += 1
        now = time.monotonic()
        before = self.newest.get(path)
        self.newest[path] = now
        if before is not None:
            self.gaps[system].append(now - before)

    def stats(self, interval_s: float) -> bytes:
        """As JSON; deviations in seconds."""
        return json.dumps(
            {
                system.decode(): {
                    "hits": hits,
                    "deviation": quantiles([abs(gap - interval_s) for gap in self.gaps[system]]),
                }
                for system, hits in self.hits.items()
            }
        ).encode()


class Server(asyncio.Protocol):
    """A connection; the client closes it."""

    def __init__(self, owner: "Owner") -> None:
        self._owner = owner
        self._transport: asyncio.Transport | None = None
        self._buffer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keeps the way back."""
        self._transport = cast(asyncio.Transport, transport)  # uvloop's is none by class

    def data_received(self, data: bytes) -> None:
        """Answers when a request's head is whole."""
        self._buffer += data
        if not self._buffer.endswith(b"\r\n\r\n"):
            return
        path = self._buffer.split(b" ", 2)[1]
        self._buffer = b""
        assert self._transport is not None
        self._transport.write(self._owner.answer(path))


class Owner:
    """What all connections share."""

    def __init__(self) -> None:
        self._log = Log()

    def answer(self, path: bytes) -> bytes:
        """The response to a request for `path`."""
        if path.startswith(b"/stats?"):
            body = self._log.stats(float(path.partition(b"?")[2]))
            return b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body)
        if path == b"/reset":
            self._log = Log()
        else:
            self._log.hit(path)
        return _OK


async def serve(port: int, addresses: list[str]) -> None:
    """Serve until ended by a signal."""
    owner = Owner()
    loop = asyncio.get_running_loop()
    servers = [await loop.create_server(lambda: Server(owner), address, port, backlog=4096) for address in addresses]
    await asyncio.gather(*(server.serve_forever() for server in servers))


def main() -> None:
    """The process."""
    try:
        import uvloop

        run = uvloop.run
    except ImportError:
        run = asyncio.run
    run(serve(int(sys.argv[1]), sys.argv[2:]))


if __name__ == "__main__":
    main()
