"""`approval: required`: a correction counts once a second person approved it, in every figure, from that moment on."""

import json
import random
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from slamon.accounting.plan import known_before
from slamon.catalogue import load
from slamon.ledger import Entry, register
from slamon.ledger.register import CorrectionState, corrections, standings
from slamon.running.stored import figures_of

from tests.system import calling
from tests.system.calling import CATALOGUE, MINUTE, START, Slamon, clock, imported, line
from tests.system.running import Slamon as Running
from tests.system.running import command, samples

slamon = calling.slamon
DAY = "2026-10-05/2026-10-06"


def book(approval: str | None = "required", own: str | None = None) -> dict[str, Any]:
    gold = CATALOGUE["agreements"]["gold"] | {"valid_from": "2026-10-01"} | ({} if own is None else {"approval": own})
    more = {} if approval is None else {"register": {"approval": approval}}
    return CATALOGUE | {"agreements": {"gold": gold}} | more


def write(value: dict[str, Any]) -> None:
    Path("slamon.yml").write_text(json.dumps(value))


def adding(author: str = "sm", kind: str = "exclude", start: str = "00:10", end: str = "00:12") -> tuple[str, ...]:
    return (
        "register", "correction", "add", "-a", "gold", "--kind", kind, "--start", f"2026-10-05T{start}:00Z",
        "--end", f"2026-10-05T{end}:00Z", "--cause", "agreed", "--reason", "as agreed", "--author", author,
    )  # fmt: skip


def deciding(word: str, number: int, author: str, *more: str) -> tuple[str, ...]:
    return ("register", "correction", word, str(number), "--author", author, *more)


@pytest.fixture
def month(slamon: Slamon) -> Slamon:
    """An hour of a shop in the ledger, two minutes of it down from 00:10 on."""
    write(book())
    done = imported(slamon, [line(i, "down" if i in (10, 11) else "up", duration_ms=50) for i in range(60)])
    assert done.code == 0, done.err
    return slamon


def downtime(slamon: Slamon, *words: str) -> int:
    return int(slamon("account", "--period", DAY, "-f", "json", *words).figures[0]["downtime_ms"])


def listed(slamon: Slamon, *words: str) -> list[dict[str, Any]]:
    return list(json.loads(slamon("register", "correction", "list", "-f", "json", *words).out)["corrections"])


def test_it_counts_once_another_person_has_approved_it(month: Slamon, monkeypatch: pytest.MonkeyPatch) -> None:
    told = month(*adding()).out
    assert told == ("correction 1 entered at 2027-01-01T00:00:00.000Z; it counts once another person approves it\n")
    assert downtime(month) == 2 * MINUTE
    assert month("account", "--period", DAY, "-f", "json").figures[0]["corrections"] == []
    (row,) = listed(month)
    assert (row["state"], row["counts_from_ms"], row["decided_by"]) == ("pending", None, None)
    assert "pending" in month("register", "correction", "list").out

    clock(monkeypatch, "2027-01-02T00:00:00Z")
    assert month(*deciding("approve", 1, "boss", "--text", "seen the mail")).out == (
        "correction 1 approved at 2027-01-02T00:00:00.000Z\n"
    )
    assert downtime(month) == 0
    (row,) = listed(month, "--state", "in_force")
    assert (row["decided_by"], row["decided_text"]) == ("boss", "seen the mail")
    assert listed(month, "--state", "pending") == []
    clock(monkeypatch, "2027-01-03T00:00:00Z")
    assert downtime(month, "--as-of", "2027-01-01T12:00:00Z") == 2 * MINUTE
    assert downtime(month, "--as-of", "2027-01-02T12:00:00Z") == 0
    assert month("verify").out == "the register is whole: 2 entries\n"


def test_a_rejected_one_never_counts(month: Slamon) -> None:
    month(*adding())
    assert month(*deciding("reject", 1, "boss")).code == 2
    assert month(*deciding("reject", 1, "boss", "--text", "nothing was agreed")).code == 0
    assert downtime(month) == 2 * MINUTE
    (row,) = listed(month)
    assert (row["state"], row["decided_by"], row["decided_text"]) == ("rejected", "boss", "nothing was agreed")


