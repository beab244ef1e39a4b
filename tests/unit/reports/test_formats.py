"""Every format says the same, cell by cell; and nothing in it is markup, a formula or source."""

import csv
import io
import json
import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from zipfile import ZipFile
from zoneinfo import ZoneInfo

import openpyxl
import pypdf
import pytest
from slamon.accounting import cut_down, cut_up
from slamon.reports.document import (
    Count,
    Cut,
    Day,
    Document,
    Duration,
    Instant,
    Nothing,
    Paragraph,
    Percent,
    Points,
    Text,
)
from slamon.reports.formats import maker
from slamon.reports.formats.as_csv import tamed
from slamon.reports.forms import ReportFormat
from slamon.reports.tongue import Tongue, plain
from slamon.reports.values import value

from tests.unit.reports import world

LANGUAGES = ("de", "en")


@pytest.fixture(scope="module")
def document(tmp_path_factory: pytest.TempPathFactory) -> Document:
    return world.report(world.figures(tmp_path_factory.mktemp("world")))


@pytest.fixture(params=LANGUAGES)
def language(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def tongue(document: Document, language: str) -> Tongue:
    return Tongue(language, document.zone)


def made(document: Document, language: str, form: ReportFormat) -> bytes:
    return maker(form)(document, language)


def test_the_world_has_everything_that_a_report_tells(document: Document) -> None:
    tables = {table.key: table for table in document.tables()}
    assert {"outages", "evidence", "uncounted", "dependencies", "maintenance", "corrections", "credits"} <= set(tables)
    assert all(table.rows for table in tables.values())
    kinds = {type(cell) for table in tables.values() for row in table.rows for cell in row}
    assert {Count, Day, Duration, Instant, Nothing, Percent, Points, Text} <= kinds


def test_json_has_each_cell_exactly(document: Document, language: str, tongue: Tongue) -> None:
    told = json.loads(made(document, language, ReportFormat.JSON))
    found = [table for section in told["sections"] for table in section["tables"]]
    wanted = [table for section in document.sections for table in section.tables()]
    assert [table["id"] for table in found] == [table.key for table in wanted]
    for one, other in zip(found, wanted, strict=True):
        assert [[(c["type"], c["value"], c["text"]) for c in row] for row in one["rows"]] == [
            [(*value(cell, tongue), tongue.text(cell)) for cell in row] for row in other.rows
        ]
    sentences = [text for section in told["sections"] for text in section["paragraphs"]]
    assert sentences == [tongue.text(b.said) for s in document.sections for b in s.blocks if isinstance(b, Paragraph)]


def test_csv_has_each_cell_exactly_and_no_formula(document: Document, language: str, tongue: Tongue) -> None:
    head, *lines = csv.reader(io.StringIO(made(document, language, ReportFormat.CSV).decode()))
    wanted = []
    for table in document.tables():
        for number, row in enumerate(table.rows, 1):
            for column, cell in zip(table.columns, row, strict=True):
                kind, exact = value(cell, tongue)
                place = [table.key, str(number), column.key.removeprefix("column.")]
                told = "" if exact is None else str(exact)
                wanted.append([*place, kind, tamed(told, kind), tamed(tongue.text(cell), kind)])
    assert [line[2:] for line in lines] == wanted
    assert {tuple(line[:2]) for line in lines} == {("gold", "2026-10")}
    texts = [cell for line in lines if line[5] == "text" for cell in line[6:]]
    assert any(text.startswith("'=") for text in texts)
    assert not any(text.startswith(("=", "+", "-", "@")) for text in texts)
    assert len(head) == len(lines[0])


def shown_in_sheet(cell: Any, tongue: Tongue) -> object:
    """What a spreadsheet must hold for a cell of the model, written down here anew."""
    match cell:
        case Nothing():
            return None
        case Duration(ms):
            return timedelta(milliseconds=ms)
        case Count(n):
            return n
        case Percent(Fraction() as ratio, cut, digits):
            if cut is Cut.EXACT:
                return float(ratio)
            text = (cut_down if cut is Cut.DOWN else cut_up)(ratio * 100, digits)
            return float(Decimal(text or "0") / 100)
        case Points(difference, digits):
            return float(cut_down(difference * 100, digits) or 0)
        case Instant(ms):
            return datetime.fromtimestamp(ms / 1000, UTC).astimezone(ZoneInfo(tongue.zone)).replace(tzinfo=None)
        case Day(day):
            return datetime(day.year, day.month, day.day)
        case _:
            return tongue.text(cell)


def alike(found: object, wanted: object, form: str) -> bool:
    """Equal, to a millisecond where a spreadsheet keeps days as a float."""
    if isinstance(wanted, timedelta):
        if isinstance(found, datetime):
            found = found - datetime(1899, 12, 31)
        length = found if isinstance(found, timedelta) else timedelta(days=float(str(found)))
        return abs(length - wanted) < timedelta(milliseconds=1) and form == "[h]:mm:ss.000"
    if isinstance(wanted, datetime):
        return isinstance(found, datetime) and abs(found - wanted) < timedelta(milliseconds=1)
    if isinstance(wanted, float):
        return isinstance(found, int | float) and abs(found - wanted) < 1e-12
    return found == wanted and type(found) is type(wanted)


def test_a_spreadsheet_has_each_cell_typed(document: Document, language: str, tongue: Tongue) -> None:
    book = openpyxl.load_workbook(io.BytesIO(made(document, language, ReportFormat.XLSX)))
    assert book.sheetnames == [table.key for table in document.tables()]
    for table in document.tables():
        sheet = book[table.key]
        assert [cell.value for cell in sheet[1]] == [tongue.word(column.key) for column in table.columns]
        assert sheet.freeze_panes == "A2"
        assert sheet.auto_filter.ref is not None
        rows = list(sheet.iter_rows(min_row=2))
        assert len(rows) == len(table.rows)
        for row, wanted in zip(rows, table.rows, strict=True):
            for cell, model in zip(row, wanted, strict=True):
                form = str(cell.number_format)
                assert alike(cell.value, shown_in_sheet(model, tongue), form), (table.key, cell.value, model)
                assert cell.data_type != "f"


def test_a_spreadsheet_has_no_formula_link_or_macro(document: Document, language: str) -> None:
    with ZipFile(io.BytesIO(made(document, language, ReportFormat.XLSX))) as book:
        sheets = [book.read(name).decode() for name in book.namelist() if name.startswith("xl/worksheets/")]
        assert not [name for name in book.namelist() if "externalLink" in name or "vba" in name]
    assert sheets
    assert not any("<f>" in sheet or "<hyperlink" in sheet for sheet in sheets)


def test_a_ratio_never_shows_as_more_in_a_spreadsheet(document: Document) -> None:
    """The number format has as many digits as the value was cut to."""
    book = openpyxl.load_workbook(io.BytesIO(made(document, "en", ReportFormat.XLSX)))
    cells = [
        c for sheet in book for row in sheet.iter_rows(min_row=2) for c in row if str(c.number_format).endswith("%")
    ]
    assert len(cells) > 20
    for cell in cells:
        digits = len(str(cell.number_format).partition(".")[2].rstrip("%"))
        shown = Decimal(repr(float(cell.value))) * 100
        assert abs(shown - round(shown, digits)) < Decimal("1e-9")


class Page(HTMLParser):
    """What a page says: tables by id, paragraphs; and every tag and attribute."""

    def __init__(self) -> None:
        super().__init__()
        self.tables: dict[str, list[list[str]]] = {}
        self.paragraphs: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self._rows: list[list[str]] | None = None
        self._into: list[str] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = dict(attrs)
        self.tags.append((tag, told))
        if tag == "table":
            self._rows = self.tables.setdefault(str(told["id"]).removeprefix("table-"), [])
        elif tag == "tr" and self._rows is not None:
            self._rows.append([])
        elif tag in ("td", "th") and self._rows is not None:
            self._rows[-1].append("")
            self._into = self._rows[-1]
        elif tag == "p":
            self.paragraphs.append("")
            self._into = self.paragraphs

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th", "p"):
            self._into = None

    def handle_data(self, data: str) -> None:
        if self._into is not None:
            self._into[-1] += data


def page_of(content: bytes) -> Page:
    page = Page()
    page.feed(content.decode())
    return page


def test_a_page_has_each_cell(document: Document, language: str, tongue: Tongue) -> None:
    page = page_of(made(document, language, ReportFormat.HTML))
    wanted = {}
    for section in document.sections:
        for table in section.tables():
            heads = [] if table.plain else [[tongue.word(column.key) for column in table.columns]]
            wanted[table.key] = heads + [[tongue.text(cell) for cell in row] for row in table.rows]
    assert page.tables == wanted
    assert page.paragraphs == [
        tongue.text(b.said) for s in document.sections for b in s.blocks if isinstance(b, Paragraph)
    ]


def test_a_long_value_does_not_push_the_others_off_the_page(document: Document) -> None:
    """Beside a name stands a value of any length, as ten services; numbers in columns stay on their line."""
    told = made(document, "de", ReportFormat.HTML).decode()
    plain_value, number = (told.index(f"\n{rule} {{ ") for rule in ("table.plain td.right", "th, td"))
    assert "white-space: normal; overflow-wrap: anywhere" in told[plain_value : told.index("}", plain_value)]
    assert number < told.index("td.right { white-space: nowrap; }") < plain_value


def test_a_page_needs_nothing_else_and_runs_nothing(document: Document) -> None:
    page = page_of(made(document, "de", ReportFormat.HTML))
    tags = {tag for tag, _ in page.tags}
    assert not tags & {"script", "link", "iframe", "object", "img", "b", "i", "base", "form"}
    assert "svg" in tags
    for _, told in page.tags:
        assert not [name for name in told if name.startswith("on")]
        assert all((told.get(name) or "#").startswith("#") for name in ("href", "src", "xlink:href"))


def flat(text: str) -> str:
    """Without blanks and hyphens: where a PDF breaks its lines is its own affair."""
    return re.sub(r"[\s\u00a0\u00ad\u200b‐-]", "", text)


def test_a_pdf_says_each_cell_in_order(document: Document, language: str, tongue: Tongue) -> None:
    reader = pypdf.PdfReader(io.BytesIO(made(document, language, ReportFormat.PDF)))
    told = flat("".join(page.extract_text() for page in reader.pages))
    missing = [
        tongue.text(cell)
        for table in document.tables()
        for row in table.rows
        for cell in row
        if flat(tongue.text(cell)) not in told
    ]
    # a cell that a page break or its neighbours part is there in pieces
    parts = [word for text in missing for word in text.split() if flat(word) not in told]
    assert parts == []
    assert len(missing) < 12


def test_a_pdf_is_for_the_archive_with_bookmarks_and_its_fonts(
    document: Document, tongue: Tongue, language: str
) -> None:
    content = made(document, language, ReportFormat.PDF)
    reader = pypdf.PdfReader(io.BytesIO(content))
    metadata = reader.root_object["/Metadata"].get_object().get_data().decode()
    assert "<pdfaid:part>2</pdfaid:part>" in metadata
    assert "<pdfaid:conformance>B</pdfaid:conformance>" in metadata
    assert reader.metadata is not None
    assert reader.metadata.title is not None
    assert reader.metadata.title.startswith(tongue.text(document.title))
    marks = [str(mark.title) for mark in reader.outline if not isinstance(mark, list)]
    assert marks == [tongue.text(section.title) for section in document.sections if section.level == 1]
    assert reader.root_object["/Lang"] == language
    fonts = [font for page in reader.pages for font in page["/Resources"]["/Font"].values()]  # type: ignore[index]
    for font in fonts:
        descendant = font.get_object()["/DescendantFonts"][0].get_object()
        descriptor = descendant["/FontDescriptor"].get_object()
        assert {"/FontFile2", "/FontFile3"} & set(descriptor)


def test_a_name_is_nowhere_source_markup_or_template(document: Document) -> None:
    reader = pypdf.PdfReader(io.BytesIO(made(document, "de", ReportFormat.PDF)))
    assert flat(plain(world.NAME)) in flat(reader.pages[0].extract_text())
    page = page_of(made(document, "de", ReportFormat.HTML))
    assert page.tables["head"][0][1] == world.NAME


@pytest.mark.parametrize(
    "name",
    ["ש" * 20 + " שלום עולם", "مرحبا بالعالم", "中文客户 🙂", "x" * 300, "w " * 150, "‮gnp.exe", "é\u0301\u0302"],
    ids=["hebrew", "arabic", "chinese", "one-long-word", "long", "turned", "combining"],
)
def test_any_words_go_into_every_format(name: str, tmp_path: Path) -> None:
    """Those of a correction, whose length nobody limits; a customer's name has 200 printable signs at most."""
    catalogue = json.loads(json.dumps(world.CATALOGUE))
    catalogue["corrections"][0]["reason"] = name
    if len(name) <= 200 and name.isprintable():
        catalogue["customers"]["kunde"]["name"] = name
    document = world.report(world.figures(tmp_path, catalogue), period="2026-W42")
    for form in ReportFormat:
        content = made(document, "de", form)
        assert content
        if form is ReportFormat.HTML:
            assert plain(name) in [row[6] for row in page_of(content).tables["corrections"]]
        if form is ReportFormat.PDF:
            told = flat("".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(content)).pages))
            if "中" in name:
                assert "[U+4E2D][U+6587]" in told
                assert flat(Tongue("de", "UTC").word("foot.replaced")) in told
            elif name.isascii():
                assert flat(name) in told
