"""Texts as syntax trees."""

from __future__ import annotations

import ast
import warnings

from kerasfix.findings import Failure


def parse_text(text: str) -> ast.Module | Failure:
    """The tree of a text, or why there is none, with the line."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # invalid escapes and the like are the user's
            return ast.parse(text)
    except SyntaxError as error:
        return Failure(f"syntax error: {error.msg or 'invalid syntax'}", error.lineno, error.offset)
    except (RecursionError, MemoryError):
        return Failure("nested too deeply for Python to parse")
    except ValueError as error:  # NUL bytes, lone surrogates
        return Failure(str(error))


def child_nodes(node: ast.AST) -> list[ast.AST]:
    """The nodes directly in a node, as `ast.iter_child_nodes` gives them, without what only says if a name is read."""
    found: list[ast.AST] = []
    for name in node._fields:
        value = getattr(node, name, None)
        if isinstance(value, list):
            found += [item for item in value if isinstance(item, ast.AST)]
        elif isinstance(value, ast.AST) and name != "ctx":
            found.append(value)
    return found
