"""Files of other monitors with all the options that their documentation has."""
# ruff: noqa: E501

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

WORD = "sehr-geheim"
_TLS = {
    "insecure_skip_verify": True, "ca_file": "ca.pem", "cert_file": "client.pem", "key_file": "client.key",
    "server_name": "inner.example.org", "min_version": "TLS13", "max_version": "TLS13",
}  # fmt: skip
_FAMILY = {"preferred_ip_protocol": "ip4", "ip_protocol_fallback": False}
_RECORDS = {
    "fail_if_matches_regexp": [".*127.0.0.1"],
    "fail_if_all_match_regexp": [".*127.0.0.2"],
    "fail_if_not_matches_regexp": [r"www.prometheus.io.\t300\tIN\tA\t127.0.0.1"],
    "fail_if_none_matches_regexp": ["127.0.0.4"],
}

BLACKBOX: dict[str, Any] = {
    "modules": {
        "http_all": {
            "prober": "http",
            "timeout": "5s",
            "http": {
                "valid_status_codes": [200, 404],
                "valid_http_versions": ["HTTP/1.1", "HTTP/2.0"],
                "method": "POST",
                "headers": {"Accept-Language": "en-US", "Authorization": WORD},
                "http_headers": {"X-Real": {"values": ["a"], "secrets": [WORD], "files": ["token.txt"]}},
                "body_size_limit": "10MB",
                "compression": "gzip",
                "follow_redirects": False,
                "fail_if_ssl": True,
                "fail_if_not_ssl": True,
                "fail_if_body_json_matches_cel": "body.foo == 'bar'",
                "fail_if_body_json_not_matches_cel": "body.foo == 'bar'",
                "fail_if_body_matches_regexp": ["Could not connect to database"],
                "fail_if_body_not_matches_regexp": ["Welcome"],
                "fail_if_header_matches": [{"header": "Set-Cookie", "allow_missing": True, "regexp": ".*"}],
                "fail_if_header_not_matches": [
                    {"header": "Access-Control-Allow-Origin", "regexp": r"(\*|example\.com)"},
                    {"header": "X-Maybe", "regexp": "x", "allow_missing": True},
                ],
                "tls_config": _TLS,
                "basic_auth": {"username": "user", "password": WORD},
                "authorization": {"type": "Custom", "credentials": WORD},
                "proxy_url": "http://u:p@127.0.0.1:3128",
                "no_proxy": "10.0.0.0/8",
                "proxy_from_environment": True,
                "proxy_connect_header": {"X": [WORD]},
                "skip_resolve_phase_with_proxy": True,
                "oauth2": {"client_id": "x", "client_secret": WORD, "scopes": ["a"], "token_url": "http://x"},
                "enable_http2": False,
                **_FAMILY,
                "body": "{}",
            },
        },
        "http_files": {
            "prober": "http",
            "http": {
                "body_file": "body.json",
                "basic_auth": {"username": "user", "password_file": "password.txt"},
                "enable_http3": True,
                "no_follow_redirects": True,
            },
        },
        "http_bearer": {"prober": "http", "http": {"authorization": {"credentials_file": "token.txt"}}},
        "smtp_starttls": {
            "prober": "tcp",
            "tcp": {
                "query_response": [
                    {"expect": "^220 ([^ ]+) ESMTP (.+)$", "labels": [{"name": "a", "value": "${1}"}]},
                    {"send": "EHLO prober"},
                    {"expect": "^250-STARTTLS"},
                    {"send": "STARTTLS"},
                    {"expect": "^220"},
                    {"starttls": True},
                    {"send": "EHLO prober"},
                    {"expect": "^250-AUTH"},
                    {"send": "QUIT"},
                    {"expect_bytes": "abc"},
                ],
                "source_ip_address": "127.0.0.1",
                "tls": True,
                "tls_config": _TLS,
                **_FAMILY,
            },
        },
        "icmp_all": {
            "prober": "icmp",
            "icmp": {"source_ip_address": "127.0.0.1", "dont_fragment": True, "payload_size": 64, "ttl": 5, **_FAMILY},
        },
        "dns_all": {
            "prober": "dns",
            "dns": {
                **_FAMILY,
                "source_ip_address": "127.0.0.1",
                "transport_protocol": "tcp",
                "dns_over_tls": True,
                "tls_config": _TLS,
                "query_name": "www.prometheus.io",
                "query_type": "A",
                "query_class": "CH",
                "recursion_desired": False,
                "valid_rcodes": ["NOERROR", "NXDOMAIN"],
                "validate_answer_rrs": _RECORDS,
                "validate_authority_rrs": _RECORDS,
                "validate_additional_rrs": _RECORDS,
            },
        },
        "grpc_all": {"prober": "grpc", "grpc": {"service": "helloworld", "tls": True, "tls_config": _TLS, **_FAMILY}},
        "unix_all": {"prober": "unix", "unix": {}},
    }
}
BLACKBOX_SAME_AS_DEFAULT = {
    "unix", "transport_protocol", "tls",
}  # fmt: skip
"""Whose absence changes nothing, as another key says the same: DNS over TLS needs tcp, starttls needs TLS."""

