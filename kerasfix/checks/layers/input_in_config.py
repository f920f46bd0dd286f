"""In Keras 3, the configuration of a layer has no `batch_input_shape`: an `Input` before the layer says it."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from kerasfix.checks import Context
from kerasfix.checks._scopes import definitions
from kerasfix.checks.internals._blocks import removal
from kerasfix.findings import Applicability, Edit, Finding, Fix, Slot

RULE = "legacy-input-arguments"
RULES = frozenset({RULE})

_KEY = "batch_input_shape"
_HELP = "Leave it out, and put an `Input(batch_shape=...)` before the layer that is made of the configuration"


def check(context: Context) -> Iterator[Finding]:
    """Every `config['batch_input_shape'] = shape` of what a layer's `get_config` gave."""
    if context.settings.target != "keras3" or _KEY not in context.facts.index.text:
        return
    for node in ast.walk(context.facts.tree):
        if isinstance(node, ast.Assign) and (name := _config(context, node)) is not None:
            start, end = context.facts.index.span(node)
            fix = _fix(context, node, name)
            message = "Layers of Keras 3 know no `batch_input_shape`, in their configuration neither"
            yield Finding(RULE, start, end, message, fix, None if fix is not None else _HELP)


def _config(context: Context, node: ast.Assign) -> str | None:
    """The name of the configuration that a statement puts the shape into."""
    target = node.targets[0]
    if not isinstance(target, ast.Subscript) or not isinstance(target.value, ast.Name):
        return None
    if not isinstance(target.slice, ast.Constant) or target.slice.value != _KEY:
        return None
    found = [one.value for one in definitions(target.value.id, target, context.facts)]
    configs = [isinstance(one, ast.Call) and ast.unparse(one.func).endswith(".get_config") for one in found]
    return target.value.id if configs and all(configs) else None


def _fix(context: Context, node: ast.Assign, name: str) -> Fix | None:
    """The shape before the layer, where the layer is made and added to a model in the same block."""
    block = _block(context, node)
    later = block[block.index(node) + 1 :] if node in block else []
    made = next((one for one in later if _is_made(one, name)), None)
    if made is None or not isinstance(made, ast.Assign) or not isinstance(made.targets[0], ast.Name):
        return None
    layer = made.targets[0].id
    added = next((one for one in later[later.index(made) :] if _is_added(one, layer)), None)
    if added is None or not isinstance(added, ast.Expr) or not isinstance(added.value, ast.Call):
        return None
    index = context.facts.index
    spelled, imports = context.namer.name("keras.layers.Input", None, context.facts.root)
    start, _ = index.span(added)
    line, column = index.position(start)
    indent = index.newline_at(start) + index.line_text(line)[:column]
    shape = Slot(*index.span(node.value))
    before = Edit(start, start, (f"{index.source(added.value.func)}({spelled}(batch_shape=", shape, f")){indent}"))
    gone = removal(index, context.facts.parents, node, {node})
    if indent.strip():
        return None
    clause = f"`{layer}` is the first layer of its model"
    return Fix((gone, before), Applicability.UNSAFE, "Put an `Input` before the layer", clause, imports)


def _block(context: Context, node: ast.stmt) -> Sequence[ast.stmt]:
    parent = context.facts.parents[node]
    for field in ("body", "orelse", "finalbody"):
        block = getattr(parent, field, [])
        if isinstance(block, list) and node in block:
            return block
    return []


def _is_made(statement: ast.stmt, name: str) -> bool:
    """`layer = x.from_config(config)`."""
    call = statement.value if isinstance(statement, ast.Assign) else None
    if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Attribute) or call.func.attr != "from_config":
        return False
    return [getattr(argument, "id", None) for argument in call.args] == [name]


def _is_added(statement: ast.stmt, layer: str) -> bool:
    """`model.add(layer)`."""
    call = statement.value if isinstance(statement, ast.Expr) else None
    if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Attribute) or call.func.attr != "add":
        return False
    return [getattr(argument, "id", None) for argument in call.args] == [layer]
