"""The floor: the same probes by libcurl's multi interface in an event loop, and nothing else.

`python -m bench.floor INTERVAL_S FILE`: the URLs stand in FILE, one a line.
"""

import asyncio
import sys
from pathlib import Path

import pycurl

_SLOT_S = 0.1


async def probe(multi: "pycurl.AsyncCurlMulti", url: str) -> None:
    """One probe on a new connection, as slamon makes them."""
    curl = pycurl.Curl()
    curl.setopt(pycurl.URL, url)
    curl.setopt(pycurl.NOSIGNAL, 1)
    curl.setopt(pycurl.FRESH_CONNECT, 1)
    curl.setopt(pycurl.FORBID_REUSE, 1)
    curl.setopt(pycurl.TIMEOUT_MS, 2000)
    curl.setopt(pycurl.WRITEFUNCTION, len)
    await multi.perform(curl)
    curl.close()


async def probe_all(interval_s: float, urls: list[str]) -> None:
    """Probe each URL every interval, spread over slots, until ended by a signal."""
    multi = pycurl.AsyncCurlMulti()
    loop = asyncio.get_running_loop()
    slots = max(1, round(interval_s / _SLOT_S))
    begun = loop.time()
    under_way: set[asyncio.Task[None]] = set()
    turn = 0
    while True:
        for url in urls[turn % slots :: slots]:
            task = asyncio.create_task(probe(multi, url))
            under_way.add(task)
            task.add_done_callback(under_way.discard)
        turn += 1
        await asyncio.sleep(begun + turn * interval_s / slots - loop.time())


def main() -> None:
    """The process."""
    try:
        import uvloop

        run = uvloop.run
    except ImportError:
        run = asyncio.run
    run(probe_all(float(sys.argv[1]), Path(sys.argv[2]).read_text().split()))


if __name__ == "__main__":
    main()
