"""Questions made and answers read, by dnspython. Answers are strangers': bounded in size, and malformed in any way."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import TypeVar

import dns.exception
import dns.flags
import dns.message
import dns.name
import dns.opcode
import dns.rcode
import dns.rdata
import dns.rdataclass
import dns.rdatatype
import dns.wire
from dns.rdtypes.ANY.SOA import SOA

from slamon.probes.course import Failure, Mask
from slamon.probes.dns_response import DnsResponse
from slamon.probes.outcome import ProbeNotRunError, Reason

T = TypeVar("T")

LONGEST = 65_535
"""Bytes of a message, over any transport."""

MOST_TEXT = 512 * 1024
"""So many characters an answer may have when it is written out: compressed names can unpack to a thousandfold."""

LONG = 512
"""Bytes; longer answers are read and looked at in a thread."""

UPPER_CASE = frozenset({dns.rdatatype.DS, dns.rdatatype.CDS, dns.rdatatype.DLV, dns.rdatatype.SSHFP})
"""Types whose hexadecimal digits are written in capitals."""

WITHOUT_QUESTION = frozenset({dns.rcode.FORMERR, dns.rcode.SERVFAIL, dns.rcode.NOTIMP, dns.rcode.REFUSED})
"""With these a server may leave the question out."""

KNOWN_TYPES = frozenset(map(int, dns.rdatatype.RdataType))
KNOWN_CLASSES = frozenset({int(dns.rdataclass.IN), int(dns.rdataclass.CH), int(dns.rdataclass.HS)})

RCODE = 0x000F
_HEAD = "!HHHHHH"


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked, and how. `udp_size` 0: without EDNS. `signatures`: they are wanted too (DO).

    `checked`: whether the server may keep back what it finds badly signed (CD is not set). `strict`: whether an answer
    must say that it is one, repeat the question and end where it ends; else its number is enough.
    """

    name: dns.name.Name
    type: dns.rdatatype.RdataType
    klass: dns.rdataclass.RdataClass = dns.rdataclass.IN
    recursion: bool = True
    udp_size: int = 1232
    signatures: bool = False
    checked: bool = True
    authentic: bool = False
    strict: bool = True

    def wire(self) -> bytes:
        """The message with the number 0."""
        flags = dns.flags.Flag(0)
        flags |= dns.flags.RD if self.recursion else 0
        flags |= dns.flags.AD if self.authentic else 0
        flags |= 0 if self.checked else dns.flags.CD
        message = dns.message.QueryMessage(id=0)
        message.flags = flags
        message.find_rrset(message.question, self.name, self.klass, self.type, create=True, force_unique=True)
        if self.udp_size:
            message.use_edns(0, dns.flags.DO if self.signatures else 0, self.udp_size)
        return message.to_wire()

    @property
    def shown(self) -> str:
        """Name and type, for a sentence."""
        return f"{self.name} {dns.rdatatype.to_text(self.type)}"


def numbered(wire: bytes, number: int) -> bytes:
    """The message under that number."""
    return number.to_bytes(2, "big") + wire[2:]


def truncated(wire: bytes) -> bool:
    """Whether the answer says that it was cut; it is long enough to say so."""
    return bool(wire[2] & 0x02)


@dataclass(frozen=True, slots=True)
class Record:
    """One record as it came; `line` is its presentation format, its parts separated by tabs."""

    name: dns.name.Name
    ttl: int
    klass: dns.rdataclass.RdataClass
    type: dns.rdatatype.RdataType
    data: dns.rdata.Rdata
    line: str


