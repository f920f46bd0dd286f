"""The weights of a whole model, layer by layer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from kerasfix.verify.carry.descriptions import Model
from kerasfix.verify.carry.layouts import carry
from kerasfix.verify.carry.origin import Arrays, CarryError
from kerasfix.verify.carry.pairs import Pairing, pair_layers


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that keeps the weights of a layer from getting over."""

    path: str  # of the layer: in the original, or in the rewritten model if it has no partner there
    text: str  # a sentence: "`dense_2` has 2 arrays before, 1 after: the bias is gone"


@dataclass(frozen=True, slots=True)
class Carried:
    """The weights of a model, for its heir."""

    weights: dict[str, Arrays]  # by the path of the layer in the rewritten model, for its `set_weights`
    problems: tuple[Problem, ...] = ()
    pairing: Pairing = field(default_factory=lambda: Pairing((), (), ()))


def carry_model(
    before: Model,
    before_arrays: Mapping[str, np.ndarray],
    after: Model,
    keras_version: str,
    *,
    from_theano: bool = False,
    pairing: Pairing | None = None,
) -> Carried:
    """Carry the weights of a model over to the rewritten one.

    Args:
        before: The original model.
        before_arrays: Its weights: array k of the layer at a path has the key `path/k`.
        after: The rewritten model.
        keras_version: The Keras of the original, such as "1.2.2".
        from_theano: Whether the weights were trained on Theano.
        pairing: Which layer is which, where that is known already.

    Returns:
        The weights of each layer that has a partner whose weights fit, and the problems of all others: without
        problems, every weight of both models is accounted for.
    """
    pairing = pairing or pair_layers(before, after)
    olds = {layer["path"]: layer for layer in before["layers"]}
    news = {layer["path"]: layer for layer in after["layers"]}
    weights: dict[str, Arrays] = {}
    problems: list[Problem] = []
    for pair in pairing.pairs:
        old, new = olds[pair.before], news[pair.after]
        keys = [f"{pair.before}/{number}" for number in range(len(old.get("weights") or ()))]
        missing = [key for key in keys if key not in before_arrays]
        if missing:
            problems.append(Problem(pair.before, f"`{pair.before}`: its weights were not recorded"))
            continue
        try:
            weights[pair.after] = carry(
                old, new, [before_arrays[key] for key in keys], keras_version, from_theano=from_theano
            )
        except CarryError as error:
            problems.append(Problem(pair.before, f"`{pair.before}` {error}"))
    problems += [Problem(path, f"`{path}` has no partner in the rewritten model") for path in pairing.only_before]
    problems += [Problem(path, f"`{path}` has no partner in the original") for path in pairing.only_after]
    return Carried(weights, tuple(problems), pairing)
