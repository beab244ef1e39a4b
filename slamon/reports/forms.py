"""The forms that a report may have. Light: the command line knows these without loading what makes them."""

from enum import StrEnum


class ReportFormat(StrEnum):
    """In which form a report is written."""

    CSV = "csv"
    JSON = "json"
    XLSX = "xlsx"
    HTML = "html"
    PDF = "pdf"


class PaperFormat(StrEnum):
    """In which form a document that is signed or read is written."""

    HTML = "html"
    PDF = "pdf"
