"""Cases of options that came after 0.23: what the documentation of 0.28 and of the main branch says of each."""

from dataclasses import dataclass, field
from typing import Any

from tests.system.dropin.case import Case, dns, grpc, http, made, tcp

SAFE = {"ca_file": "<root.pem>"}
SITE, SECURE, GREETS = "http://127.0.0.1:<http>", "https://localhost:<https>", "127.0.0.1:<greets>"
TEXT_TLS = {"ca": "<root.pem text>"}
UNIX, WS = "<unix>", "ws://127.0.0.1:<ws>"
TOKEN = "http://127.0.0.1:<http>/token/header"
OAUTH = {"client_id": "anna", "client_secret": "geheim", "token_url": TOKEN}
TUNNELLED: dict[str, Any] = {
    "token_url": f"{SECURE}/token/header",
    "tls_config": SAFE,
    "proxy_url": "http://127.0.0.1:<choosy-proxy>",
}
WSS = "wss://localhost:<wss>"
SECURE_TOKEN = {"token_url": f"{SECURE}/token/header"}
CHOOSY = {"proxy_url": "http://127.0.0.1:<choosy-proxy>"}


@dataclass(frozen=True, slots=True)
class Newer:
    """A case, and what it must show besides `probe_success`: values by series as it is written."""

    case: Case
    success: bool
    shows: dict[str, float] = field(default_factory=dict)


def case(made_: Case, success: bool, **shows: float) -> Newer:
    return Newer(made_, success, {f"probe_{name}": value for name, value in shows.items()})


def http_json(id_: str, path: str, success: bool, failed: float, **options: Any) -> Newer:
    return case(http(id_, f"{SITE}{path}", **options), success, failed_due_to_cel=failed)


def client(id_: str, target: str, **options: Any) -> Case:
    return made("websocket", id_, target, **options)


def unix(id_: str, target: str, **options: Any) -> Case:
    return made("unix", id_, target, **options)


def _oauth(id_: str, **options: Any) -> Case:
    return http(f"oauth2-{id_}", f"{SITE}/login/bearer", oauth2={**OAUTH, **options})


