"""Answers of name servers read and judged: whatever comes makes an answer or a Failure, and nothing else."""

import struct

import dns.message
import dns.name
import dns.rdatatype
import dns.rrset
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from slamon.catalogue.kinds.dns import DnsExpect, DnsRecords
from slamon.probes.course import Failure
from slamon.probes.dns_expect import DnsExpectations, Section
from slamon.probes.dns_message import MOST_TEXT, Answer, Question, numbered, read
from slamon.probes.dns_response import DnsResponse
from slamon.probes.dnssec import Link, Verification, sets, signers
from slamon.probes.outcome import Reason

QUESTION = Question(dns.name.from_text("www.example.org"), dns.rdatatype.A, udp_size=0)
ASKED = QUESTION.wire()[12:]
JUDGED = (Reason.RCODE, Reason.RECORDS, Reason.DNSSEC)
ANCHORS = [(dns.name.from_text("example.org"), dns.rdata.from_text("IN", "DS", "1 13 2 " + "AB" * 32))]

TEXTS = [
    "www.example.org. 300 IN A 192.0.2.1",
    "www.example.org. 300 IN CNAME www.example.net.",
    "example.org. 300 IN SOA ns.example.org. a.b. 7 2 3 4 5",
    "example.org. 300 IN DS 1 13 2 " + "ab" * 32,
    'example.org. 3 IN TXT "a b" "c\\"d"',
    "example.org. 3 IN DNSKEY 257 3 13 " + "QUJD" * 30,
    "www.example.org. 3 IN RRSIG A 13 3 3 20260101000000 20250101000000 1 example.org. " + "QUJD" * 30,
    'example.org. 3 IN HTTPS 1 . alpn="h2,h3" ipv4hint=192.0.2.1',
    "example.org. 3 IN NSEC3 1 0 1 ab 2vptu5timamqttgl4luu9kg21e0aor3s A RRSIG",
    "example.org. 3 IN LOC 51 30 12.748 N 0 7 39.611 W 0.00m 1m 10000m 10m",
    "example.org. 3 IN NAPTR 100 10 u sip+E2U !^.*$!sip:a@b.c! .",
    "example.org. 3 IN CAA 0 issue ca.example.net",
    "example.org. 3 IN SSHFP 2 1 " + "cd" * 20,
]


def message(*texts: str) -> bytes:
    """An answer with these records."""
    reply = dns.message.make_response(dns.message.from_wire(QUESTION.wire()))
    for text in texts:
        name, ttl, _, kind, data = text.split(" ", 4)
        reply.answer.append(dns.rrset.from_text(name, int(ttl), "IN", kind, data))
    return reply.to_wire(max_size=65_535)


WHOLE = message(*TEXTS)


def judged(answer: Answer) -> None:
    """Patterns and signatures of an answer; Failure for what does not hold."""
    DnsExpectations(DnsExpect(answers=DnsRecords(matches=("A",)))).judge(answer.response(), "ns")
    signers(answer.answer)
    Verification(ANCHORS, {ANCHORS[0][0]: Link(answer, answer)}, 1_760_000_000).verify(answer, QUESTION)


def looked_at(wire: bytes) -> DnsResponse | None:
    """All that is done with an answer; None where it is none. Anything but a Failure fails the test."""
    found: list[DnsResponse] = []
    failures: list[Failure] = []
    try:
        answer = read(wire, 0, QUESTION, "ns")
        found.append(answer.response())
        judged(answer)
    except Failure as failure:
        failures.append(failure)
    expected = JUDGED if found else (Reason.PROTOCOL, Reason.TOO_LARGE)
    assert all(failure.reason in expected and failure.message.isprintable() for failure in failures), failures
    return found[0] if found else None


@given(st.binary(max_size=300))
@settings(max_examples=100, deadline=None)
def test_any_bytes_after_a_head(rest: bytes) -> None:
    looked_at(struct.pack("!HHHHHH", 0, 0x8400, 1, 3, 2, 1) + rest)
    looked_at(struct.pack("!HHHHHH", 0, 0x8400, 1, 3, 2, 1) + ASKED + rest)
    looked_at(rest)


@given(st.lists(st.tuples(st.integers(0, len(WHOLE) - 1), st.integers(0, 255)), max_size=6), st.integers(0, 9))
@settings(max_examples=200, deadline=None)
def test_a_sound_answer_with_some_bytes_changed(changes: list[tuple[int, int]], cut: int) -> None:
    spoilt = bytearray(WHOLE)
    for at, byte in changes:
        spoilt[at] = byte
    looked_at(bytes(spoilt[: len(spoilt) - cut]))


