"""What a call gives: functions of the project, methods, builtins. Keras' own are in `keras_calls.py`."""

from __future__ import annotations

import ast
import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from kerasfix.flow import cases, keras_calls
from kerasfix.flow.facts import CallSeen, Keywords
from kerasfix.flow.frame import Frame, ListState
from kerasfix.flow.imports import keras_value
from kerasfix.flow.values import (
    UNKNOWN,
    Api,
    Cases,
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
    Partial,
    Role,
    Super,
    Tensor,
    Value,
    Version,
    depends_on_version,
    options,
    tensors,
    union,
)

if TYPE_CHECKING:
    from kerasfix.flow.interpreter import Interpreter


@dataclass(frozen=True, slots=True)
class Call:
    """A call with its arguments evaluated. `starred` if `*args` hides how many positional arguments there are."""

    node: ast.Call
    args: tuple[Value, ...]
    keywords: Keywords
    starred: bool
    frame: Frame
    spread: tuple[Value, ...] = ()  # what `**` stands before

    def argument(self, index: int, *names: str) -> Value | None:
        """The value of an argument by position or by any of its names."""
        for keyword, value in self.keywords:
            if keyword in names:
                return value
        return self.args[index] if 0 <= index < len(self.args) else None

    @property
    def values(self) -> tuple[Value, ...]:
        """All arguments, positional and by keyword."""
        return (*self.args, *(value for _, value in self.keywords))


def call(run: Interpreter, node: ast.Call, frame: Frame) -> Value:
    """Evaluate a call expression and take it down."""
    callee = run.eval(node.func, frame)
    call_ = _arguments(run, node, frame)
    for option in options(callee):
        if (function := _function_of(option)) is not None:
            run.callers.setdefault(function.node, {})[node] = frame.module.facts
    results = [(option, call_value(run, option, call_)) for option in options(callee)]
    if any(_watched(run, option) or _is_numpy_on_tensor(run, option, call_) for option, _ in results):
        # All of them: what is something else on another path must not be rewritten.
        for option, result in results:
            _take_down(run, option, call_, result)
    else:
        frame.module.facts.other_calls.add(node)
    return union([result for _, result in results])


def _function_of(callee: Value) -> Function | None:
    """The function of the project that a call runs."""
    if isinstance(callee, Function):
        return callee
    if isinstance(callee, Class):
        return callee.info.find("__init__")
    if isinstance(callee, Method) and isinstance(callee.owner, (Instance, Class)):
        cls = callee.owner.cls if isinstance(callee.owner, Instance) else callee.owner
        return cls.info.find(callee.name)
    return None


_WATCHED_FUNCTIONS = frozenset(
    ["builtins.hasattr", "builtins.getattr", "builtins.setattr", "builtins.delattr", "functools.partial"]
)


def _watched(run: Interpreter, value: Value) -> bool:
    if isinstance(value, External):
        watched = value.name in _WATCHED_FUNCTIONS or value.name in run.watched
        return watched or value.name.startswith("tensorflow.")
    if isinstance(value, Function) and run.watched:
        return any(is_function_of(value, name) for name in run.watched)
    if isinstance(value, Class):
        return value.info.layer_like or value.info.keras_constructor is not None
    return isinstance(value, (Api, Layer, Model, Method))


def _is_numpy_on_tensor(run: Interpreter, value: Value, call_: Call) -> bool:
    """Whether a function of NumPy is called on a tensor: there are too many others to take them all down."""
    if not isinstance(value, External) or not value.name.startswith("numpy."):
        return False
    return any(True for argument in call_.values for _ in tensors(run.snapshot(argument)))


def is_function_of(function: Function, dotted: str) -> bool:
    """Whether a function of the project is the one that its users import by a dotted name."""
    module, _, name = dotted.rpartition(".")
    path = os.path.abspath(function.frame.module.path).removesuffix(".py").removesuffix(os.sep + "__init__")
    return getattr(function.node, "name", None) == name and path.replace(os.sep, ".").endswith(f".{module}")


def _take_down(run: Interpreter, callee: Value, call_: Call, result: Value) -> None:
    frame = call_.frame
    seen = CallSeen(
        _as_it_is_now(run, callee),
        tuple(map(run.snapshot, call_.args)),
        tuple((name, run.snapshot(value)) for name, value in call_.keywords),
        result,
        frame.role,
        bool(frame.guard) or (isinstance(callee, Api) and callee.guarded),
        frame.repeated,
        frame.chain,
        call_.spread,
    )
    run.record_call(call_.node, seen, frame)


