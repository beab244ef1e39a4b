"""exec: a monitoring plug-in of the Nagios family as a child process.

Its exit code is the verdict, its first line the sentence, its performance data phases (times) and details. The child
leads a process group of its own, which is killed whole when the time is over, and when the plug-in has ended.
"""

import asyncio
import contextlib
import os
import signal
import subprocess
from pathlib import Path

import re2

from slamon.accounting.facts import Verdict
from slamon.catalogue.kinds.exec import ExecOptions
from slamon.errors import ConfigurationError
from slamon.probes.context import ProbeContext
from slamon.probes.course import Mask, seconds
from slamon.probes.outcome import Outcome, ProbeNotRunError, Reason

MOST_OUTPUT = 8 * 1024
"""So many bytes of what it says are kept; what is beyond is read and thrown away."""

MOST_FIGURES = 64
"""So many figures of its performance data are kept."""

US = 1_000_000
ENVIRONMENT = {"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LANG": "C", "LC_ALL": "C"}
_TIMES_US = {"s": 1_000_000.0, "ms": 1000.0, "us": 1.0}
_FIGURE = re2.compile(
    r"('(?:[^']|'')+'|[^ =']+)=(-?[0-9]+(?:[.,][0-9]+)?(?:[eE][-+]?[0-9]+)?)([A-Za-z%]*)[0-9;:~@.,eE+\-]*"
)
_VERDICTS = {0: Verdict.UP, 1: Verdict.DEGRADED, 2: Verdict.DOWN}


class ExecProbe:
    """An exec check made ready. ConfigurationError for a program without its whole path."""

    def __init__(self, options: ExecOptions, context: ProbeContext) -> None:
        program = Path(options.command[0])
        if not program.is_absolute():
            raise ConfigurationError(f"command: {str(program)!r} is no whole path, for example /usr/bin/true")
        self._options = options
        self._context = context
        secrets = {name: value.reveal() for name, value in options.environment.items()}
        self._environment = ENVIRONMENT | secrets
        self._mask = Mask(secrets.values())

    async def __call__(self, deadline: float) -> Outcome:
        """Run the plug-in once. ProbeNotRunError when it cannot be run, or says itself that it cannot tell."""
        turns = self._context.children
        try:
            async with asyncio.timeout_at(deadline):
                await turns.acquire()
        except TimeoutError:
            raise ProbeNotRunError("too many plug-ins are running; none could be started in time") from None
        try:
            return await self._run(deadline)
        finally:
            turns.release()

    async def _run(self, deadline: float) -> Outcome:
        clock, loop = self._context.clock, asyncio.get_running_loop()
        begun, within = clock.monotonic(), deadline - loop.time()
        child = Child(await self._started())
        in_time = False
        try:
            async with asyncio.timeout_at(deadline):
                await child.ended()
                in_time = True
        except TimeoutError:
            pass
        finally:
            code = child.finish(in_time)
        took_us = int((clock.monotonic() - begun) * US)
        if code is None:
            sentence = f"the plug-in did not end within {seconds(within)}{self._said(child.text)}"
            return Outcome(Verdict.DOWN, took_us, Reason.TIMEOUT, sentence, {"processing": took_us})
        return self._judged(code, child.text, took_us)

    async def _started(self) -> "subprocess.Popen[bytes]":
        """The child, started in a thread: that takes milliseconds."""
        try:
            starting = asyncio.ensure_future(asyncio.to_thread(self._start))
            try:
                return await asyncio.shield(starting)
            except asyncio.CancelledError:
                starting.add_done_callback(_give_up)
                raise
        except OSError as error:
            why = (error.strerror or "").lower()
            what = "its folder: " if str(error.filename) == str(self._options.folder) else ""
            raise ProbeNotRunError(f"the plug-in {self._options.target} cannot be started: {what}{why}") from None
        except RuntimeError:
            raise ProbeNotRunError("no thread can be started to run the plug-in") from None

    def _start(self) -> "subprocess.Popen[bytes]":
        return subprocess.Popen(
            self._options.command,
            env=self._environment,
            cwd=self._options.folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )

    def _judged(self, code: int, text: str, took_us: int) -> Outcome:
        verdict = _VERDICTS.get(code)
        if verdict is None:
            ended = f"was killed by signal {-code}" if code < 0 else f"ended with {code}"
            raise ProbeNotRunError(f"the plug-in {self._options.target} {ended}{self._said(text)}")
        first, _, figures = text.partition("|")
        phases, details = _figures(figures.splitlines()[0] if figures else "")
        sentence = self._mask.shown(first.strip().partition("\n")[0].strip()) or f"the plug-in ended with {code}"
        phases = phases or {"processing": took_us}
        if verdict is not Verdict.UP:
            return Outcome(verdict, took_us, Reason.PLUGIN, sentence, phases, details=details)
        limit_ms = self._options.expect.degraded_over
        if limit_ms is not None and took_us > limit_ms * 1000:
            sentence = f"answered after {took_us / 1000:.0f} ms, over {limit_ms} ms"
            return Outcome(Verdict.DEGRADED, took_us, Reason.SLOW, sentence, phases, details=details)
        return Outcome(verdict, took_us, None, "", phases, details={"said": sentence, **details})

    def _said(self, text: str) -> str:
        first = text.strip().partition("\n")[0].strip()
        return f"; it said {self._mask.shown(first)!r}" if first else ""


