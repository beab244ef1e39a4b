"""Complaints and scores come in from spreadsheets and mail gateways, each one once; and go out again."""

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.system import calling
from tests.system.calling import CATALOGUE, Done, Slamon
from tests.system.running import Slamon as Running
from tests.system.running import command

slamon = calling.slamon
TOKEN = "q3Zx8LkT0vNwYb5RmHc2Jd7UeAs9Gf4P"
OTHER = "another1another2another3another4X"
BOOK = CATALOGUE | {
    "customers": {
        "kunde": {"name": "Fachhändler Süd", "kind": "external"},
        "amt": {"name": "Amt", "kind": "internal"},
    },
    "register": {"senders": {"mailgate": {"token": TOKEN}, "amtspost": {"token": OTHER, "customers": ["amt"]}}},
}
TABLE = """\
Kunde;Dienst;Von;Bis;Beschreibung;Kanal;Melder;Ticket;Bearbeiter
Fachhändler Süd;shop;05.10.2026 02:09;05.10.2026 02:13:30;"Nichts ging.
Gar nichts; wirklich.";Telefon;Frau Weiß;T-1;Meier
amt;shop;05.10.2026 14:00;;Langsam;;;;
"""
SCORES = """\
customer,scale,score,asked,who,comment,reference
kunde,csat,4,2026-12-01,A,gut,
kunde,csat,4,2026-12-01,,,
kunde,csat,4,2026-12-01,,,
kunde,nps,9,01.12.2026,B,,R-1
"""


@pytest.fixture
def month(slamon: Slamon) -> Slamon:
    Path("slamon.yml").write_text(json.dumps(BOOK))
    return slamon


def importing(slamon: Slamon, text: str | bytes, *more: str, kind: str = "complaint", name: str = "in.csv") -> Done:
    Path(name).write_bytes(text if isinstance(text, bytes) else text.encode())
    return slamon("register", kind, "import", name, "--author", "sm", *more)


def told(slamon: Slamon, kind: str = "complaint") -> list[dict[str, Any]]:
    return list(next(iter(json.loads(slamon("register", kind, "list", "-f", "json").out).values())))


GERMAN = ("--timezone", "Europe/Berlin")


@pytest.mark.parametrize(
    "raw",
    [
        TABLE.replace("\n", "\r\n").encode("cp1252"),
        TABLE.encode(),
        TABLE.encode("utf-8-sig"),
        TABLE.encode("utf-16"),
        ("sep=;\n" + TABLE).encode("cp1252"),
    ],
    ids=["excel", "utf-8", "mark", "utf-16", "sep"],
)
def test_a_table_as_german_excel_saves_it_is_read(month: Slamon, raw: bytes) -> None:
    done = importing(month, raw, *GERMAN)
    assert (done.code, done.out) == (0, "2 entered at 2027-01-01T00:00:00.000Z: 1 to 2\n"), done.err
    assert "not read: the column 'Bearbeiter'" in done.err
    one, other = told(month)
    assert (one["customer"], one["service"], one["channel"], one["who"]) == ("kunde", "shop", "phone", "Frau Weiß")
    assert (one["felt_from_ms"], one["felt_to_ms"]) == (1791158940000, 1791159210000)
    assert one["text"] == "Nichts ging.\nGar nichts; wirklich."
    assert (one["reference"], one["author"]) == ("T-1", "sm")
    assert (other["customer"], other["felt_to_ms"], other["channel"], other["who"]) == ("amt", None, "other", None)


def test_importing_twice_changes_nothing(month: Slamon) -> None:
    importing(month, TABLE, *GERMAN)
    again = importing(month, TABLE, *GERMAN)
    assert again.out.splitlines() == [
        "0 entered at 2027-01-01T00:00:00.000Z",
        "line 2 has the reference of 1: not entered again",
        "line 4 says the same as 2: not entered again",
    ]
    more = importing(month, TABLE + TABLE.splitlines()[-1].replace("14:00", "15:00") + "\n", *GERMAN)
    assert more.out.startswith("1 entered at 2027-01-01T00:00:00.000Z: 3\n")
    assert month("verify").out == "the register is whole: 3 entries\n"


def test_the_same_twice_in_one_file_is_one(month: Slamon) -> None:
    row = TABLE.splitlines()[-1]
    done = importing(month, f"{TABLE}{row}\n{row.replace('Langsam', ' langsam')}\n", *GERMAN)
    assert "line 5 says the same as a row before it: not entered again" in done.out
    assert len(told(month)) == 3


