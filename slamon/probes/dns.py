"""dns: one question to a name server, and what is expected of its answer.

`DnsProbe.__call__` is the way of one probe: ask, judge, compare with further servers, check the signatures.
"""

import asyncio
import ssl
from dataclasses import replace

import dns.rdataclass
import dns.rdatatype

from slamon.catalogue.kinds.dns import DnsOptions, Dnssec, anchor, domain
from slamon.probes.context import ProbeContext
from slamon.probes.course import Course, Failure, Mask
from slamon.probes.dns_chain import Chain
from slamon.probes.dns_expect import DnsExpectations
from slamon.probes.dns_message import Answer, Question, worked_out
from slamon.probes.dns_response import DnsResponse
from slamon.probes.dns_server import NameServer
from slamon.probes.outcome import Outcome, Reason

MOST_SHOWN = 8
"""So many records of an answer are shown to people."""


class DnsProbe:
    """A dns check made ready. Raises ConfigurationError for what the catalogue could not see."""

    def __init__(self, options: DnsOptions, context: ProbeContext, tls: ssl.SSLContext | None = None) -> None:
        """`tls`: made by the caller, in place of what the files of `options.tls` make; for the transport `tls`."""
        self._options = options
        self._context = context
        self._question = _question(options)
        self._server = NameServer(options.server, options, context, tls)
        self._others = [
            NameServer(server, options, context, tls, "expect.same_serial_as")
            for server in options.expect.same_serial_as
        ]
        self._expectations = DnsExpectations(options.expect)
        anchors = [anchor(text) for text in options.trust_anchors]
        self._chain = Chain(anchors, self._question, context.clock) if anchors else None

    async def __call__(self, deadline: float) -> Outcome:
        """Probe once; `deadline` is loop time. Raises ProbeNotRunError when we could not."""
        course, expect, response, failure = Course(), self._options.expect, None, None
        try:
            answer = await self._server.ask(self._question, course, deadline)
            response = answer.response()
            await self._judge(answer, response, course, deadline)
        except Failure as found:
            failure = found
        course.duration_us = sum(course.phases.values())
        if response is not None:
            _note(course, response)
        if failure is not None:
            outcome = course.down(failure)
        else:
            outcome = course.answered(expect.degraded_over, expect.certificate_days, self._context.clock.now() // 1000)
        return replace(outcome, dns=response, soa_serial=None if response is None else response.serial)

    async def _judge(self, answer: Answer, response: DnsResponse, course: Course, deadline: float) -> None:
        whom = self._server.whom
        await worked_out(response.size, lambda: self._expectations.judge(response, whom), deadline)
        if self._options.dnssec is Dnssec.AD and "ad" not in response.flags:
            raise Failure(Reason.DNSSEC, f"{whom} does not say that the signatures are good (AD)")
        if self._others:
            await self._compare(response, course, deadline)
        if self._chain is not None:
            await self._verify(self._chain, answer, course, deadline)

    async def _compare(self, response: DnsResponse, course: Course, deadline: float) -> None:
        """The serials of the other servers, asked beside each other."""
        if response.serial is None:
            raise Failure(Reason.SERIAL, f"the answer of {self._server.whom} has no SOA record")
        courses = [Course() for _ in self._others]
        asked = (s.ask(self._question, c, deadline) for s, c in zip(self._others, courses, strict=True))
        found = await asyncio.gather(*asked, return_exceptions=True)
        for server, other, reply in zip(self._others, courses, found, strict=True):
            course.expires(other.certificate_expiry)
            if isinstance(reply, BaseException):
                raise reply
            self._same(response.serial, server.whom, reply.response())

    def _same(self, serial: int, whom: str, response: DnsResponse) -> None:
        if response.rcode != "NOERROR" or response.serial is None:
            raise Failure(Reason.SERIAL, f"{whom} answered {response.rcode} without a serial")
        if response.serial != serial:
            sentence = f"{whom} has serial {response.serial}, {self._server.whom} has {serial}"
            raise Failure(Reason.SERIAL, sentence)

    async def _verify(self, chain: Chain, answer: Answer, course: Course, deadline: float) -> None:
        """What the chain's questions take is not the answer's time."""
        server, aside = self._server, Course()

        async def ask(question: Question) -> Answer:
            return await server.ask(question, aside, deadline)

        zones = await chain.verify(answer, ask, deadline)
        took = sum(aside.phases.values()) / 1000
        course.details["chain"] = f"{zones} zone{'' if zones == 1 else 's'}, {took:.1f} ms for their keys"


def _question(options: DnsOptions) -> Question:
    return Question(
        domain(options.name),
        dns.rdatatype.from_text(options.type),
        dns.rdataclass.from_text(options.class_),
        options.recursion,
        options.udp_size,
        signatures=options.dnssec is not None,
        checked=options.dnssec is not Dnssec.VALIDATE,
        authentic=options.dnssec is Dnssec.AD,
        strict=options.strict,
    )


def _note(course: Course, response: DnsResponse) -> None:
    """What people see of an answer."""
    details, plain = course.details, Mask(())
    details["rcode"] = response.rcode
    details["flags"] = " ".join(response.flags)
    details["records"] = " + ".join(map(str, response.counts)) + " (answers, authority, additional)"
    if response.serial is not None:
        details["serial"] = str(response.serial)
    for number, line in enumerate(response.answers[:MOST_SHOWN], 1):
        details[f"answer {number}"] = plain.shown(line.replace("\t", " "))
