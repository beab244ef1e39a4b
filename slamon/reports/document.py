"""What a report says, in no language and no format: sections of paragraphs, tables with typed cells, and pictures.

Values are exact: whole milliseconds, fractions. How they are written is for `tongue`, where for the renderers.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction
from typing import Any

from slamon.accounting import AgreementVerdict, LatencyVerdict, PeriodKind, Ratio


class Told:
    """What documents are made of. It travels to other processes as its fields: a year's report is 10,000 of them."""

    __slots__: tuple[str, ...] = ()

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), tuple(getattr(self, name) for name in self.__slots__)


class Cut(StrEnum):
    """Which way a value is cut where it is shown with fewer digits than it has."""

    DOWN = "down"
    UP = "up"
    EXACT = "exact"


@dataclass(frozen=True, slots=True)
class Text(Told):
    """Somebody's words: a name, an id, a reason. Never a message, markup or a formula."""

    words: str


@dataclass(frozen=True, slots=True)
class Duration(Told):
    """A length of time. EXACT shows milliseconds where there are some, the others whole seconds."""

    ms: int
    cut: Cut = Cut.EXACT


@dataclass(frozen=True, slots=True)
class Percent(Told):
    """A ratio, shown in per cent with so many digits; EXACT: with all that it has."""

    value: Ratio
    cut: Cut = Cut.DOWN
    digits: int = 3


@dataclass(frozen=True, slots=True)
class Points(Told):
    """A difference of two ratios in percentage points, cut downward; shown with its sign unless it is said in words."""

    value: Fraction
    digits: int = 3
    signed: bool = True


@dataclass(frozen=True, slots=True)
class Number(Told):
    """Any number, shown with so many digits, cut upward; a whole one without any."""

    value: Fraction
    digits: int = 1


@dataclass(frozen=True, slots=True)
class Both(Told):
    """Words that were put in both languages elsewhere."""

    en: str
    de: str


@dataclass(frozen=True, slots=True)
class Instant(Told):
    """A moment, shown in the document's zone."""

    ms: int


@dataclass(frozen=True, slots=True)
class Day(Told):
    """A date."""

    day: date


@dataclass(frozen=True, slots=True)
class Count(Told):
    """A number of things."""

    n: int


@dataclass(frozen=True, slots=True)
class PeriodName(Told):
    """A period by its name, as in "2026-10"; `kind` None: a free span."""

    name: str
    kind: PeriodKind | None


@dataclass(frozen=True, slots=True)
class Verdict(Told):
    """What holds of an agreement or of a latency objective."""

    word: AgreementVerdict | LatencyVerdict


@dataclass(frozen=True, slots=True)
class Said(Told):
    """A message by its key in `words`, with the cells that it names. The cell "n" picks singular or plural."""

    key: str
    cells: tuple[tuple[str, "Cell"], ...] = ()


@dataclass(frozen=True, slots=True)
class Many(Told):
    """Several cells, one after the other."""

    cells: tuple["Cell", ...]


@dataclass(frozen=True, slots=True)
class Link(Told):
    """Words that lead to the section of this key."""

    cell: "Cell"
    to: str


@dataclass(frozen=True, slots=True)
class Nothing(Told):
    """There is no such value."""


Cell = (
    Text | Both | Duration | Percent | Points | Number | Instant | Day | Count | PeriodName | Verdict | Said | Many
    | Link | Nothing
)  # fmt: skip

NOTHING = Nothing()


def say(key: str, **cells: Cell) -> Said:
    """A message with its cells."""
    return Said(key, tuple(cells.items()))


@dataclass(frozen=True, slots=True)
class Column(Told):
    """A heading by the key of its message. `right`: numbers; `wide`: text that may wrap."""

    key: str
    right: bool = False
    wide: bool = False


@dataclass(frozen=True, slots=True)
class Table(Told):
    """Rows under headings; `key` is its id in every format. `plain`: pairs of name and value, without headings."""

    key: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    plain: bool = False
    title: Said | None = None


@dataclass(frozen=True, slots=True)
class Paragraph(Told):
    """One sentence or several."""

    said: Said


@dataclass(frozen=True, slots=True)
class DayShare(Told):
    """What a day of a strip was: whole milliseconds of each."""

    day: date
    in_service_ms: int
    excluded_ms: int
    unknown_ms: int
    downtime_ms: int
    degraded_ms: int


@dataclass(frozen=True, slots=True)
class Strip(Told):
    """Day by day: what was worst on each."""

    title: Said
    days: tuple[DayShare, ...]


@dataclass(frozen=True, slots=True)
class Burn(Told):
    """What was left of the allowance at the end of each day: (instant, ratio of it). `end`: of the period."""

    title: Said
    start: int
    end: int
    points: tuple[tuple[int, Fraction], ...]


@dataclass(frozen=True, slots=True)
class TrendPoint(Told):
    """A period's availability against its target; None where there is no figure."""

    period: PeriodName
    availability: Fraction | None
    target: Fraction
    verdict: AgreementVerdict


@dataclass(frozen=True, slots=True)
class Trend(Told):
    """Period by period."""

    title: Said
    points: tuple[TrendPoint, ...]


@dataclass(frozen=True, slots=True)
class Node(Told):
    """A box of a graph: its id, its name, and whose it is. `to`: the section that tells of it."""

    id: str
    name: str
    owner: str
    to: str
    marked: bool = False


@dataclass(frozen=True, slots=True)
class Graph(Told):
    """What stands on what: edges from a node to one that it needs. `either`: one of several is enough."""

    title: Said
    nodes: tuple[Node, ...]
    edges: tuple[tuple[str, str, bool], ...]


@dataclass(frozen=True, slots=True)
class Signatures(Told):
    """Lines to sign on, one for each party."""

    parties: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Lines(Told):
    """Room to write by hand: so many ruled lines under a title."""

    title: Said
    number: int


Picture = Strip | Burn | Trend | Graph
Block = Paragraph | Table | Picture | Signatures | Lines


@dataclass(frozen=True, slots=True)
class Section(Told):
    """A part under a title; `level` 1 or 2. `fresh`: on paper it begins a page."""

    key: str
    title: Said
    blocks: tuple[Block, ...]
    level: int = 1
    fresh: bool = False

    def tables(self) -> tuple[Table, ...]:
        """Its tables, in order."""
        return tuple(block for block in self.blocks if isinstance(block, Table))


@dataclass(frozen=True, slots=True)
class Document(Told):
    """A report on one agreement over one period, as known at `at`. `zone`: of every instant in it.

    Other documents have no period, no verdict, and a `stem`: their file's name before language and form.

    `what`: its kind, where it is not a report on an agreement; `agreement` is "" then. `customer` may be "", `verdict`
    None, where it is about nobody's in particular. `upright`: on paper, instead of across.
    """

    title: Said
    subtitle: Said
    customer: str
    agreement: str
    period: PeriodName | None
    zone: str
    at: int
    verdict: AgreementVerdict | None
    sections: tuple[Section, ...]
    stem: str = ""
    what: str = ""
    upright: bool = False

    def tables(self) -> list[Table]:
        """Every table in order, after one with the sentences, for formats that know nothing but tables."""
        texts = [(s.title, block.said) for s in self.sections for block in s.blocks if isinstance(block, Paragraph)]
        columns = (Column("column.section", wide=True), Column("column.text", wide=True))
        return [Table("text", columns, tuple(texts)), *(table for s in self.sections for table in s.tables())]
