# ruff: noqa: E501  seeds stand as others write them
"""What cases are made of: sound pieces of each format, as programs exchange them."""

import asyncio
import gzip
import json
import zlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import brotli
import dns.message
import dns.name
import dns.rdata
import dns.rdatatype
import dns.rrset
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509 import ocsp
from cryptography.x509.oid import NameOID
from slamon.blackbox.guard import Guard, Limits
from slamon.blackbox.hosts import Hosts
from slamon.blackbox.journal import Journal
from slamon.blackbox.run import Run
from slamon.catalogue.blackbox.load import load_blackbox_text
from slamon.catalogue.blackbox.models import DnsModule
from slamon.catalogue.kinds.dns import DnsExpect, DnsRecords
from slamon.clock import SystemClock
from slamon.export.sheet import Sheet
from slamon.probes import ProbeContext
from slamon.probes.course import Mask
from slamon.probes.dns_expect import DnsExpectations
from slamon.probes.dns_message import Answer, Question
from slamon.probes.dnssec import Link, Verification, signers
from slamon.probes.ssh_exchange import _own_offer
from slamon.probes.ssh_keys import ALGORITHMS
from slamon.probes.ssh_packets import packet, string

NOW = datetime(2026, 6, 1, tzinfo=UTC)
NOW_S = int(NOW.timestamp())
ROOT = Path(__file__).parents[2]


def texts(*found: str) -> list[bytes]:
    """As bytes."""
    return [text.encode() for text in found]


ECHO = [
    bytes([0, 0, 0, 0, 0x12, 0x34, 0, 1]) + b"0123456789abcdef" * 3,
    b"\x45" + bytes(19) + bytes([0, 0, 0, 0, 1, 2, 0, 1]) + b"0123456789abcdef",
]
ECHO_ERRORS = [
    bytes.fromhex("71000000 02 03 01 00 00000000 00000000 0200 0000 c0000201 0000000000000000"),
    bytes.fromhex("5a000000 02 03 04 00 78050000 00000000 0200 0000 c0000201 0000000000000000"),
    bytes.fromhex("71000000 03 01 00 00 00000000 00000000 0a00 0000 00000000" + "20010db8" + "00" * 12 + "00000000"),
]

# -- dns

NUMBER = 7
QUESTION = Question(dns.name.from_text("www.example.org"), dns.rdatatype.A, udp_size=0)
ANCHORS = [(dns.name.from_text("example.org"), dns.rdata.from_text("IN", "DS", "1 13 2 " + "AB" * 32))]
RECORDS = (
    "www.example.org. 300 IN A 192.0.2.1",
    "www.example.org. 300 IN CNAME www.example.net.",
    "example.org. 300 IN SOA ns.example.org. a.b. 7 2 3 4 5",
    "example.org. 300 IN DS 1 13 2 " + "ab" * 32,
    'example.org. 3 IN TXT "a b" "c\\"d"',
    "example.org. 3 IN DNSKEY 257 3 13 " + "QUJD" * 30,
    "www.example.org. 3 IN RRSIG A 13 3 3 20260101000000 20250101000000 1 example.org. " + "QUJD" * 30,
    'example.org. 3 IN HTTPS 1 . alpn="h2,h3" ipv4hint=192.0.2.1',
    "example.org. 3 IN NSEC3 1 0 1 ab 2vptu5timamqttgl4luu9kg21e0aor3s A RRSIG",
    "example.org. 3 IN NSEC www.example.org. NS SOA RRSIG NSEC DNSKEY",
    "www.example.org. 3 IN NSEC example.org. A RRSIG NSEC",
    "2vptu5timamqttgl4luu9kg21e0aor3s.example.org. 3 IN NSEC3 1 1 1 ab 3vptu5timamqttgl4luu9kg21e0aor3s A RRSIG",
    "example.org. 3 IN NAPTR 100 10 u sip+E2U !^.*$!sip:a@b.c! .",
)


def _message(*records: str) -> bytes:
    asked = dns.message.make_query("www.example.org", "A", id=NUMBER)
    reply = dns.message.make_response(asked)
    for record in records:
        name, ttl, _, kind, data = record.split(" ", 4)
        reply.answer.append(dns.rrset.from_text(name, int(ttl), "IN", kind, data))
    return reply.to_wire(max_size=65_535)


