"""Tests that run with one value after the other: `@pytest.mark.parametrize('cls', [LSTM, GRU])`."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from itertools import islice, product
from typing import TYPE_CHECKING

from kerasfix.flow.facts import FunctionNode, Keywords
from kerasfix.flow.values import UNKNOWN, Cases, Const, Function, Items, Value

if TYPE_CHECKING:
    from kerasfix.flow.calls import Call
    from kerasfix.flow.frame import Frame
    from kerasfix.flow.interpreter import Interpreter

_MAX_CASES = 16


def parametrize(run: Interpreter, call_: Call) -> Value:
    """What `pytest.mark.parametrize(names, values)` gives."""
    names = _names(run, call_.argument(0, "argnames") or UNKNOWN)
    values = call_.argument(1, "argvalues") or UNKNOWN
    found = run.items(values)
    given = found if found is not None else (run.element(values),)
    rows = [(value,) if len(names) == 1 else run.items(value) for value in given]
    known = tuple(row for row in rows if row is not None and len(row) == len(names))
    return Cases(names, known) if names and len(known) == len(rows) else UNKNOWN


def _names(run: Interpreter, value: Value) -> tuple[str, ...]:
    items = run.items(value)
    if items is None:
        text = value.value if isinstance(value, Const) else None
        return tuple(name.strip() for name in text.split(",")) if isinstance(text, str) else ()
    texts = [item.value if isinstance(item, Const) else None for item in items]
    return tuple(text for text in texts if isinstance(text, str))


def parameter_set(run: Interpreter, call_: Call) -> Value:
    """What `pytest.param(a, b)` gives: the one value, or both."""
    return call_.args[0] if len(call_.args) == 1 else Items(call_.args, UNKNOWN, len(call_.args))


def decorated(run: Interpreter, cases: Cases, call_: Call) -> Value:
    """What `pytest.mark.parametrize(...)` makes of a function."""
    function = call_.args[0] if call_.args else UNKNOWN
    if isinstance(function, Function):
        note(run, cases, function)
    return function


def note(run: Interpreter, cases: Cases, function: Function) -> None:
    """Take down that a function runs with some values; for what `functools.wraps(inner)` is around, it is `inner`."""
    for _ in range(4):
        inner = _wrapped(function)
        if inner is None:
            break
        function = inner
    run.cases.setdefault(function.node, []).append(cases)


def _wrapped(function: Function) -> Function | None:
    for decorator in getattr(function.node, "decorator_list", ()):
        if isinstance(decorator, ast.Call) and ast.unparse(decorator.func).endswith("wraps") and decorator.args:
            inner = decorator.args[0]
            value = function.frame.lookup(inner.id) if isinstance(inner, ast.Name) else None
            if isinstance(value, Function):
                return value
    return None


def decorate(run: Interpreter, function: Function, decorators: Sequence[Value], frame: Frame) -> None:
    """Take down the cases that the decorators of a function bring, also those that the project has defined itself."""
    for decorator in reversed(decorators):
        if isinstance(decorator, Cases):
            note(run, decorator, function)
        elif isinstance(decorator, Function) and _parametrizes(decorator.node):
            run.call_function(decorator, (function,), (), frame.role, frame)


def _parametrizes(node: FunctionNode) -> bool:
    return any(isinstance(part, ast.Attribute) and part.attr == "parametrize" for part in ast.walk(node))


def keywords_of(several: Sequence[Cases]) -> Iterator[Keywords]:
    """The arguments that a function runs with, case by case."""
    for rows in islice(product(*(cases.rows for cases in several)), _MAX_CASES):
        yield tuple(pair for cases, row in zip(several, rows) for pair in zip(cases.names, row))
