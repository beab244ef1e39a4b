"""Redirects: as many as allowed, to http and https only, and nothing of ours goes to another host."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

import pytest
from slamon.accounting.facts import Verdict
from slamon.probes import ProbeContext, Reason

from .conftest import Probing, http_probe, run
from .servers import Request, Site, answer, site


def to(location: str, status: int = 302, **headers: str) -> bytes:
    return answer("", status, {"Location": location, **headers})


@asynccontextmanager
async def two_hosts(path: str = "/", status: int = 302) -> AsyncIterator[tuple[Site, Site]]:
    """The first redirects to the second, which has another port and so is another host."""
    async with AsyncExitStack() as stack:
        second = await stack.enter_async_context(site({path: answer("there")}))
        first = await stack.enter_async_context(site(to(second.url(path), status, **{"Set-Cookie": "mine=1"})))
        yield first, second


async def test_redirects_are_followed_and_counted(http: Probing) -> None:
    async with site({"/": to("/two"), "/two": to("three?x=1", 307), "/three": answer("there")}) as shop:
        outcome = await http(shop.url(), expect={"body_contains": "there"})
    assert outcome.verdict is Verdict.UP
    assert outcome.details["redirects"] == "2"
    assert [request.path for request in shop.requests] == ["/", "/two", "/three?x=1"]
    assert outcome.phases["connect"] > 0
    assert sum(outcome.phases.values()) == outcome.duration_us


async def test_more_redirects_than_allowed(http: Probing) -> None:
    async with site({"/": to("/")}) as shop:
        outcome = await http(shop.url(), follow_redirects=3)
    assert outcome.reason is Reason.REDIRECT
    assert outcome.message == "more than 3 redirects"
    assert len(shop.requests) == 4


async def test_a_redirect_that_is_not_followed_is_judged_itself(http: Probing) -> None:
    async with site(to("/two")) as shop:
        outcome = await http(shop.url(), follow_redirects=False)
        assert (outcome.reason, len(shop.requests)) == (Reason.STATUS, 1)
        expect = {"status": [302], "headers": {"Location": "^/two$"}}
        assert (await http(shop.url(), follow_redirects=False, expect=expect)).verdict is Verdict.UP
        assert (await http(shop.url(), expect=expect)).verdict is Verdict.UP
    assert len(shop.requests) == 3


@pytest.mark.parametrize(
    "location",
    [
        "file:///etc/passwd",
        "ftp://127.0.0.1/x",
        "gopher://127.0.0.1:6379/_x",
        "javascript:alert(1)",
        "FILE:/etc/passwd",
    ],
)
async def test_only_http_and_https_are_followed(http: Probing, location: str) -> None:
    async with site(to(location)) as shop:
        outcome = await http(shop.url())
    assert (outcome.verdict, outcome.reason) == (Verdict.DOWN, Reason.REDIRECT)
    assert "neither http nor https" in outcome.message


@pytest.mark.parametrize("location", ["http://", "http://[::1", "http://a b/", "http://host:99999/", "/" + "x" * 9000])
async def test_a_location_that_is_no_url(http: Probing, location: str) -> None:
    async with site(to(location)) as shop:
        outcome = await http(shop.url())
    assert outcome.reason is Reason.REDIRECT
    assert outcome.message == "redirected to something that is no URL"


async def test_a_redirect_without_a_location_is_the_answer(http: Probing) -> None:
    async with site(answer("", 302)) as shop:
        outcome = await http(shop.url())
    assert outcome.reason is Reason.STATUS


@pytest.mark.parametrize("options", [{"basic_auth": {"username": "u", "password": "p"}}, {"bearer": "token"}])
async def test_credentials_stay_with_the_first_host(http: Probing, options: dict[str, object]) -> None:
    async with two_hosts() as (first, second):
        outcome = await http(
            first.url(), headers={"Cookie": "own=1", "X-Api-Key": "key", "Accept": "text/html"}, **options
        )
    assert outcome.verdict is Verdict.UP
    assert first.last.header("Authorization") is not None
    assert first.last.header("Cookie") == "own=1"
    assert second.last.header("Authorization") is None
    assert second.last.header("X-Api-Key") is None
    assert second.last.header("Accept") == "text/html"
    assert second.last.header("Host") == f"127.0.0.1:{second.listener.port}"
    assert "own=1" not in (second.last.header("Cookie") or "")


async def test_credentials_go_along_on_the_same_host(http: Probing) -> None:
    async with site({"/": to("/two"), "/two": answer()}) as shop:
        await http(shop.url(), bearer="token", headers={"X-Api-Key": "key", "Cookie": "own=1"})
    assert shop.last.path == "/two"
    assert shop.last.header("Authorization") == "Bearer token"
    assert shop.last.header("X-Api-Key") == "key"
    assert shop.last.header("Cookie") == "own=1"


async def test_credentials_do_not_come_back_after_another_host(http: Probing) -> None:
    async with site({"/end": answer("end")}) as first, site(to(first.url("/end"))) as second:
        first.answers = {"/": to(second.url()), "/end": answer("end")}
        outcome = await http(first.url(), bearer="token")
    assert outcome.verdict is Verdict.UP
    assert first.last.path == "/end"
    assert first.last.header("Authorization") is None


async def test_a_body_does_not_go_to_another_host(http: Probing) -> None:
    async with two_hosts(status=307) as (first, second):
        outcome = await http(first.url(), method="POST", body="geheim")
    assert outcome.reason is Reason.REDIRECT
    assert second.requests == []


@pytest.mark.parametrize(
    ("status", "method", "becomes"),
    [(301, "POST", "GET"), (302, "POST", "GET"), (303, "PUT", "GET"), (307, "POST", "POST"), (308, "PUT", "PUT")],
)
async def test_methods_change_as_browsers_change_them(http: Probing, status: int, method: str, becomes: str) -> None:
    async with site({"/": to("/two", status), "/two": answer()}) as shop:
        await http(shop.url(), method=method, body="x", headers={"Content-Type": "text/plain"})
    assert shop.last.method == becomes
    assert shop.last.body == (b"x" if becomes == method else b"")
    assert shop.last.header("Content-Type") == ("text/plain" if becomes == method else None)


async def test_cookies_are_kept_along_the_way_and_forgotten_after_it(context: ProbeContext) -> None:
    def login(request: Request) -> bytes:
        return to("/in", **{"Set-Cookie": "session=abc; Path=/"})

    async with site({"/": login, "/in": answer("in")}) as shop:
        probe = http_probe(context, shop.url(), headers={"Cookie": "own=1"})
        for _ in range(2):
            await run(probe)
    first, second, third, fourth = shop.requests
    assert first.header("Cookie") == third.header("Cookie") == "own=1"
    for request in (second, fourth):
        assert set(request.header("Cookie").split("; ")) == {"own=1", "session=abc"}


async def test_the_time_for_all_hops_is_one(http: Probing) -> None:
    async with site({"/": to("/")}) as shop:
        outcome = await http(shop.url(), within=0.15, follow_redirects=50)
        while outcome.reason is not Reason.TIMEOUT and shop.requests:
            outcome = await http(shop.url(), within=0.002, follow_redirects=50)
    assert outcome.reason is Reason.TIMEOUT
