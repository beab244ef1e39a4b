"""Parsers of what servers send."""

import struct
from contextlib import suppress
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from dns.rdtypes.ANY.NSEC import NSEC
from dns.rdtypes.ANY.NSEC3 import NSEC3
from requests.cookies import RequestsCookieJar
from slamon.accounting import Verdict
from slamon.catalogue.kinds.exec import ExecOptions
from slamon.catalogue.kinds.journey import Capture
from slamon.catalogue.probe_options import HttpExpect
from slamon.probes import ProbeContext
from slamon.probes import dns_message as messages
from slamon.probes import json_path as paths
from slamon.probes.course import Failure, Mask
from slamon.probes.dns_denial import hashed, plain
from slamon.probes.echo_errors import Trouble, told
from slamon.probes.echo_packet import Echo, beyond_ip_header, brings_back, quotes
from slamon.probes.evidence import read
from slamon.probes.exec import ExecProbe
from slamon.probes.expect import Answer, Expectations
from slamon.probes.grpc_health import serving, unframed
from slamon.probes.journey_values import Captured
from slamon.probes.known_hosts import KnownHosts
from slamon.probes.promql_answer import read as read_promql
from slamon.probes.redirects import Hop, Place, following
from slamon.probes.ssh_keys import ALGORITHMS, HostKey
from slamon.probes.staple import judge
from slamon.probes.tls import verified_chain
from slamon.probes.tls_names import bears
from slamon.probes.websocket_frames import Frames

from tests.fuzz import seeds


def echo(data: bytes) -> None:
    """A reply, with and without a header of IPv4."""
    for packet in (data, beyond_ip_header(data)):
        found = Echo.of(packet)
        if found is not None:
            brings_back(found.payload, b"0123456789abcdef")
            quotes(found.payload, b"0123456789abcdef")


def echo_errors(data: bytes) -> None:
    """An entry of the error queue."""
    found = Trouble.of(data)
    if found is not None:
        told(found, "gw.example.org", "192.0.2.1", 84)


def dns(data: bytes) -> None:
    """An answer of a name server, judged and verified."""
    answer = messages.read(data, seeds.NUMBER, seeds.QUESTION, "ns")
    for judge_ in seeds.JUDGES:
        with suppress(Failure):
            judge_(answer)


def dns_denial(data: bytes) -> None:
    """Its NSEC and NSEC3 records, as if they were signed."""
    answer = messages.read(data, seeds.NUMBER, seeds.QUESTION, "ns")
    given = (*answer.answer, *answer.authority)
    spans = [(one.name, one.data) for one in given if isinstance(one.data, NSEC)]
    hashes = [(one.name, one.data) for one in given if isinstance(one.data, NSEC3)]
    for zone in {one.name for one in given} | {name.parent() for name, _ in hashes if len(name) > 1}:
        for denial in (plain(zone, spans), *hashed(zone, hashes)):
            for name in (seeds.QUESTION.name, *(one.name for one in given)):
                found = denial.no_name(name), denial.no_type(name, seeds.QUESTION.type), denial.no_closer(name, 1)
                assert set(found) <= {True, False}


def ssh_keys(data: bytes) -> None:
    """A host key and its signature, by every algorithm."""
    half = len(data) // 2
    for algorithm in ALGORITHMS:
        for key, signature in ((data, data), (data[:half], data[half:])):
            try:
                HostKey(key).signed(signature, b"data", algorithm)
            except ValueError:
                pass
    assert HostKey(data).fingerprint


@cache
def _folder() -> "TemporaryDirectory[str]":
    return TemporaryDirectory(prefix="slamon-fuzz-")


def file(data: bytes, name: str = "file") -> Path:
    """A file that holds it."""
    path = Path(_folder().name) / name
    path.write_bytes(data)
    return path


def known_hosts(data: bytes) -> None:
    """A file of known hosts; it is refused as a whole only where it cannot be opened."""
    KnownHosts.read(file(data)).keys("gw.example.org", 2222)


def grpc(data: bytes) -> None:
    """An answer of the health service."""
    with suppress(ValueError):
        serving(data)
    serving(unframed(data))


def websocket_frames(data: bytes) -> None:
    """Frames, with and without compression."""
    for compressed in (True, False):
        try:
            for _ in Frames("ws", compressed=compressed).events(data):
                pass
        except Failure:
            pass


@cache
def _expectations() -> Expectations:
    given = {
        "headers": {"content-type": "json"},
        "body_matches": "a.*b",
        "body_not_matches": "fatal",
        "json": [{"path": "a.b[0]", "equals": 1}, {"path": "c", "matches": "x+"}, {"path": "d", "above": 3}],
    }
    return Expectations(HttpExpect.model_validate(given), Mask(("geheim",)))


def answer(data: bytes) -> Answer:
    """Head and body."""
    head, _, body = data.partition(b"\r\n\r\n")
    lines = [line + b"\r\n" for line in head.split(b"\r\n")]
    kind = next((line[13:].strip() for line in lines if line.lower().startswith(b"content-type:")), b"")
    return Answer(200, lines, body, kind.decode("latin-1"), False)


def http(data: bytes) -> None:
    """An answer against expectations."""
    _expectations().judge(answer(data))


CAPTURES = ({"body": 'value="([^"]+)"'}, {"json": "a.b"}, {"header": "Location"}, {"cookie": "sid"})


def journey(data: bytes) -> None:
    """Values captured from an answer."""
    for capture in CAPTURES:
        try:
            Captured.of("x", Capture.model_validate(capture)).of_answer(answer(data), RequestsCookieJar())
        except Failure:
            pass


def redirects(data: bytes) -> None:
    """A place that a server names."""
    hop = Hop(Place.of("https://shop.example.org/a/b?c"), "GET", ("Authorization: x",))
    try:
        following(hop, 302, data)
    except Failure:
        pass
    Place.of(data.decode("utf-8", "replace"))


def certificates(data: bytes) -> None:
    """A certificate in DER."""
    found = read(data)
    if found is not None:
        bears(found, "shop.example.org")
        bears(found, "192.0.2.1")
        verified_chain([found.parsed, *seeds.CHAIN], None)


def staple(data: bytes) -> None:
    """An OCSP response."""
    own, issuer = seeds.CHAIN
    judge(data, own, issuer, "tls", seeds.NOW_S)


def promql(data: bytes) -> None:
    """An answer of an engine."""
    read_promql(data)


@cache
def _plugin() -> ExecProbe:
    return ExecProbe(ExecOptions.model_validate({"command": ["/bin/true"]}), ProbeContext())


def plugin(data: bytes) -> None:
    """What a plug-in says, in any code."""
    for code in (0, 1, 2):
        found = _plugin()._judged(code, data.decode("utf-8", "replace"), 1000)
        assert found.verdict in Verdict
        assert all(isinstance(us, int) and us >= 0 for us in found.phases.values())


def masks(data: bytes) -> None:
    """What is shown is short and on one line, and holds no secret."""
    shown = Mask(("geheim",)).shown(data.decode("utf-8", "replace"))
    assert shown.isprintable()
    assert len(shown) < 200
    assert "geheim" not in shown


def json_path(data: bytes) -> None:
    """A path of a user, looked up in a document."""
    document: Any = {"a": [{"b": 1}], "c": {"d e": None}, "x": "y"}
    paths.find(document, paths.parse(data.decode("utf-8", "replace")))


def number(data: bytes) -> int:
    """A number made of the case, for what has several ways."""
    return int(struct.unpack("!I", (data + bytes(4))[:4])[0])
