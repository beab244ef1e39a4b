"""A table of checks as CSV, with headings of ours."""

import csv
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from slamon.catalogue.quantities import whole_number
from slamon.errors import UsageError
from slamon.imports.draft import Draft
from slamon.imports.given import Given
from slamon.imports.parts import put_url, statuses

COLUMNS = ("service", "check", "kind", "target", "interval", "timeout", "confirm", "status", "contains", "needs")
"""The headings; `service` and `target` are needed, in any order."""

_NEEDED = ("service", "target")
_KINDS = ("http", "tcp", "icmp", "tls", "grpc", "ssh", "websocket")
_LONGEST = 10_000_000


def import_files(files: Sequence[Path]) -> Draft:
    """A draft of tables."""
    draft = Draft()
    for file in files:
        _file(draft, file)
    return draft.finish()


def _file(draft: Draft, file: Path) -> None:
    try:
        text = file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{file} cannot be read: {error}") from None
    if len(text) > _LONGEST:
        raise UsageError(f"{file}: found more than {_LONGEST} characters, expected a table of checks")
    first = text.partition("\n")[0]
    reader = csv.DictReader(text.splitlines(), delimiter=";" if first.count(";") > first.count(",") else ",")
    headings = [str(name).strip().lower() for name in reader.fieldnames or ()]
    missing = [name for name in _NEEDED if name not in headings]
    if missing:
        raise UsageError(f"{file}: found no column {missing[0]}, expected headings out of: {', '.join(COLUMNS)}")
    reader.fieldnames = headings
    for row in reader:
        try:
            _row(draft, row)
        except csv.Error as error:
            raise UsageError(f"{file}:{reader.line_num}: {error}") from None


def _row(draft: Draft, row: dict[Any, Any]) -> None:
    service = draft.service(str(row.get("service") or "unnamed").strip())
    target = str(row.get("target") or "").strip()
    kind = str(row.get("kind") or "").strip().lower() or _kind(target)
    check = service.check(str(row.get("check") or "").strip() or kind, source=target)
    given = Given({str(key): value for key, value in row.items() if value not in (None, "", [])}, check.leave)
    given.ignore("service", "check", "kind", "target")
    for key in ("interval", "timeout"):
        text = given.text(key)
        if text:
            check.settings[key] = f"{text}s" if text.replace(".", "", 1).isdigit() else text
    confirm = given.text("confirm")
    if confirm:
        check.settings["confirm"] = confirm if (found := whole_number(confirm)) is None else found
    needs = given.text("needs")
    if needs:
        service.needs = needs if (found := whole_number(needs)) is None else found
    options: dict[str, Any] = {}
    check.settings[kind] = options
    if kind in ("http", "websocket"):
        put_url(check, options, target)
    elif kind in _KINDS:
        options["address"] = target
    else:
        check.break_(f"the kind {kind!r} is none of {', '.join(_KINDS)}")
    _expect(check, given, kind, options)
    given.rest("the headings are: " + ", ".join(COLUMNS))


def _expect(check: Any, given: Given, kind: str, options: dict[str, Any]) -> None:
    if kind != "http":
        given.leave("status", "it is of http")
        given.leave("contains", "it is of http")
        return
    codes, word = given.text("status"), given.text("contains")
    expect: dict[str, Any] = {}
    if codes:
        found = statuses(codes.replace(",", " ").split())
        if found is None:
            check.leave(f"status: {codes!r}, expected codes or classes such as 200 or 2xx")
        else:
            expect["status"] = found
    if word:
        expect["body_contains"] = [word]
    if expect:
        options["expect"] = expect


def _kind(target: str) -> str:
    """What a target without a kind is: a url, host and port, or a host."""
    scheme = target.partition("://")[0].lower() if "://" in target else ""
    if scheme in ("http", "https"):
        return "http"
    if scheme in ("ws", "wss"):
        return "websocket"
    return "tcp" if re.search(r":[0-9]+$", target) else "icmp"
