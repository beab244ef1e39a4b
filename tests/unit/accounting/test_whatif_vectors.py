"""Terms that are laid over a catalogue and say what it says: every worked case comes out the same."""

import json
from pathlib import Path

import pytest
from adapter import VECTORS, load, names
from slamon.accounting.whatif import difference, key, left_ms, summaries
from slamon.catalogue import load_value
from slamon.catalogue.overlay import Overlay, overlaid
from slamon.replay import read, replayed
from test_vectors import answers, figures, in_one_go, told


@pytest.mark.parametrize("name", names())
def test_unchanged_terms_give_the_worked_case(name: str, tmp_path: Path) -> None:
    case = load(name)
    raw = json.loads((VECTORS / f"{name}.json").read_text())
    seen = tmp_path / "seen.jsonl"
    seen.write_text("".join(json.dumps(line) + "\n" for line in raw["observations"]))
    catalogue = load_value(raw["catalogue"])
    agreed = replayed(catalogue, read(seen, catalogue, case.now))
    other = agreed.under(overlaid(catalogue, Overlay(), ()))
    book = in_one_go(case, case.now)
    before, after, known = (list(figures(case, one, case.now)) for one in (agreed.book, other.book, book))
    assert after == before
    assert [told(other.book, f, case.now) for f in after] == case.expected == answers(case, book, case.now)
    assert [difference(one, two).downtime_ms for one, two in zip(after, known, strict=True)] == [0] * len(after)
    by_key = {key(figure): figure for figure in before}
    for found in summaries(after, by_key):
        own = [f for f in after if (f.agreement, f.service) == (found.agreement, found.service)]
        assert (found.newly_met, found.newly_breached) == ((), ())
        assert found.downtime_ms == sum(f.downtime_ms for f in own)
        assert found.left_ms == sum(left_ms(f) for f in own)
