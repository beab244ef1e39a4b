"""`slamon agreement` as a user calls it: what it prints, writes and refuses, and with which exit codes."""

import errno
import json
import os
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.system import calling
from tests.system.calling import Slamon
from tests.unit.reports.agreements import world

slamon = calling.slamon


def put(value: Any, name: str = "slamon.yml") -> None:
    Path(name).write_text(yaml.safe_dump(value, allow_unicode=True, sort_keys=False), encoding="utf-8")


def other(**changes: Any) -> dict[str, Any]:
    """The catalogue with other keys of the agreement."""
    value: dict[str, Any] = json.loads(json.dumps(world.CATALOGUE))
    value["agreements"]["gold"] |= changes
    return value


@pytest.fixture
def desk(slamon: Slamon) -> Slamon:
    put(world.CATALOGUE)
    return slamon


def test_every_term_is_printed_in_both_languages(desk: Slamon) -> None:
    english, german = desk("agreement", "show", "gold", "-r", "1"), desk("agreement", "show", "gold", "--lang", "de")
    assert (english.code, english.err, german.code) == (0, "", 0)
    assert "99.9\u00a0%" in english.out
    assert "Zugesagte Verfügbarkeit" in german.out
    assert "99,95\u00a0%" in german.out  # in force at the turn of 2027


def test_json_has_each_clause_with_key_text_and_value(desk: Slamon) -> None:
    told = json.loads(desk("agreement", "show", "gold", "-r", "1", "-f", "json").out)
    clauses = {clause["key"]: clause for chapter in told["chapters"] for clause in chapter["clauses"]}
    assert (clauses["target"]["value"], clauses["target"]["text"]) == ("0.999", "99.9\u00a0%")
    assert told["revision"] == 1
    assert len(told["digest"]) == 64
    german = json.loads(desk("agreement", "show", "gold", "-r", "1", "-f", "json", "--lang", "de").out)
    assert german["digest"] == told["digest"]


def test_documents_are_written_under_names_that_sort(desk: Slamon) -> None:
    done = desk("agreement", "render", "--lang", "de", "-o", "out", "-f", "html", "-f", "pdf")
    names = sorted(path.name for path in Path("out").iterdir())
    stems = ("haus_db_r01_de", "haus_rz_r01_de", "kunde_gold_r02_de")
    assert names == sorted(f"{stem}.{form}" for stem in stems for form in ("html", "pdf"))
    assert sorted(done.out.split()) == [f"out/{name}" for name in names]
    assert (done.code, done.err) == (0, "")
    assert desk("agreement", "render", "all", "--customer", "haus", "-o", "some").out.split() == [
        "some/haus_rz_r01_en.html",
        "some/haus_db_r01_en.html",
    ]
    assert desk("agreement", "render", "gold", "-r", "1").out.split() == ["kunde_gold_r01_en.html"]


def test_the_change_of_a_revision_is_told_with_its_date(desk: Slamon) -> None:
    done = desk("agreement", "diff", "gold")
    assert done.code == 1
    assert "Target availability: 99.9\u00a0% -> 99.95\u00a0% from 1\u00a0Jan\u00a02027" in done.out
    german = desk("agreement", "diff", "gold", "--from", "1", "--to", "2", "--lang", "de")
    assert "Zugesagte Verfügbarkeit: 99,9\u00a0% -> 99,95\u00a0% ab 01.01.2027" in german.out
    told = json.loads(desk("agreement", "diff", "gold", "-f", "json").out)["revisions"][0]["changes"]
    assert {"key": "target", "before_value": "0.999", "after_value": "0.9995"}.items() <= {
        k: v for change in told if change["key"] == "target" for k, v in change.items()
    }.items()


def test_without_numbers_the_last_two_revisions_are_compared(desk: Slamon) -> None:
    later = {"valid_from": "2027-06-01", "target": "99.99%"}
    put(other(revisions=[*world.CATALOGUE["agreements"]["gold"]["revisions"], later]))
    done = desk("agreement", "diff", "gold")
    assert done.out.startswith("gold: revision 2 -> revision 3, from 1\u00a0Jun\u00a02027\n")
    assert "Target availability: 99.95\u00a0% -> 99.99\u00a0%" in done.out
    assert desk("agreement", "diff", "gold", "--to", "2").out.startswith("gold: revision 1 -> revision 2,")


