"""What Keras' own functions, layers and models give when they are called."""

from __future__ import annotations

import ast
from dataclasses import replace
from typing import TYPE_CHECKING

from kerasfix.flow import masks, shapes
from kerasfix.flow.backend_shapes import backend_shape
from kerasfix.flow.facts import Keywords
from kerasfix.flow.frame import ListState
from kerasfix.flow.values import (
    UNKNOWN,
    Api,
    Class,
    Const,
    Function,
    Instance,
    Items,
    Layer,
    ListRef,
    Method,
    Model,
    Module,
    Object,
    Origin,
    Partial,
    Role,
    Tensor,
    Union,
    Value,
    options,
    tensors,
)
from kerasfix.names.exports import BACKEND_FUNCTIONS

if TYPE_CHECKING:
    from kerasfix.flow.calls import Call
    from kerasfix.flow.interpreter import Interpreter

# Backend functions whose result is no tensor of the computation.
_NO_TENSOR = frozenset(
    [
        "backend",
        "epsilon",
        "floatx",
        "image_dim_ordering",
        "image_data_format",
        "int_shape",
        "ndim",
        "dtype",
        "eval",
        "get_value",
        "count_params",
        "is_keras_tensor",
        "is_sparse",
        "is_tensor",
        "is_placeholder",
        "get_session",
        "get_uid",
        "function",
        "learning_phase",
        "shape",
        "batch_get_value",
        "batch_set_value",
        "set_value",
        "clear_session",
        "reset_uids",
        "cast_to_floatx",
    ]
)
# Functions that end the symbolic part: what reaches them is a graph of the user's own.
_GRAPH_SINKS = frozenset(
    ["function", "gradients", "get_value", "batch_get_value", "eval", "set_value", "update", "update_add", "update_sub"]
)
_LIKE = frozenset({"zeros_like", "ones_like"})
_INNER_SOURCES = frozenset(
    [
        "placeholder",
        "variable",
        "zeros",
        "ones",
        "constant",
        "eye",
        "random_normal",
        "random_uniform",
        "random_normal_variable",
        "random_binomial",
        "random_uniform_variable",
        "truncated_normal",
        "arange",
        "learning_phase",
    ]
)
_MODEL_LOADERS = frozenset(
    [
        "keras.models.load_model",
        "keras.models.model_from_json",
        "keras.models.model_from_yaml",
        "keras.models.clone_model",
        "keras.models.model_from_config",
    ]
)
_MERGE_FUNCTIONS = frozenset(
    f"keras.layers.{name}"
    for name in ["add", "subtract", "multiply", "average", "maximum", "minimum", "concatenate", "dot"]
)
_LAYERISH = ("keras_contrib", "recurrentshop", "seq2seq", "keras_extras", "keras_layer_normalization", "rl.layers")


def is_keras_module(value: Value) -> bool:
    """Whether a value is Keras or a module of it."""
    return isinstance(value, Module) and value.name.startswith("keras")


def looks_like_layer_class(name: str) -> bool:
    """Whether a class of a library is, by all that can be seen, a Keras layer."""
    module, _, cls = name.rpartition(".")
    return cls[:1].isupper() and (module.startswith(_LAYERISH) or ("keras" in module and "layer" in module))


def call_api(run: Interpreter, callee: Api, call_: Call) -> Value:
    """Call a function or class of Keras."""
    name = callee.name
    run_given_functions(run, call_)
    module, _, short = name.rpartition(".")
    if name == "keras.layers.Input":
        return Tensor(Origin.MODEL, shapes.input_shape(run, call_))
    if name == "keras.layers.merge":
        return _merge(run, call_.argument(0, "inputs") or UNKNOWN, call_)
    if name in _MERGE_FUNCTIONS:
        return _merge(run, call_.argument(0, "inputs") or UNKNOWN, call_)
    if module == "keras.layers" and short[:1].isupper():
        return _layer_class(run, callee, call_)
    if module == "keras.models":
        return _model_class(run, name, short, call_)
    if module == "keras.backend":
        return _backend(run, short, call_)
    if name.startswith("keras.applications.") and short[:1].isupper():
        return _application(run, call_)
    if name.startswith("keras.activations.") and short.islower():
        return _backend(run, short, call_)
    if name.startswith("keras.ops."):
        return _result(run, call_)
    if name == "keras.utils.test_utils.keras_test" and call_.args:  # a decorator
        return call_.args[0]
    if module.endswith((".objectives", ".losses", ".metrics")) or ".optimizers" in name:
        for value in call_.values:
            run.consume(value, "graph")
    if short[:1].isupper() or (module == "keras.regularizers" and short.startswith(("l1", "l2"))):
        return Object(name, call_.node, tuple(map(run.snapshot, call_.args)), _snapshots(run, call_.keywords))
    return UNKNOWN


