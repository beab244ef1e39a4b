"""Where /probe may go: public addresses, and what was allowed; names lead nowhere else."""

import pytest
from slamon.blackbox.guard import Guard, Limits, RefusedError
from slamon.errors import UsageError

PRIVATE = (
    "10.1.2.3",
    "172.16.0.1",
    "192.168.1.1",
    "127.0.0.1",
    "169.254.169.254",
    "100.64.0.1",
    "0.0.0.0",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "::1",
    "::",
    "fe80::1",
    "fe80::1%eth0",
    "fd00::1",
    "ff02::1",
    "::ffff:10.0.0.1",
    "::ffff:169.254.169.254",
    "::127.0.0.1",
    "64:ff9b::10.0.0.1",
    "64:ff9b::a9fe:a9fe",
    "2002:a9fe:a9fe::",
    "fec0::1",
)
PUBLIC = ("1.1.1.1", "93.184.215.14", "2606:4700:4700::1111", "64:ff9b::1.1.1.1", "::ffff:1.1.1.1")


def guard(allow: tuple[str, ...] = (), only: tuple[str, ...] = ()) -> Guard:
    return Guard(Limits.of(allow, only))


@pytest.mark.parametrize("address", PRIVATE)
def test_what_is_not_public_is_refused_and_the_remedy_named(address: str) -> None:
    with pytest.raises(RefusedError, match="--probe-allow"):
        guard().address("any.example.org", address)
    guard(("any",)).address("any.example.org", address)


@pytest.mark.parametrize("address", PUBLIC)
def test_what_is_public_is_allowed(address: str) -> None:
    guard().address("any.example.org", address)


def test_a_network_that_is_allowed_lets_nothing_else_in() -> None:
    some = guard(("10.0.0.0/8", "fd00::/16"))
    some.address("a", "10.9.9.9")
    some.address("a", "::ffff:10.9.9.9")
    some.address("a", "fd00::9")
    some.address("a", "1.1.1.1")
    for address in ("192.168.1.1", "169.254.169.254", "fd01::1"):
        with pytest.raises(RefusedError):
            some.address("a", address)


def test_only_leaves_nothing_else() -> None:
    some = guard(only=("*.example.org", "192.0.2.0/24", "1.1.1.1"))
    some.address("www.example.org", "93.184.215.14")
    some.address("WWW.Example.org.", "93.184.215.14")
    some.address("elsewhere.example.com", "1.1.1.1")
    some.address("192.0.2.7", "192.0.2.7")
    for host, address in (("example.org.evil.example", "93.184.215.14"), ("example.org", "93.184.215.14")):
        with pytest.raises(RefusedError, match="--probe-only"):
            some.address(host, address)


def test_a_name_that_is_allowed_lets_no_private_address_in() -> None:
    """Whoever holds the name could point it anywhere."""
    some = guard(only=("*.example.org",))
    with pytest.raises(RefusedError, match="--probe-allow"):
        some.address("www.example.org", "10.0.0.1")
    guard(("10.0.0.0/8",), ("*.example.org",)).address("www.example.org", "10.0.0.1")


def test_every_address_of_a_name_counts() -> None:
    with pytest.raises(RefusedError):
        guard().addresses("two.example.org", ("1.1.1.1", "127.0.0.1"))


def test_what_a_proxy_resolves_is_refused_unless_it_is_named() -> None:
    with pytest.raises(RefusedError, match="resolved by the proxy"):
        guard(("10.0.0.0/8",)).left_to_the_proxy("inner.example.org")
    guard(only=("inner.example.org",)).left_to_the_proxy("inner.example.org")
    guard(("any",)).left_to_the_proxy("inner.example.org")


def test_a_socket_needs_its_path() -> None:
    with pytest.raises(RefusedError, match=r"unix:/run/docker\.sock"):
        guard(("any",)).path("/run/docker.sock")
    some = guard(("unix:/run/app/*.sock",))
    some.path("/run/app/one.sock")
    for path in ("/run/docker.sock", "/run/app/../docker.sock", "/run/app/x"):
        with pytest.raises(RefusedError):
            some.path(path)


@pytest.mark.parametrize("word", ["10.0.0.1/8", "intern", "300.1.1.1", ""])
def test_a_word_that_is_no_network_is_told(word: str) -> None:
    with pytest.raises(UsageError, match=r"--probe-allow .*expected for example 10\.0\.0\.0/8"):
        Limits.of([word], [])
