"""What a job's reports say until the next one: rules of ACCOUNTING.md 1.5, in minutes on a line of time."""

from collections.abc import Sequence

import pytest
from slamon.accounting import Blind, Cause, Run, Verdict
from slamon.accounting.heartbeats import FOREVER_MS, LATE, TOO_LONG, Reported, Schedule, Step, next_step, unseen_of

MINUTE = 60_000
HOURLY = Schedule(grace_ms=10 * MINUTE, every_ms=60 * MINUTE)
LIMITED = Schedule(grace_ms=10 * MINUTE, every_ms=60 * MINUTE, max_runtime_ms=30 * MINUTE)


def reported(at: int, verdict: Verdict = Verdict.UP, vouches: int = 70, reason: str | None = None) -> Run:
    stale = vouches * MINUTE if verdict is Verdict.UP else FOREVER_MS
    return Run("s/job", at * MINUTE, at * MINUTE, None, verdict, 1, stale, stale, reason)


def step(
    newest: Run | None,
    *blinds: tuple[int, int] | tuple[int, int, Cause],
    ended: int | None = 0,
    started: int | None = None,
    schedule: Schedule = HOURLY,
) -> tuple[int, str, str | None, bool] | None:
    job = Reported(newest, None if ended is None else ended * MINUTE, None if started is None else started * MINUTE)
    found = next_step(schedule, job, unseen_of(_blinds(blinds)))
    return None if found is None else _in_minutes(found)


def _blinds(blinds: Sequence[tuple[int, int] | tuple[int, int, Cause]]) -> list[Blind]:
    return [Blind(b[0] * MINUTE, b[1] * MINUTE, b[2] if len(b) == 3 else Cause.STOPPED) for b in blinds]


def _in_minutes(found: Step) -> tuple[int, str, str | None, bool]:
    return -(-found.at // MINUTE), found.verdict.value, found.reason, found.again


def test_late_is_down_from_the_moment_it_was_due_plus_grace() -> None:
    assert step(reported(0)) == (70, "down", LATE, False)


def test_without_a_report_nothing_is_due() -> None:
    assert step(None, ended=None) is None


def test_what_was_known_of_a_check_of_another_kind_says_nothing_of_the_job() -> None:
    assert step(reported(0), ended=None) is None
    assert step(reported(0, Verdict.DOWN, reason="refused"), (5, 6), ended=None) is None


def test_a_failure_lasts_until_the_next_report() -> None:
    assert step(reported(0, Verdict.DOWN, reason="job_failed")) is None


@pytest.mark.parametrize("stop", [(10, 11), (30, 49), (0, 50), (49, 50)])
def test_a_stop_while_no_report_was_expected_changes_nothing(stop: tuple[int, int]) -> None:
    assert step(reported(0), stop) == (stop[1], "up", None, True)  # it goes on to vouch after the stop,
    assert step(reported(stop[1], vouches=70 - stop[1]), stop) == (70, "down", LATE, False)  # until the same moment


@pytest.mark.parametrize("stop", [(51, 52), (40, 51), (65, 69), (69, 71), (60, 100), (5, 100)])
def test_a_stop_while_a_report_was_expected_may_have_swallowed_it(stop: tuple[int, int]) -> None:
    """It is late for certain an hour and ten minutes after the last moment at which it could not be received."""
    at = stop[1]
    newest = reported(0)
    if at < 70:
        assert step(newest, stop) == (at, "up", None, True)
        newest = reported(at, vouches=70 - at)
    assert step(newest, stop) == (at + 70, "down", LATE, False)


def test_what_vouches_after_a_stop_ends_when_it_would_have_ended() -> None:
    found = next_step(HOURLY, Reported(reported(0), 0, None), unseen_of(_blinds([(51, 52)])))
    assert found == Step(52 * MINUTE, Verdict.UP, None, 18 * MINUTE, again=True)


def test_stops_upon_stops_put_it_off_only_where_a_report_was_expected() -> None:
    # 51-52: expected; late again at 52 + 70 = 122, expected from 102 on; 80-81 does not matter, 110-111 does
    assert step(reported(52, vouches=18), (51, 52), (80, 81)) == (122, "down", LATE, False)
    assert step(reported(52, vouches=18), (51, 52), (110, 111)) == (181, "down", LATE, False)


def test_the_time_before_a_report_is_none_in_which_the_next_was_expected() -> None:
    long_grace = Schedule(grace_ms=60 * MINUTE, every_ms=60 * MINUTE)
    newest = reported(100, vouches=120)
    assert step(newest, (98, 99), ended=100, schedule=long_grace) == (220, "down", LATE, False)
    assert step(reported(103, vouches=117), (101, 103), ended=100, schedule=long_grace) == (223, "down", LATE, False)


def test_a_failure_goes_on_after_a_stop() -> None:
    assert step(reported(70, Verdict.DOWN, reason=LATE), (80, 95)) == (95, "down", LATE, True)
    assert step(reported(95, Verdict.DOWN, reason=LATE), (80, 95)) is None


def test_a_failure_at_the_moment_of_a_stop_is_one() -> None:
    assert step(reported(70, Verdict.DOWN, reason=LATE), (70, 75)) == (75, "down", LATE, True)


def test_a_failure_of_ours_in_a_fault_that_is_found_later_is_none() -> None:
    fault = (68, 90, Cause.LOCAL_FAULT)
    assert step(reported(70, Verdict.DOWN, reason=LATE), fault) == (90 + 70, "down", LATE, False)
    assert step(reported(70, Verdict.DOWN, reason="job_failed"), fault) == (90, "down", "job_failed", True)


def test_a_clock_set_forward_takes_no_time_from_a_job_on_an_interval() -> None:
    stepped = (20, 50, Cause.CLOCK_STEP)
    assert step(reported(0), stepped) == (50, "up", None, True)
    found = next_step(HOURLY, Reported(reported(0), 0, None), unseen_of(_blinds([stepped])))
    assert found is not None
    assert found.at + found.vouches_ms == 100 * MINUTE  # 70 and the 30 that never were
    assert step(reported(50, vouches=50), stepped) == (100, "down", LATE, False)


def test_a_job_that_started_may_run_for_so_long() -> None:
    restated = reported(55, vouches=30)
    assert step(restated, started=55, schedule=LIMITED) == (85, "down", TOO_LONG, False)
    assert step(reported(0), started=5, schedule=LIMITED) == (35, "down", TOO_LONG, False)


def test_without_a_limit_a_start_changes_nothing() -> None:
    assert step(reported(0), started=55) == (70, "down", LATE, False)


def test_a_stop_during_the_run_may_have_swallowed_its_end() -> None:
    assert step(reported(55, vouches=30), (60, 61), started=55, schedule=LIMITED) == (61, "up", None, True)
    assert step(reported(61, vouches=24), (60, 61), started=55, schedule=LIMITED) == (131, "down", LATE, False)


def test_a_first_run_that_takes_too_long_is_down_and_nothing_before_it() -> None:
    assert step(None, ended=None, started=5, schedule=LIMITED) == (35, "down", TOO_LONG, False)
    assert step(None, ended=None, started=5) is None
    assert step(None, (6, 7), ended=None, started=5, schedule=LIMITED) is None
    gone_on = reported(35, Verdict.DOWN, reason=TOO_LONG)
    assert step(gone_on, (40, 41), ended=None, started=5, schedule=LIMITED) == (41, "down", TOO_LONG, True)
