"""What `discover` says: where targets are listed, which of them are wanted, and what check each of them becomes."""

import re
from enum import StrEnum
from typing import Annotated, Any, Self

import re2
from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    PlainSerializer,
    SerializationInfo,
    WithJsonSchema,
    model_validator,
)

from slamon.catalogue.access import HttpAccess
from slamon.catalogue.addresses import Url
from slamon.catalogue.base import Model, Pattern, Texts, Whole, mistaken
from slamon.catalogue.quantities import PositiveMs
from slamon.catalogue.secret import Secret

LABEL = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_TEMPLATED = re.compile(r"[A-Za-z_$][A-Za-z0-9_${}]*")


class Action(StrEnum):
    """What a rule does; as in Prometheus."""

    REPLACE = "replace"
    KEEP = "keep"
    DROP = "drop"
    LABELMAP = "labelmap"
    LABELDROP = "labeldrop"
    LABELKEEP = "labelkeep"
    HASHMOD = "hashmod"
    LOWERCASE = "lowercase"
    UPPERCASE = "uppercase"
    KEEPEQUAL = "keepequal"
    DROPEQUAL = "dropequal"


_OF_LABELS = frozenset({Action.LABELDROP, Action.LABELKEEP})
_NEEDS_TARGET = frozenset(
    {Action.REPLACE, Action.HASHMOD, Action.LOWERCASE, Action.UPPERCASE, Action.KEEPEQUAL, Action.DROPEQUAL}
)
_PLAIN_TARGET = _NEEDS_TARGET - {Action.REPLACE}
_EQUALS = frozenset({Action.KEEPEQUAL, Action.DROPEQUAL})


def _label(value: str) -> str:
    if not LABEL.fullmatch(value):
        raise ValueError("a label's name, for example __meta_kubernetes_namespace")
    return value


def _action(value: object) -> object:
    return value.lower() if isinstance(value, str) else value


LabelName = Annotated[str, AfterValidator(_label)]


class Relabel(Model):
    """One rule of relabelling, as Prometheus has it: the expression must match the whole text."""

    source_labels: tuple[LabelName, ...] = ()
    """The labels whose values, joined by `separator`, are looked at."""
    separator: str = ";"
    """What stands between the values."""
    regex: Pattern = "(.*)"
    """What must match, from beginning to end (RE2)."""
    modulus: Whole | None = Field(default=None, ge=1)
    """For `hashmod`: the digest of the values modulo this."""
    target_label: str | None = None
    """The label that is written; with `replace` it may hold `${1}`."""
    replacement: str = "$1"
    """What is written; `$1` or `${1}` is the first group. An empty one takes the label away."""
    action: Annotated[Action, BeforeValidator(_action)] = Action.REPLACE
    """What is done."""

    @model_validator(mode="after")
    def _sound(self) -> Self:
        action, target = self.action, self.target_label
        if action in _NEEDS_TARGET and not target:
            raise mistaken(f"{action.value} without target_label", "target_label beside it")
        if target is not None:
            fitting = LABEL if action in _PLAIN_TARGET else _TEMPLATED
            if not fitting.fullmatch(target):
                raise mistaken(f"{target[:40]!r}", "a label's name", "target_label")
        if action is Action.HASHMOD and self.modulus is None:
            raise mistaken("hashmod without modulus", "modulus beside it")
        self._of_its_action()
        return self

    def _of_its_action(self) -> None:
        """Keys that an action does not read are a mistake, as in Prometheus."""
        given = self.model_fields_set - {"action"}
        if self.action in _OF_LABELS and given - {"regex"}:
            raise mistaken(f"{min(given - {'regex'})} with {self.action.value}", "regex alone beside it")
        if self.action in _EQUALS and given - {"source_labels", "target_label"}:
            extra = min(given - {"source_labels", "target_label"})
            raise mistaken(f"{extra} with {self.action.value}", "source_labels and target_label alone beside it")
        if self.action is Action.LABELMAP and re2.compile(self.regex).groups == 0 and "$1" in self.replacement:
            raise mistaken("a labelmap whose regex has no group", "a group in it, for example label_(.+)", "regex")


class FileSd(Model):
    """Lists of targets in files."""

    files: Texts = Field(min_length=1)
    """Files in JSON or YAML, or patterns such as `targets/*.json`, as seen from the catalogue's file."""


class HttpSd(HttpAccess):
    """A list of targets that is asked for by http."""

    url: Url
    """Where the list is, as JSON."""
    refresh_interval: PositiveMs = 60_000
    """How often it is asked for."""


def _template(value: object) -> object:
    if not isinstance(value, dict):
        raise ValueError("a check, as under services.<id>.checks")
    return value


def _written(value: Any, info: SerializationInfo) -> Any:
    """Plain values; secrets as `***`, or as digests for the one who compares definitions."""
    if isinstance(value, dict):
        return {key: _written(inner, info) for key, inner in value.items()}
    if isinstance(value, list):
        return [_written(inner, info) for inner in value]
    return Secret.written(value, info) if isinstance(value, Secret) else value


Template = Annotated[
    dict[str, Any], BeforeValidator(_template), PlainSerializer(_written), WithJsonSchema({"type": "object"})
]

Needs = Annotated[str | int, WithJsonSchema({"anyOf": [{"enum": ["all", "any"]}, {"type": "integer", "minimum": 1}]})]


class Discovery(Model):
    """Targets that others list, each of which becomes a check. `{label}` stands for a target's label."""

    file_sd: FileSd | None = None
    """Lists in files, in Prometheus' format; exactly one of `file_sd` and `http_sd`."""
    http_sd: HttpSd | None = None
    """A list that is asked for by http, in Prometheus' format."""
    relabel: tuple[Relabel, ...] = Field(default=(), max_length=200)
    """Rules that choose targets and change labels, one after the other."""
    service: str = "{job}"
    """The id of the service that the check is one of; one that is written in the catalogue, or a new one."""
    service_name: str | None = None
    """The name of a new service, as people read it; default: its id."""
    team: str | None = None
    """The id of the team that looks after new services."""
    needs: Needs = "all"
    """How many checks of a new service must be up: `all`, `any` (one), or a number."""
    check_id: str = "{instance}"
    """The check's id in its service."""
    check: Template
    """The check, as under `services.<id>.checks.<id>`, with `{label}` in its texts."""

    @model_validator(mode="after")
    def _one_source(self) -> Self:
        if (self.file_sd is None) == (self.http_sd is None):
            found = "neither file_sd nor http_sd" if self.file_sd is None else "file_sd and http_sd"
            raise mistaken(found, "exactly one of file_sd and http_sd")
        if not (self.needs in ("all", "any") or (isinstance(self.needs, int) and self.needs >= 1)):
            raise mistaken(f"{str(self.needs)[:40]!r}", "all, any, or a number of checks from 1", "needs")
        return self
