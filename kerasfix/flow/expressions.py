"""The abstract values of expressions other than calls."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from kerasfix.flow import calls
from kerasfix.flow.facts import AttributeSeen
from kerasfix.flow.frame import Frame, ListState, external
from kerasfix.flow.imports import keras_value, package_member
from kerasfix.flow.narrowing import narrow, tells_lengths
from kerasfix.flow.values import (
    UNKNOWN,
    Api,
    Class,
    Const,
    DictValue,
    External,
    Function,
    Instance,
    Items,
    Layer,
    LayerList,
    ListRef,
    Method,
    Model,
    Module,
    Object,
    Origin,
    ProjectModule,
    ProjectPackage,
    Super,
    Tensor,
    Union,
    Value,
    Version,
    depends_on_version,
    join,
    options,
    union,
)
from kerasfix.names.canonical import LEGACY

if TYPE_CHECKING:
    from kerasfix.flow.interpreter import Interpreter

ANY_LAYER = Layer("keras.layers.Layer")

# Attributes of Keras tensors, models and optimizers that rules ask for.
WATCHED_ATTRIBUTES = frozenset(
    ["_keras_shape", "_keras_history", "_uses_learning_phase", "uses_learning_phase", "lr", "decay"]
)
# Attributes that Keras' layers had, or have under another name; asked for where the object is a layer.
LAYER_ATTRIBUTES = frozenset(
    """inbound_nodes outbound_nodes input_shape output_shape input_mask output_mask get_output_at get_input_at
    get_output_shape_at get_input_shape_at get_output_mask_at get_input_mask_at W b U W_shape output_dim
    nb_filter nb_row nb_col kernel_dim1 kernel_dim2 kernel_dim3 filter_length border_mode subsample
    subsample_length dim_ordering init inner_init inner_activation W_regularizer U_regularizer b_regularizer
    W_constraint b_constraint dropout_W dropout_U p sigma running_mean running_std gamma_init beta_init
    pool_length stride atrous_rate regularizers implementation updates""".split()
)
MODEL_ATTRIBUTES = frozenset({"regularizers", "stateful", "updates"})

# Methods of Keras' models and generators that rules ask for, also where nothing is known of the object.
WATCHED_METHODS = frozenset(
    [
        "compile",
        "fit",
        "evaluate",
        "predict",
        "fit_generator",
        "evaluate_generator",
        "predict_generator",
        "predict_classes",
        "predict_proba",
        "train_on_batch",
        "test_on_batch",
        "save_weights",
        "load_weights",
    ]
)

_OUTPUTS = frozenset({"output", "input"})
_BUILTINS = frozenset(
    [
        "range",
        "len",
        "zip",
        "enumerate",
        "list",
        "tuple",
        "dict",
        "set",
        "sorted",
        "reversed",
        "map",
        "filter",
        "sum",
        "min",
        "max",
        "int",
        "float",
        "str",
        "abs",
        "isinstance",
        "hasattr",
        "dir",
        "vars",
        "bool",
        "ord",
        "getattr",
        "setattr",
        "delattr",
        "super",
        "print",
        "type",
        "iter",
        "next",
        "any",
        "all",
    ]
)


def _name(run: Interpreter, node: ast.Name, frame: Frame) -> Value:
    value = frame.lookup(node.id)
    if value is None:
        return External(f"builtins.{node.id}") if node.id in _BUILTINS else UNKNOWN
    _see_models(node, value, frame)
    if isinstance(value, Api):
        _see_api(node, value, frame)
    if node.id in frame.module.facts.legacy_names:
        _see_legacy(node, value, frame)
    return value


def _see_legacy(node: ast.Name, value: Value, frame: Frame) -> None:
    reads = frame.module.facts.legacy_reads
    legacy = any(isinstance(option, Api) and option.name in LEGACY for option in options(value))
    reads[node] = legacy or reads.get(node, False)


def _see_models(node: ast.expr, value: Value, frame: Frame) -> None:
    for option in (value,) if isinstance(value, Model) else value.options if isinstance(value, Union) else ():
        if isinstance(option, Model):
            frame.module.facts.model_uses.setdefault(node, set()).add(option)


def _see_api(node: ast.expr, value: Value, frame: Frame) -> None:
    looks = frame.module.facts.api_loads.setdefault(node, [])
    if value not in looks:
        looks.append(value)


def _constant(run: Interpreter, node: ast.Constant, frame: Frame) -> Value:
    return Const(node.value)


def dotted(node: ast.expr) -> str | None:
    """`a.b.c` as a string, or None if the expression is anything else."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    if not isinstance(node, ast.Name):
        return None
    return ".".join([node.id, *reversed(parts)])


