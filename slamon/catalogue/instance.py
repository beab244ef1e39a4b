"""What a catalogue says of slamon itself: where facts are kept, where it listens, what it exposes."""

from itertools import pairwise
from pathlib import Path
from typing import Annotated, Self

from pydantic import BeforeValidator, Field, WithJsonSchema, model_validator

from slamon.catalogue.access import HttpAccess
from slamon.catalogue.addresses import ListenAddress, Url
from slamon.catalogue.base import Model, Name, Truth, mistaken
from slamon.catalogue.quantities import PositiveMs, RetentionMs

DAY_MS = 86_400_000


def _file(value: object) -> object:
    if isinstance(value, str) and (not value.strip("/. ") or value.endswith("/")):
        raise ValueError("a file, for example data/slamon.db")
    return value


class Storage(Model):
    """Where facts are kept, and how long."""

    path: Annotated[Path, BeforeValidator(_file)] = Path("data/slamon.db")
    """The ledger's file, from the working directory on; its folder is made."""
    retention: RetentionMs = 400 * DAY_MS
    """How long facts are kept, a day at least; those in force of an agreement are kept until their period is closed."""


def _listen(value: object) -> object:
    return value if isinstance(value, (list, tuple)) else [value]


class Web(Model):
    """Where slamon listens."""

    listen: Annotated[
        tuple[ListenAddress, ...],
        BeforeValidator(_listen),
        WithJsonSchema({"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}),
        Field(min_length=1),
    ] = ("127.0.0.1:10650",)
    """Where to listen, `host:port`, one or several; port 0 is any free one."""
    config: Path | None = None
    """TLS and users: a web-config file of Prometheus' exporter toolkit; not in a catalogue's folder."""

    @model_validator(mode="after")
    def _each_once(self) -> Self:
        again = [a for i, a in enumerate(self.listen) if a in self.listen[:i] and not a.endswith(":0")]
        if again:
            raise mistaken(f"{again[0]!r} a second time", "each address once", "listen")
        return self


class Alertmanager(HttpAccess):
    """The Alertmanager that planned maintenance is told to, and asked who silenced what."""

    url: Url
    """Where it is, with its prefix if it has one: what its own pages are under."""
    silences: Truth = True
    """Whether planned maintenance becomes silences there, made and ended as the catalogue changes."""
    ahead: PositiveMs = 7 * DAY_MS
    """How long before it begins a maintenance is told."""
    every: PositiveMs = 60_000
    """How often the silences are compared with the catalogue."""
    author: Name = "slamon"
    """Who made the silences; systems with different catalogues and one Alertmanager each need another one."""


class Metrics(Model):
    """What the exposition carries beyond the gauges."""

    latency_histogram: Truth | None = None
    """Whether latency histograms are exposed; default: up to a number of checks that Prometheus bears well."""
    latency_buckets: tuple[PositiveMs, ...] = Field(default=(), max_length=100)
    """Limits of the latency histogram, rising, at most 100; default: 5ms to 10s in eleven steps."""

    @model_validator(mode="after")
    def _rising(self) -> Self:
        if any(later <= earlier for earlier, later in pairwise(self.latency_buckets)):
            raise mistaken("limits that do not rise", "each limit greater than the one before", "latency_buckets")
        return self
