"""Sessions and the learning phase, which graphs of Keras 1 and 2 were run with."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from kerasfix.checks import Context
from kerasfix.checks.backend._calls import BACKEND, is_backend, released
from kerasfix.checks.backend._session_setup import session_setups
from kerasfix.findings import Applicability, Edit, Finding, Fix
from kerasfix.flow.facts import CallSeen, root_of
from kerasfix.flow.values import Api, External

RULE = "graph-and-session"
RULES = frozenset({RULE})

_ROOTS = frozenset({"keras", "tensorflow.keras"})
_ADVICE = {
    "get_session": "There are no sessions any more: delete it, and what it runs is computed at once",
    "set_session": "There are no sessions any more: delete it; what was configured is set with `tf.config`, as in "
    "`tf.config.experimental.set_memory_growth(gpu, True)`",
    "learning_phase": "Take `training` in the layer's `call`, or call the model with `training=True`",
    "set_learning_phase": "Delete it: `fit` trains, `predict` does not, and `model(x, training=...)` says so",
}
# In a callback and the like, where no graph of the program's own is written.
_INSIDE = {
    "function": "Make a model of the tensors, `keras.Model(inputs, outputs)`, and call it on arrays",
    "placeholder": "Take arrays as the arguments of a function",
}
_GONE = {"keras2": frozenset({"get_session", "set_session"}), "keras3": frozenset({*_ADVICE, *_INSIDE})}
_SESSIONS = frozenset({"tensorflow.Session", "tensorflow.InteractiveSession", "tensorflow.ConfigProto"})


def check(context: Context) -> Iterator[Finding]:
    """Every call that asks for a session or the learning phase."""
    phases: set[ast.expr] = set()  # which belong to a function of tensors: see `graph-function`
    for node, looks in context.facts.calls.items():
        if _function(looks) == "function":
            phases.update(part for part in ast.walk(node) if isinstance(part, ast.Call) and part is not node)
    found: dict[ast.Call, str] = {}
    for node, looks in context.facts.calls.items():
        if any(look.guarded for look in looks) or node in phases:
            continue
        name = _name(context, looks)
        if name is not None:
            found[node] = name
        elif _is_session(context, looks):
            found[node] = "Session"
    setups = session_setups(context, [node for node, name in found.items() if name == "set_session"])
    for node, name in found.items():
        yield _finding(context, node, name.replace("Session", "set_session"), setups.get(node))


def _function(looks: Sequence[CallSeen]) -> str:
    names = {look.callee.name if isinstance(look.callee, Api) else "" for look in looks}
    found = len(names) == 1 and all(map(is_backend, looks)) and root_of(looks) in _ROOTS
    return names.pop().removeprefix(BACKEND) if found else ""


def _name(context: Context, looks: Sequence[CallSeen]) -> str | None:
    """The function that a call is of, if the target has it no more."""
    name = _function(looks)
    if name not in _GONE[context.settings.target]:
        return None
    return name if name in _ADVICE or all(look.role.inner for look in looks) else None


def _is_session(context: Context, looks: Sequence[CallSeen]) -> bool:
    """Whether it is a session of TensorFlow 1 in a file of Keras."""
    found = all(isinstance(look.callee, External) and look.callee.name in _SESSIONS for look in looks)
    return found and context.facts.root in _ROOTS


def _finding(context: Context, node: ast.Call, name: str, setup: Fix | None) -> Finding:
    index = context.facts.index
    start, end = index.span(node)
    source = " ".join(index.source(node.func).split())
    message = f"`{source}` belongs to graphs and sessions, which are gone"
    advice = _ADVICE.get(name) or _INSIDE[name]
    if setup is not None:
        return Finding(RULE, start, end, message, setup)
    if name == "set_learning_phase" and _says_test(node) and (edit := _removal(context, node)) is not None:
        assumes = "nothing is trained after it, or is to be trained as in tests"
        gone = frozenset(released(context, node.func))
        fix = Fix((edit,), Applicability.UNSAFE, "Delete it", assumes, releases=gone)
        return Finding(RULE, start, end, message, fix, advice)
    return Finding(RULE, start, end, message, help=advice)


def _says_test(node: ast.Call) -> bool:
    values = [*node.args, *(keyword.value for keyword in node.keywords)]
    return len(values) == 1 and isinstance(values[0], ast.Constant) and values[0].value in (0, False)


def _removal(context: Context, node: ast.Call) -> Edit | None:
    """The edit that deletes the statement that a call is."""
    statement = context.facts.parents.get(node)
    if not isinstance(statement, ast.Expr):
        return None
    index = context.facts.index
    start, end = index.span(statement)
    first, last = index.position(start)[0], index.position(end)[0]
    alone = index.source(statement) == "\n".join(index.line_text(one) for one in range(first, last + 1)).strip()
    around = context.facts.parents.get(statement)
    block = next(
        (body for name in ("body", "orelse", "finalbody") if statement in (body := getattr(around, name, []))), []
    )
    if not alone or len(block) < 2 or last >= len(index.starts):
        return Edit(start, end, ("pass",))
    return Edit(index.starts[first - 1], index.starts[last])
