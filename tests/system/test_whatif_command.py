"""`slamon whatif` as a user calls it: variants beside what was agreed, proposals, simulations, replicas."""

import csv
import io
import json
import socketserver
import threading
from collections.abc import Callable
from copy import deepcopy
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest
from slamon.ledger import Batch, Ledger

from tests.system import calling
from tests.system.calling import AT, CATALOGUE, MINUTE, START, Done, Slamon, line, put, vector

slamon = calling.slamon
shop = calling.shop

HOUR = "2026-10-05T00:00:00Z/2026-10-05T01:00:00Z"
WHATIF = ("whatif", "--observations", "seen.jsonl", "--at", AT)
DAY = 1440 * MINUTE


def told(done: Done) -> dict[str, Any]:
    assert done.code == 0, done.err
    return dict(json.loads(done.out))


def asked(slamon: Slamon, *words: str) -> dict[str, Any]:
    return told(slamon(*WHATIF, "-p", HOUR, *words, "-f", "json"))


def same(figures: list[dict[str, Any]], account: list[dict[str, Any]]) -> bool:
    """Every key that both tell; the figures in one order."""
    order: Callable[[dict[str, Any]], tuple[str, str, int]] = lambda f: (f["agreement"], f["service"], f["revision"])  # noqa: E731
    mine, theirs = sorted(figures, key=order), sorted(account, key=order)
    shared = set(mine[0]) & set(theirs[0]) if mine and theirs else set()
    assert not mine or len(shared) > 25
    return [{k: f[k] for k in shared} for f in mine] == [{k: f[k] for k in shared} for f in theirs]


# -- the same figures as the account


@pytest.mark.parametrize("name", calling.NAMES)
def test_what_was_agreed_is_the_account(name: str, slamon: Slamon) -> None:
    found = vector(name)
    words = ("--observations", "seen.jsonl", "--at", found["at"], "-f", "json")
    account = slamon("account", *words, "--period", found["period"]).figures
    variants = told(slamon("whatif", *words, "--periods", found["period"]))["variants"]
    assert [variant["name"] for variant in variants] == ["as agreed"]
    assert same(variants[0]["figures"], account)


def terms(found: dict[str, Any], key: str, value: str) -> None:
    """Writes a key of an agreement where it holds, in each revision that says it."""
    for agreement in found["agreements"].values():
        agreement[key] = value
        for revision in agreement.get("revisions", ()):
            revision[key] = value


def rule(found: dict[str, Any], key: str, value: str) -> None:
    for agreement in found["agreements"].values():
        for holder in (agreement, *(r for r in agreement.get("revisions", ()) if "rules" in r)):
            holder["rules"] = {**holder.get("rules", {}), key: value}


def confirmed(found: dict[str, Any], key: str, value: int) -> None:
    for service in found["services"].values():
        for check in service.get("checks", {}).values():
            check[key] = value


def needed(found: dict[str, Any], value: Any) -> None:
    bound = {name for agreement in found["agreements"].values() for name in agreement["services"]}
    for name in bound:
        if found["services"][name].get("checks"):
            found["services"][name]["needs"] = value


def left_out(found: dict[str, Any], start: str, end: str) -> None:
    entry = {"kind": "exclude", "start": start, "end": end, "entered": "2099-01-01T00:00:00Z"}
    said = {"author": "sm", "reason": "what if"}
    added = [{"agreement": key, **entry, **said} for key in found["agreements"]]
    found["corrections"] = [*found.get("corrections", ()), *added]