Section = tuple[Record, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """A message taken apart; `rcode` with the bits that OPT has. OPT and TSIG are in no section."""

    flags: int
    rcode: int
    answer: Section
    authority: Section
    additional: Section
    counts: tuple[int, int, int]
    size: int

    def response(self) -> DnsResponse:
        """As it is judged and shown."""
        serials = [record.data.serial for record in self.answer if isinstance(record.data, SOA)]
        return DnsResponse(
            dns.rcode.to_text(dns.rcode.Rcode(self.rcode)),
            tuple(dns.flags.to_text(self.flags).lower().split()),
            _lines(self.answer),
            _lines(self.authority),
            _lines(self.additional),
            self.counts,
            int(serials[-1]) if serials else None,
            self.size,
        )


@cache
def load_types() -> None:
    """Load what dnspython knows of types; it would do so at the first sight of each, which takes time."""
    dns.rdata.load_all_types(disable_dynamic_load=False)  # type: ignore[no-untyped-call]


def read(wire: bytes, number: int, question: Question, whom: str) -> Answer:
    """The answer, when it is one to the question. Raises Failure (protocol, too_large)."""
    try:
        return _read(wire, number, question, whom)
    except (dns.exception.DNSException, ValueError) as error:
        why = Mask(()).shown(str(error)).lower().rstrip(".")
        raise Failure(Reason.PROTOCOL, f"the answer of {whom} is malformed: {why or 'cut short'}") from None


def _read(wire: bytes, number: int, question: Question, whom: str) -> Answer:
    """dnspython's own reading of whole messages takes minutes for names made to that end: only its parts are used."""
    parser = dns.wire.Parser(wire)
    given, flags, asked, *counts = parser.get_struct(_HEAD)
    if not question.strict and given == number and not parser.remaining():
        return Answer(flags, flags & RCODE, (), (), (), (0, 0, 0), len(wire))  # some refuse with nothing but a head
    if question.strict and (not flags & dns.flags.QR or dns.opcode.from_flags(flags) != dns.opcode.QUERY):
        raise Failure(Reason.PROTOCOL, f"{whom} sent a message that is no answer")
    questions = [_question(parser) for _ in range(min(asked, 2))]
    same = questions == [(question.name, question.type, question.klass)]
    fitting = same or not question.strict or (not questions and flags & RCODE in WITHOUT_QUESTION)
    if given != number or asked > len(questions) or not fitting:
        raise Failure(Reason.PROTOCOL, f"{whom} answered another question than {question.shown}")
    reading = _Reading(parser, whom)
    answer, authority, additional = (reading.section(count) for count in counts)
    if question.strict and parser.remaining():
        raise dns.message.TrailingJunk
    rcode, held = flags & RCODE | reading.rcode, (counts[0], counts[1], counts[2])
    return Answer(flags, rcode, answer, authority, additional, held, len(wire))


def _question(parser: dns.wire.Parser) -> tuple[dns.name.Name, int, int]:
    name = parser.get_name(decompress=True)
    kind, klass = parser.get_struct("!HH")
    return name, kind, klass


class _Reading:
    """Section after section. `rcode`: the bits of the response code that an OPT has."""

    def __init__(self, parser: dns.wire.Parser, whom: str) -> None:
        self._parser = parser
        self._whom = whom
        self._written = 0
        self.rcode = 0

    def section(self, count: int) -> Section:
        """The next so many records."""
        return tuple(record for record in (self._next() for _ in range(count)) if record is not None)

    def _next(self) -> Record | None:
        """The next record; None for what belongs to the transport."""
        parser = self._parser
        name = parser.get_name(decompress=True)
        kind, klass, ttl, length = parser.get_struct("!HHIH")
        if kind == dns.rdatatype.OPT:
            self.rcode |= ttl >> 24 << 4
        if kind in (dns.rdatatype.OPT, dns.rdatatype.TSIG):
            parser.get_bytes(length)
            return None
        data = _data(parser, klass, kind, length)
        line = _line(name, ttl, data)
        self._written += len(line)
        if self._written > MOST_TEXT:
            raise Failure(Reason.TOO_LARGE, f"the answer of {self._whom} unpacks to more than {MOST_TEXT} bytes")
        return Record(name, ttl, data.rdclass, data.rdtype, data, line)


def _line(name: dns.name.Name, ttl: int, data: dns.rdata.Rdata) -> str:
    text = data.to_text(chunksize=0)
    if data.rdtype in UPPER_CASE:
        text = text.upper()
    return f"{name}\t{ttl}\t{dns.rdataclass.to_text(data.rdclass)}\t{dns.rdatatype.to_text(data.rdtype)}\t{text}"


def _lines(section: Section) -> tuple[str, ...]:
    return tuple(record.line for record in section)


def _data(parser: dns.wire.Parser, klass: int, kind: int, length: int) -> dns.rdata.Rdata:
    """Types that dnspython has no class for are left to it not even once: it keeps a row for each for ever."""
    with parser.restrict_to(length):
        if klass not in KNOWN_CLASSES or kind not in KNOWN_TYPES:
            named = dns.rdataclass.RdataClass.make(klass), dns.rdatatype.RdataType.make(kind)
            return dns.rdata.GenericRdata(*named, parser.get_remaining())
        return dns.rdata.from_wire_parser(dns.rdataclass.RdataClass(klass), dns.rdatatype.RdataType(kind), parser)


async def worked_out(size: int, work: Callable[[], T], deadline: float) -> T:
    """What `work` gives for an answer of that size: long ones in a thread. Raises what it raises."""
    if size <= LONG:
        return work()
    return await in_thread(work, deadline)


async def in_thread(work: Callable[[], T], deadline: float) -> T:
    """What `work` gives, without holding the loop. Raises ProbeNotRunError when that takes beyond `deadline`."""
    try:
        async with asyncio.timeout_at(deadline):
            return await asyncio.to_thread(work)
    except TimeoutError:
        raise ProbeNotRunError("the answer came, and there was no time left to look at it") from None
    except RuntimeError:
        raise ProbeNotRunError("no thread can be started to look at the answer") from None
