"""`slamon check` and `slamon export schema` as a user calls them: what is printed, where, and with which exit code."""

import json
import re
import socket
import socketserver
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest
from slamon.catalogue import json_schema
from slamon.catalogue.checks import PROBE_KINDS

from tests.system import calling
from tests.system.calling import Done, Slamon

slamon = calling.slamon
ROOT = Path(__file__).parents[2]
HEAD = "slamon: 1\ncustomers: {kunde: {name: Kunde, kind: external}}\n"
HIDDEN = "qX7-geheim"


class Answering(BaseHTTPRequestHandler):
    """A web page that knows who asks."""

    def do_GET(self) -> None:
        known = self.headers.get("Authorization") == f"Bearer {HIDDEN}"
        self.send_response(200 if known else 401)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Says nothing."""


class Server(socketserver.ThreadingTCPServer):
    """Gone at once when it is closed."""

    daemon_threads = True


@pytest.fixture
def server() -> Iterator[str]:
    with Server(("127.0.0.1", 0), Answering) as running:
        threading.Thread(target=running.serve_forever, daemon=True).start()
        yield f"127.0.0.1:{running.server_address[1]}"
        running.shutdown()


@pytest.fixture
def closed() -> Iterator[str]:
    """An address at which nobody answers: bound and never listened on."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        yield f"127.0.0.1:{sock.getsockname()[1]}"


def catalogue(*checks: str, more: str = "") -> None:
    inner = ", ".join(f"c{number}: {{{check}}}" for number, check in enumerate(checks))
    agreement = "agreements: {gold: {customer: kunde, services: [shop], target: 99.9%}}\n"
    Path("slamon.yml").write_text(f"{HEAD}services: {{shop: {{checks: {{{inner}}}}}}}\n{agreement}{more}")


def lines(text: str) -> list[str]:
    return [line.replace(f"{Path.cwd()}/", "") for line in text.splitlines()]


def test_a_valid_catalogue_is_told_in_a_line(slamon: Slamon) -> None:
    catalogue('tcp: {address: "127.0.0.1:9"}')

    assert slamon("check") == Done(0, "valid: 1 services, 1 checks, 1 agreements\n", "")


@pytest.mark.parametrize(
    "file", ["config/slamon.yml", *(f"config/examples/{f.name}" for f in sorted((ROOT / "config/examples").glob("*")))]
)
def test_every_example_is_valid_without_a_warning(slamon: Slamon, file: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in re.findall(r"\$\{env:(\w+)\}", (ROOT / file).read_text()):
        monkeypatch.setenv(variable, "00")
    done = slamon("check", "--config", str(ROOT / file))

    assert (done.code, done.err) == (0, "")


def test_a_folder_is_checked_whole(slamon: Slamon) -> None:
    folder = Path("conf")
    folder.mkdir()
    (folder / "a.yml").write_text(HEAD)
    (folder / "b.yml").write_text('services: {shop: {checks: {c: {tcp: {address: "127.0.0.1:9"}}}}}\n')
    (folder / "c.yml").write_text("agreements: {gold: {customer: kunde, services: [shop], target: 99.9%}}\n")

    assert slamon("check", "-c", "conf").out == "valid: 1 services, 1 checks, 1 agreements\n"


def test_what_nothing_uses_is_a_warning_and_no_mistake(slamon: Slamon) -> None:
    catalogue('tcp: {address: "127.0.0.1:9"}', more="teams: {web: {name: Web}}\n")

    done = slamon("check")

    assert done.code == 0
    assert lines(done.err) == ["warning: slamon.yml:5:14: teams.web is used by nothing"]


def test_every_mistake_is_told_at_once_and_the_exit_code_is_one(slamon: Slamon) -> None:
    catalogue(
        'tcp: {address: "127.0.0.1:9"}, intervall: 30s', 'brieftaube: {ziel: "x"}', more="defaults: {timeout: 5}\n"
    )

    done = slamon("check")

    assert (done.code, done.out) == (1, "")
    assert [line.split(", expected")[0] for line in lines(done.err)] == [
        "slamon.yml:3:64: services.shop.checks.c0.intervall: found the unknown key 'intervall'",
        "slamon.yml:3:86: services.shop.checks.c1.brieftaube: found the unknown key 'brieftaube'",
        "slamon.yml:5:21: defaults.timeout: found 5",
        "3 mistake(s) in slamon.yml",
    ]
    assert "did you mean 'interval'?" in done.err
    assert f"the probe kinds there are: {', '.join(PROBE_KINDS)}" in done.err


def test_no_catalogue_is_an_error_of_the_words(slamon: Slamon) -> None:
    done = slamon("check", "--config", "nowhere.yml")

    assert (done.code, done.out) == (2, "")
    assert "there is no catalogue at nowhere.yml" in done.err


def test_with_connect_what_answers_is_up_and_no_secret_is_shown(
    slamon: Slamon, server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TOKEN", HIDDEN)
    catalogue(f'http: {{url: "http://{server}/", bearer: "${{env:TOKEN}}"}}', f'tcp: {{address: "{server}"}}')

    done = slamon("check", "--connect")

    assert (done.code, done.err) == (0, "")
    assert [words[:3] for words in map(rows, done.out.splitlines()) if words[0].startswith("shop/")] == [
        ["shop/c0", "http", "up"],
        ["shop/c1", "tcp", "up"],
    ]
    assert HIDDEN not in done.out
    assert "\x1b[" not in done.out


def rows(line: str) -> list[str]:
    return line.replace("│", " ").split() or [""]


def test_with_connect_what_does_not_answer_is_the_exit_code(slamon: Slamon, server: str, closed: str) -> None:
    catalogue(f'tcp: {{address: "{server}"}}', f'tcp: {{address: "{closed}"}}')

    done = slamon("check", "--connect")

    assert done.code == 1
    assert [words[2] for words in map(rows, done.out.splitlines()) if words[0].startswith("shop/")] == ["up", "down"]


def test_a_catalogue_with_mistakes_is_not_probed(slamon: Slamon, closed: str) -> None:
    catalogue(f'tcp: {{address: "{closed}"}}, confirm: 0')

    done = slamon("check", "--connect")

    assert (done.code, done.out) == (1, "")


def test_a_mistake_beside_a_secret_does_not_show_it(slamon: Slamon, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOKEN", HIDDEN)
    catalogue('http: {url: "http://127.0.0.1/", bearer: ["${env:TOKEN}"], headers: "${env:TOKEN}"}')

    done = slamon("check")

    assert done.code == 1
    assert HIDDEN not in done.out + done.err


def test_the_schema_is_printed_as_json(slamon: Slamon) -> None:
    done = slamon("export", "schema")

    assert (done.code, done.err) == (0, "")
    assert json.loads(done.out) == json_schema()