SPAN = ("2026-10-05T00:00:00+00:00", "2026-10-12T12:00:00+00:00")
WRITTEN: dict[str, Callable[[dict[str, Any]], object]] = {
    "target=99.95%": lambda c: terms(c, "target", "99.95%"),
    "service_hours=24x7": lambda c: terms(c, "service_hours", "24x7"),
    "confirm=1": lambda c: confirmed(c, "confirm", 1),
    "confirm=4": lambda c: confirmed(c, "confirm", 4),
    "flapping=0": lambda c: confirmed(c, "flapping", 0),
    "min_outage=5m": lambda c: rule(c, "min_outage", "5m"),
    "degraded=down": lambda c: rule(c, "degraded", "down"),
    "unknown=down": lambda c: rule(c, "unknown", "down"),
    "maintenance=up": lambda c: rule(c, "maintenance", "up"),
    "rules.notice=9w": lambda c: rule(c, "notice", "9w"),
    "needs=any": lambda c: needed(c, "any"),
    "corrections=none": lambda c: c.pop("corrections", None),
    f"exclude={'/'.join(SPAN)}": lambda c: left_out(c, *SPAN),
}
CASES = ("random-20", "random-62", "flapping", "revision-mid-month", "correction-wins", "all-of-two", "outside-hours")


def variants_of(found: dict[str, Any], slamon: Slamon) -> list[list[dict[str, Any]]]:
    """The figures as agreed, then of each key of WRITTEN."""
    words = ["--observations", "seen.jsonl", "--at", found["at"], "--periods", found["period"], "-f", "json"]
    words += [word for n, setting in enumerate(WRITTEN) for word in ("--variant", f"{n}: {setting}")]
    return [variant["figures"] for variant in told(slamon("whatif", *words))["variants"]]


@pytest.mark.parametrize("name", CASES)
def test_a_variant_is_the_account_under_a_catalogue_that_says_so(name: str, slamon: Slamon) -> None:
    found = vector(name)
    for setting, figures in zip(WRITTEN, variants_of(found, slamon)[1:], strict=True):
        written = deepcopy(found["catalogue"])
        WRITTEN[setting](written)
        put(written, found["observations"])
        words = ("--observations", "seen.jsonl", "--at", found["at"], "--period", found["period"], "-f", "json")
        assert same(figures, slamon("account", *words).figures), setting


def test_each_of_these_terms_changes_a_figure_of_some_case(slamon: Slamon) -> None:
    changed: set[str] = set()
    for name in CASES:
        agreed, *others = variants_of(vector(name), slamon)
        plain = [{**figure, "difference": None} for figure in agreed]
        for setting, figures in zip(WRITTEN, others, strict=True):
            if [{**figure, "difference": None} for figure in figures] != plain:
                changed.add(setting)
    assert changed == set(WRITTEN)


# -- one hour, two minutes down from 00:10 on


def test_a_variant_stands_beside_what_was_agreed_with_the_difference(shop: Slamon) -> None:
    """60 min, 2 down: 58/60 = 0.9666..., 3.4 % under 99.9 %... with min_outage 5m nothing is down: 2/60 more."""
    found = asked(shop, "--variant", "kind: min_outage=5m, target=95%", "--set", "target=96%")
    agreed, single, kind = found["variants"]
    assert [variant["name"] for variant in found["variants"]] == ["as agreed", "target=96%", "kind"]
    assert kind["terms"] == ["min_outage=5m", "target=95%"]
    assert [variant["figures"][0]["verdict"] for variant in found["variants"]] == ["breached", "met", "met"]
    assert single["figures"][0]["difference"] == {
        "availability": "0.000000000000",
        "downtime_ms": 0,
        "measured_ms": 0,
        # 96 %: 144 s less 120 s; 99.9 %: 3.6 s less 120 s
        "left_ms": 24_000 + 116_400,
        "credit": "0.000000000000",
        "verdict_before": "breached",
    }
    assert kind["figures"][0]["difference"]["availability"] == "0.033333333333"
    assert kind["figures"][0]["difference"]["downtime_ms"] == -120_000
    assert kind["summaries"][0]["newly_met"] == [HOUR]
    assert agreed["summaries"][0]["breached"] == [HOUR]


