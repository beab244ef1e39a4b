"""Listening and ending: addresses, the control socket, and clients that do not let go."""

import asyncio
import contextlib
import os
import signal
import socket
import stat
from pathlib import Path

import pytest
from slamon.errors import SlamonError, UsageError
from slamon.web.serving import Serving

from tests.integration.web.backend import FakeBackend
from tests.integration.web.client import ask, connect, served


def has_ipv6() -> bool:
    with socket.socket(socket.AF_INET6) as sock, contextlib.suppress(OSError):
        sock.bind(("::1", 0))
        return True
    return False


async def test_several_listeners_and_the_control_socket_serve_at_once(backend: FakeBackend, folder: Path) -> None:
    listen = ["127.0.0.1:0", "localhost:0", ":0", *(["[::1]:0"] if has_ipv6() else [])]
    async with served(backend, folder / "control.sock", listen=listen) as urls:
        assert len(urls) == len(listen)
        assert urls[0].startswith("http://127.0.0.1:")
        for url in urls:
            assert (await ask(url.replace("[::]", "127.0.0.1"), "/-/healthy")).status == 200
        assert (await ask(folder / "control.sock", "/-/healthy")).status == 200
    with pytest.raises(ConnectionRefusedError):
        await connect(urls[0])


async def test_only_our_user_may_connect_to_the_control_socket_and_it_goes_with_the_server(
    backend: FakeBackend, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    modes: list[int] = []
    listen = socket.socket.listen

    def noting(sock: socket.socket, *backlog: int) -> None:
        if sock.family == socket.AF_UNIX:
            modes.append(stat.S_IMODE(Path(sock.getsockname()).stat().st_mode))
        listen(sock, *backlog)

    monkeypatch.setattr(socket.socket, "listen", noting)
    before = os.umask(0)
    try:
        async with served(backend, folder / "control.sock"):
            assert stat.S_IMODE((folder / "control.sock").stat().st_mode) == 0o600
    finally:
        os.umask(before)
    assert modes
    assert set(modes) == {0o600}
    assert not (folder / "control.sock").exists()


async def test_what_a_dead_process_left_is_replaced_and_a_living_one_is_not(backend: FakeBackend, folder: Path) -> None:
    control = folder / "control.sock"
    with socket.socket(socket.AF_UNIX) as left:
        left.bind(str(control))
        left.listen()
    async with served(backend, control, listen=()):
        second = Serving(backend, (), control, None)
        with pytest.raises(SlamonError, match="another process serves on"):
            await second.start()
        await second.stop()
        assert (await ask(control, "/-/healthy")).status == 200


async def test_a_file_in_the_way_of_the_control_socket_is_left_alone(backend: FakeBackend, folder: Path) -> None:
    control = folder / "control.sock"
    control.write_text("precious")
    serving = Serving(backend, (), control, None)
    with pytest.raises(SlamonError, match="is none: move it away"):
        await serving.start()
    await serving.stop()
    assert control.read_text() == "precious"


async def test_a_socket_put_in_place_of_ours_is_not_removed(backend: FakeBackend, folder: Path) -> None:
    control = folder / "control.sock"
    async with served(backend, control, listen=()):
        control.rename(folder / "moved")
        control.write_text("another's")
    assert control.read_text() == "another's"


@pytest.mark.parametrize(
    ("name", "words"), [("x" * 120, "use a data folder with a shorter path"), ("no/folder.sock", "cannot make")]
)
async def test_a_control_socket_that_cannot_be_made_says_why(
    backend: FakeBackend, folder: Path, name: str, words: str
) -> None:
    with pytest.raises(SlamonError, match=words):
        await Serving(backend, ("127.0.0.1:0",), folder / name, None).start()


async def test_an_address_in_use_is_told_with_a_remedy_and_nothing_listens_then(
    backend: FakeBackend, folder: Path
) -> None:
    async with served(backend) as (url,):
        taken = url.removeprefix("http://").rstrip("/")
        serving = Serving(backend, ["127.0.0.1:0", taken], folder / "control.sock", None)
        with pytest.raises(SlamonError, match=f"cannot listen on {taken}: the address is in use.*--listen"):
            await serving.start()
        await serving.stop()
    assert not (folder / "control.sock").exists()


@pytest.mark.parametrize("address", ["10650", "localhost", "127.0.0.1:", "127.0.0.1:99999", "::1:80", "a:b", "h:１"])
async def test_an_address_of_the_wrong_form_is_told(backend: FakeBackend, address: str) -> None:
    with pytest.raises(UsageError, match=r"expected host:port, as 127\.0\.0\.1:10650"):
        await Serving(backend, [address], None, None).start()


async def test_an_address_of_another_machine_is_told(backend: FakeBackend) -> None:
    with pytest.raises(SlamonError, match="this machine does not have that address"):
        await Serving(backend, ["192.0.2.1:0"], None, None).start()


async def test_stop_is_safe_before_after_and_twice(backend: FakeBackend, folder: Path) -> None:
    serving = Serving(backend, ["127.0.0.1:0"], folder / "control.sock", None)
    await serving.stop()
    first = await serving.start()
    await serving.stop()
    await serving.stop()
    second = await serving.start()
    assert (await ask(second[0], "/-/healthy")).status == 200
    await serving.stop()
    assert first


async def test_stop_cuts_idle_slow_and_waiting_clients(backend: FakeBackend) -> None:
    backend.pieces = [b"x" * 1_000_000] * 30
    async with served(backend) as (url,):
        idle = await connect(url)
        idle[1].write(b"GET /-/healthy HTTP/1.1\r\nHost: x\r\n\r\n")
        await idle[0].readuntil(b"healthy\n")
        silent = await connect(url)
        half = await connect(url)
        half[1].write(b"GET / HTTP/1.1\r\nHo")
        slow = await connect(url)
        slow[1].transport.pause_reading()
        slow[1].write(b"GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n")
        await backend.asked.wait()
        backend.held, backend.asked = asyncio.Event(), asyncio.Event()
        waiting = await connect(url)
        waiting[1].write(b"GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n")
        await backend.asked.wait()
    slow[1].transport.resume_reading()
    for reader, writer in (idle, silent, half, slow, waiting):
        with contextlib.suppress(ConnectionResetError):
            await reader.read()
        writer.close()
    assert not [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]


async def test_what_is_under_way_at_the_stop_gets_its_answer(backend: FakeBackend) -> None:
    backend.held = asyncio.Event()
    serving = Serving(backend, ["127.0.0.1:0"], None, None)
    (url,) = await serving.start()
    asking = asyncio.create_task(ask(url, "/metrics"))
    await backend.asked.wait()
    stopping = asyncio.create_task(serving.stop())
    await asyncio.sleep(0)
    backend.held.set()
    assert (await asking).status == 200
    await stopping


async def test_the_programs_signal_handlers_stay(backend: FakeBackend) -> None:
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    async with served(backend):
        assert {number: signal.getsignal(number) for number in before} == before
    assert {number: signal.getsignal(number) for number in before} == before