SECTIONS = {"tls_config": "TlsConfig", "basic_auth": "BasicAuth", "authorization": "Authorization"}
"""The models of the drop-in's reader, by key."""

MODULES: dict[str, Any] = {
    "modules": {
        "http_2xx": {"prober": "http", "timeout": "2s", "http": {"valid_status_codes": [200]}},
        "icmp": {"prober": "icmp"},
    }
}
_RULES = [
    {"source_labels": ["__address__"], "target_label": "__param_target"},
    {"source_labels": ["__param_target"], "target_label": "instance"},
    {"target_label": "__address__", "replacement": "127.0.0.1:9115"},
]
PROMETHEUS: dict[str, Any] = {
    "global": {
        "scrape_interval": "15s",
        "scrape_timeout": "3s",
        "evaluation_interval": "15s",
        "external_labels": {"site": "muc"},
        "query_log_file": "/tmp/x",
    },
    "rule_files": ["rules.yml"],
    "remote_write": [{"url": "http://x"}],
    "scrape_configs": [
        {
            "job_name": "blackbox",
            "metrics_path": "/probe",
            "params": {"module": ["http_2xx"]},
            "static_configs": [{"targets": ["http://prometheus.io"]}],
            "file_sd_configs": [{"files": ["targets/*.json"], "refresh_interval": "5m"}],
            "kubernetes_sd_configs": [{"role": "ingress"}],
            "relabel_configs": _RULES,
            "honor_labels": True,
        },
        {
            "job_name": "ping",
            "scrape_interval": "5s",
            "scrape_timeout": "4s",
            "params": {"module": ["icmp"], "hostname": ["x"], "other": ["y"]},
            "static_configs": [{"targets": ["10.0.0.1"], "labels": {"rack": "r1"}}],
            "relabel_configs": _RULES,
        },
        {
            "job_name": "node",
            "scheme": "http",
            "static_configs": [{"targets": ["10.0.0.2:9100", "10.0.0.3:9100"]}],
            "relabel_configs": [{"source_labels": ["__address__"], "regex": ".*3:9100", "action": "drop"}],
            "basic_auth": {"username": "u", "password": WORD},
        },
    ],
}
for _job in PROMETHEUS["scrape_configs"]:
    _job.setdefault("metric_relabel_configs", [{"regex": "x", "action": "labeldrop"}])
del PROMETHEUS["scrape_configs"][2]["scheme"]
del PROMETHEUS["scrape_configs"][0]["metrics_path"]  # of what probes the exporter's own path says nothing
del PROMETHEUS["scrape_configs"][1]["params"]["hostname"]

PROMETHEUS_SAME = {"params", "module", "replacement"}
"""The default module, and the exporter's own address, which nobody asks any more."""

