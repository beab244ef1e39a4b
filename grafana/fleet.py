"""Slamon itself: whether it probes in time, stores, and sees."""

from typing import Any

from slamon.export import names as n
from slamon.export.names import Family, Kind

from grafana import looks
from grafana.asking import of, one, quantile, rate
from grafana.frame import board, choice, reloads, values
from grafana.panels import Ask, Column, Words, heat, lines, number, rows, timeline

HERE = {"instance": "~$instance"}
CPU = Family("process_cpu_seconds_total", Kind.COUNTER, "Of prometheus-client.")
MEMORY = Family("process_resident_memory_bytes", Kind.GAUGE, "Of prometheus-client.")
FILES = Family("process_open_fds", Kind.GAUGE, "Of prometheus-client.")
INSTANCE = "{{instance}}"


def _ours(expression: str) -> str:
    """Of slamon's processes only: these metrics have every program's."""
    return f"{expression} and on (instance, job) {of(n.BUILD_INFO, HERE)}"


def fleet() -> dict[str, Any]:
    panels = [
        number(
            Words("Running", "How many slamons are scraped: series of slamon_build_info."),
            f"count({of(n.BUILD_INFO, HERE)})",
        ),
        number(
            Words(
                "Newest stored fact",
                "How old the newest stored observation of the slowest slamon is: the time now "
                "less slamon_ledger_watermark_timestamp_seconds.",
                "s",
                0,
            ),
            f"time() - min({of(n.WATERMARK, HERE)})",
        ),
        number(
            Words(
                "Catalogue",
                "Whether the newest load of the catalogue went well everywhere: "
                "slamon_config_last_reload_successful, the least.",
            ),
            f"min({of(n.RELOAD_SUCCESSFUL, HERE)})",
            codes=looks.WELL,
        ),
        number(
            Words(
                "Own network at fault",
                "Whether the reference targets say that slamon's own network fails: "
                "slamon_local_fault, the greatest. All is unknown then, and nobody is blamed.",
            ),
            f"max({of(n.LOCAL_FAULT, HERE)})",
            codes=looks.YES_NO,
        ),
        lines(
            Words(
                "Probes a second",
                "Observations a second of all checks: the rate of slamon_check_observations_total.",
                "ops",
            ),
            [Ask(rate(n.CHECK_OBSERVATIONS, HERE, "instance"), INSTANCE)],
            width=12,
            least=0,
        ),
        lines(
            Words("Probes in flight", "Probes that have begun and not ended: slamon_probes_in_flight."),
            [Ask(one("instance", of(n.IN_FLIGHT, HERE)), INSTANCE)],
            width=12,
            least=0,
        ),
        heat(
            Words(
                "How late probes begin",
                "Probes by how long after they were due they began, the darker the more: the "
                "growth of slamon_probe_start_lateness_seconds by bucket.",
                "s",
            ),
            f"sum by (le) (increase({of(n.LATENESS, HERE, '_bucket')}[$__rate_interval]))",
        ),
        lines(
            Words(
                "Lateness and event loop",
                "99 % of the probes began no later, 99 % of the timers were taken up no "
                "later, 99 % of the commits took no longer: upper bounds of buckets.",
                "s",
            ),
            [
                Ask(quantile("0.99", n.LATENESS, HERE), "probe late"),
                Ask(quantile("0.99", n.LOOP_DELAY, HERE), "timer late"),
                Ask(quantile("0.99", n.COMMIT, HERE), "commit"),
            ],
            least=0,
        ),
        lines(
            Words(
                "Failures by reason",
                "Observations a second that found a check down, by what was wrong, over all "
                "checks: the rate of slamon_check_failures_by_reason_total.",
                "ops",
            ),
            [Ask(rate(n.CHECK_FAILURES_BY_REASON, HERE, "reason"), "{{reason}}")],
            bars=True,
            stacked=True,
            least=0,
        ),
        lines(
            Words(
                "Gaps and rejected",
                "Probes that were due and not begun, and observations that could not be taken, a "
                "second: rates of slamon_slots_missed_total and slamon_observations_rejected_total.",
                "ops",
            ),
            [
                Ask(rate(n.MISSED, HERE, "instance"), "missed " + INSTANCE),
                Ask(rate(n.REJECTED, HERE, "instance"), "rejected " + INSTANCE),
            ],
            width=12,
            least=0,
        ),
        lines(
            Words(
                "Slamon's own failures",
                "Failures of slamon's parts a second: the rate of slamon_component_errors_total.",
                "ops",
            ),
            [Ask(rate(n.COMPONENT_ERRORS, HERE, "component"), "{{component}}")],
            width=12,
            least=0,
        ),
        timeline(
            Words("Own network at fault over time", "slamon_local_fault, 1 while the reference targets fail."),
            Ask(one("instance", of(n.LOCAL_FAULT, HERE)), INSTANCE),
            looks.YES_NO,
            height=5,
        ),
        lines(
            Words("Ledger", "Size of the ledger with its journal: slamon_ledger_size_bytes.", "bytes"),
            [Ask(one("instance", of(n.LEDGER_SIZE, HERE)), INSTANCE)],
            width=12,
            least=0,
        ),
        lines(
            Words(
                "Age of the newest stored fact",
                "The time less slamon_ledger_watermark_timestamp_seconds: it grows while slamon cannot store.",
                "s",
            ),
            [Ask(f"time() - {one('instance', of(n.WATERMARK, HERE))}", INSTANCE)],
            width=12,
            least=0,
        ),
        lines(
            Words(
                "Processor",
                "Processor time a second, 1 is a whole core: the rate of process_cpu_seconds_total of "
                "slamon's processes.",
                "none",
                2,
            ),
            [Ask(_ours(f"rate({of(CPU, HERE)}[$__rate_interval])"), INSTANCE)],
            width=12,
            least=0,
        ),
        lines(
            Words("Memory", "Resident memory of slamon's processes: process_resident_memory_bytes.", "bytes"),
            [Ask(_ours(of(MEMORY, HERE)), INSTANCE)],
            width=12,
            least=0,
        ),
        lines(
            Words("Open files", "Descriptors that slamon's processes hold: process_open_fds.", "none", 0),
            [Ask(_ours(of(FILES, HERE)), INSTANCE)],
            width=12,
            least=0,
        ),
        rows(
            Words(
                "Discovery",
                "Checks that each source of discovery gives, and targets of which none can be made. No "
                "data: nothing is discovered.",
            ),
            [
                Ask(one("instance, source", of(n.DISCOVERED, HERE))),
                Ask(one("instance, source", of(n.DISCOVERY_REJECTED, HERE))),
            ],
            [
                Column("instance", "Instance"),
                Column("source", "Source"),
                Column("Value #A", "Checks"),
                Column("Value #B", "Rejected"),
            ],
            worst="Rejected",
            width=12,
        ),
        rows(
            Words("Versions", "The version of each slamon, and of its Python: slamon_build_info."),
            [Ask(one("instance, version, python", of(n.BUILD_INFO, HERE)))],
            [Column("instance", "Instance"), Column("version", "Version"), Column("python", "Python")],
            worst="Version",
            height=6,
            descending=False,
        ),
    ]
    variables = [choice("instance", "Instance", values("instance", of(n.BUILD_INFO)))]
    words = "Slamon's own health: is it in time, does it store, does it see, what fails."
    return board("slamon-fleet", words, variables, panels, [reloads()], since="now-6h")
