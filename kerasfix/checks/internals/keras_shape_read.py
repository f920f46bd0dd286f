"""`x._keras_shape`, where Keras 1 and 2 kept the static shape of a tensor."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from kerasfix.checks import Context
from kerasfix.checks._scopes import Scope, scope_of
from kerasfix.checks.internals._blocks import branch
from kerasfix.checks.internals._internals import Place, Touch, backend, is_theirs, one_line, places, same, sets_its_own
from kerasfix.checks.internals._shape_verdicts import unsettled
from kerasfix.findings import Applicability, Edit, Finding, Fix, ImportNeed, Slot
from kerasfix.flow.values import is_symbolic

RULE = "keras-shape-read"
RULES = frozenset({RULE})
_NAME = "_keras_shape"
_AND = re.compile(r"[ \t]*\band\b[ \t]*")


@dataclass(frozen=True, slots=True)
class _Around:
    """What the rest of the file says about reads."""

    tests: list[Place]  # `hasattr(x, '_keras_shape')`
    unsettled: set[tuple[Scope, str]]  # where and on what a shape was set that stays for now
    own: bool  # whether a class of the file has an attribute of that name


def check(context: Context) -> Iterator[Finding]:
    """Every read of `_keras_shape`, and every test for it."""
    found = [place for place in places(context, _NAME) if not is_theirs(place)]
    if not found:
        return
    tests = [place for place in found if place.touch is Touch.TEST]
    around = _Around(tests, unsettled(context), sets_its_own(context, _NAME))
    for place in found:
        if place.touch is Touch.READ:
            yield _read(context, place, around)
        elif place.touch is Touch.TEST:
            yield _test(context, place)


# -- reads


def _read(context: Context, place: Place, around: _Around) -> Finding:
    index = context.facts.index
    start, end = index.span(place.node)
    owner = one_line(index, place.owner)
    new, imports = _shape_of(context, place)
    assumes = _read_assumes(context, place, around, owner)
    if isinstance(place.node, ast.Attribute) and context.settings.target == "keras3":
        edit = Edit(end - len(_NAME), end, ("shape",))
    else:
        edit = Edit(start, end, new)
    fix = Fix(
        edits=(edit,),
        applicability=Applicability.UNSAFE if assumes else Applicability.SAFE,
        title=f"Replace with `{_shown(context, imports, owner)}`",
        assumes=assumes,
        imports=imports,
    )
    message = f"`{one_line(index, place.node)}` does not exist any more"
    return Finding(RULE, start, end, message, fix)


def _shape_of(context: Context, place: Place) -> tuple[tuple[str | Slot, ...], tuple[ImportNeed, ...]]:
    """The expression for the static shape of the owner."""
    slot = Slot(*context.facts.index.span(place.owner))
    if context.settings.target == "keras3":
        simple = isinstance(place.owner, (ast.Name, ast.Attribute, ast.Subscript, ast.Call))
        return ((slot, ".shape") if simple else ("(", slot, ").shape")), ()
    name, imports = backend(context)
    return (f"{name}.int_shape(", slot, ")"), imports


def _shown(context: Context, imports: tuple[ImportNeed, ...], owner: str) -> str:
    if context.settings.target == "keras3":
        return f"{owner}.shape"
    return f"{backend(context)[0]}.int_shape({owner})"


def _read_assumes(context: Context, place: Place, around: _Around, owner: str) -> str | None:
    scope = scope_of(place.node, context.facts.parents)
    if (scope, ast.dump(place.owner)) in around.unsettled:
        return f"Keras infers the shape that was set on `{owner}`"
    guard = _guard(context, place, around.tests)
    if guard is not None:
        # Where the test stays, so does what it guards.
        fix = _simplified(context, guard)
        return None if fix is not None and fix.assumes is None else f"`{owner}` is a tensor"
    if place.is_tensor:
        return None
    if around.own:
        return f"`{owner}` is a Keras tensor, and no object of a class of this file that has a `{_NAME}` of its own"
    if isinstance(place.node, ast.Call) and len(place.node.args) > 2:
        return f"`{owner}` is a tensor"
    return None


def _guard(context: Context, place: Place, tests: list[Place]) -> Place | None:
    """The test for the attribute that a read depends on."""
    parents = context.facts.parents
    around: set[ast.AST] = set()
    node: ast.AST = place.node
    while node in parents:
        node = parents[node]
        around.add(node)
    for test in tests:
        outer = parents[test.node]
        while isinstance(outer, (ast.UnaryOp, ast.BoolOp)) and outer not in around:
            outer = parents[outer]
        if outer in around and isinstance(outer, (ast.If, ast.IfExp, ast.BoolOp)) and same(test.owner, place.owner):
            return test
    return None


# -- tests: `hasattr(x, '_keras_shape')`


def _test(context: Context, place: Place) -> Finding:
    index = context.facts.index
    assert isinstance(place.node, ast.Call)
    start, end = index.span(place.node)
    message = f"`{one_line(index, place.node)}` is never true any more"
    fix = _simplified(context, place) or _asked(context, place, place.node)
    owner = one_line(index, place.owner)
    if fix is not None:
        return Finding(RULE, start, end, message, fix)
    return Finding(
        RULE,
        start,
        end,
        message,
        help=f"If every tensor is meant, drop the test; if only Keras tensors are, ask `is_keras_tensor({owner})`",
    )


def _simplified(context: Context, place: Place) -> Fix | None:
    """The test gone, where it guards a read that works without it."""
    node = place.node
    assert isinstance(node, ast.Call)
    index, parents = context.facts.index, context.facts.parents
    parent = parents[node]
    negated = isinstance(parent, ast.UnaryOp) and isinstance(parent.op, ast.Not)
    test: ast.expr = node
    if negated and isinstance(parent, ast.UnaryOp):
        test, parent = parent, parents[parent]
    if isinstance(parent, ast.IfExp) and parent.test is test:
        kept, other = (parent.orelse, parent.body) if negated else (parent.body, parent.orelse)
        if not _reads([kept], place):
            return None
        edit = Edit(*index.span(parent), (Slot(*index.span(kept)),))
        return _dropped(context, place, edit, [other])
    if isinstance(parent, ast.If) and parent.test is test:
        block, rest = (parent.orelse, parent.body) if negated else (parent.body, parent.orelse)
        if not _reads(block, place) and not (negated and not block and _computes(rest)):
            return None
        moved = branch(index, parent, block, parents)
        return _dropped(context, place, moved, rest) if moved is not None else None
    if isinstance(parent, ast.BoolOp) and isinstance(parent.op, ast.And) and not negated:
        return _dropped_operand(context, place, parent, node)
    return None


def _dropped_operand(context: Context, place: Place, parent: ast.BoolOp, node: ast.Call) -> Fix | None:
    """`hasattr(x, '_keras_shape') and len(x._keras_shape) == 3`, without the first half."""
    index = context.facts.index
    position = parent.values.index(node)
    if position + 1 >= len(parent.values) or not _reads(parent.values[position + 1 :], place):
        return None
    start, end = index.span(node)
    word = _AND.match(index.text, end)
    if word is None:
        return None
    return _dropped(context, place, Edit(start, word.end()), [])


def _dropped(context: Context, place: Place, edit: Edit, other: Sequence[ast.AST]) -> Fix:
    """The fix that leaves only what a tensor with a shape led to. `other` is what goes."""
    owner = one_line(context.facts.index, place.owner)
    sure = place.is_tensor or any(_fails_or_asks(node, place) for node in other)
    return Fix(
        edits=(edit,),
        applicability=Applicability.SAFE if sure else Applicability.UNSAFE,
        title=f"Drop the test for `{_NAME}`: every tensor has a static shape",
        assumes=None if sure else f"`{owner}` is a tensor",
    )


def _reads(nodes: Sequence[ast.AST], place: Place) -> bool:
    """Whether code reads the attribute of the same object."""
    for node in nodes:
        for part in ast.walk(node):
            if not isinstance(part, ast.Attribute) or part.attr != _NAME or not isinstance(part.ctx, ast.Load):
                continue
            if same(part.value, place.owner):
                return True
    return False


def _computes(nodes: list[ast.stmt]) -> bool:
    """Whether code gives a tensor the shape that it lacks, e.g. `if not hasattr(...): x._keras_shape = ...`."""
    return all(
        isinstance(node, ast.Assign)
        and all(isinstance(target, ast.Attribute) and target.attr == _NAME for target in node.targets)
        for node in nodes
    )


def _fails_or_asks(node: ast.AST, place: Place) -> bool:
    """Whether a branch is one for tensors only, or one that no working program takes."""
    if isinstance(node, ast.Raise):
        return True
    for part in ast.walk(node):
        if isinstance(part, ast.Attribute) and part.attr in ("shape", "get_shape") and same(part.value, place.owner):
            return True
        if isinstance(part, ast.Call) and isinstance(part.func, (ast.Attribute, ast.Name)):
            name = part.func.attr if isinstance(part.func, ast.Attribute) else part.func.id
            if name == "int_shape" and part.args and same(part.args[0], place.owner):
                return True
    return False


def _asked(context: Context, place: Place, node: ast.Call) -> Fix | None:
    """`K.is_keras_tensor(x)` in model code, where a Keras tensor is what had the attribute."""
    if any(look.role.inner for look in place.looks):
        return None
    index = context.facts.index
    name, imports = backend(context)
    owner = one_line(index, place.owner)
    sure = all(is_symbolic(look.owner) for look in place.looks)
    return Fix(
        edits=(Edit(*index.span(node), (f"{name}.is_keras_tensor(", Slot(*index.span(place.owner)), ")")),),
        applicability=Applicability.SAFE if sure else Applicability.UNSAFE,
        title=f"Replace with `{name}.is_keras_tensor({owner})`",
        assumes=None if sure else f"`{owner}` is a tensor, and neither a variable nor a placeholder",
        imports=imports,
    )