@pytest.mark.parametrize("name", ["sm", " SM ", "Sm", "ｓｍ"])
def test_nobody_approves_their_own(month: Slamon, name: str) -> None:
    month(*adding("sm"))
    for word in (("approve",), ("reject", "--text", "t")):
        done = month(*deciding(word[0], 1, name, *word[1:]))
        told = " ".join(done.err.split())
        assert (done.code, "correction 1 was entered by sm: another person has to decide" in told) == (2, True)
    assert downtime(month) == 2 * MINUTE


@pytest.mark.parametrize(
    ("before", "words", "wrong"),
    [
        ((), deciding("approve", 9, "boss"), "there is no correction 9 in the register; there are: 1"),
        ((deciding("approve", 1, "boss"),), deciding("approve", 1, "other"), "was approved by boss at 2027-"),
        ((deciding("reject", 1, "boss", "--text", "n"),), deciding("approve", 1, "other"), "was rejected by boss"),
        ((deciding("revoke", 1, "sm", "--reason", "r"),), deciding("approve", 1, "boss"), "was revoked by sm"),
        ((deciding("reject", 1, "boss", "--text", "n"),), deciding("revoke", 1, "sm", "--reason", "r"), "was rejected"),
        ((deciding("revoke", 1, "sm", "--reason", "r"),), deciding("revoke", 1, "sm", "--reason", "r"), "was revoked"),
    ],
)
def test_it_is_decided_on_once(
    month: Slamon, before: Sequence[tuple[str, ...]], words: tuple[str, ...], wrong: str
) -> None:
    month(*adding())
    for one in before:
        assert month(*one).code == 0
    done = month(*words)
    assert (done.code, wrong in " ".join(done.err.split())) == (2, True), done.err


def test_one_that_was_entered_without_is_in_force_whatever_the_catalogue_says_later(month: Slamon) -> None:
    write(book(None))
    month(*adding())
    assert downtime(month) == 0
    write(book("required"))
    assert downtime(month) == 0
    done = month(*deciding("approve", 1, "boss"))
    assert (done.code, "correction 1 does not wait for approval: it needs none" in done.err) == (2, True)
    month(*adding(kind="down", start="00:20", end="00:25"))
    write(book("none"))
    assert downtime(month) == 0  # the second one still waits
    assert month(*deciding("approve", 2, "boss")).code == 0
    assert downtime(month) == 5 * MINUTE


@pytest.mark.parametrize(
    ("whole", "own", "waits"),
    [("none", "required", True), ("required", "none", False), (None, "required", True), ("required", None, True)],
)
def test_an_agreement_may_say_otherwise(month: Slamon, whole: str | None, own: str | None, *, waits: bool) -> None:
    write(book(whole, own))
    month(*adding())
    assert (listed(month)[0]["state"] == "pending") is waits


def test_of_one_moment_that_approved_last_wins(month: Slamon, monkeypatch: pytest.MonkeyPatch) -> None:
    month(*adding(kind="down", start="00:20", end="00:25"))
    month(*adding(kind="up", start="00:00", end="01:00"))
    clock(monkeypatch, "2027-01-02T00:00:00Z")
    month(*deciding("approve", 2, "boss"))
    assert downtime(month) == 0
    clock(monkeypatch, "2027-01-03T00:00:00Z")
    month(*deciding("approve", 1, "boss"))
    assert downtime(month) == 5 * MINUTE
    assert [row["id"] for row in listed(month)] == [2, 1]


def test_a_closing_tells_what_waits_and_verify_what_was_approved_since(month: Slamon) -> None:
    month(*adding())
    done = month("close", "2026-10", "--author", "sm")
    assert "correction 1 waits for approval, and is not in it" in done.out
    assert month("verify").out == "the register is whole: 2 entries\n2026-10 of gold: as it was frozen\n"
    month(*deciding("approve", 1, "boss"))
    told = month("verify").out
    assert "2026-10 of gold: as it was frozen" in told
    assert "correction approval 3 by boss came after it: slamon close restate 2026-10 -a gold" in told
    assert month("close", "restate", "2026-10", "--author", "sm", "--reason", "approved late").code == 0


# -- the same in every order


