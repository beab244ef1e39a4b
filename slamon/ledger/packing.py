"""Facts as compact columns: observations as JSON arrays, histograms as varints."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence

from slamon.accounting import Observation, Verdict

_VERDICTS = tuple(Verdict)
_NUMBER = {verdict: number for number, verdict in enumerate(_VERDICTS)}


def pack_observations(observations: Iterable[Observation], key_of: Callable[[str], int]) -> str:
    """One JSON array an observation: check key, at, verdict, interval, stale after, duration, retry, reason."""
    rows = [
        (
            key_of(o.check),
            o.at,
            _NUMBER[o.verdict],
            o.interval_ms,
            o.stale_after_ms,
            o.duration_us,
            int(o.retry),
            o.reason,
        )
        for o in observations
    ]
    return json.dumps(rows, separators=(",", ":"), check_circular=False)


def unpack_observations(body: str, names: Mapping[int, str]) -> list[Observation]:
    """The reverse; ValueError or KeyError where the text is not of that form."""
    return [
        Observation(names[key], at, _VERDICTS[verdict], interval, stale, duration, reason, bool(retry))
        for key, at, verdict, interval, stale, duration, retry, reason in json.loads(body)
    ]


def pack_counts(counts: Mapping[int, int]) -> bytes:
    """Non-negative counts by non-negative number, the numbers as differences, all as varints."""
    out = bytearray()
    before = 0
    for number in sorted(counts):
        for value in (number - before, counts[number]):
            while value > 0x7F:
                out.append(value & 0x7F | 0x80)
                value >>= 7
            out.append(value)
        before = number
    return bytes(out)


def unpack_counts(packed: bytes) -> dict[int, int]:
    """The reverse."""
    values: list[int] = []
    value = shift = 0
    for byte in packed:
        value |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            values.append(value)
            value = shift = 0
    return _paired(values)


def _paired(values: Sequence[int]) -> dict[int, int]:
    counts = {}
    number = 0
    for difference, count in zip(values[::2], values[1::2], strict=True):
        number += difference
        counts[number] = count
    return counts
