"""Code for several versions of a library at once, which asks for what the installed one has."""

from __future__ import annotations

import ast
import re

from kerasfix.flow.facts import ModuleFacts

_ASKS = re.compile(r"\bhasattr\b|\b__version__\b|\bVERSION\b|\bversion\b|\bdir\(")
# What a function or an argument that is not there raises.
_ERRORS = frozenset(
    {"AttributeError", "TypeError", "ValueError", "ImportError", "NameError", "Exception", "BaseException"}
)


def asks_for_a_version(facts: ModuleFacts, node: ast.AST) -> bool:
    """Whether a call stands in code that runs on some versions only, or that goes on without it."""
    child, around = node, facts.parents.get(node)
    while around is not None:
        if isinstance(around, (ast.If, ast.IfExp)) and child is not around.test:
            if _ASKS.search(facts.index.source(around.test)):
                return True
        elif isinstance(around, ast.Try) and any(map(_catches, around.handlers)):
            return True
        child, around = around, facts.parents.get(around)
    return False


def _catches(handler: ast.ExceptHandler) -> bool:
    """Whether a handler is there for what another version lacks."""
    kinds = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    return any(kind is None or (isinstance(kind, ast.Name) and kind.id in _ERRORS) for kind in kinds)
