"""Parsers of what users write, and of lists of targets that strangers write."""

import json
from collections.abc import Callable
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Any

from slamon.catalogue import load
from slamon.catalogue import quantities as q
from slamon.catalogue.addresses import http_url, split_address
from slamon.catalogue.calendars import day_span, weekdays
from slamon.catalogue.discovery.lists import BadList, parsed
from slamon.catalogue.discovery.models import Relabel
from slamon.catalogue.discovery.relabel import relabelled
from slamon.catalogue.discovery.template import NoCheck, filled_all, made_id
from slamon.catalogue.hosts import askable_host, literal
from slamon.catalogue.probe_options import DialogueStep
from slamon.catalogue.reader import read_text, scalar
from slamon.catalogue.recurrence import examine
from slamon.probes.dialogue import bytes_pattern

from tests.fuzz.parse_probes import file, number

READERS: tuple[Callable[[str], object], ...] = (
    q.duration_ms, q.positive_duration_ms, q.percent, q.positive_percent, q.retention_ms, q.size_bytes, q.clock_minutes,
    q.instant_ms, q.calendar_date, q.date_or_instant, day_span, weekdays,
)  # fmt: skip
LABELS = {"__address__": "shop.example.org:443", "__meta_a": "foo", "job": "shop"}


def text(data: bytes) -> str:
    """As it comes out of a file."""
    return data.decode("utf-8", "replace")


def hex_patterns(data: bytes) -> None:
    """Bytes in hexadecimal, with gaps."""
    pattern = bytes_pattern(DialogueStep.model_validate({"expect_hex": text(data)}).expect_hex)
    if pattern is not None:
        pattern.search(b"\x00\x0a\xff" * 9)


def quantities(data: bytes) -> None:
    """Durations, shares, sizes, times, days."""
    for reader in READERS:
        with suppress(ValueError):
            reader(text(data))


def addresses(data: bytes) -> None:
    """Addresses and URLs."""
    for reader in (split_address, http_url, literal, askable_host):
        with suppress(ValueError):
            reader(text(data))


def recurrences(data: bytes) -> None:
    """Rules of recurring maintenance."""
    examine(text(data), date(2026, 1, 1))


def yaml(data: bytes) -> None:
    """A document: what is wrong with it is told, nothing is raised."""
    for texts, as_written in ((False, False), (True, False), (False, True)):
        read_text(Path("a.yml"), data, texts=texts, as_written=as_written)
    scalar(text(data))


def catalogue(data: bytes) -> None:
    """A whole catalogue."""
    load(file(data, "slamon.yml"), env={"A": "b"})


def lists(data: bytes) -> None:
    """Lists of targets."""
    for json_only in (True, False):
        with suppress(BadList):
            for group in parsed(data, json_only=json_only):
                list(group.each())


def relabelling(data: bytes) -> None:
    """A rule, applied; then a good rule, applied to labels that are made of the case."""
    good = Relabel.model_validate({"source_labels": ["__meta_a"], "regex": "(.*)", "target_label": "b"})
    relabelled({"__meta_a": text(data)}, [good])
    rule: Any = json.loads(data)
    relabelled(LABELS, [Relabel.model_validate(rule)])


def template(data: bytes) -> None:
    """A template whose labels are filled in."""
    made_id(text(data))
    document = read_text(Path("a.yml"), data)
    if not document.problems and number(data):
        with suppress(NoCheck):
            filled_all(document.value, LABELS)
