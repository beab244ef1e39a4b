"""The register's entries in memory are those of the file, whatever is entered, refused or erased."""

from collections.abc import Sequence
from pathlib import Path

import pytest
from slamon.errors import UsageError
from slamon.ledger import Entry, Ledger, register
from slamon.ledger.erasing import Wanted

ENTRIES = [
    Entry("complaint", "Ada", {"customer": "k", "text": "kaputt", "who": "Bert", "felt_from_ms": 5}, service="shop"),
    Entry(
        "review", "Ada", {"participants": ("Bert", "Cleo"), "decisions": (), "minutes": "viel", "held": "2026-10-01"}
    ),
    Entry("closing", "Ada", {"period": "2026-09"}, agreement="gold", content=b"x"),
]


def same(ledger: Ledger) -> Sequence[Entry]:
    kept = ledger.entries().result()
    assert list(kept) == register(ledger.path)
    assert all(
        type(value) is type(twin.body[key])
        for entry, twin in zip(kept, register(ledger.path), strict=True)
        for key, value in entry.body.items()
    )
    return kept


def test_what_is_kept_is_what_is_there(tmp_path: Path) -> None:
    ledger = Ledger.open(tmp_path / "slamon.db")
    try:
        assert same(ledger) == ()
        made = ledger.enter(ENTRIES[:2], 1000).result()
        assert [entry.id for entry in made] == [1, 2]
        before = same(ledger)
        ledger.enter(ENTRIES[2:], 2000).result()
        after = same(ledger)
        assert all(old is new for old, new in zip(before, after, strict=False)), "what is known was made anew"

        def no(there: Sequence[Entry]) -> None:
            assert there is after
            raise UsageError("no")

        with pytest.raises(UsageError, match="no"):
            ledger.enter(ENTRIES, 3000, no).result()
        assert same(ledger) is after
        ledger.enter(ENTRIES, 3000, lambda there: [ENTRIES[0]]).result()
        assert len(same(ledger)) == 4

        with pytest.raises(TypeError):
            ledger.enter([Entry("complaint", "Ada", {"customer": object()})], 4000).result()
        assert len(same(ledger)) == 4

        ledger.erase(Wanted("Bert"), "Ada", "asked", 5000).result()
        erased = same(ledger)
        assert len(erased) == 5
        assert "Bert" not in str(erased)
    finally:
        ledger.close()
    ledger = Ledger.open(tmp_path / "slamon.db")
    try:
        loaded = ledger.load()
        assert same(ledger) is loaded.register
        assert list(loaded.register) == list(erased)
    finally:
        ledger.close()
