"""Whom services are for, who provides them, and who looks after them."""

from enum import StrEnum

from slamon.catalogue.addresses import Email
from slamon.catalogue.base import Model, Name


class CustomerKind(StrEnum):
    """Whose customer it is."""

    INTERNAL = "internal"
    EXTERNAL = "external"


class Customer(Model):
    """Whom an agreement is with."""

    name: Name
    """As people read it."""
    kind: CustomerKind
    """In the house, or outside of it."""
    address: Name | None = None
    """Where it has its seat, on one line; stands in agreements."""


class Organisation(Model):
    """Who we are: the provider of service level agreements, the customer of suppliers."""

    name: Name
    """As people read it."""
    address: Name | None = None
    """Where it has its seat, on one line; stands in agreements."""
    email: Email | None = None
    """Where it is reached about agreements."""


class Supplier(Model):
    """Whom we buy from: the provider of underpinning contracts (`kind: uc`)."""

    name: Name
    """As people read it."""
    address: Name | None = None
    """Where it has its seat, on one line; stands in agreements."""
    email: Email | None = None
    """Where it is reached about agreements."""


class Team(Model):
    """Who looks after a service."""

    name: Name
    """As people read it."""
    email: Email | None = None
    """Where the team is reached."""
