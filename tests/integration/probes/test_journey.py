"""journey: a shop from log-in to check-out; cookies, captured values, redirects; every step is timed and named."""

import json
import socket
import ssl
import threading
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest
from slamon.accounting.facts import Verdict
from slamon.catalogue import CheckModel, load_value
from slamon.catalogue.kinds.journey import JourneyOptions
from slamon.probes import KINDS, Outcome, ProbeContext, Reason, made_ready

from .authority import Credential
from .conftest import run
from .nameserver import name_server
from .servers import Request, Site, answer, free_port, site

PASSWORD = "hunter2-geheim"
TOKEN = 'tok/+"en&<1>ü'
SESSION = "s-4711-abcdef"

Journey = Callable[..., Awaitable[Outcome]]


@pytest.fixture
def journey(context: ProbeContext) -> Journey:
    """`await journey(url, steps, within=seconds, **options)`."""

    async def making(url: str, steps: list[dict[str, Any]], within: float = 20.0, **options: Any) -> Outcome:
        given = {"url": url, "steps": steps, **options}
        return await run(KINDS["journey"](JourneyOptions.model_validate(given), context), within)

    return making


def told(outcome: Outcome) -> str:
    return f"{outcome.message} {outcome.details} {outcome.address} {outcome.phases}"


def has(request: Request, cookie: str) -> bool:
    return cookie in (request.header("Cookie") or "").split("; ")


class Shop:
    """Gives a token with the form, a session with the log-in, and takes orders in it."""

    def pages(self) -> dict[str, Any]:
        return {
            "/": answer("Willkommen", Set_Cookie="consent=1; Path=/"),
            "/login": self.login,
            "/start": self.start,
            "/cart": self.cart,
            "/checkout": self.checkout,
        }

    def login(self, request: Request) -> bytes:
        if request.method == "GET":
            return answer(f'<input name="csrf" value="{TOKEN.replace(chr(34), "&quot;")}"><i data-t=\'{TOKEN}\'>')
        form = {name: values[0] for name, values in parse_qs(request.body.decode()).items()}
        if form != {"user": "probe", "password": PASSWORD, "csrf": TOKEN, "n": "1"}:
            return answer(f"wrong: {form}", 403)
        return answer("", 302, {"Set-Cookie": f"session={SESSION}; Path=/; HttpOnly"}, Location="/start")

    def start(self, request: Request) -> bytes:
        if not has(request, f"session={SESSION}") or not has(request, "consent=1"):
            return answer("log in first", 401)
        return answer(json.dumps({"cart": {"id": 815, "key": TOKEN}}), 200, {"X-Next": "/checkout"})

    def cart(self, request: Request) -> bytes:
        sent = json.loads(request.body)
        asked = parse_qs(request.path.partition("?")[2])
        fine = sent == {"item": {"key": TOKEN, "count": 2}} and asked == {"id": ["815"], "key": [TOKEN]}
        return answer("in the cart" if fine else f"{sent} {asked}", 200 if fine else 400)

    def checkout(self, request: Request) -> bytes:
        if request.header("Authorization") != f"Bearer {TOKEN}".encode().decode("latin-1"):
            return answer("who?", 401)
        return answer("thanks", 201)


STEPS: list[dict[str, Any]] = [
    {"name": "Startseite", "expect": {"body_contains": "Willkommen"}},
    {"name": "Formular", "url": "/login", "capture": {"csrf": {"body": "data-t='([^']+)'"}}},
    {
        "name": "Anmelden",
        "url": "/login",
        "form": {"user": "probe", "password": PASSWORD, "csrf": "${csrf}", "n": 1},
        "expect": {"status": 200, "json": [{"path": "cart.id", "above": 1}]},
        "capture": {
            "cart": {"json": "cart.id"},
            "key": {"json": "cart.key"},
            "next": {"header": "X-Next"},
            "sid": {"cookie": "session", "matches": "^s-([0-9]+)-"},
        },
    },
    {
        "name": "Warenkorb",
        "url": "/cart?id=${cart}&key=${key}",
        "json": {"item": {"key": "${key}", "count": 2}},
        "expect": {"body_contains": "in the cart"},
    },
    {"name": "Kasse", "url": "${next}", "method": "PUT", "bearer": "${key}", "expect": {"status": 201}},
]


