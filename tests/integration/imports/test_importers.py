"""Each importer with files as the formats' documentation has them, all options in them: carried over, or named."""

import json
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import yaml
from slamon.catalogue import load
from slamon.catalogue.blackbox import client, models
from slamon.commands.coming import IMPORTERS
from slamon.errors import UsageError
from slamon.imports import gatus, prometheus, uptimerobot
from slamon.imports.draft import Draft, Hidden
from slamon.imports.written import yaml_text

from tests.integration.imports import samples
from tests.integration.imports.written import Path_, Written, leaves, replaced, unmet, write

WORD = "sehr-geheim"


def put(folder: Path, name: str, value: Any) -> Path:
    file = folder / name
    file.parent.mkdir(exist_ok=True, parents=True)
    text = value if isinstance(value, str) else yaml.safe_dump(value, sort_keys=False)
    file.write_text(text, encoding="utf-8")
    return file


def as_json(folder: Path, name: str, value: Any) -> Path:
    return put(folder, name, json.dumps(value))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("ca.pem", "client.pem", "client.key", "token.txt", "password.txt", "body.json"):
        put(tmp_path, name, WORD)
    return tmp_path


def whole(peer: str, file: Callable[[Any], Path], folder: Path) -> Callable[[Any], str]:
    def text(value: Any) -> str:
        secrets = folder / "catalogue.yml.secrets"
        for old in secrets.glob("*") if secrets.is_dir() else ():
            old.unlink()
        written = write(peer, [file(value)], folder).text
        kept = [f"{path.name}={path.read_text()}" for path in sorted(secrets.glob("*"))] if secrets.is_dir() else []
        return written + "\n".join(kept)

    return text


# -- blackbox_exporter


def blackbox(folder: Path, value: Any) -> Written:
    return write("blackbox", [put(folder, "blackbox.yml", value)], folder)


def test_every_option_of_blackbox_is_carried_over_or_named(folder: Path) -> None:
    def file(value: Any) -> Path:
        return put(folder, "blackbox.yml", value)

    def silent(path: Path_) -> bool:
        return path[-1] in samples.BLACKBOX_SAME_AS_DEFAULT

    assert unmet(samples.BLACKBOX, silent, whole("blackbox", file, folder)) == []


def test_modules_of_blackbox_become_options(folder: Path) -> None:
    written = blackbox(folder, samples.BLACKBOX)
    checks = written.checks()
    assert written.code == 1
    http = checks["http_all/target"]["http"]
    assert checks["http_all/target"]["timeout"] == 5000
    assert http["method"] == "POST"
    assert http["headers"]["Accept-Language"] == ["***"]
    assert http["http_version"] == "1.1"
    assert http["follow_redirects"] == 0
    assert http["ip_family"] == "4"
    assert http["tls"]["min_version"] == "1.3"
    assert http["tls"]["ca_file"] == str(folder / "ca.pem")
    assert http["expect"] == {
        "status": ["200", "404"],
        "body_matches": ["Welcome"],
        "body_not_matches": ["Could not connect to database"],
        "headers": {"Access-Control-Allow-Origin": r"(\*|example\.com)"},
    }
    tcp = checks["smtp_starttls/target"]["tcp"]
    assert [set(step) for step in tcp["dialogue"]] == [
        {"expect"}, {"send"}, {"expect"}, {"send"}, {"expect"}, {"starttls"}, {"send"}, {"expect"}, {"send"},
        {"expect_hex"},
    ]  # fmt: skip
    assert checks["icmp_all/target"]["icmp"] == {
        "address": "target.example.org",
        "payload_size": 64,
        "ttl": 5,
        "do_not_fragment": True,
        "source_address": "127.0.0.1",
        "ip_family": "4",
    }
    left = "\n".join(written.left)
    assert "oauth2" in left
    assert "fail_if_body_json_matches_cel" in left
    assert "the target: no scrape configuration names one" in left
    assert "slamon has no probe of unix sockets" in left
    assert WORD not in written.text


def test_dns_modules_become_dns_checks(folder: Path) -> None:
    dns = blackbox(folder, samples.BLACKBOX).checks()["dns_all/target"]["dns"]
    assert (dns["name"], dns["transport"]) == ("www.prometheus.io", "tls")
    assert "type" not in dns, "it asks for A, as ours does unless told otherwise"
    assert dns["expect"]["answers"]["all_match"] == [
        ".*127.0.0.2",  # the exporter behaves so: system/dropin/test_side_by_side.py
        r"www.prometheus.io.\t300\tIN\tA\t127.0.0.1",
    ]