GATUS: dict[str, Any] = {
    "metrics": True,
    "concurrency": 3,
    "skip-invalid-config-update": False,
    "storage": {"type": "sqlite", "path": "data.db"},
    "alerting": {"slack": {"webhook-url": WORD}},
    "announcements": [{"timestamp": "2025-11-07T14:00:00Z", "type": "outage", "message": "x"}],
    "security": {"basic": {"username": "x", "password-bcrypt-base64": WORD}},
    "web": {"address": "0.0.0.0", "port": 8080},
    "ui": {"title": "x"},
    "connectivity": {"checker": {"target": "1.1.1.1:53", "interval": "60s"}},
    "remote": {"instances": [{"endpoint-prefix": "x", "url": "http://x"}]},
    "tunneling": {"production": {"type": "SSH", "host": "x", "username": "x", "password": WORD}},
    "maintenance": {
        "enabled": True, "start": "23:00", "duration": "1h", "timezone": "Europe/Amsterdam", "every": ["Monday"]
    },
    "endpoints": [
        {
            "name": "website",
            "group": "core",
            "url": "https://twin.example.org/health",
            "method": "POST",
            "interval": "5m",
            "graphql": True,
            "body": '{"a": "[ENDPOINT_NAME]"}',
            "headers": {"Authorization": "Bearer ${API_KEY}", "Accept": "text/html"},
            "conditions": [
                "[STATUS] == any(200, 429)",
                "[BODY] == pat(*<h1>Example Domain</h1>*)",
                "[BODY].status == UP",
                "[BODY].data[0].id > 0",
                "has([BODY].errors) == false",
                "[BODY].name == pat(john*)",
                "[BODY].id == any(1, 2)",
                "len([BODY].data) < 5",
                "[BODY].age == [BODY].id",
                "[IP] == 127.0.0.1",
                "[RESPONSE_TIME] < 500",
                "[CERTIFICATE_EXPIRATION] > 48h",
                "[DOMAIN_EXPIRATION] > 720h",
                "[CONNECTED] == true",
            ],
            "alerts": [{"type": "slack", "failure-threshold": 2, "description": "x", "send-on-resolved": True}],
            "maintenance-windows": [
                {"start": "21:00", "duration": "1h", "timezone": "UTC", "every": ["Monday", "Thursday"]}
            ],
            "client": {
                "insecure": True,
                "ignore-redirect": True,
                "timeout": "7s",
                "dns-resolver": "tcp://8.8.8.8:53",
                "oauth2": {"token-url": "http://x", "client-id": "x", "client-secret": WORD, "scopes": ["x"]},
                "proxy-url": "http://u:p@proxy.example.org:80",
                "identity-aware-proxy": {"audience": "x"},
                "tls": {"certificate-file": "/nowhere/a.pem", "private-key-file": "/nowhere/b.pem", "renegotiation": "once"},
                "tunnel": "production",
                "store-cookies": True,
            },
            "ui": {"hide-url": True, "badge": {"response-time": {"thresholds": [1]}}},
            "extra-labels": {"environment": "staging"},
            "always-run": True,
            "store": {"a": "[BODY].id"},
        },
        {"name": "tcp", "url": "tcp://127.0.0.1:6379", "conditions": ["[CONNECTED] == true"]},
        {"name": "ping", "url": "icmp://example.org", "client": {"network": "ip4"}, "conditions": ["[CONNECTED] == true"]},
        {
            "name": "dns",
            "url": "8.8.8.8",
            "dns": {"query-name": "example.com", "query-type": "AAAA"},
            "conditions": ["[BODY] == pat(*.*.*.*)", "[DNS_RCODE] == NXDOMAIN"],
        },
        {"name": "ssh", "url": "ssh://example.org:2222", "ssh": {"username": "u", "password": WORD}, "conditions": ["[STATUS] == 0"]},
        {"name": "starttls", "url": "starttls://smtp.example.org:587", "conditions": ["[CERTIFICATE_EXPIRATION] > 48h"]},
        {"name": "tls", "url": "tls://ldap.example.org:636", "client": {"insecure": True}, "conditions": ["[CONNECTED] == true"]},
        {"name": "ws", "url": "ws://example.org/", "body": "status", "conditions": ["[BODY] == UP"]},
        {"name": "grpc", "url": "grpcs://127.0.0.1:50051", "conditions": ["[CONNECTED] == true"]},
        {"name": "udp", "url": "udp://example.org:80", "conditions": ["[CONNECTED] == true"]},
        {"name": "sctp", "url": "sctp://example.org:38412", "conditions": ["[CONNECTED] == true"]},
        {"name": "off", "enabled": False, "url": "http://off.example.org", "conditions": ["[STATUS] == 200"]},
    ],
    "external-endpoints": [
        {
            "name": "ext", "group": "core", "token": WORD, "heartbeat": {"interval": "30m"},
            "alerts": [{"type": "discord", "failure-threshold": 5}],
        }
    ],
    "suites": [{"name": "item-crud-workflow", "endpoints": []}],
}  # fmt: skip
GATUS_SAME = {
    ("maintenance", "enabled"), ("endpoints", 0, "maintenance-windows", 0, "timezone"), ("suites", 0, "endpoints"),
    ("endpoints", 1, "conditions"), ("endpoints", 6, "conditions"), ("endpoints", 8, "conditions"),
    ("endpoints", 0, "alerts", 0, "description"), ("endpoints", 0, "alerts", 0, "send-on-resolved"),
    ("endpoints", 4, "ssh", "username"), ("endpoints", 4, "ssh", "password"),
}  # fmt: skip
"""Defaults; [CONNECTED] == true, which every probe expects; what is inside of something that is named."""

