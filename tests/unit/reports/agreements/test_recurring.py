"""Rules of recurring maintenance in words; where there are none, the rule itself stands."""

import pytest
from slamon.reports.agreements.recurring import in_words
from slamon.reports.tongue import Tongue

CASES = {
    "FREQ=DAILY": ("every day", "täglich"),
    "FREQ=DAILY;INTERVAL=3": ("every 3 days", "alle 3 Tage"),
    "FREQ=WEEKLY;BYDAY=SU": ("every week: Sunday", "jede Woche: Sonntag"),
    "freq=weekly;byday=mo,th;interval=2": ("every 2 weeks: Monday; Thursday", "alle 2 Wochen: Montag; Donnerstag"),
    "FREQ=MONTHLY;BYDAY=1SU": ("every month: first Sunday", "jeden Monat: erster Sonntag"),
    "FREQ=MONTHLY;BYDAY=-1FR;WKST=MO": ("every month: last Friday", "jeden Monat: letzter Freitag"),
    "FREQ=MONTHLY;INTERVAL=3;BYMONTHDAY=15": ("every 3 months: day 15", "alle 3 Monate: am 15."),
}


@pytest.mark.parametrize("rule", CASES)
def test_the_usual_rules_have_words_in_both_languages(rule: str) -> None:
    found = in_words(rule)
    assert found is not None
    assert tuple(Tongue(language, "UTC").text(found) for language in ("en", "de")) == CASES[rule]


@pytest.mark.parametrize(
    "rule",
    ["FREQ=WEEKLY", "FREQ=YEARLY;BYMONTH=3", "FREQ=MONTHLY;BYDAY=1SU,3SU", "FREQ=MONTHLY;BYDAY=SU;BYSETPOS=2",
     "FREQ=MONTHLY;BYMONTHDAY=-1", "FREQ=DAILY;COUNT=5", "FREQ=DAILY;UNTIL=20271231", "FREQ=MONTHLY;BYDAY=-2SU"],
)  # fmt: skip
def test_a_rule_without_words_is_told_as_it_is(rule: str) -> None:
    assert in_words(rule) is None
