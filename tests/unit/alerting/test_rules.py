"""The alert rules: those that are checked in are current, use what there is, and say what they must."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from slamon.export import names
from slamon.export.alerting.alert import Fit, Language
from slamon.export.alerting.alertmanager import configuration
from slamon.export.alerting.templates import template
from slamon.export.alerting.writing import groups, rule_file

ROOT = Path(__file__).parents[3]
FOLDERS = {Language.EN: ROOT / "alerting/rules", Language.DE: ROOT / "alerting/de/rules"}
FILES = [(language, group.name) for language in Language for group in groups(Fit(language))]


def rules(language: Language) -> Iterator[dict[str, Any]]:
    for rule in written(language):
        if "alert" in rule:
            yield rule


def written(language: Language) -> Iterator[dict[str, Any]]:
    for group in groups(Fit(language)):
        yield from yaml.safe_load(rule_file(Fit(language), group))["groups"][0]["rules"]


RULES = [(f"{rule['alert']}-{rule['labels']['severity']}-{language}", rule) for language in Language
         for rule in rules(language)]  # fmt: skip


@pytest.mark.parametrize(("language", "name"), FILES)
def test_the_checked_in_rules_are_what_the_command_writes(language: Language, name: str) -> None:
    (group,) = [group for group in groups(Fit(language)) if group.name == name]

    assert (FOLDERS[language] / f"{name}.yml").read_text() == rule_file(Fit(language), group)


@pytest.mark.parametrize("language", Language)
def test_no_other_file_lies_there(language: Language) -> None:
    assert sorted(f.stem for f in FOLDERS[language].iterdir()) == sorted(g.name for g in groups(Fit(language)))


@pytest.mark.parametrize("rule", [rule for _, rule in RULES], ids=[name for name, _ in RULES])
def test_a_rule_names_only_metrics_and_labels_that_there_are(rule: dict[str, Any]) -> None:
    families = {f.name: f for group in names.GROUPS for f in names.FAMILIES[group]}
    text = rule["expr"] + rule["annotations"]["description"]

    for name, matchers in re.findall(r"\b(slamon_[a-z0-9_]+)(?:\{([^}]*)\})?", text):
        assert name in families, name
        for label in re.findall(r"(\w+)=", matchers):
            assert label in families[name].labels, (name, label)


@pytest.mark.parametrize("rule", [rule for _, rule in RULES], ids=[name for name, _ in RULES])
def test_a_rule_says_what_who_wakes_needs(rule: dict[str, Any]) -> None:
    told = rule["annotations"]

    assert set(told) == {"summary", "description", "dashboard_url", "runbook_url"}
    assert told["runbook_url"].endswith(f"/{rule['alert']}.md")
    assert "from=" in told["dashboard_url"]
    assert "to=now" in told["dashboard_url"]
    assert rule["labels"]["severity"] in ("page", "ticket", "none")
    for word in ("humanizePercentage", "keep_firing_for", "| tz", "| date"):
        assert word not in str(rule), word
    assert set(rule) <= {"alert", "expr", "for", "labels", "annotations"}


def test_every_text_is_there_in_each_language_and_none_is_the_same() -> None:
    for english, german in zip(rules(Language.EN), rules(Language.DE), strict=True):
        assert english["alert"] == german["alert"]
        assert english["expr"] == german["expr"]
        assert english["annotations"]["description"] != german["annotations"]["description"]


@pytest.mark.parametrize("rule", [rule for rule in written(Language.EN) if "record" in rule], ids=lambda r: r["record"])
def test_a_recorded_series_is_named_by_level_metric_and_operation(rule: dict[str, Any]) -> None:
    known = {f.name for group in names.GROUPS for f in names.FAMILIES[group]}

    assert re.fullmatch(r"slamon:[a-z_]+:[a-z0-9]+", rule["record"])
    assert set(re.findall(r"\bslamon_[a-z0-9_]+", rule["expr"])) <= known


@pytest.mark.parametrize("language", Language)
def test_the_checked_in_configuration_of_alertmanager_is_what_the_command_writes(language: Language) -> None:
    folder = FOLDERS[language].parent

    assert (folder / "alertmanager.yml").read_text() == configuration(Fit(language))
    assert (folder / "templates/slamon.tmpl").read_text() == template(language)


RUNBOOKS = ROOT / "docs/runbooks"


@pytest.mark.parametrize("name", sorted({rule["alert"] for rule in rules(Language.EN)}))
def test_every_alert_has_its_runbook(name: str) -> None:
    page = (RUNBOOKS / f"{name}.md").read_text()
    sections = dict(zip((found := re.split(r"^## (.+)$", page, flags=re.MULTILINE))[1::2], found[2::2], strict=True))

    assert page.startswith(f"# {name}\n")
    assert list(sections) == ["Meaning", "Impact", "Diagnosis", "Mitigation"]
    assert all(len(text.strip()) > 4 for text in sections.values())
    assert f"({name}.md)" in (RUNBOOKS / "README.md").read_text()


def test_there_is_no_runbook_of_an_alert_that_is_none() -> None:
    known = {rule["alert"] for rule in rules(Language.EN)}

    assert {page.stem for page in RUNBOOKS.glob("*.md")} - {"README"} == known
