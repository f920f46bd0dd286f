"""What the arguments of a file's own command line are when nobody gives them."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from kerasfix.flow.facts import ModuleFacts, per_file

_LITERALS = (ast.Constant, ast.UnaryOp, ast.Tuple, ast.List, ast.BinOp)


def default_of(facts: ModuleFacts, node: ast.expr) -> str | None:
    """The text of what `args.epochs`, `FLAGS.epochs` or `args['epochs']` is by default; None for other expressions."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and len(node.args) == 1:
        if node.func.id in ("int", "float", "str", "bool"):
            return default_of(facts, node.args[0])
        return None
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
        return _defaults(facts).get(node.attr)
    if isinstance(node, ast.Subscript) and isinstance(node.value, ast.Name) and isinstance(node.slice, ast.Constant):
        return _defaults(facts).get(str(node.slice.value))
    return None


@per_file
def _defaults(facts: ModuleFacts) -> dict[str, str]:
    """The defaults by the names under which the code finds them."""
    return dict(_each(facts))


def _each(facts: ModuleFacts) -> Iterator[tuple[str, str]]:
    for call in facts.nodes(ast.Call):
        name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
        if name in ("add_argument", "add_option"):
            yield from _of_argparse(call)
        elif name.startswith("DEFINE_") and len(call.args) > 1:
            flag, default = call.args[:2]
            if isinstance(flag, ast.Constant) and isinstance(default, _LITERALS):
                yield str(flag.value), ast.unparse(default)


def _of_argparse(call: ast.Call) -> Iterator[tuple[str, str]]:
    keywords = {keyword.arg: keyword.value for keyword in call.keywords}
    texts = [argument.value for argument in call.args if isinstance(argument, ast.Constant)]
    options = [text for text in texts if isinstance(text, str) and text.startswith("-")]
    if not options:
        return
    dest = keywords.get("dest")
    name = next((option for option in options if option.startswith("--")), options[0])
    known = str(dest.value) if isinstance(dest, ast.Constant) else name.lstrip("-").replace("-", "_")
    action = keywords.get("action")
    default = keywords.get("default")
    if isinstance(default, _LITERALS):
        yield known, ast.unparse(default)
    elif isinstance(action, ast.Constant) and action.value in ("store_true", "store_false"):
        yield known, str(action.value == "store_false")
