"""An action's expectation beside the figures before its entry and after it was done."""

from datetime import date
from fractions import Fraction
from typing import Any

import pytest
from slamon.accounting import Observation, Verdict
from slamon.catalogue import load_value
from slamon.desk.improving import DAY_MS, MONTH_MS, Improved, Lengths, Outcome, improved
from slamon.desk.things import Action, ActionState, Expectation, Improvement
from slamon.figures import Facts, Figures

from tests.unit.desk.company import HOUR, HTTP, MINUTE, at, complaint

BEGUN = at("2026-08-01T00:00")
ENTERED = at("2026-09-01T00:00")
DONE = date(2026, 9, 10)
DONE_MS = at("2026-09-11T00:00")
LATENCY = {"threshold": "1s", "target": "95%", "min_observations": 1}


def figures(until: int, down: dict[str, int]) -> Figures:
    """An hour between probes; `down`: on these days so many hours from noon on."""
    made = {
        "slamon": 1,
        "customers": {"dealers": {"name": "Händler", "kind": "external"}},
        "services": {"shop": {"checks": {"web": {**HTTP, "since": "2026-01-01T00:00:00Z", "interval": "1h"}}}},
        "agreements": {
            "gold": {
                "customer": "dealers",
                "services": ["shop"],
                "target": "99%",
                "timezone": "UTC",
                "latency": LATENCY,
            }
        },
    }
    found = Figures(load_value(made), Facts())
    bad = [(at(f"{day}T12:00"), hours) for day, hours in down.items()]
    for now in range(BEGUN, until, HOUR):
        is_down = any(start <= now < start + hours * HOUR for start, hours in bad)
        verdict = Verdict.DOWN if is_down else Verdict.UP
        found.take(Observation("shop/web", now, verdict, HOUR, 2 * HOUR, 100_000))
    found.book.refresh(until)
    return found


def action(figure: Improvement, value: str, **more: Any) -> Action:
    given: dict[str, Any] = {"state": ActionState.DONE, "ended": DONE, **more}
    expected = Expectation(figure, "gold", "shop", Fraction(value))
    return Action(7, given.pop("entered", ENTERED), "Ada", "More memory", "Cy", "web", DONE, expected=expected, **given)


def measured(figure: Improvement, value: str, days: int = 10, **down: Any) -> Improved:
    now = DONE_MS + days * DAY_MS
    found = figures(now, down.pop("down", {"2026-08-25": 5, "2026-09-15": 2}))
    said = [complaint("2026-08-30T12:00"), complaint("2026-08-31T12:00"), complaint("2026-09-12T12:00", service="x")]
    told = improved(found, action(figure, value, **down), said, now)
    assert told is not None
    return told


