"""What the code does with the finished model that a functional `Model` does differently: `layers[i]` and the like."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from kerasfix.checks.sequential import _scope as scopes
from kerasfix.checks.sequential._chain import Chain, Problem
from kerasfix.edits.calls import Pieces
from kerasfix.findings import Edit, Slot
from kerasfix.flow.facts import ModuleFacts
from kerasfix.flow.values import Const, Layer, Value, constants, options

# What only a `Sequential` of Keras 1 had.
_GONE = frozenset(
    {"model", "flattened_layers", "legacy_get_config", "legacy_from_config", "regularizers", "constraints"}
)
# What can be asked of the layer that takes the place of the Merge.
_OF_MERGE = frozenset({"output", "output_shape", "name", "get_weights", "trainable", "get_output_at"})


def use_edits(facts: ModuleFacts, chain: Chain, *, splits: bool) -> Iterator[Edit | Problem | str]:
    """The edits of the uses of a model; a string is an assumption. `splits`: the Merge becomes two layers."""
    for use in [*chain.uses, *chain.elsewhere]:
        attribute = facts.parents.get(use)
        if not isinstance(attribute, ast.Attribute):
            yield from _nested(facts, chain, use)
            continue
        certain = _is_certain(facts, chain, use)
        if attribute.attr in _GONE and certain:
            yield Problem(f"`{facts.index.source(attribute)}` is something that only a `Sequential` has")
        elif attribute.attr == "layers":
            yield from _layers(facts, chain, use, attribute, certain=certain, splits=splits)
        elif attribute.attr == "get_layer" and certain:
            yield from _get_layer(facts, attribute)
        elif attribute.attr in ("predict_classes", "predict_proba") and certain:
            yield from _prediction(facts, chain, attribute)


def _is_certain(facts: ModuleFacts, chain: Chain, use: ast.expr) -> bool:
    """Whether an expression is this model and no other."""
    return {model.site for model in facts.model_uses.get(use, ())} == {chain.sequential}


def _nested(facts: ModuleFacts, chain: Chain, use: ast.expr) -> Iterator[Problem]:
    """`other.add(model)`, `Sequential([model])`: a Sequential has one input."""
    parent = facts.parents.get(use)
    call = facts.parents.get(parent) if isinstance(parent, (ast.List, ast.Tuple)) else parent
    if not isinstance(call, ast.Call):
        return
    names = {getattr(look.callee, "name", "") for look in facts.calls.get(call, ())}
    if "add" in names and parent is call and isinstance(call.func, ast.Attribute):
        yield Problem(f"`{facts.index.source(call.func.value)}` takes it as a layer")
    if "keras.models.Sequential" in names and parent is not call:
        yield Problem("another `Sequential` takes it as a layer")


# -- layers


def _count(facts: ModuleFacts, chain: Chain, use: ast.expr) -> int | None:
    """How many layers Keras 1's `model.layers` had where it is used, or None if that is not certain."""
    place = (use.lineno, use.col_offset)
    here = scopes.namespace_of(use, facts.parents) is chain.scope
    inside = here and scopes.index_in(chain.suite, use, facts.parents) is not None
    if not inside and (chain.pops or any(step.late for step in chain.steps)):
        return None
    count = 1
    for step in chain.steps:
        if step.call is not None and inside and (step.call.lineno, step.call.col_offset) > place:
            if step.nested:
                return None
            continue
        if step.nested or not isinstance(step.layer, ast.Call):
            return None
        count += 1
    for call in chain.pops:
        if not inside or (call.lineno, call.col_offset) < place:
            if all(facts.parents.get(call) is not statement for statement in chain.suite):
                return None  # in a loop or under a condition
            count -= 1
    return count


def _least(chain: Chain) -> int:
    return 1 + sum(not step.nested and not step.late for step in chain.steps) - len(chain.pops)


def _layers(
    facts: ModuleFacts, chain: Chain, use: ast.expr, attribute: ast.Attribute, *, certain: bool, splits: bool
) -> Iterator[Edit | Problem]:
    """`model.layers` is all layers of the graph now; those that were added are its last ones."""
    source = facts.index.source(attribute)
    parent = facts.parents.get(attribute)
    index = _index(parent, attribute)
    if index is not None and -_least(chain) < index < 0:
        return
    if not certain:
        yield Problem(f"`{source}` may be that of another model")
        return
    count = _count(facts, chain, use)
    if count is None:
        yield Problem(f"what `{source}` holds depends on how many layers are added")
        return
    if isinstance(parent, ast.Attribute):
        yield Problem(f"`{facts.index.source(parent)}` changes the layers of a `Sequential`")
        return
    if index is None:
        if splits:
            yield Problem(f"`{source}` has one layer more than before")
            return
        part = _slice(parent, attribute, count)
        if part is not None and isinstance(parent, ast.Subscript):
            yield Edit(*facts.index.span(parent.slice), (part,))
            return
        _, end = facts.index.span(attribute)
        yield Edit(end, end, (f"[-{count}:]",))
        return
    if not -count <= index < count:
        yield Problem(f"`{facts.index.source(parent) if isinstance(parent, ast.expr) else source}` is no layer")
        return
    if index in (0, -count) and (splits or not _asks_little(facts, parent)):
        yield Problem("it asks the `Merge` itself for something that its successor does not have")
        return
    if index >= 0 and isinstance(parent, ast.Subscript):
        start, end = facts.index.span(parent.slice)
        yield Edit(start, end, (str(index - count),))


