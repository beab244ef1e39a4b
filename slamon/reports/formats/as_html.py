"""A report as one HTML file that needs nothing else: no script, no address, pictures inside."""

from functools import lru_cache
from typing import Any

from slamon.reports.blocks import Reader
from slamon.reports.document import Document
from slamon.reports.tongue import Tongue


@lru_cache(maxsize=1)
def _template() -> Any:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    loader = PackageLoader("slamon.reports", "templates")
    made = Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    return made.get_template("report.html")


def made(document: Document, language: str) -> bytes:
    """The file's bytes. Every text is escaped by the template; the pictures are ours, their texts escaped there."""
    told = Reader(Tongue(language, document.zone)).document(document)
    return str(_template().render(told)).encode()