def _as_it_is_now(run: Interpreter, callee: Value) -> Value:
    """A method of a `Sequential` with the outputs that it has at the call."""
    if not isinstance(callee, Method) or not isinstance(callee.owner, Model) or callee.owner.outputs:
        return callee
    outputs = tuple(map(run.snapshot, run.outputs_of(callee.owner)))
    return replace(callee, owner=replace(callee.owner, outputs=outputs)) if outputs else callee


def _arguments(run: Interpreter, node: ast.Call, frame: Frame) -> Call:
    args: list[Value] = []
    starred = False
    for argument in node.args:
        if not isinstance(argument, ast.Starred):
            value = run.eval(argument, frame)
            if not starred:
                args.append(value)
            continue
        value = run.eval(argument.value, frame)
        items = run.items(value)
        if items is None:
            starred = True
        elif not starred:
            args.extend(items)
    keywords: list[tuple[str | None, Value]] = []
    spread: list[Value] = []
    for keyword in node.keywords:
        value = run.eval(keyword.value, frame)
        if keyword.arg is None:
            spread.append(value)
        if keyword.arg is None and isinstance(value, DictValue) and value.entries:
            keywords.extend((str(name), item) for name, item in value.entries)
        else:
            keywords.append((keyword.arg, value))
    return Call(node, tuple(args), tuple(keywords), starred, frame, tuple(spread))


def call_value(run: Interpreter, callee: Value, call_: Call) -> Value:
    """What calling one value gives."""
    if isinstance(callee, Function):
        return _call_function(run, callee, call_)
    if isinstance(callee, Api):
        return keras_calls.call_api(run, callee, call_)
    if isinstance(callee, Layer):
        return keras_calls.call_layer(run, callee, call_)
    if isinstance(callee, Model):
        return keras_calls.call_model(run, callee, call_)
    if isinstance(callee, Class):
        return _construct(run, callee, call_)
    if isinstance(callee, Method):
        return _call_method(run, callee, call_)
    if isinstance(callee, Partial):
        merged = Call(
            call_.node, (*callee.args, *call_.args), (*callee.keywords, *call_.keywords), call_.starred, call_.frame
        )
        return call_value(run, callee.func, merged)
    if isinstance(callee, External):
        return _call_external(run, callee, call_)
    if isinstance(callee, Cases):
        return cases.decorated(run, callee, call_)
    if isinstance(callee, Version):
        return callee
    _escape(run, call_)
    return UNKNOWN


def _call_function(run: Interpreter, function: Function, call_: Call) -> Value:
    role = call_.frame.role if call_.frame.role.inner else function.frame.role
    if role is Role.LAYER and not call_.frame.role.inner:
        role = call_.frame.role
    return run.call_function(function, call_.args, call_.keywords, role, call_.frame, starred=call_.starred)


def _construct(run: Interpreter, cls: Class, call_: Call) -> Value:
    info = cls.info
    if info.layer_like:
        keras_calls.run_given_functions(run, call_)
        return Layer(cls, call_.node, call_.args, call_.keywords)
    init = info.find("__init__")
    instance = Instance(cls, call_.node)
    if init is not None:
        role = call_.frame.role
        run.call_function(init, (instance, *call_.args), call_.keywords, role, call_.frame, starred=call_.starred)
    return instance


def _call_method(run: Interpreter, method: Method, call_: Call) -> Value:
    owner = method.owner
    if isinstance(owner, ListRef):
        return _call_list_method(run, owner, method.name, call_)
    if isinstance(owner, (Instance, Class)):
        return _call_own_method(run, owner, method.name, call_)
    if isinstance(owner, Model):
        return keras_calls.call_model_method(run, owner, method.name, call_)
    if isinstance(owner, Layer):
        return keras_calls.call_layer_method(run, owner, method.name, call_)
    if isinstance(owner, DictValue):
        return _call_dict_method(run, owner, method, call_)
    if isinstance(owner, LayerList) and method.name == "pop":
        return Layer("keras.layers.Layer")
    if isinstance(owner, Tensor) and method.name in ("get_shape", "set_shape"):
        return UNKNOWN
    if isinstance(owner, Object):
        return keras_calls.call_object_method(run, owner, method.name, call_)
    if isinstance(owner, Super) or owner is UNKNOWN:
        _escape(run, call_)
    return UNKNOWN


