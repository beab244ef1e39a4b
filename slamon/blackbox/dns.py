"""The prober dns: one question, asked by the kind dns, and what its records must be."""

import asyncio
import ssl
from collections.abc import Sequence

from pydantic import ValidationError

from slamon.blackbox.material import MaterialError, material
from slamon.blackbox.run import Run
from slamon.blackbox.stream import source_of, split_target
from slamon.catalogue.blackbox.models import DnsModule, RecordChecks
from slamon.catalogue.blackbox.values import compiled
from slamon.catalogue.kinds.dns import DnsOptions
from slamon.errors import ConfigurationError
from slamon.export import probe_names as names
from slamon.probes.dns import DnsProbe
from slamon.probes.dns_message import worked_out
from slamon.probes.dns_response import DnsResponse
from slamon.probes.outcome import Outcome

PORT, TLS_PORT = 53, 853
MOST_UDP = 512
"""Bytes of an answer by UDP that is taken without an agreement on more."""

US = 1_000_000
_TRANSPORTS = ("udp", "tcp")
_SECTIONS = (names.DNS_ANSWERS, names.DNS_AUTHORITY, names.DNS_ADDITIONAL)


async def probe(run: Run) -> bool:
    """Whether the name server answers as the module wants."""
    sheet, module, clock = run.sheet, run.module.dns, run.context.clock
    for phase in ("resolve", "connect", "request"):
        sheet.add(names.DNS_DURATION, 0, phase)
    sheet.begin(*_SECTIONS, names.DNS_QUERY_SUCCEEDED)
    transport = module.transport_protocol or "udp"
    if transport not in _TRANSPORTS:
        raise run.failed("transport_protocol is neither udp nor tcp", found=transport)
    host, port = split_target(run, TLS_PORT if module.dns_over_tls else PORT)
    address, took = await run.choose(host, module.preferred_ip_protocol, module.ip_protocol_fallback)
    sheet.add(names.DNS_DURATION, took, "resolve")
    if module.dns_over_tls and transport != "tcp":
        raise run.failed("dns_over_tls needs transport_protocol tcp")
    begun, request_s = clock.monotonic(), 0.0
    try:
        asked = await _made(run, module, (address, port), host)
        outcome = await asked(run.deadline)
        request_s = _request_s(outcome)
    finally:
        sheet.put(names.DNS_DURATION, clock.monotonic() - begun - request_s, "connect")
        sheet.put(names.DNS_DURATION, request_s, "request")
    return await _judged(run, module, _answer(run, transport, outcome))


async def _made(run: Run, module: DnsModule, place: tuple[str, int], host: str) -> DnsProbe:
    """The probe, ready; `place`: the one address that may be asked. Raises Failed."""
    address, port = place
    server = f"[{address}]:{port}" if ":" in address else f"{address}:{port}"
    source = source_of(run, module.source_ip_address, address)
    given = {"server": server, "name": ".", "recursion": module.recursion_desired, "source_address": source}
    given |= {"transport": module.transport_protocol or "udp", "udp_size": 0, "on_truncation": "accept"}
    if module.dns_over_tls:
        given |= {"transport": "tls", "tls": {"server_name": module.tls_config.server_name or host}}
    question = {"name": module.query_name, "type": module.query_type or "ANY", "class_": module.query_class or "IN"}
    try:
        options = DnsOptions.model_validate(given | {"strict": False})
        # What is asked for is not checked as in a catalogue: the exporter asks for zones too, and in any class.
        return DnsProbe(options.model_copy(update=question), run.context, await _tls(run, module))
    except ValidationError as error:
        why = error.errors(include_url=False, include_input=False)[0]["msg"]
        raise run.failed("the question cannot be put", why=why) from None
    except (ConfigurationError, ValueError) as error:
        raise run.failed("the question cannot be put", name=module.query_name, why=error) from None


async def _tls(run: Run, module: DnsModule) -> ssl.SSLContext | None:
    if not module.dns_over_tls:
        return None
    try:
        async with asyncio.timeout_at(run.deadline):
            return await (await material(module.tls_config)).context(run.context)
    except MaterialError as error:
        raise run.failed("TLS cannot be set up", why=error) from None


def _request_s(outcome: Outcome) -> float:
    """From the question to its answer, without the connection; 0 without an answer."""
    if outcome.dns is None:
        return 0.0
    return sum(outcome.phases.get(phase, 0) for phase in ("processing", "transfer")) / US


def _answer(run: Run, transport: str, outcome: Outcome) -> DnsResponse:
    """Raises Failed."""
    answer = outcome.dns
    if answer is None:
        raise run.failed("no answer", why=outcome.message)
    if transport == "udp" and answer.size > MOST_UDP:
        raise run.failed("the answer by UDP is too long", size=answer.size, limit=MOST_UDP)
    return answer


async def _judged(run: Run, module: DnsModule, answer: DnsResponse) -> bool:
    sheet = run.sheet
    sheet.put(names.DNS_QUERY_SUCCEEDED, 1)
    for family, count in zip(_SECTIONS, answer.counts, strict=True):
        sheet.put(family, count)
    if (module.query_type or "ANY") == "SOA":
        sheet.begin(names.DNS_SERIAL)
        if answer.serial is not None:
            sheet.put(names.DNS_SERIAL, answer.serial)
    return await worked_out(answer.size, lambda: _sound(run, module, answer), run.deadline)


def _sound(run: Run, module: DnsModule, answer: DnsResponse) -> bool:
    return (
        _rcode(run, module, answer.rcode)
        and _records(run, "answer", answer.answers, module.validate_answer_rrs)
        and _records(run, "authority", answer.authority, module.validate_authority_rrs)
        and _records(run, "additional", answer.additional, module.validate_additional_rrs)
    )


def _rcode(run: Run, module: DnsModule, found: str) -> bool:
    valid = ("NOERROR",) if module.valid_rcodes is None else module.valid_rcodes
    if found in valid:
        run.journal.say("the response code is valid", rcode=found)
        return True
    run.journal.fail("the response code is not a valid one", rcode=found, valid=", ".join(valid))
    return False


def _records(run: Run, where: str, records: Sequence[str], checks: RecordChecks) -> bool:
    """As the exporter goes about it, record by record: `fail_if_all_match_regexp` fails unless all match."""
    if not records and (checks.fail_if_not_matches_regexp or checks.fail_if_none_matches_regexp):
        run.journal.fail("there is no record to match", section=where)
        return False
    every, any_ = True, False
    for text in records:
        run.journal.say("a record", section=where, record=text)
        raw = text.encode("utf-8", "replace")
        if any(_matches(pattern, raw) for pattern in checks.fail_if_matches_regexp):
            run.journal.fail("a record matches", section=where, record=text)
            return False
        every = every and all(_matches(pattern, raw) for pattern in checks.fail_if_all_match_regexp)
        if not all(_matches(pattern, raw) for pattern in checks.fail_if_not_matches_regexp):
            run.journal.fail("a record does not match", section=where, record=text)
            return False
        any_ = any_ or any(_matches(pattern, raw) for pattern in checks.fail_if_none_matches_regexp)
    if checks.fail_if_all_match_regexp and not every:
        run.journal.fail("not all records match", section=where)
        return False
    if checks.fail_if_none_matches_regexp and not any_:
        run.journal.fail("no record matches", section=where)
        return False
    return True


def _matches(pattern: str, text: bytes) -> bool:
    return compiled(pattern).search(text) is not None
