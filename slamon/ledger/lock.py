"""One process has the ledger: a lock on a file beside it, which the system releases however the process ends."""

import fcntl
import os
from contextlib import suppress
from pathlib import Path

from slamon.errors import LedgerBusy
from slamon.ledger.trouble import translated


class Lock:
    """Held from `Lock.take` to `release`."""

    def __init__(self, fd: int) -> None:
        self._fd = fd

    @classmethod
    def take(cls, ledger: Path) -> "Lock":
        """Take it at once; LedgerBusy names the process that has it."""
        path = ledger.with_name(ledger.name + ".lock")
        try:
            fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        except OSError as error:
            raise translated(error, ledger) from error
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.pread(fd, 20, 0).decode("ascii", "replace").partition("\n")[0] or "unknown"
            os.close(fd)
            raise LedgerBusy(
                f"the ledger {ledger} is in use by process {holder}: stop it first, or give this one another folder "
                "with --data"
            ) from None
        except OSError as error:
            os.close(fd)
            raise translated(error, ledger) from error
        with suppress(OSError):  # a full disk: the lock holds without the number
            os.ftruncate(fd, os.pwrite(fd, f"{os.getpid()}\n".encode(), 0))
        return cls(fd)

    def release(self) -> None:
        """Give it back. The file stays: removing it would let two processes hold two locks."""
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1