def _call_own_method(run: Interpreter, owner: Instance | Class, name: str, call_: Call) -> Value:
    cls = owner.cls if isinstance(owner, Instance) else owner
    function = cls.info.find(name)
    if function is None:
        return UNKNOWN
    decorators = [d.id for d in getattr(function.node, "decorator_list", ()) if isinstance(d, ast.Name)]
    bound = isinstance(owner, Instance) or "classmethod" in decorators
    args = call_.args if "staticmethod" in decorators or not bound else (owner, *call_.args)
    role = run.role_of_method(function.owner or cls, function)
    if call_.frame.role.inner:
        role = call_.frame.role
    return run.call_function(function, args, call_.keywords, role, call_.frame, starred=call_.starred)


def _call_list_method(run: Interpreter, owner: ListRef, name: str, call_: Call) -> Value:
    state = run.heap.get(owner)
    if state is None:
        return UNKNOWN
    if name in ("append", "insert"):
        value = call_.args[-1] if call_.args else UNKNOWN
        if name == "insert" and state.items is not None:
            position = call_.args[0] if call_.args else UNKNOWN
            at = position.value if isinstance(position, Const) else None
            if isinstance(at, int):
                grown = list(state.items)
                grown.insert(at, value)
                run.heap.set(owner, ListState(tuple(grown), UNKNOWN, len(grown)))
                return Const(None)
        run.extend_list(owner, Items((value,), UNKNOWN, 1))
        return Const(None)
    if name == "extend" and call_.args:
        run.extend_list(owner, call_.args[0])
        return Const(None)
    if name in ("pop", "remove", "clear"):
        value = state.any
        items = state.items
        if name == "pop" and items and not call_.args:
            run.heap.set(owner, ListState(items[:-1], UNKNOWN, len(items) - 1))
            return items[-1]
        run.heap.set(owner, ListState(None, state.any, max(0, run.least(owner) - 1) if name != "clear" else 0))
        return value
    if name == "reverse" and state.items is not None:
        run.heap.set(owner, ListState(state.items[::-1], UNKNOWN, len(state.items)))
        return Const(None)
    if name in ("copy",):
        return run.new_list(call_.node, state)
    if name in ("reverse", "sort"):
        run.heap.set(owner, ListState(None, state.any, run.least(owner)))
    return UNKNOWN


def _call_dict_method(run: Interpreter, owner: DictValue, method: Method, call_: Call) -> Value:
    values = [value for _, value in owner.entries] or [owner.element]
    if method.name in ("get", "pop", "setdefault") and call_.args:
        key = call_.args[0]
        known = owner.get(key.value) if isinstance(key, Const) else union(values)
        default = call_.args[1] if len(call_.args) > 1 else None
        missing = isinstance(key, Const) and all(name != key.value for name, _ in owner.entries)
        return union([known, default]) if default is not None and missing else known
    if method.name == "values":
        return Items(None, union(values), len(owner.entries))
    if method.name == "items":
        keys = union(Const(key) for key, _ in owner.entries) if owner.entries else UNKNOWN
        return Items(None, Items((keys, union(values)), UNKNOWN, 2), len(owner.entries))
    if method.name == "keys":
        return Items(
            None, union(Const(key) for key, _ in owner.entries) if owner.entries else UNKNOWN, len(owner.entries)
        )
    return UNKNOWN


# -- builtins and libraries


def _call_external(run: Interpreter, callee: External, call_: Call) -> Value:
    handler = _EXTERNALS.get(callee.name)
    if handler is not None:
        return handler(run, call_)
    if keras_calls.looks_like_layer_class(callee.name):
        keras_calls.run_given_functions(run, call_)
        return Layer(callee.name, call_.node, call_.args, call_.keywords)
    _escape(run, call_)
    if callee.name.startswith("tensorflow."):
        return _of_tensorflow(run, callee.name.rpartition(".")[2], call_)
    return UNKNOWN


def _of_tensorflow(run: Interpreter, name: str, call_: Call) -> Value:
    """What a function of TensorFlow makes of Keras tensors, or of nothing but tensors of its own."""
    every = [tensor for value in call_.values for tensor in tensors(run.snapshot(value))]
    found = [tensor for tensor in every if tensor.symbolic]
    if every and not found:
        return Tensor(Origin.INNER)
    if not found or name in ("shape", "gradients") or call_.frame.role.inner:
        return UNKNOWN
    origin = next((tensor.origin for tensor in found if tensor.origin is Origin.MODEL), found[0].origin)
    result = Tensor(origin, None, frozenset[ast.Call]().union(*(tensor.lost for tensor in found)))
    return Items(None, result, 1) if name in ("split", "unstack") else result


def _escape(run: Interpreter, call_: Call) -> None:
    """What goes into code that was not seen may end anywhere."""
    for value in call_.values:
        run.consume(value, "escape")


