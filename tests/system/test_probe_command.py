"""`slamon probe` as a user calls it: what it finds, in which words, with which exit code; nothing is kept."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from slamon.accounting import Verdict
from slamon.catalogue import load_value
from slamon.commands.probe import exit_code
from slamon.probes import Outcome
from slamon.probes.outcome import ProbeNotRunError

from tests.integration.probes.authority import Credential, in_days
from tests.system import calling, endpoints
from tests.system import running as program
from tests.system.calling import CATALOGUE, Slamon, put

slamon = calling.slamon
HIDDEN = "qX7-geheim"


def checks(**found: dict[str, Any]) -> None:
    """A shop with these checks, and a process that stands on it."""
    services = {"shop": {"checks": found}, "order": {"depends_on": ["shop"]}}
    agreement = CATALOGUE["agreements"]["gold"] | {"services": ["order"]}
    put(CATALOGUE | {"services": services, "agreements": {"gold": agreement}}, [])


@pytest.fixture
def page() -> Iterator[endpoints.Page]:
    with endpoints.page() as found:
        yield found


def test_what_answers_is_up_with_its_phases(page: endpoints.Page, slamon: Slamon) -> None:
    checks(home={"http": {"url": page.url}}, db={"tcp": {"address": page.address}})
    done = slamon("probe", "shop")
    assert (done.code, done.err) == (0, "")
    lines = [line.split() for line in done.out.splitlines()]
    assert [row[:3] for row in lines if row[:1] in (["shop/home"], ["shop/db"]) and len(row) > 1] == [
        ["shop/home", "http", "up"],
        ["shop/db", "tcp", "up"],
    ]
    assert ["target", page.url] in lines
    assert ["address", page.address] in lines
    assert ["status", "200"] in lines
    assert {row[1] for row in lines if row[:1] == ["phase"]} >= {"connect", "processing", "transfer"}
    assert "\x1b" not in done.out


def test_one_check_is_probed_alone_and_told_in_json(page: endpoints.Page, slamon: Slamon) -> None:
    checks(home={"http": {"url": page.url}}, db={"tcp": {"address": page.address}})
    done = slamon("probe", "shop/home", "--format", "json")
    assert done.code == 0
    (found,) = json.loads(done.out)
    assert (found["check"], found["kind"], found["target"]) == ("shop/home", "http", page.url)
    assert (found["verdict"], found["reason"], found["details"]["status"]) == ("up", None, "200")
    assert 0 < found["phases_us"]["connect"] <= found["duration_us"]


def test_what_is_down_is_told_with_its_reason_and_is_the_exit_code(page: endpoints.Page, slamon: Slamon) -> None:
    page.status = 503
    with endpoints.closed() as nobody:
        checks(home={"http": {"url": page.url}}, db={"tcp": {"address": nobody}})
        done = slamon("probe", "shop")
    assert (done.code, done.err) == (1, "")
    rows = {line.split()[0]: line for line in done.out.splitlines() if " down " in line}
    assert " status " in rows["shop/home"]
    assert "503" in rows["shop/home"]
    assert f" refused  {nobody} refused the connection" in rows["shop/db"]


UP, DEGRADED, DOWN = (Outcome(verdict, 1) for verdict in (Verdict.UP, Verdict.DEGRADED, Verdict.DOWN))
NOT_RUN = ProbeNotRunError("no file descriptor is left in this process")


@pytest.mark.parametrize(
    ("found", "code"),
    [([UP, DEGRADED], 0), ([UP, DOWN, DEGRADED], 1), ([UP, NOT_RUN], 3), ([DOWN, NOT_RUN], 3), ([], 0)],
)
def test_degraded_is_not_down_and_not_probed_is_neither(found: list[Any], code: int) -> None:
    """What could not be probed may be down too: nobody can say no, and nobody yes."""
    check = load_value(CATALOGUE).checks["shop/home"]
    assert exit_code([(check, one) for one in found]) == code


def test_what_we_could_not_probe_is_our_failure_and_nobody_is_down(page: endpoints.Page, slamon: Slamon) -> None:
    Path("ca.pem").write_text("no certificate\n")
    checks(home={"http": {"url": page.url.replace("http:", "https:"), "tls": {"ca_file": "ca.pem"}}})
    done = slamon("probe", "shop", "-f", "json")
    assert (done.code, json.loads(done.out)[0]["verdict"]) == (3, None)
    assert json.loads(done.out)[0]["message"] == "the file of trusted certificates cannot be used"
    table = slamon("probe", "shop")
    assert table.code == 3
    assert " not run " in table.out
    assert slamon("check", "--connect").code == 3


def test_a_strangers_words_are_shown_as_plain_text(slamon: Slamon) -> None:
    with endpoints.greeting(b"\x1b[31m[bold]hello[/] \xff\x07\r\n") as address:
        checks(db={"tcp": {"address": address, "dialogue": [{"expect": "^220 "}]}})
        done = slamon("probe", "shop")
    assert done.code == 1
    assert "[bold]hello[/]" in done.out
    assert not {"\x1b", "\x07"} & set(done.out)


def test_nothing_is_kept_and_nothing_has_to_run(page: endpoints.Page, slamon: Slamon) -> None:
    checks(home={"http": {"url": page.url}})
    before = sorted(Path().iterdir())
    assert slamon("probe", "shop").code == 0
    assert sorted(Path().iterdir()) == before


def test_a_secret_is_used_and_never_shown(
    page: endpoints.Page, slamon: Slamon, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TOKEN", HIDDEN)
    page.status = 401
    checks(home={"http": {"url": page.url, "bearer": "${env:TOKEN}", "headers": {"X-Key": "${env:TOKEN}"}}})
    for done in (slamon("probe", "shop"), slamon("probe", "shop", "-f", "json")):
        assert done.code == 1
        assert HIDDEN not in done.out + done.err


def test_hundreds_of_checks_are_probed_some_at_a_time(page: endpoints.Page, tmp_path: Path, monkeypatch: Any) -> None:
    """With few file descriptors too: 300 checks at once would need more than there are."""
    monkeypatch.chdir(tmp_path)
    checks(**{f"c{i}": {"tcp": {"address": page.address}} for i in range(300)})
    limited = ["bash", "-c", 'ulimit -n 160; exec "$0" "$@"', *program.COMMAND]
    monkeypatch.setattr(program, "COMMAND", limited)
    done = program.command("probe", "shop", "-f", "json")
    assert done.returncode == 0, done.stdout[-500:] + done.stderr
    assert [found["verdict"] for found in json.loads(done.stdout)] == ["up"] * 300


WRONG = [
    ("shp", "there is no service 'shp'; there are: shop, order; did you mean 'shop'?"),
    ("", "there is no service ''; there are: shop, order"),
    ("shop/hom", "shop has no check 'hom'; there are: home; did you mean 'home'?"),
    ("shop/home/x", "shop has no check 'home/x'; there are: home"),
    ("order", "order has no checks of its own: probe what it depends on, shop"),
    ("order/home", "order has no checks of its own: probe what it depends on, shop"),
]


@pytest.mark.parametrize(("what", "said"), WRONG)
def test_what_there_is_not_is_told_with_what_there_is(
    what: str, said: str, page: endpoints.Page, slamon: Slamon
) -> None:
    checks(home={"http": {"url": page.url}})
    done = slamon("probe", what)
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith(f"slamon: {said}")


def test_of_very_many_services_some_are_named(slamon: Slamon) -> None:
    service = {"checks": {"home": {"tcp": {"address": "127.0.0.1:9"}}}}
    put({"slamon": 1, "services": {f"s{i}": service for i in range(500)}}, [])
    done = slamon("probe", "shop")
    assert "there are: s0, s1, s2, s3, s4, s5, s6, s7, s8, s9, ..." in done.err
    assert len(done.err) < 200


def test_the_certificates_are_shown(tmp_path: Path, slamon: Slamon) -> None:
    """Chain, names and days left, for people and for programs; also of a certificate that is not valid."""
    root = Credential.root()
    own = root.authority().leaf("127.0.0.1", "shop.example.org", ends=in_days(30.5))
    (tmp_path / "ca.pem").write_bytes(root.pem)
    with endpoints.tls(own.server(tmp_path)) as address:
        good = {"tls": {"address": address, "ca_file": str(tmp_path / "ca.pem")}}
        checks(home=good, other={"tls": {"address": address}})
        done = slamon("probe", "shop")
        found = {one["check"]: one for one in json.loads(slamon("probe", "shop", "--format", "json").out)}
    lines = [" ".join(line.split()) for line in done.out.splitlines()]
    assert done.code == 1
    assert "chain 1 CN=leaf" in lines
    assert "chain 3 CN=Test Root" in lines
    assert "names shop.example.org, 127.0.0.1" in lines
    assert "issuer CN=Test Intermediate" in lines
    assert any(line.startswith("ends ") and line.endswith(", 30 days left") for line in lines)
    assert "sent, not verified 1 CN=leaf" in lines
    shown = found["shop/home"]["tls"]
    assert (shown["version"], [one["subject"] for one in shown["verified"]][-1]) == ("TLSv1.3", "CN=Test Root")
    assert shown["sent"][0]["dns_names"] == ["shop.example.org"]
    assert found["shop/other"]["tls"]["verified"] == []
