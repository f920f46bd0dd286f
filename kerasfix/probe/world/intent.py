"""What the code around a question does with a no: the answer to `os.path.exists` depends on it.

A script that says `if os.path.exists("cache.npy"): ...` goes on without the file; one that says
`if not os.path.exists("data.txt"): sys.exit("no data")` does not. The same goes for `try: import cv2`.
"""

from __future__ import absolute_import, division, print_function

import ast
import linecache

_trees = {}
_EXITS = frozenset(["exit", "_exit", "quit", "abort", "error", "usage", "print_help"])
_CAUGHT = {
    "file": frozenset(["IOError", "OSError", "EnvironmentError", "FileNotFoundError", "Exception", "BaseException"]),
    "import": frozenset(["ImportError", "ModuleNotFoundError", "Exception", "BaseException"]),
    "key": frozenset(["KeyError", "LookupError", "Exception", "BaseException"]),
    "index": frozenset(["IndexError", "LookupError", "Exception", "BaseException"]),
}


def gives_up_without(frame):
    """Whether the code at a frame stops if the answer to its question is no."""
    for node in _around(frame):
        if isinstance(node, ast.Assert):
            return True
        if isinstance(node, (ast.If, ast.While)) and _within(node.test, frame.f_lineno):
            negated = any(isinstance(one, ast.Not) for one in ast.walk(node.test))
            return _ends(node.body if negated else node.orelse)
    return False


def is_ready_for(frame, kind):
    """Whether the code at a frame catches the failure of what it does, and goes on.

    Args:
        frame: Where the user's code is.
        kind: "file", "import", "key" or "index": what fails.
    """
    for node in _around(frame):
        if not isinstance(node, _TRY) or not any(_within(one, frame.f_lineno) for one in node.body):
            continue
        for handler in node.handlers:
            if _catches(handler, _CAUGHT[kind]):
                return not _ends(handler.body)
    return False


def asks_for(frame, name):
    """Whether the file of a frame anywhere asks if an option was given: `if args.name`, `name is None`, `name or 1`.

    Args:
        frame: In the user's code.
        name: Of the option, as the parser stores it.
    """
    tree = _tree(frame)
    if tree is None:
        return True
    aliases = {name}
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and _last_name(node.value) == name:
            aliases.update(_last_name(target) for target in node.targets)
    return any(_last_name(asked) in aliases for node in ast.walk(tree) for asked in _asked(node))


def _asked(node):
    """The expressions that a node asks whether they are true or None."""
    if isinstance(node, ast.Compare):
        return [node.left] + node.comparators
    if isinstance(node, (ast.If, ast.IfExp, ast.While, ast.Assert)):
        return [node.test]
    if isinstance(node, ast.BoolOp):
        return node.values
    return [node.operand] if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not) else []


def _last_name(node):
    return getattr(node, "attr", None) or getattr(node, "id", None)


_TRY = tuple(getattr(ast, name) for name in ("Try", "TryExcept") if hasattr(ast, name))


def _around(frame):
    """The statements that the line of a frame is in, the innermost first."""
    tree = _tree(frame)
    if tree is None:
        return []
    line = frame.f_lineno
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.stmt) and _within(node, line):
            found.append(node)
    return reversed(found)


def _tree(frame):
    name = frame.f_code.co_filename
    if name not in _trees:
        text = "".join(linecache.getlines(name, frame.f_globals))
        try:
            _trees[name] = ast.parse(text) if text else None
        except (SyntaxError, ValueError, TypeError):
            _trees[name] = None
    return _trees[name]


def _within(node, line):
    if node.lineno > line:
        return False
    return line <= max(getattr(one, "end_lineno", None) or getattr(one, "lineno", 0) for one in ast.walk(node))


def _catches(handler, names):
    if handler.type is None:
        return True
    caught = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    return any(getattr(one, "id", getattr(one, "attr", None)) in names for one in caught)


def _ends(body):
    """Whether statements end the program."""
    for statement in body:
        if isinstance(statement, ast.Raise):
            return True
        call = statement.value if isinstance(statement, ast.Expr) else None
        if isinstance(call, ast.Call) and getattr(call.func, "id", getattr(call.func, "attr", None)) in _EXITS:
            return True
    return False
