"""What we could not probe is no observation: ProbeNotRunError, never an outcome."""

import asyncio
import errno
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import aiodns
import pycurl
import pytest
from slamon.accounting.facts import Verdict
from slamon.catalogue.probe_options import TlsOptions
from slamon.probes import ProbeContext, ProbeNotRunError, connecting

from .conftest import Probing, http_probe, run, tcp_probe
from .nameserver import name_server
from .servers import free_port, listening, says, silent, site

STARVED = """
import asyncio, json, os, resource, socket, sys
from slamon.catalogue.probe_options import HttpOptions, TcpOptions
from slamon.probes import KINDS, ProbeContext, ProbeNotRunError

async def told(probe):
    try:
        outcome = await probe(asyncio.get_running_loop().time() + 2)
    except ProbeNotRunError as error:
        return f"not run: {error}"
    return f"{outcome.verdict}: {outcome.message}"

async def main(port, ca_file):
    context = ProbeContext(nameservers=["127.0.0.1:9"])
    options = [
        ("http", HttpOptions.model_validate({"url": f"http://127.0.0.1:{port}/"})),
        ("http", HttpOptions.model_validate({"url": f"https://127.0.0.1:{port}/", "tls": {"ca_file": ca_file}})),
        ("http", HttpOptions.model_validate({"url": f"http://shop.test:{port}/"})),
        ("tcp", TcpOptions.model_validate({"address": f"127.0.0.1:{port}"})),
        ("tcp", TcpOptions.model_validate({"address": f"shop.test:{port}"})),
        ("tcp", TcpOptions.model_validate({"address": f"127.0.0.1:{port}", "tls": {"ca_file": ca_file}})),
    ]
    probes = [KINDS[kind](given, context) for kind, given in options]
    await told(probes[0])
    resource.setrlimit(resource.RLIMIT_NOFILE, (64, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))
    held = []
    try:
        while True:
            held.append(os.open(os.devnull, os.O_RDONLY))
    except OSError:
        pass
    starved = [await told(probe) for probe in probes]
    for descriptor in held:
        os.close(descriptor)
    print(json.dumps({"starved": starved, "fed": await told(probes[0])}), flush=True)
    os._exit(0)

asyncio.run(main(int(sys.argv[1]), sys.argv[2]))
"""


async def test_no_file_descriptors(ca_file: str) -> None:
    async with site() as shop:
        child = await asyncio.create_subprocess_exec(
            sys.executable, "-c", STARVED, str(shop.listener.port), ca_file, stdout=subprocess.PIPE
        )
        out, _ = await child.communicate()
    said = json.loads(out)
    for sentence in said["starved"]:
        assert sentence.startswith("not run: "), said
    assert said["fed"] == "up: "