def see_attribute(node: ast.Attribute, owner: Value, frame: Frame) -> None:
    """Take down a look at an attribute that a rule asks for."""
    of_layer = node.attr in LAYER_ATTRIBUTES and any(isinstance(option, Layer) for option in options(owner))
    of_model = node.attr in MODEL_ATTRIBUTES and any(isinstance(option, Model) for option in options(owner))
    if of_layer or of_model or node.attr in WATCHED_ATTRIBUTES:
        seen = AttributeSeen(owner, frame.role, bool(frame.guard))
        frame.module.facts.attributes.setdefault(node, []).append(seen)
    elif node.attr in _OUTPUTS:
        seen = AttributeSeen(owner, frame.role, bool(frame.guard))
        frame.module.facts.ends.setdefault(node, []).append(seen)


def _attribute(run: Interpreter, node: ast.Attribute, frame: Frame) -> Value:
    name = dotted(node)
    if name is not None and name in frame.vars:
        value = frame.vars[name]
        if node.attr in WATCHED_ATTRIBUTES:
            see_attribute(node, run.eval(node.value, frame), frame)
    else:
        owner = run.eval(node.value, frame)
        see_attribute(node, owner, frame)
        value = (
            union([attribute(run, option, node, frame) for option in owner.options])
            if isinstance(owner, Union)
            else attribute(run, owner, node, frame)
        )
    _see_models(node, value, frame)
    if isinstance(value, Api):
        _see_api(node, value, frame)
    return value


def attribute(run: Interpreter, owner: Value, node: ast.Attribute, frame: Frame) -> Value:
    """What an attribute of a value is."""
    name = node.attr
    if isinstance(owner, (Module, Api)):
        return _keras_attribute(owner, name, frame)
    if isinstance(owner, External):
        return external(f"{owner.name}.{name}")
    if isinstance(owner, ProjectModule):
        owner.state.facts.imported_by_others.add(name)
        return owner.state.vars.get(name) or owner.state.star(name) or UNKNOWN
    if isinstance(owner, ProjectPackage):
        return package_member(run, owner, name)
    if isinstance(owner, Tensor):
        return _tensor_attribute(owner, name, node)
    if isinstance(owner, Model):
        return _model_attribute(run, owner, name, node)
    if isinstance(owner, (Instance, Class)):
        return _object_attribute(run, owner, node, frame)
    if isinstance(owner, Layer):
        if name in _OUTPUTS:
            return Tensor(Origin.EXTRACTED)
        return Method(owner, name, node.value)
    if isinstance(owner, (ListRef, Items, DictValue, LayerList, Object, Super)):
        return Method(owner, name, node.value)
    if isinstance(owner, Version):
        return owner
    # What it is of is not known, but what it is called with may tell.
    return Method(UNKNOWN, name, node.value) if name in WATCHED_METHODS else UNKNOWN


def _keras_attribute(owner: Module | Api, name: str, frame: Frame) -> Value:
    path = owner.name
    root = owner.root or "keras"
    if not path.startswith("keras"):
        # `tf.keras`, `tf.contrib.keras`, `tf.__version__`
        full = f"{path}.{name}"
        if name == "__version__":
            return Version()
        return keras_value(full) or external(full)
    if name == "__version__":
        return Version()
    value = keras_value(f"{path}.{name}")
    if isinstance(value, Module):
        return Module(value.name, root)
    if isinstance(value, Api):
        guarded = isinstance(owner, Api) and owner.guarded
        return Api(value.name, root, guarded or bool(frame.guard))
    return value or UNKNOWN


