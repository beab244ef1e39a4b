"""Signatures of an answer checked, from a trust anchor down to the name. Pure: what was gathered and a moment in.

A chain is believed from the anchor's zone on: its DNSKEYs are signed by a key that the anchor names, and each deeper
zone's by one that a DS record names, which the zone above has signed. What is not there must be proved, by signed
NSEC or NSEC3 records: a name, a type, anything closer than a wildcard. The work is bounded, whatever was sent.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import islice

import dns.dnssec
import dns.exception
import dns.name
import dns.rcode
import dns.rdata
import dns.rdataclass
import dns.rdataset
import dns.rdatatype
import dns.rrset
from dns.rdtypes.ANY.DNSKEY import DNSKEY
from dns.rdtypes.ANY.DS import DS
from dns.rdtypes.ANY.NSEC import NSEC
from dns.rdtypes.ANY.NSEC3 import NSEC3
from dns.rdtypes.ANY.RRSIG import RRSIG

from slamon.catalogue.kinds.dns import Anchor
from slamon.probes.course import Failure
from slamon.probes.dns_denial import MOST_ITERATIONS, Denial, hashed, plain
from slamon.probes.dns_message import Answer, Question, Record, Section
from slamon.probes.outcome import Reason

MOST_CHECKS = 64
"""So many signatures are checked in one probe."""

MOST_RECORDS = 128
"""So many records an answer may have, and its authority section."""

MOST_TTL = 0x7FFF_FFFF

MOST_SIGNATURES = 4
"""So many signatures of one set of records are looked at."""

MOST_NAMESAKES = 4
"""So many keys with the same tag are tried."""

MOST_ALIASES = 16
"""So many CNAMEs are followed."""

ZONE_KEY = 0x0100
PROTOCOL = 3

Rdatas = Iterable[dns.rdata.Rdata]


@dataclass(frozen=True, slots=True)
class Link:
    """What a zone's servers said: its DNSKEYs, and its DS records in the zone above (None for the anchor's zone)."""

    keys: Answer
    delegation: Answer | None


PROOFS = frozenset({dns.rdatatype.NSEC, dns.rdatatype.NSEC3})


def signers(records: Iterable[Record]) -> set[dns.name.Name]:
    """The zones that signed something of it."""
    return {record.data.signer for record in records if isinstance(record.data, RRSIG)}


def witnesses(answer: Answer) -> set[dns.name.Name]:
    """The zones whose keys are needed: they signed something of the answer, or a proof of what is not there."""
    proofs = (one for one in answer.authority if isinstance(one.data, RRSIG) and one.data.type_covered in PROOFS)
    return signers(answer.answer) | signers(proofs)


Sets = Sequence[dns.rrset.RRset]


def sets(section: Section) -> Sets:
    """The records of a section, gathered in sets. Raises Failure (dnssec) when they are too many."""
    if len(section) > MOST_RECORDS:
        raise _bad(f"the answer has {len(section)} records, of more than {MOST_RECORDS} no signatures are checked")
    found: dict[tuple[object, ...], dns.rrset.RRset] = {}
    for record in section:
        covers = record.data.covers()
        key = (record.name, record.klass, record.type, covers)
        rrset = found.setdefault(key, dns.rrset.RRset(record.name, record.klass, record.type, covers))
        rrset.add(record.data, record.ttl & MOST_TTL)
    return list(found.values())


@dataclass(slots=True)
class Verification:
    """One answer's. `now` is Unix seconds."""

    anchors: Sequence[Anchor]
    links: Mapping[dns.name.Name, Link]
    now: int
    _trusted: dict[dns.name.Name, dns.rrset.RRset] = field(default_factory=dict)
    _checks: int = 0
    _authority: Sets = ()
    _denials: list[Denial] | None = None

    @property
    def top(self) -> dns.name.Name:
        """The anchor's zone."""
        return self.anchors[0][0]

    def verify(self, answer: Answer, question: Question) -> None:
        """What the question is answered with is signed, and what is said not to be there is proved not to be.

        Raises Failure (dnssec).
        """
        if answer.rcode not in (dns.rcode.NOERROR, dns.rcode.NXDOMAIN):
            raise _bad(f"nobody signs an answer of {dns.rcode.to_text(dns.rcode.Rcode(answer.rcode))}")
        name, held = question.name, sets(answer.answer)
        self._authority = sets(answer.authority)
        for _ in range(MOST_ALIASES):
            found = [r for r in _sets(held, name) if question.type in (r.rdtype, dns.rdatatype.ANY)]
            for rrset in found:
                self._signed(rrset, held)
            further = None if found else self._following(held, name)
            if further is None:
                return self._absent(name, question, answer.rcode, found=bool(found))
            name = further
        raise _bad(f"the aliases of {question.name} have no end")

    def _absent(self, name: dns.name.Name, question: Question, rcode: int, *, found: bool) -> None:
        """What an answer says is not there, once every alias is followed."""
        about = f"{name}" if name == question.name else f"{name}, the alias of {question.name},"
        kind = dns.rdatatype.to_text(question.type)
        if rcode == dns.rcode.NXDOMAIN:
            if found or not any(denial.no_name(name) for denial in self._proofs()):
                raise _bad(f"nothing proves that {about} does not exist{self._unusable()}")
        elif not found and not any(denial.no_type(name, question.type) for denial in self._proofs()):
            raise _bad(f"nothing proves that {about} has no records of type {kind}{self._unusable()}")

    def _proofs(self) -> list[Denial]:
        """What signed NSEC and NSEC3 records of the authority section prove, zone by zone."""
        if self._denials is None:
            plains: dict[dns.name.Name, list[tuple[dns.name.Name, NSEC]]] = {}
            hashes: dict[dns.name.Name, list[tuple[dns.name.Name, NSEC3]]] = {}
            for rrset in self._authority:
                if rrset.rdtype in PROOFS:
                    zone = self._sealed(rrset, self._authority).signer
                    plains.setdefault(zone, []).extend((rrset.name, one) for one in rrset if isinstance(one, NSEC))
                    hashes.setdefault(zone, []).extend((rrset.name, one) for one in rrset if isinstance(one, NSEC3))
            self._denials = [plain(zone, records) for zone, records in plains.items()]
            self._denials += [one for zone, records in hashes.items() for one in hashed(zone, records)]
        return self._denials

    def _sealed(self, rrset: dns.rrset.RRset, held: Sets) -> RRSIG:
        """The signature of a record that proves something; one made from a wildcard proves nothing."""
        signature = self._signature(rrset, held)
        if signature.labels < _labels(rrset.name):
            raise _bad(f"{_shown(rrset)} is made from a wildcard and proves nothing")
        return signature

    def _unusable(self) -> str:
        """Why a proof that came may not count."""
        hashing = [one for rrset in self._authority for one in rrset if isinstance(one, NSEC3)]
        if any(one.iterations > MOST_ITERATIONS for one in hashing):
            return f": its NSEC3 records want names hashed more than {MOST_ITERATIONS} times"
        if any(one.flags & 1 for one in hashing):
            return ": its NSEC3 records leave room for delegations that are not signed (opt-out)"
        return ""

    def _following(self, held: Sets, name: dns.name.Name) -> dns.name.Name | None:
        """Where an alias leads to; None without one."""
        for rrset in held:
            if rrset.rdtype == dns.rdatatype.DNAME and name != rrset.name and name.is_subdomain(rrset.name):
                self._signed(rrset, held)
                try:
                    return name.relativize(rrset.name).concatenate(rrset[0].target)
                except dns.exception.DNSException:
                    raise _bad(f"the alias of {name} leads to no name") from None
        for rrset in _sets(held, name):
            if rrset.rdtype == dns.rdatatype.CNAME:
                self._signed(rrset, held)
                target: dns.name.Name = rrset[0].target
                return target
        return None

    def _signed(self, rrset: dns.rrset.RRset, held: Sets) -> None:
        """By a zone whose keys are believed; where it comes from a wildcard, with nothing closer to the name."""
        name, labels = rrset.name, self._signature(rrset, held).labels
        if labels < _labels(name) and not any(denial.no_closer(name, labels) for denial in self._proofs()):
            said = f"{_shown(rrset)} comes from a wildcard, and nothing proves that no name is closer"
            raise _bad(f"{said}{self._unusable()}")

    def _signature(self, rrset: dns.rrset.RRset, held: Sets) -> RRSIG:
        """The one that is good. Raises Failure with what is wrong with the first."""
        failures: list[Failure] = []
        for signature in _signatures(held, rrset):
            if not rrset.name.is_subdomain(signature.signer):
                failures.append(_bad(f"{_shown(rrset)} is signed by {signature.signer}, another zone"))
                continue
            try:
                self._check(rrset, signature, self._keys(signature.signer))
                return signature
            except Failure as failure:
                failures.append(failure)
        raise failures[0] if failures else _unsigned(rrset)

    def _keys(self, zone: dns.name.Name) -> dns.rrset.RRset:
        """The keys of a zone, when they are to be believed."""
        if zone not in self._trusted:
            link = self.links.get(zone)
            if not zone.is_subdomain(self.top) or link is None:
                raise _bad(f"there is a signature of {zone}, to which no chain leads from the trust anchor {self.top}")
            held = sets(link.keys.answer)
            keys = next((r for r in _sets(held, zone) if r.rdtype == dns.rdatatype.DNSKEY), None)
            if keys is None:
                raise _bad(f"{zone} has no DNSKEY")
            self._entered(zone, keys, held, link)
            self._trusted[zone] = keys
        return self._trusted[zone]

    def _entered(self, zone: dns.name.Name, keys: dns.rrset.RRset, held: Sets, link: Link) -> None:
        """One of the keys is named from above, and has signed them all."""
        if zone == self.top:
            named: Rdatas = [record for _, record in self.anchors]
            by = "the trust anchor"
        else:
            named, by = self._delegated(zone, link), f"the DS records of {zone}"
        entries = [key for key in _usable(keys) if any(_names(zone, one, key) for one in named)]
        if not entries:
            raise _bad(f"no DNSKEY of {zone} is one that {by} name{'s' if zone == self.top else ''}")
        failures: list[Failure] = []
        for signature in _signatures(held, keys):
            try:
                if signature.signer == zone:
                    return self._check(keys, signature, entries)
            except Failure as failure:
                failures.append(failure)
        raise failures[0] if failures else _unsigned(keys)

    def _delegated(self, zone: dns.name.Name, link: Link) -> Rdatas:
        """The DS records of a zone, signed by one above."""
        held = sets(link.delegation.answer) if link.delegation is not None else ()
        rrset = next((one for one in _sets(held, zone) if one.rdtype == dns.rdatatype.DS), None)
        if rrset is None:
            raise _bad(f"{zone} has no DS records in the zone above: no chain leads to it from {self.top}")
        failures: list[Failure] = []
        for signature in _signatures(held, rrset):
            if signature.signer == zone or not zone.is_subdomain(signature.signer):
                failures.append(_bad(f"{_shown(rrset)} is signed by {signature.signer}, which is no zone above"))
                continue
            try:
                self._check(rrset, signature, self._keys(signature.signer))
                return rrset
            except Failure as failure:
                failures.append(failure)
        raise failures[0] if failures else _unsigned(rrset)

    def _check(self, rrset: dns.rrset.RRset, signature: RRSIG, keys: Rdatas) -> None:
        """One signature. Raises Failure with what is wrong with it."""
        sentence = f"the signature of {_shown(rrset)} by {signature.signer}"
        if signature.expiration < self.now:
            raise _bad(f"{sentence} expired on {_moment(signature.expiration)}")
        if signature.inception > self.now:
            raise _bad(f"{sentence} is not valid before {_moment(signature.inception)}")
        fitting = [key for key in _usable(keys) if _made(signature, key)][:MOST_NAMESAKES]
        if not fitting:
            raise _bad(f"{sentence} is of key {signature.key_tag}, which is not one of that zone's trusted keys")
        self._checks += len(fitting)
        if self._checks > MOST_CHECKS:
            raise _bad(f"the answer needs more than {MOST_CHECKS} signatures to be checked")
        try:
            trusted = dns.rdataset.from_rdata_list(0, fitting)
            dns.dnssec.validate_rrsig(rrset, signature, {signature.signer: trusted}, now=self.now)
        except dns.exception.UnsupportedAlgorithm:
            raise _bad(f"{sentence} is of algorithm {signature.algorithm}, which is not supported") from None
        except (dns.exception.DNSException, ValueError):
            raise _bad(f"{sentence} is wrong: it does not fit the records, or the key") from None


