"""The crossentropies of Keras before 2.3, which stop where an output comes as close to 0 or 1 as 1e-7.

Today's go on there: they take the numbers that went into a `sigmoid` or a `softmax`, or add the 1e-7 at another place.
What differs by no more than that is no fault of a rewrite, and no rewrite takes it away.

Source: `keras/backend/tensorflow_backend.py` of Keras 1.0.0 to 2.2.5.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from kerasfix.probe.feeding import loss_name
from kerasfix.verify.engines.legacy import parse_version

NOTE = (
    "an output is all but 0 or 1, where the crossentropy of Keras {} stops and today's goes on: compared by that of"
    " Keras {}"
)
_LAST = (2, 3)
_EPSILON = 1e-7
Loss = Callable[[Any, Any], Any]


def stopping(loss: Any, version: str) -> Any:
    """What a model is compiled with as loss, with the crossentropies of an old Keras for those of today.

    Args:
        loss: As `compile` takes it.
        version: Of the Keras of the original; "2.15" for tf_keras.

    Returns:
        The same structure, or None if there is nothing to replace.
    """
    if parse_version(version) >= _LAST:
        return None
    replaced = _replaced(loss)
    return None if replaced == loss else replaced


def _replaced(loss: Any) -> Any:
    if isinstance(loss, dict):
        return {key: _replaced(one) for key, one in loss.items()}
    if isinstance(loss, (list, tuple)):
        return [_replaced(one) for one in loss]
    of_keras = isinstance(loss, str) or getattr(loss, "__module__", "").partition(".")[0] in ("keras", "tf_keras")
    return _OLD.get(loss_name(loss), loss) if of_keras and not hasattr(loss, "from_logits") else loss


def _binary(target: Any, output: Any) -> Any:
    import tensorflow as tf

    output = tf.clip_by_value(output, _EPSILON, 1 - _EPSILON)
    logits = tf.math.log(output / (1 - output))
    losses = tf.nn.sigmoid_cross_entropy_with_logits(labels=tf.cast(target, output.dtype), logits=logits)
    return tf.reduce_mean(losses, axis=-1)


def _categorical(target: Any, output: Any) -> Any:
    import tensorflow as tf

    output = output / tf.reduce_sum(output, axis=-1, keepdims=True)
    output = tf.clip_by_value(output, _EPSILON, 1 - _EPSILON)
    return -tf.reduce_sum(tf.cast(target, output.dtype) * tf.math.log(output), axis=-1)


def _sparse(target: Any, output: Any) -> Any:
    import tensorflow as tf

    logits = tf.math.log(tf.clip_by_value(output, _EPSILON, 1 - _EPSILON))
    labels = tf.cast(tf.reshape(target, tf.shape(output)[:-1]), "int64")
    return tf.nn.sparse_softmax_cross_entropy_with_logits(labels=labels, logits=logits)


_OLD: dict[str, Loss] = {
    "binary_crossentropy": _binary,
    "categorical_crossentropy": _categorical,
    "sparse_categorical_crossentropy": _sparse,
}