async def test_the_resolver_library_cannot_be_started(monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(*args: Any, **kwargs: Any) -> None:
        raise aiodns.error.DNSError(aiodns.error.ARES_ENOTINITIALIZED, "not initialized")

    monkeypatch.setattr(aiodns, "DNSResolver", gone)
    context = ProbeContext()
    for probe in (http_probe(context, "http://shop.test/"), tcp_probe(context, "shop.test:25")):
        with pytest.raises(ProbeNotRunError, match="resolver library"):
            await run(probe)
    await context.close()


async def test_the_resolver_library_breaks_and_is_started_again(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*args: Any, **kwargs: Any) -> Any:
        future = asyncio.get_running_loop().create_future()
        future.set_exception(aiodns.error.DNSError(aiodns.error.ARES_EDESTRUCTION, "channel destroyed"))
        return future

    async with name_server({f"{name}.test": ["127.0.0.1"] for name in "abc"}) as names, site() as shop:
        context = ProbeContext(nameservers=[names.address])
        before, meanwhile, after = (http_probe(context, shop.url(host=f"{name}.test")) for name in "abc")
        assert (await run(before)).verdict is Verdict.UP
        with monkeypatch.context() as patched:
            patched.setattr(aiodns.DNSResolver, "getaddrinfo", broken)
            with pytest.raises(ProbeNotRunError, match="resolver library failed"):
                await run(meanwhile)
        assert (await run(after)).verdict is Verdict.UP
        await context.close()


async def test_no_thread_for_the_systems_resolver(http: Probing, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*args: Any) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr("threading.Thread.start", refused)
    with pytest.raises(ProbeNotRunError, match="no thread"):
        await http("http://localhost/", resolver="system")


@pytest.mark.parametrize("number", [errno.EADDRNOTAVAIL, errno.ENOBUFS, errno.ENOMEM, errno.EPERM, errno.EACCES])
async def test_connecting_fails_on_our_side(tcp: Probing, monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    async def refused(address: str, port: int, source: str | None) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(connecting, "_attempt", refused)
    with pytest.raises(ProbeNotRunError):
        await tcp("127.0.0.1:9")


@pytest.mark.parametrize("code", [pycurl.E_FAILED_INIT, pycurl.E_OUT_OF_MEMORY, pycurl.E_NOT_BUILT_IN])
async def test_libcurl_fails_on_our_side(context: ProbeContext, monkeypatch: pytest.MonkeyPatch, code: int) -> None:
    async def broken(handle: object, trusted: str) -> None:
        raise pycurl.error(code, "broken")

    monkeypatch.setattr(context.transfers, "perform", broken)
    with pytest.raises(ProbeNotRunError):
        await run(http_probe(context, "http://127.0.0.1:9/"))


async def test_a_bug_is_no_outcome(context: ProbeContext, monkeypatch: pytest.MonkeyPatch) -> None:
    """It comes out as it is; the prober counts it, see tests/unit/prober."""

    def bug(*args: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("slamon.probes.exchange.note_times", lambda *a, **k: bug())
    async with site() as shop:
        with pytest.raises(ZeroDivisionError):
            await run(http_probe(context, shop.url()))


async def test_no_trusted_certificates_at_all(http: Probing, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("slamon.probes.tls.BUNDLES", ())
    monkeypatch.setattr("ssl.get_default_verify_paths", lambda: type("Paths", (), {"cafile": None}))
    monkeypatch.delenv("SSL_CERT_FILE", raising=False)
    with pytest.raises(ProbeNotRunError, match="no file of trusted certificates"):
        await http("https://127.0.0.1:9/")


async def test_no_descriptor_is_left_open(context: ProbeContext, ca_file: str) -> None:
    """However a probe ends, its sockets are closed."""

    async def round_of_probes() -> None:
        await asyncio.gather(*(run(probe, within=0.1) for probe in probes for _ in range(5)))

    async with listening(silent) as mute, listening(says(b"garbage")) as rude, site() as shop:
        tls = {"ca_file": ca_file}
        probes = [
            http_probe(context, shop.url()),
            http_probe(context, f"http://{mute.address}/"),
            http_probe(context, f"https://{mute.address}/", tls=tls),
            http_probe(context, f"http://{rude.address}/"),
            tcp_probe(context, shop.listener.address),
            tcp_probe(context, mute.address, dialogue=[{"expect": "x"}]),
            tcp_probe(context, mute.address, tls=tls),
            tcp_probe(context, rude.address, dialogue=[{"send": "x"}, {"expect": "y"}]),
            tcp_probe(context, f"localhost:{free_port()}"),
        ]
        await context.ssl_context(TlsOptions(ca_file=Path(ca_file)))  # read beforehand: that takes longer than a probe
        await round_of_probes()
        open_before = descriptors()
        for _ in range(5):
            await round_of_probes()
        assert descriptors() <= open_before + len(probes)


def descriptors() -> int:
    """How many this process has open, servers of the test included."""
    return sum(1 for _ in Path("/proc/self/fd").iterdir())


@pytest.mark.parametrize("hanging", ["http", "https", "tcp", "dns"])
def test_a_program_with_probes_under_way_ends_at_once(hanging: str, tmp_path: Path) -> None:
    """The context is closed and the loop ends while probes still wait: nothing holds it."""

    async def main() -> float:
        loop = asyncio.get_running_loop()
        context = ProbeContext(nameservers=["127.0.0.1:9"])
        async with listening(silent) as server:
            url = f"{hanging}://{server.address}/"
            probe = {
                "tcp": lambda: tcp_probe(context, server.address, dialogue=[{"expect": "never"}]),
                "dns": lambda: http_probe(context, "http://shop.test/"),
            }.get(hanging, lambda: http_probe(context, url))()
            waiting = [asyncio.ensure_future(run(probe, 60)) for _ in range(20)]
            while hanging != "dns" and server.connections < 20:
                await asyncio.sleep(0)
            begun = loop.time()
            for task in waiting:
                task.cancel()
            await asyncio.gather(*waiting, return_exceptions=True)
            await context.close()
            return loop.time() - begun

    assert asyncio.run(main()) < 2
