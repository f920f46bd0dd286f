"""Which Keras a file was written for: what decides if a default that changed has to be written out.

Only what no later version has is a proof of Keras 1: an import, a class method, a keyword. Other files of the same
project that import the file, or that it imports, may bring the proof.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from enum import Enum
from itertools import chain

from kerasfix.catalogue.call_rows import CallRow, CallRows, parameters_of
from kerasfix.checks._arguments import CallFacts
from kerasfix.checks.calls._binding import Bound, CallArguments, arguments_of, bind, is_for
from kerasfix.checks.calls._called import Called, called_name, each_called
from kerasfix.flow.facts import CallSeen, ModuleFacts
from kerasfix.flow.values import Api
from kerasfix.names.canonical import canonical, keras_root
from kerasfix.names.modern import has_name


class Era(Enum):
    """What a file was written for."""

    KERAS1 = "Keras 1"
    KERAS2 = "Keras 2"
    MIXED = "Keras 1 and Keras 2"
    EARLIER = "Keras 1 or Keras 2"  # of a file by itself, as its modules are those of both
    LATER = "Keras 2 or later"
    UNKNOWN = "unknown"


BEFORE_KERAS3 = frozenset({Era.KERAS1, Era.KERAS2, Era.MIXED, Era.EARLIER})


# What only Keras 1 had to import.
_KERAS1_NAMES = frozenset(
    [
        "keras.layers.merge",
        "keras.layers.Merge",
        "keras.layers.TimeDistributedDense",
        "keras.layers.MaxoutDense",
        "keras.layers.Highway",
        "keras.layers.SReLU",
        "keras.layers.ParametricSoftplus",
        "keras.layers.AtrousConvolution1D",
        "keras.layers.AtrousConvolution2D",
        "keras.models.Graph",
        "keras.regularizers.l1l2",
        "keras.regularizers.activity_l1",
        "keras.regularizers.activity_l2",
        "keras.regularizers.activity_l1l2",
        "keras.regularizers.WeightRegularizer",
        "keras.regularizers.ActivityRegularizer",
        "keras.constraints.maxnorm",
        "keras.constraints.nonneg",
        "keras.constraints.unitnorm",
        "keras.utils.visualize_util",
        "keras.utils.np_utils.categorical_probas_to_classes",
        "keras.utils.np_utils.probas_to_classes",
        "keras.engine.training.slice_X",
        "keras.metrics.precision",
        "keras.metrics.recall",
        "keras.metrics.fmeasure",
        "keras.metrics.fbeta_score",
        "keras.metrics.matthews_correlation",
    ]
)
_KERAS1_MODULES = ("keras.initializations", "keras.utils.visualize_util", "keras.layers.containers")
_BACKEND = "keras.backend."
# Modules that are gone from TensorFlow's Keras and from Keras 3.
_OLD_MODULES = (
    "keras.engine",
    "keras.layers.core",
    "keras.layers.convolutional",
    "keras.layers.recurrent",
    "keras.layers.normalization",
    "keras.layers.embeddings",
    "keras.layers.pooling",
    "keras.layers.wrappers",
    "keras.layers.noise",
    "keras.layers.local",
    "keras.layers.advanced_activations",
    "keras.layers.merge",
    "keras.utils.np_utils",
    "keras.objectives",
    "keras.backend.tensorflow_backend",
    "keras.wrappers",
    "keras.legacy",
)


def era_of(facts: ModuleFacts, rows: CallRows) -> Era:
    """The era of a file: its own evidence, else that of the files that it belongs to."""
    own = own_era(facts, rows)
    if own not in (Era.UNKNOWN, Era.EARLIER):
        return own
    others = {own_era(other, rows) for other in facts.together if other is not facts}
    if own is Era.EARLIER:
        only = Era.KERAS1 in others and others.isdisjoint((Era.KERAS2, Era.MIXED, Era.LATER))
        return Era.KERAS1 if only else Era.KERAS2
    if Era.MIXED in others or (Era.KERAS1 in others and Era.LATER in others):
        return Era.MIXED
    if Era.KERAS1 in others:
        return Era.KERAS1
    return Era.UNKNOWN if others.isdisjoint((Era.KERAS2, Era.EARLIER)) else Era.KERAS2


def declared(shown: Era, written_for: str | None) -> Era:
    """The era of a file where a person says what it was written for: what the file shows counts for more."""
    if written_for == "keras1" and shown is Era.UNKNOWN:
        return Era.KERAS1
    if written_for == "keras2" and shown in (Era.UNKNOWN, Era.LATER):
        return Era.KERAS2
    return shown


def is_before_keras3(facts: ModuleFacts) -> bool:
    """Whether a file calls functions of `keras.backend` that Keras 3 does not have, as Keras 1 and 2 had."""
    return any(
        isinstance(look.callee, Api)
        and look.callee.root == "keras"
        and look.callee.name.startswith(_BACKEND)
        and not look.guarded
        and not has_name("keras.backend", look.callee.name.removeprefix(_BACKEND), "keras3")
        for looks in facts.calls.values()
        for look in looks
    )


def own_era(facts: ModuleFacts, rows: CallRows) -> Era:
    """The era that the file itself proves."""
    if facts.era is None:
        facts.era = _own_era(facts, rows).value
    return Era(facts.era)


def _own_era(facts: ModuleFacts, rows: CallRows) -> Era:
    found = {*_of_imports(facts), *_of_calls(facts, rows)}
    if Era.KERAS1 in found or "get_output_shape_for" in facts.function_names:
        return Era.MIXED if Era.LATER in found else Era.KERAS1
    if Era.KERAS2 in found or {Era.EARLIER, Era.LATER} <= found:
        return Era.KERAS2
    if Era.EARLIER in found:
        return Era.EARLIER
    return Era.LATER if Era.LATER in found else Era.UNKNOWN


def _of_imports(facts: ModuleFacts) -> Iterator[Era]:
    for node in facts.nodes(ast.Import, ast.ImportFrom):
        if isinstance(node, ast.Import):
            paths = [alias.name for alias in node.names]
        else:
            paths = [] if node.level else [node.module or "", *(f"{node.module}.{one.name}" for one in node.names)]
        for path in paths:
            if keras_root(path) != "keras":
                continue
            if path.startswith(_KERAS1_MODULES) or (canonical(path) in _KERAS1_NAMES and path != "keras.layers.merge"):
                yield Era.KERAS1
            if path.startswith(_OLD_MODULES):
                yield Era.EARLIER


def _of_calls(facts: ModuleFacts, rows: CallRows) -> Iterator[Era]:
    for node, looks in facts.calls.items():
        if any(look.guarded for look in looks):
            continue
        called = called_name(node, looks, rows)
        several = each_called(node, looks, rows) if called is None else [(called, looks)]
        for one, same in several:
            yield from _of_call(facts, rows, node, one, same)


def _of_call(
    facts: ModuleFacts, rows: CallRows, node: ast.Call, called: Called, looks: Sequence[CallSeen]
) -> Iterator[Era]:
    if called.name in _KERAS1_NAMES and (called.root or facts.root) == "keras":  # by a star import, too
        yield Era.KERAS1
    arguments = arguments_of(node, looks, called.skip, partial=called.partial)
    for row in rows[called.name]:
        if row.era == "keras1" and (called.root or facts.root) != "keras":
            continue
        bound = bind(row, arguments)
        if row.proof == "names" and bound is not None and bound.old_names:
            yield Era.KERAS1 if row.era == "keras1" else Era.KERAS2
        if bound is not None and _is_older(called.name, bound, CallFacts(facts, {node: looks})):
            yield Era.KERAS1
        if row.era == "keras1" and _says_old_names(row, arguments):
            yield Era.KERAS1
        if row.era == "keras1" and not row.new_names.isdisjoint(one.keyword for one in arguments.named):
            yield Era.LATER


def _says_old_names(row: CallRow, arguments: CallArguments) -> bool:
    """Whether variables that are given by position have the old names of their places: `LSTM(output_dim, init)`."""
    if not row.function.startswith("keras.layers."):  # variables keep their names when their code is migrated
        return False
    template = next(iter(row.templates.values()), None)
    if template is None:
        return False
    today = [parameters_of(row, keyword.value) for keyword in template.keywords]
    placed = enumerate(zip(row.parameters, arguments.positional))
    return any(
        isinstance(one.node, ast.Name) and one.node.id == name and name not in chain(*today[place : place + 1])
        for place, (name, one) in placed
        if place  # the first has kept its place
    )


def _is_older(name: str, bound: Bound, facts: CallFacts) -> bool:
    """Whether the old name of a function gets arguments at their old places, as in `Convolution2D(64, 3, 3)`."""
    row = bound.row
    if row.era != "keras1" or row.proof != "names" or not row.alias or name != row.function:
        return False
    return bound.is_moved and is_for(bound, facts)
