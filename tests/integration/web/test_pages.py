"""Every page and interface, over TCP and over the control socket, by the real server."""

import asyncio
import contextlib
import re
from pathlib import Path

import pytest
from slamon.errors import ConfigurationError

from tests.integration.web.backend import FakeBackend
from tests.integration.web.client import ask, connect, served

TEXT = "text/plain; version=0.0.4; charset=utf-8"
OPENMETRICS = "application/openmetrics-text; version=1.0.0; charset=utf-8"
PAGES = ["/", "/outages", "/metrics", "/-/healthy", "/-/ready", "/api/status", "/api/figures", "/static/slamon.css"]


@pytest.mark.parametrize("path", PAGES)
async def test_every_page_answers_get_and_head_alike_with_safe_headers(backend: FakeBackend, path: str) -> None:
    async with served(backend) as (url,):
        got, head = await ask(url, path), await ask(url, path, "HEAD")
    assert got.status == head.status == 200
    assert got.body
    assert not head.body
    for answer in (got, head):
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["x-frame-options"] == "DENY"
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert "server" not in answer.headers
        assert not any(name.startswith("access-control") for name in answer.headers)
    assert got.headers["content-type"] == head.headers["content-type"]


async def test_the_landing_page_shows_what_is_watched_and_where_to_look(backend: FakeBackend) -> None:
    async with served(backend) as (url,):
        page = (await ask(url, "/")).text
        links = re.findall(r'(?:href|src)="([^"]+)"', page)
        for link in links:
            if "://" not in link:
                assert (await ask(url, "/" + link.removeprefix("./"))).status == 200, link
    assert "slamon 0.1.0" in page
    assert "/etc/slamon/slamon.yml" in page
    assert "<dd>7</dd>" in page
    assert {"metrics", "-/healthy", "-/ready", "api/status", "api/figures"} <= set(links)
    assert "Ready" in page


def outage(start: int, end: int, *, running: bool = False, **notice: object) -> dict[str, object]:
    told = {"alert": "SlamonServiceDown", "severity": "page", "agreement": None, "what": "firing", "at_ms": start}
    told |= {"alert_start_ms": start, "receiver": "pages", "author": None, "words": None} | notice
    beside = {"notified": [told]} if notice else {}
    return {"start_ms": start, "end_ms": end, "counted_ms": end - start, "open": running} | beside


async def test_outages_are_shown_newest_first_with_who_was_told(backend: FakeBackend) -> None:
    first, second = 1_767_225_600_000, 1_767_312_000_000
    silenced = {"what": "silenced", "receiver": None, "author": "anna", "words": "<b>I am at it</b>"}
    backend.outages = [
        outage(first, first + 7_325_999, receiver="pager", what="resolved"),
        outage(second, second + 60_000, running=True, **silenced),
    ]
    async with served(backend) as (url,):
        page = " ".join((await ask(url, "/outages")).text.split())
        narrowed = (await ask(url, "/outages?period=2026-01&service=shop")).text
        wrong = await ask(url, "/outages?period=2026-13")
        unknown = await ask(url, "/outages?at=1")
    assert backend.questions[:2] == [{}, {"period": "2026-01", "service": "shop"}]
    assert page.index("2026-01-02 00:00:00") < page.index("2026-01-01 00:00:00")
    assert "now: it is not over" in page
    assert "counts 2 h 2 min 5 s for gold" in page
    assert "SlamonServiceDown (page), told pager that it is over" in page
    assert "SlamonServiceDown (page), silenced by anna: &lt;b&gt;I am at it&lt;/b&gt;" in page
    assert "Of the period 2026-01, newest first" in narrowed
    assert (wrong.status, unknown.status) == (400, 400)


async def test_without_outages_the_page_says_so(backend: FakeBackend) -> None:
    async with served(backend) as (url,):
        page = (await ask(url, "/outages")).text
    assert "None." in page


async def test_words_of_others_reach_the_page_escaped_and_the_page_has_no_inline_code(backend: FakeBackend) -> None:
    backend.words |= {"config": "<script>alert(1)</script>", "warnings": ['"><img src=x onerror=alert(2)>']}
    backend.missing = "<b>nothing</b> yet"
    async with served(backend) as (url,):
        page = (await ask(url, "/")).text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "<script" not in page
    assert "<img src=x" not in page
    assert "<b>nothing" not in page
    assert "style=" not in page
    assert " on" not in re.sub(r">[^<]*<", "><", page)


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        (None, TEXT),
        ("*/*", TEXT),
        ("application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5,*/*;q=0.1", OPENMETRICS),
        ("text/html,application/xhtml+xml;q=0.9,*/*;q=0.8", TEXT),
        ("image/png", TEXT),
    ],
)
async def test_metrics_come_in_the_form_asked_for(backend: FakeBackend, accept: str | None, expected: str) -> None:
    async with served(backend) as (url,):
        answer = await ask(url, "/metrics", headers=[("Accept", accept)] if accept else [])
    assert answer.headers["content-type"] == expected
    assert answer.text.endswith("# EOF\n") == (expected == OPENMETRICS)
    assert answer.headers["vary"] == "Accept, Accept-Encoding"


