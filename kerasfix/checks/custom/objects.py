"""Callbacks, regularizers and constraints of one's own, as Keras 1 called them."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from kerasfix.checks import Context
from kerasfix.checks.custom._classes import (
    CustomClass,
    Function,
    attribute_of,
    classes,
    derives_from,
    is_for_two_versions,
    parameter_names,
    self_name,
)
from kerasfix.checks.custom._creators import attribute_values
from kerasfix.checks.custom._penalty import penalty_edits
from kerasfix.findings import Applicability, Edit, Finding, Fix
from kerasfix.source.index import TextIndex

PARAMS = "callback-params"
DATA = "callback-validation-data"
REGULARIZER = "regularizer-of-the-loss"
CONFIG = "class-name-in-config"
RULES = frozenset({PARAMS, DATA, REGULARIZER, CONFIG})

_RENAMED = {"nb_epoch": "epochs"}
_GONE = {
    "nb_sample": "`self.params['steps']` is the number of batches; hand the number of samples to the callback",
    "samples": "`self.params['steps']` is the number of batches; hand the number of samples to the callback",
    "batch_size": "Hand the size of a batch to the callback",
    "do_validation": "Look whether `logs` of `on_epoch_end` has a key that begins with `val_`",
    "metrics": "Take the keys of `logs`, which hold what is measured",
}


def check(context: Context) -> Iterator[Finding]:
    """Every such class that says something only Keras 1 understands."""
    text = context.facts.index.text
    if ".params" in text or "in self.params" in text or "validation_data" in text:
        for cls in classes(context, lambda cls: derives_from(cls, "keras.callbacks.")):
            yield from _callback(context, cls)
    if "__call__" in text:
        for cls in classes(context, lambda cls: derives_from(cls, "keras.regularizers.")):
            yield from _regularizer(context, cls)
            yield from _config(context, cls)
        for cls in classes(context, lambda cls: derives_from(cls, "keras.constraints.")):
            yield from _config(context, cls)


def _name_place(index: TextIndex, node: ast.ClassDef | Function) -> tuple[int, int]:
    start = index.text.index(node.name, index.span(node)[0])
    return start, start + len(node.name)


# -- callbacks


def _callback(context: Context, cls: CustomClass) -> Iterator[Finding]:
    index = context.facts.index
    own = {name for method in cls.methods.values() for name, _ in attribute_values(method)}
    for method in cls.methods.values():
        owner = self_name(method)
        for node in ast.walk(method):
            key = _key_of_params(node, owner)
            if (
                key is not None
                and "params" not in own
                and not is_for_two_versions(cls.facts, node, "params", str(key.value))
            ):
                yield from _param(index, key)
            if _is_validation_data(node, owner, own) and not is_for_two_versions(cls.facts, node, "validation_data"):
                assert isinstance(node, ast.Attribute)
                advice = f"Hand the data to `{cls.name}(...)` and keep it in an attribute of another name"
                message = "Keras does not give a callback the validation data any more"
                yield Finding(DATA, *index.span(node), message, help=advice)


def _key_of_params(node: ast.AST, owner: str) -> ast.Constant | None:
    """`'nb_epoch'` of `self.params['nb_epoch']` and `self.params.get('nb_epoch')`."""
    key: ast.expr | None = None
    if isinstance(node, ast.Subscript) and attribute_of(node.value, owner) == "params":
        key = node.slice
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "get" and node.args:
        key = node.args[0] if attribute_of(node.func.value, owner) == "params" else None
    elif isinstance(node, ast.Compare) and len(node.ops) == 1 and isinstance(node.ops[0], ast.In):
        key = node.left if attribute_of(node.comparators[0], owner) == "params" else None
    return key if isinstance(key, ast.Constant) and isinstance(key.value, str) else None


def _param(index: TextIndex, key: ast.Constant) -> Iterator[Finding]:
    start, end = index.span(key)
    if key.value in _RENAMED:
        new = _RENAMED[key.value]
        quote = index.text[end - 1]
        fix = Fix((Edit(start, end, (f"{quote}{new}{quote}",)),), Applicability.SAFE, f"Ask for `{new}`")
        yield Finding(PARAMS, start, end, f"`params` of a callback has `{new}` for `{key.value}` now", fix)
    elif key.value in _GONE:
        yield Finding(
            PARAMS, start, end, f"`params` of a callback has no `{key.value}` any more", help=_GONE[key.value]
        )


def _is_validation_data(node: ast.AST, owner: str, own: set[str]) -> bool:
    if not isinstance(node, ast.Attribute) or node.attr != "validation_data" or not isinstance(node.ctx, ast.Load):
        return False
    if attribute_of(node, owner) is not None:
        return "validation_data" not in own
    return attribute_of(node.value, owner) == "model"


# -- regularizers and constraints


def _regularizer(context: Context, cls: CustomClass) -> Iterator[Finding]:
    index = context.facts.index
    call = cls.methods.get("__call__")
    old = {"set_param", "set_layer"} & cls.methods.keys()
    if call is None or (not old and parameter_names(call)[:1] != ["loss"]):
        return
    held = (
        "what `set_layer` kept: the output of the layer" if "set_layer" in old else "the weight that `set_param` kept"
    )
    advice = (
        f"Write `{cls.name}.__call__(self, x)` so that it gives back the penalty alone, and takes `x` for {held}; "
        "whether the model trains makes no difference"
    )
    message = f"`{cls.name}.__call__` gets the weight, or the output, and not the loss"
    if (edits := penalty_edits(cls, call)) is not None:
        fix = Fix(tuple(edits), Applicability.SAFE, "Give back the penalty alone")
        yield Finding(REGULARIZER, *_name_place(index, call), message, fix)
        return
    yield Finding(REGULARIZER, *_name_place(index, call), message, help=advice)


def _config(context: Context, cls: CustomClass) -> Iterator[Finding]:
    """`'name': self.__class__.__name__` in `get_config`, which `from_config` hands to `__init__`."""
    index = context.facts.index
    method = cls.methods.get("get_config")
    init = cls.methods.get("__init__")
    if method is None or (init is not None and ("name" in parameter_names(init) or init.args.kwarg is not None)):
        return
    if cls.has("from_config"):
        return
    for node in ast.walk(method):
        if not isinstance(node, ast.Dict):
            continue
        for position, key in enumerate(node.keys):
            if not isinstance(key, ast.Constant) or key.value != "name":
                continue
            if "__name__" not in ast.dump(node.values[position]):
                continue
            start, end = index.span(key)[0], index.span(node.values[position])[1]
            if position + 1 < len(node.keys) and (following := node.keys[position + 1]) is not None:
                edit = Edit(start, index.span(following)[0])
            elif position:
                edit = Edit(index.span(node.values[position - 1])[1], end)
            else:
                edit = Edit(start, end)
            message = f"`{cls.name}.from_config` hands the name to `__init__`, which does not take it"
            fix = Fix((edit,), Applicability.SAFE, "Leave the name out, which Keras writes down by itself")
            yield Finding(CONFIG, start, end, message, fix)
