"""`slamon register complaint`: what customers felt, and what became of it."""

from pathlib import Path

import typer

from slamon.commands import tables
from slamon.commands.formats import Format
from slamon.commands.register_desk import desk_of, details, line, listed, one
from slamon.desk import Complaint, ComplaintState, plain
from slamon.desk.folding import ANSWER, LINK, REOPENING, SOLUTION
from slamon.running.entering import must_be_customer, must_be_service
from slamon.shown import instant_text

_SAID = {ANSWER: "answered", SOLUTION: "solved", REOPENING: "reopened", LINK: "linked"}


def listing(
    config: Path,
    data: Path | None,
    customer: str | None,
    service: str | None,
    state: ComplaintState | None,
    output: Format,
) -> int:
    """Print the complaints that are meant, in the order of entry."""
    loaded, desk = desk_of(config, data)
    if customer is not None:
        must_be_customer(loaded, customer)
    if service is not None:
        must_be_service(loaded, service)
    found = [
        c
        for c in desk.complaints.values()
        if customer in (None, c.customer) and service in (None, c.service) and state in (None, c.state)
    ]
    names = ("id", "customer", "service", "felt from", "to", "state", "channel", "outages", "text")
    rows = [
        (
            str(c.number),
            c.customer,
            c.service,
            tables.moment(c.felt_from),
            "" if c.felt_to is None else tables.moment(c.felt_to),
            c.state.value,
            c.channel.value,
            str(len(c.outages)),
            line(c.text),
        )
        for c in found
    ]
    heads = tables.columns(*names, keys=("id", "customer", "service"), right=("outages",), free=("text",))
    told = [plain.complaint(c) for c in found]
    return listed("complaints", told, output, tables.Sheet("Complaints", heads, rows), "no complaint was entered")


def show(config: Path, data: Path | None, number: int, output: Format) -> int:
    """Print a complaint with all that was said of it."""
    _, desk = desk_of(config, data)
    found: Complaint = one("complaint", number, desk.complaints)
    if output is Format.JSON:
        return listed("complaints", [plain.complaint(found)], output, tables.Sheet("", (), ()), "")
    pairs = [
        ("customer", found.customer),
        ("service", found.service),
        ("felt from", instant_text(found.felt_from)),
        ("felt to", "" if found.felt_to is None else instant_text(found.felt_to)),
        ("who", found.who or ""),
        ("channel", found.channel.value),
        ("reference", found.reference or ""),
        ("entered", f"{instant_text(found.entered)} by {found.author}"),
        *(("outage", f"{service} at {instant_text(begin)}") for service, begin in found.outages),
    ]
    remarks = [(f"{_SAID[r.kind]} {instant_text(r.entered)} by {r.author}", r.text) for r in found.remarks]
    details(f"complaint {number}, {found.state.value}", pairs, [("text", found.text), *remarks])
    return 0


def linked(config: Path, data: Path | None, number: int) -> int:
    """Tell the outage that a complaint was linked to last."""
    _, desk = desk_of(config, data)
    service, begin = desk.complaints[number].outages[-1]
    typer.echo(f"complaint {number} is about the outage of {service} at {instant_text(begin)}")
    return 0
