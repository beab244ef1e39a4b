"""Probe kinds: each turns a check's options into a probe. A new kind is one module and one row of KINDS."""

from collections.abc import Callable, Mapping
from typing import Any, Protocol

from slamon.probes.context import ProbeContext
from slamon.probes.http import HttpProbe
from slamon.probes.outcome import Outcome, ProbeNotRunError, Reason
from slamon.probes.tcp import TcpProbe


class Probe(Protocol):
    """A check made ready to be probed again and again."""

    async def __call__(self, deadline: float) -> Outcome:
        """Probe once and end by `deadline` (the running loop's `time()`).

        Whatever the other side does makes an outcome. Raises ProbeNotRunError when we could not probe.
        """
        ...


KINDS: Mapping[str, Callable[[Any, ProbeContext], Probe]] = {"http": HttpProbe, "tcp": TcpProbe}
"""By a check's kind: makes a probe of its options (the kind's model in `slamon.catalogue.probe_options`)."""

__all__ = ["KINDS", "Outcome", "Probe", "ProbeContext", "ProbeNotRunError", "Reason"]
