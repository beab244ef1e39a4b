"""`ip_family: both`: a probe over IPv4 and one over IPv6, beside each other; each must answer."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace

from slamon.accounting.facts import Verdict
from slamon.catalogue.probe_options import IpFamily
from slamon.probes.kind import Probe
from slamon.probes.outcome import Outcome

FAMILIES = {IpFamily.V4: "IPv4", IpFamily.V6: "IPv6"}
_BADNESS = {Verdict.UP: 0, Verdict.DEGRADED: 1, Verdict.DOWN: 2}


class BothFamilies:
    """The outcome of the family that fares worse, of the slower one where both fare alike; the addresses of both."""

    def __init__(self, probes: Mapping[str, Probe]) -> None:
        """`probes`: by the family's name."""
        self._probes = probes

    async def __call__(self, deadline: float) -> Outcome:
        """Probe over both. ProbeNotRunError when either could not be run."""
        asked = (probe(deadline) for probe in self._probes.values())
        found: dict[str, Outcome] = {}
        for name, outcome in zip(self._probes, await asyncio.gather(*asked, return_exceptions=True), strict=True):
            if isinstance(outcome, BaseException):
                raise outcome
            found[name] = outcome
        return _worse(found)


def _worse(found: Mapping[str, Outcome]) -> Outcome:
    family = max(found, key=lambda name: (_BADNESS[found[name].verdict], found[name].duration_us))
    ends = [outcome.certificate_expiry for outcome in found.values() if outcome.certificate_expiry is not None]
    outcome = found[family]
    message = f"over {family}: {outcome.message}" if outcome.message else ""
    used = {f"{name} address": one.address for name, one in found.items() if one.address is not None}
    details = outcome.details | used
    return replace(outcome, message=message, certificate_expiry=min(ends, default=None), details=details)