def _range(run: Interpreter, call_: Call) -> Value:
    limits = [value.value for value in call_.args if isinstance(value, Const) and isinstance(value.value, int)]
    if not limits or len(limits) != len(call_.args) or len(limits) > 3 or (len(limits) == 3 and limits[2] == 0):
        return Items(None, UNKNOWN, 0)
    numbers = range(*limits)
    if len(numbers) <= 8:
        return Items(tuple(Const(number) for number in numbers), UNKNOWN, len(numbers))
    return Items(None, UNKNOWN, len(numbers))


def _len(run: Interpreter, call_: Call) -> Value:
    items = run.items(call_.args[0]) if call_.args else None
    return Const(len(items)) if items is not None else UNKNOWN


def _zip(run: Interpreter, call_: Call) -> Value:
    columns = [run.items(value) for value in call_.args]
    if columns and all(column is not None for column in columns):
        rows = tuple(Items(row, UNKNOWN, len(row)) for row in zip(*[column or () for column in columns]))
        return Items(rows, UNKNOWN, len(rows))
    element = Items(tuple(run.element(value) for value in call_.args), UNKNOWN, len(call_.args))
    return Items(None, element, min((run.least(value) for value in call_.args), default=0))


def _enumerate(run: Interpreter, call_: Call) -> Value:
    if not call_.args:
        return UNKNOWN
    items = run.items(call_.args[0])
    if items is not None:
        return Items(tuple(Items((Const(i), item), UNKNOWN, 2) for i, item in enumerate(items)), UNKNOWN, len(items))
    return Items(None, Items((UNKNOWN, run.element(call_.args[0])), UNKNOWN, 2), run.least(call_.args[0]))


def _list(run: Interpreter, call_: Call) -> Value:
    if not call_.args:
        return run.new_list(call_.node, ListState((), UNKNOWN, 0))
    items = run.items(call_.args[0])
    if isinstance(call_.args[0], LayerList):
        return call_.args[0]
    least = run.least(call_.args[0])
    state = (
        ListState(items, UNKNOWN, least) if items is not None else ListState(None, run.element(call_.args[0]), least)
    )
    return run.new_list(call_.node, state)


def _tuple(run: Interpreter, call_: Call) -> Value:
    if not call_.args:
        return Items((), UNKNOWN, 0)
    snapshot = run.snapshot(call_.args[0])
    return snapshot if isinstance(snapshot, Items) else Items(None, run.element(snapshot), run.least(snapshot))


def _reordered(run: Interpreter, call_: Call) -> Value:
    if not call_.args:
        return UNKNOWN
    if isinstance(call_.args[0], LayerList):
        return call_.args[0]
    return Items(None, run.element(call_.args[0]), run.least(call_.args[0]))


def _reversed(run: Interpreter, call_: Call) -> Value:
    items = run.items(call_.args[0]) if call_.args else None
    return Items(items[::-1], UNKNOWN, len(items)) if items is not None else _reordered(run, call_)


def _map(run: Interpreter, call_: Call) -> Value:
    if len(call_.args) < 2:
        return UNKNOWN
    items = run.items(call_.args[1]) if len(call_.args) == 2 else None
    each = [(item,) for item in items] if items is not None else [tuple(run.element(value) for value in call_.args[1:])]
    results = [call_value(run, call_.args[0], Call(call_.node, args, (), False, call_.frame)) for args in each]
    if items is not None:
        return Items(tuple(results), UNKNOWN, len(results))
    return Items(None, union(results), run.least(call_.args[1]))


def _sum(run: Interpreter, call_: Call) -> Value:
    return run.element(call_.args[0]) if call_.args else UNKNOWN


def _dict(run: Interpreter, call_: Call) -> Value:
    if call_.args or any(name is None for name, _ in call_.keywords):
        pair = run.element(call_.args[0]) if len(call_.args) == 1 and not call_.keywords else UNKNOWN
        items = pair.items if isinstance(pair, Items) else None
        return DictValue((), items[1] if items and len(items) == 2 else UNKNOWN, sites=(call_.node,))
    entries = tuple((name, value) for name, value in call_.keywords if name is not None)
    return DictValue(entries, sites=(call_.node,))


def _partial(run: Interpreter, call_: Call) -> Value:
    return Partial(call_.args[0], call_.args[1:], call_.keywords) if call_.args else UNKNOWN


