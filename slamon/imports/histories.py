"""What other monitors have seen: results by series, told chunk by chunk, and which check each series is."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from slamon.accounting import Verdict
from slamon.catalogue.discovery.template import NoCheck, filled
from slamon.catalogue.discovery.template import made_id as digested
from slamon.errors import UsageError
from slamon.imports.draft import made_id
from slamon.imports.given import yaml_value


@dataclass(frozen=True, slots=True)
class Result:
    """One result of another monitor: when (ms), what, and how long it took (us)."""

    at: int
    verdict: Verdict
    duration_us: int | None = None


@dataclass(frozen=True, slots=True)
class Series:
    """Results of one thing that was watched, in order of time; its labels tell which."""

    labels: Mapping[str, str]
    results: Sequence[Result]

    @property
    def name(self) -> str:
        """The labels as people read them."""
        return "{" + ", ".join(f"{name}={value}" for name, value in sorted(self.labels.items())) + "}"


class Source(Protocol):
    """Where a history comes from. `words`: what the ledger says of where its facts are from."""

    words: str

    def series(self, start: int, end: int) -> Iterator[Series]:
        """What was seen in [start, end), ms. UsageError, or a SlamonError when the source does not answer."""
        ...

    def span(self) -> tuple[int, int] | None:
        """From when to when it tells, where it knows; None where it must be told."""
        ...

    def remarks(self) -> Sequence[str]:
        """What cannot be carried over, in sentences."""
        ...


@dataclass(slots=True)
class Mapped:
    """Which check a series is: by a template of labels, or by a file; what is none is remembered."""

    checks: Mapping[str, Any]
    template: str = ""
    wanted: Sequence[tuple[str, Mapping[str, str]]] = ()
    unmapped: dict[str, None] = field(default_factory=dict)

    def check(self, series: Series) -> str | None:
        """The id of its check; None where it is none of the catalogue."""
        found = next((check for check in self._candidates(series.labels) if check in self.checks), None)
        if found is None:
            self.unmapped[series.name] = None
        return found

    def _candidates(self, labels: Mapping[str, str]) -> Iterator[str]:
        for check, told in self.wanted:
            if all(labels.get(name) == value for name, value in told.items()):
                yield check
        if self.template:
            parts = [self._filled(part, labels) for part in self.template.split("/", 1)]
            for make in (str, digested, made_id):
                if all(parts):
                    yield "/".join(make(part) for part in parts)

    @staticmethod
    def _filled(part: str, labels: Mapping[str, str]) -> str:
        try:
            return filled(part, labels)
        except NoCheck:
            return ""


def mapped(told: str, checks: Mapping[str, Any], default: str) -> Mapped:
    """By what `--map` says: a template such as `{job}/{instance}`, or a file of checks and their labels.

    UsageError where it is neither, or names a check that is not there.
    """
    file = Path(told)
    if not told or "{" in told or not file.is_file():
        template = told or default
        if "{" not in template or "/" not in template:
            raise UsageError(f"--map {told}: found neither a file nor a template, expected for example {default}")
        return Mapped(checks, template)
    value = yaml_value(file)
    if not isinstance(value, dict) or not all(isinstance(labels, dict) and labels for labels in value.values()):
        raise UsageError(f"{file}: expected checks and their labels, for example shop/home: {{job: shop}}")
    strange = next((check for check in value if check not in checks), None)
    if strange is not None:
        raise UsageError(f"{file}: {strange} is no check of the catalogue")
    wanted = [(check, {str(name): str(text) for name, text in labels.items()}) for check, labels in value.items()]
    return Mapped(checks, wanted=wanted)