def call_object_method(run: Interpreter, owner: Object, name: str, call_: Call) -> Value:
    """A method of an optimizer, a callback, a generator of images."""
    for value in call_.values:
        run.consume(value, "escape")
    args, keywords = tuple(map(run.snapshot, call_.args)), _snapshots(run, call_.keywords)
    return Object(f"{owner.cls}.{name}", call_.node, args, keywords, owner) if name.startswith("flow") else UNKNOWN


def _layer_class(run: Interpreter, callee: Api, call_: Call) -> Value:
    layer = Layer(callee.name, call_.node, tuple(map(run.snapshot, call_.args)), _snapshots(run, call_.keywords))
    if callee.name == "keras.layers.Merge":
        given = run.snapshot(call_.argument(0, "layers") or UNKNOWN)
        if any(True for _ in tensors(given)):
            return _merge(run, given, call_)
    return layer


def _snapshots(run: Interpreter, keywords: Keywords) -> Keywords:
    return tuple((name, run.snapshot(value)) for name, value in keywords)


def _model_class(run: Interpreter, name: str, short: str, call_: Call) -> Value:
    if short == "Sequential":
        return _sequential(run, call_)
    if short in ("Model", "Functional"):
        given_inputs = call_.argument(0, "input", "inputs") or UNKNOWN
        given_outputs = call_.argument(1, "output", "outputs") or UNKNOWN
        run.consume(given_outputs, "model")
        return Model("Model", call_.node, _several(run, given_inputs), _several(run, given_outputs))
    if name in _MODEL_LOADERS:
        return Model("Model", call_.node)
    return UNKNOWN


def _sequential(run: Interpreter, call_: Call) -> Model:
    """A new `Sequential`. The heap holds its output, as the only item of a list, because `add` changes it."""
    model = Model("Sequential", call_.node)
    run.heap.set(model.output_ref, ListState((), UNKNOWN, 0))
    for layer in run.items(call_.argument(0, "layers") or UNKNOWN) or ():
        _add(run, model, layer)
    return model


def _add(run: Interpreter, model: Model, layer: Value) -> Value:
    """Put a layer on top of a `Sequential`; gives the new output."""
    output = _stacked(run, run.outputs_of(model), layer)
    run.heap.set(model.output_ref, ListState((output,), UNKNOWN, 1))
    return output


def _stacked(run: Interpreter, outputs: tuple[Value, ...], layer: Value) -> Tensor:
    """The output of a `Sequential` with outputs (none if it is empty) after one more layer."""
    if isinstance(layer, Model):
        known = run.outputs_of(layer)
        inner = known[0] if len(known) == 1 and isinstance(known[0], Tensor) else Tensor(Origin.EXTRACTED)
        masked = inner.masked or any(tensor.masked for output in outputs for tensor in tensors(output))
        return Tensor(Origin.EXTRACTED, inner.shape, masked=masked and inner.rank != 2)
    if isinstance(layer, Tensor):  # `Sequential([Input(shape), ...])`
        return Tensor(Origin.EXTRACTED, layer.shape)
    if not isinstance(layer, Layer):
        return Tensor(Origin.EXTRACTED)
    if layer.cls == "keras.layers.Merge":
        branches = run.items(layer.argument(0, "layers") or UNKNOWN) or ()
        each = [run.outputs_of(branch) if isinstance(branch, Model) else () for branch in branches]
        if not each or any(len(found) != 1 for found in each):
            return Tensor(Origin.EXTRACTED)
        inputs = Items(tuple(found[0] for found in each), UNKNOWN, len(each))
        return Tensor(Origin.EXTRACTED, shapes.merged_shape(run, inputs, layer))
    given = outputs[0] if outputs else Tensor(Origin.EXTRACTED, shapes.first_shape(run, layer))
    masked = masks.after_layer(layer, tensors(given))
    return Tensor(Origin.EXTRACTED, shapes.layer_shape(run, layer, given), masked=masked)


def _several(run: Interpreter, value: Value) -> tuple[Value, ...]:
    if isinstance(value, (ListRef, Items)):
        return run.items(value) or ()
    return (value,) if isinstance(value, Tensor) else ()


def _application(run: Interpreter, call_: Call) -> Value:
    for name, value in call_.keywords:
        if name == "input_tensor":
            run.consume(value, "model")
    return Model("Model", call_.node)


