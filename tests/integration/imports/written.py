"""What importers write, read back: the catalogue that loads, and what the comments name."""

import copy
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from slamon.catalogue import Catalogue, load
from slamon.commands.coming import import_configuration
from slamon.errors import UsageError
from slamon.imports.written import LEFT

Path_ = tuple[str | int, ...]


class Written:
    """A catalogue as it was written."""

    def __init__(self, file: Path, code: int) -> None:
        self.file, self.code = file, code
        self.text = file.read_text(encoding="utf-8")

    def catalogue(self, **env: str) -> Catalogue:
        return load(self.file, env=env)

    def checks(self, **env: str) -> dict[str, dict[str, Any]]:
        """What is said of each check, without what is default."""
        found = {}
        for service in self.catalogue(**env).services.values():
            for name, check in service.settings.items():
                found[f"{service.id}/{name}"] = check.model_dump(mode="json", by_alias=True, exclude_defaults=True)
        return found

    @property
    def left(self) -> list[str]:
        """What was left behind, each as one line."""
        found: list[str] = []
        for line in self.text.splitlines():
            plain = line.strip()
            if plain.startswith(f"# {LEFT}: "):
                found.append(plain.removeprefix(f"# {LEFT}: "))
            elif plain.startswith("#   ") and found and line.lstrip().startswith("#   "):
                found[-1] += " " + plain[4:]
        return found


def write(peer: str, files: Sequence[Path], folder: Path) -> Written:
    """Import and write."""
    output = folder / "catalogue.yml"
    code = import_configuration(peer, files, output, force=True)
    return Written(output, code)


def leaves(value: Any, path: Path_ = ()) -> Iterator[Path_]:
    """The key paths of everything that is said; entries of lists of mappings too."""
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield (*path, key)
            yield from leaves(inner, (*path, key))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            if isinstance(inner, (Mapping, list)):
                yield from leaves(inner, (*path, index))


def without(value: Any, path: Path_) -> Any:
    """The value without what stands at a key path."""
    changed = copy.deepcopy(value)
    here = changed
    for part in path[:-1]:
        here = here[part]
    del here[path[-1]]
    return changed


def replaced(value: Any, path: Path_, by: Any) -> Any:
    """The value with something else at a key path."""
    changed = copy.deepcopy(value)
    here = changed
    for part in path[:-1]:
        here = here[part]
    here[path[-1]] = by
    return changed


def unmet(value: Any, silent: Callable[[Path_], bool], text_of: Callable[[Any], str]) -> list[str]:
    """Keys whose absence nobody would see in what is written: they are neither carried over nor named.

    What is inside of something that is named as a whole ("a mapping", "a list of 2") is named with it.
    """
    whole = text_of(value)
    flat = " ".join(whole.replace("#", " ").split())

    def named_with(path: Path_) -> bool:
        return any(f"{key}: a mapping" in flat or f"{key}: a list of" in flat for key in path[:-1])

    def seen(changed: Any) -> bool:
        try:
            return text_of(changed) != whole
        except UsageError:
            return True

    return [
        ".".join(map(str, path))
        for path in leaves(value)
        if not silent(path) and not named_with(path) and not seen(without(value, path))
    ]
