"""The table of parsers: what each is fed, what it may refuse with, and which modules that covers.

A module that takes bytes or text apart must stand under `covers` of a target, or in `ELSEWHERE` with a reason:
`tests/unit/test_fuzz.py` looks for it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from slamon.errors import SlamonError, UsageError
from slamon.probes import ProbeNotRunError
from slamon.probes.course import Failure
from slamon.probes.promql_answer import MalformedError

from tests.fuzz import (
    parse_catalogue,
    parse_drop_in,
    parse_imports,
    parse_probes,
    parse_register,
    parse_talk,
    parse_web,
    seeds,
)


@dataclass(frozen=True)
class Target:
    """One parser. `refuses`: the exceptions that are its answer to what is malformed."""

    parse: Callable[[bytes], None]
    seeds: Sequence[bytes]
    refuses: tuple[type[BaseException], ...]
    covers: tuple[str, ...]


def _sent(parse: Callable[[bytes], None], given: Sequence[bytes], *covers: str) -> Target:
    """What a server sends is judged: all that is refused is a Failure."""
    return Target(parse, given, (Failure,), covers)


def _written(parse: Callable[[bytes], None], given: Sequence[bytes], *covers: str) -> Target:
    """What a user writes is refused with a sentence."""
    return Target(parse, given, (ValueError,), covers)


def _file(parse: Callable[[bytes], None], given: Sequence[bytes], *covers: str) -> Target:
    """A user's file is refused with what is wrong in it and where."""
    return Target(parse, given, (SlamonError,), covers)


def _whatever(parse: Callable[[bytes], None], given: Sequence[bytes], *covers: str) -> Target:
    """Never refused."""
    return Target(parse, given, (), covers)


