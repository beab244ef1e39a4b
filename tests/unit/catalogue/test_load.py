"""One file or a folder of them: one catalogue, or every mistake with its place."""

from pathlib import Path

import pytest
from slamon.catalogue import CatalogueErrors, load

CUSTOMER = "customers: {kunde: {name: Kunde, kind: external}}\n"
SERVICE = 'services:\n  shop:\n    checks: {seite: {tcp: {address: "127.0.0.1:9"}}}\n'
AGREEMENT = "agreements:\n  gold: {customer: kunde, services: [shop], target: 99.9%}\n"
WHOLE = "slamon: 1\n" + CUSTOMER + SERVICE + AGREEMENT


def written(folder: Path, **files: str) -> Path:
    for name, text in files.items():
        (folder / f"{name}.yml").write_text(text)
    return folder


def messages(path: Path) -> list[str]:
    with pytest.raises(CatalogueErrors) as raised:
        load(path, env={})
    folder = path if path.is_dir() else path.parent
    return [str(problem).replace(f"{folder}/", "") for problem in raised.value.problems]


def test_a_folder_is_read_as_one_catalogue(tmp_path: Path) -> None:
    folder = written(tmp_path, a="slamon: 1\n" + CUSTOMER, b=SERVICE, c=AGREEMENT)

    catalogue = load(folder, env={})

    assert list(catalogue.checks) == ["shop/seite"]
    assert catalogue.agreements["gold"].customer == "kunde"
    assert [file.name for file in catalogue.files] == ["a.yml", "b.yml", "c.yml"]
    assert catalogue.warnings == []


def test_a_section_may_be_spread_over_files(tmp_path: Path) -> None:
    other = 'services:\n  lager:\n    checks: {tor: {tcp: {address: "127.0.0.1:9"}}}\n'

    catalogue = load(written(tmp_path, a=WHOLE, b=other), env={})

    assert list(catalogue.checks) == ["shop/seite", "lager/tor"]


def test_files_that_are_no_yaml_are_passed_over(tmp_path: Path) -> None:
    written(tmp_path, a=WHOLE)
    (tmp_path / "README.md").write_text("# no YAML: [")
    (tmp_path / ".hidden.yml").write_text("{")

    assert list(load(tmp_path, env={}).services) == ["shop"]


def test_a_thing_in_two_files_names_both_places(tmp_path: Path) -> None:
    folder = written(tmp_path, a=WHOLE, b=SERVICE)

    assert messages(folder) == [
        "b.yml:2:3: services.shop: found 'shop' a second time, expected it in one file only (first in a.yml:4:3)"
    ]


def test_a_setting_in_two_files_names_both_places(tmp_path: Path) -> None:
    folder = written(tmp_path, a=WHOLE + "defaults: {interval: 30s}\n", b="defaults: {interval: 60s}\n")

    assert messages(folder) == [
        "b.yml:1:1: defaults: found 'defaults' a second time, expected it in one file only (first in a.yml:8:1)"
    ]


def test_every_file_may_name_the_version(tmp_path: Path) -> None:
    assert load(written(tmp_path, a=WHOLE, b="slamon: 1\n"), env={}).slamon == 1


def test_a_wrong_version_in_any_file_is_seen(tmp_path: Path) -> None:
    assert [m.split(" ")[0] for m in messages(written(tmp_path, a=WHOLE, b="slamon: 2\n"))] == ["b.yml:1:9:"]
    assert [m.split(" ")[0] for m in messages(written(tmp_path, a="slamon: 2\n", b=WHOLE))] == ["a.yml:1:9:"]


def test_mistakes_of_every_file_are_told_together(tmp_path: Path) -> None:
    folder = written(
        tmp_path,
        a=WHOLE.replace("99.9%", "99.9"),
        b="services:\n  lager: {team: niemand, needs: 0}\n",
        c="teams: [",
        d="calendars:\n  buero: {hours: {mo: []}}\n",
    )

    assert [m.split(": ")[:2] for m in messages(folder)] == [
        ["a.yml:7:53", "agreements.gold.target"],
        ["b.yml:2:33", "services.lager.needs"],
        ["c.yml:2:1", "found malformed YAML"],
        ["d.yml:2:19", "calendars.buero.hours.mo"],
    ]


def test_an_empty_folder_is_one_error(tmp_path: Path) -> None:
    assert len(messages(tmp_path)) == 1


