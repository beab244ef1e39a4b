"""What is known of a ledger: up to its newest commit while slamon runs, up to now when it does not."""

from pathlib import Path

import pytest
from slamon.accounting import Run, Stint, Verdict
from slamon.catalogue import Catalogue, load_value, terms
from slamon.errors import UsageError
from slamon.ledger import Batch, Ledger, watermark
from slamon.running.stored import known_figures

START = 1_790_812_800_000  # 2026-10-01T00:00:00Z
HOUR = 3_600_000
NEWEST = START + 10 * HOUR
CATALOGUE = {
    "slamon": 1,
    "customers": {"kunde": {"name": "Kunde", "kind": "external"}},
    "services": {"shop": {"checks": {"home": {"tcp": {"address": "127.0.0.1:9"}}}}},
    "agreements": {"gold": {"customer": "kunde", "services": ["shop"], "target": "99.9%", "timezone": "UTC"}},
}


@pytest.fixture
def loaded() -> Catalogue:
    return load_value(CATALOGUE)


@pytest.fixture
def ledger(loaded: Catalogue, tmp_path: Path) -> Path:
    path = tmp_path / "slamon.db"
    opened = Ledger.open(path)
    (check,) = loaded.checks.values()
    batch = Batch(watermark=NEWEST)
    batch.put_runs([Run(check.id, START, NEWEST - 60_000, NEWEST, Verdict.UP, 600, 60_000, 125_000)])
    batch.stints[check.id] = (Stint(check.service, START, None, terms.check_terms(check)),)
    opened.commit(batch).result()
    opened.close()
    return path


@pytest.mark.parametrize(
    ("running", "at", "known"),
    [
        (True, NEWEST + HOUR, NEWEST),
        (True, NEWEST - HOUR, NEWEST - HOUR),
        (False, NEWEST + HOUR, NEWEST + HOUR),
        (False, NEWEST - HOUR, NEWEST - HOUR),
    ],
)
def test_up_to_when_figures_are_known(loaded: Catalogue, ledger: Path, running: bool, at: int, known: int) -> None:
    figures, found = known_figures(loaded, ledger, "2026-10", at, running=running)
    assert found == known
    (figure,) = figures.book.figures("gold", "shop", figures.period("gold", "2026-10"), found)
    assert figure.unknown_ms == max(0, known - NEWEST), "nobody looked after the stop"
    assert figure.in_service_ms == known - START


def test_the_watermark_of_a_ledger(ledger: Path, tmp_path: Path) -> None:
    assert watermark(ledger) == NEWEST
    new = tmp_path / "new.db"
    Ledger.open(new).close()
    assert watermark(new) is None
    with pytest.raises(UsageError, match="ledger"):
        watermark(tmp_path / "none.db")
