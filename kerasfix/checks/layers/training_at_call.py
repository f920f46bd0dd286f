"""`layer(x, training=True)` in a functional model, which `fit`, `evaluate` and `predict` of Keras 3 override."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence

from kerasfix.catalogue.adapters import Unrenderable
from kerasfix.checks import Context
from kerasfix.checks._arguments import any_tensor
from kerasfix.checks._era import BEFORE_KERAS3
from kerasfix.checks._scopes import ancestors
from kerasfix.checks._writing import FileWriting
from kerasfix.edits.arguments import rewrite_arguments
from kerasfix.edits.calls import call_text
from kerasfix.findings import Edit, Finding
from kerasfix.flow.facts import CallSeen, root_of
from kerasfix.flow.values import Api, Class, Const, Layer, Model, Role, Value, constants, options

RULE = "training-at-call"
RULES = frozenset({RULE})

_NAME = "training"
_WRAPPER = "FixedTraining"
_ROOTS = frozenset({"keras", "tensorflow.keras"})
_NORMALIZATION = "BatchNormalization"
_RANDOM = frozenset(
    ["AlphaDropout", "Dropout", "GaussianDropout", "GaussianNoise"]
    + [f"SpatialDropout{axes}D" for axes in (1, 2, 3)]
    + [_NORMALIZATION]
)
_RECURRENT = frozenset(["ConvLSTM2D", "GRU", "LSTM", "SimpleRNN"])
_DROPOUTS = ("dropout", "recurrent_dropout", "dropout_W", "dropout_U")
_AROUND = frozenset(["Bidirectional", "TimeDistributed"])
_REPEATS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.For, ast.While, ast.comprehension, ast.ListComp)
_FREEZES = re.compile(r"\.trainable\s*=|\btrainable\s*=\s*False")
_UNFREEZES = re.compile(r"\.trainable\s*=(?!\s*False\b)")
_LOOKS_INSIDE = re.compile(r"\bget_layer\(|\bby_name\b|\.layers\s*\[|\.layers\b(?s:.*)\bisinstance\(")
_HELP = "Write a layer whose `call` calls this one with `training=...`: what a layer does inside of its `call` holds"


def check(context: Context) -> Iterator[Finding]:
    """Every call of a layer on Keras tensors, outside of layers, that says whether it is in training."""
    if context.settings.target != "keras3" or context.facts.root not in _ROOTS:
        return
    for node, looks in context.facts.calls.items():
        keyword = next((one for one in node.keywords if one.arg == _NAME), None)
        if keyword is not None and _is_offence(looks) and not _stays_frozen(context, looks):
            yield _finding(context, node, looks, keyword)


def _is_offence(looks: Sequence[CallSeen]) -> bool:
    if any(look.guarded or look.role is not Role.MODEL for look in looks):
        return False
    first = [look.args[0] for look in looks if look.args]
    if not any(any_tensor(one, symbolic=True) for one in first) or any(
        any_tensor(one, symbolic=False) for one in first
    ):
        return False
    if not all(isinstance(look.callee, (Layer, Model)) for look in looks):
        return False
    return any(_matters(look.callee) for look in looks) and _says(looks) is not None


def _says(looks: Sequence[CallSeen]) -> set[bool | None] | None:
    """What the calls say; None where that is not known, or nothing."""
    said: set[bool | None] = set()
    for look in looks:
        found = constants(look.argument(-1, _NAME) or Const(None))
        if found is None or not all(one is None or isinstance(one, (bool, int)) for one in found):
            return None
        said |= {None if one is None else bool(one) for one in found}
    return said if said - {None} else None


def _stays_frozen(context: Context, looks: Sequence[CallSeen]) -> bool:
    """Whether it is a model that is said not to be in training, and is frozen: it makes no difference to most."""
    text = context.facts.index.text
    if _says(looks) != {False} or not all(isinstance(look.callee, Model) for look in looks):
        return False
    return bool(_FREEZES.search(text)) and not _UNFREEZES.search(text)


def _matters(layer: Value) -> bool:
    """Whether what is called does something else in training."""
    if isinstance(layer, Model):
        return True
    if not isinstance(layer, Layer):
        return False
    if isinstance(layer.cls, Class):
        return _takes_training(layer.cls)
    short = layer.cls.rpartition(".")[2]
    if not layer.cls.startswith("keras.layers."):
        return False
    if short in _AROUND:
        inner = layer.argument(0, "layer")
        return inner is not None and any(map(_matters, options(inner)))
    if short in _RECURRENT:
        rates = [layer.argument(-1, name) for name in _DROPOUTS]
        return any(rate is not None and not (isinstance(rate, Const) and not rate.value) for rate in rates)
    return short in _RANDOM


def _takes_training(cls: Class) -> bool:
    call = cls.info.find("call")
    if call is not None:
        spec = call.node.args
        return any(one.arg == _NAME for one in (*spec.posonlyargs, *spec.args, *spec.kwonlyargs))
    base = cls.info.base
    return isinstance(base, Api) and base.name.rpartition(".")[2] in _RANDOM


def _finding(context: Context, node: ast.Call, looks: Sequence[CallSeen], keyword: ast.keyword) -> Finding:
    index = context.facts.index
    start, end = index.span(keyword.value)
    written = f"{_NAME}={index.source(keyword.value)}"
    message = f"`{written}` at the call of a layer is overridden by `fit`, `evaluate` and `predict` of Keras 3"
    start = index.text.rfind(_NAME, 0, start)
    is_plain = len(node.args) == 1 and not isinstance(node.args[0], ast.Starred) and node.keywords == [keyword]
    writing = FileWriting(context, node.func, root_of(looks))
    try:
        name = writing.snippet(_WRAPPER) if is_plain else None
    except Unrenderable:
        name = None
    if name is None:
        return Finding(RULE, start, end, message, help=_HELP)
    _assume(context, writing, node, looks)
    text = call_text(index, node)
    number = next(number for number, one in enumerate(text.args) if one.keyword == _NAME)
    before, after = index.span(node.func)
    own_name = "" if _has_its_name(context, node, looks) else ", name=None"
    constant = keyword.value if isinstance(keyword.value, ast.Constant) else None
    value = str(bool(constant.value)) if constant else index.source(keyword.value)
    edits = [
        Edit(before, before, (f"{name}(",)),
        Edit(after, after, (f", {value}{own_name})",)),
        *rewrite_arguments(index, text, [], [number], []),
    ]
    return Finding(RULE, start, end, message, writing.fix(edits, "Let a layer around it say so"))


def _assume(context: Context, writing: FileWriting, node: ast.Call, looks: Sequence[CallSeen]) -> None:
    text = context.facts.index.text
    if context.era not in BEFORE_KERAS3:
        writing.assume("the file was written for Keras 2, where this held")
    if any(_may_normalize(look.callee) for look in looks):
        if True in (_says(looks) or ()) and _FREEZES.search(text):
            writing.assume("no batch normalization is frozen that is said to be in training")
        if _is_shared(context, node, looks):
            writing.assume(f"no model with `{context.facts.index.source(node.func)}` in it is loaded as a whole")
    if _LOOKS_INSIDE.search(text):
        writing.assume("what looks for the layer in the model may find the layer around it")


def _may_normalize(layer: Value) -> bool:
    """Whether it has weights, among them moving averages."""
    if not isinstance(layer, Layer) or isinstance(layer.cls, Class):
        return True
    short = layer.cls.rpartition(".")[2]
    if short in _AROUND:
        return any(map(_may_normalize, options(layer.argument(0, "layer") or layer)))
    return short == _NORMALIZATION


def _has_its_name(context: Context, node: ast.Call, looks: Sequence[CallSeen]) -> bool:
    """Whether no other layer of the model can have the name of the one that is called."""
    return _is_made_here(context, node, looks) or not _is_shared(context, node, looks)


def _is_made_here(context: Context, node: ast.Call, looks: Sequence[CallSeen]) -> bool:
    """`Dropout(0.5)(x)`, or `batchnorm()(x)` with a function that makes a new layer each time."""
    if not isinstance(node.func, ast.Call):
        return False
    return all(_made_by(context, node.func, look.callee) for look in looks)


def _made_by(context: Context, call: ast.Call, layer: Value) -> bool:
    site = layer.site if isinstance(layer, (Layer, Model)) else None
    if site is call:
        return True
    around = _around(context, site, (ast.FunctionDef, ast.Lambda))
    called = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", None)
    return isinstance(around, ast.FunctionDef) and around.name == called and not around.decorator_list


def _is_shared(context: Context, node: ast.Call, looks: Sequence[CallSeen]) -> bool:
    """Whether the layer may be called more than once, or elsewhere, too."""
    if _is_made_here(context, node, looks):
        return False
    sites = {look.callee.site for look in looks if isinstance(look.callee, (Layer, Model))}
    if not isinstance(node.func, ast.Name) or {_run_with(context, site) for site in sites} != {
        _run_with(context, node)
    }:
        return True
    loads = (one for one in context.facts.nodes(ast.Name) if one.id == node.func.id and isinstance(one.ctx, ast.Load))
    uses = (one for one in loads if not isinstance(context.facts.parents[one], ast.Attribute))
    return any(one is not node.func for one in uses)


def _run_with(context: Context, node: ast.AST | None) -> ast.AST | None:
    """The function or loop that runs a node as often as it runs itself."""
    return _around(context, node, (*_REPEATS, ast.Module))


def _around(context: Context, node: ast.AST | None, kinds: tuple[type[ast.AST], ...]) -> ast.AST | None:
    """The innermost node of some kinds that a node is in."""
    outer = () if node is None else ancestors(node, context.facts.parents)
    return next((one for one in outer if isinstance(one, kinds)), None)
