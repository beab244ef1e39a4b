"""The manual's page on metrics tells every family with type, labels, unit and meaning, and no other; names hold."""

import re
from collections.abc import Iterable, Mapping
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry, ProcessCollector
from slamon.accounting import WINDOWS, PeriodKind
from slamon.accounting.budget import ALERT_WINDOWS
from slamon.catalogue.parties import CustomerKind
from slamon.export import names
from slamon.export.own import COMPONENTS
from slamon.export.page import CLASSES, STATES, VERDICTS

PAGE = (Path(__file__).parents[2] / "docs" / "reference" / "metrics.md").read_text(encoding="utf-8")

CHECK = ("service", "check")
AGREEMENT = ("agreement", "service", "customer")
CUSTOMER = ("customer", "service")
AGREED: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "slamon_check_up": ("gauge", CHECK),
    "slamon_check_degraded": ("gauge", CHECK),
    "slamon_check_observations_total": ("counter", CHECK),
    "slamon_check_degraded_observations_total": ("counter", CHECK),
    "slamon_check_failures_total": ("counter", CHECK),
    "slamon_check_failures_by_reason_total": ("counter", (*CHECK, "reason")),
    "slamon_check_duration_seconds": ("gauge", CHECK),
    "slamon_check_phase_duration_seconds": ("gauge", (*CHECK, "phase")),
    "slamon_check_latency_seconds": ("histogram", CHECK),
    "slamon_check_last_observation_timestamp_seconds": ("gauge", CHECK),
    "slamon_check_certificate_expiry_timestamp_seconds": ("gauge", CHECK),
    "slamon_check_soa_serial": ("gauge", CHECK),
    "slamon_check_info": ("info", (*CHECK, "kind", "target")),
    "slamon_service_state": ("gauge", ("service", "state")),
    "slamon_service_state_since_timestamp_seconds": ("gauge", ("service",)),
    "slamon_service_outages_total": ("counter", ("service",)),
    "slamon_service_info": ("info", ("service", "name", "team")),
    "slamon_service_responsibility_info": ("info", ("service", "team", "customer")),
    "slamon_service_dependency_info": ("info", ("service", "depends_on")),
    "slamon_service_down_info": ("info", ("service", "cause", "role")),
    "slamon_agreement_info": (
        "info",
        (*AGREEMENT, "customer_name", "customer_kind", "team", "period", "service_hours", "timezone", "revision"),
    ),
    "slamon_agreement_target_ratio": ("gauge", AGREEMENT),
    "slamon_agreement_availability_ratio": ("gauge", (*AGREEMENT, "window")),
    "slamon_agreement_burn_rate": ("gauge", (*AGREEMENT, "window")),
    "slamon_agreement_coverage_ratio": ("gauge", (*AGREEMENT, "window")),
    "slamon_agreement_period_availability_ratio": ("gauge", AGREEMENT),
    "slamon_agreement_period_coverage_ratio": ("gauge", AGREEMENT),
    "slamon_agreement_min_coverage_ratio": ("gauge", AGREEMENT),
    "slamon_agreement_period_downtime_seconds": ("gauge", AGREEMENT),
    "slamon_agreement_previous_period_availability_ratio": ("gauge", AGREEMENT),
    "slamon_agreement_previous_period_coverage_ratio": ("gauge", AGREEMENT),
    "slamon_agreement_previous_period_downtime_seconds": ("gauge", AGREEMENT),
    "slamon_agreement_previous_period_credit_ratio": ("gauge", AGREEMENT),
    "slamon_agreement_budget_seconds": ("gauge", AGREEMENT),
    "slamon_agreement_budget_remaining_ratio": ("gauge", AGREEMENT),
    "slamon_agreement_budget_burned_ratio": ("gauge", (*AGREEMENT, "window")),
    "slamon_agreement_budget_burned_threshold_ratio": ("gauge", (*AGREEMENT, "severity", "window")),
    "slamon_agreement_verdict": ("gauge", (*AGREEMENT, "verdict")),
    "slamon_agreement_in_service": ("gauge", AGREEMENT),
    "slamon_agreement_in_maintenance": ("gauge", AGREEMENT),
    "slamon_agreement_latency_ratio": ("gauge", AGREEMENT),
    "slamon_agreement_latency_target_ratio": ("gauge", AGREEMENT),
    "slamon_agreement_latency_threshold_seconds": ("gauge", AGREEMENT),
    "slamon_agreement_accounted_seconds_total": ("counter", (*AGREEMENT, "class")),
    "slamon_agreement_period_start_timestamp_seconds": ("gauge", AGREEMENT),
    "slamon_agreement_period_end_timestamp_seconds": ("gauge", AGREEMENT),
    "slamon_agreement_end_timestamp_seconds": ("gauge", AGREEMENT),
    "slamon_agreement_closed_periods": ("gauge", ("agreement", "customer", "state")),
    "slamon_customer_complaints_total": ("counter", CUSTOMER),
    "slamon_customer_unsolved_complaints": ("gauge", (*CUSTOMER, "state")),
    "slamon_customer_oldest_open_complaint_timestamp_seconds": ("gauge", CUSTOMER),
    "slamon_customer_recent_complaints": ("gauge", CUSTOMER),
    "slamon_customer_unseen_complaints": ("gauge", CUSTOMER),
    "slamon_customer_unseen_complaints_ratio": ("gauge", CUSTOMER),
    "slamon_customer_satisfaction_ratio": ("gauge", CUSTOMER),
    "slamon_customer_net_promoter_ratio": ("gauge", CUSTOMER),
    "slamon_customer_scores": ("gauge", (*CUSTOMER, "scale")),
    "slamon_actions": ("gauge", ("team", "state")),
    "slamon_build_info": ("info", ("version", "python")),
    "slamon_config_last_reload_successful": ("gauge", ()),
    "slamon_config_last_reload_success_timestamp_seconds": ("gauge", ()),
    "slamon_discovery_checks": ("gauge", ("source",)),
    "slamon_discovery_rejected_targets": ("gauge", ("source",)),
    "slamon_discovery_last_refresh_successful": ("gauge", ("source",)),
    "slamon_probe_start_lateness_seconds": ("histogram", ()),
    "slamon_probes_in_flight": ("gauge", ()),
    "slamon_slots_missed_total": ("counter", ()),
    "slamon_observations_rejected_total": ("counter", ()),
    "slamon_local_fault": ("gauge", ()),
    "slamon_ledger_commit_seconds": ("histogram", ()),
    "slamon_ledger_watermark_timestamp_seconds": ("gauge", ()),
    "slamon_ledger_size_bytes": ("gauge", ()),
    "slamon_event_loop_delay_seconds": ("histogram", ()),
    "slamon_report_last_success_timestamp_seconds": ("gauge", ("report",)),
    "slamon_report_failing": ("gauge", ("report",)),
    "slamon_report_runs_total": ("counter", ("report", "result")),
    "slamon_component_errors_total": ("counter", ("component",)),
}
"""The table of metrics in the design, which rules and panels rest on: names, types and labels, in its order."""


