"""Every metric family and label of the exposition, in its order. The one module that spells their names."""

from slamon.export.families import Family, Kind

CHECK = "check"
SERVICE = "service"
AGREEMENT = "agreement"
DESK = "desk"
OWN = "own"
GROUPS = (CHECK, SERVICE, AGREEMENT, DESK, OWN)
"""What `collect[]` may name."""

_CHECK = ("service", "check")
_SERVICE = ("service",)
_AGREEMENT = ("agreement", "service", "customer")
_WINDOW = (*_AGREEMENT, "window")
_CUSTOMER = ("customer", "service")

CHECK_UP = Family("slamon_check_up", Kind.GAUGE, "1 while the check is up or degraded, 0 while it is down.", _CHECK)
CHECK_DEGRADED = Family(
    "slamon_check_degraded", Kind.GAUGE, "1 while the check is degraded, 0 while it is up or down.", _CHECK
)
CHECK_OBSERVATIONS = Family(
    "slamon_check_observations_total", Kind.COUNTER, "Observations of the check, of whatever verdict.", _CHECK
)
CHECK_DEGRADED_OBSERVATIONS = Family(
    "slamon_check_degraded_observations_total", Kind.COUNTER, "Observations that found the check degraded.", _CHECK
)
CHECK_FAILURES = Family("slamon_check_failures_total", Kind.COUNTER, "Observations that found the check down.", _CHECK)
CHECK_FAILURES_BY_REASON = Family(
    "slamon_check_failures_by_reason_total",
    Kind.COUNTER,
    "Observations that found the check down, by what was wrong.",
    (*_CHECK, "reason"),
)
CHECK_DURATION = Family("slamon_check_duration_seconds", Kind.GAUGE, "How long the newest probe took.", _CHECK)
CHECK_PHASE_DURATION = Family(
    "slamon_check_phase_duration_seconds",
    Kind.GAUGE,
    "How long each phase of the newest probe took.",
    (*_CHECK, "phase"),
)
CHECK_LATENCY = Family(
    "slamon_check_latency_seconds", Kind.HISTOGRAM, "Durations of the probes that were not down.", _CHECK
)
CHECK_LAST_OBSERVATION = Family(
    "slamon_check_last_observation_timestamp_seconds", Kind.GAUGE, "When the newest observation began.", _CHECK
)
CHECK_CERTIFICATE_EXPIRY = Family(
    "slamon_check_certificate_expiry_timestamp_seconds",
    Kind.GAUGE,
    "When the first certificate of the verified chain expires.",
    _CHECK,
)
CHECK_SOA_SERIAL = Family(
    "slamon_check_soa_serial", Kind.GAUGE, "The serial of the SOA record in the newest answer.", _CHECK
)
CHECK_INFO = Family(
    "slamon_check_info",
    Kind.INFO,
    "The kind of the check and what it probes, without credentials.",
    (*_CHECK, "kind", "target"),
)

SERVICE_STATE = Family(
    "slamon_service_state",
    Kind.GAUGE,
    "1 for the state that the service is in, 0 for the others.",
    ("service", "state"),
)
SERVICE_STATE_SINCE = Family(
    "slamon_service_state_since_timestamp_seconds",
    Kind.GAUGE,
    "Since when the service is in the state that it is in.",
    _SERVICE,
)
SERVICE_OUTAGES = Family("slamon_service_outages_total", Kind.COUNTER, "Confirmed outages of the service.", _SERVICE)
SERVICE_INFO = Family("slamon_service_info", Kind.INFO, "The service's name and team.", ("service", "name", "team"))
SERVICE_RESPONSIBILITY = Family(
    "slamon_service_responsibility_info",
    Kind.INFO,
    "Who looks after the service, and the customer whom it is owed to, or `several`, or `none`.",
    ("service", "team", "customer"),
)
SERVICE_DEPENDENCY = Family(
    "slamon_service_dependency_info",
    Kind.INFO,
    "A service that the service stands on.",
    ("service", "depends_on"),
)
SERVICE_DOWN = Family(
    "slamon_service_down_info",
    Kind.INFO,
    "There while the service is down: the service at the root of it, and whether that is another one.",
    ("service", "cause", "role"),
)

