"""A check as written, and with everything settled."""

import hashlib
from typing import TYPE_CHECKING, Any, Self

from pydantic import Field, SerializeAsAny, create_model, model_validator
from pydantic.fields import FieldInfo

from slamon.catalogue.base import Model, Options, Whole, mistaken
from slamon.catalogue.kinds import ROWS
from slamon.catalogue.quantities import InstantMs, PositiveMs
from slamon.catalogue.secret import DIGESTS

PROBE_KINDS: dict[str, type[Options]] = {kind: row.options for kind, row in ROWS.items()}
"""The probe kinds there are, each with its options; `add_kind` adds another."""


class Defaults(Model):
    """What holds for a check that does not say otherwise."""

    interval: PositiveMs = 30_000
    """How often a check is probed."""
    timeout: PositiveMs = 10_000
    """The most that one probe may take, name resolution to last byte."""
    confirm: Whole = Field(default=2, ge=1, le=100)
    """So many failed probes in succession confirm an outage; 1 to 100."""
    flapping: Whole = Field(default=3, ge=0, le=100)
    """So many unconfirmed failures (blips) close together count after all; 0: never; up to 100."""
    retry_interval: PositiveMs | None = None
    """How soon an unconfirmed failure is probed again; default: a quarter of the interval, at least 1s; never more
    than the interval.
    """
    stale_after: PositiveMs | None = None
    """How long one observation speaks for what follows; default: twice the interval plus the timeout; never less than
    the interval.
    """


def kind_key(options: type[Options], meaning: str) -> tuple[Any, FieldInfo]:
    """A kind's key in a check: its options, or nothing."""
    return options | None, FieldInfo(default=None, description=f"{meaning}; exactly one probe kind a check.")


class _Chosen(Model):
    """One probe kind of those there are."""

    @model_validator(mode="after")
    def _one_kind(self) -> Self:
        there = [kind for kind in PROBE_KINDS if getattr(self, kind) is not None]
        if len(there) != 1:
            raise mistaken(" and ".join(there) or "no probe kind", f"exactly one of: {', '.join(PROBE_KINDS)}")
        return self

    @property
    def kind(self) -> str:
        """The kind that was chosen."""
        return next(kind for kind in PROBE_KINDS if getattr(self, kind) is not None)

    @property
    def options(self) -> Options:
        """What was said of it."""
        found: Options = getattr(self, self.kind)
        return found


if TYPE_CHECKING:
    ProbeChoice = _Chosen
else:
    ProbeChoice = create_model(
        "ProbeChoice", __base__=_Chosen, **{kind: kind_key(row.options, row.meaning) for kind, row in ROWS.items()}
    )


class CheckSettings(ProbeChoice):
    """A check as written: one probe kind, and how often."""

    interval: PositiveMs | None = None
    """How often it is probed; default: that of `defaults`."""
    timeout: PositiveMs | None = None
    """The most that one probe may take; default: that of `defaults`."""
    confirm: Whole | None = Field(default=None, ge=1, le=100)
    """So many failed probes in succession confirm an outage; default: that of `defaults`."""
    flapping: Whole | None = Field(default=None, ge=0, le=100)
    """So many unconfirmed failures close together count after all; default: that of `defaults`."""
    retry_interval: PositiveMs | None = None
    """How soon an unconfirmed failure is probed again; default: that of `defaults`."""
    stale_after: PositiveMs | None = None
    """How long one observation speaks for what follows; default: that of `defaults`."""
    since: InstantMs | None = None
    """From when on it is one of its service; default: from the load that brings it."""
    until: InstantMs | None = None
    """Until when it is one of its service; after `since`; default: until the load that takes it out."""

    @model_validator(mode="after")
    def _ends_later(self) -> Self:
        if self.since is not None and self.until is not None and self.until <= self.since:
            raise mistaken("an end that is not after since", "a later time", "until")
        return self

    @model_validator(mode="after")
    def _has_a_meaning(self) -> Self:
        for key in sorted(self.options.settles & self.model_fields_set):
            raise mistaken(f"{key} on a check of the kind {self.kind}", f"a check of this kind without {key}", key)
        return self


def digest(model: Model) -> str:
    """Of everything that it says, the same in every process; secrets enter as digests."""
    written = model.model_dump_json(by_alias=True, context={DIGESTS: True})
    return hashlib.sha256(written.encode()).hexdigest()


class CheckModel(Model):
    """A check with everything settled: what the prober and the accounting are given. Durations in ms."""

    id: str
    service: str
    name: str
    kind: str
    options: SerializeAsAny[Options]
    interval_ms: int
    timeout_ms: int
    retry_interval_ms: int
    stale_after_ms: int
    confirm: int
    flapping: int
    since: int | None
    until: int | None

    @property
    def target(self) -> str:
        """The probed address, without credentials."""
        return self.options.target

    @property
    def probed(self) -> bool:
        """Whether slamon asks; else others report in."""
        return self.options.probed

    def fingerprint(self) -> str:
        """A digest of the check's definition, the same in every process; secrets enter as digests."""
        return digest(self)


def settle(service: str, name: str, settings: CheckSettings, defaults: Defaults) -> CheckModel:
    """Fill in what a check leaves to the defaults (ACCOUNTING.md 1.2 and 2.3)."""
    interval = settings.interval or defaults.interval
    timeout = settings.timeout or defaults.timeout
    stale = settings.stale_after or defaults.stale_after or 2 * interval + timeout
    retry = settings.retry_interval or defaults.retry_interval or max(1000, interval // 4)
    check = CheckModel(
        id=f"{service}/{name}",
        service=service,
        name=name,
        kind=settings.kind,
        options=settings.options,
        interval_ms=interval,
        timeout_ms=timeout,
        retry_interval_ms=min(retry, interval),
        stale_after_ms=max(stale, interval),
        confirm=settings.confirm if settings.confirm is not None else defaults.confirm,
        flapping=settings.flapping if settings.flapping is not None else defaults.flapping,
        since=settings.since,
        until=settings.until,
    )
    return check.model_copy(update=dict(settings.options.settled()))
