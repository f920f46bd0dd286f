"""`compile('adadelta', 'hinge', metrics=['fmeasure'])`: names that mean something else, or nothing, today."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeGuard

from kerasfix.catalogue.adapters import Unrenderable
from kerasfix.checks import Context
from kerasfix.checks._arguments import argument_node
from kerasfix.checks._era import Era
from kerasfix.checks._writing import FileWriting
from kerasfix.findings import Applicability, Edit, Finding, Fix, Slot
from kerasfix.flow.facts import CallSeen
from kerasfix.flow.values import UNKNOWN, Const, Method, Model, Tensor, Value, options, union

OPTIMIZER = "legacy-optimizer-name"
LOSS = "legacy-loss"
METRIC = "legacy-metric"
RULES = frozenset({OPTIMIZER, LOSS, METRIC})

# The defaults of Keras 1. RMSprop and Adagrad add their epsilon within the square root now.
_KERAS1 = {
    "rmsprop": ("RMSprop", "epsilon=1e-16"),
    "adagrad": ("Adagrad", "learning_rate=0.01, initial_accumulator_value=0.0, epsilon=1e-16"),
    "adadelta": ("Adadelta", "learning_rate=1.0, epsilon=1e-08"),
    "adam": ("Adam", "epsilon=1e-08"),
    "adamax": ("Adamax", "learning_rate=0.002, epsilon=1e-08"),
    "nadam": ("Nadam", "learning_rate=0.002, epsilon=1e-08"),
}
# Those of Keras 2.0 to 2.3, where they are not those of today.
_KERAS2 = {
    "rmsprop": ("RMSprop", "epsilon=1e-14"),
    "adagrad": ("Adagrad", "learning_rate=0.01, initial_accumulator_value=0.0, epsilon=1e-14"),
    "adadelta": ("Adadelta", "learning_rate=1.0"),
    "adamax": ("Adamax", "learning_rate=0.002"),
    "nadam": ("Nadam", "learning_rate=0.002"),
}
_NADAM = "the momentum of `Nadam` may warm up by today's formula, which is faster"
_OLD_KERAS2 = "the code was written for Keras 2.3 or older, whose `{name}` had other defaults"

# Definitions that files of Keras 1 get in the place of a name.
_DEFINITIONS = {
    "cosine_proximity": "cosine_proximity",
    "cosine": "cosine_proximity",
    "hinge": "hinge",
    "squared_hinge": "squared_hinge",
}
# What Keras 3 knows by another name.
_KERAS3_LOSSES = {"kullback_leibler_divergence": "kl_divergence", "logcosh": "log_cosh", "huber_loss": "huber"}
_KERAS3_METRICS = dict.fromkeys(("kullback_leibler_divergence", "kld", "KLD"), "kl_divergence")
_METRICS = {
    "precision": "precision",
    "recall": "recall",
    "fbeta_score": "fbeta_score",
    "fmeasure": "fmeasure",
    "fscore": "fmeasure",
    "f1score": "fmeasure",
    "matthews_correlation": "matthews_correlation",
}


def check(context: Context) -> Iterator[Finding]:
    """Every name in a call of `compile`."""
    for node, looks in context.facts.calls.items():
        if not isinstance(node.func, ast.Attribute) or node.func.attr != "compile" or not node.args + node.keywords:
            continue
        methods = [look.callee for look in looks]
        if any(look.guarded for look in looks) or not all(isinstance(one, Method) for one in methods):
            continue
        owners = [one.owner for one in methods if isinstance(one, Method)]
        if all(isinstance(owner, Model) or owner is UNKNOWN for owner in owners):
            yield from _Compile(context, node, looks).findings()


@dataclass
class _Compile:
    context: Context
    node: ast.Call
    looks: Sequence[CallSeen]

    def findings(self) -> Iterator[Finding]:
        loss = argument_node(self.node, 1, "loss")
        optimizer = argument_node(self.node, 0, "optimizer")
        if isinstance(optimizer, ast.Constant) and isinstance(optimizer.value, str):
            yield from self.optimizer(optimizer, optimizer.value.lower())
        elif optimizer is not None:
            yield from self.handed_on(optimizer)
        for name in _texts(loss):
            yield from self.loss(name)
        metrics = argument_node(self.node, 2, "metrics")
        for name in _texts(metrics):
            yield from self.metric(name, loss)
        if self.context.settings.target == "keras3":
            yield from self.several(loss, metrics)

    @property
    def era(self) -> Era:
        root = self.context.facts.root
        return self.context.era if root == "keras" else Era.UNKNOWN

    # -- optimizers

    def optimizer(self, node: ast.Constant, name: str) -> Iterator[Finding]:
        assumptions = []
        if self.era is Era.KERAS1 or self.era is Era.MIXED:
            table, version = _KERAS1, "Keras 1"
            if self.era is Era.MIXED:
                assumptions.append("the code was written for Keras 1")
        elif self.era is Era.KERAS2:
            table, version = _KERAS2, "Keras 2.0 to 2.3"
        else:
            return
        if name not in table:
            return
        short, arguments = table[name]
        if version != "Keras 1" and name != "rmsprop":
            assumptions.append(_OLD_KERAS2.format(name=short))
        if name == "nadam":
            assumptions.append(_NADAM)
        writing = self.writing()
        call = f"{writing.spell(f'keras.optimizers.{short}')}({arguments})"
        message = f"`{ast.unparse(node)}` stood for other numbers in {version}"
        yield self.finding(OPTIMIZER, node, message, call, writing, assumptions, "Write out what the optimizer was")

    def handed_on(self, node: ast.expr) -> Iterator[Finding]:
        """A name that comes from elsewhere, by a variable or an argument."""
        table = {Era.KERAS1: _KERAS1, Era.KERAS2: _KERAS2}.get(self.era)
        given = union([look.argument(0, "optimizer") or UNKNOWN for look in self.looks])
        names = sorted({str(option.value).lower() for option in options(given) if _is_text(option)})
        changed = [name for name in names if table is not None and name in table]
        if table is None or not changed:
            return
        short, arguments = table[changed[0]]
        message = f"`{' '.join(ast.unparse(node).split())}` may be `{changed[0]!r}`, which stood for other numbers then"
        help_ = f"Hand on `{short}({arguments})` in place of the name"
        yield Finding(OPTIMIZER, *self.context.facts.index.span(node), message, help=help_)

    # -- models with several outputs

    def several(self, loss: ast.expr | None, metrics: ast.expr | None) -> Iterator[Finding]:
        """One loss, or one list of metrics, for all outputs of a model: Keras 3 wants them for each."""
        outputs = {_outputs(look) for look in self.looks}
        count = outputs.pop() if len(outputs) == 1 else 0
        if count < 2:
            return
        weights = next((one.value for one in self.node.keywords if one.arg == "loss_weights"), None)
        if isinstance(loss, ast.Constant) and isinstance(loss.value, str) and isinstance(weights, ast.List):
            message = "with weights for the losses, Keras 3 wants a loss for each output"
            yield self.repeated(LOSS, loss, count, message)
        if not isinstance(metrics, (ast.List, ast.Tuple)) or not metrics.elts:
            return
        if any(not isinstance(one, (ast.Name, ast.Attribute, ast.Constant, ast.Call)) for one in metrics.elts):
            return
        # As many metrics as outputs are taken for one of each by Keras 3, which may be what is meant in later code.
        if len(metrics.elts) != count or self.era in (Era.KERAS1, Era.KERAS2):
            message = "Keras 3 wants the metrics of each output: a single list was for all of them"
            yield self.repeated(METRIC, metrics, count, message)

    def repeated(self, rule: str, node: ast.expr, count: int, message: str) -> Finding:
        start, end = self.context.facts.index.span(node)
        edit = Edit(start, end, ("[", Slot(start, end), f"] * {count}"))
        return Finding(rule, start, end, message, Fix((edit,), Applicability.SAFE, "Say it for each output"))

    # -- losses and metrics

    def loss(self, node: ast.Constant) -> Iterator[Finding]:
        name = str(node.value)
        if name == "binary_crossentropy" and self.is_softmax():
            message = "`binary_crossentropy` takes the inputs of a softmax for those of a sigmoid today"
            yield from self.defined(LOSS, node, "probability_crossentropy", message, self.unsure())
        elif name in _DEFINITIONS:
            yield from self.renamed(LOSS, node, name)
        elif name in _KERAS3_LOSSES and self.context.settings.target == "keras3":
            yield self.by_name(LOSS, node, _KERAS3_LOSSES[name])

    def metric(self, node: ast.Constant, loss: ast.expr | None) -> Iterator[Finding]:
        name = str(node.value)
        if name in ("acc", "accuracy"):
            yield from self.accuracy(node, name, loss)
        elif name in _METRICS and self.era in (Era.KERAS1, Era.MIXED):
            message = f"the metric `{name}` of Keras 1 is gone"
            yield from self.defined(METRIC, node, _METRICS[name], message, self.unsure())
        elif name in _METRICS and name not in ("precision", "recall"):
            message = f"the metric `{name}` is gone"
            yield from self.defined(METRIC, node, _METRICS[name], message, ["it is meant as in Keras 1"])
        elif name in _DEFINITIONS:
            yield from self.renamed(METRIC, node, name)
        elif name in _KERAS3_METRICS and self.context.settings.target == "keras3":
            yield self.by_name(METRIC, node, _KERAS3_METRICS[name])

    def accuracy(self, node: ast.Constant, name: str, loss: ast.expr | None) -> Iterator[Finding]:
        """With `binary_crossentropy`, the accuracy of Keras 1 and 2 was that of each output."""
        if self.era not in (Era.KERAS1, Era.KERAS2, Era.MIXED) or not isinstance(loss, ast.Constant):
            return
        if loss.value != "binary_crossentropy" or not all((_width(look) or 0) > 1 for look in self.looks):
            return
        message = f"`{name}` is the accuracy of the largest output today, not that of each output"
        writing = self.writing()
        text = f"{writing.spell('keras.metrics.BinaryAccuracy')}(name={self.context.facts.index.source(node)})"
        yield self.finding(METRIC, node, message, text, writing, self.unsure(), "Ask for the accuracy of each output")

    def renamed(self, rule: str, node: ast.Constant, name: str) -> Iterator[Finding]:
        """A name whose function was another in Keras 1; what is left of it in later code is an error."""
        if self.era in (Era.KERAS1, Era.MIXED):
            message = f"`{name}` was another function in Keras 1"
            yield from self.defined(rule, node, _DEFINITIONS[name], message, self.unsure())
        elif name in ("cosine_proximity", "cosine"):
            old = "the code was written for Keras 2" if self.era is not Era.KERAS2 else None
            sign = rule == METRIC and "metrics named `cosine_similarity` may have the other sign"
            yield self.by_name(rule, node, "cosine_similarity", *(one for one in (old, sign) if one))

    def unsure(self) -> list[str]:
        return ["the code was written for Keras 1"] if self.era is Era.MIXED else []

    def is_softmax(self) -> bool:
        """Whether the model ends in a softmax, as far as the file tells."""
        if self.era not in (Era.KERAS1, Era.KERAS2, Era.MIXED):
            return False
        text = self.context.facts.index.text
        return bool(re.search(r"\bsoftmax\b", text)) and not re.search(r"\b(?:hard_)?sigmoid\b", text)

    def by_name(self, rule: str, node: ast.Constant, new: str, *assumptions: str) -> Finding:
        message = f"`{node.value!s}` has another name now"
        quote = self.context.facts.index.source(node)[-1:]
        writing = self.writing()
        text = f"{quote}{new}{quote}"
        return self.finding(rule, node, message, text, writing, list(assumptions), f"Call it `{new}`")

    def defined(
        self, rule: str, node: ast.Constant, snippet: str, message: str, assumptions: list[str]
    ) -> Iterator[Finding]:
        """A definition that the file gets in the place of a name."""
        writing = self.writing()
        try:
            name = writing.snippet(snippet)
        except Unrenderable as error:
            yield Finding(
                rule, *self.context.facts.index.span(node), message, help=f"Give the function itself: {error}"
            )
            return
        yield self.finding(rule, node, message, name, writing, assumptions, "Give the function itself")

    # -- fixes

    def writing(self) -> FileWriting:
        return FileWriting(self.context, None, self.context.facts.root)

    def finding(
        self,
        rule: str,
        node: ast.Constant,
        message: str,
        new: str,
        writing: FileWriting,
        assumptions: list[str],
        title: str,
    ) -> Finding:
        start, end = self.context.facts.index.span(node)
        for clause in assumptions:
            writing.assume(clause)
        return Finding(rule, start, end, message, writing.fix([Edit(start, end, (new,))], title))


def _texts(node: ast.expr | None) -> Iterator[ast.Constant]:
    """The texts of an argument: itself, or those in its lists and the values of its dictionaries."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node
    elif isinstance(node, (ast.List, ast.Tuple)):
        for element in node.elts:
            yield from _texts(element)
    elif isinstance(node, ast.Dict):
        for value in node.values:
            yield from _texts(value)


def _is_text(value: Value) -> TypeGuard[Const]:
    return isinstance(value, Const) and isinstance(value.value, str)


def _outputs(look: CallSeen) -> int:
    """The number of outputs of a model of the functional API; 0 if it is not known."""
    owner = look.callee.owner if isinstance(look.callee, Method) else None
    return len(owner.outputs) if isinstance(owner, Model) and owner.kind == "Model" else 0


def _width(look: CallSeen) -> int | None:
    """The number of outputs of the model for each sample."""
    owner = look.callee.owner if isinstance(look.callee, Method) else None
    outputs = owner.outputs if isinstance(owner, Model) else ()
    shape = outputs[0].shape if len(outputs) == 1 and isinstance(outputs[0], Tensor) else None
    return shape[-1] if shape else None
