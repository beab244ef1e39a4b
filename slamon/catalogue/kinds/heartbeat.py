"""The options of a heartbeat: a job that reports in, when it is to, and the token that says which job it is."""

import hashlib
import re
from collections.abc import Mapping
from math import log2
from typing import Annotated, ClassVar, Self

from pydantic import AfterValidator, BeforeValidator, WithJsonSchema, model_validator

from slamon.accounting.cron import Cron, parse_cron
from slamon.accounting.heartbeats import Schedule
from slamon.catalogue.base import Options, mistaken
from slamon.catalogue.quantities import DurationMs, PositiveMs, written_duration
from slamon.catalogue.secret import Secret
from slamon.catalogue.times import zone_names

LEAST_BITS = 128
LONGEST_TOKEN = 128
EXAMPLE = "one of 128 bits or more, as `slamon heartbeat token` makes it"
SETTLING_MS = 10_000
"""What happens to a job is recorded within this time."""

_TOKEN = re.compile(r"[A-Za-z0-9_-]+")
_UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_ALPHABETS = (
    (re.compile(r"[0-9]+"), 10),
    (re.compile(r"[0-9a-f]+|[0-9A-F]+"), 16),
    (re.compile(r"[0-9a-z]+|[0-9A-Z]+"), 36),
)
_LEAST_DIFFERENT = 8


def digest_of(token: str) -> str:
    """The form in which a token is kept and compared: its SHA-256 in hexadecimal."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def _bits(token: str) -> float:
    """The most randomness that a token of this length and alphabet can have."""
    size = next((size for pattern, size in _ALPHABETS if pattern.fullmatch(token)), 64)
    return len(token) * log2(size)


def _digested(secret: Secret) -> Secret:
    """A token's digest: the token itself is forgotten."""
    token = secret.reveal()
    if not _TOKEN.fullmatch(token) or len(token) > LONGEST_TOKEN:
        raise mistaken("a token with other characters, or too long", f"A-Z, a-z, 0-9, _ and - alone: {EXAMPLE}")
    if _UUID.fullmatch(token):
        raise mistaken("a UUID, of which 122 bits are random at most", EXAMPLE)
    if _bits(token) < LEAST_BITS or len(set(token)) < _LEAST_DIFFERENT:
        raise mistaken(f"a token of {len(token)} characters, which can be guessed", EXAMPLE)
    return Secret(digest_of(token), referred=secret.referred)


def _hexadecimal(value: object) -> str:
    if not isinstance(value, str) or not re.fullmatch(r"[0-9a-fA-F]{64}", value):
        raise ValueError("64 hexadecimal digits, as `slamon heartbeat token` prints them")
    return value.lower()


def _cron(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError("a cron expression, for example 30 2 * * mon-fri")
    parse_cron(value)
    return value


def _zone(value: str) -> str:
    if value not in zone_names():
        raise ValueError("a time zone's name, for example Europe/Berlin")
    return value


Token = Annotated[Secret, AfterValidator(_digested)]
Digest = Annotated[
    str, BeforeValidator(_hexadecimal), WithJsonSchema({"type": "string", "pattern": "^[0-9a-fA-F]{64}$"})
]
CronText = Annotated[
    str, BeforeValidator(_cron), WithJsonSchema({"type": "string", "examples": ["30 2 * * mon-fri", "@daily"]})
]
Zone = Annotated[str, AfterValidator(_zone)]


class HeartbeatOptions(Options):
    """A job that reports in by `/heartbeat/<token>`: late, failed, or running for too long it is down."""

    probed: ClassVar[bool] = False
    settles: ClassVar[frozenset[str]] = frozenset(
        {"interval", "timeout", "confirm", "flapping", "retry_interval", "stale_after"}
    )

    token: Token | None = None
    """What a report names the job by: a secret of 128 bits or more; kept as its SHA-256 alone."""
    token_sha256: Digest | None = None
    """The SHA-256 of the token in hexadecimal, instead of `token`: then the catalogue has no secret."""
    every: PositiveMs | None = None
    """A report is due so long after the one before."""
    cron: CronText | None = None
    """A report is due at these times, instead of `every`: minute, hour, day of the month, month, day of the week."""
    timezone: Zone = "UTC"
    """The zone in which `cron` is read."""
    grace: DurationMs = 300_000
    """A report that comes so much later than due is in time; for a job without `max_runtime` its run is part of it."""
    max_runtime: PositiveMs | None = None
    """A job that has reported its start and no end so long after it is down; the start is then a report in time."""

    @model_validator(mode="after")
    def _one_of_each(self) -> Self:
        for one, other in (("token", "token_sha256"), ("every", "cron")):
            if (getattr(self, one) is None) == (getattr(self, other) is None):
                found = f"{one} and {other}" if getattr(self, one) is not None else f"neither {one} nor {other}"
                raise mistaken(found, "one of them")
        return self

    @property
    def target(self) -> str:
        """The schedule: a job has no address."""
        if self.every is not None:
            return f"every {written_duration(self.every)}"
        return f"cron {self.cron} {self.timezone}"

    @property
    def digest(self) -> str:
        """The token's SHA-256 in hexadecimal."""
        return self.token_sha256 or (self.token.reveal() if self.token is not None else "")

    def schedule(self) -> Schedule:
        """When reports are due."""
        cron: Cron | None = None if self.cron is None else parse_cron(self.cron)
        return Schedule(self.grace, self.every, cron, self.timezone, self.max_runtime)

    def settled(self) -> Mapping[str, int]:
        """See `Options`: a failure needs no confirmation."""
        longest = self.schedule().longest_ms()
        return {
            "interval_ms": longest,
            "stale_after_ms": longest + self.grace,
            "retry_interval_ms": longest,
            "timeout_ms": SETTLING_MS,
            "confirm": 1,
            "flapping": 0,
        }
