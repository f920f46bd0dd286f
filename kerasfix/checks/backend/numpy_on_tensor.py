"""NumPy's functions on tensors of the backend, which worked with Theano alone."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from functools import cache

from kerasfix.catalogue import load_catalogue
from kerasfix.catalogue.rows import Row, parse_rows
from kerasfix.checks import Context
from kerasfix.checks._arguments import CallFacts
from kerasfix.checks._scopes import ancestors
from kerasfix.checks.backend._calls import external_name
from kerasfix.checks.backend._removed_write import Written, choose, write
from kerasfix.findings import Applicability, Edit, Finding, Fix
from kerasfix.flow.facts import CallSeen, ModuleFacts
from kerasfix.flow.values import Api, External, Role, Tensor, options

RULE = "numpy-function-on-tensor"
RULES = frozenset({RULE})
# What Keras 2 has no function for, as the logarithm of another base.
_BASES = {"numpy.log10": "10.", "numpy.log2": "2."}
# Functions that read no values: of a shape, or of the type.
_HARMLESS = frozenset({"numpy.shape", "numpy.ndim", "numpy.size", "numpy.isscalar", "numpy.iterable"})
_LIBRARIES = ("keras.backend.", "keras.ops.", "tensorflow.")
_GIVEN = frozenset({"y_true", "y_pred"})  # what a loss or a metric gets


@cache
def numpy_rows() -> dict[str, tuple[Row, ...]]:
    """What functions of NumPy become on tensors."""
    return parse_rows(load_catalogue().rules[RULE].rows)


def check(context: Context) -> Iterator[Finding]:
    """Every such call in code that is run on tensors alone."""
    facts = context.facts
    for node, looks in facts.calls.items():
        name = _function(looks)
        # A call that is also one of arrays is among the others, too.
        if name is None or node in facts.other_calls or not all(_runs_on_tensors(look) for look in looks):
            continue
        if all(_has_tensor(facts, node, look) for look in looks):
            yield _finding(context, node, looks, name)


def _function(looks: Sequence[CallSeen]) -> str | None:
    name = external_name(looks)
    return name if name is not None and name.startswith("numpy.") and name not in _HARMLESS else None


def _runs_on_tensors(look: CallSeen) -> bool:
    """Whether the code is a function given to Keras, or what a layer's `call` does: `build` may work on values."""
    if look.role is Role.LAYER:
        return any(getattr(function, "name", "") in ("call", "get_output") for function in look.chain)
    return look.role is Role.LAMBDA


def _has_tensor(facts: ModuleFacts, node: ast.Call, look: CallSeen) -> bool:
    pairs = list(zip(node.args, look.args))
    pairs += [(word.value, value) for word in node.keywords for name, value in look.keywords if name == word.arg]
    return any(
        any(isinstance(option, Tensor) for option in options(value)) and _is_made(facts, argument, frozenset())
        for argument, value in pairs
    )


def _is_made(facts: ModuleFacts, node: ast.expr, seen: frozenset[str]) -> bool:
    """Whether an expression is made of a tensor for certain: what an initializer gets may be numbers of a shape."""
    if isinstance(node, ast.BinOp):
        return _is_made(facts, node.left, seen) or _is_made(facts, node.right, seen)
    if isinstance(node, (ast.UnaryOp, ast.Subscript)):
        return _is_made(facts, node.operand if isinstance(node, ast.UnaryOp) else node.value, seen)
    if isinstance(node, ast.Call):
        return node not in facts.other_calls and all(map(_makes_tensor, facts.calls.get(node, [None])))
    if not isinstance(node, ast.Name) or node.id in seen:
        return False
    function = _function_around(facts, node)
    if function is None:
        return False
    stored = [part for part in ast.walk(function) if isinstance(part, ast.Name) and part.id == node.id]
    if not any(isinstance(part.ctx, ast.Store) for part in stored):
        return node.id in _GIVEN and node.id in {argument.arg for argument in function.args.args}
    values = [_value_of(facts, part) for part in stored if isinstance(part.ctx, ast.Store)]
    return all(value is not None and _is_made(facts, value, seen | {node.id}) for value in values)


def _function_around(facts: ModuleFacts, node: ast.AST) -> ast.FunctionDef | ast.Lambda | None:
    around = ancestors(node, facts.parents)
    return next((one for one in around if isinstance(one, (ast.FunctionDef, ast.Lambda))), None)


def _value_of(facts: ModuleFacts, name: ast.Name) -> ast.expr | None:
    """What a name is set to by a plain assignment."""
    around = facts.parents.get(name)
    return around.value if isinstance(around, ast.Assign) and around.targets == [name] else None


def _makes_tensor(look: CallSeen | None) -> bool:
    """Whether a call was seen to be one of a function of the backend, or of TensorFlow, that gives a tensor."""
    if look is None or not all(isinstance(option, Tensor) for option in options(look.result)):
        return False
    return isinstance(look.callee, (Api, External)) and look.callee.name.startswith(_LIBRARIES)


def _finding(context: Context, node: ast.Call, looks: Sequence[CallSeen], name: str) -> Finding:
    index = context.facts.index
    start, end = index.span(node)
    source = " ".join(index.source(node.func).split())
    message = f"`{source}` cannot be called on tensors: only Theano's knew NumPy's functions"
    written = _write(context, node, looks, name)
    if written is None:
        library = "`keras.ops`" if context.settings.target == "keras3" else "`keras.backend` or TensorFlow"
        return Finding(RULE, start, end, message, help=f"Write what it computes with functions of {library}")
    fix = Fix(
        edits=tuple(written.edits),
        applicability=Applicability.SAFE,
        title=written.title,
        imports=tuple(dict.fromkeys(written.imports)),
        keeps=frozenset(written.kept),
    )
    return Finding(RULE, start, end, message, fix)


def _write(context: Context, node: ast.Call, looks: Sequence[CallSeen], name: str) -> Written | None:
    base = _BASES.get(name) if context.settings.target == "keras2" else None
    rows = numpy_rows().get("numpy.log" if base else name, ())
    chosen = choose(context, node, rows, CallFacts(context.facts, {node: looks}))
    written = write(context, node, context.facts.root, chosen) if chosen is not None else None
    if written is None or base is None:
        return written
    if not isinstance(node.func, ast.Attribute):
        return None  # there is no name for NumPy to be seen
    start, end = context.facts.index.span(node)
    numpy = context.facts.index.source(node.func.value)
    around = isinstance(context.facts.parents.get(node), (ast.BinOp, ast.UnaryOp, ast.Attribute, ast.Subscript))
    before, after = ("(", ")") if around else ("", "")
    written.edits = [Edit(start, start, (before,)), *written.edits, Edit(end, end, (f" / {numpy}.log({base}){after}",))]
    return written
