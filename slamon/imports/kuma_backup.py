"""What Uptime Kuma keeps: the database of versions 1 and 2, and the JSON backup of version 1, as rows by table."""

import json
import re
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

from slamon.errors import UsageError
from slamon.imports.databases import is_database, opened

MOST_BYTES = 256 * 2**20
_TABLES = ("monitor", "proxy", "tag", "monitor_tag", "maintenance", "status_page", "notification")

Backup = Mapping[str, list[dict[str, Any]]]
"""What a database or a JSON backup holds: rows by table, with the keys of the database."""


def read(file: Path) -> Backup:
    """A database or a backup, every table of it that matters. UsageError where it is neither."""
    tables = _database(file) if is_database(file) else _json(file)
    return {name: tables.get(name, []) for name in _TABLES}


def _database(file: Path) -> dict[str, list[dict[str, Any]]]:
    with closing(opened(file)) as connection:
        there = {row[0] for row in connection.execute("select name from sqlite_master where type = 'table'")}
        if "monitor" not in there:
            raise UsageError(f"{file}: found no table monitor, expected the database of Uptime Kuma (kuma.db)")
        wanted = there.intersection(_TABLES)
        return {
            name: [dict(row) for row in connection.execute(f'select * from "{name}" order by id')] for name in wanted
        }


def _json(file: Path) -> dict[str, list[dict[str, Any]]]:
    if file.stat().st_size > MOST_BYTES:
        raise UsageError(f"{file}: found more than {MOST_BYTES} bytes, expected a backup of Uptime Kuma")
    try:
        value = json.loads(file.read_text(encoding="utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise UsageError(f"{file}: found neither a database nor JSON ({error}), expected kuma.db or a backup") from None
    if not isinstance(value, dict) or not isinstance(value.get("monitorList"), (list, dict)):
        raise UsageError(f"{file}: found no monitorList, expected a backup of Uptime Kuma 1")
    found = value["monitorList"]
    monitors = list(found.values()) if isinstance(found, dict) else found
    return {
        "monitor": [_snake(monitor) for monitor in monitors if isinstance(monitor, dict)],
        "proxy": [_snake(proxy) for proxy in rows(value.get("proxyList")) if "id" in proxy],
        "notification": rows(value.get("notificationList")),
    }


def rows(value: object) -> list[dict[str, Any]]:
    """What a list has of objects; none of what is no list."""
    return [row for row in value if isinstance(row, dict)] if isinstance(value, list) else []


def _snake(value: Mapping[str, Any]) -> dict[str, Any]:
    """Keys as the database has them."""
    return {re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", str(key)).lower(): inner for key, inner in value.items()}
