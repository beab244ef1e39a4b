"""Installed as users do it: the built wheel by uv in an empty environment, and the steps of the Dockerfile.

There is no engine for containers here: the build stage's steps run in a folder in place of `/`, nothing else is proved.
"""

import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
UNREACHABLE = ("Temporary failure in name resolution", "Connection refused", "Network is unreachable", "dns error")
OWN = {"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/root"), "LANG": "C.UTF-8"}


def run(*words: str | Path, cwd: Path, shell: bool = False) -> str:
    """What it prints; the test is skipped where packages cannot be reached."""
    env = {**OWN, **{key: value for key, value in os.environ.items() if key.startswith(("PIP_", "UV_", "SSL_"))}}
    line = " ".join(str(word) for word in words) if shell else [str(word) for word in words]
    done = subprocess.run(line, shell=shell, cwd=cwd, env=env, capture_output=True, text=True, check=False, timeout=800)
    if done.returncode and any(words in done.stderr for words in UNREACHABLE):
        pytest.skip("the package index cannot be reached: nothing was installed")
    assert done.returncode == 0, f"{line}\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}"
    return done.stdout


@pytest.mark.timeout(1500)
def test_the_wheel_runs_in_an_empty_environment(tmp_path: Path) -> None:
    """`make wheel-test` builds, installs by uv, and runs it; what it brings is looked at, out of the source tree."""
    run("make", "wheel-test", f"PYTHON={sys.executable}", cwd=ROOT)
    slamon = ROOT / "build" / "wheel" / "bin" / "slamon"
    assert not str(slamon.resolve()).startswith(str(ROOT / "slamon"))
    run(slamon, "export", "rules", "-o", tmp_path / "rules", cwd=tmp_path)
    ours = {file.name: file.read_text() for file in (ROOT / "alerting" / "rules").iterdir()}
    assert {file.name: file.read_text() for file in (tmp_path / "rules").iterdir()} == ours
    run(slamon, "export", "dashboards", "--lang", "de", "-o", tmp_path / "boards", cwd=tmp_path)
    assert "slamon / Überblick" in (tmp_path / "boards" / "slamon-overview.json").read_text(encoding="utf-8")


# -- the Dockerfile


def steps(stage: int) -> Iterator[tuple[str, str]]:
    """Instruction and words, line after line, of one stage."""
    text = re.sub(r"^#.*\n", "", (ROOT / "Dockerfile").read_text(), flags=re.MULTILINE).replace("\\\n", " ")
    for line in re.split(r"^FROM .*\n", text, flags=re.MULTILINE)[stage].splitlines():
        if line.strip():
            instruction, _, words = line.partition(" ")
            yield instruction, words


@pytest.mark.timeout(1500)
@pytest.mark.skipif(sys.version_info[:2] != (3, 11), reason="the image has Python 3.11")
def test_the_steps_of_the_image_s_build_run(tmp_path: Path) -> None:
    places = {"/opt/slamon": tmp_path / "opt" / "slamon", "/build/": f"{tmp_path}/build/"}

    def here(words: str) -> str:
        for there, place in places.items():
            words = words.replace(there, str(place))
        return words

    (tmp_path / "opt").mkdir()
    for instruction, words in steps(1):
        if instruction == "COPY":
            source, place = shlex.split(words)
            target = Path(here(place))
            if (ROOT / source).is_dir():
                shutil.copytree(ROOT / source, target, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                target.mkdir(parents=True, exist_ok=True)
                shutil.copy(ROOT / source, target)
        else:
            assert instruction == "RUN"
            run(re.sub(r"(?<![/\w])python -m", f"{sys.executable} -m", here(words)), cwd=tmp_path, shell=True)
    slamon = tmp_path / "opt" / "slamon" / "bin" / "slamon"
    (tmp_path / "slamon.yml").write_text('slamon: 1\nservices: {s: {checks: {c: {tcp: {address: "127.0.0.1:9"}}}}}\n')
    run(slamon, "check", cwd=tmp_path)
    run(slamon, "export", "dashboards", "--lang", "de", "-o", tmp_path / "boards", cwd=tmp_path)
    assert len(list((tmp_path / "boards").iterdir())) == 5


def test_the_image_runs_as_nobody_special_and_asks_for_its_health() -> None:
    found = dict(steps(2))
    assert found["USER"] == "10650:10650"
    code = re.findall(r'"-c", "(.+)"\]', found["HEALTHCHECK"].partition("CMD")[2])
    assert len(code) == 1
    compile(code[0], "HEALTHCHECK", "exec")
    assert found["ENTRYPOINT"] == '["slamon"]'
