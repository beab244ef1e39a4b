"""dns probes on both event loops slamon runs on: every transport, a refusal, a deadline."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
from slamon.catalogue.kinds.dns import DnsOptions
from slamon.probes import KINDS, ProbeContext, Reason

from .authority import Credential
from .conftest import run
from .dns_servers import Records, serving, speaking
from .servers import free_port, listening
from .test_loops import loops


@pytest.mark.parametrize("name", loops())
def test_dns_probes_on_each_loop(name: str, tmp_path: Path) -> None:
    root, records = Credential.root(), Records()
    (tmp_path / "ca.pem").write_bytes(root.pem)
    records.add("www.example.org.", "A", "192.0.2.80")

    async def main() -> list[Reason | None]:
        context = ProbeContext()

        async def reason(server: str, within: float = 20, **options: Any) -> Reason | None:
            given = {"server": server, "name": "www.example.org", **options}
            return (await run(KINDS["dns"](DnsOptions.model_validate(given), context), within)).reason

        async with serving(records) as plain, listening(records.stream, tls=root.leaf().server(tmp_path)) as tls:
            found = [await reason(plain), await reason(plain, transport="tcp")]
            found.append(await reason(tls.address, transport="tls", tls={"ca_file": str(tmp_path / "ca.pem")}))
            records.udp_limit = 40
            found.append(await reason(plain))
        async with speaking() as mute:
            found += [await reason(mute, within=0.2), await reason(f"127.0.0.1:{free_port()}")]
        await context.close()
        return found

    with asyncio.Runner(loop_factory=loops()[name]) as runner:
        assert runner.run(main()) == [None, None, None, None, Reason.TIMEOUT, Reason.REFUSED]
