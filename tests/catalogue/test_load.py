from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from kerasfix.catalogue import CatalogueError, load_catalogue
from kerasfix.catalogue.load import shipped_rules

HEAD = 'family = "house"\nsummary = "our own wrapper"\nwords = ["house_merge"]\n'
DOCS = 'docs = "## What it does"\n'
ROW = '[[api]]\nlegacy = "house.layers.join(a, b)"\nlayer = "keras.layers.Add()([a, b])"\n'
EXAMPLE = '[[example]]\ntitle = "One"\nbefore = "x = 1"\nafter = "x = 2"\n'


@pytest.fixture
def write(tmp_path):
    def write(text: str, name: str = "house-join.toml") -> Path:
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return write


def wrong(*paths: Path) -> str:
    with pytest.raises(CatalogueError) as caught:
        load_catalogue(paths)
    return str(caught.value)


def test_all_shipped_files_are_rules():
    catalogue = load_catalogue()
    assert set(catalogue.rules) == {path.stem for path in shipped_rules().glob("*.toml")}
    for rule in catalogue.rules.values():
        assert rule.docs
        assert rule.name not in catalogue.families


def test_an_own_rule_comes_to_the_others(write):
    catalogue = load_catalogue([str(write(HEAD + DOCS + EXAMPLE + ROW))])
    rule = catalogue.rules["house-join"]
    assert rule.rows == ({"legacy": "house.layers.join(a, b)", "layer": "keras.layers.Add()([a, b])"},)
    assert [example.title for example in rule.examples] == ["One"]
    assert catalogue.families["house"] == ("house-join",)
    assert "house_merge" in catalogue.words


def test_a_folder_gives_all_its_files_and_a_file_is_read_once(write, tmp_path):
    one = write(HEAD + DOCS + ROW)
    write(HEAD + DOCS + ROW, "house-split.toml")
    assert load_catalogue([tmp_path, one]).families["house"] == ("house-join", "house-split")


def test_an_example_may_differ_by_target(write):
    example = '[[example]]\ntitle = "One"\nbefore = "a"\nafter_keras2 = "b"\nafter_keras3 = "c"\n'
    [both] = load_catalogue([write(HEAD + DOCS + example + ROW)]).rules["house-join"].examples
    assert (both.targets, both.after("keras2"), both.after("keras3")) == (("keras2", "keras3"), "b", "c")


def test_an_example_may_be_for_one_target(write):
    [one] = load_catalogue([write(HEAD + DOCS + EXAMPLE + 'target = "keras3"\n' + ROW)]).rules["house-join"].examples
    assert one.targets == ("keras3",)
    assert not one.unsafe


def test_names_of_rules_and_families_are_resolved():
    catalogue = load_catalogue()
    merges = frozenset(catalogue.families["merge"])
    assert catalogue.resolve(["merge"]) == merges
    assert catalogue.resolve(["keras-history", "merge"]) == merges | {"keras-history"}
    assert catalogue.resolve([]) == frozenset()


