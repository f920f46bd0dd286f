"""What Keras 3's layers are not asked for any more: `output_shape`, `get_output_at`, `inbound_nodes`."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from kerasfix.checks import Context
from kerasfix.checks.models._sequentials import is_sequential, several_inputs
from kerasfix.findings import Applicability, Edit, Finding, Fix, Slot
from kerasfix.flow.values import Class, Layer, Method, Model, Value, options

RULE = "removed-layer-attribute"
RULES = frozenset({RULE})
_RECURRENT = frozenset({"keras.layers.LSTM", "keras.layers.GRU", "keras.layers.SimpleRNN"})
_SHAPES = {"output_shape": "output.shape", "input_shape": "input.shape"}
_NODES = frozenset({"inbound_nodes", "outbound_nodes"})
_MASKS = frozenset({"input_mask", "output_mask"})
_GONE = {
    "updates": "Keras 3 updates a variable where it is assigned; `layer.non_trainable_variables` are those that are",
    "implementation": "Keras 3 chooses by itself how a recurrent layer computes: leave it out",
}
_AT = {
    "get_output_at": "output",
    "get_input_at": "input",
    "get_output_shape_at": "output.shape",
    "get_input_shape_at": "input.shape",
    "get_output_mask_at": None,
    "get_input_mask_at": None,
}
_REGULARIZERS = "It was an empty list from Keras 1.2 on: take `losses`, which has the penalties of the last call"
# The same of a `Sequential`, whose `output` is that of a call.
_ENDS = {
    "output": "outputs[0]",
    "input": "inputs[0]",
    "output.shape": "output_shape",
    "input.shape": "input_shape",
}
_ONE_TENSOR = "it has one tensor there"
_KEEP = "Keep the tensors that the layer gives where it is called"
_OWN_NODE = (
    "Number 0 was the model itself, and the calls came after it, in Keras 1 and 2; in `tf_keras`, it is the first call:"
    " take the `{}` of the model, or keep what the model gives where it is called"
)
_NODE_TENSORS = {"output": "output_tensors", "input": "input_tensors"}


def check(context: Context) -> Iterator[Finding]:
    """Every such attribute of a layer, and every such method of a layer or a model."""
    keras3 = context.settings.target == "keras3"
    for node, looks in context.facts.attributes.items():
        if not isinstance(node, ast.Attribute) or any(look.guarded for look in looks):
            continue
        owners = [option for look in looks for option in options(look.owner)]
        if not isinstance(node.ctx, ast.Load) or not owners:
            continue
        if all(isinstance(owner, Model) for owner in owners):
            yield from _of_model(context, node, keras3=keras3)
        if not all(_is_layer(owner, node.attr) for owner in owners):
            continue
        if node.attr == "regularizers":
            yield Finding(RULE, *_place(context, node), "layers have no `regularizers` any more", help=_REGULARIZERS)
        if keras3 and node.attr in _SHAPES:
            yield _shape(context, node, owners)
        elif keras3 and node.attr in _NODES:
            yield _nodes(context, node)
        elif keras3 and node.attr in _MASKS:
            advice = "Keras 3 keeps the mask with the tensor: `keras.src.backend.get_keras_mask(layer.output)`"
            yield Finding(RULE, *_place(context, node), f"`{node.attr}` of a layer is gone", help=advice)
        elif keras3 and node.attr in _GONE and all(_is_made(owner, node.attr) for owner in owners):
            message = f"`{node.attr}` of a layer is gone"
            yield Finding(RULE, *_place(context, node), message, help=_GONE[node.attr])
        elif not keras3 and node.attr in _NODES and (tensors := _read_tensors(context, node)) is not None:
            method = "get_output_at" if tensors == "output_tensors" else "get_input_at"
            message = f"`{tensors}` of a node is one tensor on tf_keras, and no list, where there is only one"
            advice = f"Write `layer.{method}(i)` for the tensor of node `i`"
            yield Finding(RULE, *_place(context, node), message, help=advice)
    if keras3:
        yield from _methods(context)


def _is_layer(owner: Value, name: str) -> bool:
    if not isinstance(owner, Layer):
        return False
    own = owner.cls
    return not isinstance(own, Class) or (own.info.find(name) is None and own.info.attribute(name) is None)


def _is_made(owner: Value, name: str) -> bool:
    """Whether a layer is of a class of Keras that had the attribute, not taken out of a model or of the project."""
    if not isinstance(owner, Layer) or not isinstance(owner.cls, str) or owner.cls == "keras.layers.Layer":
        return False
    return name == "updates" or owner.cls in _RECURRENT


def _place(context: Context, node: ast.Attribute) -> tuple[int, int]:
    end = context.facts.index.span(node)[1]
    return end - len(node.attr), end


def _shape(context: Context, node: ast.Attribute, owners: list[Value]) -> Finding:
    new = _SHAPES[node.attr]
    start, end = _place(context, node)
    # The input layer of a model, whose `input` is a list, is among the layers of `model.layers`.
    sure = node.attr == "output_shape" or all(
        isinstance(owner, Layer) and owner.cls != "keras.layers.Layer" for owner in owners
    )
    fix = Fix(
        (Edit(start, end, (new,)),),
        Applicability.SAFE if sure else Applicability.UNSAFE,
        f"Write `{new}`",
        None if sure else "it is no input layer",
    )
    return Finding(RULE, start, end, f"layers of Keras 3 have no `{node.attr}`", fix)


def _of_model(context: Context, node: ast.Attribute, *, keras3: bool) -> Iterator[Finding]:
    if node.attr == "regularizers":
        yield Finding(RULE, *_place(context, node), "models have no `regularizers` any more", help=_REGULARIZERS)
    elif keras3 and node.attr == "updates":
        yield Finding(RULE, *_place(context, node), "models of Keras 3 have no `updates`", help=_GONE["updates"])
    elif keras3 and node.attr == "stateful":
        yield _stateful(context, node)


def _stateful(context: Context, node: ast.Attribute) -> Finding:
    """Whether one of the layers of a model keeps its states; Keras 1 and 2 asked all of them, as this does."""
    index = context.facts.index
    start, end = index.span(node)
    new = ("any(getattr(layer, 'stateful', False) for layer in ", Slot(*index.span(node.value)), ".layers)")
    fix = Fix((Edit(start, end, new),), Applicability.SAFE, "Ask the layers")
    return Finding(RULE, start, end, "models of Keras 3 have no `stateful`", fix)


def _nodes(context: Context, node: ast.Attribute) -> Finding:
    start, end = _place(context, node)
    fix = Fix(
        (Edit(start, end, (f"_{node.attr}",)),),
        Applicability.UNSAFE,
        f"Write `_{node.attr}`",
        "what the code asks the nodes for is still there: `input_tensors`, `output_tensors`",
    )
    return Finding(RULE, start, end, f"`{node.attr}` of a layer is private in Keras 3", fix)


def _read_tensors(context: Context, node: ast.Attribute) -> str | None:
    """`output_tensors` of `layer.inbound_nodes[i].output_tensors`."""
    parents = context.facts.parents
    item = parents.get(node)
    read = parents.get(item) if isinstance(item, ast.Subscript) else None
    if isinstance(read, ast.Attribute) and read.attr in ("output_tensors", "input_tensors"):
        return read.attr
    return None


def _methods(context: Context) -> Iterator[Finding]:
    index = context.facts.index
    for call, looks in context.facts.calls.items():
        callees = [look.callee for look in looks]
        if not all(isinstance(callee, Method) and callee.name in _AT for callee in callees):
            continue
        func = call.func
        if any(look.guarded for look in looks) or not isinstance(func, ast.Attribute):
            continue
        owners = [callee.owner for callee in callees if isinstance(callee, Method)]
        if not all(isinstance(owner, Model) or _is_layer(owner, func.attr) for owner in owners):
            continue
        start, end = index.span(func)[1] - len(func.attr), index.span(call)[1]
        message = f"layers of Keras 3 have no `{func.attr}`"
        number = call.args[0] if len(call.args) == 1 and not call.keywords else None
        new = _AT[func.attr]
        if new is None or number is None:
            yield Finding(RULE, start, end, message, help=_KEEP)
        elif all(isinstance(owner, Model) for owner in owners):
            fix = _of_own_node(context, owners, new, number, (start, end))
            yield Finding(RULE, start, end, message, fix, None if fix is not None else _OWN_NODE.format(new))
        else:
            first = isinstance(number, ast.Constant) and number.value == 0
            new = new if first else _at_node(index.source(number), new)
            assumes = "the layer is called once" if first else _ONE_TENSOR
            fix = Fix((Edit(start, end, (new,)),), Applicability.UNSAFE, f"Write `{new}`", assumes)
            yield Finding(RULE, start, end, message, fix)


def _at_node(number: str, what: str) -> str:
    kind, _, rest = what.partition(".")
    return f"_inbound_nodes[{number}].{_NODE_TENSORS[kind]}[0]{'.' if rest else ''}{rest}"


def _of_own_node(
    context: Context, owners: list[Value], what: str, number: ast.expr, place: tuple[int, int]
) -> Fix | None:
    """The first node of a model was the model itself, to Keras 2.3.1; models of Keras 3 have those of calls only."""
    functional = several_inputs(context.facts)
    kinds = {is_sequential(owner) and getattr(owner, "site", None) not in functional for owner in owners}
    position = number.value if isinstance(number, ast.Constant) else None
    if context.facts.root != "keras" or len(kinds) != 1 or not isinstance(position, int) or position < 0:
        return None
    if position:
        new = _at_node(str(position - 1), what)
        return Fix((Edit(*place, (new,)),), Applicability.UNSAFE, f"Write `{new}`", _ONE_TENSOR)
    new = _ENDS[what] if True in kinds else what
    return Fix((Edit(*place, (new,)),), Applicability.SAFE, f"Write `{new}`")
