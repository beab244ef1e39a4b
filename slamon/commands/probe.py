"""`slamon probe`: one probe, now, explained. Nothing is recorded."""

import asyncio
import json
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import typer
from rich.console import RenderableType

from slamon.accounting.facts import Verdict
from slamon.catalogue import Catalogue, CheckModel
from slamon.catalogue.problems import did_you_mean
from slamon.commands import tables
from slamon.commands.certificates import certificates, tls_values
from slamon.commands.formats import Format
from slamon.commands.places import catalogue, ledger_path
from slamon.commands.told import Told, told
from slamon.errors import SlamonError, UsageError
from slamon.probes import ProbeContext, load, made_ready
from slamon.probes.outcome import NothingFoundError, Outcome, ProbeNotRunError

Finding = Outcome | ProbeNotRunError | Told
Pair = tuple[CheckModel, Finding]

_AT_ONCE = 50
_NAMED = 10


def probe(config: Path, what: str, data: Path | None, *, output: Format) -> int:
    """Probe the checks of `what` once. 1 when one is down, 3 when one could not be probed."""
    loaded = catalogue(config)
    pairs = found(chosen(loaded, what), ledger_path(loaded, data).parent)
    if output is Format.JSON:
        typer.echo(json.dumps([_json(check, finding) for check, finding in pairs], indent=1, ensure_ascii=False))
    else:
        tables.show(sheet("Probed once", pairs), *_details(pairs))
    return exit_code(pairs)


def chosen(loaded: Catalogue, what: str) -> list[CheckModel]:
    """The checks of `service` or the one of `service/check`; UsageError names what there is."""
    service_id, _, check_id = what.partition("/")
    service = loaded.services.get(service_id)
    if service is None:
        raise _unknown("there is no service", service_id, list(loaded.services))
    if not service.checks:
        others = dict.fromkeys(other for group in service.depends_on for other in group)
        raise UsageError(f"{service_id} has no checks of its own: probe what it depends on, {', '.join(others)}")
    if not check_id:
        return list(service.checks.values())
    if check_id not in service.checks:
        raise _unknown(f"{service_id} has no check", check_id, list(service.checks))
    return [service.checks[check_id]]


def _unknown(sentence: str, word: str, known: Sequence[str]) -> UsageError:
    there = ", ".join(known[:_NAMED]) + (", ..." if len(known) > _NAMED else "")
    hint = did_you_mean(word, known)
    return UsageError(f"{sentence} {word!r}; there are: {there or 'none'}" + (f"; {hint}" if hint else ""))


def found(checks: Sequence[CheckModel], data: Path, done: Callable[[], object] = lambda: None) -> list[Pair]:
    """Each check probed once, or what the system that runs on `data` was told of it; in order."""
    told_of = told(checks, data)
    asked = {check.id: finding for check, finding in probed([check for check in checks if check.probed], done)}
    return [(check, asked[check.id] if check.probed else told_of[check.id]) for check in checks]


def probed(
    checks: Sequence[CheckModel], done: Callable[[], object] = lambda: None
) -> list[tuple[CheckModel, Outcome | ProbeNotRunError]]:
    """Each check probed once, some at a time; `done` is told of each."""
    load(checks)  # beforehand: it would take its time from the probes beside it
    return list(zip(checks, asyncio.run(_once(checks, done)), strict=True))


async def _once(checks: Sequence[CheckModel], done: Callable[[], object]) -> list[Outcome | ProbeNotRunError]:
    context, turns = ProbeContext(evidence=True), asyncio.Semaphore(_AT_ONCE)
    loop = asyncio.get_running_loop()

    async def one(check: CheckModel) -> Outcome | ProbeNotRunError:
        async with turns:
            try:
                return await made_ready(check, context)(loop.time() + check.timeout_ms / 1000)
            except ProbeNotRunError as error:
                return error
            finally:
                done()

    return list(await asyncio.gather(*(one(check) for check in checks)))


def exit_code(pairs: Sequence[Pair]) -> int:
    """0 when nothing is down; 1 when something is; 3 when of something no observation came."""
    if any(isinstance(finding, ProbeNotRunError) for _, finding in pairs):
        return SlamonError.exit_code
    return int(any(_is_down(finding) for _, finding in pairs))


def _is_down(finding: Finding) -> bool:
    if isinstance(finding, Told):
        return finding.state == Verdict.DOWN.value
    return isinstance(finding, Outcome) and finding.verdict is Verdict.DOWN


# -- how it is printed


def sheet(title: str, pairs: Sequence[Pair]) -> tables.Sheet:
    """One row a check."""
    heads = tables.columns(
        "check", "kind", "verdict", "took", "reason", "found", keys=("check",), right=("took",), free=("found",)
    )
    return tables.Sheet(title, heads, [_row(check, finding) for check, finding in pairs])


def _row(check: CheckModel, finding: Finding) -> list[tables.Cell]:
    if isinstance(finding, ProbeNotRunError):
        return [check.id, check.kind, tables.coloured(_unobserved(finding)), "-", "", str(finding)]
    if isinstance(finding, Told):
        return [check.id, check.kind, tables.coloured(finding.state or "not asked"), "-", "", finding.message]
    reason = finding.reason.value if finding.reason else ""
    took = "-" if finding.duration_us is None else f"{finding.duration_us / 1000:.1f} ms"
    return [check.id, check.kind, tables.coloured(finding.verdict.value), took, reason, finding.message]


def _unobserved(error: ProbeNotRunError) -> str:
    """A probe without an outcome: what it asked has no answer, or it could not be run."""
    return "unknown" if isinstance(error, NothingFoundError) else "not run"


def _details(pairs: Sequence[Pair]) -> list[RenderableType]:
    shown: list[RenderableType] = []
    for check, finding in pairs:
        if not isinstance(finding, ProbeNotRunError):
            heads = tables.columns("what", "value", keys=("what",), free=("value",))
            shown += ["", tables.Sheet(check.id, heads, _facts(check, finding))]
    return shown


def _facts(check: CheckModel, finding: Outcome | Told) -> list[list[tables.Cell]]:
    facts: list[list[tables.Cell]] = [["target", check.target]]
    if isinstance(finding, Told):
        return facts + [[name, value] for name, value in finding.facts()]
    facts += [["address", finding.address]] if finding.address else []
    facts += [[f"phase {name}", f"{microseconds / 1000:.2f} ms"] for name, microseconds in finding.phases.items()]
    if finding.certificate_expiry is not None:
        facts.append(["certificate ends", tables.moment(finding.certificate_expiry * 1000)])
    for name, value in finding.details.items():
        facts.append([name, value])
    return facts + (certificates(finding.tls, time.time()) if finding.tls is not None else [])


def _json(check: CheckModel, finding: Finding) -> dict[str, Any]:
    if isinstance(finding, ProbeNotRunError):
        return {"check": check.id, "kind": check.kind, "verdict": None, "message": str(finding)}
    if isinstance(finding, Told):
        state = {"verdict": None, "state": finding.state, "message": finding.message, "report": finding.report}
        return {"check": check.id, "kind": check.kind, "target": check.target, **state}
    return {
        "check": check.id,
        "kind": check.kind,
        "target": check.target,
        "verdict": finding.verdict.value,
        "reason": finding.reason.value if finding.reason else None,
        "message": finding.message,
        "duration_us": finding.duration_us,
        "phases_us": finding.phases,
        "address": finding.address,
        "certificate_expiry": finding.certificate_expiry,
        "details": finding.details,
        "tls": tls_values(finding.tls) if finding.tls is not None else None,
    }