CASES: tuple[Newer, ...] = (
    case(
        http(
            "body-file",
            f"{SITE}/echo",
            method="POST",
            body_file="<body.txt>",
            fail_if_body_not_matches_regexp=["^from a file$"],
        ),
        True,
    ),
    case(http("body-file-missing", f"{SITE}/echo", method="POST", body_file="<missing>"), False, http_status_code=0),
    case(
        http("body-file-not-sent-again", f"{SITE}/to?status=308&url=/echo", method="POST", body_file="<body.txt>"),
        False,
        http_status_code=308,
    ),
    http_json(
        "cel-right", "/json", True, 0, fail_if_body_json_not_matches_cel="body.status == 'up' && body.count == 3"
    ),
    http_json("cel-wrong", "/json", False, 1, fail_if_body_json_not_matches_cel="body.nodes[0].load > 0.9"),
    http_json("cel-matches-right", "/json", True, 0, fail_if_body_json_matches_cel="body.status == 'down'"),
    http_json("cel-matches-wrong", "/json", False, 1, fail_if_body_json_matches_cel="has(body.deep) && body.deep.ok"),
    http_json(
        "cel-both",
        "/json",
        True,
        0,
        fail_if_body_json_matches_cel="body.count > 5",
        fail_if_body_json_not_matches_cel="body.count > 1",
    ),
    http_json("cel-list", "/list", True, 0, fail_if_body_json_not_matches_cel="size(body) == 3"),
    http_json("cel-no-json", "/", False, 1, fail_if_body_json_not_matches_cel="body.a == 1"),
    http_json("cel-absent", "/json", False, 1, fail_if_body_json_not_matches_cel="body.nothing == 1"),
    http_json("cel-no-truth", "/json", False, 1, fail_if_body_json_not_matches_cel="body.count"),
    http_json("cel-of-a-long-body", "/long-json", True, 0, fail_if_body_json_not_matches_cel="size(body.l) == 9000"),
    http_json("cel-of-a-long-body-wrong", "/long-json", False, 1, fail_if_body_json_not_matches_cel="body.l[0] > 1.0"),
    http_json("cel-after-status", "/status/500", False, 0, fail_if_body_json_not_matches_cel="body.a == 1"),
    case(
        http("user-file", f"{SITE}/login/basic", basic_auth={"username_file": "<user.txt>", "password": "geheim"}), True
    ),
    case(
        http(
            "user-file-wrong", f"{SITE}/login/basic", basic_auth={"username_file": "<wrong.txt>", "password": "geheim"}
        ),
        False,
    ),
    case(
        http("http-headers-values", f"{SITE}/needs?name=X-Key&value=abc", http_headers={"X-Key": {"values": ["abc"]}}),
        True,
    ),
    case(
        http(
            "http-headers-secrets", f"{SITE}/needs?name=X-Key&value=abc", http_headers={"X-Key": {"secrets": ["abc"]}}
        ),
        True,
    ),
    case(
        http(
            "http-headers-files",
            f"{SITE}/needs?name=X-Key&value=geheim",
            http_headers={"X-Key": {"files": ["<password.txt>"]}},
        ),
        True,
    ),
    case(
        http("http-headers-wrong", f"{SITE}/needs?name=X-Key&value=abc", http_headers={"X-Key": {"values": ["no"]}}),
        False,
        http_status_code=400,
    ),
    case(
        http(
            "http-headers-secrets-wrong",
            f"{SITE}/needs?name=X-Key&value=abc",
            http_headers={"X-Key": {"secrets": ["no"]}},
        ),
        False,
    ),
    case(
        http("http-headers-files-missing", f"{SITE}/", http_headers={"X-Key": {"files": ["<missing>"]}}),
        False,
        http_status_code=0,
    ),
    case(http("no-proxy-of-loopback", f"{SITE}/", proxy_url="http://127.0.0.1:<closed>", no_proxy="192.0.2.1"), True),
    case(
        http(
            "no-proxy-by-name",
            "http://shop.example.org/",
            skip_resolve_phase_with_proxy=True,
            proxy_url="http://127.0.0.1:<proxy>",
            no_proxy="example.com",
        ),
        True,
    ),
    case(
        http(
            "no-proxy-matched",
            "http://nosuch.invalid/",
            skip_resolve_phase_with_proxy=True,
            proxy_url="http://127.0.0.1:<proxy>",
            no_proxy=".invalid",
        ),
        False,
    ),
    case(
        http(
            "proxy-environment",
            "http://shop.example.org/",
            skip_resolve_phase_with_proxy=True,
            proxy_from_environment=True,
            fail_if_body_not_matches_regexp=["through"],
        ),
        True,
    ),
    case(http("proxy-environment-without", "http://nosuch.invalid/", proxy_from_environment=True), False),
    case(
        http(
            "connect-header",
            f"{SECURE}/",
            tls_config=SAFE,
            proxy_url="http://127.0.0.1:<choosy-proxy>",
            proxy_connect_header={"X-Tunnel": ["yes"]},
        ),
        True,
    ),
    case(
        http(
            "connect-header-wrong",
            f"{SECURE}/",
            tls_config=SAFE,
            proxy_url="http://127.0.0.1:<choosy-proxy>",
            proxy_connect_header={"X-Tunnel": ["no"]},
        ),
        False,
    ),
    case(
        http("max-version", f"{SECURE}/", tls_config={**SAFE, "max_version": "TLS12"}),
        True,
        **{'tls_version_info{version="TLS 1.2"}': 1},
    ),
    case(http("max-version-wrong", "https://localhost:<https13>/", tls_config={**SAFE, "max_version": "TLS12"}), False),
    case(http("ca-text", f"{SECURE}/", tls_config=TEXT_TLS), True),
    case(http("ca-text-wrong", f"{SECURE}/", tls_config={"ca": "<other.pem text>"}), False),
    case(
        http(
            "client-text",
            "https://localhost:<mutual>/",
            tls_config={**SAFE, "cert": "<client.pem text>", "key": "<client.key text>"},
        ),
        True,
    ),
    case(
        http(
            "client-text-wrong", "https://localhost:<mutual>/", tls_config={**SAFE, "cert": "nothing", "key": "nothing"}
        ),
        False,
    ),
    case(
        http(
            "oauth2-proxy",
            f"{SITE}/login/bearer",
            oauth2={
                "client_id": "anna",
                "client_secret": "geheim",
                "token_url": f"{SECURE}/token/header",
                "tls_config": SAFE,
                "proxy_url": "http://127.0.0.1:<proxy>",
            },
        ),
        True,
    ),
    case(
        http(
            "oauth2-proxy-wrong",
            f"{SITE}/login/bearer",
            oauth2={
                "client_id": "anna",
                "client_secret": "geheim",
                "token_url": f"{SECURE}/token/header",
                "tls_config": SAFE,
                "proxy_url": "http://127.0.0.1:<closed>",
            },
        ),
        False,
    ),
    case(_oauth("no-proxy", token_url=TOKEN, proxy_url="http://127.0.0.1:<closed>", no_proxy="192.0.2.1"), True),
    case(
        _oauth(
            "no-proxy-matched",
            token_url="http://nosuch.invalid/token/header",
            proxy_url="http://127.0.0.1:<proxy>",
            no_proxy=".invalid",
        ),
        False,
    ),
    case(_oauth("proxy-environment", token_url=TOKEN, proxy_from_environment=True), True),
    case(
        _oauth("proxy-environment-wrong", token_url="http://nosuch.invalid/token/header", proxy_from_environment=True),
        False,
    ),
    case(_oauth("connect-header", **TUNNELLED, proxy_connect_header={"X-Tunnel": ["yes"]}), True),
    case(_oauth("connect-header-wrong", **TUNNELLED, proxy_connect_header={"X-Tunnel": ["no"]}), False),
    case(
        http("http3-of-none", f"{SECURE}/", tls_config=SAFE, enable_http3=True, enable_http2=False, timeout="3s"), False
    ),
    case(http("http3-off", f"{SECURE}/", tls_config=SAFE, enable_http3=False), True),
    case(http("serial-and-cipher", f"{SECURE}/", tls_config=SAFE), True),
    case(
        tcp(
            "hostname-param",
            "127.0.0.1:<misnamed>",
            tls=True,
            tls_config=SAFE,
            params={"hostname": "elsewhere.example.org"},
        ),
        True,
    ),
    case(
        tcp(
            "labels",
            GREETS,
            query_response=[
                {
                    "expect": "^220 ([^ ]+) (?P<kind>\\w+)",
                    "labels": [{"name": "who", "value": "${1}"}, {"name": "kind", "value": "is $kind"}],
                }
            ],
        ),
        True,
        **{'expect_info{kind="is ESMTP",who="mail.example.org"}': 1},
    ),
    case(
        tcp(
            "labels-wrong",
            "127.0.0.1:<closes>",
            query_response=[{"expect": "absent", "labels": [{"name": "who", "value": "x"}]}],
        ),
        False,
    ),
    case(
        tcp(
            "bytes-right",
            "127.0.0.1:<binary>",
            query_response=[{"expect_bytes": "\x00\x01\x02A"}, {"expect_bytes": "BC"}],
        ),
        True,
        failed_due_to_bytes=0,
    ),
    case(
        tcp("bytes-wrong", "127.0.0.1:<binary>", query_response=[{"expect_bytes": "\x00\x01\x03A"}]),
        False,
        failed_due_to_bytes=1,
    ),
    case(
        tcp("bytes-too-few", "127.0.0.1:<binary>", query_response=[{"expect_bytes": "\x00\x01\x02ABCDEFGH"}]),
        False,
        failed_due_to_bytes=0,
    ),
    case(unix("connect", UNIX), True),
    case(unix("absent", "<missing>.sock"), False),
    case(
        unix("dialogue", UNIX, query_response=[{"expect": "^220", "send": "hello"}, {"expect": "^250 hello"}]),
        True,
        failed_due_to_regex=0,
    ),
    case(
        unix(
            "dialogue-wrong",
            UNIX,
            query_response=[{"expect": "^220", "send": "hello"}, {"expect": "^251"}],
            timeout="1s",
        ),
        False,
    ),
    case(unix("tls-of-plain", UNIX, tls=True, tls_config={**SAFE, "server_name": "localhost"}, timeout="2s"), False),
    case(
        unix(
            "tls",
            "<unix-tls>",
            tls=True,
            tls_config={**SAFE, "server_name": "localhost"},
            query_response=[{"expect": "^220"}],
        ),
        True,
    ),
    case(
        grpc("metadata-right", "127.0.0.1:<grpc>", service="locked", metadata={"X-Key": ["abc"]}),
        True,
        grpc_status_code=0,
    ),
    case(
        grpc("metadata-wrong", "127.0.0.1:<grpc>", service="locked", metadata={"x-key": ["no"]}),
        False,
        grpc_status_code=7,
    ),
    case(dns("succeeded", "127.0.0.1:<dns>", query_name="example.org", query_type="A"), True, dns_query_succeeded=1),
    case(client("connect", f"{WS}/"), True, websocket_status_code=101, websocket_connection_upgraded=1),
    case(client("refused", f"{WS}/no"), False, websocket_status_code=403, websocket_connection_upgraded=0),
    case(client("not-there", "ws://127.0.0.1:<closed>/"), False, websocket_status_code=0),
    case(client("no-url", "127.0.0.1:<ws>"), False),
    case(
        client(
            "dialogue",
            f"{WS}/",
            query_response=[{"expect": "^hello (\\w+)", "send": "I am ${1}"}, {"expect": "^you said I am you$"}],
        ),
        True,
        websocket_failed_due_to_regex=0,
    ),
    case(
        client("dialogue-wrong", f"{WS}/", query_response=[{"expect": "^bye"}]), False, websocket_failed_due_to_regex=1
    ),
    case(
        client("send-wrong", f"{WS}/", query_response=[{"expect": "hello", "send": "a"}, {"expect": "^you said b"}]),
        False,
        websocket_failed_due_to_regex=1,
    ),
    case(client("headers", f"{WS}/key", headers={"X-Key": {"values": ["abc"]}}), True),
    case(client("headers-wrong", f"{WS}/key", headers={"X-Key": {"values": ["no"]}}), False, websocket_status_code=403),
    case(client("config", f"{WS}/login", http_config={"basic_auth": {"username": "anna", "password": "geheim"}}), True),
    case(
        client("config-wrong", f"{WS}/login", http_config={"basic_auth": {"username": "anna", "password": "no"}}), False
    ),
    case(client("ip4", "ws://localhost:<ws>/", preferred_ip_protocol="ip4"), True),
    case(client("ip6-no-fallback", f"{WS}/", preferred_ip_protocol="ip6", ip_protocol_fallback=False), False),
    case(client("ip6-fallback", f"{WS}/", preferred_ip_protocol="ip6", ip_protocol_fallback=True), True),
    case(client("oauth2", f"{WS}/bearer", http_config={"oauth2": OAUTH}), True),
    case(client("oauth2-wrong", f"{WS}/bearer", http_config={"oauth2": {**OAUTH, "client_id": "eve"}}), False),
    case(client("proxy", f"{WS}/tunnel", http_config={**CHOOSY, "proxy_connect_header": {"X-Tunnel": ["yes"]}}), True),
    case(
        client("proxy-wrong", f"{WS}/", http_config={**CHOOSY, "proxy_connect_header": {"X-Tunnel": ["no"]}}),
        False,
        websocket_status_code=0,
    ),
    case(
        client("proxy-login", f"{WS}/", http_config={"proxy_url": "http://anna:geheim@127.0.0.1:<locked-proxy>"}), True
    ),
    case(client("proxy-login-wrong", f"{WS}/", http_config={"proxy_url": "http://127.0.0.1:<locked-proxy>"}), False),
    case(client("proxy-socks", f"{WS}/", http_config={"proxy_url": "socks5://127.0.0.1:<socks>"}), True),
    case(client("proxy-not-there", f"{WS}/", http_config={"proxy_url": "socks5://127.0.0.1:<closed>"}), False),
    case(
        client("no-proxy", f"{WS}/", http_config={"proxy_url": "http://127.0.0.1:<closed>", "no_proxy": "192.0.2.1"}),
        True,
    ),
    case(
        client(
            "no-proxy-matched",
            "ws://nosuch.invalid/",
            http_config={"proxy_url": "http://127.0.0.1:<proxy>", "no_proxy": ".invalid"},
        ),
        False,
    ),
    case(
        client("proxy-environment-wrong", "ws://nosuch.invalid/", http_config={"proxy_from_environment": True}), False
    ),
    case(client("proxy-environment", f"{WS}/", http_config={"proxy_from_environment": True}), True),
    *(
        case(client(id_, f"{WSS}/", http_config={"tls_config": tls}), success)
        for id_, tls, success in (
            ("tls", SAFE, True),
            ("tls-wrong", {"ca_file": "<other.pem>"}, False),
            ("tls-nobody", {}, False),
            ("tls-text", TEXT_TLS, True),
            ("tls-text-wrong", {"ca": "<other.pem text>"}, False),
            ("tls-named", {**SAFE, "server_name": "localhost"}, True),
            ("tls-misnamed", {**SAFE, "server_name": "elsewhere.example.org"}, False),
            ("tls-skip", {"insecure_skip_verify": True}, True),
            ("tls-skip-off", {"insecure_skip_verify": False}, False),
            ("tls-new", {**SAFE, "max_version": "TLS13"}, True),
            ("tls-older", {**SAFE, "max_version": "TLS12"}, False),
        )
    ),
    *(
        case(client(id_, f"{WS}{path}", http_config=config), success)
        for id_, path, config, success in (
            ("bearer", "/bearer", {"bearer_token": "tok-1234567"}, True),
            ("bearer-wrong", "/bearer", {"bearer_token": "no"}, False),
            ("bearer-file", "/bearer", {"bearer_token_file": "<token.txt>"}, True),
            ("bearer-file-wrong", "/bearer", {"bearer_token_file": "<wrong.txt>"}, False),
            ("authorization", "/bearer", {"authorization": {"type": "Bearer", "credentials": "tok-1234567"}}, True),
            (
                "authorization-wrong",
                "/bearer",
                {"authorization": {"type": "Token", "credentials": "tok-1234567"}},
                False,
            ),
            ("authorization-file", "/bearer", {"authorization": {"credentials_file": "<token.txt>"}}, True),
            ("authorization-file-wrong", "/bearer", {"authorization": {"credentials_file": "<wrong.txt>"}}, False),
            ("user-file", "/login", {"basic_auth": {"username_file": "<user.txt>", "password": "geheim"}}, True),
            (
                "user-file-wrong",
                "/login",
                {"basic_auth": {"username_file": "<wrong.txt>", "password": "geheim"}},
                False,
            ),
            ("more-headers", "/key", {"http_headers": {"X-Key": {"values": ["abc"]}}}, True),
            ("more-headers-other", "/key", {"http_headers": {"X-Key": {"values": ["no"]}}}, False),
            ("more-headers-secret", "/key", {"http_headers": {"X-Key": {"secrets": ["abc"]}}}, True),
            ("more-headers-wrong", "/key", {"http_headers": {"X-Key": {"secrets": ["no"]}}}, False),
        )
    ),
    case(_oauth("tls-named", **SECURE_TOKEN, tls_config={**SAFE, "server_name": "localhost"}), True),
    case(_oauth("tls-misnamed", **SECURE_TOKEN, tls_config={**SAFE, "server_name": "elsewhere.example.org"}), False),
    case(_oauth("tls-skip", **SECURE_TOKEN, tls_config={"insecure_skip_verify": True}), True),
    case(_oauth("tls-skip-off", **SECURE_TOKEN, tls_config={"insecure_skip_verify": False}), False),
    case(_oauth("tls-wrong", **SECURE_TOKEN, tls_config={"ca_file": "<other.pem>"}), False),
    case(unix("tls-skip", "<unix-tls>", tls=True, tls_config={"insecure_skip_verify": True}), True),
    case(unix("tls-misnamed", "<unix-tls>", tls=True, tls_config={**SAFE, "server_name": "elsewhere"}), False),
    case(unix("labels", UNIX, query_response=[{"expect": "^220 (.+)", "labels": [{"name": "w", "value": "x"}]}]), True),
    case(unix("tls-skip-off", "<unix-tls>", tls=True, tls_config={"insecure_skip_verify": False}), False),
    case(
        unix(
            "labels-wrong",
            UNIX,
            query_response=[{"expect": "^999", "labels": [{"name": "w", "value": "x"}]}],
            timeout="2s",
        ),
        False,
    ),
    case(unix("bytes", UNIX, query_response=[{"expect_bytes": "220"}]), True),
    case(unix("bytes-wrong", UNIX, query_response=[{"expect_bytes": "221"}], timeout="2s"), False),
)
