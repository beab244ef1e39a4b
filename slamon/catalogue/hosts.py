"""Hosts' names, as DNS and TLS know them."""

import ipaddress

import idna

LONGEST_LABEL = 63


def literal(host: str) -> str | None:
    """`host` as an address if it is one, without brackets; None for a name."""
    try:
        return str(ipaddress.ip_address(host.strip("[]")))
    except ValueError:
        return None


def ascii_host(host: str) -> str:
    """The host as DNS knows it; ValueError when there is no such form."""
    address = literal(host)
    if address is not None:
        return address
    if host.isascii():
        if not all(character.isalnum() or character in "-._" for character in host):
            raise ValueError("not a host")
        return host.lower()
    try:
        return idna.encode(host, uts46=True).decode("ascii").lower()
    except UnicodeError:
        raise ValueError("not a host") from None


def askable_host(text: str) -> str:
    """The host as DNS knows it; ValueError for what no name server can be asked for."""
    host = ascii_host(text)
    if literal(host) is None and not all(0 < len(label) <= LONGEST_LABEL for label in host.rstrip(".").split(".")):
        raise ValueError("not a host")
    return host