DNS = [_message(*RECORDS), _message(RECORDS[0]), _message(*RECORDS[:2], RECORDS[6]), _message(*RECORDS[9:12])]


def _expected(answer: Answer) -> None:
    DnsExpectations(DnsExpect(answers=DnsRecords(matches=("A",)))).judge(answer.response(), "ns")


def _verified(answer: Answer) -> None:
    signers(answer.answer)
    Verification(ANCHORS, {ANCHORS[0][0]: Link(answer, answer)}, NOW_S).verify(answer, QUESTION)


JUDGES = (_expected, _verified)
"""What an answer that could be read is held to."""


@cache
def _module() -> DnsModule:
    text = "modules: {m: {prober: dns, dns: {query_name: www.example.org, query_type: A, validate_answer_rrs: {fail_if_not_matches_regexp: ['A']}}}}"
    module = load_blackbox_text(Path("blackbox.yml"), text.encode()).modules["m"]
    assert isinstance(module.dns, DnsModule)
    return module.dns


def dns_run() -> tuple[Run, DnsModule, Question]:
    """A probe of the drop-in that has asked."""
    file = load_blackbox_text(Path("blackbox.yml"), b"modules: {m: {prober: dns, dns: {query_name: a}}}")
    deadline = asyncio.get_running_loop().time() + 60
    guard, context = Guard(Limits.of((), ())), ProbeContext()
    run = Run(
        file.modules["m"],
        "ns",
        "",
        deadline,
        Sheet(),
        Journal(SystemClock(), "m", "ns", Mask(())),
        guard,
        Hosts(context),
        context,
    )
    return run, _module(), replace(QUESTION, strict=False)


# -- talks

TUNNELS = [
    b"HTTP/1.1 200 Connection established\r\nVia: 1.1 p\r\n\r\n",
    b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 2\r\n\r\nno",
    b"\x05\x02\x01\x00\x05\x00\x00\x01\xc0\x00\x02\x01\x04\x38",
    b"\x05\x00\x05\x00\x00\x03\x05proxy\x04\x38",
    b"\x05\xff",
]

STARTTLS = [
    b"220-mx\r\n220 mx ESMTP\r\n250-mx\r\n250 STARTTLS\r\n220 go\r\n",
    b"220 ftp\r\n234 AUTH TLS\r\n",
    b"* OK [CAPABILITY IMAP4rev1 STARTTLS] ready\r\n* NO\r\ns1 OK begin\r\n",
    b"+OK ready\r\n+OK begin\r\n",
    bytes.fromhex("300c02010178070a010004000400"),
    b"S",
    b"N",
    bytes.fromhex("4a0000000a") + b"11.5-MariaDB\0" + bytes(12) + b"\0\xfe\xff\x21" + bytes(40),
    b"<?xml version='1.0'?><stream:stream><stream:features><starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/></stream:features><proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>",
]
_HOST_KEY = string(b"ssh-ed25519") + string(
    ed25519.Ed25519PrivateKey.from_private_bytes(bytes(32)).public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
)
_SIGNATURE = string(b"ssh-ed25519") + string(bytes(64))
_BANNER = b"SSH-2.0-OpenSSH_9.2p1\r\n"
_OFFER = packet(_own_offer(ALGORITHMS).message)
_REPLY = packet(bytes([31]) + string(_HOST_KEY) + string(bytes([9]) + bytes(31)) + string(_SIGNATURE))
SSH = [
    _BANNER + _OFFER + _REPLY,
    b"hello\r\n" + _BANNER + packet(bytes([1, 0, 0, 0, 2]) + string(b"bye") + string(b"")),
]
SSH_KEYS = [
    _HOST_KEY + _SIGNATURE,
    string(b"ssh-rsa") + string(b"\1\0\1") + string(b"\0" + b"\x9f" * 128),
    string(b"ecdsa-sha2-nistp256") + string(b"nistp256") + string(b"\4" + bytes(64)),
    string(b"ecdsa-sha2-nistp256") + string(string(b"\1") + string(b"\2")),
    string(b"rsa-sha2-256") + string(bytes(128)),
]
KNOWN_HOSTS = texts(
    "gw.example.org,[gw.example.org]:2222 ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f\n",
    "|1|AAAAAAAAAAAAAAAAAAAAAAAAAAA=|AAAAAAAAAAAAAAAAAAAAAAAAAAA= ssh-rsa AAAAB3NzaC1yc2E= x\n@revoked *.org,!a ssh-rsa AAAA\n",
)
FRAMES = [
    b"\x81\x05hello\x82\x02\x00\xff\x89\x01p\x8a\x01p\x88\x04\x03\xe8ok",
    b"\x01\x03abc\x80\x03def",
    b"\xc1\x07\xf2\x48\xcd\xc9\xc9\x07\x00",
    b"\x82\x7e\x01\x00" + bytes(256),
    b"\x82\x7f" + bytes(8),
]
_UPGRADE = (
    b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: x\r\n"
    b"Sec-WebSocket-Protocol: chat\r\nSec-WebSocket-Extensions: permessage-deflate\r\n\r\n"
)
WEBSOCKET = [
    _UPGRADE + FRAMES[0],
    _UPGRADE + b"\x81\x05world\x82\x02\x00\xff\x88\x02\x03\xe8",
    b"HTTP/1.1 403 No\r\n\r\n",
]
DIALOGUE = [b"220 mx\r\n\x00\x0a250 ok\r\n", b"500 no\r\n", b"220 mx\n\x00\xff"]
GRPC = [b"\0\0\0\0\2\x08\1", b"\0\0\0\0\0", b"\0\0\0\0\6\x08\2\x12\2ab", b"\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\1"]

