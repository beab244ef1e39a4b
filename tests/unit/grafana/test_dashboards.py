"""The dashboards: those checked in are current, keep the rules of the community's linter, and name only what there is.

Left out of the linter's rules, with the reason: `job` and `instance` variables (a service, not a process, is looked at;
Fleet has `instance`), and counters only under rate or increase (slamon's counters never fall, so that two of their
points subtracted are exact: `max_over_time` less `min_over_time`).
"""

import re
from itertools import combinations
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
import yaml
from grafana import looks
from grafana.boards import documents
from grafana.frame import BOARDS as TITLES
from slamon.export import names
from slamon.export.alerting.alert import Fit
from slamon.export.families import Kind

from tests.panels import BOARDS, FOLDER, ROOT, Asked, asked, panels, variables

ASKED = [*asked(), *(found for found, _ in variables())]
PANELS = [(uid, panel) for uid, panel in panels()]
NAMED = [f"{uid}-{panel['title']}" for uid, panel in PANELS]
UNITS = {"short", "none", "percent", "s", "ops", "bytes", "d"}
FAMILIES = {family.name: family for group in names.GROUPS for family in names.FAMILIES[group]}
FOREIGN = {"process_cpu_seconds_total", "process_resident_memory_bytes", "process_open_fds"}
TARGET_LABELS = {"instance", "job"}
SHARES = (
    names.SATISFACTION,
    names.AVAILABILITY,
    names.PERIOD_AVAILABILITY,
    names.PREVIOUS_AVAILABILITY,
    names.COVERAGE,
    names.PERIOD_COVERAGE,
    names.PREVIOUS_COVERAGE,
    names.LATENCY,
)
PALETTE = {value for name, value in vars(looks).items() if name.isupper() and isinstance(value, str)}

each_panel = pytest.mark.parametrize(("uid", "panel"), PANELS, ids=NAMED)
each_question = pytest.mark.parametrize("question", ASKED, ids=[str(found) for found in ASKED])
each_board = pytest.mark.parametrize("uid", TITLES)


def test_the_dashboards_that_are_checked_in_are_what_the_code_writes() -> None:
    assert {file.stem: file.read_text() for file in FOLDER.iterdir()} == documents()


# -- the frame


@each_board
def test_a_dashboard_says_what_it_is_and_cannot_be_edited_in_place(uid: str) -> None:
    board = BOARDS[uid]

    assert (board["uid"], board["editable"]) == (uid, False)
    assert board["title"].endswith(TITLES[uid])
    assert "slamon" in board["tags"]
    assert len(board["description"]) > 40
    assert "__inputs" not in board, "file provisioning does not fill them"
    assert len(board["panels"]) <= 20


@each_board
def test_the_data_source_is_a_variable_and_nothing_else(uid: str) -> None:
    board = BOARDS[uid]
    first = board["templating"]["list"][0]
    sources = [found["datasource"] for found in (*board["panels"], *board["templating"]["list"][1:])]
    sources += [target["datasource"] for panel in board["panels"] for target in panel["targets"]]
    sources += [a["datasource"] for a in board["annotations"]["list"] if a["name"] != "Deployments"]

    assert (first["name"], first["type"], first["query"]) == ("datasource", "datasource", "prometheus")
    assert all(source == {"type": "prometheus", "uid": "${datasource}"} for source in sources)


@each_board
def test_every_dashboard_leads_to_every_other_and_takes_time_and_variables_along(uid: str) -> None:
    links = BOARDS[uid]["links"]

    assert {link["url"] for link in links} == {f"/d/{other}" for other in TITLES if other != uid}
    assert all(link["keepTime"] and link["includeVars"] for link in links)


