"""Follows the sources of discovery: asks those of http again and again, keeps the last good lists, says what breaks."""

import asyncio
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import structlog

from slamon.catalogue import Catalogue
from slamon.catalogue.discovery.kept import keep
from slamon.catalogue.discovery.lists import BadList, Group
from slamon.catalogue.discovery.models import HttpSd
from slamon.catalogue.discovery.sources import HTTP_LIST, Found
from slamon.export.own import Own
from slamon.running.threads import in_thread

log = structlog.get_logger()

MOST_SAID = 10
_MORE_S = 1.0
"""A question that keeps its own deadline is given so much longer before it is left alone."""


class Finder:
    """Beside the running system: `follow` is told of every catalogue that is put in force."""

    def __init__(self, own: Own, data: Path, changed: Callable[[], None]) -> None:
        """`data`: where the lists are kept; `changed` is called when a list asked for by http is another one."""
        self._own = own
        self._data = data
        self._changed = changed
        self._asking: dict[str, tuple[HttpSd, asyncio.Task[None]]] = {}
        self._troubles: dict[str, str | None] = {}
        self._rejected: dict[str, list[str]] = {}
        self._lists: dict[str, Sequence[Group]] = {}

    async def follow(self, catalogue: Catalogue) -> None:
        """This catalogue is in force."""
        for source in self._troubles.keys() - catalogue.found.keys():
            self._forget(source)
        for source, found in catalogue.found.items():
            self._own.discovered(source, found.checks, len(found.rejected))
            self._say_rejected(source, found)
            wanted = catalogue.discover[source].http_sd
            if wanted is None:
                self._stop_asking(source)
                self._looked_at(source, found.trouble)
                if found.trouble is None:
                    await self._keep(source, found)
            elif source not in self._asking or self._asking[source][0] != wanted:
                self._stop_asking(source)
                self._lists[source] = found.lists.get(HTTP_LIST, ())
                self._asking[source] = (wanted, asyncio.create_task(self._ask(source, wanted)))

    async def stop(self) -> None:
        """Ask no more."""
        tasks = [task for _, task in self._asking.values()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _forget(self, source: str) -> None:
        self._stop_asking(source)
        self._troubles.pop(source, None)
        self._rejected.pop(source, None)
        self._own.not_discovered(source)

    def _stop_asking(self, source: str) -> None:
        asking = self._asking.pop(source, None)
        if asking is not None:
            asking[1].cancel()

    async def _ask(self, source: str, wanted: HttpSd) -> None:
        """Again and again, until cancelled."""
        while True:
            try:
                groups = await in_thread(partial(_asked, wanted), wanted.timeout / 1000 + _MORE_S)
            except BadList as error:
                self._looked_at(source, str(error))
            except TimeoutError:
                self._looked_at(source, f"no answer within {wanted.timeout} ms")
            else:
                self._looked_at(source, None)
                await self._answered(source, groups)
            await asyncio.sleep(wanted.refresh_interval / 1000)

    async def _answered(self, source: str, groups: Sequence[Group]) -> None:
        """A list came: where it is another one, it is kept, and what is kept is put in force."""
        if groups == self._lists[source]:
            return
        if await self._keep(source, Found({HTTP_LIST: groups})):
            self._lists[source] = groups
            self._changed()

    async def _keep(self, source: str, found: Found) -> bool:
        try:
            await asyncio.to_thread(keep, self._data, source, found.lists)
        except OSError as error:
            self._own.component_error("discovery")
            log.error("a discovered list cannot be kept", source=source, error=error.strerror)
            return False
        return True

    def _looked_at(self, source: str, trouble: str | None) -> None:
        """A change is said, and what lasts is not said again."""
        self._own.discovery(source, successful=trouble is None)
        before = self._troubles.get(source)
        self._troubles[source] = trouble
        if trouble is not None and trouble != before:
            log.error("discovery: a source is broken, its last good lists hold", source=source, error=trouble)
        elif trouble is None and before is not None:
            log.info("discovery: a source is read again", source=source)

    def _say_rejected(self, source: str, found: Found) -> None:
        before = set(self._rejected.get(source, ()))
        self._rejected[source] = found.rejected
        new = [words for words in found.rejected if words not in before]
        for words in new[:MOST_SAID]:
            log.warning("discovery: no check of a target", source=source, target=words)
        if len(new) > MOST_SAID:
            log.warning("discovery: no check of further targets", source=source, targets=len(new) - MOST_SAID)


def _asked(wanted: HttpSd) -> Sequence[Group]:
    from slamon.running.asking import asked  # loads requests, that only this needs

    return asked(wanted)
