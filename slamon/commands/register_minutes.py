"""Minutes as a file: the form that `slamon review` writes, filled in, in YAML or JSON."""

from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from slamon.catalogue import Catalogue, CatalogueErrors
from slamon.catalogue.explain import problem_of
from slamon.catalogue.problems import Place, Problem, did_you_mean
from slamon.catalogue.reader import Document, KeyPath, read_text
from slamon.errors import UsageError
from slamon.running.entering.reviews import Minutes

MOST_BYTES = 1024 * 1024


def minutes(file: Path, catalogue: Catalogue) -> dict[str, Any]:
    """The review that a file tells, as it is entered. CatalogueErrors with every mistake and its place."""
    try:
        with file.open("rb") as opened:
            raw = opened.read(MOST_BYTES + 1)
    except OSError as error:
        raise UsageError(f"{file}: {error.strerror}: name a file with minutes, --from minutes.yml") from None
    return read_minutes(file, raw, catalogue)


def read_minutes(file: Path, raw: bytes, catalogue: Catalogue) -> dict[str, Any]:
    """The same of a file's bytes."""
    if len(raw) > MOST_BYTES:
        raise CatalogueErrors([Problem(Place(file), (), "a longer file", f"minutes of at most {MOST_BYTES} bytes")])
    document = read_text(file, raw)
    if document.problems:
        raise CatalogueErrors(document.problems)
    if not isinstance(document.value, dict):
        keys = ", ".join(Minutes.model_fields)
        raise CatalogueErrors([Problem(Place(file, 1, 1), (), "no mapping", f"the keys {keys}")])
    value = _without_blanks(document.value)
    try:
        Minutes.model_validate(value)
    except ValidationError as error:
        raise CatalogueErrors(_problems(error, value, document)) from None
    unknown = list(_unknown(value, catalogue))
    if unknown:
        raise CatalogueErrors(
            Problem(document.values[path], path, repr(found), what, did_you_mean(found, known))
            for path, found, what, known in unknown
        )
    return dict(value)


def _unknown(value: Any, catalogue: Catalogue) -> Iterator[tuple[KeyPath, str, str, Collection[str]]]:
    """Ids that the catalogue does not have: where, which, of what."""
    named: list[tuple[KeyPath, Any, str, Collection[str]]] = [
        (("customer",), value.get("customer"), "a customer", catalogue.customers)
    ]
    for index, action in enumerate(value.get("actions", ())):
        at: KeyPath = ("actions", index)
        expected = action.get("expected", {})
        named += [
            ((*at, "team"), action.get("team"), "a team", catalogue.teams),
            ((*at, "service"), action.get("service"), "a service", catalogue.services),
            ((*at, "expected", "agreement"), expected.get("agreement"), "an agreement", catalogue.agreements),
            ((*at, "expected", "service"), expected.get("service"), "a service", catalogue.services),
        ]
    yield from (one for one in named if one[1] is not None and one[1] not in one[3])


def _without_blanks(value: Any) -> Any:
    """What was left blank in the form counts as left out."""
    if isinstance(value, dict):
        return {key: _without_blanks(inner) for key, inner in value.items() if inner is not None}
    if isinstance(value, list):
        return [_without_blanks(inner) for inner in value]
    return value


def _problems(error: ValidationError, value: Any, document: Document) -> Iterator[Problem]:
    def place(path: KeyPath) -> Place:
        for length in range(len(path), -1, -1):
            if path[:length] in document.values:
                return document.values[path[:length]]
        return Place(document.file, 1, 1)

    def key_place(path: KeyPath) -> Place:
        return document.keys.get(path) or place(path)

    for detail in error.errors(include_url=False):
        yield problem_of(dict(detail), value, place, key_place, Minutes)
