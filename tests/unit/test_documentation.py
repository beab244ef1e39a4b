"""The documentation holds: links lead somewhere, catalogues are valid, commands exist, shown output is printed."""

import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from slamon.catalogue import load

ROOT = Path(__file__).parents[2]
PAGES = sorted([*(ROOT / "docs").rglob("*.md"), ROOT / "README.md", ROOT / "CHANGELOG.md"])
SECRETS = dict.fromkeys(("SHOP_TOKEN", "API_KEY", "TOKEN"), "x")
_LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
_BLOCK = re.compile(r"^```(\w*)([^\n]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def blocks(language: str) -> Iterator[tuple[Path, str, str]]:
    for page in PAGES:
        for kind, words, text in _BLOCK.findall(page.read_text(encoding="utf-8")):
            if kind == language:
                yield page, words.strip(), text


def anchors(page: Path) -> set[str]:
    """As GitHub makes them of headings."""
    heads = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_leads_somewhere(page: Path) -> None:
    for link in _LINK.findall(_BLOCK.sub("", page.read_text(encoding="utf-8"))):
        if "://" in link:
            continue
        path, _, anchor = link.partition("#")
        target = page if not path else (page.parent / path).resolve()
        assert target.exists(), link
        if anchor and target.suffix == ".md":
            assert anchor in anchors(target), link


def test_every_whole_catalogue_of_the_manual_is_valid(tmp_path: Path) -> None:
    (tmp_path / "secrets").mkdir()
    (tmp_path / "secrets" / "key.txt").write_text("x")
    found = 0
    for page, words, text in blocks("yaml"):
        if page.parent.name == "manual" and text.startswith("slamon: 1") and not words:
            file = tmp_path / "slamon.yml"
            file.write_text(text, encoding="utf-8")
            load(file, env=SECRETS)
            found += 1
    assert found >= 3


def test_every_command_of_a_page_exists() -> None:
    found = 0
    for _, _, text in blocks("console"):
        for line in text.splitlines():
            if line.startswith("$ slamon "):
                words = shlex.split(line[2:].partition(" > ")[0].partition(" | ")[0])[1:]
                names = [word for word in words if not word.startswith("-")][:2]
                names = names if names[:1] in (["export"], ["import"]) else names[:1]
                options = {word.partition("=")[0] for word in words if word.startswith("--")}
                helped = _said(*names, "--help")
                assert options <= set(re.findall(r"--[\w.-]+", helped)), line
                found += 1
    assert found >= 10


def test_what_is_shown_of_a_run_is_what_is_printed() -> None:
    found = 0
    for page, words, text in blocks("console"):
        if words == "run":
            first, _, shown = text.partition("\n")
            printed = _said(*shlex.split(first.removeprefix("$ slamon ")))
            shown, _, cut = shown.partition("...\n") if shown.endswith("...\n") else (shown, "", "")
            assert not cut
            assert printed.startswith(shown), f"{page}: {first}\n{printed}"
            found += 1
    assert found >= 2


def _said(*words: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "slamon", *words],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
        timeout=60,
        env={"PATH": "/usr/bin:/bin", "COLUMNS": "200", "TZ": "UTC"},
    )
    assert done.returncode == 0, f"{words}: {done.stderr}"
    return done.stdout
