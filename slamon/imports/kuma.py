"""Uptime Kuma: the database of versions 1 and 2, and the JSON backup of version 1."""

import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

from slamon.catalogue.reader import scalar
from slamon.imports.draft import Draft, DraftCheck, Hidden
from slamon.imports.given import Given, words
from slamon.imports.kuma_backup import Backup, read, rows
from slamon.imports.parts import body, duration, host_port, put_headers, put_url, statuses

_ENCODINGS = {"json": "application/json", "xml": "text/xml; charset=utf-8", "form": "application/x-www-form-urlencoded"}
_SILENT = words(
    "id user_id weight created_date path_name parent children_ids childrenids force_inactive maintenance"
    " dns_last_result notification_id_list notification_idlist resend_interval expiry_notification"
    " include_sensitive_data active type name description tags screenshot timeout_ms game_dig"
    " gamedig_given_port_only packet_size save_response save_error_response response_max_length"
)
_OF_OTHERS = words(
    "docker_host docker_container mqtt_topic mqtt_success_message mqtt_username mqtt_password mqtt_check_type"
    " mqtt_websocket_path database_connection_string database_query radius_username radius_password"
    " radius_calling_station_id radius_called_station_id radius_secret game kafka_producer_topic kafka_producer_brokers"
    " kafka_producer_ssl kafka_producer_allow_auto_topic_creation kafka_producer_sasl_options kafka_producer_message"
    " remote_browser snmp_oid snmp_version rabbitmq_nodes rabbitmq_username rabbitmq_password smtp_security"
    " restart_url system_service_name manual_status screenshot_delay ws_subprotocol"
    " ws_ignore_sec_websocket_accept_header grpc_protobuf grpc_body grpc_method"
)
_ADVICE = {
    "docker": "exec with a plug-in",
    "steam": "exec with a plug-in",
    "gamedig": "exec with a plug-in",
    "mqtt": "a tcp dialogue; config/examples/mosquitto.yml",
    "kafka-producer": "exec with a plug-in",
    "sqlserver": "exec with a plug-in",
    "postgres": "a tcp dialogue; config/examples/postgresql.yml",
    "mysql": "a tcp dialogue; config/examples/mariadb.yml",
    "mongodb": "exec with a plug-in",
    "redis": "a tcp dialogue; config/examples/redis.yml",
    "radius": "exec with a plug-in",
    "real-browser": "a journey",
    "tailscale-ping": "icmp, by the address in the tailnet",
    "snmp": "exec with a plug-in",
    "rabbitmq": "http, on the management interface",
    "manual": "external, to which somebody posts",
    "system-service": "exec with a plug-in",
}
_HTTP = ("http", "keyword", "json-query")


def import_files(files: Sequence[Path]) -> Draft:
    """A draft of databases and backups."""
    draft = Draft()
    for file in files:
        _Importer(draft, read(file)).put()
    return draft.finish()


