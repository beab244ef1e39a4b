"""Proofs that something is not there, from NSEC (RFC 4035 5.4) and NSEC3 records (RFC 5155 8). Pure.

What is given here is signed already, all by one zone. A proof by the zone above a delegation says nothing of what is
below it (RFC 6840 4.1), and one that leaves room for unsigned delegations (opt-out) proves nothing.
"""

from base64 import b32hexdecode
from binascii import Error as NotBase32
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Protocol

import dns.dnssec
import dns.exception
import dns.name
import dns.rdatatype
from dns.rdtypes.ANY.NSEC import NSEC
from dns.rdtypes.ANY.NSEC3 import NSEC3

MOST_ITERATIONS = 150
"""NSEC3 records that want more hashing are not worked out (RFC 9276)."""

SHA1 = 1
OPT_OUT = 1
HASH_LENGTH = 20

Name = dns.name.Name
Type = dns.rdatatype.RdataType


class Denial(Protocol):
    """What the records of one zone prove."""

    def no_name(self, name: Name) -> bool:
        """That there is no such name, and no wildcard in its place."""
        ...

    def no_type(self, name: Name, kind: Type) -> bool:
        """That the name, or the wildcard in its place, has no records of that type."""
        ...

    def no_closer(self, name: Name, labels: int) -> bool:
        """That nothing is closer to the name than the wildcard below its last so many labels (root not counted)."""
        ...


@dataclass(frozen=True, slots=True)
class Plain:
    """By NSEC: each names the next name of its zone, in canonical order."""

    zone: Name
    records: Mapping[Name, NSEC]

    def no_name(self, name: Name) -> bool:
        found = self._encloser(name)
        return found is not None and self._absent(_wildcard(found))

    def no_type(self, name: Name, kind: Type) -> bool:
        found = self._encloser(name)
        return self._bare(name, kind) if found is None else self._bare(_wildcard(found), kind)

    def no_closer(self, name: Name, labels: int) -> bool:
        found = self._encloser(name)
        return found is not None and len(found) == labels + 1

    def _bare(self, name: Name, kind: Type) -> bool:
        """Whether a name that there is has no such type; one on the way to another name has nothing itself."""
        exact, over = self.records.get(name), self._over(name)
        return _lacks(exact, name, kind) if exact is not None else over is not None and not self._absent(name)

    def _absent(self, name: Name) -> bool:
        over = self._over(name)
        return over is not None and not over[1].next.is_subdomain(name)

    def _encloser(self, name: Name) -> Name | None:
        """The closest name there is above one that is not there; None where that is not proved."""
        over = self._over(name)
        if over is None or over[1].next.is_subdomain(name):
            return None
        common = max(name.fullcompare(other)[2] for other in (over[0], over[1].next))
        return Name(name.labels[-common:]) if common else dns.name.root

    def _over(self, name: Name) -> tuple[Name, NSEC] | None:
        """The record between whose names this one would be."""
        for owner, record in self.records.items():
            inside = owner < name and (name < record.next or record.next == self.zone)
            if inside and name.is_subdomain(self.zone) and not (name.is_subdomain(owner) and _leads_away(record)):
                return owner, record
        return None


