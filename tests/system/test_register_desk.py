"""`slamon register complaint|satisfaction|review|action`: what may be entered, and what is told of what may not."""

import io
import json
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.system import calling
from tests.system.calling import CATALOGUE, Done, Slamon, imported, line
from tests.system.running import Slamon as Running
from tests.system.running import command

slamon = calling.slamon
BOOK = CATALOGUE | {
    "customers": CATALOGUE["customers"] | {"amt": {"name": "Amt", "kind": "internal"}},
    "teams": {"web": {"name": "Web-Team"}},
    "services": CATALOGUE["services"]
    | {
        "mail": {
            "team": "web",
            "checks": {"smtp": {"tcp": {"address": "127.0.0.1:9"}, "since": "2026-01-01T00:00:00Z"}},
        }
    },
}
COMPLAINT = (
    "register", "complaint", "add", "--customer", "kunde", "--service", "shop", "--from", "2026-10-05T00:09:00Z",
    "--to", "2026-10-05T00:13:00Z", "--text", "Nichts ging.\nGar nichts.", "--channel", "phone", "--who", "Frau Weiß",
    "--reference", "T-1", "--author", "sm",
)  # fmt: skip
SCORE = (
    "register", "satisfaction", "add", "--customer", "kunde", "--scale", "csat", "--score", "4", "--asked",
    "2026-12-01", "--who", "Frau Weiß", "--comment", "schnell", "--author", "sm",
)  # fmt: skip
ACTION = (
    "register", "action", "add", "--title", "Second line", "--owner", "Cy", "--team", "web", "--due", "2026-12-15",
    "--customer", "kunde", "--service", "shop", "--outage", "2026-10-05T00:11:00Z", "--expect", "availability=99.95%",
    "-a", "gold", "--author", "sm",
)  # fmt: skip
MINUTES = """\
customer: kunde
period: 2026-10
held: 2026-11-04
participants: [Frau Weiß, Herr Groß]
minutes: |
  Der Ausfall vom 5. Oktober.
  Was folgt daraus?
decisions:
  - Zweite Leitung
actions:
  - {title: Leitung bestellen, owner: Cy, team: web, due: 2026-11-30, service: shop,
     expected: {figure: downtime, agreement: gold, value: 30m}}
  - {title: Bericht, owner: Di, due: 2026-11-10}
done: []
reference:
"""


@pytest.fixture
def month(slamon: Slamon) -> Slamon:
    """An hour of a shop in the ledger, two minutes of it down from 00:10 on."""
    Path("slamon.yml").write_text(json.dumps(BOOK))
    done = imported(slamon, [line(i, "down" if i in (10, 11) else "up") for i in range(60)])
    assert done.code == 0, done.err
    return slamon


def told(slamon: Slamon, *words: str) -> list[dict[str, Any]]:
    done = slamon("register", *words, "-f", "json")
    assert done.code == 0, done.err
    return list(next(iter(json.loads(done.out).values())))


def entries(slamon: Slamon) -> str:
    return slamon("verify").out


def said(slamon: Slamon, kind: str, verb: str, number: int, *more: str) -> Done:
    return slamon("register", kind, verb, str(number), "--author", "sm", *more)


