"""TLS that asks for an OCSP staple, which Python's ssl cannot: the one module that knows pyOpenSSL.

A `StaplingContext` stands in for an ssl.SSLContext wherever a `Wire` begins TLS, and raises the same errors.
"""

import ssl
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from OpenSSL import SSL, crypto

from slamon.catalogue.hosts import literal
from slamon.catalogue.probe_options import TlsOptions
from slamon.probes.evidence import Handshake, read
from slamon.probes.outcome import ProbeNotRunError
from slamon.probes.tls import OLD_CIPHERS, own_files, trust_file, wants_old
from slamon.probes.tls_names import bears

T = TypeVar("T")

CHUNK = 65_536

VERSIONS = {"1.0": SSL.TLS1_VERSION, "1.1": SSL.TLS1_1_VERSION, "1.2": SSL.TLS1_2_VERSION, "1.3": SSL.TLS1_3_VERSION}

WHY = {
    9: "certificate is not yet valid",
    10: "certificate has expired",
    18: "self-signed certificate",
    19: "self-signed certificate in certificate chain",
    20: "unable to get local issuer certificate",
    21: "unable to verify the first certificate",
    22: "certificate chain too long",
    23: "certificate revoked",
    24: "invalid CA certificate",
    26: "unsuitable certificate purpose",
    66: "EE certificate key too weak",
    67: "CA certificate key too weak",
    68: "CA signature digest algorithm too weak",
    79: "invalid CA certificate",
}
"""Why OpenSSL does not trust a certificate, by its numbers, in its words."""


@dataclass(slots=True)
class _Notes:
    """What the callbacks of one connection saw."""

    error: int = 0
    staple: bytes = b""


class StaplingContext:
    """TLS of these options. Raises ProbeNotRunError when a file of ours cannot be used."""

    def __init__(self, options: TlsOptions, alpn: Sequence[str], ciphers: str | None) -> None:
        self.verify_mode = ssl.CERT_NONE if options.skip_verification else ssl.CERT_REQUIRED
        context = self._context = SSL.Context(SSL.TLS_CLIENT_METHOD)
        context.set_min_proto_version(VERSIONS[options.min_version])
        if options.max_version is not None:
            context.set_max_proto_version(VERSIONS[options.max_version])
        if ciphers is not None or wants_old(options):
            _tried("ciphers", lambda: context.set_cipher_list((ciphers or OLD_CIPHERS).encode()))
        if alpn:
            context.set_alpn_protos([protocol.encode() for protocol in alpn])
        context.set_verify(SSL.VERIFY_NONE if options.skip_verification else SSL.VERIFY_PEER, _noted)
        context.set_ocsp_client_callback(_stapled)
        _tried("tls.ca_file", lambda: context.load_verify_locations(trust_file(options)))
        store = context.get_cert_store()
        if store is not None:
            store.set_flags(crypto.X509StoreFlags.PARTIAL_CHAIN)
        if options.certificate is not None:
            certificate, *key = own_files(options)
            _tried("tls.certificate", lambda: context.use_certificate_chain_file(certificate))
            _tried("tls.key", lambda: context.use_privatekey_file((key or [certificate])[0]))

    def wrap_bio(
        self, incoming: ssl.MemoryBIO, outgoing: ssl.MemoryBIO, *, server_hostname: str
    ) -> "StapledConnection":
        """A connection over these buffers."""
        return StapledConnection(self._context, self.verify_mode, incoming, outgoing, server_hostname)


def _tried(key: str, use: Callable[[], object]) -> None:
    try:
        use()
    except (SSL.Error, OSError):
        raise ProbeNotRunError(f"{key} cannot be used") from None


def _noted(connection: SSL.Connection, _: crypto.X509, error: int, _depth: int, sound: int) -> bool:
    notes: _Notes = connection.get_app_data()
    if not sound:
        notes.error = error
    return bool(sound)


def _stapled(connection: SSL.Connection, staple: bytes, _: object) -> bool:
    notes: _Notes = connection.get_app_data()
    notes.staple = staple
    return True


