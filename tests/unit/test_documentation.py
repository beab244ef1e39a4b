"""The documentation holds: links lead somewhere, catalogues load, commands parse, shown output is what is printed."""

import json
import re
import shlex
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer
import yaml
from slamon import cli
from slamon.accounting import AgreementVerdict
from slamon.catalogue import load
from slamon.export import names

from tests.system import calling
from tests.system.calling import Slamon

slamon = calling.slamon
ROOT = Path(__file__).parents[2]
PAGES = sorted([*(ROOT / "docs").rglob("*.md"), ROOT / "README.md", ROOT / "CHANGELOG.md"])
SECRETS = {"SHOP_TOKEN": "geheim"}
PROGRAM: Any = typer.main.get_command(cli.app)
SUFFIXES = ("", "_bucket", "_sum", "_count")
_LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
_BLOCK = re.compile(r"^```([^\n]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def text_of(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def blocks(*kinds: str) -> Iterator[tuple[Path, str]]:
    """The blocks whose first line is one of these, with their pages."""
    for page in PAGES:
        for kind, text in _BLOCK.findall(text_of(page)):
            if kind.strip() in kinds:
                yield page, text


def place(page: Path) -> str:
    return str(page.relative_to(ROOT))


# -- extras


def test_every_extra_that_is_named_can_be_installed() -> None:
    known = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]
    code = "".join(file.read_text(encoding="utf-8") for file in (ROOT / "slamon").rglob("*.py"))
    told = {(place(page), name) for page in PAGES for name in re.findall(r"\bextra `(\w+)`", text_of(page))}
    told |= {("slamon", name) for name in re.findall(r"\bslamon\[(\w+)\]", code)}
    assert told
    assert {one for one in told if one[1] not in known} == set()


# -- links


def anchors(page: Path) -> set[str]:
    """As GitHub makes them of headings."""
    heads = re.findall(r"^#+ (.+)$", text_of(page), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}


@pytest.mark.parametrize("page", PAGES, ids=place)
def test_every_link_leads_somewhere(page: Path) -> None:
    for link in _LINK.findall(_BLOCK.sub("", text_of(page))):
        if "://" in link:
            continue
        path, _, anchor = link.partition("#")
        target = page if not path else (page.parent / path).resolve()
        assert target.exists(), link
        assert not anchor or anchor in anchors(target), link


def test_every_page_can_be_reached_from_the_index() -> None:
    reached: set[Path] = set()
    waiting = [ROOT / "docs" / "README.md"]
    while waiting:
        page = waiting.pop()
        if page not in reached and page.suffix == ".md" and page.is_relative_to(ROOT / "docs"):
            reached.add(page)
            waiting += [(page.parent / link.partition("#")[0]).resolve() for link in _LINK.findall(text_of(page))]
    assert [place(page) for page in (ROOT / "docs").rglob("*.md") if page not in reached] == []


# -- what may be copied


def test_every_catalogue_that_is_shown_is_valid(tmp_path: Path) -> None:
    (tmp_path / "secrets").mkdir()
    (tmp_path / "secrets" / "key.txt").write_text("geheim")
    file = tmp_path / "slamon.yml"
    found = 0
    for page, text in blocks("yaml"):
        # the parts that those pages show are one catalogue: test_configuration_documented.py
        if page.name != "configuration.md" and page.parent.name != "kinds":
            file.write_text(text, encoding="utf-8")
            assert load(file, env=SECRETS).services, place(page)
            found += 1
    assert found > 2


def test_every_configuration_of_prometheus_is_valid_and_honours_labels(tmp_path: Path) -> None:
    shown = [text for _, text in blocks("yaml prometheus")]
    for text in (*shown, text_of(ROOT / "config" / "prometheus.yml")):
        file = tmp_path / "prometheus.yml"
        file.write_text(text)
        checked("config", "--syntax-only", str(file))
        assert [job.get("honor_labels") for job in yaml.safe_load(text)["scrape_configs"]] == [True]
    assert len(shown) > 2


def test_every_question_to_prometheus_is_well_formed(tmp_path: Path) -> None:
    rules = [{"record": f"r{number}", "expr": text} for number, (_, text) in enumerate(blocks("promql"))]
    file = tmp_path / "rules.yml"
    file.write_text(json.dumps({"groups": [{"name": "manual", "rules": rules}]}))
    checked("rules", str(file))
    assert rules