def _tensor_attribute(owner: Tensor, name: str, node: ast.Attribute) -> Value:
    if name in ("shape", "_keras_shape"):
        return shape_value(owner)
    return Method(owner, name, node.value)


def shape_value(tensor: Tensor) -> Value:
    """The shape of a tensor as a tuple of constants, as far as it is known."""
    if tensor.shape is None:
        return Items(None, UNKNOWN, 0)
    return Items(tuple(UNKNOWN if size is None else Const(size) for size in tensor.shape), UNKNOWN, len(tensor.shape))


def _model_attribute(run: Interpreter, owner: Model, name: str, node: ast.Attribute) -> Value:
    if name in ("output", "input"):
        known = run.outputs_of(owner) if name == "output" else owner.inputs
        return _extracted(known[0]) if len(known) == 1 else Tensor(Origin.EXTRACTED)
    if name in ("outputs", "inputs"):
        known = run.outputs_of(owner) if name == "outputs" else owner.inputs
        return Items(tuple(map(_extracted, known)) or None, Tensor(Origin.EXTRACTED), 1)
    if name == "layers":
        return LayerList()
    return Method(owner, name, node.value)


def _extracted(value: Value) -> Value:
    if not isinstance(value, Tensor):
        return Tensor(Origin.EXTRACTED)
    return Tensor(Origin.EXTRACTED, value.shape, value.lost, value.masked)


def _object_attribute(run: Interpreter, owner: Instance | Class, node: ast.Attribute, frame: Frame) -> Value:
    name = node.attr
    cls = owner.cls if isinstance(owner, Instance) else owner
    method = cls.info.find(name)
    stored = cls.info.attribute(name)
    if method is not None and stored is None:
        if any(isinstance(d, ast.Name) and d.id == "property" for d in getattr(method.node, "decorator_list", ())):
            role = frame.role if frame.role.inner else run.role_of_method(method.owner or cls, method)
            return run.call_function(method, (owner,), (), role, frame)
        return Method(owner, name, node.value)
    if stored is not None:
        return stored
    base = cls.info.base
    if isinstance(base, Api) and base.name.startswith("keras.models."):
        return _model_attribute(run, Model("Model"), name, node)
    if isinstance(base, Api) and base.name.startswith("keras.metrics."):
        return Method(Object(base.name), name, node.value)
    if isinstance(base, Api) and base.name.startswith("keras.layers."):
        return Method(Layer(base.name), name, node.value)
    return UNKNOWN


def _list(run: Interpreter, node: ast.List, frame: Frame) -> Value:
    return run.new_list(node, _display(run, node.elts, frame))


def _tuple(run: Interpreter, node: ast.Tuple, frame: Frame) -> Value:
    state = _display(run, node.elts, frame)
    return Items(state.items, state.element, state.least)


def _display(run: Interpreter, elements: list[ast.expr], frame: Frame) -> ListState:
    items: list[Value] = []
    exact, least = True, 0
    for element in elements:
        if isinstance(element, ast.Starred):
            value = run.eval(element.value, frame)
            known = run.items(value)
            if known is None:
                exact = False
                items.append(run.element(value))
                least += run.least(value)
                continue
            items.extend(known)
            least += len(known)
            continue
        items.append(run.eval(element, frame))
        least += 1
    if exact:
        return ListState(tuple(items), UNKNOWN, least)
    return ListState(None, union(items), least)


def _set(run: Interpreter, node: ast.Set, frame: Frame) -> Value:
    for element in node.elts:
        run.eval(element, frame)
    return UNKNOWN