def _sets(held: Sets, name: dns.name.Name) -> Iterator[dns.rrset.RRset]:
    """The records of a name, signatures apart."""
    return (rrset for rrset in held if rrset.name == name and rrset.rdtype != dns.rdatatype.RRSIG)


def _labels(name: dns.name.Name) -> int:
    """As a signature counts them: without the root, and without a wildcard's."""
    return len(name) - 1 - name.is_wild()


def _signatures(held: Sets, rrset: dns.rrset.RRset) -> Iterator[RRSIG]:
    """Those of a record set."""
    kind, covers = dns.rdatatype.RRSIG, rrset.rdtype
    found = (one for one in held if (one.name, one.rdtype, one.covers) == (rrset.name, kind, covers))
    signatures = (signature for one in found for signature in one if isinstance(signature, RRSIG))
    return islice(signatures, MOST_SIGNATURES)


def _usable(keys: Rdatas) -> Iterator[DNSKEY]:
    """The keys that may sign a zone."""
    for key in keys:
        if isinstance(key, DNSKEY) and key.flags & ZONE_KEY and key.protocol == PROTOCOL:
            yield key


def _made(signature: RRSIG, key: DNSKEY) -> bool:
    return (signature.algorithm, signature.key_tag) == (key.algorithm, dns.dnssec.key_id(key))


def _names(zone: dns.name.Name, record: dns.rdata.Rdata, key: DNSKEY) -> bool:
    """Whether a DS or DNSKEY record from above means this key."""
    if not isinstance(record, DS):
        return bool(record == key)
    if (record.key_tag, record.algorithm) != (dns.dnssec.key_id(key), key.algorithm):
        return False
    try:
        return bool(dns.dnssec.make_ds(zone, key, record.digest_type, validating=True) == record)
    except (dns.exception.DNSException, ValueError):
        return False


def _bad(sentence: str) -> Failure:
    return Failure(Reason.DNSSEC, sentence)


def _unsigned(rrset: dns.rrset.RRset) -> Failure:
    return _bad(f"{_shown(rrset)} has no signature (RRSIG)")


def _shown(rrset: dns.rrset.RRset) -> str:
    return f"{rrset.name} {dns.rdatatype.to_text(rrset.rdtype)}"


def _moment(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M UTC")
