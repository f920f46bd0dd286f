"""A function of `keras.backend` that is called on Keras tensors outside of any layer."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from kerasfix.catalogue.conditions import applies
from kerasfix.catalogue.lambdas import render_lambda
from kerasfix.catalogue.rows import Binding, Pieces, Row
from kerasfix.checks import Context
from kerasfix.checks._arguments import FlowFacts, any_tensor, is_channels_last, may_mask
from kerasfix.checks.backend._calls import (
    BACKEND,
    Speller,
    backend_rows,
    inner_rows,
    is_backend,
    released,
    slots_of,
    with_comments,
)
from kerasfix.edits.calls import call_text, only_argument
from kerasfix.findings import Applicability, Edit, Finding, Fix
from kerasfix.flow.facts import CallSeen, root_of
from kerasfix.flow.values import Api, Origin, Role, tensors

RULE = "backend-op-outside-layer"
RULES = frozenset({RULE})

_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
# Layers that have a function of the same name in lower case, for `layer-style = "function"`.
_FUNCTIONS = frozenset({"Concatenate", "Maximum", "Minimum", "Dot"})


def check(context: Context) -> Iterator[Finding]:
    """Every backend call of model code on a tensor that is certain to be a Keras tensor."""
    calls = context.facts.calls
    candidates = [node for node, looks in calls.items() if any(is_backend(look) for look in looks)]
    if not candidates:
        return
    index = context.facts.index
    offences = {node: calls[node] for node in candidates if is_offence(context, node)}
    rewriter = _Rewriter(context, offences)
    for node in sorted(offences, key=lambda node: (index.span(node)[0], -index.span(node)[1])):
        if node not in rewriter.done:
            yield rewriter.finding(node)


def is_offence(context: Context, node: ast.Call) -> bool:
    """Whether a call of a backend function is one on Keras tensors outside of any layer."""
    looks = context.facts.calls[node]
    names = {look.callee.name if isinstance(look.callee, Api) else "" for look in looks}
    if len(names) > 1 or any(look.guarded for look in looks):
        return False
    rows = backend_rows().get(names.pop(), ())
    if not rows or rows[0].leave:
        return False
    found = [look for look in looks if look.role is Role.MODEL and _on_keras_tensors(look)]
    if not found:
        return False
    if (
        context.settings.target == "keras3"
        and len(found) < len(looks)
        and any(row.inner for row in inner_rows()[rows[0].function])
    ):
        return False  # a function of `keras.ops` is right inside and outside: see `removed-backend-function`
    sinks = context.facts.sinks.get(node, set())
    if all(_origins(look) == {Origin.EXTRACTED} for look in found):
        # `K.mean(model.output)` is the start of a graph of the user's own more often than of a new model.
        return sinks == {"model"}
    if not sinks:
        return not _keeps_no_batch(node, rows) and not _is_for_a_closure(context, node)
    return "model" in sinks


def _keeps_no_batch(node: ast.Call, rows: tuple[Row, ...]) -> bool:
    """Whether the result is one number for the whole batch, as losses are."""
    binding = rows[-1].bind(node)
    return binding is not None and "keepdims" in binding.defaults and "axis" not in binding.given


def _is_for_a_closure(context: Context, node: ast.Call) -> bool:
    """Whether the result goes to a variable that a function inside uses: that of a `Lambda`, or a loss."""
    statement: ast.AST | None = node
    while statement is not None and not isinstance(statement, ast.stmt):
        statement = context.facts.parents.get(statement)
    if not isinstance(statement, ast.Assign):
        return False
    names = {part.id for target in statement.targets for part in ast.walk(target) if isinstance(part, ast.Name)}
    scope = context.facts.parents.get(statement)
    while scope is not None and not isinstance(scope, (*_SCOPES, ast.Module)):
        scope = context.facts.parents.get(scope)
    functions = (
        (inner for inner in ast.walk(scope) if isinstance(inner, _SCOPES) and inner is not scope) if scope else ()
    )
    return any(isinstance(part, ast.Name) and part.id in names for inner in functions for part in ast.walk(inner))


def _on_keras_tensors(look: CallSeen) -> bool:
    values = (*look.args, *(value for _, value in look.keywords))
    return any(any_tensor(value, symbolic=True) for value in values)


def _origins(look: CallSeen) -> set[Origin]:
    values = (*look.args, *(value for _, value in look.keywords))
    return {tensor.origin for value in values for tensor in tensors(value) if tensor.symbolic}


@dataclass
class _Rewriter:
    """Writes the findings of one file."""

    context: Context
    offences: dict[ast.Call, list[CallSeen]]
    done: set[ast.expr] = field(default_factory=set)  # calls that have gone into the `Lambda` of another
    names: set[str] | None = None

    def __post_init__(self) -> None:
        self.facts = FlowFacts(self.context.facts, self.offences)
        if self.context.settings.target == "keras2":
            for node in self.offences:
                if (found := self.choose(node)) is not None and _needs_lambda(found[0]):
                    self.facts.ops[node] = found

    def finding(self, node: ast.Call) -> Finding:
        index = self.context.facts.index
        start, end = index.span(node)
        source = index.source(node.func)
        message = f"`{source}` is called on Keras tensors outside of any layer"
        looks = self.offences[node]
        if any(look.role.inner for look in looks):
            advice = f"`{source}` is right inside a layer and wrong in a model: give the two a function each"
            return Finding(RULE, start, end, message, help=advice)
        fix = self.fix(node)
        if fix is not None:
            return Finding(RULE, start, end, message, fix)
        return Finding(RULE, start, end, message, help=self.advice(node))

    def choose(self, node: ast.Call) -> tuple[Row, Binding] | None:
        """The first row for a call that has something for the target."""
        target = self.context.settings.target
        for row in self.rows(node):
            binding = row.bind(node)
            if binding is None or not row.templates or not applies(row, binding, self.facts):
                continue
            if row.template(target) is None and (row.advice or target == "keras3"):
                continue
            if not _takes_foreign_tensors(row, binding, self.facts, target):
                return row, binding
        return None

    def rows(self, node: ast.Call) -> tuple[Row, ...]:
        callee = self.offences[node][0].callee
        return backend_rows()[callee.name] if isinstance(callee, Api) else ()

    def advice(self, node: ast.Call) -> str:
        found = [row.advice for row in self.rows(node) if row.advice]
        if found:
            return found[-1][0].upper() + found[-1][1:]
        return "Write a layer around it, with all tensors as its inputs and all weights made in its `build`"

    def fix(self, node: ast.Call) -> Fix | None:
        assumes = []
        found = self.choose(node)
        if found is None:
            # An attention in a helper function is a `Dot` for the tensors that it was seen to get.
            self.facts.trusting = True
            found = self.choose(node)
            self.facts.trusting = False
            assumes.append("the tensors have as many axes as in the calls that were seen")
        if found is None:
            return None
        row, binding = found
        speller = Speller(self.context, node.func, root_of(self.offences[node]))
        if node in self.facts.ops:
            name = self.lambda_name(node)
            written = render_lambda(row, binding, self.context.facts.index, speller, self.facts, name=name)
            if written is None:
                return None
            self.done.update(written.inside)
            self.names = {*(self.names or ()), name or ""}
            pieces = with_comments(self.context.facts.index, node, written.pieces)
            return self.made(node, pieces, speller, "Replace with a `Lambda` layer", ())
        template = row.template(self.context.settings.target)
        assert template is not None
        rendered = self.render(node, row, binding, template, speller)
        if rendered is None:
            return None
        if isinstance(template.func, ast.Call) and may_mask(self.context.facts):
            assumes.append("no mask comes with the tensors, which a layer hands on and a backend function does not")
        return self.made(node, rendered, speller, f"Replace with `{speller(_function(template))}`", assumes)

    def render(
        self, node: ast.Call, row: Row, binding: Binding, template: ast.Call, spell: Callable[[str], str]
    ) -> Pieces | None:
        index = self.context.facts.index
        text = call_text(index, node)
        slots = slots_of(node, text)
        last_format = is_channels_last(self.context.facts)
        layer = template.func
        if self.context.settings.layer_style == "function" and _function(template).rpartition(".")[2] in _FUNCTIONS:
            template = _as_function(template)
        elif isinstance(layer, ast.Call) and len(template.args) == 1 and not template.keywords:
            given = binding.given.get(_parameter(template.args[0]))
            kept = next((one for one in text.args if given is not None and slots[given] == one.slot), None)
            head = row.render(layer, binding, index, spell, channels_last=last_format, slots=slots, whole=template)
            if head is not None and kept is not None and not isinstance(given, ast.Tuple):
                return (*head, "(", *only_argument(index, text, kept), ")")
        rendered = row.render(template, binding, index, spell, channels_last=last_format, slots=slots)
        return rendered and with_comments(index, node, rendered)

    def made(self, node: ast.Call, pieces: Pieces, speller: Speller, title: str, assumes: Sequence[str]) -> Fix:
        start, end = self.context.facts.index.span(node)
        return Fix(
            edits=(Edit(start, end, pieces),),
            applicability=Applicability.UNSAFE if assumes else Applicability.SAFE,
            title=title,
            assumes=" and ".join(assumes) or None,
            imports=tuple(dict.fromkeys(speller.imports)),
            # A `Lambda` that this pass writes goes on using the name.
            releases=frozenset() if self.facts.ops else frozenset(released(self.context, node.func)),
            keeps=frozenset(speller.kept),
        )

    def lambda_name(self, node: ast.Call) -> str | None:
        """A name for a layer that is made once: of the variable that gets the result, else of the function."""
        looks = self.offences[node]
        if any(look.repeated for look in looks):
            return None
        if self.names is None:
            constants = self.context.facts.nodes(ast.Constant)
            self.names = {constant.value for constant in constants if isinstance(constant.value, str)}
        parent = self.context.facts.parents.get(node)
        target = parent.targets[0] if isinstance(parent, ast.Assign) and len(parent.targets) == 1 else None
        callee = looks[0].callee
        base = callee.name.rpartition(".")[2] if isinstance(callee, Api) else "op"
        if isinstance(target, ast.Name) and target.id.isascii() and target.id[0].isalpha() and len(target.id) > 1:
            base = target.id
        name, number = base, 1
        while name in self.names:
            number += 1
            name = f"{base}_{number}"
        return name


def _needs_lambda(row: Row) -> bool:
    template = row.template("keras2")
    return template is None or _function(template).startswith(BACKEND)


def _takes_foreign_tensors(row: Row, binding: Binding, facts: FlowFacts, target: str) -> bool:
    """Whether a layer would be called on something that is not known to be a Keras tensor, or a variable be lost.

    No model trains or saves a variable that was made outside of its layers.
    """
    template = row.template(target)
    if template is not None and isinstance(template.func, ast.Call):
        inputs = {part.id for argument in template.args for part in ast.walk(argument) if isinstance(part, ast.Name)}
        return not all(facts.symbolic(binding.given[name]) for name in inputs & set(binding.given))
    values = (facts.known(node) for node in binding.given.values())
    return any(value is not None and any_tensor(value, symbolic=False) for value in values)


def _function(template: ast.Call) -> str:
    func = template.func.func if isinstance(template.func, ast.Call) else template.func
    return ast.unparse(func)


def _parameter(node: ast.expr) -> str:
    """The parameter that a template's argument stands for: `x`, `listed(x)`."""
    node = node.args[0] if isinstance(node, ast.Call) and node.args else node
    return node.id if isinstance(node, ast.Name) else ""


def _as_function(template: ast.Call) -> ast.Call:
    """`keras.layers.Concatenate(axis=axis)(tensors)` as `keras.layers.concatenate(tensors, axis=axis)`."""
    layer = template.func
    assert isinstance(layer, ast.Call) and isinstance(layer.func, ast.Attribute)
    function = ast.Attribute(layer.func.value, layer.func.attr.lower(), ast.Load())
    return ast.Call(function, template.args, layer.keywords)