class _Importer:
    def __init__(self, draft: Draft, backup: Backup) -> None:
        self._draft = draft
        self._backup = backup
        self._groups = {
            str(row["id"]): str(row.get("name"))
            for row in backup["monitor"]
            if row.get("type") == "group" and "id" in row
        }
        self._proxies = {str(row["id"]): row for row in backup["proxy"]}
        self._tags = self._tags_of()

    def _tags_of(self) -> dict[Any, list[str]]:
        names = {row["id"]: str(row.get("name")) for row in self._backup["tag"]}
        found: dict[Any, list[str]] = {}
        for row in self._backup["monitor_tag"]:
            value = f"={row['value']}" if row.get("value") else ""
            found.setdefault(str(row["monitor_id"]), []).append(f"{names.get(row['tag_id'], '?')}{value}")
        return found

    def put(self) -> None:
        """Every monitor, and a word on all else."""
        for row in self._backup["monitor"]:
            if row.get("type") != "group":
                self._monitor(row)
        for row in self._backup["maintenance"]:
            leave = f"the maintenance {row.get('title')} ({row.get('strategy')}): it belongs to an agreement"
            when = "from {start_date} to {end_date}, {start_time} to {end_time}".format_map(_Blank(row))
            self._draft.leave(f"{leave}: {when}")
        for name, why in (("notification", "alerting rules are made of the agreements"), ("status_page", "pages")):
            if self._backup[name]:
                self._draft.leave(f"{len(self._backup[name])} of {name}: {why}")

    def _monitor(self, row: Mapping[str, Any]) -> None:
        name = str(row.get("name") or f"monitor {row.get('id')}")
        group, kind = self._groups.get(str(row.get("parent"))), str(row.get("type"))
        check = self._draft.service(group or name).check(name if group else "probe", source=str(row.get("id")))
        check.remark(f"Uptime Kuma's monitor {row.get('id')}, of type {kind}: {name}")
        if row.get("description"):
            check.remark(str(row["description"]))
        tags = self._tags.get(str(row.get("id"))) or [str(tag.get("name")) for tag in rows(row.get("tags"))]
        if tags:
            check.leave(f"tags, as checks have none: {', '.join(tags)}")
        given = Given(row, check.leave)
        if not given.truth("active", True):
            check.break_("it is paused")
        self._settings(check, given, kind)
        self._probe(check, given, kind, row)
        given.ignore(*_SILENT)
        for key in _OF_OTHERS if kind in _ADVICE else ():
            given.ignore(key)
        self._unused(given, kind)

    def _settings(self, check: DraftCheck, given: Given, kind: str) -> None:
        interval = _number(given.take("interval"), 60) or 60
        retries, again = _number(given.take("maxretries"), 0), _number(given.take("retry_interval"), 0)
        timeout = _number(given.take("timeout"), 0) or interval * 0.8
        if kind != "push":
            check.settings |= {"interval": duration(interval * 1000), "timeout": duration(timeout * 1000)}
            check.settings["confirm"] = min(round(retries) + 1, 100)
            if again and retries:
                check.settings["retry_interval"] = duration(min(again, interval) * 1000)
        if given.truth("upside_down"):
            check.break_("it is upside down: up while it fails")

    def _probe(self, check: DraftCheck, given: Given, kind: str, row: Mapping[str, Any]) -> None:
        if kind in _HTTP:
            self._http(check, given, kind)
        elif kind in ("port", "ping", "dns", "push", "grpc-keyword", "smtp", "websocket-upgrade"):
            getattr(self, f"_{kind.replace('-', '_')}")(check, given, row)
        else:
            advice = _ADVICE.get(kind)
            check.break_(f"there is no probe of the type {kind}" + (f"; write it as {advice}" if advice else ""))

    def _http(self, check: DraftCheck, given: Given, kind: str) -> None:
        options: dict[str, Any] = {}
        check.settings["http"] = options
        put_url(check, options, given.text("url"))
        method = given.text("method", "GET").upper()
        if method != "GET":
            options["method"] = method
        self._request(check, given, options)
        expect: dict[str, Any] = {}
        codes = _parsed(given.take("accepted_statuscodes_json")) or given.take("accepted_statuscodes")
        codes = codes if isinstance(codes, list) else [codes] if codes else []
        found = statuses(codes)
        if found and found != ["2xx"]:
            expect["status"] = found
        elif codes and not found:
            check.leave(f"accepted_statuscodes: {codes}")
        redirects = _number(given.take("maxredirects"), 10)
        if redirects != 10:
            options["follow_redirects"] = min(round(redirects), 50)
        self._keyword(check, given, kind, expect)
        if given.truth("ignore_tls") and options["url"].startswith("https"):
            options["tls"] = {"skip_verification": True}
        if given.truth("cache_bust"):
            check.leave("cache_bust: no parameter is added to the url")
        self._family(given, options)
        if expect:
            options["expect"] = expect

    def _request(self, check: DraftCheck, given: Given, options: dict[str, Any]) -> None:
        headers = _parsed(given.take("headers"))
        put_headers(options, headers)
        text, encoding = given.text("body"), given.text("http_body_encoding")
        if text:
            options["body"] = body(text)
            kind = _ENCODINGS.get(encoding or "json")
            there = {str(name).lower() for name in options.get("headers", {})}
            if kind is not None and "content-type" not in there:
                options.setdefault("headers", {})["Content-Type"] = kind
        user, password = given.text("basic_auth_user"), given.text("basic_auth_pass")
        way = given.text("auth_method")
        if way in ("", "basic") and user:
            options["basic_auth"] = {"username": user, "password": Hidden("password", password)}
        elif way in ("ntlm", "mtls", "oauth2-cc"):
            advice = {"mtls": "put certificate and key into files, and name them in tls"}.get(way, "it is not spoken")
            check.leave(f"auth_method: {way}: {advice}")
            given.ignore("auth_domain", "auth_workstation", "tls_ca", "tls_cert", "tls_key", "oauth_client_id")
            given.ignore(
                "oauth_client_secret", "oauth_token_url", "oauth_scopes", "oauth_auth_method", "oauth_audience"
            )
        self._proxy(check, given, options)

    def _proxy(self, check: DraftCheck, given: Given, options: dict[str, Any]) -> None:
        number = given.take("proxy_id")
        proxy = self._proxies.get(str(number))
        if number and proxy is None:
            check.leave(f"proxy {number}: it is not in the file")
        elif proxy is not None and proxy.get("active", True):
            scheme = str(proxy.get("protocol", "http"))
            if scheme not in ("http", "https", "socks5", "socks5h"):
                check.leave(f"the proxy: {scheme} is not spoken")
                return
            host = host_port(str(proxy.get("host")), proxy.get("port"))
            if proxy.get("auth"):
                user = f"{quote(str(proxy.get('username')), safe='')}:{quote(str(proxy.get('password')), safe='')}"
                options["proxy"] = Hidden("proxy", f"{scheme}://{user}@{host}")
            else:
                options["proxy"] = f"{scheme}://{host}"

    def _keyword(self, check: DraftCheck, given: Given, kind: str, expect: dict[str, Any]) -> None:
        word, inverted = given.text("keyword"), given.truth("invert_keyword")
        path, wanted = given.text("json_path"), given.text("expected_value")
        operator = given.text("json_path_operator", "==")
        if kind == "keyword" and word:
            key = "body_not_matches" if inverted else "body_contains"
            expect[key] = [re.escape(word) if inverted else word]
        if kind == "json-query":
            compared = _compared(operator, wanted)
            plain = path.removeprefix("$").removeprefix(".")
            if compared is None or not re.fullmatch(r"[A-Za-z0-9_.\[\]-]+", plain):
                check.leave(f"the JSONata query {path!r} {operator} {wanted!r}: write it as expect.json")
            else:
                expect["json"] = [{"path": plain, **compared}]

    def _family(self, given: Given, options: dict[str, Any]) -> None:
        family = given.text("ip_family").lower()
        if family in ("ipv4", "ipv6"):
            options["ip_family"] = family[-1]

    def _port(self, check: DraftCheck, given: Given, _row: Mapping[str, Any]) -> None:
        check.settings["tcp"] = {"address": host_port(given.text("hostname"), given.text("port"))}

    def _ping(self, check: DraftCheck, given: Given, row: Mapping[str, Any]) -> None:
        options: dict[str, Any] = {"address": given.text("hostname")}
        size, count = _number(row.get("packet_size"), 56), _number(given.take("ping_count"), 1)
        if size != 56:
            options["payload_size"] = f"{round(size)}B"
        if count > 1:
            options["count"] = min(round(count), 100)
        given.ignore("ping_numeric")
        per_request = _number(given.take("ping_per_request_timeout"), 2)
        if per_request != 2:
            check.leave(f"ping_per_request_timeout: {per_request:g}: timeout is that of the whole probe")
        self._family(given, options)
        check.settings["icmp"] = options

    def _dns(self, check: DraftCheck, given: Given, _row: Mapping[str, Any]) -> None:
        servers = [server.strip() for server in given.text("dns_resolve_server", "1.1.1.1").split(",")]
        port = _number(given.take("port"), 53)
        server = servers[0] if port == 53 else host_port(servers[0], round(port))
        check.settings["dns"] = {
            "server": server,
            "name": given.text("hostname"),
            "type": given.text("dns_resolve_type", "A"),
        }
        if len(servers) > 1:
            check.leave(f"further name servers: {', '.join(servers[1:])}: one a check")
        for condition in rows(_parsed(given.take("conditions"))):
            self._condition(check, condition)

    def _condition(self, check: DraftCheck, condition: object) -> None:
        given = Given(condition, check.leave, "conditions")
        given.ignore("id", "type", "andOr")
        variable, operator, value = given.text("variable"), given.text("operator"), given.text("value")
        answers = check.settings["dns"].setdefault("expect", {}).setdefault("answers", {})
        if variable == "record" and operator == "equals":
            answers.setdefault("matches", []).append(rf"\s\"?{re.escape(value)}\.?\"?$")
        elif variable == "record" and operator == "contains":
            answers.setdefault("matches", []).append(re.escape(value))
        else:
            check.leave(f"the condition {variable} {operator} {value}")
        given.rest()

    def _push(self, check: DraftCheck, given: Given, row: Mapping[str, Any]) -> None:
        interval, retries = _number(row.get("interval"), 60), _number(row.get("maxretries"), 0)
        again = _number(row.get("retry_interval"), 0) or interval
        check.settings["heartbeat"] = {
            "token": Hidden("token", given.text("push_token")),
            "every": duration(interval * 1000),
            "grace": duration(retries * again * 1000 + 1000),
        }
        check.remark("jobs that called /api/push/<token> call /heartbeat/<token> now")

    def _grpc_keyword(self, check: DraftCheck, given: Given, _row: Mapping[str, Any]) -> None:
        address = given.text("grpc_url").partition("://")
        options: dict[str, Any] = {"address": address[2] or address[0]}
        if given.truth("grpc_enable_tls"):
            options["tls"] = {"skip_verification": True} if given.truth("ignore_tls") else True
        metadata = _parsed(given.take("grpc_metadata"))
        if isinstance(metadata, dict) and metadata:
            inner: dict[str, Any] = {}
            put_headers(inner, metadata)
            options["metadata"] = inner["headers"]
        service = given.text("grpc_service_name")
        check.leave(
            f"the call of {service}.{given.text('grpc_method')} and the word {given.text('keyword')!r} in its answer:"
            " the health service is asked instead"
        )
        given.ignore("grpc_protobuf", "grpc_body", "invert_keyword")
        check.settings["grpc"] = options

    def _smtp(self, check: DraftCheck, given: Given, _row: Mapping[str, Any]) -> None:
        security = given.text("smtp_security")
        address = host_port(given.text("hostname"), given.text("port", "25"))
        if security == "starttls":
            steps = [{"expect": "^220"}, {"send": "EHLO slamon\r\n"}, {"expect": "^250 "}, {"send": "STARTTLS\r\n"}]
            check.settings["tcp"] = {
                "address": address,
                "tls": True,
                "dialogue": [*steps, {"expect": "^220"}, {"starttls": True}],
            }
        else:
            check.settings["tcp"] = {"address": address, "dialogue": [{"expect": "^220"}]}
            if security == "secure":
                check.settings["tcp"]["tls"] = True

    def _websocket_upgrade(self, check: DraftCheck, given: Given, _row: Mapping[str, Any]) -> None:
        check.settings["websocket"] = {"url": given.text("url")}
        protocol = given.text("ws_subprotocol")
        if protocol:
            check.settings["websocket"]["subprotocols"] = [name.strip() for name in protocol.split(",")]
        given.leave("ws_ignore_sec_websocket_accept_header", "the handshake must be right")

    def _unused(self, given: Given, kind: str) -> None:
        """A row has the columns of all types: those of others, as they stand by default, are not named."""
        given.ignore(*_OF_TYPES, *_OF_OTHERS)
        given.rest(f"it is not known of the type {kind}")


