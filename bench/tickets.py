"""The backtest's tickets: who loses a tenth of the budget in days, whose period will be lost, whose is.

A ticket is right when that is so by the events alone, whatever slamon accounted.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from slamon.accounting import AgreementVerdict, Span
from slamon.accounting.budget import ALERT_WINDOWS
from slamon.accounting.figure import WINDOWS, Figure, Infinite

if TYPE_CHECKING:
    from bench.backtest import Year

DAY_S = 86_400
SHARE = Fraction(1, 10)
"""Of a month's allowance, within three days: what a ticket is about."""

STILL_S = 6 * 3600
"""The longest of the short windows: so long a ticket may stay after the last loss."""

SAME_S = DAY_S // 2
"""A ticket that fires again within this time tells nothing new."""

SEEN_S = 30
"""Probes come so far apart; what is lost is seen as exactly."""

FACTORS = ((3.0, "1d", "2h"), (1.0, "3d", "6h"))
HALF_AN_HOUR_S = 1800

Rule = Callable[["Year", int], bool]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a rule should tell: of what is so `since` then, from `begins` to `until`, all in seconds.

    Not `sure`: it is so by less than the probes can see; telling of it is right, and not telling no mistake.
    """

    begins: int
    since: int
    until: int
    sure: bool


def burning(year: "Year", at: int, severity: str) -> bool:
    """Whether the budget burns over the thresholds of a severity, in a long and a short window."""
    now = at * 1000
    limits = {(t.severity, t.window): t.ratio for t in year.book.thresholds("a", "s", now)}
    kind = year.book.agreements["a"].revisions[0].period
    pairs = [(long, short) for given, long, short, _ in ALERT_WINDOWS[kind] if given == severity]
    figures = {w: year.book.window("a", "s", WINDOWS[w], now) for pair in pairs for w in pair}
    burned = {w: f.budget_burned for w, f in figures.items() if f.budget_burned is not None}
    return any(
        all(w in burned and _ratio(burned[w]) > _ratio(limits[severity, w]) for w in pair) for pair in pairs
    )  # fmt: skip


def _ratio(value: "Fraction | Infinite") -> "Fraction | float":
    return float(value) if isinstance(value, Infinite) else value


def budget_burn(year: "Year", at: int) -> bool:
    """SlamonBudgetBurn, severity ticket."""
    return burning(year, at, "ticket")


def fixed_factors(year: "Year", at: int) -> bool:
    """Burn rates of 3 in 1d and 2h, or 1 in 3d and 6h, of the target, day and night."""
    miss = float(1 - year.book.agreements["a"].revisions[0].target)
    return any(
        all(year.ratio(at, WINDOWS[window] // 1000) > factor * miss for window in (long, short))
        for factor, long, short in FACTORS
    )


def breached(year: "Year", at: int) -> bool:
    """SlamonAgreementBreached."""
    return _figure(year, at).verdict is AgreementVerdict.BREACHED


def at_risk(year: "Year", at: int) -> bool:
    """SlamonAgreementAtRisk, but for the half hour that it waits."""
    figure = _figure(year, at)
    period = figure.period
    gone = at * 1000 - period.start > (period.end - period.start) / 10
    spent = _ratio(figure.budget_remaining) < Fraction(1, 2)
    return figure.verdict is AgreementVerdict.AT_RISK and (gone or spent)


def _figure(year: "Year", at: int) -> Figure:
    figure = year.book.current("a", "s", at * 1000)
    assert figure is not None
    return figure


def lost(year: "Year", start: int, end: int) -> int:
    """The seconds in which the service was down and owed."""
    return sum(max(0, min(span.end, end) - max(span.start, start)) for span in year.down)


def burns(year: "Year") -> Iterator[Wanted]:
    """The outages in which a tenth of the allowance was lost within three days."""
    for h in year.hurting:
        most = SHARE * _figure(year, h.start).allowance_ms / 1000
        near = [span for span in year.down if h.start - 3 * DAY_S < span.end and span.start < h.end]
        moments = range(h.start, h.end + 1, 5)
        gone = {at: sum(max(0, min(s.end, at) - max(s.start, at - 3 * DAY_S)) for s in near) for at in moments}
        begins = next((at for at in moments if gone[at] > most - SEEN_S), None)
        since = next((at for at in moments if gone[at] > most), None)
        if begins is not None:
            sure = max(gone.values()) > most + SEEN_S
            yield Wanted(begins, begins if since is None else since, h.end + STILL_S, sure)


def losses(year: "Year") -> Iterator[Wanted]:
    """The periods that were lost, from the second on in which they were."""
    by_period: dict[int, list[Span]] = {}
    for span in year.down:
        by_period.setdefault(_figure(year, span.start).period.start // 1000, []).append(span)
    for start, spans in by_period.items():
        figure = _figure(year, spans[0].start)
        allowed, gone = figure.allowance_ms / 1000, 0
        for span in spans:
            gone += span.end - span.start
            if gone > allowed + SEEN_S:
                since = max(span.start, span.end - int(gone - allowed))
                yield Wanted(start, since, figure.period.end // 1000, sure=True)
                break


@dataclass(frozen=True, slots=True)
class Tickets:
    """A rule, what it should tell, how long it must hold before it does, and whether it is told once a period."""

    rule: Rule
    wanted: Callable[["Year"], Iterator[Wanted]]
    waits_s: int = 0
    once: bool = False


RULES: Mapping[str, Tickets] = {
    "SlamonBudgetBurn (ticket)": Tickets(budget_burn, burns),
    "SlamonAgreementAtRisk": Tickets(at_risk, losses, HALF_AN_HOUR_S, once=True),
    "SlamonAgreementBreached": Tickets(breached, losses, once=True),
    "burn factors 3 and 1": Tickets(fixed_factors, burns),
}
OURS, PEER = "SlamonBudgetBurn (ticket)", "burn factors 3 and 1"


@dataclass(frozen=True, slots=True)
class Score:
    """What a rule would have written. `delay_s` counts from when it was so, less than 0 before; means, None without."""

    rule: str
    tickets: int
    precision: float
    recall: float | None
    delay_s: float | None
    spent: float | None


def score(name: str, year: "Year", tickets: Sequence[Span]) -> Score:
    """A rule's tickets against what it should tell."""
    wanted = list(RULES[name].wanted(year))
    tickets = _by_period(year, tickets) if RULES[name].once else tickets
    right = [t for t in tickets if any(w.begins <= t.end and t.start <= w.until for w in wanted)]
    sure = [w for w in wanted if w.sure]
    told: list[tuple[Wanted, int]] = []
    for w in sure:
        found = [max(t.start, w.begins) for t in tickets if t.end >= w.begins and t.start <= w.until]
        if found:
            told.append((w, min(found)))
    delays = [at - w.since for w, at in told]
    spent = [float(_spent(year, at)) for _, at in told]
    return Score(
        name,
        len(tickets),
        len(right) / len(tickets) if tickets else 0.0,
        len(told) / len(sure) if sure else None,
        sum(delays) / len(delays) if delays else None,
        sum(spent) / len(spent) if spent else None,
    )


