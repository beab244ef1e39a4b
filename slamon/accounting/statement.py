"""An account's figures: of a period under one revision, of a rolling window over several (sections 4, 6 and 7)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from slamon.accounting import budget
from slamon.accounting.account import Account
from slamon.accounting.figure import AgreementVerdict, Figure, Outage, Period, Ratio, Sums, WindowFigure
from slamon.accounting.objective import Objective
from slamon.accounting.terms import Correction, Revision

_ZERO = Fraction(0)
_DUE = (AgreementVerdict.MET, AgreementVerdict.BREACHED)


@dataclass(frozen=True, slots=True)
class Part:
    """One service under one revision of an agreement, with all that its figures are made from."""

    agreement: str
    service: str
    revision: Revision
    account: Account
    objective: Objective | None

    def within(self, start: int, end: int) -> tuple[int, int]:
        """The part of [start, end) in which the revision is in force."""
        if self.revision.valid_from is not None:
            start = max(start, self.revision.valid_from)
        if self.revision.valid_until is not None:
            end = min(end, self.revision.valid_until)
        return start, end

    def corrections(self, start: int, end: int) -> tuple[Correction, ...]:
        """Those in force that reach into the part of [start, end) in which the revision is in force."""
        start, end = self.within(start, end)
        return tuple(c for c in self.account.plan.corrections if c.start < end and start < c.end)

    def resolution(self, start: int, end: int) -> int | None:
        """The greatest interval of the checks that the service's state rests on in [start, end), in ms."""
        return max(
            (
                view.terms.interval_ms
                for member, view in self.account.track.rests_on()
                if (member.since is None or member.since < end) and (member.until is None or start < member.until)
            ),
            default=None,
        )


def figure(part: Part, period: Period, now: int) -> Figure:
    """The figure of a period as known at `now`, to which the account has been brought."""
    account, revision = part.account, part.revision
    sums = account.sums(period.start, period.end)
    full = account.plan.measured(period.start, period.end, now)
    availability = sums.availability
    verdict = budget.verdict(revision, sums, full, now >= period.end, _recent(account, period, sums, now), availability)
    miss = 1 - revision.target
    allowed = miss * (full - sums.left_out_ms)
    outages = account.outages(period.start, period.end)
    start, end = part.within(period.start, min(period.end, now))
    blips, blip_ms = account.track.blips_within(start, end)
    due = now >= period.end and verdict in _DUE
    return Figure(
        agreement=part.agreement,
        service=part.service,
        revision=revision.number,
        period=period,
        at=now,
        in_service_ms=sums.in_service_ms,
        excluded_ms=sums.excluded_ms,
        measured_ms=sums.measured_ms,
        unknown_ms=sums.unknown_ms,
        known_ms=sums.known_ms,
        downtime_ms=sums.downtime_ms,
        degraded_ms=sums.degraded_ms,
        observed_ms=sums.observed_ms,
        measured_full_ms=full,
        availability=availability,
        coverage=sums.coverage,
        target=revision.target,
        allowance_ms=miss * full,
        budget_ms=allowed,
        budget_remaining=budget.remaining(allowed, sums.downtime_ms),
        verdict=verdict,
        credit=budget.credit(revision.credits, availability) if due else None,
        outages=tuple(outages),
        outage_count=len(outages),
        mtrs_ms=_mean(sums.downtime_ms, outages),
        mtbf_ms=_mean(sums.known_ms - sums.downtime_ms, outages),
        longest_ms=max((o.counted_ms for o in outages), default=0),
        resolution_ms=part.resolution(start, end),
        blips=blips,
        blip_ms=blip_ms,
        corrections=part.corrections(period.start, period.end),
        latency=None if part.objective is None else part.objective.figure(period.start, period.end),
    )


def _mean(total_ms: int, outages: Sequence[Outage]) -> Fraction | None:
    return Fraction(total_ms, len(outages)) if outages else None


def _recent(account: Account, period: Period, sums: Sums, now: int) -> tuple[int, int]:
    """Downtime and measured time of the last tenth of the period's length up to now, within the period."""
    if sums.downtime_ms == 0:
        return 0, sums.measured_ms
    tenth = account.sums(max(period.start, now - (period.end - period.start) // 10), period.end)
    return tenth.downtime_ms, tenth.measured_ms


def window(parts: Iterable[Part], start: int, now: int, allowance: Fraction | None) -> WindowFigure:
    """The rolling window [start, now). `allowance`: the running period's, None while no revision is in force."""
    whole = Sums()
    divisor = _ZERO
    for part in parts:
        sums = part.account.sums(start, now)
        divisor += (1 - part.revision.target) * sums.known_ms
        whole = _added(whole, sums) if whole.in_service_ms else sums
        agreement, service = part.agreement, part.service
    availability = whole.availability
    burn: Ratio | None = None
    if availability is not None:
        burn = budget.ratio(whole.downtime_ms, divisor)
    burned = None if allowance is None else budget.ratio(whole.downtime_ms, allowance)
    return WindowFigure(
        agreement=agreement,
        service=service,
        start=start,
        end=now,
        in_service_ms=whole.in_service_ms,
        measured_ms=whole.measured_ms,
        unknown_ms=whole.unknown_ms,
        known_ms=whole.known_ms,
        downtime_ms=whole.downtime_ms,
        observed_ms=whole.observed_ms,
        availability=availability,
        coverage=whole.coverage,
        burn_rate=burn,
        budget_burned=burned,
    )


def _added(a: Sums, b: Sums) -> Sums:
    return Sums(
        a.in_service_ms + b.in_service_ms,
        a.excluded_ms + b.excluded_ms,
        a.unknown_ms + b.unknown_ms,
        a.downtime_ms + b.downtime_ms,
        a.degraded_ms + b.degraded_ms,
        a.observed_ms + b.observed_ms,
        a.left_out_ms + b.left_out_ms,
    )
