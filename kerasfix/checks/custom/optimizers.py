"""Optimizers with `get_updates`, which gave the updates of all weights at once: Keras asks for one at a time now."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from kerasfix.catalogue.adapters import Unrenderable
from kerasfix.checks import Context
from kerasfix.checks.backend._calls import Speller
from kerasfix.checks.custom._classes import CustomClass, Function, classes, derives_from, self_name
from kerasfix.checks.custom._creators import api_of
from kerasfix.findings import Edit, Finding, Fix, Slot
from kerasfix.names.namer import root_name

RULE = "optimizer-with-get-updates"
RULES = frozenset({RULE})

_PLAN = "keras.optimizers.Optimizer"
_MODERN = frozenset({"update_step", "_resource_apply_dense", "apply", "apply_gradients"})
_MAKERS = frozenset(f"keras.backend.{name}" for name in ("zeros", "ones", "variable"))
# What a change of a variable is as the new value of it, of the arguments by their places.
_CHANGES = {
    "keras.backend.update": ("{1}",),
    "keras.backend.update_add": ("{0}", " + ", "{1}"),
    "keras.backend.update_sub": ("{0}", " - ", "{1}"),
    "keras.backend.moving_average_update": ("{0}", " * ", "{2}", " + ", "{1}", " * (1 - ", "{2}", ")"),
}
# ... and as methods of the variable, which other rules may have made of them.
_METHODS = {
    "assign": "keras.backend.update",
    "assign_add": "keras.backend.update_add",
    "assign_sub": "keras.backend.update_sub",
}
_ATOMS = (ast.Name, ast.Attribute, ast.Subscript, ast.Call, ast.Constant)


def check(context: Context) -> Iterator[Finding]:
    """Every such class."""
    if "get_updates" not in context.facts.index.text:
        return
    for cls in classes(context, lambda cls: derives_from(cls, "keras.optimizers.")):
        method = cls.methods.get("get_updates")
        if method is None or any(map(cls.has, _MODERN)):
            continue
        index = context.facts.index
        start = index.text.index(method.name, index.span(method)[0])
        message = f"nothing calls `{cls.name}.get_updates` any more"
        fix = _fix(context, cls, method)
        advice = None if fix is not None else _advice(context, cls, method)
        yield Finding(RULE, start, start + len(method.name), message, fix, advice)


def _fix(context: Context, cls: CustomClass, method: Function) -> Fix | None:
    """A base class that calls `get_updates` in every step, which gives back pairs then and keeps its states."""
    base = cls.base(_PLAN)
    if base is None:
        return None
    expression, root = base
    speller = Speller(context, expression, root)
    try:
        plan = speller("snippet.UpdatesOptimizer")
    except Unrenderable:
        return None
    edits = [Edit(*context.facts.index.span(expression), (plan,))]
    released = {expression}
    for one in cls.methods.values():
        for node in ast.walk(one) if one.name not in ("__init__", "get_config") else ():
            if not isinstance(node, ast.Call):
                continue
            api = api_of(cls.facts, node) or ""
            changed = _changed(node, api)
            if changed is None and api not in _MAKERS:
                continue
            edit = _kept(context, node, self_name(one)) if changed is None else _pair(context, node, *changed)
            if edit is None:
                return None
            edits.append(edit)
            released |= {node.func} if api in _CHANGES else set()
    reads_names = any(isinstance(part, ast.Attribute) and part.attr == "name" for part in ast.walk(method))
    roots = {name.id for one in released if (name := root_name(one)) is not None}
    assumes = "the names of weights that it looks for are those of today" if reads_names else None
    return speller.fix(edits, "Derive from a class that calls it in every step", roots, assumes)


def _changed(node: ast.Call, api: str) -> tuple[list[ast.expr], tuple[str, ...]] | None:
    """The variable that a call changes and what it does that with, and the form of the new value."""
    if api in _CHANGES:
        return node.args, _CHANGES[api]
    if isinstance(node.func, ast.Attribute) and node.func.attr in _METHODS:
        return [node.func.value, *node.args], _CHANGES[_METHODS[node.func.attr]]
    return None


def _pair(context: Context, node: ast.Call, given: list[ast.expr], value: tuple[str, ...]) -> Edit | None:
    """`K.update_add(variable, more)` as `(variable, variable + more)`."""
    index = context.facts.index
    needed = 1 + max(int(part[1]) for part in value if part.startswith("{"))
    if node.keywords or len(given) != needed or not isinstance(given[0], _ATOMS):
        return None
    pieces: list[str | Slot] = ["(", Slot(*index.span(given[0])), ", "]
    for part in value:
        if not part.startswith("{"):
            pieces.append(part)
            continue
        argument = given[int(part[1])]
        plain = len(value) == 1 or isinstance(argument, _ATOMS)
        slot = Slot(*index.span(argument))
        pieces += [slot] if plain else ["(", slot, ")"]
    return Edit(*index.span(node), (*pieces, ")"))


def _kept(context: Context, node: ast.Call, owner: str) -> Edit | None:
    """`K.zeros(shape)` as `self.state(K.zeros, shape)`."""
    index = context.facts.index
    start, end = index.span(node.func)
    given: list[ast.expr | ast.keyword] = [*node.args, *node.keywords]
    first = min((index.span(one)[0] for one in given), default=None)
    if first is None or index.text[end:first].strip(" \n\t") != "(":
        return None
    return Edit(start, first, (f"{owner}.state(", Slot(start, end), ", "))


def _advice(context: Context, cls: CustomClass, method: Function) -> str:
    """What becomes of `get_updates` where the class derives from an optimizer that does something itself."""
    rates = ", learning_rate" if context.settings.target == "keras3" else ""
    states = [
        ast.unparse(node.targets[0])
        for node in ast.walk(method)
        if isinstance(node, ast.Assign)
        and any(isinstance(part, ast.Call) and api_of(cls.facts, part) in _MAKERS for part in ast.walk(node.value))
    ]
    made = ", ".join(f"`{state}`" for state in states) or "its states"
    return (
        f"Write `build(self, variables)`, which calls `super().build(variables)` and makes {made} by "
        f"`self.add_variable_from_reference`, and `update_step(self, gradient, variable{rates})` with what "
        "`get_updates` does for one parameter: `variable.assign(...)` for `K.update`"
    )
