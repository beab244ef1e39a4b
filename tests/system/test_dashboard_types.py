"""Every dashboard is what Grafana's own types say: `tsc` reads the JSON as typed literals, against @grafana/schema.

That npm package is installed by its lock; where npm's registry cannot be reached, nothing is proved and it is said.
"""

import copy
import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.panels import BOARDS

TYPES = Path(__file__).parent / "dashboard_types"
UNREACHABLE = ("ENOTFOUND", "EAI_AGAIN", "ECONNREFUSED", "ETIMEDOUT", "ENETUNREACH", "ERR_SOCKET_TIMEOUT")
COMPILER = {"strict": True, "noEmit": True, "module": "nodenext", "moduleResolution": "nodenext", "skipLibCheck": True}


@pytest.fixture(scope="module")
def npm(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with Grafana's types and the compiler."""
    folder = tmp_path_factory.mktemp("types")
    for file in TYPES.iterdir():
        shutil.copy(file, folder)
    words = ["npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts", "--fetch-retries=1", "--fetch-timeout=30000"]
    done = subprocess.run(words, cwd=folder, capture_output=True, text=True, check=False, timeout=250)
    if done.returncode and any(code in done.stderr for code in UNREACHABLE):
        pytest.skip("npm's registry cannot be reached: the dashboards were not held against Grafana's types")
    assert done.returncode == 0, done.stderr
    (folder / "tsconfig.json").write_text(json.dumps({"compilerOptions": COMPILER, "include": ["*.ts"]}))
    return folder


def literals(board: dict[str, Any]) -> Iterator[str]:
    """A dashboard as a typed literal, and each panel's options and looks as its plug-in's."""
    kinds = sorted({panel["type"] for panel in board["panels"]})
    yield 'import type { Dashboard } from "@grafana/schema";'
    yield 'import type { Loose } from "./loose";'
    for kind in kinds:
        yield f'import type * as {kind} from "{place(kind)}";'
    yield f"export const board: Loose<Dashboard> = {json.dumps(board)};"
    for panel in board["panels"]:
        kind, number = panel["type"], panel["id"]
        yield f"export const options{number}: Loose<{kind}.Options> = {json.dumps(panel['options'])};"
        custom = panel["fieldConfig"]["defaults"].get("custom")
        if custom is not None:
            yield f"export const custom{number}: Loose<{looks(kind)}> = {json.dumps(custom)};"


def place(kind: str) -> str:
    name = {"statetimeline": "StateTimeline", "timeseries": "TimeSeries"}.get(kind.replace("-", ""), kind.capitalize())
    return f"@grafana/schema/dist/esm/raw/composable/{kind}/panelcfg/x/{name}PanelCfg_types.gen"


def looks(kind: str) -> str:
    return {"table": 'import("@grafana/schema").TableFieldOptions'}.get(kind, f"{kind}.FieldConfig")


def compiled(folder: Path, boards: dict[str, dict[str, Any]]) -> str:
    """What the compiler has to say."""
    for uid, board in boards.items():
        typed = copy.deepcopy(board)
        for panel in typed["panels"]:
            panel["type"] = panel["type"].replace("-", "")
        for annotation in typed["annotations"]["list"]:  # the data source's own keys are not in that package
            annotation["target"] = {"refId": annotation["target"]["refId"]}
            for key in ("titleFormat", "textFormat"):
                annotation.pop(key, None)
        (folder / f"{uid}.ts").write_text("\n".join(literals(typed)).replace('"state-timeline"', '"statetimeline"'))
    done = subprocess.run(
        ["node_modules/.bin/tsc", "-p", "."], cwd=folder, capture_output=True, text=True, check=False, timeout=250
    )
    for uid in boards:
        (folder / f"{uid}.ts").unlink()
    return done.stdout


@pytest.mark.timeout(600)
def test_every_dashboard_is_what_grafanas_types_say(npm: Path) -> None:
    assert compiled(npm, BOARDS) == ""


@pytest.mark.timeout(600)
def test_a_misspelt_key_and_a_wrong_type_would_be_seen(npm: Path) -> None:
    wrong = copy.deepcopy(BOARDS["slamon-overview"])
    wrong["panels"][0]["gridPos"]["w"] = "6"
    wrong["panels"][0]["options"]["textMode"] = "loud"
    line = next(panel for panel in wrong["panels"] if panel["type"] == "timeseries")
    line["fieldConfig"]["defaults"]["custom"]["lineWidht"] = 2
    misspelt = copy.deepcopy(BOARDS["slamon-overview"])
    misspelt["refersh"] = "1m"
    said = compiled(npm, {"wrong": wrong, "misspelt": misspelt})

    for word in ("refersh", "'string' is not assignable to type 'number'", "loud", "lineWidht"):
        assert word in said, said
