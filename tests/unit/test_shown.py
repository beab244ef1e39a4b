"""A figure as consumers are given it: the worked cases' keys, and what must stand beside them."""

import json
from pathlib import Path
from typing import Any

import pytest
from slamon.accounting import WINDOWS
from slamon.catalogue import Catalogue, load
from slamon.catalogue.quantities import instant_ms
from slamon.errors import UsageError
from slamon.figures import Facts, Figures
from slamon.replay import Reading, read, replayed
from slamon.shown import answer, answer_steps, csv_rows, csv_text, instant, instant_text

VECTORS = Path(__file__).parents[1] / "vectors"
NAMES = sorted(path.stem for path in VECTORS.glob("*.json"))
MINUTE = 60_000
AT = instant_ms("2026-10-05T02:00:00Z")

BASE: dict[str, Any] = {
    "slamon": 1,
    "customers": {"kunde": {"name": "=Kunde", "kind": "external"}},
    "defaults": {"interval": "60s", "timeout": "5s"},
    "services": {
        "shop": {"checks": {"home": {"tcp": {"address": "127.0.0.1:9"}}}},
        "post": {"checks": {"smtp": {"tcp": {"address": "127.0.0.1:9"}}}},
    },
    "agreements": {
        "gold": {"customer": "kunde", "services": ["shop", "post"], "target": "99.9%", "valid_from": "2026-10-05"}
    },
}


def made(folder: Path, **changes: Any) -> Catalogue:
    """The base catalogue; `changes` are merged into the agreement, `corrections` into the whole."""
    found = json.loads(json.dumps(BASE))
    if "corrections" in changes:
        found["corrections"] = changes.pop("corrections")
    if "defaults" in changes:
        found["defaults"] |= changes.pop("defaults")
    found["agreements"]["gold"] |= changes
    path = folder / "slamon.yml"
    path.write_text(json.dumps(found))
    return load(path)


def seen(folder: Path, catalogue: Catalogue, words: dict[str, str], at: int = AT) -> Figures:
    """One observation a minute up to `at`: a letter of the word each (u, g, d; anything else: none), then up."""
    verdicts = {"u": "up", "g": "degraded", "d": "down"}
    start = at - 120 * MINUTE
    lines = [
        {"check": check, "at": start + i * MINUTE, "verdict": verdicts[letter]}
        for check, word in words.items()
        for i, letter in enumerate(word.ljust(120, "u"))
        if letter in verdicts
    ]
    path = folder / "seen.jsonl"
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return replayed(catalogue, read(path, catalogue, at))


BOTH = {"shop/home": "", "post/smtp": ""}


@pytest.mark.parametrize("name", NAMES)
def test_every_worked_case_is_shown_as_it_expects(name: str, tmp_path: Path) -> None:
    vector = json.loads((VECTORS / f"{name}.json").read_text())
    config, file = tmp_path / "slamon.yml", tmp_path / "seen.jsonl"
    config.write_text(json.dumps(vector["catalogue"]))
    file.write_text("".join(json.dumps(line) + "\n" for line in vector["observations"]))
    catalogue, at = load(config), instant_ms(vector["at"])
    shown = answer(replayed(catalogue, read(file, catalogue, at)), at, period=vector["period"])["figures"]
    assert [
        {key: figure.get(key) for key in wanted} for figure, wanted in zip(shown, vector["expected"], strict=True)
    ] == (vector["expected"])
    for figure, wanted in zip(shown, vector["expected"], strict=True):
        assert ("latency" in figure) is ("latency" in wanted)


def test_the_moment_is_told_twice_and_every_window_there_is(tmp_path: Path) -> None:
    found = answer(seen(tmp_path, made(tmp_path), BOTH), AT)
    assert (found["at"], found["at_ms"]) == ("2026-10-05T02:00:00.000Z", AT)
    assert [f["service"] for f in found["figures"]] == ["shop", "post"]
    rolling = found["figures"][0]["rolling"]
    assert list(rolling) == list(WINDOWS)
    assert rolling["30m"]["availability"] == "1.000000000000"
    assert rolling["30m"]["measured_ms"] == 30 * MINUTE


def test_instants_carry_milliseconds() -> None:
    assert instant_text(1_791_159_400_007) == "2026-10-05T00:16:40.007Z"


