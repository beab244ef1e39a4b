"""What the shell offers after Tab: ids of the catalogue that the words so far name. It never complains."""

from collections.abc import Callable, Iterable
from pathlib import Path

import typer

DEFAULT_CONFIG = Path("slamon.yml")


def _offered(ids: Callable[[Path], Iterable[str]]) -> Callable[[typer.Context, str], list[str]]:
    def offer(ctx: typer.Context, incomplete: str) -> list[str]:
        try:
            found = ids(Path(ctx.params.get("config") or DEFAULT_CONFIG))
            return [name for name in found if name.startswith(incomplete)]
        except Exception:  # noqa: BLE001  a catalogue that cannot be read offers nothing; a trace would fill the prompt
            return []

    return offer


def _agreements(config: Path) -> Iterable[str]:
    from slamon.catalogue import load

    return load(config).agreements


def _services(config: Path) -> Iterable[str]:
    from slamon.catalogue import load

    return load(config).services


def _customers(config: Path) -> Iterable[str]:
    from slamon.catalogue import load

    return load(config).customers


def _teams(config: Path) -> Iterable[str]:
    from slamon.catalogue import load

    return load(config).teams


def _checks(config: Path) -> Iterable[str]:
    """Services, and their checks as `service/check`."""
    from slamon.catalogue import load

    loaded = load(config)
    return [*loaded.services, *loaded.checks]


agreements = _offered(_agreements)
services = _offered(_services)
customers = _offered(_customers)
teams = _offered(_teams)
checks = _offered(_checks)
