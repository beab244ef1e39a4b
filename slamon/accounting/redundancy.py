"""What one more component would have brought: a replica beside a service's checks, failing as often as they do.

ASSUMED, not measured: the replica fails independently of everything else, and switching over takes no time. What the
checks there are had in common stays in, for their own failures are taken as they were.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from slamon.accounting.figure import Figure


@dataclass(frozen=True, slots=True)
class Replica:
    """A figure with one more component. `helped_ms`: downtime in which one more component up would have been enough.

    `expected_ms`: the downtime to be expected with it; `availability`: of the same known time; None without a figure.
    """

    figure: Figure
    failing: Fraction
    helped_ms: int
    expected_ms: Fraction
    availability: Fraction | None


def failing(checks: Iterable[Figure]) -> Fraction | None:
    """Which part of their known time the checks were down, all taken together; None where nothing is known."""
    found = list(checks)
    known = sum(figure.known_ms for figure in found)
    return Fraction(sum(figure.downtime_ms for figure in found), known) if known else None


def with_replica(agreed: Figure, one_less: Figure, failing_: Fraction) -> Replica:
    """The figure with a replica that is down `failing_` of the time.

    `one_less`: the same figure had the service needed one component less. With k needed, what is down with k - 1
    needed is down whatever a replica does; the rest of the downtime only while the replica is down too:
    expected = D(k - 1) + q (D(k) - D(k - 1)).
    """
    helped = max(agreed.downtime_ms - one_less.downtime_ms, 0)
    expected = agreed.downtime_ms - (1 - failing_) * helped
    availability = None
    if agreed.availability is not None:
        availability = (agreed.known_ms - expected) / agreed.known_ms
    return Replica(agreed, failing_, helped, expected, availability)
