"""The prober dns: one question to a name server, and what its records must be."""

import asyncio
import socket
import time
from collections.abc import Sequence

import dns.exception
import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdataclass
import dns.rdatatype
from dns.rrset import RRset

from slamon.blackbox.material import MaterialError, material
from slamon.blackbox.run import Run
from slamon.blackbox.stream import source_of, split_target
from slamon.catalogue.blackbox.models import DnsModule, RecordChecks
from slamon.catalogue.blackbox.values import compiled
from slamon.export import probe_names as names
from slamon.probes.connecting import connected
from slamon.probes.course import Failure
from slamon.probes.wire import Wire

PORT, TLS_PORT = 53, 853
LARGEST = 65_535
SMALLEST = 512
"""Bytes of an answer by UDP that is taken without an agreement on more."""


async def probe(run: Run) -> bool:
    """Whether the name server answers as the module wants."""
    sheet, module, clock = run.sheet, run.module.dns, run.context.clock
    for phase in ("resolve", "connect", "request"):
        sheet.add(names.DNS_DURATION, 0, phase)
    sheet.begin(names.DNS_ANSWERS, names.DNS_AUTHORITY, names.DNS_ADDITIONAL, names.DNS_QUERY_SUCCEEDED)
    transport = module.transport_protocol or "udp"
    if transport not in ("udp", "tcp"):
        raise run.failed("transport_protocol is neither udp nor tcp", found=transport)
    host, port = split_target(run, TLS_PORT if module.dns_over_tls else PORT)
    address, took = await run.choose(host, module.preferred_ip_protocol, module.ip_protocol_fallback)
    sheet.add(names.DNS_DURATION, took, "resolve")
    if module.dns_over_tls and transport != "tcp":
        raise run.failed("dns_over_tls needs transport_protocol tcp")
    query = _query(run, module)
    begun = clock.monotonic()
    line = Line(run, module, (address, port), host)
    try:
        async with asyncio.timeout_at(run.deadline):
            answer = await (line.by_tcp(query) if transport == "tcp" else line.by_udp(query))
    except (Failure, MaterialError) as error:
        raise run.failed("no answer", why=error) from None
    except TimeoutError:
        raise run.failed("no answer in time") from None
    except OSError as error:
        raise run.failed("no answer", why=error.strerror or "the connection failed") from None
    finally:
        sheet.put(names.DNS_DURATION, clock.monotonic() - begun - line.request_s, "connect")
        sheet.put(names.DNS_DURATION, line.request_s, "request")
    return _judged(run, module, answer)


def _query(run: Run, module: DnsModule) -> dns.message.Message:
    try:
        name = dns.name.from_text(module.query_name)
        kind = dns.rdatatype.from_text(module.query_type or "ANY")
        class_ = dns.rdataclass.from_text(module.query_class or "IN")
        query = dns.message.make_query(name, kind, class_)
    except (dns.exception.DNSException, ValueError):
        raise run.failed("the question cannot be put", name=module.query_name) from None
    if not module.recursion_desired:
        query.flags &= ~dns.flags.RD
    return query


class Line:
    """The way to the name server. `request_s`: seconds from the question to its answer."""

    def __init__(self, run: Run, module: DnsModule, place: tuple[str, int], host: str) -> None:
        self._run = run
        self._module = module
        self._address, self._port = place
        self._host = host
        self._source = source_of(run, module.source_ip_address, self._address)
        self.request_s = 0.0

    async def by_udp(self, query: dns.message.Message) -> dns.message.Message:
        """One datagram each way; what answers another question is not heard."""
        loop = asyncio.get_running_loop()
        family = socket.AF_INET6 if ":" in self._address else socket.AF_INET
        with socket.socket(family, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK) as sock:
            if self._source is not None:
                sock.bind((self._source, 0))
            await loop.sock_connect(sock, (self._address, self._port))
            asked = time.perf_counter()
            await loop.sock_sendall(sock, query.to_wire())
            while True:
                data = await loop.sock_recv(sock, LARGEST)
                answer = _read(self._run, query, data[:SMALLEST] if len(data) > SMALLEST else data)
                if answer is not None:
                    self.request_s = time.perf_counter() - asked
                    return answer

    async def by_tcp(self, query: dns.message.Message) -> dns.message.Message:
        """Over a connection, perhaps with TLS."""
        whom = f"{self._host}:{self._port}"
        wire = Wire(await connected((self._address,), self._port, whom, self._source), whom)
        try:
            if self._module.dns_over_tls:
                context = await (await material(self._module.tls_config)).context(self._run.context)
                await wire.begin_tls(context, self._module.tls_config.server_name or self._host)
            asked = time.perf_counter()
            data = query.to_wire()
            await wire.send(len(data).to_bytes(2, "big") + data)
            heard = await self._whole(wire)
            self.request_s = time.perf_counter() - asked
            answer = _read(self._run, query, heard)
        finally:
            wire.close()
        if answer is None:
            raise self._run.failed("the answer is to another question")
        return answer

    async def _whole(self, wire: Wire) -> bytes:
        held = b""
        while len(held) < 2 or len(held) < 2 + int.from_bytes(held[:2], "big"):
            data = await wire.receive()
            if not data:
                raise self._run.failed("the connection was closed before the answer was whole")
            held += data
        return held[2 : 2 + int.from_bytes(held[:2], "big")]


