"""gatus' configuration: endpoints with their conditions, external endpoints, suites."""

import os
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from slamon.imports.draft import Draft, DraftCheck, Referring
from slamon.imports.gatus_conditions import Conditions
from slamon.imports.given import Given, said, yaml_value
from slamon.imports.parts import body, duration, duration_ms, hidden, host_port, plain, put_headers, put_url

_NOT_PROBED = {
    "alerting": "slamon's alerting rules are made of the agreements",
    "announcements": "they are not part of what is measured",
    "security": "users of the pages are those of a web-config file",
    "web": "web.listen says where slamon listens",
    "ui": "pages look as they do",
    "storage": "slamon keeps facts in its ledger; `slamon import gatus --history` carries results over",
    "connectivity": "use reference targets",
    "remote": "several sites are told apart in Prometheus",
    "tunneling": "there are no tunnels",
}
_SILENT = ("metrics", "debug", "concurrency", "disable-monitoring-lock", "skip-invalid-config-update")
_PORTS = {"ssh": 22, "starttls": 587, "tls": 443, "grpc": 80, "grpcs": 443}
_VARIABLE = re.compile(r"\$\$|\$\{([A-Za-z_][A-Za-z0-9_]*)\}|\$([A-Za-z_][A-Za-z0-9_]*)")
_DAYS = {"monday": "MO", "tuesday": "TU", "wednesday": "WE", "thursday": "TH", "friday": "FR", "saturday": "SA",
         "sunday": "SU"}  # fmt: skip


def import_files(files: Sequence[Path], env: Mapping[str, str] | None = None) -> Draft:
    """A draft of gatus' files; a variable of theirs stays one where secrets may stand, else `env` has its value."""
    importer = _Importer(os.environ if env is None else env)
    for file in files:
        importer.put(file)
    return importer.draft.finish()


def key_of(group: str, name: str) -> str:
    """The key under which gatus keeps an endpoint: history is found by it."""
    return "_".join(re.sub(r"[ /_,.#+&]", "-", part.lower()) for part in (group, name))


