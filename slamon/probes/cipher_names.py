"""Ciphers by the names of the standards, made of OpenSSL's: what Go, and so blackbox_exporter, calls them."""

_EXCHANGES = {"": "RSA", "ADH": "DH_anon", "AECDH": "ECDH_anon", "ECDHE": "ECDHE_RSA"}
_PARTS = frozenset({"ECDHE", "DHE", "RSA", "ECDSA", "DSS", "PSK", "ADH", "AECDH", "SRP"})
_MODES = {"CBC": "CBC", "GCM": "GCM", "CCM": "CCM", "CCM8": "CCM_8"}
_ODD = {f"DHE-PSK-AES{size}-CCM8": f"TLS_PSK_DHE_WITH_AES_{size}_CCM_8" for size in (128, 256)}
"""RFC 6655 turns these two round."""

_ALIASES = {"DES-CBC3-SHA": "3DES_EDE_CBC_SHA", "3DES-EDE-CBC-SHA": "3DES_EDE_CBC_SHA", "NULL-MD5": "NULL_MD5"}


def standard_name(cipher: str) -> str:
    """`ECDHE-RSA-AES128-GCM-SHA256` as `TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256`; those of TLS 1.3 have it already."""
    if not cipher or cipher.startswith("TLS_"):
        return cipher
    if cipher in _ODD:
        return _ODD[cipher]
    parts = cipher.split("-")
    begin = next((at for at, part in enumerate(parts) if part not in _PARTS), len(parts))
    exchange = _exchange(parts[:begin])
    return f"TLS_{exchange}_WITH_{_encryption(parts[begin:])}"


def _exchange(parts: list[str]) -> str:
    if parts[:1] == ["SRP"]:
        return "_".join(["SRP_SHA", *parts[1:]])
    return _EXCHANGES.get("-".join(parts), "_".join(parts))


def _encryption(parts: list[str]) -> str:
    whole = "-".join(parts)
    if whole in _ALIASES:
        return _ALIASES[whole]
    if parts[:1] == ["CHACHA20"]:
        return "CHACHA20_POLY1305_SHA256"
    algorithm, *rest = parts or [""]
    for family in ("AES", "CAMELLIA", "ARIA"):
        if algorithm.startswith(family) and algorithm != family:
            size = algorithm.removeprefix(family)
            mode = _MODES.get(rest[0], "") if rest else ""
            digest = rest[1:] if mode else rest
            return "_".join([family, size, mode or "CBC", *digest])
    return "_".join(parts)
