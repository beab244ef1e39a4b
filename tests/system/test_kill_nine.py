"""Killed at any moment, again and again: what was stored is whole, what was not is not claimed, no counter falls.

The probed server is a witness of its own: it writes down when it was asked, and what it answered.
"""

import os
import random
import select
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http.server import ThreadingHTTPServer
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import requests
import yaml
from slamon.accounting import Cause, Span, Verdict
from slamon.catalogue import load
from slamon.ledger import Stored, read_only
from slamon.running.stored import figures_of

from tests.system.endpoints import Quiet, serving
from tests.system.running import COMMAND, Counters, Slamon, counters, fallen, figures

KILLS = 42
SEED = int(os.environ.get("SLAMON_KILL_SEED", random.randrange(1 << 32)))
CHECKS = ("web/a", "web/b", "web/c", "one/d")
ALONE = "one/d"

# The program as it is, but in a hurry: what takes a minute of life (observations become runs) happens within each short
# one. And on a slow disk, so that many die between what is known and what is stored.
HURRIED = """
import random, threading
import slamon.monitor, slamon.running.keeper
from slamon.__main__ import main
from slamon.ledger import Ledger

def slowly(ledger, batch, commit=Ledger._commit, never=threading.Event()):
    never.wait(random.uniform(0, 0.1))
    commit(ledger, batch)
    never.wait(random.uniform(0, 0.1))

Ledger._commit = slowly
slamon.monitor.KEEP_S = slamon.monitor.ACCOUNT_S = 0.1
slamon.monitor.FOLD_S = 0.4
slamon.running.keeper._SETTLING_MS = 500
main()
"""
PROGRAMS = (COMMAND, [sys.executable, "-c", HURRIED])


def now_ms() -> int:
    return time.time_ns() // 1_000_000


# -- the witness