@pytest.mark.parametrize("uid", [uid for uid in TITLES if uid not in ("slamon-fleet", "slamon-customer")])
def test_outages_maintenance_and_deployments_are_marked(uid: str) -> None:
    marked = {annotation["name"]: annotation for annotation in BOARDS[uid]["annotations"]["list"]}

    assert list(marked) == ["Outages", "Maintenance", "Deployments"]
    assert names.SERVICE_STATE.name in marked["Outages"]["target"]["expr"]
    assert names.IN_MAINTENANCE.name in marked["Maintenance"]["target"]["expr"]
    assert (marked["Deployments"]["target"]["type"], marked["Deployments"]["target"]["tags"]) == (
        "tags",
        ["deployment"],
    )


# -- panels


@each_panel
def test_a_panel_says_how_its_number_is_made_and_in_what_unit(uid: str, panel: dict[str, Any]) -> None:
    defaults = panel["fieldConfig"]["defaults"]

    assert panel["title"]
    assert len(panel["description"]) > 40
    assert panel["description"].endswith(".")
    assert defaults["unit"] in UNITS
    assert defaults["noValue"] == "no data"
    units = [p["value"] for o in panel["fieldConfig"]["overrides"] for p in o["properties"] if p["id"] == "unit"]
    assert set(units) <= UNITS


@each_board
def test_panels_lie_side_by_side_and_are_wide_enough_to_be_stacked_on_a_phone(uid: str) -> None:
    places = [panel["gridPos"] for panel in BOARDS[uid]["panels"]]

    for place in places:
        assert place["w"] in (6, 12, 24)
        assert place["x"] + place["w"] <= 24
        assert place["h"] >= 4
    for a, b in combinations(places, 2):
        apart_x = a["x"] + a["w"] <= b["x"] or b["x"] + b["w"] <= a["x"]
        assert apart_x or a["y"] + a["h"] <= b["y"] or b["y"] + b["h"] <= a["y"]


@each_panel
def test_graphs_keep_their_width_and_draw_no_line_over_a_gap(uid: str, panel: dict[str, Any]) -> None:
    if panel["type"] in ("timeseries", "state-timeline"):
        assert panel["options"]["legend"]["placement"] == "bottom"
    if panel["type"] == "timeseries":
        assert panel["fieldConfig"]["defaults"]["custom"]["spanNulls"] is False
    if panel["type"] == "table":
        shown = panel["transformations"][-1]["options"]["renameByName"]
        assert len(shown) <= 8
        assert {key["displayName"] for key in panel["options"]["sortBy"]} <= set(shown.values())


@each_panel
def test_states_are_words_beside_colours_that_everybody_tells_apart(uid: str, panel: dict[str, Any]) -> None:
    for colour in re.findall(r"#[0-9A-Fa-f]{6}", str(panel)):
        assert colour in PALETTE
    for text in re.findall(r"'color': '([^']+)'", str(panel)):
        assert text in PALETTE
    if panel["type"] == "state-timeline":
        assert panel["fieldConfig"]["defaults"]["mappings"]


@each_panel
def test_no_threshold_is_a_constant_but_that_a_number_of_troubles_is_not_0(uid: str, panel: dict[str, Any]) -> None:
    steps = [step["value"] for step in panel["fieldConfig"]["defaults"]["thresholds"]["steps"]]

    assert steps in ([None], [None, 1])
    assert "thresholds" not in str(panel["fieldConfig"]["overrides"])


# -- expressions


@each_question
def test_an_expression_names_only_metrics_and_labels_that_there_are(question: Asked) -> None:
    found = re.findall(r"\b((?:slamon|process)_[a-z0-9_]+)(?:\{([^}]*)\})?", question.expression)

    assert found
    for name, matchers in found:
        base = re.sub(r"_(bucket|sum|count)$", "", name)
        assert base in FAMILIES or name in FOREIGN, name
        labels = set(FAMILIES[base].labels) | TARGET_LABELS if base in FAMILIES else TARGET_LABELS
        assert set(re.findall(r"(\w+)=", matchers)) <= labels, (name, matchers)


