"""`slamon report` as a user calls it: what it writes where, what it says, and what it refuses."""

import errno
import json
import os
import subprocess
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from slamon.reports import files, printing
from slamon.reports.files import ReportFull, write

from tests.system import calling
from tests.system.calling import CATALOGUE, MINUTE, Slamon, imported, line, put
from tests.system.running import command, running, wait_for

slamon = calling.slamon

PERIOD = ("--period", "2026-10-05/2026-10-06")


def office() -> dict[str, Any]:
    """The shop of the other tests with a second customer, whose agreement began later."""
    found: dict[str, Any] = json.loads(json.dumps(CATALOGUE))
    found["customers"]["zweiter"] = {"name": "Zweiter", "kind": "internal"}
    found["agreements"]["silber"] = {
        "customer": "zweiter", "services": ["shop"], "target": "99%", "valid_from": "2026-12-01",
    }  # fmt: skip
    found["customers"]["leer"] = {"name": "Ohne Vertrag", "kind": "internal"}
    return found


@pytest.fixture
def shop(slamon: Slamon) -> Slamon:
    """A day of a shop in the ledger, two minutes down."""
    put(office(), [])
    lines = [line(i, "down" if i in (10, 11) else "up", duration_ms=50) for i in range(1440)]
    assert imported(slamon, lines).code == 0
    return slamon


def names(folder: str = "out") -> list[str]:
    return sorted(path.name for path in Path(folder).iterdir())


def test_every_format_is_written_under_a_name_that_sorts(shop: Slamon) -> None:
    forms = [word for form in ("pdf", "html", "xlsx", "json", "csv") for word in ("-f", form)]
    done = shop("report", *PERIOD, "-a", "gold", "--lang", "de", "-o", "out", *forms)
    assert (done.code, done.err) == (0, "")
    base = "2026-10-05_to_2026-10-06_kunde_gold_de"
    assert names() == sorted(f"{base}.{form}" for form in ("pdf", "html", "xlsx", "json", "csv"))
    assert sorted(done.out.split()) == sorted(f"out/{name}" for name in names())
    assert Path(f"out/{base}.pdf").read_bytes().startswith(b"%PDF-1.7")


def test_the_last_whole_month_as_a_page_is_what_is_written_without_words(slamon: Slamon) -> None:
    put(CATALOGUE, [])
    assert imported(slamon, [line(i) for i in range(60)]).code == 0
    clock_words = slamon("report", "--at", "2026-11-20T00:00:00Z", "-o", "out")
    assert clock_words.code == 0, clock_words.err
    assert names() == ["2026-10_kunde_gold_en.html"]


def test_the_numbers_are_those_of_the_account(shop: Slamon) -> None:
    assert shop("report", *PERIOD, "-a", "gold", "-o", "out", "-f", "json").code == 0
    (figure,) = shop("account", *PERIOD, "-a", "gold", "-f", "json").figures
    told = json.loads((Path("out") / names()[0]).read_text())
    cells = {
        row[0]["text"]: row[1]["value"]
        for section in told["sections"]
        if section["id"] == "service-1"
        for table in section["tables"]
        if len(table["columns"]) == 2
        for row in table["rows"]
    }
    assert cells["Downtime"] == figure["downtime_ms"] == 2 * MINUTE
    assert cells["Availability"] == figure["availability"] == "0.998611111111"
    assert cells["Observed"] == figure["observed_ms"]
    assert cells["Mean time between failures (MTBF)"] == figure["mtbf_ms"]
    assert told["verdict"] == figure["verdict"] == "breached"


def test_one_of_several_without_anything_to_tell_is_named_and_the_others_are_written(shop: Slamon) -> None:
    done = shop("report", *PERIOD, "-o", "out")
    assert done.code == 0
    assert names() == ["2026-10-05_to_2026-10-06_kunde_gold_en.html"]
    assert done.err == "no report on silber: the agreement silber was not in force in 2026-10-05/2026-10-06\n"


def test_one_customer_alone(shop: Slamon) -> None:
    done = shop("report", "--period", "2026-12", "--customer", "zweiter", "-o", "out")
    assert done.code == 0
    assert names() == ["2026-12_zweiter_silber_en.html"]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--customer", "niemand"], "there is no customer 'niemand'; there are: kunde, zweiter, leer"),
        (["--customer", "k" * 300], f"there is no customer '{'k' * 57}...'; there are: kunde, zweiter, leer"),
        (["--customer", "leer"], "there is no agreement of the customer leer"),
        (["--customer", "zweiter", "-a", "gold"], "there is no agreement of the customer zweiter named gold"),
        (["-a", "bronze"], "there is no agreement 'bronze'; there are: gold, silber"),
        (["-p", "2027-02"], "--period 2027-02: it has not begun; it begins at 2027-02-01T00:00:00.000Z"),
        (["-p", "2026-08", "-a", "gold"], "was over before the first observation of the agreement gold"),
        (["-p", "2026-10", "-a", "silber"], "the agreement silber was not in force in 2026-10"),
        (["-p", "2026-08"], "no report: no agreement that was asked for has a figure in this period"),
        (["-p", "October"], "--period: 'October' names no period"),
        (["--at", "2027-06-01T00:00:00Z"], "is in the future"),
        (["-f", "docx"], "'docx' is not one of"),
        (["--lang", "fr"], "'fr' is not one of"),
        (["-p", "2026-10", "-o", "slamon.yml/x"], "cannot be written: Not a directory; name another --output DIR"),
    ],
)
def test_what_makes_no_sense_is_answered_in_a_sentence(words: list[str], told: str, shop: Slamon) -> None:
    done = shop("report", *words)
    assert done.code == 2
    assert told in done.err.replace("\n", " ")
    assert "Traceback" not in done.err
    assert not list(Path().glob("*.html"))


