"""Errors of requests and of what is below it told as reasons and sentences."""

import http.client
import ssl
from collections.abc import Iterator

from requests.exceptions import InvalidHeader, InvalidURL
from urllib3.exceptions import DecodeError, IncompleteRead, InvalidChunkLength, ProxyError

from slamon.probes.course import Failure
from slamon.probes.failures import ensure_descriptor_left, tls_failure
from slamon.probes.outcome import ProbeNotRunError, Reason

PROTOCOL: tuple[tuple[type[BaseException], str], ...] = (
    (InvalidChunkLength, "sent a body with malformed chunks"),
    (IncompleteRead, "closed the connection in the middle of the body"),
    (http.client.IncompleteRead, "closed the connection in the middle of the body"),
    (DecodeError, "sent a body whose compression is broken"),
    (http.client.RemoteDisconnected, "closed the connection without an answer"),
    (http.client.BadStatusLine, "did not answer in HTTP"),
    (ConnectionResetError, "reset the connection"),
    (BrokenPipeError, "broke the connection off while the request was sent"),
    (InvalidHeader, "was to be sent a captured value that fits no header"),
    (InvalidURL, "has a url that cannot be asked for"),
)


def causes(error: BaseException) -> Iterator[BaseException]:
    """The error and those below it: requests wraps urllib3's, which wrap those of sockets."""
    seen: list[BaseException] = []
    waiting: list[object] = [error]
    while waiting:
        here = waiting.pop(0)
        if isinstance(here, BaseException) and here not in seen:
            seen.append(here)
            yield here
            waiting += [here.__cause__, here.__context__, getattr(here, "reason", None), *here.args]


def failure(error: BaseException, whom: str, *, shaking: bool) -> Failure:
    """What the error says of the probed side; `shaking`: the TLS handshake was not done.

    Raises ProbeNotRunError when it is our own fault.
    """
    found = list(causes(error))
    for one in found:
        if isinstance(one, (Failure, ProbeNotRunError)):
            raise one
    ensure_descriptor_left()
    if any(isinstance(one, ProxyError) for one in found):
        return Failure(Reason.PROXY, "the proxy could not reach the host, or refuses to")
    insecure = next((one for one in found if isinstance(one, ssl.SSLError)), None)
    if insecure is not None and (shaking or isinstance(insecure, ssl.SSLCertVerificationError)):
        return tls_failure(insecure, whom)
    if insecure is not None and "ALERT" in (insecure.reason or ""):
        why = (insecure.reason or "").replace("_", " ").lower()
        return Failure(Reason.TLS, f"{whom} ended TLS: {why}")
    if shaking:
        return tls_failure(ConnectionResetError(), whom)
    if any(isinstance(one, http.client.LineTooLong) or "got more than" in str(one) for one in found):
        return Failure(Reason.TOO_LARGE, f"{whom} sent endless headers")
    for kind, sentence in PROTOCOL:
        if any(isinstance(one, kind) for one in found):
            return Failure(Reason.PROTOCOL, f"{whom} {sentence}")
    return Failure(Reason.PROTOCOL, f"the exchange with {whom} failed")
