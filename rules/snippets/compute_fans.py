"""`_compute_fans` of Keras 2."""

import numpy as np


def compute_fans(shape, data_format="channels_last"):
    """The numbers of inputs and of outputs of a kernel."""
    if len(shape) == 2:
        return shape[0], shape[1]
    if len(shape) not in (3, 4, 5):
        return np.sqrt(np.prod(shape)), np.sqrt(np.prod(shape))
    if data_format == "channels_first":
        return shape[1] * np.prod(shape[2:]), shape[0] * np.prod(shape[2:])
    if data_format != "channels_last":
        raise ValueError(f"the data format is channels_first or channels_last, not {data_format}")
    return shape[-2] * np.prod(shape[:-2]), shape[-1] * np.prod(shape[:-2])
