"""libcurl's errors told as reasons and sentences. Its own texts are not shown, but for the cause OpenSSL names."""

import errno
import re
from dataclasses import dataclass

import pycurl

from slamon.probes.course import Failure, seconds
from slamon.probes.failures import OURS, connect_failure, ensure_descriptor_left
from slamon.probes.outcome import ProbeNotRunError, Reason
from slamon.probes.transfer import Handle

# libcurl's numbers that pycurl gives no name
E_WEIRD_SERVER_REPLY = 8
E_HTTP2_STREAM = 92
E_HTTP3 = 95
E_QUIC_CONNECT_ERROR = 96
E_PROXY = 97
E_TOO_LARGE = 100

OUR_FAULTS = {
    pycurl.E_FAILED_INIT: "libcurl could not be started",
    pycurl.E_NOT_BUILT_IN: "this libcurl was built without what the check needs",
    pycurl.E_OUT_OF_MEMORY: OURS[errno.ENOMEM],
    pycurl.E_SSL_CERTPROBLEM: "tls.certificate or tls.key cannot be used",
    pycurl.E_SSL_CACERT_BADFILE: "the file of trusted certificates cannot be used",
    pycurl.E_SSL_ENGINE_INITFAILED: "the TLS library could not be started",
    pycurl.E_BAD_FUNCTION_ARGUMENT: "libcurl refused an option",
    pycurl.E_UNKNOWN_OPTION: "libcurl refused an option",
    pycurl.E_ABORTED_BY_CALLBACK: "reading the answer broke on our side",
    pycurl.E_WRITE_ERROR: "reading the answer broke on our side",
    pycurl.E_URL_MALFORMAT: "libcurl does not take the URL",
}

PROTOCOL = {
    pycurl.E_UNSUPPORTED_PROTOCOL: "did not answer in HTTP",
    E_WEIRD_SERVER_REPLY: "did not answer in HTTP",
    pycurl.E_HTTP2: "broke the rules of HTTP/2",
    E_HTTP2_STREAM: "broke off its HTTP/2 stream",
    E_HTTP3: "broke the rules of HTTP/3",
    pycurl.E_PARTIAL_FILE: "closed the connection in the middle of the body",
    pycurl.E_GOT_NOTHING: "closed the connection without an answer",
    pycurl.E_SEND_ERROR: "broke the connection off while the request was sent",
    pycurl.E_RECV_ERROR: "broke the connection off or did not answer in HTTP",
    pycurl.E_BAD_CONTENT_ENCODING: "sent a body whose compression is broken",
    pycurl.E_CHUNK_FAILED: "sent a body with malformed chunks",
}

_CAUSE = re.compile(r"(?:verify result|certificate problem): ([a-z ,'-]{3,80})", re.IGNORECASE | re.ASCII)
_LIBRARY = re.compile(r"error:[0-9A-F]+:[^:]*:[^:]*:([a-z0-9 /-]{3,80})", re.IGNORECASE | re.ASCII)


@dataclass(frozen=True, slots=True)
class Circumstances:
    """How it stood when the transfer failed. `waited` is seconds, the others microseconds; 0 was not reached."""

    whom: str
    https: bool
    proxied: bool
    waited: float
    connect: int
    tls: int
    first_byte: int