def _dict(run: Interpreter, node: ast.Dict, frame: Frame) -> Value:
    entries: list[tuple[object, Value]] = []
    loose: list[Value] = []
    for key, item in zip(node.keys, node.values):
        value = run.eval(item, frame)
        known = run.eval(key, frame) if key is not None else UNKNOWN
        if isinstance(known, Const) and isinstance(known.value, (str, int)):
            entries.append((known.value, value))
        else:
            loose.append(value)
    if not loose:
        return DictValue(tuple(entries), sites=(node,))
    return DictValue((), union([*loose, *(value for _, value in entries)]), sites=(node,))


def _subscript(run: Interpreter, node: ast.Subscript, frame: Frame) -> Value:
    owner = run.eval(node.value, frame)
    if isinstance(node.slice, ast.Slice):
        bounds = [run.eval(part, frame) if part is not None else Const(None) for part in _slice_parts(node.slice)]
        return union(_sliced(run, option, bounds, node) for option in options(owner))
    key = run.eval(node.slice, frame)
    return union(_item(run, option, key) for option in options(owner))


def _slice_parts(node: ast.Slice) -> list[ast.expr | None]:
    return [node.lower, node.upper, node.step]


def _sliced(run: Interpreter, owner: Value, bounds: list[Value], node: ast.Subscript) -> Value:
    if isinstance(owner, (LayerList, Version)):
        return owner
    if isinstance(owner, Tensor):
        return Tensor(owner.origin, None, owner.lost)
    if not isinstance(owner, (ListRef, Items)):
        return UNKNOWN
    limits: list[Any] = [bound.value if isinstance(bound, Const) else UNKNOWN for bound in bounds]
    known = all(limit is None or isinstance(limit, int) for limit in limits)
    items = run.items(owner)
    if items is not None and known:
        part = items[slice(*limits)]
        state = ListState(tuple(part), UNKNOWN, len(part))
    else:
        state = ListState(None, run.element(owner), _least_of_slice(run.least(owner), limits) if known else 0)
    return run.new_list(node, state) if isinstance(owner, ListRef) else Items(state.items, state.element, state.least)


def _least_of_slice(least: int, limits: list[int | None]) -> int:
    """The length of a slice of a list with at least as many items; 0 where a longer list may give a shorter slice."""
    lower, upper, step = limits
    grows = not (lower is not None and upper is not None and lower < 0 <= upper)
    if not grows or step == 0 or (step is not None and step < 0 and (lower is not None or upper is not None)):
        return 0
    return len(range(least)[lower:upper:step])


def _item(run: Interpreter, owner: Value, key: Value) -> Value:
    if isinstance(owner, LayerList):
        return ANY_LAYER
    if isinstance(owner, Version):
        return owner
    if isinstance(owner, Tensor):
        return Tensor(owner.origin, None, owner.lost)
    if isinstance(owner, DictValue):
        if isinstance(key, Const):
            return owner.get(key.value)
        return union([value for _, value in owner.entries] or [owner.element])
    items = run.items(owner)
    if items is not None and isinstance(key, Const) and isinstance(key.value, int):
        return items[key.value] if -len(items) <= key.value < len(items) else UNKNOWN
    return run.element(owner)


def _binop(run: Interpreter, node: ast.BinOp, frame: Frame) -> Value:
    # Long chains of one operator lean to the left: without recursion, so that a thousand terms do no harm.
    chain: list[ast.BinOp] = []
    left: ast.expr = node
    while isinstance(left, ast.BinOp):
        chain.append(left)
        left = left.left
    value = run.eval(left, frame)
    for part in reversed(chain):
        value = binary(run, part, value, part.op, run.eval(part.right, frame), frame)
    return value


def binary(run: Interpreter, node: ast.AST, left: Value, op: ast.operator, right: Value, frame: Frame) -> Value:
    """The value of `left op right`."""
    sequences = (ListRef, Items)
    if isinstance(op, ast.Add) and (isinstance(left, sequences) or isinstance(right, sequences)):
        return _concatenated(run, node, left, right)
    if isinstance(op, ast.Mult) and (isinstance(left, sequences) or isinstance(right, sequences)):
        return _repeated(run, node, *((left, right) if isinstance(left, sequences) else (right, left)))
    if isinstance(left, Version) or isinstance(right, Version):
        return Version()
    found = [option for side in (left, right) for option in options(side) if isinstance(option, Tensor)]
    if found:
        return _combined(found)
    if isinstance(left, Const) and isinstance(right, Const):
        return _folded(left.value, op, right.value)
    return UNKNOWN