class Witness:
    """By check: when it was asked for, and whether it answered well.

    It answers well and badly in turn, for a random number of times each, and takes its time: many die waiting.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        self._answered: dict[str, list[tuple[int, bool]]] = {check: [] for check in CHECKS}
        self._dice = random.Random(SEED)
        self._turns = dict.fromkeys(CHECKS, (True, 0))
        self._lock = threading.Lock()
        self._never = threading.Event()

    def answer(self, check: str) -> int:
        with self._lock:
            at, (well, left) = now_ms(), self._turns[check]
            if left == 0:
                well, left = not well, self._dice.randint(1, 9)
            self._turns[check] = (well, left - 1)
            self._answered[check].append((at, well))
            patience = self._dice.uniform(0, 0.06)
        self._never.wait(patience)
        return 200 if well else 503

    def told(self, check: str) -> list[tuple[int, bool]]:
        with self._lock:
            return list(self._answered[check])


@contextmanager
def witnessing() -> Iterator[Witness]:
    class Answering(Quiet):
        def do_GET(self) -> None:  # noqa: N802  the name that http.server calls
            with suppress(ConnectionError):  # who asked was killed
                self.answer(witness.answer(self.path[1:]), b"")

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answering)
    witness = Witness(f"http://127.0.0.1:{server.server_address[1]}")
    with serving(server):
        yield witness


@dataclass(frozen=True, slots=True)
class Life:
    """One process: begun between `start` and its first answer, `watermark` as stored when it was dead."""

    start: int
    watermark: int


# -- the facts against the witness


def pieces(stored: Stored, check: str) -> list[tuple[int, int, int, Verdict]]:
    """What is stored of a check, in order of time: first and last observation, how many, what they say."""
    runs = [(run.start, run.last, run.count, run.verdict) for run in stored.runs.get(check, ())]
    return runs + [(o.at, o.at, 1, o.verdict) for o in stored.tails.get(check, ())]


def assert_whole(stored: Stored, witness: Witness, lives: Sequence[Life]) -> None:
    """Every answer given before a watermark is one stored observation, and every stored observation was an answer.

    A check has one probe in flight: its answer comes between its beginning and that of the next one.
    """
    for check in CHECKS:
        answers = witness.told(check)
        found = pieces(stored, check)
        starts = [start for start, *_ in found]
        earlier = [at for at, _ in answers if not starts or at < starts[0]]
        assert all(_lost(at, lives) for at in earlier), f"{check}: an answer before the first stored observation"
        for (start, last, count, verdict), following in zip(found, [*starts[1:], 1 << 62], strict=False):
            own = [answer for answer in answers if start <= answer[0] < following]
            assert len(own) >= count, f"{check}: {count} observations from {start} on, {len(own)} answers"
            assert own[count - 1][0] >= last, f"{check}: at {last} nobody asked"
            said = {well for _, well in own[:count]}
            assert said == {verdict is Verdict.UP}, f"{check}: stored as {verdict} from {start} on, answered {said}"
            missing = [at for at, _ in own[count:] if not _lost(at, lives)]
            assert not missing, f"{check}: the answers at {missing} are missing"
        tally = stored.tallies.get(check)
        uncounted = [o for o in stored.uncounted if o.check == check]
        assert (tally.observations if tally else 0) + len(uncounted) == sum(count for _, _, count, _ in found)
        failed = (tally.failures if tally else 0) + sum(o.verdict is Verdict.DOWN for o in uncounted)
        assert failed == sum(count for _, _, count, verdict in found if verdict is Verdict.DOWN)


def _lost(at: int, lives: Sequence[Life]) -> bool:
    """Whether what was answered then need not be stored: after the watermark of a life, before the next one began.

    What a process asked may be answered when it is dead already.
    """
    ends = [*(life.start for life in lives[1:]), 1 << 62]
    return any(life.watermark <= at < end for life, end in zip(lives, ends, strict=True))


# -- the figures against the witness


@dataclass(slots=True)
class Bounds:
    """How long something surely was, and may have been besides, in ms."""

    sure: int = 0
    maybe: int = 0

    def hold(self, ms: int) -> bool:
        return self.sure <= ms <= self.sure + self.maybe


def bounds(
    answers: Sequence[tuple[int, bool]], lives: Sequence[Life], stored: Stored, *, open_end: bool = False
) -> dict[str, Bounds]:
    """What a customer can say of the lone check by the witness alone: `down`, and `known` (up or down).

    A probe begins after the answer to the one before and no later than its own. So between equal answers nothing else
    was, between different ones the change lies somewhere, and before the first answer of a life nobody knows.
    `open_end`: the last life goes on; the newest answer may not have come home yet.
    """
    doubtful = [Span(b.start, b.end + 10_000) for b in stored.blinds if b.cause is not Cause.STOPPED]
    found = {"down": Bounds(), "known": Bounds()}
    for life in lives:
        own = [answer for answer in answers if life.start <= answer[0] < life.watermark]
        if not own:
            continue
        _add(found, life.start, own[0][0], {None, own[0][1]})
        for (at, well), (following, well_then) in pairwise([*own, (life.watermark, own[-1][1])]):
            may: set[bool | None] = {well, well_then}
            if any(span.start < following and at < span.end for span in doubtful):
                may.add(None)
            if open_end and following == lives[-1].watermark:
                may = {True, False, None}
            _add(found, at, following, may)
    return found


def _add(found: dict[str, Bounds], start: int, end: int, may: set[bool | None]) -> None:
    for bound, holds in ((found["down"], [m is False for m in may]), (found["known"], [m is not None for m in may])):
        if all(holds):
            bound.sure += end - start
        elif any(holds):
            bound.maybe += end - start


def assert_agrees(figure: dict[str, Any], bound: dict[str, Bounds]) -> None:
    """A figure of the lone check since the test began."""
    down, known = bound["down"], bound["known"]
    assert down.hold(figure["downtime_ms"]), f"{figure['downtime_ms']} ms down, {down} answered"
    assert known.hold(figure["known_ms"]), f"{figure['known_ms']} ms known, {known} answered"
    assert figure["unknown_ms"] == figure["measured_ms"] - figure["known_ms"]
    assert figure["observed_ms"] == figure["known_ms"]
    if figure["coverage"] is not None:
        shown = float(figure["coverage"]) * figure["measured_ms"]
        assert known.sure - 1 <= shown <= known.sure + known.maybe + 1


# -- the ledger against itself


def assert_nothing_claimed(config: Path, data: Path, lives: Sequence[Life], begun: int) -> None:
    """From a watermark to the next start all is unknown; counted is what the facts say, to the millisecond."""
    now = now_ms()
    figures_, watermark = figures_of(load(config), data / "slamon.db", None, now, running=False)
    assert watermark is not None
    book = figures_.book
    book.refresh(now)
    unseen = [Span(a.watermark, b.start) for a, b in pairwise(lives) if a.watermark] + [Span(watermark, now)]
    for key in (("a", "web"), ("a", "one")):
        for span in unseen:
            accounted = book.accounted(*key, span.start, span.end)
            assert (accounted.up, accounted.down) == (0, 0), f"{key} claimed in {span}"
            assert accounted.unknown == span.end - span.start
    stored = read_only(data / "slamon.db")
    stopped = [blind for blind in stored.blinds if blind.cause is Cause.STOPPED]
    for span in unseen[:-1]:
        if span.end < watermark:
            assert any(b.start <= span.start and span.end <= b.end for b in stopped), f"no stop stored for {span}"
    for key, total in stored.accounted.items():
        assert begun <= total.since <= total.until <= watermark
        accounted = book.accounted(*key, total.since, total.until)
        counted = (total.up, total.down, total.unknown, total.excluded)
        assert counted == (accounted.up, accounted.down, accounted.unknown, accounted.excluded), key
    for service, outages in stored.outages.items():
        spans = book.service_outages(service, now)
        assert outages.count == sum(outages.since <= span.start < outages.until for span in spans), service


# -- the test


def write(file: Path, url: str) -> None:
    services: dict[str, Any] = {"web": {"needs": "any", "checks": {}}, "one": {"checks": {}}}
    for check in CHECKS:
        service, _, name = check.partition("/")
        services[service]["checks"][name] = {"http": {"url": f"{url}/{check}"}}
    services["one"]["checks"]["d"]["confirm"] = 1
    agreement = {"customer": "c", "services": ["web", "one"], "target": "99%", "period": "year"}
    content = {
        "slamon": 1,
        "defaults": {"interval": "200ms", "timeout": "5s", "retry_interval": "100ms", "stale_after": "20s"},
        "customers": {"c": {"name": "C", "kind": "internal"}},
        "services": services,
        "agreements": {"a": agreement},
    }
    file.write_text(yaml.safe_dump(content), encoding="utf-8")


def _pass(seconds: float) -> None:
    end = time.monotonic() + seconds
    while (left := end - time.monotonic()) > 0:
        select.select([], [], [], left)


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_no_kill_loses_what_was_stored_or_claims_what_was_not_seen_or_lets_a_counter_fall(tmp_path: Path) -> None:
    dice = random.Random(SEED)
    config, data = tmp_path / "slamon.yml", tmp_path / "data"
    begun = now_ms()
    newest: Counters = {}
    lives: list[Life] = []
    with witnessing() as witness:
        write(config, witness.url)
        for kill in range(KILLS):
            print(f"SLAMON_KILL_SEED={SEED}, kill {kill}")
            start = now_ms()
            slamon = Slamon(config, data, program=PROGRAMS[kill % 2])
            try:
                if kill % 5 == 4:  # some do not live to give an answer
                    _pass(dice.uniform(0.1, 1.0))
                else:
                    newest |= lived(slamon.ready(), witness, lives, newest, dice, start)
            finally:
                slamon.kill()
            stored = read_only(data / "slamon.db") if (data / "slamon.db").exists() else Stored()
            lives.append(Life(start, stored.watermark or 0))
            assert_whole(stored, witness, lives)
            if stored.watermark:
                assert stored.watermark >= max((life.watermark for life in lives), default=0)
                assert_nothing_claimed(config, data, lives, begun)
        assert any(stored.runs.values()), "no fold was among them"
        start = now_ms()
        slamon = Slamon(config, data).ready()
        newest |= lived(slamon, witness, lives, newest, dice, start)
        assert slamon.stop() == 0
        stored = read_only(data / "slamon.db")
        assert stored.watermark is not None
        lives.append(Life(start, stored.watermark))
    assert_whole(stored, witness, lives)
    assert_nothing_claimed(config, data, lives, begun)
    figure = figures("-c", str(config), "-d", str(data), "--service", "one")["figures"][0]
    assert_agrees(figure, bounds(witness.told(ALONE), lives, stored))
    assert figure["downtime_ms"] > 0
    for name in ("observations", "failures"):
        assert newest[f"slamon_check_{name}_total", (("check", "d"), ("service", "one"))] > KILLS / 4
    assert newest["slamon_service_outages_total", (("service", "one"),)] > 5


def lived(
    slamon: Slamon,
    witness: Witness,
    lives: Sequence[Life],
    before: Counters,
    dice: random.Random,
    start: int,
) -> Counters:
    """A life that is looked at: right at its beginning, and again at a random moment."""
    found = counters(slamon.metrics())
    assert not fallen(before, found), fallen(before, found)
    _pass(dice.uniform(0, 1.9))
    figure = requests.get(f"{slamon.url}/api/figures", params={"service": "one"}, timeout=10).json()["figures"][0]
    now = Life(start, figure["at_ms"])
    stored = read_only(slamon.data / "slamon.db")
    assert_agrees(figure, bounds(witness.told(ALONE), [*lives, now], stored, open_end=True))
    after = counters(slamon.metrics())
    assert not fallen(found, after), fallen(found, after)
    _pass(dice.choice([0, 0, dice.uniform(0, 0.3)]))
    return after
