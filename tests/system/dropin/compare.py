"""Two expositions compared: every family that is not a time, with values, labels, presence, HELP and TYPE."""

from dataclasses import dataclass

from prometheus_client.parser import text_string_to_metric_families

TIMES = frozenset(
    {"probe_duration_seconds", "probe_dns_lookup_time_seconds", "probe_http_duration_seconds"}
    | {"probe_icmp_duration_seconds", "probe_dns_duration_seconds", "probe_grpc_duration_seconds"}
)
"""Of these the labels count, not the values."""

NEWER = frozenset({"probe_tls_cipher_info", "probe_failed_due_to_bytes"})
"""Families that the exporter has since 0.23, which is the one here."""

NEWER_LABELS = frozenset({"serialnumber"})

TLS_HELP = frozenset(
    {"probe_ssl_earliest_cert_expiry", "probe_ssl_last_chain_expiry_timestamp_seconds"} | {"probe_tls_version_info"}
)
"""Families whose HELP was one of several texts in 0.23, by prober; since then it is one for all."""


@dataclass(frozen=True, slots=True)
class Shown:
    """One family."""

    kind: str
    help: str
    series: dict[tuple[tuple[str, str], ...], float | None]


def families(text: str) -> dict[str, Shown]:
    """The exposition by family, times without values, what is newer than 0.23 left out."""
    found: dict[str, Shown] = {}
    for family in text_string_to_metric_families(text):
        if family.name in NEWER:
            continue
        series: dict[tuple[tuple[str, str], ...], float | None] = {}
        for sample in family.samples:
            labels = tuple(sorted((k, v) for k, v in sample.labels.items() if k not in NEWER_LABELS))
            series[labels] = None if family.name in TIMES else sample.value
        help_ = "" if family.name in TLS_HELP else family.documentation
        found[family.name] = Shown(family.type, help_, series)
    return found


def differences(theirs: str, ours: str) -> list[str]:
    """What differs, in sentences."""
    one, two = families(theirs), families(ours)
    said = [f"{name} is missing" for name in one.keys() - two.keys()]
    said += [f"{name} is too much" for name in two.keys() - one.keys()]
    for name in one.keys() & two.keys():
        if one[name] != two[name]:
            said.append(f"{name}: theirs {one[name]}, ours {two[name]}")
    return sorted(said)
