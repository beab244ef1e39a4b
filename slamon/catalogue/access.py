"""How somebody else's interface is reached over http: address, credentials, patience."""

from typing import Self

from pydantic import model_validator

from slamon.catalogue.addresses import OneLine, Url
from slamon.catalogue.base import Model, mistaken
from slamon.catalogue.quantities import PositiveMs


class HttpAccess(Model):
    """Where something is asked for, and as whom."""

    url: Url
    """Where it is."""
    timeout: PositiveMs = 10_000
    """The most that asking may take."""
    username: str | None = None
    """User for basic authentication."""
    password: OneLine | None = None
    """Its password; may be a secret."""
    bearer: OneLine | None = None
    """A bearer token; may be a secret; instead of `username`."""
    ca_file: str | None = None
    """Trusted authorities in PEM; default: those of the system."""

    @model_validator(mode="after")
    def _one_way_in(self) -> Self:
        if self.bearer is not None and self.username is not None:
            raise mistaken("bearer and username", "one of them", "bearer")
        if (self.username is None) != (self.password is None):
            raise mistaken("one of username and password", "both", "username")
        return self
