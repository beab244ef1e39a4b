"""What a probe found, and the words for it."""

from dataclasses import dataclass, field
from enum import StrEnum

from slamon.accounting.facts import Verdict
from slamon.probes.dns_response import DnsResponse
from slamon.probes.evidence import TlsEvidence
from slamon.probes.grpc_health import Health


class Reason(StrEnum):
    """Why a probe was not up. One word each, documented in the manual."""

    DNS = "dns"
    CONNECT = "connect"
    REFUSED = "refused"
    TLS = "tls"
    CERTIFICATE = "certificate"
    REVOKED = "revoked"
    STAPLE = "staple"
    CIPHER = "cipher"
    PIN = "pin"
    STARTTLS = "starttls"
    TIMEOUT = "timeout"
    PROTOCOL = "protocol"
    STATUS = "status"
    BODY = "body"
    HEADER = "header"
    JSON = "json"
    REDIRECT = "redirect"
    PROXY = "proxy"
    TOO_LARGE = "too_large"
    CAPTURE = "capture"
    DIALOGUE = "dialogue"
    RCODE = "rcode"
    RECORDS = "records"
    SERIAL = "serial"
    DNSSEC = "dnssec"
    PLUGIN = "plugin"
    UNREACHABLE = "unreachable"
    TTL_EXCEEDED = "ttl_exceeded"
    FRAGMENTATION_NEEDED = "fragmentation_needed"
    LOSS = "loss"
    VALUE = "value"
    NOT_SERVING = "not_serving"
    BANNER = "banner"
    HOST_KEY = "host_key"
    ALGORITHM = "algorithm"
    SLOW = "slow"
    CERTIFICATE_EXPIRING = "certificate_expiring"
    LATE = "late"
    TOO_LONG = "too_long"
    JOB_FAILED = "job_failed"
    REPORTED = "reported"


@dataclass(frozen=True, slots=True)
class Outcome:
    """One probe's finding, or what was reported.

    `duration_us` (None: nobody measured it) and `phases` (resolve, connect, tls, processing, transfer) are
    microseconds; `message` is a sentence for humans without secrets; `certificate_expiry` is the earliest end of the
    verified chain in Unix seconds; `tls` is what the last handshake showed, where it was asked for; `grpc` how a call
    of the health service ended; `dns` what a name server answered, and `soa_serial` the serial in it.
    """

    verdict: Verdict
    duration_us: int | None
    reason: Reason | None = None
    message: str = ""
    phases: dict[str, int] = field(default_factory=dict)
    certificate_expiry: int | None = None
    address: str | None = None
    details: dict[str, str] = field(default_factory=dict)
    tls: TlsEvidence | None = None
    grpc: Health | None = None
    dns: DnsResponse | None = None
    soa_serial: int | None = None


class ProbeNotRunError(Exception):
    """We could not run the probe (no descriptors, resolver library gone, a bug): no observation is made of it."""


class NothingFoundError(ProbeNotRunError):
    """The probe ran, and what it found says nothing about the service: no observation, and no failure of ours."""
