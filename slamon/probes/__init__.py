"""Probe kinds: each turns a check's options into a probe. A new kind is one module and one row of KINDS."""

from collections.abc import Iterable

from slamon.catalogue import CheckModel
from slamon.catalogue.base import Options
from slamon.catalogue.models import add_kind
from slamon.catalogue.probe_options import IpFamily
from slamon.errors import SlamonError
from slamon.probes.context import ProbeContext
from slamon.probes.families import FAMILIES, BothFamilies
from slamon.probes.kind import Make, MakeLater, Probe
from slamon.probes.outcome import NothingFoundError, Outcome, ProbeNotRunError, Reason

KINDS: dict[str, Make] = {
    "http": MakeLater("http", "HttpProbe"),
    "tcp": MakeLater("tcp", "TcpProbe"),
    "icmp": MakeLater("icmp", "IcmpProbe"),
    "dns": MakeLater("dns", "DnsProbe"),
    "tls": MakeLater("tls_probe", "TlsProbe"),
    "exec": MakeLater("exec", "ExecProbe"),
    "promql": MakeLater("promql", "PromqlProbe"),
    "grpc": MakeLater("grpc", "GrpcProbe"),
    "ssh": MakeLater("ssh", "SshProbe"),
    "websocket": MakeLater("websocket", "WebsocketProbe"),
    "journey": MakeLater("journey", "JourneyProbe"),
}
"""By a check's kind: makes a probe of its options (the kind's model in `slamon.catalogue.kinds`)."""


def made_ready(check: CheckModel, context: ProbeContext) -> Probe:
    """The probe of a check. Raises ConfigurationError for what the catalogue could not see."""
    make, options = KINDS[check.kind], check.options
    if getattr(options, "ip_family", None) is not IpFamily.BOTH:
        return make(options, context)
    return BothFamilies(
        {name: make(options.model_copy(update={"ip_family": family}), context) for family, name in FAMILIES.items()}
    )


def load(checks: Iterable[CheckModel]) -> None:
    """Load what the kinds of these checks are probed with: takes up to 100 ms, so call it in a thread.

    Raises SlamonError where that cannot be loaded.
    """
    for kind in {check.kind for check in checks}:
        make = KINDS[kind]
        if isinstance(make, MakeLater):
            try:
                make.load()
            except (ImportError, AttributeError, OSError) as error:
                raise SlamonError(
                    f"checks of the kind {kind} cannot be probed: {error}; restart slamon if it was upgraded meanwhile"
                ) from error


def add(kind: str, options: type[Options], make: Make, meaning: str) -> None:
    """One more kind: its key in a check, the model of its options, its probe, and what it does, in a line."""
    add_kind(kind, options, meaning)
    KINDS[kind] = make


__all__ = [
    "KINDS",
    "Make",
    "NothingFoundError",
    "Outcome",
    "Probe",
    "ProbeContext",
    "ProbeNotRunError",
    "Reason",
    "add",
    "load",
    "made_ready",
]
