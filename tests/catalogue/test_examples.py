from __future__ import annotations

import numpy as np
import pytest
from catalogue.pipeline import as_analyzed, check, fix
from catalogue.probe import original, probe, weights_of
from reference.engines import keras3_engine, tf_keras_engine

from kerasfix.catalogue import load_catalogue
from kerasfix.findings import Applicability
from kerasfix.prefilter.words import has_word

RULES = load_catalogue().rules.values()
ENGINES = {"keras2": tf_keras_engine, "keras3": keras3_engine}

EXAMPLES = [
    pytest.param(rule, example, target, id=f"{rule.name}-{example.title}-{target}")
    for rule in RULES
    for example in rule.examples
    for target in example.targets
]
REPORTS = [
    pytest.param(rule, case, target, id=f"{rule.name}-{case.title}-{target}")
    for rule in RULES
    for case in rule.reports
    for target in case.targets
]
NOOPS = [
    pytest.param(case, target, id=f"{rule.name}-{case.title}-{target}")
    for rule in RULES
    for case in rule.noops
    for target in case.targets
]


@pytest.mark.parametrize(("rule", "example", "target"), EXAMPLES)
def test_the_rule_finds_what_it_fixes(rule, example, target):
    applicability = {finding.applicability for finding in check(example.before, target) if finding.rule == rule.name}
    assert applicability
    assert (Applicability.UNSAFE in applicability) is example.unsafe
    assert Applicability.MANUAL not in applicability


@pytest.mark.parametrize(("rule", "example", "target"), EXAMPLES)
def test_before_becomes_after(rule, example, target):
    assert fix(example.before, target, unsafe=example.unsafe) == example.after(target)


@pytest.mark.parametrize(("rule", "example", "target"), EXAMPLES)
def test_an_unsafe_fix_waits_to_be_asked_for(rule, example, target):
    if example.unsafe:
        found = check(fix(example.before, target), target)
        assert rule.name in {finding.rule for finding in found}


@pytest.mark.parametrize(("rule", "example", "target"), EXAMPLES)
def test_after_is_done(rule, example, target):
    after = example.after(target)
    assert not check(after, target)
    assert fix(after, target, unsafe=True) == after


@pytest.mark.parametrize(("rule", "example", "target"), EXAMPLES)
def test_after_builds_and_trains(rule, example, target):
    models = probe(ENGINES[target](), example.after(target))
    assert models
    for model in models.values():
        assert np.isfinite(model["loss"])
        assert model["moved"]


@pytest.mark.parametrize(("rule", "example", "target"), [case for case in EXAMPLES if case.values[0].family == "merge"])
def test_merges_compute_what_keras_1_computed(rule, example, target):
    old = original(example.before)
    new = probe(ENGINES[target](), example.after(target), weights_of(old))
    assert old.keys() == new.keys()
    for name, model in old.items():
        assert [output.shape for output in model["outputs"]] == [output.shape for output in new[name]["outputs"]]
        for before, after in zip(model["outputs"], new[name]["outputs"], strict=True):
            np.testing.assert_allclose(after, before, atol=1e-6)
        assert new[name]["loss"] == pytest.approx(model["loss"], rel=1e-5)


@pytest.mark.parametrize(("rule", "case", "target"), REPORTS)
def test_what_has_no_fix_is_reported_and_left_alone(rule, case, target):
    found = [finding for finding in check(case.code, target) if finding.rule == rule.name]
    assert found
    assert {finding.applicability for finding in found} == {Applicability.MANUAL}
    assert all(finding.help for finding in found)
    assert fix(case.code, target, unsafe=True) == as_analyzed(case.code)


@pytest.mark.parametrize(("case", "target"), NOOPS)
def test_what_is_no_offence_is_left_alone(case, target):
    assert not check(case.code, target)
    assert fix(case.code, target, unsafe=True) == case.code


def test_every_rule_shows_what_it_does_and_what_it_leaves():
    for rule in RULES:
        assert rule.examples or rule.reports, rule.name
        assert rule.noops, rule.name
        titles = [case.title for case in (*rule.examples, *rule.reports, *rule.noops)]
        assert len(titles) == len(set(titles)), rule.name


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_the_docs_have_their_parts(rule):
    heads = [line for line in rule.docs.splitlines() if line.startswith("## ")]
    assert heads[:3] == ["## What it does", "## Why is this bad", "## Fix safety"]
    assert heads[3:] in ([], ["## References"])


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_no_example_gets_past_the_words_of_its_rule(rule):
    for code in [example.before for example in rule.examples] + [case.code for case in rule.reports]:
        assert has_word(code.encode(), frozenset(rule.words))