def checked(*words: str) -> None:
    done = subprocess.run(["promtool", "check", *words], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_json_that_is_shown_is_json() -> None:
    assert [json.loads(line) for _, text in blocks("json") for line in text.splitlines()]


def test_every_metric_that_is_named_is_exposed() -> None:
    known = {family.name + suffix for group in names.GROUPS for family in names.FAMILIES[group] for suffix in SUFFIXES}
    for page in PAGES:
        told = re.findall(r"\bslamon_(?!completion)\w+[a-z]\b", text_of(page))
        assert [name for name in told if name not in known] == [], place(page)


# -- commands


def calls(line: str) -> Iterator[list[str]]:
    """The words after `slamon` wherever a line calls it with a command."""
    try:
        words = shlex.split(line.replace("\\|", "|"), comments=True)
    except ValueError:
        return
    for number, word in enumerate(words[:-1]):
        if word.rpartition("/")[2] == "slamon" and words[number + 1] in PROGRAM.commands:
            rest = words[number + 1 :]
            ends = [rest.index(end) for end in ("|", ">", "&&") if end in rest]
            yield rest[: min(ends, default=len(rest))]


def parse(words: list[str]) -> None:
    """As the program would, without doing anything; raises what it would say of wrong words."""
    command, rest = PROGRAM, list(words)
    while hasattr(command, "commands"):
        command = command.commands[rest.pop(0)]
    command.make_context("slamon", rest)


def called() -> Iterator[tuple[Path, list[str]]]:
    for page in PAGES:
        text = text_of(page)
        lines = [line for _, block in _BLOCK.findall(text) for line in block.splitlines()]
        lines += re.findall(r"`(slamon [^`\n]+)`", _BLOCK.sub("", text))
        yield from ((page, words) for line in lines for words in calls(line))


def test_every_command_that_is_shown_is_one() -> None:
    found = list(called())
    for page, words in found:
        if len(words) > 1 or words[0] not in ("probe", "backup", "export", "import"):  # a mention is no call
            try:
                parse(words)
            except typer.TyperException as error:
                pytest.fail(f"{place(page)}: slamon {shlex.join(words)}: {error.format_message()}")
    assert {words[0] for _, words in found} == set(PROGRAM.commands)


def test_a_wrong_command_would_be_seen() -> None:
    for words in (["status", "--wotch"], ["account", "--format", "xml"], ["export", "schema", "x"]):
        with pytest.raises(typer.TyperException):
            parse(words)


def test_what_a_command_is_shown_to_print_is_what_it_prints(slamon: Slamon, monkeypatch: pytest.MonkeyPatch) -> None:
    """Called in a copy of the source; a last line `...` stands for the rest."""
    monkeypatch.chdir(ROOT)
    shown = list(blocks("console run"))
    for page, text in shown:
        first, _, out = text.partition("\n")
        done = slamon(*next(calls(first.removeprefix("$ "))))
        assert (done.code, done.err) == (0, ""), place(page)
        rest = out.removesuffix("...\n")
        assert (done.out if rest == out else done.out[: len(rest)]) == rest, place(page)
    assert len(shown) > 2


def test_the_example_by_hand_has_the_figures_of_the_program(slamon: Slamon, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    page = ROOT / "docs" / "manual" / "figures.md"
    first = next(text for where, text in blocks("console run") if where == page).splitlines()[0]
    (figure,) = slamon(*next(calls(first.removeprefix("$ "))), "--format", "json").figures
    minutes = dict(re.findall(r"^\| ([a-z ]+) \| (\d+) \|", text_of(page), re.MULTILINE))
    assert set(minutes) == {"in service", "excluded", "measured", "unknown", "known", "downtime"}
    assert {key: figure[f"{key.replace(' ', '_')}_ms"] for key in minutes} == {
        key: int(value) * 60_000 for key, value in minutes.items()
    }
    assert figure["budget_ms"] == 86.4 * 60_000
    assert figure["availability"].startswith("0.979166")
    for told in ("97.916 %", "97.95 %", "26.4, which is 30.5 % of it", "0.03 x 2880 = 86.4 minutes"):
        assert told in text_of(page)


def test_the_variants_by_hand_have_the_figures_of_the_program(slamon: Slamon, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    page = ROOT / "docs" / "manual" / "what-if.md"
    asked = [text.splitlines()[0] for where, text in blocks("console run") if where == page]
    first, second = (
        json.loads(slamon(*next(calls(line.removeprefix("$ "))), "--format", "json").out) for line in asked
    )
    by_hand = re.findall(
        r"^\| ([^|]+) \| (\d+)[^|]* \| ([\d +]+)[^|]* \| ([^|]+) \| [^|]+ \| (-?[\d.]+)", text_of(page), re.M
    )
    told = {name: (int(known), sum(map(int, down.split("+"))), float(left)) for name, known, down, _, left in by_hand}
    known = {v["name"]: v["figures"][0] for v in first["variants"]}
    assert told == {
        name: (f["known_ms"] / 60_000, f["downtime_ms"] / 60_000, f["left_ms"] / 60_000) for name, f in known.items()
    }
    for name, _, _, availability, _ in by_hand:
        if " = " in availability:
            assert known[name]["availability"].startswith(f"0.{availability.split()[-2].replace('.', '')}")
    (replica,) = second["replicas"]
    assert (replica["failing"], replica["expected_ms"]) == ("0.020833333333", 75_000)


def test_every_verdict_is_explained_and_no_other() -> None:
    section = text_of(ROOT / "docs" / "manual" / "figures.md").split("\n## Verdicts\n")[1].split("\n## ")[0]
    assert set(re.findall(r"^\| `(\w+)` \|", section, re.MULTILINE)) == {verdict.value for verdict in AgreementVerdict}
