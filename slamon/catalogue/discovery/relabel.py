"""Relabelling as Prometheus does it: rules over a target's labels, expressions anchored, matched by RE2."""

import hashlib
import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

import re2

from slamon.catalogue.discovery.models import LABEL, Action, Relabel
from slamon.catalogue.quantities import whole_number

Labels = Mapping[str, str]
_GROUP = re.compile(r"\$(?:\$|([A-Za-z0-9_]+)|\{([A-Za-z0-9_]+)\})")


@lru_cache(maxsize=1000)
def _compiled(pattern: str) -> Any:
    """As Prometheus compiles it: anchored, and a dot is any character."""
    return re2.compile(f"^(?s:{pattern})$")


def relabelled(labels: Labels, rules: Sequence[Relabel]) -> dict[str, str] | None:
    """The labels after all rules; None where a rule dropped the target. Empty labels are none."""
    found: dict[str, str] | None = {name: value for name, value in labels.items() if value}
    for rule in rules:
        if found is None:
            return None
        found = _applied(found, rule)
    return found


def _applied(labels: dict[str, str], rule: Relabel) -> dict[str, str] | None:
    value = rule.separator.join(labels.get(name, "") for name in rule.source_labels)
    pattern = _compiled(rule.regex)
    match rule.action:
        case Action.KEEP:
            return labels if pattern.match(value) else None
        case Action.DROP:
            return None if pattern.match(value) else labels
        case Action.KEEPEQUAL:
            return labels if labels.get(rule.target_label or "", "") == value else None
        case Action.DROPEQUAL:
            return None if labels.get(rule.target_label or "", "") == value else labels
        case Action.LABELDROP:
            return {name: text for name, text in labels.items() if not pattern.match(name)}
        case Action.LABELKEEP:
            return {name: text for name, text in labels.items() if pattern.match(name)}
        case Action.LABELMAP:
            return labels | _mapped(labels, rule)
        case Action.REPLACE:
            return _replaced(labels, rule, value)
        case Action.HASHMOD:
            return _with(labels, rule.target_label or "", str(_digest(value) % (rule.modulus or 1)))
        case Action.LOWERCASE:
            return _with(labels, rule.target_label or "", value.lower())
        case Action.UPPERCASE:
            return _with(labels, rule.target_label or "", value.upper())


def _with(labels: dict[str, str], name: str, value: str) -> dict[str, str]:
    """The labels with one set, or taken away where the value is empty."""
    if value:
        return {**labels, name: value}
    return {other: text for other, text in labels.items() if other != name}


def _digest(value: str) -> int:
    """The last eight bytes of the MD5, as Prometheus has it."""
    return int.from_bytes(hashlib.md5(value.encode(), usedforsecurity=False).digest()[8:], "big")


def _mapped(labels: Labels, rule: Relabel) -> dict[str, str]:
    pattern = _compiled(rule.regex)
    named = ((pattern.match(name), value) for name, value in labels.items())
    return {_expanded(rule.replacement, match): value for match, value in named if match}


def _replaced(labels: dict[str, str], rule: Relabel, value: str) -> dict[str, str]:
    match = _compiled(rule.regex).match(value)
    if not match:
        return labels
    target = _expanded(rule.target_label or "", match)
    if not LABEL.fullmatch(target):
        return labels
    return _with(labels, target, _expanded(rule.replacement, match))


def _expanded(template: str, match: Any) -> str:
    """`$1`, `${1}`, `$name`, `${name}` and `$$`, as Go's regexp expands them: what there is not is empty."""

    def one(found: re.Match[str]) -> str:
        name = found[1] or found[2]
        if name is None:
            return "$"
        if name.isdigit():
            number = whole_number(name)
            return (match.group(number) or "") if number is not None and number <= match.re.groups else ""
        return (match.group(name) or "") if name in match.re.groupindex else ""

    return _GROUP.sub(one, template)
