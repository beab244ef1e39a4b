"""A catalogue of many services: shops on top, platforms below, infrastructure below those, some that stand alone."""

import random
from typing import Any

from slamon.catalogue import Catalogue, load_value

HEBREW = "שירות חנות מקוונת"
LONG = "Auftragsannahme und Bestandsführung der Niederlassung " * 3


def value(number: int, seed: int = 7) -> dict[str, Any]:
    """So many services; the same for the same seed."""
    draw = random.Random(seed)
    names = [f"s{i:03}" for i in range(number)]
    top, middle, low = names[: number // 3], names[number // 3 : 2 * number // 3], names[2 * number // 3 :]
    services: dict[str, Any] = {}
    for name in names:
        below = middle if name in top else low if name in middle else []
        wanted = draw.choices([0, 1, 2, 3], [2, 5, 3, 1])[0] if below else 0
        depends: list[Any] = sorted(draw.sample(below, min(wanted, len(below))))
        if len(depends) == 3:
            depends = [depends[0], {"any": depends[1:]}]
        services[name] = {
            "name": f"Service {name.upper()}", "team": f"t{draw.randrange(6)}", "depends_on": depends,
            "checks": {"port": {"tcp": {"address": f"{name}.example.org:443"}}},
        }  # fmt: skip
    services[names[0]]["name"] = LONG.strip()
    services[names[1]]["name"] = HEBREW
    agreements = {
        f"a-{name}": {"customer": f"c{i % 5}", "services": [name], "target": "99.9%"} for i, name in enumerate(top)
    }
    agreements |= {
        f"o-{name}": {"kind": "ola", "provider": "t0", "customer": "haus", "services": [name], "target": "99.5%"}
        for name in middle
    }
    return {
        "slamon": 1,
        "organisation": {"name": "Beispiel Handel GmbH"},
        "customers": {f"c{i}": {"name": f"Kunde {i}", "kind": "external"} for i in range(5)}
        | {"haus": {"name": "Haus", "kind": "internal"}},
        "teams": {f"t{i}": {"name": f"Team {i}", "email": f"t{i}@example.org"} for i in range(6)},
        "services": services,
        "agreements": agreements,
    }


def catalogue(number: int) -> Catalogue:
    """So many services."""
    return load_value(value(number))
