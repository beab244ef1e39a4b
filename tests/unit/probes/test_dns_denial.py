"""Proofs of absence against what a zone really holds: none is missing from a whole chain, none is ever false."""

from base64 import b32hexdecode
from itertools import pairwise

import dns.dnssec
import dns.name
import dns.rdata
import dns.rdatatype
import pytest
from dns.rdtypes.ANY.NSEC import NSEC
from dns.rdtypes.ANY.NSEC3 import NSEC3
from hypothesis import given
from hypothesis import strategies as st
from slamon.probes.dns_denial import Denial, hashed, plain

ZONE = dns.name.from_text("example.")
A, MX, DS, ANY = (dns.rdatatype.RdataType[kind] for kind in ("A", "MX", "DS", "ANY"))
APEX = ("SOA", "NS", "DNSKEY")
Zone = dict[dns.name.Name, tuple[str, ...]]
"""What a zone holds: types by name; a name with NS alone is a delegation."""


def name(text: str) -> dns.name.Name:
    return dns.name.from_text(f"{text}.example." if text else "example.")


def given_zone(*, apex: bool = True, **names: tuple[str, ...]) -> Zone:
    return ({ZONE: APEX} if apex else {}) | {name(one.replace("_", ".")): kinds for one, kinds in names.items()}


def nsec(zone: Zone) -> list[tuple[dns.name.Name, NSEC]]:
    """The chain of a zone."""
    owners = sorted(zone)
    found = []
    for owner, after in pairwise([*owners, owners[0]]):
        record = dns.rdata.from_text("IN", "NSEC", f"{after} {' '.join(zone[owner])} RRSIG NSEC")
        assert isinstance(record, NSEC)
        found.append((owner, record))
    return found


def hash_of(one: dns.name.Name) -> str:
    return dns.dnssec.nsec3_hash(one, "aabbccdd", 12, 1).lower()


def nsec3(zone: Zone, flags: int = 0, iterations: int = 12) -> list[tuple[dns.name.Name, NSEC3]]:
    """The same in hashes, with the names on the way to others."""
    whole = dict(zone)
    for one in zone:
        while one != ZONE:
            one = one.parent()
            whole.setdefault(one, ())
    by_hash = {hash_of(one): kinds for one, kinds in whole.items()}
    found = []
    for owner, after in pairwise([*sorted(by_hash), min(by_hash)]):
        text = f"1 {flags} {iterations} aabbccdd {after} {' '.join(by_hash[owner])}"
        record = dns.rdata.from_text("IN", "NSEC3", text)
        assert isinstance(record, NSEC3)
        found.append((name(owner), record))
    return found


def denials(zone: Zone) -> list[Denial]:
    return [plain(ZONE, nsec(zone)), *hashed(ZONE, nsec3(zone))]


COMPANY = given_zone(
    www=("A",),
    mail=("A", "MX"),
    alias=("CNAME",),
    a_b_deep=("A",),
    below=("NS",),
    old=("DNAME",),
    **{"*_wild": ("TXT",)},
)


@pytest.mark.parametrize("denial", denials(COMPANY), ids=["nsec", "nsec3"])
def test_what_a_company_has_and_has_not(denial: Denial) -> None:
    assert denial.no_name(name("nowhere"))
    assert denial.no_name(name("x.www")), "below a name that is there"
    assert not denial.no_name(name("www"))
    assert not denial.no_name(name("deep")), "on the way to another name"
    assert denial.no_type(name("deep"), A)
    assert denial.no_type(name("www"), MX)
    assert not denial.no_type(name("mail"), MX)
    assert not denial.no_type(name("alias"), A), "an alias has what it leads to"
    assert not denial.no_type(name("nowhere"), A), "a name that is not there has no types to lack"
    assert not denial.no_name(name("x.wild")), "the wildcard stands in its place"
    assert denial.no_type(name("x.wild"), A), "the wildcard has no addresses"
    assert not denial.no_type(name("x.wild"), dns.rdatatype.TXT)
    assert denial.no_closer(name("x.wild"), 2)
    assert denial.no_closer(name("x.y.wild"), 2)
    assert not denial.no_closer(name("www"), 1), "it is there itself: no wildcard stands in its place"


@pytest.mark.parametrize("denial", denials(COMPANY), ids=["nsec", "nsec3"])
def test_a_zone_says_nothing_of_what_it_gave_away(denial: Denial) -> None:
    """RFC 6840 4.1: what stands at a delegation proves no more than that there is no DS record."""
    assert not denial.no_name(name("shop.below"))
    assert not denial.no_type(name("below"), A)
    assert denial.no_type(name("below"), DS)
    assert not denial.no_type(ZONE, DS), "that is for the zone above to say"
    assert not denial.no_name(name("shop.old")), "an alias leads away all that is below it"
    assert not denial.no_type(name("www"), ANY)


