"""The rows of a user's own rule files: what their functions become.

A table with `becomes` is a row for calls that are edited in place (see `call_rows`); any other is one for calls that
another expression takes the place of (see `rows`).
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from kerasfix.catalogue.call_rows import CallRow, parse_call_row
from kerasfix.catalogue.load import Rule, load_catalogue
from kerasfix.catalogue.rows import Row, parse_rows


@lru_cache(maxsize=8)
def own_rows(extend: tuple[str, ...]) -> dict[str, tuple[str, tuple[Row, ...]]]:
    """By the dotted name of a function, the user's rule for it and its rows. `extend` are rule files and folders."""
    found: dict[str, tuple[str, tuple[Row, ...]]] = {}
    for rule in _own_rules(extend):
        tables = [table for table in rule.rows if not _is_call_row(table)]
        found.update((function, (rule.name, rows)) for function, rows in parse_rows(tables).items())
    return found


@lru_cache(maxsize=8)
def own_call_rows(extend: tuple[str, ...]) -> dict[str, tuple[CallRow, ...]]:
    """By the dotted name of a function, the user's rows for calls of it."""
    found: dict[str, tuple[CallRow, ...]] = {}
    for rule in _own_rules(extend):
        for table in filter(_is_call_row, rule.rows):
            row = parse_call_row(rule.name, table)
            for name in row.names:
                found[name] = (*found.get(name, ()), row)
    return found


def mapped_functions(extend: tuple[str, ...]) -> frozenset[str]:
    """The dotted names of the functions that a user's rule files map."""
    return frozenset(own_rows(extend)) | frozenset(own_call_rows(extend))


def _own_rules(extend: tuple[str, ...]) -> list[Rule]:
    if not extend:
        return []
    shipped = load_catalogue().rules
    return [rule for name, rule in load_catalogue(extend).rules.items() if name not in shipped]


def _is_call_row(table: Mapping[str, object]) -> bool:
    return "becomes" in table
