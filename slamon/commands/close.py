"""`slamon close` and `slamon verify`: periods frozen, approved, disputed, restated, and compared with the ledger."""

import json
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import typer

from slamon.accounting import parse_period
from slamon.catalogue import Catalogue
from slamon.commands import tables
from slamon.commands.control import Control
from slamon.commands.formats import Format
from slamon.commands.places import catalogue, ledger_path
from slamon.commands.register import entered
from slamon.errors import SlamonError, UsageError
from slamon.figures import Figures
from slamon.ledger import Entry, broken, frozen, register
from slamon.ledger.register import CorrectionState, Standing, corrections, standings
from slamon.running.closings import CLOSING, RESTATEMENT, Closing, closing_of, closings
from slamon.running.entering import must_be_agreement
from slamon.running.freezing import Content, NotStoredYet, entry_value, freeze, to_close, unsettled, with_names
from slamon.running.stored import figures_of, known_figures
from slamon.running.verifying import differences, first_difference
from slamon.shown import instant_text


@dataclass(frozen=True, slots=True)
class Place:
    """Where catalogue and ledger are, and whether slamon runs."""

    config: Path
    data: Path | None
    loaded: Catalogue
    path: Path
    running: bool

    @classmethod
    def of(cls, config: Path, data: Path | None) -> "Place":
        """Looks."""
        loaded = catalogue(config, data)
        path = ledger_path(loaded, data)
        return cls(config, data, loaded, path, Control(path.parent).alive())

    def figures(self, period: str, at: int) -> tuple[Figures, int]:
        """Figures of what is stored, and up to when they are known (ms): `at`, or the newest commit before it."""
        return known_figures(self.loaded, self.path, period, at, running=self.running)

    def enter(self, value: Mapping[str, Any]) -> dict[str, Any]:
        """Put it into the register."""
        return entered(self.config, self.data, value)


def _now() -> int:
    return time.time_ns() // 1_000_000


def _chosen(place: Place, period: str, agreement: str | None) -> list[str]:
    """The agreements meant: the one named, else those that are settled by this kind of period."""
    try:
        kind = parse_period(period, "UTC").kind
    except ValueError as error:
        raise UsageError(str(error)) from None
    if agreement is not None:
        must_be_agreement(place.loaded, agreement)
        return [agreement]
    found = [name for name, model in place.loaded.agreements.items() if kind is not None and model.period is kind]
    if not found:
        raise UsageError(f"no agreement is settled by periods as {period}: name one with --agreement ID")
    return found


def close(config: Path, data: Path | None, period: str, agreement: str | None, author: str) -> int:
    """Close a period of one agreement, or of all of this kind of period that are not closed yet; all are settled."""
    place = Place.of(config, data)
    names = _chosen(place, period, agreement)
    entries = register(place.path)
    done = closings(entries)
    coming = [name for name in names if (name, period) not in done]
    if not coming:
        raise UsageError("; ".join(_closed_already(done[name, period]) for name in names))
    contents = _settled(place, period, coming)
    for name in coming:
        made = place.enter(entry_value(CLOSING, name, period, author, entries, contents[name]))
        typer.echo(f"{period} of {name} closed at {instant_text(made['entered_ms'])}, entry {made['entries'][0]}")
        for word in (*_sums(contents[name], entries, place), *_waiting(contents[name], entries)):
            typer.echo(word)
    return 0


def _closed_already(closing: Closing) -> str:
    first = closing.entries[0]
    return f"{closing.period} of {closing.agreement} was closed by {first.author} at {instant_text(first.entered)}"


def _settled(place: Place, period: str, names: Iterable[str]) -> dict[str, Content]:
    """The frozen contents by agreement; UsageError where one cannot be closed, with all that is not settled."""
    now = _now()
    figures, at = place.figures(period, now)
    try:
        periods = {name: to_close(figures, name, period, at, now) for name in names}
    except NotStoredYet as error:
        raise UsageError(f"{period} is over, and nothing was closed: {error}. Try again later") from None
    open_ = [f"{name}: {why}" for name, found in periods.items() for why in unsettled(figures, name, found, at)]
    if open_:
        raise UsageError(f"{period} is not settled yet, nothing was closed. {'. '.join(open_)}. Try again later")
    return {name: freeze(figures, name, found, at) for name, found in periods.items()}