def test_grpc_modules_become_grpc_checks(folder: Path) -> None:
    grpc = blackbox(folder, samples.BLACKBOX).checks()["grpc_all/target"]["grpc"]
    assert (grpc["service"], grpc["tls"]["skip_verification"]) == ("helloworld", True)


def keys_of(model: Any) -> set[str]:
    return {field.alias or name for name, field in model.model_fields.items()}


@pytest.mark.parametrize("prober", ["http", "tcp", "icmp", "dns", "grpc", "websocket"])
def test_every_option_that_the_drop_in_reads_is_one_that_the_importer_knows(folder: Path, prober: str) -> None:
    """The reader of the drop-in has the complete format: no option of it may be unknown here."""
    model = models.Module.model_fields[prober].annotation
    value = {"modules": {"x": {"prober": prober, prober: dict.fromkeys(sorted(keys_of(model)), "x")}}}
    left = " ".join(blackbox(folder, value).left)
    assert "this importer does not know it" not in left
    for inner in ("tls_config", "basic_auth", "authorization"):
        if inner in keys_of(model):
            known = dict.fromkeys(sorted(keys_of(getattr(client, samples.SECTIONS[inner]))), "x")
            value = {"modules": {"x": {"prober": prober, prober: {inner: known}}}}
            assert "this importer does not know it" not in " ".join(blackbox(folder, value).left)


def test_a_websocket_module_becomes_a_websocket_check(folder: Path) -> None:
    steps = [{"send": "ping"}, {"expect": "pong"}, {"expect_bytes": "ab"}]
    config = {"basic_auth": {"username": "u", "password": WORD}, "tls_config": {"insecure_skip_verify": True}}
    module = {"headers": {"X-A": {"values": ["b"]}}, "http_config": config, "query_response": steps}
    value = {"modules": {"ws": {"prober": "websocket", "websocket": module}}}
    checks = blackbox(folder, value).checks()["ws/target"]["websocket"]
    assert checks["url"] == "wss://target.example.org/"
    assert checks["headers"] == {"X-A": ["***"]}
    assert checks["basic_auth"]["username"] == "u"
    assert checks["tls"] == {"skip_verification": True}
    assert checks["dialogue"] == [{"send": "***"}, {"expect": "pong"}, {"expect_hex": "6162"}]


def test_an_option_that_nobody_knows_is_named(folder: Path) -> None:
    value = {"modules": {"x": {"prober": "tcp", "tcp": {"brand_new": 3}, "other": [1]}}}
    left = "\n".join(blackbox(folder, value).left)
    assert "modules.x.tcp.brand_new: 3: this importer does not know it" in left
    assert "modules.x.other: a list of 1: this importer does not know it" in left


# -- Prometheus


def test_blackbox_jobs_of_prometheus_become_checks_by_their_own_rules(folder: Path) -> None:
    put(folder, "targets/a.json", json.dumps([{"targets": ["https://shop.example.org/"], "labels": {"env": "prod"}}]))
    files = [put(folder, "prometheus.yml", samples.PROMETHEUS), put(folder, "blackbox.yml", samples.MODULES)]
    written = write("prometheus-targets", files, folder)
    checks = written.checks()
    assert checks["blackbox/https-shop-example-org"] == {
        "http": {"url": "https://shop.example.org/", "expect": {"status": ["200"]}},
        "interval": 15_000,
        "timeout": 2_000,
    }
    assert checks["blackbox/http-prometheus-io"]["http"]["url"] == "http://prometheus.io"
    assert checks["ping/10-0-0-1"]["icmp"]["address"] == "10.0.0.1"
    assert checks["node/10-0-0-2-9100"]["http"]["url"] == "http://10.0.0.2:9100/metrics"
    assert "node/10-0-0-3-9100" not in checks, "a rule dropped it"
    left = "\n".join(written.left)
    for word in ("env=prod", "kubernetes_sd_configs", "rule_files", "external_labels", "remote_write", "basic_auth"):
        assert word in left, word


