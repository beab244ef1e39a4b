"""OpenSSH's file of known hosts: which keys a host may have. Authorities of certificates are passed over."""

import base64
import binascii
import fnmatch
import hashlib
import hmac
import re
from dataclasses import dataclass
from pathlib import Path

from slamon.probes.outcome import ProbeNotRunError
from slamon.probes.ssh_keys import HostKey

MOST_BYTES = 16 * 2**20
SSH_PORT = 22


@dataclass(frozen=True, slots=True)
class Line:
    """One line: whom it is about, whether its key is revoked, the key."""

    hosts: str
    revoked: bool
    key: HostKey


class KnownHosts:
    """The lines of a file."""

    def __init__(self, lines: tuple[Line, ...]) -> None:
        self._lines = lines

    @classmethod
    def read(cls, path: Path) -> "KnownHosts":
        """ProbeNotRunError when the file cannot be read; lines that are none are passed over, as OpenSSH does."""
        try:
            with path.open("rb") as file:
                text = file.read(MOST_BYTES)
        except OSError as error:
            raise ProbeNotRunError(f"known_hosts cannot be read: {error.strerror}") from None
        found = (_line(line) for line in text.decode("utf-8", "replace").splitlines())
        return cls(tuple(line for line in found if line is not None))

    def keys(self, host: str, port: int) -> tuple[frozenset[HostKey], frozenset[HostKey]]:
        """The host's keys, and those that are revoked for it."""
        name = host if port == SSH_PORT else f"[{host}]:{port}"
        about = [line for line in self._lines if _is_about(line.hosts, name)]
        good = frozenset(line.key for line in about if not line.revoked)
        return good, frozenset(line.key for line in about if line.revoked)


def _line(text: str) -> Line | None:
    words = text.split()
    if not words or words[0].startswith("#"):
        return None
    marker = words.pop(0) if words[0].startswith("@") else ""
    if len(words) < 3 or marker not in ("", "@revoked"):
        return None
    try:
        blob = base64.b64decode(words[2], validate=True)
        key = HostKey(blob)
        return Line(words[0], marker == "@revoked", key) if key.format == words[1] else None
    except (binascii.Error, ValueError):
        return None


def _is_about(hosts: str, name: str) -> bool:
    if hosts.startswith("|1|"):
        return _is_hash(hosts, name)
    matched = False
    for pattern in hosts.lower().split(","):
        if _fits(pattern.removeprefix("!"), name.lower()):
            if pattern.startswith("!"):
                return False
            matched = True
    return matched


def _fits(pattern: str, name: str) -> bool:
    """`*` and `?` stand for anything; brackets for themselves."""
    return fnmatch.fnmatchcase(name, re.sub(r"\[", "[[]", pattern))


def _is_hash(hosts: str, name: str) -> bool:
    try:
        _, _, salt, digest = hosts.split("|")
        wanted = base64.b64decode(digest, validate=True)
        found = hmac.new(base64.b64decode(salt, validate=True), name.encode(), hashlib.sha1).digest()
    except (binascii.Error, ValueError):
        return False
    return hmac.compare_digest(found, wanted)
