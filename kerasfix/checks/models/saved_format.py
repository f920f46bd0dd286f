"""`model.save_weights('a.h5')`, `ModelCheckpoint('a.hdf5')`: names of files that Keras 3 refuses."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from kerasfix.checks import Context
from kerasfix.checks._arguments import argument_node
from kerasfix.checks._scopes import Kind, definitions
from kerasfix.findings import Applicability, Edit, Finding, Fix
from kerasfix.flow.facts import CallSeen, ModuleFacts
from kerasfix.flow.values import UNKNOWN, Api, Const, Method, Model

RULE = "saved-format"
RULES = frozenset({RULE})

_WEIGHTS = (".weights.h5",)
_MODEL = (".keras", ".h5", ".hdf5")
_CHECKPOINT = (".keras", ".h5")
# Endings that people gave such files; others are left before the new one.
_ENDINGS = (".weights.hdf5", ".hdf5", ".h5", ".hdf", ".hd5", ".weights", ".model", ".weight")
_READERS = frozenset({"load_weights", "load_model", "exists", "isfile", "remove", "unlink", "open", "Path"})
_DEPTH = 4


@dataclass(frozen=True, slots=True)
class _Written:
    """A call that writes a file."""

    call: ast.Call
    name: ast.Constant  # the text that the path ends with
    allowed: tuple[str, ...]

    @property
    def text(self) -> str:
        return str(self.name.value)

    @property
    def ending(self) -> str:
        return ".weights.h5" if self.allowed is _WEIGHTS else ".keras"


def check(context: Context) -> Iterator[Finding]:
    """Every file of weights or of a model that is written under a name that Keras 3 does not take."""
    if context.settings.target != "keras3":
        return
    groups: dict[str, list[_Written]] = defaultdict(list)
    for call, looks in context.facts.calls.items():
        if not any(look.guarded for look in looks) and (written := _written(context, call, looks)) is not None:
            groups[written.text].append(written)
    for text, group in groups.items():
        if not all(text.endswith(one.allowed) for one in group):
            yield from _renamed(context, text, group)


def _written(context: Context, call: ast.Call, looks: Sequence[CallSeen]) -> _Written | None:
    callees = [look.callee for look in looks]
    path: ast.expr | None = None
    allowed: tuple[str, ...] = _MODEL
    if all(isinstance(one, Method) for one in callees):
        owners = [one.owner for one in callees if isinstance(one, Method)]
        name = call.func.attr if isinstance(call.func, ast.Attribute) else ""
        proven = all(isinstance(owner, Model) for owner in owners)
        if name == "save_weights" and (proven or (_is_loose(owners) and not context.facts.has_function(name))):
            path, allowed = argument_node(call, 0, "filepath"), _WEIGHTS
        elif name == "save" and proven:
            path = argument_node(call, 0, "filepath")
    elif all(isinstance(one, Api) for one in callees):
        names = {one.name for one in callees if isinstance(one, Api)}
        if names == {"keras.models.save_model"}:
            path = argument_node(call, 1, "filepath")
        elif names == {"keras.callbacks.ModelCheckpoint"}:
            only = looks[0].argument(4, "save_weights_only") or Const(False)
            if only in (Const(True), Const(False)):
                path, allowed = argument_node(call, 0, "filepath"), _WEIGHTS if only == Const(True) else _CHECKPOINT
    tail = _tail(path, context.facts, _DEPTH) if path is not None else None
    return _Written(call, tail, allowed) if tail is not None else None


def _is_loose(owners: Sequence[object]) -> bool:
    return all(isinstance(owner, Model) or owner is UNKNOWN for owner in owners)


def _tail(node: ast.expr, facts: ModuleFacts, depth: int) -> ast.Constant | None:
    """The text in the code that a path ends with."""
    if isinstance(node, ast.Constant):
        return node if isinstance(node.value, str) and node.value else None
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        return _tail(node.right, facts, depth)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mod):
        return _tail(node.left, facts, depth)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        if node.func.attr == "format":
            return _tail(node.func.value, facts, depth)
        if node.func.attr == "join" and node.args and not isinstance(node.func.value, ast.Constant):
            return _tail(node.args[-1], facts, depth)
    if isinstance(node, ast.Name) and depth:
        found = definitions(node.id, node, facts)
        value = found[0].value if len(found) == 1 and found[0].kind is Kind.VALUE else None
        return _tail(value, facts, depth - 1) if value is not None else None
    return None


def _renamed(context: Context, text: str, group: list[_Written]) -> Iterator[Finding]:
    """One fix for all places that name the file."""
    first = next(one for one in group if not text.endswith(one.allowed))
    span = context.facts.index.span(first.call)
    wanted = " or ".join(f"`{ending}`" for ending in first.allowed[:2])
    message = f"Keras 3 wants the name of the file to end in {wanted}, not `{text}`"
    places = _places(context.facts, text, group)
    edits = [_edit(context, node, first.ending) for node in places]
    if len({one.ending for one in group}) > 1 or any(edit is None for edit in edits) or _by_name(context, places):
        help_ = f"Write weights to a file that ends in `.weights.h5`, models to one that ends in `.keras`; `{text}` is"
        yield Finding(RULE, *span, message, help=f"{help_} read or written in several ways here")
        return
    made = tuple(edit for edit in edits if edit is not None)
    title = f"Let the name end in `{first.ending}`"
    if _is_all(context, text, group, places):
        fix = Fix(made, Applicability.SAFE, title)
    else:
        assumes = f"nothing but this file reads files named `{text}`"
        fix = Fix(made, Applicability.UNSAFE, title, assumes=assumes)
    for one in group:
        if not text.endswith(one.allowed):
            yield Finding(RULE, *context.facts.index.span(one.call), message, fix)


def _is_all(context: Context, text: str, group: Sequence[_Written], places: Sequence[ast.Constant]) -> bool:
    """Whether weights are saved here, and the project does nothing else with the file than to load them here.

    Nothing looks whether there is such a file, then: one of an older Keras that is missed is missed with an error.
    """
    facts = context.facts
    if any(one.allowed is not _WEIGHTS for one in group):
        return False
    if any(other is not facts and text in other.index.text for other in facts.together):
        return False
    calls = {one.call for one in group}
    calls |= {node for node in facts.calls.keys() | facts.other_calls if _called(node) in ("load_weights", "print")}
    return all(_is_within(place, calls, facts) for place in places)


def _is_within(node: ast.expr, calls: set[ast.Call], facts: ModuleFacts) -> bool:
    """Whether a text comes to nothing but arguments of the calls, directly or by way of one name."""
    current: ast.AST | None = node
    while current is not None and current not in calls:
        current = facts.parents.get(current)
        if isinstance(current, ast.Assign) and isinstance(node, ast.Constant):
            targets = current.targets
            named = facts.scopes.named[targets[0].id] if len(targets) == 1 and isinstance(targets[0], ast.Name) else []
            is_path = _tail(current.value, facts, _DEPTH) is node
            return is_path and bool(named) and all(one in targets or _is_within(one, calls, facts) for one in named)
    return current is not None


def _called(node: ast.Call) -> str:
    func = node.func
    return func.attr if isinstance(func, ast.Attribute) else func.id if isinstance(func, ast.Name) else ""


def _places(facts: ModuleFacts, text: str, group: Sequence[_Written]) -> list[ast.Constant]:
    """Where the file is named: everywhere, unless the text may be a name of something else, as in `'generator'`."""
    if text.lower().endswith(_ENDINGS):
        return [node for node in facts.nodes(ast.Constant) if node.value == text]
    found = {id(one.name): one.name for one in group}
    for node in facts.nodes(ast.Call):
        if _called(node) in _READERS and node.args:
            tail = _tail(node.args[0], facts, _DEPTH)
            if tail is not None and tail.value == text:
                found[id(tail)] = tail
    return list(found.values())


def _edit(context: Context, node: ast.Constant, ending: str) -> Edit | None:
    """The new ending of a text, if it is written as it reads."""
    source = context.facts.index.source(node)
    text = str(node.value)
    if not source.endswith(("'", '"')) or source.endswith(("'''", '"""')):
        return None
    old = next((one for one in _ENDINGS if text.lower().endswith(one)), "")
    if old and source[-1 - len(old) : -1].lower() != old:
        return None
    stop = context.facts.index.span(node)[1] - 1
    return Edit(stop - len(old), stop, (ending,))


def _by_name(context: Context, places: Sequence[ast.expr]) -> bool:
    """Whether weights are read by the names of the layers, which is for files of older versions only."""
    calls = (context.facts.parents.get(place) for place in places)
    return any(
        isinstance(call, ast.Call)
        and isinstance(call.func, ast.Attribute)
        and call.func.attr == "load_weights"
        and any(keyword.arg == "by_name" for keyword in call.keywords)
        for call in calls
    )
