"""`slamon demo` with a script in which the outage comes at once: `python -m tests.system.quick_demo HOST:PORT`."""

import asyncio
import signal
import sys
from dataclasses import replace

from slamon import logs
from slamon.demo.faults import SCRIPT
from slamon.demo.run import run_demo

OUTAGE = replace(next(fault for fault in SCRIPT if fault.endpoint == "api"), at_s=2, lasts_s=8)


async def _main(listen: str) -> int:
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGINT, stop.set)
    return await run_demo((listen,), None, stop, script=(OUTAGE,))


if __name__ == "__main__":
    logs.set_up()
    sys.exit(asyncio.run(_main(sys.argv[1])))