def test_a_file_that_is_not_there_is_one_error(tmp_path: Path) -> None:
    assert len(messages(tmp_path / "none.yml")) == 1


def test_what_nothing_uses_is_a_warning_with_its_place(tmp_path: Path) -> None:
    text = WHOLE + 'teams: {web: {name: Web}}\ncalendars: {buero: {hours: {mon: ["08:00-18:00"]}}}\n'
    (tmp_path / "c.yml").write_text(text)

    warnings = [str(warning).replace(f"{tmp_path}/", "") for warning in load(tmp_path / "c.yml", env={}).warnings]

    assert warnings == [
        "c.yml:8:14: teams.web is used by nothing",
        "c.yml:9:20: calendars.buero is used by nothing",
    ]


def test_a_check_takes_from_the_defaults_what_it_does_not_say(tmp_path: Path) -> None:
    text = WHOLE.replace('address: "127.0.0.1:9"}', 'address: "127.0.0.1:9"}, interval: 20s, confirm: 1')
    (tmp_path / "c.yml").write_text(text + "defaults: {timeout: 5s, flapping: 0, confirm: 4}\n")

    check = load(tmp_path / "c.yml", env={}).checks["shop/seite"]

    assert (check.interval_ms, check.timeout_ms, check.confirm, check.flapping) == (20_000, 5_000, 1, 0)
    assert check.stale_after_ms == 2 * 20_000 + 5_000
    assert check.retry_interval_ms == 20_000 // 4


@pytest.mark.parametrize(
    ("said", "retry", "stale"),
    [
        ("interval: 2s, timeout: 1s", 1_000, 5_000),
        ("interval: 500ms, timeout: 200ms", 1_000, 1_200),
        ("interval: 60s, stale_after: 10s", 15_000, 60_000),
        ("interval: 60s, retry_interval: 5s", 5_000, 130_000),
    ],
)
def test_retry_and_staleness_follow_the_contract(tmp_path: Path, said: str, retry: int, stale: int) -> None:
    """Retry: a quarter of the interval, at least 1 s (ACCOUNTING 2.3).

    Stale: twice the interval and the timeout, never less than the interval (1.2).
    """
    (tmp_path / "c.yml").write_text(WHOLE.replace('address: "127.0.0.1:9"}', 'address: "127.0.0.1:9"}, ' + said))

    check = load(tmp_path / "c.yml", env={}).checks["shop/seite"]

    assert check.retry_interval_ms == min(retry, check.interval_ms)
    assert check.stale_after_ms == stale


def test_a_change_of_a_check_changes_its_fingerprint_and_nothing_else_does(tmp_path: Path) -> None:
    two = WHOLE.replace("checks: {", 'checks: {tor: {tcp: {address: "127.0.0.1:9"}}, ')
    (tmp_path / "a.yml").write_text(two)
    (tmp_path / "b.yml").write_text(
        two.replace('tor: {tcp: {address: "127.0.0.1:9"', 'tor: {tcp: {address: "127.0.0.1:10"')
    )

    before, after = (load(tmp_path / name, env={}).checks for name in ("a.yml", "b.yml"))

    assert before["shop/seite"].fingerprint() == after["shop/seite"].fingerprint()
    assert before["shop/tor"].fingerprint() != after["shop/tor"].fingerprint()
    assert before["shop/tor"].fingerprint() == load(tmp_path / "a.yml", env={}).checks["shop/tor"].fingerprint()


def test_mistakes_of_one_service_hide_none_of_others_nor_its_cycle(tmp_path: Path) -> None:
    shop = 'shop: {checks: {one: {http: {url: 5}}, two: {tcp: {address: "a"}}}, depends_on: [pay]}'
    pay = "pay: {depends_on: [shop]}"
    mail = 'mail: {needs: 4, checks: {one: {tcp: {address: "a:25"}}}}'
    written(tmp_path, a=f"slamon: 1\nservices:\n  {shop}\n  {pay}\n  {mail}\n")

    assert [message.partition(" expected ")[0] for message in messages(tmp_path / "a.yml")] == [
        "a.yml:3:37: services.shop.checks.one.http.url: found 5,",
        "a.yml:3:63: services.shop.checks.two.tcp.address: found 'a',",
        "a.yml:4:21: services.pay.depends_on: found shop -> pay -> shop,",
        "a.yml:5:17: services.mail.needs: found 4,",
    ]
