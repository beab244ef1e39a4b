"""`ip_family: both`: each family must answer, and the worse one is told."""

import asyncio
from dataclasses import dataclass, replace

import pytest
from slamon.accounting import Verdict
from slamon.catalogue import load_value
from slamon.probes import Outcome, ProbeContext, ProbeNotRunError, Reason, made_ready
from slamon.probes.families import BothFamilies


@dataclass
class Gives:
    """A probe whose outcome is known."""

    outcome: Outcome | ProbeNotRunError

    async def __call__(self, _deadline: float) -> Outcome:
        if isinstance(self.outcome, ProbeNotRunError):
            raise self.outcome
        return self.outcome


def both(four: Outcome | ProbeNotRunError, six: Outcome | ProbeNotRunError) -> Outcome:
    async def asked() -> Outcome:
        return await BothFamilies({"IPv4": Gives(four), "IPv6": Gives(six)})(0.0)

    return asyncio.run(asked())


UP = Outcome(Verdict.UP, 1000, certificate_expiry=200)
SLOWER = Outcome(Verdict.UP, 2000, certificate_expiry=300)
SLOW = Outcome(Verdict.DEGRADED, 500, Reason.SLOW, "answered after 900 ms")
REFUSED = Outcome(Verdict.DOWN, 10, Reason.REFUSED, "it refused the connection")


@pytest.mark.parametrize(("four", "six"), [(UP, REFUSED), (SLOW, REFUSED), (REFUSED, REFUSED)])
def test_one_family_that_does_not_answer_is_down(four: Outcome, six: Outcome) -> None:
    found = both(four, six)
    assert (found.verdict, found.reason) == (Verdict.DOWN, Reason.REFUSED)
    assert found.message.endswith("it refused the connection")


def test_the_family_is_named() -> None:
    assert both(UP, REFUSED).message == "over IPv6: it refused the connection"
    assert both(SLOW, UP).message == "over IPv4: answered after 900 ms"


def test_where_both_are_up_the_slower_one_and_the_earliest_certificate_are_told() -> None:
    found = both(SLOWER, UP)
    assert (found.verdict, found.duration_us, found.certificate_expiry, found.message) == (Verdict.UP, 2000, 200, "")


def test_the_addresses_of_both_are_told() -> None:
    found = both(replace(UP, address="127.0.0.1:80"), replace(REFUSED, address="[::1]:80"))
    assert found.address == "[::1]:80"
    assert found.details == {"IPv4 address": "127.0.0.1:80", "IPv6 address": "[::1]:80"}


def test_a_family_that_could_not_be_probed_makes_no_observation() -> None:
    with pytest.raises(ProbeNotRunError, match="no descriptor"):
        both(REFUSED, ProbeNotRunError("no descriptor"))


@pytest.mark.parametrize(
    "kind", [{"tcp": {"address": "localhost:{port}"}}, {"http": {"url": "http://localhost:{port}/"}}]
)
async def test_a_server_on_one_family_only_is_down_for_both(kind: dict[str, dict[str, str]]) -> None:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    [(name, given)] = kind.items()
    options = {key: value.format(port=port) for key, value in given.items()}
    context, found = ProbeContext(), {}
    for family in ("4", "both"):
        checks = {"door": {name: {**options, "ip_family": family}}}
        check = load_value({"slamon": 1, "services": {"shop": {"checks": checks}}}).checks["shop/door"]
        found[family] = await made_ready(check, context)(asyncio.get_running_loop().time() + 10)
    server.close()
    await context.close()

    assert found["4"].verdict is Verdict.UP
    assert (found["both"].verdict, found["both"].reason) == (Verdict.DOWN, Reason.REFUSED)
    assert found["both"].message.startswith("over IPv6: ")
