"""Secrets go onto the wire and nowhere else: not into logs, metrics, pages, errors, the ledger or debug output."""

import base64
import socketserver
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import pytest
import requests
import yaml

from tests.system.endpoints import Quiet, serving
from tests.system.running import Slamon, command, wait_for

PASSWORD = "pa55/word+of the day"
BEARER = "b3arer-t0ken-2718281828"
KEY = "h3ader-k3y-3141592653"
BODY = "b0dy-s3cret-1414213562"
SENT = "t4lk-s3cret-1732050807"
PROXY = "pr0xy-s3cret-2236067977"
SECRETS = (PASSWORD, BEARER, KEY, BODY, SENT, PROXY)
ENVIRONMENT = {"S_BEARER": BEARER, "S_KEY": KEY, "S_BODY": BODY, "S_SENT": SENT, "S_PROXY": PROXY}


def forms() -> set[str]:
    """Each secret as it is, and as it may be written."""
    basic = base64.b64encode(f"probe:{PASSWORD}".encode()).decode()
    return {*SECRETS, *map(quote, SECRETS), *(quote(secret, safe="") for secret in SECRETS), basic, basic.rstrip("=")}


@contextmanager
def parrot() -> Iterator[tuple[str, set[str]]]:
    """A server that says back all it is sent, as body, header and address to go to; gives what it was sent, too."""
    heard: set[str] = set()

    class Repeating(Quiet):
        def do_GET(self) -> None:  # noqa: N802  the name that http.server calls
            sent = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode(errors="replace")
            words = " ".join([*map(str, self.headers.values()), sent])
            heard.update(secret for secret in forms() if secret in words)
            status = 302 if self.path.startswith("/go") else 500
            body = words.encode()
            self.send_response(status, words.replace("\n", " ")[:200])
            self.send_header("X-Back", words.replace("\n", " "))
            if status == 302:
                self.send_header("Location", f"/away?{quote(words)}")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_POST = do_CONNECT = do_GET  # noqa: N815  the names that http.server calls

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = True

    server = Server(("127.0.0.1", 0), Repeating)
    with serving(server):
        yield f"127.0.0.1:{server.server_address[1]}", heard


@contextmanager
def talker() -> Iterator[tuple[str, list[str]]]:
    """A server that says back each line."""
    heard: list[str] = []

    class Repeating(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            self.wfile.write(b"hello\n")
            for line in self.rfile:
                heard.append(line.decode(errors="replace"))
                self.wfile.write(b"you said " + line)

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = True

    server = Server(("127.0.0.1", 0), Repeating)
    with serving(server):
        yield f"127.0.0.1:{server.server_address[1]}", heard


def write(file: Path, http: str, tcp: str) -> None:
    password = file.with_name("password.txt")
    password.write_text(PASSWORD + "\n", encoding="utf-8")
    url = f"http://{http}"
    expect = {"status": [200], "body_matches": "^never$", "headers": {"X-Back": "never"}}
    checks = {
        "basic": {
            "url": url + "/basic",
            "basic_auth": {"username": "probe", "password": "${file:password.txt}"},
            "expect": expect,
        },
        "bearer": {
            "url": url + "/bearer",
            "bearer": "${env:S_BEARER}",
            "expect": {"json": [{"path": "a", "equals": 1}]},
        },
        "header": {"url": url + "/go", "headers": {"X-Key": "k ${env:S_KEY}"}, "follow_redirects": True},
        "body": {"url": url + "/body", "method": "POST", "body": "token=${env:S_BODY}", "expect": expect},
        "proxied": {"url": "http://elsewhere.invalid/", "proxy": "http://user:${env:S_PROXY}@" + http},
    }
    file.write_text(
        yaml.safe_dump(
            {
                "slamon": 1,
                "defaults": {"interval": "1s", "timeout": "900ms"},
                "services": {
                    "web": {"checks": {name: {"http": options} for name, options in checks.items()}},
                    "talk": {
                        "checks": {
                            "line": {
                                "tcp": {
                                    "address": tcp,
                                    "dialogue": [
                                        {"expect": "hello"},
                                        {"send": "LOGIN ${env:S_SENT}\n"},
                                        {"expect": "^welcome"},
                                    ],
                                }
                            }
                        }
                    },
                },
            }
        ),
        encoding="utf-8",
    )


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Path]:
    """A folder with a catalogue whose servers say back what they are told; all secrets have been told at the end."""
    with parrot() as (http, heard), talker() as (tcp, lines):
        write(tmp_path / "slamon.yml", http, tcp)
        yield tmp_path
        for secret in (BEARER, KEY, BODY):
            assert any(secret in word for word in heard), f"{secret} was never sent: the test tests nothing"
        assert any(SENT in line for line in lines)
        assert any(PASSWORD.encode() in base64.b64decode(word + "==") for word in heard if word.startswith("cHJvYmU6"))


