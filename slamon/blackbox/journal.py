"""What one probe did, line by line, for the one who asks why it failed."""

from datetime import UTC, datetime

from slamon.clock import Clock
from slamon.probes.course import Mask

MOST_LINES = 1000
LONGEST = 2000


class Journal:
    """Lines of `key=value`. Bounded; secrets of the module are masked."""

    def __init__(self, clock: Clock, module: str, target: str, mask: Mask) -> None:
        self._clock = clock
        self._where = f"module={_quoted(module)} target={_quoted(target)}"
        self._mask = mask
        self._lines: list[str] = []
        self._left_out = 0

    def say(self, what: str, **fields: object) -> None:
        """Something that went its way."""
        self._write("info", what, fields)

    def fail(self, what: str, **fields: object) -> None:
        """What the probe failed of."""
        self._write("error", what, fields)

    def text(self) -> str:
        """All lines."""
        more = [f"... and {self._left_out} more"] if self._left_out else []
        return "".join(f"{line}\n" for line in [*self._lines, *more])

    def _write(self, level: str, what: str, fields: dict[str, object]) -> None:
        if len(self._lines) >= MOST_LINES:
            self._left_out += 1
            return
        at = datetime.fromtimestamp(self._clock.now() / 1000, UTC).isoformat(timespec="milliseconds")
        told = "".join(f" {key}={_quoted(self._mask.hidden(str(value)))}" for key, value in fields.items())
        line = f"ts={at.removesuffix('+00:00')}Z level={level} {self._where} msg={_quoted(what)}{told}"
        self._lines.append(line if len(line) <= LONGEST else f"{line[:LONGEST]}...")


def _quoted(text: str) -> str:
    """As it is where that is one plain word, else in quotes on one line."""
    if text and text.isprintable() and not any(character in text for character in ' "='):
        return text
    shown = text[:LONGEST].encode("utf-8", "backslashreplace").decode()
    return '"' + "".join(_escaped(character) for character in shown) + '"'


def _escaped(character: str) -> str:
    if character in '"\\':
        return f"\\{character}"
    return character if character.isprintable() else repr(character)[1:-1]
