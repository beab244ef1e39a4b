"""A report as one HTML file that needs nothing else: no script, no address, pictures inside."""

from functools import lru_cache
from typing import Any

from slamon.reports.blocks import read
from slamon.reports.document import Document


@lru_cache(maxsize=1)
def _template() -> Any:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    loader = PackageLoader("slamon.reports", "templates")
    made = Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    made.globals["zip"] = zip
    return made.get_template("report.html")


def made(document: Document, language: str) -> bytes:
    """The file's bytes. Every text is escaped by the template; the pictures are ours, their texts escaped there."""
    return str(_template().render(read(document, language).told)).encode()
