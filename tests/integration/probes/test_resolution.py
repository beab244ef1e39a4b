"""Names are resolved by us, for every kind alike: a dead name server, families, at every probe.

A kind's probe is made of the first check of its example, with another host.
"""

import asyncio
import re
from pathlib import Path

import pytest
from slamon.accounting.facts import Verdict
from slamon.catalogue import load
from slamon.catalogue.kinds import ROWS
from slamon.catalogue.probe_options import IpFamily
from slamon.probes import Outcome, Probe, ProbeContext, ProbeNotRunError, Reason, made_ready

from .conftest import http_probe, run, tcp_probe
from .nameserver import AAAA, A, name_server
from .servers import listening, silent, site

EXAMPLES = Path(__file__).parents[3] / "config" / "examples"

NO_NAMES = {
    "exec": "its plug-in resolves for itself",
    "heartbeat": "the job calls us",
    "external": "another system tells us",
}
"""Kinds without a host of their own, and why."""

OUR_FAULT = {"promql"}
"""Kinds whose failures to reach the host are ours, not the service's: no observation."""

KINDS = [kind for kind, row in ROWS.items() if "ip_family" in row.options.model_fields]
NAMES = 50
UNRESOLVED = r"was not resolved|there is no name|has no (IPv. )?address"
LATE_S = 5.0
"""Far above what a probe on loopback takes on a busy machine, far below the deadline of the hanging ones."""


def made(kind: str, host: str, context: ProbeContext, folder: Path, family: str = "any") -> Probe:
    """The first check of the kind's example, turned on a host."""
    text = (EXAMPLES / f"{kind}.yml").read_text(encoding="utf-8")
    file = folder / f"{kind}.yml"
    file.write_text(re.sub(r"[a-z0-9.-]+\.example\.(?:org|com|net)", host, text), encoding="utf-8")
    variables = dict.fromkeys(re.findall(r"\$\{env:(\w+)\}", text), "geheim")
    check = next(one for one in load(file, env=variables).checks.values() if one.kind == kind and host in one.target)
    options = check.options.model_copy(update={"ip_family": IpFamily(family)})
    return made_ready(check.model_copy(update={"options": options}), context)


async def found(probe: Probe, within: float = 20.0) -> Outcome | str:
    """The outcome, or the sentence that tells why there is none."""
    try:
        return await run(probe, within)
    except ProbeNotRunError as error:
        return str(error)


def is_unresolved(kind: str, finding: Outcome | str, words: str) -> bool:
    """Whether it was the name that failed, and the kind says so as it should."""
    if isinstance(finding, str):
        return kind in OUR_FAULT and bool(re.search(words, finding))
    return (finding.verdict, finding.reason) == (Verdict.DOWN, Reason.DNS) and bool(re.search(words, finding.message))


def test_every_kind_is_here() -> None:
    """A kind that comes later has `ip_family`, and is tested here by its example; else it says why it has no names."""
    missing = ROWS.keys() - set(KINDS) - NO_NAMES.keys()
    assert not missing, f"{missing}: `ip_family` and `resolver` among the options, or a reason in NO_NAMES"
    assert all("resolver" in ROWS[kind].options.model_fields for kind in KINDS)


@pytest.mark.parametrize("kind", KINDS)
async def test_names_whose_dns_hangs_leave_other_checks_up(kind: str, tmp_path: Path) -> None:
    loop = asyncio.get_running_loop()
    async with name_server({"shop.test": ["127.0.0.1"]}) as names, site() as shop, listening(silent) as port:
        context = ProbeContext(nameservers=[names.address])
        probes = [made(kind, f"host-{number}.dead", context, tmp_path) for number in range(NAMES)]
        hanging = [asyncio.ensure_future(run(probe, within=100)) for probe in probes]
        while len({name for name in names.asked if name.endswith(".dead")}) < NAMES:
            assert not any(task.done() for task in hanging), hanging
            await asyncio.sleep(0)
        for _ in range(10):
            begun = loop.time()
            outcomes = await asyncio.gather(
                run(http_probe(context, shop.url())),
                run(http_probe(context, shop.url(host="shop.test"))),
                run(tcp_probe(context, f"shop.test:{port.port}")),
                run(tcp_probe(context, port.address)),
            )
            assert [outcome.verdict for outcome in outcomes] == [Verdict.UP] * 4, outcomes
            assert loop.time() - begun < LATE_S
        assert not any(task.done() for task in hanging)
        for task in hanging:
            task.cancel()
        await asyncio.gather(*hanging, return_exceptions=True)
        await context.close()


@pytest.mark.parametrize("kind", KINDS)
async def test_a_name_whose_dns_hangs_is_told_at_the_deadline(kind: str, tmp_path: Path) -> None:
    async with name_server({}) as names:
        context = ProbeContext(nameservers=[names.address])
        finding = await found(made(kind, "host.dead", context, tmp_path), within=0.5)
        await context.close()
    assert is_unresolved(kind, finding, r"host\.dead was not resolved"), finding


@pytest.mark.parametrize("kind", KINDS)
async def test_the_family_is_kept_to(kind: str, tmp_path: Path) -> None:
    """A name of one family: the other has no address; any takes what there is."""
    four, six = "no IPv4 address", "no IPv6 address"
    async with name_server({"four.test": ["127.0.0.1"], "six.test": ["::1"]}) as names:
        context = ProbeContext(nameservers=[names.address])
        cases = {
            ("four.test", "6"): six,
            ("six.test", "4"): four,
        }
        for (name, family), words in cases.items():
            finding = await found(made(kind, name, context, tmp_path, family))
            assert is_unresolved(kind, finding, words), (name, family, finding)
        for name, family in (("four.test", "4"), ("six.test", "6"), ("four.test", "any"), ("six.test", "any")):
            finding = await found(made(kind, name, context, tmp_path, family))
            assert not is_unresolved(kind, finding, UNRESOLVED), (name, family, finding)
            if isinstance(finding, Outcome):
                address = finding.address or ""
                assert ("127.0.0.1" if name == "four.test" else "::1") in address, (
                    "what was used, also where it refused"
                )
        await context.close()


@pytest.mark.parametrize(("missing", "family"), [(A, "IPv4"), (AAAA, "IPv6")])
@pytest.mark.parametrize("kind", sorted(set(KINDS) - OUR_FAULT))
async def test_both_families_are_needed(kind: str, missing: int, family: str, tmp_path: Path) -> None:
    """Of two that do not answer, the one that took longer is told: that whose question is not answered."""
    async with name_server({"host.test": ["127.0.0.1", "::1"]}) as names:
        names.ignored = {missing}
        context = ProbeContext(nameservers=[names.address])
        finding = await found(made(kind, "host.test", context, tmp_path, "both"), within=3)
        await context.close()
    assert is_unresolved(kind, finding, f"^over {family}: (step 1 '[^']+': )?host.test was not resolved"), finding


@pytest.mark.parametrize("kind", KINDS)
async def test_a_name_is_resolved_at_every_probe(kind: str, tmp_path: Path) -> None:
    """Once its name is gone, a probe that was made ready long ago says so."""
    async with name_server({"host.test": ["127.0.0.1"]}) as names:
        context = ProbeContext(nameservers=[names.address])
        probe = made(kind, "host.test", context, tmp_path)
        assert not is_unresolved(kind, await found(probe), UNRESOLVED)
        names.known.clear()
        async with asyncio.timeout(30):
            while not is_unresolved(kind, await found(probe), UNRESOLVED):
                await asyncio.sleep(0.01)
        await context.close()
