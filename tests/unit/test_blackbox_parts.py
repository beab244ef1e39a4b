"""The parts of the drop-in by themselves: unpacking, proxies, redirects, names in certificates, what is kept."""

import gzip
import zlib

import brotli
import pytest
from cryptography import x509
from cryptography.x509.oid import NameOID
from slamon.blackbox.certificates import cipher, written
from slamon.blackbox.history import History
from slamon.blackbox.proxies import Choice
from slamon.blackbox.requests import Request, following, target_url, with_address
from slamon.blackbox.run import address_hash
from slamon.blackbox.unpack import unpacked
from slamon.catalogue.blackbox.client import ProxySection
from slamon.catalogue.blackbox.values import compiled, expands
from slamon.probes.redirects import Place

KEEP = 2**20


def test_a_small_body_that_unpacks_without_end_is_broken_off() -> None:
    bomb = zlib.compressobj(9, zlib.DEFLATED, 31)
    packed = b"".join(bomb.compress(bytes(2**20)) for _ in range(64)) + bomb.flush()
    found = unpacked("gzip", packed, 5 * 2**20, 1000)
    assert (found.length, found.cut, len(found.body)) == (5 * 2**20, True, 1000)
    found = unpacked("br", brotli.compress(bytes(64 * 2**20), quality=1), 2**20, 10)
    assert (found.length, found.cut) == (2**20, True)


@pytest.mark.parametrize("coding", ["gzip", "br", "deflate", "zstd"])
def test_what_is_not_packed_so_is_told(coding: str) -> None:
    assert unpacked(coding, b"plainly text" * 10, 0, KEEP).why


def test_gzip_of_several_members_is_one_body() -> None:
    assert unpacked("gzip", gzip.compress(b"one ") + gzip.compress(b"two"), 0, KEEP).body == b"one two"


@pytest.mark.parametrize(
    ("without", "url", "proxied"),
    [
        ("example.org", "http://example.org/", False),
        ("example.org", "http://www.example.org/", False),
        (".example.org", "http://example.org/", True),
        (".example.org", "http://www.example.org/", False),
        ("*.example.org", "http://www.example.org/", False),
        ("example.org:8080", "http://example.org/", True),
        ("example.org:80", "http://example.org/", False),
        ("192.0.2.0/24", "http://192.0.2.9/", False),
        ("192.0.2.0/24", "http://192.0.3.9/", True),
        ("2001:db8::1", "http://[2001:db8::1]/", False),
        ("*", "http://anything.example/", False),
        ("other", "http://127.0.0.1/", False),
        ("other", "http://localhost/", False),
        (" a , example.org ", "http://example.org/", False),
    ],
)
def test_who_is_asked_without_the_proxy(without: str, url: str, proxied: bool) -> None:
    section = ProxySection.model_validate({"proxy_url": "http://proxy.example:3128", "no_proxy": without})
    assert (Choice.of(section).url(Place.of(url)) is not None) is proxied


def test_a_proxy_alone_is_for_loopback_too_and_that_of_the_environment_is_not() -> None:
    place = Place.of("http://127.0.0.1/")
    assert Choice.of(ProxySection.model_validate({"proxy_url": "http://proxy.example"})).url(place) is not None
    env = {"HTTP_PROXY": "proxy.example:3128", "https_proxy": "http://secure.example"}
    choice = Choice.of(ProxySection.model_validate({"proxy_from_environment": "yes"}), env)
    assert choice.url(place) is None
    assert choice.url(Place.of("http://shop.example/")) == "http://proxy.example:3128"
    assert choice.url(Place.of("https://shop.example/")) == "http://secure.example"


def first(**more: object) -> Request:
    values = {"url": "http://192.0.2.1:80/a", "host": "shop.example", "method": "POST", "headers": (), "body": b"x"}
    return Request(**{**values, **more})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("status", "method", "body"),
    [(301, "GET", None), (302, "GET", None), (303, "GET", None), (307, "POST", b"x"), (308, "POST", b"x")],
)
def test_a_redirect_keeps_method_and_body_as_go_does(status: int, method: str, body: bytes | None) -> None:
    onward = following(first(), first(), status, "/b", replayable=True)
    assert onward is not None
    assert (onward.method, onward.body, onward.url, onward.host) == (
        method,
        body,
        "http://192.0.2.1:80/b",
        "shop.example",
    )


def test_a_redirect_elsewhere_takes_no_credentials_along() -> None:
    headers = (("Authorization", "a"), ("Cookie", "b"), ("X-Key", "c"))
    onward = following(first(headers=headers), first(headers=headers), 302, "http://other.example/", replayable=True)
    assert onward is not None
    assert (onward.host, onward.headers) == ("other.example", (("X-Key", "c"),))


def test_a_body_from_a_file_is_not_sent_again() -> None:
    assert following(first(), first(), 307, "/b", replayable=False) is None
    assert following(first(), first(), 200, "/b", replayable=True) is None
    assert following(first(), first(), 302, "", replayable=True) is None


def test_targets_as_urls() -> None:
    assert target_url("shop.example/a", secure=False) == "http://shop.example/a"
    assert target_url("HTTP://shop.example", secure=True) == "https://shop.example"
    assert with_address("http://u:p@shop.example:81/a?b", "2001:db8::1") == "http://u:p@[2001:db8::1]:81/a?b"
    assert with_address("http://shop.example", "192.0.2.1") == "http://192.0.2.1"


def test_names_of_certificates_as_go_writes_them() -> None:
    name = x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "DE"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, 'Shop, "Nord"'),
            x509.NameAttribute(NameOID.ORGANIZATIONAL_UNIT_NAME, "A"),
            x509.NameAttribute(NameOID.ORGANIZATIONAL_UNIT_NAME, "B"),
            x509.NameAttribute(NameOID.COMMON_NAME, "#shop.example "),
        ]
    )
    assert written(name) == 'CN=\\#shop.example\\ ,OU=A+OU=B,O=Shop\\, \\"Nord\\",C=DE'


def test_ciphers_by_their_registered_names() -> None:
    assert cipher("ECDHE-RSA-AES128-GCM-SHA256") == "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"
    assert cipher("ECDHE-ECDSA-CHACHA20-POLY1305") == "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256"
    assert cipher("AES256-SHA") == "TLS_RSA_WITH_AES_256_CBC_SHA"
    assert cipher("TLS_AES_128_GCM_SHA256") == "TLS_AES_128_GCM_SHA256"


def test_the_hash_of_an_address() -> None:
    assert address_hash("127.0.0.1") == 3668918509
    assert address_hash("::1") == 1751717746


@pytest.mark.parametrize(
    ("template", "made"),
    [("${1}-$2", b"ab-12"), ("$name!", b"ab!"), ("$1x", b""), ("$$1", b"$1"), ("$9 ${no}", b" "), ("a$", b"a$")],
)
def test_what_was_captured_is_put_in_as_go_does(template: str, made: bytes) -> None:
    match = compiled(r"(?P<name>[a-z]+)-(\d+)").search(b"ab-12")
    assert match is not None
    assert expands(template, match) == made


def test_failures_are_kept_longer() -> None:
    history = History(3)
    for number in range(10):
        history.add("m", f"t{number}", number not in (1, 2, 4, 5), "log")
    kept = [(recent.id, recent.success) for recent in history.newest_first()]
    assert kept == [(9, True), (8, True), (7, True), (5, False), (4, False), (2, False)]
    assert history.by_id(1) is None
    found = history.of_target("t4", "")
    assert found is not None
    assert found.id == 4
    assert history.of_target("t4", "other") is None
