"""What a reload leaves of the probes: a check that stays as it is keeps its own, and with it a kept connection."""

from pathlib import Path

import yaml
from slamon.catalogue import load
from slamon.monitor import Monitor, _prints
from slamon.probes import Probe

from tests.integration.test_running_desk import Hands, running


def probes(monitor: Monitor) -> dict[str, Probe]:
    return {planned.id: planned.probe for planned in monitor._plan(monitor.catalogue, _prints(monitor.catalogue))}


async def test_a_check_that_stays_keeps_its_probe_and_a_changed_one_gets_another(tmp_path: Path) -> None:
    async with running(tmp_path, Hands()) as system:
        monitor, file = system.monitor, tmp_path / "slamon.yml"
        first = probes(monitor)
        whole = yaml.safe_load(file.read_text())
        checks = whole["services"]["shop"]["checks"]
        checks["mail"] = {"tcp": {"address": "127.0.0.1:25"}}
        file.write_text(yaml.safe_dump(whole))
        await monitor.reload(load(file))
        second = probes(monitor)
        assert second.keys() == {"shop/web", "shop/mail"}
        assert second["shop/web"] is first["shop/web"]
        checks["web"]["tcp"]["address"] = "127.0.0.1:10"
        file.write_text(yaml.safe_dump(whole))
        await monitor.reload(load(file))
        third = probes(monitor)
        assert third["shop/web"] is not first["shop/web"]
        assert third["shop/mail"] is second["shop/mail"]
