"""`slamon register erase`: the name is gone from every byte, and everything that is accounted stays as it was."""

import contextlib
import json
import sqlite3
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.system import calling
from tests.system.calling import CATALOGUE, Slamon, imported, line
from tests.system.running import Slamon as Running
from tests.system.running import command

slamon = calling.slamon
NAME = "Frau Weißmüller"
BOOK = CATALOGUE | {"agreements": {"gold": CATALOGUE["agreements"]["gold"] | {"valid_from": "2026-10-01"}}}
ERASE = ("register", "erase", "--author", "dpo", "--reason", "asked for it on 3 January")


def correcting(author: str, reason: str) -> tuple[str, ...]:
    return (
        "register", "correction", "add", "-a", "gold", "--kind", "exclude", "--start", "2026-10-05T00:10:00Z",
        "--end", "2026-10-05T00:11:00Z", "--cause", "agreed", "--reason", reason, "--author", author,
    )  # fmt: skip


def complaining(who: str, text: str, author: str = "sm") -> tuple[str, ...]:
    return (
        "register", "complaint", "add", "--customer", "kunde", "--service", "shop", "--from", "2026-10-05T00:09:00Z",
        "--text", text, "--who", who, "--author", author,
    )  # fmt: skip


EVERYTHING = (
    correcting(NAME, "on the phone"),
    complaining(NAME, f"{NAME.upper()} sagt: nichts ging"),
    complaining("Herr Groß", "nichts ging"),
    ("register", "review", "add", "--customer", "kunde", "--period", "2026-10", "--held", "2026-11-04",
     "--participant", f" {NAME} ", "--participant", "Herr Groß", "--minutes", "kurz", "--decision",
     f"{NAME} bestellt eine Leitung", "--author", NAME),
    ("register", "action", "add", "--title", "Leitung", "--owner", NAME, "--due", "2026-12-01", "--author", "sm"),
    ("close", "2026-10", "--author", NAME),
)  # fmt: skip


@pytest.fixture
def month(slamon: Slamon) -> Slamon:
    """An hour of a shop, a closed month, and a name in entries of each kind."""
    Path("slamon.yml").write_text(json.dumps(BOOK))
    lines = [line(i, "down" if i in (10, 11) else "up", duration_ms=50) for i in range(60)]
    assert imported(slamon, lines).code == 0
    for words in EVERYTHING:
        done = slamon(*words)
        assert done.code == 0, done.err
    return slamon


def forms(name: str) -> list[bytes]:
    return [form.encode(code) for form in (name, name.upper(), name.lower()) for code in ("utf-8", "utf-16-le")]


def traces(folder: Path, name: str) -> list[str]:
    """The files in which a name stands, also where it is compressed."""
    found = []
    for file in sorted(folder.iterdir()):
        if file.is_file() and any(form in file.read_bytes() for form in forms(name)):
            found.append(file.name)
    with contextlib.closing(sqlite3.connect(folder / "slamon.db")) as connection:
        for (content,) in connection.execute("select content from frozen"):
            if any(form in zlib.decompress(content) for form in forms(name)):
                found.append("frozen")
    return found


def nameless(value: Any) -> Any:
    """Figures without who entered their corrections."""
    if isinstance(value, dict):
        return {key: nameless(inner) for key, inner in value.items() if key != "author"}
    return [nameless(inner) for inner in value] if isinstance(value, list) else value


def by_hand(sql: str) -> None:
    with contextlib.closing(sqlite3.connect("data/slamon.db")) as connection, connection:
        assert connection.execute(sql).rowcount > 0


def accounted(slamon: Slamon) -> list[Any]:
    figures = slamon("account", "-p", "2026-10", "-f", "json").figures
    closed = json.loads(slamon("close", "show", "2026-10", "-f", "json").out)
    return [nameless(figures), nameless(closed)]


def said(slamon: Slamon, *words: str) -> list[dict[str, Any]]:
    done = slamon("register", *words, "-f", "json")
    assert done.code == 0, done.err
    return list(next(iter(json.loads(done.out).values())))


