"""The running system: a monitor with its interfaces, from its start to its end."""

import asyncio
import contextlib
import ctypes
import gc
import signal
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import structlog

from slamon import probes
from slamon.catalogue import Catalogue, CatalogueErrors, files_of, load, load_value
from slamon.catalogue.discovery.sources import matching
from slamon.clock import SystemClock
from slamon.errors import SlamonError
from slamon.export.own import Own
from slamon.ledger import Ledger
from slamon.monitor import Monitor
from slamon.running.answers import Answers
from slamon.running.discovering import Finder
from slamon.running.notifying import ServiceManager
from slamon.running.opening import horizon, timed_checks
from slamon.running.silencing import Silencer
from slamon.running.unattended import Unattended, errands_of
from slamon.running.watching import watch
from slamon.web.serving import Serving

if TYPE_CHECKING:
    from slamon.blackbox.serving import Blackbox, BlackboxSettings

log = structlog.get_logger()

LOOP_LOOK_S = 0.1
MOST_TOLD = 100
CONTROL_SOCKET = "control.sock"


def _set_apart() -> None:
    """What lives as long as a catalogue is not searched for garbage again: that held the loop for 90 ms a time.

    None of it is in a cycle, so it goes when nothing refers to it any more.
    """
    gc.freeze()
    gc.set_threshold(10_000, 5, 20)
    with contextlib.suppress(AttributeError, OSError):  # of glibc: what reading a catalogue took goes back
        ctypes.CDLL(None).malloc_trim(0)


@dataclass(frozen=True, slots=True)
class RunSettings:
    """What the command line says. `data`: the folder of ledger and control socket; None: that of storage.path.

    `config` None: no catalogue, for a system that only answers `/probe` as `blackbox` says.
    """

    config: Path | None
    data: Path | None = None
    listen: tuple[str, ...] = ()
    web_config: Path | None = None
    blackbox: "BlackboxSettings | None" = None

    def catalogue(self, env: Mapping[str, str] | None) -> Catalogue:
        """The catalogue; an empty one where there is none. Takes long: call it in a thread.

        Raises CatalogueErrors, and SlamonError where this installation lacks what a check is probed with.
        """
        if self.config is None:
            return load_value({"slamon": 1})
        catalogue = load(self.config, env=env, data=self.data)
        probes.load(catalogue.probed)
        return catalogue

    def ledger(self, catalogue: Catalogue) -> Path:
        """Where the ledger is."""
        path = catalogue.storage.path
        return path if self.data is None else self.data / path.name


def _dropin(settings: "BlackboxSettings") -> "Blackbox":
    from slamon.blackbox.serving import Blackbox  # with all kinds of probes, and few run it

    return Blackbox.load(settings)


async def serve(
    settings: RunSettings,
    *,
    stop: asyncio.Event,
    started: Callable[[Monitor, Sequence[str]], None] | None = None,
    env: Mapping[str, str] | None = None,
) -> int:
    """Run until `stop` is set; 0 after a clean end.

    `started` is told once the addresses are served. Raises ConfigurationError, LedgerError or SlamonError when it
    cannot start.
    """
    catalogue = await asyncio.to_thread(settings.catalogue, env)
    blackbox = None if settings.blackbox is None else await asyncio.to_thread(_dropin, settings.blackbox)
    for warning in catalogue.warnings:
        log.warning("configured but used by nothing", what=warning)
    clock = SystemClock()
    ledger = await asyncio.to_thread(Ledger.open, settings.ledger(catalogue))
    try:
        now = clock.now()
        since, timed = horizon(catalogue, now), timed_checks(catalogue, now)
        stored = await asyncio.to_thread(ledger.load, since, timed.durations())
        monitor = Monitor(catalogue, ledger, stored, clock, Own())
    except BaseException:
        ledger.close(clean=False)
        raise
    return await Service(monitor, settings, env, blackbox).run(stop, started)


def _from_the_start(catalogue: Catalogue) -> dict[str, object]:
    """What only a start puts in force, by key."""
    web = catalogue.web
    return {"web.listen": web.listen, "web.config": web.config, "storage.path": catalogue.storage.path}


