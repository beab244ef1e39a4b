"""What a probe kind gives: a way to make a check ready, and a probe that is asked again and again."""

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import Any, Protocol, cast

from slamon.probes.context import ProbeContext
from slamon.probes.outcome import Outcome


class Probe(Protocol):
    """A check made ready to be probed again and again."""

    async def __call__(self, deadline: float) -> Outcome:
        """Probe once and end by `deadline` (the running loop's `time()`).

        Whatever the other side does makes an outcome. Raises ProbeNotRunError when we could not probe.
        """
        ...


Make = Callable[[Any, ProbeContext], Probe]
"""Makes a probe of a kind's options. Raises ConfigurationError for what the catalogue could not see."""


@dataclass(frozen=True, slots=True)
class MakeLater:
    """A `Make` whose module of `slamon.probes` is loaded when it is needed: who probes http only has no use for DNS."""

    module: str
    name: str

    def load(self) -> Make:
        """What makes the probe."""
        return cast(Make, getattr(import_module(f"slamon.probes.{self.module}"), self.name))

    def __call__(self, options: Any, context: ProbeContext) -> Probe:
        """See `Make`."""
        return self.load()(options, context)
