"""dns probes that check signatures from a trust anchor on: what is good, and each way of being wrong."""

import time
from collections.abc import AsyncIterator
from typing import Any

import dns.rrset
import pytest
from slamon.accounting import Verdict
from slamon.catalogue.kinds.dns import DnsOptions
from slamon.probes import KINDS, Outcome, ProbeContext, Reason

from .conftest import run
from .dns_servers import Records, serving
from .dns_signing import HOUR, Zone, rrsigs

NOW = int(time.time())
WWW = "www.shop.example.org."


class Tree:
    """example.org delegates shop.example.org, which has www."""

    def __init__(self) -> None:
        self.records = Records()
        self.top = Zone("example.org.", self.records, NOW)
        self.shop = Zone("shop.example.org.", self.records, NOW)
        self.top.delegate(self.shop)
        self.www = self.shop.put(WWW, "A", "192.0.2.80", "192.0.2.81")
        self.address = ""

    def sign(self, *args: Any, by: Zone | None = None, **kwargs: Any) -> None:
        """The addresses of www, signed in another way."""
        self.records.put(self.www, (by or self.shop).signatures(self.www, *args, **kwargs))


@pytest.fixture
async def tree() -> AsyncIterator[Tree]:
    grown = Tree()
    async with serving(grown.records) as address:
        grown.address = address
        yield grown


async def validated(context: ProbeContext, tree: Tree, name: str = WWW, **options: Any) -> Outcome:
    given = {"server": tree.address, "name": name, "dnssec": "validate", "trust_anchors": tree.top.anchors, **options}
    return await run(KINDS["dns"](DnsOptions.model_validate(given), context))


async def test_a_chain_of_zones_is_good(context: ProbeContext, tree: Tree) -> None:
    for transport in ("udp", "tcp"):
        outcome = await validated(context, tree, transport=transport)
        assert outcome.verdict is Verdict.UP, outcome
        assert outcome.details["chain"].startswith("2 zones, ")
        assert outcome.duration_us == sum(outcome.phases.values())


async def test_an_anchor_may_be_a_key_or_several_records(context: ProbeContext, tree: Tree) -> None:
    stranger = Zone("example.org.", Records(), NOW)
    for anchors in (
        [f"example.org. 3600 IN DNSKEY {tree.top.key}"],
        [*stranger.anchors, *tree.top.anchors],
        tree.shop.anchors,
    ):
        outcome = await validated(context, tree, trust_anchors=anchors)
        assert outcome.verdict is Verdict.UP, (anchors, outcome)


async def test_the_root_may_be_the_anchor(context: ProbeContext, tree: Tree) -> None:
    root, org = Zone(".", tree.records, NOW), Zone("org.", tree.records, NOW)
    root.delegate(org)
    org.delegate(tree.top)
    outcome = await validated(context, tree, trust_anchors=root.anchors)
    assert outcome.verdict is Verdict.UP, outcome
    assert outcome.details["chain"].startswith("4 zones, ")


async def test_aliases_are_followed(context: ProbeContext, tree: Tree) -> None:
    tree.top.put("alias.example.org.", "CNAME", WWW)
    assert (await validated(context, tree, "alias.example.org")).verdict is Verdict.UP
    tree.records.put(tree.records.sets[dns.name.from_text("alias.example.org."), dns.rdatatype.CNAME][0])
    outcome = await validated(context, tree, "alias.example.org")
    assert (outcome.reason, outcome.message) == (
        Reason.DNSSEC,
        "alias.example.org. CNAME has no signature (RRSIG)",
    )


def wildcard(tree: Tree, name: str) -> None:
    """What a wildcard of shop has, under that name and signed as it is, with nothing about closer names."""
    wild = dns.rrset.from_text("*.shop.example.org.", 300, "IN", "A", "192.0.2.9")
    made = dns.rrset.from_text(name, 300, "IN", "A", "192.0.2.9")
    tree.records.put(made, rrsigs(made, [tree.shop.signatures(wild)[0]]))