_MONITOR = {
    "id": "integer primary key", "name": "text", "active": "boolean default 1", "user_id": "integer default 1",
    "interval": "integer default 60", "url": "text", "type": "text", "weight": "integer default 2000",
    "hostname": "text", "port": "integer", "created_date": "text default '2024-01-01'", "keyword": "text",
    "maxretries": "integer default 0", "ignore_tls": "boolean default 0", "upside_down": "boolean default 0",
    "maxredirects": "integer default 10", "accepted_statuscodes_json": "text default '[\"200-299\"]'",
    "dns_resolve_type": "text", "dns_resolve_server": "text", "dns_last_result": "text",
    "retry_interval": "integer default 0", "push_token": "text", "method": "text default 'GET'", "body": "text",
    "headers": "text", "basic_auth_user": "text", "basic_auth_pass": "text", "docker_host": "integer",
    "docker_container": "text", "proxy_id": "integer", "expiry_notification": "boolean default 1",
    "mqtt_topic": "text", "database_connection_string": "text", "database_query": "text", "auth_method": "text",
    "grpc_url": "text", "grpc_protobuf": "text", "grpc_body": "text", "grpc_metadata": "text", "grpc_method": "text",
    "grpc_service_name": "text", "grpc_enable_tls": "boolean default 0", "resend_interval": "integer default 0",
    "packet_size": "integer default 56", "http_body_encoding": "text", "description": "text", "tls_ca": "text",
    "tls_cert": "text", "tls_key": "text", "parent": "integer", "invert_keyword": "boolean default 0",
    "json_path": "text", "expected_value": "text", "json_path_operator": "text", "timeout": "double default 0",
    "conditions": "text default '[]'", "cache_bust": "boolean default 0", "ip_family": "text",
    "ping_count": "integer default 1", "ping_numeric": "boolean default 1",
    "ping_per_request_timeout": "integer default 2", "smtp_security": "text",
}  # fmt: skip
PUSH_TOKEN = "k3J9sQ2wXz7Lm4Np8Rt6Vb1Yc5Hd0FgA"