_OF_TYPES = words(
    "url hostname port keyword invert_keyword ignore_tls maxredirects accepted_statuscodes_json accepted_statuscodes"
    " method body headers basic_auth_user basic_auth_pass auth_method auth_domain auth_workstation dns_resolve_type"
    " dns_resolve_server push_token proxy_id http_body_encoding json_path expected_value json_path_operator conditions"
    " cache_bust ping_numeric ping_count ping_per_request_timeout grpc_url grpc_metadata grpc_service_name"
    " grpc_enable_tls ip_family tls_ca tls_cert tls_key oauth_client_id oauth_client_secret oauth_token_url"
    " oauth_scopes"
    " oauth_auth_method oauth_audience"
)
"""Columns that one type or the other reads; what the type of a monitor does not read says nothing."""


class _Blank(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return "?"


def _number(value: object, default: float) -> float:
    try:
        return float(value) if value not in (None, "") else default  # type: ignore[arg-type]  # ValueError, TypeError
    except (TypeError, ValueError, OverflowError):
        return default


def _parsed(value: object) -> Any:
    """JSON in a column; what is parsed already stays."""
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except (ValueError, RecursionError):
        return None


def _compared(operator: str, wanted: str) -> dict[str, Any] | None:
    value = scalar(wanted)
    if operator in ("==", "!="):
        return {"equals" if operator == "==" else "not_equals": value}
    if operator in ("<", ">") and isinstance(value, (int, float)) and not isinstance(value, bool):
        return {"below" if operator == "<" else "above": value}
    return {"matches": re.escape(wanted)} if operator == "contains" else None