# -- http

HTTP = [
    b'HTTP/1.1 200 OK\r\nContent-Type: application/json; charset=utf-8\r\n\r\n{"a": {"b": [1, 2]}, "c": "xx", "d": 4.5}',
    b'HTTP/1.1 200 OK\r\nContent-Type: text/html; charset="iso-8859-1"\r\nLocation: /a\r\n\r\n<input name="csrf" value="abc"> ab geheim \xe4',
    b"HTTP/2 200\r\ncontent-type: text/plain; charset=utf-16\r\n\r\n\xff\xfea\0b\0",
]
HEADERS = texts(
    "HTTP/1.1 200 OK\r\nSet-Cookie: a=b; Path=/; Expires=Wed, 21 Oct 2026 07:28:00 GMT; Max-Age=5; Domain=.example.org\r\nLocation: x\r\n",
    'HTTP/2 301\r\nset-cookie: a\r\nset-cookie: $Version=1; x=y; Port="80"\r\n\r\nHTTP/1.0 200\r\n',
)
LOCATIONS = texts(
    "https://shop.example.org/b?c#d", "/a", "//other.example.org:8443/x", "?q", "http://[2001:db8::1]:80/", "mailto:x",
    "https://ü.example.org/", "http://a:b@c/",
)  # fmt: skip
PROMQL = texts(
    '{"status":"success","data":{"resultType":"vector","result":[{"metric":{"__name__":"up","a":"b"},"value":[1.5,"1"]}]}}',
    '{"status":"success","data":{"resultType":"scalar","result":[1.5,"NaN"]},"warnings":[]}',
    '{"status":"error","errorType":"bad_data","error":"x"}',
)
MATRIX = texts(
    '{"status":"success","data":{"resultType":"matrix","result":[{"metric":{"a":"b"},"values":[[1.5,"1"],[2,"0"]]}]}}'
)
PLUGIN = texts(
    "OK - 0.5 s | time=0.5s;1;2;0 'a b'=5% size=12MB;;;0",
    "TIME CRITICAL\nmore | rta=0,3ms;1;2\nlong output | x=1us",
    "PING OK - Packet loss = 0%, RTA = 0.05 ms|rta=0.05ms;100;500;0 pl=0%;20;60;0",
)

# -- certificates


def _certificate(common: str, key: ec.EllipticCurvePrivateKey, by: ec.EllipticCurvePrivateKey) -> x509.Certificate:
    name, issuer = (x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)]) for text in (common, "ca"))
    names = x509.SubjectAlternativeName([x509.DNSName("*.example.org"), x509.DNSName("a")])
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(4711)
        .not_valid_before(NOW - timedelta(days=1))
        .not_valid_after(NOW + timedelta(days=9))
        .add_extension(names, critical=False)
        .sign(by, hashes.SHA256())
    )


_CA, _OWN = ec.derive_private_key(4, ec.SECP256R1()), ec.derive_private_key(5, ec.SECP256R1())
CHAIN = (_certificate("own", _OWN, _CA), _certificate("ca", _CA, _CA))
CERTIFICATES = [certificate.public_bytes(Encoding.DER) for certificate in CHAIN]