def naive(entries: Sequence[Entry], at: int) -> set[int]:
    """The corrections in force at an instant, by the words of the manual."""
    known = [entry for entry in entries if entry.entered < at]
    told = {kind: {e.body["entry"] for e in known if e.kind == kind} for kind in ("correction_approval", "revocation")}
    return {
        e.id
        for e in known
        if e.kind == "correction"
        and (not e.body.get("needs_approval") or e.id in told["correction_approval"])
        and e.id not in told["revocation"]
    }


@pytest.mark.parametrize("seed", range(3))
def test_figures_brought_up_step_by_step_are_those_made_anew(
    month: Slamon, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    rng = random.Random(seed)
    path, now = Path("data/slamon.db"), calling.instant_ms("2027-02-01T00:00:00Z")
    live, _ = figures_of(load(Path("slamon.yml")), path, DAY, now, running=False)
    for step in range(25):
        clock(monkeypatch, f"2027-01-{step + 1:02d}T00:00:00Z")
        _something(month, rng)
        entries = register(path)
        live.correct(corrections(entries))
        catalogue = load(Path("slamon.yml"))
        anew, _ = figures_of(catalogue, path, DAY, now, running=False)
        assert _figure(live, now) == _figure(anew, now)
        for day in range(1, step + 3):
            at = calling.instant_ms(f"2027-01-{day:02d}T00:00:00.001Z")
            found = known_before(corrections(entries), at)
            assert {c.order[1] for c in found if c.revoked is None} == naive(entries, at)
    assert {"correction", "correction_approval", "revocation"} <= {entry.kind for entry in entries}


def _something(month: Slamon, rng: random.Random) -> None:
    write(book(rng.choice(["none", "required", "required"])))
    start = rng.randrange(50)
    there = register(Path("data/slamon.db"))
    pending = [number for number, found in standings(there).items() if found.state is CorrectionState.PENDING]
    if pending and rng.random() < 0.4:
        number = rng.choice(pending)
        assert month(*deciding("approve", number, "boss")).code == 0
        return
    counted = [number for number, found in standings(there).items() if found.state is CorrectionState.IN_FORCE]
    if counted and rng.random() < 0.25:
        assert month(*deciding("revoke", rng.choice(counted), "b", "--reason", "r")).code == 0
        return
    number = max(1, len(there) - rng.randrange(3))
    done = rng.choice([
        adding(rng.choice(["a", "b"]), rng.choice(["up", "down", "exclude"]), f"00:{start:02d}", f"00:{start + 9:02d}"),
        deciding("approve", number, rng.choice(["a", "b"])),
        deciding("approve", number, rng.choice(["c", "b"])),
        deciding("reject", number, rng.choice(["a", "b"]), "--text", "no"),
        deciding("revoke", number, "a", "--reason", "r"),
    ])  # fmt: skip
    assert month(*done).code in (0, 2)


def _figure(figures: Any, now: int) -> tuple[Any, ...]:
    period = figures.period("gold", DAY)
    found = figures.book.figure("gold", "shop", 1, period, now)
    return (found.downtime_ms, found.excluded_ms, found.availability, found.outages, found.corrections)


# -- beside a running system


@pytest.fixture
def shop(month: Slamon, tmp_path: Path) -> Iterator[Running]:
    running = Running(tmp_path / "slamon.yml", tmp_path / "data").ready()
    yield running
    if running.process.poll() is None:
        running.kill()


def test_a_running_system_counts_it_with_its_approval(shop: Running) -> None:
    def called(*words: str) -> str:
        done = command(*words, "-c", str(shop.config), "-d", str(shop.data))
        assert done.returncode == 0, done.stderr
        return done.stdout

    def down() -> int:
        return int(json.loads(called("account", "-p", DAY, "-f", "json"))["figures"][0]["downtime_ms"])

    called(*adding())
    assert down() == 2 * MINUTE
    called(*deciding("approve", 1, "boss"))
    assert down() == 0
    called(*adding(kind="down", start="00:20", end="00:21"))
    shop.config.write_text(json.dumps(book("none")))
    assert down() == 0
    shop.stop()
    again = Running(shop.config, shop.data).ready()
    try:
        assert down() == 0
        called(*deciding("approve", 3, "boss"))
        assert down() == MINUTE
        assert samples(again.metrics(), "slamon_agreement_target_ratio") == [0.999]
    finally:
        again.stop()
    assert START > 0