def _merge(run: Interpreter, inputs: Value, call_: Call) -> Value:
    """A merge of tensors, by whichever name: a Keras tensor, unless it is inside a layer."""
    run.consume(inputs, "model")
    snapshot = run.snapshot(inputs)
    found = list(tensors(snapshot))
    inner = call_.frame.role.inner or any(not tensor.symbolic for tensor in found)
    shape = shapes.merged_shape(run, snapshot, call_) if found else None
    masked = masks.after_merge(found, call_.argument(1, "mode"), call_.argument(5, "output_mask"))
    return Tensor(Origin.INNER if inner else Origin.MODEL, shape, masked=masked)


def _backend(run: Interpreter, name: str, call_: Call) -> Value:
    if name in _GRAPH_SINKS:
        for value in call_.values:
            for part in (value, run.element(value)):
                run.consume(part, "graph")
    if name == "int_shape" and call_.args:
        found = [option for option in options(call_.args[0]) if isinstance(option, Tensor)]
        return shapes.value_of(found[0].shape) if len(found) == 1 else UNKNOWN
    if name == "ndim" and call_.args:
        tensor = call_.args[0]
        return Const(tensor.rank) if isinstance(tensor, Tensor) and tensor.rank is not None else UNKNOWN
    if name in _INNER_SOURCES:
        return Tensor(Origin.INNER)
    if name in _LIKE:
        result = _result(run, call_, lost=True)
        return result if isinstance(result, Tensor) else Tensor(Origin.INNER)
    if name in _NO_TENSOR:
        return UNKNOWN
    if name not in BACKEND_FUNCTIONS:
        return UNKNOWN
    result = _result(run, call_, lost=True)
    if not isinstance(result, Tensor):
        return result
    shape = backend_shape(name, tuple(map(run.snapshot, call_.args)), _snapshots(run, call_.keywords))
    return replace(result, shape=shape)


def _result(run: Interpreter, call_: Call, *, lost: bool = False) -> Value:
    """The tensor that an op makes of its tensors; unknown if it was given none."""
    found: list[Tensor] = []
    for value in call_.values:
        found.extend(tensors(run.snapshot(value)))
    if not found:
        return UNKNOWN
    origin = Origin.INNER
    if not call_.frame.role.inner:
        if any(tensor.origin is Origin.MODEL for tensor in found):
            origin = Origin.MODEL
        elif any(tensor.origin is Origin.EXTRACTED for tensor in found):
            origin = Origin.EXTRACTED
    ops = frozenset[ast.Call]().union(*(tensor.lost for tensor in found))
    if lost and origin is not Origin.INNER:
        ops |= {call_.node}
    return Tensor(origin, None, ops)


def call_layer(run: Interpreter, layer: Layer, call_: Call) -> Value:
    """Call a layer object on its inputs."""
    if isinstance(layer.cls, Class) and layer.cls.info.name == "FixedTraining":  # as a fix writes it around a layer
        inner = layer.argument(0, "layer")
        if isinstance(inner, Layer):
            return call_layer(run, inner, call_)
        if isinstance(inner, Model):
            return call_model(run, inner, call_)
    inputs = run.snapshot(call_.args[0]) if call_.args else UNKNOWN
    for value in call_.values:
        run.consume(value, "model")
    run_given_functions(run, call_)
    found = list(tensors(inputs))
    if call_.frame.role.inner:
        return Tensor(Origin.INNER, shapes.layer_shape(run, layer, inputs))
    if found and all(tensor.origin is Origin.INNER for tensor in found):
        return Tensor(Origin.INNER, shapes.layer_shape(run, layer, inputs))
    shape = shapes.layer_shape(run, layer, inputs)
    if layer.cls == "keras.layers.Layer":
        return Tensor(Origin.EXTRACTED) if found else UNKNOWN
    if not found and not _made_here(layer):
        return UNKNOWN
    masked = masks.after_layer(layer, found)
    if _returns_several(layer):
        states = _STATES.get(layer.cls) if isinstance(layer.cls, str) else None
        if states is not None:
            items = (Tensor(Origin.MODEL, shape, masked=masked), *(Tensor(Origin.MODEL) for _ in range(states)))
            return Items(items, UNKNOWN, len(items))
        several = Items(None, Tensor(Origin.MODEL, masked=masked), 1)
        return Union((Tensor(Origin.MODEL, shape, masked=masked), several))
    return Tensor(Origin.MODEL, shape, masked=masked)


def _made_here(layer: Layer) -> bool:
    """A layer that the code has just made, called on something unknown in model code: `Dense(10)(x)`."""
    return layer.site is not None


# How many states a recurrent layer returns after its output.
_STATES = {
    f"keras.layers.{name}": count
    for count, names in {1: ["GRU", "SimpleRNN", "CuDNNGRU"], 2: ["LSTM", "CuDNNLSTM", "ConvLSTM2D"]}.items()
    for name in names
}


