"""In which zone a customer's days and months are cut, where a date stands alone."""

from datetime import date

from slamon.accounting.zones import date_at
from slamon.catalogue import Catalogue


def zone_of(catalogue: Catalogue, customer: str | None) -> str:
    """That of the first agreement with the customer (None: with anybody), else UTC."""
    agreed = (a.timezone for a in catalogue.agreements.values() if customer in (None, a.customer))
    return next(agreed, "UTC")


def day_of(catalogue: Catalogue, customer: str | None, at: int) -> date:
    """The date that the customer's calendar shows at an instant (ms)."""
    return date_at(zone_of(catalogue, customer), at)
