"""What an http answer must be. Prepared once a check; strangers' bodies meet RE2 only, which cannot be made to hang."""

import codecs
import json
from collections.abc import Sequence
from dataclasses import dataclass
from encodings.aliases import aliases

import re2

from slamon.catalogue.probe_options import HttpExpect, JsonExpectation
from slamon.errors import ConfigurationError
from slamon.probes.course import Failure, Mask
from slamon.probes.json_path import MISSING, Json, Missing, Step, find, parse
from slamon.probes.outcome import Reason

CHARSETS = frozenset(
    {"ascii", "latin_1", "koi8_r", "koi8_u", "shift_jis", "euc_jp", "euc_kr", "gb2312", "gbk", "gb18030", "big5"}
    | {"utf_16", "utf_16_le", "utf_16_be", "utf_32", "utf_32_le", "utf_32_be"}
    | {f"iso8859_{number}" for number in range(2, 17)}
    | {f"cp125{digit}" for digit in range(9)}
)
"""Charsets we believe a server. Python knows more, some of whose time a long body makes endless."""


@dataclass(frozen=True, slots=True)
class Answer:
    """An http answer as far as it was read. `cut` when the body was longer than the limit; headers are raw lines,
    those of interim answers before it included."""

    status: int
    headers: Sequence[bytes]
    body: bytes
    content_type: str
    cut: bool = False


def compiled(pattern: str) -> "re2._Regexp":
    """The pattern for texts in UTF-8 bytes."""
    options = re2.Options()
    options.log_errors = False
    return re2.compile(pattern.encode(), options)


