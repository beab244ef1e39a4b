"""A file that is damaged, too new or somebody else's: one clear error, and not a byte of it changed."""

import random
import re
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from slamon.accounting import Run, Verdict
from slamon.errors import LedgerDamaged, LedgerError, LedgerTooNew, SlamonError, UsageError
from slamon.ledger import Batch, Ledger, backup, read_only

from tests.integration.ledger.keeper import Keeper, comparable, feed

PAGE = 4_096


def filled_ledger(path: Path, *, killed: bool = False) -> None:
    """A ledger with a good deal in every table; `killed`: its newest commits are in the log only."""
    ledger = Ledger.open(path)
    keeper = Keeper()
    for turn in range(40):
        keeper.commit(ledger, feed(keeper, turn, 60))
    batch = Batch()
    batch.put_runs(Run("a/long", s, s, s + 9, Verdict.UP, 1, 1, 1, "timeout") for s in range(0, 30_000, 10))
    ledger.commit(batch).result()
    if killed:
        shutil.copytree(path.parent, path.parent.parent / "killed")
    ledger.close()
    if killed:
        shutil.rmtree(path.parent)
        (path.parent.parent / "killed").rename(path.parent)


def contents(path: Path) -> dict[str, bytes]:
    """File and log, byte by byte."""
    return {
        name: path.with_name(name).read_bytes() for name in (path.name, f"{path.name}-wal") if _is_there(path, name)
    }


def _is_there(path: Path, name: str) -> bool:
    file = path.with_name(name)
    return file.exists() and file.stat().st_size > 0


def refused(path: Path, kind: type[SlamonError], words: str) -> None:
    """Opening, reading and copying say so, and change nothing."""
    before = contents(path)
    copy = path.parent / "copy.db"
    for attempt in (Ledger.open, read_only, lambda path: backup(path, copy)):
        with pytest.raises(kind, match=words) as found:
            attempt(path)
        assert str(path) in str(found.value)
        assert contents(path) == before
    assert not copy.exists()


def overwrite(path: Path, at: int, with_bytes: bytes) -> None:
    with path.open("r+b") as file:
        file.seek(at)
        file.write(with_bytes)


def version_set(path: Path, version: int) -> None:
    connection = sqlite3.connect(path)
    connection.execute(f"pragma user_version = {version}")
    connection.close()


@pytest.mark.parametrize("killed", [False, True])
def test_a_newer_versions_file_is_left_to_the_newer_version(path: Path, killed: bool) -> None:
    filled_ledger(path, killed=killed)
    if killed:
        connection = sqlite3.connect(path)
        connection.execute("pragma user_version = 99")
        shutil.copytree(path.parent, path.parent.parent / "kept")  # the number is in the log, not in the file
        connection.close()
        shutil.rmtree(path.parent)
        (path.parent.parent / "kept").rename(path.parent)
        assert _is_there(path, "slamon.db-wal")
    else:
        version_set(path, 99)
    refused(path, LedgerTooNew, r"newer slamon \(its form is 99, this one knows up to \d+\): run the newer version, or")


def test_another_programs_database_is_left_alone(path: Path) -> None:
    path.parent.mkdir()
    connection = sqlite3.connect(path)
    connection.execute("create table recipe (name)")
    connection.close()
    refused(path, LedgerError, "another program's database: name another file in storage.path, or --data")