def test_two_catalogues_are_compared_revision_by_revision(desk: Slamon) -> None:
    put(world.CATALOGUE, "same.yml")
    same = desk("agreement", "diff", "gold", "--against", "same.yml")
    assert (same.code, same.out) == (0, "No difference.\n")
    put(other(target="99.8%", revisions=[]), "old.yml")
    done = desk("agreement", "diff", "gold", "--against", "old.yml")
    assert done.code == 1
    assert "Target availability: 99.8\u00a0% -> 99.9\u00a0%\n" in done.out
    assert "Revision 2 is new." in done.out
    assert desk("agreement", "diff", "gold", "-c", "old.yml", "--against", "slamon.yml").code == 1


REFUSED = {
    "there is no agreement 'zinn'; there are: gold": ("show", "zinn"),
    "there is no agreement 'xxxxxxxxxx": ("show", "x" * 300),
    "has no revision 3; there are: 1 from": ("show", "gold", "-r", "3"),
    "there is no customer 'niemand'": ("render", "--customer", "niemand"),
    "there is no agreement of the customer haus named gold": ("render", "gold", "--customer", "haus"),
    "--revision is of one agreement": ("render", "--revision", "1"),
    "has one revision: compare it with --against FILE": ("diff", "rz"),
    "leave --from and --to out": ("diff", "gold", "--from", "1", "--against", "slamon.yml"),
    "there is no catalogue at nowhere.yml": ("diff", "gold", "--against", "nowhere.yml"),
}


@pytest.mark.parametrize("said", REFUSED)
def test_what_cannot_be_is_refused_with_the_remedy(desk: Slamon, said: str) -> None:
    done = desk("agreement", *REFUSED[said])
    assert (done.code, done.out) == (2, "")
    assert said in done.err
    assert len(done.err) < 400


def test_an_agreement_that_was_not_there_before_is_told(desk: Slamon) -> None:
    old = other()
    del old["agreements"]["gold"]
    put(old, "old.yml")
    done = desk("agreement", "diff", "gold", "--against", "old.yml")
    assert (done.code, "all of it is new" in done.err) == (2, True)


def test_a_full_disk_leaves_what_was_there(desk: Slamon, monkeypatch: pytest.MonkeyPatch) -> None:
    assert desk("agreement", "render", "gold", "-o", "out").code == 0
    (path,) = Path("out").iterdir()
    before = path.read_bytes()

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    done = desk("agreement", "render", "gold", "-o", "out", "--lang", "en")
    assert done.code == 3
    assert "no space is left" in done.err
    assert [p.name for p in Path("out").iterdir()] == [path.name]
    assert path.read_bytes() == before


@pytest.mark.parametrize("name", ["ש" * 20 + " שלום עולם", "مرحبا بالعالم", "中文客户 🙂", "x" * 200, "w " * 99 + "w"])
def test_any_name_goes_into_both_forms(desk: Slamon, name: str) -> None:
    value = other()
    value["customers"]["kunde"]["name"] = value["organisation"]["name"] = value["services"]["shop"]["name"] = name
    value["agreements"]["gold"]["maintenance"][1]["summary"] = name
    put(value)
    for language in ("de", "en"):
        done = desk("agreement", "render", "gold", "-f", "html", "-f", "pdf", "--lang", language)
        assert (done.code, done.err) == (0, "")
        page = Path(f"kunde_gold_r02_{language}.html").read_text(encoding="utf-8")
        assert name in page
    assert desk("agreement", "show", "gold").code == 0


def test_a_name_of_300_characters_is_refused_at_its_place(desk: Slamon) -> None:
    value = other()
    value["customers"]["kunde"]["name"] = "x" * 300
    put(value)
    done = desk("agreement", "render", "gold")
    assert done.code == 2
    assert "customers.kunde.name: found 'xxx" in done.err
    assert "expected a text of 1 to 200 printable characters" in done.err
