"""The backtest: slamon's pages are better in every column, and a rule that is worse is seen to be."""

from dataclasses import replace

from bench.backtest import AGREED, OURS, better, judged, table
from bench.outages import Event, Kind, a_year, fails, probes

SHORT = [event for event in a_year(7) if event.end - event.start < 3600][:30]


def test_a_part_of_a_year_is_better_in_every_column() -> None:
    for terms in AGREED.values():
        scores = judged(terms, SHORT)

        assert better(scores) == [], table({"": scores})


def test_a_worse_rule_is_seen() -> None:
    terms = next(iter(AGREED.values()))
    scores = judged(terms, SHORT[:12])
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
