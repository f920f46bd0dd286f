"""Attributes that Keras kept to itself: `_keras_shape`, `_keras_history`, the learning phase."""
