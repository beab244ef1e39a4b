"""Whether an answer is signed: gathers keys and delegations from the same server, and has them checked in a thread."""

from collections.abc import Awaitable, Callable, Sequence

import dns.name
import dns.rdatatype

from slamon.catalogue.kinds.dns import Anchor
from slamon.clock import Clock
from slamon.probes.course import Failure
from slamon.probes.dns_message import Answer, Question, in_thread
from slamon.probes.dnssec import Link, Verification, signers, witnesses
from slamon.probes.outcome import Reason

MOST_ZONES = 16
"""So many zones may lie between the anchor and the name, aliases included; two questions each."""

Ask = Callable[[Question], Awaitable[Answer]]
"""Asks one further question. Raises Failure."""


class Chain:
    """From the trust anchors of a check to what it asks for."""

    def __init__(self, anchors: Sequence[Anchor], question: Question, clock: Clock) -> None:
        self._anchors = anchors
        self._question = question
        self._clock = clock

    async def verify(self, answer: Answer, ask: Ask, deadline: float) -> int:
        """Raises Failure (dnssec, and what the questions raise). Gives how many zones were asked for."""
        links = await self._gathered(answer, ask)
        verification = Verification(self._anchors, links, self._clock.now() // 1000)
        await in_thread(lambda: verification.verify(answer, self._question), deadline)
        return len(links)

    async def _gathered(self, answer: Answer, ask: Ask) -> dict[dns.name.Name, Link]:
        """Upwards from the zones that signed the answer: who signed a zone's DS records is the zone above it."""
        top = self._anchors[0][0]
        links: dict[dns.name.Name, Link] = {}
        waiting = witnesses(answer)
        while waiting:
            zone = waiting.pop()
            if zone in links or not zone.is_subdomain(top):
                continue
            if len(links) >= MOST_ZONES:
                raise Failure(
                    Reason.DNSSEC, f"more than {MOST_ZONES} zones signed the answer to {self._question.shown}"
                )
            keys = await ask(self._about(zone, dns.rdatatype.DNSKEY))
            delegation = None
            if zone != top:
                delegation = await ask(self._about(zone, dns.rdatatype.DS))
                above = signers(delegation.answer)
                waiting |= {name for name in above if name != zone and zone.is_subdomain(name)}
            links[zone] = Link(keys, delegation)
        return links

    def _about(self, zone: dns.name.Name, kind: dns.rdatatype.RdataType) -> Question:
        asked = self._question
        return Question(zone, kind, asked.klass, asked.recursion, asked.udp_size, signatures=True, checked=False)
