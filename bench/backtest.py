"""`python -m bench.backtest`: a year of outages, and which alert would have told of them, when, and at what cost.

slamon's alerts are judged on its own figures, minute by minute; the two customary rules on the same probes.
"""

import argparse
import json
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

from slamon.accounting import Blind, Cause, Observation, Span, State, Verdict
from slamon.accounting.book import Book
from slamon.accounting.figure import WINDOWS
from slamon.catalogue import Catalogue, load_value
from slamon.figures import Facts, Figures

from bench import tickets
from bench.outages import WHILE_S, Event, Kind, a_year, probes

RESULTS = Path(__file__).parent / "results"
STEP_S = 15
LINGER_S = 2 * 3600
"""How long after an event the rules are still watched."""
SAME_S = 600
"""A rule that fires again within this time tells nothing new."""
SHORTEST_S = 60
"""A shorter outage need not wake anybody."""
FACTORS = {"1h": 14.4, "5m": 14.4, "6h": 6.0, "30m": 6.0}
AGREED = {
    "shop, 24x7, 99.9 % a month": {
        "target": "99.9%",
        "period": "month",
        "maintenance": [{"rrule": "FREQ=MONTHLY;BYDAY=1SU", "at": "02:00", "duration": "2h", "summary": "patches"}],
    },
    "erp, office hours, 99.5 % a month": {"target": "99.5%", "period": "month", "service_hours": "office"},
}


@dataclass(frozen=True, slots=True)
class Score:
    """What a rule would have done. `delay_s` and `spent` (share of the period's allowance) are means at the page."""

    rule: str
    pages: int
    precision: float
    recall: float
    delay_s: float
    spent: float


def catalogue(terms: Mapping[str, Any]) -> Catalogue:
    """One service with one check, agreed so."""
    agreement = {"customer": "c", "services": ["s"], "timezone": "UTC", "valid_from": "2025-12-01", **terms}
    return load_value(
        {
            "slamon": 1,
            "customers": {"c": {"name": "C", "kind": "external"}},
            "calendars": {"office": {"hours": {"mon-fri": ["08:00-18:00"]}}},
            "services": {"s": {"checks": {"c": {"tcp": {"address": "127.0.0.1:1"}, "since": "2025-12-01T00:00:00Z"}}}},
            "agreements": {"a": agreement},
        }
    )


class Year:
    """One service's year, told probe by probe, and the rules' answers at every step near an event."""

    def __init__(self, terms: Mapping[str, Any], events: Sequence[Event]) -> None:
        self.events = events
        self.figures = Figures(catalogue(terms), Facts())
        self.probes = probes(events)
        self._ats = [at for at, _, _ in self.probes]
        self.hurting = list(self._hurting())
        self.down = list(self._down())

    @property
    def book(self) -> Book:
        """The accounts."""
        return self.figures.book

    def _hurting(self) -> Iterator[Span]:
        """When the customer was hurt, by the events alone: in service, not in maintenance, the service really down."""
        for event in self.events:
            if event.kind in (Kind.NETWORK, Kind.BLIP):
                continue
            begun: int | None = None
            for at in range(event.start, event.end + 1, 1 if event.end - event.start < 600 else STEP_S):
                serving, maintained = self.book.in_service("a", "s", at * 1000)
                owed = serving and not maintained and at < event.end
                if owed and begun is None:
                    begun = at
                if not owed and begun is not None:
                    yield Span(begun, at)
                    begun = None
            if begun is not None:
                yield Span(begun, event.end)

    def _down(self) -> Iterator[Span]:
        """What of the hurting was really down: of a flapping service every other while."""
        for h in self.hurting:
            event = next(
                e for e in self.events if e.start <= h.start < e.end and e.kind in (Kind.OUTAGE, Kind.FLAPPING)
            )
            if event.kind is Kind.OUTAGE:
                yield h
                continue
            for start in range(event.start, event.end, 2 * WHILE_S):
                if start < h.end and start + WHILE_S > h.start:
                    yield Span(max(start, h.start), min(start + WHILE_S, h.end))

    def ratio(self, end: int, window_s: int) -> float:
        """Failed of all probes of a window, as `1 - avg_over_time(probe_success)` sees them: one a scrape."""
        down = 0.0
        for event in self.events:
            if event.end > end - window_s and event.start < end:
                share = 0.5 if event.kind is Kind.FLAPPING else 1.0
                down += share * (min(event.end, end) - max(event.start, end - window_s))
        return down / window_s

    def failing_since(self, at: int) -> int | None:
        """Since when every probe up to then failed."""
        i = bisect_right(self._ats, at) - 1
        if i < 0 or not self.probes[i][1]:
            return None
        while i > 0 and self.probes[i - 1][1]:
            i -= 1
        return self._ats[i]

    def play(self) -> Iterator[int]:
        """Tells the probes and gives every step near an event, with the figures refreshed up to it."""
        told = 0
        for event in self.events:
            if event.kind is Kind.NETWORK:
                self.figures.blind(Blind((event.start - 20) * 1000, (event.end + 20) * 1000, Cause.LOCAL_FAULT))
            for at in range(event.start - 60, event.end + (LINGER_S if event.kind is not Kind.BLIP else 900), STEP_S):
                while told < len(self.probes) and self.probes[told][0] < at:
                    self._take(*self.probes[told])
                    told += 1
                self.book.refresh(at * 1000)
                yield at

    def _take(self, at: int, failed: bool, interval_s: int) -> None:
        verdict, interval = (Verdict.DOWN if failed else Verdict.UP), interval_s * 1000
        self.figures.take(Observation("s/c", at * 1000, verdict, interval, 2 * interval + 10_000, 1000))


