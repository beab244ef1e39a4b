"""The options of an exec probe: a monitoring plug-in of the Nagios family."""

from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, Field

from slamon.catalogue.addresses import OneLine
from slamon.catalogue.base import Model, Options, mistaken
from slamon.catalogue.quantities import PositiveMs


def _word(value: str) -> str:
    if "\0" in value:
        raise ValueError("a word without NUL")
    return value


def _variable(value: str) -> str:
    if not value or "=" in value or "\0" in value:
        raise ValueError("the name of an environment variable")
    return value


def _command(words: tuple[str, ...]) -> tuple[str, ...]:
    if words and not Path(words[0]).is_absolute():
        raise mistaken(f"{words[0]!r}", "a program with its whole path, for example /usr/bin/true", 0)
    return words


Word = Annotated[str, AfterValidator(_word)]
Variable = Annotated[str, AfterValidator(_variable)]


class ExecExpect(Model):
    """What makes an exec probe degraded though its plug-in is content."""

    degraded_over: PositiveMs | None = None
    """Degraded when the plug-in took longer."""


class ExecOptions(Options):
    """An exec probe: a plug-in whose exit code says up (0), degraded (1), down (2) or that it cannot tell (3)."""

    command: Annotated[tuple[Word, ...], Field(min_length=1), AfterValidator(_command)]
    """The program, with its whole path, and its words, each by itself: no shell reads them, and `ps` shows them."""
    environment: dict[Variable, OneLine] = Field(default_factory=dict)
    """What is put into its environment, beside PATH, LANG and LC_ALL; nothing else is there; values may be secrets."""
    folder: Path = Path("/")
    """The folder that it runs in."""
    expect: ExecExpect = Field(default_factory=ExecExpect)
    """What makes it degraded though it is content."""

    @property
    def target(self) -> str:
        """The program's name."""
        return Path(self.command[0]).name
