"""Parts that several importers meet: durations, status codes, addresses with credentials, headers that are secrets."""

import re
from collections.abc import Iterable
from typing import Any
from urllib.parse import unquote, urlsplit, urlunsplit

from slamon.catalogue.quantities import written_duration
from slamon.imports.draft import REFERENCE, DraftCheck, Hidden, Referring

_UNITS_MS = {"ns": 1e-6, "us": 1e-3, "µs": 1e-3, "ms": 1, "s": 1e3, "m": 6e4, "h": 3.6e6, "d": 8.64e7, "w": 6.048e8,
             "y": 3.1536e10}  # fmt: skip
_PART = re.compile(r"([0-9]*\.?[0-9]+)(ns|us|µs|ms|s|m|h|d|w|y)")
_LONGEST_TEXT = 100
_LONGEST_MS = 100 * 365 * 86_400_000
_SECRET_NAME = re.compile(r"auth|token|key|secret|cookie|password|credential", re.IGNORECASE)


def duration_ms(text: object) -> int | None:
    """`1m30s`, as Go and Prometheus write durations, in ms; None where it is none."""
    if not isinstance(text, str) or len(text) > _LONGEST_TEXT or not re.fullmatch(rf"({_PART.pattern})+", text.strip()):
        return None
    return round(sum(float(number) * _UNITS_MS[unit] for number, unit in _PART.findall(text)))


def duration(milliseconds: float) -> str:
    """As a catalogue has it; at least 1ms, at most a hundred years."""
    return written_duration(round(min(milliseconds, _LONGEST_MS)) if milliseconds > 1 else 1)


def statuses(ranges: Iterable[object]) -> list[Any] | None:
    """`200-299`, `404`, `2xx` as codes and classes; None where one of them is none."""
    found: list[Any] = []
    for one in ranges:
        text = str(one).strip().lower()
        if re.fullmatch(r"[1-5]xx", text):
            found.append(text)
            continue
        if not re.fullmatch(r"[1-9][0-9]{2}(-[1-9][0-9]{2})?", text):
            return None
        first, _, last = text.partition("-")
        found += _codes(int(first), min(int(last or first), 599))
    return sorted(dict.fromkeys(found), key=str)


def _codes(first: int, last: int) -> list[Any]:
    codes: list[Any] = []
    while first <= last:
        if first % 100 == 0 and first + 99 <= last:
            codes.append(f"{first // 100}xx")
            first += 100
        else:
            codes.append(first)
            first += 1
    return codes


def put_url(check: DraftCheck, options: dict[str, Any], url: str) -> None:
    """The url without credentials, which become basic_auth."""
    try:
        parts = urlsplit(url)
        user, password = parts.username, parts.password
    except ValueError:
        options["url"] = url
        return
    if user is not None or password is not None:
        host = parts.netloc.rpartition("@")[2]
        url = urlunsplit(parts._replace(netloc=host))
        options["basic_auth"] = {
            "username": unquote(user or ""),
            "password": Hidden("password", unquote(password or "")),
        }
    if _SECRET_NAME.search(parts.query):
        check.remark("the query of the url may hold a secret: it is shown on pages and in labels")
    options["url"] = url


def put_headers(options: dict[str, Any], headers: object) -> None:
    """Headers of a request; those that look like secrets are hidden."""
    if isinstance(headers, dict) and headers:
        options["headers"] = {str(name): header(str(name), value) for name, value in headers.items()}


def header(name: str, value: object) -> object:
    """A header's value."""
    if isinstance(value, list):
        return [header(name, one) for one in value]
    text = value if isinstance(value, str) else str(value)
    return hidden(name, text) if _SECRET_NAME.search(name) else plain(name, text)


def hidden(name: str, text: str) -> object:
    """A secret; a reference that we wrote stays one."""
    return text if isinstance(text, Referring) else Hidden(name, text)


def plain(name: str, text: str) -> object:
    """A text that may stand where secrets may: hidden only where it would be read as a reference."""
    return hidden(name, text) if REFERENCE.search(text) else text


def body(text: str) -> object:
    """A request's body; hidden where it seems to hold a secret."""
    return hidden("body", text) if _SECRET_NAME.search(text) or "${" in text else text


def host_port(text: str, port: int | str | None) -> str:
    """`host:port`, IPv6 in brackets."""
    host = text.strip().strip("[]")
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