Rule = Callable[[Year, int], bool]


def service_down(year: Year, at: int) -> bool:
    """SlamonServiceDown."""
    serving, maintained = year.book.in_service("a", "s", at * 1000)
    return serving and not maintained and year.book.service_state("s", at * 1000) is State.DOWN


def budget_burn(year: Year, at: int) -> bool:
    """SlamonBudgetBurn, severity page."""
    now = at * 1000
    serving, maintained = year.book.in_service("a", "s", now)
    if not serving or maintained:
        return False
    return tickets.burning(year, at, "page")


def slamon_pages(year: Year, at: int) -> bool:
    """What slamon wakes somebody for: either of both."""
    return service_down(year, at) or budget_burn(year, at)


def five_minutes(year: Year, at: int) -> bool:
    """`probe_success == 0` for 5m."""
    since = year.failing_since(at)
    return since is not None and at - since >= 300


def fixed_factors(year: Year, at: int) -> bool:
    """Burn rates of 14.4 in 1h and 5m, or 6 in 6h and 30m, of the target, day and night."""
    miss = float(1 - year.book.agreements["a"].revisions[0].target)
    return any(
        all(year.ratio(at, WINDOWS[w] // 1000) > FACTORS[w] * miss for w in pair)
        for pair in (("1h", "5m"), ("6h", "30m"))
    )


RULES: Mapping[str, Rule] = {
    "slamon: its pages": slamon_pages,
    "- SlamonServiceDown": service_down,
    "- SlamonBudgetBurn (page)": budget_burn,
    "`probe_success == 0` for 5m": five_minutes,
    "burn factors 14.4 and 6": fixed_factors,
}
OURS, PEERS = "slamon: its pages", ("`probe_success == 0` for 5m", "burn factors 14.4 and 6")


class Firing:
    """When each rule fires; what fires again within `same_s` is one page or ticket."""

    def __init__(self, same_s: int, waits_s: int = 0) -> None:
        self.found: list[Span] = []
        self._same_s, self._waits_s = same_s, waits_s
        self._since: int | None = None
        self._before: int | None = None

    def at(self, at: int, holds: bool) -> None:
        """The next step."""
        gap = self._before is None or at - self._before > STEP_S
        self._before = at
        self._since = (at if self._since is None or gap else self._since) if holds else None
        if self._since is None or at - self._since < self._waits_s:
            return
        if self.found and at - self.found[-1].end <= self._same_s:
            self.found[-1] = Span(self.found[-1].start, at + STEP_S)
        else:
            self.found.append(Span(at, at + STEP_S))


def firing(year: Year) -> dict[str, list[Span]]:
    """The pages and tickets of every rule."""
    rules = {name: (rule, Firing(SAME_S)) for name, rule in RULES.items()}
    for name, kind in tickets.RULES.items():
        rules[name] = kind.rule, Firing(tickets.SAME_S, kind.waits_s)
    for at in year.play():
        for rule, found in rules.values():
            found.at(at, rule(year, at))
    return {name: found.found for name, (_, found) in rules.items()}


def score(name: str, year: Year, pages: Sequence[Span]) -> Score:
    """A rule's pages against the time in which the customer was hurt."""
    hurting = year.hurting
    right = [page for page in pages if any(h.start <= page.end and page.start <= h.end + SAME_S for h in hurting)]
    wanted = [h for h in hurting if h.end - h.start >= SHORTEST_S]
    delays: list[tuple[Span, int]] = []
    for h in wanted:
        told = [max(page.start, h.start) for page in pages if page.start <= h.end + SAME_S and page.end > h.start]
        if told:
            delays.append((h, min(told) - h.start))
    spent = [Fraction(min(delay, h.end - h.start) * 1000) / _allowance(year, h) for h, delay in delays]
    return Score(
        name,
        len(pages),
        len(right) / len(pages) if pages else 0.0,
        len(delays) / len(wanted) if wanted else 1.0,
        _mean(delay for _, delay in delays),
        _mean(float(share) for share in spent),
    )


def _allowance(year: Year, hurting: Span) -> Fraction:
    figure = year.book.current("a", "s", hurting.start * 1000)
    assert figure is not None
    return figure.allowance_ms


def _mean(values: Iterable[float]) -> float:
    known = list(values)
    return sum(known) / len(known) if known else 0.0


@dataclass(frozen=True, slots=True)
class Judged:
    """The scores of every rule over some events."""

    pages: list[Score]
    tickets: list[tickets.Score]


def judged(terms: Mapping[str, Any], events: Sequence[Event]) -> Judged:
    """Play the events, and judge every rule."""
    year = Year(terms, events)
    fired = firing(year)
    return Judged(
        [score(rule, year, fired[rule]) for rule in RULES],
        [tickets.score(rule, year, fired[rule]) for rule in tickets.RULES],
    )


def run(seed: int, agreed: Mapping[str, Mapping[str, Any]] = AGREED) -> dict[str, Judged]:
    """The scores of every rule, agreement by agreement."""
    return {name: judged(terms, a_year(seed)) for name, terms in agreed.items()}


def better(scores: Sequence[Score]) -> list[str]:
    """In which columns slamon's pages are not better than each of the customary rules."""
    by_name = {s.rule: s for s in scores}
    ours, wrong = by_name[OURS], []
    for peer in (by_name[name] for name in PEERS):
        if not ours.precision >= peer.precision:
            wrong.append(f"precision of {peer.rule}")
        if not ours.recall >= peer.recall:
            wrong.append(f"recall of {peer.rule}")
        if peer.recall and not ours.delay_s < peer.delay_s:  # who saw nothing was not late
            wrong.append(f"delay of {peer.rule}")
        if peer.recall and not ours.spent < peer.spent:
            wrong.append(f"budget spent of {peer.rule}")
    return wrong


def table(found: Mapping[str, Judged]) -> str:
    """As Markdown."""
    lines = []
    for name, scores in found.items():
        lines += [f"**{name}**", ""]
        lines += ["| rule | pages | precision | recall | mean delay | budget spent at the page |"]
        lines += ["| --- | ---: | ---: | ---: | ---: | ---: |"]
        lines += [
            f"| {s.rule} | {s.pages} | {s.precision:.2f} | {s.recall:.2f} | {s.delay_s:.0f} s | {s.spent:.2%} |"
            for s in scores.pages
        ]
        lines += ["", *tickets.table(scores.tickets), ""]
    return "\n".join(lines)


def main() -> int:
    """Print the table, write it, and fail where a customary rule does better."""
    words = argparse.ArgumentParser(prog="python -m bench.backtest", description=__doc__)
    words.add_argument("--seed", type=int, default=2026)
    seed = words.parse_args().seed
    found = run(seed)
    text = table(found)
    print(text)
    (RESULTS / "backtest.md").write_text(f"# Backtest\n\nSeed {seed}.\n\n{text}", encoding="utf-8")
    told = {name: asdict(scores) for name, scores in found.items()}
    (RESULTS / "backtest.json").write_text(json.dumps({"seed": seed, "scores": told}, indent=1) + "\n")
    wrong = [
        f"{name}: {what}"
        for name, scores in found.items()
        for what in (*better(scores.pages), *tickets.better(scores.tickets))
    ]
    print("\n".join(f"not better: {what}" for what in wrong) or "better in every column")
    return 1 if wrong else 0


if __name__ == "__main__":
    raise SystemExit(main())