def silent_on(what: str, text: str | bytes) -> None:
    shown = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    for secret in forms():
        assert secret not in shown, f"{what} shows a secret: {shown[max(0, shown.find(secret) - 200) :][:400]}"


def test_no_secret_is_shown_or_stored(place: Path) -> None:
    config, data = place / "slamon.yml", place / "data"
    slamon = Slamon(config, data, "--debug", env=ENVIRONMENT).ready()
    try:
        wait_for(lambda: slamon.metrics().count("slamon_check_up{") == 6, "all are probed")
        for path in ("/", "/metrics", "/api/status", "/api/figures", "/nothing", f"/api/figures?agreement={KEY[:4]}"):
            silent_on(path, requests.get(slamon.url + path, timeout=10).content)
        openmetrics = {"Accept": "application/openmetrics-text; version=1.0.0"}
        silent_on("openmetrics", requests.get(f"{slamon.url}/metrics", headers=openmetrics, timeout=10).content)
        for words in (["status"], ["status", "--format", "json"], ["account"], ["probe", "web", "--format", "json"],
                      ["probe", "web"], ["probe", "talk"]):  # fmt: skip
            done = command(*words, "-c", str(config), *_data(words, data), env=ENVIRONMENT | {"SLAMON_TRACEBACK": "1"})
            silent_on(" ".join(words), done.stdout + done.stderr)
        done = command("backup", str(place / "copy.db"), "-c", str(config), "-d", str(data), env=ENVIRONMENT)
        assert done.returncode == 0, done.stderr
        broken = config.read_text().replace("/basic", "/basic\x01").replace("method: POST", "method: 'PO ST'")
        config.write_text(broken, encoding="utf-8")
        answer = requests.post(f"{slamon.url}/-/reload", timeout=10)
        assert answer.status_code == 500
        silent_on("a refused reload", answer.content)
        for words in (["check"], ["probe", "web"], ["account"]):
            done = command(*words, "-c", str(config), env=ENVIRONMENT | {"SLAMON_TRACEBACK": "1"})
            assert done.returncode in (1, 2)
            silent_on(" ".join(words), done.stdout + done.stderr)
    finally:
        slamon.stop()
    silent_on("the log", slamon.text())
    for file in (*data.iterdir(), place / "copy.db"):
        silent_on(file.name, file.read_bytes())


def _data(words: list[str], data: Path) -> list[str]:
    return [] if words[0] == "probe" else ["-d", str(data)]


def test_a_check_of_the_catalogue_shows_none(place: Path) -> None:
    config = place / "slamon.yml"
    done = command("check", "--connect", "-c", str(config), env=ENVIRONMENT | {"SLAMON_TRACEBACK": "1"})
    assert done.returncode == 1, "every one of them is down"
    silent_on("check --connect", done.stdout + done.stderr)


@pytest.mark.parametrize("missing", ["S_BEARER", "password.txt"])
def test_a_secret_that_is_not_there_is_named_and_no_other_is_shown(place: Path, missing: str) -> None:
    config = place / "slamon.yml"
    command("check", "--connect", "-c", str(config), env=ENVIRONMENT)
    (place / missing).unlink(missing_ok=True)
    environment = {name: text for name, text in ENVIRONMENT.items() if name != missing}
    done = command("check", "-c", str(config), env=environment)
    assert done.returncode == 1
    assert missing in done.stderr
    silent_on("check", done.stdout + done.stderr)