def _read(run: Run, query: dns.message.Message, data: bytes) -> dns.message.Message | None:
    """The answer, None when it is to another question. Raises Failed for what is none."""
    if len(data) >= 2 and int.from_bytes(data[:2], "big") != query.id:
        return None
    try:
        return dns.message.from_wire(data, ignore_trailing=True, one_rr_per_rrset=True)
    except (dns.exception.DNSException, ValueError):
        raise run.failed("the answer is malformed") from None


def _judged(run: Run, module: DnsModule, answer: dns.message.Message) -> bool:
    sheet = run.sheet
    extra = [rrset for rrset in answer.additional if rrset.rdtype != dns.rdatatype.OPT]
    edns = 1 if answer.edns >= 0 else 0
    sheet.put(names.DNS_QUERY_SUCCEEDED, 1)
    sheet.put(names.DNS_ANSWERS, len(answer.answer))
    sheet.put(names.DNS_AUTHORITY, len(answer.authority))
    sheet.put(names.DNS_ADDITIONAL, len(extra) + edns)
    if (module.query_type or "ANY") == "SOA":
        sheet.begin(names.DNS_SERIAL)
        for rrset in answer.answer:
            if rrset.rdtype == dns.rdatatype.SOA:
                sheet.put(names.DNS_SERIAL, rrset[0].serial)
    return (
        _rcode(run, module, answer)
        and _records(run, "answer", answer.answer, module.validate_answer_rrs)
        and _records(run, "authority", answer.authority, module.validate_authority_rrs)
        and _records(run, "additional", extra, module.validate_additional_rrs)
    )


def _rcode(run: Run, module: DnsModule, answer: dns.message.Message) -> bool:
    found = dns.rcode.to_text(answer.rcode())
    valid = ("NOERROR",) if module.valid_rcodes is None else module.valid_rcodes
    if found in valid:
        run.journal.say("the response code is valid", rcode=found)
        return True
    run.journal.fail("the response code is not a valid one", rcode=found, valid=", ".join(valid))
    return False


def _records(run: Run, where: str, rrsets: Sequence[RRset], checks: RecordChecks) -> bool:
    """As the exporter goes about it, record by record."""
    if not rrsets and (checks.fail_if_not_matches_regexp or checks.fail_if_none_matches_regexp):
        run.journal.fail("there is no record to match", section=where)
        return False
    every, any_ = True, False
    for text in map(written, rrsets):
        run.journal.say("a record", section=where, record=text)
        raw = text.encode("utf-8", "replace")
        if any(_matches(pattern, raw) for pattern in checks.fail_if_matches_regexp):
            run.journal.fail("a record matches", section=where, record=text)
            return False
        every = every and all(_matches(pattern, raw) for pattern in checks.fail_if_all_match_regexp)
        if not all(_matches(pattern, raw) for pattern in checks.fail_if_not_matches_regexp):
            run.journal.fail("a record does not match", section=where, record=text)
            return False
        any_ = any_ or any(_matches(pattern, raw) for pattern in checks.fail_if_none_matches_regexp)
    if checks.fail_if_all_match_regexp and not every:
        run.journal.fail("not all records match", section=where)
        return False
    if checks.fail_if_none_matches_regexp and not any_:
        run.journal.fail("no record matches", section=where)
        return False
    return True


def _matches(pattern: str, text: bytes) -> bool:
    return compiled(pattern).search(text) is not None


def written(rrset: RRset) -> str:
    """A record as a zone file has it, tabs between its parts."""
    kind, class_ = dns.rdatatype.to_text(rrset.rdtype), dns.rdataclass.to_text(rrset.rdclass)
    return f"{rrset.name.to_text()}\t{rrset.ttl}\t{class_}\t{kind}\t{rrset[0].to_text()}"
