"""Functions of `keras.backend` and TensorFlow, in and outside of layers."""