def fixed(steps: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """As YAML gives them: a single status is a list."""
    return json.loads(
        json.dumps(steps).replace('"status": 200', '"status": [200]').replace('"status": 201', '"status": [201]')
    )


async def test_from_log_in_to_check_out(journey: Journey) -> None:
    async with site(Shop().pages()) as shop:
        first = await journey(shop.url(), fixed(STEPS))
        again = await journey(shop.url(), fixed(STEPS))
    assert (first.verdict, first.message) == (Verdict.UP, "")
    assert again.verdict is Verdict.UP
    assert list(first.phases) == [step["name"] for step in STEPS]
    assert sum(first.phases.values()) == first.duration_us
    assert first.address == shop.listener.address
    assert not any(has(request, f"session={SESSION}") for request in shop.requests[6:8]), "cookies are fresh each time"
    assert shop.requests[4].method == "POST"
    assert shop.listener.connections == 12, "a connection for each request"


async def test_a_probe_is_explained_without_secrets(journey: Journey) -> None:
    async with site(Shop().pages()) as shop:
        outcome = await journey(shop.url(), fixed(STEPS))
    explained = outcome.details["step 3 'Anmelden'"]
    assert explained.startswith("POST /login: 302 then 200 (connect ")
    assert explained.endswith("; expected: status 200; json cart.id; carried on: cart, key, next, sid")
    assert outcome.details["step 4 'Warenkorb'"].startswith("POST /cart?id=${cart}&key=${key}: 200 (")
    for secret in (PASSWORD, TOKEN, SESSION):
        assert secret not in told(outcome)


async def test_the_step_that_fails_is_named_and_ends_the_journey(journey: Journey) -> None:
    pages = Shop().pages() | {"/cart": answer("broken", 500)}
    async with site(pages) as shop:
        outcome = await journey(shop.url(), fixed(STEPS))
    assert (outcome.verdict, outcome.reason) == (Verdict.DOWN, Reason.STATUS)
    assert outcome.message == "step 4 'Warenkorb': answered 500, expected 2xx"
    assert list(outcome.phases) == ["Startseite", "Formular", "Anmelden", "Warenkorb"]
    assert not any(request.path == "/checkout" for request in shop.requests)


FAILING: dict[str, tuple[dict[str, Any], Reason, str]] = {
    "body": ({"expect": {"body_contains": "Kasse"}}, Reason.BODY, "the body does not contain 'Kasse'"),
    "header": ({"expect": {"headers": {"X-A": "b"}}}, Reason.HEADER, "the answer has no header X-A"),
    "json": ({"expect": {"json": [{"path": "a", "equals": 2}]}}, Reason.JSON, "a is 1, expected 2"),
    "capture body": (
        {"capture": {"t": {"body": "x=(.)"}}},
        Reason.CAPTURE,
        "no t to carry on: the body does not match",
    ),
    "capture empty": ({"capture": {"t": {"body": "a(x*)"}}}, Reason.CAPTURE, "no t to carry on: the body is empty"),
    "capture json": ({"capture": {"t": {"json": "b.c"}}}, Reason.CAPTURE, "no t to carry on: b.c is not in the JSON"),
    "capture list": ({"capture": {"t": {"json": "l"}}}, Reason.CAPTURE, "l is no text, number or truth value"),
    "capture header": ({"capture": {"t": {"header": "X-A"}}}, Reason.CAPTURE, "header X-A is not in the answer"),
    "capture cookie": ({"capture": {"t": {"cookie": "c"}}}, Reason.CAPTURE, "cookie c is not set"),
    "capture long": (
        {"url": "/long", "capture": {"t": {"body": "x+"}}},
        Reason.CAPTURE,
        "is longer than 8192 characters",
    ),
    "redirect": ({"url": "/round"}, Reason.REDIRECT, "more than 10 redirects"),
    "no json": ({"url": "/long", "capture": {"t": {"json": "a"}}}, Reason.CAPTURE, "the body is not JSON"),
}


@pytest.mark.parametrize("what", FAILING)
async def test_every_expectation_may_fail(journey: Journey, what: str) -> None:
    step, reason, sentence = FAILING[what]
    pages = {
        "/": answer('{"a": 1, "l": []}'),
        "/long": answer("x" * 9000),
        "/round": answer("", 302, Location="/round"),
    }
    async with site(pages) as server:
        outcome = await journey(server.url(), [{"name": "Eins"}, {"name": "Zwei", **step}])
    assert (outcome.verdict, outcome.reason) == (Verdict.DOWN, reason), outcome
    assert outcome.message.startswith("step 2 'Zwei': ")
    assert sentence in outcome.message


async def test_slow_steps_and_a_slow_whole_are_degraded(journey: Journey) -> None:
    async with site(answer("a")) as server:
        slow = {"expect": {"degraded_over": "1ms"}}
        step = await journey(server.url(), [{"name": "Eins"}, {"name": "Zwei", **slow}, {"name": "Drei"}])
        whole = await journey(server.url(), [{"name": "Eins"}, {"name": "Zwei"}], expect={"degraded_over": "1ms"})
    assert (step.verdict, step.reason) == (Verdict.DEGRADED, Reason.SLOW)
    assert step.message.startswith("step 2 'Zwei': answered after ")
    assert list(step.phases) == ["Eins", "Zwei", "Drei"]
    assert (whole.verdict, whole.reason) == (Verdict.DEGRADED, Reason.SLOW)
    assert whole.message.startswith("answered after ")


# -- nothing of ours goes to other hosts


async def test_a_redirect_to_another_host_takes_nothing_along(journey: Journey) -> None:
    async with site({"/x": answer("there")}) as away, site({"/": answer("", 302, Location=away.url("/x"))}) as home:
        step = {"name": "Eins", "bearer": PASSWORD, "headers": {"X-Key": PASSWORD, "Cookie": f"k={PASSWORD}"}}
        outcome = await journey(home.url(), [step], headers={"X-All": PASSWORD})
        post = await journey(home.url(), [{"name": "Eins", "form": {"p": PASSWORD}}], headers={})
    assert outcome.verdict is Verdict.UP, outcome
    assert (home.requests[0].header("X-Key"), home.requests[0].header("X-All")) == (PASSWORD, PASSWORD)
    assert PASSWORD not in str(away.requests)
    assert post.verdict is Verdict.UP, "a POST that is answered with 302 goes on as GET"
    assert not any(request.body for request in away.requests)


@pytest.mark.parametrize("location", ["file:///etc/passwd", "gopher://127.0.0.1/", "//", "http://", "http://[::1"])
async def test_redirects_go_to_http_only(journey: Journey, location: str) -> None:
    async with site(answer("", 302, Location=location)) as server:
        outcome = await journey(server.url(), [{"name": "Eins"}])
    assert (outcome.verdict, outcome.reason) == (Verdict.DOWN, Reason.REDIRECT), outcome


async def test_a_captured_url_takes_nothing_to_a_host_nobody_named(journey: Journey) -> None:
    async with site({"/in": answer("there")}) as away, site({"/": answer(f'action="{away.url("/in")}"')}) as home:
        first = {"name": "Seite", "capture": {"action": {"body": 'action="([^"]+)"'}}}
        bare = {"name": "Weiter", "url": "${action}", "bearer": PASSWORD, "headers": {"X-Key": PASSWORD}}
        outcome = await journey(home.url(), [first, bare])
        form = {"name": "Anmelden", "url": "${action}", "form": {"p": PASSWORD}}
        refused = await journey(home.url(), [first, form])
        assert PASSWORD not in str(away.requests)
        trusted = await journey(home.url(), [first, form], trusted=[away.url("/")])
    assert outcome.verdict is Verdict.UP, outcome
    assert (refused.verdict, refused.reason) == (Verdict.DOWN, Reason.REDIRECT)
    assert "is not to get the body" in refused.message
    assert trusted.verdict is Verdict.UP, trusted
    assert away.last.body == f"p={PASSWORD}".encode()


async def test_a_captured_value_cannot_leave_its_place(journey: Journey) -> None:
    hostile = "../x?y=1&z=2#f\\r\\n@evil.example"
    async with site({"/": answer(json.dumps({"v": hostile})), "/p/": OKAY}) as server:
        steps = [
            {"name": "Eins", "capture": {"v": {"json": "v"}}},
            {"name": "Zwei", "url": "/p/?q=${v}", "body": "<${v}>"},
        ]
        outcome = await journey(server.url(), steps)
    assert outcome.verdict is Verdict.UP, outcome
    assert parse_qs(server.last.path.partition("?")[2]) == {"q": [hostile]}
    assert server.last.body == f"<{hostile}>".encode()


OKAY = answer("ok")


async def test_a_captured_line_break_goes_into_no_header(journey: Journey) -> None:
    async with site(answer(json.dumps({"v": "a\r\nX-Evil: 1"}))) as server:
        steps = [{"name": "Eins", "capture": {"v": {"json": "v"}}}, {"name": "Zwei", "headers": {"X-Key": "${v}"}}]
        outcome = await journey(server.url(), steps)
    assert (outcome.verdict, outcome.reason) == (Verdict.DOWN, Reason.CAPTURE)
    assert len(server.requests) == 1


# -- secrets


ECHO = [
    {"status": [500]},
    {"body_contains": "not there"},
    {"json": [{"path": "echo", "equals": "something else"}]},
    {"headers": {"X-Echo": "^nothing$"}},
]


@pytest.mark.parametrize("expect", ECHO)
async def test_an_echoing_server_is_not_repeated(journey: Journey, expect: dict[str, Any]) -> None:
    """Credentials, captured values and cookies come back as they were sent, in the body and in a header."""
    secret = "Zx" * 40 + "-geheim"

    def page(request: Request) -> bytes:
        if request.path == "/token":
            return answer(json.dumps({"t": secret}), 200, {"Set-Cookie": f"sid={secret[::-1]}; Path=/"})
        sent = " ".join(value for _, value in request.headers) + " " + request.body.decode() + " " + request.path
        return answer(json.dumps({"echo": sent}), 200, {"X-Echo": sent})

    async with site({"/token": page, "/": page}) as server:
        for step in (
            {"headers": {"X-T": "${t}", "X-P": PASSWORD}},
            {"form": {"t": "${t}", "p": PASSWORD}},
            {"json": {"t": "${t}", "p": [PASSWORD]}},
            {"url": "/?t=${t}", "basic_auth": {"username": "u", "password": PASSWORD}},
            {"bearer": "${t}"},
        ):
            steps = [
                {"name": "Eins", "url": "/token", "capture": {"t": {"json": "t"}}},
                {"name": "Zwei", "expect": expect, **step},
            ]
            outcome = await journey(server.url(), steps)
            assert outcome.verdict is Verdict.DOWN
            for hidden in (secret, secret[::-1], secret[:20], secret[::-1][:20], PASSWORD, "dTpodW50"):
                assert hidden not in told(outcome), (step, outcome)


# -- the way there


async def test_names_are_resolved_by_us_at_every_request(root: Credential, ca_file: str, tmp_path: Path) -> None:
    tls = root.leaf("shop.test").server(tmp_path)
    async with name_server({"shop.test": ["127.0.0.1"]}) as names, site(answer("ok"), tls=tls) as shop:
        context = ProbeContext(nameservers=[names.address])
        options = {"url": shop.url(host="shop.test"), "steps": [{"name": "Eins"}], "tls": {"ca_file": ca_file}}
        outcome = await run(KINDS["journey"](JourneyOptions.model_validate(options), context))
        gone = {**options, "url": "http://gone.test/"}
        missing = await run(KINDS["journey"](JourneyOptions.model_validate(gone), context))
        await context.close()
    assert outcome.verdict is Verdict.UP, outcome
    assert shop.last.header("Host") == f"shop.test:{shop.listener.port}"
    assert "resolve " in outcome.details["step 1 'Eins'"]
    assert "tls " in outcome.details["step 1 'Eins'"]
    assert outcome.certificate_expiry is not None
    assert (missing.reason, missing.message) == (Reason.DNS, "step 1 'Eins': there is no name gone.test")


async def test_certificates_are_judged(journey: Journey, root: Credential, ca_file: str, tmp_path: Path) -> None:
    async with site(answer("ok"), tls=root.leaf("other.test").server(tmp_path)) as server:
        steps = [{"name": "Eins"}]
        untrusted = await journey(server.url(), steps)
        misnamed = await journey(server.url(), steps, tls={"ca_file": ca_file})
        named = await journey(server.url(), steps, tls={"ca_file": ca_file, "server_name": "other.test"})
        skipped = await journey(server.url(), steps, tls={"skip_verification": True})
        ending = await journey(
            server.url(), steps, tls={"ca_file": ca_file, "server_name": "other.test"}, expect={"certificate_days": 365}
        )
    assert [one.reason for one in (untrusted, misnamed)] == [Reason.CERTIFICATE] * 2
    assert [one.verdict for one in (named, skipped)] == [Verdict.UP] * 2
    assert (ending.verdict, ending.reason) == (Verdict.DEGRADED, Reason.CERTIFICATE_EXPIRING)


async def test_our_certificate_is_for_the_host_of_the_journey_only(
    journey: Journey, root: Credential, ca_file: str, tmp_path: Path
) -> None:
    server = root.leaf().server(tmp_path, client_ca=Path(ca_file))
    server.maximum_version = ssl.TLSVersion.TLSv1_2  # from 1.3 on a handshake is refused when it is over
    own = {"ca_file": ca_file, "certificate": str(root.leaf("client").write(tmp_path / "client.pem"))}
    async with site(answer("ok"), tls=server) as away, site({"/": answer("ok"), "/away": OKAY}, tls=server) as home:
        there = await journey(home.url(), [{"name": "Eins"}], tls=own)
        elsewhere = await journey(home.url(), [{"name": "Eins"}, {"name": "Zwei", "url": away.url()}], tls=own)
    assert there.verdict is Verdict.UP, there
    assert (elsewhere.verdict, elsewhere.reason) == (Verdict.DOWN, Reason.TLS), elsewhere
    assert elsewhere.message.startswith("step 2 'Zwei': ")


async def test_a_certificate_that_is_wanted_after_the_handshake(
    journey: Journey, root: Credential, ca_file: str, tmp_path: Path
) -> None:
    """TLS 1.3: the client is done first, and is told afterwards."""
    server = root.leaf().server(tmp_path, client_ca=Path(ca_file))

    def refuse(listener: socket.socket) -> None:
        connection = listener.accept()[0]
        with connection.dup() as raw, server.wrap_socket(connection, True, do_handshake_on_connect=False) as secured:
            with pytest.raises(ssl.SSLError):
                secured.do_handshake()
            raw.recv(65_536)  # the request, so that closing does not reset what was said

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=refuse, args=(listener,), daemon=True)
        thread.start()
        port = listener.getsockname()[1]
        outcome = await journey(f"https://127.0.0.1:{port}/", [{"name": "Eins"}], tls={"ca_file": ca_file})
        thread.join(30)
    assert (outcome.verdict, outcome.reason) == (Verdict.DOWN, Reason.TLS), outcome


