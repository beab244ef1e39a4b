"""Which names a certificate is for (RFC 9525): alternative names only; `*` stands for one whole leftmost label."""

from slamon.catalogue.hosts import literal
from slamon.probes.evidence import Certificate


def bears(certificate: Certificate, name: str) -> bool:
    """Whether it is for that name or address. A name with `*` is looked for as it is written."""
    address = literal(name)
    if address is not None:
        return str(address).partition("%")[0] in certificate.addresses
    wanted = name.rstrip(".").lower()
    _, dot, rest = wanted.partition(".")
    accepted = {wanted, f"*{dot}{rest}"} if dot and not wanted.startswith("*") else {wanted}
    return any(found.rstrip(".").lower() in accepted for found in certificate.dns_names)
