"""Secrets come from the environment and from files, and never appear again."""

import json
import operator
import pickle
import traceback
from pathlib import Path
from typing import Any

import pytest
from slamon.catalogue import Catalogue, CatalogueErrors, load
from slamon.catalogue.probe_options import HttpOptions, TcpOptions
from slamon.catalogue.secret import Secret

HIDDEN = "qX7-geheim"
WHERE = [
    'bearer: "${env:TOKEN}"',
    'bearer: "${file:token.txt}"',
    'basic_auth: {username: probe, password: "${env:TOKEN}"}',
    'headers: {X-Key: "${env:TOKEN}"}',
    'headers: {X-Key: [eins, "key ${env:TOKEN} key"]}',
    'method: POST, body: "a=${env:TOKEN}&b=${file:token.txt}"',
    'proxy: "http://probe:${env:TOKEN}@127.0.0.1:3128"',
]


def catalogue(folder: Path, options: str) -> Catalogue:
    (folder / "token.txt").write_text(f"{HIDDEN}\n")
    (folder / "c.yml").write_text(
        f"slamon: 1\nservices:\n  shop:\n    checks:\n      seite: {{http: {{url: https://127.0.0.1/, {options}}}}}\n"
    )
    return load(folder / "c.yml", env={"TOKEN": HIDDEN})


def http(folder: Path, options: str) -> HttpOptions:
    found = catalogue(folder, options).checks["shop/seite"].options
    assert isinstance(found, HttpOptions)
    return found


@pytest.mark.parametrize("options", WHERE)
def test_a_secret_is_put_in_and_never_printed(tmp_path: Path, options: str) -> None:
    whole = catalogue(tmp_path, options)
    check = whole.checks["shop/seite"]

    printed = [
        repr(whole),
        str(whole),
        repr(check),
        f"{check!s}",
        whole.model_dump_json(by_alias=True),
        check.model_dump_json(),
    ]
    printed += [
        repr(whole.model_dump()),
        repr(check.model_dump(mode="json")),
        check.fingerprint(),
        repr(vars(check.options)),
    ]
    printed += [json.dumps(whole.model_dump(mode="json")), *map(str, whole.warnings)]
    assert [text for text in printed if HIDDEN in text] == []


def test_the_secret_itself_is_given_to_who_asks_for_it(tmp_path: Path) -> None:
    options = http(tmp_path, 'bearer: "${env:TOKEN}", headers: {X-Key: [eins, "key ${file:token.txt}"]}')

    assert options.bearer is not None
    assert options.bearer.reveal() == HIDDEN
    assert [value.reveal() for value in options.headers["X-Key"]] == ["eins", f"key {HIDDEN}"]


def test_a_dialogue_may_send_a_secret_and_a_capture(tmp_path: Path) -> None:
    (tmp_path / "c.yml").write_text(
        'slamon: 1\nservices:\n  mail:\n    checks:\n      smtp: {tcp: {address: "127.0.0.1:25", dialogue: '
        '[{expect: "^220 (\\\\S+)", send: "AUTH ${env:TOKEN} ${1}\\r\\n"}]}}\n'
    )

    options = load(tmp_path / "c.yml", env={"TOKEN": HIDDEN}).checks["mail/smtp"].options

    assert isinstance(options, TcpOptions)
    sent = options.dialogue[0].send
    assert sent is not None
    assert sent.reveal() == f"AUTH {HIDDEN} ${{1}}\r\n"


def test_a_secret_file_is_looked_for_beside_the_catalogue_that_names_it(tmp_path: Path) -> None:
    folder = tmp_path / "conf"
    (folder / "deep").mkdir(parents=True)
    (folder / "a.yml").write_text("slamon: 1\n")
    (folder / "deep" / "b.yml").write_text(
        'services:\n  shop:\n    checks:\n      seite: {http: {url: https://127.0.0.1/, bearer: "${file:token.txt}"}}\n'
    )
    (folder / "deep" / "token.txt").write_text(HIDDEN)

    options = load(folder, env={}).checks["shop/seite"].options

    assert isinstance(options, HttpOptions)
    assert options.bearer == Secret(HIDDEN)


