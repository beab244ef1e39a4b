"""`slamon backup` as a user calls it: the copy opens and gives the same figures, whether slamon runs or not."""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from slamon.ledger import Batch, Ledger

from tests.system import calling, endpoints
from tests.system.calling import AT, CATALOGUE, START, Slamon, imported, ledger_figure, line, put
from tests.system.running import command, figures, running, wait_for

slamon = calling.slamon
shop = calling.shop


@pytest.fixture
def filled(shop: Slamon) -> Slamon:
    """An hour of a shop, in a ledger."""
    assert imported(shop, [line(i, "down" if i in (10, 11) else "up", duration_ms=50) for i in range(60)]).code == 0
    return shop


def restored(copy: Path) -> str:
    """A data folder with the copy in the ledger's place."""
    folder = Path("restored")
    folder.mkdir()
    shutil.copy(copy, folder / "slamon.db")
    return str(folder)


def test_the_copy_gives_the_same_figures(filled: Slamon) -> None:
    done = filled("backup", "copy.db")
    assert (done.code, done.out, done.err) == (0, "the ledger data/slamon.db is copied to copy.db\n", "")
    folder = restored(Path("copy.db"))
    assert filled("account", "--at", AT, "-f", "json", "-d", folder).figures[0] == ledger_figure(filled)


def test_the_copy_is_one_whole_file(filled: Slamon) -> None:
    before = {path.name for path in Path().iterdir()}
    filled("backup", "copy.db")
    assert {path.name for path in Path().iterdir()} - before == {"copy.db"}
    with closing(sqlite3.connect("file:copy.db?mode=ro&immutable=1", uri=True)) as connection:
        assert connection.execute("pragma integrity_check").fetchone() == ("ok",)


def test_the_copy_has_what_a_killed_slamon_left(filled: Slamon) -> None:
    ledger = Ledger.open(Path("data/slamon.db"))
    ledger.commit(Batch(watermark=START + 3_600_000)).result()
    filled("backup", "copy.db")  # the newest commit is in the log beside the file
    ledger.close()
    with closing(sqlite3.connect("copy.db")) as connection:
        assert connection.execute("select value from fact where name = 'watermark'").fetchone() == (START + 3_600_000,)


@pytest.mark.parametrize("there", ["file", "folder", "link"])
def test_nothing_is_overwritten(there: str, filled: Slamon) -> None:
    copy = Path("copy.db")
    if there == "file":
        copy.write_text("mine")
    elif there == "folder":
        copy.mkdir()
    else:
        copy.symlink_to("nowhere")
    done = filled("backup", "copy.db")
    assert (done.code, done.out) == (2, "")
    assert done.err == "slamon: copy.db exists: name a new file, nothing is overwritten\n"
    assert there != "file" or copy.read_text() == "mine"


def test_a_folder_that_is_not_there_is_told(filled: Slamon) -> None:
    done = filled("backup", "none/copy.db")
    assert (done.code, done.out) == (2, "")
    assert f"there is no folder {Path.cwd()}/none: make it first, or name another file" in done.err


def test_without_a_ledger_it_says_what_to_do(slamon: Slamon) -> None:
    put(CATALOGUE, [])
    done = slamon("backup", "copy.db")
    assert (done.code, done.out) == (2, "")
    assert "there is no ledger at data/slamon.db: start slamon once, or name its folder with --data" in done.err
    assert not Path("copy.db").exists()


def test_the_running_system_is_asked_with_the_whole_path(shop: Slamon) -> None:
    with endpoints.control(Path("data"), lambda: {"file": "copy.db"}) as asked:
        assert shop("backup", "copy.db").code == 0
    path = str(Path.cwd() / "copy.db").replace("/", "%2F")
    assert asked == ["GET /-/healthy", f"POST /api/backup?file={path}"]


# -- while slamon runs


def test_while_slamon_runs_the_copy_is_of_now_and_refusals_are_the_same(tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.chdir(tmp_path)
    with endpoints.page() as page:
        put(CATALOGUE | {"services": {"shop": {"checks": {"home": {"http": {"url": page.url}, "interval": "1s"}}}}}, [])
        with running(Path("slamon.yml"), Path("data")) as one:
            first = wait_for(lambda: one.status()["services"][0]["checks"][0]["last_ms"], "the shop is seen")
            wait_for(lambda: watermark(Path("data/slamon.db")) > first, "it is stored")
            done = command("backup", "copy.db", "-d", "data")
            assert (done.returncode, done.stderr) == (0, "")
            again = command("backup", "copy.db", "-d", "data")
            assert again.returncode == 2
            assert "copy.db exists: name a new file" in again.stderr
            nowhere = command("backup", "none/copy.db", "-d", "data")
            assert nowhere.returncode == 2
            assert "there is no folder" in nowhere.stderr
            at = str(watermark(Path("copy.db")))
            assert int(at) > first
            (of_copy,) = figures("-d", restored(Path("copy.db")), "--at", at)["figures"]
            (of_running,) = figures("-d", "data", "--at", at)["figures"]
            assert of_copy["observed_ms"] > 0
            assert of_copy == of_running


def watermark(path: Path) -> int:
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
        row = connection.execute("select value from fact where name = 'watermark'").fetchone()
    return int(row[0]) if row else 0
