"""`Model([x], [y])`: Keras 3 gives lists of such a model, where Keras 1 and 2 gave the tensors."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from kerasfix.checks import Context
from kerasfix.checks._arguments import argument_node
from kerasfix.checks._era import BEFORE_KERAS3
from kerasfix.checks._scopes import ancestors, own_nodes, parameters
from kerasfix.checks.custom._creators import api_of
from kerasfix.findings import Applicability, Edit, Finding, Fix, Slot
from kerasfix.flow.facts import ModuleFacts, per_file
from kerasfix.flow.values import Api, Method, Model

RULE = "single-tensor-in-list"
RULES = frozenset({RULE})
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_DISPLAYS = (ast.List, ast.Tuple)
_MODEL = "keras.models.Model"
_OUTPUT = "on Keras 3, a model whose only output stands in a list gives a list where it is called on a Keras tensor"
_INPUT = "on Keras 3, `input` of a model whose only input stands in a list is a list"


def check(context: Context) -> Iterator[Finding]:
    """Every such model of old code that may be called, or asked for its input or output."""
    facts = context.facts
    if context.settings.target != "keras3" or "Model" not in facts.index.text:
        return
    for call in facts.nodes(ast.Call):
        if api_of(facts, call) != _MODEL or any(look.guarded for look in facts.calls[call]):
            continue
        inputs = _alone(argument_node(call, 0, "inputs", "input"))
        outputs = _alone(argument_node(call, 1, "outputs", "output"))
        if (inputs is None and outputs is None) or context.era not in BEFORE_KERAS3:
            continue
        if inputs is not None and _is_asked(facts, call):
            yield _finding(context, inputs, _INPUT)
        handed = _is_returned(facts, call) and any(map(_takes_models, facts.group))
        if outputs is not None and (handed or _is_called(facts, call)):
            yield _finding(context, outputs, _OUTPUT)


def _alone(given: ast.expr | None) -> ast.List | ast.Tuple | None:
    """A list of one, as it is written."""
    return given if isinstance(given, _DISPLAYS) and len(given.elts) == 1 else None


def _finding(context: Context, given: ast.List | ast.Tuple, message: str) -> Finding:
    index = context.facts.index
    start, end = index.span(given)
    inner = index.span(given.elts[0])
    plain = not isinstance(given.elts[0], (ast.Starred, ast.NamedExpr, *_DISPLAYS))
    if not plain or "#" in index.text[start : inner[0]] + index.text[inner[1] : end]:
        return Finding(RULE, start, end, message, help="Give the model the tensor itself")
    fix = Fix((Edit(start, end, (Slot(*inner),)),), Applicability.SAFE, "Give the model the tensor itself")
    return Finding(RULE, start, end, message, fix)


def _is_called(facts: ModuleFacts, made: ast.Call) -> bool:
    """Whether the model is seen to be called as a layer, to be a layer of another, or to be asked for its output."""
    return any(
        any(isinstance(look.callee, Model) and look.callee.site is made for look in looks)
        for one in facts.group
        for looks in one.calls.values()
    ) or any(_is_use(one, node) for one, node in _reads(facts, made))


def _is_asked(facts: ModuleFacts, made: ast.Call) -> bool:
    """Whether the `input` of the model goes to anything but a model of Keras, which takes the list."""
    for one, node in _reads(facts, made):
        parent = one.parents.get(node)
        if isinstance(parent, ast.Attribute) and parent.attr == "input" and not _is_input_of_model(one, parent):
            return True
    return False


def _is_input_of_model(facts: ModuleFacts, node: ast.expr) -> bool:
    above = facts.parents.get(node)
    call = facts.parents.get(above) if isinstance(above, ast.keyword) else above
    if not isinstance(call, ast.Call) or api_of(facts, call) != _MODEL:
        return False
    return argument_node(call, 0, "inputs", "input") is node


def _reads(facts: ModuleFacts, made: ast.Call) -> Iterator[tuple[ModuleFacts, ast.expr]]:
    """The names and attributes that were seen to be the model, with the files that they are in."""
    for one in facts.group:
        for node, models in one.model_uses.items():
            if any(model.site is made for model in models):
                yield one, node


def _is_use(facts: ModuleFacts, node: ast.expr) -> bool:
    parent = facts.parents.get(node)
    if isinstance(parent, ast.Attribute):
        return parent.attr == "output"
    if isinstance(parent, _DISPLAYS):  # `Sequential([model, Dense(3)])`
        parent = facts.parents.get(parent)
    return isinstance(parent, ast.Call) and _takes_layers(facts, parent)


def _takes_layers(facts: ModuleFacts, call: ast.Call) -> bool:
    """Whether what is called takes layers: a wrapper, `Sequential`, `add`."""
    callees = [look.callee for look in facts.calls.get(call, ())]
    return any(
        one.name.startswith("keras.layers.") or one.name == "keras.models.Sequential"
        if isinstance(one, Api)
        else isinstance(one, Method) and one.name == "add"
        for one in callees
    )


def _is_returned(facts: ModuleFacts, made: ast.Call) -> bool:
    """Whether a function makes the model and gives it back."""
    parent = facts.parents.get(made)
    if isinstance(parent, ast.Return):
        return True
    function = next((one for one in ancestors(made, facts.parents) if isinstance(one, _FUNCTIONS)), None)
    if function is None or not isinstance(parent, ast.Assign):
        return False
    names = {target.id for target in parent.targets if isinstance(target, ast.Name)}
    returned = [node.value for node in own_nodes(function) if isinstance(node, ast.Return) and node.value is not None]
    return any(isinstance(part, ast.Name) and part.id in names for value in returned for part in ast.walk(value))


@per_file
def _takes_models(facts: ModuleFacts) -> bool:
    """Whether a function that builds a model calls one of its parameters, as `def gan(generator, critic)` does."""
    return any(_calls_parameter(facts, function) for function in facts.nodes(ast.FunctionDef))


def _calls_parameter(facts: ModuleFacts, function: ast.FunctionDef) -> bool:
    names = set(parameters(function))
    calls = [node for node in own_nodes(function) if isinstance(node, ast.Call)]
    builds = any(api_of(facts, call) in ("keras.layers.Input", "keras.models.Model") for call in calls)
    return builds and any(
        isinstance(call.func, ast.Name) and call.func.id in names and len(call.args) == 1 and not call.keywords
        for call in calls
    )
