"""Both event loops slamon runs on: phases are measured alike, deadlines hold, and a program ends at once."""

import asyncio
import signal
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from slamon.accounting.facts import Verdict
from slamon.catalogue.kinds.grpc import GrpcOptions
from slamon.catalogue.kinds.journey import JourneyOptions
from slamon.catalogue.kinds.ssh import SshOptions
from slamon.catalogue.kinds.websocket import WebsocketOptions
from slamon.probes import KINDS, Probe, ProbeContext, Reason

from .authority import Credential
from .conftest import http_probe, run, tcp_probe, tls_probe
from .grpc_server import health_server
from .servers import listening, silent, site
from .test_ssh import sshd
from .websocket_server import echo, talking

NewLoop = Callable[[], asyncio.AbstractEventLoop]


def loops() -> dict[str, NewLoop]:
    """Those there are."""
    found: dict[str, NewLoop] = {"asyncio": asyncio.new_event_loop}
    try:
        import uvloop
    except ImportError:
        return found
    return found | {"uvloop": uvloop.new_event_loop}


@pytest.mark.parametrize("name", loops())
def test_probes_on_each_loop(name: str, tmp_path: Path) -> None:
    root = Credential.root()
    ca = tmp_path / "ca.pem"
    ca.write_bytes(root.pem)

    async def main() -> None:
        context, tls = ProbeContext(), {"ca_file": str(ca)}
        async with site(tls=root.leaf().server(tmp_path)) as shop, listening(silent) as mute:
            for probe in (
                http_probe(context, shop.url(), tls=tls),
                http_probe(context, shop.url(host="localhost"), tls=tls),
                tcp_probe(context, shop.listener.address, tls=tls),
                tcp_probe(context, f"localhost:{shop.listener.port}", tls=tls),
                tls_probe(context, shop.listener.address, **tls),
                tls_probe(context, shop.listener.address, **tls, expect={"staple": "if_sent"}),
            ):
                outcome = await run(probe)
                assert outcome.verdict is Verdict.UP, outcome
                assert outcome.phases["tls"] % 1000 or outcome.phases["connect"] % 1000, "finer than milliseconds"
            for probe in (
                http_probe(context, f"http://{mute.address}/"),
                http_probe(context, f"https://{mute.address}/", tls=tls),
                tcp_probe(context, mute.address, tls=tls),
                tls_probe(context, mute.address, **tls),
                tcp_probe(context, mute.address, dialogue=[{"expect": "x"}]),
            ):
                outcome = await run(probe, within=0.1)
                assert (outcome.verdict, outcome.reason) == (Verdict.DOWN, Reason.TIMEOUT), outcome
        await context.close()

    with asyncio.Runner(loop_factory=loops()[name]) as runner:
        runner.run(main())


@pytest.mark.parametrize("name", loops())
def test_grpc_websocket_and_ssh_on_each_loop(name: str) -> None:
    """Icmp and dns have a test of their own: test_icmp.py, test_dns_loops.py."""

    def ready(context: ProbeContext, grpc: str, websocket: str, ssh: str) -> list[Probe]:
        said = [{"send": "hallo"}, {"expect": "hallo"}]
        return [
            KINDS["grpc"](GrpcOptions.model_validate({"address": grpc}), context),
            KINDS["websocket"](
                WebsocketOptions.model_validate({"url": f"ws://{websocket}/", "dialogue": said}), context
            ),
            KINDS["ssh"](SshOptions.model_validate({"address": ssh}), context),
        ]

    async def main(grpc: str, ssh: str) -> None:
        context = ProbeContext()
        async with listening(talking(echo)) as websocket, listening(silent) as mute:
            for probe in ready(context, grpc, websocket.address, ssh):
                outcome = await run(probe)
                assert outcome.verdict is Verdict.UP, outcome
            for probe in ready(context, mute.address, mute.address, mute.address):
                outcome = await run(probe, within=0.2)
                assert (outcome.verdict, outcome.reason) == (Verdict.DOWN, Reason.TIMEOUT), outcome
        await context.close()

    with (
        health_server({b"": b"\x08\x01"}) as health,
        sshd(types=("ed25519",)) as secure,
        asyncio.Runner(loop_factory=loops()[name]) as runner,
    ):
        runner.run(main(health.address, secure.address))


@pytest.mark.parametrize("name", loops())
def test_journeys_on_each_loop(name: str, tmp_path: Path) -> None:
    """Their threads are woken at the deadline, and when a program ends under way nothing waits for them."""
    root = Credential.root()
    ca = tmp_path / "ca.pem"
    ca.write_bytes(root.pem)

    def journey(context: ProbeContext, url: str) -> Probe:
        options = {"url": url, "steps": [{"name": "Eins"}], "tls": {"ca_file": str(ca)}}
        return KINDS["journey"](JourneyOptions.model_validate(options), context)

    async def main() -> None:
        context = ProbeContext()
        async with site(tls=root.leaf().server(tmp_path)) as shop, listening(silent) as mute:
            outcome = await run(journey(context, shop.url(host="localhost")))
            assert outcome.verdict is Verdict.UP, outcome
            for url in (f"http://{mute.address}/", f"https://{mute.address}/"):
                outcome = await run(journey(context, url), within=0.2)
                assert (outcome.verdict, outcome.reason) == (Verdict.DOWN, Reason.TIMEOUT), outcome
            left = asyncio.ensure_future(run(journey(context, f"http://{mute.address}/"), within=600))
            while mute.connections < 3:
                await asyncio.sleep(0)
            assert not left.done()
        await context.close()

    with asyncio.Runner(loop_factory=loops()[name]) as runner:
        runner.run(main())
    for thread in threading.enumerate():
        if thread.name == "journeys":
            thread.join(30)
            assert not thread.is_alive()


HANGING = """
import asyncio, sys
from slamon.catalogue.probe_options import HttpOptions, TcpOptions
from slamon.probes import KINDS, ProbeContext

async def main(address):
    context, loop = ProbeContext(nameservers=["127.0.0.1:9"]), asyncio.get_running_loop()
    probes = [
        KINDS["http"](HttpOptions.model_validate({"url": f"http://{address}/"}), context),
        KINDS["http"](HttpOptions.model_validate({"url": f"https://{address}/"}), context),
        KINDS["http"](HttpOptions.model_validate({"url": "http://shop.test/"}), context),
        KINDS["tcp"](TcpOptions.model_validate({"address": address, "dialogue": [{"expect": "x"}]}), context),
    ]
    try:
        tasks = [asyncio.ensure_future(probe(loop.time() + 600)) for probe in probes for _ in range(20)]
        await asyncio.gather(*tasks)
    finally:
        await context.close()

asyncio.run(main(sys.argv[1]))
"""


async def test_a_program_with_hanging_probes_ends_at_ctrl_c() -> None:
    async with listening(silent) as server:
        child = await asyncio.create_subprocess_exec(
            sys.executable, "-c", HANGING, server.address, stderr=asyncio.subprocess.DEVNULL
        )
        while server.connections < 60:
            await asyncio.sleep(0.01)
        child.send_signal(signal.SIGINT)
        async with asyncio.timeout(2):
            await child.wait()