def _index(parent: ast.AST | None, attribute: ast.Attribute) -> int | None:
    if not isinstance(parent, ast.Subscript) or parent.value is not attribute:
        return None
    try:
        value = ast.literal_eval(parent.slice)
    except (ValueError, TypeError, SyntaxError):
        return None
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _slice(parent: ast.AST | None, attribute: ast.Attribute, count: int) -> str | None:
    """`model.layers[1:-1]` counted from the end, or None if its bounds are not plain numbers."""
    if (
        not isinstance(parent, ast.Subscript)
        or parent.value is not attribute
        or not isinstance(parent.slice, ast.Slice)
    ):
        return None
    if parent.slice.step is not None:
        return None
    bounds: list[int | None] = []
    for bound in (parent.slice.lower, parent.slice.upper):
        try:
            value = ast.literal_eval(bound) if bound is not None else None
        except (ValueError, TypeError, SyntaxError):
            return None
        if value is not None and (not isinstance(value, int) or not -count <= value < count):
            return None
        bounds.append(value - count if value is not None and value >= 0 else value)
    lower, upper = bounds
    return f"{-count if lower is None else lower}:{'' if upper is None else upper}"


def _asks_little(facts: ModuleFacts, merge: ast.AST | None) -> bool:
    around = facts.parents.get(merge) if merge is not None else None
    return isinstance(around, ast.Attribute) and around.attr in _OF_MERGE


def _get_layer(facts: ModuleFacts, attribute: ast.Attribute) -> Iterator[Problem]:
    call = facts.parents.get(attribute)
    if isinstance(call, ast.Call) and (len(call.args) > 1 or any(keyword.arg == "index" for keyword in call.keywords)):
        yield Problem("`get_layer` counts the layers of a `Model` in another order")


# -- predictions


def _prediction(facts: ModuleFacts, chain: Chain, attribute: ast.Attribute) -> Iterator[Edit | str | Problem]:
    """Only a `Sequential` had `predict_classes` and `predict_proba`, and has them no more."""
    call = facts.parents.get(attribute)
    if not isinstance(call, ast.Call) or call.func is not attribute:
        yield Problem(f"`{facts.index.source(attribute)}` is something that only a `Sequential` has")
        return
    _, name_end = facts.index.span(attribute)
    rename = Edit(name_end - len(attribute.attr), name_end, ("predict",))
    if attribute.attr == "predict_proba":
        yield rename
        return
    start, end = facts.index.span(call)
    whole: Pieces = (Slot(start, end),)
    width = _width(facts, chain)
    yield rename
    if width == 1:
        yield Edit(start, end, ("(", *whole, " > 0.5).astype('int32')"))
        return
    if width is None:
        yield f"`{chain.target}` gives more than one number for each sample"
    yield Edit(start, end, (*whole, ".argmax(axis=-1)"))


def _width(facts: ModuleFacts, chain: Chain) -> int | None:
    """1 if the model gives one number, 2 if it gives several, None if that is not known."""
    for step in reversed(chain.steps):
        if step.nested:
            return None
        values = [facts.value_of_call(step.layer)]
        found = {_width_of(option) for value in values for option in options(value)}
        if len(found) != 1:
            return None
        width = found.pop()
        if width != 0:
            return width
    return None


def _width_of(layer: Value) -> int | None:
    """As `_width`; 0 for a layer that leaves the width as it is."""
    if not isinstance(layer, Layer) or not isinstance(layer.cls, str):
        return None
    name = layer.cls.rpartition(".")[2]
    activation = layer.argument(0 if name == "Activation" else -1, "activation")
    if activation is not None and constants(activation) == ["softmax"]:
        return 2  # over one number it would always be 1
    if name in ("Activation", "Dropout", "BatchNormalization"):
        return 0
    if name == "TimeDistributed":
        inner = layer.argument(0, "layer")
        return _width_of(inner) if inner is not None else None
    units = layer.argument(0, "output_dim", "units") if name == "Dense" else None
    if isinstance(units, Const) and isinstance(units.value, int):
        return 1 if units.value == 1 else 2
    return None