async def test_metrics_are_compressed_for_who_takes_it_and_the_same_then(backend: FakeBackend) -> None:
    backend.pieces = [b"x" * 10] * 1000 + [b"y" * 3_000_000] + [b"z\n"]
    async with served(backend) as (url,):
        plain = await ask(url, "/metrics")
        packed = await ask(url, "/metrics", headers=[("Accept-Encoding", "deflate, gzip;q=0.9")])
        refused = await ask(url, "/metrics", headers=[("Accept-Encoding", "gzip;q=0, identity")])
        head = await ask(url, "/metrics", "HEAD", headers=[("Accept-Encoding", "gzip")])
    assert "content-encoding" not in plain.headers
    assert "content-encoding" not in refused.headers
    assert packed.headers["content-encoding"] == "gzip"
    assert head.headers["content-encoding"] == "gzip"
    assert len(packed.body) < len(plain.body) / 100
    assert packed.text == plain.text == refused.text
    assert plain.body.startswith(b"# groups \nxxx")


async def test_collect_names_groups_and_an_unknown_one_is_told(backend: FakeBackend) -> None:
    async with served(backend) as (url,):
        some = await ask(url, "/metrics?collect[]=own&collect%5B%5D=check&collect[]=own")
        none = await ask(url, "/metrics?collect[]=nope")
        head = await ask(url, "/metrics?collect[]=nope", "HEAD")
        null = await ask(url, "/metrics?collect[]=ow%00n")
    assert some.text.startswith("# groups check,own\n")
    assert none.status == head.status == null.status == 400
    assert "no group 'nope'" in none.text
    assert "control character" in null.text


async def test_an_exposition_that_breaks_off_is_never_taken_for_a_whole_one(backend: FakeBackend) -> None:
    class Breaking(FakeBackend):
        async def metrics(self, groups, *, openmetrics):  # type: ignore[no-untyped-def]
            yield b"a 1\n" * 100_000
            raise RuntimeError("broken figures")

    async with served(Breaking()) as (url,):
        reader, writer = await connect(url)
        writer.write(b"GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n")
        whole = await reader.read()
        writer.close()
    assert whole.startswith(b"HTTP/1.1 200")
    assert not whole.endswith(b"0\r\n\r\n")


async def test_ready_says_what_is_missing(backend: FakeBackend) -> None:
    backend.missing = "the first account is not computed yet"
    async with served(backend) as (url,):
        waiting, healthy = await ask(url, "/-/ready"), await ask(url, "/-/healthy")
        backend.missing = None
        ready = await ask(url, "/-/ready")
    assert (waiting.status, healthy.status, ready.status) == (503, 200, 200)
    assert "the first account is not computed yet" in waiting.text


async def test_reload_needs_post_and_tells_every_problem(backend: FakeBackend) -> None:
    async with served(backend) as (url,):
        got = await ask(url, "/-/reload")
        assert (got.status, got.headers["allow"], backend.reloads) == (405, "POST", 0)
        assert (await ask(url, "/-/reload", "POST")).status == 200
        assert backend.reloads == 1
        backend.problem = ConfigurationError("slamon.yml:3:5: checks: found nothing\nslamon.yml:9:1: <b>")
        wrong = await ask(url, "/-/reload", "POST")
    assert wrong.status == 500
    assert "slamon.yml:3:5: checks: found nothing\nslamon.yml:9:1: <b>" in wrong.text
    assert wrong.headers["content-type"].startswith("text/plain")


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ([], 200),
        ([("Sec-Fetch-Site", "same-origin")], 200),
        ([("Sec-Fetch-Site", "none")], 200),
        ([("Sec-Fetch-Site", "cross-site")], 403),
        ([("Sec-Fetch-Site", "same-site")], 403),
        ([("Origin", "https://evil.example.org")], 403),
        ([("Origin", "null")], 403),
        ([("Origin", "http://[broken")], 403),
        ([("Host", "localhost:1"), ("Origin", "http://localhost:1")], 200),
        ([("Host", "rebound.example.org"), ("Origin", "http://rebound.example.org")], 403),
        ([("Host", "[::1]:10650")], 200),
        ([("X-Forwarded-For", "198.51.100.7")], 403),
        ([("Forwarded", "for=198.51.100.7")], 403),
    ],
)
async def test_reload_is_for_this_machine_and_not_for_other_sites_pages(
    backend: FakeBackend, headers: list[tuple[str, str]], status: int
) -> None:
    async with served(backend) as (url,):
        answer = await ask(url, "/-/reload", "POST", headers)
    assert answer.status == status
    assert backend.reloads == (status == 200)


