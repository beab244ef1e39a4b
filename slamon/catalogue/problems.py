"""What is wrong with a catalogue, with its place and its remedy."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from slamon.errors import ConfigurationError

_MANY = 700  # time zones are about 600
_LONGEST = 100


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A place in a file; line and column count from 1, 0 is the file as a whole."""

    file: Path
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}" if self.line else str(self.file)


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake: where, at which key path, what was found, what was expected, and perhaps what was meant."""

    place: Place
    path: tuple[str | int, ...]
    found: str
    expected: str
    hint: str = ""

    @property
    def key_path(self) -> str:
        """The key path as people write it: services.shop.checks[0]."""
        text = ""
        for part in self.path:
            text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
        return text

    def __str__(self) -> str:
        where = f"{self.place}: {self.key_path}: " if self.path else f"{self.place}: "
        return f"{where}found {self.found}, expected {self.expected}" + (f"; {self.hint}" if self.hint else "")


class CatalogueErrors(ConfigurationError):
    """Every mistake of a catalogue in one go."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = sorted(problems, key=lambda p: (str(p.place.file), p.place.line, p.place.column, str(p.path)))
        super().__init__("\n".join(str(problem) for problem in self.problems))


def did_you_mean(word: str, known: Collection[str]) -> str:
    """A hint for a near miss, or nothing; among very many only those of about its length and beginning."""
    if len(known) > _MANY:
        known = [k for k in known if k[:1] == word[:1] and abs(len(k) - len(word)) < 3][:_MANY]
    close = get_close_matches(word[:_LONGEST], known, n=1, cutoff=0.6)
    return f"did you mean {close[0]!r}?" if close else ""
