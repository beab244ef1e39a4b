"""What tests with the whole system share."""

from tests.integration.ledger.conftest import mounted

__all__ = ["mounted"]
