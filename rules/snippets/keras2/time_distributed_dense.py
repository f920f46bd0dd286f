"""`time_distributed_dense` of Keras 1."""

from keras import backend as K


def time_distributed_dense(x, w, b=None, dropout=None):
    """The product with `w`, plus `b`, at each step in time; in training, the same inputs are dropped at all steps."""
    if dropout is not None and 0.0 < dropout < 1.0:
        kept = K.dropout(K.ones_like(x[:, :1]), dropout)
        x = K.in_train_phase(x * kept, x)
    x = K.dot(x, w)
    return x if b is None else x + b