GARBAGE: dict[str, Callable[[Path], None]] = {
    "garbage instead of the header": lambda path: overwrite(path, 0, b"\x17" * 100),
    "garbage from the beginning on": lambda path: overwrite(path, 0, random.Random(1).randbytes(3 * PAGE)),
    "no database at all": lambda path: path.write_text("dear diary\n" * 500),
    "cut in half": lambda path: overwrite_length(path, path.stat().st_size // 2),
    "cut in a page": lambda path: overwrite_length(path, path.stat().st_size // PAGE * PAGE - 100),
    "a header and nothing else": lambda path: overwrite_length(path, 100),
    "empty": lambda path: overwrite_length(path, 0),
}


def overwrite_length(path: Path, length: int) -> None:
    with path.open("r+b") as file:
        file.truncate(length)


@pytest.mark.parametrize("harm", GARBAGE)
def test_a_file_without_head_or_tail_is_damaged(path: Path, harm: str) -> None:
    filled_ledger(path)
    GARBAGE[harm](path)
    refused(path, LedgerDamaged, r"is damaged \(.+\)\. Nothing was changed\. Put it aside, .*and restore a backup")


def test_an_empty_file_beside_a_log_does_not_cost_the_log(path: Path) -> None:
    """SQLite removes the log of an empty file."""
    filled_ledger(path, killed=True)
    overwrite_length(path, 0)
    refused(path, LedgerDamaged, "it is empty")


def test_a_log_without_its_file_is_kept(path: Path) -> None:
    filled_ledger(path, killed=True)
    path.unlink()
    before = contents(path)
    with pytest.raises(LedgerDamaged, match=r"its newest commits are there, in .*slamon.db-wal: put the file back"):
        Ledger.open(path)
    with pytest.raises(UsageError):
        read_only(path)
    assert contents(path) == before


def test_a_backup_restored_beside_the_old_log_is_not_mixed_with_it(path: Path, tmp_path: Path) -> None:
    filled_ledger(path, killed=True)
    backup(path, tmp_path / "copy.db")
    expected = comparable(read_only(path))
    shutil.copy(tmp_path / "copy.db", path)
    refused(
        path, LedgerDamaged, "is a restored backup, but .*slamon.db-wal is of the file before: remove slamon.db-wal"
    )
    for name in ("slamon.db-wal", "slamon.db-shm"):
        path.with_name(name).unlink(missing_ok=True)
    ledger = Ledger.open(path)
    assert comparable(ledger.load()) == expected
    ledger.close()


@pytest.mark.parametrize("killed", [False, True])
@pytest.mark.parametrize("share", [0.1, 0.3, 0.5, 0.7, 0.9])
def test_a_page_overwritten_anywhere_is_found_before_anything_is_written(
    path: Path, share: float, killed: bool
) -> None:
    filled_ledger(path)
    if killed:
        ledger = Ledger.open(path)
        ledger.commit(Batch(watermark=5)).result()
        shutil.copytree(path.parent, path.parent.parent / "killed")
        ledger.close()
        path = path.parent.parent / "killed" / path.name
    pages = path.stat().st_size // PAGE
    overwrite(path, max(1, int(pages * share)) * PAGE, b"\xa5" * PAGE)
    before = contents(path)
    with pytest.raises(LedgerDamaged, match=re.escape(f"the ledger {path} is damaged (")):
        Ledger.open(path)
    assert contents(path) == before


def test_a_row_of_another_form_is_damage_too(path: Path) -> None:
    filled_ledger(path)
    connection = sqlite3.connect(path)
    connection.execute("update journal set body = '[[1]]'")
    connection.commit()
    connection.close()
    with pytest.raises(LedgerDamaged, match="a row cannot be read"):
        read_only(path)
    ledger = Ledger.open(path)
    with pytest.raises(LedgerDamaged, match="a row cannot be read"):
        ledger.load()
    ledger.close(clean=False)


def test_text_that_is_none_is_damage_too(path: Path) -> None:
    filled_ledger(path)
    connection = sqlite3.connect(path)
    connection.execute("update check_key set name = cast(x'ff41' as text) where key = 1")
    connection.commit()
    connection.close()
    with pytest.raises(LedgerDamaged):
        read_only(path)


def test_damage_found_while_running_is_told_by_the_commit(path: Path) -> None:
    filled_ledger(path)
    ledger = Ledger.open(path)
    pages = path.stat().st_size // PAGE
    for page in range(2, pages):
        overwrite(path, page * PAGE, b"\xa5" * PAGE)
    batch = Batch()
    batch.put_runs(Run("a/long", s, s, s + 9, Verdict.UP, 1, 1, 1) for s in range(5, 30_000, 10))
    with pytest.raises(LedgerDamaged, match="restore a backup"):
        ledger.commit(batch).result()
    ledger.close(clean=False)
    with pytest.raises(LedgerDamaged):
        Ledger.open(path)