def test_credits_follow_the_terms(shop: Slamon) -> None:
    catalogue = deepcopy(CATALOGUE)
    catalogue["agreements"]["gold"]["credits"] = [{"below": "99.9%", "credit": "5%"}, {"below": "98%", "credit": "15%"}]
    put(catalogue, [line(i, "down" if i in (10, 11) else "up") for i in range(60)])
    found = asked(shop, "--exclude", "2026-10-05T00:11:00Z/2026-10-05T00:12:00Z")
    agreed, other = (variant["figures"][0] for variant in found["variants"])
    # 58 of 60 min: under 98 %; 58 of 59 min: 98.305 %, under 99.9 % only
    assert (agreed["credit"], other["credit"]) == ("0.150000000000", "0.050000000000")
    assert other["difference"]["credit"] == "-0.100000000000"
    assert found["variants"][0]["summaries"][0]["credit_sum"] == "0.150000000000"


def test_csv_has_a_row_for_each_figure_of_each_variant(shop: Slamon) -> None:
    done = shop(*WHATIF, "-p", HOUR, "--variant", "=1+1: confirm=3", "-f", "csv")
    assert done.code == 2, "a name with = is none"
    done = shop(*WHATIF, "-p", HOUR, "--variant", "-1: confirm=3", "-f", "csv")
    rows = list(csv.DictReader(io.StringIO(done.out)))
    assert [(row["variant"], row["downtime_ms"]) for row in rows] == [("as agreed", "120000"), ("'-1", "0")]
    assert rows[1]["difference_downtime_ms"] == "-120000"
    assert rows[1]["difference_verdict_before"] == "breached"


def test_the_table_shows_variants_side_by_side(shop: Slamon) -> None:
    out = shop(*WHATIF, "-p", HOUR, "--set", "confirm=3").out
    assert " 96.666 %" in out, "cut, not rounded"
    assert "+3.333" in out
    assert "+2026-10-05T00:00:00Z" in out, "the period that would have been met"
    assert "What if is no account" in out


def test_the_last_whole_periods_are_looked_at_and_those_before_any_observation_said(shop: Slamon) -> None:
    catalogue = deepcopy(CATALOGUE)
    catalogue["agreements"]["gold"] |= {"period": "week"}
    del catalogue["agreements"]["gold"]["valid_from"]
    put(catalogue, [line(i * 30) for i in range(5 * 336)])
    words = ("whatif", "--observations", "seen.jsonl", "--at", "2026-11-04T00:00:00Z")
    done = shop(*words, "--periods", "8", "-f", "json")
    names = [figure["period"]["name"] for figure in told(done)["variants"][0]["figures"]]
    assert names == ["2026-W41", "2026-W42", "2026-W43", "2026-W44"]
    assert told(done)["notes"] == ["gold/shop: 4 of the last 8 periods: before them nothing was observed"]
    year = told(shop(*words, "--periods", "2026", "-f", "json"))
    assert ([f["period"]["name"] for f in year["variants"][0]["figures"]], year["notes"]) == (["2026"], [])
    named = told(shop(*words, "--periods", "2026-W44,2026-10", "-f", "json"))["variants"][0]["figures"]
    assert [figure["period"]["name"] for figure in named] == ["2026-10", "2026-W44"]


# -- the ledger


def test_the_ledger_is_read_while_another_holds_it_and_left_as_it_is(shop: Slamon) -> None:
    assert shop("import", "observations", "seen.jsonl").code == 0
    words = ("whatif", "--at", AT, "-p", HOUR, "--set", "confirm=3", "-f", "json")
    ledger = Ledger.open(Path("data/slamon.db"))
    ledger.commit(Batch(watermark=START + 60 * MINUTE)).result()
    held = shop(*words)
    ledger.close()
    before = Path("data/slamon.db").read_bytes()
    found = told(shop(*words))
    assert Path("data/slamon.db").read_bytes() == before
    assert found == told(held)
    agreed, other = (variant["figures"][0] for variant in found["variants"])
    assert (agreed["downtime_ms"], other["downtime_ms"]) == (120_000, 0)
    assert same([agreed], shop("account", "--at", AT, "--period", HOUR, "-f", "json").figures)


