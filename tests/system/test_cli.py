"""The command line as a newcomer meets it: help, wrong words, exit codes, colours, pipes, completion."""

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import slamon as package
import typer
from slamon import cli
from slamon.commands import status as status_command

from tests.system import calling, endpoints
from tests.system.calling import CATALOGUE, Slamon, line, put
from tests.system.running import COMMAND, command, running, wait_for
from tests.system.running import Slamon as Running
from tests.system.terminal import on_terminal

slamon = calling.slamon
ROOT = typer.main.get_command(cli.app)


def commands(group: object = ROOT, before: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Every command and group, as the words that name it."""
    yield before
    for name, inner in getattr(group, "commands", {}).items():
        yield from commands(inner, (*before, name))


ALL = list(commands())


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


# -- help


@pytest.mark.parametrize("words", ALL, ids=" ".join)
@pytest.mark.parametrize("asked", ["-h", "--help"])
def test_every_command_explains_itself(words: tuple[str, ...], asked: str, slamon: Slamon) -> None:
    done = slamon(*words, asked)
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith(f"Usage: {' '.join(('slamon', *words))} ")
    assert "\x1b" not in done.out
    assert max(map(len, done.out.splitlines())) <= 80
    assert not re.search(r"--\S+ <(list\[)?(str|path)", done.out), "the name of a type tells a newcomer nothing"


@pytest.mark.parametrize("words", ALL, ids=" ".join)
def test_every_option_and_argument_says_what_it_is_for(words: tuple[str, ...]) -> None:
    found = ROOT
    for word in words:
        found = found.commands[word]
    assert found.help
    assert [parameter.name for parameter in found.params if not parameter.help] == []


def test_the_list_of_commands_cuts_no_sentence(slamon: Slamon) -> None:
    out = slamon("--help").out
    assert "Exit codes: 0 fine;" in out
    for words in commands():
        out += slamon(*words, "--help").out
    assert [line for line in out.splitlines() if line.endswith("...") and not line.startswith("Usage:")] == []


def test_without_words_the_help_is_shown(slamon: Slamon) -> None:
    done = slamon()
    assert (done.code, done.out) == (2, "")
    assert done.err.splitlines() == slamon("--help").out.splitlines()


def test_the_version_is_told(slamon: Slamon) -> None:
    assert slamon("--version").out == f"slamon {package.__version__}\n"


# -- wrong words

WRONG = [
    (["statsu"], "No such command 'statsu'. Did you mean 'status'? There are: run, check, probe, status"),
    (["export", "json"], "No such command 'json'. There are: schema"),
    (["import", "seen.jsonl"], "No such command 'seen.jsonl'. There are: observations, "),
    (["run", "--confg", "x.yml"], "No such option: --confg"),
    (["check", "slamon.yml"], "unexpected extra argument(s) (slamon.yml)"),
    (["probe"], "Missing argument 'SERVICE[/CHECK]'"),
    (["backup"], "Missing argument 'FILE'"),
    (["import", "observations"], "Missing argument 'FILE'"),
    (["status", "--format", "yaml"], "'yaml' is not one of 'table', 'json'"),
    (["probe", "shop", "-f", "csv"], "'csv' is not one of 'table', 'json'"),
    (["account", "--format", "xlsx"], "'xlsx' is not one of 'table', 'json', 'csv'"),
    (["account", "--period"], "'--period'"),
    (["status", "--watch"], "--watch shows a table on a terminal"),
    (["status", "--watch", "--format", "json"], "--watch shows a table on a terminal"),
    (["run", "--listen", "10650x"], "cannot listen on '10650x': expected host:port"),
    (["run", "--listen", "127.0.0.1:0", "--web-config", "no.yml"], "no.yml: found No such file or directory"),
    (["run", "--listen", "127.0.0.1:0", "-d", "slamon.yml"], "slamon.yml"),
]


@pytest.mark.parametrize(("words", "said"), WRONG, ids=[" ".join(words) for words, _ in WRONG])
def test_a_wrong_word_is_one_error_that_names_the_remedy(words: list[str], said: str, slamon: Slamon) -> None:
    put(CATALOGUE, [])
    done = slamon(*words)
    assert (done.code, done.out) == (3 if "-d" in words else 2, "")
    assert said in " ".join(done.err.split())
    assert len(re.findall("^(Error|slamon): ", done.err, re.MULTILINE)) == 1
    assert "our bug" not in done.err


NEEDS_A_CATALOGUE = [
    ["run"],
    ["check"],
    ["probe", "shop"],
    ["status"],
    ["account"],
    ["account", "--observations", "seen.jsonl"],
    ["backup", "copy.db"],
    ["import", "observations", "seen.jsonl"],
]


@pytest.mark.parametrize("words", NEEDS_A_CATALOGUE, ids=" ".join)
def test_without_a_catalogue_it_says_how_to_name_one(words: list[str], slamon: Slamon) -> None:
    done = slamon(*words)
    assert (done.code, done.out) == (2, "")
    assert done.err == "slamon: there is no catalogue at slamon.yml: name one with --config FILE or set SLAMON_CONFIG\n"


@pytest.mark.parametrize("words", NEEDS_A_CATALOGUE[2:], ids=" ".join)
def test_a_catalogue_with_mistakes_is_told_by_every_command(words: list[str], slamon: Slamon) -> None:
    Path("slamon.yml").write_text("slamon: 1\nservces: {}\nagreemnts: {}\n")
    done = slamon(*words)
    assert (done.code, done.out) == (2, "")
    assert [text.split(":")[1] for text in done.err.removeprefix("slamon: ").splitlines()] == ["2", "3"]


def test_the_catalogue_may_be_named_by_the_environment(slamon: Slamon, monkeypatch: pytest.MonkeyPatch) -> None:
    put(CATALOGUE, [])
    Path("slamon.yml").rename("other.yml")
    monkeypatch.setenv("SLAMON_CONFIG", "other.yml")
    monkeypatch.setenv("SLAMON_DATA", "elsewhere")
    assert slamon("check").code == 0
    assert "no slamon is running on elsewhere" in slamon("status").err


# -- our own failures


def test_a_bug_of_ours_ends_politely_and_asks_for_a_report(slamon: Slamon, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_words: object, **_more: object) -> int:
        raise ZeroDivisionError("in the middle")

    monkeypatch.setattr(status_command, "status", broken)
    done = slamon("status")
    assert (done.code, done.out) == (3, "")
    assert done.err.startswith("slamon: our bug: ZeroDivisionError: in the middle\n")
    monkeypatch.setenv("SLAMON_TRACEBACK", "1")
    with pytest.raises(ZeroDivisionError):
        slamon("status")


def piped(shell: str, folder: Path, **env: str) -> subprocess.CompletedProcess[str]:
    """A line of shell with `slamon` in it; its exit code is that of the first failing command of a pipe."""
    words = ["bash", "-c", f'set -o pipefail; slamon() {{ {" ".join(COMMAND)} "$@"; }}; {shell}']
    return subprocess.run(
        words, capture_output=True, text=True, timeout=60, cwd=folder, env=os.environ | env, check=False
    )


def test_a_reader_that_goes_away_changes_nothing(folder: Path) -> None:
    put(CATALOGUE, [line(i) for i in range(3)])
    account = "slamon account --observations seen.jsonl --at 2026-10-05T00:03:00Z"
    for shell in (
        f"{account} | head -1",
        f"{account} | true",
        f"{account} -f json | true",
        "slamon export schema | true",
    ):
        done = piped(shell, folder)
        assert (done.returncode, done.stderr) == (0, ""), shell
    assert piped(f"{account} | head -1", folder).stdout.startswith("Figures at 2026-10-05T00:03:00.000Z\n")


def test_a_check_that_is_down_stays_the_exit_code_when_the_reader_goes_away(folder: Path) -> None:
    with endpoints.closed() as address:
        put(CATALOGUE | {"services": {"shop": {"checks": {"home": {"tcp": {"address": address}}}}}}, [])
        done = piped("slamon probe shop | true", folder)
    assert (done.returncode, done.stderr) == (1, "")


def test_an_answer_that_cannot_be_written_is_our_failure(folder: Path) -> None:
    done = piped("slamon export schema > /dev/full", folder)
    assert (done.returncode, done.stderr) == (3, "slamon: the answer cannot be written: No space left on device\n")


@pytest.mark.parametrize("stream", ["1>&-", "2>&-", "0<&- 1>&- 2>&-"])
def test_closed_standard_streams_do_no_harm(stream: str, folder: Path) -> None:
    put(CATALOGUE, [])
    assert piped(f"slamon check {stream}", folder).returncode == 0


def test_letters_that_the_terminal_does_not_know_do_no_harm(folder: Path) -> None:
    put(CATALOGUE | {"customers": {"kunde": {"name": "Käufer", "kind": "external"}}}, [line(0)])
    words = "slamon account --observations seen.jsonl --at 2026-10-05T00:03:00Z -f json"
    done = piped(words, folder, PYTHONIOENCODING="ascii")
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout)["figures"][0]["customer_name"] == b"K\\xe4ufer".decode("unicode_escape")


def test_a_log_that_cannot_be_written_stops_no_probing(folder: Path) -> None:
    with endpoints.page() as page:
        put(CATALOGUE | {"services": {"shop": {"checks": {"home": {"http": {"url": page.url}}}}}}, [])
        one = Running(folder / "slamon.yml", folder / "data", stderr="/dev/full")
        try:
            one.ready()
            wait_for(lambda: one.status()["services"][0]["state"] == "up", "the shop is seen")
        finally:
            assert one.stop() == 0


# -- Ctrl-C


def test_ctrl_c_ends_a_probe_that_hangs(folder: Path) -> None:
    with endpoints.silent() as address:
        check = {"http": {"url": f"http://{address}/"}, "timeout": "60s", "interval": "60s"}
        put(CATALOGUE | {"services": {"shop": {"checks": {"home": check}}}}, [])
        words = ["check", "--connect"]
        screen = on_terminal(*words, cwd=folder, until=lambda shown: "probing" in shown)
    assert screen.code == 130
    assert "Traceback" not in screen.text


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_run_ends_cleanly_when_it_is_told_to(number: signal.Signals, folder: Path) -> None:
    put(CATALOGUE, [])
    with running(folder / "slamon.yml", folder / "data") as one:
        one.process.send_signal(number)
        assert one.process.wait(timeout=20) == 0
        assert "Traceback" not in one.text()


# -- colours


def test_colours_are_for_terminals_that_want_them(folder: Path) -> None:
    put(CATALOGUE, [line(i, "down") for i in range(60)])
    words = ["account", "--observations", "seen.jsonl", "--at", "2026-10-05T01:00:00Z"]
    plain = command(*words, env={"FORCE_COLOR": ""}).stdout
    assert "\x1b" not in plain
    assert on_terminal(*words, cwd=folder).coloured
    assert not on_terminal(*words, cwd=folder, env={"NO_COLOR": "1"}).coloured
    assert not on_terminal(*words, cwd=folder, env={"TERM": "dumb"}).coloured
    forced = command(*words, env={"FORCE_COLOR": "1", "TERM": "xterm-256color"}).stdout
    assert re.sub(r"\x1b\[[0-9;]*m *", "", forced).replace(" ", "") == plain.replace(" ", "")
    assert "\x1b[" in forced


@pytest.mark.parametrize(("env", "coloured"), [({}, True), ({"NO_COLOR": "1"}, False)])
def test_the_log_is_for_people_on_a_terminal(env: dict[str, str], coloured: bool, folder: Path) -> None:
    put(CATALOGUE, [])
    words = ["run", "--listen", "127.0.0.1:0"]
    screen = on_terminal(*words, cwd=folder, env=env, until=lambda shown: "serving" in shown)
    assert screen.code == 0
    assert screen.coloured is coloured
    assert "[info     ] serving" in screen.text


def test_the_log_is_json_in_a_pipe_and_tells_each_probe_when_asked_to(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with endpoints.page() as page:
        put(CATALOGUE | {"services": {"shop": {"checks": {"home": {"http": {"url": page.url}}}}}}, [])
        with running(folder / "slamon.yml", folder / "data", "--debug") as one:
            wait_for(lambda: '"probed"' in one.text(), "a probe is logged")
    events = [json.loads(text) for text in one.text().splitlines()]
    probed = next(event for event in events if event["event"] == "probed")
    assert (probed["level"], probed["check"], probed["verdict"]) == ("debug", "shop/home", "up")
    assert {"serving", "stopped"} <= {event["event"] for event in events}


def test_a_bar_is_shown_on_a_terminal_only(folder: Path) -> None:
    put(CATALOGUE, [line(i / 100) for i in range(3_000)])
    words = ["account", "--observations", "seen.jsonl", "--at", "2026-10-05T01:00:00Z"]
    assert "reading" in on_terminal(*words, cwd=folder).text
    done = command(*words, env={"FORCE_COLOR": "1"})
    assert (done.returncode, done.stderr) == (0, "")


# -- nothing is lost on a narrow terminal


@pytest.mark.parametrize("columns", [40, 80, 120])
def test_a_narrow_terminal_loses_no_word_and_no_figure(columns: int, folder: Path) -> None:
    long = "ein-sehr-langer-name-eines-dienstes"
    service = {"checks": {"home": {"tcp": {"address": "127.0.0.1:9"}, "since": "2026-01-01T00:00:00Z"}}}
    agreement = CATALOGUE["agreements"]["gold"] | {"services": [long]}
    put(
        CATALOGUE | {"services": {long: service}, "agreements": {"vertrag-mit-dem-handel": agreement}},
        [line(i, "down" if i in (10, 11) else "up") | {"check": f"{long}/home"} for i in range(60)],
    )
    words = ["account", "--observations", "seen.jsonl", "--at", "2026-10-05T01:00:00Z"]
    text = on_terminal(*words, cwd=folder, columns=columns).text
    for whole in (long, "vertrag-mit-dem-handel", "96.666 %", "at_risk", "2026-10-05 00:10:00Z"):
        assert whole in text
    assert re.search(r"\b2m\b", text), "the downtime"
    assert "…" not in text
    assert text.count("96.666 %") == 1 + 7, "the period's, and those of the windows that reach over the outage"


# -- completion


def test_bash_completes_commands_options_and_ids(folder: Path) -> None:
    put(CATALOGUE, [])
    script = subprocess.run(
        ["bash", "-c", " ".join([*COMMAND, "--show-completion; exit $?"])],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert script.returncode == 0, script.stderr
    (folder / "slamon").write_text(f'#!/bin/bash\nexec {" ".join(COMMAND)} "$@"\n')
    (folder / "slamon").chmod(0o755)
    (folder / "completion.sh").write_text(script.stdout)

    def offered(typed: str) -> list[str]:
        words = typed.split(" ")
        asked = "; ".join(
            [
                "source ./completion.sh",
                f"COMP_WORDS=({' '.join(repr(word) for word in words)})",
                f"COMP_CWORD={len(words) - 1}",
                "_slamon_completion ./slamon",
                'printf "%s\\n" "${COMPREPLY[@]}"',
            ]
        )
        done = subprocess.run(["bash", "-c", asked], capture_output=True, text=True, timeout=60, check=False)
        assert (done.returncode, done.stderr) == (0, "")
        return done.stdout.split()

    assert offered("slamon sta") == ["status"]
    assert "--observations" in offered("slamon account --")
    assert offered("slamon account --format ") == ["table", "json", "csv"]
    assert offered("slamon account --agreement ") == ["gold"]
    assert offered("slamon probe shop/") == ["shop/home"]
    assert offered("slamon probe --config nowhere.yml sh") == [], "a catalogue that is not there offers nothing"


@pytest.mark.parametrize(
    ("shell", "env"),
    [
        ("zsh", {"_TYPER_COMPLETE_ARGS": "slamon sta"}),
        ("fish", {"_TYPER_COMPLETE_ARGS": "slamon sta", "_TYPER_COMPLETE_FISH_ACTION": "get-args"}),
    ],
)
def test_other_shells_are_answered_in_their_words(shell: str, env: dict[str, str]) -> None:
    done = command(env=env | {"_SLAMON_COMPLETE": f"complete_{shell}"})
    assert (done.returncode, done.stderr) == (0, "")
    assert "status" in done.stdout
    assert "Show what the running system sees now." in done.stdout


def test_completion_is_installed_for_the_shell_that_asks(folder: Path) -> None:
    words = " ".join([*COMMAND, "--install-completion"])
    done = subprocess.run(
        ["bash", "-c", f"{words}; true"],
        capture_output=True,
        text=True,
        timeout=60,
        env=os.environ | {"HOME": str(folder)},
        check=False,
    )
    assert "bash completion installed" in done.stdout
    assert ".bash_completions/slamon.sh" in (folder / ".bashrc").read_text()
    assert "complete -o default -F _slamon_completion slamon" in (folder / ".bash_completions/slamon.sh").read_text()


def test_a_tab_does_not_wait_for_what_only_commands_need() -> None:
    asked = "import slamon.cli, sys; print(*sorted({'pydantic', 'starlette', 'apscheduler'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stdout) == (0, "\n")