def restate(config: Path, data: Path | None, period: str, agreement: str | None, author: str, reason: str) -> int:
    """Restate a closed period by all that was entered since; tells both. Each agreement that does not differ stays."""
    place = Place.of(config, data)
    entries = register(place.path)
    names = [closing.agreement for closing in _closed(place, entries, period, agreement)]
    contents = _settled(place, period, names)
    told = 0
    for name in names:
        closing = closing_of(entries, name, period)
        assert closing is not None
        before = _content(place, closing.frozen[-1])
        changed = differences(before, contents[name])
        if not changed:
            continue
        number = len(closing.frozen)
        made = place.enter(entry_value(RESTATEMENT, name, period, author, entries, contents[name], reason=reason))
        typer.echo(
            f"{period} of {name}: restatement {number} at {instant_text(made['entered_ms'])} by {author}: {reason}"
        )
        for line in changed:
            typer.echo(f"  {line}")
        told += 1
    if not told:
        raise UsageError(f"nothing differs from what was closed: {period} needs no restatement")
    return 0


def _closed(place: Place, entries: Sequence[Entry], period: str, agreement: str | None) -> list[Closing]:
    """The closings meant; UsageError where there is none."""
    if agreement is not None:
        must_be_agreement(place.loaded, agreement)
    found = [c for c in closings(entries).values() if c.period == period and agreement in (None, c.agreement)]
    if not found:
        _chosen(place, period, agreement)
        whose = "" if agreement is None else f" of {agreement}"
        raise UsageError(f"{period}{whose} is provisional: close it first, with slamon close {period} --author NAME")
    return found


def say(config: Path, data: Path | None, what: str, period: str, agreement: str | None, author: str, text: str) -> int:
    """Approve (`approval`) or dispute (`dispute`) a closed period."""
    place = Place.of(config, data)
    for closing in _closed(place, register(place.path), period, agreement):
        value = {"what": what, "agreement": closing.agreement, "period": period, "author": author, "text": text}
        made = place.enter(value)
        word = "approved" if what == "approval" else "disputed"
        typer.echo(f"{period} of {closing.agreement} {word} by {author} at {instant_text(made['entered_ms'])}")
    return 0


def _content(place: Place, entry: Entry) -> Content:
    text = frozen(place.path, entry)
    if text is None:
        raise SlamonError(f"what entry {entry.id} froze was changed by hand, or is gone: restore a backup")
    return dict(json.loads(text))


# -- a longer period beside its parts


def _sums(content: Content, entries: Sequence[Entry], place: Place) -> Iterator[str]:
    """Where closed shorter periods tile this one and do not sum to it: which, and their restatements."""
    start, end = content["period"]["start_ms"], content["period"]["end_ms"]
    parts = [c for c in closings(entries).values() if c.agreement == content["agreement"]]
    inside = [c for c in parts if start <= _edge(c, "start_ms") and _edge(c, "end_ms") <= end]
    inside.sort(key=lambda c: _edge(c, "start_ms"))
    at = start
    chain = []
    for closing in inside:
        if _edge(closing, "start_ms") == at:
            chain.append(closing)
            at = _edge(closing, "end_ms")
    if at != end:
        return
    whole = _downtimes([content])
    summed = _downtimes(_content(place, closing.frozen[-1]) for closing in chain)
    for service, downtime in whole.items():
        if summed.get(service) != downtime:
            restated = [f"{c.period} ({len(c.frozen) - 1})" for c in chain if len(c.frozen) > 1]
            yield (
                f"{service}: {downtime} ms downtime here, {summed.get(service, 0)} ms in {chain[0].period} to "
                f"{chain[-1].period}; restatements: {', '.join(restated) or 'none'}"
            )


def _edge(closing: Closing, key: str) -> int:
    return int(closing.entries[0].body[key])


def _downtimes(contents: Iterable[Content]) -> dict[str, int]:
    found: dict[str, int] = {}
    for content in contents:
        for figure in content["figures"]:
            found[figure["service"]] = found.get(figure["service"], 0) + figure["downtime_ms"]
    return found


# -- telling


def listed(config: Path, data: Path | None, agreement: str | None, output: Format) -> int:
    """Print every closed period with its state."""
    place = Place.of(config, data)
    if agreement is not None:
        must_be_agreement(place.loaded, agreement)
    found = [c for c in closings(register(place.path)).values() if agreement in (None, c.agreement)]
    if output is Format.JSON:
        told = [
            {"agreement": c.agreement, "period": c.period, "state": c.state.value, "entries": _said(c)} for c in found
        ]
        typer.echo(json.dumps({"closings": told}, indent=1, ensure_ascii=False))
    elif found:
        rows = [
            (c.period, c.agreement, c.state.value, e.kind, e.author, tables.moment(e.entered), _words(e))
            for c in found
            for e in c.entries
        ]
        names = ("period", "agreement", "state", "entry", "by", "at", "text")
        tables.show(
            tables.Sheet("Closed periods", tables.columns(*names, keys=("period", "agreement"), free=("text",)), rows)
        )
    else:
        typer.echo("no period is closed: all are provisional", err=True)
    return 0