def test_other_zones_and_what_cannot_be_worked_out() -> None:
    assert not any(one.no_name(dns.name.from_text("www.example.net.")) for one in denials(COMPANY))
    opt_out = list(hashed(ZONE, nsec3(COMPANY, flags=1)))
    assert len(opt_out) == 1
    assert not opt_out[0].no_name(name("nowhere")), "there may be a delegation that is not signed"
    assert not opt_out[0].no_closer(name("x.wild"), 2)
    assert opt_out[0].no_type(name("www"), MX)
    assert list(hashed(ZONE, nsec3(COMPANY, iterations=151))) == []
    assert list(hashed(ZONE, nsec3(COMPANY, flags=2))) == []
    strange = dns.name.from_text("no-hash.example.")
    assert list(hashed(ZONE, [(strange, nsec3(COMPANY)[0][1]), (ZONE, nsec3(COMPANY)[0][1])])) == []


def test_hashes_are_those_of_the_standard() -> None:
    """RFC 5155, appendix A."""
    known = {"": "0p9mhaveqvm6t7vbl5lop2u3t2rp3tom", "*.w": "r53bq7cc2uvmubfu5ocmm6pers9tk9en"}
    assert {one: hash_of(name(one)) for one in known} == known
    [denial] = hashed(ZONE, nsec3(given_zone(www=("A",))))
    assert denial._hash(name("*.w")) == b32hexdecode(known["*.w"].upper())


def test_a_name_of_the_greatest_length_has_no_wildcard_below() -> None:
    long = dns.name.Name([b"x" * 63, b"y" * 63, b"z" * 63, b"a" * 53, *ZONE.labels])
    for denial in denials(COMPANY):
        assert denial.no_name(long)


# -- against a naive reading of what there is

LABELS = st.sampled_from(["a", "b", "*", "m"])
NAMES = st.lists(LABELS, min_size=1, max_size=3).map(lambda labels: name(".".join(labels)))
KINDS = st.sets(st.sampled_from(["A", "MX"]), min_size=1).map(lambda kinds: tuple(sorted(kinds)))
ZONES = st.dictionaries(NAMES, KINDS, max_size=6).map(lambda names: {ZONE: APEX, **names})


def exists(zone: Zone, one: dns.name.Name) -> bool:
    return any(other.is_subdomain(one) for other in zone)


def source(zone: Zone, one: dns.name.Name) -> dns.name.Name | None:
    """Where an answer comes from: the name itself, the wildcard below the closest name above, nothing."""
    if exists(zone, one):
        return one
    while not exists(zone, one):
        one = one.parent()
    wild = dns.name.Name((b"*", *one.labels))
    return wild if exists(zone, wild) else None


@given(ZONES, NAMES, st.sampled_from([A, MX]))
def test_a_whole_chain_proves_exactly_what_is_true(
    zone: Zone, asked: dns.name.Name, kind: dns.rdatatype.RdataType
) -> None:
    at = source(zone, asked)
    for denial in denials(zone):
        assert denial.no_name(asked) == (at is None)
        assert denial.no_type(asked, kind) == (at is not None and kind.name not in zone.get(at, ()))
        for labels in range(1, len(asked) - 1):
            expected = not exists(zone, dns.name.Name(asked.labels[-(labels + 2) :]))
            above = exists(zone, dns.name.Name(asked.labels[-(labels + 1) :]))
            if above:  # else there can be no wildcard that signed anything
                assert denial.no_closer(asked, labels) == expected


@given(ZONES, NAMES, st.sampled_from([A, MX]), st.data())
def test_a_part_of_a_chain_proves_nothing_that_is_false(
    zone: Zone, asked: dns.name.Name, kind: dns.rdatatype.RdataType, data: st.DataObject
) -> None:
    at, some = source(zone, asked), data.draw(st.sets(st.integers(0, 12)))
    plains = [record for place, record in enumerate(nsec(zone)) if place in some]
    hashes = [record for place, record in enumerate(nsec3(zone)) if place in some]
    for denial in (plain(ZONE, plains), *hashed(ZONE, hashes)):
        assert not denial.no_name(asked) or at is None
        assert not denial.no_type(asked, kind) or (at is not None and kind.name not in zone.get(at, ()))
        for labels in range(1, len(asked) - 1):
            below = dns.name.Name(asked.labels[-(labels + 2) :])
            assert not denial.no_closer(asked, labels) or not exists(zone, below)
