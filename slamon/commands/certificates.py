"""The certificates of a TLS handshake for people and programs: names, issuer, end, days left."""

from typing import Any

from slamon.commands import tables
from slamon.probes.course import DAY_S, Mask
from slamon.probes.evidence import Certificate, TlsEvidence

_MOST_CERTIFICATES = 10
_MOST_NAMES = 8
_SHOWN = Mask(())


def certificates(found: TlsEvidence, now_s: float) -> list[list[tables.Cell]]:
    """Rows about the chain as verified, or as sent where it was not; a stranger's words are cut and printable."""
    kind = "chain" if found.verified else "sent, not verified"
    rows: list[list[tables.Cell]] = []
    for number, one in enumerate(found.chain[:_MOST_CERTIFICATES], 1):
        rows.append([f"{kind} {number}", _SHOWN.shown(one.subject) or "(no subject)"])
        names = [*one.dns_names, *one.addresses]
        if names:
            rows.append(["  names", _names(names)])
        rows.append(["  issuer", _SHOWN.shown(one.issuer)])
        rows.append(["  ends", f"{tables.moment(one.not_after * 1000)}, {_left(one, now_s)}"])
        rows.append(["  sha-256", one.fingerprint])
    more = len(found.chain) - _MOST_CERTIFICATES
    return rows + ([["", f"and {more} more"]] if more > 0 else [])


def _names(names: list[str]) -> str:
    shown = ", ".join(_SHOWN.shown(name) for name in names[:_MOST_NAMES])
    more = len(names) - _MOST_NAMES
    return f"{shown} and {more} more" if more > 0 else shown


def _left(one: Certificate, now_s: float) -> str:
    if now_s < one.not_before:
        return "not valid yet"
    days = int((one.not_after - now_s) // DAY_S)
    return f"{days} days left" if days >= 0 else "expired"


def tls_values(found: TlsEvidence) -> dict[str, Any]:
    """All of it, but for the certificates themselves. Moments are Unix seconds."""
    return {
        "version": found.version,
        "cipher": found.cipher,
        "bits": found.bits,
        "alpn": found.alpn,
        "stapled": found.staple is not None,
        "sent": [_values(one) for one in found.sent],
        "verified": [_values(one) for one in found.verified],
    }


def _values(one: Certificate) -> dict[str, Any]:
    return {
        "subject": one.subject,
        "issuer": one.issuer,
        "serial": f"{one.serial:x}",
        "dns_names": list(one.dns_names),
        "addresses": list(one.addresses),
        "not_before": one.not_before,
        "not_after": one.not_after,
        "fingerprint": one.fingerprint,
        "key_fingerprint": one.key_fingerprint,
    }
