"""UptimeRobot: monitors as its interfaces of versions 2 and 3 answer them in JSON, or as CSV."""

import csv
import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from slamon.errors import UsageError
from slamon.imports.draft import Draft, DraftCheck, Hidden
from slamon.imports.given import Given, said, words
from slamon.imports.kuma_backup import MOST_BYTES
from slamon.imports.parts import body, duration, hidden, host_port, put_headers, put_url, statuses

_TYPES = {"1": "HTTP", "2": "KEYWORD", "3": "PING", "4": "PORT", "5": "HEARTBEAT", "6": "DNS"}
_WORDS = {"HTTPS": "HTTP", "HTTP(S)": "HTTP", "WEBSITE": "HTTP", "TCP": "PORT", "CRON": "HEARTBEAT"}
_METHODS = {"1": "HEAD", "2": "GET", "3": "POST", "4": "PUT", "5": "PATCH", "6": "DELETE", "7": "OPTIONS"}
_SUB_TYPES = {"1": 80, "2": 443, "3": 21, "4": 25, "5": 110, "6": 143, "HTTP": 80, "HTTPS": 443, "FTP": 21,
              "SMTP": 25, "POP3": 110, "IMAP": 143}  # fmt: skip
_SAME = {
    "name": "friendly_name", "url_ip": "url", "url/ip": "url", "http_method": "http_method_type",
    "custom_http_headers": "custom_http_headers", "post_type": "post_value_type", "post_value": "post_value_data",
    "http_auth_type": "auth_type", "custom_http_statuses": "success_http_response_codes", "monitor_type": "type",
    "keyword": "keyword_value", "follow_redirects": "follow_redirections",
}  # fmt: skip
_SILENT = words(
    "id status create_datetime create_date_time created_at last_day_uptimes all_time_uptime_ratio"
    " all_time_uptime_durations custom_uptime_ratio custom_uptime_ratios custom_down_durations custom_uptime_ranges"
    " average_response_time response_times last_incident last_incident_id current_state_duration ssl"
    " disable_domain_expire_notifications ssl_expiration_reminder domain_expiration_reminder group_id"
    " user_id is_paused location"
)
_ALERTS = ("alert_contacts", "assigned_alert_contacts")
_MAINTENANCE = ("mwindows", "maintenance_windows", "maintenance_windows_ids", "maintenance_window_ids")
_COMPARISONS = {"equals": "equals", "not_equals": "not_equals", "greater_than": "above", "less_than": "below"}


def import_files(files: Sequence[Path]) -> Draft:
    """A draft of answers in JSON and of CSV files."""
    draft = Draft()
    for file in files:
        for row in _csv(file) if file.suffix.lower() == ".csv" else _answer(file, draft):
            _Monitor(draft, row).put()
    return draft.finish()


def _read(file: Path) -> str:
    try:
        if file.stat().st_size > MOST_BYTES:
            raise UsageError(f"{file}: found more than {MOST_BYTES} bytes, expected monitors of UptimeRobot")
        return file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{file} cannot be read: {error}") from None


def _answer(file: Path, draft: Draft) -> list[Mapping[str, Any]]:
    try:
        value = json.loads(_read(file))
    except (ValueError, RecursionError) as error:
        raise UsageError(f"{file}: found no JSON ({error}), expected an answer of getMonitors, or a .csv") from None
    if isinstance(value, dict) and value.get("stat") == "fail":
        raise UsageError(f"{file}: found an answer that failed, expected monitors")
    found = value
    if isinstance(value, dict):
        found = value.get("monitors", value.get("data"))
        pagination = value.get("pagination")
        total = _seconds(pagination.get("total"), 0) if isinstance(pagination, dict) else 0
        if isinstance(found, list) and total > len(found):
            draft.leave(f"{total - len(found):g} monitors on further pages: import those answers too")
        if value.get("nextLink"):
            draft.leave("monitors on further pages (nextLink): import those answers too")
    if not isinstance(found, list):
        raise UsageError(f"{file}: found no monitors, expected the key monitors (v2) or data (v3)")
    return [row for row in found if isinstance(row, dict)]


def _csv(file: Path) -> list[Mapping[str, Any]]:
    rows = list(csv.DictReader(_read(file).splitlines()))
    if not rows:
        raise UsageError(f"{file}: found no rows, expected a line of headings and monitors")
    return [{str(key): value for key, value in row.items() if value not in ("", None)} for row in rows]