class Expectations:
    """All that is expected of an answer. Raises ConfigurationError when a JSON path is malformed."""

    def __init__(self, expect: HttpExpect, mask: Mask) -> None:
        self._mask = mask
        self._codes = frozenset(int(status) for status in expect.status if status.isdigit())
        self._classes = frozenset(int(status[0]) for status in expect.status if not status.isdigit())
        self._statuses = ", ".join(expect.status)
        self._contains = tuple((text, text.encode()) for text in expect.body_contains)
        self._matches = tuple((pattern, compiled(pattern)) for pattern in expect.body_matches)
        self._not_matches = tuple((pattern, compiled(pattern)) for pattern in expect.body_not_matches)
        self._headers = tuple((name, compiled(pattern), pattern) for name, pattern in expect.headers.items())
        self._json = tuple(_JsonRule(one, mask) for one in expect.json_)
        self.wants_body = bool(self._contains or self._matches or self._not_matches or self._json)

    def fits(self, status: int) -> bool:
        """Whether the status is an expected one."""
        return status in self._codes or status // 100 in self._classes

    def asks_for(self, status: int) -> bool:
        """Whether a redirect's status is itself expected, so that it is not to be followed."""
        return status in self._codes or (status // 100 == 3 and 3 in self._classes)

    def judge(self, answer: Answer) -> None:
        """Raises Failure for the first expectation that does not hold: status, headers, body, JSON in that order."""
        if not self.fits(answer.status):
            raise Failure(Reason.STATUS, f"answered {answer.status}, expected {self._statuses}")
        if self._headers:
            self._judge_headers(answer.headers)
        if self.wants_body:
            body = as_utf8(answer.body, answer.content_type)
            self._judge_body(body, answer.cut)
            if self._json:
                self._judge_json(body, answer.cut)

    def _judge_headers(self, lines: Sequence[bytes]) -> None:
        headers = final_headers(lines)
        for name, pattern, source in self._headers:
            wanted = name.encode().lower()
            values = [value for found, value in headers if found == wanted]
            if not values:
                raise Failure(Reason.HEADER, f"the answer has no header {name}")
            if not any(pattern.search(value) for value in values):
                raise Failure(Reason.HEADER, f"header {name} does not match {self._mask.shown(source)!r}")

    def _judge_body(self, body: bytes, cut: bool) -> None:
        where = "the part of the body that was read" if cut else "the body"
        for text, raw in self._contains:
            if raw not in body:
                raise Failure(Reason.BODY, f"{where} does not contain {self._mask.shown(text)!r}")
        for source, pattern in self._matches:
            if pattern.search(body) is None:
                raise Failure(Reason.BODY, f"{where} does not match {self._mask.shown(source)!r}")
        for source, pattern in self._not_matches:
            if pattern.search(body) is not None:
                raise Failure(Reason.BODY, f"{where} matches {self._mask.shown(source)!r}, which it must not")

    def _judge_json(self, body: bytes, cut: bool) -> None:
        if cut:
            raise Failure(Reason.TOO_LARGE, "the body is longer than body_limit, so its JSON cannot be read")
        try:
            document: Json = json.loads(body)
        except (ValueError, RecursionError):
            raise Failure(Reason.JSON, "the body is not JSON") from None
        for rule in self._json:
            rule.judge(document)


class _JsonRule:
    """One expectation of a JSON body."""

    def __init__(self, expected: JsonExpectation, mask: Mask) -> None:
        try:
            self._steps: tuple[Step, ...] = parse(expected.path)
        except ValueError as error:
            raise ConfigurationError(str(error)) from None
        self._expected = expected
        self._given = expected.model_fields_set
        self._pattern = compiled(expected.matches) if expected.matches is not None else None
        self._mask = mask

    def judge(self, document: Json) -> None:
        """Raises Failure (reason json) unless all comparisons hold."""
        value = find(document, self._steps)
        why = self._absence(value) if isinstance(value, Missing) else self._mismatch(value)
        if why is not None:
            raise Failure(Reason.JSON, f"{self._mask.shown(self._expected.path)} {why}")

    def _absence(self, value: Missing) -> str | None:
        assert value is MISSING
        return None if self._expected.exists is False and self._given <= {"path", "exists"} else "is not in the JSON"

    def _mismatch(self, value: Json) -> str | None:
        expected, shown = self._expected, self._mask.shown(json.dumps(value, ensure_ascii=False))
        if expected.exists is False:
            return "is in the JSON, which it must not"
        if "equals" in self._given and not _equal(value, expected.equals):
            return f"is {shown}, expected {self._shown(expected.equals)}"
        if "not_equals" in self._given and _equal(value, expected.not_equals):
            return f"is {shown}, which it must not"
        if (expected.above is not None or expected.below is not None) and not _number(value):
            return f"is {shown}, expected a number"
        if expected.above is not None and not value > expected.above:  # type: ignore[operator]  # a number, see above
            return f"is {shown}, expected above {expected.above:g}"
        if expected.below is not None and not value < expected.below:  # type: ignore[operator]  # a number, see above
            return f"is {shown}, expected below {expected.below:g}"
        if self._pattern is not None and self._pattern.search(_text(value)) is None:
            return f"is {shown}, expected a match of {self._mask.shown(expected.matches or '')!r}"
        return None

    def _shown(self, value: Json) -> str:
        return self._mask.shown(json.dumps(value, ensure_ascii=False))


def _number(value: Json) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _equal(found: Json, expected: Json) -> bool:
    return found == expected and isinstance(found, bool) is isinstance(expected, bool)


def _text(value: Json) -> bytes:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text.encode("utf-8", "replace")


def final_headers(lines: Sequence[bytes]) -> list[tuple[bytes, bytes]]:
    """The headers of the last answer, as (name in lower case, value)."""
    begins = max((number for number, line in enumerate(lines) if line.startswith(b"HTTP/")), default=-1)
    return [_header(line) for line in lines[begins + 1 :]]


def _header(line: bytes) -> tuple[bytes, bytes]:
    """The value is UTF-8 whatever was sent."""
    name, _, value = line.partition(b":")
    return name.strip().lower(), value.strip().decode("utf-8", "replace").encode()


def as_utf8(body: bytes, content_type: str) -> bytes:
    """The body in UTF-8 by the charset it says; what cannot be decoded is replaced."""
    charset = _charset(content_type)
    if charset is not None:
        return body.decode(charset, "replace").encode("utf-8", "replace")
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        return body.decode("utf-8", "replace").encode()
    return body.removeprefix(codecs.BOM_UTF8)


def _charset(content_type: str) -> str | None:
    lower = content_type.lower()
    if "charset=" not in lower:
        return None
    named = lower.partition("charset=")[2].partition(";")[0].strip(" \"'").replace("-", "_")
    name = aliases.get(named, named)
    return name if name in CHARSETS else None
