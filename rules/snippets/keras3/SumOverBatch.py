"""What makes an activity regularizer count as it did in Keras 1."""

from keras import ops, regularizers
from keras.regularizers import Regularizer
from keras.saving import register_keras_serializable


@register_keras_serializable()
class SumOverBatch(Regularizer):
    """An activity regularizer whose loss is the sum over the batch, as in Keras 1; that of Keras 3 is the mean."""

    def __init__(self, regularizer):
        self.regularizer = regularizers.get(regularizer)

    def __call__(self, x):
        if self.regularizer is None:
            return ops.zeros((), x.dtype)
        return self.regularizer(x) * ops.cast(ops.shape(x)[0], x.dtype)

    def get_config(self):
        return {"regularizer": regularizers.serialize(self.regularizer)}
