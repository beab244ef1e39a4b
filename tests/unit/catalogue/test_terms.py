"""The catalogue as the accounting's terms."""

from fractions import Fraction
from pathlib import Path

from slamon.accounting.terms import AgreementTerms, LatencyTerms
from slamon.catalogue import load
from slamon.catalogue.terms import agreement_terms

CATALOGUE = """slamon: 1
customers: {kunde: {name: Kunde, kind: external}}
services:
  shop: {checks: {seite: {tcp: {address: "127.0.0.1:9"}}, suche: {tcp: {address: "127.0.0.1:9"}}}}
  lager: {checks: {seite: {tcp: {address: "127.0.0.1:9"}}}}
agreements:
  gold:
    customer: kunde
    services: [shop, lager]
    target: 99.9%
    timezone: Europe/Berlin
    valid_from: 2026-01-01
"""


def agreement(folder: Path, more: str) -> AgreementTerms:
    (folder / "c.yml").write_text(CATALOGUE + more)
    (terms,) = agreement_terms(load(folder / "c.yml", env={}))
    return terms


def latency(folder: Path, checks: str) -> LatencyTerms:
    found = agreement(folder, f"    latency: {{threshold: 800ms, target: 95%{checks}}}\n").revisions[0].latency
    assert found is not None
    return found


def test_a_latency_objective_without_checks_is_of_all_of_them(tmp_path: Path) -> None:
    assert latency(tmp_path, "").checks is None


def test_a_check_named_alone_is_the_one_of_that_name_in_each_service(tmp_path: Path) -> None:
    assert latency(tmp_path, ", checks: [seite]").checks == ("shop/seite", "lager/seite")


def test_a_check_named_with_its_service_is_that_one(tmp_path: Path) -> None:
    found = latency(tmp_path, ", checks: [lager/seite, suche]")

    assert found.checks == ("shop/suche", "lager/seite")
    assert (found.threshold_us, found.target, found.min_observations) == (800_000, Fraction(95, 100), 100)


def test_a_revision_replaces_what_it_names_and_rules_one_by_one(tmp_path: Path) -> None:
    terms = agreement(
        tmp_path,
        "    rules: {notice: 24h, min_outage: 3m}\n"
        "    latency: {threshold: 1s, target: 95%}\n"
        "    revisions:\n"
        "      - {valid_from: 2027-01-01, target: 99.95%, rules: {notice: 48h}}\n"
        "      - {valid_from: 2027-07-01, rules: {notice: null}, latency: null}\n",
    )

    first, second, third = terms.revisions
    assert [r.target for r in terms.revisions] == [Fraction(999, 1000), Fraction(9995, 10000), Fraction(9995, 10000)]
    assert [r.rules.notice_ms for r in terms.revisions] == [86_400_000, 172_800_000, None]
    assert {r.rules.min_outage_ms for r in terms.revisions} == {180_000}
    assert first.latency == second.latency is not None
    assert third.latency is None
    assert (first.valid_until, second.valid_until, third.valid_until) == (second.valid_from, third.valid_from, None)


def test_validity_begins_at_midnight_of_the_agreements_zone(tmp_path: Path) -> None:
    assert agreement(tmp_path, "").revisions[0].valid_from == 1_767_222_000_000  # 2025-12-31T23:00:00Z
