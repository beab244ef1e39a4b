"""`slamon demo --example`: half a year of the company, with everything that a service manager does in it."""

import json
from pathlib import Path
from typing import Any

import pypdf
import pytest
from slamon import cli
from slamon.desk import Desk
from slamon.desk.reconciling import Finding
from slamon.ledger import register

from tests.system import calling
from tests.system.calling import Slamon, clock

slamon = calling.slamon
DOCUMENTS = Path("documents")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example, written once."""
    folder = tmp_path_factory.mktemp("example") / "half-year"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sys.argv", ["slamon", "demo", "--example", str(folder)])
        with pytest.raises(SystemExit) as end:
            cli.main()
    assert end.value.code == 0
    return folder


@pytest.fixture
def inside(folder: Path, slamon: Slamon, monkeypatch: pytest.MonkeyPatch) -> Slamon:
    monkeypatch.chdir(folder)
    clock(monkeypatch, "2026-11-04T09:00:00+01:00")
    return slamon


def answer(inside: Slamon, *words: str) -> dict[str, Any]:
    done = inside(*words, "--format", "json")
    assert done.code == 0, done.err
    return dict(json.loads(done.out))


def test_the_catalogue_is_valid_and_verify_finds_no_difference(inside: Slamon) -> None:
    assert inside("check").code == 0
    assert inside("verify").code == 0


def test_two_customers_have_half_a_year_of_figures(inside: Slamon) -> None:
    for month in range(5, 11):
        told = answer(inside, "account", "--period", f"2026-{month:02d}")["figures"]
        assert {"haendler", "vertrieb"} <= {figure["customer"] for figure in told}
        assert all(figure["availability"] is not None for figure in told)
    breached = {
        (figure["agreement"], figure["service"], month)
        for month in range(5, 11)
        for figure in answer(inside, "account", "--period", f"2026-{month:02d}")["figures"]
        if figure["verdict"] == "breached"
    }
    # September is kept since its correction
    assert breached == {("shop-gold", "onlineshop", 7), ("datenbank-ola", "datenbank", 7)}


def test_september_was_missed_when_it_was_closed_disputed_and_is_kept_in_its_restatement(inside: Slamon) -> None:
    before = answer(inside, "account", "-a", "shop-gold", "--period", "2026-09", "--as-of", "2026-10-05T10:00:00+02:00")
    verdicts = {figure["service"]: figure["verdict"] for figure in before["figures"]}
    assert verdicts == {"onlineshop": "met", "schnittstelle": "breached"}
    kinds = [entry.kind for entry in register(Path("data/slamon.db")) if entry.body.get("period") == "2026-09"
             and entry.agreement == "shop-gold"]  # fmt: skip
    assert kinds == ["closing", "dispute", "restatement", "approval"]


def test_complaints_of_every_kind_of_reconciliation(inside: Slamon) -> None:
    found = answer(inside, "register", "reconcile")["complaints"]
    assert {one["finding"] for one in found} == {finding.value for finding in Finding}


def test_reviews_promises_and_scores_are_there(inside: Slamon) -> None:
    desk = Desk.of(register(Path("data/slamon.db")))
    assert {review.period for review in desk.reviews.values()} == {"2026-Q2", "2026-Q3"}
    assert {action.state.value for action in desk.actions.values()} == {"open", "done"}
    assert {score.customer for score in desk.satisfaction.values()} == {"haendler", "vertrieb"}


def test_the_documents_are_there_and_say_what_happened(inside: Slamon) -> None:
    names = {path.name for path in DOCUMENTS.iterdir()}
    assert {f"2026-{month}_haendler_shop-gold_de.{form}" for month in ("07", "09", "10")
            for form in ("pdf", "html", "xlsx")} <= names  # fmt: skip
    assert {f"2026-10_vertrieb_{agreement}_de.{form}" for agreement in ("bestellen-buero", "post-intern")
            for form in ("pdf", "html", "xlsx")} <= names  # fmt: skip
    assert (DOCUMENTS / "2026-Q3_haendler-minutes.yml").read_text(encoding="utf-8").startswith("# Protokoll")
    pack = " ".join(page.extract_text() for page in pypdf.PdfReader(DOCUMENTS / "2026-Q3_haendler_review_de.pdf").pages)
    for words in ("Service-Review 3. Quartal 2026", "INC-2041", "Berichtigung 1", "Speicher der Datenbank verdoppeln"):
        assert words in pack
    # what teams and suppliers owe the house is none of the customer's business
    assert "Rechenzentrum Elbe" not in pack
    assert "lager-uc" not in pack


def test_nothing_is_overwritten_and_nothing_is_started(folder: Path, slamon: Slamon) -> None:
    again = slamon("demo", "--example", str(folder))
    assert (again.code, again.out) == (2, "")
    assert "overwrites nothing" in again.err
    beside = slamon("demo", "--example", "elsewhere", "--keep", "here")
    assert beside.code == 2
    assert not Path("elsewhere").exists()
