"""The half year's facts, put into a new ledger."""

from importlib import resources
from pathlib import Path

from slamon.catalogue import Catalogue, load
from slamon.demo.backfill import invented
from slamon.demo.half_year.story import BEGAN, HALF_YEAR, NOW
from slamon.demo.history import Inventor
from slamon.errors import UsageError
from slamon.figures import thresholds_of
from slamon.ledger import Ledger

CATALOGUE = "slamon.yml"
WORDS = "half a year invented for the example"


def write_facts(folder: Path) -> Catalogue:
    """Write catalogue and ledger into a folder that has neither; gives the catalogue. UsageError where there is one."""
    config = folder / CATALOGUE
    if config.exists():
        raise UsageError(f"{config} exists: the example overwrites nothing, name another folder")
    folder.mkdir(parents=True, exist_ok=True)
    config.write_bytes((resources.files("slamon.demo.half_year") / CATALOGUE).read_bytes())
    catalogue = load(config)
    inventor = Inventor(BEGAN, int(NOW.timestamp()) * 1000, thresholds_of(catalogue), story=HALF_YEAR)
    ledger = Ledger.open(folder / catalogue.storage.path)
    try:
        batch = invented(catalogue, inventor, WORDS)
        assert batch is not None
        ledger.commit(batch).result()
    finally:
        ledger.close()
    return catalogue
