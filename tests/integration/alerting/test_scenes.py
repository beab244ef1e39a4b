"""Every alert fires when it must, not a minute before, not for its nearest look-alike, and resolves: by promtool."""

import os
import subprocess
from pathlib import Path

import pytest
import yaml

from tests.integration.alerting import scenes_agreements, scenes_desk, scenes_own, scenes_services
from tests.integration.alerting.scenes import Scene, written

FOLDER = Path(__file__).parents[3] / "alerting" / "tests"
FILES = {
    "services": scenes_services.SCENES,
    "agreements": scenes_agreements.SCENES,
    "desk": scenes_desk.SCENES,
    "self": scenes_own.SCENES,
}
RENEW = "SLAMON_RENEW_SCENES"


@pytest.mark.parametrize("name", FILES)
def test_the_checked_in_scenes_are_current(name: str) -> None:
    file = FOLDER / f"slamon-{name}.yml"
    if os.environ.get(RENEW):
        file.write_text(written(FILES[name]), encoding="utf-8")
    assert file.read_text(encoding="utf-8") == written(FILES[name]), f"meant? then renew them with {RENEW}=1"


@pytest.mark.parametrize("name", FILES)
def test_promtool_finds_every_scene_as_told(name: str) -> None:
    done = subprocess.run(
        ["promtool", "test", "rules", str(FOLDER / f"slamon-{name}.yml")], capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_scene_that_is_wrong_would_be_seen(tmp_path: Path) -> None:
    right = scenes_services.SCENES[0]
    wrong = Scene(right.name, right.alert, right.slamons, {minute: n + 1 for minute, n in right.firing.items()})
    (tmp_path / "tests").mkdir()
    (tmp_path / "rules").symlink_to(FOLDER.parent / "rules")
    (tmp_path / "tests/wrong.yml").write_text(written([wrong]))

    done = subprocess.run(
        ["promtool", "test", "rules", str(tmp_path / "tests/wrong.yml")], capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 1


def test_every_alert_is_met_firing_not_firing_and_over() -> None:
    """Each alert and severity has a scene in which it fires and one in which it must not, and is seen to resolve."""
    scenes = [scene for found in FILES.values() for scene in found]
    for file in sorted((FOLDER.parent / "rules").glob("*.yml")):
        for rule in yaml.safe_load(file.read_text())["groups"][0]["rules"]:
            if "alert" not in rule:
                continue
            severity = rule["labels"]["severity"]
            mine = [
                scene
                for scene in scenes
                if scene.alert == rule["alert"] and scene.matchers.get("severity", severity) == severity
            ]
            assert any(_resolves(scene) for scene in mine), f"{rule['alert']} ({severity}) is never seen to resolve"
            assert any(not any(scene.firing.values()) for scene in mine), f"{rule['alert']} has no look-alike"


def _resolves(scene: Scene) -> bool:
    """Not firing, a minute later firing, and not firing again."""
    said = list(scene.firing.items())
    fires = [i for i, (_, n) in enumerate(said) if n]
    if not fires or not fires[0]:
        return False
    (before, _), (at, _) = said[fires[0] - 1], said[fires[0]]
    return at - before == 1 and said[-1][1] == 0


def _texts(folder: Path, language: str, scenes: list[Scene]) -> str:
    """What promtool tells of the alerts that fire first in each scene, texts and all: it is told to expect none."""
    rules = FOLDER.parent / ("rules" if language == "en" else "de/rules")
    tests = [
        {
            **{key: value for key, value in scene.test().items() if key != "promql_expr_test"},
            "alert_rule_test": [
                {"alertname": scene.alert, "eval_time": f"{minute}m", "exp_alerts": []}
                for minute, n in scene.firing.items()
                if n
            ][:1],
        }
        for scene in scenes
    ]
    files = [str(file) for file in sorted(rules.glob("*.yml"))]
    file = folder / f"texts-{language}.yml"
    file.write_text(yaml.safe_dump({"rule_files": files, "evaluation_interval": "1m", "tests": tests}))
    done = subprocess.run(["promtool", "test", "rules", str(file)], capture_output=True, text=True, timeout=300)
    return done.stdout + done.stderr


@pytest.mark.parametrize("language", ["en", "de"])
def test_every_text_is_rendered_without_an_error(language: str, tmp_path: Path) -> None:
    scenes = [scene for found in FILES.values() for scene in found if scene.labels is not None]
    told = _texts(tmp_path, language, scenes)

    assert "error" not in told, told
    assert "no value" not in told
    assert "%!" not in told
    for scene in scenes:
        assert f'alertname="{scene.alert}"' in told, scene.name
    assert told.count("description=") >= len(scenes)


def test_percentages_and_customers_are_told(tmp_path: Path) -> None:
    (burning,) = [s for s in scenes_agreements.SCENES if s.name.startswith("a fiftieth")]
    slamon = burning.slamons[0].gauge("budget_remaining_ratio", [(40, 0.999996)])
    scene = Scene(burning.name, burning.alert, [slamon], burning.firing, burning.matchers, burning.labels)

    assert "Kunde (gold): 99.999 % of the budget left" in _texts(tmp_path, "en", [scene])
    assert "Kunde (gold): 99,999 % des Budgets übrig" in _texts(tmp_path, "de", [scene])
    assert "2.1 % in 1h and 0.0 % in 6h" in _texts(tmp_path, "en", [scene])