def test_a_name_is_gone_and_all_that_is_accounted_stays(month: Slamon) -> None:
    before = accounted(month)
    assert traces(Path("data"), NAME) == ["slamon.db"]
    done = month(*ERASE, "--person", "frau  weissmüller", "--texts")
    assert done.code == 0, done.err
    assert done.out == (
        "erased at 2027-01-01T00:00:00.000Z, entry 7: 6 names are Person 1 now, 2 texts erased; "
        "of entries 1, 2, 4, 5, 6\n"
    )
    assert traces(Path("data"), NAME) == []
    assert month("backup", "copy/slamon.db").code == 2
    Path("copy").mkdir()
    assert month("backup", "copy/slamon.db").code == 0
    assert traces(Path("copy"), NAME) == []

    assert accounted(month) == before
    verified = month("verify")
    assert (verified.code, verified.out) == (
        0, "the register is whole: 7 entries\n2026-10 of gold: as it was frozen\n",
    )  # fmt: skip
    (correction,) = said(month, "correction", "list")
    assert (correction["author"], correction["reason"]) == ("Person 1", "on the phone")
    complaints = said(month, "complaint", "list")
    assert [(c["who"], c["text"]) for c in complaints] == [
        ("Person 1", "[erased]"), ("Herr Groß", "nichts ging"),
    ]  # fmt: skip
    (review,) = said(month, "review", "list")
    assert (review["participants"], review["decisions"]) == (["Person 1", "Herr Groß"], ["[erased]"])
    assert said(month, "action", "list")[0]["owner"] == "Person 1"
    closed = json.loads(month("close", "show", "2026-10", "-f", "json").out)["closings"][0]
    assert (closed["author"], closed["content"]["corrections"][0]["author"]) == ("Person 1", "Person 1")


def test_a_dry_run_shows_what_would_go_and_erases_nothing(month: Slamon) -> None:
    done = month(*ERASE, "--person", NAME, "--dry-run")
    assert done.code == 0, done.err
    told = [row.split() for row in done.out.splitlines()]
    assert ["1", "correction", "author", "Person", "1", "Frau", "Weißmüller"] in told
    assert any(row[:6] == ["2", "complaint", "text", "stays", "without", "--texts"] for row in told)
    assert told[-1] == ["nothing", "was", "erased"]
    assert month("verify").out.startswith("the register is whole: 6 entries\n")
    assert traces(Path("data"), NAME) == ["slamon.db"]


def test_texts_stay_until_they_are_meant(month: Slamon) -> None:
    done = month(*ERASE, "--person", NAME)
    assert "texts of entries 2, 4 contain the name and stay: --texts erases them" in done.out
    again = month(*ERASE, "--person", NAME)
    assert (again.code, "only texts of entries 2, 4 contain 'Frau Weißmüller': --texts erases them" in again.err) == (
        2, True,
    )  # fmt: skip
    assert month(*ERASE, "--entry", "2").code == 0
    assert said(month, "complaint", "list")[0]["text"] == "[erased]"
    assert month(*ERASE, "--entry", "4").code == 0
    assert traces(Path("data"), NAME) == []
    assert month("verify").code == 0
    assert (month(*ERASE, "--entry", "4").code, month(*ERASE, "--entry", "99").code) == (2, 2)


def test_a_name_of_another_is_another_person(month: Slamon) -> None:
    month(*ERASE, "--person", NAME)
    assert month(*ERASE, "--person", "Herr Groß").code == 0
    assert said(month, "review", "list")[0]["participants"] == ["Person 1", "Person 2"]
    assert [c["who"] for c in said(month, "complaint", "list")] == ["Person 1", "Person 2"]


def test_a_part_of_a_word_is_no_name(month: Slamon) -> None:
    month(*complaining("Ting", "Ting ruft an: nichts ging, Voting auch nicht"))
    done = month(*ERASE, "--person", "Ging", "--texts")
    assert done.code == 0, done.err
    texts = [c["text"] for c in said(month, "complaint", "list")]
    assert texts[1:] == ["[erased]", "[erased]"]
    month(*complaining("Ting", "Voting"))
    month(*ERASE, "--person", "Ting", "--texts")
    assert said(month, "complaint", "list")[-1] | {"who": "", "text": "Voting"} == said(month, "complaint", "list")[
        -1
    ] | {"who": ""}


@pytest.mark.parametrize(
    ("words", "wrong"),
    [
        ((*ERASE, "--person", "Frau Weiß"), "nothing in the register names 'Frau Weiß'"),
        (ERASE, "name a person with --person NAME, or an entry whose texts go with --entry ID"),
        ((*ERASE, "--person", NAME, "--entry", "2"), "name a person"),
        ((*ERASE, "--entry", "2", "--texts"), "--texts belongs to --person"),
        ((*ERASE, "--entry", "77"), "entry 77 has no text that could be erased"),
        (("register", "erase", "--person", NAME, "--author", NAME.upper(), "--reason", "r"), "author: the name"),
        (("register", "erase", "--person", NAME, "--author", "a", "--reason", f"of {NAME}!"), "reason: it names"),
    ],
)
def test_what_makes_no_sense_is_told_and_nothing_is_erased(month: Slamon, words: tuple[str, ...], wrong: str) -> None:
    done = month(*words)
    assert (done.code, wrong in " ".join(done.err.split())) == (2, True), done.err
    assert traces(Path("data"), NAME) == ["slamon.db"]
    assert month("verify").out.startswith("the register is whole: 6 entries\n")


