"""Arguments that all layers had."""

from __future__ import annotations

import ast

from kerasfix.catalogue.adapters import Argument, Pieces, Unrenderable, Writing


def initial_weights(argument: Argument, writing: Writing, others: ast.expr) -> Pieces | None:
    """The `weights` of a layer as initializers, of which the modern call names the first.

    `others` are the keywords of the rest: `kernel_initializer=initial_weights(weights, 'bias_initializer')`.
    """
    node = argument.node
    if not isinstance(node, (ast.List, ast.Tuple)) or any(isinstance(one, ast.Starred) for one in node.elts):
        raise Unrenderable("give each weight to its initializer, or call `set_weights` once the layer is built")
    keywords: list[str] = str(ast.literal_eval(others)).split()
    if not node.elts or len(node.elts) > len(keywords) + 1:
        raise Unrenderable(f"a layer of this kind does not have {len(node.elts)} weights")
    constant = writing.spell("keras.initializers.Constant")
    values = [f"{constant}({writing.source(one)})" for one in node.elts]
    return (", ".join([values[0], *(f"{name}={value}" for name, value in zip(keywords, values[1:]))]),)