def test_the_same_words_are_one_however_they_are_set_and_of_another_customer_they_are_not(month: Slamon) -> None:
    head = "customer;service;from;text\n"
    importing(month, head + 'amt;shop;05.10.2026 14:00;"Nichts ging,\ngar nichts."\n', *GERMAN)
    again = importing(month, head + "amt;shop;05.10.2026 14:00;Nichts  ging, gar nichts.\n", *GERMAN)
    assert "line 2 says the same as 1: not entered again" in again.out
    assert importing(month, head + "kunde;shop;05.10.2026 14:00;Nichts ging, gar nichts.\n", *GERMAN).out.startswith(
        "1 e"
    )
    assert [row["customer"] for row in told(month)] == ["amt", "kunde"]


def test_every_bad_row_is_told_in_one_go_and_nothing_is_entered(month: Slamon) -> None:
    rows = [
        "kunde;shop;05.10.2026 02:09;;gut",
        "kund;shop;05.10.2026 02:09;;x",
        "kunde;shp;05.10.2026 02:09;;x",
        "kunde;shop;05.10.2027 02:09;;x",
        "kunde;shop;05.10.2026 02:09;05.10.2026 02:08;x",
        "kunde;shop;gestern;;x",
        "kunde;shop;29.03.2026 02:30;;x",
        "kunde;shop;31.02.2026 02:30;;x",
        "kunde;shop;05.10.2026 02:09;;",
        ";shop;05.10.2026 02:09;;x",
    ]
    text = "customer;service;from;to;text\n" + "\n".join(rows) + "\n"
    done = importing(month, text, *GERMAN)
    said = done.err
    assert done.code == 2
    assert "9 of 10 rows are wrong, nothing was entered:" in said
    for wrong in (
        "line 3: there is no customer 'kund'; there are: kunde, amt; did you mean 'kunde'?",
        "line 4: there is no service 'shp'",
        "line 5: felt_from: 2027-10-05T00:09:00.000Z is in the future",
        "line 6: felt_to: 2026-10-05T00:08:00.000Z is not after felt_from",
        "line 7: felt_from: a time with its offset",
        "line 8: the time '29.03.2026 02:30' does not exist in Europe/Berlin",
        "line 9: the time '31.02.2026 02:30' does not exist",
        "line 10: text: ",
        "line 11: customer: ",
    ):
        assert wrong in said
    assert told(month) == []

    skipped = importing(month, text, *GERMAN, "--skip-bad")
    assert (skipped.code, skipped.out) == (1, "1 entered at 2027-01-01T00:00:00.000Z: 1\n")
    assert skipped.err.count("left out: line ") == 9
    assert importing(month, text.replace("gut", ""), *GERMAN, "--skip-bad").code == 2


@pytest.mark.parametrize(
    ("text", "more", "wrong"),
    [
        ("", (), "no head"),
        ("\n\n", (), "no head"),
        ("a;b;c\n1;2;3\n", (), "no column is known; there are: a, b, c; expected customer, service"),
        ("customer;text\n", (), "there is no row in it"),
        ("customer;text\na;b;c\n", (), "line 2: 3 cells under 2 columns"),
        ("customer;kunde\na;b\n", (), "several columns stand for customer: customer, kunde; say which"),
        ("customer;text\n", ("--column", "text=Wort"), "there is no column 'Wort'; there are: customer, text"),
        ("customer;text\n", ("--column", "wort=text"), "--column: found 'wort=text', expected KEY=VALUE"),
        ("customer;text\n", ("--delimiter", "ab"), "--delimiter: found 'ab', expected one character"),
        ("customer;text\n", ("--encoding", "klingon"), "there is no encoding 'klingon'"),
        ("customer;text\nä;ö\n", ("--encoding", "ascii"), "its text is not in ascii"),
        (b"customer;text\n\x81\xff;\x8d\n", (), "its text is not in UTF-8 or Windows-1252"),
        (b"customer;text\na\x00b;c\n", (), "line 2: there is no customer 'a\\x00b'"),
        ('customer;text\n"a;b\n', (), "no table: "),
        ("customer;service;from;text\nkunde;shop;05.10.2026 12:00;x\n", (), "has no offset: say in which zone it is"),
        ("customer;service;from;text\nkunde;shop;05.10.2026 12:00;x\n", ("--timezone", "Bayern"), "timezone: a time"),
        ('{"customer": ', (), "no JSON: "),
        ("[1, 2]", (), "expected one object, or a list of objects"),
        ("[]", (), "there is no row in it"),
        ('[{"customer": "kunde", "wer": 1}]', (), "row 1: unknown key 'wer': expected customer, service, felt_from"),
        ('[{"customer": ["kunde"], "service": {}, "felt_from": 5, "text": 7}]', (), "row 1: customer: "),
        ("[" * 100_000, (), "no JSON: "),
    ],
)
def test_a_file_that_makes_no_sense_is_told(
    month: Slamon, text: str | bytes, more: tuple[str, ...], wrong: str
) -> None:
    done = importing(month, text, *more)
    assert (done.code, wrong in " ".join(done.err.split())) == (2, True), done.err
    assert month("verify").out == "the register is whole: 0 entries\n"


