"""Targets that others list become checks: ids, templates, what is refused, and what holds while a source is broken."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from slamon.catalogue import Catalogue, CatalogueErrors, load
from slamon.catalogue.discovery.kept import file_of, keep, kept
from slamon.catalogue.discovery.lists import MOST_LABELS, MOST_TARGETS, BadList, Group, parsed
from slamon.catalogue.discovery.template import NoCheck, filled, made_id
from slamon.catalogue.secret import Secret

TEMPLATE: dict[str, Any] = {"tcp": {"address": "{__address__}"}, "interval": "15s"}


def catalogue(folder: Path, **discovery: Any) -> dict[str, Any]:
    wanted = {"file_sd": {"files": ["targets/*.json"]}, "check": TEMPLATE} | discovery
    return {"slamon": 1, "storage": {"path": str(folder / "data" / "slamon.db")}, "discover": {"web": wanted}}


def put(folder: Path, targets: Any, name: str = "targets/a.json") -> Path:
    file = folder / name
    file.parent.mkdir(exist_ok=True)
    file.write_text(targets if isinstance(targets, str) else json.dumps(targets))
    return file


def loaded(folder: Path, content: dict[str, Any], **env: str) -> Catalogue:
    file = folder / "slamon.yml"
    file.write_text(yaml.safe_dump(content))
    return load(file, env=env)


def targets(*addresses: str, **labels: str) -> list[dict[str, Any]]:
    return [{"targets": list(addresses), "labels": labels}]


def test_a_target_becomes_a_check_of_the_service_that_its_labels_name(tmp_path: Path) -> None:
    put(tmp_path, targets("db.example.org:5432", job="shop", instance="db") + targets("x:1", instance="x"))
    found = loaded(tmp_path, catalogue(tmp_path))
    assert {check.id: (check.target, check.interval_ms) for check in found.checks.values()} == {
        "shop/db": ("db.example.org:5432", 15_000),
        "web/x": ("x:1", 15_000),
    }
    assert found.warnings == found.troubles == []


def test_a_target_without_instance_is_called_by_its_address(tmp_path: Path) -> None:
    put(tmp_path, targets("db.example.org:5432", "10.0.0.1:80", job="shop"))
    ids = sorted(loaded(tmp_path, catalogue(tmp_path)).checks)
    assert [name.rpartition("-")[0] for name in ids] == ["shop/10-0-0-1-80", "shop/db-example-org-5432"]


def test_yaml_is_read_as_texts(tmp_path: Path) -> None:
    put(tmp_path, "- targets: [a:80]\n  labels: {instance: 080, job: on}\n", "targets/a.yml")
    found = loaded(tmp_path, catalogue(tmp_path, file_sd={"files": "targets/*.yml"}))
    assert list(found.checks) == ["on/080"]


@pytest.mark.parametrize("text", ["shop", "a-b_c", "0"])
def test_what_is_an_id_stays(text: str) -> None:
    assert made_id(text) == text


def test_two_names_never_share_an_id() -> None:
    names = ["a.b", "a-b", "a_b", "A-b", "a:b", "a b", "ä", "-", "x" * 101, "x" * 102, "_a", "a."]
    ids = [made_id(name) for name in names]
    assert len(set(ids)) == len(names)
    assert ids == [made_id(name) for name in names]
    assert all(made_id(found) == found for found in ids)


def test_the_same_target_twice_is_one_and_another_of_the_same_id_is_named(tmp_path: Path) -> None:
    put(tmp_path, targets("a:1", "a:1", "b:1", instance="same", job="shop"))
    found = loaded(tmp_path, catalogue(tmp_path))
    assert [check.target for check in found.checks.values()] == ["a:1"]
    assert found.found["web"].rejected == [
        "b:1: another target is shop/same already: service and check_id do not tell them apart"
    ]


def test_a_target_of_which_no_check_can_be_made_is_left_out_and_named(tmp_path: Path) -> None:
    put(tmp_path, targets("no-port", "a:1", job="shop"))
    found = loaded(tmp_path, catalogue(tmp_path))
    assert [check.target for check in found.checks.values()] == ["a:1"]
    assert "check.tcp.address: found 'no-port', expected host:port" in found.found["web"].rejected[0]
    assert "no check of no-port" in found.troubles[0]


def test_a_target_that_is_no_host_is_left_out_and_keeps_no_other_from_being_probed(tmp_path: Path) -> None:
    put(tmp_path, targets("a:80", "b..example.org:80"))
    found = loaded(tmp_path, catalogue(tmp_path))
    assert [check.target for check in found.checks.values()] == ["a:80"]
    assert "found 'b..example.org:80', expected host:port" in found.found["web"].rejected[0]


def test_checks_join_a_service_that_is_written(tmp_path: Path) -> None:
    put(tmp_path, targets("a:1", job="shop", instance="a") + targets("b:1", job="shop", instance="home"))
    content = catalogue(tmp_path)
    content["services"] = {"shop": {"name": "Shop", "needs": 3, "checks": {"home": {"tcp": {"address": "h:1"}}}}}
    found = loaded(tmp_path, content)
    assert {name: check.target for name, check in found.services["shop"].checks.items()} == {"home": "h:1", "a": "a:1"}
    assert found.services["shop"].title == "Shop"
    assert "the catalogue itself has a check of this id" in found.found["web"].rejected[0]


def test_an_agreed_service_stays_while_nothing_is_discovered(tmp_path: Path) -> None:
    put(tmp_path, [])
    content = catalogue(tmp_path, service="shop")
    content["services"] = {"shop": {}}
    content["customers"] = {"c": {"name": "C", "kind": "internal"}}
    content["agreements"] = {"a": {"customer": "c", "services": ["shop"], "target": "99%"}}
    assert loaded(tmp_path, content).services["shop"].checks == {}
    content["discover"]["web"]["service"] = "other"
    with pytest.raises(CatalogueErrors, match="a service without checks"):
        loaded(tmp_path, content)


def test_new_services_have_the_name_team_and_needs_that_are_said(tmp_path: Path) -> None:
    put(tmp_path, targets("a:1", "b:1", job="shop", title="Der Shop"))
    content = catalogue(tmp_path, service_name="{title}", team="web", needs="any") | {"teams": {"web": {"name": "Web"}}}
    found = loaded(tmp_path, content)
    service = found.services["shop"]
    assert (service.name, service.team, service.needs, len(service.checks)) == ("Der Shop", "web", "any", 2)
    assert found.warnings == []


def test_rules_choose_and_change_before_the_template(tmp_path: Path) -> None:
    put(tmp_path, targets("a:1", job="shop", env="prod") + targets("b:1", job="shop", env="test"))
    rules = [
        {"source_labels": ["env"], "regex": "prod", "action": "keep"},
        {"source_labels": ["__address__"], "regex": "(.+):.*", "target_label": "instance"},
    ]
    assert list(loaded(tmp_path, catalogue(tmp_path, relabel=rules)).checks) == ["shop/a"]


# -- templates are substitution and nothing else


@pytest.mark.parametrize("evil", ["{job}", "{{job}}", "${env:TOKEN}", "${file:/etc/passwd}", "%s", "{0.__class__}"])
def test_what_a_label_holds_is_not_looked_at_again(evil: str) -> None:
    assert filled("x {a} {job}", {"a": evil, "job": "j"}) == f"x {evil} j"


@pytest.mark.parametrize("text", ['{"a": 1}', "[0-9]{3}", "${1}", "${name}", "{{job}}", "{a b}"])
def test_other_braces_are_texts(text: str) -> None:
    assert filled(text, {}) == text


def test_a_label_that_is_missing_is_named() -> None:
    with pytest.raises(NoCheck, match="the target has no label zone"):
        filled("{zone}", {"a": "b"})


def test_secrets_of_a_template_are_never_mixed_with_labels(tmp_path: Path) -> None:
    put(tmp_path, targets("a:1", job="shop", instance="a", x="${env:TOKEN}"))
    http = {
        "url": "http://{__address__}/",
        "headers": {"X-Key": "${env:TOKEN}", "X-Of": "{x}"},
        "bearer": "${env:TOKEN}",
    }
    found = loaded(tmp_path, catalogue(tmp_path, check={"http": http}), TOKEN="geheim")
    options: Any = found.checks["shop/a"].options
    assert options.bearer == Secret("geheim")
    assert options.headers["X-Key"][0] == Secret("geheim")
    assert options.headers["X-Of"][0].reveal() == "${env:TOKEN}", "not the secret: the text that the stranger wrote"
    assert "geheim" not in found.model_dump_json()
    assert "geheim" not in repr(found)
    assert found.fingerprint != loaded(tmp_path, catalogue(tmp_path, check={"http": http}), TOKEN="other").fingerprint


def test_a_label_is_no_option_of_a_plug_in(tmp_path: Path) -> None:
    put(tmp_path, targets("--eval=x", "host", job="shop"))
    check = {"exec": {"command": ["/bin/true", "-H", "{__address__}"]}}
    found = loaded(tmp_path, catalogue(tmp_path, check=check))
    assert len(found.checks) == 1
    assert "would be an option of the plug-in" in found.found["web"].rejected[0]


@pytest.mark.parametrize(
    ("check", "where"),
    [
        ({"exec": {"command": ["{x}", "y"]}}, "discover.web.check.exec.command[0]: found a label"),
        ({"exec": {"command": ["/bin/true"], "folder": "/{x}"}}, "discover.web.check.exec.folder: found a label"),
        ({"http": {"url": "http://{x}/", "body_file": "{x}"}}, "discover.web.check.http.body_file"),
        ({"http": {"url": "http://{x}/", "tls": {"ca_file": "{x}"}}}, "discover.web.check.http.tls.ca_file"),
        ({"tcp": {"adress": "{x}:1"}}, "discover.web.check.tcp.adress: found the unknown key 'adress'"),
        ({"tcp": {"address": "{x}:1"}, "confirm": 0}, "discover.web.check.confirm: found 0"),
        ({"tcp": {"address": "no-port"}}, "discover.web.check.tcp.address: found 'no-port'"),
        ({}, "no probe kind"),
        ([], "discover.web.check: found an empty list"),
    ],
)
def test_a_template_that_is_wrong_for_every_target_is_a_mistake_of_the_catalogue(
    check: Any, where: str, tmp_path: Path
) -> None:
    put(tmp_path, targets("a:1", x="a"))
    with pytest.raises(CatalogueErrors) as raised:
        loaded(tmp_path, catalogue(tmp_path, check=check))
    assert where in str(raised.value)


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"file_sd": None}, "found neither file_sd nor http_sd"),
        ({"http_sd": {"url": "http://x/"}}, "found file_sd and http_sd"),
        ({"service": "Not An Id"}, "discover.web.service: found 'Not An Id'"),
        ({"check_id": "one"}, "discover.web.check_id: found 'one', expected a {label} in it"),
        ({"needs": 0}, "discover.web.needs"),
        ({"team": "nobody"}, "discover.web.team: found 'nobody', which is not configured"),
        ({"relabel": [{"action": "keep", "regex": "("}]}, "discover.web.relabel[0].regex"),
        ({"file_sd": None, "http_sd": {"url": "http://x/", "username": "u"}}, "found one of username and password"),
        ({"file_sd": None, "http_sd": {"url": "http://u:p@x/"}}, "a user or password in the url"),
    ],
)
def test_mistakes_of_a_source_are_told_with_their_place(change: dict[str, Any], where: str, tmp_path: Path) -> None:
    put(tmp_path, [])
    content = catalogue(tmp_path, **change)
    content["discover"]["web"] = {key: value for key, value in content["discover"]["web"].items() if value is not None}
    with pytest.raises(CatalogueErrors) as raised:
        loaded(tmp_path, content)
    assert where in str(raised.value)
    assert "slamon.yml:" in str(raised.value)


# -- strangers' lists


@pytest.mark.parametrize(
    ("raw", "found"),
    [
        (b"{", "no JSON"),
        (b"{}", "no list"),
        (b"\xff", "bytes that are no UTF-8"),
        (b"[1]", "entry 1 without targets"),
        (b'[{"targets": "a:1"}]', "entry 1 without targets"),
        (b'[{"targets": [1]}]', "the target 1"),
        (b'[{"targets": [""]}]', "the target ''"),
        (b'[{"targets": ["a\\nb"]}]', "the target"),
        (b'[{"targets": [], "labels": []}]', "labels that are no mapping"),
        (b'[{"targets": [], "labels": {"a-b": "c"}}]', "the label 'a-b'"),
        (b'[{"targets": [], "labels": {"a": 1}}]', "the label a with 1"),
        (b'[{"targets": [], "labels": {"a": "\\u0000"}}]', "the label a with"),
        (b'[{"targets": [], "label": {}}]', "the unknown key 'label'"),
        (json.dumps([{"targets": [], "labels": {"a": "x" * 2001}}]).encode(), "the label a with"),
        (
            json.dumps([{"targets": [], "labels": {f"a{i}": "" for i in range(MOST_LABELS + 1)}}]).encode(),
            "labels that",
        ),
        (json.dumps([{"targets": ["a"] * (MOST_TARGETS + 1)}]).encode(), "more than"),
        (b" " * (16 * 2**20 + 1), "more than"),
        (b"[" * 100_000, "no JSON|beyond all measure"),
    ],
)
def test_a_list_beyond_its_bounds_is_no_list(raw: bytes, found: str) -> None:
    with pytest.raises(BadList, match=found):
        parsed(raw, json_only=True)


@pytest.mark.parametrize("raw", [b"- targets: [!!python/object:os.system a]", b"a: &a [*a]", b"- targets: [x\n"])
def test_yaml_has_no_tags_and_no_endless_aliases(raw: bytes) -> None:
    with pytest.raises(BadList):
        parsed(raw, json_only=False)


# -- a broken source keeps its last good list


def test_a_file_that_breaks_keeps_its_last_list_and_others_go_on(tmp_path: Path) -> None:
    put(tmp_path, targets("a:1", job="s", instance="a"), "targets/a.json")
    put(tmp_path, targets("b:1", job="s", instance="b"), "targets/b.json")
    first = loaded(tmp_path, catalogue(tmp_path))
    keep(tmp_path / "data", "web", first.found["web"].lists)
    put(tmp_path, "[{", "targets/a.json")
    put(tmp_path, targets("c:1", job="s", instance="c"), "targets/b.json")
    found = loaded(tmp_path, catalogue(tmp_path))
    assert sorted(found.checks) == ["s/a", "s/c"]
    assert "targets/a.json: no JSON" in str(found.found["web"].trouble)
    assert "its last good lists hold" in found.troubles[0]


def test_a_pattern_that_no_file_has_is_a_broken_source_and_one_file_less_is_not(tmp_path: Path) -> None:
    put(tmp_path, targets("a:1", job="s", instance="a"), "targets/a.json")
    other = put(tmp_path, targets("b:1", job="s", instance="b"), "targets/b.json")
    keep(tmp_path / "data", "web", loaded(tmp_path, catalogue(tmp_path)).found["web"].lists)
    other.unlink()
    assert list(loaded(tmp_path, catalogue(tmp_path)).checks) == ["s/a"]
    (tmp_path / "targets" / "a.json").unlink()
    found = loaded(tmp_path, catalogue(tmp_path))
    assert sorted(found.checks) == ["s/a", "s/b"], "as they were when something was there"
    assert "no file there is targets/*.json" in found.troubles[0]


def test_what_was_kept_survives_and_what_is_damaged_is_nothing(tmp_path: Path) -> None:
    lists = {"": [Group(("a:1",), {"job": "s"})]}
    keep(tmp_path, "web", lists)
    assert kept(tmp_path, "web") == lists
    assert [path.name for path in (tmp_path / "discovered").iterdir()] == ["web.json"]
    for damaged in ("", "[]", "{", '{"": 1}', '{"": [{}]}', '{"": {"a": "b"}}'):
        file_of(tmp_path, "web").write_text(damaged)
        assert kept(tmp_path, "web") == {}


def test_a_large_list_is_read_in_good_time(tmp_path: Path) -> None:
    put(tmp_path, targets(*(f"10.0.{i // 250}.{i % 250}:80" for i in range(5_000)), job="s"))
    assert len(loaded(tmp_path, catalogue(tmp_path)).checks) == 5_000
