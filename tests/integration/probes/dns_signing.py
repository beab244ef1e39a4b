"""Signed zones for tests: keys, signatures good and bad, delegations."""

from collections.abc import Iterable

import dns.dnssec
import dns.name
import dns.rdatatype
import dns.rrset
from cryptography.hazmat.primitives.asymmetric import ec
from dns.rdtypes.ANY.DNSKEY import DNSKEY
from dns.rdtypes.ANY.DS import DS

from .dns_servers import Records

HOUR = 3600
ZONE_AND_ENTRY = 257


class Zone:
    """A zone with one key, that signs what is put into the records. Moments are Unix seconds."""

    def __init__(self, name: str, records: Records, now: int) -> None:
        self.name = dns.name.from_text(name)
        self._records = records
        self._private = ec.generate_private_key(ec.SECP256R1())
        self.key: DNSKEY = dns.dnssec.make_dnskey(self._private.public_key(), "ECDSAP256SHA256", ZONE_AND_ENTRY)
        self.begin, self.end = now - HOUR, now + HOUR
        self.publish()

    @property
    def ds(self) -> DS:
        """What the zone above, or an anchor, says of it."""
        return dns.dnssec.make_ds(self.name, self.key, "SHA256")

    @property
    def anchors(self) -> list[str]:
        """As the options have it."""
        return [f"{self.name} DS {self.ds}"]

    def publish(self, *more: DNSKEY) -> None:
        """Its keys, signed."""
        keys = dns.rrset.from_rdata(self.name, 300, self.key, *more)
        self._records.put(keys, self.signatures(keys))

    def delegate(self, below: "Zone") -> None:
        """The DS record of a zone below, signed."""
        self.put(str(below.name), "DS", str(below.ds))

    def put(self, name: str, kind: str, *data: str) -> dns.rrset.RRset:
        """A record set, signed."""
        rrset = dns.rrset.from_text(name, 300, "IN", kind, *data)
        self._records.put(rrset, self.signatures(rrset))
        return rrset

    def signatures(
        self,
        rrset: dns.rrset.RRset,
        *,
        begin: int | None = None,
        end: int | None = None,
        by: "Zone | None" = None,
        key: DNSKEY | None = None,
    ) -> dns.rrset.RRset:
        """By this zone, or with another one's private key; `key` is what it claims to be made with."""
        signature = dns.dnssec.sign(
            rrset,
            (by or self)._private,
            self.name,
            key or self.key,
            inception=self.begin if begin is None else begin,
            expiration=self.end if end is None else end,
        )
        return rrsigs(rrset, [signature])


def rrsigs(rrset: dns.rrset.RRset, signatures: Iterable[object]) -> dns.rrset.RRset:
    """Signatures of a record set as a record set."""
    found = dns.rrset.RRset(rrset.name, rrset.rdclass, dns.rdatatype.RRSIG, rrset.rdtype)
    for signature in signatures:
        found.add(signature, 300)
    return found
