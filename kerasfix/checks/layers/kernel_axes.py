"""Arithmetic on kernels that `get_weights` gave, in code whose images have the channels first."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from kerasfix.catalogue.adapters import Unrenderable
from kerasfix.checks import Context
from kerasfix.checks._era import Era
from kerasfix.checks._scopes import Kind, definitions
from kerasfix.checks._writing import FileWriting
from kerasfix.checks.layers._channels_first import has_channels_first, is_of_images
from kerasfix.findings import Edit, Finding, Slot

RULE = "legacy-kernel-axes"
RULES = frozenset({RULE})
# Before the calls of layers: what `weights=` holds is told once `get_weights` gives what it gave.
PRIORITY = -1

_GET, _SET = "get_weights", "set_weights"
_ITERATES = frozenset({"enumerate", "zip", "reversed", "list"})


def check(context: Context) -> Iterator[Finding]:
    """Every layer whose weights are read or set, in files that look into them."""
    text = context.facts.index.text
    if not (f".{_GET}(" in text or f".{_SET}(" in text) or context.era is not Era.KERAS1:
        return
    calls = context.facts.nodes(ast.Call)
    sites = [node for node in calls if _is_site(context, node)]
    if not any(_is_looked_into(context, site) for site in sites) or not has_channels_first(context, calls):
        return
    for call in calls:
        if any(keyword.arg == "weights" for keyword in call.keywords):
            context.taken.add(id(call))
    for site in sites:
        yield _finding(context, site)


def _finding(context: Context, site: ast.Call) -> Finding:
    assert isinstance(site.func, ast.Attribute)
    index = context.facts.index
    start, end = index.span(site)
    name = site.func.attr
    gives = "gives" if name == _GET else "takes"
    message = f"`{name}` {gives} kernels with the rows first, which were last where the channels of images are first"
    writing = FileWriting(context, None, context.facts.root)
    try:
        called = writing.snippet(name)
    except Unrenderable as error:
        help_ = f"Turn the kernels, `np.moveaxis(kernel, (-1, -2), (0, 1))` as they are read: {error}"
        return Finding(RULE, start, end, message, help=help_)
    given = [piece for one in site.args for piece in (", ", Slot(*index.span(one)))]
    edit = Edit(start, end, (f"{called}(", Slot(*index.span(site.func.value)), *given, ")"))
    return Finding(RULE, start, end, message, writing.fix([edit], "Turn the kernels as Keras 1 had them"))


def _is_site(context: Context, node: ast.Call) -> bool:
    """Whether a call reads or sets the weights of a layer, not those of a whole model."""
    func = node.func
    if not isinstance(func, ast.Attribute) or node.keywords or len(node.args) != (func.attr == _SET):
        return False
    starred = any(isinstance(one, ast.Starred) for one in node.args)
    return func.attr in (_GET, _SET) and not starred and _is_layer(context, func.value, 3)


def _is_layer(context: Context, node: ast.expr | None, depth: int) -> bool:
    """Whether an expression is a layer of a model: `model.layers[0]`, `model.get_layer('conv')`, by a name or not."""
    if isinstance(node, ast.Subscript):
        return isinstance(node.value, ast.Attribute) and node.value.attr == "layers"
    if isinstance(node, ast.Call):
        is_got = isinstance(node.func, ast.Attribute) and node.func.attr == "get_layer"
        return is_got or is_of_images(context, node)
    if not isinstance(node, ast.Name) or not depth:
        return False
    found = definitions(node.id, node, context.facts)
    return bool(found) and all(
        _is_layer(context, one.value, depth - 1)
        if one.kind is Kind.VALUE
        else one.kind is Kind.PART and _is_layers(one.value)
        for one in found
    )


def _is_layers(node: ast.expr | None) -> bool:
    """Whether an expression goes through the layers of a model."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in _ITERATES:
        return any(_is_layers(one) for one in node.args)
    if isinstance(node, ast.Subscript):
        return _is_layers(node.value)
    return isinstance(node, ast.Attribute) and node.attr == "layers"


def _is_looked_into(context: Context, site: ast.Call) -> bool:
    """Whether the weights are more than handed on from one layer to another."""
    assert isinstance(site.func, ast.Attribute)
    if site.func.attr == _SET:
        return not _is_got(context, site.args[0])
    parent = context.facts.parents.get(site)
    if isinstance(parent, ast.Assign) and len(parent.targets) == 1 and isinstance(parent.targets[0], ast.Name):
        name = parent.targets[0]
        reads = [one for one in context.facts.scopes.named[name.id] if isinstance(one.ctx, ast.Load)]
        return not all(_is_set(context.facts.parents.get(read)) for read in reads)
    return not _is_set(parent)


def _is_got(context: Context, node: ast.expr) -> bool:
    if isinstance(node, ast.Name):
        found = definitions(node.id, node, context.facts)
        return bool(found) and all(
            one.kind is Kind.VALUE and isinstance(one.value, ast.Call) and _is_got(context, one.value) for one in found
        )
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == _GET


def _is_set(node: ast.AST | None) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == _SET
