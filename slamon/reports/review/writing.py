"""The documents of a review: the pack, the agenda, the page for the minutes."""

from slamon.reports.document import Document, Section, say
from slamon.reports.review.agenda import agenda
from slamon.reports.review.changed import changes, closed, corrections
from slamon.reports.review.coming import proposals, renewing
from slamon.reports.review.cover import agreements, cover, months, overall
from slamon.reports.review.felt import complaints, satisfaction
from slamon.reports.review.happened import outages
from slamon.reports.review.material import Material
from slamon.reports.review.minutes import page
from slamon.reports.review.promised import actions, decisions


def pack(material: Material) -> Document:
    """What lies on the table in the meeting."""
    sections = (
        cover(material),
        agreements(material),
        months(material),
        outages(material),
        complaints(material),
        satisfaction(material),
        actions(material),
        decisions(material),
        changes(material),
        corrections(material),
        closed(material),
        renewing(material),
        proposals(material),
    )
    return _document(material, "review", sections)


def agenda_page(material: Material, length: int) -> Document:
    """The order of the meeting, which lasts so many minutes."""
    return _document(material, "agenda", agenda(material, length))


def minutes_page(material: Material) -> Document:
    """The form to fill in by hand."""
    return _document(material, "minutes", page(material))


def _document(material: Material, what: str, sections: tuple[Section, ...]) -> Document:
    return Document(
        title=say(f"title.{what}", period=material.period_name),
        subtitle=say("subtitle.review", customer=material.name),
        customer=material.customer,
        agreement="",
        period=material.period_name,
        zone=material.zone,
        at=material.now,
        verdict=overall(material) if what == "review" else None,
        sections=sections,
        what=what,
        upright=what != "review",
    )
