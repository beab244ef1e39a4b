"""Where things lie: the catalogue and the data folder."""

from pathlib import Path

from slamon.catalogue import Catalogue, load
from slamon.errors import UsageError


def catalogue(config: Path) -> Catalogue:
    """The catalogue at `config`; UsageError where there is none, CatalogueErrors where it is wrong."""
    if not config.exists():
        raise UsageError(f"there is no catalogue at {config}: name one with --config FILE or set SLAMON_CONFIG")
    return load(config)


def data_folder(config: Path, data: Path | None) -> Path:
    """The folder with ledger and control socket: --data, else that of the catalogue's storage.path."""
    return data if data is not None else ledger_path(catalogue(config), None).parent


def ledger_path(loaded: Catalogue, data: Path | None) -> Path:
    """The ledger's file: in --data where given, else storage.path."""
    path = Path(loaded.storage.path)
    return data / path.name if data is not None else path