def spans(tree: Tree, owner: str, after: str, kinds: str, by: Zone | None = None) -> None:
    """A signed NSEC record in every answer's authority section."""
    rrset = dns.rrset.from_text(owner, 300, "IN", "NSEC", f"{after} {kinds} RRSIG NSEC")
    tree.records.authority += [rrset, (by or tree.shop).signatures(rrset)]


ANY = "any.shop.example.org."


async def test_a_wildcard_stands_where_nothing_closer_is(context: ProbeContext, tree: Tree) -> None:
    wildcard(tree, ANY)
    spans(tree, "*.shop.example.org.", WWW, "A")
    outcome = await validated(context, tree, ANY)
    assert outcome.verdict is Verdict.UP, outcome


async def test_a_wildcard_is_not_put_in_place_of_a_name_that_is_there(context: ProbeContext, tree: Tree) -> None:
    """Signed records replayed by somebody on the way: www has addresses of its own."""
    wildcard(tree, WWW)
    said = f"{WWW} A comes from a wildcard, and nothing proves that no name is closer"
    assert await bad(context, tree) == said
    spans(tree, "*.shop.example.org.", WWW, "A")
    spans(tree, WWW, "shop.example.org.", "A")
    assert await bad(context, tree) == said


ABSENT: dict[str, Any] = {"name": "no.shop.example.org", "expect": {"rcode": ["NXDOMAIN", "NOERROR"]}}


async def test_a_name_that_is_not_there_is_proved(context: ProbeContext, tree: Tree) -> None:
    assert await bad(context, tree, **ABSENT) == "nothing proves that no.shop.example.org. does not exist"
    spans(tree, "shop.example.org.", WWW, "NS SOA")
    outcome = await validated(context, tree, **ABSENT)
    assert outcome.verdict is Verdict.UP, outcome


async def test_a_proof_is_not_for_other_names(context: ProbeContext, tree: Tree) -> None:
    spans(tree, WWW, "shop.example.org.", "A")
    assert await bad(context, tree, **ABSENT) == "nothing proves that no.shop.example.org. does not exist"


async def test_a_proof_must_be_signed_by_the_zone_itself(context: ProbeContext, tree: Tree) -> None:
    spans(tree, "shop.example.org.", WWW, "NS SOA", by=Zone("shop.example.org.", Records(), NOW))
    assert "which is not one of that zone's trusted keys" in await bad(context, tree, **ABSENT)
    tree.records.authority[1:] = []
    assert await bad(context, tree, **ABSENT) == "shop.example.org. NSEC has no signature (RRSIG)"


async def test_the_zone_above_proves_nothing_of_what_it_gave_away(context: ProbeContext, tree: Tree) -> None:
    spans(tree, "shop.example.org.", "example.org.", "NS DS", by=tree.top)
    assert await bad(context, tree, **ABSENT) == "nothing proves that no.shop.example.org. does not exist"


async def test_a_proof_made_from_a_wildcard_proves_nothing(context: ProbeContext, tree: Tree) -> None:
    wild = dns.rrset.from_text("*.shop.example.org.", 300, "IN", "NSEC", f"{WWW} A RRSIG NSEC")
    made = dns.rrset.from_text("mail.shop.example.org.", 300, "IN", "NSEC", f"{WWW} A RRSIG NSEC")
    tree.records.authority += [made, rrsigs(made, [tree.shop.signatures(wild)[0]])]
    said = await bad(context, tree, **ABSENT)
    assert said == "mail.shop.example.org. NSEC is made from a wildcard and proves nothing"


async def test_the_name_that_an_alias_leads_to_may_be_missing(context: ProbeContext, tree: Tree) -> None:
    tree.shop.put("alias.shop.example.org.", "CNAME", "no.shop.example.org.")
    options: dict[str, Any] = {"name": "alias.shop.example.org", "expect": {"answers": {"min": 0}}}
    said = "no.shop.example.org., the alias of alias.shop.example.org., has no records of type A"
    assert said in await bad(context, tree, **options)
    spans(tree, "no.shop.example.org.", WWW, "MX")
    assert (await validated(context, tree, **options)).verdict is Verdict.UP


