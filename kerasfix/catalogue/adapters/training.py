"""Arguments of the training of models."""

from __future__ import annotations

import ast

from kerasfix.catalogue.adapters import Argument, Pieces, Unrenderable, Writing

# What needs no parentheses in front of `+` or `//`.
_TIGHT = (ast.Name, ast.Attribute, ast.Subscript, ast.Call, ast.Constant)


def steps(samples: Argument, writing: Writing, generator: Argument) -> Pieces | None:
    """A number of samples as the number of batches that a generator gives them in.

    Keras 1 went on until it had seen as many samples, so that the last batch counts as a whole.
    """
    if isinstance(samples.node, ast.Constant) and samples.node.value is None:
        return None
    batch = writing.batch_size(generator)
    if batch is None:
        name = writing.source(generator.node) if generator.slot else "the generator"
        raise Unrenderable(
            f"it counts batches now; divide `{ast.unparse(samples.node)}` by the number of samples in a batch of"
            f" `{' '.join(name.split())}`, rounded up"
        )
    text, size = batch
    if (factor := _times(samples.node, text)) is not None:
        return (writing.source(factor),)
    if isinstance(samples.node, ast.Constant) and isinstance(samples.node.value, int) and size:
        return (str(-(-samples.node.value // size)),)
    if size == 1:
        return None
    inner = samples.pieces if isinstance(samples.node, _TIGHT) else ("(", *samples.pieces, ")")
    if any(isinstance(part, ast.Div) for part in ast.walk(samples.node)):  # may be no whole number
        return ("int(-(-", *inner, f" // {text}))")
    if size is not None and text.isdigit():
        return ("(", *inner, f" + {size - 1}) // {size}")
    return ("(", *inner, f" + {text} - 1) // {text}")


def by_class(weights: Argument, writing: Writing) -> Pieces | None:
    """The weights of classes. Keras 1 and 2 looked at dictionaries alone: `'auto'` and `'balanced'` said nothing."""
    is_word = isinstance(weights.node, ast.Constant) and isinstance(weights.node.value, str)
    return () if is_word else None


def if_true(argument: Argument, writing: Writing) -> Pieces | None:
    """A switch that is off by itself, and that the modern function does not take where it has nothing to switch."""
    return () if isinstance(argument.node, ast.Constant) and argument.node.value is False else None


def _times(node: ast.expr, batch: str) -> ast.expr | None:
    """What is multiplied by the size of a batch."""
    if not isinstance(node, ast.BinOp) or not isinstance(node.op, ast.Mult):
        return None
    if ast.unparse(node.right) == batch:
        return node.left
    return node.right if ast.unparse(node.left) == batch else None


def whole(steps: Argument, writing: Writing) -> Pieces | None:
    """A number of batches that a division makes: Keras 2 counted up to it, Keras 3 wants a whole number."""
    node = steps.node
    if not _is_fraction(node):
        return None
    writing.tell()
    if isinstance(node, ast.Call):  # `np.ceil(...)`
        return ("int(", *steps.pieces, ")")
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div):
        return (f"int(-(-{writing.source(node.left)} // {writing.source(node.right)}))",)
    return ("int(-(-(", *steps.pieces, ") // 1))")


def _is_fraction(node: ast.expr) -> bool:
    """Whether an expression gives a float: by a division, or as NumPy rounds one."""
    if isinstance(node, ast.BinOp):
        return isinstance(node.op, ast.Div) or _is_fraction(node.left) or _is_fraction(node.right)
    func = node.func if isinstance(node, ast.Call) else None
    return (
        isinstance(func, ast.Attribute)
        and func.attr in ("ceil", "floor", "rint", "round")
        and isinstance(func.value, ast.Name)
        and func.value.id in ("np", "numpy")
    )