def _staple(status: ocsp.OCSPCertStatus) -> bytes:
    revoked = NOW if status is ocsp.OCSPCertStatus.REVOKED else None
    own, issuer = CHAIN
    return (
        ocsp.OCSPResponseBuilder()
        .add_response(
            own, issuer, hashes.SHA1(), status, NOW - timedelta(hours=1), NOW + timedelta(days=1), revoked, None
        )
        .responder_id(ocsp.OCSPResponderEncoding.HASH, issuer)
        .certificates([issuer])
        .sign(_CA, hashes.SHA256())
        .public_bytes(Encoding.DER)
    )


STAPLES = [_staple(ocsp.OCSPCertStatus.GOOD), _staple(ocsp.OCSPCertStatus.REVOKED)]

# -- what users write

PATHS = texts("a.b[0].c", 'c["d e"]', "x", "$.a", "a[-1]", "${1}$a$$")
HEX = texts("00 0a ff", "00??ff", "4A")
QUANTITIES = texts(
    "1h30m", "1500ms", "99.9%", "4 MiB", "08:00-18:00", "mon-fri", "2026-01-01", "2026-01-01T00:00:00+02:00", "400d",
    "24:00", "0.5 %",
)  # fmt: skip
ADDRESSES = texts(
    "shop.example.org:443", "[2001:db8::1]:80", "127.0.0.1:1", "https://shop.example.org/a?b=c", "http://[::1]/", "fe80::1%eth0",
    "localhost:10650", "10.0.0.0/8,.example.org,*,a:80",
)  # fmt: skip
RECURRENCES = texts(
    "FREQ=MONTHLY;BYDAY=1SU", "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,TU;UNTIL=20270101", "FREQ=YEARLY;COUNT=3"
)
EXAMPLES = [path.read_bytes() for path in sorted((ROOT / "config/examples").glob("*.yml"))]
YAML = [
    *EXAMPLES[:4],
    b"a: &x {b: [1, 2.5, ~, yes, 0x1f, 2026-01-01]}\nc: *x\nd: {<<: *x, e: |\n  f\n}\n",
    b"- !!str a\n- ? b\n  : c\n",
    b"a: ${label:job} ${label:__meta_a|x}\n",
]
_GROUPS = [{"targets": ["a:1", "b:2"], "labels": {"job": "shop", "__meta_x": "y"}}]
LISTS = [json.dumps(_GROUPS).encode(), b"- targets: [a:1, b:2]\n  labels: {job: shop, port: 080}\n"]


def _rule(**keys: Any) -> bytes:
    return json.dumps(keys).encode()


RELABELLING = [
    _rule(source_labels=["__meta_a"], regex="f(.*)", target_label="d", replacement="ch${1}-$1"),
    _rule(action="labelmap", regex="__meta_(.+)", replacement="m_$1"),
    _rule(action="hashmod", source_labels=["job"], target_label="h", modulus=8),
    _rule(action="keep", source_labels=["job", "__address__"], separator="/", regex=".*443"),
    _rule(action="lowercase", source_labels=["job"], target_label="j"),
]

# -- the drop-in

BLACKBOX = [
    b"modules:\n  http_2xx: {prober: http, timeout: 5s, http: {valid_http_versions: [HTTP/1.1], valid_status_codes: [200], method: POST, headers: {Host: a}, body_size_limit: 1MB, fail_if_body_matches_regexp: [x], tls_config: {insecure_skip_verify: true}, basic_auth: {username: u, password: p}}}\n",
    b"modules:\n  t: {prober: tcp, tcp: {query_response: [{expect: '^SSH-(.*)', send: 'a ${1}'}, {starttls: true}], tls: true}}\n  i: {prober: icmp, icmp: {ttl: 5, payload_size: 10, dont_fragment: true}}\n",
    b"modules:\n  d: {prober: dns, dns: {query_name: a.b, query_type: SOA, valid_rcodes: [NOERROR], validate_answer_rrs: {fail_if_matches_regexp: ['.*127']}}}\n  g: {prober: grpc, grpc: {service: s, tls: true}}\n",
    b"modules:\n  c: {prober: http, http: {fail_if_body_json_not_matches_cel: 'body.a == 1', oauth2: {client_id: a, client_secret: b, token_url: 'http://x'}, proxy_url: 'http://p:1'}}\n",
]
HOSTS = texts("127.0.0.1 localhost a\n::1 ip6-localhost # c\n192.0.2.1\tshop.example.org. SHOP\n")
PACKED = [
    gzip.compress(b"a" * 5000),
    zlib.compress(b"abc" * 99)[2:-4],
    brotli.compress(b"abc" * 999),
    gzip.compress(b"a") * 2,
]

