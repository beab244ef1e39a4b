"""The service catalogue as a document: everything is in it, every link leads somewhere, the graph can be read."""

import io
import re
from collections.abc import Iterator
from itertools import combinations
from xml.etree import ElementTree as ET

import pypdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from slamon.catalogue import Catalogue, load_value
from slamon.reports.document import Cell, Document, Graph, Link, Many, Node, Said, say
from slamon.reports.formats import maker
from slamon.reports.forms import ReportFormat
from slamon.reports.graphs import BOX, HEIGHT, graphs
from slamon.reports.layers import columns, components, layout
from slamon.reports.offered.writing import document

from tests.unit.reports.agreements import many, world
from tests.unit.reports.test_formats import flat, page_of

AT = 1_790_000_000_000
SVG = "{http://www.w3.org/2000/svg}"


def made(catalogue: Catalogue) -> Document:
    return document(catalogue, AT, "Europe/Berlin")


WORLD = made(world.catalogue())
MANY = made(many.catalogue(200))


def links(cell: Cell) -> Iterator[str]:
    for one in cell.cells if isinstance(cell, Many) else (cell,):
        if isinstance(one, Link):
            yield one.to


@pytest.mark.parametrize("found", [WORLD, MANY], ids=["small", "many"])
def test_every_link_leads_to_a_section_and_every_section_is_there_once(found: Document) -> None:
    keys = [section.key for section in found.sections]
    assert len(keys) == len(set(keys))
    told = [to for s in found.sections for t in s.tables() for row in t.rows for cell in row for to in links(cell)]
    graph = next(block for s in found.sections for block in s.blocks if isinstance(block, Graph))
    assert set(told) | {node.to for node in graph.nodes} <= set(keys)
    assert len(told) > 10


def test_a_page_tells_every_thing_and_links_it() -> None:
    content = maker(ReportFormat.HTML)(WORLD, "en")
    page = page_of(content)
    ids = {told["id"] for _, told in page.tags if "id" in told}
    targets = [str(told["href"])[1:] for tag, told in page.tags if tag == "a"]
    assert [target for target in targets if target not in ids] == []
    text = content.decode()
    for words in ("Fachhändler &lt;b&gt;Nord", "Onlineshop", "https://wiki.example.org/shop", "Rechenzentrum",
                  "http https://shop.example.org/", "web@example.org", "one of (lager-a; lager-b)"):  # fmt: skip
        assert words in text


def test_each_weak_point_of_a_service_is_a_sentence_of_its_own() -> None:
    value = {"slamon": 1, "services": {"shop": {"checks": {"c": {"tcp": {"address": "127.0.0.1:9"}}}}}}
    told = next(table for table in made(load_value(value)).tables() if table.key == "service-shop")
    said = [row[1] for row in told.rows if isinstance(row[0], Link)]
    assert [cell.key for cell in said if isinstance(cell, Said)] == [
        "weak.no_agreement", "weak.no_owner", "weak.no_runbook",
    ]  # fmt: skip


@pytest.mark.parametrize("language", ["de", "en"])
def test_a_pdf_has_every_service_customer_and_agreement(language: str) -> None:
    catalogue = world.catalogue()
    reader = pypdf.PdfReader(io.BytesIO(maker(ReportFormat.PDF)(WORLD, language)))
    told = flat("".join(page.extract_text() for page in reader.pages))
    names = [s.title for s in catalogue.services.values()] + [c.name for c in catalogue.customers.values()]
    for name in (*names, *catalogue.agreements, *catalogue.checks):
        assert flat(name.rpartition("/")[2]) in told
    inside = [a for page in reader.pages for a in page.get("/Annots") or ()]
    assert len(inside) > 20  # links


def test_an_empty_catalogue_is_a_document_too() -> None:
    found = made(load_value({"slamon": 1}))
    assert maker(ReportFormat.PDF)(found, "de").startswith(b"%PDF")
    assert b"Servicekatalog" in maker(ReportFormat.HTML)(found, "de")


# -- the graph


