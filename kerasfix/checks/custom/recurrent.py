"""Layers whose whole plan has gone: recurrent layers with a `step`, and layers of Keras 0 with a `get_output`."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from kerasfix.catalogue.adapters import Unrenderable
from kerasfix.checks import Context
from kerasfix.checks.backend._calls import Speller
from kerasfix.checks.custom._classes import CustomClass, layers
from kerasfix.findings import Edit, Finding, Fix
from kerasfix.names.namer import root_name

STEP = "recurrent-layer-with-step"
OUTPUT = "layer-with-get-output"
RULES = frozenset({STEP, OUTPUT})

_PLAN = "keras.layers.Recurrent"  # which does nothing but call the methods of those that derive from it
_BASES = frozenset(
    f"keras.layers.{name}"
    for name in ["Recurrent", "LSTM", "GRU", "SimpleRNN", "ConvRecurrent2D", "ConvLSTM2D", "RNN", "ConvRNN2D"]
)
_PARTS = {
    "step": "`step(x, states)` becomes the cell's `call(inputs, states)`",
    "get_constants": "what `get_constants` gives is computed in the cell's `call`, or passed as `constants`",
    "get_initial_states": "`get_initial_states` becomes the cell's `get_initial_state`",
    "get_initial_state": "`get_initial_state` goes to the cell",
    "preprocess_input": "`preprocess_input` becomes a layer before it, or part of the cell's `call`",
    "reset_states": "`RNN` has `reset_states`",
}


def check(context: Context) -> Iterator[Finding]:
    """Every such class."""
    text = context.facts.index.text
    if not any(word in text for word in ("def step", "def get_output", "def get_constants", "Recurrent)")):
        return
    for cls in layers(context):
        start = context.facts.index.text.index(cls.name, context.facts.index.span(cls.node)[0])
        end = start + len(cls.name)
        if "get_output" in cls.methods and "call" not in cls.methods:
            yield Finding(
                OUTPUT,
                start,
                end,
                f"`{cls.name}` is a layer of Keras before 1.0: nobody calls `get_output` any more",
                help=_output_advice(cls),
            )
        elif (base := cls.base(_PLAN)) is not None:
            fix = _with_plan(context, *base)
            message = "`Recurrent`, which called `step`, is gone"
            yield Finding(STEP, start, end, message, fix, None if fix is not None else _step_advice(cls))
        elif cls.keras_base in _BASES - {_PLAN} and {"step", "get_constants"} & cls.methods.keys():
            called = "step" if "step" in cls.methods else "get_constants"
            message = f"recurrent layers do not call `{called}` any more"
            yield Finding(STEP, start, end, message, help=_step_advice(cls))


def _with_plan(context: Context, base: ast.expr, root: str) -> Fix | None:
    """The base class as a definition that the file gets."""
    speller = Speller(context, base, root)
    try:
        name = speller("snippet.Recurrent")
    except Unrenderable:
        return None
    start = root_name(base)
    edit = Edit(*context.facts.index.span(base), (name,))
    return speller.fix([edit], "Derive from a `Recurrent` of the file's own", {start.id} if start is not None else ())


def _step_advice(cls: CustomClass) -> str:
    parts = "; ".join(said for name, said in _PARTS.items() if name in cls.methods)
    cell = f"{cls.name}Cell"
    return (
        f"Write a layer `{cell}` with `state_size` and the weights of `{cls.name}`, and call "
        f"`RNN({cell}(...), return_sequences=...)`: {parts}"
    )


def _output_advice(cls: CustomClass) -> str:
    parts = ["`get_output(self, train)` becomes `call(self, x, training=None)`, with `x` for `self.get_input(train)`"]
    text = " ".join(cls.methods)
    if "output_shape" in text:
        parts.append("the property `output_shape` becomes `compute_output_shape(self, input_shape)`")
    if "get_output_mask" in text:
        parts.append("`get_output_mask` becomes `compute_mask(self, x, mask=None)`")
    parts.append("weights are made in `build(self, input_shape)` by `self.add_weight`, in place of `self.params`")
    return f"Rewrite `{cls.name}`: {'; '.join(parts)}"
