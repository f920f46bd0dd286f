"""Attributes that a layer of one's own sets, and that Keras overwrites or does not let it set any more."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from kerasfix.checks import Context
from kerasfix.checks._era import Era
from kerasfix.checks.custom._classes import CustomClass, Function, attribute_of, is_for_two_versions, layers, self_name
from kerasfix.checks.custom._removal import moved, removals
from kerasfix.checks.custom._weights import statements_in
from kerasfix.edits.calls import call_text
from kerasfix.findings import Applicability, Edit, Finding, Fix

OVERWRITTEN = "layer-attribute-before-init"
READ_ONLY = "read-only-layer-attribute"
RULES = frozenset({OVERWRITTEN, READ_ONLY})

_SET_BY_INIT = frozenset({"supports_masking", "input_spec", "activity_regularizer"})
_PROPERTIES = {
    "keras2": frozenset(
        """weights losses updates input_shape output_shape input output name dtype inbound_nodes outbound_nodes
        variables metrics input_mask output_mask dynamic
        trainable_variables non_trainable_variables compute_dtype variable_dtype
        dtype_policy submodules name_scope""".split()
    ),
    "keras3": frozenset(
        """weights losses input output dtype variables metrics path input_dtype compute_dtype variable_dtype
        trainable_variables non_trainable_variables quantization_mode""".split()
    ),
}


def check(context: Context) -> Iterator[Finding]:
    """Every such attribute, in the layers of the file."""
    for cls in layers(context):
        if "get_output" in cls.methods and "call" not in cls.methods:
            continue
        # Keras 2 overwrote them, too: only for code of Keras 1 they ever had an effect.
        if context.era in (Era.KERAS1, Era.MIXED) and "__init__" in cls.methods:
            yield from _before_init(context, cls, cls.methods["__init__"])
        yield from _read_only(context, cls)


# -- set before `super().__init__()`, which sets it itself


def _before_init(context: Context, cls: CustomClass, init: Function) -> Iterator[Finding]:
    index = context.facts.index
    owner = self_name(init)
    call = next((statement for statement in init.body if super_init(statement) is not None), None)
    if call is None:
        return
    for statement in statements_in(init):
        if statement.lineno >= call.lineno or not isinstance(statement, ast.Assign) or len(statement.targets) != 1:
            continue
        name = attribute_of(statement.targets[0], owner)
        if name not in _SET_BY_INIT or (name == "supports_masking" and cls.has("compute_mask")):
            continue
        assert name is not None
        message = f"`super().__init__()` sets `{name}` again, so that what `{cls.name}` has set before is lost"
        fix = _behind(context, init, statement, call, name)
        advice = None if fix is not None else f"Set `self.{name}` after `super().__init__()`"
        yield Finding(OVERWRITTEN, *index.span(statement), message, fix, advice)


def _behind(context: Context, init: Function, statement: ast.Assign, call: ast.stmt, name: str) -> Fix | None:
    owner = self_name(init)
    if statement not in init.body or init.body.index(statement) > init.body.index(call):
        return None
    between = init.body[init.body.index(statement) + 1 : init.body.index(call) + 1]
    needed = {part.id for part in ast.walk(statement.value) if isinstance(part, ast.Name)}
    for other in between:
        for part in ast.walk(other):
            if attribute_of(part, owner) == name:
                return None
            if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store) and part.id in needed:
                return None
    edits = moved(context.facts.index, [statement], call)
    if edits is None:
        return None
    sure = name != "activity_regularizer"
    return Fix(
        tuple(edits),
        Applicability.SAFE if sure else Applicability.UNSAFE,
        "Set it after `super().__init__()`",
        None if sure else "the penalty may be the mean over the samples of a batch: Keras 1 added them up",
    )


def super_init(statement: ast.stmt) -> ast.Call | None:
    """The call `super(...).__init__(...)` or `Base.__init__(self, ...)` that a statement is."""
    if not isinstance(statement, ast.Expr) or not isinstance(statement.value, ast.Call):
        return None
    func = statement.value.func
    return statement.value if isinstance(func, ast.Attribute) and func.attr == "__init__" else None


# -- a property of Keras


def _read_only(context: Context, cls: CustomClass) -> Iterator[Finding]:
    index = context.facts.index
    properties = _PROPERTIES[context.settings.target]
    own = {
        target.id
        for node in cls.node.body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    for name in sorted(properties - own):
        if (
            not any(f"self.{name}{sign}" in index.text for sign in (" =", "="))
            or cls.has(name)
            or cls.cls.info.attribute(name) is None
        ):
            continue
        stores = list(_stores(cls, name))
        if not stores:
            continue
        fix = _passed_on(context, cls, name, stores) or _renamed(context, cls, name, stores)
        advice = None if fix is not None else _advice(name)
        for _, node in stores:
            message = f"`{name}` of a layer is a property, which cannot be set"
            yield Finding(READ_ONLY, *index.span(node), message, fix, advice)


def _advice(name: str) -> str:
    if name == "updates":
        return "Make the states by `self.add_weight(..., trainable=False)` and change them by `assign` in `call`"
    if name == "losses":
        return "Add a loss by `self.add_loss(...)` in `call`, or give the weight a `regularizer`"
    return f"Call the attribute something else than `{name}`"


def _stores(cls: CustomClass, name: str) -> Iterator[tuple[Function, ast.Attribute]]:
    for method in cls.methods.values():
        owner = self_name(method)
        for node in ast.walk(method):
            if not isinstance(node, ast.Attribute) or attribute_of(node, owner) != name:
                continue
            if isinstance(node.ctx, ast.Store) and not is_for_two_versions(cls.facts, node, name):
                yield method, node


def _passed_on(
    context: Context, cls: CustomClass, name: str, stores: list[tuple[Function, ast.Attribute]]
) -> Fix | None:
    """`self.name = name` as `super().__init__(name=name)`."""
    init = cls.methods.get("__init__")
    if name not in ("name", "dtype") or len(stores) != 1 or stores[0][0] is not init or init is None:
        return None
    parameters = {argument.arg for argument in (*init.args.args, *init.args.kwonlyargs)}
    call = next((made for statement in init.body if (made := super_init(statement)) is not None), None)
    place = next((statement for statement in init.body if _assigns(statement, stores[0][1])), None)
    if call is None or place is None or not isinstance(place, ast.Assign) or not isinstance(place.value, ast.Name):
        return None
    plain = isinstance(call.func, ast.Attribute) and isinstance(call.func.value, ast.Call)
    given = {keyword.arg for keyword in call.keywords}
    if place.value.id != name or name not in parameters or name in given or call.args or not plain:
        return None
    index = context.facts.index
    text = call_text(index, call)
    where = text.args[0].start if text.args else text.close
    edits = [Edit(where, where, (f"{name}={name}{', ' if text.args else ''}",))]
    edits += removals(index, context.facts.parents, [place])
    return Fix(tuple(edits), Applicability.SAFE, f"Pass `{name}` to `super().__init__`")


def _assigns(statement: ast.stmt, target: ast.Attribute) -> bool:
    return isinstance(statement, ast.Assign) and len(statement.targets) == 1 and statement.targets[0] is target


def _renamed(context: Context, cls: CustomClass, name: str, stores: list[tuple[Function, ast.Attribute]]) -> Fix | None:
    """Another name for the attribute, within the class."""
    if name in ("updates", "losses", "weights", "metrics", "variables", "name"):
        return None  # which Keras itself reads
    index = context.facts.index
    new = f"own_{name}"
    if new in index.text or any(cls.cls.node is not other.node and _derives(other, cls) for other in _all(context)):
        return None
    edits: list[Edit] = []
    for method in cls.methods.values():
        owner = self_name(method)
        for node in ast.walk(method):
            if attribute_of(node, owner) == name and isinstance(node, ast.Attribute):
                end = index.span(node)[1]
                edits.append(Edit(end - len(name), end, (new,)))
    outside = f"nothing outside of `{cls.name}` reads `{name}` of its objects"
    return Fix(tuple(edits), Applicability.UNSAFE, f"Call it `{new}`", outside)


def _all(context: Context) -> list[CustomClass]:
    return [CustomClass(other, file) for file in context.facts.together for other in file.classes.values()]


def _derives(other: CustomClass, cls: CustomClass) -> bool:
    return any(ancestor.node is cls.node for ancestor in other.lineage)
