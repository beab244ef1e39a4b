"""The register's chain: what was entered is as it was, or the first entry that is not is named."""

import sqlite3
from collections.abc import Iterator

import pytest
from slamon.accounting import CorrectionKind
from slamon.errors import UsageError
from slamon.ledger import Broken, Entry, erasing
from slamon.ledger.opening import migrated, migrations
from slamon.ledger.register import append, canonical, corrections, digest, first_broken, read_entries

BODY = {"kind": "up", "start_ms": 1, "end_ms": 2, "cause": "agreed", "reason": "Grüße", "ticket": None}


def entry(number: int) -> Entry:
    return Entry("correction", "sm", BODY | {"reason": f"reason {number}"}, "gold")


@pytest.fixture
def ledger() -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(":memory:", isolation_level=None)
    migrated(connection, 0)
    yield connection
    connection.close()


@pytest.fixture
def five(ledger: sqlite3.Connection) -> sqlite3.Connection:
    append(ledger, [entry(1), entry(2)], 1000)
    for number in (3, 4, 5):
        append(ledger, [entry(number)], 1000 * number)
    return ledger


def test_an_empty_register_is_whole(ledger: sqlite3.Connection) -> None:
    assert first_broken(ledger) is None
    assert read_entries(ledger) == []


def test_entries_are_numbered_dated_and_chained(five: sqlite3.Connection) -> None:
    found = read_entries(five)
    assert [(e.id, e.entered, e.author) for e in found] == [
        (1, 1000, "sm"), (2, 1000, "sm"), (3, 3000, "sm"), (4, 4000, "sm"), (5, 5000, "sm"),
    ]  # fmt: skip
    author, body = five.execute("select author, body from register where id = 1").fetchone()
    assert found[0].body == BODY | {"reason": "reason 1"}
    assert found[0].digest == digest("", [1, "correction", 1000, author, "gold", None, body])
    assert len({e.digest for e in found}) == 5
    assert first_broken(five) is None


@pytest.mark.parametrize(
    ("change", "number", "why"),
    [
        ("update register set author = 'x' where id = 2", 2, "it is not what was entered"),
        ("update register set entered = 2 where id = 3", 3, "it is not what was entered"),
        ("update register set agreement = 'silver' where id = 4", 4, "it is not what was entered"),
        ("update register set service = 'shop' where id = 1", 1, "it is not what was entered"),
        ("update register set kind = 'y' where id = 5", 5, "it is not what was entered"),
        ("update register set body = replace(body, 'agreed', 'other') where id = 2", 2, "it is not what was entered"),
        ("update register set body = replace(body, '@', '$') where id = 2", 2, "it is not what was entered"),
        ("update personal set value = 'reason 9' where value = 'reason 2'", 2, "its reason is not what was entered"),
        ("update personal set value = 'boss' where value = 'sm'", 1, "its author is not what was entered"),
        ("update personal set salt = x'00' where value = 'reason 3'", 3, "its reason is not what was entered"),
        ("delete from personal where value = 'reason 4'", 4, "its reason is missing, and no erasure tells of it"),
        ("update personal set salt = null, value = null, pseudonym = '[erased]' where value = 'reason 4'",
         4, "its reason is missing, and no erasure tells of it"),
        ("update register set digest = '' where id = 5", 5, "it is not what was entered"),
        ("delete from register where id = 3", 3, "it is missing"),
        ("delete from register where id = 1", 1, "it is missing"),
        ("delete from register where id = 5", 5, "it is missing"),
        ("delete from register where id > 3", 4, "it is missing, as are all up to 5"),
        ("delete from register", 1, "it is missing, as are all up to 5"),
        ("insert into register select 6, kind, entered, author, agreement, service, body, '' from register where id=1",
         6, "it is not what was entered"),
    ],
)  # fmt: skip
def test_the_first_entry_changed_by_hand_is_named(five: sqlite3.Connection, change: str, number: int, why: str) -> None:
    five.execute(change)
    assert first_broken(five) == Broken(number, why)


def test_an_entry_forged_with_its_digest_breaks_the_count(five: sqlite3.Connection) -> None:
    row = five.execute("select * from register where id = 5").fetchone()
    forged = (6, *row[1:7])
    five.execute("insert into register values (?, ?, ?, ?, ?, ?, ?, ?)", (*forged, digest(row[7], list(forged))))
    assert first_broken(five) == Broken(6, "it was not entered by slamon")


def test_a_revocation_ends_the_correction_and_takes_nothing_away(five: sqlite3.Connection) -> None:
    append(five, [Entry("revocation", "sm", {"entry": 2, "reason": "wrong"})], 6000)
    found = corrections(read_entries(five))
    assert [(c.order, c.entered, c.revoked) for c in found] == [
        ((0, 1), 1000, None), ((0, 2), 1000, 6000), ((0, 3), 3000, None), ((0, 4), 4000, None), ((0, 5), 5000, None),
    ]  # fmt: skip
    assert found[0].kind is CorrectionKind.UP


class TestOfAnEarlierVersion:
    """A ledger whose register was written before names stood apart: read as it is, and told where nothing can go."""

    @pytest.fixture
    def old(self) -> Iterator[sqlite3.Connection]:
        connection = sqlite3.connect(":memory:", isolation_level=None)
        for number, sql in migrations():
            if number < 6:
                connection.executescript(sql)
        row = (1, "correction", 1000, "sm", "gold", None, canonical(BODY))
        connection.execute("insert into register values (?, ?, ?, ?, ?, ?, ?, ?)", (*row, digest("", list(row))))
        connection.execute("insert into fact values ('register', 1)")
        yield connection
        connection.close()

    def test_it_is_read_and_whole(self, old: sqlite3.Connection) -> None:
        (found,) = read_entries(old)
        assert (found.author, found.body) == ("sm", BODY)
        assert first_broken(old) is None

    def test_what_stands_in_its_chain_is_told_before_anything_is_brought_to_the_new_form(
        self, old: sqlite3.Connection
    ) -> None:
        finding = erasing.found(old, erasing.Wanted("SM"))
        assert [(held.entry, held.key, held.digest) for held in finding.held] == [(1, "author", None)]
        assert (finding.instead, finding.erased(erasing.Wanted("sm", texts=True))) == ("Person 1", {})

    def test_it_goes_on_and_only_what_is_new_is_erased(self, old: sqlite3.Connection) -> None:
        migrated(old, 5)
        append(old, [entry(2)], 2000)
        assert [e.author for e in read_entries(old)] == ["sm", "sm"]
        erasing.erase(old, erasing.Wanted("sm"), "dpo", "asked", 3000)
        assert [e.author for e in read_entries(old)] == ["sm", "Person 1", "dpo"]
        assert first_broken(old) is None
        with pytest.raises(UsageError, match="written by an earlier version into the chain itself"):
            erasing.erase(old, erasing.Wanted("sm"), "dpo", "asked", 4000)