def test_every_option_of_a_scrape_configuration_is_carried_over_or_named(folder: Path) -> None:
    put(folder, "targets/a.json", json.dumps([{"targets": ["https://shop.example.org/"], "labels": {"env": "prod"}}]))

    def silent(path: Path_) -> bool:
        of_samples = {*prometheus._OF_SAMPLES, "evaluation_interval", "refresh_interval", "query_log_file"}
        return bool(of_samples & set(path)) or path[-1] in samples.PROMETHEUS_SAME

    def text(value: Any) -> str:
        files = [put(folder, "prometheus.yml", value), put(folder, "blackbox.yml", samples.MODULES)]
        return write("prometheus-targets", files, folder).text

    assert unmet(samples.PROMETHEUS, silent, text) == []


def test_lists_of_targets_alone_are_checks_of_what_prometheus_scrapes(folder: Path) -> None:
    file = put(folder, "nodes.yml", "- targets: ['10.0.0.1:9100']\n")
    assert write("prometheus-targets", [file], folder).checks() == {
        "nodes/10-0-0-1-9100": {"http": {"url": "http://10.0.0.1:9100/metrics"}}
    }


def test_a_file_that_is_none_of_these_is_refused(folder: Path) -> None:
    with pytest.raises(UsageError, match="expected modules"):
        write("blackbox", [put(folder, "x.yml", {"a": 1})], folder)


# -- gatus


def test_every_option_of_gatus_is_carried_over_or_named(folder: Path) -> None:
    def file(value: Any) -> Path:
        return put(folder, "gatus.yml", value)

    def silent(path: Path_) -> bool:
        return bool({"ui", "token"} & set(path)) or path[0] in gatus._SILENT or path in samples.GATUS_SAME

    assert unmet(samples.GATUS, silent, whole("gatus", file, folder)) == []


def test_endpoints_of_gatus_become_checks(folder: Path) -> None:
    written = write("gatus", [put(folder, "gatus.yml", samples.GATUS)], folder)
    checks = written.checks(API_KEY="x")
    assert written.code == 1
    site = checks["core/website"]
    assert (site["interval"], site["timeout"], site["confirm"]) == (300_000, 7_000, 2)
    assert site["http"]["expect"] == {
        "status": ["200", "429"],
        "body_contains": ["<h1>Example Domain</h1>"],
        "json": [
            {"path": "status", "equals": "UP"},
            {"path": "data[0].id", "above": 0.0},
            {"path": "errors", "exists": False},
            {"path": "name", "matches": r"^john.*$"},
            {"path": "id", "matches": r"^(1|2)$"},
        ],
        "degraded_over": 500,
        "certificate_days": 2,
    }
    assert checks["tcp/probe"]["tcp"] == {"address": "127.0.0.1:6379"}
    assert checks["ping/probe"]["icmp"] == {"address": "example.org", "ip_family": "4"}
    left = "\n".join(written.left)
    for word in (
        "len([BODY].data) < 5",
        "[IP] == 127.0.0.1",
        "[DOMAIN_EXPIRATION]",
        "it is switched off",
        "udp",
        "the suite",
    ):
        assert word in left, word
    assert 'rrule: "FREQ=WEEKLY;BYDAY=MO,TH", at: "21:00", duration: 1h' in left
    assert WORD not in written.text
    assert "${env:API_KEY}" in written.text


@pytest.mark.parametrize(
    ("conditions", "expected"),
    [
        (["[STATUS] == 200"], ["200"]),
        (["[STATUS] < 300"], ["1xx", "2xx"]),
        (["[STATUS] <= 299", "[STATUS] >= 200"], ["2xx"]),
        (["[STATUS] > 400", "[STATUS] < 403"], ["401", "402"]),
        (["[STATUS] == any(200, 429)"], ["200", "429"]),
        (["[STATUS] == pat(2*)"], ["2xx"]),
        (["[STATUS] != 500", "[STATUS] >= 499", "[STATUS] < 502"], ["499", "501"]),
        (["[CONNECTED] == true"], ["1xx", "2xx", "3xx", "4xx", "5xx"]),
    ],
)
def test_conditions_of_the_status_become_codes(conditions: list[str], expected: list[str], folder: Path) -> None:
    value = {"endpoints": [{"name": "x", "url": "http://a.example.org", "conditions": conditions}]}
    written = write("gatus", [put(folder, "gatus.yml", value)], folder)
    assert written.catalogue().checks["x/probe"].options.expect.status == tuple(expected)  # type: ignore[attr-defined]
    assert written.left == []
    assert written.code == 0


def test_external_endpoints_of_gatus_become_external_checks(folder: Path) -> None:
    written = write("gatus", [put(folder, "gatus.yml", samples.GATUS)], folder)
    found = written.checks(API_KEY="x")["core/ext"]
    assert (found["external"], found["interval"]) == ({"source": "gatus"}, 1_800_000)
    assert any("POST /api/observations" in one for one in written.left), "who posts there must be told"