def failure(error: pycurl.error, handle: Handle, at: Circumstances) -> Failure:
    """What the failed transfer says of the probed side; raises ProbeNotRunError when it is our own fault."""
    code, text = error.args[0], str(error.args[-1])
    if code == E_TOO_LARGE or (code == pycurl.E_RECV_ERROR and "response headers" in text):
        return Failure(Reason.TOO_LARGE, f"{at.whom} sent endless headers")
    if code in OUR_FAULTS:
        raise ProbeNotRunError(OUR_FAULTS[code])
    if code == pycurl.E_OPERATION_TIMEDOUT:
        ensure_descriptor_left()
        return Failure(Reason.TIMEOUT, _timeout(handle, at))
    if at.proxied and (proxy := _proxy_failure(code, handle)) is not None:
        return proxy
    if code in (pycurl.E_COULDNT_CONNECT, E_QUIC_CONNECT_ERROR):
        return _connecting(handle, at, text)
    if code == pycurl.E_PEER_FAILED_VERIFICATION:
        cause = _CAUSE.search(text)
        why = cause.group(1).strip().lower() if cause else _name_mismatch(text)
        return Failure(Reason.CERTIFICATE, f"the certificate of {at.whom} is not valid: {why}")
    if at.tls and "alert" in text and (alert := _LIBRARY.search(text)) is not None:
        return Failure(Reason.TLS, f"{at.whom} ended TLS: {alert.group(1).strip().lower()}")
    if code in PROTOCOL and (at.tls or not at.https or at.connect == 0):
        return Failure(Reason.PROTOCOL, f"{at.whom} {_protocol(code, text)}")
    return _rest(code, text, at)


def _rest(code: int, text: str, at: Circumstances) -> Failure:
    ensure_descriptor_left()
    if code == pycurl.E_COULDNT_RESOLVE_HOST:
        return Failure(Reason.DNS, f"{at.whom} was not resolved")
    if at.https and not at.tls:
        return Failure(Reason.TLS, f"no TLS with {at.whom}: {_tls_cause(code, text)}")
    return Failure(Reason.PROTOCOL, f"the exchange with {at.whom} failed (libcurl error {code})")


def _connecting(handle: Handle, at: Circumstances, text: str) -> Failure:
    if handle.curl.getinfo(pycurl.SSL_VERIFYRESULT):
        return Failure(Reason.CERTIFICATE, f"the certificate of {at.whom} is not valid: {_name_mismatch(text)}")
    return connect_failure(handle.curl.getinfo(pycurl.OS_ERRNO), at.whom)


def _timeout(handle: Handle, at: Circumstances) -> str:
    within = seconds(at.waited)
    if not at.connect:
        return f"no connection to {at.whom} within {within}"
    if at.https and not at.tls:
        return f"the TLS handshake with {at.whom} was not done within {within}"
    if not at.first_byte:
        return f"{at.whom} did not answer within {within}"
    return f"the answer of {at.whom} was not complete within {within}, {handle.read} bytes of its body were read"


def _proxy_failure(code: int, handle: Handle) -> Failure | None:
    tunnel = handle.curl.getinfo(pycurl.HTTP_CONNECTCODE)
    if tunnel and not 200 <= tunnel < 300:
        return Failure(Reason.PROXY, f"the proxy answered {tunnel} when asked for a tunnel")
    if code == pycurl.E_COULDNT_CONNECT:
        return Failure(Reason.PROXY, connect_failure(handle.curl.getinfo(pycurl.OS_ERRNO), "the proxy").message)
    if code in (E_PROXY, pycurl.E_COULDNT_RESOLVE_PROXY):
        return Failure(Reason.PROXY, "the proxy could not reach the host")
    return None


def _protocol(code: int, text: str) -> str:
    if code == pycurl.E_RECV_ERROR and "reset" in text.lower():
        return "reset the connection"
    if code == pycurl.E_RECV_ERROR and "chunk" in text.lower():
        return PROTOCOL[pycurl.E_CHUNK_FAILED]
    return PROTOCOL[code]


def _tls_cause(code: int, text: str) -> str:
    cause = _LIBRARY.search(text)
    if cause is not None:
        return cause.group(1).strip().lower()
    if code == pycurl.E_SSL_CIPHER:
        return "no cipher in common"
    if code in (pycurl.E_RECV_ERROR, pycurl.E_SEND_ERROR, pycurl.E_SSL_CONNECT_ERROR):
        return "it closed the connection during the handshake"
    return "the handshake failed"


def _name_mismatch(text: str) -> str:
    return "it is not for this name" if "match" in text.lower() else "verification failed"
