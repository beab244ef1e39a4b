"""Every option of the file is tried with a target that is as it wants it, and with one that is not."""

import os
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from tests.system.dropin import cases_http, cases_newer, cases_stream, cases_talk, world, world_newer, world_talk
from tests.system.dropin.test_newer import without_ids
from tests.system.dropin.test_side_by_side import h2

AT_ONCE = 8
ONE_WAY = {"icmp.ttl": "no host on loopback is a hop away: tests/integration/probes proves it in networks of its own"}


def test_every_option_is_once_right_and_once_wrong(tmp_path: Path) -> None:
    newer = [newer.case for newer in cases_newer.CASES]
    cases = [*cases_http.CASES, *cases_stream.CASES, *cases_talk.CASES, *newer]
    with ExitStack() as stack:
        places = stack.enter_context(world.world(tmp_path, world_talk.open_talk, world_newer.open_newer))
        h2(places, stack)
        env = {key: value for key, value in os.environ.items() if "proxy" not in key.lower()}
        env["HTTP_PROXY"] = f"http://127.0.0.1:{places.ports['proxy']}"
        config: Any = {"modules": world_newer.texts(places, {case.id: case.module for case in cases})}
        allow = ("--probe-allow", "any", "--probe-allow", f"unix:{tmp_path}/*")
        exporter = stack.enter_context(world.ours(config, tmp_path, env, *allow))

        def succeeds(id_: str, target: str, params: dict[str, str]) -> tuple[str, bool]:
            answer = exporter.get("/probe", params={"module": id_, "target": places.fill(target), **params})
            return id_, "probe_success 1" in answer.text

        with ThreadPoolExecutor(AT_ONCE) as pool:
            found = dict(pool.map(lambda case: succeeds(case.id, case.target, case.params), cases))
    seen: dict[str, set[bool]] = {}
    for case in cases:
        for key in case.keys():  # noqa: SIM118  a method of ours
            seen.setdefault(without_ids(key), set()).add(found[case.id])
    assert {key: results for key, results in seen.items() if len(results) < 2 and key not in ONE_WAY} == {}
