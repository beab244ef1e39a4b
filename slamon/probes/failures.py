"""Errors of sockets, TLS and our own resources, told apart: the probed side's fault or ours."""

import errno
import os
import ssl

from slamon.probes.course import Failure
from slamon.probes.outcome import ProbeNotRunError, Reason

OURS = {
    errno.EMFILE: "no file descriptor is left in this process",
    errno.ENFILE: "no file descriptor is left on this machine",
    errno.ENOMEM: "no memory is left",
    errno.ENOBUFS: "the system has no buffer space left",
    errno.EADDRNOTAVAIL: "no local port is left",
    errno.EPERM: "this machine forbids the connection",
    errno.EACCES: "this machine forbids the connection",
}
"""Errors of connecting that say nothing about the other side."""

UNREACHABLE = {
    errno.ENETUNREACH: "there is no route to its network",
    errno.EHOSTUNREACH: "there is no route to the host",
    errno.ETIMEDOUT: "it did not answer",
    errno.ECONNRESET: "it reset the connection",
    errno.EPIPE: "it closed the connection",
    errno.ENETDOWN: "the network is down",
}


def ensure_descriptor_left() -> None:
    """Raise ProbeNotRunError when we have no descriptor left: libraries tell that as if the other side had failed."""
    try:
        os.close(os.open(os.devnull, os.O_RDONLY | os.O_CLOEXEC))
    except OSError as error:
        raise ProbeNotRunError(OURS.get(error.errno or 0, "no file can be opened")) from None


def connect_failure(number: int, whom: str, source: str | None = None) -> Failure:
    """Why no connection to `whom` came about, from `source`. Raises ProbeNotRunError when it is our own fault."""
    if number == errno.ECONNREFUSED:
        return Failure(Reason.REFUSED, f"{whom} refused the connection")
    if number == errno.EADDRNOTAVAIL and source is not None:
        raise ProbeNotRunError(f"{source} is no address of this machine, or no port of it is left")
    if number in OURS and not (number == errno.EADDRNOTAVAIL and whom.startswith("[")):
        raise ProbeNotRunError(OURS[number])
    ensure_descriptor_left()
    why = UNREACHABLE.get(number) or (os.strerror(number).lower() if number else "no address answered")
    return Failure(Reason.CONNECT, f"no connection to {whom}: {why}")


def tls_failure(error: ssl.SSLError | OSError, whom: str) -> Failure:
    """Why a TLS handshake with `whom` did not succeed."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return Failure(
            Reason.CERTIFICATE, f"the certificate of {whom} is not valid: {error.verify_message.rstrip('.')}"
        )
    if isinstance(error, ssl.SSLError):
        why = (error.reason or "handshake failure").replace("_", " ").lower()
        return Failure(Reason.TLS, f"no TLS with {whom}: {why}")
    return Failure(Reason.TLS, f"no TLS with {whom}: it closed the connection during the handshake")