def test_without_a_ledger_it_says_what_to_do(shop: Slamon) -> None:
    done = shop("whatif")
    assert done.code == 2
    assert "there is no ledger at data/slamon.db: start slamon once, or name its folder with --data" in done.err


# -- proposals


def weeks(downs: list[int], missing: tuple[int, ...] = ()) -> None:
    """Weeks from 5 October on, seen every half hour; so many half hours of each down, one week may be unseen."""
    catalogue = deepcopy(CATALOGUE)
    catalogue["defaults"] |= {"interval": "30m"}
    catalogue["agreements"]["gold"] |= {"period": "week"}
    del catalogue["agreements"]["gold"]["latency"]
    seen = [
        line(30 * (week * 336 + i), "down" if i < down else "up")
        for week, down in enumerate(downs)
        if week not in missing
        for i in range(336)
    ]
    put(catalogue, [*seen, line(30 * 336 * len(downs))])


def proposal(slamon: Slamon, at: str, *words: str) -> dict[str, Any]:
    done = slamon("whatif", "--observations", "seen.jsonl", "--at", at, "--propose", *words, "-f", "json")
    return dict(told(done)["proposals"][0])


def test_the_strictest_target_that_was_kept_in_three_of_four_weeks(shop: Slamon) -> None:
    """A week has 336 half hours: 1 of them is 0.29 % (99.5 % is kept, 99.8 % is not), 2 are 0.59 % (99 % is kept)."""
    weeks([0, 1, 2, 1])
    found = proposal(shop, "2026-11-02T00:00:00Z", "--keep", "3/4")
    assert (found["proposed"]["target"], found["proposed"]["kept"]) == ("0.995", 3)
    assert found["proposed"]["missed"] == ["2026-W43"]
    # P(X >= 3 of 4) = 4 p^3 - 3 p^4 = 0.05 at p = 0.24860
    assert found["proposed"]["bound"].startswith("0.24860")
    assert proposal(shop, "2026-11-02T00:00:00Z", "--keep", "4/4")["proposed"]["target"] == "0.99"


def test_a_week_that_nobody_saw_is_not_counted_and_said(shop: Slamon) -> None:
    weeks([1, 0, 0], missing=(1,))
    words = ("--keep", "3/3")
    found = proposal(shop, "2026-10-26T00:00:00Z", *words)
    assert found["counted"] == ["2026-W41", "2026-W43"]
    assert [(out["period"], out["reason"]) for out in found["left_out"]] == [("2026-W42", "no_data")]
    out = shop("whatif", "--observations", "seen.jsonl", "--at", "2026-10-26T00:00:00Z", *words).out
    assert "2026-W42 is not counted: nothing was seen, coverage 0.00 %" in out
    assert "99.5 % was kept in 2 of 2 periods" in out
    assert "at least 22.3 % (Clopper-Pearson, 95 % confidence)" in out, "0.05 ** (1/2) = 0.2236"


# -- simulations


def simulated(slamon: Slamon, *words: str) -> dict[str, Any]:
    weeks([1, 0, 2, 1])
    at = ("whatif", "--observations", "seen.jsonl", "--at", "2026-11-02T00:00:00Z")
    done = slamon(*at, "--simulate", "2000", *words, "-f", "json")
    return dict(told(done)["simulations"][0])


def test_a_simulation_is_of_the_next_period_and_the_same_for_a_seed(shop: Slamon) -> None:
    found = simulated(shop, "--seed", "5")
    assert (found["period"]["name"], found["outages"], found["longest_ms"]) == ("2026-W46", 3, 60 * MINUTE)
    assert found["ahead_ms"] == 7 * DAY
    assert found == simulated(shop, "--seed", "5")
    assert found["targets"] != simulated(shop, "--seed", "6")["targets"]
    # four weeks less 2 h up, a week ahead, three outages: (T / (T + 1 week)) ^ 3.5
    up = 4 * 168 - 2
    assert float(found["no_outage"]) == pytest.approx((up / (up + 168)) ** 3.5, abs=1e-6)
    chances = [float(one["chance"]) for one in found["targets"]]
    assert chances == sorted(chances, reverse=True), "a stricter target is not likelier"
    assert abs(chances[-1] - float(found["no_outage"])) < 0.05, "99.999 % of a week is 6 s: no outage at all"


