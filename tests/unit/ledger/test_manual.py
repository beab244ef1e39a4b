"""The reference tells every table, every file and every error of the ledger."""

import re
import sqlite3
from pathlib import Path

from slamon.ledger.opening import migrated

MANUAL = (Path(__file__).parents[3] / "docs" / "reference" / "ledger.md").read_text(encoding="utf-8")


def test_every_table_and_no_other_is_told() -> None:
    connection = sqlite3.connect(":memory:", isolation_level=None)
    migrated(connection, 0)
    tables = {name for (name,) in connection.execute("select name from sqlite_schema where type = 'table'")}
    kept = MANUAL.partition("## What is kept")[2].partition("**Retention.**")[0]
    assert set(re.findall(r"^\| `(\w+)` \|", kept, re.MULTILINE)) == tables


def test_every_message_that_is_told_is_one_of_ours() -> None:
    sources = "".join(path.read_text() for path in (Path(__file__).parents[3] / "slamon" / "ledger").glob("*.py"))
    wrong = MANUAL.partition("## When something is wrong")[2]
    told = [
        words for row in re.findall(r"^\| (`.+?`) \|", wrong, re.MULTILINE) for words in row.strip("`").split(" ... ")
    ]
    assert len(told) > 8
    for words in told:
        assert words.removesuffix(" N") in re.sub(r'"\s+f?"', "", sources), words