@pytest.mark.parametrize(("name", "near"), [("merge-funtion", "merge-function"), ("internal", "internals")])
def test_a_wrong_name_gets_a_suggestion(name, near):
    catalogue = load_catalogue()
    for ask in (catalogue.page, lambda name: catalogue.resolve([name])):
        with pytest.raises(CatalogueError, match=f"no rule or family {name}; did you mean {near}"):
            ask(name)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (DOCS + ROW, "`family`: expected a text, before `docs`"),
        (DOCS + HEAD + ROW, "`family`: expected a text, before `docs`"),
        (HEAD + ROW, "`docs`: expected a text"),
        (HEAD, "`docs`: expected"),
        (HEAD + DOCS, r"`api`: expected at least one \[\[api\]\] table"),
        (HEAD.replace("house", "My House", 1) + DOCS + ROW, "`family`: expected a name in lower case"),
        (HEAD.replace("our own", "our\\nown") + DOCS + ROW, "`summary`: expected one line"),
        (HEAD.replace('["house_merge"]', "[]") + DOCS + ROW, "`words`: expected a list of words"),
        (HEAD.replace('["house_merge"]', '"house_merge"') + DOCS + ROW, "`words`: expected a list of words"),
        (HEAD + "colour = 1\n" + DOCS + ROW, "unknown key `colour`; expected one of family, "),
        (HEAD + DOCS + "[example]\ntitle = 'x'\n" + ROW, r"`example`: expected tables, each under \[\[example\]\]"),
        (HEAD + DOCS + EXAMPLE + "safe = true\n" + ROW, r"unknown key `example\[0\]\.safe`"),
        (HEAD + DOCS + EXAMPLE + "unsafe = 1\n" + ROW, r"`example\[0\]\.unsafe`: expected true or false"),
        (HEAD + DOCS + EXAMPLE + 'target = "keras"\n' + ROW, r'`example\[0\]\.target`: expected "keras2"'),
        (HEAD + DOCS + EXAMPLE.replace("after", "after_keras2") + ROW, r"`example\[0\]\.after`: expected a text"),
        (
            HEAD + DOCS + EXAMPLE + 'target = "keras3"\nafter_keras2 = "y"\n' + ROW,
            r"`example\[0\]\.after_keras2`: expected nothing",
        ),
        (HEAD + DOCS + '[[noop]]\ntitle = "One"\n' + ROW, r"`noop\[0\]\.code`: expected a text"),
        (HEAD + DOCS + "docs = 3\n" + ROW, "not TOML: "),
        (HEAD + "words = 3 4\n", "not TOML: "),
    ],
)
def test_a_mistake_is_told_with_file_and_key(write, text, says):
    path = write(text)
    with pytest.raises(CatalogueError, match=says) as caught:
        load_catalogue([path])
    assert str(caught.value).startswith(f"{path}: ")


def test_names_that_are_taken(write):
    assert "there is a rule `merge-layer` already" in wrong(write(HEAD + DOCS + ROW, "merge-layer.toml"))
    assert "`merge` cannot be both a rule and a family" in wrong(write(HEAD + DOCS + ROW, "merge.toml"))
    family = HEAD.replace('"house"', '"merge-layer"')
    assert "`merge-layer` cannot be both a rule and a family" in wrong(write(family + DOCS + ROW, "other.toml"))
    assert "`house` cannot be both a rule and a family" in wrong(write(HEAD + DOCS + ROW, "house.toml"))


def test_files_that_cannot_be_read(write, tmp_path):
    assert "No such file" in wrong(tmp_path / "absent.toml")
    assert "a rule file is named RULE.toml" in wrong(write(HEAD, "notes.txt"))
    assert "in lower case with hyphens" in wrong(write(HEAD, "My_Rule.toml"))
    (tmp_path / "empty").mkdir()
    assert "no rule files" in wrong(tmp_path / "empty")
    (tmp_path / "latin.toml").write_bytes(b'summary = "\xe9"')
    assert "not UTF-8" in wrong(tmp_path / "latin.toml")


def test_shipped_rules_in_an_installed_package(tmp_path):
    package = tmp_path / "kerasfix"
    (package / "catalogue").mkdir(parents=True)
    (package / "rules").mkdir()
    source = Path(load_catalogue.__code__.co_filename)
    for path in (source, source.with_name("__init__.py")):
        (package / "catalogue" / path.name).write_bytes(path.read_bytes())
    (package / "__init__.py").touch()
    (package / "rules" / "house-join.toml").write_text(HEAD + DOCS + ROW)
    code = "from kerasfix.catalogue import load_catalogue; print(*load_catalogue().rules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["house-join"]


def test_a_rule_is_read_whole_only_when_it_is_asked_for():
    catalogue = load_catalogue()
    assert catalogue.words
    assert catalogue.families
    assert not any("_body" in vars(rule) for rule in catalogue.rules.values())
