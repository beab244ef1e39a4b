"""Commands on a terminal of some width, as a user sees them."""

import fcntl
import os
import pty
import re
import select
import signal
import struct
import termios
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.system.running import COMMAND

_ESCAPES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
_COLOURS = re.compile(r"\x1b\[(?:[0-9]+;)*(?:3[0-7]|4[0-7]|9[0-7])(?:;[0-9]+)*m")


def without_escapes(shown: str) -> str:
    """What stands there, without colours and the like."""
    return _ESCAPES.sub("", shown)


@dataclass(frozen=True, slots=True)
class Screen:
    """What came out of it."""

    code: int
    raw: str

    @property
    def text(self) -> str:
        return without_escapes(self.raw)

    @property
    def coloured(self) -> bool:
        return _COLOURS.search(self.raw) is not None


def on_terminal(
    *words: str,
    columns: int = 80,
    env: dict[str, str] | None = None,
    cwd: Path | None = None,
    until: Callable[[str], bool] | None = None,
    deadline_s: float = 30.0,
) -> Screen:
    """Run a command to its end on a terminal. With `until`: Ctrl-C is pressed once what was shown so far says so."""
    pid, fd = pty.fork()
    if pid == 0:
        os.chdir(cwd or Path.cwd())
        clean = {k: v for k, v in os.environ.items() if k not in ("COLUMNS", "NO_COLOR", "FORCE_COLOR")}
        os.execvpe(COMMAND[0], COMMAND + list(words), {**clean, "TERM": "xterm-256color"} | (env or {}))
    fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    try:
        shown = _read(fd, until, time.monotonic() + deadline_s)
    except BaseException:
        os.kill(pid, signal.SIGKILL)
        raise
    finally:
        os.close(fd)
        code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    return Screen(code, shown.replace("\r", ""))


def _read(fd: int, until: Callable[[str], bool] | None, end: float) -> str:
    shown = b""
    while True:
        assert time.monotonic() < end, f"not at its end:\n{shown.decode(errors='replace')}"
        if not select.select([fd], [], [], 0.1)[0]:
            continue
        try:
            more = os.read(fd, 65_536)
        except OSError:  # the other side is gone
            return shown.decode()
        if not more:
            return shown.decode()
        shown += more
        if until is not None and until(shown.decode(errors="replace")):
            os.write(fd, b"\x03")
            until = None
