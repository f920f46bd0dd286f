"""What makes an activity regularizer count as it did in Keras 1."""

from keras import backend as K
from keras import regularizers
from keras.regularizers import Regularizer


class SumOverBatch(Regularizer):
    """An activity regularizer whose loss is the sum over the batch, as in Keras 1; that of tf_keras is the mean."""

    def __init__(self, regularizer):
        self.regularizer = regularizers.get(regularizer)

    def __call__(self, x):
        if self.regularizer is None:
            return K.constant(0.0)
        return self.regularizer(x) * K.cast(K.shape(x)[0], K.floatx())

    def get_config(self):
        return {"regularizer": regularizers.serialize(self.regularizer)}
