"""No space left: nothing stored is lost, and storing goes on where it stopped once there is room."""

import resource
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from slamon.accounting import Observation, Verdict
from slamon.errors import LedgerFull
from slamon.ledger import Batch, Ledger, backup, read_only

from tests.integration.ledger.keeper import Keeper, comparable, feed

Mount = Callable[[str], Path]
TURNS_AT_MOST = 3_000


@contextmanager
def filled(folder: Path, left: int) -> Iterator[None]:
    """Nothing but `left` bytes are free on the disk of `folder`."""
    ballast = folder / "ballast"
    with ballast.open("wb") as file:
        file.truncate(0)
        free = shutil.disk_usage(folder).free - left
        file.write(bytes(max(free, 0)))
    yield
    ballast.unlink()


@contextmanager
def files_no_longer_than(size: int) -> Iterator[None]:
    """The system refuses to let a file of this process grow over `size`: the nearest thing to a full disk."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


class Pair:
    """The same facts into a ledger on the small disk and into one that has room."""

    def __init__(self, small: Path, wide: Path) -> None:
        self.small, self.wide = Ledger.open(small), Ledger.open(wide)
        self.narrow_keeper, self.wide_keeper = Keeper(), Keeper()
        self.turn = 0

    def step(self, checks: int = 40) -> bool:
        """One turn into both; gives whether the small one took it."""
        watermark = feed(self.narrow_keeper, self.turn, checks)
        assert feed(self.wide_keeper, self.turn, checks) == watermark
        self.turn += 1
        assert self.wide_keeper.commit(self.wide, watermark)
        return self.narrow_keeper.commit(self.small, watermark)

    def until_full(self, checks: int = 40) -> None:
        """Turn by turn until the small disk is full, and some more: what is stored stays as it is."""
        for _ in range(TURNS_AT_MOST):
            if not self.step(checks):
                break
        else:
            raise AssertionError("the disk never got full")
        before = comparable(self.small.load())
        for _ in range(3):
            if self.step(checks):  # a smaller piece found room after all
                before = comparable(self.small.load())
        assert comparable(read_only(self.small.path)) == before

    def agree(self) -> None:
        assert comparable(read_only(self.small.path)) == comparable(read_only(self.wide.path))

    def close(self) -> None:
        self.small.close()
        self.wide.close()


@pytest.mark.parametrize("left", [0, 4_096, 100_000, 1_000_000])
def test_after_a_full_disk_storing_goes_on_and_nothing_is_missing(mounted: Mount, tmp_path: Path, left: int) -> None:
    folder = mounted("size=16m")
    pair = Pair(folder / "slamon.db", tmp_path / "wide.db")
    pair.step()
    for _ in range(3):
        with filled(folder, left):
            pair.until_full()
        assert pair.step()
        pair.agree()
    pair.close()
    reopened = Ledger.open(folder / "slamon.db")
    assert reopened.was_clean
    reopened.close()
    pair.agree()


def test_a_log_that_cannot_be_taken_into_the_file_loses_nothing(mounted: Mount, tmp_path: Path) -> None:
    """The log has its full length already, so it is the file that finds no space when the log is taken into it."""
    folder = mounted("size=32m")
    pair = Pair(folder / "slamon.db", tmp_path / "wide.db")
    log = folder / "slamon.db-wal"
    for _ in range(TURNS_AT_MOST):
        assert pair.step(checks=1_000)
        if log.stat().st_size > 4_100_000:
            break
    with filled(folder, 0):
        pair.until_full(checks=1_000)
    assert pair.step()
    pair.agree()
    pair.close()


def test_a_limit_of_the_files_size_is_told_like_a_full_disk(tmp_path: Path) -> None:
    pair = Pair(tmp_path / "small.db", tmp_path / "wide.db")
    pair.step()
    for size in (200_000, 600_000):
        ledger = pair.small
        with files_no_longer_than(size):
            batch = Batch(observations=[Observation("a/b", at, Verdict.UP, 1, 1) for at in range(30_000)])
            with pytest.raises(LedgerFull, match="raise the quota"):
                ledger.commit(batch).result()
        assert pair.step()
        pair.agree()
    pair.close()


def test_closing_on_a_full_disk_neither_fails_nor_loses(mounted: Mount, tmp_path: Path) -> None:
    folder = mounted("size=4m")
    pair = Pair(folder / "slamon.db", tmp_path / "wide.db")
    pair.step()
    with filled(folder, 0):
        pair.until_full()
        stored = comparable(pair.small.load())
        pair.close()
    words = rf"no space is left for the ledger {folder}/slamon.db .*free some"
    with filled(folder, 0), pytest.raises(LedgerFull, match=words):
        Ledger.open(folder / "slamon.db")
    assert comparable(read_only(folder / "slamon.db")) == stored
    reopened = Ledger.open(folder / "slamon.db")
    assert comparable(reopened.load()) == stored
    reopened.close()


def test_a_new_ledger_on_a_full_disk_leaves_nothing_behind(mounted: Mount) -> None:
    folder = mounted("size=1m")
    path = folder / "slamon.db"
    for left in range(0, 120_000, 12_000):
        with filled(folder, left), pytest.raises(LedgerFull):
            Ledger.open(path).close()
        assert sorted(p.name for p in folder.iterdir()) in (
            ["slamon.db.lock"],
            ["slamon.db", "slamon.db-shm", "slamon.db-wal", "slamon.db.lock"],
            ["slamon.db", "slamon.db.lock"],
        )
        Ledger.open(path).close()
        for name in ("slamon.db", "slamon.db-wal", "slamon.db-shm"):
            (folder / name).unlink(missing_ok=True)


def test_a_backup_to_a_full_disk_leaves_nothing_behind(mounted: Mount, path: Path) -> None:
    folder = mounted("size=1m")
    ledger = Ledger.open(path)
    keeper = Keeper()
    assert keeper.commit(ledger, feed(keeper, 0))
    with filled(folder, 30_000), pytest.raises(LedgerFull, match=f"no space is left for the ledger {folder}/copy.db"):
        backup(path, folder / "copy.db")
    assert list(folder.iterdir()) == []
    backup(path, folder / "copy.db")
    assert comparable(read_only(folder / "copy.db")) == comparable(ledger.load())
    ledger.close()
