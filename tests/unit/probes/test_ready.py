"""What checks are probed with is loaded before the loop needs it, whoever asks; what cannot be loaded is said."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from slamon.errors import SlamonError
from slamon.probes import KINDS
from slamon.probes.kind import MakeLater
from slamon.system import RunSettings

OPTIONS: dict[str, dict[str, Any]] = {
    "http": {"url": "http://127.0.0.1:9/"},
    "tcp": {"address": "127.0.0.1:9"},
    "icmp": {"address": "127.0.0.1"},
    "dns": {"name": "example.org", "server": "127.0.0.1:9", "transport": "tcp"},
    "tls": {"address": "127.0.0.1:9"},
    "exec": {"command": ["/bin/true"]},
    "promql": {"url": "http://127.0.0.1:9", "query": "up", "up": {"above": 0}},
    "grpc": {"address": "127.0.0.1:9"},
    "ssh": {"address": "127.0.0.1:9"},
    "websocket": {"url": "ws://127.0.0.1:9/"},
    "journey": {"url": "http://127.0.0.1:9/", "steps": [{"name": "home"}]},
}
LOADED_BY_THE_LOOP = """
import asyncio, json, sys, threading
from pathlib import Path

late, ours = [], ("slamon", "dns", "requests", "pycurl", "cryptography", "pydantic")

def hear(event, args):
    if event == "import" and asyncio._get_running_loop() and args[0].split(".")[0] in ours:
        if args[0] not in sys.modules:
            late.append(args[0])

sys.addaudithook(hear)

from slamon.catalogue import load
from slamon.commands.probe import probed
from slamon.probes import ProbeContext, made_ready
from slamon.system import RunSettings

async def as_it_runs(config):
    catalogue = await asyncio.to_thread(RunSettings(config).catalogue, {})
    context = ProbeContext()
    for check in catalogue.probed:
        made_ready(check, context)
    return len(catalogue.probed)

def as_asked(config):
    return len(probed(load(config, env={}).probed))

how = {"run": lambda config: asyncio.run(as_it_runs(config)), "probe": as_asked}[sys.argv[1]]
print(json.dumps([[how(Path(config)) for config in sys.argv[2:]], late]))
"""


def catalogue(*, reference: bool, kind: str) -> dict[str, Any]:
    check = {kind: OPTIONS[kind]}
    if reference:
        return {"slamon": 1, "reference": {"targets": [check], "timeout": "2s"}}
    return {"slamon": 1, "services": {"shop": {"checks": {"one": check | {"interval": "2s", "timeout": "2s"}}}}}


@pytest.mark.parametrize(("how", "reference"), [("run", False), ("run", True), ("probe", False)])
def test_the_loop_loads_no_kind(how: str, reference: bool, tmp_path: Path) -> None:
    assert OPTIONS.keys() == KINDS.keys()
    files = [tmp_path / f"{kind}.yml" for kind in OPTIONS]
    for file in files:
        file.write_text(yaml.safe_dump(catalogue(reference=reference, kind=file.stem)))
    words = [sys.executable, "-c", LOADED_BY_THE_LOOP, how, *map(str, files)]
    done = subprocess.run(words, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    counts, late = json.loads(done.stdout)
    assert counts == [1] * len(OPTIONS)
    assert late == []


def test_a_kind_that_cannot_be_loaded_is_said_before_anything_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(KINDS, "tcp", MakeLater("gone_since_the_start", "TcpProbe"))
    config = tmp_path / "slamon.yml"
    config.write_text(yaml.safe_dump(catalogue(reference=False, kind="tcp")))
    with pytest.raises(SlamonError, match=r"kind tcp cannot be probed: No module named .*gone_since_the_start"):
        RunSettings(config).catalogue({})
