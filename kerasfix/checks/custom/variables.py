"""Variables that a layer makes without letting Keras know: constants now, unless the layer changes them."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from kerasfix.checks import Context
from kerasfix.checks._era import Era
from kerasfix.checks.custom._classes import CustomClass, Function, attribute_of, is_for_two_versions, layers, self_name
from kerasfix.checks.custom._creators import api_of
from kerasfix.checks.custom._weights import Weights, weights_of
from kerasfix.findings import Applicability, Edit, Finding, Fix
from kerasfix.flow.values import Role

IN_CALL = "layer-makes-variable-in-call"
UNLISTED = "layer-keeps-unlisted-variable"
RULES = frozenset({IN_CALL, UNLISTED})
_VARIABLE = "keras.backend.variable"
_FILLED = {"keras.backend.zeros": "0.", "keras.backend.ones": "1."}
_WORDS = (".variable(", "K.zeros(", "K.ones(", "backend.zeros(", "backend.ones(", "import variable")
_CHANGES = frozenset(
    """update update_add update_sub moving_average_update set_value batch_set_value assign assign_add assign_sub
    add_update append set_weights""".split()
)


def check(context: Context) -> Iterator[Finding]:
    """Every `K.variable` where a layer or a function given to Keras runs, and every one that no list of weights has."""
    text = context.facts.index.text
    if not any(word in text for word in _WORDS):
        return
    calls = {id(node) for node in _in_calls(context)}
    for node in _in_calls(context):
        yield from _in_call(context, node)
    # Keras 2 and later find every variable that is an attribute; Keras 1 only knew what was listed.
    if context.era in (Era.KERAS1, Era.MIXED):
        for cls in layers(context):
            yield from _unlisted(context, cls, calls)


def _in_calls(context: Context) -> list[ast.Call]:
    found: list[ast.Call] = []
    for node, looks in context.facts.calls.items():
        api = api_of(context.facts, node)
        if api != _VARIABLE and (api not in _FILLED or context.settings.target == "keras3"):
            continue
        if any(look.guarded or not look.role.inner for look in looks):
            continue
        method = _method_of(context, node)
        # What takes a shape is an initializer, which has a rule of its own.
        given = all(look.role is Role.LAMBDA for look in looks) and method is None and not _takes_shape(context, node)
        if given or (method is not None and method.name == "call"):
            found.append(node)
    return found


def _takes_shape(context: Context, node: ast.AST) -> bool:
    """Whether code stands in a function whose first parameter is a shape."""
    current: ast.AST | None = node
    while current is not None:
        if isinstance(current, (ast.FunctionDef, ast.Lambda)) and current.args.args:
            return current.args.args[0].arg == "shape"
        current = context.facts.parents.get(current)
    return False


def _method_of(context: Context, node: ast.AST) -> Function | None:
    """The method that code stands in, functions inside it included; None where it stands in no class."""
    parents = context.facts.parents
    current: ast.AST | None = node
    while current is not None:
        above = parents.get(current)
        if isinstance(above, ast.ClassDef) and isinstance(current, (ast.FunctionDef, ast.AsyncFunctionDef)):
            return current
        current = above
    return None


def _in_call(context: Context, node: ast.Call) -> Iterator[Finding]:
    index = context.facts.index
    called = index.source(node.func)
    message = f"`{called}` makes a variable each time that this runs, which TensorFlow refuses in a compiled function"
    fix = _as_constant(context, node)
    advice = "Make it once, in `build`, or use `K.constant`"
    yield Finding(IN_CALL, *index.span(node.func), message, fix, None if fix is not None else advice)


def _as_constant(context: Context, node: ast.Call) -> Fix | None:
    """`K.variable(value)` as `K.constant(value)`."""
    index = context.facts.index
    api = api_of(context.facts, node)
    names = {keyword.arg for keyword in node.keywords}
    if any(isinstance(argument, ast.Starred) for argument in node.args) or not names <= {
        "value",
        "shape",
        "dtype",
        "name",
    }:
        return None
    name, imports = context.namer.name("keras.backend.constant", node.func, context.facts.root)
    start, end = index.span(node.func)
    title = f"Make it a constant by `{name}`"
    keeps = frozenset({name.partition(".")[0]})  # other fixes may take the last other use of it away
    if api == _VARIABLE:
        if len(node.args) > 2:
            return None
        return Fix((Edit(start, end, (name,)),), Applicability.SAFE, title, imports=imports, keeps=keeps)
    if len(node.args) != 1 or "shape" in names:
        return None
    place = index.span(node.args[0])[0]
    if index.text[place - 1] == "(" and index.text[index.span(node)[0] : place].count("(") != 1:
        return None
    edits = (Edit(start, end, (name,)), Edit(place, place, (f"{_FILLED[api or '']}, shape=",)))
    return Fix(edits, Applicability.SAFE, title, imports=imports, keeps=keeps)


# -- attributes


def _unlisted(context: Context, cls: CustomClass, seen: set[int]) -> Iterator[Finding]:
    index = context.facts.index
    weights = weights_of(cls)
    listed = {name for listing in weights.listings for name in listing.names}
    if not all(listing.clear for listing in weights.listings):
        return
    for weight in weights.made:
        made = weight.creators[0]
        if weight.name in listed or len(weight.creators) != 1 or weight.value is not made.call or id(made.call) in seen:
            continue
        api = api_of(cls.facts, made.call)
        if api != _VARIABLE and api not in _FILLED:
            continue
        if is_for_two_versions(cls.facts, made.call, "add_weight") or _is_kept_state(cls, weights, weight.name):
            continue
        message = f"`self.{weight.name}` becomes a weight that is trained and saved, which it was not in Keras 1"
        if _is_changed(cls, weight.name):
            advice = (
                "Make it by `self.add_weight(..., trainable=False)`, which saves it with the weights, and change it "
                f"by `self.{weight.name}.assign(...)` in `call`"
            )
            yield Finding(UNLISTED, *index.span(made.call.func), message, help=advice)
            continue
        fix = _as_constant(context, made.call)
        advice = f"Make `self.{weight.name}` by `K.constant`"
        yield Finding(UNLISTED, *index.span(made.call.func), message, fix, None if fix is not None else advice)


def _is_kept_state(cls: CustomClass, weights: Weights, name: str) -> bool:
    """Whether it is `self.states` of a recurrent layer, which has a plan of its own, or is listed in a base class."""
    return name in ("states", "trainable_weights") or any(
        f".{name}" in ast.unparse(statement) for statement in weights.spent
    )


def _is_changed(cls: CustomClass, name: str) -> bool:
    """Whether something but reading happens to an attribute."""
    for method in cls.methods.values():
        owner = self_name(method)
        for node in ast.walk(method):
            if isinstance(node, ast.Call):
                func = node.func
                called = func.attr if isinstance(func, ast.Attribute) else func.id if isinstance(func, ast.Name) else ""
                if called in _CHANGES and any(attribute_of(part, owner) == name for part in ast.walk(node)):
                    return True
            if isinstance(node, (ast.Assign, ast.AugAssign)):
                targets = node.targets if isinstance(node, ast.Assign) else [node.target]
                updates = any(attribute_of(target, owner) in ("updates", "states") for target in targets)
                if updates and any(attribute_of(part, owner) == name for part in ast.walk(node.value)):
                    return True
    return False
