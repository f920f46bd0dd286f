"""Sizes of layers and shapes that are no integers of Python: `Dense(np.max(y) + 1)` and `Dense(width / 2)`."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from kerasfix.checks import Context
from kerasfix.checks._arguments import argument_node
from kerasfix.checks._scopes import Kind, class_of, definitions, own_nodes
from kerasfix.findings import Applicability, Edit, Finding, Fix, Slot
from kerasfix.flow.facts import ModuleFacts
from kerasfix.flow.values import Api

NUMPY = "numpy-number-as-size"
FRACTION = "fraction-as-size"
RULES = frozenset({NUMPY, FRACTION})

_Places = tuple[tuple[int, tuple[str, ...]], ...]
_UNITS: _Places = ((0, ("units", "output_dim")),)
_FILTERS: _Places = ((0, ("filters", "nb_filter")),)
# The sizes that Keras 3 asks to be integers of Python, by their places and their names in Keras 1 and today.
_OF_NUMPY: dict[str, _Places] = {
    "Dense": _UNITS,
    "GRU": _UNITS,
    "SimpleRNN": _UNITS,
    "RepeatVector": ((0, ("n",)),),
    "Embedding": ((0, ("input_dim",)), (1, ("output_dim",))),
}
# tf_keras cuts the fractions of the others by itself.
_FRACTIONS_IN_TF_KERAS = _OF_NUMPY.keys() - {"Dense"} | {"LSTM"}
_CONVOLUTIONS = (
    "Conv1D Conv2D Conv3D Conv2DTranspose Conv3DTranspose SeparableConv1D SeparableConv2D LocallyConnected1D"
    " LocallyConnected2D Convolution1D Convolution2D Convolution3D AtrousConvolution1D AtrousConvolution2D"
    " Deconvolution2D Deconvolution3D SeparableConvolution2D"
)
_SHAPES: dict[str, _Places] = {
    "Input": ((0, ("shape",)), (1, ("batch_shape",))),
    "Reshape": ((0, ("target_shape", "dims")),),
}
_SHAPE_FUNCTIONS = ("get_output_shape_for", "compute_output_shape")
_FRACTIONS = _OF_NUMPY | {"LSTM": _UNITS, "ConvLSTM2D": _FILTERS} | dict.fromkeys(_CONVOLUTIONS.split(), _FILTERS)
# What gives a number of NumPy: as a function of it, and as a method of an array.
_FUNCTIONS = frozenset(
    {"max", "min", "amax", "amin", "sum", "prod", "argmax", "ceil", "floor", "int32", "int64", "median"}
)
_METHODS = frozenset({"max", "min", "sum", "prod"})
_ARITHMETIC = (ast.Add, ast.Sub, ast.Mult, ast.Pow, ast.FloorDiv, ast.Mod)
_MAX_STEPS = 4  # from one name to the next


def check(context: Context) -> Iterator[Finding]:
    """Every size of a layer that NumPy has computed, or that is a fraction; in shapes, too."""
    for node, looks in context.facts.calls.items():
        names = {look.callee.name if isinstance(look.callee, Api) else "" for look in looks}
        layer = names.pop().removeprefix("keras.layers.") if len(names) == 1 else ""
        if any(look.guarded for look in looks):
            continue
        for place, keywords in _FRACTIONS.get(layer, ()):
            value = argument_node(node, place, *keywords)
            if value is not None:
                yield from _findings(context, layer, value)
        for place, keywords in _SHAPES.get(layer, ()):
            yield from _in_shape(context, layer, argument_node(node, place, *keywords))
    if context.settings.target == "keras3":
        yield from _in_output_shapes(context)


def _in_output_shapes(context: Context) -> Iterator[Finding]:
    """The shapes that layers of the user's say that they give."""
    for function in context.facts.nodes(ast.FunctionDef):
        if function.name in _SHAPE_FUNCTIONS and class_of(function, context.facts.parents) is not None:
            for node in own_nodes(function):
                if isinstance(node, ast.Return):
                    yield from _in_shape(context, function.name, node.value)


def _in_shape(context: Context, what: str, shape: ast.expr | None) -> Iterator[Finding]:
    why = f"is no integer since Python 3, and no size in the shape of `{what}`"
    for size in shape.elts if isinstance(shape, (ast.Tuple, ast.List)) else ():
        if _is_fraction(context, size, _MAX_STEPS):
            yield _finding(context, FRACTION, why, size)


def _findings(context: Context, layer: str, value: ast.expr) -> Iterator[Finding]:
    of_keras3 = context.settings.target == "keras3"
    if of_keras3 and layer in _OF_NUMPY and _is_of_numpy(context, value, _MAX_STEPS):
        yield _finding(context, NUMPY, f"is a number of NumPy, which `{layer}` of Keras 3 does not take", value)
    elif (of_keras3 or layer in _FRACTIONS_IN_TF_KERAS) and _is_fraction(context, value, _MAX_STEPS):
        yield _finding(context, FRACTION, f"is no integer since Python 3, and `{layer}` does not take it", value)


def _is_of_numpy(context: Context, node: ast.expr, steps: int) -> bool:
    """Whether an expression is certain to be a number of NumPy."""
    if isinstance(node, ast.BinOp):
        return _is_of_numpy(context, node.left, steps) or _is_of_numpy(context, node.right, steps)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        return _is_numpy_call(node.func, context.facts)
    values = _values(context, node) if steps else []
    return bool(values) and all(value is not None and _is_of_numpy(context, value, steps - 1) for value in values)


def _is_fraction(context: Context, node: ast.expr, steps: int) -> bool:
    """Whether an expression is certain to be what `/` gives, which was an integer in Python 2 only."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, _ARITHMETIC):
        return _is_fraction(context, node.left, steps) or _is_fraction(context, node.right, steps)
    if isinstance(node, ast.BinOp):
        return isinstance(node.op, ast.Div)
    values = _values(context, node) if steps else []
    return bool(values) and all(value is not None and _is_fraction(context, value, steps - 1) for value in values)


def _values(context: Context, node: ast.expr) -> list[ast.expr | None]:
    """What a name may stand for; None for what is not known, and nothing for what is no name."""
    if not isinstance(node, ast.Name):
        return []
    found = definitions(node.id, node, context.facts)
    return [one.value if one.kind is Kind.VALUE else None for one in found]


def _is_numpy_call(func: ast.Attribute, facts: ModuleFacts) -> bool:
    """`np.max(...)`, or `y.max()`."""
    root = func.value
    if isinstance(root, ast.Name) and any(
        isinstance(one.node, ast.Import) or isinstance(facts.parents.get(one.node), ast.Import)
        for one in definitions(root.id, root, facts)
    ):
        return func.attr in _FUNCTIONS and root.id in ("np", "numpy")
    return func.attr in _METHODS


def _finding(context: Context, rule: str, why: str, value: ast.expr) -> Finding:
    index = context.facts.index
    start, end = index.span(value)
    fix = Fix((Edit(start, end, ("int(", Slot(start, end), ")")),), Applicability.SAFE, "Make it an `int`")
    return Finding(rule, start, end, f"`{index.source(value)}` {why}", fix)
