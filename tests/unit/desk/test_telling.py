"""What is told of a reconciliation is told in the reader's language."""

import pytest
from slamon.accounting import Cause
from slamon.desk.sighting import Seen, Sight
from slamon.desk.telling import LANGUAGES, sight_text


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("cause", list(Cause))
def test_why_nobody_looked_is_said_in_words(cause: Cause, language: str) -> None:
    told = sight_text(Seen(Sight.UNKNOWN, "shop", 0, 60_000, 60_000, reason=cause.value), language)
    reason = told.partition(" (")[2].removesuffix(")")
    assert len(reason.split()) > 1


def test_in_german() -> None:
    seen = Seen(Sight.UNKNOWN, "shop", 0, 60_000, 60_000, reason="stopped")
    assert sight_text(seen, "de") == "shop wurde nicht beobachtet (slamon war angehalten)"
