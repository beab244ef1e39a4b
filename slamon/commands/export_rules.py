"""`slamon export rules` and `slamon export alertmanager`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import typer

from slamon.commands.formats import Tongue
from slamon.commands.places import catalogue
from slamon.errors import SlamonError, UsageError
from slamon.export.alerting.alert import Fit, Language, Severity
from slamon.export.alerting.alertmanager import Team, configuration
from slamon.export.alerting.templates import template
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


def alertmanager(lang: Tongue, severity: Sequence[str], config: Path | None, output: Path | None) -> int:
    """Print the configuration, or write it and its templates into a folder."""
    fit = Fit(language=Language(lang.value), severities=_severities(severity))
    known = catalogue(config).teams if config is not None else {}
    text = configuration(fit, [Team(name, team.email) for name, team in known.items()])
    if output is None:
        typer.echo(text, nl=False)
        return 0
    write({"alertmanager.yml": text, "templates/slamon.tmpl": template(fit.language)}, output)
    return 0


def write(files: Mapping[str, str], folder: Path) -> None:
    """Write files whole, each by way of a temporary name; tells each one. Raises SlamonError."""
    try:
        for name, text in files.items():
            file = folder / name
            file.parent.mkdir(parents=True, exist_ok=True)
            half = file.with_name(f".{file.name}.new")
            half.write_text(text, encoding="utf-8")
            half.replace(file)
            typer.echo(str(file))
    except OSError as error:
        raise SlamonError(f"{folder} cannot be written: {error.strerror or error}") from None