NOW = 1_791_159_400_007


@pytest.mark.parametrize("text", [str(NOW), "2026-10-05T00:16:40.007Z", "2026-10-05T02:16:40.007+02:00"])
def test_a_moment_is_read_in_any_zone_or_in_milliseconds(text: str) -> None:
    assert instant(text, NOW) == NOW


@pytest.mark.parametrize(
    "text", ["", "now", "2026-10-05", "2026-10-05T00:16:40", "2026-13-05T00:00:00Z", "-1", "x" * 900, "\0"]
)
def test_a_moment_that_cannot_be_read_is_told_with_an_example(text: str) -> None:
    with pytest.raises(UsageError, match="expected a time with its offset or Z, as 2026-10-05T12:00:00Z") as told:
        instant(text, NOW)
    assert len(str(told.value)) < 200


@pytest.mark.parametrize("text", ["1969-12-31T23:59:59Z", "2200-01-01T00:00:00Z", "99999999999999", "9" * 5_000])
def test_a_moment_beyond_all_agreements_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="expected a time"):
        instant(text, NOW)


def test_a_moment_still_to_come_is_refused() -> None:
    with pytest.raises(UsageError, match=r"at 2026-10-05T00:16:40\.008Z is in the future: it is .*40\.007Z now"):
        instant(str(NOW + 1), NOW)


def test_what_was_agreed_stands_beside_the_figure(tmp_path: Path) -> None:
    catalogue = made(tmp_path, target="99.95%", rules={"unknown": "down", "min_outage": "5m"}, defaults={"confirm": 3})
    figure = answer(seen(tmp_path, catalogue, BOTH), AT, service="shop")["figures"][0]
    assert (figure["customer"], figure["target"], figure["target_text"]) == ("kunde", "0.9995", "99.95 %")
    assert figure["rules"] == {"unknown": "down", "min_outage_ms": 300_000, "confirm": {"shop/home": 3}}
    assert figure["resolution_ms"] == MINUTE
    # October without its first four days, 0.05 %: 27 days are 38,880 min, 19.44 min of them
    assert figure["allowance_ms"] == 1_166_400
    assert figure["budget_remaining"] == "1.000000000000"
    assert figure["observed_ms"] == 120 * MINUTE


def test_default_rules_are_not_told(tmp_path: Path) -> None:
    assert answer(seen(tmp_path, made(tmp_path), BOTH), AT)["figures"][0]["rules"] == {}


def test_burned_budget_and_burn_rate_are_cut_upward_in_the_windows(tmp_path: Path) -> None:
    figures = seen(tmp_path, made(tmp_path, target="99.7%"), {**BOTH, "shop/home": "u" * 100 + "dd"})
    window = answer(figures, AT, service="shop")["figures"][0]["rolling"]["1d"]
    # 2 min of 120 over 0.3 %: 50 / 9; of an allowance of 0.3 % of 38,880 min: 2 / 116.64
    assert window["burn_rate"] == "5.555555555556"
    assert window["budget_burned"] == "0.017146776407"
    assert answer(figures, AT, service="shop")["figures"][0]["budget_burned"]["1d"] == "0.017146776407"


def test_a_blip_is_counted_and_the_figure_without_confirmation_stands_beside(tmp_path: Path) -> None:
    figure = answer(seen(tmp_path, made(tmp_path), {**BOTH, "shop/home": "uuud"}), AT)["figures"][0]
    assert (figure["downtime_ms"], figure["blips"], figure["blip_ms"]) == (0, 1, MINUTE)
    assert (figure["downtime_confirm_1_ms"], figure["outage_count_confirm_1"]) == (MINUTE, 1)
    assert figure["availability"] == "1.000000000000"
    assert figure["availability_confirm_1"] == "0.991666666666"


def test_without_a_blip_the_figure_without_confirmation_is_the_agreed_one(tmp_path: Path) -> None:
    figure = answer(seen(tmp_path, made(tmp_path), {**BOTH, "shop/home": "uuudd"}), AT)["figures"][0]
    assert figure["availability_confirm_1"] == figure["availability"] == "0.983333333333"