def _by_period(year: "Year", tickets: Sequence[Span]) -> list[Span]:
    """One a period: it stays open, whether or not somebody looked in between."""
    found: dict[int, Span] = {}
    for ticket in tickets:
        period = _figure(year, ticket.start).period.start
        first = found.get(period, ticket)
        found[period] = Span(first.start, ticket.end)
    return list(found.values())


def _spent(year: "Year", at: int) -> Fraction:
    """The share of the period's allowance that was really lost by then."""
    figure = _figure(year, at)
    return lost(year, figure.period.start // 1000, at) * 1000 / figure.allowance_ms


def better(scores: Sequence[Score]) -> list[str]:
    """In which columns slamon's burn tickets are not as good as those of the customary factors.

    Those see the first failed probe, slamon counts a failure once it is confirmed: that may take a probe longer.
    """
    by_name = {s.rule: s for s in scores}
    ours, peer, wrong = by_name[OURS], by_name[PEER], []
    if ours.precision <= peer.precision:
        wrong.append(f"precision of {PEER}")
    if (ours.recall or 0) < (peer.recall or 0):
        wrong.append(f"recall of {PEER}")
    if ours.delay_s is None or (peer.delay_s is not None and ours.delay_s > peer.delay_s + SEEN_S):
        wrong.append(f"delay of {PEER}")
    if ours.spent is None or (peer.spent is not None and ours.spent > peer.spent + 0.05):
        wrong.append(f"budget spent of {PEER}")
    return wrong


def table(scores: Sequence[Score]) -> list[str]:
    """As lines of Markdown."""
    lines = ["| rule | tickets | precision | recall | mean delay | budget spent at the ticket |"]
    lines += ["| --- | ---: | ---: | ---: | ---: | ---: |"]
    for s in scores:
        spent = "-" if s.spent is None else f"{s.spent:.1%}"
        recall = "-" if s.recall is None else f"{s.recall:.2f}"
        precision = f"{s.precision:.2f}" if s.tickets else "-"
        lines.append(f"| {s.rule} | {s.tickets} | {precision} | {recall} | {_time(s.delay_s)} | {spent} |")
    return lines


def _time(seconds: float | None) -> str:
    if seconds is None:
        return "-"
    size, when = abs(seconds), " before" if seconds < 0 else ""
    if size > DAY_S:
        return f"{size / DAY_S:.1f} d{when}"
    return f"{size / 3600:.1f} h{when}" if size > 2 * 3600 else f"{size:.0f} s{when}"
