"""Text and account cannot differ: whatever changes an account changes the text, its digest and its difference.

The tables of `world` must have every key of the models and of the accounting's terms. A key added later makes a test
red until it stands there, and then until the text tells it.
"""

import io
from dataclasses import fields
from itertools import combinations

import pypdf
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from slamon.accounting import terms
from slamon.catalogue import Catalogue
from slamon.catalogue.agreements import (
    Agreement,
    Credit,
    Latency,
    OneOffMaintenance,
    RecurringMaintenance,
    RevisedTerms,
    Rules,
)
from slamon.catalogue.calendars import Calendar, Holidays
from slamon.catalogue.checks import PROBE_KINDS, CheckSettings, Defaults
from slamon.catalogue.models import Reference, Service
from slamon.catalogue.parties import Customer, Organisation, Supplier, Team
from slamon.catalogue.terms import agreement_terms, check_terms, reference_terms, service_terms
from slamon.reports.agreements.clauses import Text, clauses, digest
from slamon.reports.agreements.differing import changes
from slamon.reports.agreements.subject import subjects
from slamon.reports.agreements.writing import document, text
from slamon.reports.formats import maker
from slamon.reports.forms import ReportFormat
from slamon.reports.tongue import Tongue

from tests.unit.reports.agreements import world
from tests.unit.reports.test_formats import flat, page_of

MODELS = (
    Agreement, RevisedTerms, OneOffMaintenance, RecurringMaintenance, Rules, Latency, Credit, Calendar, Holidays,
    Service, CheckSettings, Defaults, Reference, Organisation, Customer, Supplier, Team,
)  # fmt: skip
KINDS = set(PROBE_KINDS) - {"http"}
"""Of the probe kinds one stands for all: their options are told alike."""
AT = 1_790_000_000_000


def texts(found: Catalogue) -> dict[tuple[str, int], Text]:
    """Every revision of every agreement."""
    return {(name, s.stage.number): text(s) for name in found.agreements for s in subjects(found, name)}


def read(found: Catalogue, language: str) -> str:
    """Everything that the documents say, as people read it."""
    tongues = {name: Tongue(language, agreement.timezone) for name, agreement in found.agreements.items()}
    return "\n".join(
        f"{tongues[name].text(clause.label)}: {tongues[name].text(clause.value)}"
        for (name, _), told in texts(found).items()
        for clause in clauses(told)
    )


def account(found: Catalogue) -> str:
    """All that the accounting is given, dates of rules as they fall."""
    return repr([
        [_plain(agreement) for agreement in agreement_terms(found)],
        [service_terms(service) for service in found.services.values()],
        [check_terms(check) for check in found.checks.values()],
        reference_terms(found),
    ])  # fmt: skip


def _plain(agreement: terms.AgreementTerms) -> list[object]:
    first, last = world.date(2026, 1, 1), world.date(2027, 12, 31)
    told: list[object] = [agreement.customer, agreement.services]
    for revision in agreement.revisions:
        for field in fields(revision):
            value = getattr(revision, field.name)
            if isinstance(value, terms.Calendar):
                free = value.holidays(first, last) if value.holidays else None
                value = (value.hours, free, value.dates, value.closed)
            if field.name == "maintenance":
                value = [
                    (w.dates(first, last), w.at_minute, w.duration_ms, w.start_date, w.summary)
                    if isinstance(w, terms.Recurring)
                    else w
                    for w in value
                ]
            told.append(value)
    return told


PLAIN = world.catalogue()
SAID = {language: read(PLAIN, language) for language in ("en", "de")}


def test_every_key_of_the_catalogue_stands_in_the_table_and_no_other() -> None:
    keys = {f"{model.__name__}.{f.alias or n}" for model in MODELS for n, f in model.model_fields.items()}
    assert set(world.OTHERWISE) | set(world.UNTOLD) == keys - {f"CheckSettings.{kind}" for kind in KINDS}
    assert not set(world.OTHERWISE) & set(world.UNTOLD)


@pytest.mark.parametrize("key", world.OTHERWISE)
def test_another_value_changes_text_digest_and_difference(key: str) -> None:
    other = world.catalogue(world.OTHERWISE[key])
    old, new = texts(PLAIN), texts(other)
    differing = [name for name in old.keys() | new.keys() if old.get(name) != new.get(name)]
    assert differing
    for language, said in SAID.items():
        assert read(other, language) != said
    for name in set(differing) & old.keys() & new.keys():
        found = changes(old[name], new[name])
        assert found
        assert digest(old[name]) != digest(new[name])
        for language in SAID:
            tongue = Tongue(language, PLAIN.agreements[name[0]].timezone)
            assert all(tongue.text(one.cells[0]) != tongue.text(one.cells[1]) for one in found)


