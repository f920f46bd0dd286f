"""TensorFlow 0.x on top of the 1.x of `legacy_tensorflow`: names and orders of arguments that Keras 1.0 to 1.2.1 know.

They are those of TensorFlow 0.10 to 0.12, its `python/ops`.
"""

from __future__ import annotations

import importlib
import sys
import types
from typing import Any

VERSION = "0.10.0"


def install(tensorflow: Any) -> None:
    """Give the module the names of 0.x, and take the way of 1.x from those that it needs otherwise."""
    import tensorflow.compat.v1 as v1

    tensorflow.__version__ = VERSION
    for name, function in _functions(v1).items():
        setattr(tensorflow, name, function)
    tensorflow.nn = _nn(v1)
    arrays: Any = importlib.import_module("tensorflow.python.ops.tensor_array_ops").TensorArray
    arrays.pack, arrays.unpack = arrays.stack, arrays.unstack
    tensorflow.python = types.SimpleNamespace(control_flow_ops=types.SimpleNamespace(cond=v1.cond))
    rnn: Any = importlib.import_module("tensorflow.python.ops.rnn")
    rnn._dynamic_rnn_loop = _rnn_loop(v1)
    _average_without_bias()


def add_names(tensorflow: Any) -> None:
    """Give the module the names of 0.x that 1.x has not got, for Keras 1.2.2, which ran on both."""
    import tensorflow.compat.v1 as v1

    for name, function in _functions(v1).items():
        if not hasattr(v1, name):
            setattr(tensorflow, name, function)
    for name in ("concat", "split"):
        setattr(tensorflow, name, _of_both(getattr(v1, name), _functions(v1)[name]))


def _of_both(new: Any, old: Any) -> Any:
    """A function that had the axis first, as a number, before 1.0."""

    def function(*args: Any, **kwargs: Any) -> Any:
        is_old = (args and isinstance(args[0], int)) or not kwargs.keys().isdisjoint(("concat_dim", "split_dim"))
        return (old if is_old else new)(*args, **kwargs)

    return function


def renew_graph() -> None:
    """In a child: have Keras start on a graph of its own.

    Keras before 1.1 makes a tensor when it is imported, and with its graph comes a thread, which a fork leaves behind.
    """
    backend: Any = sys.modules["keras.backend.tensorflow_backend"]
    phase = getattr(backend, "_LEARNING_PHASE", None)
    if phase is None:
        return
    tensorflow: Any = sys.modules["tensorflow"]
    # Kept for good: its end would wait for the thread.
    backend._graph_of_the_import = tensorflow.get_default_graph()
    tensorflow.reset_default_graph()
    backend._LEARNING_PHASE = tensorflow.placeholder(phase.dtype, name=phase.op.name)


def _functions(v1: Any) -> dict[str, Any]:
    return {
        "pack": v1.stack,
        "unpack": v1.unstack,
        "select": v1.where,
        "mul": v1.multiply,
        "sub": v1.subtract,
        "neg": v1.negative,
        "inv": v1.reciprocal,
        "complex_abs": v1.abs,
        "listdiff": v1.setdiff1d,
        "concat": lambda concat_dim, values, name="concat": v1.concat(values, concat_dim),
        "split": lambda split_dim, num_split, value, name="split": v1.split(value, num_split, split_dim),
        "batch_matmul": lambda x, y, adj_x=False, adj_y=False, name=None: v1.matmul(
            x, y, adjoint_a=adj_x, adjoint_b=adj_y
        ),
        "reverse": _reverse(v1),
        "one_hot": lambda indices, depth, on_value=None, off_value=None, **kwargs: v1.one_hot(
            indices, depth, on_value, off_value, **kwargs
        ),
    }


def _reverse(v1: Any) -> Any:
    """A flag for each axis, where there are axes today."""

    def reverse(tensor: Any, dims: Any, name: Any = None) -> Any:
        rank = tensor.get_shape().ndims
        if rank is not None and rank != len(dims):  # as Keras 1.0 has it for masks: an error then, and one now
            raise ValueError(f"Shape must be rank {len(dims)} but is rank {rank}")
        return v1.reverse(tensor, [axis for axis, flip in enumerate(dims) if flip], name=name)

    return reverse


def _nn(v1: Any) -> types.ModuleType:
    """Losses took the logits first, by place."""
    nn: Any = types.ModuleType("tensorflow.nn")
    nn.__getattr__ = lambda name: getattr(v1.nn, name)
    nn.softmax_cross_entropy_with_logits = lambda logits, labels, *_: v1.nn.softmax_cross_entropy_with_logits(
        logits=logits, labels=labels
    )
    nn.sparse_softmax_cross_entropy_with_logits = lambda logits, labels, *_: (
        v1.nn.sparse_softmax_cross_entropy_with_logits(logits=logits, labels=labels)
    )
    nn.sigmoid_cross_entropy_with_logits = lambda logits, targets, *_: v1.nn.sigmoid_cross_entropy_with_logits(
        logits=logits, labels=targets
    )
    module: types.ModuleType = nn
    return module


def _rnn_loop(v1: Any) -> Any:
    """The private loop that Keras 1.0 calls for recurrent layers: inputs and outputs have time first."""

    def loop(
        cell: Any,
        inputs: Any,
        initial_state: Any,
        parallel_iterations: Any,
        swap_memory: Any,
        sequence_length: Any = None,
    ) -> Any:
        steps = v1.shape(inputs)[0]
        given = v1.TensorArray(inputs.dtype, size=steps).unstack(inputs)
        collected = v1.TensorArray(initial_state.dtype, size=steps)

        def step(time: Any, state: Any, outputs: Any) -> Any:
            now = given.read(time)
            now.set_shape(inputs.get_shape()[1:])
            output, new_state = cell(now, state)
            new_state.set_shape(state.get_shape())
            return time + 1, new_state, outputs.write(time, output)

        _, state, collected = v1.while_loop(lambda time, *_: time < steps, step, (0, initial_state, collected))
        outputs = collected.stack()
        outputs.set_shape([inputs.get_shape()[0], inputs.get_shape()[1], cell.output_size])
        return outputs, state

    return loop


def _average_without_bias() -> None:
    """Moving averages start where they start: `zero_debias` came with 0.11, and its default changed the numbers."""
    averages: Any = importlib.import_module("tensorflow.python.training.moving_averages")
    assign = averages.assign_moving_average
    averages.assign_moving_average = lambda variable, value, decay, *_, **__: assign(
        variable, value, decay, zero_debias=False
    )
