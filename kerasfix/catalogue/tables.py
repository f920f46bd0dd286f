"""Reads the values of an `[[api]]` table: texts, lists of texts, expressions, signatures."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass


class RowError(Exception):
    """A row that cannot be used; the message says what is wrong with it."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of a legacy function, under its newest name."""

    name: str
    default: ast.expr | None = None
    by_keyword: bool = False  # not by position


@dataclass(frozen=True, slots=True)
class Signature:
    """One version of a legacy function."""

    function: str  # "keras.backend.expand_dims"
    parameters: tuple[Parameter, ...]
    rest: bool = False  # takes `**kwargs`


def string(table: Mapping[str, object], key: str) -> str | None:
    """The text under a key. Raises RowError for anything else."""
    value = table.get(key)
    if value is not None and not (isinstance(value, str) and value.strip()):
        raise RowError(f"`{key}`: expected a text")
    return value


def strings(table: Mapping[str, object], key: str) -> list[str]:
    """The texts under a key, which may hold one or a list. Raises RowError for anything else."""
    value = table.get(key, [])
    items = [value] if isinstance(value, str) else value
    if not isinstance(items, list) or not all(isinstance(item, str) for item in items):
        raise RowError(f"`{key}`: expected a text or a list of texts")
    return items


def expression(table: Mapping[str, object], key: str) -> ast.expr | None:
    """The expression under a key."""
    text = string(table, key)
    return ast.parse(text, mode="eval").body if text else None


def parse_call(text: str) -> ast.Call:
    """A call. Raises RowError where the text is another expression."""
    node = ast.parse(text, mode="eval").body
    if not isinstance(node, ast.Call):
        raise RowError(f"expected a call, not `{text}`")
    return node


def parse_signature(text: str, *, rest: bool = False) -> Signature:
    """A signature as in "keras.layers.Dense(output_dim, bias=True)"; with `rest`, it may take `**kwargs`."""
    call = parse_call(text)
    parameters = []
    takes_rest = False
    for argument in call.args:
        if not isinstance(argument, ast.Name):
            raise RowError(f"expected names of parameters, not `{ast.unparse(argument)}`")
        parameters.append(Parameter(argument.id))
    for keyword in call.keywords:
        if keyword.arg is None:
            if not rest:
                raise RowError(f"expected names of parameters, not `**{ast.unparse(keyword.value)}`")
            takes_rest = True
            continue
        parameters.append(Parameter(keyword.arg, keyword.value))
    return Signature(dotted(call.func), tuple(parameters), takes_rest)


def dotted(node: ast.expr) -> str:
    """`a.b.c` as a text. Raises RowError for another expression."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        return f"{dotted(node.value)}.{node.attr}"
    raise RowError(f"expected a dotted name, not `{ast.unparse(node)}`")


def literal(node: ast.expr) -> tuple[bool, object]:
    """Whether an expression is a literal, and its value."""
    try:
        return True, ast.literal_eval(node)
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return False, None