def _reduce(run: Interpreter, call_: Call) -> Value:
    if len(call_.args) < 2:
        return UNKNOWN
    element = run.element(call_.args[1])
    return call_value(run, call_.args[0], Call(call_.node, (element, element), (), False, call_.frame))


def _hasattr(run: Interpreter, call_: Call) -> Value:
    owner = call_.args[0] if call_.args else UNKNOWN
    # `hasattr(keras.layers, 'merge')` asks for a version.
    return Version() if keras_calls.is_keras_module(owner) else UNKNOWN


def _super(run: Interpreter, call_: Call) -> Value:
    """An object of the base class, as far as it is known."""
    cls = call_.args[0] if call_.args else call_.frame.owner
    bases = cls.info.bases if isinstance(cls, Class) else ()
    base = next((base for base in bases if isinstance(base, (Class, Api))), None)
    if isinstance(base, Api):
        return Super(base)
    return Instance(base) if base is not None and not base.info.layer_like else UNKNOWN


def _number(run: Interpreter, call_: Call) -> Value:
    value = call_.args[0] if call_.args else UNKNOWN
    return value if isinstance(value, (Const, Version)) else UNKNOWN


def _version_of(run: Interpreter, call_: Call) -> Value:
    return Version() if any(depends_on_version(run.snapshot(value)) for value in call_.args) else UNKNOWN


def _installed_version(run: Interpreter, call_: Call) -> Value:
    """`pkg_resources.get_distribution('keras')`, `importlib.metadata.version('keras')`."""
    asked = call_.args[0] if call_.args else UNKNOWN
    return Version() if isinstance(asked, Const) and str(asked.value).lower() in _PACKAGES else UNKNOWN


_PACKAGES = frozenset({"keras", "tensorflow", "tf-keras"})


def _names_of(run: Interpreter, call_: Call) -> Value:
    """`dir(keras.layers)`: what a version has."""
    return Version() if call_.args and keras_calls.is_keras_module(call_.args[0]) else UNKNOWN


def _getattr(run: Interpreter, call_: Call) -> Value:
    """`getattr(keras.layers, 'merge', None)`: with a default, it asks for the version."""
    owner, name = (*call_.args, UNKNOWN, UNKNOWN)[:2]
    if not isinstance(owner, Module) or not keras_calls.is_keras_module(owner) or not isinstance(name, Const):
        return UNKNOWN
    value = keras_value(f"{owner.name}.{name.value}")
    guarded = len(call_.args) > 2 or bool(call_.frame.guard)
    return replace(value, root=owner.root or "keras", guarded=guarded) if isinstance(value, Api) else UNKNOWN


def _tensorflow_input(run: Interpreter, call_: Call) -> Value:
    return Tensor(Origin.INNER)


_EXTERNALS: dict[str, Callable[[Interpreter, Call], Value]] = {
    "builtins.range": _range,
    "builtins.len": _len,
    "builtins.zip": _zip,
    "builtins.enumerate": _enumerate,
    "builtins.list": _list,
    "builtins.tuple": _tuple,
    "builtins.sorted": _reordered,
    "builtins.reversed": _reversed,
    "builtins.filter": lambda run, call_: Items(None, run.element(call_.args[-1]), 0) if call_.args else UNKNOWN,
    "builtins.map": _map,
    "builtins.sum": _sum,
    "builtins.dict": _dict,
    "builtins.int": _number,
    "builtins.float": _number,
    "builtins.hasattr": _hasattr,
    "builtins.getattr": _getattr,
    "builtins.dir": _names_of,
    "builtins.vars": _names_of,
    "builtins.super": _super,
    "pytest.mark.parametrize": cases.parametrize,
    "pytest.param": cases.parameter_set,
    "functools.partial": _partial,
    "functools.reduce": _reduce,
    "six.moves.range": _range,
    "six.moves.zip": _zip,
    "six.moves.reduce": _reduce,
    "builtins.reduce": _reduce,
    **{f"builtins.{name}": _version_of for name in ("str", "bool", "any", "all", "ord")},
    **{f"re.{name}": _version_of for name in ("match", "search", "split", "findall", "fullmatch", "sub")},
    "pkg_resources.get_distribution": _installed_version,
    "importlib.metadata.version": _installed_version,
    "importlib_metadata.version": _installed_version,
    "distutils.version.LooseVersion": _version_of,
    "distutils.version.StrictVersion": _version_of,
    "packaging.version.parse": _version_of,
    "packaging.version.Version": _version_of,
    "pkg_resources.parse_version": _version_of,
    "tensorflow.placeholder": _tensorflow_input,
    "tensorflow.Variable": _tensorflow_input,
}