class TestMeasured:
    def test_both_spans_have_one_length_before_the_entry_and_after_the_last_day(self) -> None:
        told = measured(Improvement.AVAILABILITY, "0.99")

        assert told.before is not None
        assert told.after is not None
        assert (told.before.start, told.before.end) == (ENTERED - 10 * DAY_MS, ENTERED)
        assert (told.after.start, told.after.end) == (DONE_MS, DONE_MS + 10 * DAY_MS)
        assert told.before.value == Fraction(235, 240)
        assert told.after.value == Fraction(238, 240)
        assert (told.before.coverage, told.after.coverage) == (1, 1)
        assert told.outcome is Outcome.REACHED

    def test_it_is_the_figure_of_the_account(self) -> None:
        told = measured(Improvement.AVAILABILITY, "0.99")
        found = figures(DONE_MS + 10 * DAY_MS, {"2026-08-25": 5, "2026-09-15": 2})
        period = found.period("gold", "2026-08-22/2026-09-01")
        (figure,) = found.book.figures("gold", "shop", period, DONE_MS + 10 * DAY_MS)

        assert told.before is not None
        assert told.before.value == figure.availability

    def test_counted_things_are_told_for_a_month(self) -> None:
        told = measured(Improvement.DOWNTIME, str(3 * HOUR))

        assert told.before is not None
        assert told.after is not None
        assert told.before.value == 5 * HOUR * MONTH_MS / (10 * DAY_MS)
        assert told.after.value == 2 * HOUR * MONTH_MS / (10 * DAY_MS)
        assert told.outcome is Outcome.BETTER

    def test_outages_and_complaints(self) -> None:
        outages, complaints = measured(Improvement.OUTAGES, "1"), measured(Improvement.COMPLAINTS, "0")

        assert outages.before is not None
        assert complaints.before is not None
        assert complaints.after is not None
        assert outages.before.value == MONTH_MS / (10 * DAY_MS)
        assert complaints.before.value == 2 * MONTH_MS / (10 * DAY_MS)
        assert complaints.after.value == 0
        assert (outages.outcome, complaints.outcome) == (Outcome.NOT_BETTER, Outcome.REACHED)

    def test_latency(self) -> None:
        told = measured(Improvement.LATENCY, "0.95")

        assert told.after is not None
        assert (told.after.value, told.outcome) == (1, Outcome.REACHED)

    def test_worse_is_not_better(self) -> None:
        told = measured(Improvement.AVAILABILITY, "0.999", down={"2026-09-15": 2})

        assert told.outcome is Outcome.NOT_BETTER

    def test_no_longer_than_there_is_history(self) -> None:
        told = measured(Improvement.AVAILABILITY, "0.99", days=60)

        assert told.before is not None
        assert told.after is not None
        assert told.before.start == BEGUN
        assert told.after.end - told.after.start == ENTERED - BEGUN

    def test_ninety_days_are_the_most(self) -> None:
        entered, now = BEGUN + 100 * DAY_MS, at("2026-12-01T00:00") + 100 * DAY_MS
        done = date(2026, 11, 30)
        told = improved(figures(now, {}), action(Improvement.AVAILABILITY, "0.9", ended=done, entered=entered), [], now)

        assert told is not None
        assert told.before is not None
        assert told.after is not None
        assert (told.before.start, told.before.end) == (entered - 90 * DAY_MS, entered)
        assert told.after.end - told.after.start == 90 * DAY_MS

    def test_complaints_of_another_customer_are_not_counted(self) -> None:
        now = DONE_MS + 10 * DAY_MS
        said = [complaint("2026-09-12T12:00"), complaint("2026-09-13T12:00", customer="staff")]
        told = improved(figures(now, {}), action(Improvement.COMPLAINTS, "0"), said, now)

        assert told is not None
        assert told.after is not None
        assert told.after.value == MONTH_MS / (10 * DAY_MS)


class TestNotMeasured:
    def test_too_early_says_when(self) -> None:
        told = measured(Improvement.AVAILABILITY, "0.99", days=6)

        assert (told.outcome, told.possible_from) == (Outcome.TOO_EARLY, DONE_MS + 7 * DAY_MS)
        assert (told.before, told.after) == (None, None)

    def test_how_long_it_takes_at_least_can_be_said(self) -> None:
        now = DONE_MS + 2 * DAY_MS
        found = figures(now, {})
        told = improved(found, action(Improvement.AVAILABILITY, "0.9"), [], now, Lengths(least_ms=DAY_MS))

        assert told is not None
        assert told.outcome is Outcome.REACHED

    @pytest.mark.parametrize("state", [ActionState.OPEN, ActionState.DROPPED])
    def test_what_is_not_done_brought_nothing(self, state: ActionState) -> None:
        assert measured(Improvement.AVAILABILITY, "0.99", state=state).outcome is Outcome.NOT_DONE

    def test_history_that_begins_too_late(self) -> None:
        now = DONE_MS + 10 * DAY_MS
        late = action(Improvement.AVAILABILITY, "0.99")
        found = figures(now, {})
        early = Action(
            late.number, BEGUN + MINUTE, late.author, late.title, late.owner, late.team, late.due,
            expected=late.expected, state=late.state, ended=late.ended,
        )  # fmt: skip

        told = improved(found, early, [], now)
        assert told is not None
        assert told.outcome is Outcome.NO_FIGURE

    def test_an_agreement_that_is_no_more(self) -> None:
        now = DONE_MS + 10 * DAY_MS
        expected = Expectation(Improvement.OUTAGES, "gone", "shop", Fraction(1))
        gone = Action(7, ENTERED, "Ada", "t", "Cy", None, DONE, expected=expected, state=ActionState.DONE, ended=DONE)
        told = improved(figures(now, {}), gone, [], now)

        assert told is not None
        assert told.outcome is Outcome.NO_FIGURE

    def test_without_an_expectation_there_is_nothing_to_measure(self) -> None:
        plain = Action(7, ENTERED, "Ada", "t", "Cy", None, DONE)

        assert improved(figures(DONE_MS, {}), plain, [], DONE_MS) is None
