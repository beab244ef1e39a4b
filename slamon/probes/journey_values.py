"""Captured values: taken out of an answer, and put into the next requests as each place wants them written."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import quote

import re2
from requests.cookies import RequestsCookieJar

from slamon.catalogue.kinds.journey import PLACEHOLDER, Capture
from slamon.probes.course import Failure
from slamon.probes.expect import Answer, as_utf8, compiled, final_headers
from slamon.probes.json_path import Json, Missing, find, parse
from slamon.probes.outcome import Reason

MOST_CAPTURED = 8192
"""So many characters a captured value may have."""


def filled(text: str, values: Mapping[str, str], written: Callable[[str], str] = str) -> str:
    """The text with captured values put in, each as `written` writes it."""
    return PLACEHOLDER.sub(lambda match: written(values[match[1]]), text)


def in_url(value: str) -> str:
    """As a part of a url: it cannot leave its place."""
    return quote(value, safe="")


def in_json(value: str) -> str:
    """Within a text of JSON."""
    return json.dumps(value, ensure_ascii=False)[1:-1]


@dataclass(frozen=True, slots=True)
class Captured:
    """One capture made ready."""

    name: str
    source: Capture
    pattern: "re2._Regexp | None"

    @classmethod
    def of(cls, name: str, source: Capture) -> "Captured":
        """Made once a check."""
        pattern = source.body if source.body is not None else source.matches
        return cls(name, source, None if pattern is None else compiled(pattern))

    def of_answer(self, answer: Answer, cookies: RequestsCookieJar) -> str:
        """The value. Raises Failure (capture) where the answer has none; nothing of the answer is told."""
        found = self._found(answer, cookies)
        if self.pattern is not None:
            match = self.pattern.search(found)
            if match is None:
                raise self._failure("does not match")
            found = (match.group(1) if match.re.groups else match.group(0)) or b""
        text = found.decode("utf-8", "replace")
        if not text:
            raise self._failure("is empty")
        if len(text) > MOST_CAPTURED:
            raise self._failure(f"is longer than {MOST_CAPTURED} characters")
        return text

    def _found(self, answer: Answer, cookies: RequestsCookieJar) -> bytes:
        source = self.source
        if source.header is not None:
            return self._header(answer, source.header)
        if source.cookie is not None:
            return self._cookie(cookies, source.cookie)
        body = as_utf8(answer.body, answer.content_type)
        return body if source.json_ is None else self._json(body, source.json_)

    def _header(self, answer: Answer, name: str) -> bytes:
        wanted = name.lower().encode()
        for found, value in final_headers(answer.headers):
            if found == wanted:
                return value
        raise self._failure("is not in the answer")

    def _cookie(self, cookies: RequestsCookieJar, name: str) -> bytes:
        """The newest of that name, whatever its host."""
        values = [cookie.value for cookie in cookies if cookie.name == name and cookie.value is not None]
        if not values:
            raise self._failure("is not set")
        return values[-1].encode("utf-8", "replace")

    def _json(self, body: bytes, path: str) -> bytes:
        try:
            document: Json = json.loads(body)
        except (ValueError, RecursionError):
            raise self._failure("is not there: the body is not JSON") from None
        value = find(document, parse(path))
        if isinstance(value, Missing):
            raise self._failure("is not in the JSON")
        if isinstance(value, (dict, list)) or value is None:
            raise self._failure("is no text, number or truth value")
        text = value if isinstance(value, str) else json.dumps(value)
        return text.encode("utf-8", "replace")

    def _failure(self, what: str) -> Failure:
        source = self.source
        place = (
            (source.header is not None and f"header {source.header}")
            or (source.cookie is not None and f"cookie {source.cookie}")
            or (source.json_ is not None and source.json_)
            or "the body"
        )
        return Failure(Reason.CAPTURE, f"no {self.name} to carry on: {place} {what}")
