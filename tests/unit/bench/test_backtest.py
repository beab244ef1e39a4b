"""The backtest: slamon's pages are better in every column, and a rule that is worse is seen to be; and its tickets."""

from dataclasses import replace

from bench import tickets
from bench.backtest import AGREED, OURS, RULES, better, judged, table
from bench.outages import START_S, Event, Kind, a_year, fails, probes
from slamon.export.alerting import agreements
from slamon.export.alerting.alert import Fit

SHORT = [event for event in a_year(7) if event.end - event.start < 3600][:30]


def test_a_part_of_a_year_is_better_in_every_column() -> None:
    for terms in AGREED.values():
        scores = judged(terms, SHORT)

        assert better(scores.pages) == [], table({"": scores})


def test_a_worse_rule_is_seen() -> None:
    terms = next(iter(AGREED.values()))
    scores = judged(terms, SHORT[:12]).pages
    worse = [replace(s, delay_s=9999.0, precision=-1.0) if s.rule == OURS else s for s in scores]

    assert any("delay" in what for what in better(worse))
    assert any("precision" in what for what in better(worse))


def test_a_flapping_service_fails_every_other_while() -> None:
    event = Event(1_800_000_000, 1_800_000_360, Kind.FLAPPING)

    assert [fails(event, event.start + s) for s in (0, 89, 90, 179, 180)] == [True, True, False, False, True]


def test_a_failure_is_probed_again_at_once() -> None:
    (event,) = [e for e in a_year(7) if e.kind is Kind.OUTAGE][:1]
    told = [at for at, failed, _ in probes([event]) if failed]

    assert told[1] - told[0] == 8
    assert told[2] - told[1] == 30


DAY_S = 86_400
MINE = START_S + 12 * DAY_S + 3600
"""A moment that is in no maintenance."""


def outage(at: int, length_s: int) -> Event:
    return Event(at, at + length_s, Kind.OUTAGE)


def the_tickets(*events: Event) -> dict[str, tickets.Score]:
    return {s.rule: s for s in judged(next(iter(AGREED.values())), events).tickets}


def test_a_tenth_of_the_budget_is_a_ticket_and_the_whole_is_a_breach() -> None:
    """99.9 % of January allow 2678 s, and a tenth of that is 268 s."""
    scores = the_tickets(outage(MINE, 400), outage(MINE + 6 * DAY_S, 2600))
    burn, breach = scores["SlamonBudgetBurn (ticket)"], scores["SlamonAgreementBreached"]

    assert (burn.tickets, burn.precision, burn.recall) == (2, 1.0, 1.0)
    assert burn.delay_s is not None
    assert 0 <= burn.delay_s <= 60
    assert (breach.tickets, breach.precision, breach.recall) == (1, 1.0, 1.0)
    assert breach.delay_s is not None
    assert abs(breach.delay_s) <= 60
    assert breach.spent is not None
    assert 0.98 <= breach.spent <= 1.03


def test_less_than_a_tenth_is_none_and_what_the_probes_cannot_tell_apart_is_no_mistake() -> None:
    assert the_tickets(outage(MINE, 200))["SlamonBudgetBurn (ticket)"].tickets == 0
    near = the_tickets(outage(MINE, 280))["SlamonBudgetBurn (ticket)"]
    assert near.recall is None
    assert near.tickets in (0, 1)
    assert near.precision == near.tickets


def test_fixed_factors_write_tickets_for_maintenance() -> None:
    [maintained] = [e for e in a_year(7) if e.kind is Kind.OUTAGE and e.end - e.start == 4200][:1]
    scores = the_tickets(maintained)

    assert scores["SlamonBudgetBurn (ticket)"].tickets == 0
    assert (scores["burn factors 3 and 1"].tickets, scores["burn factors 3 and 1"].precision) == (1, 0.0)


def test_a_worse_ticket_is_seen() -> None:
    scores = list(the_tickets(outage(MINE, 400)).values())
    assert [what.partition(" ")[0] for what in tickets.better([replace(s, precision=0.5) for s in scores])] == [
        "precision"
    ]
    worse = [
        replace(s, precision=0.1, recall=0.1, delay_s=900.0, spent=0.9) if s.rule == tickets.OURS else s for s in scores
    ]
    assert len(tickets.better(worse)) == 4


def test_every_alert_on_a_budget_has_its_row() -> None:
    rows = " ".join([*RULES, *tickets.RULES])
    without = {"SlamonCoverageLow", "SlamonLatencyObjectiveMissed"}  # they tell of no outage
    assert {alert.name for alert in agreements.group(Fit()).alerts} - without <= set(rows.replace("(", " ").split())
