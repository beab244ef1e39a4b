"""A process that stores as fast as it can, and writes down beside the ledger what it saw and what was promised.

    python -m tests.integration.ledger.child LEDGER RECORD NOW

The record is on the disk first: `o` lines before an observation goes into a batch, `w` lines after a commit is done.
"""

import os
import random
import sys
from pathlib import Path

from slamon.accounting import Blind, Cause, Observation, Verdict
from slamon.ledger import Ledger

from tests.integration.ledger.keeper import INTERVAL_MS, STALE_MS, Keeper

CHECKS = [f"service-{number % 4}/check-{number}" for number in range(12)]


class Record:
    """Lines that are on the disk when `write` returns."""

    def __init__(self, path: Path) -> None:
        self._fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND)

    def write(self, lines: list[str]) -> None:
        os.write(self._fd, "".join(f"{line}\n" for line in lines).encode())
        os.fsync(self._fd)


def line_of(observation: Observation) -> str:
    """One observation as it stands in the record."""
    o = observation
    return f"o {o.check} {o.at} {o.verdict} {o.duration_us or '-'} {o.reason or '-'}"


def observation_of(line: str) -> Observation:
    """The reverse."""
    _, check, at, verdict, duration, reason = line.split()
    return Observation(
        check,
        int(at),
        Verdict(verdict),
        INTERVAL_MS,
        STALE_MS,
        None if duration == "-" else int(duration),
        None if reason == "-" else reason,
    )


def seen(chance: random.Random, now: int) -> list[Observation]:
    """What a second or so brings: some checks, each one once."""
    out = []
    for check in chance.sample(CHECKS, chance.randint(1, len(CHECKS))):
        verdict = chance.choices(list(Verdict), (8, 1, 2))[0]
        down = verdict is Verdict.DOWN
        duration = None if down else chance.randint(100, 200_000)
        at = now + chance.randint(0, 900)
        out.append(Observation(check, at, verdict, INTERVAL_MS, STALE_MS, duration, "timeout" if down else None))
    return out


def main(path: Path, record: Record, now: int) -> None:
    """Store until killed; a line on standard output tells each step."""
    chance = random.Random(now)
    ledger = Ledger.open(path)
    stored = ledger.load()
    keeper = Keeper(stored)
    if stored.watermark is not None:
        keeper.blind(Blind(stored.watermark, now, Cause.STOPPED))
    for turn in range(1_000_000):
        observations = seen(chance, now)
        record.write([line_of(o) for o in observations])
        print("recorded", flush=True)
        for observation in observations:
            keeper.observe(observation)
        now += 1_000
        if turn % 5 == 4:
            keeper.fold(now - 8_000)
        assert keeper.commit(ledger, now)
        print("committed", flush=True)
        record.write([f"w {now}"])
        print("promised", flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Record(Path(sys.argv[2])), int(sys.argv[3]))
