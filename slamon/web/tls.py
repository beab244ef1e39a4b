"""TLS as the web configuration says it, with the standard library's OpenSSL."""

import ipaddress
import os
import ssl
import warnings
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import structlog

from slamon.errors import ConfigurationError
from slamon.web.webconfig import CIPHERS, TlsServer

log = structlog.get_logger()

VERSIONS = {
    "TLS10": ssl.TLSVersion.TLSv1,
    "TLS11": ssl.TLSVersion.TLSv1_1,
    "TLS12": ssl.TLSVersion.TLSv1_2,
    "TLS13": ssl.TLSVersion.TLSv1_3,
}
CURVES = {"CurveP256": "prime256v1", "CurveP384": "secp384r1", "CurveP521": "secp521r1", "X25519": "X25519"}


class Renewed(ssl.SSLContext):
    """A context that hands every new connection to the context that is in force then."""

    def __new__(cls, _current: Callable[[], ssl.SSLContext]) -> "Renewed":
        """See ssl."""
        return super().__new__(cls, ssl.PROTOCOL_TLS_SERVER)

    def __init__(self, current: Callable[[], ssl.SSLContext]) -> None:
        """`current`: gives the context in force; it must not raise."""
        self._current = current

    def wrap_bio(self, *args: Any, **kwargs: Any) -> ssl.SSLObject:
        """See ssl."""
        return self._current().wrap_bio(*args, **kwargs)


def tls_context(tls: TlsServer) -> ssl.SSLContext:
    """The server's context; ConfigurationError names the file that is wrong."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.set_alpn_protocols(["http/1.1"])
    _versions(context, tls)
    _ciphers(context, tls)
    _certificate(context, tls)
    if tls.verifies_clients:
        _clients(context, tls)
    return context


def _versions(context: ssl.SSLContext, tls: TlsServer) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # TLS 1.0 and 1.1, for who asks for them
        context.maximum_version = VERSIONS[tls.max_version]
        context.minimum_version = VERSIONS[tls.min_version]


def _ciphers(context: ssl.SSLContext, tls: TlsServer) -> None:
    names = [name for cipher in tls.cipher_suites if (name := CIPHERS[cipher])]
    if tls.cipher_suites and not names:
        context.minimum_version = ssl.TLSVersion.TLSv1_3
    level = "@SECLEVEL=0" if tls.min_version < "TLS12" else ""
    if names or level:
        context.set_ciphers((":".join(names) or "DEFAULT") + level)
    if tls.prefer_server_cipher_suites:
        context.options |= ssl.OP_CIPHER_SERVER_PREFERENCE
    else:
        context.options &= ~ssl.OP_CIPHER_SERVER_PREFERENCE
    if len(tls.curve_preferences) == 1:
        context.set_ecdh_curve(CURVES[tls.curve_preferences[0]])
    elif tls.curve_preferences:
        log.warning("curve_preferences: more than one cannot be set here, OpenSSL's own choice is served")


def _certificate(context: ssl.SSLContext, tls: TlsServer) -> None:
    key = None if tls.key is None else tls.key.reveal()
    with ExitStack() as stack:
        cert_path = _path(stack, tls.cert_file, tls.cert)
        key_path = _path(stack, tls.key_file, key)
        try:
            context.load_cert_chain(cert_path, key_path, password=_no_password)
        except (OSError, ValueError) as error:
            files = f"cert {tls.cert_file or '(inline)'} and key {tls.key_file or '(inline)'}"
            raise ConfigurationError(f"tls_server_config: {files} do not load: {_reason(error)}") from error


def _clients(context: ssl.SSLContext, tls: TlsServer) -> None:
    try:
        context.load_verify_locations(cafile=tls.client_ca_file, cadata=tls.client_ca)
    except (OSError, ValueError) as error:
        where = tls.client_ca_file or "(inline)"
        raise ConfigurationError(f"tls_server_config: client_ca {where} does not load: {_reason(error)}") from error
    context.verify_flags |= ssl.VerifyFlags.VERIFY_X509_PARTIAL_CHAIN
    optional = tls.client_auth_type == "VerifyClientCertIfGiven"
    context.verify_mode = ssl.CERT_OPTIONAL if optional else ssl.CERT_REQUIRED
    if tls.client_allowed_sans:
        context.sslobject_class = _checking(frozenset(map(_address, tls.client_allowed_sans)))


def _checking(allowed: frozenset[str]) -> type[ssl.SSLObject]:
    """A connection that ends in the handshake unless the client's certificate carries an allowed name."""

    class Checking(ssl.SSLObject):
        def do_handshake(self) -> None:
            super().do_handshake()
            names: Any = (self.getpeercert() or {}).get("subjectAltName", ())
            if not any(_address(str(value).strip()) in allowed for _, value in names):
                raise ssl.SSLCertVerificationError("the client's certificate carries no allowed name")

    return Checking


def _address(name: str) -> str:
    """An IP address in its one spelling; other names as they are."""
    try:
        return str(ipaddress.ip_address(name))
    except ValueError:
        return name


def _path(stack: ExitStack, file: Path | None, text: str | None) -> Path:
    return file if file is not None else stack.enter_context(_in_memory(text or ""))


@contextmanager
def _in_memory(text: str) -> Iterator[Path]:
    """A file that never reaches a disk."""
    handle = os.memfd_create("slamon-pem", os.MFD_CLOEXEC)
    try:
        os.write(handle, text.encode())
        yield Path(f"/proc/self/fd/{handle}")
    finally:
        os.close(handle)


def _no_password() -> str:
    raise ValueError("the key is encrypted; decrypt it, its file's mode protects it")


def _reason(error: Exception) -> str:
    if isinstance(error, ssl.SSLError):
        return error.reason or "no PEM certificate or key of this kind"
    return error.strerror or str(error) if isinstance(error, OSError) else str(error)
