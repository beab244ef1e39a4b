"""What every dashboard has: variables, links to the others, annotations, places of panels."""

import json
from collections.abc import Sequence
from typing import Any

from grafana_foundation_sdk.builders import dashboard as d
from grafana_foundation_sdk.builders import prometheus
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.models import common as mc
from grafana_foundation_sdk.models import dashboard as m
from slamon.export import names as n

from grafana import looks
from grafana.asking import of, one
from grafana.panels import SOURCE

TAG = "slamon"
DEPLOYMENT = "deployment"
"""Annotations with this tag, which a deployment job makes over Grafana's HTTP interface, are shown."""

BOARDS = {
    "slamon-overview": "Overview",
    "slamon-service": "Service",
    "slamon-agreement": "Agreement",
    "slamon-customer": "Customer",
    "slamon-fleet": "Fleet",
}
"""Every dashboard's uid and title."""

WIDTH = 24


def source() -> Any:
    """Which Prometheus: the first choice of each dashboard, never a constant."""
    return d.DatasourceVariable("datasource").label("Data source").type("prometheus")


def choice(name: str, label: str, query: str, *, several: bool = True) -> Any:
    """A variable of a label's values; with `several` all of them are chosen at first."""
    made = d.QueryVariable(name).label(label).datasource(SOURCE).query({"query": query, "refId": name})
    made = made.refresh(m.VariableRefresh.ON_TIME_RANGE_CHANGED).sort(m.VariableSort.ALPHABETICAL_ASC)
    if not several:
        return made
    every = m.VariableOption(selected=True, text=["All"], value=["$__all"])
    return made.multi(True).include_all(True).all_value(".+").current(every)


def values(label: str, selector: str) -> str:
    """The query of a variable."""
    return f"label_values({selector}, {label})"


def link(uid: str, **variables: str) -> str:
    """The address of a dashboard with variables set and the time kept; what is put in is escaped by Grafana."""
    pairs = [f"var-{name}={value}" for name, value in variables.items()]
    return f"/d/{uid}?" + "&".join(["var-datasource=${datasource}", *pairs, "${__url_time_range}"])


def of_row(column: str) -> str:
    """In a link of a table: what the row has in a column, as it is titled, escaped for an address."""
    return f'${{__data.fields["{column}"]:percentencode}}'


def _links(uid: str) -> Sequence[Any]:
    made = []
    for other, title in BOARDS.items():
        if other != uid:
            one_ = d.DashboardLink(title).type(m.DashboardLinkType.LINK).url(f"/d/{other}").icon("dashboard")
            made.append(one_.keep_time(True).include_vars(True))
    return made


def _annotation(name: str, expression: str, colour: str, title: str, text: str) -> Any:
    query = prometheus.Dataquery().datasource(SOURCE).ref_id("Anno").expr(expression).range()
    made = d.AnnotationQuery().name(name).datasource(SOURCE).enable(True).icon_color(colour)
    return made.target(query).title_format(title).text_format(text)


def outages(pick: dict[str, str]) -> Any:
    """Stretches in which a service was down."""
    expression = f"{one('service', of(n.SERVICE_STATE, pick, state='down'))} == 1"
    return _annotation("Outages", expression, looks.RED, "{{service}} down", "confirmed outage")


def maintenance(pick: dict[str, str]) -> Any:
    """Stretches that maintenance or a correction takes out of the account."""
    expression = f"{one('agreement, service', of(n.IN_MAINTENANCE, pick))} == 1"
    return _annotation("Maintenance", expression, looks.PINK, "{{service}} in maintenance", "excluded of {{agreement}}")


def reloads() -> Any:
    """When the catalogue was loaded anew."""
    expression = f"changes({of(n.RELOAD_TIME)}[$__interval]) > 0"
    return _annotation("Catalogue loaded", expression, looks.SKY, "catalogue loaded", "{{instance}}")


def _deployments() -> m.AnnotationQuery:
    """Those that a deployment job told Grafana of, by their tag."""
    made = d.AnnotationQuery().name("Deployments").enable(True).icon_color(looks.SKY)
    made = made.datasource(mc.DataSourceRef(type_val="grafana", uid="-- Grafana --"))
    found = made.build()
    found.target = {"type": "tags", "tags": [DEPLOYMENT], "limit": 100, "matchAny": True, "refId": "Anno"}
    return found


class _Made:
    def __init__(self, made: m.AnnotationQuery) -> None:
        self._made = made

    def build(self) -> m.AnnotationQuery:
        return self._made


def board(
    uid: str,
    description: str,
    variables: Sequence[Any],
    panels: Sequence[Any],
    annotations: Sequence[Any] = (),
    since: str = "now-24h",
) -> dict[str, Any]:
    """A dashboard as classic JSON. Panels go from left to right; Grafana stacks them on a narrow screen."""
    made = d.Dashboard(f"slamon / {BOARDS[uid]}").uid(uid).description(description).tags([TAG])
    made = made.readonly().time(since, "now").refresh("1m").timezone("browser").tooltip(m.DashboardCursorSync.CROSSHAIR)
    for variable in (source(), *variables):
        made = made.with_variable(variable)
    for other in _links(uid):
        made = made.link(other)
    for annotation in annotations:
        made = made.annotation(annotation)
    if annotations:
        made = made.annotation(_Made(_deployments()))  # type: ignore[arg-type]
    for i, panel in enumerate(panels):
        made = made.with_panel(panel.id(i + 1))
    found: dict[str, Any] = json.loads(json.dumps(made.build(), cls=JSONEncoder))
    _mend(found)
    _place(found["panels"])
    return found


def _mend(found: dict[str, Any]) -> None:
    """What the SDK writes and Grafana's own types do not know, or want besides."""
    for shown in (*found["links"], *found["annotations"]["list"]):
        del shown["placement"]  # it would hide them in a menu
    for variable in found["templating"]["list"]:
        for key in ("auto", "auto_min", "auto_count"):
            del variable[key]  # of interval variables only
    for panel in found["panels"]:
        if panel["type"] == "table":
            del panel["options"]["footer"]
            panel["fieldConfig"]["defaults"]["custom"]["cellOptions"] = {"type": "auto"}


def _place(panels: Sequence[dict[str, Any]]) -> None:
    """Left to right and down, a row as high as its highest."""
    x = y = high = 0
    for panel in panels:
        place = panel["gridPos"]
        if x + place["w"] > WIDTH:
            x, y, high = 0, y + high, 0
        place["x"], place["y"] = x, y
        x, high = x + place["w"], max(high, place["h"])
