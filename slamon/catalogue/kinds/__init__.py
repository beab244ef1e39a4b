"""The probe kinds there are: a row each, with the options that a catalogue gives, and what the kind does."""

from typing import NamedTuple

from slamon.catalogue.base import Options
from slamon.catalogue.kinds.dns import DnsOptions
from slamon.catalogue.kinds.exec import ExecOptions
from slamon.catalogue.kinds.external import ExternalOptions
from slamon.catalogue.kinds.grpc import GrpcOptions
from slamon.catalogue.kinds.heartbeat import HeartbeatOptions
from slamon.catalogue.kinds.icmp import IcmpOptions
from slamon.catalogue.kinds.journey import JourneyOptions
from slamon.catalogue.kinds.promql import PromqlOptions
from slamon.catalogue.kinds.ssh import SshOptions
from slamon.catalogue.kinds.tls import TlsCheckOptions
from slamon.catalogue.kinds.websocket import WebsocketOptions
from slamon.catalogue.probe_options import HttpOptions, TcpOptions


class Row(NamedTuple):
    """A kind: the model of its options, and what it does, in a line."""

    options: type[Options]
    meaning: str


ROWS = {
    "http": Row(HttpOptions, "Probe by http or https"),
    "tcp": Row(TcpOptions, "Probe by a tcp connection"),
    "icmp": Row(IcmpOptions, "Probe by echo requests, as ping does"),
    "tls": Row(TlsCheckOptions, "Probe by a TLS handshake, after STARTTLS or at once"),
    "dns": Row(DnsOptions, "Probe by a question to a name server"),
    "exec": Row(ExecOptions, "Probe by a monitoring plug-in of the Nagios family"),
    "promql": Row(PromqlOptions, "Ask an engine with Prometheus' interface for a value"),
    "grpc": Row(GrpcOptions, "Probe by the health service of gRPC"),
    "ssh": Row(SshOptions, "Probe by the key exchange of ssh, without a login"),
    "websocket": Row(WebsocketOptions, "Probe by opening a WebSocket, perhaps with a dialogue"),
    "journey": Row(JourneyOptions, "Probe by steps over HTTP, as a customer makes them"),
    "heartbeat": Row(HeartbeatOptions, "A job that reports in, on time"),
    "external": Row(ExternalOptions, "Verdicts that another system pushes"),
}
