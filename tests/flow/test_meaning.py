"""Fixed programs do what the programs did: both are run, on a Keras that only writes down what it is asked for."""

import sys
import types

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from programs import findings, fixed
from random_programs import IMPORTS, statements


class Tensor:
    """What was done, as text."""

    def __init__(self, said):
        self.said = said

    def __repr__(self):
        return self.said

    def __iter__(self):
        raise TypeError("a tensor")


def merged(mode, inputs, axis=-1):
    if not isinstance(inputs, (list, tuple)) or len(inputs) < 2:
        raise ValueError("a merge of two or more")
    if not all(isinstance(one, Tensor) for one in inputs):
        raise ValueError("not tensors")
    return Tensor(f"{mode}{axis if mode == 'concat' else ''}{list(inputs)}")


class Dense:
    def __init__(self, units):
        self.units = units

    def __call__(self, inputs):
        return Tensor(f"dense({inputs})")


def merging(mode):
    class Layer:
        def __init__(self, axis=-1, name=None):
            self.axis = axis

        def __call__(self, inputs):
            return merged(mode, inputs, self.axis)

    return Layer


class Merge:
    def __init__(self, layers=None, mode="sum", concat_axis=-1):
        self.mode, self.axis = mode, concat_axis

    def __call__(self, inputs):
        return merged(self.mode, inputs, self.axis)


def keras_1():
    layers = types.ModuleType("keras.layers")
    layers.merge = lambda inputs, mode="sum", concat_axis=-1: merged(mode, inputs, concat_axis)
    layers.Merge = Merge
    return layers


def keras_2():
    layers = types.ModuleType("keras.layers")
    for name, mode in {"Add": "sum", "Multiply": "mul", "Concatenate": "concat"}.items():
        setattr(layers, name, merging(mode))
    return layers


class Endless(BaseException):
    """A loop over a list that grows."""


class Frame:
    def __init__(self):
        self.merge = lambda other: Tensor(f"table({other})")


def run(code, layers, condition):
    """What a program prints and leaves behind, or how it ends."""
    layers.Input, layers.Dense = lambda shape: Tensor("input"), Dense
    layers.Add = getattr(layers, "Add", merging("sum"))  # the programs import it from Keras 1, too
    keras = types.ModuleType("keras")
    keras.layers = layers
    said = []
    turns = iter([condition] * 3)
    scope = {"df": Frame(), "other": lambda *args, **kwargs: Tensor("other"), "mode": "sum", "print": said.append}
    scope["c"] = _Condition(lambda: next(turns, False))
    before = {name: sys.modules.get(name) for name in ("keras", "keras.layers")}
    sys.modules.update({"keras": keras, "keras.layers": layers})
    steps = iter(range(3_000))

    def step(frame, event, argument):
        if next(steps, None) is None:
            raise Endless
        return step

    sys.settrace(step)
    try:
        exec(compile(code, "case.py", "exec"), scope)
        ended = "end"
    except Endless:
        return "endless"
    except RecursionError:
        ended = "recursion"
    except Exception as error:
        ended = type(error).__name__
    finally:
        sys.settrace(None)
        for name, module in before.items():
            if module is None:
                del sys.modules[name]
            else:
                sys.modules[name] = module
    return ended, [repr(one) for one in said], [repr(scope.get(name)) for name in ("a", "b", "x", "y", "ts")]


class _Condition:
    """True a few times, so that loops end."""

    def __init__(self, turn):
        self.turn = turn

    def __bool__(self):
        return self.turn()

    def __enter__(self):
        return Tensor("entered")

    def __exit__(self, *error):
        return False


@settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(statements(), st.booleans())
def test_a_fixed_program_says_what_the_program_said(code, condition):
    before = IMPORTS + code + "\n"
    try:
        compile(before, "case.py", "exec")
    except SyntaxError:
        return
    after = fixed(before)
    if findings(after):
        return  # what is left of Keras 1 does not run
    old, new = run(before, keras_1(), condition), run(after, keras_2(), condition)
    assert "endless" in (old, new) or new == old, after
