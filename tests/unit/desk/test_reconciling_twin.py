"""Whatever happened and whatever was agreed: the finding is the one that a reader makes minute by minute."""

from collections.abc import Sequence
from dataclasses import dataclass

from hypothesis import given, settings
from hypothesis import strategies as st
from slamon.accounting import Correction, CorrectionKind, Observation, Verdict
from slamon.catalogue import load_value
from slamon.desk.reconciling import Finding, Leeway, reconcile
from slamon.figures import Facts, Figures

from tests.unit.desk.company import HTTP, MINUTE, at, complaint

FIRST, LAST = 0, 240
"""The minutes of the story, from 07:00 on; the hours begin at 08:00, the sixtieth."""
LEEWAY = Leeway(before_ms=5 * MINUTE, after_ms=5 * MINUTE)
BEGIN = at("07:00")

Span = tuple[int, int]
spans = st.lists(
    st.tuples(st.integers(FIRST, LAST - 1), st.integers(1, 40)).map(lambda one: (one[0], one[0] + one[1])), max_size=3
)


@dataclass(frozen=True)
class Story:
    """Minutes [a, b) in which the check failed, was degraded or was not looked at; and what was agreed."""

    down: Sequence[Span]
    degraded: Sequence[Span]
    unseen: Sequence[Span]
    maintenance: Sequence[Span]
    corrections: Sequence[tuple[CorrectionKind, Span]]
    felt: Span


stories = st.builds(
    Story,
    spans,
    spans,
    spans,
    spans,
    st.lists(st.tuples(st.sampled_from(CorrectionKind), spans.filter(bool).map(lambda found: found[0])), max_size=2),
    st.tuples(st.integers(10, LAST - 60), st.integers(1, 45)).map(lambda one: (one[0], one[0] + one[1])),
)


def inside(minute: int, stretches: Sequence[Span]) -> bool:
    return any(start <= minute < end for start, end in stretches)


def told(minute: int) -> str:
    total = 7 * 60 + minute
    return f"2026-10-06T{total // 60:02d}:{total % 60:02d}:00Z"


def figures(story: Story) -> Figures:
    """As slamon would have it: every observation vouches for its own minute only, and is confirmed by itself."""
    maintenance = [{"start": told(start), "end": told(end)} for start, end in story.maintenance]
    check = {**HTTP, "since": "2026-01-01T00:00:00Z", "interval": "1m", "confirm": 1}
    made = {
        "slamon": 1,
        "customers": {"dealers": {"name": "Händler", "kind": "external"}},
        "calendars": {"office": {"hours": {"mon-fri": ["08:00-18:00"]}}},
        "services": {"shop": {"checks": {"web": check}}},
        "agreements": {
            "gold": {
                "customer": "dealers", "services": ["shop"], "target": "99%", "timezone": "UTC",
                "valid_from": "2026-01-01", "service_hours": "office", "maintenance": maintenance,
            }
        },
    }  # fmt: skip
    found = Figures(load_value(made), Facts())
    for minute in range(FIRST, LAST):
        if not inside(minute, story.unseen):
            verdict = Verdict.UP
            if inside(minute, story.down) or inside(minute, story.degraded):
                verdict = Verdict.DOWN if inside(minute, story.down) else Verdict.DEGRADED
            found.take(Observation("shop/web", BEGIN + minute * MINUTE, verdict, MINUTE, MINUTE))
    found.correct(
        Correction("gold", kind, BEGIN + start * MINUTE, BEGIN + end * MINUTE, number, order=(0, number))
        for number, (kind, (start, end)) in enumerate(story.corrections)
    )
    found.book.refresh(BEGIN + LAST * MINUTE)
    return found


def owing(story: Story, minute: int) -> str:
    if minute < 60:
        return "outside_hours"
    kinds = [kind for kind, (start, end) in story.corrections if start <= minute < end]
    if kinds:
        return "said_down" if kinds[-1] is CorrectionKind.DOWN else "excluded"
    return "in_maintenance" if inside(minute, story.maintenance) else "owed"


def states(story: Story) -> list[str]:
    """Of each minute; time that nobody saw between two failures is part of the outage."""
    out = []
    for minute in range(FIRST, LAST):
        if inside(minute, story.unseen):
            out.append("unknown")
        else:
            out.append("down" if inside(minute, story.down) else "degraded" if inside(minute, story.degraded) else "up")
    for minute, state in enumerate(out):
        if state == "unknown":
            before = next((s for s in reversed(out[:minute]) if s not in ("unknown", "bridged")), None)
            after = next((s for s in out[minute:] if s != "unknown"), None)
            if before == after == "down":
                out[minute] = "bridged"
    return out


def expected(story: Story) -> Finding:
    seen, (start, end) = states(story), story.felt
    looked = range(max(start - 5, FIRST), min(end + 5, LAST))
    trouble = [minute for minute in looked if seen[minute] in ("down", "degraded", "bridged")]
    owed = {minute: owing(story, minute) for minute in looked}
    if "said_down" in owed.values() or any(owed[minute] == "owed" for minute in trouble):
        return Finding.AGREES
    for finding in (Finding.EXCLUDED, Finding.IN_MAINTENANCE, Finding.OUTSIDE_HOURS):
        if any(owed[minute] == finding.value for minute in trouble):
            return finding
    felt = [
        owed[minute] if owed[minute] != "owed" else "unknown_time" if seen[minute] == "unknown" else "watched"
        for minute in range(start, end)
    ]
    if felt.count("watched") * 2 > len(felt):
        return Finding.NOT_SEEN
    order = (Finding.EXCLUDED, Finding.IN_MAINTENANCE, Finding.OUTSIDE_HOURS, Finding.UNKNOWN_TIME)
    return max(order, key=lambda finding: felt.count(finding.value))


@settings(max_examples=300, deadline=None)
@given(stories)
def test_the_finding_is_that_of_a_reader_who_goes_minute_by_minute(story: Story) -> None:
    start, end = story.felt
    said = complaint(told(start)[:-1], told(end)[:-1])
    one = reconcile(figures(story), said, BEGIN + LAST * MINUTE, LEEWAY)

    assert one.finding is expected(story)
    assert all(seen.overlap_ms > 0 for seen in one.seen)
    assert bool(one.proposals) or one.finding is not Finding.NOT_SEEN
