"""The web configuration file: what is read, and every mistake with its place."""

import re
from pathlib import Path

import pytest
from slamon.errors import ConfigurationError
from slamon.web.webconfig import load_web_config

HASH = "$2y$10$X0h1gDsPszWURQaxFh.zoubFi6DXncSjhoQNJgRrnGs7EsimhC7zG"
TLS = "tls_server_config: {cert_file: a.crt, key_file: a.key"


def read(folder: Path, text: str) -> str:
    """The mistakes of a file."""
    path = folder / "web.yml"
    path.write_text(text)
    with pytest.raises(ConfigurationError) as caught:
        load_web_config(path)
    return str(caught.value).replace(str(folder) + "/", "")


def test_the_example_that_comes_with_slamon_is_sound_with_every_line_of_it_taken_in(tmp_path: Path) -> None:
    example = Path(__file__).parents[3] / "config" / "web-config.yml"
    assert load_web_config(example).tls_server_config is None
    lines = [line.removeprefix("#") for line in example.read_text().splitlines() if not re.match(r"# \S|#$", line)]
    (tmp_path / "web.yml").write_text("\n".join(lines))
    config = load_web_config(tmp_path / "web.yml")
    assert config.tls_server_config is not None
    assert config.basic_auth_users
    assert config.rate_limit.burst
    assert config.http_server_config.headers.values()


@pytest.mark.parametrize("text", ["", "# nothing\n", "basic_auth_users:\n", "tls_server_config:\nrate_limit:\n", "{}"])
def test_an_empty_file_or_section_says_nothing(tmp_path: Path, text: str) -> None:
    (tmp_path / "web.yml").write_text(text)
    config = load_web_config(tmp_path / "web.yml")
    assert (config.tls_server_config, config.basic_auth_users, config.rate_limit.interval_ms) == (None, {}, 0)


def test_files_are_relative_to_the_files_folder(tmp_path: Path) -> None:
    (tmp_path / "web.yml").write_text("tls_server_config: {cert_file: tls/a.crt, key_file: /etc/a.key}")
    tls = load_web_config(tmp_path / "web.yml").tls_server_config
    assert tls is not None
    assert (tls.cert_file, tls.key_file) == (tmp_path / "tls/a.crt", Path("/etc/a.key"))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("tls_server_conf: {}", "web.yml:1:1: tls_server_conf: found the unknown key 'tls_server_conf'"),
        ("tls_server_conf: {}", "did you mean 'tls_server_config'?"),
        (TLS + ", min_versoin: TLS12}", "web.yml:1:56: tls_server_config.min_versoin: found the unknown key"),
        (TLS + ", min_version: TLS14}", "tls_server_config.min_version: found 'TLS14', expected 'TLS10', 'TLS11'"),
        (TLS + ", min_version: TLS13, max_version: TLS12}", "found min_version TLS13, expected at most max_version"),
        (TLS + ", cert: x}", "found cert and cert_file, expected one of the two"),
        ("tls_server_config: {cert_file: a.crt}", "found no key_file, expected key_file, or key with the PEM text"),
        ("tls_server_config: {key_file: a.key}", "found no cert_file"),
        (TLS + ", client_ca_file: c}", "client_ca_file: found client_ca_file without client_auth_type"),
        (TLS + ", client_auth_type: RequireAndVerifyClientCert}", "expected client_ca_file"),
        (TLS + ", client_auth_type: Sometimes}", "client_auth_type: found 'Sometimes', expected 'NoClientCert'"),
        (TLS + ", client_allowed_sans: [a]}", "found client_allowed_sans with NoClientCert"),
        (TLS + ", cipher_suites: [RC4]}", "tls_server_config.cipher_suites[0]: found 'RC4', expected one of TLS_AES"),
        (TLS + ", cipher_suites: [TLS_AES_128_GCM_SHA256], max_version: TLS12}", "found ciphers of TLS 1.3 only"),
        (TLS + ", curve_preferences: [P1]}", "curve_preferences[0]: found 'P1'"),
        (TLS + ", prefer_server_cipher_suites: yes}", "prefer_server_cipher_suites: found 'yes'"),
        ("http_server_config: {http2: 1}", "http_server_config.http2: found 1"),
        ("http_server_config: {headers: {X-Mine: a}}", "found the unknown key 'X-Mine', expected one of Content-Secur"),
        ("http_server_config: {headers: {X-Frame-Options: allow}}", "found 'allow', expected deny or sameorigin"),
        ("http_server_config: {headers: {X-Content-Type-Options: sniff}}", "found 'sniff', expected nosniff"),
        ('http_server_config: {headers: {X-XSS-Protection: "a\\r\\nb: c"}}', "expected one line of printable ASCII"),
        ("basic_auth_users: {anna: geheim}", "basic_auth_users.anna: found a value that is not shown here, expected"),
        (f"basic_auth_users: {{'an:na': {HASH}}}", "a user name, not empty and without a colon"),
        (f"basic_auth_users: {{anna: {HASH.replace('$10$', '$19$')}}}", "of a cost up to 18"),
        ("basic_auth_users: [anna]", "basic_auth_users: found a value that is not shown here"),
        ("rate_limit: {interval: 1s}", "rate_limit: found no burst"),
        ("rate_limit: {interval: 5, burst: 1}", "rate_limit.interval: found 5, expected a duration with a unit"),
        ("rate_limit: {interval: 1s, burst: -1}", "rate_limit.burst: found -1"),
        ("- a", "found no mapping"),
        ("a: {", "web.yml:2:1: found malformed YAML"),
        ("rate_limit: {burst: 1, burst: 2}", "a second time"),
        ("rate_limit: !!python/object:os.system {}", "found the tag"),
    ],
)
def test_each_mistake_is_told_with_its_place(tmp_path: Path, text: str, expected: str) -> None:
    assert expected in read(tmp_path, text)


def test_all_mistakes_are_told_at_once_and_no_secret_among_them(tmp_path: Path) -> None:
    told = read(
        tmp_path,
        "tls_server_config: {cert: 5, key: [hush-hush]}\nbasic_auth_users: {anna: hush-hush, bob: hush-hush}\nx: 1\n",
    )
    assert len(told.splitlines()) == 5
    assert "hush" not in told


def test_a_file_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"none\.yml: found No such file or directory"):
        load_web_config(tmp_path / "none.yml")


def test_secrets_print_as_stars(tmp_path: Path) -> None:
    (tmp_path / "web.yml").write_text(
        f"tls_server_config: {{cert_file: a, key: hush}}\nbasic_auth_users: {{a: {HASH}}}"
    )
    shown = repr(load_web_config(tmp_path / "web.yml"))
    assert "hush" not in shown
    assert HASH not in shown
