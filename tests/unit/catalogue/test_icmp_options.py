"""The options of an icmp check: what is taken, and what is refused with its place and a valid example."""

from fractions import Fraction
from typing import Any

import pytest
from slamon.catalogue import CatalogueErrors, load_value
from slamon.catalogue.kinds.icmp import IcmpOptions


def loaded(**options: Any) -> IcmpOptions:
    value = {"slamon": 1, "services": {"s": {"checks": {"c": {"icmp": options}}}}}
    found = load_value(value).checks["s/c"].options
    assert isinstance(found, IcmpOptions)
    return found


def test_defaults() -> None:
    found = loaded(address="gw.example.org")
    assert (found.count, found.interval, found.payload_size, found.ttl) == (1, 200, 56, None)
    assert (found.do_not_fragment, found.source_address, found.expect.loss_below) == (False, None, Fraction(1))


@pytest.mark.parametrize("address", ["gw.example.org", "gw", "192.0.2.1", "2001:db8::1", "fe80::1%eth0", "müller.de"])
def test_addresses(address: str) -> None:
    assert loaded(address=address).address == address


def test_a_share_of_loss() -> None:
    assert loaded(address="gw", count=5, expect={"loss_below": "40%"}).expect.loss_below == Fraction(2, 5)


@pytest.mark.parametrize(
    ("options", "key", "words"),
    [
        ({"address": "gw.example.org:7"}, "address", "an echo knows no port"),
        ({"address": "[2001:db8::1]"}, "address", "without a port"),
        ({"address": "http://gw/"}, "address", "for example gateway.example.org"),
        ({"address": ""}, "address", "for example gateway.example.org"),
        ({"address": "fe80::1"}, "address", "with its interface, for example fe80::1%eth0"),
        ({}, "address", "address"),
        ({"address": "gw", "count": 0}, "count", "1"),
        ({"address": "gw", "count": 101}, "count", "100"),
        ({"address": "gw", "interval": "0s"}, "interval", "for example"),
        ({"address": "gw", "ttl": 0}, "ttl", "1"),
        ({"address": "gw", "ttl": 256}, "ttl", "255"),
        ({"address": "gw", "payload_size": "65508B"}, "payload_size", "65507B"),
        ({"address": "gw", "payload_size": 56}, "payload_size", "for example"),
        ({"address": "gw", "source_address": "eth0"}, "source_address", "an address of this machine"),
        ({"address": "gw", "source_address": "fe80::1"}, "source_address", "link-local with its interface"),
        ({"address": "gw", "source_address": "192.0.2.7", "ip_family": 6}, "source_address", "of the family"),
        ({"address": "gw", "source_address": "192.0.2.7", "ip_family": "both"}, "source_address", "of the family"),
        ({"address": "2001:db8::1", "source_address": "192.0.2.7"}, "source_address", "of the family"),
        ({"address": "gw", "expect": {"loss_below": "0%"}}, "loss_below", "%"),
        ({"address": "gw", "expect": {"loss_below": "101%"}}, "loss_below", "%"),
        ({"address": "gw", "expect": {"loss_over": "1%"}}, "loss_over", "unknown key"),
        ({"address": "gw", "size": "5B"}, "size", "unknown key"),
    ],
)
def test_what_is_refused(options: dict[str, Any], key: str, words: str) -> None:
    with pytest.raises(CatalogueErrors) as raised:
        loaded(**options)
    assert "services.s.checks.c.icmp" in str(raised.value)
    assert key in str(raised.value)
    assert words in str(raised.value)
