"""Makes a regularizer that adds to the loss, as before Keras 1.2, one that gives back its penalty."""

from __future__ import annotations

import ast
from collections.abc import Container
from dataclasses import dataclass

from kerasfix.checks.custom._classes import CustomClass, Function, attribute_of, parameter_names, self_name
from kerasfix.checks.custom._creators import attribute_values
from kerasfix.checks.custom._removal import removals
from kerasfix.findings import Edit
from kerasfix.source.index import TextIndex

# What keeps the weight or the layer, and where the base class of Keras 1.0 kept it.
_SETTERS = {"set_param": "p", "set_layer": "layer"}
_LOSS = "loss"


@dataclass(frozen=True)
class _Held:
    """Where a method reads what its regularizer is for: `self.p`, or `self.layer.output`."""

    nodes: tuple[ast.Attribute, ...]
    setter: Function | None


def penalty_edits(cls: CustomClass, call: Function) -> list[Edit] | None:
    """The edits after which `__call__` takes the weight or the output; None where that is not certain."""
    index = cls.facts.index
    spec = call.args
    alone = parameter_names(call) == [_LOSS] and not (spec.vararg or spec.kwarg or spec.kwonlyargs)
    if not alone or spec.args[1].annotation is not None or len(cls.lineage) > 1 or _is_derived_from(cls):
        return None
    if any(
        isinstance(node, (ast.Lambda, ast.FunctionDef, ast.ClassDef)) for node in ast.walk(call) if node is not call
    ):
        return None
    held = _held(cls, call)
    sums = _sums(cls, call)
    if held is None or sums is None:
        return None
    names = {node.id for node in ast.walk(call) if isinstance(node, ast.Name)}
    named = _named(call, held)
    new = named.targets[0].id if named and isinstance(named.targets[0], ast.Name) else _free(names)
    begin = _begin(index, call, sums, named)
    if new is None or begin is None:
        return None
    replaced = [node for node in held.nodes if named is None or node is not named.value]
    gone: list[ast.stmt] = [one for one in (named, held.setter) if one is not None]
    return [
        Edit(*index.span(spec.args[1]), (new,)),
        *(Edit(*index.span(node), (new,)) for node in replaced),
        *removals(index, cls.facts.parents, gone),
        begin,
    ]


def _is_derived_from(cls: CustomClass) -> bool:
    return any(cls.cls in other.info.bases for other in cls.facts.classes.values())


def _held(cls: CustomClass, call: Function) -> _Held | None:
    setters = [name for name in _SETTERS if name in cls.methods]
    if len(setters) > 1:
        return None
    for name in setters or _SETTERS:
        setter = cls.methods.get(name)
        kept = _kept(setter) if setter is not None else _SETTERS[name]
        if kept is None:
            continue
        if any(kept == one for method in cls.methods.values() if method is not setter
               for one, _ in attribute_values(method)):  # fmt: skip
            continue
        reads = [node for method in cls.methods.values() if method is not setter for node in ast.walk(method)
                 if isinstance(node, ast.Attribute) and attribute_of(node, self_name(method)) == kept]  # fmt: skip
        found = [_output(cls, node) if name == "set_layer" else node for node in reads]
        inside = set(ast.walk(call))
        nodes = [node for node in found if node is not None and node in inside]
        if nodes and len(nodes) == len(reads):
            return _Held(tuple(nodes), setter)
    return None


def _kept(setter: Function) -> str | None:
    """The attribute in which a method keeps its argument and does nothing else."""
    body = [one for one in setter.body if not (isinstance(one, ast.Expr) and isinstance(one.value, ast.Constant))]
    values = list(attribute_values(setter))
    if len(body) != 1 or not isinstance(body[0], ast.Assign) or len(values) != 1:
        return None
    name, value = values[0]
    return name if isinstance(value, ast.Name) and [value.id] == parameter_names(setter) else None


def _output(cls: CustomClass, node: ast.Attribute) -> ast.Attribute | None:
    above = cls.facts.parents.get(node)
    return above if isinstance(above, ast.Attribute) and above.attr == "output" else None


def _sums(cls: CustomClass, call: Function) -> list[ast.stmt] | None:
    """The statements that read the loss, in their order: each adds to it or returns it."""
    found: list[ast.stmt] = []
    for node in ast.walk(call):
        if not isinstance(node, ast.Name) or node.id != _LOSS:
            continue
        above = cls.facts.parents.get(node)
        if isinstance(above, ast.BinOp) and isinstance(above.op, ast.Add) and above.left is node:
            above = cls.facts.parents.get(above)
            if not isinstance(above, ast.Return):
                return None
        elif isinstance(above, ast.AugAssign):
            if above.target is not node or not isinstance(above.op, ast.Add):
                return None
        elif not isinstance(above, ast.Return):
            return None
        found.append(above)
    return sorted(found, key=lambda one: one.lineno)


def _named(call: Function, held: _Held) -> ast.Assign | None:
    """`x = self.layer.output`, the only statement that binds the name."""
    for node in call.body:
        if not isinstance(node, ast.Assign) or node.value not in held.nodes or len(node.targets) > 1:
            continue
        target = node.targets[0]
        stores = [one for one in ast.walk(call) if isinstance(one, ast.Name) and not isinstance(one.ctx, ast.Load)]
        if isinstance(target, ast.Name) and [one.id for one in stores].count(target.id) == 1:
            return node
    return None


def _free(taken: Container[str]) -> str | None:
    return next((name for name in ("x", "tensor", "values") if name not in taken), None)


def _begin(index: TextIndex, call: Function, sums: list[ast.stmt], named: ast.stmt | None) -> Edit | None:
    """The edit that lets the sum begin with the penalty, or with zero."""
    first = sums[0] if sums else None
    if isinstance(first, ast.Return) and isinstance(first.value, ast.BinOp) and len(sums) == 1:
        end = index.span(first.value.left)[1]
        between = index.text[end : index.span(first.value.right)[0]]
        plus = between.index("+") + 1
        blanks = len(between[plus:]) - len(between[plus:].lstrip(" "))
        if between[plus + blanks :].startswith(("\n", "\r", "\\", "#")):
            return None
        return Edit(index.span(first.value)[0], end + plus + blanks)
    if isinstance(first, ast.AugAssign) and first in call.body:
        end = index.span(first.target)[1]
        where = index.text.index("+=", end)
        return Edit(where, where + 2, ("=",))
    begins = [one for one in call.body if one is not named and not _is_text(one)]
    if not begins or first is None:
        return None
    start = index.span(begins[0])[0]
    line, column = index.position(start)
    indent = index.line_text(line)[:column]
    if indent.strip():
        return None
    return Edit(start, start, (f"{_LOSS} = 0.0{index.newline_at(start)}{indent}",))


def _is_text(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