def _plain(row: Mapping[str, Any]) -> dict[str, Any]:
    """Keys of version 2 and 3 and of CSV as one."""
    found = {}
    for key, value in row.items():
        name = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", key.strip()).lower().replace(" ", "_").replace("-", "_")
        found[_SAME.get(name, name)] = value
    return found


class _Monitor:
    def __init__(self, draft: Draft, row: Mapping[str, Any]) -> None:
        plain = _plain(row)
        name = str(plain.get("friendly_name") or plain.get("url") or "unnamed")
        self._check: DraftCheck = draft.service(name).check("probe", source=str(plain.get("id", name)))
        self._given = Given(plain, self._check.leave)
        self._given.ignore("friendly_name")

    def put(self) -> None:
        """Make its check."""
        given, check = self._given, self._check
        if given.text("status") in ("0", "PAUSED") or given.truth("is_paused"):
            check.break_("it is paused")
        kind = given.text("type", "HTTP").upper()
        kind = _TYPES.get(kind, _WORDS.get(kind, kind))
        interval, timeout = _seconds(given.take("interval"), 300), _seconds(given.take("timeout"), 30)
        if kind != "HEARTBEAT":
            check.settings |= {"interval": duration(interval * 1000), "timeout": duration(timeout * 1000)}
        config = given.inner("config")
        self._probe(kind, config, interval)
        for key in _ALERTS:
            given.leave(key, "alerting rules are made of the agreements")
        for key in _MAINTENANCE:
            given.leave(key, "maintenance belongs to an agreement")
        given.leave("logs", "ups and downs without the probes between them: no exact history")
        given.leave("tags", "checks have no labels")
        given.leave("regional_data", "it is probed from where slamon runs")
        given.ignore(*_SILENT)
        config.ignore("ssl_expiration_period_days")
        config.rest()
        given.rest()

    def _probe(self, kind: str, config: Given, interval: float) -> None:
        given, check = self._given, self._check
        url, port = given.text("url"), given.text("port")
        if kind in ("HTTP", "KEYWORD", "API"):
            self._http(kind, url, config)
            given.ignore("port", "sub_type")
        elif kind == "PING":
            check.settings["icmp"] = {"address": _host(url)}
            given.ignore("port", "sub_type")
        elif kind == "PORT":
            known = _SUB_TYPES.get(given.text("sub_type").upper())
            check.settings["tcp"] = {"address": host_port(_host(url), port or known or 443)}
        elif kind == "HEARTBEAT":
            grace = _seconds(given.take("grace_period"), 300)
            token = url.rstrip("/").rpartition("/")[2]
            check.settings["heartbeat"] = {
                "token": Hidden("token", token), "every": duration(interval * 1000), "grace": duration(grace * 1000),
            }  # fmt: skip
            check.remark("the job calls /heartbeat/<token> of slamon now")
        elif kind == "DNS":
            self._dns(url, config)
        else:
            check.break_(f"there is no probe of the type {kind}: {said(url)}")
        if kind not in ("HEARTBEAT",):
            given.ignore("grace_period")
        self._family(config)

    def _http(self, kind: str, url: str, config: Given) -> None:
        given, check = self._given, self._check
        options: dict[str, Any] = {}
        check.settings["http"] = options
        put_url(check, options, url if "://" in url else f"http://{url}")
        method = given.text("http_method_type", "GET").upper()
        method = _METHODS.get(method, method)
        if method != "GET":
            options["method"] = method
        self._request(options)
        expect: dict[str, Any] = {}
        self._codes(expect)
        word, alert = given.text("keyword_value"), given.text("keyword_type").upper()
        insensitive = given.text("keyword_case_type") in ("1", "CaseInsensitive")
        if kind == "KEYWORD" and word:
            flag = "(?i)" if insensitive else ""
            key = "body_not_matches" if alert in ("1", "ALERT_EXISTS", "EXISTS") else "body_matches"
            expect[key] = [f"{flag}{re.escape(word)}"]
        self._assertions(config.take("api_assertions") or config.take("apiAssertions"), expect)
        if not given.truth("follow_redirections", True):
            options["follow_redirects"] = False
        given.ignore("check_ssl_errors") if given.truth("check_ssl_errors", True) else self._unverified(options)
        if given.truth("ignore_ssl_errors"):
            self._unverified(options)
        threshold = _seconds(given.take("response_time_threshold"), 0)
        if threshold:
            expect["degraded_over"] = duration(threshold)
        if expect:
            options["expect"] = expect

    def _unverified(self, options: dict[str, Any]) -> None:
        if str(options["url"]).startswith("https"):
            options["tls"] = {"skip_verification": True}

    def _request(self, options: dict[str, Any]) -> None:
        given, check = self._given, self._check
        headers = given.take("custom_http_headers")
        put_headers(options, headers if isinstance(headers, dict) else None)
        data, kind = given.take("post_value_data"), given.text("post_value_type").upper()
        content = given.text("post_content_type")
        if data not in (None, "", {}):
            options["body"] = body(data if isinstance(data, str) else json.dumps(data))
            json_body = kind in ("RAW_JSON", "JSON") or content in ("1", "application/json")
            media = "application/json" if json_body else "application/x-www-form-urlencoded"
            options.setdefault("headers", {}).setdefault("Content-Type", media)
        user, password = given.text("http_username"), given.text("http_password")
        way = given.text("auth_type", "HTTP_BASIC").upper()
        if way in ("2", "DIGEST"):
            check.leave("auth_type: digest is not spoken")
        elif way == "BEARER" and password:
            options["bearer"] = hidden("bearer", password)
        elif user:
            options["basic_auth"] = {"username": user, "password": Hidden("password", password)}
            if not password:
                check.leave("the password of basic_auth: it is not in the file")

    def _codes(self, expect: dict[str, Any]) -> None:
        """`404:0_200:1` of version 2 (1: up), or codes of version 3; UptimeRobot takes 2xx and 3xx else."""
        value = self._given.take("success_http_response_codes")
        if isinstance(value, str) and ":" in value:
            value = [part.partition(":")[0] for part in value.split("_") if part.endswith(":1")]
        elif isinstance(value, str):
            value = value.replace(",", " ").split()
        value = value if isinstance(value, list) else [value] if value else []
        found = statuses(value) if value else ["2xx", "3xx"]
        if found is None:
            self._check.leave(f"success_http_response_codes: {value}")
        else:
            expect["status"] = found

    def _assertions(self, value: object, expect: dict[str, Any]) -> None:
        if value is None:
            return
        given = Given(value, self._check.leave, "config.api_assertions")
        checks = given.list("checks")
        if given.text("logic", "AND").upper() == "OR" and len(checks) > 1:
            self._check.leave("config.api_assertions: one of several, where all must hold here")
            checks = []
        for one in checks:
            inner = Given(one, self._check.leave, "config.api_assertions.checks")
            path, how, target = (
                inner.text("property").removeprefix("$").removeprefix("."),
                inner.text("comparison"),
                inner.take("target"),
            )
            compared = _assertion(how, target)
            if compared is None:
                self._check.leave(f"the assertion {path} {how} {target}")
            else:
                expect.setdefault("json", []).append({"path": path, **compared})
            inner.rest()
        given.rest()

    def _dns(self, url: str, config: Given) -> None:
        records = config.mapping("dns_records") or config.mapping("dnsRecords")
        types = [(kind, values) for kind, values in records.items() if isinstance(values, list) and values] or [
            ("a", [])
        ]
        kind, values = types[0]
        options: dict[str, Any] = {"server": "1.1.1.1", "name": _host(url), "type": kind.upper()}
        self._check.leave("the name server: UptimeRobot's own; 1.1.1.1 stands for it")
        if values:
            options["expect"] = {"answers": {"matches": [rf"\s{re.escape(str(value))}\.?$" for value in values]}}
        for other, _ in types[1:]:
            self._check.leave(f"records of the type {other.upper()}: one type a check")
        self._check.settings["dns"] = options

    def _family(self, config: Given) -> None:
        version = config.text("ip_version") or config.text("ipVersion")
        kind = next((k for k in ("http", "icmp", "tcp", "dns") if k in self._check.settings), None)
        if version in ("ipv4Only", "ipv6Only") and kind is not None:
            self._check.settings[kind]["ip_family"] = version[3]


def _assertion(how: str, target: object) -> dict[str, Any] | None:
    try:
        value = json.loads(target) if isinstance(target, str) else target
    except ValueError:
        value = target
    if how in ("is_null", "is_not_null"):
        return {"equals" if how == "is_null" else "not_equals": None}
    if how in ("contains", "not_contains"):
        return {"matches": re.escape(str(value))} if how == "contains" else None
    key = _COMPARISONS.get(how)
    if key in ("above", "below"):
        return {key: value} if isinstance(value, (int, float)) and not isinstance(value, bool) else None
    return None if key is None else {key: value}


def _host(url: str) -> str:
    rest = url.partition("://")[2] or url
    return rest.partition("/")[0].strip("[]")


def _seconds(value: object, default: float) -> float:
    try:
        return float(str(value)) if value not in (None, "") else default
    except ValueError:
        return default
