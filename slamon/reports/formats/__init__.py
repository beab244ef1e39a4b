"""The formats of a report: each a module with `made(document, language) -> bytes`. A new one is a module and a row."""

from collections.abc import Callable
from importlib import import_module

from slamon.reports.document import Document
from slamon.reports.forms import ReportFormat

Made = Callable[[Document, str], bytes]


_MODULES = {
    ReportFormat.CSV: "as_csv",
    ReportFormat.JSON: "as_json",
    ReportFormat.XLSX: "as_xlsx",
    ReportFormat.HTML: "as_html",
    ReportFormat.PDF: "as_pdf",
}


def maker(form: ReportFormat) -> Made:
    """What makes a file of that form; its libraries are loaded now and not before."""
    made: Made = import_module(f"slamon.reports.formats.{_MODULES[form]}").made
    return made