def test_a_quarter_ahead_may_be_simulated(shop: Slamon) -> None:
    found = simulated(shop, "--ahead", "2027-Q1")
    assert (found["period"]["name"], found["ahead_ms"]) == ("2027-Q1", 90 * DAY)


def test_the_time_ahead_is_that_of_the_calendar_and_its_maintenance(shop: Slamon) -> None:
    catalogue = deepcopy(CATALOGUE)
    catalogue["calendars"] = {"buero": {"hours": {"mon-fri": ["08:00-18:00"]}}}
    catalogue["agreements"]["gold"] |= {
        "period": "week",
        "service_hours": "buero",
        "maintenance": [{"start": "2026-10-13T07:00:00Z", "end": "2026-10-13T10:00:00Z"}],
    }
    put(catalogue, [line(i) for i in range(60)])
    done = shop(*WHATIF, "-p", "2026-W41", "--simulate", "10", "-f", "json")
    (found,) = told(done)["simulations"]
    # five days of ten hours, less what of the maintenance lies in them
    assert (found["period"]["name"], found["ahead_ms"]) == ("2026-W42", (50 - 2) * 60 * MINUTE)


def test_without_an_outage_there_is_nothing_to_draw_and_that_is_said(shop: Slamon) -> None:
    weeks([0, 0])
    words = ("whatif", "--observations", "seen.jsonl", "--at", "2026-10-19T00:00:00Z", "--simulate", "100")
    assert "no outage was measured, so there are no lengths to draw; the chance of none at all is 81.6 %" in (
        shop(*words).out
    ), "(2 / 3) ^ (1/2)"
    assert told(shop(*words, "-f", "json"))["simulations"][0]["targets"] == []


# -- redundancy


def pair(needs: Any, one: set[int], two: set[int]) -> None:
    catalogue = deepcopy(CATALOGUE)
    check = catalogue["services"]["shop"]["checks"]["home"]
    catalogue["services"]["shop"] = {"needs": needs, "checks": {"home": check, "other": check}}
    del catalogue["agreements"]["gold"]["latency"]
    seen = [line(i, "down" if i in one else "up") for i in range(60)]
    seen += [line(i, "down" if i in two else "up", check="shop/other") for i in range(60)]
    put(catalogue, [{**entry, "check": entry.get("check", "shop/home")} for entry in seen])


