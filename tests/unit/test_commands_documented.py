"""The manual's page on the commands: every command, word, value and exit code of the program, and no other."""

import re
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import Any

import pytest
import typer
from slamon import cli, errors
from slamon.commands import control, streams

PAGE = (Path(__file__).parents[2] / "docs" / "reference" / "commands.md").read_text(encoding="utf-8")
ROOT: Any = typer.main.get_command(cli.app)


def commands(group: Any = ROOT, before: str = "slamon") -> Iterator[tuple[str, Any]]:
    """Every command that does something, by the words that call it; and the program itself."""
    if before == "slamon":
        yield before, group
    for name, inner in group.commands.items():
        if hasattr(inner, "commands"):
            yield from commands(inner, f"{before} {name}")
        else:
            yield f"{before} {name}", inner


COMMANDS = dict(commands())


def sections() -> dict[str, str]:
    parts = re.split(r"^## (.+)$", PAGE, flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


SECTIONS = sections()


def rows(section: str) -> list[list[str]]:
    """The cells of a section's first table."""
    table = re.search(r"^\| Word .+?\n\| --- .+?\n((?:\|.+\n)*)", SECTIONS[section], re.MULTILINE)
    lines = [] if table is None else table[1].splitlines()
    return [[cell.strip() for cell in re.split(r"(?<!\\)\|", line.strip("|"))] for line in lines]


def spelt(cell: str) -> list[str]:
    return re.findall(r"`([^`]+)`", cell.replace("\\|", "|"))


def of_program(parameter: Any) -> tuple[list[str], list[str]]:
    """How a parameter is written, and its value."""
    if parameter.param_type_name == "argument":
        return [parameter.metavar], []
    kind = parameter.type_descriptor
    if kind.is_choice:
        return parameter.opts, [choice.value for choice in kind.choices if isinstance(choice, StrEnum)]
    return parameter.opts, [parameter.metavar] if parameter.metavar else []


def parameters(command: Any) -> list[Any]:
    """The words of a command; `--help`, which all of them have, stands with the program itself."""
    known = list(command.params)
    if command is ROOT:
        known.append(command.get_help_option(typer.Context(command, help_option_names=["-h", "--help"])))
    return known


def test_every_command_has_its_section_and_no_other() -> None:
    assert [title for title in SECTIONS if title.startswith("slamon")] == list(COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_a_section_begins_with_what_the_command_does(name: str) -> None:
    if name != "slamon":
        told = SECTIONS[name].strip().splitlines()[0]
        assert told == COMMANDS[name].help.strip().splitlines()[0]


@pytest.mark.parametrize("name", COMMANDS)
def test_every_word_and_value_stands_in_its_section_and_no_other(name: str) -> None:
    told = [(sorted(spelt(words)), spelt(value)) for words, value, _ in rows(name)]
    known = [of_program(parameter) for parameter in parameters(COMMANDS[name])]
    assert told == [(sorted(words), value) for words, value in known]


@pytest.mark.parametrize("name", COMMANDS)
def test_every_word_means_what_the_help_says(name: str) -> None:
    for (_, _, means), parameter in zip(rows(name), parameters(COMMANDS[name]), strict=True):
        assert means.startswith(parameter.help.rstrip("."))


@pytest.mark.parametrize("name", COMMANDS)
def test_every_default_and_variable_is_told(name: str) -> None:
    for (_, _, means), parameter in zip(rows(name), parameters(COMMANDS[name]), strict=True):
        if parameter.name == "config" and parameter.envvar:
            assert parameter.envvar in means
            assert f"`{parameter.default}`" in means
        if parameter.envvar:
            assert f"| `{parameter.envvar}` |" in SECTIONS["Environment"]


def test_every_exit_code_is_told_and_no_other() -> None:
    told = {int(code) for code in re.findall(r"^\| (\d+) \|", SECTIONS["Exit codes"], re.MULTILINE)}
    tree = [error for module in (errors, control, streams) for error in vars(module).values()]
    ours = {error.exit_code for error in tree if isinstance(error, type) and issubclass(error, errors.SlamonError)}
    assert told == {0, 1, cli.INTERRUPTED} | ours
    assert told == {int(code) for code in re.findall(r"\b(\d+) (?=[a-z])", cli.EPILOG)}


def test_every_variable_that_is_told_is_read() -> None:
    sources = "".join(path.read_text() for path in Path(cli.__file__).parent.rglob("*.py"))
    for name in re.findall(r"^\| `(SLAMON_\w+|NO_COLOR)`", SECTIONS["Environment"], re.MULTILINE):
        assert f'"{name}"' in sources