def test_dns_endpoints_of_gatus_become_dns_checks(folder: Path) -> None:
    dns = {"query-name": "example.com", "query-type": "MX"}
    value = {"endpoints": [{"name": "x", "url": "8.8.8.8", "dns": dns, "conditions": ["[DNS_RCODE] == NOERROR"]}]}
    checks = write("gatus", [put(folder, "gatus.yml", value)], folder).checks()
    assert checks["x/probe"]["dns"] == {"server": "8.8.8.8", "name": "example.com", "type": "MX"}


# -- Uptime Kuma


def kuma(folder: Path) -> Written:
    return write("uptime-kuma", [samples.kuma_database(folder / "kuma.db", WORD)], folder)


def test_monitors_of_a_database_become_checks(folder: Path) -> None:
    written = kuma(folder)
    checks = written.checks()
    shop = checks["laden/startseite"]
    assert (shop["interval"], shop["timeout"], shop["confirm"], shop["retry_interval"]) == (60_000, 48_000, 4, 20_000)
    assert shop["http"]["basic_auth"] == {"username": "probe", "password": "***"}
    assert shop["http"]["proxy"] == "***"
    assert shop["http"]["tls"] == {"skip_verification": True}
    assert shop["http"]["expect"] == {"status": ["2xx", "301"], "body_contains": ["Willkommen"]}
    assert checks["json/probe"]["http"]["expect"]["json"] == [{"path": "status.code", "equals": 1}]
    assert checks["port/probe"]["tcp"] == {"address": "db.example.org:5432"}
    assert checks["ping/probe"]["icmp"] == {"address": "10.0.0.1", "payload_size": 100, "count": 3}
    left = "\n".join(written.left)
    for word in ("docker", "it is paused", "upside down", "mongodb", "Patchfenster", "1 of notification", "env=prod"):
        assert word in left, word
    assert WORD not in written.text


def test_push_monitors_become_heartbeats(folder: Path) -> None:
    beat = kuma(folder).checks()["push/probe"]["heartbeat"]
    assert (beat["every"], beat["grace"]) == (60_000, 1_000)


def test_dns_monitors_become_dns_checks(folder: Path) -> None:
    dns = kuma(folder).checks()["dns/probe"]["dns"]
    assert (dns["server"], dns["name"]) == ("1.1.1.1", "example.org")
    assert dns["expect"]["answers"]["matches"] == [r"\s\"?10\.0\.0\.1\.?\"?$"]


def test_a_database_is_only_read(folder: Path) -> None:
    file = samples.kuma_database(folder / "kuma.db", WORD)
    before = file.read_bytes()
    write("uptime-kuma", [file], folder)
    assert file.read_bytes() == before
    assert sorted(path.name for path in folder.glob("kuma*")) == ["kuma.db"]


def test_every_column_of_a_monitor_is_carried_over_named_or_of_another_type(folder: Path) -> None:
    """A column that no version has yet is named."""
    file = samples.kuma_database(folder / "kuma.db", WORD, extra="brand_new")
    left = "\n".join(write("uptime-kuma", [file], folder).left)
    assert 'brand_new: "x": it is not known of the type' in left


def test_a_json_backup_says_the_same_as_the_database(folder: Path) -> None:
    file = as_json(folder, "backup.json", samples.KUMA_BACKUP)
    written = write("uptime-kuma", [file], folder)
    checks = written.checks()
    assert checks["shop/probe"]["http"]["expect"] == {"status": ["2xx", "3xx"], "body_not_matches": ["kaputt"]}
    assert checks["shop/probe"]["http"]["headers"] == {"X-Key": ["***"], "Content-Type": ["***"]}
    assert WORD not in written.text


# -- UptimeRobot


@pytest.mark.parametrize("version", ["V2", "V3"])
def test_every_field_of_uptimerobot_is_carried_over_or_named(folder: Path, version: str) -> None:
    def file(value: Any) -> Path:
        return as_json(folder, "monitors.json", value)

    def silent(path: Path_) -> bool:
        flat = {*uptimerobot._SILENT, "stat", "pagination", "offset", "limit", "total"}
        key = next(iter(uptimerobot._plain({str(path[-1]): 1})))
        return (
            bool(flat & {str(part) for part in path} | flat & {key})
            or str(path[-1]) in samples.ROBOT_SAME
            or len(path) == 1
        )

    value = getattr(samples, f"ROBOT_{version}")
    assert unmet(value, silent, whole("uptimerobot", file, folder)) == []


