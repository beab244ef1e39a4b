"""Samples of many moments as one OpenMetrics text, family by family, as `promtool tsdb create-blocks-from` takes it."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import BinaryIO

from slamon.export import names
from slamon.export.numbers import seconds
from slamon.export.page import Page, head
from slamon.export.samples import Source
from slamon.export.text import ways

Put = Callable[[Source, int], None]


@contextmanager
def written(file: BinaryIO, folder: Path) -> Iterator[Put]:
    """Gives what takes the samples of one moment (ms) after the other; all of it is in `file` at the end.

    The families are gathered in files of `folder`, since each must be in one piece.
    """
    with ExitStack() as closing:
        spools: dict[str, BinaryIO] = {}
        pages = {group: Page(group, True) for group in names.GROUPS}

        def put(source: Source, at: int) -> None:
            stamp = f" {seconds(at)}\n"
            for group, samples, show in ways(source):
                for sample in samples():
                    show(pages[group], sample)
                for family, lines in pages[group].taken():
                    if family.name not in spools:
                        spools[family.name] = closing.enter_context((folder / family.name).open("w+b"))
                    spools[family.name].write("".join(lines).replace("\n", stamp).encode())

        yield put
        for group in names.GROUPS:
            for family in names.FAMILIES[group]:
                if (spool := spools.get(family.name)) is not None:
                    file.write(head(family, openmetrics=True))
                    spool.seek(0)
                    shutil.copyfileobj(spool, file)
        file.write(b"# EOF\n")
