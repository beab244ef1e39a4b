"""A blackbox.yml is read as that program reads it; a hostile one ends in a sentence with its place."""

from pathlib import Path

import pytest
from slamon.catalogue.blackbox import BlackboxFile, load_blackbox, load_blackbox_text
from slamon.catalogue.problems import CatalogueErrors

FILE = Path("blackbox.yml")


def read(text: str | bytes) -> BlackboxFile:
    return load_blackbox_text(FILE, text.encode() if isinstance(text, str) else text)


def problems(text: str | bytes) -> str:
    with pytest.raises(CatalogueErrors) as caught:
        read(text)
    return str(caught.value)


def http(options: str) -> str:
    return f"modules: {{m: {{prober: http, http: {{{options}}}}}}}"


def test_values_are_read_as_go_reads_them() -> None:
    module = read(
        """
modules:
  m:
    prober: http
    timeout: 1m1.5s
    http:
      valid_status_codes: [200, 0x64, 010, 2e2, 1_0]
      fail_if_ssl: yes
      fail_if_not_ssl: off
      body: 007
      method: null
      headers: {X-Number: 1.50, X-Truth: true}
      body_size_limit: 1.5KiB
"""
    ).modules["m"]
    assert module.timeout == 61.5
    assert module.http.valid_status_codes == (200, 100, 8, 200, 10)
    assert (module.http.fail_if_ssl, module.http.fail_if_not_ssl) == (True, False)
    assert module.http.body == "007"
    assert module.http.method == ""
    assert module.http.headers == {"X-Number": "1.50", "X-Truth": "true"}
    assert module.http.body_size_limit == 1536


def test_anchors_aliases_and_merge_keys_are_read() -> None:
    modules = read(
        """
modules:
  one: &one {prober: http, timeout: 5s, http: &options {method: POST, body: a}}
  two: {<<: *one, timeout: 7s}
  three: {prober: http, http: {<<: [{body: b}, *options], fail_if_ssl: true}}
"""
    ).modules
    assert (modules["two"].prober, modules["two"].timeout, modules["two"].http.method) == ("http", 7.0, "POST")
    assert (modules["three"].http.body, modules["three"].http.method) == ("b", "POST")


def test_nothing_is_put_in_from_the_environment() -> None:
    assert read(http("body: '${env:HOME} $HOME'")).modules["m"].http.body == "${env:HOME} $HOME"