class _Importer:
    def __init__(self, env: Mapping[str, str]) -> None:
        self.draft = Draft()
        self._env = env

    def put(self, file: Path) -> None:
        """Everything of one file."""
        given = Given(yaml_value(file), self.draft.leave, file.name)
        for value in given.list("endpoints"):
            self._endpoint(value)
        for value in given.list("external-endpoints"):
            self._external(value)
        for value in given.list("suites"):
            inner = Given(value, self.draft.leave, "suites")
            self.draft.leave(f"the suite {inner.text('name')}: write it as a journey of its steps")
        _maintenance(given.take("maintenance"), self.draft.leave, "maintenance")
        given.ignore(*_SILENT)
        for key, why in _NOT_PROBED.items():
            given.leave(key, why)
        given.rest()

    def _check(self, value: object) -> tuple[DraftCheck, Given]:
        told: list[str] = []
        given = Given(value, told.append)
        name, group = given.text("name", "unnamed"), given.text("group")
        check = self.draft.service(group or name).check(name if group else "probe", source=key_of(group, name))
        check.left += told
        given = Given(value if isinstance(value, dict) else {}, check.leave)
        given.ignore("name", "group")
        if not given.truth("enabled", True):
            check.break_("it is switched off (enabled: false)")
        return check, given

    def _endpoint(self, value: object) -> None:
        check, given = self._check(value)
        client = given.inner("client")
        check.settings["interval"] = duration(duration_ms(given.text("interval", "60s")) or 60_000)
        check.settings["timeout"] = duration(duration_ms(client.text("timeout", "10s")) or 10_000)
        url = self._expanded(check, given.text("url"), "url")
        kind = self._probe(check, given, client, url)
        if kind is not None:
            Conditions(check, kind, check.settings[kind]).put(given.list("conditions"))
            _tidy(check.settings, kind)
        self._alerts(check, given.list("alerts"))
        for window in given.list("maintenance-windows"):
            _maintenance(window, check.leave, "maintenance-windows")
        given.ignore("ui")
        given.leave("extra-labels", "checks have no labels")
        given.leave("always-run", "it is of suites")
        given.leave("store", "it is of suites; a journey captures values")
        self._client(check, client)
        client.rest()
        given.rest()

    def _probe(self, check: DraftCheck, given: Given, client: Given, url: str) -> str | None:
        """The kind's options, by the url's scheme; None where there is no such kind."""
        scheme = url.partition("://")[0].lower() if "://" in url else ""
        dns, ssh = given.take("dns"), given.take("ssh")
        if ssh is not None:
            check.leave("ssh: the host key and the banner are looked at; nobody logs in")
        if dns is not None:
            return self._dns(check, Given(dns, check.leave, "dns"), url)
        if scheme in ("http", "https"):
            return self._http(check, given, client, url)
        text = given.text("body")
        if text and scheme in ("ws", "wss"):
            check.settings["websocket"] = {"url": url, "dialogue": [{"send": plain("body", text)}]}
        elif text:
            check.leave(f"body: what is sent over {scheme}: {said(text)}")
        try:
            host = urlsplit(url).hostname or url.partition("://")[2]
        except ValueError:
            host = url.partition("://")[2]
        if scheme == "icmp":
            check.settings["icmp"] = {"address": host}
            network = client.text("network", "ip")
            if network in ("ip4", "ip6"):
                check.settings["icmp"]["ip_family"] = network[-1]
            return "icmp"
        return self._socket(check, client, scheme, url, host)

    def _socket(self, check: DraftCheck, client: Given, scheme: str, url: str, host: str) -> str | None:
        try:
            port = urlsplit(url).port or _PORTS.get(scheme)
        except ValueError:
            port = None
        address = host_port(host, port)
        skip = {"skip_verification": True} if client.truth("insecure") else {}
        if scheme == "tcp":
            check.settings["tcp"] = {"address": address}
        elif scheme in ("tls", "starttls"):
            start = {"starttls": "smtp"} if scheme == "starttls" else {}
            check.settings["tls"] = {"address": address, **start, **skip}
            return "tls"
        elif scheme in ("grpc", "grpcs"):
            check.settings["grpc"] = {"address": address, **({"tls": skip or True} if scheme == "grpcs" else {})}
            return "grpc"
        elif scheme == "ssh":
            check.settings["ssh"] = {"address": address}
            return "ssh"
        elif scheme in ("ws", "wss"):
            check.settings["websocket"] = {
                "url": url,
                **check.settings.get("websocket", {}),
                **({"tls": skip} if skip else {}),
            }
            return "websocket"
        else:
            check.break_(f"there is no probe over {scheme or 'an url without a scheme'}")
            return None
        return scheme

    def _dns(self, check: DraftCheck, dns: Given, url: str) -> str:
        server = url.partition("://")[2] if "://" in url else url
        check.settings["dns"] = {
            "server": server.rstrip("/"),
            "name": dns.text("query-name"),
            "type": dns.text("query-type", "A"),
        }
        dns.rest()
        return "dns"

    def _http(self, check: DraftCheck, given: Given, client: Given, url: str) -> str:
        options: dict[str, Any] = {}
        check.settings["http"] = options
        put_url(check, options, url)
        method = given.text("method", "GET").upper()
        headers = {str(k): self._secret(str(v)) for k, v in given.mapping("headers").items()}
        text = self._secret(given.text("body"))
        if given.truth("graphql"):
            check.leave('graphql: the body is sent as it stands; wrap it as {"query": ...}')
        for placeholder in re.findall(r"\[(?:ENDPOINT_[A-Z]+|LOCAL_ADDRESS|RANDOM_STRING_\d+)\]", text):
            check.leave(f"{placeholder} in the body")
        if method != "GET":
            options["method"] = method
        put_headers(options, headers)
        if text:
            options["body"] = body(text)
        if client.truth("ignore-redirect"):
            options["follow_redirects"] = False
        if client.truth("insecure") and url.startswith("https"):
            options["tls"] = {"skip_verification": True}
        proxy = client.text("proxy-url")
        if proxy:
            options["proxy"] = hidden("proxy", self._secret(proxy)) if "@" in proxy else proxy
        return "http"

    def _client(self, check: DraftCheck, client: Given) -> None:
        client.ignore("insecure", "network")
        client.leave("dns-resolver", "names are resolved by the system's name servers")
        client.leave("oauth2", "tokens are not fetched; give a bearer token, or a journey of two steps")
        client.leave("identity-aware-proxy", "tokens are not fetched")
        client.leave("tunnel", "there are no tunnels")
        client.leave("store-cookies", "a journey carries cookies")
        tls = client.inner("tls")
        files = {
            ours: file
            for key, ours in (("certificate-file", "certificate"), ("private-key-file", "key"))
            if (file := check.file(tls.take(key), Path(), f"client.tls.{key}")) is not None
        }
        if "certificate" in files and "http" in check.settings:
            known = check.settings["http"].get("tls")
            check.settings["http"]["tls"] = (known or {}) | files
        tls.leave("renegotiation", "connections do not renegotiate")
        tls.rest()

    def _alerts(self, check: DraftCheck, alerts: list[Any]) -> None:
        """gatus counts each failure; an outage here is confirmed by as many as its alerts wait for."""
        thresholds = [alert.get("failure-threshold", 3) for alert in alerts if isinstance(alert, dict)]
        counts = [count for count in thresholds if isinstance(count, int) and 1 <= count <= 100]
        if counts:
            check.settings["confirm"] = min(counts)
            check.remark("confirm: the failure-threshold of its alerts")
        if alerts:
            kinds = ", ".join(str(alert.get("type")) for alert in alerts if isinstance(alert, dict))
            check.leave(f"alerts by {kinds}: slamon's alerting rules are made of the agreements")

    def _external(self, value: object) -> None:
        check, given = self._check(value)
        beat = given.inner("heartbeat")
        every = duration_ms(beat.text("interval"))
        beat.rest()
        check.settings["external"] = {"source": "gatus"}
        check.settings["interval"] = duration(every or 60_000)
        check.leave("token: verdicts come by POST /api/observations, from a user of the web-config file")
        given.ignore("token")
        self._alerts(check, given.list("alerts"))
        given.rest()

    def _secret(self, text: str) -> str:
        """Variables as references, where secrets may stand."""
        found = _VARIABLE.sub(lambda m: "$" if m[0] == "$$" else f"${{env:{m[1] or m[2]}}}", text)
        return Referring(found) if found != text and "${env:" in found else found

    def _expanded(self, check: DraftCheck, text: str, key: str) -> str:
        """Variables by their values, where no reference may stand."""

        def one(match: re.Match[str]) -> str:
            if match[0] == "$$":
                return "$"
            name = match[1] or match[2]
            if name not in self._env:
                check.leave(f"the variable {name} in {key}: it is not set here")
            return self._env.get(name, name)

        return _VARIABLE.sub(one, text)


def _tidy(settings: dict[str, Any], kind: str) -> None:
    """The url first, expectations last."""
    options = settings[kind]
    expect = options.pop("expect", {})
    first = {"url": options.pop("url")} if "url" in options else {}
    settings[kind] = {**first, **options, **({"expect": expect} if expect else {})}


def _maintenance(value: object, leave: Any, where: str) -> None:
    """Maintenance belongs to agreements: the line to put there is told."""
    if value is None:
        return
    given = Given(value, leave, where)
    start, length, zone = given.text("start"), given.text("duration"), given.text("timezone", "UTC")
    days = [_DAYS.get(str(day).lower(), "") for day in given.list("every")]
    if given.truth("enabled", True) and start:
        rule = f"FREQ=WEEKLY;BYDAY={','.join(filter(None, days))}" if any(days) else "FREQ=DAILY"
        line = f'{{rrule: "{rule}", at: "{start}", duration: {length}, from: 2026-01-01}}'
        leave(f"{where}: belongs to an agreement in the zone {zone}: maintenance: [{line}]")
    given.rest()
