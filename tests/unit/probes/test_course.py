"""How findings become an outcome, and how secrets stay out of sentences."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from slamon.accounting.facts import Verdict
from slamon.probes import Reason
from slamon.probes.course import SHOWN, Course, Failure, Mask, seconds

DAY = 86_400
NOW = 1_800_000_000


@pytest.mark.parametrize(
    ("left", "days", "verdict", "message"),
    [
        (15 * DAY, 14, Verdict.UP, ""),
        (14 * DAY, 14, Verdict.UP, ""),
        (14 * DAY - 1, 14, Verdict.DEGRADED, "the certificate expires in 13 days, less than 14 days"),
        (DAY, 14, Verdict.DEGRADED, "the certificate expires in 1 day, less than 14 days"),
        (7200, 14, Verdict.DEGRADED, "the certificate expires in 2 h, less than 14 days"),
        (0, 14, Verdict.DOWN, "the certificate has expired"),
        (-5, 0, Verdict.DOWN, "the certificate has expired"),
        (5, 0, Verdict.UP, ""),
        (5, None, Verdict.UP, ""),
    ],
)
def test_certificate_days(left: int, days: int | None, verdict: Verdict, message: str) -> None:
    course = Course(duration_us=1000)
    course.expires(NOW + left)
    outcome = course.answered(None, days, NOW)
    assert (outcome.verdict, outcome.message) == (verdict, message)
    assert outcome.certificate_expiry == NOW + left


def test_the_earliest_expiry_counts() -> None:
    course = Course()
    for at in (30, None, 10, 20):
        course.expires(at)
    assert course.certificate_expiry == 10


@pytest.mark.parametrize(
    ("took_us", "limit_ms", "verdict"),
    [(800_000, 800, Verdict.UP), (800_001, 800, Verdict.DEGRADED), (9, None, Verdict.UP)],
)
def test_slow_is_beyond_the_limit_not_at_it(took_us: int, limit_ms: int | None, verdict: Verdict) -> None:
    assert Course(duration_us=took_us).answered(limit_ms, None, NOW).verdict is verdict


def test_a_certificate_near_its_end_is_told_before_slowness() -> None:
    course = Course(duration_us=10**7)
    course.expires(NOW + DAY)
    assert course.answered(1, 14, NOW).reason is Reason.CERTIFICATE_EXPIRING


def test_down_keeps_what_was_found() -> None:
    course = Course(duration_us=5, address="127.0.0.1:1", details={"status": "500"})
    course.add("connect", 3)
    course.add("connect", 2)
    course.add("tls", -1)
    outcome = course.down(Failure(Reason.STATUS, "answered 500"))
    assert (outcome.verdict, outcome.reason, outcome.message) == (Verdict.DOWN, Reason.STATUS, "answered 500")
    assert outcome.phases == {"connect": 5, "tls": 0}
    assert (outcome.address, outcome.details) == ("127.0.0.1:1", {"status": "500"})


@pytest.mark.parametrize(
    ("value", "text"), [(0.25, "250 ms"), (0.9999, "1.0 s"), (1.0, "1.0 s"), (2.55, "2.5 s"), (0.0, "0 ms")]
)
def test_seconds(value: float, text: str) -> None:
    assert seconds(value) == text


@given(secret=st.text(min_size=3).filter(lambda text: len(text.strip()) >= 3), around=st.text())
def test_no_secret_is_shown_as_it_is_or_as_json_writes_it(secret: str, around: str) -> None:
    mask, secret = Mask([secret]), secret.strip()
    for text in (around + secret + around, json.dumps({around: secret}), json.dumps(secret, ensure_ascii=False)):
        hidden = mask.hidden(text)
        assert secret == "***" or secret not in hidden.replace("***", "\0") or secret in "\0"


@given(st.text())
def test_what_is_shown_is_one_printable_line_of_bounded_length(text: str) -> None:
    shown = Mask([]).shown(text)
    assert shown.isprintable()
    assert len(shown) <= SHOWN + 3


def test_a_secret_at_the_cut_is_not_shown_in_part() -> None:
    assert "gehe" not in Mask(["geheimnis"]).shown("x" * (SHOWN - 4) + "geheimnis")


def test_a_secret_within_another_is_hidden_whole() -> None:
    assert Mask(["abc", "abcdef"]).hidden("abcdef abc") == "*** ***"
