"""Where reports are written: names that sort, of ids alone; whole files or none."""

import contextlib
import errno
import os
from pathlib import Path

from slamon.errors import SlamonError, UsageError
from slamon.reports.document import Document
from slamon.reports.forms import ReportFormat

LONGEST = 60
"""So many signs of an id go into a name; a file's name has an end."""


class ReportFull(SlamonError):
    """No space is left where the reports are written."""


def name_of(document: Document, language: str, form: ReportFormat) -> str:
    """2026-10_haendler_shop-gold_de.pdf: the period first, so that a folder sorts by time; else the document's stem."""
    if document.period is None:
        return f"{document.stem}_{language}.{form.value}"
    period = "".join(c if c.isalnum() or c in "-_" else "_" for c in document.period.name.replace("/", "_to_"))
    ids = (document.customer[:LONGEST], (document.what or document.agreement)[:LONGEST])
    return f"{'_'.join((period, *filter(None, ids), language))}.{form.value}"


def folder(path: Path) -> Path:
    """The folder, made where it is not there; UsageError where it cannot be."""
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise _trouble(path, error) from None
    return path


def write(path: Path, content: bytes) -> None:
    """Whole or not at all: a temporary name, synced, moved into place. What was there before stays until then."""
    beside = path.with_name(f".{path.name}.new")
    try:
        descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)
        with os.fdopen(descriptor, "wb") as out:
            out.write(content)
            out.flush()
            os.fsync(out.fileno())
        beside.replace(path)
    except OSError as error:
        with contextlib.suppress(OSError):
            beside.unlink()
        raise _trouble(path, error) from None


def _trouble(path: Path, error: OSError) -> SlamonError:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return ReportFull(f"{path} was not written: no space is left there; make room or name another --output DIR")
    return UsageError(f"{path} cannot be written: {error.strerror}; name another --output DIR")
