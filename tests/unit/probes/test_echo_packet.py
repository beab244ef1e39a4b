"""Echo packets and ICMP errors as bytes: read right, and never upset by what a stranger sends."""

import errno
import os
import socket
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as some
from slamon.probes import ProbeNotRunError, Reason
from slamon.probes.course import Failure
from slamon.probes.echo_errors import FROM_ICMP, FROM_ICMP6, Trouble, told, too_big, unsent
from slamon.probes.echo_packet import (
    COOKIE,
    Echo,
    beyond_ip_header,
    brings_back,
    checksum,
    quotes,
    request,
)

WORD = some.integers(0, 0xFFFF)


class TestRequests:
    """What goes out."""

    @given(six=some.booleans(), ident=WORD, sequence=WORD, payload=some.binary(max_size=300))
    def test_what_is_written_is_read_again(self, six: bool, ident: int, sequence: int, payload: bytes) -> None:
        assert Echo.of(request(six, ident, sequence, payload)) == Echo(128 if six else 8, 0, ident, sequence, payload)

    @given(some.binary(max_size=300))
    def test_the_checksum_is_that_of_the_internet(self, payload: bytes) -> None:
        """RFC 1071, the plain way: the words of a right packet, carries added in again, are all ones."""
        data = request(False, 0x1234, 7, payload)
        data += b"\0" * (len(data) % 2)
        total = sum(struct.unpack(f"!{len(data) // 2}H", data))
        while total >> 16:
            total = (total & 0xFFFF) + (total >> 16)
        assert total == 0xFFFF

    def test_a_checksum_that_is_known(self) -> None:
        """The example of RFC 1071: 0001 f203 f4f5 f6f7 add up to ddf2."""
        assert checksum(bytes.fromhex("0001f203f4f5f6f7")) == 0xFFFF - 0xDDF2


class TestReplies:
    """What comes in."""

    @given(some.binary(max_size=200))
    def test_any_bytes(self, data: bytes) -> None:
        echo = Echo.of(data)
        assert (echo is None) is (len(data) < 8)
        rest = Echo.of(beyond_ip_header(data))
        assert rest is None or len(rest.payload) <= len(data) - 8

    @pytest.mark.parametrize(("header", "rest"), [(b"\x45" + bytes(19), b"abc"), (b"\x46" + bytes(23), b"abc")])
    def test_ip_headers_with_options_and_without(self, header: bytes, rest: bytes) -> None:
        assert beyond_ip_header(header + rest) == rest

    def test_an_ip_header_that_claims_more_than_there_is(self) -> None:
        assert beyond_ip_header(b"\x4f" + bytes(19)) == b""
        assert beyond_ip_header(b"") == b""

    @given(sent=some.binary(max_size=100), answered=some.binary(max_size=100))
    def test_a_payload_of_their_own_is_none_of_ours(self, sent: bytes, answered: bytes) -> None:
        ours = sent.startswith(answered) and (len(answered) >= COOKIE or answered == sent)
        assert brings_back(answered, sent) is ours

    def test_how_much_must_come_back(self) -> None:
        sent = bytes(range(56))
        assert brings_back(sent, sent)
        assert brings_back(sent[:16], sent)
        assert not brings_back(sent[:15], sent)
        assert not brings_back(sent + b"\0", sent)
        assert brings_back(b"", b"")

    @given(sent=some.binary(max_size=100), cut=some.integers(0, 100), more=some.binary(max_size=20))
    def test_a_quote_may_be_cut_and_padded(self, sent: bytes, cut: int, more: bytes) -> None:
        assert quotes(sent[:cut], sent)
        assert quotes(sent + more, sent)

    def test_a_quote_of_somebody_else(self) -> None:
        assert not quotes(b"abcx", b"abcd")


def extended(number: int, origin: int, kind: int, code: int, info: int = 0, sayer: bytes = b"") -> bytes:
    """An entry of the error queue, as linux/errqueue.h has it."""
    return struct.pack("=IBBBBII", number, origin, kind, code, 0, info, 0) + sayer


