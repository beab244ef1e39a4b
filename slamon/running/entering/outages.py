"""The outage that somebody means: by its begin, or by any moment inside it."""

from datetime import UTC, datetime, timedelta

from slamon.errors import UsageError
from slamon.running.entering.ground import Ground, must_be_service, must_not_be_ahead
from slamon.running.stored import figures_of
from slamon.shown import instant_text

_NEAR_MS = 86_400_000


def outage_at(ground: Ground, service: str, at: int) -> int:
    """When the confirmed outage of a service began that was at an instant (both ms), from what is stored.

    UsageError where there was none; it names those of the day around.
    """
    must_be_service(ground.catalogue, service)
    must_not_be_ahead("the outage", at, ground.now)
    day = datetime.fromtimestamp(at / 1000, UTC).date()
    period = f"{day}/{day + timedelta(days=1)}"
    figures, _ = figures_of(ground.catalogue, ground.ledger, period, ground.now, running=ground.running)
    found = figures.book.service_outages(service, ground.now)
    inside = next((span for span in found if span.start <= at < span.end), None)
    if inside is not None:
        return inside.start
    near = [span for span in found if span.start - _NEAR_MS < at < span.end + _NEAR_MS]
    told = ", ".join(f"{instant_text(span.start)} to {instant_text(span.end)}" for span in near[:5])
    raise UsageError(
        f"{service} had no outage at {instant_text(at)}; "
        + (f"within a day of it: {told}" if told else "nor within a day of it")
    )
