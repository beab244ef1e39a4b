"""The drop-in as a part of the running system: its file, its prober, and what its pages ask."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from prometheus_client import CollectorRegistry, Counter, Gauge

from slamon.blackbox.asking import Answer, Prober, Question, Settings
from slamon.blackbox.guard import Limits
from slamon.catalogue.blackbox import BlackboxFile, load_blackbox
from slamon.catalogue.problems import CatalogueErrors
from slamon.clock import SystemClock
from slamon.export import probe_names as names
from slamon.probes.context import ProbeContext
from slamon.web.backend import ProbeAnswer


@dataclass(frozen=True, slots=True)
class BlackboxSettings:
    """What the command line says of the drop-in."""

    file: Path
    limits: Limits = field(default_factory=Limits)
    settings: Settings = field(default_factory=Settings)


class OwnMetrics:
    """What the exporter tells of itself, under its names."""

    def __init__(self) -> None:
        self._successful = Gauge(names.CONFIG_SUCCESSFUL.name, names.CONFIG_SUCCESSFUL.help, registry=None)
        self._when = Gauge(names.CONFIG_TIME.name, names.CONFIG_TIME.help, registry=None)
        self._unknown = Counter(names.UNKNOWN_MODULES.base, names.UNKNOWN_MODULES.help, registry=None)

    def register(self, registry: CollectorRegistry) -> None:
        """Show them in there."""
        for metric in (self._successful, self._when, self._unknown):
            registry.register(metric)

    def loaded(self, now_ms: int) -> None:
        """A file was put in force."""
        self._successful.set(1)
        self._when.set(now_ms / 1000)

    def not_loaded(self) -> None:
        """A file was wrong."""
        self._successful.set(0)

    def unknown(self) -> None:
        """A module was asked for that there is not."""
        self._unknown.inc()


class Blackbox:
    """A `slamon.web.backend.ProbeBackend`."""

    def __init__(self, settings: BlackboxSettings, modules: BlackboxFile) -> None:
        self._settings = settings
        self.own = OwnMetrics()
        self.own.loaded(SystemClock().now())
        self._context = ProbeContext(evidence=True)
        self._prober = Prober(modules, settings.limits, settings.settings, self._context, self.own.unknown)

    @classmethod
    def load(cls, settings: BlackboxSettings) -> "Blackbox":
        """With the modules of its file. Raises CatalogueErrors."""
        return cls(settings, load_blackbox(settings.file))

    def read(self) -> BlackboxFile:
        """The modules that the file holds now. Raises CatalogueErrors."""
        try:
            return load_blackbox(self._settings.file)
        except CatalogueErrors:
            self.own.not_loaded()
            raise

    def put_in_force(self, modules: BlackboxFile) -> None:
        """Probe with these from now on."""
        self.own.loaded(self._context.clock.now())
        self._prober.put_in_force(modules)

    async def close(self) -> None:
        """Give up what the probes share."""
        await self._context.close()

    async def probe(self, words: Mapping[str, str], within: str | None) -> ProbeAnswer:
        """See `ProbeBackend`."""
        question = Question(
            words.get("target", ""),
            words.get("module", ""),
            words.get("hostname", ""),
            words.get("debug") == "true",
            within,
        )
        return _told(await self._prober.ask(question))

    def log(self, words: Mapping[str, str]) -> ProbeAnswer:
        """See `ProbeBackend`."""
        return _told(self._prober.log(words.get("id"), words.get("target"), words.get("module", "")))

    def config(self) -> str:
        """See `ProbeBackend`."""
        return self._prober.config()

    def recent(self) -> Sequence[Mapping[str, Any]]:
        """See `ProbeBackend`."""
        return [asdict(recent) for recent in self._prober.recent()]


def _told(answer: Answer) -> ProbeAnswer:
    return ProbeAnswer(answer.body, answer.status, answer.is_metrics)