def test_the_older_key_for_redirects_wins() -> None:
    assert read(http("no_follow_redirects: true")).modules["m"].http.follows is False
    assert read(http("follow_redirects: false, no_follow_redirects: false")).modules["m"].http.follows is True


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "an empty file"),
        ("[]", "no mapping"),
        ("modules: []", "expected a mapping"),
        ("modles: {}", "did you mean 'modules'?"),
        ("modules: {m: {timeout: 5s}}", "found no prober"),
        ("modules: {m: {prober: htp}}", "expected http, tcp, icmp, dns, grpc, unix or websocket"),
        ("modules: {m: {prober: http, timeout: 5}}", "a duration with its unit"),
        ("modules: {m: {prober: http, timeout: 1d}}", "a duration with its unit"),
        (http("valid_status_codes: 200"), "expected a list"),
        (http("valid_status_codes: ['200']"), "a whole number without quotes"),
        (http("fail_if_ssl: 'true'"), "expected true or false"),
        (http("fail_if_body_matches_regexp: ['(']"), "a regular expression as RE2 reads it"),
        (http("fail_if_body_matches_regexp: ['(?=a)']"), "a regular expression as RE2 reads it"),
        (http("fail_if_body_json_matches_cel: 'body.a =='"), "a CEL expression over body"),
        (http("fail_if_body_json_matches_cel: 'other.a'"), "undeclared reference"),
        (http("body: a, body_file: b"), "found body and body_file, expected one of them"),
        (http("bearer_token: a, bearer_token_file: b"), "at most one of bearer_token"),
        (http("basic_auth: {username: a}, authorization: {credentials: b}"), "at most one of basic_auth"),
        (http("authorization: {type: Basic, credentials: b}"), "basic_auth instead of authorization"),
        (http("oauth2: {client_id: a}"), "found no token_url"),
        (http("proxy_url: 'ftp://a'"), "a proxy's url"),
        (http("no_proxy: a"), "found no_proxy without a proxy"),
        (http("proxy_url: 'http://a', proxy_from_environment: true"), "one way to name the proxy"),
        (http("proxy_connect_header: {A: [b]}"), "headers for no proxy"),
        (http("http_headers: {Host: {values: [a]}}"), "a header that is not set by other keys"),
        (http("compression: gzip, headers: {Accept-Encoding: 'br, identity'}"), "which the header"),
        (http("compression: gzip, headers: {Accept-Encoding: '*;q=0'}"), "which the header"),
        (http("body_size_limit: 10"), "a size with its unit"),
        (http("enable_http3: true"), "enable_http2: false beside it"),
        (http("valid_http_versions: [HTTP/3.0]"), "enable_http3: true beside it"),
        (http("fail_if_header_matches: [{regexp: a}]"), "found no header"),
        (http("fail_if_header_matches: [{header: a}]"), "found no regexp"),
        (http("tls_config: {cert_file: a}"), "a certificate or a key alone"),
        (http("tls_config: {min_version: TLS14}"), "TLS10, TLS11, TLS12, TLS13"),
        ("modules: {m: {prober: dns, dns: {query_type: A}}}", "found no query_name"),
        ("modules: {m: {prober: dns, dns: {query_name: a, query_type: NOSUCH}}}", "a type of DNS"),
        ("modules: {m: {prober: dns, dns: {query_name: a, query_class: XX}}}", "a class of DNS"),
        ("modules: {m: {prober: icmp, icmp: {ttl: 256}}}", "a ttl from 0 to 255"),
        ("modules: {m: {prober: icmp, icmp: {ttl: -1}}}", "a ttl from 0 to 255"),
        ("modules: {m: {prober: tcp, tcp: {query_response: [{expect: a, expect_bytes: b}]}}}", "one of them"),
        ("modules: {m: {prober: tcp, tcp: {query_response: {expect: a}}}}", "expected a list"),
        ("modules: {m: {prober: http}, m: {prober: tcp}}", "a second time"),
        ("modules: {m: !!python/object:os.system {}}", "a value without a tag"),
        ("modules: {m: {<<: 5}}", "something that is no mapping after <<"),
        (b"\xff\xfe", "not UTF-8"),
        ("modules: {m: [", "malformed YAML"),
    ],
)
def test_a_mistake_is_told_with_its_place(text: str | bytes, told: str) -> None:
    found = problems(text)
    assert told in found
    assert found.startswith("blackbox.yml")


def test_a_mistake_never_shows_a_secret() -> None:
    for options in (
        "basic_auth: {username: a, password: [geheim]}",
        "bearer_token: {a: geheim}",
        "authorization: {credentials: [geheim]}",
        "proxy_url: 'nothing://user:geheim@host'",
        "oauth2: {client_id: a, token_url: b, client_secret: {x: geheim}}",
    ):
        assert "geheim" not in problems(http(options))


def test_a_bomb_of_aliases_is_told_and_not_unfolded() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 9)]
    assert "aliases that stand for more than" in problems("\n".join(lines))


def test_a_bomb_of_merge_keys_is_told_and_not_unfolded() -> None:
    lines = ["m0: &m0 {" + ", ".join(f"k{n}: 1" for n in range(200)) + "}"]
    lines += [f"m{n}: &m{n} {{<<: [{', '.join([f'*m{n - 1}'] * 10)}]}}" for n in range(1, 9)]
    assert "aliases that stand for more than" in problems("\n".join(lines))


def test_depth_and_size_are_bounded(tmp_path: Path) -> None:
    assert "levels" in problems("modules: " + "[" * 400 + "]" * 400)
    file = tmp_path / "large.yml"
    with file.open("wb") as large:
        large.truncate(65 * 2**20)
    with pytest.raises(CatalogueErrors, match="at most"):
        load_blackbox(file)


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(CatalogueErrors, match="No such file"):
        load_blackbox(tmp_path / "absent.yml")
