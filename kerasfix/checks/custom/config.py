"""`get_config` of a layer of one's own that writes initializers, regularizers and constraints as Keras 1 read them."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from kerasfix.checks import Context
from kerasfix.checks.custom._classes import CustomClass, Function, attribute_of, layers, self_name
from kerasfix.checks.custom._creators import api_of, attribute_values, initializer_attributes
from kerasfix.findings import Applicability, Edit, Finding, Fix, Slot

RULE = "legacy-layer-config"
RULES = frozenset({RULE})
_FAMILIES = {
    "keras.regularizers.get": "regularizers",
    "keras.constraints.get": "constraints",
}


def check(context: Context) -> Iterator[Finding]:
    """Every `self.init.__name__`, and every `x.get_config() if x else None` of a regularizer or a constraint."""
    text = context.facts.index.text
    if "__name__" not in text and "get_config" not in text:
        return
    for cls in layers(context):
        if not cls.has("get_config"):
            continue
        holders = _holders(cls)
        for method in cls.methods.values():
            yield from _findings(context, method, holders)


def _holders(cls: CustomClass) -> dict[str, str]:
    """The attributes that hold an initializer, a regularizer or a constraint, with the module that serializes it."""
    found = dict.fromkeys(initializer_attributes(cls), "initializers")
    for ancestor in cls.lineage:
        for method in ancestor.node.body:
            if not isinstance(method, (ast.FunctionDef, ast.AsyncFunctionDef)):
                continue
            for name, value in attribute_values(method):
                api = api_of(ancestor.info.module.facts, value) if isinstance(value, ast.Call) else None
                if api in _FAMILIES:
                    found[name] = _FAMILIES[api]
    return found


def _findings(context: Context, method: Function, holders: dict[str, str]) -> Iterator[Finding]:
    index = context.facts.index
    owner = self_name(method)
    inner: set[ast.AST] = set()
    for node in ast.walk(method):
        value: ast.expr | None = None
        if isinstance(node, ast.IfExp):
            value = _if_there_is_one(node)
            if value is not None:
                inner.update(ast.walk(node))
        elif isinstance(node, ast.Attribute) and node.attr == "__name__" and isinstance(node.ctx, ast.Load):
            value = node.value
        elif isinstance(node, ast.Call) and node not in inner and _is_get_config(node):
            value = node.func.value if isinstance(node.func, ast.Attribute) else None
            if isinstance(value, ast.Attribute) and not value.attr.endswith(("regularizer", "constraint")):
                continue
        name = attribute_of(value, owner) if value is not None else None
        if value is None or name not in holders:
            continue
        family = holders[name]
        if isinstance(node, ast.Attribute) and family != "initializers":
            continue
        assert isinstance(node, ast.expr)
        module, imports = context.namer.module(f"keras.{family}", context.facts.root, family, node)
        if imports and family == "initializers" and _brings_initializers(context):
            module, imports = family, ()
        edit = Edit(*index.span(node), (f"{module}.serialize(", Slot(*index.span(value)), ")"))
        message = f"`from_config` cannot make {_ARTICLES[family]} from what `{index.source(node)}` gives"
        if isinstance(node, ast.Attribute):
            message = f"`{index.source(value)}` is an object now, and has no `__name__`"
        fix = Fix((edit,), Applicability.SAFE, f"Replace with `{module}.serialize(...)`", imports=imports)
        yield Finding(RULE, *index.span(node), " ".join(message.split()), fix)


_ARTICLES = {"initializers": "an initializer", "regularizers": "a regularizer", "constraints": "a constraint"}


def _brings_initializers(context: Context) -> bool:
    """Whether the file imports `initializations`, which the rule about modules renames at the same time."""
    if "moved-module" not in context.settings.rules:
        return False
    return any(
        isinstance(node, ast.ImportFrom)
        and node.module == context.facts.root
        and any(alias.name == "initializations" and alias.asname is None for alias in node.names)
        for node in context.facts.tree.body
    )


def _is_get_config(node: ast.Call) -> bool:
    return isinstance(node.func, ast.Attribute) and node.func.attr == "get_config" and not node.args


def _if_there_is_one(node: ast.IfExp) -> ast.expr | None:
    """`x` of `x.get_config() if x else None`."""
    body, orelse, test = node.body, node.orelse, node.test
    if not isinstance(orelse, ast.Constant) or orelse.value is not None:
        return None
    if isinstance(test, ast.Compare) and isinstance(test.ops[0], ast.IsNot) and len(test.ops) == 1:
        test = test.left
    value: ast.expr | None = None
    if isinstance(body, ast.Call) and _is_get_config(body) and isinstance(body.func, ast.Attribute):
        value = body.func.value
    elif isinstance(body, ast.Attribute) and body.attr == "__name__":
        value = body.value
    return value if value is not None and ast.dump(value) == ast.dump(test) else None
