"""What a catalogue says of the register: who has to agree to a correction, and who may send complaints in."""

from enum import StrEnum
from typing import Self

from pydantic import Field, model_validator

from slamon.catalogue.base import Identifier, Model, mistaken
from slamon.catalogue.kinds.heartbeat import Digest, Token


class Approval(StrEnum):
    """Whether a correction counts at once, or when a second person has approved it."""

    NONE = "none"
    REQUIRED = "required"


class Sender(Model):
    """A program that posts complaints, such as a mail gateway."""

    token: Token | None = None
    """What it names itself by: a secret of 128 bits or more; kept as its SHA-256 alone."""
    token_sha256: Digest | None = None
    """The SHA-256 of the token in hexadecimal, instead of `token`: then the catalogue has no secret."""
    customers: tuple[str, ...] = ()
    """Whose complaints it may post, by id; default: everybody's."""

    @model_validator(mode="after")
    def _one_token(self) -> Self:
        if (self.token is None) == (self.token_sha256 is None):
            raise mistaken("no token, or both", "one of token and token_sha256", "token")
        return self

    @property
    def digest(self) -> str:
        """The token's SHA-256 in hexadecimal."""
        return self.token_sha256 or (self.token.reveal() if self.token is not None else "")


class Registering(Model):
    """How people enter what they enter."""

    approval: Approval = Approval.NONE
    """`required`: a correction entered from now on counts only once another person than its author approved it."""
    senders: dict[Identifier, Sender] = Field(default_factory=dict)
    """Programs that post complaints to `/api/complaints`, by id: the author of what they post."""

    @model_validator(mode="after")
    def _apart(self) -> Self:
        names: dict[str, str] = {}
        for name, sender in self.senders.items():
            if sender.digest in names:
                raise mistaken(f"the token of {names[sender.digest]}", "a token of its own", "senders", name, "token")
            names[sender.digest] = name
        return self

    def sender(self, digest: str) -> str | None:
        """Who has the token of a SHA-256."""
        return next((name for name, sender in self.senders.items() if sender.digest == digest), None)