WRONG = [
    'bearer: ["${env:TOKEN}"]',
    'bearer: {a: "${env:TOKEN}"}',
    'basic_auth: {username: "${env:TOKEN}", password: x}',
    'url: "http://127.0.0.1/${env:TOKEN}"',
    'basic_auth: "${env:TOKEN}"',
    'headers: "${env:TOKEN}"',
    'headers: {"X ${env:TOKEN}": a}',
    'headers: {X-Key: ["${env:TOKEN}", {a: "${env:TOKEN}"}]}',
    'proxy: "gopher://${env:TOKEN}"',
    'bearer: "${env:TOKEN}", basic_auth: {username: a, password: "${env:TOKEN}"}',
    'tls: {key: "${env:TOKEN}"}',
    'body: "${env:TOKEN}", body_file: x',
]


@pytest.mark.parametrize("options", WRONG)
def test_no_error_shows_a_secret(tmp_path: Path, options: str) -> None:
    options = options if "url" in options else f"url: https://127.0.0.1/, {options}"
    (tmp_path / "c.yml").write_text(
        f"slamon: 1\nservices:\n  shop:\n    checks:\n      seite: {{http: {{{options}}}}}\n"
    )

    with pytest.raises(CatalogueErrors) as raised:
        load(tmp_path / "c.yml", env={"TOKEN": HIDDEN})

    told = "".join(traceback.format_exception(raised.value))
    assert HIDDEN not in told
    assert HIDDEN not in repr(raised.value.problems)


def test_a_written_password_of_the_wrong_kind_is_not_shown(tmp_path: Path) -> None:
    (tmp_path / "c.yml").write_text(
        "slamon: 1\nservices:\n  shop:\n    checks:\n"
        "      seite: {http: {url: https://127.0.0.1/, basic_auth: {username: a, password: 4711081511}}}\n"
    )

    with pytest.raises(CatalogueErrors) as raised:
        load(tmp_path / "c.yml", env={})

    assert "4711081511" not in str(raised.value)
    assert raised.value.problems[0].key_path.endswith("basic_auth.password")


def test_a_password_in_a_url_is_not_shown(tmp_path: Path) -> None:
    url = f"https://probe:{HIDDEN}@127.0.0.1/"
    service = f"shop: {{checks: {{seite: {{http: {{url: '{url}'}}}}}}}}"
    (tmp_path / "c.yml").write_text(f"slamon: 1\nservices: {{{service}}}\n")

    with pytest.raises(CatalogueErrors) as raised:
        load(tmp_path / "c.yml", env={})

    assert HIDDEN not in str(raised.value)


def test_a_changed_secret_changes_the_fingerprint_so_that_the_check_is_built_anew(tmp_path: Path) -> None:
    before = catalogue(tmp_path, 'bearer: "${env:TOKEN}"').checks["shop/seite"]
    after = load(tmp_path / "c.yml", env={"TOKEN": "another"}).checks["shop/seite"]

    assert before != after
    assert before.fingerprint() != after.fingerprint()


def shows(secret: Secret) -> list[Any]:
    return [
        str(secret),
        repr(secret),
        f"{secret}",
        f"{secret!r}",
        operator.mod("%s", secret),
        f"{secret:>5}".strip(),
        repr([secret])[1:-1],
    ]


def test_a_secret_prints_as_stars() -> None:
    assert set(shows(Secret(HIDDEN))) == {"***"}


def test_a_secret_cannot_be_stored() -> None:
    with pytest.raises(TypeError):
        pickle.dumps(Secret(HIDDEN))


def test_secrets_are_equal_when_what_they_hold_is() -> None:
    assert Secret("a") == Secret("a") != Secret("b")
    assert Secret("a") != "a"
    assert len({Secret("a"), Secret("a")}) == 1
