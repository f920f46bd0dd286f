"""The division of Python 2, for code of its time that was brought to Python 3: `7 / 2` was 3."""

from __future__ import absolute_import, division, print_function

import ast

import numpy as np

from .world.patching import builtins

try:
    _INTEGERS = (int, long, np.integer, np.bool_)
except NameError:
    _INTEGERS = (int, np.integer, np.bool_)

# Of builtins, so that they are found whatever the code does to its own names.
_DIVIDED = "__kerasfix_divided__"
_DIVIDED_IN_PLACE = "__kerasfix_divided_in_place__"
notes = []  # what is to be said of this run
_NOTE = "`/` of integers rounds down in the original, as in Python 2"


def classic(text, name):
    """The tree of a text whose `/` rounds down where both sides are integers. Raises SyntaxError."""
    setattr(builtins, _DIVIDED, divided)
    setattr(builtins, _DIVIDED_IN_PLACE, divided_in_place)
    return ast.fix_missing_locations(_Classic().visit(ast.parse(text, name)))


def divided(left, right):
    """What `left / right` was."""
    if not _are_integers(left, right):
        return left / right
    if not notes and np.any(left % right):
        notes.append(_NOTE)
    return left // right


def divided_in_place(left, right):
    """What `left` was after `left /= right`."""
    if not _are_integers(left, right):
        left /= right
        return left
    if not notes and np.any(left % right):
        notes.append(_NOTE)
    left //= right
    return left


def _are_integers(*values):
    return all(
        value.dtype.kind in "iub" if isinstance(value, np.ndarray) else isinstance(value, _INTEGERS) for value in values
    )


class _Classic(ast.NodeTransformer):
    """Calls for divisions."""

    def visit_BinOp(self, node):
        """`left / right`."""
        self.generic_visit(node)
        return _call(_DIVIDED, [node.left, node.right], node) if isinstance(node.op, ast.Div) else node

    def visit_AugAssign(self, node):
        """`target /= value`, where it is no matter that the target is looked up twice."""
        self.generic_visit(node)
        if not isinstance(node.op, ast.Div) or any(isinstance(one, ast.Call) for one in ast.walk(node.target)):
            return node
        read = _call(_DIVIDED_IN_PLACE, [_read(node.target), node.value], node)
        return ast.copy_location(ast.Assign(targets=[node.target], value=read), node)


def _call(name, arguments, node):
    function = ast.copy_location(ast.Name(id=name, ctx=ast.Load()), node)
    call = ast.Call(func=function, args=arguments, keywords=[])
    call.starargs = call.kwargs = None  # which Python 2 asks for
    return ast.copy_location(call, node)


def _read(target):
    """A target as an expression."""
    fields = dict((name, getattr(target, name)) for name in target._fields)
    return ast.copy_location(type(target)(**dict(fields, ctx=ast.Load())), target)
