"""Removed backend functions that become more than a call: sizes, variables, and what differs in training."""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence

from kerasfix.catalogue.rows import Pieces
from kerasfix.checks import Context
from kerasfix.checks.backend._calls import BACKEND, inner_rows
from kerasfix.checks.backend._removed_write import Choice, Written, write
from kerasfix.findings import Edit, Slot
from kerasfix.flow.facts import CallSeen, root_of
from kerasfix.flow.values import Api, Class

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
# Functions that take a shape, where a tuple is as good as a tensor.
_TAKE_SHAPES = frozenset(
    ["reshape", "zeros", "ones", "full", "random_normal", "random_uniform", "random_binomial", "truncated_normal",
     "normal", "uniform", "binomial", "broadcast_to"]
)  # fmt: skip
_SPARSE = re.compile(r"\bsparse\s*=\s*True|\bSparseTensor\b|\bis_sparse\b")
_WEIGHTS = frozenset({"zeros", "ones"})
# Methods of a recurrent layer of Keras 1 that are told of it, too.
_RECURRENT = ("get_constants", "preprocess_input")

Form = Written | str | None


def special_form(context: Context, node: ast.Call, looks: Sequence[CallSeen]) -> Form:
    """What takes the place of a call; advice where it cannot be written, None where the rows are enough."""
    callee = looks[0].callee
    short = callee.name.removeprefix(BACKEND) if isinstance(callee, Api) else ""
    root = root_of(looks)
    if context.settings.target == "keras2":
        return None
    if short in ("in_train_phase", "in_test_phase"):
        return _phase(context, node, train=short == "in_train_phase")
    if short in ("int_shape", "get_variable_shape") and _is_bare_place(context, node):
        return _template(context, node, root, "x.shape")
    if short == "shape" and _is_used_as_tuple(context, node):
        return _template(context, node, root, "keras.ops.shape(x)")
    if short == "dot" and _has_sparse_tensors(context):
        return _product(context, node, root)
    if short in _WEIGHTS and _is_kept(context, node):
        return _variable(context, node, root, short)
    if short == "get_value" and _is_rate(node):
        return _around(context, node, "float(", ")", "Ask the optimizer for its number")
    if short == "set_value" and _is_rate(node):
        return _assigned(context, node)
    return None


def _template(context: Context, node: ast.Call, root: str, text: str) -> Written | None:
    """A template over the only parameter of a function."""
    row = inner_rows()[f"{BACKEND}int_shape"][0]
    binding = row.bind(node)
    if binding is None:
        return None
    template = ast.parse(text, mode="eval").body
    return write(context, node, root, Choice(row, binding, template))


# -- sizes


def _is_bare_place(context: Context, node: ast.Call) -> bool:
    """Whether the sizes are asked for one by one, so that it does not matter whether they are a tuple."""
    parent = context.facts.parents.get(node)
    if isinstance(parent, ast.Subscript) and parent.value is node:
        return _is_index(parent.slice)
    if isinstance(parent, ast.Call) and isinstance(parent.func, ast.Name) and parent.func.id == "len":
        return True
    return isinstance(parent, ast.Assign) and _unpacks(parent)


def _is_used_as_tuple(context: Context, node: ast.expr) -> bool:
    """Whether a tuple does where a tensor stood: the sizes are taken one by one, or are a shape for something new."""
    parent = context.facts.parents.get(node)
    if isinstance(parent, ast.Subscript) and parent.value is node:
        return _is_index(parent.slice)
    if isinstance(parent, ast.Call) and node in parent.args:
        func = parent.func
        name = func.attr if isinstance(func, ast.Attribute) else func.id if isinstance(func, ast.Name) else ""
        return name in _TAKE_SHAPES
    if isinstance(parent, ast.keyword):
        return parent.arg in ("shape", "noise_shape")
    if isinstance(parent, ast.Assign) and parent.value is node:
        return _unpacks(parent) or _reads_are_tuples(context, parent)
    return False


