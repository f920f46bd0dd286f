"""Attributes of Keras' own layers under the names of Keras 1: `layer.W`, `self.nb_filter` of a subclass."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from kerasfix.checks import Context
from kerasfix.checks.custom._attribute_names import KERNELS, TRUTHS, has_bias, is_convolution, names_of
from kerasfix.checks.custom._classes import CustomClass, attribute_of, is_for_two_versions, layers, self_name
from kerasfix.checks.custom._creators import attribute_values
from kerasfix.checks.custom._removal import removals
from kerasfix.checks.custom._weights import statements_in
from kerasfix.findings import Applicability, Edit, Finding, Fix
from kerasfix.flow.values import Class, Layer, options

RULE = "legacy-layer-attribute"
RULES = frozenset({RULE})
# Names so short that they are only looked at where one of these follows, as in the words of the rule.
_SHORT = frozenset({"b", "p", "sigma", "stride", "init"})
_AFTER = frozenset("),. ]\n(")
_ORDERINGS = {"th": "channels_first", "tf": "channels_last"}


def check(context: Context) -> Iterator[Finding]:
    """Every such attribute, of `self` in a class that derives from a layer, and of layer objects."""
    for cls in layers(context):
        names = names_of(cls.keras_base) if cls.keras_base != "keras.layers.Layer" else {}
        if names:
            yield from _of_self(context, cls, names)
            yield from _initial_weights(context, cls)
    for node, looks in context.facts.attributes.items():
        if not isinstance(node, ast.Attribute) or any(look.guarded for look in looks):
            continue
        owners = [option for look in looks for option in options(look.owner)]
        classes = {_class_of(owner) for owner in owners}
        if len(classes) != 1 or (cls_name := classes.pop()) is None:
            continue
        names = names_of(cls_name)
        if node.attr == "W" and cls_name == "keras.layers.Layer":
            advice = "It is `kernel` of a `Dense` or a convolution, `embeddings` of an `Embedding`"
            yield Finding(RULE, *context.facts.index.span(node), "layers of Keras have no `W` any more", help=advice)
        elif node.attr in names and _is_seen(context, node):
            yield _finding(context, node, cls_name, names[node.attr])


def _class_of(owner: object) -> str | None:
    """The class of Keras that a layer is of, unless a class of the project may have the attribute itself."""
    if not isinstance(owner, Layer) or isinstance(owner.cls, Class):
        return None
    return owner.cls


def _of_self(context: Context, cls: CustomClass, names: dict[str, str]) -> Iterator[Finding]:
    own = {
        name
        for ancestor in cls.lineage
        for method in ancestor.node.body
        if isinstance(method, (ast.FunctionDef, ast.AsyncFunctionDef))
        for name, _ in attribute_values(method)
    }
    for method in cls.methods.values():
        owner = self_name(method)
        for node in ast.walk(method):
            name = attribute_of(node, owner)
            if name is None or name in own or cls.has(name) or cls.cls.info.attribute(name) is not None:
                continue
            assert isinstance(node, ast.Attribute) and cls.keras_base is not None
            new = names.get(name)
            if name in TRUTHS and has_bias(cls.keras_base) and _asks_yes_or_no(context, node):
                new = TRUTHS[name]
            if new is None or is_for_two_versions(cls.facts, node, name, new) or not _is_seen(context, node):
                continue
            yield _finding(context, node, cls.keras_base, new)


def _asks_yes_or_no(context: Context, node: ast.Attribute) -> bool:
    """Whether the value of an attribute is taken for a yes or no, which no weight is."""
    parent = context.facts.parents.get(node)
    if isinstance(parent, (ast.If, ast.IfExp, ast.While)):
        return parent.test is node
    if isinstance(parent, ast.Dict):
        keys = [key for key, value in zip(parent.keys, parent.values) if value is node]
        return isinstance(keys[0], ast.Constant) and keys[0].value in (node.attr, TRUTHS[node.attr])
    if isinstance(parent, ast.keyword):
        return parent.arg in (node.attr, TRUTHS[node.attr])
    return isinstance(parent, ast.BoolOp) or (isinstance(parent, ast.UnaryOp) and isinstance(parent.op, ast.Not))


def _initial_weights(context: Context, cls: CustomClass) -> Iterator[Finding]:
    """`if self.initial_weights: self.set_weights(self.initial_weights)` in a class that derives from a layer."""
    name = "initial_weights"
    if f".{name}" not in context.facts.index.text or cls.has(name) or cls.cls.info.attribute(name) is not None:
        return
    for method in cls.methods.values():
        owner = self_name(method)
        if any(attribute == name for attribute, _ in attribute_values(method)):
            return
        for statement in statements_in(method):
            if not isinstance(statement, ast.If) or not _only_sets(statement, owner, name):
                continue
            edits = removals(context.facts.index, context.facts.parents, [statement])
            title = "Leave it to Keras, which sets them itself"
            message = f"`{name}` of a `{(cls.keras_base or '').rpartition('.')[2]}` is gone"
            fix = Fix(tuple(edits), Applicability.SAFE, title)
            yield Finding(RULE, *context.facts.index.span(statement.test), message, fix)


def _only_sets(statement: ast.If, owner: str, name: str) -> bool:
    """Whether all that happens under a test of an attribute is that weights are set from it, once."""
    if statement.orelse or not any(attribute_of(part, owner) == name for part in ast.walk(statement.test)):
        return False
    for part in statement.body:
        call = part.value if isinstance(part, ast.Expr) else None
        sets = isinstance(call, ast.Call) and attribute_of(call.func, owner) == "set_weights"
        drops = isinstance(part, ast.Delete) or (isinstance(part, ast.Assign) and ast.unparse(part.value) == "None")
        if not (sets or drops) or not any(attribute_of(one, owner) == name for one in ast.walk(part)):
            return False
    return True


def _is_seen(context: Context, node: ast.Attribute) -> bool:
    end = context.facts.index.span(node)[1]
    return node.attr not in _SHORT or context.facts.index.text[end : end + 1] in _AFTER


def _finding(context: Context, node: ast.Attribute, cls: str, new: str) -> Finding:
    index = context.facts.index
    start, end = index.span(node)
    old = node.attr
    short = cls.rpartition(".")[2]
    what = "layer" if short == "Layer" else f"`{short}`"
    message = f"`{old}` of a {what} is called `{new}` now"
    edits = [Edit(end - len(old), end, (new,))]
    if old == "dim_ordering":
        values = _ordering_values(context, node)
        if values is None:
            advice = f"Ask `{new}`, which is 'channels_first' for 'th' and 'channels_last' for 'tf'"
            return Finding(RULE, start, end, message, help=advice)
        edits += values
    turned = old in KERNELS and is_convolution(short)
    return Finding(
        RULE,
        start,
        end,
        message,
        Fix(
            tuple(edits),
            Applicability.UNSAFE if turned else Applicability.SAFE,
            f"Rename to `{new}`",
            "the axes of the kernel are rows, columns, inputs, filters in the code, too" if turned else None,
        ),
    )


def _ordering_values(context: Context, node: ast.Attribute) -> list[Edit] | None:
    """The edits of what an ordering is compared with; None where it is used in another way."""
    parent = context.facts.parents.get(node)
    if isinstance(parent, ast.keyword) and parent.arg in ("dim_ordering", "data_format"):
        return []
    if not isinstance(parent, ast.Compare) or parent.left is not node or len(parent.ops) != 1:
        return None
    found = parent.comparators[0]
    constants = found.elts if isinstance(found, (ast.Tuple, ast.List, ast.Set)) else [found]
    edits: list[Edit] = []
    for constant in constants:
        if not isinstance(constant, ast.Constant) or constant.value not in _ORDERINGS:
            return None
        start, end = context.facts.index.span(constant)
        quote = context.facts.index.text[end - 1]
        edits.append(Edit(start, end, (f"{quote}{_ORDERINGS[str(constant.value)]}{quote}",)))
    return edits
