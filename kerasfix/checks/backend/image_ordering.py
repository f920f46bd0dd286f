"""`K.image_dim_ordering()` and `K.set_image_dim_ordering('th')`, which speak of data formats today."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Sequence

from kerasfix.checks import Context
from kerasfix.checks.backend._calls import BACKEND, Speller, is_backend
from kerasfix.findings import Edit, Finding, Fix, Slot
from kerasfix.flow.facts import CallSeen, root_of
from kerasfix.flow.values import Api, Layer

RULE = "legacy-image-ordering"
RULES = frozenset({RULE})

_GETTER, _SETTER = f"{BACKEND}image_dim_ordering", f"{BACKEND}set_image_dim_ordering"
_FORMATS = {"th": "channels_first", "tf": "channels_last"}
_KNOWN = frozenset({*_FORMATS, "default"})
_PARAMETERS = frozenset({"dim_ordering", "data_format"})


def check(context: Context) -> Iterator[Finding]:
    """Every call of the two functions."""
    for node, looks in context.facts.calls.items():
        names = {look.callee.name if isinstance(look.callee, Api) else "" for look in looks}
        if any(look.guarded for look in looks) or not all(map(is_backend, looks)) or len(names) != 1:
            continue
        if not isinstance(node.func, (ast.Name, ast.Attribute)):
            continue
        name = names.pop()
        if name == _GETTER and not node.args and not node.keywords:
            yield _getter(context, node, looks)
        elif name == _SETTER:
            yield _setter(context, node, looks)


def _setter(context: Context, node: ast.Call, looks: Sequence[CallSeen]) -> Finding:
    index = context.facts.index
    start, end = index.span(node)
    speller = Speller(context, node.func, root_of(looks))
    func = speller(f"{BACKEND}set_image_data_format")
    message = f"`{index.source(node.func)}` is `set_image_data_format` now"
    given = [*node.args, *(keyword.value for keyword in node.keywords)]
    if len(given) != 1 or isinstance(given[0], ast.Starred):
        return Finding(RULE, start, end, message, help="Say 'channels_first' for 'th', 'channels_last' for 'tf'")
    value = given[0]
    edit = Edit(start, index.span(value)[0], (f"{func}(",))
    if isinstance(value, ast.Constant):
        edits = [edit, *_renamed(context, value)]
    else:
        before = (f"{func}({_table()}[",)
        close = (Slot(*index.span(value)), "])")
        edits = [Edit(start, end, (*before, *close))]
    return Finding(RULE, start, end, message, _fix(edits, speller, f"Call `{func}`"))


def _table() -> str:
    return repr(_FORMATS)


def _getter(context: Context, node: ast.Call, looks: Sequence[CallSeen]) -> Finding:
    index = context.facts.index
    start, end = index.span(node)
    speller = Speller(context, node.func, root_of(looks))
    call = f"{speller(f'{BACKEND}image_data_format')}()"
    message = f"`{index.source(node.func)}` is `image_data_format` now, which says 'channels_first' for 'th'"
    parent = context.facts.parents.get(node)
    edits = _where_it_goes(context, node)
    if edits is not None:
        return Finding(RULE, start, end, message, _fix([Edit(start, end, (call,)), *edits], speller, f"Ask `{call}`"))
    old = f"'th' if {call} == 'channels_first' else 'tf'"
    plain = isinstance(parent, (ast.Assign, ast.Return, ast.keyword))
    edit = Edit(start, end, (old if plain else f"({old})",))
    return Finding(RULE, start, end, message, _fix([edit], speller, f"Ask `{call}`, and go on with the old name"))


def _fix(edits: Iterable[Edit], speller: Speller, title: str) -> Fix:
    return speller.fix(edits, title, {speller.func.id} if isinstance(speller.func, ast.Name) else ())


def _where_it_goes(context: Context, node: ast.Call) -> list[Edit] | None:
    """The edits of all that sees the value, or None where it goes on to where the new name may not be understood."""
    parent = context.facts.parents.get(node)
    if (edits := _understood(context, node)) is not None:
        return edits
    if isinstance(parent, ast.Assign) and len(parent.targets) == 1 and isinstance(parent.targets[0], ast.Name):
        return _of_name(context, parent.targets[0])
    return None


def _understood(context: Context, node: ast.expr) -> list[Edit] | None:
    """The edits of a place that compares the value with orderings, or hands it to Keras."""
    parent = context.facts.parents.get(node)
    if isinstance(parent, ast.Compare):
        others = [one for one in (parent.left, *parent.comparators) if one is not node]
        found = [_of_literal(context, one) for one in others]
        return [edit for edits in found if edits is not None for edit in edits] if None not in found else None
    if isinstance(parent, ast.keyword) and parent.arg in _PARAMETERS:
        call = context.facts.parents.get(parent)
        looks = context.facts.calls.get(call, []) if isinstance(call, ast.Call) else []
        return [] if looks and all(_is_keras(look) for look in looks) else None
    return None


def _is_keras(look: CallSeen) -> bool:
    callee = look.callee
    return isinstance(callee, Api) or (isinstance(callee, Layer) and isinstance(callee.cls, str))


def _of_literal(context: Context, node: ast.expr) -> list[Edit] | None:
    """The edits of an ordering, or a collection of them, that is written out."""
    if isinstance(node, (ast.Tuple, ast.List, ast.Set)):
        found = [_of_literal(context, one) for one in node.elts]
        return [edit for edits in found if edits is not None for edit in edits] if None not in found else None
    if isinstance(node, ast.Constant) and node.value in _KNOWN:
        return list(_renamed(context, node))
    return None


def _renamed(context: Context, node: ast.Constant) -> Iterator[Edit]:
    new = _FORMATS.get(node.value) if isinstance(node.value, str) else None
    if new is not None:
        source = context.facts.index.source(node)
        yield Edit(*context.facts.index.span(node), (source.replace(str(node.value), new),))


def _of_name(context: Context, target: ast.Name) -> list[Edit] | None:
    """The edits of all that a name of a function or module is set to and used for."""
    scopes, facts = context.facts.scopes, context.facts
    scope = scopes.at(target)
    if scope is None or isinstance(scope.node, ast.ClassDef) or target.id in scope.globals | scope.nonlocals:
        return None
    if scope is scopes.module and facts.is_used_elsewhere(target.id):
        return None
    if isinstance(scope.node, (ast.FunctionDef, ast.AsyncFunctionDef)) and target.id in _parameters(scope.node):
        return None
    stores = [
        one for one in scopes.named.get(target.id, ()) if isinstance(one.ctx, ast.Store) and scopes.at(one) is scope
    ]
    edits: list[Edit] = []
    for store in stores:
        statement = facts.parents.get(store)
        if not isinstance(statement, ast.Assign) or len(statement.targets) != 1:
            return None
        if isinstance(statement.value, ast.Call) and _is_getter(context, statement.value):
            if statement is not facts.parents.get(target):
                return None  # each of the two has the same edits: the older way goes on for both
            continue
        found = _of_literal(context, statement.value)
        if found is None:
            return None
        edits += found
    for read in scopes.reads(scope, target.id):
        found = _understood(context, read)
        if found is None:
            return None
        edits += found
    return edits


def _is_getter(context: Context, node: ast.Call) -> bool:
    looks = context.facts.calls.get(node, [])
    return bool(looks) and all(isinstance(look.callee, Api) and look.callee.name == _GETTER for look in looks)


def _parameters(function: ast.FunctionDef | ast.AsyncFunctionDef) -> set[str]:
    spec = function.args
    return {one.arg for one in (*spec.posonlyargs, *spec.args, *spec.kwonlyargs)}