def _reads_are_tuples(context: Context, statement: ast.Assign) -> bool:
    target = statement.targets[0]
    if len(statement.targets) > 1 or not isinstance(target, ast.Name):
        return False
    scopes = context.facts.scopes
    scope = scopes.at(target)
    reads = list(scopes.reads(scope, target.id)) if scope is not None else []
    return bool(reads) and all(_is_used_as_tuple(context, read) for read in reads)


def _unpacks(statement: ast.Assign) -> bool:
    return all(isinstance(target, (ast.Tuple, ast.List)) for target in statement.targets)


def _is_index(node: ast.expr) -> bool:
    return not isinstance(node, (ast.Slice, ast.Tuple))


# -- sparse tensors


def _has_sparse_tensors(context: Context) -> bool:
    """Whether the file, or one that belongs to it, makes sparse inputs, which `keras.ops.dot` does not take."""
    return any(_SPARSE.search(facts.index.text) for facts in (context.facts, *context.facts.together))


def _product(context: Context, node: ast.Call, root: str) -> Written | None:
    row = inner_rows()[f"{BACKEND}dot"][0]
    binding = row.bind(node)
    if binding is None:
        return None
    template = ast.parse("keras.ops.matmul(x, y)", mode="eval").body
    written = write(context, node, root, Choice(row, binding, template))
    if written is not None:
        written.assumes = "the second tensor has two axes"
    return written


# -- variables


def _is_kept(context: Context, node: ast.Call) -> bool:
    """Whether the zeros or ones go to an attribute, alone or in a list, as what is updated later does."""
    around: ast.AST | None = context.facts.parents.get(node)
    while isinstance(around, (ast.List, ast.Tuple, ast.ListComp)):
        around = context.facts.parents.get(around)
    return isinstance(around, ast.Assign) and any(isinstance(target, ast.Attribute) for target in around.targets)


def _variable(context: Context, node: ast.Call, root: str, short: str) -> Written | None:
    row = inner_rows()[f"{BACKEND}{short}"][0]
    binding = row.bind(node)
    if binding is None:
        return None
    template = ast.parse(f"keras.Variable(keras.ops.{short}(shape, dtype=dtype), name=name)", mode="eval").body
    return write(context, node, root, Choice(row, binding, template))


# -- optimizers


def _is_rate(node: ast.Call) -> bool:
    """`K.get_value(model.optimizer.lr)`: a number of the optimizer, which answers and takes plain numbers."""
    owner = node.args[0] if node.args else None
    return isinstance(owner, ast.Attribute) and owner.attr in ("lr", "learning_rate") and _names_optimizer(owner.value)


def _names_optimizer(node: ast.expr) -> bool:
    name = node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""
    return name in ("optimizer", "opt", "optim") or name.endswith(("_optimizer", "_opt"))


def _around(context: Context, node: ast.Call, before: str, after: str, title: str) -> Written:
    index = context.facts.index
    (start, end), inner = index.span(node), index.span(node.args[0])
    parent = context.facts.parents.get(node)
    if isinstance(parent, ast.Call) and isinstance(parent.func, ast.Name) and parent.func.id == "float":
        before, after = "", ""
    return Written([Edit(start, inner[0], (before,)), Edit(inner[1], end, (after,))], title)


def _assigned(context: Context, node: ast.Call) -> Form:
    """`K.set_value(model.optimizer.lr, x)` as an assignment."""
    if not isinstance(context.facts.parents.get(node), ast.Expr) or len(node.args) != 2 or node.keywords:
        return None
    index = context.facts.index
    start, end = index.span(node)
    owner, value = Slot(*index.span(node.args[0])), Slot(*index.span(node.args[1]))
    broken = "\n" in index.text[value.start : value.end]
    pieces: Pieces = (owner, " = (", value, ")") if broken else (owner, " = ", value)
    return Written([Edit(start, end, pieces)], "Assign the number to the optimizer")


# -- training or not


