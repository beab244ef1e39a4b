"""Where things lie: the catalogue and the data folder."""

from pathlib import Path

from slamon.catalogue import Catalogue, load
from slamon.errors import UsageError


def catalogue(config: Path, data: Path | None = None) -> Catalogue:
    """The catalogue at `config`; UsageError where there is none, CatalogueErrors where it is wrong.

    `data`: the folder of ledger and discovered lists; None: that of the catalogue's storage.path.
    """
    must_exist(config)
    return load(config, data=data)


def must_exist(config: Path) -> None:
    """UsageError where there is no catalogue."""
    try:
        there = config.exists()
    except OSError as error:  # a folder that may not be entered
        raise UsageError(f"the catalogue {config} cannot be read: {error.strerror}") from None
    if not there:
        raise UsageError(f"there is no catalogue at {config}: name one with --config FILE or set SLAMON_CONFIG")


def data_folder(config: Path, data: Path | None) -> Path:
    """The folder with ledger and control socket: --data, else that of the catalogue's storage.path."""
    return data if data is not None else ledger_path(catalogue(config), None).parent


def ledger_path(loaded: Catalogue, data: Path | None) -> Path:
    """The ledger's file: in --data where given, else storage.path."""
    path = Path(loaded.storage.path)
    return data / path.name if data is not None else path
