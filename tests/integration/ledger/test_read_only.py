"""Where nothing can be written, and readers beside the writer."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from slamon.errors import LedgerReadOnly, UsageError
from slamon.ledger import Batch, Ledger, backup, read_only

from tests.integration.ledger.child import CHECKS
from tests.integration.ledger.keeper import Keeper, comparable, counted, feed
from tests.integration.ledger.test_foreign_files import contents, filled_ledger
from tests.integration.ledger.test_kill import storing

Mount = Callable[[str], Path]
NOBODY = 65_534

_AS_NOBODY = """
import os, sys
from pathlib import Path
from slamon.errors import SlamonError
from slamon.ledger import Ledger, backup, read_only
try:
    {work}
except SlamonError as error:
    print(type(error).__name__, error)
"""


@pytest.fixture
def shared_path() -> Iterator[Path]:
    """A ledger's place that every user can reach, unlike pytest's folders."""
    if os.geteuid() != 0:
        pytest.skip("only root can become somebody else")
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        yield Path(folder) / "data" / "slamon.db"


def as_nobody(work: str, folder: Path) -> str:
    """What a process without rights prints; `path` is the ledger in `folder`."""
    code = _AS_NOBODY.format(work=work)
    preamble = f"import os; from pathlib import Path; path = Path({str(folder / 'slamon.db')!r})\n"
    loaded = "from slamon.ledger import opening\nopening.migrations()\npath.as_uri()\n"  # nobody may not read it
    drop = f"{loaded}os.setgid({NOBODY})\nos.setuid({NOBODY})\n"
    done = subprocess.run([sys.executable, "-c", preamble + drop + code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_folder_that_cannot_be_written_is_told_when_opening_and_can_be_read(shared_path: Path) -> None:
    path = shared_path
    filled_ledger(path)
    path.parent.chmod(0o555)
    before = contents(path)
    files = set(path.parent.iterdir())
    told = as_nobody("Ledger.open(path)", path.parent)
    assert told.startswith(f"LedgerReadOnly the ledger {path} cannot be opened or written (")
    assert "give this user the right to read and write the file and its folder" in told
    watermark = read_only(path).watermark
    for left_by_the_reader in set(path.parent.iterdir()) - files:
        left_by_the_reader.unlink()
    assert as_nobody("print(read_only(path).watermark)", path.parent) == f"{watermark}\n"
    assert as_nobody(f"backup(path, Path({str(path.parent / 'copy.db')!r}))", path.parent).startswith("LedgerReadOnly")
    assert contents(path) == before
    assert set(path.parent.iterdir()) == files


def test_a_file_that_cannot_be_written_in_a_folder_that_can_is_told(shared_path: Path) -> None:
    path = shared_path
    filled_ledger(path)
    path.with_name("slamon.db.lock").unlink()
    path.chmod(0o444)
    path.parent.chmod(0o777)
    before = contents(path)
    assert as_nobody("Ledger.open(path)", path.parent).startswith(f"LedgerReadOnly the ledger {path} cannot be opened")
    assert contents(path) == before


def test_a_file_that_cannot_be_read_is_told(shared_path: Path) -> None:
    path = shared_path
    filled_ledger(path)
    path.chmod(0o600)
    for work in ("Ledger.open(path)", "read_only(path)"):
        assert as_nobody(work, path.parent).startswith(f"LedgerReadOnly the ledger {path} cannot be opened")


def test_a_ledger_in_use_is_read_without_any_right_to_write(shared_path: Path) -> None:
    path = shared_path
    path.parent.mkdir()
    ledger = Ledger.open(path)
    ledger.commit(Batch(watermark=77)).result()
    path.parent.chmod(0o555)
    assert as_nobody("print(read_only(path).watermark)", path.parent) == "77\n"
    ledger.commit(Batch(watermark=78)).result()
    assert as_nobody("print(read_only(path).watermark)", path.parent) == "78\n"
    ledger.close()


def test_a_disk_mounted_read_only_is_told_and_can_be_read(mounted: Mount) -> None:
    folder = mounted("size=4m")
    path = folder / "slamon.db"
    filled_ledger(path)
    subprocess.run(["mount", "-o", "remount,ro", str(folder)], check=True)
    before = contents(path)
    with pytest.raises(LedgerReadOnly, match="Read-only file system"):
        Ledger.open(path)
    with pytest.raises(LedgerReadOnly, match="Read-only file system"):
        Ledger.open(folder / "new" / "slamon.db")
    assert read_only(path).watermark is not None
    assert contents(path) == before


def test_a_dead_writers_log_is_read_on_a_disk_mounted_read_only(mounted: Mount) -> None:
    folder = mounted("size=8m") / "data"
    filled_ledger(folder / "slamon.db", killed=True)
    expected = comparable(read_only(folder / "slamon.db"))
    subprocess.run(["mount", "-o", "remount,ro", str(folder.parent)], check=True)
    before = contents(folder / "slamon.db")
    assert len(before) == 2
    assert comparable(read_only(folder / "slamon.db")) == expected
    assert contents(folder / "slamon.db") == before


def test_a_disk_that_turns_read_only_while_running_is_told_by_the_commit(mounted: Mount) -> None:
    """What a kernel does to a disk with errors: files open for writing stay so only where it is not forced."""
    folder = mounted("size=4m")
    ledger = Ledger.open(folder / "slamon.db")
    ledger.commit(Batch(watermark=5)).result()
    done = subprocess.run(["mount", "-o", "remount,ro", str(folder)], check=False, capture_output=True)
    if done.returncode == 0:
        with pytest.raises(LedgerReadOnly):
            ledger.commit(Batch(watermark=6)).result()
    assert ledger.load().watermark == 5
    ledger.close()


def test_readers_beside_a_writer_see_whole_commits_only(tmp_path: Path) -> None:
    path, record = tmp_path / "slamon.db", tmp_path / "record"
    with storing(path, record, 1_000_000) as child:
        assert child.stdout is not None
        newest = 0
        for _ in range(60):
            for _ in range(7):
                child.stdout.readline()
            stored = read_only(path)
            assert (stored.watermark or 0) >= newest
            newest = stored.watermark or 0
            total = sum(tally.observations for tally in counted(stored).values())
            lines = record.read_text().splitlines()
            seen = sum(line[0] == "o" and int(line.split()[2]) < newest for line in lines)
            assert total == seen
            assert stored.tails.keys() <= set(CHECKS)


def test_reading_changes_no_byte_of_a_ledger_at_rest_or_in_use(path: Path) -> None:
    filled_ledger(path)
    before = contents(path)
    read_only(path)
    assert contents(path) == before
    ledger = Ledger.open(path)
    ledger.commit(Batch(watermark=5)).result()
    before = contents(path)
    read_only(path)
    assert contents(path) == before
    ledger.close()


def test_readers_in_the_writers_own_process_do_not_cost_it_its_locks(tmp_path: Path) -> None:
    """A process that closes a file loses every lock it has on it; a stranger would then take the log away."""
    path = tmp_path / "slamon.db"
    ledger = Ledger.open(path)
    ledger.commit(Batch(watermark=5)).result()
    read_only(path)
    backup(path, tmp_path / "copy.db")
    stranger = (
        "import sqlite3, sys; c = sqlite3.connect(sys.argv[1]); c.execute('select * from fact').fetchall(); c.close()"
    )
    subprocess.run([sys.executable, "-c", stranger, str(path)], check=True)
    assert path.with_name("slamon.db-wal").exists()
    ledger.commit(Batch(watermark=6)).result()
    assert read_only(path).watermark == 6
    ledger.close()


def test_where_there_is_no_ledger_none_is_made(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"there is no ledger at .*start slamon once, or name its folder with --data"):
        read_only(tmp_path / "slamon.db")
    with pytest.raises(UsageError, match="there is no ledger at"):
        backup(tmp_path / "slamon.db", tmp_path / "copy.db")
    assert list(tmp_path.iterdir()) == []


def test_a_ledger_in_a_folder_that_is_a_file_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(Exception, match=f"the ledger {tmp_path}/file/slamon.db cannot be"):
        Ledger.open(tmp_path / "file" / "slamon.db")


def test_what_readers_leave_behind_does_not_hinder_the_next_start(path: Path) -> None:
    filled_ledger(path)
    stored = comparable(read_only(path))
    ledger = Ledger.open(path)
    assert comparable(ledger.load()) == stored
    keeper = Keeper(ledger.load())
    assert keeper.commit(ledger, feed(keeper, 900))
    ledger.close()
