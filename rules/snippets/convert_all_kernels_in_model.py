"""`convert_all_kernels_in_model` of Keras 1 and 2."""

import numpy as np


def convert_all_kernels_in_model(model):
    """Flip the kernels of all convolutions, as Theano has them the other way round than TensorFlow."""
    for layer in model.layers:
        if layer.__class__.__name__ in ("Conv1D", "Conv2D", "Conv3D", "Conv2DTranspose"):
            kernel = np.array(layer.kernel)
            layer.kernel.assign(np.flip(kernel, tuple(range(kernel.ndim - 2))))
