"""The register's entries in memory are those of the file, whatever is entered, refused or erased."""

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import pytest
from slamon.errors import LedgerDamaged, UsageError
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


def test_an_entry_edited_by_hand_that_is_none_any_more_is_told_of_and_keeps_no_other_out(tmp_path: Path) -> None:
    path = tmp_path / "slamon.db"
    with closing(Ledger.open(path)) as ledger:
        ledger.enter(ENTRIES, 1000).result()
    with closing(sqlite3.connect(path)) as by_hand, by_hand:
        by_hand.execute("update register set body = 'no JSON' where id = 2")
    with closing(Ledger.open(path)) as ledger:
        assert [entry.id for entry in ledger.enter([ENTRIES[0]], 2000).result()] == [4]
        with pytest.raises(LedgerDamaged, match="a row cannot be read"):
            ledger.enter([ENTRIES[0]], 3000, lambda there: None).result()
        with pytest.raises(LedgerDamaged, match="a row cannot be read"):
            ledger.entries().result()