@pytest.mark.parametrize(
    ("sql", "wrong"),
    [
        ("update personal set pseudonym = 'Person 9' where pseudonym = 'Person 1'",
         "entry 1: its author is not what was put in its place"),
        ("update personal set value = 'Somebody' where pseudonym = 'Person 1'", "entry 1: its author was erased"),
        ("delete from personal where pseudonym = 'Person 1'", "entry 1: its author is missing"),
        ("update register set body = '{}' where kind = 'erasure'", "entry 1: its author is missing, and no erasure"),
        ("delete from register where kind = 'erasure'", "entry 1: its author is missing, and no erasure tells of it"),
    ],
)  # fmt: skip
def test_what_was_erased_is_changed_by_nobody(month: Slamon, sql: str, wrong: str) -> None:
    month(*ERASE, "--person", NAME)
    by_hand(sql)
    done = month("verify")
    assert (done.code, wrong in done.out) == (1, True), done.out


def test_who_silenced_alerts_is_erased_too(month: Slamon) -> None:
    with contextlib.closing(sqlite3.connect("data/slamon.db")) as connection, connection:
        row = ("shop", 1, "f", "silenced", "", "s", 2, "a", "", "", NAME, "")
        connection.execute("insert into notice values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", row)
    done = month(*ERASE, "--person", NAME, "--texts")
    assert "the author of silences that the ledger knows is told so too" in done.out
    assert traces(Path("data"), NAME) == []
    with contextlib.closing(sqlite3.connect("data/slamon.db")) as connection:
        assert connection.execute("select author from notice").fetchone() == ("Person 1",)


def test_a_correction_of_the_files_is_told(month: Slamon) -> None:
    filed = {
        "agreement": "gold", "kind": "down", "start": "2026-10-05T00:10:00Z", "end": "2026-10-05T00:15:00Z",
        "author": NAME, "cause": "other", "reason": "seen by hand", "entered": "2026-11-01T00:00:00Z",
    }  # fmt: skip
    Path("slamon.yml").write_text(json.dumps(BOOK | {"corrections": [filed]}))
    assert month("close", "restate", "2026-10", "--author", "sm", "--reason", "filed").code == 0
    done = month(*ERASE, "--person", NAME, "--texts")
    assert "what entry 7 froze names it, in a correction of the files: it stays there" in done.out
    assert "corrections in the catalogue's files name the author so: change them there" in done.out


def test_rests_that_a_killed_slamon_left_go_at_the_next_start(month: Slamon) -> None:
    """As after kill -9 between the commit and the writing anew: the next one that opens the ledger does it."""
    from slamon.ledger import erasing

    whole = erasing.scrub
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("slamon.ledger.store.scrub", lambda _connection: False)
        done = month(*ERASE, "--person", NAME, "--texts")
        assert "rests stay in the file until slamon starts anew" in done.out
    assert whole is erasing.scrub
    assert month(*complaining("X", "opens the ledger")).code == 0
    assert traces(Path("data"), NAME) == []


# -- beside a running system


@pytest.fixture
def shop(month: Slamon, tmp_path: Path) -> Iterator[Running]:
    assert month("status").code == 2
    running = Running(tmp_path / "slamon.yml", tmp_path / "data").ready()
    yield running
    if running.process.poll() is None:
        running.kill()


def figures(shop: Running) -> list[dict[str, Any]]:
    keys = ("availability", "downtime_ms", "excluded_ms", "unknown_ms", "outages", "verdict", "corrections")
    found = json.loads(called(shop, "account", "-p", "2026-10", "-f", "json"))["figures"]
    return [{key: figure[key] for key in keys} for figure in found]


def called(shop: Running, *words: str) -> str:
    done = command(*words, "-c", str(shop.config), "-d", str(shop.data))
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_running_system_erases_and_probes_on(shop: Running) -> None:
    called(shop, *complaining(NAME, "kommt dazu"))
    before = nameless(figures(shop))
    told = called(shop, *ERASE, "--person", NAME, "--texts")
    assert "7 names are Person 1 now, 2 texts erased; of entries 1, 2, 4, 5, 6, 7" in told
    assert traces(shop.data, NAME) == []
    called(shop, *complaining("Y", "danach"))
    after = figures(shop)
    assert nameless(after) == before
    assert after[0]["corrections"][0]["author"] == "Person 1"
    assert called(shop, "verify").startswith("the register is whole: 9 entries\n2026-10 of gold: as it was frozen\n")
    shop.stop()
    assert traces(shop.data, NAME) == []
