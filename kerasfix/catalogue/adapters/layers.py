"""Arguments that all layers had."""

from __future__ import annotations

import ast
from collections.abc import Mapping

from kerasfix.catalogue.adapters import Argument, Pieces, Unrenderable, Writing
from kerasfix.catalogue.adapters.named_objects import regularizer

_SUM = "SumOverBatch"


def activity(argument: Argument, writing: Writing) -> Pieces | None:
    """The regularizer of a layer's output. Keras 1 took the sum over the batch, where today's takes the mean."""
    node = argument.node
    if isinstance(node, ast.Constant) and node.value is None:
        return None
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == _SUM:
        return None
    value = regularizer(argument, writing) or argument.pieces
    return (f"{writing.snippet(_SUM)}(", *value, ")")


def summed(argument: Argument, writing: Writing) -> Pieces | None:
    """The regularizer of a layer's output in code of Keras 2, whose own package took the sum over the batch, too."""
    if writing.root != "keras":
        return None
    value = activity(argument, writing)
    if value is not None:
        writing.assume("Keras 2.3 or earlier ran the code, which added a penalty up over the batch")
    return value


def initial_weights(
    argument: Argument, writing: Writing, others: ast.expr, call: Mapping[str, Argument] | None = None
) -> Pieces | None:
    """The `weights` of a layer as initializers, of which the modern call names the first.

    `others` are the keywords of the rest: `kernel_initializer=initial_weights(weights, 'bias_initializer')`. With the
    whole `call` of a layer that has a kernel and, if the call says nothing else, a bias, a list that only has a name
    is taken apart, too.
    """
    node = argument.node
    if call is not None and isinstance(node, (ast.Name, ast.Attribute)):
        node = _parts(node, call["bias"].node, writing)
    if not isinstance(node, (ast.List, ast.Tuple)) or any(isinstance(one, ast.Starred) for one in node.elts):
        raise Unrenderable(
            "give each of the `weights` to its initializer, or call `set_weights` when the layer is built"
        )
    keywords: list[str] = str(ast.literal_eval(others)).split()
    if not node.elts or len(node.elts) > len(keywords) + 1:
        raise Unrenderable(f"a layer of this kind does not have {len(node.elts)} weights")
    constant = writing.spell("keras.initializers.Constant")
    written = [ast.unparse(one) if node is not argument.node else writing.source(one) for one in node.elts]
    values = [f"{constant}({one})" for one in written]
    return (", ".join([values[0], *(f"{name}={value}" for name, value in zip(keywords, values[1:]))]),)


def _parts(node: ast.Name | ast.Attribute, bias: ast.expr, writing: Writing) -> ast.expr:
    """The kernel and the bias of a list of weights; the list itself where it is not known which of them it has."""
    if not isinstance(bias, ast.Constant) or not isinstance(bias.value, bool):
        return node
    writing.assume(f"`{ast.unparse(node)}` is a list of arrays, and not None")
    numbers = range(2 if bias.value else 1)
    return ast.List([ast.Subscript(node, ast.Constant(number), ast.Load()) for number in numbers], ast.Load())


def left_alone(argument: Argument, writing: Writing) -> Pieces | None:
    """An old argument under its old name, which is no modern one: another rule sees to it."""
    return None


def mode_of_normalization(argument: Argument, writing: Writing, mode: Argument) -> Pieces | None:
    """Refuses a `mode` of `BatchNormalization` that only the run knows; there are rows for the others."""
    raise Unrenderable(f"`{ast.unparse(mode.node)}` may be another mode than 0")
