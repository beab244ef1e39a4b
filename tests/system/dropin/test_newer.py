"""Options that are newer than the exporter here, against what is documented; and the pages around /probe."""

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

import pytest
import requests
import yaml
from prometheus_client.parser import text_string_to_metric_families
from pydantic import BaseModel
from slamon.catalogue.blackbox.models import Module

from tests.system.dropin import cases_http, cases_newer, cases_stream, cases_talk, world, world_newer, world_talk
from tests.system.dropin.cases_newer import Newer
from tests.system.running import wait_for

AT_ONCE = 8


@dataclass(frozen=True, slots=True)
class Here:
    """Ours, running, and what it answered."""

    exporter: world.Exporter
    places: world.Places
    answers: dict[str, requests.Response]
    file: Path


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Here]:
    folder = tmp_path_factory.mktemp("newer")
    with ExitStack() as stack:
        places = stack.enter_context(world.world(folder, world_talk.open_talk, world_newer.open_newer))
        modules = {newer.case.id: newer.case.module for newer in cases_newer.CASES}
        config: Any = {"modules": world_newer.texts(places, modules) | {"http_2xx": {"prober": "http"}}}
        env = {key: value for key, value in os.environ.items() if "proxy" not in key.lower()}
        env["HTTP_PROXY"] = f"http://127.0.0.1:{places.ports['proxy']}"
        allow = ("--probe-allow", "any", "--probe-allow", f"unix:{folder}/*", "--history.limit", "20")
        exporter = stack.enter_context(world.ours(config, folder, env, *allow))

        def ask(newer: Newer) -> tuple[str, requests.Response]:
            params = {"module": newer.case.id, "target": places.fill(newer.case.target), **newer.case.params}
            return newer.case.id, exporter.get("/probe", params=params)

        with ThreadPoolExecutor(AT_ONCE) as pool:
            answers = dict(pool.map(ask, cases_newer.CASES))
        yield Here(exporter, places, answers, folder / "ours.yml")


def values(text: str) -> dict[str, float]:
    """Every series as it is written, and its value."""
    found: dict[str, float] = {}
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            labels = ",".join(f'{key}="{value}"' for key, value in sorted(sample.labels.items()))
            found[f"{sample.name}{{{labels}}}" if labels else sample.name] = sample.value
    return found


@pytest.mark.parametrize("newer", cases_newer.CASES, ids=lambda newer: newer.case.id)
def test_what_is_documented_is_shown(newer: Newer, here: Here) -> None:
    answer = here.answers[newer.case.id]
    assert answer.status_code == 200, answer.text
    found = values(answer.text)
    assert found["probe_success"] == newer.success, answer.text
    assert {name: found.get(name) for name in newer.shows} == newer.shows


def test_serial_and_cipher_are_labels_of_their_own(here: Here) -> None:
    text = here.answers["http-serial-and-cipher"].text
    assert 'probe_tls_cipher_info{cipher="TLS_' in text
    assert 'serialnumber="' in text


# -- every option has its cases

SHARED = ("tls_config", "http_config", "headers", "query_response", "validate_", "oauth2.tls_config")
"""Models that several probers share: each of their keys is tried with one prober at least."""


def options(model: type[BaseModel], path: str) -> Iterator[str]:
    """Every key path of a model and what is below it."""
    for name, field in model.model_fields.items():
        here_ = f"{path}.{name}" if path else name
        yield here_
        for inner in _models(field.annotation):
            yield from options(inner, here_)


