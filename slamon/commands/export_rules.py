"""`slamon export rules`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import typer

from slamon.commands.formats import Tongue
from slamon.errors import SlamonError, UsageError
from slamon.export.alerting.alert import Fit, Language, Severity
from slamon.export.alerting.writing import groups, rule_file


@dataclass(frozen=True, slots=True)
class Words:
    """How the rules are asked for; empty links: those of `Fit`."""

    lang: Tongue
    severity: tuple[str, ...]
    selector: str
    job: str
    runbooks: str
    dashboards: str
    own_team: str

    def fit(self) -> Fit:
        """The same, checked. Raises UsageError."""
        links = {"runbooks": self.runbooks.rstrip("/"), "dashboards": self.dashboards.rstrip("/")}
        return Fit(
            language=Language(self.lang.value),
            selector=self.selector,
            job=self.job,
            severities=_severities(self.severity),
            own_team=self.own_team,
            **{key: link for key, link in links.items() if link},
        )


def _severities(words: Sequence[str]) -> Mapping[str, str]:
    known = [severity.value for severity in Severity]
    found: dict[str, str] = {}
    for word in words:
        ours, equals, yours = word.partition("=")
        if not equals or not yours or ours not in known:
            raise UsageError(f"--severity {word}: expected {', '.join(known)} and another word, as page=critical")
        found[ours] = yours
    return found


def rules(words: Words, output: Path | None) -> int:
    """Print one file with all groups, or write a file for each into a folder."""
    fit = words.fit()
    made = groups(fit)
    if output is None:
        typer.echo(rule_file(fit, *made), nl=False)
        return 0
    write({f"{group.name}.yml": rule_file(fit, group) for group in made}, output)
    return 0


def write(files: Mapping[str, str], folder: Path) -> None:
    """Write files whole, each by way of a temporary name; tells each one. Raises SlamonError."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in files.items():
            half = folder / f".{name}.new"
            half.write_text(text, encoding="utf-8")
            half.replace(folder / name)
            typer.echo(str(folder / name))
    except OSError as error:
        raise SlamonError(f"{folder} cannot be written: {error.strerror or error}") from None