class Child:
    """A running plug-in, read without blocking."""

    def __init__(self, process: "subprocess.Popen[bytes]") -> None:
        """ProbeNotRunError, and the plug-in is ended, where no descriptor is left to watch it."""
        assert process.stdout is not None
        self._process = process
        try:
            self._pidfd = os.pidfd_open(process.pid)
        except OSError as error:
            _kill(process)
            process.wait()
            raise ProbeNotRunError(f"the plug-in cannot be watched: {(error.strerror or '').lower()}") from None
        self._loop = asyncio.get_running_loop()
        self._out = process.stdout.fileno()
        self._kept = bytearray()
        os.set_blocking(self._out, False)
        self._loop.add_reader(self._out, self._read)

    @property
    def text(self) -> str:
        """What it said so far."""
        return self._kept.decode("utf-8", "replace")

    async def ended(self) -> None:
        """Wait for it. What children of its own still hold open is not waited for."""
        over = asyncio.Event()
        self._loop.add_reader(self._pidfd, over.set)
        try:
            await over.wait()
        finally:
            self._loop.remove_reader(self._pidfd)
        self._read()

    def finish(self, ended: bool) -> int | None:
        """End its whole group; its exit code when it has `ended` by itself, negative for a signal.

        The group is killed before the child is reaped: until then nobody else can have its number.
        """
        self._loop.remove_reader(self._out)
        _kill(self._process)
        if ended:
            os.close(self._pidfd)
            return self._process.wait()
        self._loop.add_reader(self._pidfd, self._reap)
        return None

    def _reap(self) -> None:
        """It is gone at last. One that may not be killed, for it runs as somebody else, holds up no thread."""
        self._loop.remove_reader(self._pidfd)
        os.close(self._pidfd)
        self._process.wait()

    def _read(self) -> None:
        """Keep the beginning; the rest is read so that it does not wait for us."""
        for _ in range(16):
            try:
                data = os.read(self._out, 65_536)
            except BlockingIOError:
                return
            if not data:
                self._loop.remove_reader(self._out)
                return
            self._kept += data[: MOST_OUTPUT - len(self._kept)]


def _kill(process: "subprocess.Popen[bytes]") -> None:
    """The whole group of a child that is not reaped yet, and our end of its output."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    if process.stdout is not None:
        process.stdout.close()


def _give_up(starting: "asyncio.Future[subprocess.Popen[bytes]]") -> None:
    """Nobody waits any more for a plug-in that was being started."""
    if not starting.cancelled() and starting.exception() is None:
        Child(starting.result()).finish(ended=False)


def _figures(text: str) -> tuple[dict[str, int], dict[str, str]]:
    """Performance data: times as phases in microseconds, all of it as details."""
    phases: dict[str, int] = {}
    details: dict[str, str] = {}
    for label, value, unit in _FIGURE.findall(text)[:MOST_FIGURES]:
        name = label.strip("'").replace("''", "'")[:64]
        details[name] = value + unit
        if unit in _TIMES_US:
            phases[name] = max(0, int(min(float(value.replace(",", ".")), 1e9) * _TIMES_US[unit]))
    return phases, details