@each_question
def test_counters_are_asked_how_they_grow_and_over_grafanas_interval(question: Asked) -> None:
    counters = [f.name for f in FAMILIES.values() if f.kind is Kind.COUNTER] + ["process_cpu_seconds_total"]
    counters += [f.name + "_bucket" for f in FAMILIES.values() if f.kind is Kind.HISTOGRAM]
    for name in counters:
        for call, _, span in re.findall(rf"(\w+)\({name}\b(\{{[^}}]*\}})?(?:\[([^\]]+)\])?", question.expression):
            assert call in ("rate", "increase", "max_over_time", "min_over_time"), question.expression
            assert span == "$__rate_interval" or call.endswith("over_time"), span
        asked_ = len(re.findall(rf"\b{name}\b", question.expression))
        calls = len(re.findall(rf"(?:rate|increase|max_over_time|min_over_time)\({name}\b", question.expression))
        assert asked_ == calls


@each_question
def test_shares_are_cut_and_never_rounded_up(question: Asked) -> None:
    cut = re.sub(r"floor\(\((.*?)\) \* 1e5 \+ 1e-7\) / 1e3", "", question.expression)
    for family in SHARES:
        assert not re.search(rf"\b{family.name}\b", cut), question.expression


@each_panel
def test_a_per_cent_has_three_digits_at_most_that_were_cut_before(uid: str, panel: dict[str, Any]) -> None:
    defaults = panel["fieldConfig"]["defaults"]
    if defaults["unit"] == "percent" and "decimals" in defaults:
        assert defaults["decimals"] in (1, 3)


@each_question
def test_variables_that_are_used_are_there(question: Asked) -> None:
    known = {variable["name"] for variable in BOARDS[question.board]["templating"]["list"]}
    used = set(re.findall(r"\$([a-z]\w*)", question.expression))

    assert used <= known


# -- links


def addresses(found: Any) -> list[str]:
    if isinstance(found, dict):
        inner = [link for value in found.values() for link in addresses(value)]
        return [found["url"], *inner] if isinstance(found.get("url"), str) else inner
    return [link for value in found for link in addresses(value)] if isinstance(found, list) else []


def leads_somewhere(address: str) -> None:
    split = urlsplit(address)
    uid = split.path.removeprefix("/d/")
    assert uid in BOARDS, address
    known = {variable["name"] for variable in BOARDS[uid]["templating"]["list"]}
    for key, _ in parse_qsl(split.query, keep_blank_values=True):
        if key.startswith("var-"):
            assert key.removeprefix("var-") in known, address


@each_panel
def test_links_of_panels_lead_to_dashboards_and_variables_that_there_are(uid: str, panel: dict[str, Any]) -> None:
    for address in addresses(panel):
        leads_somewhere(address)
        titles = panel["transformations"][-1]["options"]["renameByName"].values()
        for title in re.findall(r'__data\.fields\["([^"]+)"\]', address):
            assert title in titles
        assert re.search(r"var-datasource=\$\{datasource\}.*\$\{__url_time_range\}$", address)


def test_links_of_alerts_lead_to_dashboards_and_variables_that_there_are() -> None:
    urls: set[str] = set()
    for folder in (ROOT / "alerting/rules").iterdir():
        for group in yaml.safe_load(folder.read_text())["groups"]:
            urls |= {rule["annotations"]["dashboard_url"] for rule in group["rules"] if "alert" in rule}
    assert urls
    for url in urls:
        leads_somewhere(url.removeprefix(Fit().dashboards))


# -- provisioning


def test_provisioning_loads_the_folder_and_a_data_source() -> None:
    folder = ROOT / "grafana" / "provisioning"
    [provider] = yaml.safe_load((folder / "dashboards/slamon.yml").read_text())["providers"]
    [source] = yaml.safe_load((folder / "datasources/slamon.yml").read_text())["datasources"]

    assert (provider["type"], provider["folder"]) == ("file", "slamon")
    assert provider["options"]["path"].startswith("/")
    assert (source["type"], source["access"], source["isDefault"]) == ("prometheus", "proxy", True)
