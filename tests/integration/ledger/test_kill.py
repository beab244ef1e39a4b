"""Killed at any moment, the ledger holds what was promised, and nothing that was not observed."""

import random
import shutil
import signal
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from slamon.accounting import BlindSpans, CheckHistory, Observation, Verdict
from slamon.errors import LedgerBusy
from slamon.ledger import Ledger, Stored

from tests.integration.ledger.child import observation_of
from tests.integration.ledger.keeper import Keeper, all_runs, counted

KILLS = 45


@contextmanager
def storing(path: Path, record: Path, now: int) -> Iterator["subprocess.Popen[str]"]:
    """A process that stores; killed at the end, if not before."""
    command = [sys.executable, "-m", "tests.integration.ledger.child", str(path), str(record), str(now)]
    child = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        yield child
    finally:
        child.kill()
        child.communicate()


def killed_after(path: Path, record: Path, now: int, lines: int) -> None:
    """Let a process store until it has told `lines` steps, and kill it while it goes on."""
    with storing(path, record, now) as child:
        assert child.stdout is not None
        for _ in range(lines):
            if not child.stdout.readline():
                raise AssertionError(f"the process ended by itself: {child.stderr and child.stderr.read()}")
        child.send_signal(signal.SIGKILL)
        assert child.wait(timeout=60) == -signal.SIGKILL


def recorded(record: Path) -> tuple[list[Observation], int]:
    """Everything that was seen, in order of time, and the newest watermark that was promised."""
    lines = record.read_text().splitlines() if record.exists() else []
    observations = sorted((observation_of(line) for line in lines if line[0] == "o"), key=lambda o: o.at)
    promised = [int(line.split()[1]) for line in lines if line[0] == "w"]
    return observations, max(promised, default=0)


def copied(path: Path, folder: Path) -> Path:
    """The ledger's files as the dead process left them: looking at them must not mend them for the next one."""
    folder.mkdir()
    for name in (path.name, f"{path.name}-wal"):
        if path.with_name(name).exists():
            shutil.copy(path.with_name(name), folder / name)
    return folder / path.name


def opened(path: Path) -> Stored:
    """What a start finds, after the check of the whole file."""
    ledger = Ledger.open(path)
    try:
        return ledger.load()
    finally:
        ledger.close()


def check_against(stored: Stored, observations: list[Observation]) -> None:
    """Nothing before the watermark is missing, nothing is there that was not recorded.

    What was seen after an earlier kill's watermark is lost, and lies in the blind stretch of that stop.
    """
    blind = BlindSpans(stored.blinds)
    before = [o for o in observations if o.at < (stored.watermark or 0) and not blind.covers(o.at)]
    witness = Keeper(Stored(uncounted=before))
    assert counted(stored) == witness.tallies
    by_check: dict[str, list[Observation]] = defaultdict(list)
    for observation in before:
        by_check[observation.check].append(observation)
    histories = {check: CheckHistory(check, (), seen, stored.blinds) for check, seen in by_check.items()}
    assert all_runs(stored) == {check: list(history.runs()) for check, history in histories.items()}
    for check, tail in stored.tails.items():
        assert tail == by_check[check][-len(tail) :]


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_no_kill_loses_what_was_promised_or_adds_what_was_not_seen(tmp_path: Path) -> None:
    path, record = tmp_path / "slamon.db", tmp_path / "record"
    chance = random.Random()
    now = 1_000_000
    stops: list[tuple[int, int]] = []
    for kill in range(KILLS):
        killed_after(path, record, now, chance.choice([0, 1, 2, chance.randint(3, 150)]))
        observations, promised = recorded(record)
        stored = opened(copied(path, tmp_path / f"copy-{kill}"))
        shutil.rmtree(tmp_path / f"copy-{kill}")
        assert (stored.watermark or 0) >= promised
        check_against(stored, observations)
        now = max(o.at for o in [*observations, Observation("", now, Verdict.UP, 0, 0)]) + chance.randint(1_000, 20_000)
        if stored.watermark is None:  # killed before its first commit: the next one begins from nothing
            record.unlink(missing_ok=True)
        else:
            stored_stops = [(blind.start, blind.end) for blind in stored.blinds]
            assert stored_stops == [stop for stop in stops if stop[0] < stored.watermark]
            stops = [*stored_stops, (stored.watermark, now)]
    assert sum(run.count for runs in stored.runs.values() for run in runs), "no fold was among them"


def test_a_power_cut_in_the_middle_of_the_log_leaves_a_whole_commit(tmp_path: Path) -> None:
    """The write-ahead log cut off anywhere, or ending in garbage: the ledger is as after one of its commits."""
    path, record = tmp_path / "slamon.db", tmp_path / "record"
    killed_after(path, record, 1_000_000, 40)
    observations, _ = recorded(record)
    log = path.with_name("slamon.db-wal").read_bytes()
    chance = random.Random()
    marks = set()
    for cut in [0, 10, 32, *(chance.randrange(len(log)) for _ in range(20))]:
        copy = copied(path, tmp_path / f"cut-{cut}")
        garbage = chance.randbytes(chance.choice([0, 5_000]))
        copy.with_name("slamon.db-wal").write_bytes(log[:cut] + garbage)
        stored = opened(copy)
        check_against(stored, observations)
        marks.add(stored.watermark)
    assert len(marks) > 3


def test_a_second_process_is_told_who_has_the_ledger_until_that_one_is_killed(tmp_path: Path) -> None:
    path, record = tmp_path / "slamon.db", tmp_path / "record"
    with storing(path, record, 1_000_000) as child:
        assert child.stdout is not None
        child.stdout.readline()
        with pytest.raises(LedgerBusy, match=rf"{path} is in use by process {child.pid}: stop it first"):
            Ledger.open(path)
        child.kill()
        child.wait(timeout=60)
        Ledger.open(path).close()


def test_a_failed_start_gives_the_ledger_back(tmp_path: Path) -> None:
    path = tmp_path / "slamon.db"
    path.write_bytes(b"")
    for _ in range(2):
        with pytest.raises(Exception, match="empty"):
            Ledger.open(path)
    path.unlink()
    ledger = Ledger.open(path)
    with pytest.raises(LedgerBusy):
        Ledger.open(path)
    ledger.close()
    ledger.close()
    Ledger.open(path).close()


def test_the_record_is_read_as_it_was_written() -> None:
    assert observation_of("o a/b 5 down - dns").verdict is Verdict.DOWN