async def test_of_two_signatures_one_good_one_is_enough(context: ProbeContext, tree: Tree) -> None:
    old, new = tree.shop.signatures(tree.www, end=NOW - HOUR), tree.shop.signatures(tree.www)
    tree.records.put(tree.www, rrsigs(tree.www, [old[0], new[0]]))
    assert (await validated(context, tree)).verdict is Verdict.UP


async def bad(context: ProbeContext, tree: Tree, **options: Any) -> str:
    """The sentence of a probe that finds the signatures wrong."""
    outcome = await validated(context, tree, **options)
    assert (outcome.verdict, outcome.reason) == (Verdict.DOWN, Reason.DNSSEC), outcome
    return outcome.message


async def test_an_expired_signature(context: ProbeContext, tree: Tree) -> None:
    tree.sign(begin=NOW - 3 * HOUR, end=1_759_449_600)
    said = await bad(context, tree)
    assert said == f"the signature of {WWW} A by shop.example.org. expired on 2025-10-03 00:00 UTC"


async def test_a_signature_that_is_not_yet_valid(context: ProbeContext, tree: Tree) -> None:
    tree.sign(begin=4_070_908_800, end=4_070_912_400)
    said = await bad(context, tree)
    assert said == f"the signature of {WWW} A by shop.example.org. is not valid before 2099-01-01 00:00 UTC"


async def test_a_missing_signature(context: ProbeContext, tree: Tree) -> None:
    tree.records.put(tree.www)
    assert await bad(context, tree) == f"{WWW} A has no signature (RRSIG)"


async def test_a_key_that_the_zone_does_not_have(context: ProbeContext, tree: Tree) -> None:
    stranger = Zone("shop.example.org.", Records(), NOW)
    tree.sign(by=stranger)
    assert "which is not one of that zone's trusted keys" in await bad(context, tree)


async def test_a_signature_made_with_another_key_than_it_says(context: ProbeContext, tree: Tree) -> None:
    stranger = Zone("shop.example.org.", Records(), NOW)
    tree.records.put(tree.www, stranger.signatures(tree.www, key=tree.shop.key))
    assert "is wrong: it does not fit the records, or the key" in await bad(context, tree)


async def test_records_other_than_what_was_signed(context: ProbeContext, tree: Tree) -> None:
    false = dns.rrset.from_text(WWW, 300, "IN", "A", "203.0.113.66")
    tree.records.put(false, tree.shop.signatures(tree.www))
    assert "is wrong" in await bad(context, tree)


async def test_another_zone_signed_it(context: ProbeContext, tree: Tree) -> None:
    other = Zone("evil.example.org.", tree.records, NOW)
    tree.top.delegate(other)
    tree.sign(by=other)
    assert await bad(context, tree) == f"{WWW} A is signed by evil.example.org., another zone"


async def test_an_anchor_that_names_another_key(context: ProbeContext, tree: Tree) -> None:
    said = await bad(context, tree, trust_anchors=Zone("example.org.", Records(), NOW).anchors)
    assert said == "no DNSKEY of example.org. is one that the trust anchor names"


async def test_a_delegation_that_names_another_key(context: ProbeContext, tree: Tree) -> None:
    tree.top.delegate(Zone("shop.example.org.", Records(), NOW))
    said = await bad(context, tree)
    assert said == "no DNSKEY of shop.example.org. is one that the DS records of shop.example.org. name"


async def test_a_zone_without_a_signed_delegation(context: ProbeContext, tree: Tree) -> None:
    del tree.records.sets[tree.shop.name, dns.rdatatype.DS]
    assert "has no DS records in the zone above" in await bad(context, tree)


