"""Graphs of one's own: `K.placeholder`, `K.gradients` and `K.function`, as style transfer and saliency maps do."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from kerasfix.catalogue.adapters import Unrenderable
from kerasfix.checks import Context
from kerasfix.checks._writing import FileWriting
from kerasfix.findings import Edit, Finding, ImportNeed, Slot
from kerasfix.flow.facts import CallSeen
from kerasfix.flow.values import Api, Origin, Tensor
from kerasfix.names.namer import root_name

RULE = "graph-function"
RULES = frozenset({RULE})
_BACKEND = "keras.backend."
_UPDATES = (
    "Write the step with `tf.GradientTape`, and let the optimizer apply the gradients: nothing is updated by a call"
)
_PHASE = "Write `training` out: a model is called as `model(x, training=False)`"


def check(context: Context) -> Iterator[Finding]:
    """Every call that makes a part of such a graph."""
    updating = any(_name(looks) == "function" and _updates(node) is not None for node, looks in _calls(context))
    for node, looks in _calls(context):
        call = _Call(context, node, looks, updating)
        if (finding := call.finding()) is not None:
            yield finding


def _calls(context: Context) -> list[tuple[ast.Call, list[CallSeen]]]:
    return [(node, looks) for node, looks in context.facts.calls.items() if _name(looks) and not _is_starred(node)]


def _name(looks: Sequence[CallSeen]) -> str:
    """The function of the backend that a call is of, by its short name; "Input" for a Keras input; else nothing."""
    callees = {look.callee for look in looks}
    callee = callees.pop() if len(callees) == 1 else None
    if not isinstance(callee, Api) or callee.guarded or any(look.guarded for look in looks):
        return ""
    if callee.name in ("keras.layers.Input", "keras.Input"):
        return "Input"
    short = callee.name.removeprefix(_BACKEND)
    return short if callee.name.startswith(_BACKEND) and short in _WHAT else ""


def _is_starred(node: ast.Call) -> bool:
    return any(isinstance(one, ast.Starred) for one in node.args) or any(one.arg is None for one in node.keywords)


def _updates(node: ast.Call) -> ast.expr | None:
    """The updates of a `K.function`, if there may be any."""
    given = _arguments(node, ("inputs", "outputs", "updates")).get("updates")
    return None if isinstance(given, (ast.List, ast.Tuple)) and not given.elts else given


def _arguments(node: ast.Call, names: Sequence[str]) -> dict[str, ast.expr]:
    return dict(zip(names, node.args)) | {one.arg: one.value for one in node.keywords if one.arg is not None}


@dataclass
class _Call:
    context: Context
    node: ast.Call
    looks: Sequence[CallSeen]
    updating: bool  # the file has a `K.function` that updates variables
    edits: list[Edit] = field(default_factory=list)

    def finding(self) -> Finding | None:
        """What there is to say of the call."""
        name = _name(self.looks)
        self.writing = FileWriting(self.context, self.node.func, self.context.facts.root)
        inner = all(look.role.inner for look in self.looks)
        if any(look.role.inner for look in self.looks) and (not inner or name != "gradients"):
            return None
        try:
            advice = self.inner_gradients() if inner else getattr(self, name)()
        except Unrenderable as error:
            advice = f"Write it by hand: {error}"
        if not self.edits and not advice:
            return None
        index = self.context.facts.index
        start, end = index.span(self.node)
        source = " ".join(index.source(self.node.func).split())
        message = f"`{source}(...)` {_WHAT[name]}"
        if advice:
            return Finding(RULE, start, end, message, help=advice)
        root = root_name(self.node.func)
        releases = {root.id} if root is not None and name != "Input" else ()
        return Finding(RULE, start, end, message, self.writing.fix(self.edits, _TITLES[name], releases=releases))

    def rename(self, new: str) -> None:
        """Another function with the same arguments."""
        start, end = self.context.facts.index.span(self.node.func)
        last = self.context.facts.index.span(self.node)[1]
        self.edits.append(Edit(start, last, (new, Slot(end, last))))

    def gradients(self) -> str:
        self.rename(self.writing.snippet("gradients"))
        return ""

    def inner_gradients(self) -> str:
        """Inside a layer, a loss or a Lambda there are tensors of TensorFlow, in a graph."""
        if len(self.node.args) != 2 or self.node.keywords:
            return "Take the gradients with `tf.gradients`"
        self.rename(f"{self.tensorflow()}.gradients")
        end = self.context.facts.index.span(self.node.args[-1])[1]
        self.edits.append(Edit(end, end, (", unconnected_gradients='zero'",)))
        if isinstance(self.context.facts.parents.get(self.node), (ast.Return, ast.Lambda)):
            # Keras 1 took the only tensor out of a list that a function gave it.
            whole = self.edits[0]
            self.edits[0] = Edit(whole.start, whole.end, (*whole.new, "[0]"))
        return ""

    def tensorflow(self) -> str:
        """TensorFlow as the file names it; noted as an import if it does not."""
        for node in self.context.facts.tree.body:
            for alias in node.names if isinstance(node, ast.Import) else ():
                if alias.name == "tensorflow":
                    return alias.asname or alias.name
        if "tf" in self.context.facts.scopes.module.bound:
            raise Unrenderable("the file has a `tf` of its own")
        self.writing.imports.append(ImportNeed("tensorflow", "", "tf"))
        return "tf"

    def function(self) -> str:
        if _updates(self.node) is not None:
            return _UPDATES
        given = _arguments(self.node, ("inputs", "outputs", "updates"))
        inputs = given.get("inputs")
        if len(given) != 2 or inputs is None or "outputs" not in given:
            return "" if self.context.settings.target == "keras2" else _UPDATES
        phases = self.phases(inputs)
        if phases is None:
            return _PHASE
        if self.context.settings.target == "keras2" and not phases and not self.is_fed():
            return ""
        self.rename(self.writing.snippet("function"))
        self.edits += [Edit(*self.context.facts.index.span(phase), ("'training'",)) for phase in phases]
        return ""

    def Function(self) -> str:
        advice = self.function()
        if not advice and not self.edits:
            self.rename(self.writing.spell("keras.backend.function"))
        return advice

    def phases(self, inputs: ast.expr) -> list[ast.expr] | None:
        """The learning phases among the inputs; None where they are not written there."""
        if not isinstance(inputs, (ast.List, ast.Tuple)):
            text = self.context.facts.index.text
            return None if "learning_phase" in text and not isinstance(inputs, ast.Attribute) else []
        found = [one for one in inputs.elts if isinstance(one, ast.Call) and self.is_phase(one)]
        loose = [one for one in inputs.elts if isinstance(one, ast.Starred)]
        return None if loose else list(found)

    def is_phase(self, node: ast.Call) -> bool:
        path = self.context.namer.path(node.func) or ""
        return path.endswith(".learning_phase") and not node.args

    def is_fed(self) -> bool:
        """Whether the file has an input that is made from values."""
        return any(_name(looks) == "Input" and _fed(node, looks) for node, looks in self.context.facts.calls.items())

    def placeholder(self) -> str:
        if self.updating:
            return _UPDATES
        given = _arguments(self.node, ("shape", "ndim", "dtype", "sparse", "name"))
        shape, ndim = given.get("shape"), given.get("ndim")
        index = self.context.facts.index
        if shape is not None and not (isinstance(shape, ast.Constant) and shape.value is None):
            size: tuple[str | Slot, ...] = (Slot(*index.span(shape)),)
        elif isinstance(ndim, ast.Constant) and isinstance(ndim.value, int):
            size = (f"({', '.join(['None'] * ndim.value)}{',' if ndim.value == 1 else ''})",)
        else:
            return "Write `Input(batch_shape=...)`"
        rest: list[str | Slot] = []
        for name in ("dtype", "sparse", "name"):
            if name in given:
                rest += [f", {name}=", Slot(*index.span(given[name]))]
        start, end = index.span(self.node)
        self.edits.append(
            Edit(start, end, (f"{self.writing.spell('keras.layers.Input')}(batch_shape=", *size, *rest, ")"))
        )
        return ""

    def Input(self) -> str:
        tensor = _fed(self.node, self.looks)
        if tensor is None:
            return ""
        index = self.context.facts.index
        name = next((one.value for one in self.node.keywords if one.arg == "name"), None)
        named = (", name=", Slot(*index.span(name))) if name is not None else ()
        start, end = index.span(self.node)
        called = self.writing.snippet("fed_input")
        self.edits.append(Edit(start, end, (f"{called}(", Slot(*index.span(tensor)), *named, ")")))
        return ""

    def variable(self) -> str:
        """`loss = K.variable(0.)` where a sum of tensors begins."""
        parent = self.context.facts.parents.get(self.node)
        value = self.node.args[0] if len(self.node.args) == 1 and not self.node.keywords else None
        if not isinstance(value, ast.Constant) or not isinstance(value.value, (int, float)):
            return ""
        if not isinstance(parent, ast.Assign) or not isinstance(parent.targets[0], ast.Name) or len(parent.targets) > 1:
            return ""
        name = parent.targets[0]
        scopes, parents = self.context.facts.scopes, self.context.facts.parents
        scope = scopes.at(name)
        stores = [one for one in scopes.named[name.id] if isinstance(one.ctx, ast.Store) and scopes.at(one) is scope]
        added = [one.lineno for one in stores if isinstance(parents[one], ast.AugAssign)]
        others = [one.lineno for one in stores if one is not name and not isinstance(parents[one], ast.AugAssign)]
        # What the name is bound to once the sum is complete is another matter.
        if not added or any(line <= max(added) for line in others):
            return ""
        self.edits.append(
            Edit(*self.context.facts.index.span(self.node), (Slot(*self.context.facts.index.span(value)),))
        )
        return ""


def _fed(node: ast.Call, looks: Sequence[CallSeen]) -> ast.expr | None:
    """The values that an input is made from, `Input(tensor=values)`."""
    tensor = next((one.value for one in node.keywords if one.arg in ("tensor", "input_tensor")), None)
    values = {look.argument(-1, "tensor") for look in looks}
    inner = all(isinstance(value, Tensor) and value.origin is Origin.INNER for value in values)
    return tensor if tensor is not None and inner else None


_WHAT = {
    "placeholder": "makes a tensor that no layer can follow",
    "gradients": "takes gradients in a graph of TensorFlow, where there is none any more",
    "function": "is gone, or takes no learning phase any more",
    "Function": "is the class of what `K.function` made in Keras 1, and gone",
    "variable": "holds a value, to which no Keras tensor can be added",
    "Input": "makes an input from values, which it cannot any more",
}
_TITLES = {
    "placeholder": "Make it an input",
    "gradients": "Take the gradients of the Keras tensors",
    "function": "Make it a function over a model",
    "Function": "Make it a function over a model",
    "variable": "Begin the sum with a number",
    "Input": "Make an input that is fed with the values",
}
