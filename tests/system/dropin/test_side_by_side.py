"""The real exporter and ours over the same servers and modules: what is no time is the same."""

import os
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.integration.probes.authority import Credential
from tests.system.dropin import cases_http, cases_stream, cases_talk, world, world_talk
from tests.system.dropin.case import Case
from tests.system.dropin.compare import differences

CASES = [case for case in (*cases_http.CASES, *cases_stream.CASES, *cases_talk.CASES) if not case.newer]
AT_ONCE = 8


@dataclass(frozen=True, slots=True)
class Answers:
    """What both answered to a case."""

    theirs: str
    ours: str
    their_status: int
    our_status: int


def config(cases: list[Case], places: world.Places) -> dict[str, Any]:
    """The modules of the cases."""
    modules = {case.id: case.module for case in cases}
    filled: dict[str, Any] = yaml.safe_load(places.fill(yaml.safe_dump({"modules": modules})))
    return filled


def h2(places: world.Places, stack: ExitStack) -> None:
    """The exporter itself speaks HTTP/2 where it has TLS."""
    folder = places.folder
    leaf = stack_leaf(folder)
    (folder / "h2.yml").write_text("modules: {}\n")
    tls = {"cert_file": str(leaf), "key_file": str(leaf)}
    (folder / "h2-web.yml").write_text(yaml.safe_dump({"tls_server_config": tls}))
    port = world.free_port()
    words = [world.EXPORTER, f"--config.file={folder / 'h2.yml'}", f"--web.listen-address=127.0.0.1:{port}"]
    process = subprocess.Popen(
        [*words, f"--web.config.file={folder / 'h2-web.yml'}"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    stack.callback(process.wait, 30)
    stack.callback(process.terminate)
    places.ports["h2"] = port


def stack_leaf(folder: Path) -> Path:
    """A certificate that the root file trusts."""
    root = Credential.root("H2 Root")
    file = root.leaf().write(folder / "h2.pem")
    with (folder / "root.pem").open("ab") as trusted:
        trusted.write(root.pem)
    return file


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Answers]]:
    folder = tmp_path_factory.mktemp("dropin")
    env = {key: value for key, value in os.environ.items() if "proxy" not in key.lower()}
    with ExitStack() as stack:
        places = stack.enter_context(world.world(folder, world_talk.open_talk))
        h2(places, stack)
        modules = config(CASES, places)
        theirs = stack.enter_context(world.peer(modules, folder, env))
        ours = stack.enter_context(world.ours(modules, folder, env, "--probe-allow", "any"))

        def ask(case: Case) -> tuple[str, Answers]:
            params = {"module": case.id, "target": places.fill(case.target), **case.params}
            one, two = theirs.get("/probe", params=params), ours.get("/probe", params=params)
            return case.id, Answers(one.text, two.text, one.status_code, two.status_code)

        with ThreadPoolExecutor(AT_ONCE) as pool:
            yield dict(pool.map(ask, CASES))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_both_say_the_same(case: Case, answers: dict[str, Answers]) -> None:
    found = answers[case.id]
    assert found.our_status == found.their_status == 200, (found.our_status, found.ours[:500])
    assert differences(found.theirs, found.ours) == [], case.id


def test_there_are_enough_cases() -> None:
    assert len(CASES) >= 150
    assert len({case.id for case in CASES}) == len(CASES)
