"""Modules of blackbox_exporter: what each of them becomes for a target.

The file is not read by `slamon.catalogue.blackbox`, as the drop-in reads it: that reader refuses a file as a whole for
one mistake, while an importer goes on and names, key by key, what it does not take. A test keeps their keys the same.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from slamon.imports.draft import DraftCheck, Referring
from slamon.imports.given import Given, said
from slamon.imports.parts import (
    body,
    duration,
    duration_ms,
    header,
    hidden,
    host_port,
    plain,
    put_headers,
    put_url,
    statuses,
)

PROBERS = ("http", "tcp", "icmp", "dns", "grpc", "websocket")
_TLS = {"TLS10": "1.0", "TLS11": "1.1", "TLS12": "1.2", "TLS13": "1.3"}
_SECTIONS = {"answer": "answers", "authority": "authority", "additional": "additional"}
_RECORDS = {
    "fail_if_matches_regexp": "not_matches",
    "fail_if_all_match_regexp": "all_match",  # so it behaves, whatever its name says: it fails unless all match
    "fail_if_not_matches_regexp": "all_match",
    "fail_if_none_matches_regexp": "any_match",
}


class Modules:
    """The modules of a blackbox.yml, or those that one without any has by name."""

    def __init__(self, value: Mapping[str, Any] | None, folder: Path) -> None:
        """`folder`: that of the file, from which its files are named."""
        self.known = dict(value or {})
        self._folder = folder

    def put(self, check: DraftCheck, name: str, target: str, hostname: str | None = None) -> None:
        """Make the check what the module would probe at the target."""
        module = self.known.get(name)
        if module is None:
            module = {"prober": next((p for p in PROBERS if name.startswith(p)), "http")}
            check.leave(f"the module {name}: it is in none of the files; a plain {module['prober']} probe stands here")
        given = Given(module, check.leave, f"modules.{name}")
        prober = given.text("prober")
        if prober == "unix":
            given.ignore("unix", "timeout")
            check.break_("slamon has no probe of unix sockets")
            return
        if prober not in PROBERS:
            check.break_(f"the prober {prober!r} is not known")
            return
        options = given.inner(prober)
        timeout = duration_ms(given.text("timeout"))
        if timeout:
            check.settings["timeout"] = duration(timeout)
        check.settings[prober] = {}
        getattr(self, f"_{prober}")(check, options, check.settings[prober], target)
        if hostname is not None:
            _hostname(check, prober, hostname)
        options.rest()
        for other in (*PROBERS, "unix"):
            given.leave(other, f"the prober is {prober}")
        given.rest()

    # -- one method a prober

    def _http(self, check: DraftCheck, given: Given, options: dict[str, Any], target: str) -> None:
        url = target if "://" in target else f"http://{target}"
        put_url(check, options, url)
        method = given.text("method").upper()
        if method not in ("", "GET"):
            options["method"] = method
        self._request(check, given, options)
        self._expectations(check, given, options)
        self._ssl(check, given, url)
        self._access(check, given, options)
        self._client(check, given, options)
        _family(check, given, options)

    def _request(self, check: DraftCheck, given: Given, options: dict[str, Any]) -> None:
        put_headers(options, given.mapping("headers"))
        for name, value in given.mapping("http_headers").items():
            inner = Given(value, check.leave, f"http_headers.{name}")
            values = [plain(name, str(v)) for v in inner.list("values")]
            values += [hidden(name, str(v)) for v in inner.list("secrets")]
            inner.leave("files", "headers from files are written as ${file:...}")
            inner.rest()
            if values:
                options.setdefault("headers", {})[name] = values
        text = given.take("body")
        if text is not None:
            options["body"] = body(str(text))
        file = check.file(given.take("body_file"), self._folder, "body_file")
        if file is not None:
            options["body_file"] = file

    def _expectations(self, check: DraftCheck, given: Given, options: dict[str, Any]) -> None:
        expect: dict[str, Any] = {}
        codes = given.list("valid_status_codes")
        found = statuses(codes) if codes else None
        if codes and found is None:
            check.leave(f"valid_status_codes: {codes}")
        elif found:
            expect["status"] = found
        for key, ours in (
            ("fail_if_body_matches_regexp", "body_not_matches"),
            ("fail_if_body_not_matches_regexp", "body_matches"),
        ):
            patterns = [str(pattern) for pattern in given.list(key)]
            if patterns:
                expect[ours] = patterns
        for spec in given.list("fail_if_header_not_matches"):
            self._header(check, spec, expect)
        given.leave("fail_if_header_matches", "a header that must not match cannot be said")
        given.leave("valid_http_versions", "the version is chosen by http_version, not expected")
        for key in ("fail_if_body_json_matches_cel", "fail_if_body_json_not_matches_cel"):
            given.leave(key, "CEL is not read; expect.json compares values at paths")
        if expect:
            options["expect"] = expect

    def _header(self, check: DraftCheck, spec: object, expect: dict[str, Any]) -> None:
        inner = Given(spec, check.leave, "fail_if_header_not_matches")
        name, pattern = inner.text("header"), inner.text("regexp")
        missing = inner.truth("allow_missing")
        inner.rest()
        if missing or name in expect.get("headers", {}):
            why = "a header may not be missing here" if missing else "one expression a header"
            check.leave(f"fail_if_header_not_matches: {name} {said(pattern)}: {why}")
        else:
            expect.setdefault("headers", {})[name] = pattern

    def _ssl(self, check: DraftCheck, given: Given, url: str) -> None:
        secure = url.startswith("https://")
        if given.truth("fail_if_not_ssl"):
            if secure:
                check.remark("fail_if_not_ssl: the url is https")
            else:
                check.leave("fail_if_not_ssl: the url is http; a redirect to https is followed, and none is demanded")
        if given.truth("fail_if_ssl"):
            check.leave("fail_if_ssl: that an answer comes without TLS is not expected")

    def _access(self, check: DraftCheck, given: Given, options: dict[str, Any]) -> None:
        basic = given.inner("basic_auth")
        user, password = basic.take("username"), basic.take("password")
        file = check.file(basic.take("password_file"), self._folder, "basic_auth.password_file")
        basic.leave("username_file", "the user stands in the catalogue")
        basic.leave("username_ref", "secret managers are not asked")
        basic.leave("password_ref", "secret managers are not asked")
        basic.rest()
        if user is not None:
            secret = _in_file(file) if file else hidden("password", str(password or ""))
            options["basic_auth"] = {"username": str(user), "password": secret}
        authorization = given.inner("authorization")
        self._authorize(
            check, options, authorization.text("type", "Bearer"), authorization, "credentials", "credentials_file"
        )
        authorization.leave("credentials_ref", "secret managers are not asked")
        authorization.rest()
        self._authorize(check, options, "Bearer", given, "bearer_token", "bearer_token_file")
        given.leave("oauth2", "tokens are not fetched; give a bearer token, or a journey of two steps")

    def _authorize(
        self, check: DraftCheck, options: dict[str, Any], kind: str, given: Given, key: str, file_key: str
    ) -> None:
        text = given.take(key)
        file = check.file(given.take(file_key), self._folder, file_key)
        if text is None and file is None:
            return
        if kind.lower() == "bearer":
            options["bearer"] = _in_file(file) if file else hidden("bearer", str(text))
        else:
            value = _in_file(file, f"{kind} ") if file else header("authorization", f"{kind} {text}")
            options.setdefault("headers", {})["Authorization"] = value

    def _client(self, check: DraftCheck, given: Given, options: dict[str, Any]) -> None:
        tls = self._tls(check, given.inner("tls_config"))
        if tls and str(options.get("url", "")).startswith("https:"):
            options["tls"] = tls
        elif tls:
            check.leave("tls_config: the url is http")
        follow, never = given.truth("follow_redirects", True), given.truth("no_follow_redirects")
        if never or not follow:
            options["follow_redirects"] = False
        proxy = given.take("proxy_url")
        if proxy is not None:
            options["proxy"] = hidden("proxy", str(proxy)) if "@" in str(proxy) else str(proxy)
        for key in ("no_proxy", "proxy_from_environment", "proxy_connect_header"):
            given.leave(key, "a proxy is that of `proxy` and no other")
        given.leave("skip_resolve_phase_with_proxy", "names behind a proxy are resolved by socks5h proxies only")
        given.leave("use_proxy_dns", "names behind a proxy are resolved by socks5h proxies only")
        if not given.truth("enable_http2", True):
            options["http_version"] = "1.1"
        if given.truth("enable_http3"):
            options["http_version"] = "3"
        given.leave("body_size_limit", "a larger body is read up to body_limit and is no failure")
        compression = given.text("compression")
        if compression not in ("", "identity"):
            check.leave(f"compression: {compression}: what comes is decompressed, none is demanded")

    def _tls(self, check: DraftCheck, given: Given) -> dict[str, Any]:
        tls: dict[str, Any] = {}
        if given.truth("insecure_skip_verify"):
            tls["skip_verification"] = True
        for key, ours in (("ca_file", "ca_file"), ("cert_file", "certificate"), ("key_file", "key")):
            file = check.file(given.take(key), self._folder, f"tls_config.{key}")
            if file is not None:
                tls[ours] = file
        if "key" in tls and "certificate" not in tls:
            del tls["key"]
        name = given.take("server_name")
        if name:
            tls["server_name"] = str(name)
        version = given.text("min_version")
        if version in _TLS:
            tls["min_version"] = _TLS[version]
        elif version:
            check.leave(f"tls_config.min_version: {version}")
        newest = given.text("max_version")
        if newest in _TLS:
            tls["max_version"] = _TLS[newest]
        elif newest:
            check.leave(f"tls_config.max_version: {newest}")
        for key in ("ca", "cert", "key", "ca_ref", "cert_ref", "key_ref"):
            given.leave(key, "put it into a file")
        given.rest()
        return tls

    def _tcp(self, check: DraftCheck, given: Given, options: dict[str, Any], target: str) -> None:
        options["address"] = target.partition("://")[2] if "://" in target else target
        steps = [self._step(check, step) for step in given.list("query_response")]
        steps = [step for step in steps if step]
        secure, tls = given.truth("tls"), self._tls(check, given.inner("tls_config"))
        if secure or any("starttls" in step for step in steps):
            options["tls"] = tls or True
        elif tls:
            check.leave("tls_config: neither tls nor starttls")
        if steps:
            options["dialogue"] = steps
        given.leave("source_ip_address", "the system chooses the source")
        _family(check, given, options)

    def _step(self, check: DraftCheck, value: object, end: str = "\n") -> dict[str, Any]:
        """`end`: what the exporter puts behind each thing that it sends."""
        given = Given(value, check.leave, "query_response")
        step: dict[str, Any] = {}
        raw = given.take("expect_bytes")
        if raw:
            step["expect_hex"] = str(raw).encode().hex()
        text = given.take("expect")
        if text:
            step["expect"] = str(text)
        text = given.take("send")
        if text:
            step["send"] = plain("send", f"{text}{end}")
        if given.truth("starttls"):
            step["starttls"] = True
        given.leave("labels", "what was captured is not exported")
        given.rest()
        return step

    def _icmp(self, check: DraftCheck, given: Given, options: dict[str, Any], target: str) -> None:
        options["address"] = target.strip("[]")
        size, ttl = given.take("payload_size"), given.take("ttl")
        if size is not None:
            options["payload_size"] = f"{size}B"
        if ttl:
            options["ttl"] = ttl
        if given.truth("dont_fragment"):
            options["do_not_fragment"] = True
        source = given.take("source_ip_address")
        if source:
            options["source_address"] = str(source)
        _family(check, given, options)

    def _dns(self, check: DraftCheck, given: Given, options: dict[str, Any], target: str) -> None:
        options["server"], options["name"] = target, given.text("query_name")
        options["type"] = given.text("query_type", "ANY")
        kind = given.text("query_class", "IN")
        if kind != "IN":
            options["class"] = kind
        if not given.truth("recursion_desired", True):
            options["recursion"] = False
        transport, secure = given.text("transport_protocol", "udp"), given.truth("dns_over_tls")
        tls = self._tls(check, given.inner("tls_config"))
        if secure or transport != "udp":
            options["transport"] = "tls" if secure else transport
        if tls and secure:
            options["tls"] = tls
        elif tls:
            check.leave("tls_config: without dns_over_tls")
        options["on_truncation"] = "accept"
        source = given.take("source_ip_address")
        if source:
            options["source_address"] = str(source)
        _family(check, given, options)
        expect: dict[str, Any] = {"answers": {}}
        rcodes = [str(code) for code in given.list("valid_rcodes")]
        if rcodes:
            expect["rcode"] = rcodes
        for theirs, ours in _SECTIONS.items():
            records = given.inner(f"validate_{theirs}_rrs")
            for key, name in _RECORDS.items():
                patterns = [str(pattern) for pattern in records.list(key)]
                if patterns:
                    if key == "fail_if_all_match_regexp":
                        check.remark(f"{key}: the exporter fails unless all records match, and so does this")
                    expect.setdefault(ours, {}).setdefault(name, []).extend(patterns)
            records.rest()
        options["expect"] = expect

    def _grpc(self, check: DraftCheck, given: Given, options: dict[str, Any], target: str) -> None:
        options["address"] = target if ":" in target else host_port(target, 443)
        service = given.text("service")
        if service:
            options["service"] = service
        metadata = given.mapping("metadata")
        if metadata:
            options["metadata"] = {str(name).lower(): header(str(name), value) for name, value in metadata.items()}
        tls = self._tls(check, given.inner("tls_config"))
        if given.truth("tls"):
            options["tls"] = tls or True
        elif tls:
            check.leave("tls_config: without tls")
        _family(check, given, options)

    def _websocket(self, check: DraftCheck, given: Given, options: dict[str, Any], target: str) -> None:
        put_url(check, options, target if "://" in target else f"ws://{target}")
        inner: dict[str, Any] = {"url": str(options["url"]).replace("ws", "http", 1)}
        self._request(check, Given({"http_headers": given.take("headers")}, check.leave, "websocket"), inner)
        client = given.inner("http_config")
        self._request(check, client, inner)
        self._access(check, client, inner)
        self._client(check, client, inner)
        client.rest()
        for key in set(inner) - {"url", "headers", "basic_auth", "bearer", "tls"}:
            check.leave(f"http_config: {key}: a websocket has none")
        options |= {key: inner[key] for key in ("headers", "basic_auth", "bearer", "tls") if key in inner}
        steps = [self._step(check, step, "") for step in given.list("query_response")]
        if any(steps):
            options["dialogue"] = [step for step in steps if step]
        _family(check, given, options)


def _in_file(file: str, before: str = "") -> Referring:
    return Referring(f"{before}${{file:{file}}}")


def _family(check: DraftCheck, given: Given, options: dict[str, Any]) -> None:
    """The exporter prefers one family and may fall back; here the first to answer is taken, or one alone."""
    preferred, fallback = given.text("preferred_ip_protocol"), given.truth("ip_protocol_fallback", True)
    if not fallback:
        options["ip_family"] = "4" if preferred == "ip4" else "6"
    elif preferred:
        check.leave(f"preferred_ip_protocol: {preferred}: either family is taken, the first to answer")


def _hostname(check: DraftCheck, prober: str, hostname: str) -> None:
    """The `hostname` of a request for /probe: the Host header, and the name that TLS asks for."""
    options = check.settings[prober]
    if prober == "http":
        options.setdefault("headers", {})["Host"] = hostname
    if prober == "tcp" and "tls" in options:
        options["tls"] = {"server_name": hostname} | (options["tls"] if isinstance(options["tls"], dict) else {})