async def test_status_and_figures_are_json_and_questions_are_checked(backend: FakeBackend) -> None:
    async with served(backend) as (url,):
        status = await ask(url, "/api/status", headers=[("Accept-Encoding", "gzip")])
        assert status.json == await backend.status()
        assert (await ask(url, "/api/figures?agreement=gold&period=2026-01")).json == {
            "figures": [{"agreement": "gold", "service": "shop", "outages": []}]
        }
        assert backend.questions == [{"agreement": "gold", "period": "2026-01"}]
        for query, part in {
            "period=2026-13": "2026-13",
            "agrement=gold": "unknown word 'agrement'",
            "agreement=a&agreement=b": "twice",
            "agreement=go%00ld": "control character",
            "at=%0a": "control character",
        }.items():
            answer = await ask(url, f"/api/figures?{query}")
            assert answer.status == 400, query
            assert part in answer.json["error"]
    assert len(backend.questions) == 2


async def test_backup_is_on_the_control_socket_only(backend: FakeBackend, folder: Path) -> None:
    control = folder / "control.sock"
    async with served(backend, control) as (url,):
        over_tcp = await ask(url, "/api/backup?file=/var/x.db", "POST")
        got = await ask(control, "/api/backup?file=/var/x.db")
        nameless = await ask(control, "/api/backup", "POST")
        done = await ask(control, "/api/backup?file=/var/x%20y.db", "POST")
    assert (over_tcp.status, over_tcp.json) == (404, {"error": "there is no such page"})
    assert got.status == 405
    assert nameless.status == 400
    assert "file is missing" in nameless.json["error"]
    assert (done.status, done.json) == (200, {"file": "/var/x y.db"})
    assert backend.backups == [Path("/var/x y.db")]


async def test_reload_over_the_control_socket_asks_for_no_more_than_the_files_mode(
    backend: FakeBackend, folder: Path
) -> None:
    control = folder / "control.sock"
    async with served(backend, control, listen=()) as urls:
        assert urls == []
        assert (await ask(control, "/-/reload", "POST", [("Host", "anything")])).status == 200
    assert backend.reloads == 1


@pytest.mark.parametrize("path", ["/nope", "/a/b/<script>", "/static/../app.py", "/static/%00", "/static/", "/api"])
async def test_what_is_not_there_is_a_404_for_people_and_programs(backend: FakeBackend, path: str) -> None:
    async with served(backend) as (url,):
        plain = await ask(url, path)
        page = await ask(url, path, headers=[("Accept", "text/html")])
        posted = await ask(url, "/", "POST", headers=[("Accept", "text/html")])
    assert plain.status == page.status == 404
    assert plain.text == "there is no such page\n"
    assert "<h1>404</h1>" in page.text
    assert "<script" not in page.text
    assert (posted.status, posted.headers["allow"]) == (405, "GET, HEAD")
    assert "POST is not possible here" in posted.text


async def test_a_bug_is_a_500_without_its_inner_words(backend: FakeBackend) -> None:
    backend.problem = RuntimeError("inner words")
    async with served(backend) as (url,):
        answer = await ask(url, "/-/reload", "POST")
        assert (await ask(url, "/-/healthy")).status == 200
    assert answer.status == 500
    assert "inner words" not in answer.text
    assert answer.headers["x-content-type-options"] == "nosniff"


async def test_big_headers_are_read_up_to_a_limit_and_refused_beyond(backend: FakeBackend) -> None:
    async with served(backend) as (url,):
        big = await ask(url, "/metrics", headers=[("Accept", "a/b;q=0.1," * 5000)])
        parts = await ask(url, "/metrics", headers=[("Accept", ";=,=;q=x,,;;") for _ in range(50)])
        reader, writer = await connect(url)
        writer.write(b"GET / HTTP/1.1\r\nHost: x\r\nAccept: " + b"a" * 300_000)
        with contextlib.suppress(ConnectionResetError):
            refused = b""
            refused = await reader.read()
        writer.close()
        assert (await ask(url, "/-/healthy")).status == 200
    assert (big.status, parts.status) == (200, 200)
    assert refused == b"" or refused.startswith(b"HTTP/1.1 400")


async def test_a_large_answer_leaves_the_loop_its_turns(backend: FakeBackend) -> None:
    backend.pieces = [b'name{label="value"} 1\n' * 1000] * 200
    turns = 0

    async def count() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    async with served(backend) as (url,):
        counting = asyncio.create_task(count())
        answer = await ask(url, "/metrics", headers=[("Accept-Encoding", "gzip")])
        counting.cancel()
    assert len(answer.text) > 4_000_000
    assert turns > len(answer.text) / 65536
