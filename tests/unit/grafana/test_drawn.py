"""The pictures of the manual: numbers as people read them, and small files."""

import struct
import xml.etree.ElementTree as ElementTree
import zlib
from typing import Any

import pytest
from grafana.drawn import Box, drawn, written
from grafana.png import reduced

from tests.panels import ROOT, panels

PICTURES = ROOT / "docs" / "manual" / "pictures"
EVERY = list(panels())


@pytest.mark.parametrize(
    ("value", "unit", "decimals", "words"),
    [
        (0.0, "s", 0, "0 s"),
        (0.25, "s", None, "250 ms"),
        (833.0, "s", 0, "13 min 53 s"),
        (-3 * 86400.0, "s", 0, "-3 d"),
        (99.95, "percent", 3, "99.950 %"),
        (3_000_000.0, "bytes", None, "2.86 MiB"),
        (float("inf"), "none", 2, "∞"),
    ],
)
def test_a_number_is_written_with_its_unit(value: float, unit: str, decimals: int | None, words: str) -> None:
    assert written(value, unit, decimals) == words


@pytest.mark.parametrize(("uid", "panel"), EVERY, ids=[f"{uid}-{panel['title']}" for uid, panel in EVERY])
def test_every_panel_can_be_drawn_with_odd_names_and_with_nothing(uid: str, panel: dict[str, Any]) -> None:
    odd = {"service": 'Käse "a" <b> & {c}\n', "customer_name": "]]>", "le": "+Inf"}
    some = {"metric": odd, "value": [0, "1"], "values": [[0, "1"], [60, "2"]]}
    for answers in ([[] for _ in panel["targets"]], [[some] for _ in panel["targets"]]):
        ElementTree.fromstring(f"<svg>{''.join(drawn(panel, answers, Box(0, 0, 400, 270), (0, 120)))}</svg>")


def test_a_picture_is_told_in_a_palette() -> None:
    rows = b"".join(b"\0" + bytes((200, 0, place, 255)) * 2 for place in range(2))
    body = struct.pack(">IIBBBBB", 2, 2, 8, 6, 0, 0, 0)
    chunks = [(b"IHDR", body), (b"IDAT", zlib.compress(rows)), (b"IEND", b"")]
    png = b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(b)) + k + b + struct.pack(">I", zlib.crc32(k + b)) for k, b in chunks
    )

    small = reduced(png)
    assert b"PLTE" + bytes((200, 0, 0, 200, 0, 1)) in small
    assert struct.unpack(">IIBB", small[16:26]) == (2, 2, 8, 3)


def test_the_pictures_are_small_and_of_every_dashboard() -> None:
    sizes = {file.stem: file.stat().st_size for file in PICTURES.glob("*.png")}

    assert {"overview", "overview-phone", "service", "agreement", "customer", "fleet"} <= set(sizes)
    assert max(sizes.values()) < 150_000


def test_every_picture_is_shown_in_the_manual() -> None:
    pages = "".join(page.read_text() for page in PICTURES.parent.glob("*.md"))
    assert [file.name for file in PICTURES.glob("*.png") if f"pictures/{file.name}" not in pages] == []
