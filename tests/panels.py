"""The dashboards as they are checked in, and what they ask."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "grafana" / "dashboards"
BOARDS: dict[str, dict[str, Any]] = {file.stem: json.loads(file.read_text()) for file in sorted(FOLDER.glob("*.json"))}


@dataclass(frozen=True)
class Asked:
    """One expression of a dashboard, and where it stands."""

    board: str
    place: str
    expression: str
    legend: str = ""
    kind: str = ""
    """The panel's type; '' for a variable or an annotation."""

    def __str__(self) -> str:
        return f"{self.board}: {self.place}"

    def with_values(self, values: Mapping[str, str]) -> str:
        """The expression as Grafana sends it."""
        return re.sub(r"\$(\w+)", lambda found: values.get(found[1], found[0]), self.expression)


def panels() -> Iterator[tuple[str, dict[str, Any]]]:
    for uid, board in BOARDS.items():
        for panel in board["panels"]:
            yield uid, panel


def asked() -> Iterator[Asked]:
    """Every expression of every panel and annotation."""
    for uid, panel in panels():
        for target in panel["targets"]:
            yield Asked(
                uid, f"{panel['title']} {target['refId']}", target["expr"], target["legendFormat"], panel["type"]
            )
    for uid, board in BOARDS.items():
        for annotation in board.get("annotations", {}).get("list", []):
            if annotation["datasource"]["type"] == "prometheus":
                yield Asked(
                    uid, f"annotation {annotation['name']}", annotation["target"]["expr"], annotation["titleFormat"]
                )


def variables() -> Iterator[tuple[Asked, str]]:
    """The selector of every variable, and the label that it takes the values of."""
    for uid, board in BOARDS.items():
        for variable in board["templating"]["list"]:
            if variable["type"] == "query":
                found = re.fullmatch(r"label_values\((.+), (\w+)\)", variable["query"]["query"])
                assert found is not None, variable
                yield Asked(uid, f"variable {variable['name']}", found[1]), found[2]