@dataclass(frozen=True, slots=True)
class Hashed:
    """By NSEC3: the same with hashes for names. `records` by the hash of their owner; one salt, one count."""

    zone: Name
    records: Mapping[bytes, NSEC3]
    _hashes: dict[Name, bytes] = field(default_factory=dict)

    def no_name(self, name: Name) -> bool:
        found = self._closest(name)
        return found is not None and self._absent(found[1]) and self._absent(_wildcard(found[0]))

    def no_type(self, name: Name, kind: Type) -> bool:
        exact = self._of(name)
        if exact is not None:
            return _lacks(exact, name, kind)
        found = self._closest(name)
        if found is None or not self._absent(found[1]):
            return False
        wild = self._of(_wildcard(found[0]))
        return wild is not None and _lacks(wild, name, kind)

    def no_closer(self, name: Name, labels: int) -> bool:
        return self._absent(Name(name.labels[-(labels + 2) :]))

    def _closest(self, name: Name) -> tuple[Name, Name] | None:
        """The closest name above that there is, and the name next to it on the way down, which must not be."""
        below = name
        while below != self.zone and below.is_subdomain(self.zone):
            above = below.parent()
            record = self._of(above)
            if record is not None:
                return None if _leads_away(record) else (above, below)
            below = above
        return None

    def _of(self, name: Name) -> NSEC3 | None:
        return self.records.get(self._hash(name))

    def _absent(self, name: Name) -> bool:
        """Whether a record spans its hash, and leaves no room for unsigned delegations."""
        hashed = self._hash(name)
        for owner, record in self.records.items():
            last = record.next <= owner
            inside = (owner < hashed or hashed < record.next) if last else owner < hashed < record.next
            if inside and hashed != owner:
                return not record.flags & OPT_OUT and name.is_subdomain(self.zone)
        return False

    def _hash(self, name: Name) -> bytes:
        if name not in self._hashes:
            like = next(iter(self.records.values()))
            text = dns.dnssec.nsec3_hash(name, like.salt, like.iterations, like.algorithm)
            self._hashes[name] = b32hexdecode(text)
        return self._hashes[name]


def plain(zone: Name, records: Iterable[tuple[Name, NSEC]]) -> Plain:
    """Of a zone's NSEC records; those that lead out of the zone are left aside."""
    return Plain(zone, {owner: record for owner, record in records if record.next.is_subdomain(zone)})


def hashed(zone: Name, records: Iterable[tuple[Name, NSEC3]]) -> Iterator[Hashed]:
    """Of a zone's NSEC3 records, one for each salt and count; those that cannot be used are left aside."""
    found: dict[tuple[bytes, int], dict[bytes, NSEC3]] = {}
    for owner, record in records:
        place = _place(zone, owner)
        known = record.algorithm == SHA1 and not record.flags & ~OPT_OUT and len(record.next) == HASH_LENGTH
        if known and place is not None and record.iterations <= MOST_ITERATIONS:
            found.setdefault((record.salt, record.iterations), {})[place] = record
    return (Hashed(zone, gathered) for gathered in found.values())


def _place(zone: Name, owner: Name) -> bytes | None:
    """The hash that an owner's first label is."""
    if not owner.is_subdomain(zone) or len(owner) != len(zone) + 1:
        return None
    try:
        found = b32hexdecode(owner.labels[0].upper())
    except (NotBase32, ValueError):
        return None
    return found if len(found) == HASH_LENGTH else None


def _wildcard(above: Name) -> Name:
    try:
        return Name((b"*", *above.labels))
    except dns.exception.DNSException:
        return above  # too long to be a name: nothing can be there, and the name above is known to be


def _lacks(record: NSEC | NSEC3, name: Name, kind: Type) -> bool:
    """Whether a name with that record has no such type, as its own zone has to say it."""
    if kind == dns.rdatatype.ANY:
        return not record.windows
    has = {one for one in (kind, dns.rdatatype.CNAME, dns.rdatatype.NS, dns.rdatatype.SOA) if _has(record, one)}
    if kind == dns.rdatatype.DS:
        speaks = dns.rdatatype.SOA not in has or name == dns.name.root
    else:
        speaks = dns.rdatatype.NS not in has or dns.rdatatype.SOA in has
    return speaks and kind not in has and dns.rdatatype.CNAME not in has


def _leads_away(record: NSEC | NSEC3) -> bool:
    """Whether what is below its name belongs to another zone, or is an alias."""
    cut = _has(record, dns.rdatatype.NS) and not _has(record, dns.rdatatype.SOA)
    return cut or _has(record, dns.rdatatype.DNAME)


def _has(record: NSEC | NSEC3, kind: Type) -> bool:
    number, bit = divmod(int(kind), 256)
    for window, bits in record.windows:
        if window == number and bit // 8 < len(bits) and bits[bit // 8] & 0x80 >> bit % 8:
            return True
    return False
