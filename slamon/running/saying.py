"""One line in the log a change of state; none a probe."""

import structlog

from slamon.accounting import Observation, State, Verdict
from slamon.figures import Figures
from slamon.probes import NothingFoundError

log = structlog.get_logger()


class Saying:
    """Remembers what was said of each check and service. `figures` is replaced by a reload."""

    def __init__(self, figures: Figures) -> None:
        self.figures = figures
        self._verdicts: dict[str, Verdict] = {}
        self._confirmed: dict[str, int] = {}
        self._services: dict[str, State] = {}
        self._not_run: dict[str, str] = {}
        self._fault = False
        self._each = log.bind()  # bound once: it is asked for every probe, and says nothing unless debugging

    def observed(self, observation: Observation, message: str) -> None:
        """A check was observed."""
        check, verdict = observation.check, observation.verdict
        self._each.debug(
            "probed", check=check, verdict=verdict.value, us=observation.duration_us, found=message or None
        )
        self._not_run.pop(check, None)
        if verdict is Verdict.DOWN:
            self._failing(observation, message)
        elif self._verdicts.get(check) is not verdict:
            before = self._verdicts.get(check)
            self._confirmed.pop(check, None)
            self._verdicts[check] = verdict
            if before is not None:
                say = log.info if verdict is Verdict.UP else log.warning
                say("check changed", check=check, state=verdict.value, before=before.value, found=message or None)

    def _failing(self, observation: Observation, message: str) -> None:
        """A failure is said once, when it is confirmed; those of reference targets at once."""
        check = observation.check
        if self._verdicts.get(check) is Verdict.DOWN:
            return
        terms = self.figures.book.checks.get(check)
        failures = self._confirmed.get(check, 0) + 1
        if terms is not None and failures < terms.confirm:
            self._confirmed[check] = failures
            return
        before = self._verdicts.get(check)
        self._verdicts[check] = Verdict.DOWN
        log.warning(
            "check changed",
            check=check,
            state=Verdict.DOWN.value,
            before=None if before is None else before.value,
            reason=observation.reason,
            found=message,
        )

    def not_run(self, check: str, error: Exception) -> None:
        """No observation came of a probe; said once for each cause in a row."""
        words = f"{type(error).__name__}: {error}"
        if self._not_run.get(check) == words:
            return
        self._not_run[check] = words
        if isinstance(error, NothingFoundError):
            log.warning("probe found nothing", check=check, found=str(error))
        else:
            log.error("probe not run", check=check, error=words)

    def services(self, now: int) -> None:
        """Says which services have changed; the book is refreshed up to `now`."""
        for service in self.figures.catalogue.services:
            state = self.figures.book.service_state(service, now)
            before = self._services.get(service)
            if state is not before:
                self._services[service] = state
                if before is not None:
                    say = log.info if state is State.UP else log.warning
                    say("service changed", service=service, state=state.value, before=before.value)

    def local_fault(self, now: int) -> bool:
        """Whether the monitor's own network is at fault now; a change is said."""
        tracker = self.figures.faults
        faults = tracker.faults() if tracker is not None else []
        there = bool(faults) and faults[-1].start <= now < faults[-1].end
        if there is not self._fault:
            self._fault = there
            if there:
                log.error("local fault: the reference targets fail, every check is unknown until they answer")
            else:
                log.info("local fault over")
        return there
