"""The numbered steps of the ledger's form."""

import re
import sqlite3

from slamon.ledger.opening import migrated, migrations


def test_migrations_are_numbered_without_a_gap() -> None:
    assert [number for number, _ in migrations()] == list(range(1, len(migrations()) + 1))


def test_no_migration_ends_its_own_transaction() -> None:
    for _, sql in migrations():
        assert not re.search(r"^\s*(begin|commit|rollback|vacuum|pragma)\b", sql, re.IGNORECASE | re.MULTILINE)


def test_every_key_of_a_table_without_rowid_comes_first() -> None:
    """SQLite 3.40's quick_check takes other columns for null, and a sound ledger for a damaged one."""
    connection = sqlite3.connect(":memory:", isolation_level=None)
    migrated(connection, 0)
    tables = [row for row in connection.execute("pragma table_list") if row[2] == "table" and row[4]]
    assert tables
    for _, name, *_ in tables:
        columns = sorted(connection.execute(f"pragma table_info({name})"))
        keys = [position for *_, position in columns if position]
        assert [position for *_, position in columns][: len(keys)] == list(range(1, len(keys) + 1)), name
