"""A catalogue of 200,000 lines: read whole when it is valid, one clear error when it is beyond the limits."""

from pathlib import Path

import pytest
from slamon.catalogue import Catalogue, CatalogueErrors, load, reader

LINES = 200_000
CHECK = """
      check-{n}:
        http:
          url: https://host-{n}.example.org/
          expect: {{status: [200], body_contains: ready}}
        interval: 60s"""


def large(lines: int) -> str:
    """A valid catalogue of at least so many lines: services of ten checks, an agreement each."""
    checks = "".join(CHECK.format(n=n) for n in range(10))
    service = "  service-{n}:\n    name: Service {n}\n    checks:" + checks + "\n"
    agreement = "  agreement-{n}:\n    customer: kunde\n    services: [service-{n}]\n    target: 99.9%\n"
    count = lines // (service.count("\n") + agreement.count("\n")) + 1
    services = "".join(service.replace("{n}", str(n)) for n in range(count))
    agreements = "".join(agreement.replace("{n}", str(n)) for n in range(count))
    head = "slamon: 1\ncustomers: {kunde: {name: Kunde, kind: external}}\n"
    return f"{head}services:\n{services}agreements:\n{agreements}"


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made: Path = tmp_path_factory.mktemp("large") / "c.yml"
    made.write_text(large(LINES))
    assert made.read_text().count("\n") >= LINES
    return made


def test_a_valid_one_loads_whole(file: Path) -> None:
    catalogue: Catalogue = load(file, env={})

    assert len(catalogue.checks) == 10 * len(catalogue.services)
    assert len(catalogue.agreements) == len(catalogue.services) > 3_000
    assert catalogue.warnings == []


def test_a_mistake_in_its_last_line_is_the_one_error(file: Path, tmp_path: Path) -> None:
    text = file.read_text()
    wrong = tmp_path / "c.yml"
    wrong.write_text(text[: text.rindex("99.9%")] + "99.9\n")

    with pytest.raises(CatalogueErrors) as raised:
        load(wrong, env={})

    assert [problem.place.line for problem in raised.value.problems] == [text.count("\n")]
    assert raised.value.problems[0].expected == "a percentage with its sign, for example 99.9%"


def test_one_beyond_the_size_limit_is_one_error_and_not_parsed(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    size = file.stat().st_size
    monkeypatch.setattr(reader, "MAX_BYTES", size - 1)
    monkeypatch.setattr(reader, "read_text", None)

    with pytest.raises(CatalogueErrors) as raised:
        load(file, env={})

    assert [str(problem) for problem in raised.value.problems] == [
        f"{file}: found a file of {size} bytes, expected at most {size - 1} bytes: split it into a folder"
    ]


def test_a_limit_on_the_size_is_far_above_what_people_write() -> None:
    assert reader.MAX_BYTES == 64 * 2**20