class StapledConnection:
    """One connection, as a `Wire` wants it: what ssl.SSLObject has of it, and the staple."""

    def __init__(
        self,
        context: SSL.Context,
        verify_mode: ssl.VerifyMode,
        incoming: ssl.MemoryBIO,
        outgoing: ssl.MemoryBIO,
        server_name: str,
    ) -> None:
        self._in, self._out = incoming, outgoing
        self._notes = _Notes()
        self._server_name = server_name
        self._verifies = verify_mode is not ssl.CERT_NONE
        self._trusted = False
        self._connection = SSL.Connection(context, None)
        self._connection.set_app_data(self._notes)
        self._connection.set_connect_state()
        self._connection.request_ocsp()
        if not literal(server_name) is not None:
            self._connection.set_tlsext_host_name(server_name.encode("ascii"))

    def do_handshake(self) -> None:
        """As far as it goes; ssl.SSLWantReadError when more must come in first."""
        self._moved(self._connection.do_handshake)
        if self._verifies and not self._bears_name():
            raise _not_valid(f"Hostname mismatch, certificate is not valid for {self._server_name!r}")
        self._trusted = self._verifies

    def read(self, count: int) -> bytes:
        """What came in, decrypted."""
        return self._moved(lambda: self._connection.recv(count))

    def write(self, data: bytes) -> None:
        """Encrypt it."""
        self._moved(lambda: self._connection.sendall(data))

    def unwrap(self) -> None:
        """Write our goodbye; the other side's is not waited for."""
        self._moved(self._connection.shutdown)

    def version(self) -> str:
        """What was negotiated."""
        return self._connection.get_protocol_version_name()

    def handshake(self) -> Handshake:
        """What it showed, also when it failed."""
        connection = self._connection
        sent = connection.get_peer_cert_chain() or ()
        chain = (connection.get_verified_chain() or ()) if self._trusted else ()
        cipher, bits = connection.get_cipher_name() or "", connection.get_cipher_bits()
        alpn = connection.get_alpn_proto_negotiated().decode("ascii", "replace")
        staple = self._notes.staple or None
        return Handshake(self.version() if cipher else "", cipher, bits, alpn, _ders(sent), _ders(chain), staple)

    def _moved(self, act: Callable[[], T]) -> T:
        """Do it between taking in what came and giving out what goes."""
        if data := self._in.read():
            self._connection.bio_write(data)
        if self._in.eof:
            self._connection.bio_shutdown()
        try:
            return act()
        except SSL.WantReadError:
            raise ssl.SSLWantReadError from None
        except SSL.ZeroReturnError:
            raise ssl.SSLZeroReturnError from None
        except SSL.SysCallError:
            raise _broken(ssl.SSLEOFError, "unexpected eof while reading") from None
        except SSL.Error as error:
            raise self._told(error) from None
        finally:
            self._give_out()

    def _give_out(self) -> None:
        try:
            while True:
                self._out.write(self._connection.bio_read(CHUNK))
        except SSL.WantReadError:
            pass  # that was all

    def _told(self, error: SSL.Error) -> ssl.SSLError:
        if self._notes.error:
            return _not_valid(WHY.get(self._notes.error, f"verification error {self._notes.error}"))
        reasons = [entry[-1] for entry in (error.args[0] if error.args else ()) if entry]
        return _broken(ssl.SSLError, reasons[0] if reasons else "handshake failure")

    def _bears_name(self) -> bool:
        own = self._connection.get_peer_certificate()
        found = read(_der(own)) if own is not None else None
        return found is not None and bears(found, self._server_name)


def _ders(certificates: Iterable[crypto.X509]) -> tuple[bytes, ...]:
    return tuple(map(_der, certificates))


def _der(certificate: crypto.X509) -> bytes:
    """As it came: whoever made it may have made it so that it cannot be read."""
    return crypto.dump_certificate(crypto.FILETYPE_ASN1, certificate)


def _broken(kind: type[ssl.SSLError], why: str) -> ssl.SSLError:
    """An error as ssl raises it."""
    told = kind(1, why)
    told.reason = why
    return told


def _not_valid(why: str) -> ssl.SSLCertVerificationError:
    told = ssl.SSLCertVerificationError(1, why)
    told.verify_message = why
    return told
