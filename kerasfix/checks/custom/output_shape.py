"""`get_output_shape_for`, which is `compute_output_shape` now: in the layers of the file, and where it is called."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from kerasfix.checks import Context
from kerasfix.checks.custom._classes import is_for_two_versions, is_layer, lineage, owner_class
from kerasfix.findings import Applicability, Edit, Finding, Fix, Slot
from kerasfix.flow.values import Api, Class

RULE = "get-output-shape-for"
RULES = frozenset({RULE})
OLD, NEW = "get_output_shape_for", "compute_output_shape"


def check(context: Context) -> Iterator[Finding]:
    """Every definition in a layer, and every use of the name that a layer, or something unknown, is asked for."""
    facts = context.facts
    if OLD not in facts.index.text:
        return
    known = [cls for file in facts.group for cls in file.classes.values()]
    definers = [cls for cls in known if OLD in cls.info.methods]
    kept = {cls.node for cls in definers if _is_layer(cls) and _serves_both(cls, known)}
    for cls in facts.classes.values():
        if _is_layer(cls) and not cls.info.guarded and cls.node not in kept:
            yield from _definitions(context, cls)
    theirs = any(not _is_layer(cls) for cls in definers)
    for node in facts.nodes(ast.Attribute):
        if node.attr == OLD and isinstance(node.ctx, ast.Load):
            owner = owner_class(facts, node) if _is_of_self(node) else None
            if owner is not None and (not _is_layer(owner) or _is_kept(owner, kept)):
                continue
            if (theirs and owner is None) or is_for_two_versions(facts, node, OLD, NEW):
                continue
            yield _use(context, node, owner)


def _is_layer(cls: Class) -> bool:
    """Whether a class is a layer; one whose base was not seen and that has the method is taken for one."""
    unseen = any(not isinstance(base, (Api, Class)) for base in cls.info.bases)
    return is_layer(cls) or (unseen and OLD in cls.info.methods)


def _serves_both(cls: Class, known: list[Class]) -> bool:
    """Whether a class, or one that derives from it, has the method under both names."""
    family = [other for other in known if cls in lineage(other)] + list(lineage(cls))
    return any(NEW in other.info.methods for other in family)


def _is_kept(cls: Class, kept: set[ast.ClassDef]) -> bool:
    return any(ancestor.node in kept or NEW in ancestor.info.methods for ancestor in lineage(cls))


def _definitions(context: Context, cls: Class) -> Iterator[Finding]:
    index = context.facts.index
    for node in cls.node.body:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and node.name == OLD:
            start = index.text.index(OLD, index.span(node)[0])
            end = start + len(OLD)
            fix = Fix((Edit(start, end, (NEW,)),), Applicability.SAFE, f"Rename to `{NEW}`")
            yield Finding(RULE, start, end, f"Keras asks `{cls.info.name}` for `{NEW}` now, not `{OLD}`", fix)


def _use(context: Context, node: ast.Attribute, owner: Class | None) -> Finding:
    index = context.facts.index
    start, end = index.span(node)
    message = f"`{OLD}` is `{NEW}` now"
    call = context.facts.parents.get(node)
    if isinstance(call, ast.Call) and call.func is node and (shape := _plain_shape(call, node, owner)) is not None:
        edit = Edit(*index.span(call), (Slot(*index.span(shape)),))
        title = f"Replace with `{index.source(shape)}`, which is what `Layer` gave back"
        return Finding(RULE, start, end, message, Fix((edit,), Applicability.SAFE, title))
    edit = Edit(end - len(OLD), end, (NEW,))
    return Finding(RULE, start, end, message, Fix((edit,), Applicability.SAFE, f"Rename to `{NEW}`"))


def _is_of_self(node: ast.Attribute) -> bool:
    """Whether it is asked of `self` or of `super()`."""
    if isinstance(node.value, ast.Name):
        return node.value.id == "self"
    return _is_super(node.value)


def _is_super(node: ast.expr) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "super"


def _plain_shape(call: ast.Call, func: ast.Attribute, owner: Class | None) -> ast.expr | None:
    """The shape that `super().get_output_shape_for(shape)` gives back where the next class is Keras' plain `Layer`."""
    if owner is None or not _is_super(func.value) or len(call.args) != 1 or call.keywords:
        return None
    bases = owner.info.bases
    plain = len(bases) == 1 and isinstance(bases[0], Api) and bases[0].name == "keras.layers.Layer"
    simple = isinstance(call.args[0], (ast.Name, ast.Attribute, ast.Subscript))
    return call.args[0] if plain and simple else None