def _said(closing: Closing) -> list[dict[str, Any]]:
    return [
        {"id": e.id, "kind": e.kind, "author": e.author, "entered_ms": e.entered, **e.body} for e in closing.entries
    ]


def _words(entry: Entry) -> str:
    text = str(entry.body.get("text") or entry.body.get("reason") or "")
    number = entry.body.get("number")
    return " ".join(f"{f'{number}: ' if number else ''}{text}".split())


def show(config: Path, data: Path | None, period: str, agreement: str | None, output: Format) -> int:
    """Print what was frozen, the closing and each restatement."""
    place = Place.of(config, data)
    entries = register(place.path)
    told: list[dict[str, Any]] = [
        {
            "agreement": closing.agreement,
            "period": period,
            "state": closing.state.value,
            "number": number,
            "author": entry.author,
            "entered_ms": entry.entered,
            "reason": entry.body.get("reason"),
            "content": with_names(_content(place, entry), corrections(entries)),
        }
        for closing in _closed(place, entries, period, agreement)
        for number, entry in enumerate(closing.frozen)
    ]
    if output is Format.JSON:
        typer.echo(json.dumps({"closings": told}, indent=1, ensure_ascii=False))
        return 0
    names = ("agreement", "service", "number", "availability", "downtime", "verdict", "by", "at", "reason")
    rows = [
        (
            str(one["agreement"]),
            figure["service"],
            str(one["number"]),
            tables.percent(figure["availability"]),
            tables.duration(figure["downtime_ms"]),
            tables.coloured(figure["verdict"]),
            str(one["author"]),
            tables.moment(one["entered_ms"]),
            str(one["reason"] or ""),
        )
        for one in told
        for figure in one["content"]["figures"]
    ]
    columns = tables.columns(*names, keys=("agreement", "service"), right=("number", "availability"), free=("reason",))
    tables.show(tables.Sheet(f"{period}, as it was closed and restated", columns, rows))
    return 0


# -- verifying


def verify(config: Path, data: Path | None, period: str | None) -> int:
    """Follow the register's chain, then make each closed period anew and compare; 1 where something differs."""
    place = Place.of(config, data)
    found = broken(place.path)
    if found is not None:
        typer.echo(f"the register is broken at entry {found.id}: {found.why}")
        return 1
    entries = register(place.path)
    typer.echo(f"the register is whole: {len(entries)} entries")
    chosen = list(closings(entries).values()) if period is None else _closed(place, entries, period, None)
    differ = 0
    for closing in chosen:
        for number, entry in enumerate(closing.frozen):
            what = f"{closing.period} of {closing.agreement}" + (f", restatement {number}" if number else "")
            why = _difference(place, closing, entry)
            typer.echo(f"{what}: {why or 'as it was frozen'}")
            differ += why is not None
        for later in _later(closing, entries):
            typer.echo(later)
    return 1 if differ else 0


def _difference(place: Place, closing: Closing, entry: Entry) -> str | None:
    text = frozen(place.path, entry)
    if text is None:
        return f"what entry {entry.id} froze was changed by hand, or is gone"
    content = json.loads(text)
    figures, _ = figures_of(place.loaded, place.path, closing.period, content["at_ms"], running=place.running)
    return first_difference(figures, content)


def _later(closing: Closing, entries: Sequence[Entry]) -> Iterator[str]:
    """Corrections of the register that came into force or were revoked since and say something of the period."""
    frozen_at = closing.frozen[-1].id
    for standing in _inside(entries, closing.agreement, _edge(closing, "start_ms"), _edge(closing, "end_ms")):
        for entry in (standing.counted, standing.revoked if standing.counted is not None else None):
            if entry is not None and entry.id > frozen_at:
                yield (
                    f"  {entry.kind.replace('_', ' ')} {entry.id} by {entry.author} came after it: "
                    f"slamon close restate {closing.period} -a {closing.agreement} shows what it changes"
                )


def _inside(entries: Sequence[Entry], agreement: str, start: int, end: int) -> Iterator[Standing]:
    """An agreement's corrections that say something of a stretch of time."""
    for standing in standings(entries).values():
        body = standing.entry.body
        if standing.entry.agreement == agreement and body["start_ms"] < end and start < body["end_ms"]:
            yield standing


def _waiting(content: Content, entries: Sequence[Entry]) -> Iterator[str]:
    """Corrections that nobody has decided on: a closing does not wait for them."""
    period = content["period"]
    for standing in _inside(entries, content["agreement"], period["start_ms"], period["end_ms"]):
        if standing.state is CorrectionState.PENDING:
            yield f"correction {standing.entry.id} waits for approval, and is not in it"
