"""A file of observations becomes figures as if slamon had seen them itself; every line that is wrong is told."""

import json
from pathlib import Path
from typing import Any

import pytest
from slamon.accounting import Observation, Verdict
from slamon.catalogue import Catalogue, load
from slamon.catalogue.quantities import instant_ms
from slamon.errors import UsageError
from slamon.replay import LONGEST_LINE, Reading, checks_of, read, replayed

START = instant_ms("2026-10-05T00:00:00Z")
MINUTE = 60_000
NEVER = START + 10_000 * MINUTE


@pytest.fixture
def catalogue(tmp_path: Path) -> Catalogue:
    """Two checks with terms of their own, and a reference target."""
    address = {"tcp": {"address": "127.0.0.1:9"}}
    found = {
        "slamon": 1,
        "customers": {"kunde": {"name": "Kunde", "kind": "external"}},
        "defaults": {"interval": "60s", "timeout": "5s", "confirm": 1},
        "services": {
            "shop": {"checks": {"home": address, "cart": address | {"interval": "30s", "stale_after": "90s"}}}
        },
        "agreements": {
            "gold": {"customer": "kunde", "services": ["shop"], "target": "99.9%", "valid_from": "2026-10-05"}
        },
        "reference": {"targets": [address], "interval": "10s", "timeout": "2s"},
    }
    (tmp_path / "slamon.yml").write_text(json.dumps(found))
    return load(tmp_path / "slamon.yml")


def put(folder: Path, *lines: dict[str, Any] | bytes) -> Path:
    path = folder / "seen.jsonl"
    path.write_bytes(b"".join((one if isinstance(one, bytes) else json.dumps(one).encode()) + b"\n" for one in lines))
    return path


def up(minute: float, check: str = "shop/home", **more: Any) -> dict[str, Any]:
    return {"check": check, "at": START + round(minute * MINUTE), "verdict": "up"} | more


def test_an_observation_has_the_terms_of_the_catalogues_check(catalogue: Catalogue, tmp_path: Path) -> None:
    path = put(tmp_path, up(0), up(0, "shop/cart"), up(0, "reference/0"))
    seen = read(path, catalogue, NEVER).observations
    # stale_after: as configured, else 2 x interval + timeout
    assert {check: (o[0].interval_ms, o[0].stale_after_ms) for check, o in seen.items()} == {
        "shop/home": (60_000, 125_000),
        "shop/cart": (30_000, 90_000),
        "reference/0": (10_000, 22_000),
    }


def test_everything_that_a_line_tells_is_read(catalogue: Catalogue, tmp_path: Path) -> None:
    full = up(0, verdict="down", at="2026-10-05T02:00:00.125+02:00", duration_ms=0.25, reason="timeout", retry=True)
    assert read(put(tmp_path, full), catalogue, NEVER).observations["shop/home"] == [
        Observation("shop/home", START + 125, Verdict.DOWN, 60_000, 125_000, 250, "timeout", True)
    ]


def test_an_optional_key_may_be_null(catalogue: Catalogue, tmp_path: Path) -> None:
    seen = read(put(tmp_path, up(0, duration_ms=None, reason=None)), catalogue, NEVER).observations["shop/home"]
    assert (seen[0].duration_us, seen[0].reason, seen[0].retry) == (None, None, False)


def test_what_is_not_newer_than_the_newest_of_its_check_is_rejected_and_counted(
    catalogue: Catalogue, tmp_path: Path
) -> None:
    path = put(tmp_path, up(0), up(2), up(1), up(2), up(1, "shop/cart"), up(3))
    reading = read(path, catalogue, NEVER)
    assert [o.at - START for o in reading.observations["shop/home"]] == [0, 2 * MINUTE, 3 * MINUTE]
    assert [o.at - START for o in reading.observations["shop/cart"]] == [MINUTE], "another check has its own order"
    assert (reading.count, reading.rejected, reading.first_rejected, reading.later) == (4, 2, 3, 0)


def test_observations_at_or_after_the_moment_do_not_exist_yet(catalogue: Catalogue, tmp_path: Path) -> None:
    path = put(tmp_path, up(0), up(1), up(2))
    reading = read(path, catalogue, START + MINUTE)
    assert [o.at for o in reading.observations["shop/home"]] == [START]
    assert (reading.count, reading.later, reading.rejected) == (1, 2, 0)
    assert reading.latest == START + 2 * MINUTE


