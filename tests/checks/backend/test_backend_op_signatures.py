"""The rows against the libraries: the legacy side against the sources, the modern side against the installed ones."""

from __future__ import annotations

import ast
from functools import cache

import pytest
from reference.engines import keras3_engine, legacy_folder, tf_keras_engine

from kerasfix.catalogue import load_catalogue
from kerasfix.catalogue.lambdas import backend_template
from kerasfix.catalogue.rows import Row, parse_rows
from kerasfix.catalogue.tables import literal

ROWS = parse_rows(load_catalogue().rules["backend-op-outside-layer"].rows)
ALL = [row for rows in ROWS.values() for row in rows]
VERSIONS = ("1.2.2", "2.3.1")
ENGINES = {"keras2": tf_keras_engine, "keras3": keras3_engine}
# Written differently, meaning the same: a size for all axes or for each, and the global data format.
ALIKE = [{1, (1, 1), (1, 1, 1), ((1, 1), (1, 1)), ((1, 1), (1, 1), (1, 1))}, {None, "default"}]

SIGNATURES = """
import inspect
import keras
signatures = {}
for name in names:
    value = keras
    for part in name.split(".")[1:]:
        value = getattr(value, part)
    parameters = inspect.signature(value).parameters.values()
    signatures[name] = {
        one.name: ("required",) if one.default is one.empty else ("default", one.default)
        for one in parameters
        if one.kind is one.POSITIONAL_OR_KEYWORD
    }
"""


@cache
def legacy_functions(version: str) -> dict[str, list[tuple[str, object]]]:
    """The public functions of a legacy backend: their parameters with their defaults, `...` for none."""
    functions = {}
    for file in ("common.py", "tensorflow_backend.py"):
        source = (legacy_folder(version) / "keras" / "backend" / file).read_text(encoding="utf-8")
        for node in ast.parse(source).body:
            if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
                names = [argument.arg for argument in node.args.args]
                defaults = [literal(default)[1] for default in node.args.defaults]
                functions[node.name] = list(zip(names, [...] * (len(names) - len(defaults)) + defaults, strict=True))
    return functions


def same(one: object, other: object) -> bool:
    return one == other or any(one in group and other in group for group in ALIKE)


@pytest.mark.parametrize("version", VERSIONS)
def test_every_public_function_has_a_row(version):
    assert not {f"keras.backend.{name}" for name in legacy_functions(version)} - set(ROWS)


def test_every_row_is_of_a_public_function():
    known = {f"keras.backend.{name}" for version in VERSIONS for name in legacy_functions(version)}
    known |= {"keras.backend.pack", "keras.backend.backend"}  # of Keras 1.0, and of the package itself
    assert not set(ROWS) - known


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("row", [row for row in ALL if not row.leave], ids=lambda row: row.function)
def test_legacy_signatures_are_those_of_the_sources(row: Row, version: str):
    real = legacy_functions(version).get(row.function.rpartition(".")[2])
    if real is None:
        return
    for signature in row.signatures:
        parameters = signature.parameters[: len(real)]
        if [one.name for one in parameters] != [row.aliases.get(name, name) for name, _ in real]:
            continue
        defaults = [... if one.default is None else literal(one.default)[1] for one in parameters]
        rest = signature.parameters[len(real) :]
        if all(one.default is not None for one in rest) and all(
            # A default that came later lets older calls be.
            same(default, value) or (value is ... and default is None)
            for default, (_, value) in zip(defaults, real, strict=True)
        ):
            return
    pytest.fail(f"Keras {version} has {row.function}({real})")


def modern_calls(row: Row, target: str) -> list[ast.Call]:
    template = row.template(target)
    if template is None and target == "keras2" and row.templates and not row.advice:
        template = backend_template(row)
    if template is None:
        return []
    return [
        node
        for node in ast.walk(template)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
    ]  # fmt: skip


@cache
def modern_signatures(target: str) -> dict[str, dict[str, tuple]]:
    names = {ast.unparse(call.func) for row in ALL for call in modern_calls(row, target)}
    return ENGINES[target]().run(SIGNATURES, {"names": sorted(names)})["signatures"]


@pytest.mark.parametrize("target", ["keras2", "keras3"])
@pytest.mark.parametrize("row", [row for row in ALL if row.templates], ids=lambda row: row.function)
def test_modern_calls_fit_the_installed_libraries(row: Row, target: str):
    legacy = {one.name: one.default for one in row.signatures[-1].parameters}
    for call in modern_calls(row, target):
        signature = modern_signatures(target)[ast.unparse(call.func)]
        names = list(signature)
        assert len(call.args) <= len(names)
        written = dict(zip(names, call.args, strict=False)) | {one.arg: one.value for one in call.keywords}
        assert set(written) <= set(names)
        assert {name for name, what in signature.items() if what == ("required",)} <= set(written)
        for name, value in written.items():
            if not isinstance(value, ast.Name) or legacy.get(value.id) is None:
                continue
            if {name, value.id} & row.always:
                continue
            # Left out where the legacy call leaves it out: that has to mean the same.
            assert same(literal(legacy[value.id])[1], signature[name][-1]), f"{ast.unparse(call)}: {name}"
