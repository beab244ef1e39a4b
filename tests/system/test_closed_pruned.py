"""Retention and closed periods: facts that a closing rests on stay; where they had to go, that is said exactly."""

import json
from pathlib import Path

from slamon.catalogue import load
from slamon.catalogue.quantities import instant_ms
from slamon.ledger import Ledger, read_only
from slamon.running.retention import cutoffs

from tests.system.calling import MINUTE, Slamon
from tests.system.test_close_command import CLOSE, write
from tests.system.test_report_closed import month, report, slamon, summed, texts

__all__ = ["month", "slamon"]
LATER = instant_ms("2030-01-01T00:00:00Z")
"""Years after the retention of 400 days."""


def pruned() -> int:
    """What the running system does each night, as if it were years later; gives the number of runs that went."""
    loaded, path = load(Path("slamon.yml")), Path("data/slamon.db")
    before = cutoffs(loaded, read_only(path).runs, LATER)
    ledger = Ledger.open(path)
    try:
        return ledger.prune(before).result()
    finally:
        ledger.close()


def test_facts_under_an_agreement_outlive_the_retention_and_verify(month: Slamon) -> None:
    month(*CLOSE)
    before = summed(report(month))
    assert pruned() == 0
    done = month("verify", "2026-10")
    assert (done.code, done.out.splitlines()[-1]) == (0, "2026-10 of gold: as it was frozen")
    told = report(month)
    assert summed(told) == before == (2 * MINUTE, "0.983333333333")
    assert "cannot be made anew" not in texts(told, "summary")


def test_where_the_agreement_no_longer_needs_them_verify_names_what_is_gone_and_figures_stay(month: Slamon) -> None:
    """Who moves the agreement's begin behind a closed period lets its facts go: figures and register stay."""
    month(*CLOSE)
    write(service_hours="24x7", maintenance=[], valid_from="2029-06-01")
    assert pruned() > 0
    write(service_hours="24x7", maintenance=[])
    done = month("verify", "2026-10")
    first, second = done.out.splitlines()
    assert (done.code, first) == (1, "the register is whole: 1 entries")
    assert second == "2026-10 of gold: the facts of shop/home differ, first on 2026-10-05 (UTC)"
    told = report(month)
    assert summed(told) == (2 * MINUTE, "0.983333333333")
    assert "cannot be made anew" in texts(told, "summary")
    assert [one["downtime_ms"] for one in _shown(month)] == [2 * MINUTE]


def _shown(slamon: Slamon) -> list[dict[str, int]]:
    (closing,) = json.loads(slamon("close", "show", "2026-10", "-f", "json").out)["closings"]
    return list(closing["content"]["figures"])


def test_a_closing_of_an_agreement_that_is_gone_is_told_as_such(month: Slamon) -> None:
    month(*CLOSE)
    found = Path("slamon.yml").read_text().replace('"gold"', '"other"')
    Path("slamon.yml").write_text(found)
    done = month("verify")
    assert done.code == 1
    assert "2026-10 of gold: there is no agreement gold in the catalogue any more" in done.out