AGREEMENT_INFO = Family(
    "slamon_agreement_info",
    Kind.INFO,
    "The agreement's customer and terms.",
    (
        "agreement",
        "service",
        "customer",
        "customer_name",
        "customer_kind",
        "team",
        "period",
        "service_hours",
        "timezone",
        "revision",
    ),
)
TARGET = Family("slamon_agreement_target_ratio", Kind.GAUGE, "The availability that is agreed.", _AGREEMENT)
AVAILABILITY = Family("slamon_agreement_availability_ratio", Kind.GAUGE, "Availability in the rolling window.", _WINDOW)
BURN_RATE = Family(
    "slamon_agreement_burn_rate",
    Kind.GAUGE,
    "Unavailability in the rolling window as a multiple of what is agreed.",
    _WINDOW,
)
COVERAGE = Family(
    "slamon_agreement_coverage_ratio", Kind.GAUGE, "Observed share of the rolling window's measured time.", _WINDOW
)
PERIOD_AVAILABILITY = Family(
    "slamon_agreement_period_availability_ratio", Kind.GAUGE, "Availability in the running period so far.", _AGREEMENT
)
PERIOD_COVERAGE = Family(
    "slamon_agreement_period_coverage_ratio",
    Kind.GAUGE,
    "Observed share of the running period's measured time so far.",
    _AGREEMENT,
)
MIN_COVERAGE = Family(
    "slamon_agreement_min_coverage_ratio",
    Kind.GAUGE,
    "The share of the measured time that must be observed for a verdict of a period.",
    _AGREEMENT,
)
PERIOD_DOWNTIME = Family(
    "slamon_agreement_period_downtime_seconds",
    Kind.GAUGE,
    "Downtime in the running period so far: the budget that is spent.",
    _AGREEMENT,
)
PREVIOUS_AVAILABILITY = Family(
    "slamon_agreement_previous_period_availability_ratio",
    Kind.GAUGE,
    "Availability in the last whole period.",
    _AGREEMENT,
)
PREVIOUS_COVERAGE = Family(
    "slamon_agreement_previous_period_coverage_ratio",
    Kind.GAUGE,
    "Observed share of the last whole period's measured time.",
    _AGREEMENT,
)
PREVIOUS_DOWNTIME = Family(
    "slamon_agreement_previous_period_downtime_seconds", Kind.GAUGE, "Downtime in the last whole period.", _AGREEMENT
)
PREVIOUS_CREDIT = Family(
    "slamon_agreement_previous_period_credit_ratio",
    Kind.GAUGE,
    "The service credit that is due for the last whole period.",
    _AGREEMENT,
)
BUDGET = Family(
    "slamon_agreement_budget_seconds", Kind.GAUGE, "Downtime that the running period allows for.", _AGREEMENT
)
BUDGET_REMAINING = Family(
    "slamon_agreement_budget_remaining_ratio",
    Kind.GAUGE,
    "What is left of the running period's budget: 1 untouched, 0 spent, negative overspent.",
    _AGREEMENT,
)
BUDGET_BURNED = Family(
    "slamon_agreement_budget_burned_ratio",
    Kind.GAUGE,
    "Downtime in the rolling window as a share of the running period's allowance.",
    _WINDOW,
)
BUDGET_BURNED_THRESHOLD = Family(
    "slamon_agreement_budget_burned_threshold_ratio",
    Kind.GAUGE,
    "The share burned in the window from which an alert of that severity fires.",
    (*_AGREEMENT, "severity", "window"),
)
VERDICT = Family(
    "slamon_agreement_verdict",
    Kind.GAUGE,
    "1 for the verdict that holds of the running period, 0 for the others.",
    (*_AGREEMENT, "verdict"),
)
IN_SERVICE = Family("slamon_agreement_in_service", Kind.GAUGE, "1 within service hours, else 0.", _AGREEMENT)
IN_MAINTENANCE = Family(
    "slamon_agreement_in_maintenance",
    Kind.GAUGE,
    "1 while maintenance or a correction keeps the time from counting against the provider, else 0.",
    _AGREEMENT,
)
LATENCY = Family(
    "slamon_agreement_latency_ratio",
    Kind.GAUGE,
    "Share of the running period's observations that were fast enough.",
    _AGREEMENT,
)
LATENCY_TARGET = Family(
    "slamon_agreement_latency_target_ratio", Kind.GAUGE, "The share of fast observations that is agreed.", _AGREEMENT
)
LATENCY_THRESHOLD = Family(
    "slamon_agreement_latency_threshold_seconds",
    Kind.GAUGE,
    "The longest duration that is agreed to be fast.",
    _AGREEMENT,
)
ACCOUNTED = Family(
    "slamon_agreement_accounted_seconds_total",
    Kind.COUNTER,
    "In-service time that is settled, by what it was accounted as.",
    (*_AGREEMENT, "class"),
)
PERIOD_START = Family(
    "slamon_agreement_period_start_timestamp_seconds", Kind.GAUGE, "When the running period began.", _AGREEMENT
)
PERIOD_END = Family(
    "slamon_agreement_period_end_timestamp_seconds", Kind.GAUGE, "When the running period ends.", _AGREEMENT
)
AGREEMENT_END = Family("slamon_agreement_end_timestamp_seconds", Kind.GAUGE, "When the agreement ends.", _AGREEMENT)
CLOSED_PERIODS = Family(
    "slamon_agreement_closed_periods",
    Kind.GAUGE,
    "Periods of the agreement that were closed, by the state that they are in.",
    ("agreement", "customer", "state"),
)