def _returns_several(layer: Layer) -> bool:
    state = layer.argument(-1, "return_state")
    return isinstance(state, Const) and state.value is True


def call_layer_method(run: Interpreter, layer: Layer, name: str, call_: Call) -> Value:
    """A method of a layer object."""
    if name in ("get_output_at", "get_input_at"):
        return Tensor(Origin.EXTRACTED)
    if name == "add_loss":
        for value in call_.values:
            run.consume(value, "graph")
    if name in ("call", "__call__"):
        return call_layer(run, layer, call_)
    return UNKNOWN


def call_model(run: Interpreter, model: Model, call_: Call) -> Value:
    """Call a model on tensors, as a layer."""
    for value in call_.values:
        run.consume(value, "model")
    found = list(tensors(run.snapshot(call_.args[0]))) if call_.args else []
    inner = call_.frame.role.inner or (bool(found) and all(not tensor.symbolic for tensor in found))
    origin = Origin.INNER if inner else Origin.MODEL if found else None
    if origin is None:
        return UNKNOWN
    if len(model.outputs) > 1:
        return Items(tuple(Tensor(origin) for _ in model.outputs), UNKNOWN, len(model.outputs))
    given = next((value for value in run.outputs_of(model) if isinstance(value, Tensor)), Tensor(origin))
    masked = (given.masked or any(tensor.masked for tensor in found)) and given.rank != 2
    return Tensor(origin, given.shape, masked=masked)


def call_model_method(run: Interpreter, model: Model, name: str, call_: Call) -> Value:
    """A method of a model."""
    run_given_functions(run, call_)
    if name == "add" and call_.args:
        output = _add(run, model, call_.args[0])
        if model.outputs:  # as a function has returned it: the next look at the name must not see the old output
            owner = call_.node.func.value if isinstance(call_.node.func, ast.Attribute) else None
            if isinstance(owner, ast.Name) and owner.id in call_.frame.vars:
                call_.frame.vars[owner.id] = Model(model.kind, model.site, model.inputs, (output,))
    if name == "pop":
        run.heap.set(model.output_ref, ListState((Tensor(Origin.EXTRACTED),), UNKNOWN, 1))
    if name == "get_layer":
        return Layer("keras.layers.Layer")
    if name in ("compile", "add_loss", "add_metric", "add_update"):
        for value in call_.values:
            run.consume(value, "graph")
    if name in ("get_output_at", "get_input_at"):
        return Tensor(Origin.EXTRACTED)
    return UNKNOWN


def run_given_functions(run: Interpreter, call_: Call) -> None:
    """Functions given to Keras (a Lambda's, a loss, a metric, a callable mode, ...) run inside layers or the like."""
    for value in call_.values:
        _run_given(run, value, call_, depth=0)


def _run_given(run: Interpreter, value: Value, call_: Call, depth: int) -> None:
    if depth > 2:
        return
    for option in options(value):
        if isinstance(option, Partial):
            option = option.func
        if isinstance(option, Function):
            _run_inner(run, option, call_)
        elif isinstance(option, (Method, Instance)):
            _run_method(run, option, call_)
        elif isinstance(option, (ListRef, Items)):
            for item in run.items(option) or (run.element(option),):
                _run_given(run, item, call_, depth + 1)
        elif hasattr(option, "entries"):
            for _, item in option.entries:
                _run_given(run, item, call_, depth + 1)


def _run_method(run: Interpreter, value: Method | Instance, call_: Call) -> None:
    """`Lambda(self.f)`, and an object that can be called."""
    owner, name = (value.owner, value.name) if isinstance(value, Method) else (value, "__call__")
    if not isinstance(owner, (Instance, Class)):
        return
    cls = owner.cls if isinstance(owner, Instance) else owner
    function = cls.info.find(name)
    if function is not None:
        static = any(getattr(d, "id", "") == "staticmethod" for d in getattr(function.node, "decorator_list", ()))
        _run_inner(run, function, call_, () if static else (owner,))


def _run_inner(run: Interpreter, function: Function, call_: Call, bound: tuple[Value, ...] = ()) -> None:
    spec = function.node.args
    given = max(len(spec.posonlyargs) + len(spec.args) - len(spec.defaults), 1 if spec.args else 0)
    inner: Value = Union((Tensor(Origin.INNER), Items(None, Tensor(Origin.INNER), 1), UNKNOWN))
    args = (*bound, *(inner for _ in range(given - len(bound))))
    run.call_function(function, args, (), Role.LAMBDA, call_.frame)
