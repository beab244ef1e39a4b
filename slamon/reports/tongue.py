"""How a cell is written for people, in German and in English. The only place where one becomes text."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_datetime
from babel.numbers import format_decimal

from slamon.accounting import Infinite, PeriodKind, cut_down, cut_up, exact_digits
from slamon.reports.document import (
    Both,
    Cell,
    Count,
    Cut,
    Day,
    Duration,
    Instant,
    Link,
    Many,
    Nothing,
    Number,
    Percent,
    PeriodName,
    Points,
    Said,
    Text,
    Verdict,
)
from slamon.reports.words import WORDS

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DATES = {"de": "dd.MM.yyyy", "en": "d MMM yyyy"}
_DIRECTIONS = {"‪", "‫", "‬", "‭", "‮", "⁦", "⁧", "⁨", "⁩"}
NBSP = "\u00a0"
_MOST_KNOWN = 20_000
NONE = "–"


@dataclass(frozen=True, slots=True)
class Tongue:
    """A language ("de" or "en") and the zone in which instants are told."""

    language: str
    zone: str

    def text(self, cell: Cell) -> str:
        """The cell as people read it."""
        known = _known(self.language, self.zone)
        text = known.get(cell)
        if text is None:
            if len(known) >= _MOST_KNOWN:
                known.clear()
            text = known[cell] = self.written(cell)
        return text

    def written(self, cell: Cell) -> str:
        """The same, made anew."""
        match cell:
            case Text(words):
                return plain(words)
            case Both(en, de):
                return plain(en if self.language == "en" else de)
            case Said():
                return self.said(cell)
            case Many(cells):
                return "; ".join(self.text(inner) for inner in cells)
            case Link(inner):
                return self.text(inner)
            case Duration():
                return self.duration(cell)
            case Percent():
                return self.percent(cell)
            case Points(value, digits, signed):
                told = self._decimal(cut_down(value * 100, digits) or "")
                return ("+" if value > 0 else "") + told if signed else told.lstrip("-")
            case Number(value, digits):
                return self._decimal(cut_up(value, 0 if value.denominator == 1 else digits) or "")
            case Instant(ms):
                return self.instant(ms)
            case Day(day):
                return self.day(day)
            case Count(n):
                return str(format_decimal(n, locale=self.language))
            case PeriodName(name, kind):
                return self.period(name, kind)
            case Verdict(word):
                return self.word(f"verdict.{word.value}")
            case Nothing():
                return NONE

    def word(self, key: str) -> str:
        """A message without cells."""
        return self.said(Said(key))

    def said(self, said: Said) -> str:
        """A message with its cells; the form after "n"."""
        entry = WORDS[said.key][0 if self.language == "en" else 1]
        if not isinstance(entry, str):
            count = next(cell for name, cell in said.cells if name == "n")
            one = isinstance(count, Count) and Locale.parse(self.language).plural_form(count.n) == "one"
            entry = entry[0 if one else 1]
        texts = {name: self.text(cell) for name, cell in said.cells}
        return entry.format_map(texts)

    # -- numbers

    def percent(self, cell: Percent) -> str:
        """In per cent, cut; a sign before what is a difference is the caller's."""
        if isinstance(cell.value, Infinite):
            return "∞" if cell.value is Infinite.PLUS else "-∞"
        value = cell.value * 100
        if cell.cut is Cut.EXACT:
            text = exact_digits(value)
        else:
            text = (cut_down if cell.cut is Cut.DOWN else cut_up)(value, cell.digits) or ""
        return f"{self._decimal(text)}{NBSP}%"

    def _decimal(self, text: str) -> str:
        """A decimal of ours with the language's signs."""
        whole, _, part = text.partition(".")
        sign, whole = ("-" if whole.startswith("-") else ""), whole.lstrip("-")
        told = sign + str(format_decimal(int(whole), locale=self.language))
        return f"{told}{self._point}{part}" if part else told

    @property
    def _point(self) -> str:
        return "," if self.language == "de" else "."

    def duration(self, cell: Duration) -> str:
        """Hours, minutes and seconds without zeros at its ends: 25 min 04 s, 2 h."""
        ms = cell.ms
        if cell.cut is Cut.DOWN:
            ms -= ms % 1000
        elif cell.cut is Cut.UP:
            ms += -ms % 1000
        sign, ms = ("-" if ms < 0 else ""), abs(ms)
        seconds, rest = divmod(ms, 1000)
        hours, minutes, seconds = seconds // 3600, seconds // 60 % 60, seconds % 60
        tail = f"{self._point}{rest:03d}" if rest else ""
        words = []
        if hours:
            words.append(f"{format_decimal(hours, locale=self.language)} h")
        if hours and (minutes or seconds or rest):
            words.append(f"{minutes:02d} min")
        elif minutes:
            words.append(f"{minutes} min")
        if seconds or rest or not words:
            words.append(f"{seconds:02d}{tail} s" if words else f"{seconds}{tail} s")
        return (sign + " ".join(words)).replace(" ", NBSP)

    # -- times

    def instant(self, ms: int) -> str:
        """Date and time of the zone; with the offset where the clock reads the same twice."""
        at = local(ms, self.zone)
        rest = f"{self._point}{ms % 1000:03d}" if ms % 1000 else ""
        told = (
            str(format_datetime(at.replace(tzinfo=None), f"{_DATES[self.language]} HH:mm:ss", locale=self.language))
            + rest
        )
        if at.replace(fold=0).utcoffset() != at.replace(fold=1).utcoffset():
            told += f" (UTC{at:%z})"
        return told.replace(" ", NBSP)

    def day(self, day: date) -> str:
        """A date."""
        return str(format_date(day, _DATES[self.language], locale=self.language)).replace(" ", NBSP)

    def period(self, name: str, kind: PeriodKind | None) -> str:
        """A period's name in words."""
        if kind is None:
            first, last = name.split("/", 1)
            return f"{self._edge(first)} – {self._edge(last)}"
        year, _, part = name.partition("-")
        if kind is PeriodKind.MONTH:
            return str(format_date(date(int(year), int(part), 1), "LLLL yyyy", locale=self.language)).replace(" ", NBSP)
        if kind is PeriodKind.YEAR:
            return year
        key = "period.week" if kind is PeriodKind.WEEK else "period.quarter"
        return self.said(Said(key, (("number", Text(part[1:].lstrip("0"))), ("year", Text(year)))))

    def _edge(self, words: str) -> str:
        if len(words) == len("2026-10-01"):
            return self.day(date.fromisoformat(words))
        return self.instant((datetime.fromisoformat(words) - _EPOCH) // timedelta(milliseconds=1))


@lru_cache(maxsize=4)
def _known(_language: str, _zone: str) -> dict[Cell, str]:
    """Texts by cell: the formats of one report write the same cells, one after the other."""
    return {}


def plain(words: str) -> str:
    """Somebody's words on one line: no control signs, and none that turn the direction of what follows."""
    if words.isascii() and words.isprintable():
        return words
    kept = (" " if c in "\t\r\n" else c for c in words if c not in _DIRECTIONS)
    return "".join(c for c in kept if c == " " or (c.isprintable() or c.isspace()))


def local(ms: int, zone: str) -> datetime:
    """The instant as the wall clock of the zone reads it."""
    return (_EPOCH + timedelta(milliseconds=ms)).astimezone(ZoneInfo(zone))
