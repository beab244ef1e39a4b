"""What `slamon whatif` shows people: variants side by side, then period by period, and what must be said beside."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from rich.console import RenderableType

from slamon.commands.tables import Cell, Sheet, coloured, columns, duration, percent

Shown = Mapping[str, Any]
_REASONS = {
    "not_over": "not over",
    "not_in_service": "nothing was owed",
    "no_data": "nothing was seen",
    "insufficient_data": "too little was seen",
}


def whatif(answer: Shown) -> Iterator[RenderableType]:
    """The whole answer, table by table."""
    variants = answer["variants"]
    yield _summaries(variants)
    yield ""
    yield _periods(variants)
    if "proposals" in answer:
        yield ""
        yield _proposals(answer["proposals"])
        yield "\n" + "\n".join(line for proposal in answer["proposals"] for line in _beside(proposal))
    if "simulations" in answer:
        yield ""
        yield _simulations(answer)
        yield "\n" + "\n".join(_drawn(answer))
    if "replicas" in answer:
        yield ""
        yield from _replicas(answer["replicas"])
    yield "\nWhat if is no account: what was agreed stands in slamon account."


# -- variants


def _summaries(variants: Sequence[Shown]) -> Sheet:
    rows: list[list[Cell]] = []
    for variant in variants:
        for found in variant["summaries"]:
            judged = len(found["met"]) + len(found["breached"])
            whole = judged + len(found["left_out"])
            rows.append(
                [
                    variant["name"],
                    found["agreement"],
                    found["service"],
                    f"{len(found['met'])} of {whole}",
                    f"{len(found['breached'])}",
                    f"{len(found['left_out'])}",
                    percent(found["availability"]),
                    duration(found["downtime_ms"]),
                    _signed(found["left_ms"]),
                    percent(found["credit_sum"], 2),
                    ", ".join([*(f"+{name}" for name in found["newly_met"]), *_minus(found["newly_breached"])]),
                ]
            )
    keys = ("variant", "agreement", "service")
    numbers = ("met", "breached", "no verdict", "available", "downtime", "budget left", "credits")
    return Sheet("What if", columns(*keys, *numbers, "changed", keys=keys, right=numbers, free=("changed",)), rows)


def _minus(names: Sequence[str]) -> list[str]:
    return [f"-{name}" for name in names]


def _signed(milliseconds: int) -> str:
    return f"-{duration(-milliseconds)}" if milliseconds < 0 else duration(milliseconds)


def _points(ratio: str | None) -> str:
    """A difference in percentage points with its sign."""
    if ratio is None:
        return "-"
    said = percent(ratio).removesuffix(" %")
    return said if said.startswith("-") else f"+{said}"


def _periods(variants: Sequence[Shown]) -> Sheet:
    rows: list[list[Cell]] = []
    for variant in variants:
        for figure in variant["figures"]:
            other = figure["difference"]
            rows.append(
                [
                    variant["name"],
                    figure["agreement"],
                    figure["service"],
                    _period(figure),
                    _exact(figure["target"]),
                    percent(figure["availability"]),
                    _points(other["availability"]) if variant["terms"] else "",
                    coloured(figure["verdict"]),
                    duration(figure["downtime_ms"]),
                    _signed(figure["left_ms"]),
                    "-" if figure["credit"] is None else _exact(figure["credit"]),
                    percent(figure["coverage"], 2),
                ]
            )
    keys = ("variant", "agreement", "service", "period")
    numbers = ("target", "available", "points", "downtime", "budget left", "credit", "coverage")
    heads = columns(*keys, "target", "available", "points", "verdict", *numbers[3:], keys=keys, right=numbers)
    return Sheet("Period by period", heads, rows)


def _period(figure: Shown) -> str:
    period, revision = figure["period"], figure["revision"]
    name = period if isinstance(period, str) else period["name"]
    return str(name) if revision == 1 else f"{name} rev {revision}"


def _exact(ratio: str) -> str:
    """What was agreed, in per cent with all its digits."""
    whole, _, part = ratio.partition(".")
    part = part.ljust(2, "0")
    rest = part[2:].rstrip("0")
    return f"{int(whole + part[:2])}{'.' + rest if rest else ''} %"


# -- proposals


def _proposals(proposals: Sequence[Shown]) -> Sheet:
    rows: list[list[Cell]] = []
    for found in proposals:
        best = found["proposed"]
        counted = len(found["counted"])
        rows.append(
            [
                found["variant"],
                found["agreement"],
                found["service"],
                f"{found['keep']}",
                "none" if best is None else _exact(best["target"]),
                f"- of {counted}" if best is None else f"{best['kept']} of {counted}",
                "-" if best is None else percent(best["bound"], 1),
                "" if best is None else ", ".join(best["missed"]),
            ]
        )
    keys = ("variant", "agreement", "service")
    heads = ("to be kept", "target", "was kept", "at least")
    return Sheet(
        "The strictest target that would have been kept, usual or agreed",
        columns(*keys, *heads, "missed", keys=keys, right=heads, free=("missed",)),
        rows,
    )


def _beside(found: Shown) -> Iterator[str]:
    name = f"{found['variant']}: {found['agreement']}/{found['service']}"
    confidence = _exact(found["confidence"])
    best, counted = found["proposed"], len(found["counted"])
    if best is not None:
        yield (
            f"{name}: {_exact(best['target'])} was kept in {best['kept']} of {counted} periods; if periods are alike "
            f"and independent, one keeps it with a chance of at least {percent(best['bound'], 1)} "
            f"(Clopper-Pearson, {confidence} confidence)"
        )
    elif counted:
        yield f"{name}: no usual target was kept as often as asked in the {counted} periods that count"
    else:
        yield f"{name}: no period counts, so nothing can be proposed"
    for out in found["left_out"]:
        seen = "" if out["coverage"] is None else f", coverage {percent(out['coverage'], 2)}"
        had = "" if out["availability"] is None else f", available {percent(out['availability'])} of what was seen"
        yield f"{name}: {out['period']} is not counted: {_REASONS[out['reason']]}{seen}{had}"


# -- simulations


def _simulations(answer: Shown) -> Sheet:
    rows: list[list[Cell]] = []
    for found in answer["simulations"]:
        agreed = next((one for one in found["targets"] if one["target"] == found["target"]), None)
        rows.append(
            [
                found["variant"],
                found["agreement"],
                found["service"],
                found["period"]["name"],
                _exact(found["target"]),
                "-" if agreed is None else f"{percent(agreed['chance'], 1)} ± {_up(agreed['error'])}",
                percent(found["availability"].get("half")),
                percent(found["availability"].get("nine_of_ten")),
                str(found["outages"]),
                duration(found["longest_ms"]),
                duration(found["ahead_ms"]),
            ]
        )
    keys = ("variant", "agreement", "service", "period")
    numbers = ("target", "chance", "in half", "in nine of ten", "outages", "longest", "owed")
    runs = answer["simulation"]
    title = f"Simulated: {runs['runs']} periods to come, seed {runs['seed']}"
    return Sheet(title, columns(*keys, *numbers, keys=keys, right=numbers), rows)


def _up(error: str) -> str:
    """In per cent, a tenth at least."""
    tenths = int(float(error) * 1000) + 1
    return f"{tenths // 10}.{tenths % 10}"


def _drawn(answer: Shown) -> Iterator[str]:
    yield (
        "chance: the share of simulated periods that keep the target; in half, in nine of ten: the availability that "
        "so many reach.\nOutages begin at random at the measured rate (itself drawn: Gamma, Jeffreys' prior); their "
        "lengths are drawn from those measured,\nso none is longer than the longest. Time is measured time of the "
        "agreement: service hours, known maintenance left out."
    )
    for found in answer["simulations"]:
        name = f"{found['variant']}: {found['agreement']}/{found['service']}"
        if found["targets"]:
            continue
        if found["ahead_ms"] == 0:
            yield f"{name}: nothing is owed in {found['period']['name']}"
        elif found["no_outage"] is None:
            yield f"{name}: nothing was seen, so nothing can be drawn"
        else:
            yield (
                f"{name}: no outage was measured, so there are no lengths to draw; "
                f"the chance of none at all is {percent(found['no_outage'], 1)}"
            )


# -- replicas


def _replicas(replicas: Sequence[Shown]) -> Iterator[RenderableType]:
    yield (
        "ASSUMED: one more component fails INDEPENDENTLY of everything else, as often as the checks there are, and "
        "switching over takes no time.\nWhat they have in common (network, power, software) breaks this: the truth "
        "is worse."
    )
    rows: list[list[Cell]] = [
        [
            found["replica_of"],
            found["agreement"],
            found["service"],
            _period(found),
            percent(found["availability"]),
            percent(found["expected_availability"]),
            duration(found["downtime_ms"]),
            duration(found["expected_ms"]),
            _up_percent(found["failing"]),
            {True: "kept", False: "missed", None: "-"}[found["kept"]],
        ]
        for found in replicas
    ]
    keys = ("one more of", "agreement", "service", "period")
    numbers = ("available", "expected", "downtime", "expected downtime", "fails")
    heads = columns(*keys, *numbers, "target", keys=keys, right=numbers)
    yield Sheet("One more component", heads, rows)


def _up_percent(ratio: str) -> str:
    """Cut upward: what fails stands against the provider."""
    less = percent(ratio)
    whole, _, part = ratio.partition(".")
    if not part[5:].strip("0"):
        return less
    thousandths = int(whole + part[:5].ljust(5, "0")) + 1
    return f"{thousandths // 1000}.{thousandths % 1000:03d} %"
