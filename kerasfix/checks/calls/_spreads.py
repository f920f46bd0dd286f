"""Where a dictionary becomes the arguments of a call of Keras.

That is `Dense(**params)`; in a function, `cls(**kwargs)` for all that it is called with; and a class that is handed
over together with a dictionary of its arguments, as in `layer_test(Dense, kwargs={...})`.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from kerasfix.checks import Context
from kerasfix.checks._scopes import Kind, definitions, parameters
from kerasfix.checks.calls._binding import Given, arguments_of
from kerasfix.checks.calls._called import Called, called_name
from kerasfix.flow.facts import CallSeen, FunctionNode, ModuleFacts
from kerasfix.flow.values import UNKNOWN, Api, DictValue, Value, options

Display = ast.Dict | ast.Call

# Functions of Keras that call a class with a dictionary: the parameters that both are given for.
_CALLERS_OF_KERAS = {"keras.utils.test_utils.layer_test": ("layer_cls", "kwargs")}
_POSITIONS = ("layer_cls", "kwargs")


@dataclass(frozen=True, slots=True)
class Spread:
    """A dictionary, `expression`, whose items are arguments of the function `called`."""

    facts: ModuleFacts  # of the file that `call` is in
    call: ast.Call
    called: Called | None  # None if it is not of Keras
    expression: ast.expr
    values: tuple[Value, ...]  # what the dictionary was seen to be
    positional: tuple[Given, ...] = ()  # what the call gives beside it
    named: tuple[Given, ...] = ()
    cls: ast.expr | None = None  # the class, where it is handed over with the dictionary
    # The class is not named in the call, so that the call cannot say more than the dictionary does.
    handed: bool = False
    assumes: str | None = None  # what makes it one

    @property
    def entries(self) -> list[tuple[tuple[object, Value], ...]]:
        """The items that the dictionary may have, as far as they are known."""
        return [value.entries for value in self.values if isinstance(value, DictValue)]

    @property
    def is_known(self) -> bool:
        """Whether all keys are known."""
        return bool(self.values) and len(self.entries) == len(self.values)


def spreads(context: Context) -> Iterator[Spread]:
    """All of them that may concern the file at hand."""
    for facts in context.facts.group:
        for call in facts.spreading:
            looks = facts.calls[call]
            if not any(look.guarded for look in looks):
                yield from _of_call(context, facts, call, looks)
    yield from _handed_over(context)


def _of_call(context: Context, facts: ModuleFacts, call: ast.Call, looks: Sequence[CallSeen]) -> Iterator[Spread]:
    """Those of a call, one for each function that it is of."""
    called = called_name(call, looks, context.rows)
    if called is not None:
        yield from _of_looks(facts, call, looks, called, handed=is_for_others(facts, call))
        return
    named = sorted(((repr(called_name(call, [look], context.rows)), look) for look in looks), key=lambda pair: pair[0])
    for _, group in groupby(named, key=lambda pair: pair[0]):
        same = [look for _, look in group if look.callee is not UNKNOWN]
        if same:
            yield from _of_looks(facts, call, same, called_name(call, same, context.rows), handed=True)


def is_for_others(facts: ModuleFacts, call: ast.Call) -> bool:
    """Whether a call is nothing but `cls(**kwargs)` of a parameter, so that who gives the two says what it is."""
    if call.args or not isinstance(call.func, ast.Name) or any(keyword.arg is not None for keyword in call.keywords):
        return False
    found = definitions(call.func.id, call.func, facts)
    return bool(found) and all(one.kind in (Kind.PARAMETER, Kind.PART) for one in found)


def _of_looks(
    facts: ModuleFacts, call: ast.Call, looks: Sequence[CallSeen], called: Called | None, *, handed: bool
) -> Iterator[Spread]:
    skip, partial = (called.skip, called.partial) if called is not None else (0, False)
    arguments = arguments_of(call, looks, skip, partial=partial)
    positional = tuple(replace(one, number=-1) for one in arguments.positional)
    named = tuple(replace(one, number=-1) for one in arguments.named if not one.elsewhere)
    for number, one in enumerate(arguments.spread):
        values = tuple(option for look in looks if number < len(look.spread) for option in options(look.spread[number]))
        yield Spread(facts, call, called, one.node, values, positional, named, handed=handed)


def _handed_over(context: Context) -> Iterator[Spread]:
    """Classes of Keras that stand among the arguments of a call together with a dictionary."""
    facts = context.facts
    for node, looks in facts.api_loads.items():
        classes = [look for look in looks if isinstance(look, Api) and look.name in context.rows and not look.guarded]
        call = _call_around(facts, node)
        if call is None or not classes or len(classes) < len(looks):
            continue
        found = _dictionary(context, call, node)
        if found is None:
            continue
        expression, assumes = found
        values = tuple(_displayed(facts, expression))
        for cls in classes:
            called = Called(cls.name, cls.root)
            yield Spread(facts, call, called, expression, values, cls=node, handed=True, assumes=assumes)


def _call_around(facts: ModuleFacts, node: ast.expr) -> ast.Call | None:
    """The call that an expression is an argument of."""
    parent = facts.parents.get(node)
    if isinstance(parent, ast.keyword):
        parent = facts.parents.get(parent)
    return parent if isinstance(parent, ast.Call) and parent.func is not node else None


def _dictionary(context: Context, call: ast.Call, cls: ast.expr) -> tuple[ast.expr, str | None] | None:
    """The argument with which a call has the class called, and what that assumes."""
    facts = context.facts
    looks = facts.calls.get(call, ())
    names = {look.callee.name if isinstance(look.callee, Api) else "" for look in looks}
    keras = _CALLERS_OF_KERAS.get(names.pop()) if len(names) == 1 else None
    if keras is not None:
        expression = _argument(call, _POSITIONS, keras[1])
        return (expression, None) if expression is not None and _argument(call, _POSITIONS, keras[0]) is cls else None
    function = next((one for one, calls in facts.callers.items() if call in calls), None)
    if function is not None:
        expression = _of_function(function, call, cls)
        return (expression, None) if expression is not None else None
    if looks:  # something else of Keras
        return None
    arguments = [*call.args, *(keyword.value for keyword in call.keywords)]
    found = [one for one in arguments if isinstance(one, ast.Dict)]
    if len(found) != 1:
        return None
    return found[0], f"`{ast.unparse(call.func)}` calls `{ast.unparse(cls)}` with the dictionary"


def _of_function(function: FunctionNode, call: ast.Call, cls: ast.expr) -> ast.expr | None:
    """The argument for `kwargs` of a function of the project that has a `cls(**kwargs)` of its parameters in it."""
    names = parameters(function)
    if isinstance(call.func, ast.Attribute) and names[:1] in (["self"], ["cls"]):
        names = names[1:]
    for node in ast.walk(function):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name) or node.func.id not in names:
            continue
        if node.args or len(node.keywords) != 1 or _argument(call, names, node.func.id) is not cls:
            continue
        spread = node.keywords[0]
        if spread.arg is None and isinstance(spread.value, ast.Name) and spread.value.id in names:
            return _argument(call, names, spread.value.id)
    return None


def _argument(call: ast.Call, names: Sequence[str], name: str) -> ast.expr | None:
    """What a call gives for a parameter of a function."""
    for keyword in call.keywords:
        if keyword.arg == name:
            return keyword.value
    place = names.index(name)
    starred = any(isinstance(one, ast.Starred) for one in call.args[: place + 1])
    return call.args[place] if place < len(call.args) and not starred else None


def _displayed(facts: ModuleFacts, expression: ast.expr) -> Iterator[Value]:
    """What is known of a dictionary that is written here, or that a name is bound to."""
    written = [expression]
    if isinstance(expression, ast.Name):
        found = definitions(expression.id, expression, facts)
        written = [one.value for one in found if one.kind is Kind.VALUE and one.value is not None]
        if len(written) < len(found):
            yield UNKNOWN
    for one in written:
        display = as_display(one)
        yield DictValue(_items(display), sites=(display,)) if display is not None else UNKNOWN


def as_display(node: ast.expr) -> Display | None:
    """A dictionary whose keys stand in the code: `{...}` or `dict(...)`."""
    if isinstance(node, ast.Dict):
        return node
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "dict" and not node.args:
        return node
    return None


def _items(display: Display) -> tuple[tuple[object, Value], ...]:
    if isinstance(display, ast.Call):
        return tuple((keyword.arg, UNKNOWN) for keyword in display.keywords if keyword.arg is not None)
    return tuple((key.value, UNKNOWN) for key in display.keys if isinstance(key, ast.Constant))
