"""Which layer of a legacy model is which of the rewritten one, and legacy weights in the layout of today.

    pairing = pair_layers(before, after)
    carried = carry_model(before, arrays, after, "1.2.2")

Plain data and numpy: no Keras is needed.
"""

from kerasfix.verify.carry.layouts import carry
from kerasfix.verify.carry.model import Carried, Problem, carry_model
from kerasfix.verify.carry.models import ModelPair, ModelPairing, pair_models
from kerasfix.verify.carry.origin import CarryError
from kerasfix.verify.carry.pairs import Pair, Pairing, pair_layers

__all__ = [
    "Carried",
    "CarryError",
    "ModelPair",
    "ModelPairing",
    "Pair",
    "Pairing",
    "Problem",
    "carry",
    "carry_model",
    "pair_layers",
    "pair_models",
]