class TestComplaints:
    def test_one_is_entered_and_told_as_it_was_said(self, month: Slamon) -> None:
        assert month(*COMPLAINT).out == "complaint 1 entered at 2027-01-01T00:00:00.000Z\n"
        (row,) = told(month, "complaint", "list")
        assert row == {
            "number": 1, "entered_ms": 1798761600000, "author": "sm", "customer": "kunde", "service": "shop",
            "felt_from_ms": 1791158940000, "felt_to_ms": 1791159180000, "text": "Nichts ging.\nGar nichts.",
            "channel": "phone", "who": "Frau Weiß", "reference": "T-1", "state": "open", "outages": [], "remarks": [],
        }  # fmt: skip
        assert "Nichts ging. Gar nichts." in month("register", "complaint", "list").out
        shown = month("register", "complaint", "show", "1").out
        assert shown.startswith("complaint 1, open\n")
        assert "    Nichts ging.\n    Gar nichts.\n" in shown

    def test_it_is_answered_solved_and_opened_again(self, month: Slamon) -> None:
        month(*COMPLAINT)
        states = []
        for verb in ("answer", "solve", "reopen", "solve"):
            assert said(month, "complaint", verb, 1, "--text", f"{verb} it").code == 0
            states.append(told(month, "complaint", "show", "1")[0]["state"])
        assert states == ["answered", "solved", "open", "solved"]
        assert told(month, "complaint", "list", "--state", "open") == []
        remarks = told(month, "complaint", "list", "--state", "solved")[0]["remarks"]
        assert [remark["text"] for remark in remarks] == ["answer it", "solve it", "reopen it", "solve it"]

    def test_any_moment_inside_an_outage_finds_its_begin(self, month: Slamon) -> None:
        month(*COMPLAINT)
        done = said(month, "complaint", "link", 1, "--outage", "2026-10-05T02:11:30+02:00")
        assert done.out.splitlines()[1] == "complaint 1 is about the outage of shop at 2026-10-05T00:10:00.000Z"
        (row,) = told(month, "complaint", "list")
        assert row["outages"] == [{"service": "shop", "begin_ms": 1791159000000}]
        again = said(month, "complaint", "link", 1, "--outage", "2026-10-05T00:10:00Z")
        assert (again.code, "is linked to the outage of shop" in again.err) == (2, True)

    def test_an_outage_that_is_not_there_is_told_with_those_near(self, month: Slamon) -> None:
        month(*COMPLAINT)
        done = said(month, "complaint", "link", 1, "--outage", "2026-10-05T00:12:00Z")
        assert done.code == 2
        assert "shop had no outage at 2026-10-05T00:12:00.000Z" in done.err
        assert "2026-10-05T00:10:00.000Z to 2026-10-05T00:12:00.000Z" in " ".join(done.err.split())
        far = said(month, "complaint", "link", 1, "--outage", "2026-11-05T00:12:00Z")
        assert "nor within a day of it" in " ".join(far.err.split())
        assert entries(month) == "the register is whole: 1 entries\n"

    @pytest.mark.parametrize(
        ("word", "value", "wrong"),
        [
            ("--customer", "kund", "there is no customer 'kund'; there are: kunde, amt; did you mean 'kunde'?"),
            ("--service", "shp", "there is no service 'shp'; there are: shop, mail; did you mean 'shop'?"),
            ("--from", "2026-10-05T00:13:00Z", "felt_to: 2026-10-05T00:13:00.000Z is not after felt_from"),
            ("--from", "2027-01-01T00:00:01Z", "felt_from: 2027-01-01T00:00:01.000Z is in the future"),
            ("--to", "2027-01-01T00:00:01Z", "felt_to: 2027-01-01T00:00:01.000Z is in the future"),
            ("--from", "2026-10-05 00:13", "felt_from: "),
            ("--text", " \n ", "text: a text of 1 to 20000 characters"),
            ("--text", "x" * 20_001, "text: a text of at most 20000 characters; there are 20001"),
            ("--text", "a\x1b[31mb", "text: a text without control characters"),
            ("--who", "x" * 300, "who: a text of 1 to 200 printable characters, on one line"),
            ("--who", "a\u202eb", "who: "),
            ("--author", "", "author: "),
        ],
    )
    def test_what_makes_no_sense_is_told_and_not_stored(self, month: Slamon, word: str, value: str, wrong: str) -> None:
        words = list(COMPLAINT)
        words[words.index(word) + 1] = value
        done = month(*words)
        assert done.code == 2
        assert wrong in " ".join(done.err.split())
        assert entries(month) == "the register is whole: 0 entries\n"

    @pytest.mark.parametrize(
        ("words", "wrong"),
        [
            (("answer", 7, "--text", "x"), "there is no complaint 7 in the register; there are: 1"),
            (("answer", 2, "--text", "x"), "there is no complaint 2 in the register; there are: 1"),
            (("reopen", 1, "--text", "x"), "complaint 1 is open: there is nothing to reopen"),
            (("answer", 1, "--text", ""), "text: "),
            (("link", 1, "--outage", "2026-10-05T00:11:00Z", "--service", "shp"), "did you mean 'shop'?"),
            (("link", 9, "--outage", "2026-10-05T00:11:00Z"), "there is no complaint 9"),
            (("link", 1, "--outage", "2027-10-05T00:11:00Z"), "is in the future"),
        ],
    )
    def test_what_is_said_must_fit_where_it_stands(self, month: Slamon, words: tuple[Any, ...], wrong: str) -> None:
        month(*COMPLAINT)
        month(*SCORE)
        done = said(month, "complaint", *words)
        assert (done.code, wrong in " ".join(done.err.split())) == (2, True), done.err
        assert entries(month) == "the register is whole: 2 entries\n"

    @pytest.mark.parametrize("verb", ["answer", "solve"])
    def test_to_a_solved_one_nothing_is_answered(self, month: Slamon, verb: str) -> None:
        month(*COMPLAINT)
        said(month, "complaint", "solve", 1, "--text", "done")
        done = said(month, "complaint", verb, 1, "--text", "x")
        assert done.code == 2
        told = " ".join(done.err.split())
        assert "complaint 1 was solved by sm at 2027-01-01T00:00:00.000Z: reopen it first" in told

    def test_one_reference_is_one_complaint(self, month: Slamon) -> None:
        month(*COMPLAINT)
        done = month(*COMPLAINT)
        assert (done.code, "reference: 'T-1' is complaint 1" in done.err) == (2, True)

    def test_a_text_may_come_from_standard_input(self, month: Slamon, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(sys, "stdin", io.StringIO("first\r\nsecond\r\n"))
        words = list(COMPLAINT)
        words[words.index("--text") + 1] = "-"
        assert month(*words).code == 0
        assert told(month, "complaint", "list")[0]["text"] == "first\nsecond"


class TestSatisfaction:
    def test_a_score_is_entered(self, month: Slamon) -> None:
        assert month(*SCORE).out == "satisfaction 1 entered at 2027-01-01T00:00:00.000Z\n"
        (row,) = told(month, "satisfaction", "list", "--customer", "kunde", "--scale", "csat")
        assert (row["score"], row["asked"], row["service"], row["who"]) == (4, "2026-12-01", None, "Frau Weiß")
        assert "schnell" in month("register", "satisfaction", "list").out

    def test_one_reference_is_one_score(self, month: Slamon) -> None:
        assert month(*SCORE, "--reference", "R-1").code == 0
        again = list(SCORE)
        again[again.index("--score") + 1] = "5"
        done = month(*again, "--reference", "R-1")
        assert (done.code, "reference: 'R-1' is satisfaction 1" in done.err) == (2, True), done.err
        assert len(told(month, "satisfaction", "list")) == 1

    @pytest.mark.parametrize(
        ("scale", "score", "ok"),
        [
            ("csat", 0, False),
            ("csat", 1, True),
            ("csat", 5, True),
            ("csat", 6, False),
            ("nps", -1, False),
            ("nps", 0, True),
            ("nps", 10, True),
            ("nps", 11, False),
        ],
    )
    def test_a_score_stands_on_its_scale(self, month: Slamon, scale: str, score: int, *, ok: bool) -> None:
        words = list(SCORE)
        words[words.index("--scale") + 1], words[words.index("--score") + 1] = scale, str(score)
        done = month(*words)
        assert done.code == (0 if ok else 2)
        assert ok or f"score: {score} is not on the scale {scale}, from " in done.err

    @pytest.mark.parametrize(
        ("word", "value", "wrong"),
        [
            ("--asked", "2027-01-02", "asked: 2027-01-02 is in the future"),
            ("--asked", "1.12.2026", "asked: a date, for example 2026-12-24"),
            ("--customer", "kund", "did you mean 'kunde'?"),
            ("--comment", "x" * 20_001, "comment: "),
        ],
    )
    def test_what_makes_no_sense_is_told(self, month: Slamon, word: str, value: str, wrong: str) -> None:
        words = list(SCORE)
        words[words.index(word) + 1] = value
        done = month(*words)
        assert (done.code, wrong in " ".join(done.err.split())) == (2, True), done.err
        assert entries(month) == "the register is whole: 0 entries\n"


class TestActions:
    def test_one_is_entered_with_what_is_expected_of_it(self, month: Slamon) -> None:
        assert month(*ACTION).out == "action 1 entered at 2027-01-01T00:00:00.000Z\n"
        (row,) = told(month, "action", "list", "--open", "--overdue", "--team", "web")
        assert row["overdue"]
        assert row["outage"] == {"service": "shop", "begin_ms": 1791159000000}
        assert row["expected"] == {
            "figure": "availability", "agreement": "gold", "service": "shop", "value": "1999/2000",
        }  # fmt: skip
        assert "overdue" in month("register", "action", "list").out

    def test_it_is_moved_and_done(self, month: Slamon) -> None:
        month(*ACTION)
        assert said(month, "action", "move", 1, "--due", "2027-01-31", "--text", "supplier is late").code == 0
        assert told(month, "action", "list", "--overdue") == []
        assert said(month, "action", "move", 1, "--owner", "Di").code == 0
        (row,) = told(month, "action", "list")
        assert (row["due"], row["owner"], row["team"]) == ("2027-01-31", "Di", "web")
        assert said(month, "action", "done", 1, "--day", "2026-12-30").code == 0
        (row,) = told(month, "action", "list")
        assert (row["state"], row["ended"]) == ("done", "2026-12-30")
        assert told(month, "action", "list", "--open") == []
        again = said(month, "action", "done", 1)
        assert (again.code, "action 1 is done since 2026-12-30, entered by sm" in again.err) == (2, True)

    def test_one_is_dropped_with_a_reason(self, month: Slamon) -> None:
        month(*ACTION)
        assert said(month, "action", "drop", 1, "--text", "").code == 2
        assert said(month, "action", "drop", 1, "--text", "the shop is sold").code == 0
        (row,) = told(month, "action", "list")
        assert (row["state"], row["ended"], row["remarks"][0]["text"]) == ("dropped", "2027-01-01", "the shop is sold")
        assert said(month, "action", "move", 1, "--owner", "Di").code == 2

    @pytest.mark.parametrize(
        ("word", "value", "wrong"),
        [
            ("--team", "wep", "there is no team 'wep'; there are: web; did you mean 'web'?"),
            ("--owner", "", "owner: "),
            ("--title", "x" * 201, "title: "),
            ("--due", "soon", "due: a date"),
            ("--expect", "availability", "--expect: found 'availability', expected a figure and a value"),
            (
                "--expect",
                "availability=99.95",
                "expected: availability '99.95': expected a percentage, for example 99.9%",
            ),
            ("--expect", "uptime=99%", "figure"),
            ("--expect", "outages=1.5", "expected a whole number"),
            ("--expect", "downtime=30", "expected: downtime '30': expected a duration with units"),
            ("--service", "mail", "gold has no service 'mail'"),
            ("-a", "gld", "did you mean 'gold'?"),
            ("--outage", "2026-10-05T00:20:00Z", "shop had no outage at"),
        ],
    )
    def test_what_makes_no_sense_is_told(self, month: Slamon, word: str, value: str, wrong: str) -> None:
        words = list(ACTION)
        words[words.index(word) + 1] = value
        done = month(*words)
        if word == "--service":  # the expectation goes to the agreement's one service then; the outage is not there
            wrong = "mail had no outage at"
        assert (done.code, wrong in " ".join(done.err.split())) == (2, True), done.err
        assert entries(month) == "the register is whole: 0 entries\n"

    @pytest.mark.parametrize(
        ("words", "wrong"),
        [
            (("move", 1), "another due day, owner or team"),
            (("move", 1, "--owner", "Cy"), "action 1 is so already"),
            (("move", 5, "--owner", "Cy"), "there is no action 5 in the register; there are: 1"),
            (("done", 1, "--day", "2027-01-02"), "day: 2027-01-02 is in the future"),
        ],
    )
    def test_what_is_said_must_fit_where_it_stands(self, month: Slamon, words: tuple[Any, ...], wrong: str) -> None:
        month(*ACTION)
        done = said(month, "action", *words)
        assert (done.code, wrong in " ".join(done.err.split())) == (2, True), done.err

    def test_it_comes_of_a_complaint_or_review_that_is_there(self, month: Slamon) -> None:
        month(*COMPLAINT)
        assert month(*ACTION, "--of", "1").code == 0
        done = month(*ACTION, "--of", "2")
        assert (done.code, "there is no complaint or review 2 in the register; there are: 1" in done.err) == (2, True)


class TestReviews:
    def test_minutes_are_one_review_with_its_actions(self, month: Slamon) -> None:
        month(*ACTION)
        Path("minutes.yml").write_text(MINUTES.replace("done: []", "done: [1]"))
        done = month("register", "review", "add", "--from", "minutes.yml", "--author", "sm")
        assert done.out.splitlines() == [
            "review 2 entered at 2027-01-01T00:00:00.000Z",
            "action 3 due 2026-11-30: Leitung bestellen",
            "action 4 due 2026-11-10: Bericht",
            "action 1 done on 2026-11-04",
        ]
        (row,) = told(month, "review", "list", "--customer", "kunde")
        assert row["participants"] == ["Frau Weiß", "Herr Groß"]
        assert row["minutes"] == "Der Ausfall vom 5. Oktober.\nWas folgt daraus?"
        assert (row["decisions"], row["actions"]) == (["Zweite Leitung"], [3, 4])
        actions = told(month, "action", "list")
        assert [(a["number"], a["origin"], a["state"]) for a in actions] == [
            (1, None, "done"), (3, 2, "open"), (4, 2, "open"),
        ]  # fmt: skip
        assert actions[1]["expected"]["value"] == "1800000"
        shown = month("register", "review", "show", "2").out
        assert "action 3, open, due 2026-11-30, Cy" in shown
        assert "    Was folgt daraus?\n" in shown
        assert "Frau Weiß, Herr Groß" in month("register", "review", "list").out

    def test_json_reads_alike(self, month: Slamon) -> None:
        Path("minutes.json").write_text(
            json.dumps({"customer": "kunde", "period": "2026", "held": "2026-11-04", "participants": ["A"]})
        )
        assert month("register", "review", "add", "--from", "minutes.json", "--author", "sm").code == 0
        again = month("register", "review", "add", "--from", "minutes.json", "--author", "sm")
        told = " ".join(again.err.split())
        assert (again.code, "review 1 is of kunde, 2026 and 2026-11-04 already: entered by sm" in told) == (2, True)

    def test_words_alone_do_too(self, month: Slamon) -> None:
        words = ("register", "review", "add", "--customer", "kunde", "--period", "2026-10", "--author", "sm")
        assert "missing: --held DATE" in month(*words).err
        assert month(*words, "--held", "2026-11-04", "--participant", "A", "--participant", "B").code == 0
        assert told(month, "review", "list")[0]["participants"] == ["A", "B"]

    @pytest.mark.parametrize(
        ("before", "after", "wrong"),
        [
            ("held: 2026-11-04", "held: 4.11.2026", "minutes.yml:3:7: held: found '4.11.2026', expected a date"),
            ("decisions:", "decision:", "minutes.yml:8:1: decision: found the unknown key 'decision'"),
            ("due: 2026-11-10", "due: soon", "minutes.yml:13:38: actions[1].due: found 'soon', expected a date"),
            ("owner: Di", "owner: ''", "minutes.yml:13:29: actions[1].owner: found ''"),
            ("period: 2026-10", "period: 2026-13", "minutes.yml:2:9: period: found '2026-13'"),
            ("done: []", "done: [x]", "minutes.yml:14:8: done[0]: found 'x', expected a whole number"),
            ("customer: kunde\n", "", "no customer"),
            ("participants: [Frau Weiß, Herr Groß]", "participants: []", "minutes.yml:4:15: participants: found"),
            (
                "customer: kunde",
                "customer: kund",
                "minutes.yml:1:11: customer: found 'kund', expected a customer; did you mean 'kunde'?",
            ),
            ("held: 2026-11-04", "held: 2027-11-04", "held: 2027-11-04 is in the future"),
            (
                "team: web",
                "team: wep",
                "minutes.yml:11:49: actions[0].team: found 'wep', expected a team; did",
            ),
            (
                "agreement: gold",
                "agreement: gld",
                "minutes.yml:12:46: actions[0].expected.agreement: found 'gld', expected an agreement",
            ),
            ("done: []", "done: [9]", "there is no action 9 in the register; there are: none"),
            ("due: 2026-11-10", "due: 2026-11-03", "'Bericht' was due on 2026-11-03, before the review"),
            ("customer: kunde", "customer: [", "malformed YAML"),
            ("value: 30m", "value: 30", "expected a duration with units"),
        ],
    )
    def test_a_mistake_is_told_with_its_place_and_nothing_is_stored(
        self, month: Slamon, before: str, after: str, wrong: str
    ) -> None:
        assert before in MINUTES
        Path("minutes.yml").write_text(MINUTES.replace(before, after))
        done = month("register", "review", "add", "--from", "minutes.yml", "--author", "sm")
        assert (done.code, wrong in " ".join(done.err.split())) == (2, True), done.err
        assert entries(month) == "the register is whole: 0 entries\n"

    def test_a_file_that_is_not_there_or_too_long_is_told(self, month: Slamon) -> None:
        done = month("register", "review", "add", "--from", "none.yml", "--author", "sm")
        assert (done.code, "none.yml: No such file" in done.err) == (2, True)
        Path("long.yml").write_text("minutes: " + "x" * 1_100_000)
        done = month("register", "review", "add", "--from", "long.yml", "--author", "sm")
        assert (done.code, "at most 1048576 bytes" in done.err) == (2, True)


def test_beside_a_running_system_it_is_the_same(month: Slamon, tmp_path: Path) -> None:
    Path("minutes.yml").write_text(MINUTES.replace("done: []", "done: [2]"))
    running = Running(tmp_path / "slamon.yml", tmp_path / "data").ready()

    def called(*words: str) -> str:
        done = command(*words, "-c", str(running.config), "-d", str(running.data))
        assert done.returncode == 0, done.stderr
        return done.stdout

    try:
        assert called(*COMPLAINT).startswith("complaint 1 entered at ")
        called(*ACTION)
        told = called("register", "complaint", "link", "1", "--outage", "2026-10-05T00:11:00Z", "--author", "sm")
        assert "complaint 1 is about the outage of shop at 2026-10-05T00:10:00.000Z" in told
        added = called("register", "review", "add", "--from", str(tmp_path / "minutes.yml"), "--author", "sm")
        assert added.splitlines()[1:] == [
            "action 5 due 2026-11-30: Leitung bestellen", "action 6 due 2026-11-10: Bericht",
            "action 2 done on 2026-11-04",
        ]  # fmt: skip
        wrong = command("register", "complaint", "reopen", "1", "--text", "x", "--author", "sm", "-c",
                        str(running.config), "-d", str(running.data))  # fmt: skip
        assert (wrong.returncode, "complaint 1 is open: there is nothing to reopen" in wrong.stderr) == (2, True)
    finally:
        running.stop()
    assert entries(month) == "the register is whole: 7 entries\n"