def test_needs_says_what_redundancy_would_have_brought_on_past_facts(shop: Slamon) -> None:
    """One is down 10-15, the other 13-18: both were needed 9 min; with any, down only while both are: 3 min."""
    pair("all", set(range(10, 16)), set(range(13, 19)))
    found = asked(shop, "--needs", "shop=any", "--variant", "two: needs.shop=2")
    assert [v["figures"][0]["downtime_ms"] // MINUTE for v in found["variants"]] == [9, 3, 9]


def test_one_more_component_is_reckoned_from_what_the_checks_failed(shop: Slamon) -> None:
    """Both of two needed, down 9 of 60 min; three min both. One of three may fail: 3 + 0.1 x 6 = 3.6 min.

    The two checks were down 6 + 6 of 120 min: 10 %.
    """
    pair("all", set(range(10, 16)), set(range(13, 19)))
    done = shop(*WHATIF, "-p", HOUR, "--add-replica", "shop", "-f", "json")
    (found,) = told(done)["replicas"]
    assert (found["failing"], found["helped_ms"], found["expected_ms"]) == (
        "0.100000000000",
        6 * MINUTE,
        3 * MINUTE + 36_000,
    )
    assert found["expected_availability"] == "0.940000000000"
    assert found["kept"] is False
    out = shop(*WHATIF, "-p", HOUR, "--add-replica", "shop").out
    assert "ASSUMED: one more component fails INDEPENDENTLY of everything else" in out


def test_a_second_component_beside_a_single_one(shop: Slamon) -> None:
    """2 of 60 min down: 1/30; with a second one 1/900 of 60 min: 4 s."""
    (found,) = told(shop(*WHATIF, "-p", HOUR, "--add-replica", "shop", "-f", "json"))["replicas"]
    assert (found["downtime_ms"], found["expected_ms"]) == (120_000, 4_000)


# -- questions that make no sense

BAD = [
    (["--set", "tagret=99%"], "found the unknown key 'tagret', expected one of: target, service_hours, confirm,"),
    (["--set", "tagret=99%"], "did you mean 'target'?"),
    (["--set", "period=year"], "found the unknown key 'period'"),
    (["--set", "interval=5s"], "found the unknown key 'interval'"),
    (["--set", "rules.target=99%"], "found the unknown key 'rules.target'"),
    (["--set", "target"], "'target': expected KEY=VALUE, for example target=99.9%"),
    (["--set", "target="], "target=: found nothing, expected a value, for example target=99.9%"),
    (["--set", "target=99.9"], "target=99.9: found 99.9, expected a percentage with its sign, for example 99.9%"),
    (["--set", "target=0%"], "expected a percentage above 0%"),
    (["--set", "target=null"], "target=null: found nothing, expected a value"),
    (["--set", "target=99%", "--set", "target=98%"], "target=98%: found target a second time"),
    (["--set", "confirm=0"], "confirm=0: found 0, expected a number from 1"),
    (["--set", "confirm=1.5"], "found 1.5, expected a"),
    (["--set", "confirm=yes"], "confirm=yes: found 'yes', expected a whole number"),
    (["--set", "flapping=101"], "expected a number up to 100"),
    (["--set", "min_outage=5"], "min_outage=5: found 5, expected a duration with a unit, for example 5s"),
    (["--set", "degraded=maybe"], "degraded=maybe: found 'maybe', expected up or down"),
    (["--set", "unknown=maybe"], "expected exclude, down or up"),
    (["--set", "maintenance=down"], "maintenance=down: found 'down', expected exclude or up"),
    (["--set", "service_hours=buero"], "found 'buero', which is not configured, expected 24x7 or a calendar"),
    (["--set", "needs=most"], "needs=most: found 'most', expected all, any, or a number of checks from 1"),
    (["--set", "needs=2"], "found 2, expected at most 1, the number of checks"),
    (["--needs", "shpo=any"], "there is no service 'shpo'; there are: shop; did you mean 'shop'?"),
    (["--needs", "shop"], "expected KEY=VALUE"),
    (["--exclude", "2026-10-05"], "found no end, expected START/END, for example exclude=2026-10-05T08:00:00Z/"),
    (["--exclude", "2026-10-05T00:00:00/2026-10-06T00:00:00Z"], "expected a time with its offset"),
    (["--exclude", "2026-10-06T00:00:00Z/2026-10-05T00:00:00Z"], "found an end that is not after start"),
    (["--set", "corrections=all"], "found 'all', expected none: corrections=none leaves out all"),
    (["--variant", "confirm=1"], "--variant 'confirm=1': expected \"NAME: KEY=VALUE, ...\""),
    (["--variant", ": confirm=1"], 'expected "NAME: KEY=VALUE, ..."'),
    (["--variant", f"{'x' * 300}: confirm=1"], "found a name of 300 characters, expected up to 60 printable ones"),
    (["--variant", "a\u202eb: confirm=1"], "expected up to 60 printable ones"),
    (["--variant", "as agreed: confirm=1"], "that is the name of the terms as they are; choose another"),
    (["--variant", "a: confirm=0"], "--variant a: confirm=0: found 0, expected a number from 1"),
    (["--variant", "a: confirm=1", "--variant", "a: confirm=2"], "a second variant with this name"),
    (["--periods", "0"], "--periods 0: expected a number from 1 to 120"),
    (["--periods", "121"], "--periods 121: expected a number from 1 to 120"),
    (["--periods", "2026-13"], "--periods: '2026-13' names no period that exists"),
    (["--periods", ","], "--periods: expected a number from 1 to 120"),
    (["--periods", "2026-11"], "--periods: the period 2026-11 has not begun"),
    (["--keep", "12/11"], "--keep 12/11: expected N/M with N from 1 to M, for example 11/12"),
    (["--keep", "0/3"], "expected N/M with N from 1 to M"),
    (["--keep", "most"], "expected N/M with N from 1 to M"),
    (["--keep", "11/12", "--periods", "6"], "--keep 11/12 is of 12 periods, --periods asks for 6: leave one out"),
    (["--propose", "--confidence", "95"], "--confidence 95: expected a percentage, for example"),
    (["--propose", "--confidence", "100%"], "nobody is that sure"),
    (["--ahead", "2027"], "--ahead is of the simulation: it needs --simulate RUNS"),
    (["--simulate", "10", "--ahead", "2026-10"], "--ahead 2026-10: that period has begun"),
    (["--simulate", "10", "--ahead", "soon"], "--ahead: 'soon' names no period"),
    (["--simulate", "0"], "'--simulate'"),
    (["--simulate", "10", "-f", "csv"], "CSV holds one table, the figures"),
    (["--add-replica", "mail"], "there is no service 'mail'; there are: shop"),
    (["-a", "silver"], "there is no agreement 'silver'; there are: gold"),
    (["-s", "mail"], "there is no service 'mail'; there are: shop"),
    (["-c", "nowhere.yml"], "there is no catalogue at nowhere.yml"),
]


@pytest.mark.parametrize(("words", "said"), BAD, ids=range(len(BAD)))
def test_a_question_that_makes_no_sense_is_a_usage_error(words: list[str], said: str, shop: Slamon) -> None:
    done = shop(*WHATIF, *([] if {"--periods", "--keep"} & set(words) else ["-p", HOUR]), *words)
    assert (done.code, done.out) == (2, "")
    assert said in " ".join(done.err.replace("│", " ").split())


def test_more_outages_than_can_be_drawn_are_refused_with_what_can(shop: Slamon) -> None:
    put(CATALOGUE, [line(i, "down" if i % 4 < 2 else "up") for i in range(60)])
    done = shop(*WHATIF, "-p", HOUR, "--simulate", "1000000", "--ahead", "2027")
    assert done.code == 2
    assert "outages would have to be drawn for gold/shop, expected at most 10000000: ask for --simulate" in done.err


# -- beside a running system


class _Alive(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"ok")

    def address_string(self) -> str:
        return "control"

    def log_message(self, *_words: Any) -> None:
        pass


def test_beside_a_running_system_the_ledger_is_read_up_to_its_last_commit(shop: Slamon) -> None:
    """What is not stored yet is neither unknown nor up: the figures are as of the last commit."""
    shop("import", "observations", "seen.jsonl")
    ledger = Ledger.open(Path("data/slamon.db"))
    ledger.commit(Batch(watermark=START + 60 * MINUTE)).result()
    with socketserver.ThreadingUnixStreamServer("data/control.sock", _Alive) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        found = told(shop("whatif", "-p", HOUR, "-f", "json"))
        server.shutdown()
        thread.join()
    ledger.close()
    assert (found["at_ms"], calling.NOW[:4]) == (START + 60 * MINUTE, "2027")
    figure = found["variants"][0]["figures"][0]
    assert (figure["unknown_ms"], figure["downtime_ms"]) == (0, 120_000)
