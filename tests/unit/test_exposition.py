"""The whole exposition of fixed samples: golden files, families, groups, steps, and what is not there.

`SLAMON_RENEW_GOLDEN=1` writes the golden files anew; the run is red then, as somebody has to read the difference.
"""

import os
import re
from collections.abc import Iterable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest
from slamon.errors import UsageError
from slamon.export import names
from slamon.export.families import Kind
from slamon.export.own import COMPONENTS, Own
from slamon.export.samples import ServiceSample
from slamon.export.text import render
from structlog.testing import capture_logs

from tests.unit.exposition import (
    CHECKS,
    EVERYTHING,
    FIGURE,
    FORMATS,
    GOLD,
    NOW,
    SINCE,
    UP,
    Fixed,
    exposed,
    masked,
    own,
    parsed,
    series,
    window,
)

GOLDEN = Path(__file__).parent / "golden"
RENEW = "SLAMON_RENEW_GOLDEN"
OURS = [family for group in names.GROUPS for family in names.FAMILIES[group]]


# -- golden files


@FORMATS
def test_the_whole_exposition_is_that_of_the_golden_file(openmetrics: bool) -> None:
    file = GOLDEN / ("metrics.openmetrics.txt" if openmetrics else "metrics.txt")
    page = masked(exposed(openmetrics=openmetrics))

    if os.environ.get(RENEW):
        file.write_text(page, encoding="utf-8")
        pytest.fail(f"{file.name} is written anew: read the difference, then run again without {RENEW}")

    assert page == file.read_text(encoding="utf-8"), f"meant? then renew the golden files with {RENEW}=1"


# -- families


@FORMATS
def test_every_family_is_there_once_in_its_order_with_its_type_and_unit(openmetrics: bool) -> None:
    families = parsed(exposed(openmetrics=openmetrics), openmetrics)

    told = [(f.name, f.type, f.documentation) for f in families if not f.name.startswith("process_")]
    if openmetrics:
        assert told == [(f.base, f.kind.value, f.help) for f in OURS]
        assert [f.unit for f in families[: len(OURS)]] == [f.unit for f in OURS]
    else:
        plain = {Kind.INFO: "gauge"}
        expected = [(f.name, plain.get(f.kind, f.kind.value), f.help) for f in OURS]
        assert told == [(re.sub("_total$", "", name), kind, means) for name, kind, means in expected]
    assert [f.name for f in families[len(OURS) :]][:2] == [
        "process_virtual_memory_bytes",
        "process_resident_memory_bytes",
    ]


@FORMATS
def test_help_type_and_unit_stand_before_the_series_of_their_family(openmetrics: bool) -> None:
    words = ["HELP", "TYPE", "UNIT"] if openmetrics else ["HELP", "TYPE"]
    name = ""
    for line in exposed(openmetrics=openmetrics).removesuffix("# EOF\n").splitlines():
        if line.startswith("# HELP "):
            name, seen = line.split(" ")[2], []
        if line.startswith("# "):
            seen.append(line.split(" ")[1])
            assert line.split(" ")[2] == name
        else:
            united = name.removesuffix("_total").endswith(("_seconds", "_ratio", "_bytes"))
            assert seen == (words if united else words[:2]), line
            assert line.startswith(name)


@FORMATS
def test_only_openmetrics_has_an_end(openmetrics: bool) -> None:
    for groups in ((), ("service",)):
        page = exposed(EVERYTHING, *groups, openmetrics=openmetrics)
        assert page.endswith("\n# EOF\n") is openmetrics
        assert page.count("# EOF") == openmetrics


def test_created_is_told_in_openmetrics_only() -> None:
    assert "_created" not in exposed()
    assert 'slamon_agreement_accounted_seconds_created{agreement="gold"' in exposed(openmetrics=True)


# -- no figure, no series


def names_of(page: str) -> set[str]:
    return {name for name, _ in series(page, False)}


def test_a_check_that_was_never_observed_shows_counters_from_0_and_what_it_is() -> None:
    new = replace(CHECKS[4], durations=None)

    assert names_of(exposed(Fixed(checks=[new]), "check")) == {
        "slamon_check_observations_total",
        "slamon_check_degraded_observations_total",
        "slamon_check_failures_total",
        "slamon_check_info",
    }


def test_an_agreement_of_which_nothing_is_in_force_shows_no_figure() -> None:
    nothing = replace(
        GOLD, current=None, previous=None, thresholds=[], accounted=None, windows={"1h": window(None, None, None, None)}
    )

    assert names_of(exposed(Fixed(agreements=[nothing]), "agreement")) == {
        "slamon_agreement_info",
        "slamon_agreement_in_service",
        "slamon_agreement_in_maintenance",
        "slamon_agreement_end_timestamp_seconds",
        "slamon_agreement_closed_periods",
    }


@FORMATS
def test_a_family_without_a_series_is_not_there_at_all(openmetrics: bool) -> None:
    page = exposed(Fixed(), "check", "service", "agreement", openmetrics=openmetrics)

    assert page == ("# EOF\n" if openmetrics else "")


# -- collect[]


def groups_of(page: str) -> list[str]:
    shown = {"slamon_" + word: word for word in ("check", "service", "agreement")}
    shown |= {"slamon_customer": "desk", "slamon_actions": "desk"}
    found = dict.fromkeys(re.findall(r"^# TYPE ([a-z]+_[a-z]+)", page, re.MULTILINE))
    return list(dict.fromkeys(shown.get(word, "own") for word in found))


