"""OpenSLO v1: services and objectives as services, promql checks and agreements."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from slamon.catalogue.reader import read_text
from slamon.errors import UsageError
from slamon.imports.draft import Draft, made_id, unique
from slamon.imports.given import Given, said

_PERIODS = {"1w": "week", "7d": "week", "1M": "month", "1Q": "quarter", "3M": "quarter", "1Y": "year", "12M": "year"}
_OPERATORS = {"lte": "at_most", "gte": "at_least", "lt": "below", "gt": "above"}
_NOT_OURS = ("AlertPolicy", "AlertCondition", "AlertNotificationTarget")
_CUSTOMER = "customers"
Object = Mapping[str, Any]


def import_files(files: Sequence[Path]) -> Draft:
    """A draft of every object of the files, of which each may hold several documents."""
    draft = Draft()
    objects = [found for file in files for found in _objects(file)]
    named = {
        (str(found.get("kind")), str((found.get("metadata") or {}).get("name"))): found
        for found in objects
        if isinstance(found.get("metadata"), dict)
    }
    for found in objects:
        kind = str(found.get("kind"))
        if found.get("apiVersion") != "openslo/v1":
            draft.leave(f"{kind}: apiVersion {said(found.get('apiVersion'))}, expected openslo/v1")
        elif kind == "SLO":
            _Slo(draft, found, named).put()
        elif kind == "Service":
            _service(draft, found)
        elif kind in _NOT_OURS:
            draft.leave(f"{kind} {_name(found)}: slamon's alerting rules are made of the agreements")
        elif kind not in ("SLI", "DataSource"):
            draft.leave(f"the object of kind {said(kind)}")
    return draft.finish()


def _objects(file: Path) -> list[Object]:
    try:
        raw = file.read_bytes()
        texts = _documents(raw.decode("utf-8-sig"))
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{file} cannot be read: {error}") from None
    found: list[Object] = []
    for text in texts:
        document = read_text(file, text.encode())
        if document.problems and document.value is None:
            raise UsageError(str(document.problems[0]))
        if isinstance(document.value, dict):
            found.append(document.value)
        elif document.value is not None:
            raise UsageError(f"{file}: found {said(document.value)}, expected an object with apiVersion and kind")
    return found


def _documents(text: str) -> list[str]:
    """A file's documents, which `---` separates."""
    found: list[list[str]] = [[]]
    for line in text.splitlines():
        if line.rstrip() == "---" or line.startswith("--- "):
            found.append([])
        elif line.rstrip() != "...":
            found[-1].append(line)
    return ["\n".join(lines) for lines in found if any(line.strip() for line in lines)]


def _name(found: Object) -> str:
    metadata = found.get("metadata")
    return str(metadata.get("name", "?")) if isinstance(metadata, dict) else "?"


def _metadata(given: Given) -> tuple[str, str]:
    metadata = given.inner("metadata")
    name = metadata.text("name", "unnamed")
    title = metadata.text("displayName", name)
    metadata.leave("labels", "there are no labels")
    metadata.leave("annotations", "there are no annotations")
    metadata.rest()
    return name, title


def _service(draft: Draft, found: Object) -> None:
    service = draft.service(_name(found))
    given = Given(found, service.left.append, f"Service {_name(found)}")
    given.ignore("apiVersion", "kind")
    service.name = _metadata(given)[1]
    spec = given.inner("spec")
    spec.leave("description", "a service has a name only")
    spec.rest()
    given.rest()


