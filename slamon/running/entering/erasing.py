"""Erasing a person's name, and texts."""

from typing import Any, Literal

from pydantic import model_validator

from slamon.catalogue.base import Model, Name, Truth
from slamon.errors import UsageError
from slamon.ledger import Ledger
from slamon.ledger.erasing import Erased, Wanted, contains, same
from slamon.running.entering.ground import Entered, Number, Text


class Erasing(Model):
    """Whose name goes, or which entry's texts. `texts`: those that contain the name go too."""

    what: Literal["erasure"]
    author: Name
    reason: Text
    person: Name | None = None
    entry: Number | None = None
    texts: Truth = False

    @model_validator(mode="after")
    def _one_of_both(self) -> "Erasing":
        if (self.person is None) == (self.entry is None):
            raise ValueError("either a person, or the number of an entry whose texts go")
        return self


def erase(ledger: Ledger, value: Any, now: int) -> Entered:
    """Done at once, and told by an entry that does not name the person."""
    said = Erasing.model_validate(value)
    wanted = Wanted(said.person, said.entry, said.texts)
    if said.person is not None and contains(said.reason, said.person):
        raise UsageError("reason: it names the person, and would be kept: say it without the name")
    if said.person is not None and same(said.author) == same(said.person):
        raise UsageError("author: the name would be kept with this entry: let another person enter it")
    done = ledger.erase(wanted, said.author, said.reason, now).result()
    return Entered((done.entry,), now, _told(done, wanted))


def _told(done: Erased, wanted: Wanted) -> dict[str, Any]:
    finding = done.finding
    erased = finding.erased(wanted)
    gone = [held for held in finding.held if held.digest in erased]
    return {
        "instead": finding.instead,
        "names": sum(held.whole for held in gone),
        "texts": sum(not held.whole for held in gone),
        "of_entries": sorted({held.entry for held in gone}),
        "silences": len(finding.silences),
        "left": sorted({held.entry for held in finding.held if held.digest is not None and held.digest not in erased}),
        "chained": sorted({held.entry for held in finding.held if held.digest is None}),
        "frozen": list(finding.frozen),
        "scrubbed": done.scrubbed,
    }
