"""Commands as a user calls them, in this process: a catalogue, observations, words in, what is printed out."""

import json
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from slamon import cli
from slamon.catalogue.quantities import instant_ms

VECTORS = Path(__file__).parents[1] / "vectors"
NAMES = sorted(path.stem for path in VECTORS.glob("*.json"))
MINUTE = 60_000
START = instant_ms("2026-10-05T00:00:00Z")
AT = "2026-10-05T01:00:00Z"
NOW = "2027-01-01T00:00:00Z"
REPLAY = ("account", "--observations", "seen.jsonl")


@dataclass(frozen=True, slots=True)
class Done:
    """A command at its end."""

    code: int
    out: str
    err: str

    @property
    def figures(self) -> list[dict[str, Any]]:
        assert self.code == 0, self.err
        return list(json.loads(self.out)["figures"])


Slamon = Callable[..., Done]


@pytest.fixture
def slamon(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Slamon:
    """Runs a command in this process, in its own folder, at the turn of a year."""
    monkeypatch.chdir(tmp_path)
    clock(monkeypatch, NOW)

    def run(*words: str) -> Done:
        monkeypatch.setattr(sys, "argv", ["slamon", *words])
        code = 0
        try:
            cli.main()
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else 1
        return Done(code, *capsys.readouterr())

    return run


def clock(monkeypatch: pytest.MonkeyPatch, now: str) -> None:
    monkeypatch.setattr(time, "time_ns", lambda: instant_ms(now) * 1_000_000)


def put(catalogue: dict[str, Any], observations: list[dict[str, Any]]) -> None:
    Path("slamon.yml").write_text(json.dumps(catalogue))
    Path("seen.jsonl").write_text("".join(json.dumps(line) + "\n" for line in observations))


def vector(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((VECTORS / f"{name}.json").read_text())
    put(found["catalogue"], found["observations"])
    return found


def words(found: dict[str, Any], *more: str) -> list[str]:
    return ["account", "--at", found["at"], "--period", found["period"], "--format", "json", *more]


def expected_of(figures: list[dict[str, Any]], found: dict[str, Any]) -> list[dict[str, Any]]:
    return [{key: f.get(key) for key in wanted} for f, wanted in zip(figures, found["expected"], strict=True)]


CATALOGUE: dict[str, Any] = {
    "slamon": 1,
    "customers": {"kunde": {"name": "Kunde", "kind": "external"}},
    "defaults": {"interval": "60s", "timeout": "5s", "confirm": 1},
    "services": {
        "shop": {
            "checks": {"home": {"tcp": {"address": "127.0.0.1:9"}, "since": "2026-01-01T00:00:00Z"}},
        }
    },
    "agreements": {
        "gold": {
            "customer": "kunde",
            "services": ["shop"],
            "target": "99.9%",
            "valid_from": "2026-10-05",
            "latency": {"threshold": "100ms", "target": "90%", "min_observations": 1},
        }
    },
}


def line(minute: float, verdict: str = "up", **more: Any) -> dict[str, Any]:
    return {"check": "shop/home", "at": START + round(minute * MINUTE), "verdict": verdict, **more}


@pytest.fixture
def shop(slamon: Slamon) -> Slamon:
    """An hour of a shop: a minute apart, two minutes down from 00:10 on."""
    put(CATALOGUE, [line(i, "down" if i in (10, 11) else "up", duration_ms=50) for i in range(60)])
    return slamon


def imported(slamon: Slamon, lines: list[dict[str, Any]]) -> Done:
    Path("past.jsonl").write_text("".join(json.dumps(one) + "\n" for one in lines))
    return slamon("import", "observations", "past.jsonl")


def ledger_figure(slamon: Slamon, at: str = AT) -> dict[str, Any]:
    return slamon("account", "--at", at, "-f", "json").figures[0]