class _Slo:
    """One SLO: a check where its indicator can be asked for, and an agreement for each objective."""

    def __init__(self, draft: Draft, found: Object, named: Mapping[tuple[str, str], Object]) -> None:
        self._draft, self._named = draft, named
        self._left: list[str] = []
        self._given = Given(found, self._left.append, f"SLO {_name(found)}")

    def put(self) -> None:
        """Make what can be made."""
        self._given.ignore("apiVersion", "kind")
        name, title = _metadata(self._given)
        if title != name:
            self._left.append(f"displayName: {said(title)}: an agreement has an id only")
        spec = self._given.inner("spec")
        spec.leave("description", "an agreement has an id only")
        spec.leave("alertPolicies", "slamon's alerting rules are made of the agreements")
        service = self._draft.service(spec.text("service", name))
        objectives = [value for value in spec.list("objectives") if isinstance(value, dict)]
        check = service.check(name)
        self._indicator(spec, objectives, check)
        period, zone = self._window(spec)
        if spec.text("budgetingMethod", "Occurrences") != "Timeslices":
            self._left.append("budgetingMethod: Occurrences: time is accounted, not events")
        for value in objectives:
            self._agreement(Given(value, self._left.append, "objectives"), name, service.id, period, zone)
        spec.rest()
        self._given.rest()
        service.left += self._left

    def _window(self, spec: Given) -> tuple[str, str]:
        windows = spec.list("timeWindow")
        window = Given(windows[0] if windows else None, self._left.append, "timeWindow")
        length, rolling = window.text("duration", "1M"), window.take("isRolling", False)
        calendar = window.inner("calendar")
        zone = calendar.text("timeZone", "UTC")
        calendar.leave("startTime", "periods begin with the calendar's week, month, quarter or year")
        calendar.rest()
        window.rest()
        period = _PERIODS.get(length, "month")
        if rolling:
            self._left.append(
                f"timeWindow of {length}, rolling: agreements have calendar periods; this one has {period}"
            )
        elif length not in _PERIODS:
            self._left.append(f"timeWindow of {length}: this one has {period}")
        return period, zone

    def _indicator(self, spec: Given, objectives: Sequence[Mapping[str, Any]], check: Any) -> None:
        reference = spec.take("indicatorRef")
        inline = spec.take("indicator")
        found = inline if inline is not None else self._named.get(("SLI", str(reference)))
        if not isinstance(found, dict):
            check.break_(f"there is no SLI {reference} in the files")
            return
        given = Given(found, check.leave, "indicator")
        given.ignore("apiVersion", "kind", "metadata")
        inner = given.inner("spec")
        inner.leave("description", "a check has an id only")
        metric = inner.inner("thresholdMetric")
        source = self._query(metric, check)
        ratio = inner.take("ratioMetric")
        inner.rest()
        metric.rest()
        given.rest()
        if ratio is not None:
            check.break_("its indicator is a ratio of events: a check needs a state, up or down")
        elif source is not None:
            url, query = source
            check.settings["promql"] = {"url": url, "query": query, "up": _bounds(objectives)}
        else:
            check.break_("its indicator is no query of Prometheus")

    def _query(self, metric: Given, check: Any) -> tuple[str, str] | None:
        source = metric.inner("metricSource")
        reference, kind = source.take("metricSourceRef"), source.text("type")
        spec = source.take("spec") or {}
        source.rest()
        url = "http://127.0.0.1:9090"
        found = self._named.get(("DataSource", str(reference)))
        if found is not None:
            there = found.get("spec") or {}
            kind = kind or str(there.get("type", ""))
            details = there.get("connectionDetails") or {}
            url = str(details.get("url", url)) if isinstance(details, dict) else url
        elif reference is not None:
            check.leave(f"the DataSource {reference}: it is in none of the files")
        query = spec.get("query") or spec.get("promql") if isinstance(spec, dict) else None
        if not query or (kind and "prom" not in kind.lower()):
            return None
        if found is None:
            check.leave(f"the engine's url: {url} stands for it")
        return url, str(query)

    def _agreement(self, given: Given, name: str, service: str, period: str, zone: str) -> None:
        percent, share = given.take("targetPercent"), given.take("target")
        target = percent if percent is not None else _percent(share)
        objective = given.text("displayName")
        given.ignore("op", "value")
        for key in ("timeSliceTarget", "timeSliceWindow"):
            given.leave(key, "time is accounted to the millisecond, not by slices")
        given.leave("compositeWeight", "objectives are not weighed")
        given.leave("indicator", "one indicator an SLO")
        given.leave("indicatorRef", "one indicator an SLO")
        given.rest()
        agreements = self._draft.more.setdefault("agreements", {})
        if target is None:
            self._left.append(f"the objective {objective or name}: it has no target")
            return
        customers = self._draft.more.setdefault(_CUSTOMER, {})
        customers.setdefault("openslo", {"name": "OpenSLO", "kind": "internal"})
        key = unique(made_id(f"{name}-{objective}" if objective else name), agreements)
        agreements[key] = {
            "customer": "openslo",
            "services": [service],
            "target": f"{target:g}%" if isinstance(target, (int, float)) else f"{target}%",
            "period": period,
            "timezone": zone,
        }
        self._draft.left_of.setdefault(key, []).append("whose customer it is: OpenSLO names none")


def _bounds(objectives: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    first = objectives[0] if objectives else {}
    operator = _OPERATORS.get(str(first.get("op")), "at_least")
    value = first.get("value", 1)
    return {operator: value if isinstance(value, (int, float)) else 1}


def _percent(share: object) -> float | None:
    """A share from 0 to 1; None for what is none."""
    try:
        percent = float(share) * 100 if isinstance(share, (int, float, str)) else None
    except ValueError:
        return None
    return round(percent, 10) if percent is not None and 0 <= percent <= 100 else None
