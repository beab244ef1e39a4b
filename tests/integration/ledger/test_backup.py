"""Copies of the ledger, also while it is written."""

import os
from pathlib import Path

import pytest
from slamon.errors import LedgerDamaged, UsageError
from slamon.ledger import Ledger, backup, read_only
from slamon.ledger import shared as shared_module

from tests.integration.ledger.keeper import comparable
from tests.integration.ledger.test_foreign_files import PAGE, contents, filled_ledger, overwrite
from tests.integration.ledger.test_kill import check_against, opened, recorded, storing


def names(folder: Path) -> list[str]:
    return sorted(file.name for file in folder.iterdir())


def test_a_copy_made_while_commits_go_on_is_one_moment_between_two_of_them(tmp_path: Path) -> None:
    path, record = tmp_path / "slamon.db", tmp_path / "record"
    marks = []
    with storing(path, record, 1_000_000) as child:
        assert child.stdout is not None
        for number in range(15):
            for _ in range(20):
                child.stdout.readline()
            backup(path, tmp_path / f"copy-{number}.db")
            stored = opened(tmp_path / f"copy-{number}.db")
            check_against(stored, recorded(record)[0])
            marks.append(stored.watermark)
    assert marks == sorted(set(marks))
    assert not [name for name in names(tmp_path) if name.endswith(".part")]


def test_a_copy_of_a_ledger_at_rest_opens_as_the_ledger(path: Path, tmp_path: Path) -> None:
    filled_ledger(path)
    before = contents(path)
    backup(path, tmp_path / "copy.db")
    assert contents(path) == before
    assert names(tmp_path) == ["copy.db", "data"]
    ledger = Ledger.open(tmp_path / "copy.db")
    assert comparable(ledger.load()) == comparable(read_only(path))
    ledger.close()


def test_a_copy_of_what_a_killed_process_left_has_its_newest_commits(path: Path, tmp_path: Path) -> None:
    filled_ledger(path, killed=True)
    before = contents(path)
    backup(path, tmp_path / "copy.db")
    assert contents(path) == before
    assert comparable(read_only(tmp_path / "copy.db")) == comparable(read_only(path))


def test_nothing_is_overwritten_and_no_link_followed(path: Path, tmp_path: Path) -> None:
    filled_ledger(path)
    (tmp_path / "file").write_text("mine")
    (tmp_path / "link").symlink_to(tmp_path / "nowhere")
    for name in ("file", "link", "data", "data/slamon.db"):
        with pytest.raises(UsageError, match=f"{name} exists: name a new file, nothing is overwritten"):
            backup(path, tmp_path / name)
    assert (tmp_path / "file").read_text() == "mine"
    assert not (tmp_path / "nowhere").exists()


def test_a_file_that_appears_meanwhile_is_not_overwritten(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    filled_ledger(path)
    synced = shared_module.synced

    def somebody_else_first(file: Path) -> None:
        synced(file)
        (tmp_path / "copy.db").write_text("theirs")

    monkeypatch.setattr(shared_module, "synced", somebody_else_first)
    with pytest.raises(UsageError, match="exists"):
        backup(path, tmp_path / "copy.db")
    assert (tmp_path / "copy.db").read_text() == "theirs"
    assert names(tmp_path) == ["copy.db", "data"]


def test_a_disk_without_hard_links_gets_a_copy_too(path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    filled_ledger(path)

    def unsupported(*_: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", unsupported)
    backup(path, tmp_path / "copy.db")
    assert names(tmp_path) == ["copy.db", "data"]
    assert comparable(read_only(tmp_path / "copy.db")) == comparable(read_only(path))


def test_a_copy_into_a_folder_that_is_not_there_is_told(path: Path, tmp_path: Path) -> None:
    filled_ledger(path)
    with pytest.raises(Exception, match=f"there is no folder {tmp_path}/none: make it first"):
        backup(path, tmp_path / "none" / "copy.db")


def test_of_a_damaged_ledger_no_copy_is_made_and_the_ledger_is_named(path: Path, tmp_path: Path) -> None:
    filled_ledger(path)
    for page in range(10, path.stat().st_size // PAGE, 3):
        overwrite(path, page * PAGE, b"\xa5" * PAGE)
    with pytest.raises(LedgerDamaged, match=f"the ledger {path} is damaged"):
        backup(path, tmp_path / "copy.db")
    assert names(tmp_path) == ["data"]
