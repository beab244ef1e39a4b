"""Later entries say what became of earlier ones."""

from datetime import date
from fractions import Fraction
from typing import Any

from slamon.desk import ActionState, ComplaintState, Desk, Improvement
from slamon.ledger import Entry


def entry(number: int, kind: str, service: str | None = None, **body: Any) -> Entry:
    return Entry(kind, "Ada", body, None, service, number, 1000 * number)


def complaint(number: int) -> Entry:
    return entry(
        number, "complaint", "shop", customer="c", felt_from_ms=5, felt_to_ms=None, text="slow", channel="phone",
        who="Bo", reference=None,
    )  # fmt: skip


def action(number: int, origin: int | None = None) -> Entry:
    return entry(
        number, "action", "shop", title="More memory", owner="Cy", team="web", due="2026-11-30", customer="c",
        origin=origin, outage_ms=7, reference=None,
        expected={"figure": "availability", "agreement": "a", "service": "shop", "value": "0.999"},
    )  # fmt: skip


class TestComplaints:
    def test_the_newest_word_says_where_it_stands(self) -> None:
        told = [complaint(1)]
        states = []
        for number, kind in enumerate(("complaint_answer", "complaint_solution", "complaint_reopening"), 2):
            told.append(entry(number, kind, entry=1, text=kind))
            states.append(Desk.of(told).complaints[1].state)
        assert states == [ComplaintState.ANSWERED, ComplaintState.SOLVED, ComplaintState.OPEN]
        assert [remark.number for remark in Desk.of(told).complaints[1].remarks] == [2, 3, 4]

    def test_a_link_leaves_the_state_and_counts_once(self) -> None:
        links = [entry(n, "complaint_link", "shop", entry=1, outage_ms=9, text="") for n in (2, 3)]
        found = Desk.of([complaint(1), *links]).complaints[1]
        assert (found.state, found.outages) == (ComplaintState.OPEN, (("shop", 9),))


class TestActions:
    def test_one_of_a_review_is_told_there(self) -> None:
        review = entry(
            1, "review", customer="c", period="2026-10", held="2026-11-04", participants=["Bo"], minutes="m",
            decisions=["d"], reference=None,
        )  # fmt: skip
        desk = Desk.of([review, action(2, origin=1)])
        assert desk.reviews[1].actions == (2,)
        expected = desk.actions[2].expected
        assert expected is not None
        assert (expected.figure, expected.value) == (Improvement.AVAILABILITY, Fraction(999, 1000))

    def test_overdue_from_the_day_after_its_due_day_until_it_ends(self) -> None:
        moved = entry(3, "action_move", entry=2, due="2026-12-05", owner="Di", team=None, text="")
        done = entry(4, "action_done", entry=2, day="2026-12-09", text="")
        found = Desk.of([action(2)]).actions[2]
        assert [found.overdue(date(2026, 11, 30)), found.overdue(date(2026, 12, 1))] == [False, True]
        found = Desk.of([action(2), moved]).actions[2]
        assert (found.owner, found.overdue(date(2026, 12, 1)), found.overdue(date(2026, 12, 6))) == ("Di", False, True)
        found = Desk.of([action(2), moved, done]).actions[2]
        assert (found.state, found.ended) == (ActionState.DONE, date(2026, 12, 9))
        assert not found.overdue(date(2027, 1, 1))


def test_entries_of_other_kinds_are_passed_over() -> None:
    assert Desk.of([entry(1, "correction"), entry(2, "closing")]) == Desk({}, {}, {}, {})
