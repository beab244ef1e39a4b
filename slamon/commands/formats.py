"""How an answer may be printed."""

from enum import StrEnum


class Format(StrEnum):
    """A table for people, or JSON for programs."""

    TABLE = "table"
    JSON = "json"


class FiguresFormat(StrEnum):
    """The same, and rows for spreadsheets."""

    TABLE = "table"
    JSON = "json"
    CSV = "csv"


class Tongue(StrEnum):
    """The languages that texts are written in."""

    EN = "en"
    DE = "de"


class SloFormat(StrEnum):
    """Whose documents of objectives are written."""

    OPENSLO = "openslo"
    SLOTH = "sloth"
    PYRRA = "pyrra"