@given(
    st.sampled_from([*sorted(int(kind) for kind in dns.rdatatype.RdataType), 65280]),
    st.sampled_from([1, 3, 4, 254, 255, 7]),
    st.binary(max_size=80),
)
@settings(max_examples=300, deadline=None)
def test_any_data_of_any_type(kind: int, klass: int, data: bytes) -> None:
    record = b"\xc0\x0c" + struct.pack("!HHIH", kind, klass, 60, len(data)) + data
    looked_at(struct.pack("!HHHHHH", 0, 0x8400, 1, 1, 0, 0) + ASKED + record)


def test_the_whole_message_is_read_as_it_was_meant() -> None:
    response = looked_at(WHOLE)
    assert response is not None
    assert response.counts == (len(TEXTS), 0, 0)
    assert response.serial == 7
    assert response.answers[0] == "www.example.org.\t300\tIN\tA\t192.0.2.1"
    assert response.answers[3].endswith("\t1 13 2 " + "AB" * 32), "as dig and the exporter write digests"
    assert response.answers[4] == 'example.org.\t3\tIN\tTXT\t"a b" "c\\"d"'


def test_records_that_come_twice_are_two() -> None:
    record = b"\xc0\x0c\0\1\0\1\0\0\0\1\0\4\1\2\3\4"
    answer = read(struct.pack("!HHHHHH", 0, 0x8400, 1, 2, 0, 0) + ASKED + record * 2, 0, QUESTION, "ns")
    assert len(answer.response().answers) == 2
    assert len(sets(answer.answer)[0]) == 1


def test_the_code_has_the_bits_of_the_extension() -> None:
    opt = b"\0\0\x29\x04\xd0\x01\0\0\0\0\0"
    answer = read(struct.pack("!HHHHHH", 0, 0x8400, 1, 0, 0, 1) + ASKED + opt, 0, QUESTION, "ns")
    assert answer.response().rcode == "BADVERS"
    assert answer.response().counts == (0, 0, 1)


def test_names_that_unpack_without_end_are_too_large() -> None:
    name = b"\x01a" * 120 + b"\0"
    question = Question(dns.name.from_text("a." * 120), dns.rdatatype.NS, udp_size=0)
    record = b"\xc0\x0c\0\x02\0\x01\0\0\0\x01\0\x02\xc0\x0c"
    wire = struct.pack("!HHHHHH", 0, 0x8400, 1, 4000, 0, 0) + name + b"\0\x02\0\x01" + record * 4000
    with pytest.raises(Failure, match=str(MOST_TEXT)) as raised:
        read(wire, 0, question, "ns")
    assert raised.value.reason is Reason.TOO_LARGE


def test_a_question_has_its_number() -> None:
    assert numbered(QUESTION.wire(), 0xABCD)[:2] == b"\xab\xcd"


# -- the exporter's four kinds of pattern, told by ours


def exporters(lines: list[str], **patterns: list[str]) -> bool:
    """What blackbox_exporter's documentation says of its four keys, without regular expressions."""
    fails = any(pattern in line for line in lines for pattern in patterns["if_matches"])
    fails |= bool(patterns["if_all_match"]) and all(p in line for line in lines for p in patterns["if_all_match"])
    fails |= any(pattern not in line for line in lines for pattern in patterns["if_not_matches"])
    fails |= bool(patterns["if_not_matches"]) and not lines
    none = not any(pattern in line for line in lines for pattern in patterns["if_none_matches"])
    return not (fails or (bool(patterns["if_none_matches"]) and none))


PATTERNS = st.lists(st.sampled_from("abc"), max_size=2)


@given(st.lists(st.sampled_from(["a", "b", "ab", "abc", ""]), max_size=3), PATTERNS, PATTERNS, PATTERNS, PATTERNS)
@settings(max_examples=200, deadline=None)
def test_ours_say_what_the_exporters_say(
    lines: list[str], matches: list[str], all_match: list[str], not_matches: list[str], none: list[str]
) -> None:
    ours = DnsRecords.model_validate(
        {"not_matches": matches, "not_all_match": all_match, "all_match": not_matches, "any_match": none}
    )
    try:
        Section("answer", ours).judge(lines)
        holds = True
    except Failure:
        holds = False
    theirs = {"if_matches": matches, "if_all_match": all_match, "if_not_matches": not_matches, "if_none_matches": none}
    assert holds == exporters(lines, **theirs)