def test_monitors_of_uptimerobot_become_checks(folder: Path) -> None:
    written = write("uptimerobot", [as_json(folder, "m.json", samples.ROBOT_V2)], folder)
    checks = written.checks()
    assert checks["keyword/probe"]["http"]["expect"] == {"status": ["200", "404"], "body_not_matches": ["(?i)kaputt"]}
    assert (checks["keyword/probe"]["interval"], checks["keyword/probe"]["timeout"]) == (300_000, 30_000)
    assert checks["smtp/probe"]["tcp"] == {"address": "mail.example.org:25"}
    assert checks["ping/probe"]["icmp"] == {"address": "10.0.0.1"}
    written = write("uptimerobot", [as_json(folder, "m.json", samples.ROBOT_V3)], folder)
    checks = written.checks()
    compared = [
        (one["path"], one.get("equals"), one.get("above")) for one in checks["api/probe"]["http"]["expect"]["json"]
    ]
    assert compared == [("status", "ok", None), ("count", None, 0.0), ("error", None, None)]
    assert "equals: null" in written.text
    assert WORD not in written.text


def test_uptimerobot_as_csv(folder: Path) -> None:
    text = "Type,Friendly Name,URL/IP,Interval,Keyword Type,Keyword Value,Port,Colour\nHTTP,Shop,https://s.example.org,60,,,,red\nPort,DB,db.example.org,300,,,5432,\n"
    written = write("uptimerobot", [put(folder, "m.csv", text)], folder)
    assert written.checks()["db/probe"]["tcp"] == {"address": "db.example.org:5432"}
    assert written.left == ['colour: "red": this importer does not know it']


# -- CSV of ours


def test_a_table_becomes_checks(folder: Path) -> None:
    text = (
        "service;check;kind;target;interval;timeout;confirm;status;contains;needs\n"
        "Onlineshop;home;http;https://shop.example.org/;30;5s;3;200,3xx;Willkommen;any\n"
        "Onlineshop;;;db.example.org:5432;;;;;;\n"
        "Büro;;;10.0.0.1;1m;;;;;\n"
    )
    written = write("csv", [put(folder, "checks.csv", text)], folder)
    assert written.code == 0
    assert written.left == []
    assert written.checks() == {
        "onlineshop/home": {
            "http": {
                "url": "https://shop.example.org/",
                "expect": {"status": ["200", "3xx"], "body_contains": ["Willkommen"]},
            },
            "interval": 30_000,
            "timeout": 5_000,
            "confirm": 3,
        },
        "onlineshop/tcp": {"tcp": {"address": "db.example.org:5432"}},
        "buero/icmp": {"icmp": {"address": "10.0.0.1"}, "interval": 60_000},
    }
    assert written.catalogue().services["onlineshop"].needs == "any"


def test_a_table_says_what_it_does_not_take(folder: Path) -> None:
    text = "service,target,colour,kind\na,b:1,red,\nc,d,,telepathy\ne,no port,,tcp\n"
    written = write("csv", [put(folder, "checks.csv", text)], folder)
    left = "\n".join(written.left)
    assert list(written.checks()) == ["a/tcp"]
    for word in ('colour: "red"', "the kind 'telepathy' is none of", "address: found 'no port'"):
        assert word in left, word
    with pytest.raises(UsageError, match="no column service"):
        write("csv", [put(folder, "x.csv", "a,b\n1,2\n")], folder)


# -- OpenSLO


def test_every_field_of_openslo_is_carried_over_or_named(folder: Path) -> None:
    def file(value: Any) -> Path:
        return put(folder, "slo.yml", "---\n".join(yaml.safe_dump(one) for one in value["objects"]))

    def silent(path: Path_) -> bool:
        return path[-1] in samples.SLO_SAME or path == ("objects",)

    assert unmet({"objects": samples.OPENSLO}, silent, whole("openslo", file, folder)) == []