_MONITORS: list[dict[str, Any]] = [
    {"id": 1, "type": "group", "name": "Laden"},
    {
        "id": 2, "type": "keyword", "name": "Startseite", "parent": 1, "url": "https://shop.example.org/",
        "keyword": "Willkommen", "maxretries": 3, "retry_interval": 20, "timeout": 48, "ignore_tls": 1,
        "accepted_statuscodes_json": '["200-299", "301"]', "method": "POST", "body": '{"a": 1}',
        "http_body_encoding": "json", "headers": json.dumps({"X-Api-Key": WORD}), "auth_method": "basic",
        "basic_auth_user": "probe", "basic_auth_pass": WORD, "proxy_id": 1, "cache_bust": 1, "description": "x\ny",
    },
    {"id": 3, "type": "json-query", "name": "JSON", "url": "http://a.example.org/", "json_path": "$.status.code",
     "expected_value": "1", "json_path_operator": "=="},
    {"id": 4, "type": "port", "name": "Port", "hostname": "db.example.org", "port": 5432},
    {"id": 5, "type": "ping", "name": "Ping", "hostname": "10.0.0.1", "packet_size": 100, "ping_count": 3},
    {"id": 6, "type": "dns", "name": "DNS", "hostname": "example.org", "dns_resolve_server": "1.1.1.1, 8.8.8.8",
     "dns_resolve_type": "A", "port": 53,
     "conditions": '[{"type": "expression", "variable": "record", "operator": "equals", "value": "10.0.0.1"}]'},
    {"id": 7, "type": "push", "name": "Push", "push_token": PUSH_TOKEN},
    {"id": 8, "type": "docker", "name": "Docker", "docker_container": "web", "docker_host": 1},
    {"id": 9, "type": "http", "name": "Paused", "url": "http://p.example.org/", "active": 0},
    {"id": 10, "type": "http", "name": "Upside", "url": "http://u.example.org/", "upside_down": 1},
    {"id": 11, "type": "mongodb", "name": "Mongo", "database_connection_string": f"mongodb://u:{WORD}@x"},
    {"id": 12, "type": "grpc-keyword", "name": "gRPC", "grpc_url": "127.0.0.1:50051", "grpc_enable_tls": 1,
     "grpc_service_name": "Health", "grpc_method": "check", "keyword": "SERVING"},
    {"id": 13, "type": "smtp", "name": "Mail", "hostname": "mail.example.org", "port": 587, "smtp_security": "starttls"},
]  # fmt: skip


def kuma_database(file: Path, secret: str, extra: str | None = None, beats: bool = False) -> Path:
    """A database with the tables of version 2 that matter; `extra`: a column more."""
    columns = _MONITOR | ({extra: "text default 'x'"} if extra else {})
    file.unlink(missing_ok=True)
    with closing(sqlite3.connect(file)) as db:
        db.execute(f"create table monitor ({', '.join(f'{name} {kind}' for name, kind in columns.items())})")
        db.execute(
            "create table proxy (id integer primary key, user_id, protocol, host, port, auth, username, password, active)"
        )
        db.execute("create table tag (id integer primary key, name, color)")
        db.execute("create table monitor_tag (id integer primary key, monitor_id, tag_id, value)")
        db.execute("create table notification (id integer primary key, name, config)")
        db.execute(
            "create table maintenance (id integer primary key, title, strategy, active, start_date, end_date,"
            " start_time, end_time)"
        )
        db.execute(
            "create table heartbeat (id integer primary key, important, monitor_id, status, msg, time, ping, duration,"
            " down_count, retries)"
        )
        for monitor in _MONITORS:
            db.execute(
                f"insert into monitor ({', '.join(monitor)}) values ({', '.join('?' * len(monitor))})",
                list(monitor.values()),
            )
        db.execute("insert into proxy values (1, 1, 'http', 'proxy.example.org', 3128, 1, 'u', ?, 1)", (secret,))
        db.execute("insert into tag values (1, 'env', '#fff')")
        db.execute("insert into monitor_tag values (1, 2, 1, 'prod')")
        db.execute("insert into notification values (1, 'mail', ?)", (json.dumps({"password": secret}),))
        db.execute(
            "insert into maintenance values (1, 'Patchfenster', 'recurring-weekday', 1, null, null, '02:00', '03:00')"
        )
        db.commit()
    return file


