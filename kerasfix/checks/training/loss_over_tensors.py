"""Loss functions that read Keras tensors of the model around them, as `z_mean` in a variational autoencoder."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from kerasfix.catalogue.adapters import Unrenderable
from kerasfix.checks import Context
from kerasfix.checks._arguments import argument_node
from kerasfix.checks._scopes import definitions, scope_of, statement_of
from kerasfix.checks._writing import FileWriting
from kerasfix.findings import Edit, Finding, Fix, Slot
from kerasfix.flow.facts import CallSeen, FunctionNode
from kerasfix.flow.values import Function, Method, Model, Tensor, is_symbolic

RULE = "loss-over-tensors"
RULES = frozenset({RULE})
_HELP = "Hand the tensors to a layer of the model, beside the output, and let it add this loss by `self.add_loss(...)`"
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)


@dataclass(frozen=True, slots=True)
class _Loss:
    """A loss function that is given to `compile`, and the tensors that it reads, as they are written outside of it."""

    function: FunctionNode
    expression: ast.expr  # what `compile` gets
    names: tuple[str, ...]
    sources: tuple[ast.expr, ...]  # by which the call of a factory names them; else empty
    model: ast.Call


def check(context: Context) -> Iterator[Finding]:
    """Every loss of a `compile` that reads tensors which are not among its arguments."""
    losses = [
        loss
        for node, looks in context.facts.calls.items()
        if looks and all(_is_compile(look) for look in looks) and (loss := _loss(context, node, looks)) is not None
    ]
    for loss in losses:
        yield _finding(context, loss, [other for other in losses if other.function is loss.function])


def _is_compile(look: CallSeen) -> bool:
    callee = look.callee
    named = isinstance(callee, Method) and callee.name == "compile" and isinstance(callee.owner, Model)
    return named and not look.guarded


def _loss(context: Context, node: ast.Call, looks: Sequence[CallSeen]) -> _Loss | None:
    expression = argument_node(node, 1, "loss")
    values = {look.argument(1, "loss") for look in looks}
    owners = [look.callee.owner for look in looks if isinstance(look.callee, Method)]
    models = {owner.site for owner in owners if isinstance(owner, Model)}
    value = values.pop() if len(values) == 1 else None
    model = models.pop() if len(models) == 1 else None
    if expression is None or not isinstance(value, Function) or model is None or value.guarded:
        return None
    if not all(part in context.facts.parents for part in (value.node, model)):
        return None
    names = _tensors(context, value)
    if not names:
        return None
    sources: tuple[ast.expr, ...] = ()
    if isinstance(expression, ast.Call):
        factory = scope_of(value.node, context.facts.parents)
        sources = tuple(_arguments(expression, factory, names)) if isinstance(factory, _FUNCTIONS) else ()
    return _Loss(value.node, expression, names, sources, model)


def _tensors(context: Context, function: Function) -> tuple[str, ...]:
    """The names of Keras tensors that a function reads from around it, in the order of their first reading."""
    scopes, parents = context.facts.scopes, context.facts.parents
    found: list[str] = []
    reads = [part for part in ast.walk(function.node) if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Load)]
    for read in sorted(reads, key=lambda part: (part.lineno, part.col_offset)):
        scope = scopes.at(read)
        bound = scope.resolve(read.id) if scope is not None else None
        if read.id in found or bound is None or _is_within(bound.node, function.node, parents):
            continue
        value = function.frame.lookup(read.id)
        if isinstance(value, Tensor) and is_symbolic(value):
            found.append(read.id)
    return tuple(found)


def _is_within(node: ast.AST, outer: ast.AST, parents: dict[ast.AST, ast.AST]) -> bool:
    while node is not outer and node in parents:
        node = parents[node]
    return node is outer


def _arguments(call: ast.Call, factory: FunctionNode, names: Sequence[str]) -> Iterator[ast.expr]:
    """The arguments by which a call hands on what the function that it calls names so."""
    positions = [one.arg for one in (*factory.args.posonlyargs, *factory.args.args)]
    given = dict(zip(positions, call.args)) | {one.arg: one.value for one in call.keywords if one.arg is not None}
    starred = any(isinstance(one, ast.Starred) for one in call.args)
    for name in names:
        if name in given and not starred:
            yield given[name]


def _finding(context: Context, loss: _Loss, same: Sequence[_Loss]) -> Finding:
    index = context.facts.index
    start, end = index.span(loss.expression)
    names = " and ".join(f"`{name}`" for name in loss.names)
    called = f"`{loss.function.name}`" if not isinstance(loss.function, ast.Lambda) else "This loss"
    message = f"{called} reads {names}: a loss function gets values now, and other tensors of the model have none"
    fix = _fix(context, loss) if len({other.model for other in same}) == 1 else None
    return Finding(RULE, start, end, message, fix, None if fix else _HELP)


def _fix(context: Context, loss: _Loss) -> Fix | None:
    index, parents = context.facts.index, context.facts.parents
    output = _output(loss.model)
    holder = f"{'' if isinstance(loss.function, ast.Lambda) else loss.function.name + '_'}tensors"
    if output is None or holder in index.text or not _is_plain(context, loss, output):
        return None
    writing = FileWriting(context, None, context.facts.root)
    try:
        layer = writing.snippet("TensorsForLoss")
    except Unrenderable:
        return None
    place, _ = index.span(statement_of(loss.model, parents))
    line, column = index.position(place)
    indent = index.line_text(line)[:column]
    if indent.strip():
        return None
    handed = [index.source(one) for one in loss.sources] or list(loss.names)
    edits = [
        Edit(place, place, (f"{holder} = {layer}(){index.newline_at(place)}{indent}",)),
        Edit(*index.span(output), (f"{holder}([", Slot(*index.span(output)), f", {', '.join(handed)}])")),
        *_reading(context, loss, holder),
    ]
    given = [one.id for one in loss.sources if isinstance(one, ast.Name)] or list(loss.names)
    aside = [name for name in given if name not in _origins(context, output)]
    if aside:
        names = " and ".join(f"`{name}`" for name in aside)
        writing.assume(
            f"{names} comes from layers that the output comes from, too, so that the model gets no new weights"
        )
    return writing.fix(edits, "Hand the tensors to the loss through a layer of the model")


def _output(model: ast.Call) -> ast.expr | None:
    """The output of `Model(x, y)`, if it is a single one."""
    if any(isinstance(one, ast.Starred) for one in model.args) or any(one.arg is None for one in model.keywords):
        return None
    named = next((one.value for one in model.keywords if one.arg in ("output", "outputs")), None)
    output = named if named is not None else model.args[1] if len(model.args) > 1 else None
    return None if isinstance(output, (ast.List, ast.Tuple, ast.Dict)) else output


def _is_plain(context: Context, loss: _Loss, output: ast.expr) -> bool:
    """Whether model, tensors and loss are of one scope, and each tensor has its name for good, before the model."""
    parents, scopes = context.facts.parents, context.facts.scopes
    scope = scope_of(loss.model, parents)
    if loss.sources:
        simple = len(loss.sources) == len(loss.names) and all(isinstance(one, ast.Name) for one in loss.sources)
        names = [one.id for one in loss.sources if isinstance(one, ast.Name)]
        at_home = simple and scope_of(loss.expression, parents) is scope
    else:
        names = list(loss.names)
        at_home = not isinstance(loss.expression, ast.Call) and scope_of(loss.function, parents) is scope
    if not at_home:
        return False
    for name in names:
        bindings = [
            node
            for node in scopes.named[name]
            if isinstance(node.ctx, ast.Store) and (at := scopes.at(node)) is not None and at.node is scope
        ]
        if len(bindings) != 1 or bindings[0].lineno >= output.lineno:
            return False
    return True


def _origins(context: Context, output: ast.expr) -> set[str]:
    """The names that an expression is made from, through the assignments of its scope."""
    known: set[str] = set()
    waiting: list[ast.AST] = [output]
    while waiting:
        for node in ast.walk(waiting.pop()):
            if isinstance(node, ast.Name) and node.id not in known:
                known.add(node.id)
                found = definitions(node.id, output, context.facts)
                waiting.extend(one.value for one in found if one.value is not None)
    return known


def _reading(context: Context, loss: _Loss, holder: str) -> Iterator[Edit]:
    """The edits by which the loss reads the tensors from the layer."""
    index = context.facts.index
    if loss.sources:
        start, end = index.span(loss.expression)
        yield Edit(start, end, ("lambda y_true, y_pred: ", Slot(start, end), "(y_true, y_pred)"))
        for number, source in enumerate(loss.sources):
            yield Edit(*index.span(source), (f"{holder}.tensors[{number}]",))
        return
    function = loss.function
    if not isinstance(function, ast.Lambda):
        body = [one for one in function.body if not _is_docstring(one)] or function.body
        place, _ = index.span(body[0])
        line, column = index.position(place)
        indent = index.line_text(line)[:column]
        if not indent.strip():
            names = ", ".join(loss.names) if len(loss.names) > 1 else f"({loss.names[0]},)"
            yield Edit(place, place, (f"{names} = {holder}.tensors{index.newline_at(place)}{indent}",))
            return
    for node in ast.walk(function):
        if isinstance(node, ast.Name) and node.id in loss.names and _is_of_outside(context, node, function):
            yield Edit(*index.span(node), (f"{holder}.tensors[{loss.names.index(node.id)}]",))


def _is_of_outside(context: Context, node: ast.Name, function: FunctionNode) -> bool:
    scope = context.facts.scopes.at(node)
    bound = scope.resolve(node.id) if scope is not None else None
    return bound is not None and not _is_within(bound.node, function, context.facts.parents)


def _is_docstring(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
