"""OpenSLO in and out: what was exported comes in again with the same terms, or what does not is named."""

import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
import yaml
from slamon.catalogue import Catalogue, load
from slamon.catalogue.agreements import Agreement
from slamon.catalogue.calendars import Calendar
from slamon.catalogue.rewritten import rewritten
from slamon.export.objectives import ANNOTATION, documents
from slamon.imports.draft import Draft
from slamon.imports.openslo import import_files
from slamon.imports.written import yaml_text
from slamon.reports.agreements.clauses import clauses
from slamon.reports.agreements.subject import subjects
from slamon.reports.agreements.writing import text

from tests.unit.reports.agreements import world

TERMS = sorted(
    key for key in world.OTHERWISE
    if key.partition(".")[0] in ("Agreement", "RevisedTerms", "OneOffMaintenance", "RecurringMaintenance", "Rules",
                                 "Latency", "Credit", "Calendar", "Holidays", "Customer", "Supplier")
)  # fmt: skip
MEASURED = ("check/", "needs/", "depends/", "resolution/", "service/", "reference", "party/provider", "latency/checks")
"""What is no part of OpenSLO: checks, and what services need and stand on; who we are."""


def come_back(catalogue: Catalogue, folder: Path) -> tuple[Catalogue, Draft]:
    """Exported, and imported again."""
    (folder / "slo.yml").write_text(documents(catalogue, "openslo"), encoding="utf-8")
    return come_in(folder)


def come_in(folder: Path) -> tuple[Catalogue, Draft]:
    draft = import_files([folder / "slo.yml"])
    (folder / "back.yml").write_text(yaml_text(draft, "x", lambda hidden: "${env:X}"), encoding="utf-8")
    return load(folder / "back.yml"), draft


def said(catalogue: Catalogue) -> dict[tuple[str, int, str], Any]:
    """Every clause that OpenSLO with our annotation has to carry."""
    return {
        (name, subject.stage.number, clause.key): clause.value
        for name in catalogue.agreements
        for subject in subjects(catalogue, name)
        for clause in clauses(text(subject))
        if not clause.key.startswith(MEASURED)
    }


def unchecked(agreement: Agreement) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(json.dumps(rewritten(agreement)))
    for stage in (told, *told.get("revisions", ())):
        (stage.get("latency") or {}).pop("checks", None)
    return told


@pytest.mark.parametrize("key", [None, *TERMS])
def test_every_term_comes_back(key: str | None, tmp_path: Path) -> None:
    before = world.catalogue(*([world.OTHERWISE[key]] if key else []))
    after, draft = come_back(before, tmp_path)
    assert said(after) == said(before)
    assert {name: unchecked(one) for name, one in after.agreements.items()} == {
        name: unchecked(one) for name, one in before.agreements.items()
    }
    left = "\n".join(line for service in draft.services.values() for line in service.left)
    named = any("latency" in line for line in left.splitlines())
    assert named == ("checks" in json.dumps([rewritten(one) for one in before.agreements.values()]))
    again, _ = come_back(after, tmp_path)
    assert said(again) == said(after)


def test_what_does_not_come_back_is_named(tmp_path: Path) -> None:
    _, draft = come_back(world.catalogue(), tmp_path)
    left = [line for _, check in draft.checks for line in check.left]
    assert left
    assert all("its checks are no part of OpenSLO" in line for line in left)
    exported = documents(world.catalogue(), "openslo")
    assert "# - checks, and what the service needs and stands on" in exported
    assert "# - the service's name, team and runbook" in exported


def test_an_agreement_on_several_services_is_one_again(tmp_path: Path) -> None:
    before = world.catalogue(world.OTHERWISE["Agreement.services"])
    after, _ = come_back(before, tmp_path)
    assert after.agreements["gold"].services == ("shop", "db")


