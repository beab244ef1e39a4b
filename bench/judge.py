"""What is to be reached, and whether it was."""

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Goal:
    """A measured value and its limit; `at_least` says which side is good."""

    name: str
    measured: float | None
    limit: float
    unit: str
    at_least: bool = False

    @property
    def met(self) -> bool:
        """Whether it was reached; what could not be measured was not."""
        if self.measured is None:
            return False
        return self.measured >= self.limit if self.at_least else self.measured <= self.limit

    def as_json(self) -> dict[str, Any]:
        """With the answer."""
        return asdict(self) | {"met": self.met}


def goals(comparison: dict[str, Any]) -> list[Goal]:
    """The goals of 1,000 plain http checks every 2 s; ratios of CPU per probe are to the peers and to bare libcurl."""
    own, peers, floor = (comparison[name]["cpu_us_per_probe"] for name in ("slamon", "peers", "floor"))
    slamon = comparison["slamon"]
    return [
        Goal("CPU per probe, of the peers'", own / peers if own and peers else None, 0.25, ""),
        Goal("start lateness p99", slamon["lateness_s"]["p99"], 0.05, "s"),
        Goal("event loop held p99, while it is scraped", slamon["loop_delay_s"]["p99"], 0.02, "s"),
        Goal("probes run", slamon["probes_run_ratio"], 0.97, "", at_least=True),
        Goal("resident memory", slamon["memory_bytes"]["slamon"]["rss"] / 1e6, 150.0, "MB"),
    ] + ([Goal("CPU per probe, of bare libcurl's (an aim)", own / floor, 3.0, "")] if own and floor else [])


def reached(all_goals: list[Goal]) -> bool:
    """Whether every goal was met; aims do not count."""
    return all(goal.met for goal in all_goals if not goal.name.endswith("(an aim)"))
