"""Whatever a blackbox.yml holds, reading it ends in modules or in mistakes with their places, and in nothing else."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel
from slamon.blackbox.written import written_file
from slamon.catalogue.blackbox import BlackboxFile, load_blackbox_text
from slamon.catalogue.blackbox.models import PROBERS, Module
from slamon.catalogue.problems import CatalogueErrors

FILE = Path("blackbox.yml")
SECRET = "hoechst-geheim"

LIKELY = (
    "5s", "1h-", "-1s", "GET", "ip4", "(", "(?P<a>.)", "a\nb", "\x85\u2028", "TLS12", "A", "IN", "NOERROR", "gzip",
    "http://u:p@a.example:8080", "http://[", "host:0", "Authorization", "Host", "body.a == 1", "10MB", "9" * 30, "0x",
    "yes", "~", "=", "<<", "!", "2026-01-01", "1:30", "1_0", ".inf", ".nan", 0, -1, 200, 2**70, 1.5, float("nan"),
    True, False, None,
)  # fmt: skip

scalars = st.one_of(
    st.sampled_from(LIKELY), st.text(max_size=8), st.integers(), st.floats(), st.dates(), st.binary(max_size=4)
)
shapes: st.SearchStrategy[Any] = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5) | st.integers(), inner, max_size=3),
    max_leaves=6,
)


def model_of(annotation: Any) -> type[BaseModel] | None:
    """The model that a key's value is, or that stands in its list or mapping."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for part in get_args(annotation) if (found := model_of(part)) is not None), None)


def options_of(model: type[BaseModel], depth: int = 3) -> st.SearchStrategy[Any]:
    """Mappings with keys that there are, each holding what it should, or anything."""

    def value(annotation: Any) -> st.SearchStrategy[Any]:
        inner = model_of(annotation)
        if inner is None or not depth:
            return st.one_of(scalars, st.lists(scalars, max_size=2), shapes)
        one = options_of(inner, depth - 1)
        return st.one_of(one, st.lists(one, max_size=2), st.dictionaries(st.text(max_size=5), one, max_size=2), shapes)

    fields = {field.alias or name: value(field.annotation) for name, field in model.model_fields.items()}
    some = st.lists(st.sampled_from(sorted(fields)), max_size=3, unique=True)
    return some.flatmap(lambda keys: st.fixed_dictionaries({key: fields[key] for key in keys}))


def module_of(prober: str) -> st.SearchStrategy[Any]:
    """A module that has its own options, and perhaps those of others."""
    model = model_of(Module.model_fields[prober].annotation)
    assert model is not None
    own = st.fixed_dictionaries({"prober": st.just(prober), prober: options_of(model)})
    return st.tuples(options_of(Module, 1), own).map(lambda both: both[0] | both[1])


modules = st.one_of(*(module_of(prober) for prober in PROBERS), options_of(Module), shapes)
files = st.one_of(
    st.fixed_dictionaries({"modules": st.dictionaries(st.text(max_size=5), modules, max_size=3)}),
    st.fixed_dictionaries({"modules": shapes}),
    shapes,
)


def read(raw: bytes) -> BlackboxFile | None:
    """The modules; None after mistakes, each of which names its place."""
    errors: CatalogueErrors | None = None
    try:
        return load_blackbox_text(FILE, raw)
    except CatalogueErrors as found:
        errors = found
    assert errors.problems
    for line in problem_lines(errors):
        assert line.startswith("blackbox.yml"), line
    return None


def problem_lines(errors: CatalogueErrors) -> Iterator[str]:
    """Each mistake, as it is told."""
    return (str(problem) for problem in errors.problems)


@given(files)
@settings(max_examples=150, deadline=None)
def test_any_shape_ends_in_modules_or_in_places(value: Any) -> None:
    found = read(yaml.safe_dump(value, allow_unicode=True).encode("utf-8", "surrogatepass"))
    if found is not None:
        assert written_file(found), "what was read can be shown on /config"


YAML = st.text(st.sampled_from("modules: {}[]&*!|>-?,#'\"\n\t\\ x<%@`~0.é\x85\0"), max_size=60)


@given(st.one_of(YAML.map(str.encode), st.binary(max_size=60), YAML.map(lambda text: f"modules:\n m: {text}".encode())))
@settings(max_examples=200, deadline=None)
def test_any_bytes_end_in_modules_or_in_places(raw: bytes) -> None:
    read(raw)


@pytest.mark.parametrize("prober", PROBERS)
def test_a_secret_of_any_shape_is_never_told(prober: str) -> None:
    for shape in ([SECRET], {"a": SECRET}, [[SECRET]]):
        options = dict.fromkeys(("basic_auth", "authorization", "oauth2", "bearer_token"), shape)
        value = {"modules": {"m": {"prober": prober, prober: options, "http": options}}}
        with pytest.raises(CatalogueErrors) as raised:
            load_blackbox_text(FILE, yaml.safe_dump(value).encode())
        assert "bearer_token" in str(raised.value)
        assert SECRET not in str(raised.value)
