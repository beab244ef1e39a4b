"""Complaints, what became of them, and the outages that they were about."""

from collections.abc import Collection, Sequence
from typing import Any, Literal

from slamon.catalogue.base import Model, Name
from slamon.catalogue.quantities import InstantMs
from slamon.desk import Channel, Complaint, ComplaintState, Desk
from slamon.desk.folding import ANSWER, COMPLAINT, LINK, REOPENING, SOLUTION
from slamon.errors import UsageError
from slamon.ledger import Entry
from slamon.running.entering.ground import (
    Ground,
    Named,
    Number,
    Prepared,
    Text,
    Words,
    must_be_customer,
    must_be_service,
    must_not_be_ahead,
    unknown_number,
)
from slamon.running.entering.outages import outage_at
from slamon.shown import instant_text


class Complaining(Model):
    """A complaint as it is entered. Without `felt_to` it goes on, or nobody can say."""

    what: Literal["complaint"]
    author: Name
    customer: str
    service: str
    felt_from: InstantMs
    felt_to: InstantMs | None = None
    text: Text
    channel: Channel = Channel.OTHER
    who: Named = None
    reference: Named = None


class Remarking(Model):
    """An answer, a solution, or that it is open again."""

    what: Literal["complaint_answer", "complaint_solution", "complaint_reopening"]
    author: Name
    entry: Number
    text: Text


class Linking(Model):
    """That a complaint is about an outage: `at`, its begin or a moment inside it. Default: its own service."""

    what: Literal["complaint_link"]
    author: Name
    entry: Number
    at: InstantMs
    service: str | None = None
    text: Words = ""


def complaint(ground: Ground, value: Any) -> Prepared:
    """A complaint that was not entered before."""
    said = Complaining.model_validate(value)
    must_be_customer(ground.catalogue, said.customer)
    must_be_service(ground.catalogue, said.service)
    _must_be_a_stretch(said.felt_from, said.felt_to, ground.now)

    def guard(there: Sequence[Entry]) -> None:
        must_be_new("complaint", said.reference, Desk.of(there).complaints.values())

    return Prepared([entry_of(said)], guard)


def entry_of(said: Complaining) -> Entry:
    """A checked complaint as an entry."""
    body = {
        "customer": said.customer,
        "felt_from_ms": said.felt_from,
        "felt_to_ms": said.felt_to,
        "text": said.text,
        "channel": said.channel.value,
        "who": said.who,
        "reference": said.reference,
    }
    return Entry(COMPLAINT, said.author, body, service=said.service)


def must_be_new(what: str, reference: str | None, there: Collection[Any]) -> None:
    """UsageError where one of those that are there has the reference."""
    for one in there if reference is not None else ():
        if one.reference == reference:
            raise UsageError(f"reference: {reference!r} is {what} {one.number}, entered {instant_text(one.entered)}")


def _must_be_a_stretch(start: int, end: int | None, now: int) -> None:
    must_not_be_ahead("felt_from", start, now)
    if end is not None:
        must_not_be_ahead("felt_to", end, now)
        if end <= start:
            raise UsageError(f"felt_to: {instant_text(end)} is not after felt_from, {instant_text(start)}")


def remark(_ground: Ground, value: Any) -> Prepared:
    """What may be said of a complaint depends on where it stands."""
    said = Remarking.model_validate(value)

    def guard(there: Sequence[Entry]) -> None:
        found = _known(there, said.entry)
        if said.what == REOPENING and found.state is ComplaintState.OPEN:
            raise UsageError(f"complaint {said.entry} is open: there is nothing to reopen")
        if said.what in (ANSWER, SOLUTION) and found.state is ComplaintState.SOLVED:
            last = next(r for r in reversed(found.remarks) if r.kind == SOLUTION)
            raise UsageError(
                f"complaint {said.entry} was solved by {last.author} at {instant_text(last.entered)}: reopen it first"
            )

    return Prepared([Entry(said.what, said.author, {"entry": said.entry, "text": said.text})], guard)


def link(ground: Ground, value: Any) -> Prepared:
    """A complaint and an outage that is in the ledger, once."""
    said = Linking.model_validate(value)
    service = said.service or _known(ground.entries(), said.entry).service
    begin = outage_at(ground, service, said.at)

    def guard(there: Sequence[Entry]) -> None:
        if (service, begin) in _known(there, said.entry).outages:
            raise UsageError(f"complaint {said.entry} is linked to the outage of {service} at {instant_text(begin)}")

    body = {"entry": said.entry, "outage_ms": begin, "text": said.text}
    return Prepared([Entry(LINK, said.author, body, service=service)], guard)


def _known(there: Sequence[Entry], number: int) -> Complaint:
    complaints = Desk.of(there).complaints
    if number not in complaints:
        raise unknown_number("complaint", number, complaints)
    return complaints[number]
