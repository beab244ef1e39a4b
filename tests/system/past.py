"""The demo's six invented weeks in a ledger, with no company and no slamon running."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path

from slamon.demo import backfill, catalogue

PORTS = {"shop": 20001, "api": 20002, "database": 20003, "mail": 20004, "reference": 20005}


def demo_ledger(folder: Path, now: datetime | None = None) -> Path:
    """The catalogue of a demo whose past is in its ledger up to `now`; nothing listens at its addresses."""
    now = now or datetime.now(UTC)
    dates = catalogue.Dates.around(now)
    config = folder / "slamon.yml"
    authority = folder / "ca.pem"
    authority.touch()
    catalogue.write(config, ports=PORTS, ca_file=authority, dates=dates)
    assert asyncio.run(backfill.fill(config, dates, int(now.timestamp() * 1000), asyncio.Event()))
    return config
