"""A blackbox.yml in, its modules out, or every mistake with its place."""

from collections.abc import Iterator
from pathlib import Path

from pydantic import ValidationError

from slamon.catalogue.blackbox.models import BlackboxFile
from slamon.catalogue.explain import follows, problem_of
from slamon.catalogue.problems import CatalogueErrors, Place, Problem
from slamon.catalogue.reader import Document, KeyPath, read, read_text

MAX_BYTES = 8 * 2**20


def load_blackbox(file: Path) -> BlackboxFile:
    """The modules of the file. Raises CatalogueErrors with every mistake found."""
    return _checked(read(file, as_written=True))


def load_blackbox_text(file: Path, raw: bytes) -> BlackboxFile:
    """As if the file held these bytes."""
    return _checked(read_text(file, raw, as_written=True))


def _checked(document: Document) -> BlackboxFile:
    if document.problems:
        raise CatalogueErrors(document.problems)
    if not isinstance(document.value, dict):
        found = "an empty file" if document.value is None else "no mapping"
        raise CatalogueErrors([Problem(Place(document.file), (), found, "the key modules and modules below it")])
    try:
        return BlackboxFile.model_validate(document.value)
    except ValidationError as error:
        raise CatalogueErrors(_problems(error, document)) from None


def _problems(error: ValidationError, document: Document) -> Iterator[Problem]:
    def place(path: KeyPath) -> Place:
        return _nearest(document.values, path, document.file)

    def key_place(path: KeyPath) -> Place:
        return document.keys.get(path) or place(path)

    for detail in error.errors(include_url=False, include_context=True, include_input=True):
        if not follows(detail, document.value):
            yield problem_of(dict(detail), document.value, place, key_place, BlackboxFile)


def _nearest(places: dict[KeyPath, Place], path: KeyPath, file: Path) -> Place:
    found = (places.get(path[:length]) for length in range(len(path), -1, -1))
    return next((place for place in found if place is not None), Place(file, 1, 1))
