"""Probe kinds: each turns a check's options into a probe. A new kind is one module and one row of KINDS."""

from slamon.catalogue import CheckModel
from slamon.catalogue.base import Options
from slamon.catalogue.models import add_kind
from slamon.catalogue.probe_options import IpFamily
from slamon.probes.context import ProbeContext
from slamon.probes.dns import DnsProbe
from slamon.probes.exec import ExecProbe
from slamon.probes.families import FAMILIES, BothFamilies
from slamon.probes.grpc import GrpcProbe
from slamon.probes.http import HttpProbe
from slamon.probes.icmp import IcmpProbe
from slamon.probes.journey import JourneyProbe
from slamon.probes.kind import Make, Probe
from slamon.probes.outcome import NothingFoundError, Outcome, ProbeNotRunError, Reason
from slamon.probes.promql import PromqlProbe
from slamon.probes.ssh import SshProbe
from slamon.probes.tcp import TcpProbe
from slamon.probes.tls_probe import TlsProbe
from slamon.probes.websocket import WebsocketProbe

KINDS: dict[str, Make] = {
    "http": HttpProbe,
    "tcp": TcpProbe,
    "icmp": IcmpProbe,
    "dns": DnsProbe,
    "tls": TlsProbe,
    "exec": ExecProbe,
    "promql": PromqlProbe,
    "grpc": GrpcProbe,
    "ssh": SshProbe,
    "websocket": WebsocketProbe,
    "journey": JourneyProbe,
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
    "made_ready",
]
