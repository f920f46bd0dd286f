"""Today's TensorFlow, made to look like the 1.x that multi-backend Keras (1.x, 2.0 to 2.3.1) was written for.

`install()` puts a module named `tensorflow` before everything that is imported afterwards. It hands out
`tensorflow.compat.v1`, with what that no longer has put back, and the names that Python and numpy have dropped since.
The real `tensorflow` must not be imported for use in eager mode by the same process.
"""

from __future__ import annotations

import sys
import types
from typing import Any

from kerasfix.verify.engines import old_libraries, old_python

TENSORFLOW_VERSION = "1.15.0"  # what the code is told: new enough for all of its `hasattr` and version tests


def install(keras: tuple[int, ...]) -> None:
    """Make `import tensorflow` give the TensorFlow that a Keras was written for, and old Python code importable.

    Args:
        keras: The version of Keras. Before 1.2.2 it was written for TensorFlow 0.x, since 2.0 for 1.x.
    """
    old_python.restore()
    old_libraries.restore()
    old = _install_tensorflow()
    if keras >= (2,):
        return
    from kerasfix.verify.engines import tensorflow_0

    if keras < (1, 2, 2):
        tensorflow_0.install(old)
    else:
        tensorflow_0.add_names(old)


def _install_tensorflow() -> types.ModuleType:
    import tensorflow as real
    import tensorflow.compat.v1 as v1

    v1.disable_v2_behavior()
    _use_resource_variables(v1)
    _plan_no_session()

    old: Any = types.ModuleType("tensorflow")
    old.__path__ = list(real.__path__)  # `from tensorflow.python... import ...` goes on to the real package
    old.__spec__ = real.__spec__
    old.__file__ = real.__file__
    old.__version__ = TENSORFLOW_VERSION
    old.python = sys.modules["tensorflow.python"]
    old.Variable = _variable_class(v1)
    old.__getattr__ = lambda name: getattr(v1, name)
    _restore_internals(v1)

    sys.modules["tensorflow"] = old
    # TensorFlow may have imported today's Keras: the legacy one must be found instead.
    for name in [name for name in sys.modules if name.partition(".")[0] == "keras"]:
        del sys.modules[name]
    module: types.ModuleType = old
    return module


def _use_resource_variables(v1: Any) -> None:
    """Choose resource variables, which repeat, and let them behave like the reference variables of 1.x.

    The weight updates of reference variables race with the gradients of lower layers: predictions are right, but
    training differs from run to run.
    """
    from tensorflow.python.ops.resource_variable_ops import BaseResourceVariable

    v1.enable_resource_variables()
    BaseResourceVariable.__bool__ = lambda self: True  # Keras 1 says `if b:`
    # Keras says `lr *= ...`, which made a new tensor; a resource variable refuses, but falls back to `__mul__`.
    for operator in ("iadd", "isub", "imul", "itruediv", "irealdiv", "idiv", "ipow"):
        if f"__{operator}__" in vars(BaseResourceVariable):
            delattr(BaseResourceVariable, f"__{operator}__")


def _plan_no_session() -> None:
    """Let sessions run graphs as they are: to rewrite a large one for a few steps takes longer than the steps."""
    from tensorflow.core.protobuf import config_pb2
    from tensorflow.python.client.session import BaseSession

    original = BaseSession.__init__

    def __init__(self: Any, target: str = "", graph: Any = None, config: Any = None) -> None:
        merged = config_pb2.ConfigProto()
        merged.graph_options.rewrite_options.disable_meta_optimizer = True
        if config is not None:
            merged.MergeFrom(config)
        original(self, target, graph, merged)

    BaseSession.__init__ = __init__


def _variable_class(v1: Any) -> type:
    """A `tf.Variable` to be called and to be asked `isinstance(x, tf.Variable)`: in compat.v1 these are two classes."""
    from tensorflow.python.ops.variables import Variable

    class VariableType(type):
        def __call__(cls, *args: Any, **kwargs: Any) -> Any:
            return v1.Variable(*args, **kwargs)

        def __instancecheck__(cls, instance: object) -> bool:
            return isinstance(instance, Variable)

    return VariableType("Variable", (), {})


def _restore_internals(v1: Any) -> None:
    from tensorflow.python.framework import ops
    from tensorflow.python.ops import control_flow_ops, functional_ops, variables

    if not hasattr(ops, "_TensorLike"):
        ops._TensorLike = (v1.Tensor, v1.SparseTensor, v1.IndexedSlices, variables.Variable)
        ops.is_dense_tensor_like = lambda x: isinstance(x, (v1.Tensor, variables.Variable))
    for module, names in (
        (control_flow_ops, ("while_loop", "cond", "case")),
        (functional_ops, ("map_fn", "foldl", "foldr", "scan")),
    ):
        for name in names:
            if not hasattr(module, name):
                setattr(module, name, getattr(v1, name))