# -- other programs

GATUS = [
    b"endpoints:\n- name: shop\n  group: core\n  url: https://shop.example.org/health\n  interval: 60s\n  method: POST\n  headers: {a: b}\n  body: x\n  conditions: ['[STATUS] == 200', '[BODY].status == UP', '[RESPONSE_TIME] < 300', '[CERTIFICATE_EXPIRATION] > 48h']\n  client: {timeout: 5s, insecure: true}\n",
    b"endpoints:\n- {name: d, url: 8.8.8.8, dns: {query-name: example.org, query-type: A}, conditions: ['[DNS_RCODE] == NOERROR']}\n- {name: i, url: 'icmp://example.org', conditions: ['[CONNECTED] == true']}\n- {name: t, url: 'tcp://a:1', alerts: [{type: slack}], enabled: false}\n",
]
CONDITIONS = texts(
    "[STATUS] == 200", "[STATUS] == any(200, 429)", "[BODY].data[0].id == 1", "len([BODY].a) > 3", "has([BODY].e) == false",
    "[RESPONSE_TIME] < 300", "[CERTIFICATE_EXPIRATION] > 48h", "[BODY] == pat(*ok*)", "[IP] == 127.0.0.1", "[CONNECTED] == true",
)  # fmt: skip
KUMA = [
    json.dumps(
        {
            "version": "1.23",
            "monitorList": [
                {
                    "id": 1,
                    "name": "a",
                    "type": "http",
                    "url": "https://a.example.org",
                    "interval": 60,
                    "accepted_statuscodes": ["200-299"],
                    "headers": '{"a": "b"}',
                    "maxretries": 1,
                },
                {"id": 2, "name": "k", "type": "keyword", "keyword": "ok", "url": "http://b"},
                {
                    "id": 3,
                    "name": "d",
                    "type": "dns",
                    "hostname": "a.b",
                    "dns_resolve_server": "1.1.1.1",
                    "dns_resolve_type": "A",
                    "port": 53,
                },
            ],
        }
    ).encode(),
    json.dumps(
        {
            "monitorList": [
                {"id": 1, "name": "p", "type": "ping", "hostname": "h"},
                {"id": 2, "name": "t", "type": "port", "hostname": "h", "port": 1},
                {"id": 3, "name": "x", "type": "push"},
            ],
            "proxyList": [],
            "tags": [],
        }
    ).encode(),
]
UPTIMEROBOT = [
    json.dumps(
        {
            "stat": "ok",
            "monitors": [
                {"id": 1, "friendly_name": "a", "url": "https://a", "type": 1, "interval": 300, "status": 2},
                {"id": 2, "friendly_name": "k", "url": "http://b", "type": 2, "keyword_type": 1, "keyword_value": "ok"},
            ],
        }
    ).encode(),
    b"Friendly Name,URL/IP,Type,Interval\na,https://a.example.org,HTTP(s),300\n",
]
CSV = texts(
    "name,url,interval\nshop,https://shop.example.org,60s\nx,tcp://a:1,\n", "service;check;kind;target\na;b;icmp;gw\n"
)
OPENSLO = texts(
    "apiVersion: openslo/v1\nkind: SLO\nmetadata: {name: a, displayName: A}\nspec:\n  service: s\n  budgetingMethod: Occurrences\n  timeWindow: [{duration: 28d, isRolling: true}]\n  objectives: [{target: 0.999}]\n---\napiVersion: openslo/v1\nkind: Service\nmetadata: {name: s}\nspec: {description: x}\n",
    'apiVersion: openslo/v1\nkind: SLO\nmetadata:\n  name: a\n  annotations:\n    slamon/terms: \'{"agreement": "a", "customers": {"k": {"name": "K", "kind": "external"}}, "terms": {"customer": "k", "services": ["s"], "target": "99.9%", "latency": {"threshold": "1s", "target": "95%", "checks": ["c"]}}}\'\nspec:\n  service: s\n  objectives: [{target: 0.999}]\n',
)
PROMETHEUS = texts(
    "global: {scrape_interval: 30s}\nscrape_configs:\n- job_name: probe\n  metrics_path: /probe\n  params: {module: [http_2xx]}\n  static_configs: [{targets: ['https://a.example.org'], labels: {team: x}}]\n  relabel_configs:\n  - {source_labels: [__address__], target_label: __param_target}\n  - {target_label: __address__, replacement: 'b:9115'}\n"
)
REPLAY = texts(
    '{"check": "s/c", "at": "2026-10-05T00:00:00Z", "verdict": "up", "duration_ms": 12.5}\n{"check": "s/c", "at": 1791158460000, "verdict": "down", "reason": "timeout"}\n'
)

