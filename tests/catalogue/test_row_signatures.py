"""The rows for calls that are edited in place, against the libraries: the legacy side against the sources of the Keras
that it is of, the modern side against the signatures of what is installed."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from reference.engines import keras3_engine, legacy_folder, tf_keras_engine

from kerasfix.catalogue import load_catalogue
from kerasfix.catalogue.call_rows import CallRow, parse_call_row
from kerasfix.catalogue.tables import Signature, literal, parse_signature, strings
from kerasfix.checks import all_checks

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
from docs.api_map.definitions import Definition
from docs.api_map.read_legacy import read_legacy

VERSIONS = {"keras1": ("1.2.2",), "keras2": ("2.3.1", "2.1.6", "1.2.2")}
ENGINES = {"keras2": tf_keras_engine, "keras3": keras3_engine}
# What a version takes in `**kwargs`, and what only another version of its time has.
OF_KWARGS = {
    "keras.layers.": {"input_shape", "batch_input_shape", "input_dtype", "name", "trainable", "weights", "input_dim",
                      "input_length", "dtype", "batch_size", "implementation"},
    "keras.optimizers.": {"lr", "decay", "clipnorm", "clipvalue", "name", "epsilon", "schedule_decay", "amsgrad"},
    "keras.layers.Highway": {"transform_bias"},  # Keras 1.0
    # Keras 1.0, and what it still took from before
    "keras.models.Model.compile": {"class_mode", "theano_mode"},
    "keras.models.Sequential.compile": {"class_mode", "theano_mode", "loss_weights"},
    "keras.models.Model.fit": {"show_accuracy"},
    "keras.models.Sequential.fit": {"show_accuracy"},
    "keras.models.Model.evaluate": {"show_accuracy"},
    "keras.models.Model.train_on_batch": {"accuracy"},
    "keras.models.Sequential.train_on_batch": {"accuracy"},
    "keras.models.Model.test_on_batch": {"accuracy"},
}  # fmt: skip
# Rows for other versions of a function, beside the one for 1.2.2: `imdb.load_data` of Keras 1.0 has a `test_split`.
OTHER_VERSIONS = ("keras.datasets.imdb.load_data",)
# Not functions of the sources: what every layer takes in `**kwargs`.
NOT_IN_SOURCES = ("keras.layers.Layer",)
# Private functions, which the reader of the sources leaves out, and one of `tensorflow.python.keras`: where they are.
ELSEWHERE = {
    "keras.applications.imagenet_utils._obtain_input_shape": "keras_applications/imagenet_utils.py",
    "keras.initializers._compute_fans": "keras/initializers.py",
    "keras.utils.conv_utils.deconv_output_length": "tf_keras/src/utils/conv_utils.py",
}
# What layers take beside the parameters of their signature (tf_keras: `generic_utils.validate_kwargs` in
# `Layer.__init__`; Keras 3: `Layer.__init__`).
OF_LAYERS = {
    "keras2": {"input_dim", "input_shape", "batch_input_shape", "batch_size", "weights", "activity_regularizer",
               "autocast", "implementation", "name", "dtype", "trainable", "dynamic"},
    "keras3": {"input_dim", "input_shape", "batch_input_shape", "batch_shape", "activity_regularizer", "autocast",
               "name", "dtype", "trainable"},
}  # fmt: skip
# What functions take in `*args` or `**kwargs` and do know.
KNOWN = {
    "keras.callbacks.ModelCheckpoint": {"period"},
    "keras.layers.Embedding": {"input_length"},
    "keras.layers.Input": {"batch_shape"},
    "keras.layers.dot": {"normalize"},
    "keras.models.save_model": {"include_optimizer"},
    "keras.models.Model.save": {"include_optimizer"},
    "keras.models.Model": {"inputs", "outputs", "name"},
    "keras.models.Model.compile": {"sample_weight_mode"},
    "keras.models.Model.load_weights": {"by_name"},
    "keras.models.Sequential.compile": {"sample_weight_mode"},
    "keras.regularizers.l1": {"l"},
    "keras.regularizers.l2": {"l"},
}
SIGNATURES = """
import inspect
import keras
import tensorflow
signatures = {}
def look_up(value, name):
    for part in name.split(".")[1:]:
        value = getattr(value, part, None)
    return value
