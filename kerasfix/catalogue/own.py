"""The rows of a user's own rule files: what their functions become."""

from __future__ import annotations

from functools import lru_cache

from kerasfix.catalogue.load import load_catalogue
from kerasfix.catalogue.rows import Row, parse_rows


@lru_cache(maxsize=8)
def own_rows(extend: tuple[str, ...]) -> dict[str, tuple[str, tuple[Row, ...]]]:
    """By the dotted name of a function, the user's rule for it and its rows. `extend` are rule files and folders."""
    if not extend:
        return {}
    shipped = load_catalogue().rules
    rules = [rule for name, rule in load_catalogue(extend).rules.items() if name not in shipped]
    return {function: (rule.name, rows) for rule in rules for function, rows in parse_rows(rule.rows).items()}


def mapped_functions(extend: tuple[str, ...]) -> frozenset[str]:
    """The dotted names of the functions that a user's rule files map."""
    return frozenset(own_rows(extend))
