"""exec probes: real plug-ins, and ones that misbehave in every way."""

import asyncio
import errno
import os
import signal
import stat
import subprocess
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError
from slamon.accounting import Verdict
from slamon.catalogue import load_value
from slamon.catalogue.kinds.exec import ExecOptions
from slamon.catalogue.secret import Secret
from slamon.probes import KINDS, Outcome, ProbeContext, ProbeNotRunError, Reason, made_ready

from tests.integration.probes.servers import listening

PLUGINS = Path("/usr/lib/nagios/plugins")
Run = Callable[..., Awaitable[Outcome]]


async def greet(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"220 da\r\n")
    await writer.drain()
    writer.close()


@pytest.fixture
async def context() -> AsyncIterator[ProbeContext]:
    found = ProbeContext()
    yield found
    await found.close()


@pytest.fixture
def run(context: ProbeContext) -> Run:
    async def once(*command: str | Path, within: float = 30, **options: Any) -> Outcome:
        given = ExecOptions.model_validate({"command": [str(word) for word in command], **options})
        return await KINDS["exec"](given, context)(asyncio.get_running_loop().time() + within)

    return once


@pytest.fixture
def script(tmp_path: Path) -> Callable[[str], Path]:
    def made(text: str) -> Path:
        path = tmp_path / "plugin"
        path.write_text(f"#!/bin/sh\n{text}\n")
        path.chmod(path.stat().st_mode | stat.S_IXUSR)
        return path

    return made


class TestRealPlugins:
    """Those of Debian's monitoring-plugins-basic."""

    @pytest.mark.parametrize(
        ("code", "verdict", "reason"),
        [(0, Verdict.UP, None), (1, Verdict.DEGRADED, Reason.PLUGIN), (2, Verdict.DOWN, Reason.PLUGIN)],
    )
    async def test_the_exit_code_is_the_verdict(
        self, run: Run, code: int, verdict: Verdict, reason: Reason | None
    ) -> None:
        found = await run(PLUGINS / "check_dummy", str(code), "wie bestellt")
        assert (found.verdict, found.reason) == (verdict, reason)
        assert "wie bestellt" in (found.message or found.details["said"])

    async def test_unknown_is_no_observation(self, run: Run) -> None:
        with pytest.raises(ProbeNotRunError, match=r"ended with 3; it said 'UNKNOWN: weiss nicht'"):
            await run(PLUGINS / "check_dummy", "3", "weiss nicht")

    async def test_a_port_that_answers_and_one_that_does_not(self, run: Run) -> None:
        async with listening(greet) as server:
            host, port = server.address.rsplit(":", 1)
            words = (PLUGINS / "check_tcp", "-H", host, "-p", port, "-e", "220")
            found = await run(*words)
        assert found.verdict is Verdict.UP, found
        assert set(found.phases) == {"time"}, "its performance data has one time"
        assert found.details["time"].endswith("s")
        closed = await run(*words)
        assert (closed.verdict, closed.reason) == (Verdict.DOWN, Reason.PLUGIN)
        assert "refused" in closed.message.lower()