def test_an_objective_that_somebody_changed_holds_and_is_told(tmp_path: Path) -> None:
    found = list(yaml.safe_load_all(documents(world.catalogue(), "openslo")))
    found[0]["spec"]["objectives"][0]["target"] = 0.9925
    found[0]["spec"]["timeWindow"][0]["calendar"]["timeZone"] = "Europe/Paris"
    found[0]["spec"]["timeWindow"][0]["duration"] = "1Q"
    (tmp_path / "slo.yml").write_text(yaml.safe_dump_all(found, allow_unicode=True), encoding="utf-8")
    after, draft = come_in(tmp_path)
    gold = after.agreements["gold"]
    assert (gold.target, gold.timezone, gold.period) == (Fraction(9925, 10_000), "Europe/Paris", "quarter")
    left = "\n".join(draft.services["shop"].left)
    for word in ('target: "99.9%" of the annotation: the SLO says "99.25%"', "timezone", "period"):
        assert word in left


def test_an_objective_of_others_keeps_all_its_digits(tmp_path: Path) -> None:
    slo = {
        "apiVersion": "openslo/v1", "kind": "SLO", "metadata": {"name": "up"},
        "spec": {
            "service": "shop", "budgetingMethod": "Timeslices",
            "indicator": {"spec": {"thresholdMetric": {"metricSource": {"type": "Prometheus",
                                                                        "spec": {"query": "min(up)"}}}}},
            "timeWindow": [{"duration": "1M", "calendar": {"timeZone": "Europe/Berlin"}}],
            "objectives": [{"op": "gte", "value": 1, "target": 0.9999912}],
        },
    }  # fmt: skip
    (tmp_path / "slo.yml").write_text(yaml.safe_dump(slo))
    first, _ = come_in(tmp_path)
    assert first.agreements["up"].target == Fraction("0.9999912")
    second, _ = come_back(first, tmp_path)
    assert said(second) == said(first)


BROKEN = [
    "", "{", "[]", "null", "1", '"x"', "[" * 100_000, '{"agreement": "gold"}',
    '{"agreement": "gold", "terms": {"services": []}}',
    '{"agreement": "gold", "terms": {"services": [1], "customer": "k"}}',
    '{"agreement": "Gold!", "terms": {"services": ["shop"], "customer": "k", "target": "99%"}}',
    '{"agreement": "gold", "terms": {"services": ["shop"], "customer": "nobody", "target": "99%"}}',
    '{"agreement": "gold", "terms": {"services": ["shop"], "customer": "k", "target": "99%", "more": 1}}',
    '{"agreement": "gold", "customers": {"k": {"name": "${env:HOME}", "kind": "external"}}, '
    '"terms": {"services": ["shop"], "customer": "k", "target": "99%"}}',
    '{"agreement": "gold", "customers": [], "terms": {"services": ["shop"], "customer": "k", "target": "99%"}}',
]  # fmt: skip


@pytest.mark.parametrize("annotation", [*BROKEN, 7, ["x"], {"a": 1}, "x" * 300_000], ids=lambda v: str(v)[:40])
def test_an_annotation_that_does_not_load_is_named_and_the_rest_comes_in(annotation: object, tmp_path: Path) -> None:
    found = list(yaml.safe_load_all(documents(world.catalogue(), "openslo")))[:1]
    found[0]["metadata"]["annotations"] = {ANNOTATION: annotation}
    (tmp_path / "slo.yml").write_text(yaml.safe_dump_all(found, allow_unicode=True), encoding="utf-8")
    draft = import_files([tmp_path / "slo.yml"])
    (tmp_path / "back.yml").write_text(yaml_text(draft, "x", lambda hidden: "${env:X}"), encoding="utf-8")
    assert load(tmp_path / "back.yml").services == {}
    left = "\n".join(line for service in draft.services.values() for line in service.left)
    assert f"annotations.{ANNOTATION}: " in left


@pytest.mark.parametrize("key", [None, *world.OTHERWISE])
def test_what_is_rewritten_loads_to_the_same(key: str | None) -> None:
    found = world.catalogue(*([world.OTHERWISE[key]] if key else []))
    for model, entries in ((Agreement, found.agreements), (Calendar, found.calendars)):
        for entry in entries.values():
            assert model.model_validate(json.loads(json.dumps(rewritten(entry)))) == entry