COMPLAINTS = Family(
    "slamon_customer_complaints_total", Kind.COUNTER, "Complaints of the customer about the service.", _CUSTOMER
)
UNSOLVED_COMPLAINTS = Family(
    "slamon_customer_unsolved_complaints",
    Kind.GAUGE,
    "Complaints that are not solved, by the state that they are in.",
    (*_CUSTOMER, "state"),
)
OLDEST_OPEN_COMPLAINT = Family(
    "slamon_customer_oldest_open_complaint_timestamp_seconds",
    Kind.GAUGE,
    "When the oldest complaint that nobody answered was entered.",
    _CUSTOMER,
)
RECENT_COMPLAINTS = Family(
    "slamon_customer_recent_complaints", Kind.GAUGE, "Complaints about the last 90 days.", _CUSTOMER
)
UNSEEN_COMPLAINTS = Family(
    "slamon_customer_unseen_complaints",
    Kind.GAUGE,
    "Complaints about the last 90 days that slamon had not seen itself.",
    _CUSTOMER,
)
UNSEEN_SHARE = Family(
    "slamon_customer_unseen_complaints_ratio",
    Kind.GAUGE,
    "Share of the complaints about the last 90 days that slamon had not seen itself.",
    _CUSTOMER,
)
SATISFACTION = Family(
    "slamon_customer_satisfaction_ratio",
    Kind.GAUGE,
    "Share of the scores of the last 365 days that are 4 or 5, of those from 1 to 5.",
    _CUSTOMER,
)
NET_PROMOTER = Family(
    "slamon_customer_net_promoter_ratio",
    Kind.GAUGE,
    "Share of promoters less that of detractors in the scores of the last 365 days: from -1 to 1.",
    _CUSTOMER,
)
SCORES = Family(
    "slamon_customer_scores", Kind.GAUGE, "Scores of the last 365 days, by their scale.", (*_CUSTOMER, "scale")
)
ACTIONS = Family(
    "slamon_actions",
    Kind.GAUGE,
    "Actions that are neither done nor dropped: those whose due day is over, and the others.",
    ("team", "state"),
)

BUILD_INFO = Family("slamon_build_info", Kind.INFO, "The version that runs.", ("version", "python"))
RELOAD_SUCCESSFUL = Family(
    "slamon_config_last_reload_successful", Kind.GAUGE, "1 if the newest load of the catalogue went well, else 0."
)
RELOAD_TIME = Family(
    "slamon_config_last_reload_success_timestamp_seconds", Kind.GAUGE, "When the catalogue in force was loaded."
)
DISCOVERED = Family("slamon_discovery_checks", Kind.GAUGE, "Checks that a source of discovery gives.", ("source",))
DISCOVERY_REJECTED = Family(
    "slamon_discovery_rejected_targets", Kind.GAUGE, "Targets of a source of which no check can be made.", ("source",)
)
DISCOVERY_SUCCESSFUL = Family(
    "slamon_discovery_last_refresh_successful",
    Kind.GAUGE,
    "1 if the source could be read when it was last looked at, else 0: its last good lists hold.",
    ("source",),
)
LATENESS = Family("slamon_probe_start_lateness_seconds", Kind.HISTOGRAM, "How long after they were due probes began.")
IN_FLIGHT = Family("slamon_probes_in_flight", Kind.GAUGE, "Probes that have begun and not ended.")
MISSED = Family("slamon_slots_missed_total", Kind.COUNTER, "Probes that were due and not begun: gaps.")
REJECTED = Family(
    "slamon_observations_rejected_total",
    Kind.COUNTER,
    "Observations that were not the newest of their check or lay in the future.",
)
LOCAL_FAULT = Family(
    "slamon_local_fault", Kind.GAUGE, "1 while the reference targets say that the monitor's own network fails."
)
COMMIT = Family("slamon_ledger_commit_seconds", Kind.HISTOGRAM, "How long commits of the ledger took.")
WATERMARK = Family(
    "slamon_ledger_watermark_timestamp_seconds", Kind.GAUGE, "All observations before this instant are stored."
)
LEDGER_SIZE = Family("slamon_ledger_size_bytes", Kind.GAUGE, "Size of the ledger with its journal.")
LOOP_DELAY = Family(
    "slamon_event_loop_delay_seconds", Kind.HISTOGRAM, "How late the event loop took up a timer, ten times a second."
)
REPORT_LAST_SUCCESS = Family(
    "slamon_report_last_success_timestamp_seconds",
    Kind.GAUGE,
    "When a run of the scheduled report was delivered everywhere.",
    ("report",),
)
REPORT_FAILING = Family(
    "slamon_report_failing",
    Kind.GAUGE,
    "1 while the newest run that was due of the scheduled report is not delivered, else 0.",
    ("report",),
)
REPORT_RUNS = Family(
    "slamon_report_runs_total",
    Kind.COUNTER,
    "Attempts to make and deliver the scheduled report, by how they ended.",
    ("report", "result"),
)
COMPONENT_ERRORS = Family(
    "slamon_component_errors_total", Kind.COUNTER, "Failures of slamon's own parts.", ("component",)
)