TARGETS: Mapping[str, Target] = {
    # -- probes: what a server sends
    "echo": _whatever(parse_probes.echo, seeds.ECHO, "probes.echo_packet"),
    "echo-errors": _whatever(parse_probes.echo_errors, seeds.ECHO_ERRORS, "probes.echo_errors", "probes.echo_socket"),
    "dns": _sent(
        parse_probes.dns, seeds.DNS, "probes.dns_message", "probes.dns_expect", "probes.dnssec", "probes.dns_carriers"
    ),
    "dns-denial": _sent(parse_probes.dns_denial, seeds.DNS, "probes.dns_denial"),
    "starttls": _whatever(parse_talk.starttls, seeds.STARTTLS, "probes.starttls"),
    "ssh": _sent(parse_talk.ssh, seeds.SSH, "probes.ssh_packets", "probes.ssh_exchange"),
    "ssh-keys": _whatever(parse_probes.ssh_keys, seeds.SSH_KEYS, "probes.ssh_keys"),
    "known-hosts": _whatever(parse_probes.known_hosts, seeds.KNOWN_HOSTS, "probes.known_hosts"),
    "grpc": _written(parse_probes.grpc, seeds.GRPC, "probes.grpc_health", "probes.grpc"),
    "websocket-frames": _whatever(parse_probes.websocket_frames, seeds.FRAMES, "probes.websocket_frames"),
    "websocket": _sent(
        parse_talk.websocket, seeds.WEBSOCKET, "probes.websocket_handshake", "probes.websocket_talk", "probes.websocket"
    ),
    "dialogue": _sent(parse_talk.dialogue, seeds.DIALOGUE, "probes.dialogue", "probes.captures"),
    "http": _sent(parse_probes.http, seeds.HTTP, "probes.expect", "probes.http", "probes.exchange"),
    "journey": _whatever(parse_probes.journey, seeds.HTTP, "probes.journey_values", "probes.journey_walk"),
    "redirects": _written(parse_probes.redirects, seeds.LOCATIONS, "probes.redirects", "probes.dns_https"),
    "certificates": _whatever(
        parse_probes.certificates, seeds.CERTIFICATES, "probes.evidence", "probes.tls", "probes.tls_names"
    ),
    "staple": _sent(parse_probes.staple, seeds.STAPLES, "probes.staple", "probes.stapled"),
    "promql": Target(parse_probes.promql, seeds.PROMQL, (MalformedError, ProbeNotRunError), ("probes.promql_answer",)),
    "plugin": _whatever(parse_probes.plugin, seeds.PLUGIN, "probes.exec"),
    "masks": _whatever(parse_probes.masks, seeds.HTTP, "probes.course"),
    # -- the catalogue: what a user writes, and lists that strangers write
    "json-path": _written(parse_probes.json_path, seeds.PATHS, "probes.json_path"),
    "hex": _written(parse_catalogue.hex_patterns, seeds.HEX, "catalogue.probe_options"),
    "quantities": _whatever(
        parse_catalogue.quantities, seeds.QUANTITIES, "catalogue.quantities", "catalogue.calendars", "catalogue.base"
    ),
    "addresses": _whatever(
        parse_catalogue.addresses, seeds.ADDRESSES, "catalogue.addresses", "catalogue.hosts", "probes.resolve"
    ),
    "recurrence": _written(parse_catalogue.recurrences, seeds.RECURRENCES, "catalogue.recurrence"),
    "yaml": _whatever(parse_catalogue.yaml, seeds.YAML, "catalogue.reader"),
    "catalogue": _file(
        parse_catalogue.catalogue,
        seeds.EXAMPLES,
        "catalogue.references",
        "catalogue.kinds.dns",
        "catalogue.kinds.heartbeat",
        "catalogue.kinds.grpc",
        "catalogue.kinds.icmp",
        "catalogue.kinds.journey",
        "catalogue.kinds.promql",
        "catalogue.kinds.ssh",
        "catalogue.kinds.tls",
        "catalogue.kinds.websocket",
        "accounting.periods",
        "probes.curl_settings",
        "probes.dns",
        "probes.dns_server",
        "probes.hosts",
        "probes.ssh",
        "probes.tcp",
        "probes.tls_expect",
        "probes.tls_probe",
        "probes.promql",
        "probes.journey",
    ),
    "lists": _whatever(parse_catalogue.lists, seeds.LISTS, "catalogue.discovery.lists", "catalogue.discovery.kept"),
    "relabelling": _written(
        parse_catalogue.relabelling, seeds.RELABELLING, "catalogue.discovery.relabel", "catalogue.discovery.models"
    ),
    "template": _whatever(parse_catalogue.template, seeds.YAML, "catalogue.discovery.template"),
    # -- the drop-in: its file, its requests, and what servers send
    "blackbox-file": _file(
        parse_drop_in.file,
        seeds.BLACKBOX,
        "catalogue.blackbox.client",
        "catalogue.blackbox.expression",
        "catalogue.blackbox.models",
        "catalogue.blackbox.values",
        "blackbox.written",
    ),
    "conditions": _whatever(parse_drop_in.conditions, seeds.HTTP, "blackbox.cel"),
    "tunnel": _whatever(parse_drop_in.tunnel, seeds.TUNNELS, "blackbox.tunnel"),
    "hosts": _whatever(parse_drop_in.hosts, seeds.HOSTS, "blackbox.hosts"),
    "headers": _whatever(parse_drop_in.headers, seeds.HEADERS, "blackbox.fetch", "blackbox.cookies", "blackbox.http"),
    "probe-targets": _whatever(
        parse_drop_in.targets,
        seeds.ADDRESSES,
        "blackbox.requests",
        "blackbox.proxies",
        "blackbox.guard",
        "blackbox.grpc",
        "blackbox.run",
    ),
    "packed": _whatever(parse_drop_in.packed, seeds.PACKED, "blackbox.unpack"),
    "drop-in-dns": _whatever(parse_drop_in.dns_answer, seeds.DNS, "blackbox.dns"),
    "expand": _whatever(parse_drop_in.expand, seeds.PATHS, "blackbox.stream"),
    # -- coming over: the files of other programs
    "gatus": _file(parse_imports.gatus, seeds.GATUS, "imports.gatus", "imports.parts", "imports.draft"),
    "gatus-conditions": _file(parse_imports.conditions, seeds.CONDITIONS, "imports.gatus_conditions"),
    "kuma": _file(parse_imports.kuma, seeds.KUMA, "imports.kuma", "imports.kuma_backup"),
    "uptimerobot": _file(parse_imports.uptimerobot, seeds.UPTIMEROBOT, "imports.uptimerobot"),
    "csv": _file(parse_imports.table, seeds.CSV, "imports.table"),
    "openslo": _file(
        parse_imports.openslo, seeds.OPENSLO, "imports.openslo", "imports.openslo_terms", "imports.written"
    ),
    "prometheus-file": _file(parse_imports.prometheus, seeds.PROMETHEUS, "imports.prometheus", "imports.given"),
    "blackbox-import": _file(parse_imports.blackbox, seeds.BLACKBOX, "imports.blackbox"),
    "history": _written(parse_imports.history, seeds.MATRIX, "imports.prometheus_history", "imports.histories"),
    "replay": _file(parse_imports.replay, seeds.REPLAY, "replay"),
    # -- the web: what a client sends
    "negotiation": _whatever(parse_web.negotiation, seeds.ACCEPT, "web.negotiation"),
    "credentials": _whatever(parse_web.credentials, seeds.CREDENTIALS, "web.users"),
    "host": _whatever(parse_web.host, seeds.ADDRESSES, "web.safety", "web.listening"),
    "heartbeat": Target(parse_web.heartbeat, seeds.REPORTS, (UsageError,), ("web.heartbeat",)),
    "observations": Target(
        parse_web.observations, seeds.PUSHED, (UsageError,), ("web.observations", "web.posting", "running.pushed")
    ),
    "complaints": Target(parse_register.posted, seeds.POSTED, (UsageError,), ("web.complaints",)),
    # -- what people and mail gateways enter
    "register-table": _file(
        parse_register.table,
        seeds.COMPLAINTS,
        "commands.register_table",
        "running.entering.rows",
        "running.entering.importing",
        "running.entering.ground",
        "catalogue.registering",
    ),
    "minutes": _file(parse_register.minutes, seeds.MINUTES, "commands.register_minutes"),
    "cron": _written(parse_web.cron, seeds.CRON, "accounting.cron"),
    "web-config": _file(parse_web.config, seeds.WEB_CONFIG, "web.webconfig"),
}

ELSEWHERE: Mapping[str, str] = {
    "blackbox.asking": "parameters come from the web framework; targets are fed as probe-targets",
    "blackbox.journal": "writes what it is told",
    "blackbox.material": "certificates in files of ours, read by OpenSSL",
    "blackbox.oauth": "json.loads of a bounded answer; its errors are caught as those of promql are",
    "blackbox.websocket": "the handshake and the frames are those of the target websocket",
    "imports.database_history": "rows of a database, read by SQLite; their values are those of kuma",
    "probes.cipher_names": "names that OpenSSL gives",
    "probes.curl_failures": "sentences that libcurl gives",
    "probes.transfer": "lines that libcurl gives of itself",
    "web.app": "addresses of the pages, taken apart by the web framework",
    "web.tls": "files of ours",
}
"""Modules that take something apart which no stranger made, or that another target feeds."""
