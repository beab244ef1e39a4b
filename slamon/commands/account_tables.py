"""What `slamon account` shows people: figures, rolling windows, outages, and what must be said beside them."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from rich.console import RenderableType

from slamon.commands.tables import Cell, Sheet, coloured, columns, duration, figures_sheet, moment, percent
from slamon.ledger import Mark

_SHOWN = 20
Shown = Mapping[str, Any]


def account(answer: Shown, marks: Sequence[Mark] = ()) -> Iterator[RenderableType]:
    """The whole answer, table by table; `marks`: which facts were not observed here."""
    figures = answer["figures"]
    yield figures_sheet(figures, answer["at"])
    yield ""
    yield _windows("Availability in rolling windows", figures, "availability", percent)
    yield ""
    yield _windows("Budget burned in rolling windows", figures, "budget_burned", _percent_up)
    if any(figure["outages"] for figure in figures):
        yield ""
        yield _outages(figures)
    notes = [f"{_name(figure)}: {note}" for figure in figures for note in _notes(figure)]
    if notes:
        yield ""
        yield "\n".join(notes)
    imported = [note for mark in marks if (note := _imported(mark, figures)) is not None]
    if imported:
        yield "\n" + "\n".join(imported)
    yield "\nAccounting is by time; requests and users are not weighed."


def _imported(mark: Mark, figures: Sequence[Shown]) -> str | None:
    """Where facts of a figure's time come from, if not from here."""
    periods = [figure["period"] for figure in figures]
    if not any(mark.start < period["end_ms"] and period["start_ms"] < mark.end for period in periods):
        return None
    span = f"from {moment(mark.start)} to {moment(mark.end)}"
    if mark.kind == "demo":
        return f"demo: what the ledger says {span} was invented, not observed"
    return f"imported: {span}, {mark.words}"


def _name(figure: Shown) -> str:
    several = f" (revision {figure['revision']})" if figure["revision"] > 1 else ""
    return f"{figure['agreement']}/{figure['service']}{several}"


def _percent_up(ratio: str | None) -> str:
    """A ratio of zero or more in per cent, cut upward: it stands against the provider."""
    if ratio is None or not ratio[0].isdigit():
        return percent(ratio)
    less = percent(ratio, 1)
    whole, _, part = ratio.partition(".")
    if not part[3:].strip("0"):
        return less
    tenths = int(whole + part[:3].ljust(3, "0")) + 1
    return f"{tenths // 10}.{tenths % 10} %"


def _exact_percent(ratio: str) -> str:
    """What was agreed, in per cent with all its digits: never cut (section 8)."""
    whole, _, part = ratio.partition(".")
    part = part.ljust(2, "0")
    digits = part[2:].rstrip("0")
    return f"{int(whole + part[:2])}{'.' + digits if digits else ''} %"


def _windows(title: str, figures: Sequence[Shown], key: str, said: Callable[[str | None], str]) -> Sheet:
    """One row an agreement and service, whatever the revisions."""
    names = list(figures[0]["rolling"])
    once = {(figure["agreement"], figure["service"]): figure for figure in figures}
    rows = [[*ids, *(said(figure["rolling"][name][key]) for name in names)] for ids, figure in once.items()]
    ids = ("agreement", "service")
    return Sheet(title, columns(*ids, *names, keys=ids, right=names), rows)


def _outages(figures: Sequence[Shown]) -> Sheet:
    """The newest outages of all figures."""
    found = [(outage, figure) for figure in figures for outage in figure["outages"]]
    found.sort(key=lambda pair: pair[0]["start_ms"], reverse=True)
    rows: list[list[Cell]] = [
        [
            figure["agreement"],
            figure["service"],
            moment(outage["start_ms"]),
            coloured("down").append(" still") if outage["open"] else moment(outage["end_ms"]),
            duration(outage["end_ms"] - outage["start_ms"]),
            duration(outage["counted_ms"]),
        ]
        for outage, figure in found[:_SHOWN]
    ]
    title = "Outages" if len(found) <= _SHOWN else f"Outages, the newest {_SHOWN} of {len(found)}"
    keys, numbers = ("agreement", "service"), ("length", "counted")
    return Sheet(title, columns(*keys, "from", "to", *numbers, keys=keys, right=numbers), rows)


# -- what stands beside a figure


def _notes(figure: Shown) -> Iterator[str]:
    rules = [f"{key.removesuffix('_ms')} {_words(key, value)}" for key, value in figure["rules"].items()]
    if rules:
        yield f"rules: {', '.join(rules)}"
    if figure["blips"]:
        yield (
            f"{figure['blips']} blip(s), {duration(figure['blip_ms'])} in all, were not confirmed; "
            f"with confirm 1: {percent(figure['availability_confirm_1'])}"
        )
    yield from _corrections(figure)
    if figure["credit"] is not None:
        yield f"service credit due: {_exact_percent(figure['credit'])}"
    if "latency_objective" in figure:
        yield _latency(figure["latency_objective"])


def _words(key: str, value: object) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{number} for {check}" for check, number in value.items())
    if key.endswith("_ms") and isinstance(value, int):
        return duration(value)
    return _exact_percent(str(value)) if key == "min_coverage" else str(value)


def _corrections(figure: Shown) -> Iterator[str]:
    for c in figure["corrections"]:
        ticket = f", {c['ticket']}" if c["ticket"] else ""
        yield (
            f"correction to {c['kind']} from {moment(c['start_ms'])} to {moment(c['end_ms'])} by {c['author']} "
            f"({c['cause']}: {c['reason']}{ticket}) changes {duration(c['changed_ms'])}"
        )
    if figure["corrections"]:
        yield f"without corrections: {percent(figure['availability_uncorrected'])}"


def _latency(objective: Shown) -> str:
    words = f"latency: {objective['good']} of {objective['total']} within {objective['threshold_ms']} ms"
    if objective["ratio"] is None:
        return f"{words}, too few to judge"
    return (
        f"{words}: {percent(objective['ratio'])}, agreed {_exact_percent(objective['target'])}, {objective['verdict']}"
    )