class TestRunning:
    """Without a shell, with a bare environment, in a group of its own."""

    async def test_words_are_taken_as_they_are(self, run: Run) -> None:
        found = await run("/usr/bin/printf", "%s", "$(id) ; `id` > | 'x'")
        assert found.details["said"] == "$(id) ; `id` >"

    async def test_nothing_else_is_in_its_environment(self, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("OURS", "not yours")
        found = await run("/usr/bin/env", environment={"TOKEN": "abc"})
        assert found.details["said"].startswith("PATH=")
        shown = await run("/bin/sh", "-c", "env | sort | tr '\\n' ' '", environment={"TOKEN": "abcdef"})
        assert "OURS" not in shown.details["said"]
        assert "TOKEN=***" in shown.details["said"]

    async def test_it_runs_in_its_folder(self, run: Run, tmp_path: Path) -> None:
        assert (await run("/bin/pwd", folder=str(tmp_path))).details["said"] == str(tmp_path)
        assert (await run("/bin/pwd")).details["said"] == "/"

    async def test_its_time_limit_kills_the_whole_group(self, run: Run, script: Any, tmp_path: Path) -> None:
        pids = tmp_path / "pids"
        stubborn = script(f"trap '' TERM\nsleep 1000 &\necho $! >> {pids}\necho $$ >> {pids}\necho begun\nwait")
        found = await run(stubborn, within=1)
        assert (found.verdict, found.reason) == (Verdict.DOWN, Reason.TIMEOUT)
        assert found.message.endswith("; it said 'begun'")
        await gone(pids)

    async def test_what_it_leaves_behind_is_killed_and_not_waited_for(
        self, run: Run, script: Any, tmp_path: Path
    ) -> None:
        pids = tmp_path / "pids"
        found = await run(script(f"sleep 1000 &\necho $! >> {pids}\necho fine"))
        assert (found.verdict, found.details["said"]) == (Verdict.UP, "fine")
        await gone(pids)

    async def test_endless_output_is_read_and_cut(self, run: Run) -> None:
        found = await run("/usr/bin/yes", within=0.5)
        assert (found.verdict, found.reason) == (Verdict.DOWN, Reason.TIMEOUT)
        long = await run("/bin/sh", "-c", "head -c 5000000 /dev/zero | tr '\\0' x")
        assert long.verdict is Verdict.UP
        assert len(long.details["said"]) < 200

    async def test_bytes_that_are_no_text(self, run: Run) -> None:
        assert (await run("/usr/bin/printf", r"\377\000\033[31m|\377=1s")).verdict is Verdict.UP

    @pytest.mark.parametrize("command", ["exit 4", "exit 127", "kill -9 $$"])
    async def test_a_broken_plugin_says_nothing_about_the_service(self, run: Run, command: str) -> None:
        with pytest.raises(ProbeNotRunError, match=r"ended with|was killed by signal 9"):
            await run("/bin/sh", "-c", command)

    @pytest.mark.parametrize("program", ["/no/such/plugin", "/etc/passwd", "/tmp"])
    async def test_a_program_that_cannot_be_started(self, run: Run, program: str) -> None:
        with pytest.raises(ProbeNotRunError, match=r"cannot be started: (no such file|permission denied)"):
            await run(program)

    async def test_slow_is_degraded(self, run: Run) -> None:
        found = await run("/bin/sleep", "0.05", expect={"degraded_over": "20ms"})
        assert (found.verdict, found.reason) == (Verdict.DEGRADED, Reason.SLOW)


class TestEnding:
    """Whatever becomes of the probe, nothing is left running, and nobody else waits."""

    @pytest.fixture
    def children(self, monkeypatch: pytest.MonkeyPatch) -> list["subprocess.Popen[bytes]"]:
        """Those that were started."""
        found: list[subprocess.Popen[bytes]] = []
        start = subprocess.Popen

        def noted(*words: Any, **options: Any) -> "subprocess.Popen[bytes]":
            found.append(start(*words, **options))
            return found[-1]

        monkeypatch.setattr(subprocess, "Popen", noted)
        return found

    @pytest.mark.parametrize("turns", [1, 2, 3, 20])
    async def test_a_probe_that_is_ended_while_its_plugin_starts(
        self, run: Run, children: list["subprocess.Popen[bytes]"], turns: int
    ) -> None:
        probe = asyncio.ensure_future(run("/bin/sleep", "1000"))
        for _ in range(turns):
            await asyncio.sleep(0)
        probe.cancel()
        await asyncio.gather(probe, return_exceptions=True)
        async with asyncio.timeout(20):
            while not all(runs(child.pid) is False for child in children) or not children:
                await asyncio.sleep(0.01)

    async def test_plugins_that_may_not_be_killed_hold_up_no_thread(
        self, run: Run, children: list["subprocess.Popen[bytes]"], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """As those that run as root by their mode bits, where slamon does not."""

        def forbidden(_group: int, _signal: int) -> None:
            raise PermissionError

        monkeypatch.setattr("os.killpg", forbidden)
        outcomes = await asyncio.gather(*(run("/bin/sleep", "1000", within=1) for _ in range(40)))
        assert {outcome.reason for outcome in outcomes} == {Reason.TIMEOUT}
        async with asyncio.timeout(20):
            await asyncio.to_thread(int)
        for child in children:
            child.kill()
        async with asyncio.timeout(20):
            while any(child.returncode is None for child in children):
                await asyncio.sleep(0.01)

    async def test_no_descriptor_is_left_to_watch_it(
        self, run: Run, children: list["subprocess.Popen[bytes]"], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def none_left(_pid: int) -> int:
            raise OSError(errno.EMFILE, os.strerror(errno.EMFILE))

        monkeypatch.setattr("os.pidfd_open", none_left)
        with pytest.raises(ProbeNotRunError, match="cannot be watched: too many open files"):
            await run("/bin/sleep", "1000")
        assert [child.returncode for child in children] == [-signal.SIGKILL]

    async def test_nothing_stays_open(self, run: Run) -> None:
        async def descriptors() -> int:
            await asyncio.gather(*(run("/bin/sleep", "1000", within=0.3) for _ in range(10)))
            await asyncio.gather(*(run("/bin/true") for _ in range(10)))
            async with asyncio.timeout(20):
                while any(is_pidfd(one) for one in Path("/proc/self/fd").iterdir()):
                    await asyncio.sleep(0.01)
            return sum(1 for _ in Path("/proc/self/fd").iterdir())

        assert await descriptors() == await descriptors()

    async def test_a_folder_that_is_not_there(self, run: Run) -> None:
        with pytest.raises(ProbeNotRunError, match="cannot be started: its folder: no such file"):
            await run("/bin/true", folder="/no/such/folder")


class TestPerformanceData:
    """What follows the first bar: times are phases, all of it is kept."""

    async def test_times_and_figures(self, run: Run) -> None:
        words = "OK - fine|'first step'=0.25s;1;2;0; step2=12ms rta=1500us;; load=1.5;2;3 disk=80%;; x=U\nmore|y=1s"
        found = await run("/usr/bin/printf", "%s", words)
        assert found.phases == {"first step": 250_000, "step2": 12_000, "rta": 1500}
        assert found.details == {
            "said": "OK - fine",
            "first step": "0.25s",
            "step2": "12ms",
            "rta": "1500us",
            "load": "1.5",
            "disk": "80%",
        }

    async def test_without_times_there_is_one_phase(self, run: Run) -> None:
        assert list((await run("/bin/true")).phases) == ["processing"]

    async def test_nonsense_is_bounded(self, run: Run) -> None:
        script = "printf 'OK|'; i=0; while [ $i -lt 500 ]; do printf \"l$i=1e999s \"; i=$((i+1)); done"
        found = await run("/bin/sh", "-c", script)
        assert len(found.phases) <= 64


async def test_hung_plugins_delay_nobody(context: ProbeContext) -> None:
    hung = KINDS["exec"](ExecOptions.model_validate({"command": ["/bin/sleep", "1000"]}), context)
    async with listening(greet) as server:
        checks = {"door": {"tcp": {"address": server.address, "dialogue": [{"expect": "^220"}]}}}
        check = load_value({"slamon": 1, "services": {"s": {"checks": checks}}}).checks["s/door"]
        loop = asyncio.get_running_loop()
        waiting = [asyncio.ensure_future(hung(loop.time() + 3)) for _ in range(80)]
        door = made_ready(check, context)
        found = [await door(loop.time() + 2) for _ in range(20)]
        outcomes = await asyncio.gather(*waiting, return_exceptions=True)
    assert {outcome.verdict for outcome in found} == {Verdict.UP}
    assert sum(isinstance(one, Outcome) and one.reason is Reason.TIMEOUT for one in outcomes) == 64
    assert sum(isinstance(one, ProbeNotRunError) for one in outcomes) == 16, "those that found no turn blame nobody"


def test_a_program_needs_its_whole_path() -> None:
    with pytest.raises(ValidationError, match="with its whole path"):
        ExecOptions.model_validate({"command": ["check_tcp"]})


def test_values_of_its_environment_may_be_secrets() -> None:
    value = {"command": ["/bin/true"], "environment": {"TOKEN": "${env:TOKEN}"}}
    found = load_value({"slamon": 1, "services": {"s": {"checks": {"c": {"exec": value}}}}}, env={"TOKEN": "geheim"})
    options = found.checks["s/c"].options
    assert isinstance(options, ExecOptions)
    assert options.environment["TOKEN"] == Secret("geheim")
    assert "geheim" not in repr(options)


def is_pidfd(descriptor: Path) -> bool:
    try:
        return "pidfd" in str(descriptor.readlink())
    except FileNotFoundError:
        return False


async def gone(pids: Path) -> None:
    """Wait until none of these processes runs any more."""
    for pid in map(int, pids.read_text().split()):
        async with asyncio.timeout(20):
            while runs(pid):
                await asyncio.sleep(0)


def runs(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False