def test_each_correction_tells_what_it_changes_on_its_own(tmp_path: Path) -> None:
    def entry(start: str, end: str, **more: str) -> dict[str, str]:
        return {
            "agreement": "gold",
            "kind": "up",
            "start": f"2026-10-05T{start}:00Z",
            "end": f"2026-10-05T{end}:00Z",
            "author": "sm",
            "reason": "agreed",
            "entered": "2026-10-05T01:30:00Z",
        } | more

    entries = [
        entry("00:08", "00:12", ticket="INC-1"),
        entry("00:10", "00:30", kind="exclude"),
        entry("00:00", "02:00", revoked="2026-10-05T01:40:00Z"),
    ]
    catalogue = made(tmp_path, corrections=entries)
    figure = answer(seen(tmp_path, catalogue, {**BOTH, "shop/home": "u" * 10 + "dddd"}), AT)["figures"][0]
    first, second = figure["corrections"]
    # down from :10 to :14; the first makes :10 to :12 up, the second takes :10 to :30 out
    assert (first["changed_ms"], second["changed_ms"]) == (2 * MINUTE, 20 * MINUTE)
    assert (first["ticket"], first["cause"], first["author"]) == ("INC-1", "other", "sm")
    assert (figure["downtime_ms"], figure["downtime_uncorrected_ms"]) == (0, 4 * MINUTE)
    assert figure["availability_uncorrected"] == "0.966666666666"


def test_the_observations_around_an_outage_bound_its_true_length(tmp_path: Path) -> None:
    figure = answer(seen(tmp_path, made(tmp_path), {**BOTH, "shop/home": "uuu..ddddd"}), AT)["figures"][0]
    start = AT - 120 * MINUTE
    assert [o["start_ms"] for o in figure["outages"]] == [start + 5 * MINUTE]
    assert figure["outage_evidence"] == [
        {
            "last_good_before_ms": start + 2 * MINUTE,
            "first_failed_ms": start + 5 * MINUTE,
            "last_failed_ms": start + 9 * MINUTE,
            "first_good_after_ms": start + 10 * MINUTE,
        }
    ]


def test_an_outage_of_two_checks_is_bounded_by_the_one_that_began_it_and_the_one_that_ended_it(tmp_path: Path) -> None:
    found = json.loads(json.dumps(BASE))
    found["services"]["shop"] |= {"depends_on": ["post"]}
    (tmp_path / "slamon.yml").write_text(json.dumps(found))
    words = {"shop/home": "uuuuudddd", "post/smtp": "uuuuuuudddd"}
    figure = answer(seen(tmp_path, load(tmp_path / "slamon.yml"), words), AT)["figures"][0]
    start = AT - 120 * MINUTE
    assert [(o["start_ms"], o["end_ms"]) for o in figure["outages"]] == [(start + 5 * MINUTE, start + 11 * MINUTE)]
    assert list(figure["outage_evidence"][0].values()) == [start + i * MINUTE for i in (4, 5, 10, 11)]


def test_an_outage_that_was_only_said_has_no_evidence(tmp_path: Path) -> None:
    correction = {
        "agreement": "gold",
        "kind": "down",
        "start": "2026-10-05T01:00:00Z",
        "end": "2026-10-05T01:05:00Z",
        "author": "sm",
        "reason": "phoned in",
        "entered": "2026-10-05T01:30:00Z",
    }
    figure = answer(seen(tmp_path, made(tmp_path, corrections=[correction]), BOTH), AT)["figures"][0]
    assert figure["outage_count"] == 1
    assert figure["outage_evidence"] == [None]


def test_the_agreements_verdict_is_the_worst_of_its_figures_and_its_credit_the_highest(tmp_path: Path) -> None:
    tiers = [{"below": "99.9%", "credit": "5%"}, {"below": "98%", "credit": "15%"}]
    catalogue = made(tmp_path, credits=tiers, period="week", rules={"min_coverage": "0%"})
    at = instant_ms("2026-10-12T00:00:00Z")
    words = {"shop/home": "u" * 50 + "dd", "post/smtp": "u" * 50 + "dddd"}
    found = answer(seen(tmp_path, catalogue, words, at), at, period="2026-W41")
    assert [f["credit"] for f in found["figures"]] == ["0.050000000000", "0.150000000000"]
    assert found["agreements"] == [
        {"agreement": "gold", "customer": "kunde", "verdict": "breached", "credit": "0.150000000000"}
    ]


