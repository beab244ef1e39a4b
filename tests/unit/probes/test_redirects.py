"""URLs taken apart, and where a redirect leads: a table of rules."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from slamon.catalogue.hosts import ascii_host
from slamon.probes import Reason
from slamon.probes.course import Failure
from slamon.probes.redirects import Hop, Place, following

SHOP = Place.of("https://shop.example.org/a/b?q=1")


@pytest.mark.parametrize(
    ("url", "authority", "path"),
    [
        ("http://Shop.Example.ORG", "shop.example.org", "/"),
        ("http://shop.example.org:80/x", "shop.example.org", "/x"),
        ("http://shop.example.org:8080/x", "shop.example.org:8080", "/x"),
        ("https://[2001:DB8::1]:8443/", "[2001:db8::1]:8443", "/"),
        ("http://größe.example/ü?ä=1#weg", "xn--gre-6ka8i.example", "/%C3%BC?%C3%A4=1"),
        ("http://user:password@h.example/", "h.example", "/"),
        ("http://h.example/a%2Fb/../c?x=[1]", "h.example", "/a%2Fb/../c?x=[1]"),
    ],
)
def test_places(url: str, authority: str, path: str) -> None:
    place = Place.of(url)
    assert (place.authority, place.path) == (authority, path)
    assert "password" not in place.url


@pytest.mark.parametrize(
    "url",
    ["ftp://h/", "//h/", "http:///x", "http://h:0/", "http://h:99999/", "http://a b/", "http://h%00/", "http://ä..de/"],
)
def test_no_places(url: str) -> None:
    with pytest.raises(ValueError):
        Place.of(url)


@pytest.mark.parametrize(
    ("location", "url"),
    [
        ("/x", "https://shop.example.org/x"),
        ("x", "https://shop.example.org/a/x"),
        ("?y=2", "https://shop.example.org/a/b?y=2"),
        ("//other.example/z", "https://other.example/z"),
        ("http://plain.example", "http://plain.example/"),
        (" /x ", "https://shop.example.org/x"),
    ],
)
def test_where_a_redirect_leads(location: str, url: str) -> None:
    hop = following(Hop(SHOP, "GET", ()), 302, location.encode())
    assert hop.place.url == url


@pytest.mark.parametrize(
    ("there", "same"),
    [
        ("https://shop.example.org/other", True),
        ("https://SHOP.example.org:443/", True),
        ("https://shop.example.org:8443/", False),
        ("http://shop.example.org/", False),
        ("https://www.shop.example.org/", False),
        ("https://shop.example.org.evil.example/", False),
        ("https://shop.example.org@evil.example/", False),
    ],
)
def test_what_is_the_same_host(there: str, same: bool) -> None:
    sent = ("Authorization: Bearer geheim", "X-Api-Key: geheim", "Accept: text/html", "User-Agent: slamon")
    hop = following(Hop(SHOP, "GET", sent, cookie="own=1"), 302, there.encode())
    assert hop.headers == (sent if same else sent[2:])
    assert hop.cookie == ("own=1" if same else None)
    assert hop.trusted is same


def test_from_http_to_its_own_https_is_the_same_host() -> None:
    plain = Hop(Place.of("http://shop.example.org/"), "GET", ("Authorization: x",))
    assert following(plain, 301, b"https://shop.example.org/").headers == plain.headers
    assert following(plain, 301, b"https://shop.example.org:8443/").headers == ()


@given(st.binary(max_size=300))
def test_any_location_ends_as_a_hop_or_as_reason_redirect(location: bytes) -> None:
    try:
        hop = following(Hop(SHOP, "GET", ("Authorization: geheim",)), 302, location)
    except Failure:
        return
    assert hop.place.scheme in {"http", "https"}
    assert hop.place.url.isascii()
    assert not set(hop.place.url) & set(" \r\n\0\t")
    assert hop.trusted is (hop.place.authority == SHOP.authority and hop.place.scheme == "https")


def test_what_is_not_followed_has_its_reason() -> None:
    with pytest.raises(Failure) as raised:
        following(Hop(SHOP, "GET", ()), 302, b"file:///etc/passwd")
    assert raised.value.reason is Reason.REDIRECT


@given(st.text(max_size=40))
def test_a_host_is_ascii_or_refused(text: str) -> None:
    try:
        assert ascii_host(text).isascii()
    except ValueError:
        pass
