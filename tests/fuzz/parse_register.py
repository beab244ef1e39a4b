"""Parsers of what people and mail gateways enter: tables, minutes, complaints that are posted."""

import json
from contextlib import suppress
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any, cast

from slamon.catalogue import Catalogue, load_value
from slamon.commands.register_minutes import read_minutes
from slamon.commands.register_table import Reading, read_bytes
from slamon.running.entering.ground import Ground
from slamon.running.entering.importing import BadRowsError, importing, packed
from slamon.running.entering.rows import COMPLAINT_KEYS, SCORE_KEYS
from slamon.web.complaints import ComplaintPages
from starlette.requests import Request

from tests.fuzz.parse_talk import waited

NOW = 1_798_761_600_000


@cache
def _catalogue() -> Catalogue:
    return load_value({
        "slamon": 1,
        "customers": {"kunde": {"name": "Kunde", "kind": "external"}},
        "services": {"shop": {"checks": {"a": {"tcp": {"address": "127.0.0.1:9"}}}}},
    })  # fmt: skip


def table(data: bytes) -> None:
    """A file of complaints, and of scores."""
    for what, keys in (("complaint_import", COMPLAINT_KEYS), ("satisfaction_import", SCORE_KEYS)):
        found = read_bytes(data, Reading(keys, {}, {"customer": "kunde", "service": "shop"}))
        value = {
            "what": what, "author": "sm", "packed": packed(found.rows), "where": found.where,
            "timezone": "Europe/Berlin",
        }  # fmt: skip
        with suppress(BadRowsError):
            importing(Ground(_catalogue(), Path("none"), NOW), value)


def minutes(data: bytes) -> None:
    """The form of a review, filled in."""
    read_minutes(Path("minutes.yml"), data, _catalogue())


class _Told:
    async def complaints(self, digest: str, value: object) -> dict[str, Any]:
        assert len(digest) == 64
        json.dumps(value)
        return {}


def posted(data: bytes) -> None:
    """What a gateway posts: the first line is its header, the rest its body."""
    header, _, body = data.partition(b"\n")
    scope = {
        "type": "http", "method": "POST", "path": "/api/complaints", "query_string": b"", "client": ("127.0.0.1", 1),
        "headers": [(b"authorization", header[:400]), (b"content-type", b"application/json")],
    }  # fmt: skip

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    pages = ComplaintPages(cast(Any, _Told()), count(step=1000).__next__)
    waited(pages.post(Request(scope, receive)))
