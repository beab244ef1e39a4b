"""The newest probes of the reference targets: so many that local faults can be told again after a restart."""

from collections.abc import Mapping, Sequence

from slamon.accounting import Observation, Verdict
from slamon.figures import Figures


class ReferenceTail:
    """Kept per target from the last good probe on that is older than any failure's reach."""

    def __init__(self, figures: Figures, tails: Mapping[str, Sequence[Observation]]) -> None:
        self.reach_ms = 0
        self._tails: dict[str, list[Observation]] = {}
        self.watch(figures, tails)

    def watch(self, figures: Figures, tails: Mapping[str, Sequence[Observation]] | None = None) -> None:
        """Take up the targets of these figures; what is known of those that stay is kept."""
        known = self._tails if tails is None else tails
        self._tails = {target: list(known.get(target, ())) for target in figures.references}
        self.reach_ms = 2 * figures.faults.terms.stale_after_ms if figures.faults is not None else 0

    def tails(self) -> Mapping[str, Sequence[Observation]]:
        """By target, in order of time."""
        return self._tails

    def add(self, observation: Observation) -> None:
        """One more observation; those of checks are passed over."""
        tail = self._tails.get(observation.check)
        if tail is not None:
            tail.append(observation)

    def set_back(self, now: int) -> None:
        """The clock was set back."""
        self._tails = {target: [o for o in tail if o.at <= now] for target, tail in self._tails.items()}

    def forget(self, before: int) -> None:
        """Drop what cannot matter to local faults from `before` on."""
        limit = before - self.reach_ms
        for tail in self._tails.values():
            last = 0
            for place, observation in enumerate(tail):
                if observation.at >= limit:
                    break
                if observation.verdict is not Verdict.DOWN:
                    last = place
            del tail[:last]

    def kept(self, before: int = 1 << 62) -> list[Observation]:
        """All that is kept of before an instant."""
        return [o for tail in self._tails.values() for o in tail if o.at < before]