async def test_a_zone_that_vouches_for_itself(context: ProbeContext, tree: Tree) -> None:
    ds = dns.rrset.from_rdata(tree.shop.name, 300, tree.shop.ds)
    tree.records.put(ds, tree.shop.signatures(ds))
    assert "which is no zone above" in await bad(context, tree)


async def test_a_zone_without_keys(context: ProbeContext, tree: Tree) -> None:
    del tree.records.sets[tree.shop.name, dns.rdatatype.DNSKEY]
    assert await bad(context, tree) == "shop.example.org. has no DNSKEY"


async def test_keys_that_nobody_signed(context: ProbeContext, tree: Tree) -> None:
    tree.records.put(dns.rrset.from_rdata(tree.shop.name, 300, tree.shop.key))
    assert await bad(context, tree) == "shop.example.org. DNSKEY has no signature (RRSIG)"


async def test_an_alias_that_leaves_the_anchor(context: ProbeContext, tree: Tree) -> None:
    elsewhere = Zone("example.net.", tree.records, NOW)
    elsewhere.put("www.example.net.", "A", "192.0.2.1")
    tree.top.put("alias.example.org.", "CNAME", "www.example.net.")
    said = await bad(context, tree, name="alias.example.org")
    assert said == "there is a signature of example.net., to which no chain leads from the trust anchor example.org."


async def test_a_type_that_is_not_there_is_proved(context: ProbeContext, tree: Tree) -> None:
    options: dict[str, Any] = {"type": "AAAA", "expect": {"answers": {"min": 0}}}
    said = f"nothing proves that {WWW} has no records of type AAAA"
    assert await bad(context, tree, **options) == said
    spans(tree, WWW, "shop.example.org.", "A AAAA")
    assert await bad(context, tree, **options) == said
    tree.records.authority.clear()
    spans(tree, WWW, "shop.example.org.", "A")
    assert (await validated(context, tree, **options)).verdict is Verdict.UP


async def test_aliases_in_a_circle_have_an_end(context: ProbeContext, tree: Tree) -> None:
    for here, there in (("a", "b"), ("b", "a")):
        tree.top.put(f"{here}.example.org.", "CNAME", f"{there}.example.org.")
    said = await bad(context, tree, name="a.example.org")
    assert said == "the aliases of a.example.org. have no end"


# -- hostile: the work is bounded


async def test_many_keys_of_one_tag_and_many_signatures_are_not_all_tried(context: ProbeContext, tree: Tree) -> None:
    """Every key with the tag, every signature: 60 by 60 checks in a naive validator (CVE-2023-50387)."""
    false = Zone("shop.example.org.", Records(), NOW)
    signatures = [false.signatures(tree.www, end=NOW + n, key=tree.shop.key)[0] for n in range(HOUR, HOUR + 60)]
    tree.records.put(tree.www, rrsigs(tree.www, signatures))
    assert "is wrong" in await bad(context, tree, transport="tcp")


async def test_an_answer_of_very_many_records_is_not_checked(context: ProbeContext, tree: Tree) -> None:
    many = dns.rrset.from_text(WWW, 300, "IN", "A", *(f"10.0.{n // 250}.{n % 250}" for n in range(1000)))
    tree.records.put(many, tree.shop.signatures(many))
    assert "of more than 128 no signatures are checked" in await bad(context, tree, transport="tcp")


async def test_very_many_zones_are_not_asked_for(context: ProbeContext, tree: Tree) -> None:
    names = [f"z{number}.{WWW}" for number in range(40)]
    found = [tree.shop.signatures(tree.www)[0].replace(signer=dns.name.from_text(name)) for name in names]
    tree.records.put(tree.www, rrsigs(tree.www, found))
    assert "more than 16 zones signed the answer" in await bad(context, tree, transport="tcp")
    assert len(tree.records.asked) < 40


async def test_a_resolver_is_asked_not_to_keep_back_what_is_wrong(context: ProbeContext, tree: Tree) -> None:
    await validated(context, tree)
    assert all(query.flags & dns.flags.CD and query.ednsflags & dns.flags.DO for query in tree.records.asked)