def test_too_much_at_once_is_told(month: Slamon) -> None:
    row = "kunde;shop;2026-10-05T00:00:00Z;x\n"
    done = importing(month, "customer;service;from;text\n" + row * 10_001)
    assert (done.code, "10001 rows: at most 10000 at once" in done.err) == (2, True)
    assert importing(month, b"x" * (16 * 1024 * 1024 + 1)).code == 2
    assert month("register", "complaint", "import", "none.csv", "--author", "sm").code == 2


def test_heads_are_mapped_and_missing_ones_are_set(month: Slamon) -> None:
    done = importing(
        month, "Was,Wann,Text\nviel,2026-10-05T00:00:00Z,intern\n", "--column", "text=Was", "--column",
        "felt_from=wann", "--set", "customer=amt", "--set", "service=shop", "--set", "channel=portal",
    )  # fmt: skip
    assert done.code == 0, done.err
    (row,) = told(month)
    assert (row["text"], row["customer"], row["channel"]) == ("viel", "amt", "portal")
    assert "not read: the column 'Text'" in done.err


def test_a_mail_gateways_json_is_read(month: Slamon) -> None:
    mail = {
        "customer": "Fachhändler Süd", "service": "shop", "received": "2026-10-05T00:20:00Z", "subject": "Shop kaputt",
        "text": "Seit Mitternacht.\r\nBitte prüfen!", "channel": "mail", "who": "b@example.org", "reference": "<1@x>",
    }  # fmt: skip
    assert importing(month, json.dumps(mail), name="mail.json").code == 0
    assert importing(month, json.dumps([mail, mail | {"reference": None, "subject": "Noch einmal"}])).code == 0
    one, other = told(month)
    assert one["text"] == "Shop kaputt\n\nSeit Mitternacht.\nBitte prüfen!"
    assert (one["felt_from_ms"], one["felt_to_ms"]) == (1791159600000, None)
    assert other["text"].startswith("Noch einmal")


class TestScores:
    def test_equal_answers_of_nobody_in_particular_are_counted_each(self, month: Slamon) -> None:
        assert importing(month, SCORES, kind="satisfaction").out.startswith("4 entered")
        again = importing(month, SCORES, kind="satisfaction")
        assert again.out.splitlines()[0].startswith("0 entered")
        assert len(again.out.splitlines()) == 5
        assert importing(month, SCORES + "kunde,csat,4,2026-12-01,,,\n", kind="satisfaction").out.startswith("1 ent")
        rows = told(month, "satisfaction")
        assert [row["score"] for row in rows] == [4, 4, 4, 9, 4]
        assert rows[3]["asked"] == "2026-12-01"

    def test_bad_ones_are_told(self, month: Slamon) -> None:
        done = importing(
            month, "customer,scale,score,asked\nkunde,csat,6,2026-12-01\nkunde,csat,4.5,2026-12-01\n"
            "kunde,x,1,1.1.2026\n", kind="satisfaction",
        )  # fmt: skip
        for wrong in ("line 2: score: 6 is not on the scale csat", "line 3: score: ", "line 4: scale: "):
            assert wrong in done.err
        assert done.code == 2


