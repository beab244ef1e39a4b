"""Many documents, in several processes: the same files as of one process, and a clear end when one is killed."""

import signal
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from slamon.errors import SlamonError
from slamon.reports.document import Document, Text
from slamon.reports.forms import ReportFormat
from slamon.reports.printing import FEW, Order, print_all, print_one

from tests.unit.reports import world

LONG = "wort" * 30
"""A word that paper breaks and a page does not."""


@pytest.fixture(scope="module")
def documents(tmp_path_factory: pytest.TempPathFactory) -> list[Document]:
    one = world.report(world.figures(tmp_path_factory.mktemp("world")))
    named = [replace(one, agreement=f"copy-{number}") for number in range(FEW + 1)]
    return [*named, replace(one, agreement="long", subtitle=Text(LONG))]


def test_several_processes_write_what_one_writes(documents: list[Document], tmp_path: Path) -> None:
    forms = tuple(form for form in ReportFormat if form is not ReportFormat.XLSX)  # a zip tells when it was made
    one, many = tmp_path / "one", tmp_path / "many"
    for document in documents:
        print_one(document, Order("de", forms, one))
    written = list(print_all(iter(documents), Order("de", forms, many), len(documents)))
    assert [[path.name for path in paths] for paths in written] == [
        [f"2026-10_kunde_{document.agreement}_de.{form.value}" for form in forms] for document in documents
    ]
    assert [path.name for path in sorted(many.iterdir()) if path.read_bytes() != (one / path.name).read_bytes()] == []
    assert len(list(one.iterdir())) == len(documents) * len(forms)
    assert LONG in (many / "2026-10_kunde_long_de.html").read_text()


@dataclass(frozen=True)
class Deadly(Text):
    """Whoever unpacks it is killed."""

    def __reduce__(self) -> tuple[object, ...]:
        return signal.raise_signal, (signal.SIGKILL,)


def test_a_killed_process_is_told_of(documents: list[Document], tmp_path: Path) -> None:
    deadly = [replace(document, subtitle=Deadly("")) for document in documents]
    with pytest.raises(SlamonError, match="is memory short"):
        list(print_all(iter(deadly), Order("en", (ReportFormat.CSV,), tmp_path), len(deadly)))