def boxes(svg: str) -> list[tuple[float, float]]:
    """The corners of the boxes of a picture, as they stand in it."""
    found = []
    for group in ET.fromstring(svg).iter(f"{SVG}g"):
        down = float(re.findall(r"translate\(0,([\d.]+)\)", group.get("transform", ""))[0])
        found += [(float(r.get("x", "0")), float(r.get("y", "0")) + down) for r in group.iter(f"{SVG}rect")]
    return found


@pytest.mark.parametrize("found", [WORLD, MANY], ids=["small", "many"])
def test_no_box_lies_on_another_and_all_are_inside(found: Document) -> None:
    graph = next(block for s in found.sections for block in s.blocks if isinstance(block, Graph))
    sheets = graphs(graph, str)
    assert sum(len(boxes(sheet.svg)) for sheet in sheets) == len(graph.nodes)
    for sheet in sheets:
        corners = boxes(sheet.svg)
        for (x, y), (u, v) in combinations(corners, 2):
            assert abs(x - u) >= BOX or abs(y - v) >= HEIGHT
        assert all(0 <= x <= sheet.width - BOX and 0 <= y <= sheet.height - HEIGHT for x, y in corners)


def test_a_long_name_is_cut_in_its_box_and_whole_beside_it() -> None:
    (sheet,) = graphs(Graph(say("picture.graph"), (Node("a", "x" * 200, "", "service-a"),), ()), str)
    assert f"<title>{'x' * 200} (a)</title>" in sheet.svg
    (shown,) = re.findall(r"<text[^>]*>([^<]*)</text>", sheet.svg)
    assert len(shown) < 30


@pytest.mark.parametrize(("name", "most"), [("X" * 200, 20), ("i" * 200, 35), ("中" * 200, 14), ("Zahlung", 7)])
def test_what_is_shown_of_a_name_fits_its_box(name: str, most: int) -> None:
    (sheet,) = graphs(Graph(say("picture.graph"), (Node("a", name, name, "service-a"),), ()), str)
    shown, _ = re.findall(r"<text[^>]*>([^<]*)</text>", sheet.svg)
    assert most // 2 < len(shown) <= most
    assert shown == name or shown.endswith("…")


def test_a_name_is_no_markup_in_a_picture() -> None:
    name = '<script>&"x'
    (sheet,) = graphs(Graph(say("picture.graph"), (Node("a", name, name, "service-a"),), ()), str)
    ET.fromstring(sheet.svg)
    assert "<script" not in sheet.svg


EDGES = st.lists(st.tuples(st.integers(0, 11), st.integers(0, 11)), max_size=25).map(
    lambda pairs: list(dict.fromkeys((f"n{min(p)}", f"n{max(p)}") for p in pairs if p[0] != p[1]))
)
NODES = [f"n{i}" for i in range(12)]


@settings(deadline=None)
@given(EDGES)
def test_arrows_lead_to_the_right_and_boxes_keep_apart(edges: list[tuple[str, str]]) -> None:
    where = columns(NODES, edges)
    assert all(where[one] < where[other] for one, other in edges)
    found = layout(NODES, edges, 10, 3)
    assert set(found.boxes) == set(NODES)
    for one, other in combinations(found.boxes.values(), 2):
        assert one[0] != other[0] or abs(one[1] - other[1]) >= 10 - 1e-6
    for (one, other), way in found.routes.items():
        assert (way[0], way[-1]) == (found.boxes[one], found.boxes[other])
        assert [column for column, _ in way] == list(range(where[one], where[other] + 1))


@settings(deadline=None)
@given(EDGES)
def test_components_are_whole_and_apart(edges: list[tuple[str, str]]) -> None:
    parts = components(NODES, edges)
    assert sorted(node for part in parts for node in part) == sorted(NODES)
    home = {node: i for i, part in enumerate(parts) for node in part}
    assert all(home[one] == home[other] for one, other in edges)
    assert [len(part) for part in parts] == sorted((len(part) for part in parts), reverse=True)
