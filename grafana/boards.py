"""All dashboards, as the texts of their files."""

import json
from collections.abc import Mapping
from typing import Any

from grafana.agreement import agreement
from grafana.customer import customer
from grafana.fleet import fleet
from grafana.overview import overview
from grafana.service import service


def dashboards() -> list[dict[str, Any]]:
    """Every dashboard."""
    return [overview(), service(), agreement(), customer(), fleet()]


def documents() -> Mapping[str, str]:
    """The text of each dashboard's file, by uid."""
    return {found["uid"]: json.dumps(found, indent=1, ensure_ascii=False) + "\n" for found in dashboards()}
