"""OpenSLO v1: services and objectives as services, promql checks and agreements."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

from slamon.catalogue.reader import read_text
from slamon.errors import UsageError
from slamon.imports.draft import Draft, DraftService, made_id, unique
from slamon.imports.given import Given, said
from slamon.imports.openslo_terms import ANNOTATION, Terms, put, terms_of

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


def _metadata(given: Given) -> tuple[str, str, Mapping[str, Any]]:
    """Name, title, and our own annotation; the others are left."""
    metadata = given.inner("metadata")
    name = metadata.text("name", "unnamed")
    title = metadata.text("displayName", name)
    metadata.leave("labels", "there are no labels")
    annotations = metadata.inner("annotations")
    ours = annotations.take(ANNOTATION)
    annotations.rest("there are no annotations")
    metadata.rest()
    return name, title, {} if ours is None else {ANNOTATION: ours}


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
        name, title, annotations = _metadata(self._given)
        terms = terms_of(annotations, self._left.append)
        if title != name and terms is None:
            self._left.append(f"displayName: {said(title)}: an agreement has an id only")
        spec = self._given.inner("spec")
        spec.leave("description", "an agreement has an id only")
        spec.leave("alertPolicies", "slamon's alerting rules are made of the agreements")
        service = self._draft.service(spec.text("service", name))
        objectives = [value for value in spec.list("objectives") if isinstance(value, dict)]
        if terms is None:
            self._indicator(spec, objectives, service.check(name))
        else:
            spec.ignore("indicator", "indicatorRef")
            _state(service)
        period, zone = self._window(spec)
        method = spec.text("budgetingMethod", "Occurrences")
        if method != "Timeslices" and terms is None:
            self._left.append("budgetingMethod: Occurrences: time is accounted, not events")
        for place, value in enumerate(objectives):
            given = Given(value, self._left.append, "objectives")
            if terms is not None and place == 0:
                self._restored(given, terms, service.id, period, zone)
            else:
                self._agreement(given, name, service.id, period, zone)
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

    def _restored(self, given: Given, terms: Terms, service: str, period: str, zone: str) -> None:
        """The agreement that slamon wrote. Where somebody changed the objective since, the objective holds."""
        target = _target(given)
        given.ignore("displayName", "op", "value")
        given.rest()
        entry = put(self._draft, terms, service)
        told = {"target": None if target is None else f"{_digits(target)}%", "period": period, "timezone": zone}
        for key, ours in (("target", None), ("period", "month"), ("timezone", "UTC")):
            was = entry.get(key, ours)
            same = _near(was, told[key]) if key == "target" else was == told[key]
            if told[key] is not None and not same:
                self._left.append(f"{key}: {said(was)} of the annotation: the SLO says {said(told[key])}, which holds")
                entry[key] = told[key]

    def _agreement(self, given: Given, name: str, service: str, period: str, zone: str) -> None:
        target = _target(given)
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
            "target": f"{_digits(target)}%",
            "period": period,
            "timezone": zone,
        }
        self._draft.left_of.setdefault(key, []).append("whose customer it is: OpenSLO names none")


def _state(service: DraftService) -> None:
    """OpenSLO has no checks: the service's state is asked of the Prometheus that has slamon's metrics, once."""
    if service.checks:
        return
    check = service.check("state")
    query = f'1 - slamon_service_state{{service="{service.name}",state="down"}}'
    check.settings["promql"] = {"url": "http://127.0.0.1:9090", "query": query, "up": {"at_least": 1}}
    check.leave("its checks are no part of OpenSLO: write them here, or ask slamon's own metrics as this one does")


def _target(given: Given) -> Any:
    """In per cent, as a number or as it was written; None where there is none."""
    percent, share = given.take("targetPercent"), given.take("target")
    return percent if percent is not None else _percent(share)


def _digits(target: object) -> str:
    """A number with all its digits, and no exponent."""
    if isinstance(target, (int, float)) and not isinstance(target, bool):
        return f"{Decimal(repr(target)):f}".removesuffix(".0")
    return str(target)


def _near(ours: object, theirs: str | None) -> bool:
    """Whether a target says the same as a binary fraction of it can."""
    try:
        return abs(float(str(ours).rstrip("% ")) - float(str(theirs).rstrip("% "))) < 1e-9
    except ValueError:
        return False


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
