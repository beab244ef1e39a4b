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


RUN = 0.97
"""So many of the probes that are due must be run."""
NOISE = 1.5
"""Two measurements of the same differ by so much at the most, or by `NOISE_S`."""
NOISE_S = 0.005


def goals(results: dict[str, Any]) -> list[Goal]:
    """The goals of what was measured."""
    found = _plain(results["comparison"]) if "comparison" in results else []
    for name, compared in results.get("kinds", {}).items():
        found += _kind(name, compared)
    found += _hung(results["hung"]) if "hung" in results else []
    found += _reports(results["reports"]) if "reports" in results else []
    return found + (_desk(results["desk"]) if "desk" in results else [])


def _plain(comparison: dict[str, Any]) -> list[Goal]:
    """Of 1,000 plain http checks every 2 s; ratios of CPU per probe are to the peers and to bare libcurl."""
    own, peers, floor = (comparison[name]["cpu_us_per_probe"] for name in ("slamon", "peers", "floor"))
    slamon = comparison["slamon"]
    return [
        Goal("CPU per probe, of the peers'", own / peers if own and peers else None, 0.25, ""),
        Goal("start lateness p99", slamon["lateness_s"]["p99"], 0.05, "s"),
        Goal("event loop held p99, while it is scraped", slamon["loop_delay_s"]["p99"], 0.02, "s"),
        Goal("probes run", slamon["probes_run_ratio"], RUN, "", at_least=True),
        Goal("resident memory", slamon["memory_bytes"]["slamon"]["rss"] / 1e6, 150.0, "MB"),
    ] + ([Goal("CPU per probe, of bare libcurl's (an aim)", own / floor, 3.0, "")] if own and floor else [])


def _kind(name: str, compared: dict[str, Any]) -> list[Goal]:
    """Of checks of one kind."""
    own, peers = (compared[system]["cpu_us_per_probe"] for system in ("slamon", "peers"))
    return [
        Goal(f"CPU per probe of {name}, of the peers'", own / peers if own and peers else None, 1.0, ""),
        Goal(f"probes run of {name}", compared["slamon"]["probes_run_ratio"], RUN, "", at_least=True),
        Goal(f"checks of {name} that are not up, of both", sum(run["not_up"] for run in compared.values()), 0, ""),
    ]


def _hung(runs: dict[str, Any]) -> list[Goal]:
    """Of http checks beside hung ones: as evenly probed as without them, within noise, and not begun late."""
    uneven = {name: run["gap_deviation_s"].get("p99") for name, run in runs.items()}
    usual = max((value for name, value in uneven.items() if name != "hung" and value is not None), default=None)
    limit = 0.0 if usual is None else max(usual * NOISE, usual + NOISE_S)
    return [
        Goal("http's lateness p99 beside hung checks (limit: without them, and noise)", uneven["hung"], limit, "s"),
        Goal("start lateness p99 beside hung checks", runs["hung"]["lateness_s"]["p99"], 0.05, "s"),
        Goal("http probes run beside hung checks", runs["hung"]["probes_run_ratio"], RUN, "", at_least=True),
    ]


def _reports(run: dict[str, Any]) -> list[Goal]:
    """Of a year of 200 agreements with 5 services each, in all formats, beside a running slamon."""
    return [
        Goal("a year of reports", run["seconds"], 60.0, "s"),
        Goal("memory of the reports, all processes", run["peak_bytes"] / 1e6, 500.0, "MB"),
        Goal("start lateness p99 beside reports", run["lateness_beside_s"]["p99"], 0.05, "s"),
    ]


def _desk(run: dict[str, Any]) -> list[Goal]:
    """Of a register of 10,000 entries, and more coming in."""
    return [
        Goal("event loop held p99, with a full register", run["loop_delay_s"]["p99"], 0.02, "s"),
        Goal("start lateness p99, with a full register", run["lateness_s"]["p99"], 0.05, "s"),
        Goal("entries of the register that are not told", run["entries"] - run["scores"] - run["told"], 0, ""),
    ]


def reached(all_goals: list[Goal]) -> bool:
    """Whether every goal was met; aims do not count."""
    return all(goal.met for goal in all_goals if not goal.name.endswith("(an aim)"))