def test_what_is_to_come_does_not_reject_what_is_past(catalogue: Catalogue, tmp_path: Path) -> None:
    reading = read(put(tmp_path, up(50), up(0)), catalogue, START + MINUTE)
    assert (reading.count, reading.rejected, reading.later) == (1, 0, 1)


def test_replayed_figures_are_those_of_the_same_observations_told_one_by_one(
    catalogue: Catalogue, tmp_path: Path
) -> None:
    lines = [up(i, verdict="down" if i in (10, 11) else "up") for i in range(60)]
    lines += [up(i / 2, "shop/cart") for i in range(120)]
    reading = read(put(tmp_path, *lines), catalogue, NEVER)
    told = replayed(catalogue, Reading())
    for observation in sorted((o for seen in reading.observations.values() for o in seen), key=lambda o: o.at):
        assert told.take(observation)
    now = START + 60 * MINUTE
    figures = list(replayed(catalogue, reading).period_figures(now))
    assert figures == list(told.period_figures(now))
    assert [figure.downtime_ms for figure in figures] == [2 * MINUTE]


def test_failures_of_a_reference_target_are_a_local_fault_of_the_replay(catalogue: Catalogue, tmp_path: Path) -> None:
    lines = [up(i) for i in range(10)] + [up(i, "shop/cart") for i in range(10)]
    failed = up(5, "reference/0", verdict="down")
    figure = next(replayed(catalogue, read(put(tmp_path, *lines, failed), catalogue, NEVER)).period_figures(NEVER))
    assert figure.unknown_ms > 0
    assert figure.downtime_ms == 0


def test_the_progress_of_a_long_file_is_told_in_bytes(catalogue: Catalogue, tmp_path: Path) -> None:
    path = put(tmp_path, *(up(i / 60) for i in range(10_000)))
    told: list[int] = []
    read(path, catalogue, NEVER, told.append)
    assert len(told) > 1
    assert path.stat().st_size - 300_000 < sum(told) <= path.stat().st_size


def test_the_checks_of_a_file_are_those_of_the_catalogue_and_its_reference_targets(catalogue: Catalogue) -> None:
    assert set(checks_of(catalogue)) == {"shop/home", "shop/cart", "reference/0"}


@pytest.mark.parametrize(
    ("bad", "said"),
    [
        (b"\xff\xfe", "bytes that are no UTF-8"),
        (b'{"check": "shop/home",\0}', "a NUL byte"),
        (b'{"check": "' + b"x" * LONGEST_LINE, f"a line of more than {LONGEST_LINE} bytes"),
        (b" " * (LONGEST_LINE + 1), f"a line of more than {LONGEST_LINE} bytes"),
        (b'{"check": "shop/hmoe", "at": 1, "verdict": "up"}', "did you mean 'shop/home'?"),
        (b'{"check": "shop/home", "at": "2026-10-05", "verdict": "up"}', "a time with its offset or Z"),
        (b'{"check": "shop/home", "at": 1, "verdict": "unknown"}', "expected one of up, degraded, down"),
        (b'{"check": "shop/home", "at": 1, "verdict": "up", "duration": 1}', "did you mean 'duration_ms'?"),
    ],
)
def test_a_bad_line_names_its_place_and_shows_a_good_one(
    bad: bytes, said: str, catalogue: Catalogue, tmp_path: Path
) -> None:
    path = put(tmp_path, up(0), b"", bad)
    with pytest.raises(UsageError) as told:
        read(path, catalogue, NEVER)
    assert str(told.value).startswith(f"{path}:3: found ")
    assert said in str(told.value)
    assert 'for example {"check": "shop/home", "at": "2026-10-05T00:00:00Z"' in str(told.value)


def test_an_unknown_check_is_told_which_ones_there_are(tmp_path: Path, catalogue: Catalogue) -> None:
    path = put(tmp_path, up(0, "mail/smtp"))
    with pytest.raises(UsageError, match=r"expected a check of the catalogue \(shop/home, shop/cart, reference/0\)"):
        read(path, catalogue, NEVER)


def test_a_file_that_is_not_there_is_told(tmp_path: Path, catalogue: Catalogue) -> None:
    with pytest.raises(UsageError, match=r"nowhere\.jsonl cannot be read: No such file"):
        read(tmp_path / "nowhere.jsonl", catalogue, NEVER)