KUMA_BACKUP: dict[str, Any] = {
    "version": "1.23.0",
    "notificationList": [],
    "proxyList": [],
    "monitorList": [
        {
            "id": 1, "name": "Shop", "url": "https://shop.example.org/", "method": "GET", "hostname": None, "port": None,
            "maxretries": 1, "weight": 2000, "active": True, "type": "keyword", "timeout": 48, "interval": 60,
            "retryInterval": 60, "resendInterval": 0, "keyword": "kaputt", "invertKeyword": True,
            "expiryNotification": True, "ignoreTls": False, "upsideDown": False, "packetSize": 56, "maxredirects": 10,
            "accepted_statuscodes": ["200-299", "300-399"], "dns_resolve_type": "A", "dns_resolve_server": "1.1.1.1",
            "dns_last_result": None, "proxyId": None, "notificationIDList": {}, "tags": [], "mqttTopic": "",
            "authMethod": None, "headers": json.dumps({"X-Key": WORD}), "body": "{}", "httpBodyEncoding": "json",
            "basic_auth_user": None, "basic_auth_pass": None, "pushToken": None, "includeSensitiveData": True,
            "pathName": "Shop", "childrenIDs": [], "forceInactive": False, "maintenance": False,
        }
    ],
}  # fmt: skip

_ROBOT = {
    "id": 1, "interval": 300, "timeout": 30, "status": 2, "create_datetime": 1462565497,
    "alert_contacts": [{"id": "1", "type": 2, "threshold": 0, "recurrence": 0, "value": "x@example.org"}],
    "mwindows": [{"id": 1, "type": 1}], "logs": [{"type": 98, "datetime": 1462565497, "duration": 9}],
    "custom_uptime_ratio": "100.000",
}  # fmt: skip
ROBOT_V2: dict[str, Any] = {
    "stat": "ok",
    "pagination": {"offset": 0, "limit": 50, "total": 4},
    "monitors": [
        {
            **_ROBOT, "friendly_name": "Keyword", "url": "https://shop.example.org/", "type": 2, "sub_type": "",
            "keyword_type": 1, "keyword_case_type": 1, "keyword_value": "kaputt", "http_username": "probe",
            "http_password": WORD, "http_auth_type": 1, "http_method": 3, "post_type": 2, "post_value": {"a": WORD},
            "post_content_type": 1, "custom_http_headers": {"X-Token": WORD}, "custom_http_statuses": "404:1_500:0_200:1",
            "ignore_ssl_errors": True,
        },
        {**_ROBOT, "friendly_name": "Ping", "url": "10.0.0.1", "type": 3},
        {**_ROBOT, "friendly_name": "SMTP", "url": "mail.example.org", "type": 4, "sub_type": "4", "port": ""},
        {**_ROBOT, "friendly_name": "Beat", "url": f"https://heartbeat.uptimerobot.com/{PUSH_TOKEN}", "type": 5},
    ],
}  # fmt: skip
_V3 = {"id": 1, "interval": 300, "timeout": 30, "status": "UP", "tags": ["production"], "groupId": 0}
ROBOT_V3: dict[str, Any] = {
    "nextLink": None,
    "data": [
        {
            **_V3, "friendlyName": "API", "url": "https://api.example.org/", "type": "API", "httpMethodType": "POST",
            "authType": "HTTP_BASIC", "httpUsername": "probe", "httpPassword": WORD, "postValueType": "RAW_JSON",
            "postValueData": '{"a": 1}', "customHttpHeaders": {"Accept": "text/html"},
            "successHttpResponseCodes": ["200", "201"], "followRedirections": False, "checkSSLErrors": False,
            "responseTimeThreshold": 2500, "assignedAlertContacts": [{"alertContactId": "1"}],
            "maintenanceWindowsIds": [1], "regionalData": "eu",
            "config": {
                "ip_version": "ipv4Only",
                "api_assertions": {
                    "logic": "AND",
                    "checks": [
                        {"property": "$.status", "comparison": "equals", "target": '"ok"'},
                        {"property": "$.count", "comparison": "greater_than", "target": "0"},
                        {"property": "$.error", "comparison": "is_null"},
                    ],
                },
            },
        },
        {**_V3, "friendlyName": "Port", "url": "db.example.org", "type": "PORT", "port": 5432},
        {**_V3, "friendlyName": "Beat", "url": f"https://x/{PUSH_TOKEN}", "type": "HEARTBEAT", "gracePeriod": 60},
        {**_V3, "friendlyName": "DNS", "url": "example.org", "type": "DNS",
         "config": {"dns_records": {"a": ["93.184.216.34"], "mx": ["mail"]}}},
        {**_V3, "friendlyName": "UDP", "url": "example.org", "type": "UDP", "port": 53,
         "config": {"udp": {"payload": "ping", "packet_loss_threshold": 50}}},
    ],
}  # fmt: skip
ROBOT_SAME = {
    "sub_type", "interval", "timeout", "type", "logic", "checkSSLErrors", "payload", "packet_loss_threshold",
    "http_auth_type", "authType", "port", "post_type", "postValueType", "target", "post_content_type", "alertContactId",
    "threshold", "recurrence", "value", "datetime", "duration",
}  # fmt: skip
"""What another key says too, or what is inside of something that is named as a whole."""

