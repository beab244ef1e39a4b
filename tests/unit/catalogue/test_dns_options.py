"""What a catalogue may say of a dns probe: each mistake is told with its place and what would be right."""

from typing import Any

import pytest
from slamon.catalogue import CatalogueErrors, load_value
from slamon.catalogue.kinds.dns import DnsOptions, anchor, split_server

DS = f"example.org. DS 370 13 2 {'AB' * 32}"
VALIDATE = {"dnssec": "validate", "trust_anchors": [DS]}

MISTAKES: list[tuple[dict[str, Any], str, str]] = [
    ({"server": "a b"}, "server", "an address or a host"),
    ({"name": "a..b"}, "name", "a domain name, for example www.example.org"),
    ({"name": "www example.org"}, "name", "a domain name"),
    ({"name": f"{'a' * 64}.org"}, "name", "a domain name"),
    ({"type": "AXFR"}, "type", "zones are not transferred"),
    ({"type": "NOSUCH"}, "type", "a type of records"),
    ({"class": "XX"}, "class", "IN"),
    ({"transport": "quic"}, "transport", "udp"),
    ({"udp_size": 100}, "udp_size", "0, or 512 to 4096 bytes"),
    ({"udp_size": 9000}, "udp_size", "4096"),
    ({"tls": True}, "tls", "transport: tls or https beside it"),
    ({"method": "GET"}, "method", "transport: https beside it"),
    ({"source_address": "no address"}, "source_address", "an address of this machine"),
    ({"source_address": "fe80::1"}, "source_address", "link-local with its interface"),
    ({"source_address": "2001:db8::7"}, "source_address", "one of the family that is probed"),
    ({"source_address": "192.0.2.7", "ip_family": "6"}, "source_address", "one of the family that is probed"),
    ({"source_address": "192.0.2.7", "ip_family": "both"}, "source_address", "one of the family that is probed"),
    ({"source_address": "192.0.2.7", "transport": "https"}, "source_address", "udp, tcp or tls beside it"),
    ({"strict": "perhaps"}, "strict", "true or false"),
    ({"path": "/q", "transport": "tls"}, "path", "transport: https beside it"),
    ({"path": "q?x", "transport": "https"}, "path", "a path without a query"),
    ({"dnssec": "maybe"}, "dnssec", "validate"),
    ({"dnssec": "validate"}, "trust_anchors", "dnssec: validate and trust_anchors together"),
    ({"trust_anchors": [DS]}, "trust_anchors", "dnssec: validate and trust_anchors together"),
    ({**VALIDATE, "trust_anchors": ["example.org. A 192.0.2.1"]}, "trust_anchors[0]", "a DS or DNSKEY record"),
    ({**VALIDATE, "trust_anchors": ["example.org. DS 1 13 2 AB"]}, "trust_anchors[0]", "a DS or DNSKEY record"),
    ({**VALIDATE, "name": "www.example.net"}, "trust_anchors", "the name's or above it"),
    ({**VALIDATE, "trust_anchors": [DS, f"org. {DS[13:]}"]}, "trust_anchors", "records of one zone"),
    ({**VALIDATE, "udp_size": 0}, "udp_size", "udp_size above 0"),
    ({**VALIDATE, "on_truncation": "accept"}, "on_truncation", "whole answers beside"),
    ({**VALIDATE, "expect": {"rcode": "REFUSED"}}, "expect.rcode", "NOERROR or NXDOMAIN beside"),
    ({"expect": {"rcode": "NOSUCH"}}, "expect.rcode", "a response code, for example NOERROR"),
    ({"expect": {"rcode": []}}, "expect.rcode", ""),
    ({"expect": {"answers": {"matches": "("}}}, "expect.answers.matches", "RE2"),
    ({"expect": {"answers": {"min": -1}}}, "expect.answers.min", "0"),
    ({"expect": {"same_serial_as": "ns2"}}, "expect.same_serial_as", "type: SOA beside it"),
]


@pytest.mark.parametrize(("options", "at", "words"), MISTAKES)
def test_mistakes(options: dict[str, Any], at: str, words: str) -> None:
    given = {"server": "192.0.2.53", "name": "www.example.org", **options}
    with pytest.raises(CatalogueErrors) as raised:
        load_value({"slamon": 1, "services": {"zone": {"checks": {"ns": {"dns": given}}}}})
    told = str(raised.value)
    assert f"services.zone.checks.ns.dns.{at}: " in told
    assert words in told


def test_an_anchor_is_read_as_zone_files_have_it() -> None:
    for text in (
        DS,
        DS.replace(" DS", " 3600 IN DS"),
        DS.replace(" DS", " IN ds"),
        DS.replace("example.org.", "EXAMPLE.org"),
    ):
        zone, record = anchor(text)
        assert (str(zone).lower(), record.to_text()) == ("example.org.", f"370 13 2 {'ab' * 32}")


@pytest.mark.parametrize(
    ("server", "found"),
    [
        ("ns.example.org", ("ns.example.org", None)),
        ("ns.example.org:5353", ("ns.example.org", 5353)),
        ("192.0.2.53", ("192.0.2.53", None)),
        ("2001:db8::53", ("2001:db8::53", None)),
        ("[2001:db8::53]:5353", ("2001:db8::53", 5353)),
    ],
)
def test_a_server_may_have_a_port(server: str, found: tuple[str, int | None]) -> None:
    assert split_server(server) == found


def test_what_is_shown_as_target() -> None:
    options = DnsOptions.model_validate({"server": "192.0.2.53", "name": "example.org", "type": "mx"})
    assert options.target == "example.org MX @192.0.2.53"