def _phase(context: Context, node: ast.Call, *, train: bool) -> Form:
    """`K.in_train_phase(a, b)` in a layer's `call`."""
    advice = "Take `training` in the layer's `call`, which Keras passes in, and write `a if training else b`"
    names = ["x", "alt", "training"]
    given = dict(zip(names, node.args)) | {one.arg: one.value for one in node.keywords if one.arg}
    if not {"x", "alt"} <= given.keys() or not given.keys() <= set(names):
        return advice
    method = _enclosing(context, node)
    training = given.get("training")
    edits: list[Edit] = []
    condition: Pieces
    if training is not None and not (isinstance(training, ast.Constant) and training.value is None):
        condition = (Slot(*context.facts.index.span(training)),)
    elif isinstance(method, ast.FunctionDef) and _is_told_of_training(context, method):
        condition = ("training",)
        if not _has_parameter(method, "training"):
            edits.append(_parameter(context, method))
    else:
        return advice
    first, second = (given["x"], given["alt"]) if train else (given["alt"], given["x"])
    index = context.facts.index
    one, other = _value(context, first, method), _value(context, second, method)
    if one is None or other is None:
        return advice
    bare = isinstance(context.facts.parents.get(node), (ast.Return, ast.Assign)) and "\n" not in index.source(node)
    pieces: Pieces = (*one, " if ", *condition, " else ", *other)
    edits.append(Edit(*index.span(node), pieces if bare else ("(", *pieces, ")")))
    return Written(edits, "Decide by `training`")


def _value(context: Context, node: ast.expr, method: ast.AST | None) -> Pieces | None:
    """A value, or the call of the function that gives it."""
    index = context.facts.index
    if isinstance(node, ast.Lambda):
        body = Slot(*index.span(node.body))
        plain = not isinstance(node.body, (ast.IfExp, ast.Lambda)) and "\n" not in index.text[body.start : body.end]
        return (body,) if plain else ("(", body, ")")
    if isinstance(node, ast.Name):
        scope = context.facts.scopes.at(node)
        found = scope.resolve(node.id) if scope is not None else None
        functions = [
            one for one in context.facts.nodes(ast.FunctionDef)
            if one.name == node.id and context.facts.scopes.at(one) is found
        ]  # fmt: skip
        return (Slot(*index.span(node)), "()") if functions else (Slot(*index.span(node)),)
    if isinstance(node, ast.IfExp):
        return ("(", Slot(*index.span(node)), ")")
    return (Slot(*index.span(node)),)


def _enclosing(context: Context, node: ast.AST) -> ast.AST | None:
    around = context.facts.parents.get(node)
    while around is not None and not isinstance(around, _FUNCTIONS):
        around = context.facts.parents.get(around)
    return around


def _is_told_of_training(context: Context, function: ast.FunctionDef) -> bool:
    """Whether Keras passes `training` to a method that takes it."""
    owner = context.facts.parents.get(function)
    if not isinstance(owner, ast.ClassDef) or function.name not in ("call", *_RECURRENT):
        return False
    cls = context.facts.classes.get(owner)
    return function.name == "call" or (cls is not None and _is_recurrent(cls))


def _is_recurrent(cls: Class) -> bool:
    """Whether a class derives from the `Recurrent` of Keras 1, or from the one that the file gets for it."""
    base = cls.info.base
    of_keras = isinstance(base, Api) and base.name == "keras.layers.Recurrent"
    return of_keras or any(isinstance(one, Class) and one.info.name == "Recurrent" for one in cls.info.bases)


def _has_parameter(function: ast.FunctionDef, name: str) -> bool:
    spec = function.args
    return any(one.arg == name for one in (*spec.posonlyargs, *spec.args, *spec.kwonlyargs))


def _parameter(context: Context, function: ast.FunctionDef) -> Edit:
    """The edit that adds `training=None` behind the positional parameters."""
    spec, index = function.args, context.facts.index
    last: ast.arg | ast.expr = spec.args[-1]
    if spec.defaults and index.span(spec.defaults[-1])[1] > index.span(last)[1]:
        last = spec.defaults[-1]
    end = index.span(last)[1]
    return Edit(end, end, (", training=None",))