# -- the web

ACCEPT = texts(
    "application/openmetrics-text;version=1.0.0;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1", "gzip, deflate;q=0.5, *;q=0",
    "text/html,application/xhtml+xml",
)  # fmt: skip
CREDENTIALS = texts("Basic dXNlcjpnZWhlaW0=", "basic  w7w6w7w=", "Bearer x")
WEB_CONFIG = texts(
    "tls_server_config: {cert_file: a.pem, key_file: b.pem, min_version: TLS12, cipher_suites: [TLS_AES_128_GCM_SHA256], client_auth_type: RequireAndVerifyClientCert, client_ca_file: c.pem}\nhttp_server_config: {http2: true, headers: {X-Frame-Options: deny}}\nbasic_auth_users:\n  a: $2y$10$vjDdpGDxAUhzbNfXbM0xKO0Zy9q5v9nB8YcD2kqZ1mJ6h3yQwTz5W\nrate_limit: {interval: 1s, burst: 5}\n"
)
REPORTS = texts(
    "/heartbeat/abcdefghijklmnopqrstuvwxyz0123456789/3?duration=1h30m\nBearer x\nlog", "/heartbeat/abc/start", "/heartbeat/abc/fail",
    "/heartbeat/0\nBearer abcdefghijklmnop", "/heartbeat\nBearer abc",
)  # fmt: skip
PUSHED = texts(
    '[{"check": "s/c", "at": "2026-06-01T00:00:00Z", "verdict": "down", "reason": "x", "duration_ms": 12, "id": "a"}]',
    "[]",
    "null",
)
CRON = texts("30 2 * * mon-fri", "*/5 0-23/2 1,15 jan-mar 0", "@daily", "0 0 31 * 7")
POSTED = texts(
    'Bearer abcdefghijklmnopqrstuvwxyz0123456789\n{"customer": "kunde", "service": "shop", "text": "x"}',
    'Bearer abcdefghijklmnopqrstuvwxyz0123456789\n[{"customer": "kunde"}, {}]',
    "Basic eA==\n[]",
)
COMPLAINTS = (
    *texts(
        'Kunde;Dienst;Von;Bis;Text;Kanal;Ticket\nkunde;shop;05.10.2026 02:09;5.10.2026 2:13:30;"a\nb";Telefon;T-1\n',
        "sep=,\ncustomer,service,received,subject,text\nKunde,shop,2026-10-05T00:00:00Z,x,'=1\n",
        "customer\tservice\tfrom\ttext\tscale\tscore\tasked\nkunde\tshop\t2026-10-05 00:00\tx\tcsat\t4\t1.12.2026\n",
        '[{"customer": "kunde", "service": "shop", "felt_from": "2026-10-05T00:00:00Z", "text": "x", "channel": "mail"}]',
        '{"customer": "kunde", "scale": "nps", "score": 9, "asked": "2026-12-01", "comment": "gut", "who": null}',
    ),
    "customer;service;from;text\nkunde;shop;2026-10-05T00:00:00Z;Grüße\n".encode("cp1252"),
    "customer;service;from;text\nkunde;shop;2026-10-05T00:00:00Z;Grüße\n".encode("utf-16"),
)
MINUTES = texts(
    """customer: kunde
period: 2026-10
held: 2026-11-04
participants: [Frau Weiß]
minutes: |
  a
  b
decisions: [x]
actions:
  - {title: t, owner: o, due: 2026-11-30, service: shop, expected: {figure: outages, agreement: gold, value: 1}}
done: [1]
reference:
""",
    '{"customer": "kunde", "period": "2026", "held": "2026-11-04", "participants": ["A"], "actions": []}',
)