FAMILIES: dict[str, tuple[Family, ...]] = {
    CHECK: (
        CHECK_UP,
        CHECK_DEGRADED,
        CHECK_OBSERVATIONS,
        CHECK_DEGRADED_OBSERVATIONS,
        CHECK_FAILURES,
        CHECK_FAILURES_BY_REASON,
        CHECK_DURATION,
        CHECK_PHASE_DURATION,
        CHECK_LATENCY,
        CHECK_LAST_OBSERVATION,
        CHECK_CERTIFICATE_EXPIRY,
        CHECK_SOA_SERIAL,
        CHECK_INFO,
    ),
    SERVICE: (
        SERVICE_STATE,
        SERVICE_STATE_SINCE,
        SERVICE_OUTAGES,
        SERVICE_INFO,
        SERVICE_RESPONSIBILITY,
        SERVICE_DEPENDENCY,
        SERVICE_DOWN,
    ),
    AGREEMENT: (
        AGREEMENT_INFO,
        TARGET,
        AVAILABILITY,
        BURN_RATE,
        COVERAGE,
        PERIOD_AVAILABILITY,
        PERIOD_COVERAGE,
        MIN_COVERAGE,
        PERIOD_DOWNTIME,
        PREVIOUS_AVAILABILITY,
        PREVIOUS_COVERAGE,
        PREVIOUS_DOWNTIME,
        PREVIOUS_CREDIT,
        BUDGET,
        BUDGET_REMAINING,
        BUDGET_BURNED,
        BUDGET_BURNED_THRESHOLD,
        VERDICT,
        IN_SERVICE,
        IN_MAINTENANCE,
        LATENCY,
        LATENCY_TARGET,
        LATENCY_THRESHOLD,
        ACCOUNTED,
        PERIOD_START,
        PERIOD_END,
        AGREEMENT_END,
        CLOSED_PERIODS,
    ),
    DESK: (
        COMPLAINTS,
        UNSOLVED_COMPLAINTS,
        OLDEST_OPEN_COMPLAINT,
        RECENT_COMPLAINTS,
        UNSEEN_COMPLAINTS,
        UNSEEN_SHARE,
        SATISFACTION,
        NET_PROMOTER,
        SCORES,
        ACTIONS,
    ),
    OWN: (
        BUILD_INFO,
        RELOAD_SUCCESSFUL,
        RELOAD_TIME,
        DISCOVERED,
        DISCOVERY_REJECTED,
        DISCOVERY_SUCCESSFUL,
        LATENESS,
        IN_FLIGHT,
        MISSED,
        REJECTED,
        LOCAL_FAULT,
        COMMIT,
        WATERMARK,
        LEDGER_SIZE,
        LOOP_DELAY,
        REPORT_LAST_SUCCESS,
        REPORT_FAILING,
        REPORT_RUNS,
        COMPONENT_ERRORS,
    ),
}
"""Every family of ours by group, in the order of the exposition. The process metrics follow the own ones."""
