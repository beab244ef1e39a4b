"""Files are watched on, whatever becomes of them meanwhile."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest
from slamon.catalogue import CatalogueErrors, load
from slamon.running import watching

DEADLINE_S = 30


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watching, "LOOK_S", 0.01)


class Folder:
    """A folder that can be closed to whoever looks, and whoever waits for a reload."""

    def __init__(self, file: Path) -> None:
        self.file, self.closed, self.looks = file, False, 0
        self.reloads = asyncio.Condition()
        self.counted = 0

    def paths(self) -> list[Path]:
        self.looks += 1
        if self.closed:
            raise PermissionError(13, "Permission denied")
        return [self.file]

    async def changed(self) -> None:
        self.closed = False
        async with self.reloads:
            self.counted += 1
            self.reloads.notify_all()

    async def looked_at(self) -> None:
        async with asyncio.timeout(DEADLINE_S):
            while self.looks < 2:
                await asyncio.sleep(0)

    async def reloaded_by(self, what: Callable[[], object]) -> None:
        before = self.counted
        what()
        async with asyncio.timeout(DEADLINE_S), self.reloads:
            await self.reloads.wait_for(lambda: self.counted > before)


async def test_a_folder_that_could_not_be_looked_through_is_watched_on(tmp_path: Path) -> None:
    """It can be again while the reload that found it closed still runs: that is a change too."""
    folder = Folder(tmp_path / "slamon.yml")
    folder.file.write_text("slamon: 1\n")
    watch = asyncio.create_task(watching.watch(folder.paths, folder.changed))
    try:
        await folder.looked_at()
        await folder.reloaded_by(lambda: setattr(folder, "closed", True))
        await folder.reloaded_by(lambda: None)
        await folder.reloaded_by(lambda: folder.file.write_text("slamon: 1\n# changed\n"))
        assert not watch.done()
    finally:
        watch.cancel()
        await asyncio.gather(watch, return_exceptions=True)


def test_a_place_that_cannot_be_looked_at_is_a_mistake_with_its_name(tmp_path: Path) -> None:
    config = tmp_path / ("x" * 300)
    with pytest.raises(CatalogueErrors, match="x: found File name too long, expected a folder that can be read"):
        load(config)


async def test_files_that_are_being_written_are_taken_up_once_they_rest(tmp_path: Path) -> None:
    folder, writes = Folder(tmp_path / "slamon.yml"), 10
    folder.file.write_text("")

    def looked_through() -> list[Path]:
        """Between any two looks somebody writes, until the tenth time."""
        if len(folder.file.read_bytes()) < writes:
            assert folder.counted == 0, "taken up half written"
            folder.file.write_text(folder.file.read_text() + "#")
        return folder.paths()

    watch = asyncio.create_task(watching.watch(looked_through, folder.changed))
    try:
        await folder.reloaded_by(lambda: None)
        looks = folder.looks
        async with asyncio.timeout(DEADLINE_S):
            while folder.looks < looks + 10:
                await asyncio.sleep(0)
        assert folder.counted == 1
        assert not watch.done()
    finally:
        watch.cancel()
        await asyncio.gather(watch, return_exceptions=True)


async def test_a_file_that_comes_while_a_reload_runs_is_taken_up(tmp_path: Path) -> None:
    file, more = tmp_path / "a.json", tmp_path / "b.json"
    file.write_text("a")
    reloads: list[list[str]] = []
    looks = 0

    def paths() -> list[Path]:
        nonlocal looks
        looks += 1
        return sorted(tmp_path.glob("*.json"))

    async def changed() -> None:
        reloads.append([path.name for path in paths()])
        if len(reloads) == 1:
            more.write_text("b")  # after it has looked, before it is done

    watch = asyncio.create_task(watching.watch(paths, changed))
    try:
        async with asyncio.timeout(DEADLINE_S):
            while looks < 2:
                await asyncio.sleep(0)
            file.write_text("changed")
            while len(reloads) < 2:
                await asyncio.sleep(0)
            end = looks + 10
            while looks < end:
                await asyncio.sleep(0)
        assert reloads == [["a.json"], ["a.json", "b.json"]]
    finally:
        watch.cancel()
        await asyncio.gather(watch, return_exceptions=True)
