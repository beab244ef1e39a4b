"""Panels as this house wants them: unit, description, no gaps that lie, one colour for what no metric judges."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from grafana_foundation_sdk.builders import common as c
from grafana_foundation_sdk.builders import dashboard as d
from grafana_foundation_sdk.builders import heatmap, prometheus, stat, statetimeline, table, timeseries
from grafana_foundation_sdk.models import common as mc
from grafana_foundation_sdk.models import dashboard as m
from grafana_foundation_sdk.models import heatmap as mh
from grafana_foundation_sdk.models import prometheus as mp

from grafana import looks

NOTHING = "no data"
SOURCE = mc.DataSourceRef(type_val="prometheus", uid="${datasource}")
STAT_H, TABLE_H, GRAPH_H = 4, 9, 9
POINTS, FEW_POINTS = 240, 100
"""So many points a line has at most, and one of many lines: what a query costs does not grow with the screen."""

Codes = Mapping[str, tuple[int, str]]


@dataclass(frozen=True, slots=True)
class Ask:
    """One query: expression, legend; `interval` the least step."""

    expression: str
    legend: str = ""
    interval: str = ""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table: the label or `Value #A` that it shows, its title and looks. `link`: where a click leads."""

    of: str
    title: str
    unit: str = ""
    decimals: int | None = None
    codes: Codes | None = None
    link: str = ""
    width: int | None = None


@dataclass(frozen=True, slots=True)
class Words:
    """What every panel has: title, how its number is made, unit."""

    title: str
    description: str
    unit: str = "short"
    decimals: int | None = None
    more: Mapping[str, Any] = field(default_factory=dict)


def _query(ask: Ask, ref: str, *, instant: bool, form: mp.PromQueryFormat) -> prometheus.Dataquery:
    query = prometheus.Dataquery().datasource(SOURCE).ref_id(ref).expr(ask.expression).format(form)
    query = query.legend_format(ask.legend or "__auto")
    query = query.instant() if instant else query.range()
    return query.interval(ask.interval) if ask.interval else query


def _common(panel: Any, words: Words, width: int, height: int) -> Any:
    panel = panel.title(words.title).description(words.description).datasource(SOURCE).unit(words.unit)
    panel = panel.span(width).height(height).no_value(NOTHING).thresholds(_builder(looks.plain()))
    return panel if words.decimals is None else panel.decimals(words.decimals)


def _builder(value: Any) -> Any:
    """The SDK wants builders where there are models."""

    class Built:
        def build(self) -> Any:
            return value

    return Built()


def _targets(panel: Any, asks: Sequence[Ask], *, instant: bool, form: mp.PromQueryFormat) -> Any:
    for i, ask in enumerate(asks):
        panel = panel.with_target(_query(ask, chr(ord("A") + i), instant=instant, form=form))
    return panel


def number(
    words: Words,
    expression: str,
    *,
    codes: Codes | None = None,
    alarming: str = "",
    width: int = 6,
    spark: bool = False,
) -> Any:
    """One number as of now, a word where `codes` says so; `alarming`: its colour from one on."""
    panel = _common(stat.Panel(), words, width, STAT_H)
    panel = _targets(panel, [Ask(expression)], instant=not spark, form=mp.PromQueryFormat.TIME_SERIES)
    panel = panel.graph_mode(mc.BigValueGraphMode.AREA if spark else mc.BigValueGraphMode.NONE)
    panel = panel.text_mode(mc.BigValueTextMode.VALUE).color_mode(mc.BigValueColorMode.VALUE)
    panel = panel.reduce_options(c.ReduceDataOptions().calcs(["lastNotNull"]).values(False).fields(""))
    if alarming:
        panel = panel.thresholds(_builder(looks.none_is_good(alarming)))
    return panel.mappings(looks.words(codes)) if codes else panel


def rows(
    words: Words,
    asks: Sequence[Ask],
    columns: Sequence[Column],
    *,
    worst: str,
    descending: bool = True,
    width: int = 24,
    height: int = TABLE_H,
) -> Any:
    """A table as of now; `worst`: the title of the column that it is sorted by."""
    panel = _targets(_common(table.Panel(), words, width, height), asks, instant=True, form=mp.PromQueryFormat.TABLE)
    if len(asks) > 1:
        panel = panel.with_transformation(m.DataTransformerConfig(id_val="merge", options={}))
    shown = {column.of: column.title for column in columns}
    picked = {"include": {"names": list(shown)}}
    panel = panel.with_transformation(m.DataTransformerConfig(id_val="filterFieldsByName", options=picked))
    order = {column.of: i for i, column in enumerate(columns)}
    options = {"excludeByName": {}, "indexByName": order, "renameByName": shown}
    panel = panel.with_transformation(m.DataTransformerConfig(id_val="organize", options=options))
    panel = panel.sort_by([c.TableSortByFieldState().display_name(worst).desc(descending)]).show_header(True)
    for column in columns:
        panel = panel.override_by_name(column.title, list(_looks(column)))
    return panel


