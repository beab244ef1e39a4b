"""`slamon run` and `slamon demo`: start the loop, catch the signals, end cleanly."""

import asyncio
import gc
import signal
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING

from slamon import logs
from slamon.commands.places import must_exist
from slamon.system import RunSettings, serve

if TYPE_CHECKING:
    from slamon.blackbox.serving import BlackboxSettings

Serving = Callable[[asyncio.Event], Awaitable[int]]


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    try:
        import uvloop
    except ImportError:
        return None
    return uvloop.new_event_loop


def _until_stopped(serving: Serving) -> int:
    async def body() -> int:
        stop = asyncio.Event()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, stop.set)
        return await serving(stop)

    try:
        with asyncio.Runner(loop_factory=_loop_factory()) as runner:
            return runner.run(body())
    except asyncio.CancelledError:  # Ctrl-C before our own handler was in place
        raise KeyboardInterrupt from None


def run(
    *,
    config: Path,
    listen: tuple[str, ...],
    data: Path | None,
    web_config: Path | None,
    debug: bool,
    blackbox: "BlackboxSettings | None" = None,
    config_given: bool = True,
) -> int:
    """Run until a signal. 0 after a clean stop. With `blackbox` a catalogue that was not named may be missing."""
    logs.set_up(debug=debug)
    left_out = blackbox is not None and not config_given and not config.exists()
    if not left_out:
        must_exist(config)
    settings = RunSettings(
        config=None if left_out else config, data=data, listen=listen, web_config=web_config, blackbox=blackbox
    )
    return _until_stopped(lambda stop: serve(settings, stop=stop))


def demo(listen: tuple[str, ...], keep: Path | None) -> int:
    """Run the demo until a signal. 0 after a clean stop."""
    from slamon.demo import run_demo  # the demo's company and its certificates are no part of a running system

    logs.set_up()
    gc.freeze()  # what is imported stays: walking over it while the past is invented would hold the loop for 50 ms
    return _until_stopped(lambda stop: run_demo(listen, keep, stop))
