"""gatus' conditions as expectations of a check."""

import re
from collections.abc import Callable, Iterator
from typing import Any

from slamon.catalogue.quantities import whole_number
from slamon.catalogue.reader import scalar
from slamon.imports.draft import DraftCheck
from slamon.imports.parts import duration, duration_ms, statuses

_CONDITION = re.compile(r"(.+?)\s*(==|!=|<=|>=|<|>)\s*(.*)", re.DOTALL)
_PAT = re.compile(r"pat\((.*)\)", re.DOTALL)
_ANY = re.compile(r"any\((.*)\)", re.DOTALL)
_BODY = "[BODY]"
_COMPARE: dict[str, Callable[[float, float], bool]] = {
    "==": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
    "<": lambda a, b: a < b,
    ">": lambda a, b: a > b,
    "<=": lambda a, b: a <= b,
    ">=": lambda a, b: a >= b,
}
_ALL_CODES = range(100, 600)


class Conditions:
    """The conditions of one endpoint, put into the options of its check one by one."""

    def __init__(self, check: DraftCheck, kind: str, options: dict[str, Any]) -> None:
        self._check, self._kind, self._options = check, kind, options
        self._codes = set(_ALL_CODES)

    def put(self, conditions: list[Any]) -> None:
        """Put them all; what cannot be said here is named."""
        for condition in conditions:
            text = str(condition).strip()
            found = _CONDITION.fullmatch(text)
            if found is None or not self._one(found[1].strip(), found[2], found[3].strip()):
                self._check.leave(f"the condition {text!r}")
        if self._kind == "http":
            self._expect()["status"] = self._statuses()

    def _statuses(self) -> list[Any]:
        if not self._codes:
            self._check.leave("conditions of [STATUS] that no status keeps")
            return ["2xx"]
        return statuses(_ranges(sorted(self._codes))) or ["2xx"]

    def _expect(self) -> dict[str, Any]:
        found: dict[str, Any] = self._options.setdefault("expect", {})
        return found

    def _one(self, left: str, operator: str, right: str) -> bool:
        """Whether it could be put."""
        if left == "[STATUS]" and self._kind == "http":
            return self._status(operator, right)
        if left == "[CONNECTED]":
            return (operator, right) in (("==", "true"), ("!=", "false"))
        if left == "[RESPONSE_TIME]":
            return self._time(operator, right)
        if left == "[CERTIFICATE_EXPIRATION]":
            return self._certificate(operator, right)
        if left == "[DNS_RCODE]" and self._kind == "dns" and operator == "==":
            self._expect()["rcode"] = _values(right) or [right]
            return True
        if "[" in right.replace("[]", "") and _BODY in right:
            return False
        if left.startswith("has(") and left.endswith(")") and self._kind == "http":
            return self._has(left[4:-1], operator, right)
        if left == _BODY:
            return self._body(operator, right)
        if left.startswith(_BODY) and self._kind == "http":
            return self._json(left[len(_BODY) :].removeprefix("."), operator, right)
        return False

    def _status(self, operator: str, right: str) -> bool:
        pattern, values = _PAT.fullmatch(right), _values(right)
        if pattern is not None and operator in ("==", "!="):
            glob = re.compile(_glob(pattern[1]))
            keep = {code for code in _ALL_CODES if bool(glob.fullmatch(str(code))) == (operator == "==")}
        elif values is not None and operator in ("==", "!="):
            keep = {code for code in _ALL_CODES if (str(code) in values) == (operator == "==")}
        elif (number := whole_number(right)) is not None:
            keep = {code for code in _ALL_CODES if _COMPARE[operator](code, number)}
        else:
            return False
        self._codes &= keep
        return True

    def _time(self, operator: str, right: str) -> bool:
        """Slower is down in gatus, and degraded here."""
        limit = whole_number(right)
        if operator not in ("<", "<=") or not limit:
            return False
        self._expect()["degraded_over"] = duration(limit)
        self._check.leave(
            f"[RESPONSE_TIME] {operator} {right}: slower is down in gatus, and degraded here; timeout makes it down"
        )
        return True

    def _certificate(self, operator: str, right: str) -> bool:
        wanted = duration_ms(right)
        if operator not in (">", ">=") or wanted is None or self._kind not in ("http", "tls", "grpc"):
            return False
        self._expect()["certificate_days"] = -(-wanted // 86_400_000)
        self._check.leave(f"[CERTIFICATE_EXPIRATION] {operator} {right}: sooner is down in gatus, and degraded here")
        return True

    def _has(self, path: str, operator: str, right: str) -> bool:
        if not path.startswith(f"{_BODY}.") or operator not in ("==", "!=") or right not in ("true", "false"):
            return False
        exists = (right == "true") == (operator == "==")
        self._expect().setdefault("json", []).append({"path": path[len(_BODY) + 1 :], "exists": exists})
        return True

    def _body(self, operator: str, right: str) -> bool:
        if operator not in ("==", "!="):
            return False
        if self._kind == "dns":
            key = "matches" if operator == "==" else "not_matches"
            answers = self._expect().setdefault("answers", {})
            answers.setdefault(key, []).append(rf"\s{_of(right)}\.?$")
            return True
        dialogue = self._options.get("dialogue") if self._kind == "websocket" else None
        if dialogue and operator == "==" and len(dialogue) == 1:
            dialogue.append({"expect": f"(?s)^{_of(right)}$"})
            return True
        if self._kind != "http":
            return False
        literal = _literal(right)
        if operator == "==" and literal:
            self._expect().setdefault("body_contains", []).append(literal)
        else:
            key = "body_matches" if operator == "==" else "body_not_matches"
            self._expect().setdefault(key, []).append(f"(?s)^{_of(right)}$")
        return True

    def _json(self, path: str, operator: str, right: str) -> bool:
        pattern, values = _PAT.fullmatch(right), _values(right)
        compared: dict[str, Any]
        if operator == "==" and (pattern is not None or values is not None):
            compared = {"matches": f"^{_of(right)}$"}
        elif pattern is not None or values is not None:
            return False
        elif operator in ("==", "!="):
            compared = {"equals" if operator == "==" else "not_equals": scalar(right.strip("'\""))}
        elif operator in ("<", ">"):
            try:
                compared = {"below" if operator == "<" else "above": float(right)}
            except ValueError:
                return False
        else:
            return False
        self._expect().setdefault("json", []).append({"path": path, **compared})
        return True


def _ranges(codes: list[int]) -> Iterator[str]:
    """Codes in rising order as ranges."""
    start = last = codes[0]
    for code in (*codes[1:], 0):
        if code != last + 1:
            yield f"{start}-{last}"
            start = code
        last = code


def _values(right: str) -> list[str] | None:
    """The values of `any(...)`."""
    found = _ANY.fullmatch(right)
    return None if found is None else [value.strip() for value in found[1].split(",")]


def _glob(pattern: str) -> str:
    """gatus' patterns: `*` is anything, `?` one character."""
    return "".join(".*" if c == "*" else "." if c == "?" else re.escape(c) for c in pattern)


def _of(right: str) -> str:
    """An expression for a value, a pattern or several values."""
    pattern, values = _PAT.fullmatch(right), _values(right)
    if values is not None:
        return f"({'|'.join(re.escape(value) for value in values)})"
    return _glob(pattern[1]) if pattern is not None else re.escape(right)


def _literal(right: str) -> str | None:
    """What `pat(*text*)` looks for."""
    found = _PAT.fullmatch(right)
    if found is None or len(found[1]) < 3 or found[1][0] != "*" or found[1][-1] != "*":
        return None
    inner = found[1].strip("*")
    return inner if inner and not set("*?[]\\") & set(inner) else None