class TestErrors:
    """What routers say."""

    @given(some.binary(max_size=64))
    def test_any_bytes(self, data: bytes) -> None:
        trouble = Trouble.of(data)
        assert (trouble is None) is (len(data) < 16)
        if trouble is not None:
            assert isinstance(told(trouble, "gw.test", "192.0.2.1", 84), Failure | None)

    @given(origin=some.sampled_from([FROM_ICMP, FROM_ICMP6]), kind=some.integers(0, 255), code=some.integers(0, 255))
    def test_every_type_and_code_has_words(self, origin: int, kind: int, code: int) -> None:
        trouble = Trouble.of(extended(errno.EHOSTUNREACH, origin, kind, code))
        assert trouble is not None
        failure = told(trouble, "gw.test", "192.0.2.1", 84)
        unreachable = (origin, kind) in ((FROM_ICMP, 3), (FROM_ICMP6, 1))
        assert (failure is not None and failure.reason is Reason.UNREACHABLE) is unreachable

    def test_who_says_it(self) -> None:
        four = struct.pack("=HH", socket.AF_INET, 0) + socket.inet_aton("192.0.2.7") + bytes(8)
        six = struct.pack("=HHI", socket.AF_INET6, 0, 0) + socket.inet_pton(socket.AF_INET6, "2001:db8::7") + bytes(4)
        for sayer, name in ((four, "192.0.2.7"), (six, "2001:db8::7"), (four[:7], None), (six[:23], None), (b"", None)):
            trouble = Trouble.of(extended(errno.EHOSTUNREACH, FROM_ICMP, 11, 0, sayer=sayer))
            assert trouble is not None
            assert trouble.sayer == name

    def test_a_redirect_is_no_failure(self) -> None:
        trouble = Trouble.of(extended(0, FROM_ICMP, 5, 1))
        assert trouble is not None
        assert told(trouble, "gw.test", "192.0.2.1", 84) is None

    def test_what_a_narrow_link_takes(self) -> None:
        assert "a link takes 1280 bytes" in too_big("gw.test", 1428, 1280).message
        assert "a link takes less" in too_big("gw.test", 1428, 0).message


class TestUnsent:
    """What our own kernel says."""

    @pytest.mark.parametrize("number", [errno.ENETUNREACH, errno.EHOSTUNREACH, errno.EINVAL, errno.ENETDOWN, 0, 999])
    def test_the_way_is_blamed(self, number: int) -> None:
        found = unsent(OSError(number, os.strerror(number)), "gw.test", 84, 0, None)
        assert (found.reason, found.message.startswith("gw.test is unreachable: ")) == (Reason.UNREACHABLE, True)

    @pytest.mark.parametrize(
        ("number", "source", "words"),
        [
            (errno.EADDRNOTAVAIL, "192.0.2.7", "source_address is no address of this machine"),
            (errno.EAFNOSUPPORT, None, "does not know the family"),
            (errno.ENODEV, None, "no such interface"),
            (errno.EMFILE, None, "no file descriptor is left"),
            (errno.ENOBUFS, None, "no buffer space left"),
            (errno.EPERM, None, "this machine forbids"),
        ],
    )
    def test_we_are_to_blame(self, number: int, source: str | None, words: str) -> None:
        with pytest.raises(ProbeNotRunError, match=words):
            unsent(OSError(number, ""), "gw.test", 84, 0, source)

    def test_no_address_of_the_family(self) -> None:
        found = unsent(OSError(errno.EADDRNOTAVAIL, ""), "gw.test", 84, 0, None)
        assert found.message == "gw.test is unreachable: this machine has no address of its family"

    def test_too_big_for_our_own_interface(self) -> None:
        assert unsent(OSError(errno.EMSGSIZE, ""), "gw.test", 4028, 1500, None).reason is Reason.FRAGMENTATION_NEEDED
