"""Searches over the parameters of a wrapper for scikit-learn: SciKeras calls these, and the model, otherwise."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator

from kerasfix.checks import Context
from kerasfix.checks._scopes import Kind, definitions, parameters
from kerasfix.findings import Applicability, Edit, Finding, Fix
from kerasfix.names.canonical import keras_root

RULE = "left-keras"
RULES = frozenset({RULE})

_GRIDS = ("param_grid", "param_distributions", "param_space")
# Arguments of `fit`, which a search may be over, too; the others have their names still.
_RENAMED = {"nb_epoch": "epochs"}


def check(context: Context) -> Iterator[Finding]:
    """Every search whose estimator is a wrapper that Keras had."""
    if "scikit_learn" not in context.facts.index.text:
        return
    for call in context.facts.nodes(ast.Call):
        estimator = _given(call, 0, "estimator")
        wrapper = _resolved(context, estimator, _is_wrapper) if estimator is not None else None
        grid = _grid(call)
        if isinstance(wrapper, ast.Call) and grid is not None:
            yield from _search(context, call, wrapper, grid)


def _given(call: ast.Call, position: int, *names: str) -> ast.expr | None:
    named = next((keyword.value for keyword in call.keywords if keyword.arg in names), None)
    if named is not None:
        return named
    starred = any(isinstance(one, ast.Starred) for one in call.args[: position + 1])
    return call.args[position] if len(call.args) > position and not starred else None


def _grid(call: ast.Call) -> ast.expr | None:
    is_search = ast.unparse(call.func).endswith("SearchCV")
    return _given(call, 1, *_GRIDS) if is_search else _given(call, len(call.args), *_GRIDS)


def _resolved(
    context: Context, node: ast.expr, wanted: Callable[[Context, ast.expr], bool], depth: int = 3
) -> ast.expr | None:
    """The expression of the wanted kind that another one is, directly or by its name."""
    if wanted(context, node):
        return node
    if not isinstance(node, ast.Name) or not depth:
        return None
    found = definitions(node.id, node, context.facts)
    value = found[0].value if len(found) == 1 and found[0].kind is Kind.VALUE else None
    return _resolved(context, value, wanted, depth - 1) if value is not None else None


def _is_wrapper(context: Context, node: ast.expr) -> bool:
    path = context.namer.path(node.func) or "" if isinstance(node, ast.Call) else ""
    names = (".wrappers.scikit_learn.KerasClassifier", ".wrappers.scikit_learn.KerasRegressor")
    return keras_root(path) is not None and path.endswith(names)


def _search(context: Context, call: ast.Call, wrapper: ast.Call, grid: ast.expr) -> Iterator[Finding]:
    of_model = _parameters_of_model(context, wrapper)
    keys = dict(_keys(context, grid, of_model))
    index = context.facts.index
    edits = [Edit(*span, (text,)) for span, text in keys.items()]
    edits += _readings(context, call, of_model)
    if edits:
        title = "Name the parameters as SciKeras does"
        message = "SciKeras calls the parameters of a search `model__...`, and the model that was trained `model_`"
        fix = Fix(tuple(edits), Applicability.UNSAFE, title, "the wrapper comes from SciKeras")
        yield Finding(RULE, *index.span(call.func), message, fix)


def _parameters_of_model(context: Context, wrapper: ast.Call) -> frozenset[str]:
    """The parameters of the function that builds the model."""
    builder = _given(wrapper, 0, "build_fn", "model")
    if not isinstance(builder, ast.Name):
        return frozenset()
    found = definitions(builder.id, builder, context.facts)
    functions = [one.node for one in found if isinstance(one.node, (ast.FunctionDef, ast.Lambda))]
    return frozenset(parameters(functions[0])) if len(found) == 1 and functions else frozenset()


def _keys(context: Context, grid: ast.expr, of_model: frozenset[str]) -> Iterator[tuple[tuple[int, int], str]]:
    """The places of the names in a grid that are others now, with the new names as code."""
    index = context.facts.index
    shown = _resolved(context, grid, lambda _, node: isinstance(node, (ast.Dict, ast.List, ast.Call)))
    if isinstance(shown, ast.List):
        for one in shown.elts:
            yield from _keys(context, one, of_model)
    elif isinstance(shown, ast.Dict):
        for key in shown.keys:
            if (new := _new_text(context, key, of_model)) is not None and key is not None:
                yield index.span(key), new
    elif isinstance(shown, ast.Call) and isinstance(shown.func, ast.Name) and shown.func.id == "dict":
        for keyword in shown.keywords:
            if keyword.arg is not None and (new := _renamed(keyword.arg, of_model)) is not None:
                start = index.span(keyword)[0]
                yield (start, start + len(keyword.arg)), new


def _renamed(name: str, of_model: frozenset[str]) -> str | None:
    if name in of_model:
        return f"model__{name}"
    return _RENAMED.get(name)


def _new_text(context: Context, node: ast.expr | None, of_model: frozenset[str]) -> str | None:
    """The new name for one that stands as a text, with its quotes."""
    if not isinstance(node, ast.Constant) or not isinstance(node.value, str):
        return None
    new, quote = _renamed(node.value, of_model), context.facts.index.source(node)[-1]
    return f"{quote}{new}{quote}" if new is not None else None


def _readings(context: Context, call: ast.Call, of_model: frozenset[str]) -> Iterator[Edit]:
    """What is read of the search afterwards: the model of the best estimator, and the best parameters."""
    parents, index = context.facts.parents, context.facts.index
    for node in context.facts.nodes(ast.Attribute):
        if not _is_result(context, node.value, call):
            continue
        above = parents.get(node)
        if node.attr == "best_estimator_" and isinstance(above, ast.Attribute) and above.attr == "model":
            end = index.span(above)[1]
            yield Edit(end, end, ("_",))
        new = _new_text(context, above.slice, of_model) if isinstance(above, ast.Subscript) else None
        if node.attr == "best_params_" and isinstance(above, ast.Subscript) and new is not None:
            yield Edit(*index.span(above.slice), (new,))


def _is_result(context: Context, node: ast.expr, call: ast.Call) -> bool:
    """Whether an expression is what a search gave: itself, fitted, or by its name."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "fit":
        node = node.func.value
    if node is call:
        return True
    if not isinstance(node, ast.Name):
        return False
    found = definitions(node.id, node, context.facts)
    value = found[0].value if len(found) == 1 else None
    return value is not None and value is not node and _is_result(context, value, call)