def _combined(found: list[Tensor]) -> Tensor:
    """What an operator makes of tensors."""
    origin = next((tensor.origin for tensor in found if tensor.origin is Origin.MODEL), found[0].origin)
    lost = frozenset[ast.Call]().union(*(tensor.lost for tensor in found))
    shapes = {tensor.shape for tensor in found}
    return Tensor(origin, shapes.pop() if len(shapes) == 1 else None, lost)


def _folded(left: Any, op: ast.operator, right: Any) -> Value:
    if not isinstance(left, (int, float)) or not isinstance(right, (int, float)):
        both = isinstance(left, str) and isinstance(right, str) and isinstance(op, ast.Add)
        return Const(left + right) if both and len(left) + len(right) < 1000 else UNKNOWN
    fold = _FOLDS.get(type(op))
    try:
        return Const(fold(left, right)) if fold is not None else UNKNOWN
    except ArithmeticError:
        return UNKNOWN


_FOLDS: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: lambda a, b: a + b,
    ast.Sub: lambda a, b: a - b,
    ast.Mult: lambda a, b: a * b,
    ast.Div: lambda a, b: a / b,
    ast.FloorDiv: lambda a, b: a // b,
    ast.Mod: lambda a, b: a % b,
}


def _concatenated(run: Interpreter, node: ast.AST, left: Value, right: Value) -> Value:
    first, second = run.items(left), run.items(right)
    least = run.least(left) + run.least(right)
    if first is not None and second is not None:
        state = ListState((*first, *second), UNKNOWN, least)
    else:
        state = ListState(None, union([run.element(left), run.element(right)]), least)
    if isinstance(left, Items) or isinstance(right, Items):
        return Items(state.items, state.element, state.least)
    return run.new_list(node, state)


def _repeated(run: Interpreter, node: ast.AST, sequence: Value, times: Value) -> Value:
    items = run.items(sequence)
    if (
        items is not None
        and isinstance(times, Const)
        and isinstance(times.value, int)
        and len(items) * times.value <= 64
    ):
        state = ListState(items * times.value, UNKNOWN, len(items) * max(0, times.value))
    else:
        state = ListState(None, run.element(sequence), 0)
    return Items(state.items, state.element, state.least) if isinstance(sequence, Items) else run.new_list(node, state)


def _unary(run: Interpreter, node: ast.UnaryOp, frame: Frame) -> Value:
    value = run.eval(node.operand, frame)
    if isinstance(value, Const) and isinstance(node.op, ast.USub) and isinstance(value.value, (int, float)):
        return Const(-value.value)
    if isinstance(value, (Version, Tensor)):
        return value
    return UNKNOWN


def _boolop(run: Interpreter, node: ast.BoolOp, frame: Frame) -> Value:
    values = [run.eval(value, frame) for value in node.values]
    return Version() if any(map(depends_on_version, values)) else union(values)


def _compare(run: Interpreter, node: ast.Compare, frame: Frame) -> Value:
    values = [run.eval(value, frame) for value in (node.left, *node.comparators)]
    return Version() if any(depends_on_version(run.snapshot(value)) for value in values) else UNKNOWN


def _conditional(run: Interpreter, node: ast.IfExp, frame: Frame) -> Value:
    versioned = depends_on_version(run.snapshot(run.eval(node.test, frame)))
    frame.guard += versioned
    if versioned and node not in frame.module.facts.version_guards:
        frame.module.facts.version_guards.append(node)
    value = join(_where(run, node, True, frame), _where(run, node, False, frame))
    frame.guard -= versioned
    return value


