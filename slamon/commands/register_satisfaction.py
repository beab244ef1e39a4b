"""`slamon register satisfaction`: the scores that customers gave."""

from pathlib import Path

from slamon.commands import tables
from slamon.commands.formats import Format
from slamon.commands.register_desk import desk_of, line, listed
from slamon.desk import Scale, plain
from slamon.running.entering import must_be_customer


def listing(config: Path, data: Path | None, customer: str | None, scale: Scale | None, output: Format) -> int:
    """Print the scores that are meant, in the order of entry."""
    loaded, desk = desk_of(config, data)
    if customer is not None:
        must_be_customer(loaded, customer)
    found = [s for s in desk.satisfaction.values() if customer in (None, s.customer) and scale in (None, s.scale)]
    names = ("id", "customer", "service", "asked", "scale", "score", "who", "comment")
    rows = [
        (
            str(s.number),
            s.customer,
            s.service or "",
            s.asked.isoformat(),
            s.scale.value,
            str(s.score),
            s.who or "",
            line(s.comment),
        )
        for s in found
    ]
    heads = tables.columns(*names, keys=("id", "customer"), right=("score",), free=("comment",))
    told = [plain.satisfaction(s) for s in found]
    return listed("satisfaction", told, output, tables.Sheet("Satisfaction", heads, rows), "no score was entered")
