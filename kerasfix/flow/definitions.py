"""Functions and classes of the project, where they are defined."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import TYPE_CHECKING

from kerasfix.flow import cases
from kerasfix.flow.frame import Frame
from kerasfix.flow.values import UNKNOWN, Api, Cases, Class, ClassInfo, External, Function, Value, options
from kerasfix.source.syntax import child_nodes

if TYPE_CHECKING:
    from kerasfix.flow.interpreter import Interpreter

_COMPOUND = (ast.If, ast.For, ast.While, ast.Try, ast.With)
_LAYER_METHODS = frozenset({"build", "get_output_shape_for", "compute_output_shape", "compute_mask"})


def run_function(run: Interpreter, node: ast.FunctionDef | ast.AsyncFunctionDef, frame: Frame) -> None:
    """`def`: binds the function, which runs where it is called."""
    for default in [*node.args.defaults, *(d for d in node.args.kw_defaults if d is not None)]:
        run.eval(default, frame)
    function = Function(node, frame, guarded=bool(frame.guard))
    run.functions.setdefault(node, function)
    decorated = [run.eval(decorator, frame) for decorator in node.decorator_list]
    cases.decorate(run, function, decorated, frame)
    frame.bind(node.name, function if all(map(_keeps_function, decorated)) else UNKNOWN)


def _keeps_function(decorator: Value) -> bool:
    """Whether a decorator gives back what it decorates, as far as values go."""
    return isinstance(decorator, (External, Api, Cases)) or decorator is UNKNOWN


def run_class(run: Interpreter, node: ast.ClassDef, frame: Frame) -> None:
    """`class`: runs its body, and binds what is known of the class."""
    bases = tuple(run.eval(base, frame) for base in node.bases)
    info = ClassInfo(node.name, frame.module, bases, base=_keras_base(bases), guarded=bool(frame.guard))
    cls = Class(node, info)
    body = Frame(
        frame.module, frame, role=frame.role, guard=frame.guard, depth=frame.depth, chain=frame.chain, is_class=True
    )
    # Until a class body has bound a name, it reads that of the code around it.
    around = ((name, body.lookup(name)) for name in _bound_on_some_paths(node))
    body.vars.update((name, value) for name, value in around if value is not None)
    run.block(node.body, body)
    for name, value in body.vars.items():
        if isinstance(value, Function) and value.owner is None and value.node in node.body:
            method = Function(value.node, frame, cls, value.guarded)
            info.methods[name] = method
            run.functions[value.node] = method
        else:
            info.attributes[name] = value
    info.layer_like = _is_layer_like(info)
    run.classes.append(cls)
    frame.module.facts.classes[node] = cls
    frame.bind(node.name, cls)


def _bound_on_some_paths(node: ast.ClassDef) -> Iterator[str]:
    """The names that statements within statements of a class body bind, as in `if new: merge = other`."""
    stack = [child for statement in node.body if isinstance(statement, _COMPOUND) for child in child_nodes(statement)]
    while stack:
        child = stack.pop()
        if isinstance(child, ast.Name) and isinstance(child.ctx, ast.Store):
            yield child.id
        elif isinstance(child, ast.alias):
            yield child.asname or child.name.partition(".")[0]
        elif not isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)):
            stack.extend(child_nodes(child))


def _keras_base(bases: tuple[Value, ...]) -> Value | None:
    for base in bases:
        for option in options(base):
            if isinstance(option, Api):
                return option
            if isinstance(option, Class) and option.info.base is not None:
                return option.info.base
    return None


def _is_layer_like(info: ClassInfo) -> bool:
    if isinstance(info.base, Api):
        return info.base.name.startswith("keras.layers.")
    if any(isinstance(base, Class) and base.info.layer_like for base in info.bases):
        return True
    # A base that was not seen: what looks like a layer is treated as one, so that it is left alone.
    unseen = any(not isinstance(base, Class) for base in info.bases)
    return unseen and "call" in info.methods and bool(_LAYER_METHODS & info.methods.keys())
