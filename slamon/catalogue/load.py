"""From files to a catalogue, or to every mistake in them."""

import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from slamon.catalogue.dangling import dangling
from slamon.catalogue.discovery.expand import Expanded, expand, template_mistakes
from slamon.catalogue.discovery.sources import find
from slamon.catalogue.explain import follows, problem_of
from slamon.catalogue.meaning import mistakes, unused
from slamon.catalogue.models import Catalogue
from slamon.catalogue.problems import CatalogueErrors, Place, Problem
from slamon.catalogue.reader import Document, KeyPath, read
from slamon.catalogue.references import References

MAPPINGS = ("customers", "teams", "suppliers", "calendars", "services", "agreements", "discover")
LISTS = ("corrections",)
_TRIES = 3


class Source:
    """The files merged into one value, and the place of each key path in them."""

    def __init__(self, documents: Sequence[Document]) -> None:
        self.value: dict[str, Any] = {}
        self.problems: list[Problem] = [problem for document in documents for problem in document.problems]
        self._home: dict[KeyPath, tuple[Document, KeyPath]] = {}
        self._root = documents[0] if documents else None
        self.whole = all(document.value is not None or not document.problems for document in documents)
        for document in documents:
            self._take(document)

    def place(self, path: KeyPath) -> Place:
        """Where a key path stands; the nearest enclosing one for a key that is missing."""
        for length in range(min(2, len(path)), 0, -1):
            home = self._home.get(path[:length])
            if home is not None:
                document, there = home
                return _nearest(document, (*there, *path[length:]))
        return _nearest(self._root, path) if self._root is not None else Place(Path())

    def spoiled(self, path: KeyPath) -> bool:
        """Whether the reader could not read what stands at a key path: what follows from that is not told too."""
        home = self._home.get(path[:2]) or self._home.get(path[:1])
        if home is None:
            return False
        document, there = home
        full = (*there, *path[len(there) :])
        return any(full[:length] in document.spoiled for length in range(1, len(full) + 1))

    def key_place(self, path: KeyPath) -> Place:
        """Where a key itself stands."""
        home = self._home.get(path[:2]) or self._home.get(path[:1])
        if home is None:
            return self.place(path)
        document, there = home
        full = (*there, *path[len(there) :])
        return document.keys.get(full) or _nearest(document, full)

    def _take(self, document: Document) -> None:
        if document.value is None:
            return
        if not isinstance(document.value, dict):
            self.problems.append(
                Problem(_nearest(document, ()), (), "no mapping", "keys such as slamon, services, agreements")
            )
            return
        for section, value in document.value.items():
            if section in MAPPINGS and isinstance(value, dict):
                self._merge_mapping(document, section, value)
            elif section in LISTS and isinstance(value, list):
                self._merge_list(document, section, value)
            elif section == "slamon" and self.value.get(section, value) != value:
                self._other_version(document, value)
            elif section in self.value and section != "slamon":
                self._twice(document, (section,), (section,))
            else:
                self.value[section] = value
                self._home[(section,)] = (document, (section,))

    def _merge_mapping(self, document: Document, section: str, value: dict[str, Any]) -> None:
        merged = self.value.setdefault(section, {})
        if not isinstance(merged, dict):
            return
        self._home.setdefault((section,), (document, (section,)))
        for key, item in value.items():
            if key in merged:
                self._twice(document, (section, key), (section, key))
                continue
            merged[key] = item
            self._home[(section, key)] = (document, (section, key))

    def _merge_list(self, document: Document, section: str, value: list[Any]) -> None:
        merged = self.value.setdefault(section, [])
        self._home.setdefault((section,), (document, (section,)))
        for index, item in enumerate(value):
            self._home[(section, len(merged))] = (document, (section, index))
            merged.append(item)

    def _other_version(self, document: Document, value: object) -> None:
        """One of the two is wrong: keep that one, so that it is told."""
        if value != 1:
            self.value["slamon"] = value
            self._home[("slamon",)] = (document, ("slamon",))

    def _twice(self, document: Document, path: KeyPath, there: KeyPath) -> None:
        place = document.keys.get(there) or _nearest(document, there)
        first = self.key_place(path)
        self.problems.append(
            Problem(place, path, f"{path[-1]!r} a second time", f"it in one file only (first in {first})")
        )


def _nearest(document: Document, path: KeyPath) -> Place:
    for length in range(len(path), -1, -1):
        place = document.values.get(path[:length])
        if place is not None:
            return place
    return Place(document.file, 1, 1)


def files_of(path: Path) -> list[Path]:
    """The file itself, or a folder's `*.yml`, `*.yaml` and `*.json` files in order of their names, deep."""
    if not path.is_dir():
        return [path]
    found = (p for p in path.rglob("*") if p.suffix in {".yml", ".yaml", ".json"} and p.is_file())
    return sorted(p for p in found if not any(part.startswith(".") for part in p.relative_to(path).parts))


