"""Other terms over a catalogue: read by its own models, laid over every agreement, revision and check, and no more."""

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from slamon.accounting.terms import UnknownRule
from slamon.catalogue import Catalogue, load_value, terms
from slamon.catalogue.overlay import _EXAMPLES, KEYS, Overlay, overlaid, parse
from slamon.errors import UsageError

CATALOGUE: dict[str, Any] = {
    "slamon": 1,
    "customers": {"kunde": {"name": "Kunde", "kind": "external"}},
    "services": {
        "shop": {"checks": {n: {"tcp": {"address": "127.0.0.1:9"}} for n in ("one", "two", "three")}},
        "mail": {"checks": {"one": {"tcp": {"address": "127.0.0.1:9"}, "confirm": 5}}},
        "both": {"depends_on": ["shop", "mail"]},
    },
    "agreements": {
        "gold": {
            "customer": "kunde",
            "services": ["shop", "mail", "both"],
            "target": "99.9%",
            "rules": {"min_outage": "1m", "notice": "2d"},
            "revisions": [{"valid_from": "2026-07-01", "target": "99.99%", "rules": {"unknown": "up"}}],
        }
    },
}


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load_value(CATALOGUE)


def laid(catalogue: Catalogue, *settings: str, services: tuple[str, ...] = ()) -> Catalogue:
    return overlaid(catalogue, parse(settings), services)


def test_every_key_has_an_example_that_is_read() -> None:
    assert set(_EXAMPLES) == set(KEYS)
    for example in _EXAMPLES.values():
        assert parse([example]).words == (example,)


@given(st.text(max_size=40), st.sampled_from(KEYS), st.text(max_size=40))
def test_whatever_is_written_is_read_or_answered(word: str, key: str, value: str) -> None:
    for settings in ([word], [f"{key}={value}"], [f"{word}={value}"]):
        said = answered(settings)
        assert said is None or ("expected" in said and len(said) < 600)


def answered(settings: list[str]) -> str | None:
    """What is said of terms that cannot be read."""
    try:
        parse(settings)
    except UsageError as error:
        return str(error)
    return None


def test_nothing_changes_without_terms(catalogue: Catalogue) -> None:
    same = overlaid(catalogue, Overlay(), ())
    assert terms.agreement_terms(same) == terms.agreement_terms(catalogue)
    assert dict(same.checks) == dict(catalogue.checks)
    assert terms.corrections(same) == terms.corrections(catalogue)


def test_terms_hold_in_every_revision_and_rules_one_by_one(catalogue: Catalogue) -> None:
    (agreed,) = terms.agreement_terms(laid(catalogue, "target=95%", "unknown=down"))
    assert [revision.target for revision in agreed.revisions] == [Fraction(95, 100)] * 2
    assert [revision.rules.unknown for revision in agreed.revisions] == [UnknownRule.DOWN] * 2
    assert [(r.rules.min_outage_ms, r.rules.notice_ms) for r in agreed.revisions] == [(60_000, 172_800_000)] * 2
    (before,) = terms.agreement_terms(catalogue)
    assert [revision.target for revision in before.revisions] == [Fraction(999, 1000), Fraction(9999, 10000)]


def test_confirmation_holds_for_every_check_also_for_those_asked_before(catalogue: Catalogue) -> None:
    assert catalogue.checks["mail/one"].confirm == 5, "asked, and so kept"
    other = laid(catalogue, "confirm=3", "flapping=0")
    assert {(check.confirm, check.flapping) for check in other.checks.values()} == {(3, 0)}
    assert catalogue.checks["mail/one"].confirm == 5


def test_needs_is_of_the_services_asked_about_or_of_one(catalogue: Catalogue) -> None:
    def needs(found: Catalogue) -> dict[str, Any]:
        return {key: service.needs for key, service in found.services.items()}

    assert needs(laid(catalogue, "needs=any", services=("shop", "both"))) == {
        "shop": "any",
        "mail": "all",
        "both": "all",
    }
    assert needs(laid(catalogue, "needs.shop=2"))["shop"] == 2
    with pytest.raises(UsageError, match="found 4, expected at most 3, the number of checks"):
        laid(catalogue, "needs.shop=4")


def test_an_exclusion_is_a_correction_of_every_agreement_entered_last(catalogue: Catalogue) -> None:
    other = laid(catalogue, "exclude=2026-10-05T08:00:00Z/2026-10-05T09:00:00Z")
    ((agreement, length),) = [(c.agreement, c.end - c.start) for c in terms.corrections(other)]
    assert (agreement, length) == ("gold", 3_600_000)
