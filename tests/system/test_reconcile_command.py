"""`slamon register reconcile`: complaints of the register beside the facts of the ledger, as a user calls it."""

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest
from slamon.catalogue.quantities import instant_ms
from slamon.ledger import Entry, Ledger

from tests.system import calling
from tests.system.calling import CATALOGUE, MINUTE, START, Slamon, imported, line

slamon = calling.slamon
LEDGER = Path("data/slamon.db")


def complaint(minute: int, minutes: int | None, text: str, **more: Any) -> Entry:
    """Felt so many minutes after the start of the hour that is in the ledger."""
    felt = START + minute * MINUTE
    body = {
        "customer": "kunde", "felt_from_ms": felt, "felt_to_ms": None if minutes is None else felt + minutes * MINUTE,
        "text": text, "channel": "phone", "who": None, "reference": None, **more,
    }  # fmt: skip
    return Entry("complaint", "sm", body, None, "shop")


@pytest.fixture
def told(slamon: Slamon) -> Slamon:
    """An hour of a shop, two minutes of it down, and three complaints."""
    Path("slamon.yml").write_text(json.dumps(CATALOGUE))
    done = imported(slamon, [line(i, "down" if i in (10, 11) else "up") for i in range(60)])
    assert done.code == 0, done.err
    entered = [
        complaint(10, 2, "Shop weg"),
        complaint(40, 5, '=HYPERLINK("http://127.0.0.1/") Login geht nicht'),
        complaint(2 * 24 * 60, None, "damals"),
    ]
    ledger = Ledger.open(LEDGER)
    ledger.enter(entered, instant_ms("2026-10-08T00:00:00Z"), None).result()
    ledger.close(clean=True)
    return slamon


def test_each_complaint_has_its_finding_and_its_evidence(told: Slamon) -> None:
    done = told("register", "reconcile", "-f", "json")

    assert done.code == 0, done.err
    answer = json.loads(done.out)
    assert [(one["id"], one["finding"]) for one in answer["complaints"]] == [
        (1, "agrees"),
        (2, "not_seen"),
        (3, "unknown_time"),
    ]
    outage = answer["complaints"][0]["seen"][0]
    assert (outage["sight"], outage["start_ms"], outage["end_ms"]) == (
        "outage",
        START + 10 * MINUTE,
        START + 12 * MINUTE,
    )
    assert answer["complaints"][1]["proposals"][0]["kinds"] == ["journey"]
    assert answer["quality"] == [
        {"customer": "kunde", "service": "shop", "complaints": 3, "unseen": 2, "unseen_ratio": "0.666666666666"}
    ]


def test_the_table_says_it_in_both_languages(told: Slamon) -> None:
    english, german = told("register", "reconcile").out, told("register", "reconcile", "-l", "de").out

    assert "agrees with what was measured" in english
    assert "shop was down" in english
    assert "give shop a check of the kind journey: the complaint is about logging in" in english
    assert "deckt sich mit der Messung" in german
    assert "für shop eine Prüfung der Art journey anlegen: es geht um das Anmelden" in german
    assert "66.6 %" in english


def test_a_spreadsheet_takes_no_text_for_a_formula(told: Slamon) -> None:
    rows = list(csv.DictReader(io.StringIO(told("register", "reconcile", "-f", "csv").out)))

    assert [row["finding"] for row in rows] == ["agrees", "not_seen", "unknown_time"]
    assert rows[1]["text"].startswith("'=HYPERLINK")


def test_one_period_one_customer_one_service(told: Slamon) -> None:
    def ids(*words: str) -> list[int]:
        return [one["id"] for one in json.loads(told("register", "reconcile", "-f", "json", *words).out)["complaints"]]

    assert ids("--period", "2026-10") == [1, 2, 3]
    assert ids("--period", "2026-10-05/2026-10-06") == [1, 2]
    assert ids("--period", "2026-10-06/2026-10-08") == [3]
    assert ids("--customer", "kunde", "--service", "shop") == [1, 2, 3]


def test_the_leeway_is_said_by_the_words(told: Slamon) -> None:
    done = told("register", "reconcile", "-f", "json", "--before", "30m", "--period", "2026-10-05/2026-10-06")

    assert [one["finding"] for one in json.loads(done.out)["complaints"]] == ["agrees", "agrees"]


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--customer", "kunden"), "there is no customer 'kunden'; there are: kunde; did you mean 'kunde'?"),
        (("--service", "shopp"), "there is no service 'shopp'"),
        (("--period", "2026-13"), "2026-13"),
        (("--before", "soon"), "--before 'soon': expected a duration, as 90s, 10m or 1h"),
    ],
)
def test_what_is_wrong_is_told(told: Slamon, words: tuple[str, ...], says: str) -> None:
    done = told("register", "reconcile", *words)

    assert done.code == 2
    assert says in done.err.replace("\n", " ")


def test_no_complaint_is_no_error(slamon: Slamon) -> None:
    Path("slamon.yml").write_text(json.dumps(CATALOGUE))
    imported(slamon, [line(0, "up")])

    done = slamon("register", "reconcile")
    assert (done.code, done.out) == (0, "")
    assert "no complaint" in done.err
