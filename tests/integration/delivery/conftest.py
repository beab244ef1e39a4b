"""A report that was made, small."""

from pathlib import Path
from typing import Any

import pytest
from slamon.catalogue.reporting import ScheduledReport
from slamon.delivery.made import Made

NAME = "Söhne & Töchter <GmbH>"


def made_of(folder: Path, **to: Any) -> Made:
    """A made run whose report goes there."""
    model = ScheduledReport.model_validate({"lang": "de", "timezone": "Europe/Berlin", "to": to or {"folder": "out"}})
    made = Made("slamon.monthly.2026-10.abc", "monthly", model, "2026-10", 1_793_606_400_000)
    made.files = [folder / "2026-10_kunde_gold_de.pdf", folder / "2026-10_kunde_gold_de.csv"]
    made.files[0].write_bytes(b"%PDF-1.7 " + bytes(range(256)))
    made.files[1].write_text("a,b\r\n", encoding="utf-8")
    made.customers = {"kunde": NAME}
    made.results = [f"{NAME}, gold: eingehalten", "  Shop: Verfügbarkeit 99,953 %, Ziel 99,9 %"]
    made.agreements = [{"agreement": "gold", "customer": "kunde", "verdict": "met", "figures": [{"downtime_ms": 7}]}]
    made.left_out = {"silber": "the agreement silber was not in force in 2026-10"}
    return made


@pytest.fixture
def made(tmp_path: Path) -> Made:
    return made_of(tmp_path)