class TestExport:
    @pytest.fixture
    def full(self, month: Slamon) -> Slamon:
        importing(month, TABLE.replace("Langsam", "=1+1"), *GERMAN)
        importing(month, SCORES, kind="satisfaction")
        month("register", "complaint", "answer", "1", "--text", "-2 Minuten\nnoch", "--author", "sm")
        month("register", "action", "add", "--title", "x", "--owner", "@y", "--due", "2026-12-30", "--author", "sm")
        return month

    def test_a_table_carries_no_formula_and_reads_back_as_the_same(self, full: Slamon) -> None:
        out = full("register", "export", "-f", "csv", "--kind", "complaint").out
        rows = list(csv.DictReader(io.StringIO(out)))
        assert [row["text"] for row in rows] == ["Nichts ging.\nGar nichts; wirklich.", "'=1+1"]
        assert rows[0]["felt_from"] == "2026-10-05T00:09:00.000Z"
        assert "complaint_answer -2 Minuten\nnoch" in rows[0]["remarks"]
        for kind in ("complaint", "satisfaction", "review", "action", "correction"):
            cells = csv.reader(io.StringIO(full("register", "export", "-f", "csv", "--kind", kind).out))
            assert not [cell for row in cells for cell in row if cell[:1] in ("=", "+", "-", "@", "\t", "\r")]
        again = importing(full, out)
        assert again.out.startswith("0 entered"), again.out
        assert again.out.count("not entered again") == 2

    def test_json_tells_what_list_tells(self, full: Slamon) -> None:
        whole = json.loads(full("register", "export").out)
        assert list(whole) == ["complaints", "satisfaction", "reviews", "actions", "corrections"]
        assert whole["complaints"] == told(full)
        lines = [json.loads(one) for one in full("register", "export", "-f", "jsonl").out.splitlines()]
        assert [one.pop("kind") for one in lines] == ["complaint"] * 2 + ["satisfaction"] * 4 + ["action"]
        assert lines[:2] == whole["complaints"]

    def test_a_table_is_of_one_kind(self, full: Slamon) -> None:
        assert full("register", "export", "-f", "csv").code == 2
        assert full("register", "export", "-f", "csv", "--kind", "review").out == ""


# -- a running system


@pytest.fixture
def shop(month: Slamon, tmp_path: Path) -> Iterator[Running]:
    assert month("status").code == 2
    running = Running(tmp_path / "slamon.yml", tmp_path / "data").ready()
    yield running
    if running.process.poll() is None:
        running.kill()


def posted(shop: Running, value: Any, token: str = TOKEN, **more: Any) -> requests.Response:
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"} | more.pop("headers", {})
    body = value if isinstance(value, bytes | str) else json.dumps(value)
    return requests.post(f"{shop.url}/api/complaints", body, headers=headers, timeout=30)


MAIL = {"customer": "kunde", "service": "shop", "received": "2026-10-05T00:20:00Z", "text": "nichts", "reference": "1"}


def test_a_gateway_posts_what_was_mailed_and_a_repeat_changes_nothing(shop: Running) -> None:
    done = posted(shop, MAIL)
    assert (done.status_code, done.json()["entries"], done.json()["duplicates"]) == (200, [1], [])
    again = posted(shop, [MAIL, MAIL | {"reference": "2", "text": "wieder"}])
    assert (again.json()["entries"], again.json()["duplicates"]) == ([2], [{"row": 1, "of": 1, "by": "reference"}])
    listed = command("register", "complaint", "list", "-f", "json", "-c", str(shop.config), "-d", str(shop.data))
    rows = json.loads(listed.stdout)["complaints"]
    assert [(row["author"], row["channel"], row["text"]) for row in rows] == [
        ("mailgate", "mail", "nichts"), ("mailgate", "mail", "wieder"),
    ]  # fmt: skip


def test_who_has_no_token_enters_nothing(shop: Running) -> None:
    assert posted(shop, MAIL, "x" * 40).status_code == 401
    assert posted(shop, MAIL, "").status_code == 401
    assert requests.post(f"{shop.url}/api/complaints", json=MAIL, timeout=30).status_code == 401
    wrong = posted(shop, MAIL, OTHER)
    assert (wrong.status_code, "this sender tells of amt only" in wrong.json()["error"]) == (400, True)
    assert posted(shop, MAIL | {"customer": "amt"}, OTHER).status_code == 200
    assert requests.get(f"{shop.url}/api/complaints", timeout=30).status_code == 405


def test_what_makes_no_sense_is_told_and_bounded(shop: Running) -> None:
    bad = posted(shop, [MAIL, MAIL | {"service": "shp"}])
    assert bad.status_code == 400
    assert bad.json()["problems"] == ["row 2: there is no service 'shp'; there are: shop; did you mean 'shop'?"]
    for value in ("[", "7", "[]", "[7]", '"\\ud800"', json.dumps(MAIL | {"author": "boss"})):
        assert posted(shop, value).status_code == 400
    assert posted(shop, json.dumps(MAIL | {"text": "x" * 1_100_000})).status_code == 413
    assert posted(shop, MAIL, headers={"Content-Type": "text/plain"}).status_code == 415
    assert (
        command("verify", "-c", str(shop.config), "-d", str(shop.data)).stdout == "the register is whole: 0 entries\n"
    )


def test_too_many_are_told_to_wait(shop: Running) -> None:
    codes = [posted(shop, "[", f"{'x' * 40}{number}").status_code for number in range(200)]
    assert set(codes) <= {400, 401, 429}
    assert 429 in codes
