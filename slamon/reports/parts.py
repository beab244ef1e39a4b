"""Small things that several sections say alike."""

from collections.abc import Iterable
from fractions import Fraction

from slamon.accounting import WORST_FIRST, AgreementVerdict, Figure, Ratio, whole_ms
from slamon.reports.document import (
    NOTHING,
    Cell,
    Column,
    Count,
    Cut,
    Duration,
    Percent,
    Points,
    Said,
    Table,
    Text,
    say,
)
from slamon.reports.grounds import Ground, Grounds

PLAIN = (Column("column.what", wide=True), Column("column.value", right=True))


def down(ms: Fraction | int | None) -> Cell:
    """Time that speaks for the provider, cut downward."""
    whole = whole_ms(ms)
    return NOTHING if whole is None else Duration(whole, Cut.DOWN)


def up(ms: Fraction | int | None) -> Cell:
    """Time that speaks against the provider, cut upward."""
    whole = whole_ms(ms)
    return NOTHING if whole is None else Duration(whole, Cut.UP)


def exact(ms: int | None) -> Cell:
    """Time to the millisecond."""
    return NOTHING if ms is None else Duration(ms)


def ratio(value: Ratio | None, digits: int = 3) -> Cell:
    """Cut downward."""
    return NOTHING if value is None else Percent(value, Cut.DOWN, digits)


def ratio_of(text: str | None) -> Cell:
    """A ratio as `slamon.shown` tells it."""
    return NOTHING if text is None else Percent(Fraction(text))


def agreed(value: Fraction) -> Cell:
    """A target or a tier, with all its digits."""
    return Percent(value, Cut.EXACT)


def difference(figure: Figure, *, signed: bool = True) -> Cell:
    """By how much the target was passed, or missed."""
    return NOTHING if figure.availability is None else Points(figure.availability - figure.target, signed=signed)


def used(figure: Figure) -> Cell:
    """How much of the budget is spent, cut upward; nothing where none was spent of none."""
    spent = figure.downtime_ms
    if not figure.budget_ms:
        return NOTHING if spent else Percent(Fraction(0), Cut.UP, 1)
    return Percent(spent / figure.budget_ms, Cut.UP, 1)


def label(grounds: Grounds, ground: Ground) -> Cell:
    """Whose figure it is; with the revision where there are several."""
    name = Text(grounds.service_name(ground.figure.service))
    if len({other.figure.revision for other in grounds.parts}) == 1:
        return name
    return say("part.revision", service=name, revision=Count(ground.figure.revision))


def pairs(key: str, rows: Iterable[tuple[str | Cell, Cell]], title: Said | None = None) -> Table:
    """A table of names and values."""
    told = tuple((say(name) if isinstance(name, str) else name, value) for name, value in rows)
    return Table(key, PLAIN, told, plain=True, title=title)


def worst(figures: Iterable[Figure]) -> AgreementVerdict:
    """An agreement's verdict: the worst of its figures (ACCOUNTING.md 4)."""
    verdicts = {figure.verdict for figure in figures}
    return next((v for v in WORST_FIRST if v in verdicts), AgreementVerdict.NOT_IN_SERVICE)


def why_none(figure: Figure) -> Said | None:
    """Why there is no figure; None where there is one."""
    if figure.availability is not None:
        return None
    if not figure.in_service_ms:
        return say("why.out")
    if not figure.measured_ms:
        return say("why.excluded")
    return say("why.unseen", unknown=Duration(figure.unknown_ms, Cut.UP))
