from __future__ import annotations

import pytest

from kerasfix.verify.keras_faults import bias_along_columns


def model(**config):
    given = {"data_format": "channels_first", "use_bias": True, "filters": 8, **config}
    return {"layers": [{"name": "conv", "config": given, "output_shapes": [[None, 8, 5, 8]]}]}


def test_a_bias_as_long_as_the_last_axis_is_named():
    assert "`conv` has as many filters as columns" in bias_along_columns(model())


@pytest.mark.parametrize("config", [{"use_bias": False}, {"data_format": "channels_last"}, {"filters": 5}])
def test_other_convolutions_are_not(config):
    assert bias_along_columns(model(**config)) is None


def test_keras_still_has_the_fault(keras3):
    """Where this fails, Keras has mended it, and what is named here can go."""
    found = keras3.run(
        """
import numpy as np
from keras import layers
convolution = layers.Conv2D(8, 1, data_format='channels_first', kernel_initializer='zeros')
convolution.build((None, 3, 8, 8))
convolution.bias.assign(np.arange(8.0))
first_column = np.asarray(convolution(np.zeros((1, 3, 8, 8), 'float32')))[0, :, 0, 0].tolist()
"""
    )
    assert found["first_column"] == [0.0] * 8