def test_an_answer_for_one_service_says_nothing_of_whole_agreements(tmp_path: Path) -> None:
    found = answer(seen(tmp_path, made(tmp_path), BOTH), AT, service="post")
    assert [f["service"] for f in found["figures"]] == ["post"]
    assert found["agreements"] == []


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ({"agreement": "silver"}, "there is no agreement 'silver'; there are: gold"),
        ({"service": "mail"}, "there is no service 'mail'; there are: shop, post"),
        ({"period": "2026-13"}, "'2026-13' names no period that exists"),
        ({"period": "october"}, 'write "2026-10"'),
        ({"period": "2026-11"}, "the period 2026-11 has not begun"),
    ],
)
def test_a_question_that_cannot_be_answered_says_why(question: dict[str, str], words: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=words):
        answer(seen(tmp_path, made(tmp_path), BOTH), AT, **question)


def test_an_agreement_is_not_asked_about_what_it_does_not_bind(tmp_path: Path) -> None:
    catalogue = made(tmp_path, services=["post"])
    with pytest.raises(UsageError, match="gold does not bind 'shop'; it binds: post"):
        answer(Figures(catalogue, Facts()), AT, agreement="gold", service="shop")


def test_the_same_answer_comes_in_steps(tmp_path: Path) -> None:
    figures = seen(tmp_path, made(tmp_path), {**BOTH, "shop/home": "uuud"})
    out: dict[str, Any] = {}
    assert sum(1 for _ in answer_steps(out, figures, AT)) > len(out["figures"])
    assert out == answer(figures, AT)


def test_no_data_is_no_figure(tmp_path: Path) -> None:
    catalogue = made(tmp_path)
    figure = answer(replayed(catalogue, Reading()), AT)["figures"][0]
    assert (figure["availability"], figure["verdict"]) == (None, "no_data")
    assert figure["rolling"]["1h"]["burn_rate"] is None


def test_rows_carry_exact_milliseconds_and_empty_cells_where_there_is_nothing(tmp_path: Path) -> None:
    figures = seen(tmp_path, made(tmp_path), {"shop/home": "uuudd"})
    header, shop, post = csv_rows(answer(figures, AT))
    assert len(header) == len(set(header)) == len(shop) == len(post)
    row = dict(zip(header, shop, strict=True))
    assert (row["at_ms"], row["downtime_ms"], row["in_service_ms"]) == (str(AT), "120000", str(120 * MINUTE))
    assert (row["period_name"], row["availability"]) == ("2026-10", "0.983333333333")
    empty = dict(zip(header, post, strict=True))
    assert (empty["availability"], empty["burn_rate_1h"], empty["latency_total"]) == ("", "", "")
    assert csv_text(answer(figures, AT)).splitlines()[1] == ",".join(shop)
    assert not any(cell.startswith(("=", "+", "@")) for cell in (*shop, *post)), "a spreadsheet would compute it"


@pytest.mark.parametrize("name", ["local-fault", "blip", "min-outage", "correction-wins", "random-32", "random-46"])
def test_asking_changes_nothing_of_what_is_known(name: str, tmp_path: Path) -> None:
    """The figures that would be otherwise are worked out over the same facts, while more of these come in."""
    vector = json.loads((VECTORS / f"{name}.json").read_text())
    config, file = tmp_path / "slamon.yml", tmp_path / "seen.jsonl"
    config.write_text(json.dumps(vector["catalogue"]))
    file.write_text("".join(json.dumps(line) + "\n" for line in vector["observations"]))
    catalogue, at = load(config), instant_ms(vector["at"])
    reading = read(file, catalogue, at)
    running = replayed(catalogue, Reading())
    facts = sorted((o for seen in reading.observations.values() for o in seen), key=lambda o: o.at)
    for count, observation in enumerate(facts):
        running.take(observation)
        if count % max(1, len(facts) // 40) == 0:
            answer(running, observation.at + 1)
    assert answer(running, at, period=vector["period"]) == answer(
        replayed(catalogue, reading), at, period=vector["period"]
    )
