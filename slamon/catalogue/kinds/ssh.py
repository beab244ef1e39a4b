"""The options of an ssh probe."""

import re
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema, model_validator

from slamon.catalogue.addresses import Address
from slamon.catalogue.base import Model, Options, Pattern, Patterns, Truth, mistaken
from slamon.catalogue.probe_options import Family, IpFamily, Resolver
from slamon.catalogue.quantities import PositiveMs

_FINGERPRINT = re.compile(r"SHA256:[A-Za-z0-9+/]{43}")


def _fingerprint(value: str) -> str:
    if not _FINGERPRINT.fullmatch(value):
        raise ValueError("a fingerprint as ssh-keygen -l shows it: SHA256: and 43 characters")
    return value


def _listed(value: object) -> object:
    return [value] if isinstance(value, str) else value


Fingerprint = Annotated[str, AfterValidator(_fingerprint)]
Fingerprints = Annotated[
    tuple[Fingerprint, ...],
    BeforeValidator(_listed),
    WithJsonSchema({"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}),
]
"""One fingerprint or a list of them."""


class SshExpect(Model):
    """What makes an ssh probe up; every one must hold."""

    banner: Pattern | None = None
    """A regular expression (RE2) that the server's identification must match, for example `^SSH-2.0-OpenSSH_`."""
    host_key: Fingerprints = ()
    """Fingerprints as `ssh-keygen -l` shows them, `SHA256:...`, one of which the host key must have."""
    not_offered: Patterns = ()
    """Regular expressions (RE2), none of which may match an algorithm that the server offers, for example `-cbc$`."""
    degraded_over: PositiveMs | None = None
    """Degraded when the probe took longer."""


class SshOptions(Options):
    """An ssh probe: identification, key exchange, and the proof that the server has its host key; no login."""

    address: Address
    """`host:port`, IPv6 in brackets."""
    key_exchange: Truth = True
    """Exchange keys and verify the host key; `false`: the server's identification is enough."""
    known_hosts: Path | None = None
    """A file as OpenSSH keeps it, which must have the host key; a changed file counts at once."""
    host_key_type: Literal["ed25519", "ecdsa", "rsa"] | None = None
    """Which of its host keys the server is asked for; default: those of `known_hosts`, else any, ed25519 first."""
    ip_family: Family = IpFamily.ANY
    """`4`, `6`, `any` (the first to answer), or `both` (each family must answer, as two probes beside each other)."""
    resolver: Resolver = Resolver.ARES
    """Who resolves names: `ares` (hosts file and name servers), or `system` (all that the system is set up for)."""
    expect: SshExpect = Field(default_factory=SshExpect)
    """What makes it up; everything must hold."""

    @model_validator(mode="after")
    def _needs_the_exchange(self) -> Self:
        if not self.key_exchange:
            for key, given in (("known_hosts", self.known_hosts), ("host_key_type", self.host_key_type)):
                if given is not None:
                    raise mistaken("it without a key exchange", "key_exchange: true, which shows the host key", key)
            for key, wanted in (("host_key", self.expect.host_key), ("not_offered", self.expect.not_offered)):
                if wanted:
                    raise mistaken("it without a key exchange", "key_exchange: true", "expect", key)
        return self

    @property
    def target(self) -> str:
        """The probed address as labels and pages show it."""
        return self.address