@pytest.mark.parametrize(
    ("asked", "got"),
    [
        ((), ["check", "service", "agreement", "desk", "own"]),
        (("agreement",), ["agreement"]),
        (("desk",), ["desk"]),
        (("own", "check"), ["check", "own"]),
        (("own", "agreement", "service", "check"), ["check", "service", "agreement", "own"]),
    ],
)
def test_the_groups_asked_for_are_given_in_their_order(asked: tuple[str, ...], got: list[str]) -> None:
    assert groups_of(exposed(EVERYTHING, *asked)) == got


@FORMATS
def test_the_groups_together_are_the_whole(openmetrics: bool) -> None:
    health = own()
    whole = masked(exposed(openmetrics=openmetrics, health=health))
    parts = [masked(exposed(EVERYTHING, group, openmetrics=openmetrics, health=health)) for group in names.GROUPS]

    assert "".join(part.removesuffix("# EOF\n") for part in parts) == whole.removesuffix("# EOF\n")


def test_a_group_that_does_not_exist_is_the_askers_mistake() -> None:
    with pytest.raises(UsageError) as raised:
        next(render(EVERYTHING, own(), frozenset({"agreement", "agreements"}), openmetrics=False))

    assert str(raised.value) == "collect[]=agreements is unknown: there are check, service, agreement, desk, own"


# -- in steps


MANY = [replace(UP, service=f"s{n // 4}", check=f"c{n}") for n in range(421)]


def test_there_is_a_step_after_each_sample_and_no_piece_is_large() -> None:
    pieces = list(render(Fixed(checks=MANY), own(), frozenset({"check"}), openmetrics=True))

    assert len(pieces) > len(MANY)
    assert max(map(len, pieces)) < 200_000


def test_many_checks_are_all_there_in_the_order_of_the_catalogue() -> None:
    page = exposed(Fixed(checks=MANY), "check")

    for name in ("slamon_check_up", "slamon_check_info", "slamon_check_latency_seconds_count"):
        found = re.findall(rf'^{name}{{service="s\d+",check="(c\d+)"', page, re.MULTILINE)
        assert found == [check.check for check in MANY]


class Broken(Fixed):
    """A source whose second service cannot be had."""

    def service_samples(self) -> Iterable[ServiceSample]:
        return map(self._sample, EVERYTHING.services)

    @staticmethod
    def _sample(service: ServiceSample) -> ServiceSample:
        if service.service == "slow":
            raise ZeroDivisionError("a figure that cannot be had")
        return service


UNSHOWABLE = replace(GOLD, agreement="third", current=replace(FIGURE, target=Fraction(1, 3)))


def test_one_bad_figure_does_not_empty_the_page_and_is_counted() -> None:
    health = Own()
    page = exposed(Broken(agreements=[UNSHOWABLE, GOLD]), health=health)

    services = re.findall(r'^slamon_service_outages_total{service="(\w+)', page, re.MULTILINE)
    assert services == ["shop", "new", "db", "order", "odd"]
    assert re.findall(r'^slamon_agreement_target_ratio{agreement="(\w+)"', page, re.MULTILINE) == ["gold"]
    assert 'slamon_component_errors_total{component="export"} 2.0\n' in page


def test_a_bad_figure_is_said_once_until_it_is_mended() -> None:
    health = Own()
    with capture_logs() as said:
        for source in (Broken(), Broken(), Fixed(), Broken()):
            exposed(source, health=health)

    assert [(line["event"], line["group"]) for line in said] == [("some series cannot be shown", "service")] * 2


# -- our own health


def test_the_watermark_is_shown_once_there_is_one_and_in_its_place() -> None:
    health = Own()
    name = "slamon_ledger_watermark_timestamp_seconds"
    assert name not in exposed(Fixed(), health=health)

    health.committed(0.001, NOW)
    page = exposed(Fixed(), health=health)

    assert series(page, False)[name, frozenset()] == NOW / 1000
    assert page.index("slamon_ledger_commit_seconds") < page.index(name) < page.index("slamon_ledger_size_bytes")


def test_what_happened_to_us_is_told() -> None:
    told = series(exposed(Fixed(), "own"), False)

    def value(name: str, **labels: str) -> float:
        return told[name, frozenset(labels.items())]

    assert value("slamon_config_last_reload_successful") == 0
    assert value("slamon_config_last_reload_success_timestamp_seconds") == SINCE / 1000
    assert value("slamon_probe_start_lateness_seconds_bucket", le="0.005") == 3
    assert value("slamon_probe_start_lateness_seconds_count") == 4
    assert value("slamon_probes_in_flight") == 3
    assert value("slamon_slots_missed_total") == 2
    assert value("slamon_observations_rejected_total") == 1
    assert value("slamon_local_fault") == 1
    assert value("slamon_ledger_size_bytes") == 4096
    assert [value("slamon_component_errors_total", component=name) for name in COMPONENTS] == [1, 0, 1] + 8 * [0]
    assert value("slamon_report_failing", report="weekly") == 1
    assert value("slamon_report_last_success_timestamp_seconds", report="monthly") == SINCE / 1000
    assert ("slamon_report_last_success_timestamp_seconds", frozenset({("report", "weekly")})) not in told
    assert value("slamon_report_runs_total", report="weekly", result="failure") == 1
    assert value("slamon_report_runs_total", report="weekly", result="success") == 0


def test_a_report_that_is_not_scheduled_any_more_is_not_shown() -> None:
    health = own()
    health.not_reported("weekly")
    health.not_reported("monthly")
    assert 'report="' not in exposed(Fixed(), "own", health=health)


def test_a_part_of_ours_that_is_not_known_is_a_mistake() -> None:
    with pytest.raises(KeyError):
        Own().component_error("weather")