def load(path: Path, *, env: Mapping[str, str] | None = None, data: Path | None = None) -> Catalogue:
    """The catalogue in a file or folder; `env` is the process's environment unless given.

    `data`: the folder where discovered lists are kept; default: that of the catalogue's storage.path.

    Raises CatalogueErrors with every mistake found.
    """
    try:
        files = files_of(path)
    except OSError as error:
        found = error.strerror or "an error"
        raise CatalogueErrors([Problem(Place(path), (), found, "a folder that can be read")]) from None
    if not files:
        raise CatalogueErrors([Problem(Place(path), (), "a folder without *.yml files", "at least one")])
    return build(Source([read(file) for file in files]), files, os.environ if env is None else env, data)


def source_of(path: Path) -> Source:
    """The files of a catalogue that was loaded before, for the places of its keys."""
    return Source([read(file) for file in files_of(path)])


def load_value(value: Mapping[str, Any], *, env: Mapping[str, str] | None = None) -> Catalogue:
    """The catalogue that is given as plain values (a replayed case, a test)."""
    document = Document(Path("<values>"), dict(value))
    return build(Source([document]), [], env or {})


def build(source: Source, files: Sequence[Path], env: Mapping[str, str], data: Path | None = None) -> Catalogue:
    """Validate shape, discover, then validate meaning. Raises CatalogueErrors."""
    references = References(source, env)
    value = references.resolved(source.value)
    catalogue, problems = _validated(value, source)
    problems = [*references.problems, *_missing_version(source), *problems]
    if catalogue is not None:
        catalogue = _discovered(catalogue, source, data)
    found = [*(dangling(source.value) if source.whole else ()), *(mistakes(catalogue) if catalogue is not None else ())]
    problems += [Problem(source.place(path), path, what, expected, hint) for path, what, expected, hint in found]
    problems = [*source.problems, *(problem for problem in problems if not source.spoiled(problem.path))]
    if problems or catalogue is None:
        raise CatalogueErrors(_first_at_each_place(problems))
    catalogue.warnings.extend(f"{source.place(path)}: {text}" for path, text in unused(catalogue))
    catalogue.files.extend(files)
    catalogue.troubles.extend(f"{source.place(('discover', name))}: {text}" for name, text in _troubles(catalogue))
    targets = [file for found in catalogue.found.values() for file in found.files]
    catalogue.watched.extend([*files, *references.files, *targets])
    return catalogue


def _discovered(catalogue: Catalogue, source: Source, data: Path | None) -> Catalogue:
    """The catalogue with the checks of the targets that its sources list."""
    folder = catalogue.storage.path.parent if data is None else data
    made = Expanded()
    for name, discovery in catalogue.discover.items():
        if any(template_mistakes(discovery)):
            continue
        place = source.place(("discover", name, "check"))
        found = find(name, discovery, place.file.parent, folder)
        expand(made, name, discovery, found, catalogue.services, place)
        catalogue.found[name] = found
    if not made.checks:
        return catalogue
    services = {**catalogue.services, **made.services}
    for service, checks in made.checks.items():
        services[service] = services[service].with_checks(checks)
    return catalogue.with_services(services, new=made.services)


def _troubles(catalogue: Catalogue) -> Iterator[tuple[str, str]]:
    """What a user should know of discovery: a broken source, targets of which no check could be made."""
    for name, found in catalogue.found.items():
        if found.trouble is not None:
            yield name, f"{found.trouble}; its last good lists hold"
        if found.rejected:
            more = f" and {len(found.rejected) - 1} more" if len(found.rejected) > 1 else ""
            yield name, f"no check of {found.rejected[0]}{more}"


def _validated(value: Any, source: Source) -> tuple[Catalogue | None, list[Problem]]:
    """The catalogue, without the entries that are not well shaped, and what is wrong with those."""
    problems: list[Problem] = []
    for _ in range(_TRIES):
        try:
            return Catalogue.model_validate(value), problems
        except ValidationError as error:
            problems += list(_shape(error, source))
            value = _pruned(value, [detail["loc"] for detail in error.errors()])
    return None, problems


def _pruned(value: Any, locations: Sequence[KeyPath]) -> dict[str, Any]:
    """Without the entries (or whole sections) in which something is wrong."""
    left = {**value, "slamon": 1}
    for location in locations:
        section = location[0] if location else None
        entry = location[1] if len(location) > 1 else None
        if section in MAPPINGS and isinstance(value.get(str(section)), dict) and entry in value[str(section)]:
            left[str(section)] = {k: v for k, v in left[str(section)].items() if k != entry}
        elif section != "slamon" and section in value:
            left.pop(str(section), None)
    return left


def _missing_version(source: Source) -> list[Problem]:
    if "slamon" in source.value or source.problems:
        return []
    return [Problem(source.place(()), (), "no key slamon", "slamon: 1, the version of this format")]


def _shape(error: ValidationError, source: Source) -> Iterator[Problem]:
    for detail in error.errors(include_url=False, include_context=True, include_input=True):
        if follows(detail, source.value) or (detail["loc"] == ("slamon",) and detail["type"] == "missing"):
            continue
        yield problem_of(dict(detail), source.value, source.place, source.key_place)


def _first_at_each_place(problems: Sequence[Problem]) -> list[Problem]:
    kept: dict[tuple[str, str, str], Problem] = {}
    for problem in problems:
        kept.setdefault((str(problem.place), problem.key_path, problem.found), problem)
    return list(kept.values())
