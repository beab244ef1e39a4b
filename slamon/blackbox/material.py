"""What a module's TLS options mean to the two ways we speak TLS. Files are read at every probe, in a thread."""

import asyncio
import os
import ssl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pycurl
from cryptography import x509

from slamon.catalogue.blackbox.client import TlsConfig
from slamon.probes.context import ProbeContext
from slamon.probes.curl_settings import Setting
from slamon.probes.tls import OLD_CIPHERS, TrustStore, trust_file

_MINIMUM = {
    "TLS10": (ssl.TLSVersion.TLSv1, pycurl.SSLVERSION_TLSv1_0, 0),
    "TLS11": (ssl.TLSVersion.TLSv1_1, pycurl.SSLVERSION_TLSv1_1, pycurl.SSLVERSION_MAX_TLSv1_1),
    "TLS12": (ssl.TLSVersion.TLSv1_2, pycurl.SSLVERSION_TLSv1_2, pycurl.SSLVERSION_MAX_TLSv1_2),
    "TLS13": (ssl.TLSVersion.TLSv1_3, pycurl.SSLVERSION_TLSv1_3, pycurl.SSLVERSION_MAX_TLSv1_3),
}
_MAX_TLS_1_0 = pycurl.SSLVERSION_MAX_TLSv1_0
_OLDEST = "TLS12"
_OLD = ("TLS10", "TLS11")
MOST_BYTES = 4 * 2**20


class MaterialError(Exception):
    """A file or text of the module's TLS options cannot be used: a sentence."""


@dataclass(frozen=True, slots=True)
class Material:
    """The options with their files read. No `ca` means the system's."""

    options: TlsConfig
    ca: bytes | None
    cert: bytes | None
    key: bytes | None

    @property
    def trusted(self) -> str:
        """The file of trusted certificates; '' where they are given as bytes."""
        return "" if self.ca is not None else trust_file(None)

    def settings(self) -> list[Setting]:
        """For libcurl."""
        options = self.options
        least, most = options.min_version or _OLDEST, options.max_version
        maximum = 0 if not most else _MAX_TLS_1_0 if most == "TLS10" else _MINIMUM[most][2]
        settings: list[Setting] = [
            (pycurl.OPT_CERTINFO, 1),
            (pycurl.VERBOSE, 1),
            (pycurl.SSLVERSION, _MINIMUM[least][1] | maximum),
        ]
        settings.append((pycurl.CAINFO_BLOB, self.ca) if self.ca is not None else (pycurl.CAINFO, self.trusted))
        if least in _OLD:
            settings.append((pycurl.SSL_CIPHER_LIST, OLD_CIPHERS))
        if options.insecure_skip_verify:
            settings += [(pycurl.SSL_VERIFYPEER, 0), (pycurl.SSL_VERIFYHOST, 0)]
        if self.cert is not None and self.key is not None:
            settings += [(pycurl.SSLCERT_BLOB, self.cert), (pycurl.SSLKEY_BLOB, self.key)]
        return settings

    async def context(self, shared: ProbeContext) -> ssl.SSLContext:
        """For Python's ssl; made again when one of the files changed."""
        return await shared.made(("blackbox", self.options), self._files(), self._context)

    async def store(self, shared: ProbeContext) -> TrustStore | None:
        """The certificates that are trusted; None where nothing is verified."""
        if self.options.insecure_skip_verify:
            return None
        if self.ca is None:
            return await shared.trust_store(None)
        return TrustStore(x509.load_pem_x509_certificates(self.ca))

    def _files(self) -> list[Path]:
        """All that the context is made of."""
        options = self.options
        system = "" if self.ca is not None or options.insecure_skip_verify else self.trusted
        return [Path(file) for file in (options.ca_file, options.cert_file, options.key_file, system) if file]

    def _context(self) -> ssl.SSLContext:
        options = self.options
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.minimum_version = _MINIMUM[options.min_version or _OLDEST][0]
        if options.max_version:
            context.maximum_version = _MINIMUM[options.max_version][0]
        context.verify_flags |= ssl.VERIFY_X509_TRUSTED_FIRST | ssl.VERIFY_X509_PARTIAL_CHAIN
        context.hostname_checks_common_name = False
        if options.min_version in _OLD:
            context.set_ciphers(OLD_CIPHERS)
        if options.insecure_skip_verify:
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
        elif self.ca is not None:
            context.load_verify_locations(cadata=self.ca.decode("ascii", "replace"))
        else:
            context.load_verify_locations(self.trusted)
        if self.cert is not None and self.key is not None:
            _load_own(context, self.cert, self.key)
        return context


async def material(options: TlsConfig) -> Material:
    """Read what the options name, and look whether it can be used. Raises MaterialError."""
    if not any((options.ca, options.ca_file, options.cert, options.cert_file)):
        return Material(options, None, None, None)
    return await asyncio.to_thread(_read, options)


def _read(options: TlsConfig) -> Material:
    ca = _bytes(options.ca, options.ca_file, "ca_file")
    cert = _bytes(options.cert, options.cert_file, "cert_file")
    key = _bytes(options.key.reveal() if options.key is not None else "", options.key_file, "key_file")
    try:
        if ca is not None and not x509.load_pem_x509_certificates(ca):
            raise ValueError
    except ValueError:
        raise MaterialError("the trusted certificates (ca, ca_file) are not in PEM") from None
    if cert is not None and key is not None:
        try:
            _load_own(ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT), cert, key)
        except (OSError, ValueError):
            raise MaterialError("our certificate and its key (cert, key) do not fit or are not in PEM") from None
    return Material(options, ca, cert, key)


def _bytes(text: str, file: str, key: str) -> bytes | None:
    if text:
        return text.encode()
    return read_file(file, key) if file else None


def read_file(file: str, key: str) -> bytes:
    """A small file. Raises MaterialError, naming the key."""
    try:
        with Path(file).open("rb") as opened:
            return opened.read(MOST_BYTES)
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) else "not a path"
        raise MaterialError(f"{key} {file} cannot be read: {why}") from None


async def contents(files: Sequence[tuple[str, str]]) -> list[bytes]:
    """The files of (key, path), read in a thread. Raises MaterialError."""
    if not files:
        return []
    return await asyncio.to_thread(lambda: [read_file(file, key) for key, file in files])


def _load_own(context: ssl.SSLContext, cert: bytes, key: bytes) -> None:
    """Python's ssl takes files only: these are in memory."""
    with _in_memory(cert) as cert_path, _in_memory(key) as key_path:
        context.load_cert_chain(cert_path, key_path, password="")


@contextmanager
def _in_memory(data: bytes) -> Iterator[str]:
    number = os.memfd_create("slamon-tls", os.MFD_CLOEXEC)
    try:
        os.write(number, data)
        yield f"/proc/self/fd/{number}"
    finally:
        os.close(number)