for name in names:
    # What left Keras 3 is still in TensorFlow's own namespace.
    value = look_up(keras, name) or look_up(tensorflow.keras, name)
    if value is None:
        continue
    is_layer = inspect.isclass(value) and issubclass(value, keras.layers.Layer)
    is_class = inspect.isclass(value)
    parameters = list(inspect.signature(value.__init__ if is_class else value).parameters.values())
    if is_class or (parameters and parameters[0].name == "self"):
        parameters = parameters[1:]
    signatures[name] = {
        "names": [one.name for one in parameters if one.kind in (one.POSITIONAL_OR_KEYWORD, one.KEYWORD_ONLY)],
        "required": [one.name for one in parameters
                     if one.default is one.empty and one.kind in (one.POSITIONAL_OR_KEYWORD, one.KEYWORD_ONLY)],
        "rest": any(one.kind is one.VAR_KEYWORD for one in parameters),
        "layer": is_layer,
    }
"""


def tables() -> Iterator[tuple[CallRow, tuple[Signature, ...]]]:
    """Every row, with its signatures as they stand in the file."""
    claimed = frozenset().union(*(getattr(module, "RULES", frozenset()) for module in all_checks()))
    for name, rule in load_catalogue().rules.items():
        if name in claimed or "[[api]]" not in rule.text:
            continue
        for table in rule.rows:
            signatures = tuple(parse_signature(text, rest=True) for text in strings(table, "legacy"))
            yield parse_call_row(name, table), signatures


ROWS = list(tables())
LEGACY = [
    pytest.param(row, signatures, id=f"{row.rule}-{number}-{row.function.removeprefix('keras.')}")
    for number, (row, signatures) in enumerate(ROWS)
    if row.function not in (*NOT_IN_SOURCES, *ELSEWHERE)
]
MODERN = [
    pytest.param(row, target, id=f"{row.rule}-{number}-{row.function.removeprefix('keras.')}-{target}")
    for number, (row, _) in enumerate(ROWS)
    for target in row.templates
]


def definition(version: str, name: str) -> Definition | None:
    """A function of a legacy Keras by any path, a method also by a class that inherits it."""
    definitions = read_legacy(version).definitions
    if name in definitions:
        return definitions[name]
    owner, _, member = name.rpartition(".")
    by_path = {path: one for one in definitions.values() for path in one.paths}
    if name in by_path:
        return by_path[name]
    todo = [owner] if owner in definitions else []
    while todo:
        one = todo.pop()
        if f"{one}.{member}" in definitions:
            return definitions[f"{one}.{member}"]
        todo += definitions[one].bases if one in definitions else []
    return None


def written(signature: Signature) -> list[tuple[str, object]]:
    return [(one.name, value_of(one.default)) for one in signature.parameters if not one.by_keyword]


def value_of(node: ast.expr | None) -> object:
    if node is None:
        return ...
    known, value = literal(node)
    if not known and ast.unparse(node) == "K.floatx()":
        return None  # what `None` comes to
    return plain(value) if known else ast.unparse(node)


def plain(value: object) -> object:
    return tuple(plain(one) for one in value) if isinstance(value, (list, tuple)) else value


def real(one: Definition) -> list[tuple[str, object]]:
    return [
        (parameter.name, ... if parameter.default is None else value_of(ast.parse(parameter.default, mode="eval").body))
        for parameter in one.parameters
    ]


def allowed_beside(version: str, one: Definition) -> set[str]:
    """The parameters that reach a function through its `**kwargs`, or that other versions of it have."""
    definitions = read_legacy(version).definitions
    names = {name for start, found in OF_KWARGS.items() if one.name.startswith(start) for name in found}
    todo = list(one.bases)
    while todo:
        base = definitions.get(todo.pop())
        if base is not None:
            names |= {parameter.name for parameter in base.parameters}
            todo += base.bases
    return names


def is_of(signature: Signature, one: Definition, version: str, today: list[str]) -> bool:
    """Whether a signature is that of a definition, with what its `**kwargs` take, and what tf_keras added."""
    here, there = written(signature), real(one)
    if here[: len(there)] == there:
        more = here[len(there) :]
    elif version != "1.2.2" and {name for name, _ in there} <= {*dict(here), "learning_rate"}:
        # Versions of Keras 2 differ in defaults; the row says which it is for.
        more = [parameter for parameter in here if parameter[0] not in dict(there)]
    elif signature.rest and here[:1] == there[:1]:
        # A row about some of the parameters; the others stay as they are.
        more = [parameter for parameter in here if parameter not in there]
    else:
        return False
    allowed = allowed_beside(version, one) | set(today if version != "1.2.2" else ())
    return all(default is not ... and name in allowed for name, default in more)


@cache
def today_names() -> dict[str, list[str]]:
    names = {row.function for row, _ in ROWS if row.era == "keras2"}
    # The optimizers that took `lr` are beside the new ones.
    old = {name: name.replace(".optimizers.", ".optimizers.legacy.") for name in names}
    found = tf_keras_engine().run(SIGNATURES, {"names": sorted(names | set(old.values()))})["signatures"]
    return {name: [one for one in (name, old[name]) if one in found for one in found[one]["names"]] for name in names}


@pytest.mark.parametrize(("row", "signatures"), LEGACY)
def test_the_legacy_side_is_what_the_sources_say(row: CallRow, signatures: tuple[Signature, ...]):
    found = {version: definition(version, row.function) for version in VERSIONS[row.era]}
    there = {version: one for version, one in found.items() if one is not None}
    assert there, f"{row.function} is not in Keras {' or '.join(found)}"
    today = today_names().get(row.function, []) if row.era == "keras2" else []
    shown = "\n".join(f"Keras {version}: {one.name}({one.signature})" for version, one in there.items())
    others = [other for one, other in ROWS if one.function == row.function] if row.function in OTHER_VERSIONS else []
    candidates = [*signatures, *(signature for other in others for signature in other)]
    assert any(is_of(signature, one, version, today) for signature in candidates for version, one in there.items()), (
        shown
    )


@pytest.mark.parametrize("function", ELSEWHERE)
def test_the_legacy_side_of_what_is_elsewhere_is_what_the_sources_say(function: str):
    path, name = ELSEWHERE[function], function.rpartition(".")[2]
    folders = (legacy_folder("2.3.1"), *map(Path, sys.path))
    source = next(folder / path for folder in folders if (folder / path).is_file()).read_text(encoding="utf-8")
    found = (node for node in ast.parse(source).body if isinstance(node, ast.FunctionDef) and node.name == name)
    there = parse_signature(f"{function}({ast.unparse(next(found).args)})")
    signatures = [signature for row, several in ROWS if row.function == function for signature in several]
    assert [written(one) for one in signatures] == [written(there)]


@cache
def modern_signatures(target: str) -> dict[str, dict]:
    names = {dotted for row, _ in ROWS if target in row.templates for dotted in functions(row.templates[target])}
    return ENGINES[target]().run(SIGNATURES, {"names": sorted(names)})["signatures"]


def functions(template: ast.expr) -> set[str]:
    """The functions of Keras that a template calls."""
    calls = {ast.unparse(node.func) for node in ast.walk(template) if isinstance(node, ast.Call)}
    return {name for name in calls if name.startswith("keras.")}


def is_moved(keyword: ast.keyword) -> bool:
    """Whether an argument is never written there: its adapter reports it, or finds another place for it."""
    return isinstance(keyword.value, ast.Call) and (
        keyword.arg == "weights" or ast.unparse(keyword.value.func) == "left_alone"
    )


@pytest.mark.parametrize(("row", "target"), MODERN)
def test_the_modern_side_fits_what_is_installed(row: CallRow, target: str):
    template = row.templates[target]
    for call in [node for node in ast.walk(template) if isinstance(node, ast.Call)]:
        name = ast.unparse(call.func)
        if not name.startswith("keras."):
            continue
        signature = modern_signatures(target).get(name)
        assert signature is not None, f"there is no {name}"
        keywords = [one.arg for one in call.keywords if one.arg is not None and not is_moved(one)]
        known = set(signature["names"]) | (OF_LAYERS[target] if signature["layer"] else set()) | KNOWN.get(name, set())
        assert set(keywords) <= known, f"{name} takes no {sorted(set(keywords) - known)}"
        given = set(keywords) | set(signature["names"][: len(call.args)])
        if not any(keyword.arg is None for keyword in call.keywords):
            assert set(signature["required"]) <= given, f"{name} needs {sorted(set(signature['required']) - given)}"
