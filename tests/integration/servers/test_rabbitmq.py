"""The example for RabbitMQ against the real broker: up, and broken in the ways it breaks."""

import os
import re
import secrets
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from slamon.accounting import Verdict
from slamon.probes import Outcome, Reason

from tests.integration.servers.debian import EXAMPLES, child, folder, free_port, listens, probed, wait_for

PASSWORD = "geheim-und-lang"
PROGRAMS = Path("/usr/lib/rabbitmq/bin")

DEFINITIONS = """
{"users": [{"name": "slamon", "password": "%s", "tags": ""}, {"name": "fremd", "password": "%s", "tags": ""}],
 "vhosts": [{"name": "/"}],
 "permissions": [{"user": "slamon", "vhost": "/", "configure": "^(slamon\\\\.probe|bestellungen)$",
                  "read": "^slamon\\\\.probe$", "write": "^(slamon\\\\.probe|amq\\\\.default)$"}],
 "queues": [{"name": "bestellungen", "vhost": "/", "durable": true, "auto_delete": false, "arguments": {}}]}
"""

pytestmark = [
    pytest.mark.skipif(os.geteuid() != 0, reason="only root can become rabbitmq"),
    pytest.mark.timeout(300),  # it takes seconds to start, and each word to it another second
]


@dataclass(frozen=True, slots=True)
class Broker:
    """A running one: its port, how its commands are called, and what was found while it started."""

    port: int
    env: Mapping[str, str]
    starting: Outcome

    def told(self, *words: str) -> str:
        """What `rabbitmqctl` answers."""
        done = subprocess.run(
            [PROGRAMS / "rabbitmqctl", "-q", *words],
            env=self.env,
            user="rabbitmq",
            group="rabbitmq",
            cwd="/",
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def ask(self, password: str = PASSWORD, name: str = "nachricht", user: str = "slamon") -> Outcome:
        """What the example's check finds."""
        return ask(self.port, password, name, user)

    def becomes_up(self) -> None:
        wait_for(lambda: self.ask().verdict is Verdict.UP, "messages come back", 60)

    @contextmanager
    def alarmed(self, setting: str, value: str, normal: str) -> Iterator[None]:
        """Until it is taken back."""
        self.told(setting, value)
        try:
            yield
        finally:
            self.told(setting, normal)


def login(password: str, user: str = "slamon") -> str:
    """What RABBITMQ_LOGIN is: made by the program that stands in the example."""
    text = (EXAMPLES / "rabbitmq.yml").read_text(encoding="utf-8")
    found = re.search(r"python3 -c '(.+?)'\n", text, re.DOTALL)
    assert found is not None
    program = found.group(1).replace("\n#   ", "\n").replace("slamon\\0", f"{user}\\0")
    words = ["python3", "-c", program]
    return subprocess.run(words, env={"PASSWORD": password}, capture_output=True, text=True, check=True).stdout.strip()


def ask(port: int, password: str = PASSWORD, name: str = "nachricht", user: str = "slamon") -> Outcome:
    return probed("rabbitmq", "mq.example.org:5672", port, {"RABBITMQ_LOGIN": login(password, user)}, 20, name)


@contextmanager
def epmd(port: int, env: Mapping[str, str], log: Path) -> Iterator[None]:
    """Erlang's name server, our own, for one that the broker starts would outlive it."""
    with child(["env", *(f"{name}={value}" for name, value in env.items()), "epmd"], log, user="rabbitmq"):
        wait_for(lambda: listens(port), "epmd listens")
        yield


def environment(place: Path, port: int, names: int) -> dict[str, str]:
    return {
        "PATH": "/usr/sbin:/usr/bin:/sbin:/bin",
        "HOME": str(place),
        "LANG": "C.UTF-8",
        "ERL_EPMD_PORT": str(names),
        "ERL_EPMD_ADDRESS": "127.0.0.1",
        "RABBITMQ_NODENAME": f"slamon-{port}@localhost",
        "RABBITMQ_NODE_IP_ADDRESS": "127.0.0.1",
        "RABBITMQ_NODE_PORT": str(port),
        "RABBITMQ_DIST_PORT": str(free_port()),
        "RABBITMQ_MNESIA_BASE": str(place / "mnesia"),
        "RABBITMQ_LOG_BASE": str(place / "log"),
        "RABBITMQ_LOGS": "-",
        "RABBITMQ_ENABLED_PLUGINS_FILE": str(place / "plugins"),
        "RABBITMQ_CONF_ENV_FILE": str(place / "no-environment"),
        "RABBITMQ_CONFIG_FILE": str(place / "rabbitmq.conf"),
    }


@pytest.fixture(scope="module")
def broker() -> Iterator[Broker]:
    port, names = free_port(), free_port()
    with folder("rabbitmq") as place:
        (place / "definitions.json").write_text(DEFINITIONS % (PASSWORD, PASSWORD))
        (place / "rabbitmq.conf").write_text(f"load_definitions = {place}/definitions.json\n")
        cookie = place / ".erlang.cookie"
        cookie.write_text(secrets.token_hex())
        cookie.chmod(0o400)
        subprocess.run(["chown", "rabbitmq:rabbitmq", cookie], check=True)
        env, log = environment(place, port, names), place / "out"
        words = ["env", "-i", *(f"{name}={value}" for name, value in env.items()), PROGRAMS / "rabbitmq-server"]
        with epmd(names, env, place / "epmd"), child(words, log, user="rabbitmq") as process:

            def begun() -> bool:
                assert process.poll() is None, log.read_text(errors="replace")
                return "Starting RabbitMQ" in log.read_text(errors="replace")

            wait_for(begun, "the broker starts", 120)
            found = Broker(port, env, ask(port))
            wait_for(lambda: "Server startup complete" in log.read_text(errors="replace"), "it has started", 120)
            found.becomes_up()
            yield found


def test_up(broker: Broker) -> None:
    for name in ("nachricht", "bestellungen"):
        found = broker.ask(name=name)
        assert found.verdict is Verdict.UP, found


def test_while_it_starts(broker: Broker) -> None:
    """It takes no connections until it is ready."""
    assert (broker.starting.verdict, broker.starting.reason) == (Verdict.DOWN, Reason.REFUSED)


def test_a_wrong_password(broker: Broker) -> None:
    found = broker.ask("verkehrt-und-lang")
    assert (found.verdict, found.reason) == (Verdict.DOWN, Reason.DIALOGUE)
    assert "ACCESS_REFUSED - Login was refused" in found.message
    assert "verkehrt" not in found.message


def test_a_user_without_rights(broker: Broker) -> None:
    found = broker.ask(user="fremd")
    assert (found.verdict, found.reason) == (Verdict.DOWN, Reason.DIALOGUE)
    assert "access to vhost" in found.message


def test_a_full_queue(broker: Broker) -> None:
    """Of a policy's length, beside the example's own; what is refused is a negative confirmation (00 3c 00 78)."""
    broker.told("set_policy", "full", r"^slamon\.probe$", '{"max-length": 0, "overflow": "reject-publish"}')
    try:
        wait_for(lambda: broker.ask().verdict is Verdict.DOWN, "the queue is full")
        found = broker.ask()
        assert found.reason is Reason.DIALOGUE
        assert "00 3c 00 78" in found.message
    finally:
        broker.told("clear_policy", "full")
    broker.becomes_up()


@pytest.mark.parametrize(
    ("setting", "value", "normal"),
    [
        ("set_vm_memory_high_watermark", "0.00001", "0.4"),
        ("set_disk_free_limit", str(1 << 60), "1000000"),
    ],
)
def test_who_publishes_is_blocked(broker: Broker, setting: str, value: str, normal: str) -> None:
    """The alarms of memory and disk: it says so (00 0a 00 3c), and takes nothing."""
    with broker.alarmed(setting, value, normal):
        wait_for(lambda: broker.ask().verdict is Verdict.DOWN, "it blocks")
        found = broker.ask()
        assert found.reason is Reason.DIALOGUE
        assert "00 0a 00 3c" in found.message
        assert ("low on memory" if "memory" in setting else "low on disk") in found.message
        assert broker.ask(name="bestellungen").verdict is Verdict.UP, "looking is not publishing"
    broker.becomes_up()


def test_a_queue_in_which_too_much_waits(broker: Broker) -> None:
    broker.told("eval", publish(256))
    wait_for(lambda: broker.ask(name="bestellungen").verdict is Verdict.DOWN, "256 messages wait")
    found = broker.ask(name="bestellungen")
    assert found.reason is Reason.DIALOGUE
    assert "62 65 73 74" in found.message, "the queue's name, and how many"
    broker.told("purge_queue", "bestellungen")
    assert broker.ask(name="bestellungen").verdict is Verdict.UP


def publish(count: int) -> str:
    """Erlang: so many messages for the queue `bestellungen`."""
    exchange = 'rabbit_misc:r(<<"/">>, exchange, <<>>)'
    one = f'rabbit_basic:publish({exchange}, <<"bestellungen">>, [], <<"x">>)'
    return f"[{one} || _ <- lists:seq(1, {count})], ok."


def test_a_queue_that_is_gone(broker: Broker) -> None:
    broker.told("delete_queue", "bestellungen")
    found = broker.ask(name="bestellungen")
    assert (found.verdict, found.reason) == (Verdict.DOWN, Reason.DIALOGUE)
    assert "NOT_FOUND - no queue" in found.message


def test_stopped() -> None:
    assert ask(free_port()).reason is Reason.REFUSED