def test_every_term_of_the_accounting_is_changed_by_a_key_of_the_table() -> None:
    """So a term that the accounting learns later has to have a key there."""
    untouched = {
        f"{kind.__name__}.{field.name}"
        for kind in (terms.Revision, terms.Rules, terms.LatencyTerms, terms.CreditTier, terms.Calendar, terms.OneOff,
                     terms.Recurring, terms.CheckTerms, terms.ServiceTerms, terms.Membership, terms.ReferenceTerms)
        for field in fields(kind)
    } - {name for key in world.OTHERWISE for name in _touched(key)}  # fmt: skip
    named = {"Revision.number", "Calendar.id", "CheckTerms.id", "ServiceTerms.id", "Membership.check_id"}
    assert untouched == named


def _touched(key: str) -> set[str]:
    """The fields of the accounting's terms that differ with another value of a key."""
    found: set[str] = set()
    old, new = PLAIN, world.catalogue(world.OTHERWISE[key])
    for mine, yours in zip(agreement_terms(old), agreement_terms(new), strict=True):
        for one, other in zip(mine.revisions, yours.revisions, strict=False):
            _compare(one, other, found)
    for service, same in zip(old.services.values(), new.services.values(), strict=True):
        _compare(service_terms(service), service_terms(same), found)
    for check, alike in zip(old.checks.values(), new.checks.values(), strict=True):
        _compare(check_terms(check), check_terms(alike), found)
    _compare(reference_terms(old), reference_terms(new), found)
    return found


def _compare(one: object, other: object, found: set[str]) -> None:
    if type(one) is not type(other) or not hasattr(one, "__dataclass_fields__"):
        return
    first, last = world.date(2026, 1, 1), world.date(2027, 12, 31)
    for field in fields(one):  # type: ignore[arg-type]
        mine, yours = getattr(one, field.name), getattr(other, field.name)
        if callable(mine) and callable(yours):
            mine, yours = mine(first, last), yours(first, last)
        inner = hasattr(mine, "__dataclass_fields__")
        if isinstance(mine, tuple) and isinstance(yours, tuple) and len(mine) == len(yours):
            for pair in zip(mine, yours, strict=True):
                _compare(*pair, found)
        if inner:
            _compare(mine, yours, found)
        if (
            (mine is None) != (yours is None)
            or (not inner and mine != yours)
            or (inner and _told(mine) != _told(yours))
        ):
            found.add(f"{type(one).__name__}.{field.name}")


def _told(value: object) -> str:
    return repr([getattr(value, f.name) for f in fields(value) if not callable(getattr(value, f.name))])  # type: ignore[arg-type]


KEYS = st.lists(st.sampled_from(sorted(world.OTHERWISE)), max_size=5, unique=True)


def _apart(keys: list[str]) -> bool:
    """No change lies inside another one."""
    paths = [world.OTHERWISE[key][0] for key in keys]
    return all(one[: len(two)] != two and two[: len(one)] != one for one, two in combinations(paths, 2))


@given(one=KEYS.filter(_apart), other=KEYS.filter(_apart))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
def test_agreements_that_are_accounted_differently_say_so(one: list[str], other: list[str]) -> None:
    mine, yours = (world.catalogue(*(world.OTHERWISE[key] for key in keys)) for keys in (one, other))
    if account(mine) != account(yours):
        for language in SAID:
            assert read(mine, language) != read(yours, language)
        assert {name: digest(told) for name, told in texts(mine).items()} != {
            name: digest(told) for name, told in texts(yours).items()
        }


@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize("agreement", ["gold", "rz", "db"])
def test_a_document_says_every_clause(agreement: str, language: str) -> None:
    for subject in subjects(PLAIN, agreement):
        made, tongue = document(subject, AT), Tongue(language, subject.zone)
        told = text(subject)
        page = page_of(maker(ReportFormat.HTML)(made, language))
        for chapter in told:
            assert page.tables[chapter.key] == [[tongue.text(c.label), tongue.text(c.value)] for c in chapter.clauses]
        assert "".join(page.tables["document"][4][1].split()) == digest(told)
        reader = pypdf.PdfReader(io.BytesIO(maker(ReportFormat.PDF)(made, language)))
        said = flat("".join(sheet.extract_text() for sheet in reader.pages))
        words = [word for c in clauses(told) for word in (tongue.text(c.label) + " " + tongue.text(c.value)).split()]
        assert [word for word in words if flat(word) not in said] == []
        assert digest(told) in said


def test_a_secret_is_never_told() -> None:
    shown = world.catalogue(
        ((*world.HOME, "http", "basic_auth"), {"username": "probe-user", "password": "very-secret"}),
        ((*world.HOME, "http", "headers"), {"X-Key": "also-secret"}),
    )
    for language in SAID:
        said = read(shown, language)
        assert "very-secret" not in said
        assert "also-secret" not in said
        assert "probe-user" not in said