def test_a_name_of_300_signs_is_refused_with_its_place(slamon: Slamon) -> None:
    found = json.loads(json.dumps(CATALOGUE))
    found["customers"]["kunde"]["name"] = "x" * 300
    put(found, [])
    done = slamon("report")
    assert done.code == 2
    assert "customers.kunde.name: found 'xxx" in done.err
    assert "expected a text of 1 to 200 printable characters" in done.err


def test_without_a_ledger_it_says_so(slamon: Slamon) -> None:
    put(CATALOGUE, [])
    done = slamon("report", "-p", "2026-10")
    assert done.code == 2
    assert "ledger" in done.err


def test_many_are_written_in_several_processes_in_the_catalogues_order(slamon: Slamon) -> None:
    found = json.loads(json.dumps(CATALOGUE))
    for number in range(printing.FEW + 1):
        found["agreements"][f"copy-{number}"] = found["agreements"]["gold"]
    put(found, [])
    assert imported(slamon, [line(i) for i in range(60)]).code == 0
    done = slamon("report", *PERIOD, "-o", "out", "-f", "csv", "-f", "html")
    assert (done.code, done.err) == (0, "")
    ids = list(found["agreements"])
    wanted = [f"out/2026-10-05_to_2026-10-06_kunde_{name}_en.{form}" for name in ids for form in ("csv", "html")]
    assert done.out.split() == wanted
    assert names() == sorted(Path(path).name for path in wanted)
    first, second = (
        Path(path).read_text().replace(name, "gold")
        for path, name in zip(wanted[::2], ids, strict=True)
        if name in ("gold", "copy-8")
    )
    assert first == second


# -- files


@pytest.fixture
def full(tmp_path: Path) -> Iterator[Callable[[], Path]]:
    """A file system of one page, that a test fills."""
    folder = tmp_path / "full"
    folder.mkdir()

    def mount() -> Path:
        words = ["mount", "-t", "tmpfs", "-o", "size=64k", "none", str(folder)]
        done = subprocess.run(words, capture_output=True, text=True, check=False)
        if done.returncode:
            pytest.skip(f"no file system can be mounted here: {done.stderr.strip()}")
        return folder

    if os.geteuid() != 0:
        pytest.skip("only root can mount a file system")
    try:
        yield mount
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], capture_output=True, check=False)


def test_a_full_disk_is_said_and_leaves_what_was_there(full: Callable[[], Path], shop: Slamon) -> None:
    folder = full()
    name = "2026-10-05_to_2026-10-06_kunde_gold_en.html"
    (folder / name).write_text("the one of yesterday")
    (folder / "ballast").write_bytes(b"x" * 57_000)
    done = shop("report", *PERIOD, "-a", "gold", "-o", str(folder))
    assert done.code == 3
    assert "was not written: no space is left there; make room or name another --output DIR" in done.err
    assert (folder / name).read_text() == "the one of yesterday"
    assert names(str(folder)) == [name, "ballast"]


def test_a_file_is_moved_into_place_once_it_is_whole_and_synced(tmp_path: Path, monkeypatch: Any) -> None:
    path, order = tmp_path / "report.html", []
    path.write_bytes(b"old")
    sync = os.fsync

    def synced(descriptor: int) -> None:
        order.append(path.read_bytes())
        sync(descriptor)

    monkeypatch.setattr(files.os, "fsync", synced)
    write(path, b"new")
    assert order == [b"old"]
    assert path.read_bytes() == b"new"

    def broken(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(files.os, "fsync", broken)
    with pytest.raises(ReportFull):
        write(path, b"newer")
    assert path.read_bytes() == b"new"
    assert [found.name for found in tmp_path.iterdir()] == ["report.html"]


# -- beside the running system


def test_beside_the_running_system_it_is_as_of_the_last_commit(tmp_path: Path) -> None:
    """The report and the account agree to the millisecond when asked for one moment."""
    config, data = tmp_path / "slamon.yml", tmp_path / "data"
    found = json.loads(json.dumps(CATALOGUE))
    found["agreements"]["gold"] |= {"valid_from": "2026-01-01"}
    del found["services"]["shop"]["checks"]["home"]["since"]
    found["services"]["shop"]["checks"]["home"] |= {"interval": "200ms", "timeout": "100ms"}
    config.write_text(json.dumps(found))
    words = ("-c", str(config), "-d", str(data))
    year, out = str(datetime.now(UTC).year), tmp_path / "out"
    with running(config, data):
        wait_for(lambda: not command("report", *words, "-p", year, "-f", "json", "-o", str(out)).returncode, "a report")
        (path,) = out.iterdir()
        told = json.loads(path.read_text())
        asked = command("account", *words, "-p", year, "-f", "json", "--at", str(told["at_ms"]))
        figure = json.loads(asked.stdout)["figures"][0]
    section = next(section for section in told["sections"] if section["id"] == "service-1")
    rows = {row[0]["text"]: row[1]["value"] for t in section["tables"] for row in t["rows"] if len(row) == 2}
    assert (rows["Downtime"], rows["Observed"]) == (figure["downtime_ms"], figure["observed_ms"])
    assert figure["observed_ms"] > 0