def _where(run: Interpreter, node: ast.IfExp, holds: bool, frame: Frame) -> Value:
    """The value of one side of a conditional expression, with what its test says of lists."""
    side = node.body if holds else node.orelse
    if not tells_lengths(node.test):
        return run.eval(side, frame)
    before = dict(frame.vars)
    run.heap.begin()
    narrow(run, node.test, holds, frame)
    value = run.snapshot(run.eval(side, frame))
    run.heap.end()
    frame.vars.update(before)
    return value


def _lambda(run: Interpreter, node: ast.Lambda, frame: Frame) -> Value:
    function = Function(node, frame, guarded=bool(frame.guard))
    run.functions.setdefault(node, function)
    return function


def _comprehension(run: Interpreter, node: ast.ListComp | ast.GeneratorExp | ast.SetComp, frame: Frame) -> Value:
    scope, least = _comprehension_scope(run, node.generators, frame)
    element = run.eval(node.elt, scope)
    state = ListState(None, run.snapshot(element), least)
    return run.new_list(node, state) if isinstance(node, ast.ListComp) else Items(None, state.element, least)


def _dict_comprehension(run: Interpreter, node: ast.DictComp, frame: Frame) -> Value:
    scope, _ = _comprehension_scope(run, node.generators, frame)
    run.eval(node.key, scope)
    return DictValue((), run.eval(node.value, scope))


def _comprehension_scope(run: Interpreter, generators: list[ast.comprehension], frame: Frame) -> tuple[Frame, int]:
    """The scope of a comprehension with its targets bound, and the proven minimum of what it yields."""
    scope = Frame(
        frame.module,
        frame,
        role=frame.role,
        guard=frame.guard,
        depth=frame.depth,
        chain=frame.chain,
        repeated=True,
    )
    scope.is_comprehension = True
    least = 1
    for generator in generators:
        iterable = run.eval(generator.iter, scope)
        least *= 0 if generator.ifs else run.least(iterable)
        run.assign(generator.target, run.element(iterable), scope)
        for condition in generator.ifs:
            run.eval(condition, scope)
    return scope, least


def _starred(run: Interpreter, node: ast.Starred, frame: Frame) -> Value:
    run.eval(node.value, frame)
    return UNKNOWN


def _named(run: Interpreter, node: ast.NamedExpr, frame: Frame) -> Value:
    value = run.eval(node.value, frame)
    around: Frame | None = frame
    while around is not None and around.is_comprehension:
        around = around.parent
    run.assign(node.target, value, around or frame)
    return value


def _inner(run: Interpreter, node: ast.Await | ast.YieldFrom | ast.Yield, frame: Frame) -> Value:
    value = run.eval(node.value, frame) if node.value is not None else UNKNOWN
    if not isinstance(node, ast.Await):
        frame.yields = True
        frame.yielded.append(run.snapshot(run.element(value) if isinstance(node, ast.YieldFrom) else value))
    return UNKNOWN


def _joined(run: Interpreter, node: ast.JoinedStr, frame: Frame) -> Value:
    for part in node.values:
        if isinstance(part, ast.FormattedValue):
            run.eval(part.value, frame)
    return UNKNOWN


HANDLERS: dict[type[ast.expr], Callable[..., Value]] = {
    ast.Name: _name,
    ast.Constant: _constant,
    ast.Attribute: _attribute,
    ast.Call: calls.call,
    ast.List: _list,
    ast.Tuple: _tuple,
    ast.Set: _set,
    ast.Dict: _dict,
    ast.Subscript: _subscript,
    ast.BinOp: _binop,
    ast.UnaryOp: _unary,
    ast.BoolOp: _boolop,
    ast.Compare: _compare,
    ast.IfExp: _conditional,
    ast.Lambda: _lambda,
    ast.ListComp: _comprehension,
    ast.GeneratorExp: _comprehension,
    ast.SetComp: _comprehension,
    ast.DictComp: _dict_comprehension,
    ast.Starred: _starred,
    ast.NamedExpr: _named,
    ast.Await: _inner,
    ast.Yield: _inner,
    ast.YieldFrom: _inner,
    ast.JoinedStr: _joined,
}
