"""A probe kind is added from one file: it is configured, checked, probed, explained and completed like any other."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

KIND = '''
from slamon.accounting import Verdict
from slamon.catalogue.base import Options
from slamon.errors import ConfigurationError
from slamon.probes import Outcome, ProbeContext, Reason, add


class Dice(Options):
    """A die that is thrown."""

    shows: int
    """What it shows."""

    @property
    def target(self) -> str:
        return f"die {self.shows}"


class DiceProbe:
    def __init__(self, options: Dice, context: ProbeContext) -> None:
        if options.shows > 6:
            raise ConfigurationError(f"no die shows {options.shows}")
        self._shows = options.shows

    async def __call__(self, deadline: float) -> Outcome:
        if self._shows > 3:
            return Outcome(Verdict.UP, 1000, phases={"processing": 1000})
        return Outcome(Verdict.DOWN, 1000, Reason.STATUS, f"it shows {self._shows}")


add("dice", Dice, DiceProbe, "Throw a die")
'''
PROGRAM = "import dice; from slamon.__main__ import main; main()"
Call = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def slamon(tmp_path: Path) -> Call:
    (tmp_path / "dice.py").write_text(KIND)

    def call(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-c", PROGRAM, *words],
            capture_output=True,
            text=True,
            timeout=60,
            cwd=tmp_path,
            env=os.environ | {"PYTHONPATH": os.pathsep.join([str(tmp_path), *sys.path])},
            check=False,
        )

    return call


def put(folder: Path, dice: str) -> None:
    (folder / "slamon.yml").write_text(f"slamon: 1\nservices: {{game: {{checks: {{die: {{dice: {dice}}}}}}}}}\n")


@pytest.mark.parametrize(("shows", "code", "verdict"), [(6, 0, "up"), (1, 1, "down")])
def test_it_is_probed_and_explained(shows: int, code: int, verdict: str, slamon: Call, tmp_path: Path) -> None:
    put(tmp_path, f"{{shows: {shows}}}")
    done = slamon("probe", "game/die", "--format", "json")
    assert done.returncode == code, done.stderr
    [told] = json.loads(done.stdout)
    assert (told["check"], told["kind"], told["verdict"]) == ("game/die", "dice", verdict)


def test_its_mistakes_are_told_with_their_place(slamon: Call, tmp_path: Path) -> None:
    put(tmp_path, "{show: 6}")
    done = slamon("check")
    assert done.returncode == 1
    assert "slamon.yml:2:" in done.stdout + done.stderr
    assert "did you mean 'shows'" in done.stdout + done.stderr


def test_what_only_its_probe_finds_wrong_is_told_with_the_check(slamon: Call, tmp_path: Path) -> None:
    put(tmp_path, "{shows: 7}")
    done = slamon("run", "--listen", "127.0.0.1:0")
    assert done.returncode == 2
    assert "check game/die: no die shows 7" in done.stderr


def test_editors_complete_it(slamon: Call) -> None:
    schema = json.loads(slamon("export", "schema").stdout)
    assert schema["$defs"]["Dice"]["properties"]["shows"]["description"] == "What it shows."
    assert "dice" in schema["$defs"]["CheckSettings"]["properties"]
    assert {"required": ["dice"]} in schema["$defs"]["CheckSettings"]["oneOf"]


def test_it_may_be_a_reference_target(slamon: Call, tmp_path: Path) -> None:
    put(tmp_path, "{shows: 6}")
    with (tmp_path / "slamon.yml").open("a") as file:
        file.write("reference: {targets: [{dice: {shows: 6}}]}\n")
    assert slamon("check").returncode == 0