def rows(group: str) -> list[list[str]]:
    """The cells of the tables in a group's section, name first."""
    section = PAGE.split(f"\n## Group `{group}`\n", 1)[1].split("\n## ", 1)[0]
    lines = [line for line in section.splitlines() if line.startswith("| `")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def words(text: str) -> set[str]:
    return set(re.findall(r"`([^`]+)`", text))


def sentence(begin: str) -> set[str]:
    """The values that the sentence beginning so names."""
    found = re.search(re.escape(begin) + r"([^.:;]*)", PAGE)
    assert found is not None, begin
    return words(found[1])


def test_the_families_are_those_of_the_design_in_its_order() -> None:
    families = [family for group in names.GROUPS for family in names.FAMILIES[group]]

    assert [(f.name, (f.kind.value, f.labels)) for f in families] == list(AGREED.items())


@pytest.mark.parametrize("group", names.GROUPS)
def test_every_family_of_a_group_is_explained_and_no_other(group: str) -> None:
    told = [row for row in rows(group) if "process_" not in row[0]]

    assert [row[0].strip("`") for row in told] == [family.name for family in names.FAMILIES[group]]
    for row, family in zip(told, names.FAMILIES[group], strict=True):
        _, kind, labels, unit, meaning, absent = row
        assert kind == family.kind.value
        assert re.findall(r"`([^`]+)`", labels) == list(family.labels)
        assert unit == (family.unit or "–")
        assert meaning == family.help
        assert absent


def test_there_is_a_section_for_every_group_and_no_other() -> None:
    assert tuple(re.findall(r"^## Group `(\w+)`$", PAGE, re.MULTILINE)) == names.GROUPS


def test_no_other_metric_is_named() -> None:
    known = {family.name for group in names.GROUPS for family in names.FAMILIES[group]}

    assert set(re.findall(r"\bslamon_\w+", PAGE)) == known


def test_the_process_metrics_are_those_that_are_shown() -> None:
    shown = CollectorRegistry(auto_describe=False)
    ProcessCollector(registry=shown)
    named = {row[0].strip("`"): row[1:] for row in rows(names.OWN) if "process_" in row[0]}

    assert named == {
        metric.name + ("_total" if metric.type == "counter" else ""): [metric.type, metric.documentation]
        for metric in shown.collect()
    }


@pytest.mark.parametrize(
    ("begin", "values"),
    [
        ("`state` is ", STATES),
        ("`verdict` is ", VERDICTS),
        ("`class` is ", CLASSES),
        ("`window` is ", WINDOWS),
        ("`severity` is ", {row[0] for windows in ALERT_WINDOWS.values() for row in windows}),
        ("`period` is ", PeriodKind),
        ("`customer_kind` is ", CustomerKind),
        ("shows those groups only: ", names.GROUPS),
    ],
)
def test_the_values_of_a_label_are_told_whole(begin: str, values: Iterable[str]) -> None:
    assert sentence(begin) == set(values)


def test_every_part_that_may_fail_is_explained_and_no_other() -> None:
    text = next(line for line in PAGE.splitlines() if line.startswith("`component` is the part that failed: "))

    assert words(text) - {"component"} == set(COMPONENTS)


def test_every_help_is_one_plain_sentence() -> None:
    for group in names.GROUPS:
        for family in names.FAMILIES[group]:
            assert re.fullmatch(r"[A-Z0-9][^\\\n|]*\.", family.help), family.name
