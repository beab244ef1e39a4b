"""The prober icmp: one echo request, sent by the kind icmp."""

from pydantic import ValidationError

from slamon.blackbox.run import Run
from slamon.catalogue.kinds.icmp import IcmpOptions
from slamon.export import probe_names as names
from slamon.probes.icmp import IcmpProbe

PAYLOAD = 28
"""Bytes of payload that the exporter sends."""

US = 1_000_000


async def probe(run: Run) -> bool:
    """Whether the target answers."""
    sheet, module, clock = run.sheet, run.module.icmp, run.context.clock
    for phase in ("resolve", "setup", "rtt"):
        sheet.add(names.ICMP_DURATION, 0, phase)
    address, took = await run.choose(run.target, module.preferred_ip_protocol, module.ip_protocol_fallback)
    sheet.add(names.ICMP_DURATION, took, "resolve")
    begun = clock.monotonic()
    try:
        options = IcmpOptions(
            address=address,
            payload_size=f"{module.payload_size or PAYLOAD}B",  # type: ignore[arg-type]  # as a catalogue writes it
            ttl=module.ttl or None,
            do_not_fragment=module.dont_fragment and ":" not in address,
            source_address=module.source_ip_address or None,
        )
    except ValidationError as error:
        why = error.errors(include_url=False, include_input=False)[0]["msg"]
        raise run.failed("the packet cannot be made", why=why) from None
    asked = IcmpProbe(options, run.context)
    sheet.add(names.ICMP_DURATION, clock.monotonic() - begun, "setup")
    outcome = await asked(run.deadline)
    if outcome.reason is not None:
        raise run.failed("no answer", why=outcome.message)
    sheet.add(names.ICMP_DURATION, (outcome.duration_us or 0) / US, "rtt")
    if "answer_ttl" in outcome.details:
        sheet.put(names.ICMP_HOP_LIMIT, int(outcome.details["answer_ttl"]))
    return True
