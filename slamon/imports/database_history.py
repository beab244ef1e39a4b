"""History from the databases of Uptime Kuma and gatus, which are only read."""

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from sqlite3 import Connection, Row

from slamon.accounting import Verdict
from slamon.errors import UsageError
from slamon.imports.databases import opened
from slamon.imports.histories import Result, Series

DOWN, UP, PENDING, MAINTENANCE = range(4)
_GO_TIME = re.compile(
    r"(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?\s*(Z|[+-]\d\d:?\d\d)?(?:\s+[A-Z]+)?(?:\s+m=\S+)?"
)


def _tables(connection: Connection, file: Path, wanted: str, what: str) -> set[str]:
    there = {str(row[0]) for row in connection.execute("select name from sqlite_master where type = 'table'")}
    if wanted not in there:
        raise UsageError(f"{file}: found no table {wanted}, expected the database of {what}")
    return there


class KumaHistory:
    """Uptime Kuma's beats: a pending one is a failure that its retries did not confirm yet."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self.words = f"Uptime Kuma: {file.name}"
        with closing(opened(file)) as connection:
            tables = _tables(connection, file, "heartbeat", "Uptime Kuma (kuma.db)")
            self._labels = {
                row["id"]: {"id": str(row["id"]), "name": str(row["name"])}
                for row in connection.execute("select id, name from monitor")
            }
            ask = "select min(time), max(time), sum(status = 3) from heartbeat"
            first, last, self._maintenance = connection.execute(ask).fetchone()
            self._span = None if first is None else (_instant(first), _instant(last) + 1)
            self._totals = sum(
                connection.execute(f"select count(*) from {name}").fetchone()[0]
                for name in ("stat_hourly", "stat_daily")
                if name in tables
            )

    def span(self) -> tuple[int, int] | None:
        """See `Source`."""
        return self._span

    def remarks(self) -> Sequence[str]:
        """See `Source`."""
        said = []
        if self._maintenance:
            said.append(
                f"{self._maintenance} beats in maintenance are no observation: nobody probed. Put the maintenance into"
                " the agreements"
            )
        if self._totals:
            said.append(f"{self._totals} totals of hours and days do not say when what was: they are left behind")
        return said

    def series(self, start: int, end: int) -> Iterator[Series]:
        """See `Source`."""
        by_monitor: dict[int, list[Result]] = {}
        ask = "select monitor_id, status, time, ping from heartbeat where time >= ? and time < ? order by time, id"
        with closing(opened(self._file)) as connection:
            for row in connection.execute(ask, (_written(start), _written(end))):
                result = self._result(row)
                if result is not None and start <= result.at < end:
                    by_monitor.setdefault(row["monitor_id"], []).append(result)
        for monitor, results in by_monitor.items():
            yield Series(self._labels.get(monitor, {"id": str(monitor)}), results)

    @staticmethod
    def _result(row: Row) -> Result | None:
        if row["status"] not in (DOWN, UP, PENDING):
            return None
        up = row["status"] == UP
        ping = row["ping"]
        took = round(ping * 1000) if up and isinstance(ping, (int, float)) and 0 <= ping <= 86_400_000 else None
        return Result(_instant(row["time"]), Verdict.UP if up else Verdict.DOWN, took)


class GatusHistory:
    """gatus' results. Its totals of hours do not say when within the hour what was."""

    def __init__(self, file: Path) -> None:
        self.words = f"gatus: {file.name}"
        self._series: dict[tuple[str, str, str], list[Result]] = {}
        with closing(opened(file)) as connection:
            tables = _tables(connection, file, "endpoint_results", "gatus (storage.type: sqlite)")
            ask = (
                "select endpoint_key, endpoint_name, endpoint_group, success, duration, timestamp from endpoint_results"
                " join endpoints using (endpoint_id)"
            )
            for key, name, group, success, took, at in connection.execute(ask):
                verdict = Verdict.UP if success else Verdict.DOWN
                duration = round(took / 1000) if success and isinstance(took, int) and took >= 0 else None
                result = Result(_instant(at), verdict, duration)
                self._series.setdefault((str(key), str(name), str(group or "")), []).append(result)
            self._totals = 0
            if "endpoint_uptimes" in tables:
                self._totals = connection.execute("select count(*) from endpoint_uptimes").fetchone()[0]
        for results in self._series.values():
            results.sort(key=lambda result: result.at)

    def span(self) -> tuple[int, int] | None:
        """See `Source`."""
        seen = [result.at for results in self._series.values() for result in (results[0], results[-1])]
        return (min(seen), max(seen) + 1) if seen else None

    def remarks(self) -> Sequence[str]:
        """See `Source`."""
        if not self._totals:
            return ()
        return (f"{self._totals} totals of hours do not say when within the hour what was: they are left behind",)

    def series(self, start: int, end: int) -> Iterator[Series]:
        """See `Source`."""
        for (key, name, group), results in self._series.items():
            inside = [result for result in results if start <= result.at < end]
            if inside:
                yield Series(_gatus_labels(key, name, group), inside)


def _gatus_labels(key: str, name: str, group: str) -> Mapping[str, str]:
    """With the names that the importer gives: a group is a service, else the endpoint is one of its own."""
    return {"key": key, "name": name, "group": group, "service": group or name, "check": name if group else "probe"}


def _instant(text: object) -> int:
    """A time as JavaScript, SQLite and Go write it, in ms; without a zone it is UTC. UsageError where it is none."""
    if isinstance(text, (int, float)):
        return round(text)
    found = _GO_TIME.fullmatch(str(text).strip())
    if found is None:
        raise UsageError(f"the database has a time that cannot be read: {str(text)[:40]!r}")
    date, clock, fraction, zone = found.groups()
    zone = "+00:00" if zone in (None, "Z") else zone
    moment = datetime.fromisoformat(f"{date}T{clock}{zone}")
    return round(moment.timestamp()) * 1000 + int(((fraction or "") + "000")[:3])


def _written(milliseconds: int) -> str:
    """As Uptime Kuma writes it."""
    return (
        datetime.fromtimestamp(milliseconds / 1000, UTC).strftime("%Y-%m-%d %H:%M:%S.") + f"{milliseconds % 1000:03d}"
    )
