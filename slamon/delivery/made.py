"""A run of a scheduled report, made: its files, and what a mail or a webhook says of it."""

import base64
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from slamon.accounting import PeriodKind
from slamon.catalogue import Catalogue
from slamon.catalogue.problems import did_you_mean
from slamon.catalogue.reporting import ScheduledReport
from slamon.errors import UsageError
from slamon.reports.document import Instant, PeriodName, Text
from slamon.reports.grounds import Grounds
from slamon.reports.results import result_lines
from slamon.reports.summary import verdict_of
from slamon.reports.tongue import Tongue


@dataclass(slots=True)
class Made:
    """What a run made. `id`: by which a repetition is recognised; `at`: as known when (ms)."""

    id: str
    report: str
    model: ScheduledReport
    period: str
    at: int
    files: list[Path] = field(default_factory=list)
    customers: dict[str, str] = field(default_factory=dict)
    results: list[str] = field(default_factory=list)
    agreements: list[dict[str, Any]] = field(default_factory=list)
    left_out: dict[str, str] = field(default_factory=dict)
    span: tuple[int, int] = (0, 0)

    @property
    def tongue(self) -> Tongue:
        """In which the mail is written."""
        return Tongue(self.model.lang.value, self.model.timezone)

    def take(self, found: Grounds) -> None:
        """One agreement more."""
        customer = found.catalogue.agreements[found.agreement].customer
        self.customers[customer] = found.catalogue.customers[customer].name
        self.span = (found.period.start, found.period.end)
        self.results += result_lines(found, self.tongue)
        self.agreements.append(
            {
                "agreement": found.agreement,
                "customer": customer,
                "verdict": verdict_of(found).value,
                "figures": [part.told for part in found.parts],
            }
        )

    def fields(self) -> Mapping[str, str]:
        """What subject and text may name."""
        text = self.tongue.text
        kind: PeriodKind = self.model.period
        return {
            "report": self.report,
            "period": text(PeriodName(self.period, kind)),
            "name": self.period,
            "begin": text(Instant(self.span[0])),
            "end": text(Instant(self.span[1])),
            "at": text(Instant(self.at)),
            "customers": ", ".join(text(Text(name)) for name in self.customers.values()),
            "agreements": ", ".join(found["agreement"] for found in self.agreements),
            "results": "\n".join(self.results),
            "files": "\n".join(path.name for path in self.files),
            "left_out": "\n".join(f"{name}: {why}" for name, why in self.left_out.items()),
        }

    def told(self) -> dict[str, Any]:
        """What a webhook gets, but the files."""
        return {
            "id": self.id,
            "report": self.report,
            "period": self.period,
            "at_ms": self.at,
            "language": self.model.lang.value,
            "agreements": self.agreements,
            "left_out": self.left_out,
        }


def file_entries(files: Iterable[Path], *, whole: bool) -> Sequence[dict[str, Any]]:
    """Names, sizes and digests of files; `whole`: with what is in them, in base64."""
    told = []
    for path in files:
        content = path.read_bytes()
        entry: dict[str, Any] = {
            "name": path.name,
            "bytes": len(content),
            "sha256": hashlib.sha256(content).hexdigest(),
        }
        if whole:
            entry["base64"] = base64.b64encode(content).decode()
        told.append(entry)
    return told


def run_id(report: str, period: str, since: int, again: int | None = None) -> str:
    """By which a repetition of a run is recognised. `since`: since when the report is scheduled; `again`: by hand."""
    salt = hashlib.sha256(f"{report}\n{since}".encode()).hexdigest()[:12]
    return ".".join(("slamon", report[:60], period, salt, *(() if again is None else (str(again),))))


def must_be_there(loaded: Catalogue, name: str) -> ScheduledReport:
    """The report of that name; UsageError with those that there are."""
    if name not in loaded.reports:
        known = ", ".join(loaded.reports) or "none"
        hint = did_you_mean(name, loaded.reports)
        cut = name if len(name) <= 60 else name[:57] + "..."
        raise UsageError(f"there is no scheduled report {cut!r}; there are: {known}{'; ' if hint else ''}{hint}")
    return loaded.reports[name]
