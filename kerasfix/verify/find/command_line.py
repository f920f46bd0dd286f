"""What the arguments of a file's own command line are when nobody gives them."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from kerasfix.flow.facts import ModuleFacts, per_file
from kerasfix.flow.values import UNKNOWN, Const, Items, Value


def default_of(facts: ModuleFacts, node: ast.Attribute | ast.Subscript, other: Value) -> Value:
    """What `args.epochs`, `FLAGS.epochs` or `args['epochs']` is by default; `other` for other expressions."""
    if not isinstance(node.value, ast.Name) or node.value.id in ("self", "cls"):
        return other
    if isinstance(node, ast.Attribute):
        return _defaults(facts).get(node.attr, other)
    return _defaults(facts).get(node.slice.value, other) if isinstance(node.slice, ast.Constant) else other


@per_file
def _defaults(facts: ModuleFacts) -> dict[object, Value]:
    """The defaults by the names under which the code finds them."""
    return dict(_each(facts))


def _each(facts: ModuleFacts) -> Iterator[tuple[object, Value]]:
    for call in facts.nodes(ast.Call):
        name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
        if name in ("add_argument", "add_option"):
            yield from _of_argparse(call)
        elif name.startswith("DEFINE_") and len(call.args) > 1:
            flag, default = call.args[:2]
            if isinstance(flag, ast.Constant):
                yield flag.value, _value(default)


def _of_argparse(call: ast.Call) -> Iterator[tuple[object, Value]]:
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
    if default is not None:
        yield known, _value(default)
    elif isinstance(action, ast.Constant) and action.value in ("store_true", "store_false"):
        yield known, Const(action.value == "store_false")


def _value(node: ast.expr) -> Value:
    try:
        value = ast.literal_eval(node)
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return UNKNOWN
    if isinstance(value, (tuple, list)):
        return Items(tuple(map(Const, value)), UNKNOWN, len(value))
    return Const(value) if value is None or isinstance(value, (bool, int, float, str)) else UNKNOWN
