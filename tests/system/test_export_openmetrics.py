"""The past of a ledger as samples: what `/metrics` showed then, what `slamon account` says, and what promtool takes."""

import re
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from slamon.catalogue import load
from slamon.export import names
from slamon.export.own import Own
from slamon.export.page import CLASSES
from slamon.export.text import render
from slamon.ledger import Ledger, read_only
from slamon.running.sampling import Newest, Sampling
from slamon.running.stored import figures_of
from slamon.running.tallies import Tallies
from slamon.running.totals import Totals
from slamon.shown import instant_text

from tests.system.past import demo_ledger
from tests.system.running import command, figures

NOW = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
HOUR_S = 3600
END_S = int(NOW.timestamp())
STEP_S = 3 * HOUR_S
START_S = (END_S - 40 * 24 * HOUR_S) // STEP_S * STEP_S
MOMENTS = [START_S + steps * STEP_S for steps in (1, 67, 141, 213, 259, 320)]
AVAILABILITY = names.PERIOD_AVAILABILITY.name
LINE = re.compile(r"(\w+)(\{.*\})? (\S+) (\d+)")


@pytest.fixture(scope="module")
def config(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return demo_ledger(tmp_path_factory.mktemp("past"), NOW)


@pytest.fixture(scope="module")
def text(config: Path) -> str:
    """Forty days, three hours apart."""
    file = config.parent / "past.om"
    words = ("-c", str(config), "--start", f"{START_S}000", "--every", "3h", "-o", str(file))
    done = command("export", "openmetrics", *words, deadline_s=240)
    assert done.returncode == 0, done.stderr
    return file.read_text()


@pytest.fixture(scope="module")
def samples(text: str) -> dict[int, dict[str, str]]:
    """Values by moment (s) and series."""
    found: dict[int, dict[str, str]] = {}
    for name, labels, value, at in LINE.findall(text):
        found.setdefault(int(at), {})[name + labels] = value
    return found


def shown(config: Path, at_s: int) -> Iterator[tuple[str, str]]:
    """The series of services and agreements as a slamon shows them that was started on the facts of then."""
    loaded = load(config)
    found, _ = figures_of(loaded, loaded.storage.path, None, at_s * 1000, running=True)
    found.book.refresh(at_s * 1000)
    source = Sampling(found, Tallies((), {}, ()), Totals({}, {}, 0), Newest(), at_s * 1000)
    groups = frozenset({names.SERVICE, names.AGREEMENT})
    for line in b"".join(render(source, Own(), groups, openmetrics=True)).decode().splitlines():
        if not line.startswith("#"):
            series, _, value = line.rpartition(" ")
            yield series, value


@pytest.mark.parametrize("at", MOMENTS)
def test_a_moment_has_every_series_and_value_that_slamon_showed_then(
    at: int, config: Path, samples: dict[int, dict[str, str]]
) -> None:
    counters = ("_total", "_created")
    told = {series: v for series, v in samples[at].items() if not series.startswith("slamon_check")}
    there = dict(shown(config, at))

    assert len(there) > 100
    assert {s: v for s, v in told.items() if not s.split("{")[0].endswith(counters)} == {
        s: v for s, v in there.items() if not s.split("{")[0].endswith(counters)
    }


@pytest.mark.parametrize("at", MOMENTS[-2:])
def test_the_figure_of_a_moment_is_that_of_the_account(
    at: int, config: Path, samples: dict[int, dict[str, str]]
) -> None:
    asked = figures("--config", str(config), "--at", instant_text(at * 1000))["figures"]

    assert len(asked) == 4
    for figure in asked:
        [value] = [
            v
            for s, v in samples[at].items()
            if s.startswith(f'{AVAILABILITY}{{agreement="{figure["agreement"]}",service="{figure["service"]}"')
        ]
        assert float(value) == pytest.approx(float(figure["availability"]), abs=1e-9)


def test_counters_never_fall_and_end_at_what_is_stored(config: Path, samples: dict[int, dict[str, str]]) -> None:
    before: dict[str, float] = {}
    for at in sorted(samples):
        now = {s: float(v) for s, v in samples[at].items() if re.match(r"\w+_(total|bucket|count|sum)\b", s)}
        assert all(now[series] >= value for series, value in before.items()), at
        before = now
    stored = read_only(load(config).storage.path)
    total = stored.accounted["shop-gold", "onlineshop"]
    series = f'{names.ACCOUNTED.name}{{agreement="shop-gold",service="onlineshop",customer="haendler",class="%s"}}'
    counted = {name: before[series % name] for name in CLASSES}
    assert sum(counted.values()) == pytest.approx((total.until - max(total.since, 0)) / 1000, abs=STEP_S)
    assert counted["down"] == pytest.approx(total.down / 1000, abs=0.002)
    tally = stored.tallies["onlineshop/startseite"]
    observed = before['slamon_check_observations_total{service="onlineshop",check="startseite"}']
    assert observed == pytest.approx(tally.observations, abs=STEP_S)


def test_families_are_in_one_piece_and_typed(text: str) -> None:
    heads = re.findall(r"^# TYPE (\w+) (\w+)$", text, re.MULTILINE)
    known = {f.base: f.kind.value for group in names.GROUPS for f in names.FAMILIES[group]}

    assert len(heads) == len(dict(heads)) > 30
    assert all(known[name] == kind for name, kind in heads)
    assert text.endswith("\n# EOF\n")


def test_promtool_makes_blocks_of_it(text: str, config: Path) -> None:
    words = ["promtool", "tsdb", "create-blocks-from", "openmetrics", "--max-block-duration=1440h"]
    done = subprocess.run(
        [*words, config.parent / "past.om", config.parent / "blocks"], capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stderr
    assert list((config.parent / "blocks").glob("*/chunks"))
    assert text


def test_a_folder_that_is_missing_and_a_span_that_is_none_are_told(config: Path, tmp_path: Path) -> None:
    def said(*words: str) -> str:
        done = command("export", "openmetrics", "-c", str(config), *words)
        assert done.returncode == 2, done.stdout
        return done.stderr

    earlier = (instant_text((END_S - day * 24 * HOUR_S) * 1000) for day in (2, 3))
    assert "before it begins" in said(*(w for pair in zip(("--start", "--end"), earlier, strict=True) for w in pair))
    assert "expected 1s or more" in said("--every", "10ms")
    assert "--every" in said("--every", "often")
    assert "the ledger knows nothing after" in said("--end", instant_text(END_S * 1000 + 60_000))
    (tmp_path / "empty.yml").write_text(f"slamon: 1\nstorage: {{path: {tmp_path / 'slamon.db'}}}\n")
    Ledger.open(tmp_path / "slamon.db").close()
    done = command("export", "openmetrics", "-c", str(tmp_path / "empty.yml"))
    assert "holds no observation" in done.stderr
