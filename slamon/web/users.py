"""Users with bcrypt passwords. The hashes are slow on purpose: they are computed in a thread, one at a time."""

import asyncio
import base64
import binascii
import hashlib
import secrets
from collections import OrderedDict
from collections.abc import Mapping

import bcrypt

from slamon.catalogue.secret import Secret

_REMEMBERED = 256
_WAITING = 64
_LONGEST_PASSWORD = 72
_NOBODY = "vjDdpGDxAUhzbNfXbM0xKO0Zy9q5v9nB8YcD2kqZ1mJ6h3yQwTz5W"


class TooBusyError(Exception):
    """More sign-ins wait than is sane."""


class Users:
    """Checks name and password; remembers the answers by digest, so that a scrape costs a hash only once.

    Right and wrong answers are remembered apart: guessing does not push out those who know.
    """

    def __init__(self) -> None:
        self._key = secrets.token_bytes(32)
        self._right: OrderedDict[bytes, None] = OrderedDict()
        self._wrong: OrderedDict[bytes, None] = OrderedDict()
        self._one = asyncio.Lock()
        self._waiting = 0

    async def known(self, users: Mapping[str, Secret], header: str) -> str | None:
        """The user whom an Authorization header proves; None when it does not. TooBusyError under a flood."""
        name, password = _credentials(header)
        if name is None:
            return None
        hashed = users[name].reveal() if name in users else _of_nobody(users)
        right = await self._right_one(hashed, password, self._digest(name, password, hashed))
        return name if right and name in users else None

    async def _right_one(self, hashed: str, password: bytes, digest: bytes) -> bool:
        if (found := self._remembered(digest)) is not None:
            return found
        if self._waiting >= _WAITING:
            raise TooBusyError
        self._waiting += 1
        try:
            async with self._one:
                if (found := self._remembered(digest)) is None:
                    found = await asyncio.to_thread(_matches, password, hashed.encode())
                    self._remember(digest, right=found)
        finally:
            self._waiting -= 1
        return found

    def _remembered(self, digest: bytes) -> bool | None:
        for answers, right in ((self._right, True), (self._wrong, False)):
            if digest in answers:
                answers.move_to_end(digest)
                return right
        return None

    def _remember(self, digest: bytes, *, right: bool) -> None:
        answers = self._right if right else self._wrong
        answers[digest] = None
        if len(answers) > _REMEMBERED:
            answers.popitem(last=False)

    def _digest(self, name: str, password: bytes, hashed: str) -> bytes:
        digest = hashlib.blake2b(key=self._key)
        for part in (name.encode(), password, hashed.encode()):
            digest.update(len(part).to_bytes(8, "big") + part)
        return digest.digest()


def _credentials(header: str) -> tuple[str | None, bytes]:
    scheme, _, encoded = header.partition(" ")
    if scheme.lower() != "basic":
        return None, b""
    try:
        name, colon, password = base64.b64decode(encoded.strip(), validate=True).partition(b":")
        return (name.decode(), password) if colon else (None, b"")
    except (binascii.Error, ValueError):
        return None, b""


def _of_nobody(users: Mapping[str, Secret]) -> str:
    """A hash that takes as long as the slowest of the users': who is not known is not told by the time it takes."""
    cost = max((user.reveal()[4:6] for user in users.values()), default="10")
    return f"$2b${cost}${_NOBODY}"


def _matches(password: bytes, hashed: bytes) -> bool:
    """bcrypt reads 72 bytes of a password, as htpasswd does."""
    try:
        return bcrypt.checkpw(password[:_LONGEST_PASSWORD], hashed)
    except ValueError:
        return False
