"""`slamon catalogue` as a user calls it: what it prints and writes, and its exit codes."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.system import calling
from tests.system.calling import Slamon
from tests.unit.reports.agreements import many
from tests.unit.reports.offered.test_weak import sound

slamon = calling.slamon


def put(value: Any, name: str = "slamon.yml") -> None:
    Path(name).write_text(yaml.safe_dump(value, allow_unicode=True, sort_keys=False), encoding="utf-8")


@pytest.fixture
def desk(slamon: Slamon) -> Slamon:
    put(sound())
    return slamon


def test_a_sound_catalogue_has_no_warning(desk: Slamon) -> None:
    done = desk("catalogue", "warnings")
    assert (done.code, done.out, done.err) == (0, "There is none.\n", "")
    assert json.loads(desk("catalogue", "warnings", "-f", "json").out) == {"warnings": []}


def test_a_warning_has_place_sentence_and_remedy_in_both_languages(desk: Slamon) -> None:
    value = sound()
    value["agreements"]["net"]["target"] = "98%"
    put(value)
    lines = Path("slamon.yml").read_text(encoding="utf-8").splitlines()
    line = next(i for i, text in enumerate(lines, 1) if "98%" in text)
    done = desk("catalogue", "warnings")
    assert done.code == 1
    assert f"slamon.yml:{line}:13: agreements.net.target: net (Underpinning contract) promises 98" in done.out
    assert done.out.endswith("2 design warnings.\n")
    assert "sagt 98\u00a0% für net zu" in desk("catalogue", "warnings", "--lang", "de").out
    told = desk("catalogue", "warnings", "-f", "json")
    assert told.code == 1
    found = {one["code"]: one for one in json.loads(told.out)["warnings"]}
    assert set(found) == {"promise", "carry_target"}
    assert (found["carry_target"]["file"], found["carry_target"]["line"]) == ("slamon.yml", line)
    assert found["carry_target"]["path"] == "agreements.net.target"
    assert found["carry_target"]["remedy"].startswith("Agree at least 99")


def test_places_are_those_of_the_files_of_a_folder(desk: Slamon) -> None:
    value = sound()
    value["services"]["net"].pop("runbook")
    services = {"services": value.pop("services")}
    Path("parts").mkdir()
    put(value, "parts/a.yml")
    put(services, "parts/b.yml")
    (line,) = [text for text in desk("catalogue", "warnings", "-c", "parts").out.splitlines() if "runbook" in text]
    assert line.startswith("parts/b.yml:")


def test_what_is_offered_is_printed(desk: Slamon) -> None:
    done = desk("catalogue", "show")
    assert (done.code, done.err) == (0, "")
    assert "shop     Betrieb  Kunde    gold        db; net" in done.out
    told = json.loads(desk("catalogue", "show", "-f", "json").out)
    (shop,) = [one for one in told["services"] if one["id"] == "shop"]
    assert (shop["depends_on"], shop["agreements"], shop["customers"]) == ([["db"], ["net"]], ["gold"], ["k"])
    assert {one["id"]: one["kind"] for one in told["agreements"]} == {"gold": "sla", "db": "ola", "net": "uc"}


def test_the_document_is_written_in_both_forms(desk: Slamon) -> None:
    done = desk("catalogue", "render", "--lang", "de", "-f", "html", "-f", "pdf", "-o", "out")
    assert (done.code, done.out.split(), done.err) == (0, ["out/catalogue_de.html", "out/catalogue_de.pdf"], "")
    assert Path("out/catalogue_de.pdf").read_bytes().startswith(b"%PDF-1.7")
    assert "Servicekatalog" in Path("out/catalogue_de.html").read_text(encoding="utf-8")


def test_signs_that_the_fonts_do_not_have_and_long_names_are_written(desk: Slamon) -> None:
    value = many.value(12)
    value["services"]["s002"]["name"] = "中文服务 🙂"
    value["teams"]["t1"]["name"] = "x" * 200
    put(value)
    done = desk("catalogue", "render", "-f", "pdf", "-f", "html")
    assert (done.code, done.err) == (0, "")
    assert many.HEBREW in Path("catalogue_en.html").read_text(encoding="utf-8")


def test_a_catalogue_with_a_mistake_is_refused(desk: Slamon) -> None:
    put(sound() | {"nonsense": 1})
    for words in (("show",), ("render",), ("warnings",)):
        done = desk("catalogue", *words)
        assert (done.code, done.out) == (2, "")
        assert "found the unknown key 'nonsense'" in done.err
