"""What another system observed and pushes: each observation is taken once, in order, or refused with a reason."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Annotated, Any, Literal

from pydantic import Field, ValidationError

from slamon.accounting import Verdict
from slamon.catalogue import Catalogue
from slamon.catalogue.base import Model, Name, Whole
from slamon.catalogue.kinds.external import ExternalOptions
from slamon.catalogue.problems import did_you_mean
from slamon.catalogue.quantities import InstantMs
from slamon.clock import Clock
from slamon.errors import UsageError
from slamon.figures import Figures
from slamon.ledger import Arrival
from slamon.prober import Delivery
from slamon.probes import Outcome, Reason
from slamon.running.arrived import Arrived

MOST = 1000
_LONGEST_DURATION_MS = 86_400_000
_KEYS = "check, at, verdict, reason, duration_ms, id"


class Pushed(Model):
    """One observation as another system tells it."""

    check: str
    at: InstantMs
    verdict: Literal["up", "degraded", "down"]
    reason: Name | None = None
    duration_ms: Annotated[Whole, Field(ge=0, le=_LONGEST_DURATION_MS)] | None = None
    id: Name | None = None


class PushedWronglyError(UsageError):
    """Nothing was taken; `problems`: what is wrong, with its position."""

    def __init__(self, problems: Sequence[Mapping[str, Any]]) -> None:
        self.problems = list(problems)
        first = self.problems[0]
        where = f"observation {first['index']}" + (f", {first['key']}" if first["key"] else "")
        super().__init__(f"nothing was taken, {len(self.problems)} mistake(s); {where}: {first['error']}")


class Pushing:
    """Takes what is pushed. `figures` is replaced by a reload."""

    def __init__(
        self,
        figures: Figures,
        arrived: Arrived,
        clock: Clock,
        record: Callable[[Delivery], bool],
        rejected: Callable[[], None],
    ) -> None:
        """`record`: takes an observation; False where it is rejected. `rejected`: counts what never gets there."""
        self.figures = figures
        self._arrived = arrived
        self._clock = clock
        self._record = record
        self._rejected = rejected

    def read(self, value: object) -> list[Pushed]:
        """The observations in an answer's JSON, all of them well shaped; PushedWronglyError names every mistake."""
        if not isinstance(value, list):
            raise PushedWronglyError([_problem(0, "", "a list of observations is expected, [{...}, ...]")])
        if len(value) > MOST:
            raise PushedWronglyError([_problem(MOST, "", f"at most {MOST} observations at once")])
        found: list[Pushed] = []
        problems: list[Mapping[str, Any]] = []
        for index, one in enumerate(value):
            try:
                found.append(Pushed.model_validate(one))
            except ValidationError as error:
                problems += [_explained(index, dict(detail)) for detail in error.errors(include_url=False)]
            else:
                problems += self._mistakes(index, found[-1])
        if problems:
            raise PushedWronglyError(problems)
        return found

    def _mistakes(self, index: int, pushed: Pushed) -> Iterator[Mapping[str, Any]]:
        catalogue = self.figures.catalogue
        check = catalogue.checks.get(pushed.check)
        if check is None:
            hint = did_you_mean(pushed.check, list(_external(catalogue)))
            yield _problem(index, "check", "there is no such check" + (f"; {hint}" if hint else ""))
        elif not isinstance(check.options, ExternalOptions):
            yield _problem(index, "check", f"it is of the kind {check.kind}: only external ones are told by others")
        if pushed.at > self._clock.now():
            self._rejected()
            yield _problem(index, "at", "it lies in the future: compare the clocks of both machines")

    def take(self, pushed: Sequence[Pushed], answer: dict[str, Any]) -> Iterator[None]:
        """Records them step by step; `answer` gets accepted, duplicates and rejected."""
        answer |= {"accepted": 0, "duplicates": 0, "rejected": []}
        for index, one in enumerate(pushed):
            problem = self._taken(one, answer)
            if problem is not None:
                answer["rejected"].append({"index": index, "error": problem})
            yield

    def _taken(self, one: Pushed, answer: dict[str, Any]) -> str | None:
        """Why it was refused; None: it was taken, now or before."""
        known = self._known(one)
        if known is not None:
            if (known.at, known.what) != (one.at, one.verdict):
                return "another observation of this check is known by this time or id, and says something else"
            answer["duplicates"] += 1
            return None
        check = self.figures.catalogue.checks[one.check]
        assert isinstance(check.options, ExternalOptions)
        outcome = _outcome(one)
        if one.at < self._clock.now() - check.options.delay:
            self._rejected()
            return "it is older than the check's delay allows"
        if not self._record(Delivery(one.check, one.at, False, outcome, check.interval_ms, check.stale_after_ms)):
            return "it is not later than the newest observation of its check, or lies in the future"
        answer["accepted"] += 1
        reason = None if outcome.reason is None else outcome.reason.value
        self._arrived.put(
            Arrival(one.check, one.at, one.verdict, reason, outcome.duration_us, one.id, one.reason or "")
        )
        return None

    def _known(self, one: Pushed) -> Arrival | None:
        by_time = self._arrived.at(one.check, one.at)
        if by_time is None and one.id is not None:
            return self._arrived.labelled(one.check, one.id)
        return by_time

    def told(self, check: str) -> dict[str, Any]:
        """What is known of what was pushed, for `/api/status`."""
        newest = self._arrived.newest(check)
        if newest is None:
            return {"last_ms": None, "last": None, "words": ""}
        return {"last_ms": newest.at, "last": newest.what, "words": newest.words}


def _external(catalogue: Catalogue) -> Iterator[str]:
    return (check.id for check in catalogue.checks.values() if isinstance(check.options, ExternalOptions))


def _outcome(one: Pushed) -> Outcome:
    verdict = Verdict(one.verdict)
    micros = None if one.duration_ms is None else one.duration_ms * 1000
    if verdict is Verdict.UP:
        return Outcome(verdict, micros)
    known = {reason.value: reason for reason in Reason}.get(one.reason or "")
    return Outcome(verdict, micros, known or Reason.REPORTED, (one.reason or "") if known is None else "")


def _problem(index: int, key: str, sentence: str) -> Mapping[str, Any]:
    return {"index": index, "key": key, "error": sentence}


def _explained(index: int, detail: Mapping[str, Any]) -> Mapping[str, Any]:
    key = ".".join(str(part) for part in detail["loc"])
    if detail["type"] == "missing":
        return _problem(index, key, "it is missing")
    if detail["type"] == "extra_forbidden":
        return _problem(index, key[:60], f"an unknown key: expected {_KEYS}")
    if not key:
        return _problem(index, key, "an observation is expected, {check, at, verdict}")
    return _problem(index, key, str(detail["msg"]).removeprefix("Value error, "))
