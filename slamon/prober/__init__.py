"""When to probe: slots, deadlines, concurrency, retries, and what the clocks do meanwhile."""

from slamon.prober.planned import Component, Delivery, Metrics, Planned
from slamon.prober.prober import DEFAULT_LIMIT, Prober

__all__ = ["DEFAULT_LIMIT", "Component", "Delivery", "Metrics", "Planned", "Prober"]