def test_objectives_become_agreements_and_their_queries_checks(folder: Path) -> None:
    file = put(folder, "slo.yml", "---\n".join(yaml.safe_dump(one) for one in samples.OPENSLO))
    written = write("openslo", [file], folder)
    found = written.catalogue()
    agreement = found.agreements["shop-up"]
    assert (float(agreement.target), agreement.period, agreement.timezone) == (0.995, "month", "Europe/Berlin")
    assert agreement.services == ("shop",)
    assert found.services["shop"].name == "Der Shop"
    check = written.checks()["shop/shop-up"]["promql"]
    assert (check["url"], check["query"], check["up"]) == (
        "http://prom.example.org:9090",
        "min(probe_success)",
        {"at_least": 1.0},
    )
    left = "\n".join(written.left)
    for word in ("ratio of events", "AlertPolicy", "budgetingMethod", "rolling", "timeSliceTarget", "whose customer"):
        assert word in left, word


# -- what holds for all


@pytest.mark.parametrize("peer", IMPORTERS)
@pytest.mark.parametrize("raw", ["", "[", "\x00", "a: !!python/object:os.system x", "&a [*a]", "{}", "[]", "1"])
def test_what_is_no_such_file_is_refused_or_gives_an_empty_catalogue(peer: str, raw: str, folder: Path) -> None:
    file = folder / "x.yml"
    file.write_text(raw)
    refused = None
    try:
        written = write(peer, [file], folder)
    except UsageError as error:
        refused = str(error)
    assert not written.catalogue().checks if refused is None else "x.yml" in refused


ODD: tuple[Any, ...] = ("x", 5, -1.5, True, [], {}, ["x"], {"x": "y"}, [[{}]], None)
BROKEN = [
    ("blackbox", "blackbox.yml", samples.BLACKBOX), ("prometheus-targets", "prometheus.yml", samples.PROMETHEUS),
    ("gatus", "gatus.yml", samples.GATUS), ("uptime-kuma", "backup.json", samples.KUMA_BACKUP),
    ("uptimerobot", "v2.json", samples.ROBOT_V2), ("uptimerobot", "v3.json", samples.ROBOT_V3),
    ("openslo", "slo.yml", samples.OPENSLO[3]),
]  # fmt: skip


@pytest.mark.parametrize(("peer", "name", "value"), BROKEN)
def test_values_of_any_shape_are_refused_or_named_and_what_is_written_loads(
    peer: str, name: str, value: Any, folder: Path
) -> None:
    for number, path in enumerate(leaves(value)):
        changed = replaced(value, path, ODD[number % len(ODD)])
        draft = drafted(peer, put(folder, name, json.dumps(changed)))
        if draft is not None:
            secrets: dict[str, str] = {"API_KEY": "x"}
            load_text(folder, yaml_text(draft, "x", partial(kept, secrets)), secrets)


def drafted(peer: str, file: Path) -> Draft | None:
    """None where it is refused, with its name."""
    refused = None
    try:
        return IMPORTERS[peer]([file])
    except UsageError as error:
        refused = str(error)
    assert file.name in refused
    return None


def kept(secrets: dict[str, str], hidden: Hidden) -> str:
    name = f"S{len(secrets)}"
    secrets[name] = hidden.text
    return f"${{env:{name}}}"


def load_text(folder: Path, text: str, env: dict[str, str]) -> None:
    file = folder / "loaded" / "catalogue.yml"
    file.parent.mkdir(exist_ok=True)
    file.write_text(text, encoding="utf-8")
    load(file, env=env)


EVIL = 'x"\n  evil: {tcp: {address: "a:1"}}\n# ${file:/etc/passwd} ${env:HOME} \u2028\u0085'


def test_strangers_words_never_leave_their_comment_or_text(folder: Path) -> None:
    value = {
        "endpoints": [
            {"name": EVIL, "group": EVIL, "url": "http://a.example.org/", "conditions": [EVIL], "zzz": EVIL},
            {"name": "b", "url": "http://b.example.org/", "conditions": ["[BODY] == pat(*" + EVIL + "*)"]},
        ]
    }
    written = write("gatus", [put(folder, "gatus.yml", value)], folder)
    found = written.catalogue()
    assert all(check.kind == "http" for check in found.checks.values())
    assert len(found.checks) == 1, "a text that looks like a reference makes its check a comment"


def test_ids_are_valid_and_unique(folder: Path) -> None:
    names = ["Shop", "shop", "SHOP!", "ä", "", "---", "x" * 300, "reference", "1"]
    value = {"endpoints": [{"name": name, "url": "tcp://a.example.org:1", "conditions": []} for name in names]}
    written = write("gatus", [put(folder, "gatus.yml", value)], folder)
    assert len(written.catalogue().checks) == len(names)
    assert {"shop", "shop-2", "shop-3", "ae"} <= set(written.catalogue().services)