class Service:
    """A monitor with its interfaces: web, control socket, signals, watched files."""

    def __init__(
        self,
        monitor: Monitor,
        settings: RunSettings,
        env: Mapping[str, str] | None,
        blackbox: "Blackbox | None" = None,
    ) -> None:
        self._monitor = monitor
        self._blackbox = blackbox
        if blackbox is not None:
            blackbox.own.register(monitor.own.registry)
        self._settings = settings
        self._env = env
        self._loading = asyncio.Lock()
        self._started_with = _from_the_start(monitor.catalogue)
        self._reloading: set[asyncio.Task[None]] = set()
        self._manager = ServiceManager()
        self._silencer = Silencer(monitor.own, monitor.clock, monitor.note)
        self._finder = Finder(monitor.own, settings.ledger(monitor.catalogue).parent, self._soon)
        self.answers = Answers(monitor, self.load)
        catalogue = monitor.catalogue
        where = (settings.config, settings.data, settings.ledger(catalogue), env)
        monitor.desk.errands = errands_of(*where)  # its own: a year's reports are not to keep it waiting
        errands = errands_of(*where)
        self._unattended = Unattended(monitor.ledger, monitor.clock, monitor.own, errands, self.answers.enter)
        if errands is not None:
            self.answers.by_hand = self._unattended.reporter.by_hand
        self._web = Serving(
            self.answers,
            settings.listen or catalogue.web.listen,
            settings.ledger(catalogue).parent / CONTROL_SOCKET,
            settings.web_config or catalogue.web.config,
            blackbox,
        )

    async def run(self, stop: asyncio.Event, started: Callable[[Monitor, Sequence[str]], None] | None) -> int:
        """Until `stop` is set."""
        loop, monitor = asyncio.get_running_loop(), self._monitor
        tasks: list[asyncio.Task[None]] = []
        try:
            urls = await self._web.start()
            log.info("serving", addresses=urls, checks=len(monitor.catalogue.checks))
            await monitor.start()
            gc.collect()
            _set_apart()
            monitor.own.loaded(monitor.clock.now())
            await self._finder.follow(monitor.catalogue)
            await self._silencer.follow(monitor.catalogue)
            await self._unattended.follow(monitor.catalogue)
            self._unattended.plan(monitor.prober.scheduler)
            self.answers.is_ready = True
            loop.add_signal_handler(signal.SIGHUP, self._soon)
            tasks += [asyncio.create_task(watch(self._files, self._quietly)), asyncio.create_task(self._measure_loop())]
            self._manager.ready()
            if started is not None:
                started(monitor, urls)
            await stop.wait()
        finally:
            self._manager.stopping()
            loop.remove_signal_handler(signal.SIGHUP)
            await self._finder.stop()
            await self._silencer.stop()
            await self._unattended.stop()
            tasks += self._reloading
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await asyncio.gather(monitor.stop(), self._web.stop())
            if self._blackbox is not None:
                await self._blackbox.close()
            self._manager.close()
            log.info("stopped")
        return 0

    async def load(self) -> None:
        """Load the catalogue anew and put it in force; ConfigurationError changes nothing, and shows in the metrics."""
        async with self._loading:
            own = self._monitor.own
            try:
                catalogue = await asyncio.to_thread(self._settings.catalogue, self._env)
                modules = None if self._blackbox is None else await asyncio.to_thread(self._blackbox.read)
                gc.freeze()  # a search through what was read would hold the loop while it is put in force
                await self._monitor.reload(catalogue)
                if self._blackbox is not None and modules is not None:
                    self._blackbox.put_in_force(modules)
                _set_apart()
            except SlamonError as error:
                own.not_loaded()
                log.error("catalogue not loaded, the one before stays in force", error=str(error))
                for problem in error.problems[:MOST_TOLD] if isinstance(error, CatalogueErrors) else ():
                    log.error("mistake in the catalogue", found=str(problem))
                raise
            own.loaded(self._monitor.clock.now())
            await self._finder.follow(catalogue)
            await self._silencer.follow(catalogue)
            await self._unattended.follow(catalogue)
            for warning in catalogue.warnings:
                log.warning("configured but used by nothing", what=warning)
            for key, value in _from_the_start(catalogue).items():
                if value != self._started_with[key]:
                    log.warning("this change needs a restart", key=key)

    def _soon(self) -> None:
        """Load the catalogue anew, in a task of its own."""
        task = asyncio.create_task(self._quietly())
        self._reloading.add(task)
        task.add_done_callback(self._reloading.discard)

    async def _quietly(self) -> None:
        self._manager.loading()
        try:
            await self.load()
        except SlamonError:
            pass  # said by `load`
        self._manager.ready()

    def _files(self) -> list[Path]:
        catalogue, config, blackbox = self._monitor.catalogue, self._settings.config, self._settings.blackbox
        targets = [file for found in catalogue.found.values() for file in matching(found.patterns)]
        own = [] if blackbox is None else [blackbox.file]
        return [*catalogue.watched, *targets, *(files_of(config) if config is not None else ()), *own]

    async def _measure_loop(self) -> None:
        """How late the loop takes up what is due: shows whatever holds it."""
        loop = asyncio.get_running_loop()
        while True:
            due = loop.time() + LOOP_LOOK_S
            await asyncio.sleep(LOOP_LOOK_S)
            self._monitor.own.loop_delay(max(0.0, loop.time() - due))
            self._manager.alive(loop.time())