def _models(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for inner in get_args(annotation):
        yield from _models(inner)


def tried() -> dict[str, set[str]]:
    """The ids of the cases by option."""
    found: dict[str, set[str]] = {}
    everything = [*cases_http.CASES, *cases_stream.CASES, *cases_talk.CASES, *(n.case for n in cases_newer.CASES)]
    for case in everything:
        for key in case.keys():  # noqa: SIM118  a method of ours
            found.setdefault(key, set()).add(case.id)
    return found


def without_ids(path: str) -> str:
    """`http.http_headers.X-Key.values` as the models have it: ids left out."""
    parts = path.split(".")
    for key in ("http_headers", "proxy_connect_header", "headers", "metadata", "endpoint_params"):
        if key in parts and parts.index(key) + 1 < len(parts):
            del parts[parts.index(key) + 1]
    return ".".join(parts)


def test_every_option_of_the_reader_has_two_cases_or_more() -> None:
    cases: dict[str, set[str]] = {}
    for path, ids in tried().items():
        cases.setdefault(without_ids(path), set()).update(ids)
    missing = [path for path in options(Module, "") if not _is_tried(path, cases)]
    assert missing == []


def _is_tried(path: str, cases: dict[str, set[str]]) -> bool:
    if len(cases.get(path, ())) >= 2:
        return True
    for shared in SHARED:  # one model, several places: its keys are tried in another place
        if f".{shared}" in path:
            tail = path[path.index(f".{shared}") :]
            rest = tail.split(".", 2)[2] if tail.count(".") > 1 else ""
            others = [ids for other, ids in cases.items() if rest and other.endswith(f".{rest}")]
            if len(set().union(*others)) >= 2:
                return True
    return path in {"http", "tcp", "icmp", "dns", "grpc", "unix", "websocket"}


# -- the pages


def test_questions_that_cannot_be_answered(here: Here) -> None:
    get = here.exporter.get
    assert (get("/probe").status_code, get("/probe").text) == (400, "Target parameter is missing\n")
    unknown = get("/probe", params={"target": "a", "module": "nosuch"})
    assert (unknown.status_code, unknown.text) == (400, 'Unknown module "nosuch"\n')
    late = get("/probe", params={"target": "a"}, headers={"X-Prometheus-Scrape-Timeout-Seconds": "soon"})
    assert late.status_code == 500
    assert get("/probe", params={"target": "x" * 9000}).status_code == 400
    assert get("/logs").status_code == 500
    assert get("/logs", params={"id": "999999"}).status_code == 404


def test_the_scrape_s_timeout_less_its_offset_ends_a_probe(here: Here) -> None:
    target = here.places.fill("http://127.0.0.1:<http>/never")
    headers = {"X-Prometheus-Scrape-Timeout-Seconds": "1.5"}
    found = values(here.exporter.get("/probe", params={"target": target}, headers=headers).text)
    assert found["probe_success"] == 0
    assert 0.9 < found["probe_duration_seconds"] < 15
    debug = here.exporter.get("/probe", params={"target": target, "debug": "true"}, headers=headers).text
    assert "timeout_seconds=1 " in debug.replace("\n", " \n")


def test_the_log_of_a_probe_is_kept_and_linked(here: Here) -> None:
    target = here.places.fill("http://127.0.0.1:<closed>/kept")
    here.exporter.get("/probe", params={"target": target})
    for _ in range(25):
        here.exporter.get("/probe", params={"target": here.places.fill("http://127.0.0.1:<http>/")})
    page = here.exporter.get("/").text
    assert page.count("logs?id=") > 20
    assert target in page
    log = here.exporter.get("/logs", params={"target": target}).text
    assert "the request failed" in log
    assert "probe_success 0" in log
    assert "prober: http" in log


def test_the_modules_are_shown_without_secrets(here: Here) -> None:
    text = here.exporter.get("/config").text
    shown = yaml.safe_load(text)["modules"]
    assert shown["http-http-headers-secrets"]["http"]["http_headers"]["X-Key"]["secrets"] == ["<secret>"]
    assert shown["http-user-file"]["http"]["basic_auth"]["password"] == "<secret>"
    assert "geheim" not in text
    assert "PRIVATE KEY" not in text


def test_secrets_stand_in_no_log(here: Here) -> None:
    params = {"module": "http-user-file", "target": here.places.fill("http://127.0.0.1:<http>/login/basic")}
    assert "geheim" not in here.exporter.get("/probe", params={**params, "debug": "true"}).text


def test_a_page_of_another_site_cannot_make_a_browser_probe(here: Here) -> None:
    answer = here.exporter.get("/probe", params={"target": "a"}, headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 403


def test_the_exporter_s_own_metrics_are_there(here: Here) -> None:
    here.exporter.get("/probe", params={"target": "a", "module": "nosuch"})
    found = values(here.exporter.get("/metrics").text)
    assert found["blackbox_exporter_config_last_reload_successful"] == 1
    assert found["blackbox_exporter_config_last_reload_success_timestamp_seconds"] > 1.7e9
    assert found["blackbox_module_unknown_total"] >= 1


def test_another_file_is_put_in_force_and_a_wrong_one_is_not(here: Here) -> None:
    before = here.file.read_text()
    url = f"http://127.0.0.1:{here.exporter.port}/-/reload"
    here.file.write_text("modules: {http_2xx: {prober: htp}}\n")
    wrong = requests.post(url, timeout=60)
    assert wrong.status_code == 500
    assert "modules.http_2xx.prober" in wrong.text
    assert "http-cel-right" in here.exporter.get("/config").text
    assert values(here.exporter.get("/metrics").text)["blackbox_exporter_config_last_reload_successful"] == 0
    here.file.write_text("modules: {fresh: {prober: http}}\n")
    assert requests.post(url, timeout=60).status_code == 200
    assert list(yaml.safe_load(here.exporter.get("/config").text)["modules"]) == ["fresh"]
    here.file.write_text(before)
    wait_for(lambda: "http-cel-right" in here.exporter.get("/config").text, "a changed file is read", 30)
