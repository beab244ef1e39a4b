"""Relabelling as Prometheus does it: each action, anchored expressions, groups, empty labels."""

from typing import Any

import pytest
from pydantic import ValidationError
from slamon.catalogue.discovery.models import Action, Relabel
from slamon.catalogue.discovery.relabel import relabelled

A = {"a": "foo", "b": "bar", "c": "baz"}
SAME = {"a": "1", "b": "1"}
OTHER = {"a": "1", "b": "2"}
Rules = list[dict[str, Any]]

CASES: list[tuple[dict[str, str], Rules, dict[str, str] | None]] = [
    # replace
    (A, [{"source_labels": ["a"], "regex": "f(.*)", "target_label": "d", "replacement": "ch${1}-ch${1}"}],
     A | {"d": "choo-choo"}),
    (A, [{"source_labels": ["a", "b"], "regex": "f(.*);(.*)r", "target_label": "a", "replacement": "b${1}${2}m"},
         {"source_labels": ["c", "a"], "regex": "(b).*b(.*)ba(.*)", "target_label": "d", "replacement": "$1$2$2$3"}],
     {"a": "boobam", "b": "bar", "c": "baz", "d": "boooom"}),
    (A, [{"source_labels": ["a"], "regex": "oo", "target_label": "d"}], A),  # anchored at both ends
    (A, [{"source_labels": ["a"], "regex": "foo|x", "target_label": "d"}], A),  # no group 1: empty, so no label
    (A, [{"source_labels": ["a", "c"], "separator": "/", "target_label": "d"}], A | {"d": "foo/baz"}),
    (A, [{"target_label": "d", "replacement": "fixed"}], A | {"d": "fixed"}),
    (A, [{"target_label": "a", "replacement": ""}], {"b": "bar", "c": "baz"}),  # an empty label is none
    (A, [{"source_labels": ["a"], "target_label": "x_${1}", "replacement": "y"}], A | {"x_foo": "y"}),
    ({"a": "x.y"}, [{"source_labels": ["a"], "target_label": "${1}"}], {"a": "x.y"}),  # no name of a label
    ({"a": "1\n2"}, [{"source_labels": ["a"], "regex": "1.2", "target_label": "b", "replacement": "z"}],
     {"a": "1\n2", "b": "z"}),  # a dot is any character
    (A, [{"source_labels": ["a"], "regex": "(?P<word>.+)", "target_label": "d", "replacement": "$word$$$9"}],
     A | {"d": "foo$"}),
    (A, [{"source_labels": ["none"], "regex": "", "target_label": "d", "replacement": "was empty"}],
     A | {"d": "was empty"}),
    # keep, drop
    (A, [{"source_labels": ["a"], "regex": "fo+", "action": "keep"}], A),
    (A, [{"source_labels": ["a"], "regex": "o", "action": "keep"}], None),
    (A, [{"source_labels": ["a"], "regex": "o", "action": "drop"}], A),
    (A, [{"source_labels": ["a", "b"], "regex": ".*;bar", "action": "drop"}], None),
    (A, [{"source_labels": ["a"], "regex": "foo", "action": "drop"}, {"target_label": "d", "replacement": "x"}], None),
    # keepequal, dropequal
    (SAME, [{"source_labels": ["a"], "target_label": "b", "action": "keepequal"}], SAME),
    (OTHER, [{"source_labels": ["a"], "target_label": "b", "action": "keepequal"}], None),
    (SAME, [{"source_labels": ["a"], "target_label": "b", "action": "dropequal"}], None),
    (OTHER, [{"source_labels": ["a"], "target_label": "b", "action": "dropequal"}], OTHER),
    # labels
    (A, [{"regex": "[ab]", "action": "labeldrop"}], {"c": "baz"}),
    (A, [{"regex": "[ab]", "action": "labelkeep"}], {"a": "foo", "b": "bar"}),
    ({"meta_zone": "eu", "x": "y"}, [{"regex": "meta_(.+)", "action": "labelmap"}],
     {"meta_zone": "eu", "x": "y", "zone": "eu"}),
    ({"meta_a": "1"}, [{"regex": "meta_(.+)", "replacement": "${1}_of", "action": "labelmap"}],
     {"meta_a": "1", "a_of": "1"}),
    # hashmod: the values that Prometheus' own tests have
    (A, [{"source_labels": ["c"], "target_label": "d", "modulus": 1000, "action": "hashmod"}], A | {"d": "976"}),
    ({"a": "foo\nbar"}, [{"source_labels": ["a"], "target_label": "b", "modulus": 1000, "action": "hashmod"}],
     {"a": "foo\nbar", "b": "734"}),
    # case
    ({"a": "fOo"}, [{"source_labels": ["a"], "target_label": "u", "action": "uppercase"},
                    {"source_labels": ["a"], "target_label": "l", "action": "lowercase"}],
     {"a": "fOo", "u": "FOO", "l": "foo"}),
    ({"a": "x"}, [{"source_labels": ["a"], "target_label": "b", "action": "REPLACE"}], {"a": "x", "b": "x"}),
]  # fmt: skip


@pytest.mark.parametrize(("labels", "rules", "expected"), CASES)
def test_rules_do_what_they_do_in_prometheus(
    labels: dict[str, str], rules: Rules, expected: dict[str, str] | None
) -> None:
    assert relabelled(labels, [Relabel.model_validate(rule) for rule in rules]) == expected


def test_every_action_has_a_case() -> None:
    assert {Relabel.model_validate(rule).action for _, rules, _ in CASES for rule in rules} == set(Action)


@pytest.mark.parametrize(
    "rule",
    [
        {"action": "replace"},
        {"action": "hashmod", "target_label": "a"},
        {"action": "hashmod", "modulus": 2},
        {"action": "lowercase", "target_label": "${1}"},
        {"action": "labeldrop", "source_labels": ["a"]},
        {"action": "labelkeep", "regex": "a", "replacement": "b"},
        {"action": "keepequal", "target_label": "a", "regex": "b"},
        {"action": "labelmap", "regex": "meta_.+"},
        {"action": "keep", "regex": "("},
        {"action": "explode"},
        {"source_labels": ["a-b"], "target_label": "c"},
    ],
)
def test_a_rule_that_means_nothing_is_a_mistake(rule: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Relabel.model_validate(rule)


def test_an_expression_that_would_hang_others_does_not() -> None:
    rule = Relabel.model_validate({"source_labels": ["a"], "regex": "(a+)+b", "action": "keep"})
    assert relabelled({"a": "a" * 100_000}, [rule]) is None
