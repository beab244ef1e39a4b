"""`slamon probe`: one probe, now, explained. Nothing is recorded."""

import asyncio
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import typer

from slamon.accounting.facts import Verdict
from slamon.catalogue import Catalogue, CheckModel
from slamon.commands import tables
from slamon.commands.places import catalogue
from slamon.errors import UsageError
from slamon.probes import KINDS, ProbeContext
from slamon.probes.outcome import Outcome, ProbeNotRunError

Finding = Outcome | ProbeNotRunError


async def _once(checks: Sequence[CheckModel]) -> list[Finding]:
    context = ProbeContext()
    loop = asyncio.get_running_loop()

    async def one(check: CheckModel) -> Finding:
        try:
            return await KINDS[check.kind](check.options, context)(loop.time() + check.timeout_ms / 1000)
        except ProbeNotRunError as error:
            return error

    return list(await asyncio.gather(*(one(check) for check in checks)))


def chosen(loaded: Catalogue, what: str) -> list[CheckModel]:
    """The checks of `service` or the one of `service/check`; UsageError names what there is."""
    service_id, _, check_id = what.partition("/")
    service = loaded.services.get(service_id)
    if service is None:
        raise UsageError(f"there is no service {service_id!r}; there are: {', '.join(loaded.services)}")
    if not check_id:
        return list(service.checks.values())
    if check_id not in service.checks:
        raise UsageError(f"{service_id} has no check {check_id!r}; there are: {', '.join(service.checks)}")
    return [service.checks[check_id]]


def probe_all(checks: Sequence[CheckModel]) -> tuple[list[list[str]], bool]:
    """Rows of a table (check, kind, verdict, took, found) and whether one is down or could not be probed."""
    findings = asyncio.run(_once(checks))
    rows = [_row(check, finding) for check, finding in zip(checks, findings, strict=True)]
    return rows, any(_bad(finding) for finding in findings)


def _bad(finding: Finding) -> bool:
    return isinstance(finding, ProbeNotRunError) or finding.verdict is Verdict.DOWN


def _row(check: CheckModel, finding: Finding) -> list[str]:
    if isinstance(finding, ProbeNotRunError):
        return [check.id, check.kind, "not run", "-", str(finding)]
    took = f"{finding.duration_us / 1000:.1f} ms"
    return [check.id, check.kind, tables.coloured(finding.verdict.value), took, finding.message]


def _json(check: CheckModel, finding: Finding) -> dict[str, Any]:
    if isinstance(finding, ProbeNotRunError):
        return {"check": check.id, "kind": check.kind, "verdict": None, "message": str(finding)}
    return {
        "check": check.id,
        "kind": check.kind,
        "verdict": finding.verdict.value,
        "reason": finding.reason.value if finding.reason else None,
        "message": finding.message,
        "duration_us": finding.duration_us,
        "phases_us": finding.phases,
        "address": finding.address,
        "certificate_expiry": finding.certificate_expiry,
        "details": finding.details,
    }


def probe(config: Path, what: str, *, output: str) -> int:
    """Probe the checks of `what` once. 1 when one is down or could not be run."""
    checks = chosen(catalogue(config), what)
    findings = asyncio.run(_once(checks))
    pairs = list(zip(checks, findings, strict=True))
    if output == "json":
        typer.echo(json.dumps([_json(check, finding) for check, finding in pairs], indent=1, ensure_ascii=False))
    else:
        _print(pairs)
    return int(any(_bad(finding) for finding in findings))


def _print(pairs: Sequence[tuple[CheckModel, Finding]]) -> None:
    out = tables.console()
    rows = [_row(check, finding) for check, finding in pairs]
    out.print(tables.table("Probed once", ["check", "kind", "verdict", "took", "found"], rows, ["took"]))
    for check, finding in pairs:
        if isinstance(finding, Outcome):
            out.print(_details(check, finding))


def _details(check: CheckModel, finding: Outcome) -> Any:
    facts = [[f"phase {name}", f"{microseconds / 1000:.2f} ms"] for name, microseconds in finding.phases.items()]
    facts += [["address", finding.address]] if finding.address else []
    if finding.certificate_expiry is not None:
        facts.append(["certificate expires", tables.moment(finding.certificate_expiry * 1000)])
    facts += [[name, value] for name, value in finding.details.items()]
    return tables.table(check.id, ["what", "value"], facts)