async def test_nothing_listens(journey: Journey) -> None:
    port = free_port()
    outcome = await journey(f"http://127.0.0.1:{port}/", [{"name": "Eins"}])
    assert (outcome.reason, outcome.message) == (
        Reason.REFUSED,
        f"step 1 'Eins': 127.0.0.1:{port} refused the connection",
    )


async def test_a_proxy_is_used_where_one_is_named_and_never_from_the_environment(
    journey: Journey, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9/")
    async with site(answer("direct")) as server, site({"http://shop.invalid/": answer("proxied")}) as proxy:
        direct = await journey(server.url(), [{"name": "Eins", "expect": {"body_contains": "direct"}}])
        url = f"http://user:{PASSWORD}@127.0.0.1:{proxy.listener.port}"
        step = {"name": "Eins", "expect": {"body_contains": "proxied"}}
        proxied = await journey("http://shop.invalid/", [step], proxy=url)
        refused = await journey("https://shop.invalid/", [step], proxy=url)
    assert direct.verdict is Verdict.UP, direct
    assert proxied.verdict is Verdict.UP, proxied
    assert proxy.requests[0].header("Proxy-Authorization") is not None
    assert (refused.verdict, refused.reason) == (Verdict.DOWN, Reason.PROXY), refused
    assert PASSWORD not in told(refused) + told(proxied)


def check(**options: Any) -> CheckModel:
    found = load_value({"slamon": 1, "services": {"s": {"checks": {"c": {"journey": options}}}}})
    return found.checks["s/c"]


async def test_both_families_make_the_journey(context: ProbeContext) -> None:
    async with site(answer("ok")) as four:
        probe = made_ready(check(url=four.url(host="localhost"), steps=[{"name": "Eins"}], ip_family="both"), context)
        outcome = await run(probe)
    assert (outcome.verdict, outcome.reason) == (Verdict.DOWN, Reason.REFUSED), outcome
    assert outcome.message.startswith("over IPv6: step 1 'Eins': ")


def described(server: Site) -> list[str]:
    return [request.path for request in server.requests]


async def test_relative_urls_are_those_of_the_journey(journey: Journey) -> None:
    pages = {path: answer("ok") for path in ("/app/", "/app/a", "/b")}
    async with site(pages) as server:
        steps = [{"name": "1", "url": "a"}, {"name": "2", "url": "/b"}, {"name": "3", "url": "?q=1"}]
        outcome = await journey(server.url("/app/"), steps)
    assert outcome.verdict is Verdict.UP, outcome
    assert described(server) == ["/app/a", "/b", "/app/?q=1"]