def _looks(column: Column) -> Sequence[m.DynamicConfigValue]:
    found: dict[str, Any] = {}
    if column.unit:
        found["unit"] = column.unit
    if column.decimals is not None:
        found["decimals"] = column.decimals
    if column.codes:
        found["mappings"] = looks.words(column.codes)
        found["custom.cellOptions"] = {"type": "color-text"}
    if column.link:
        found["links"] = [{"title": f"Open {column.title}", "url": column.link}]
    if column.width:
        found["custom.width"] = column.width
    return [m.DynamicConfigValue(id_val=key, value=value) for key, value in found.items()]


def lines(
    words: Words,
    asks: Sequence[Ask],
    *,
    width: int = 24,
    agreed: Sequence[str] = (),
    stacked: bool = False,
    bars: bool = False,
    steps: bool = False,
    least: float | None = None,
    points: int = POINTS,
) -> Any:
    """Lines over time. `agreed`: legends' patterns of what is agreed, drawn dashed; `least`: where the axis begins."""
    panel = _targets(
        _common(timeseries.Panel(), words, width, GRAPH_H), asks, instant=False, form=mp.PromQueryFormat.TIME_SERIES
    )
    panel = panel.legend(_legend()).tooltip(c.VizTooltipOptions().mode(mc.TooltipDisplayMode.MULTI))
    panel = panel.max_data_points(points)
    panel = panel.span_nulls(False).show_points(mc.VisibilityMode.AUTO).line_width(2).fill_opacity(25 if stacked else 0)
    panel = panel.color_scheme(d.FieldColor().mode(m.FieldColorModeId.PALETTE_CLASSIC_BY_NAME))
    if stacked:
        panel = panel.stacking(c.StackingConfig().mode(mc.StackingMode.NORMAL).group("A"))
    if bars:
        panel = panel.draw_style(mc.GraphDrawStyle.BARS).fill_opacity(70)
    if steps:
        panel = panel.line_interpolation(mc.LineInterpolation.STEP_AFTER)
    if least is not None:
        panel = panel.min(least)
    for pattern in agreed:
        dashed = {"fill": "dash", "dash": [8, 6]}
        look = [
            m.DynamicConfigValue(id_val="custom.lineStyle", value=dashed),
            m.DynamicConfigValue(id_val="color", value={"mode": "fixed", "fixedColor": looks.RED}),
        ]
        panel = panel.override_by_regexp(pattern, look)
    for name, colour in words.more.items():
        fixed = {"mode": "fixed", "fixedColor": colour}
        panel = panel.override_by_name(name, [m.DynamicConfigValue(id_val="color", value=fixed)])
    return panel


def _legend() -> c.VizLegendOptions:
    """Below, so that a narrow screen keeps its width for the graph."""
    options = c.VizLegendOptions().display_mode(mc.LegendDisplayMode.LIST)
    return options.placement(mc.LegendPlacement.BOTTOM).show_legend(True)


def timeline(
    words: Words, ask: Ask, codes: Codes, *, width: int = 24, height: int = GRAPH_H, points: int = POINTS
) -> Any:
    """States over time, as words; the expression is a number that always exists, never a gap."""
    panel = _targets(
        _common(statetimeline.Panel(), words, width, height), [ask], instant=False, form=mp.PromQueryFormat.TIME_SERIES
    )
    panel = panel.mappings(looks.words(codes)).merge_values(True).show_value(mc.VisibilityMode.AUTO)
    panel = panel.legend(_legend()).color_scheme(d.FieldColor().mode(m.FieldColorModeId.THRESHOLDS))
    panel = panel.max_data_points(points)
    return panel.row_height(0.9).fill_opacity(85).tooltip(c.VizTooltipOptions().mode(mc.TooltipDisplayMode.SINGLE))


def heat(words: Words, expression: str, *, width: int = 24) -> Any:
    """A histogram's buckets over time; from pale to dark in one colour."""
    panel = _targets(
        _common(heatmap.Panel(), words, width, GRAPH_H),
        [Ask(expression, "{{le}}")],
        instant=False,
        form=mp.PromQueryFormat.HEATMAP,
    )
    colours = heatmap.HeatmapColorOptions().mode(mh.HeatmapColorMode.SCHEME).scheme("Blues").steps(64).reverse(False)
    axis = heatmap.YAxisConfig().unit(words.unit).axis_placement(mc.AxisPlacement.LEFT)
    panel = panel.max_data_points(POINTS)
    return panel.calculate(False).color(colours).y_axis(axis).show_legend().cell_gap(1).exemplars_color(looks.PINK)