_SLO = {
    "apiVersion": "openslo/v1",
    "kind": "SLO",
    "metadata": {"name": "shop-up", "displayName": "Shop", "labels": {"team": "web"}, "annotations": {"a/b": "c"}},
    "spec": {
        "description": "x",
        "service": "shop",
        "indicatorRef": "probes",
        "timeWindow": [{"duration": "28d", "isRolling": True, "calendar": {"startTime": "2020-01-21 12:30:00", "timeZone": "Europe/Berlin"}}],
        "budgetingMethod": "Occurrences",
        "objectives": [{"op": "gte", "value": 1, "target": 0.995, "timeSliceTarget": 0.9, "timeSliceWindow": "1m"}],
        "alertPolicies": [{"alertPolicyRef": "x"}],
    },
}  # fmt: skip
OPENSLO: list[dict[str, Any]] = [
    {
        "apiVersion": "openslo/v1", "kind": "Service", "metadata": {"name": "shop", "displayName": "Der Shop"},
        "spec": {"description": "x"},
    },
    {
        "apiVersion": "openslo/v1", "kind": "DataSource", "metadata": {"name": "prom"},
        "spec": {"type": "Prometheus", "connectionDetails": {"url": "http://prom.example.org:9090"}},
    },
    {
        "apiVersion": "openslo/v1", "kind": "SLI", "metadata": {"name": "probes"},
        "spec": {
            "description": "x",
            "thresholdMetric": {"metricSource": {"metricSourceRef": "prom", "type": "Prometheus", "spec": {"query": "min(probe_success)"}}},
        },
    },
    _SLO,
    {
        "apiVersion": "openslo/v1", "kind": "SLO", "metadata": {"name": "ratio"},
        "spec": {
            "service": "shop", "budgetingMethod": "Timeslices", "objectives": [{"targetPercent": 99.9}],
            "indicator": {"metadata": {"name": "x"}, "spec": {"ratioMetric": {"counter": True, "good": {}, "total": {}}}},
        },
    },
    {"apiVersion": "openslo/v1", "kind": "AlertPolicy", "metadata": {"name": "x"}, "spec": {}},
]  # fmt: skip
SLO_SAME = {
    "spec", "type", "description", "counter", "good", "total", "metadata", "alertPolicyRef", "team", "a/b", "op", "value", "budgetingMethod", "name",
}  # fmt: skip
