"""A ledger of an earlier form becomes one of the newest, or stays as it was."""

import sqlite3
from pathlib import Path

import pytest
from slamon.errors import LedgerError
from slamon.ledger import Ledger, opening, read_only
from slamon.ledger.opening import migrations

from tests.integration.ledger.keeper import comparable
from tests.integration.ledger.test_foreign_files import contents, filled_ledger

NEXT = len(migrations()) + 1
NOTE = "create table note (id integer primary key, words text not null) strict; insert into note values (1, 'hello');"


def ledger_of_form(path: Path, newest: int) -> None:
    """A ledger as a version wrote it that knew the migrations up to `newest`."""
    with pytest.MonkeyPatch.context() as patch:
        known = migrations()[:newest]
        patch.setattr(opening, "migrations", lambda: known)
        Ledger.open(path).close()


def schema(path: Path) -> list[tuple[str, str]]:
    connection = sqlite3.connect(path)
    found = connection.execute("select name, sql from sqlite_schema order by name").fetchall()
    connection.close()
    return found


def version(path: Path) -> int:
    connection = sqlite3.connect(path)
    found = connection.execute("pragma user_version").fetchone()[0]
    connection.close()
    return int(found)


def with_next(monkeypatch: pytest.MonkeyPatch, sql: str) -> None:
    known = (*migrations(), (NEXT, sql))
    monkeypatch.setattr(opening, "migrations", lambda: known)


@pytest.mark.parametrize("form", [number for number, _ in migrations()])
def test_a_ledger_of_any_earlier_form_comes_to_the_newest(path: Path, form: int) -> None:
    ledger_of_form(path, form)
    assert version(path) == form
    Ledger.open(path).close()
    Ledger.open(path.with_name("new.db")).close()
    assert version(path) == NEXT - 1
    assert schema(path) == schema(path.with_name("new.db"))


def test_a_migration_keeps_what_is_stored(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    filled_ledger(path)
    stored = comparable(read_only(path))
    with_next(monkeypatch, NOTE)
    Ledger.open(path).close()
    assert version(path) == NEXT
    assert "note" in dict(schema(path))
    assert comparable(read_only(path)) == stored
    Ledger.open(path).close()  # it is not run again


def test_a_migration_that_fails_half_way_leaves_the_file_as_it_was(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    filled_ledger(path)
    before = contents(path)
    with_next(monkeypatch, NOTE + "delete from run; insert into note values (1, 'twice');")
    with pytest.raises(LedgerError, match="UNIQUE constraint failed"):
        Ledger.open(path)
    assert contents(path) == before
    monkeypatch.undo()
    ledger = Ledger.open(path)
    assert ledger.load().runs
    ledger.close()


def test_an_earlier_form_is_read_without_being_changed(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    filled_ledger(path)
    before = contents(path)
    with_next(monkeypatch, NOTE)
    assert read_only(path).runs
    assert contents(path) == before


def test_a_new_ledger_whose_migrations_fail_is_not_there(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with_next(monkeypatch, "create table note (id); create table note (id);")
    with pytest.raises(LedgerError, match="table note already exists"):
        Ledger.open(path)
    assert [file.name for file in path.parent.iterdir()] == ["slamon.db.lock"]
