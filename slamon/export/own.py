"""What slamon measures of itself, kept by prometheus-client."""

import platform

import structlog
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, Info, ProcessCollector

import slamon
from slamon.export import names
from slamon.export.families import Family

log = structlog.get_logger()

COMPONENTS = (
    "probe", "record", "ledger", "account", "export", "retention", "discovery", "silences", "reports", "closing",
    "desk",
)  # fmt: skip
"""The parts whose failures are counted, each shown from 0 on."""

REPORT_RESULTS = ("success", "failure")

_LATENESS_S = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0)
_COMMIT_S = (0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0)


class Own:
    """Our own health. Every method is cheap and is called in the event loop."""

    def __init__(self) -> None:
        self.registry = registry = CollectorRegistry(auto_describe=False)
        self.in_local_fault = False
        self._troubles: dict[str, str] = {}
        Info(names.BUILD_INFO.base, names.BUILD_INFO.help, registry=registry).info(
            {"version": slamon.__version__, "python": platform.python_version()}
        )
        self._reload_successful = _gauge(names.RELOAD_SUCCESSFUL, registry)
        self._reload_time = _gauge(names.RELOAD_TIME, registry)
        self._discovered = _gauge(names.DISCOVERED, registry)
        self._discovery_rejected = _gauge(names.DISCOVERY_REJECTED, registry)
        self._discovery_successful = _gauge(names.DISCOVERY_SUCCESSFUL, registry)
        self._lateness = _histogram(names.LATENESS, registry, _LATENESS_S)
        self._in_flight = _gauge(names.IN_FLIGHT, registry)
        self._missed = _counter(names.MISSED, registry)
        self._rejected = _counter(names.REJECTED, registry)
        self._local_fault = _gauge(names.LOCAL_FAULT, registry)
        self._commit = _histogram(names.COMMIT, registry, _COMMIT_S)
        self._watermark: Gauge | None = None
        self._size = _gauge(names.LEDGER_SIZE, registry)
        self._loop_delay = _histogram(names.LOOP_DELAY, registry, _LATENESS_S)
        self._report_success = _gauge(names.REPORT_LAST_SUCCESS, registry)
        self._report_failing = _gauge(names.REPORT_FAILING, registry)
        family = names.REPORT_RUNS
        self._report_runs = Counter(family.base, family.help, family.labels, registry=registry)
        family = names.COMPONENT_ERRORS
        errors = Counter(family.base, family.help, family.labels, registry=registry)
        self._errors = {component: errors.labels(component) for component in COMPONENTS}
        ProcessCollector(registry=registry)

    def lateness(self, seconds: float) -> None:
        """A probe began so long after it was due."""
        self._lateness.observe(seconds)

    def in_flight(self, n: int) -> None:
        """So many probes are in flight now."""
        self._in_flight.set(n)

    def missed(self, n: int) -> None:
        """So many due probes were not begun."""
        self._missed.inc(n)

    def rejected(self) -> None:
        """An observation was rejected."""
        self._rejected.inc()

    def component_error(self, component: str) -> None:
        """A part of ours failed; KeyError for one that is not of `COMPONENTS`."""
        self._errors[component].inc()

    def shown(self, group: str, trouble: Exception | None) -> None:
        """A group was shown, whole or but for something that raised `trouble`; said once, until it is another."""
        said = "" if trouble is None else repr(trouble)
        if trouble is not None and self._troubles.get(group) != said:
            log.error("some series cannot be shown", group=group, error=said)
        self._troubles[group] = said

    def committed(self, seconds: float, watermark_ms: int) -> None:
        """A commit took so long, and everything before that instant is stored."""
        self._commit.observe(seconds)
        if self._watermark is None:
            self._watermark = _gauge(names.WATERMARK, self.registry)
        self._watermark.set(watermark_ms / 1000)

    def local_fault(self, there: bool) -> None:
        """Whether our own network is at fault now."""
        self.in_local_fault = there
        self._local_fault.set(there)

    def ledger_size(self, n_bytes: int) -> None:
        """The ledger takes so many bytes."""
        self._size.set(n_bytes)

    def loop_delay(self, seconds: float) -> None:
        """The event loop took up a timer so late."""
        self._loop_delay.observe(seconds)

    def loaded(self, now_ms: int) -> None:
        """A catalogue was put in force."""
        self._reload_successful.set(1)
        self._reload_time.set(now_ms / 1000)

    def discovered(self, source: str, checks: int, rejected: int) -> None:
        """A source of discovery gives so many checks; of so many targets none could be made."""
        self._discovered.labels(source).set(checks)
        self._discovery_rejected.labels(source).set(rejected)

    def discovery(self, source: str, *, successful: bool) -> None:
        """A source of discovery was looked at."""
        self._discovery_successful.labels(source).set(int(successful))

    def not_discovered(self, source: str) -> None:
        """A source of discovery is not configured any more."""
        for gauge in (self._discovered, self._discovery_rejected, self._discovery_successful):
            gauge.remove_by_labels({"source": source})

    def report(self, report: str, *, failing: bool, last_success_ms: int | None) -> None:
        """How a scheduled report stands: whether its newest due run is open, and when one was delivered last."""
        self._report_failing.labels(report).set(int(failing))
        if last_success_ms is not None:
            self._report_success.labels(report).set(last_success_ms / 1000)
        for result in REPORT_RESULTS:
            self._report_runs.labels(report, result)

    def report_run(self, report: str, *, successful: bool) -> None:
        """An attempt to make and deliver a scheduled report has ended."""
        self._report_runs.labels(report, REPORT_RESULTS[not successful]).inc()

    def not_reported(self, report: str) -> None:
        """A report is not scheduled any more."""
        for family in (self._report_success, self._report_failing, self._report_runs):
            family.remove_by_labels({"report": report})

    def not_loaded(self) -> None:
        """A catalogue was refused; the one before stays in force."""
        self._reload_successful.set(0)


def _gauge(family: Family, registry: CollectorRegistry) -> Gauge:
    return Gauge(family.name, family.help, family.labels, registry=registry)


def _counter(family: Family, registry: CollectorRegistry) -> Counter:
    return Counter(family.base, family.help, registry=registry)


def _histogram(family: Family, registry: CollectorRegistry, bounds: tuple[float, ...]) -> Histogram:
    return Histogram(family.name, family.help, buckets=bounds, registry=registry)
