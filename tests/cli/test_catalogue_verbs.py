import json

import pytest

from kerasfix.catalogue import load_catalogue

CATALOGUE = load_catalogue()


def test_rules_lists_all_of_them(cli):
    code, out, _ = cli("rules")
    assert code == 0
    assert all(f"{name} " in out and rule.summary in out for name, rule in CATALOGUE.rules.items())
    assert all(f"{family}\n" in out for family in CATALOGUE.families)


def test_rules_as_json(cli):
    rows = json.loads(cli("rules", "--output-format", "json")[1])
    assert {row["name"] for row in rows} == set(CATALOGUE.rules)
    assert {row["name"]: row["family"] for row in rows}["merge-function"] == "merge"


@pytest.mark.parametrize("name", CATALOGUE.rules)
def test_explain_prints_the_page(cli, name):
    assert cli("explain", name) == (0, CATALOGUE.page(name), "")


def test_explain_of_a_family(cli):
    out = cli("explain", "internals")[1]
    assert all(f"# {name}\n" in out for name in CATALOGUE.families["internals"])


def test_explain_of_what_does_not_exist(cli):
    code, out, err = cli("explain", "merge-functoin")
    assert (code, out) == (2, "")
    assert "did you mean merge-function?" in err


def test_own_rules_are_listed_and_explained(cli, folder):
    (folder / "pyproject.toml").write_text('[tool.kerasfix]\nextend-rules = ["rules"]\n')
    (folder / "rules").mkdir()
    (folder / "rules" / "old-wrapper.toml").write_text(
        'family = "ours"\nsummary = "our own wrapper"\nwords = ["wrapper"]\ndocs = "Use the new one."\n'
        '[[api]]\nlegacy = "ours.old(x)"\nbecomes = "ours.new(x)"\n'
    )
    assert "old-wrapper" in cli("rules")[1]
    assert "Use the new one." in cli("explain", "old-wrapper")[1]
