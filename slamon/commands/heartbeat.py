"""`slamon heartbeat`: tokens of jobs."""

import secrets

import typer

from slamon.catalogue.kinds.heartbeat import digest_of

TOKEN_BYTES = 24


def token() -> int:
    """Print a new token of 192 random bits, and its SHA-256, as a catalogue takes them."""
    made = secrets.token_urlsafe(TOKEN_BYTES)
    typer.echo(f"token: {made}\ntoken_sha256: {digest_of(made)}")
    return 0
