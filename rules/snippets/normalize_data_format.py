"""`normalize_data_format` of Keras 2."""

from keras import backend as K


def normalize_data_format(value):
    """The data format of a layer: the one given, or that of the configuration."""
    data_format = (K.image_data_format() if value is None else value).lower()
    if data_format not in ("channels_first", "channels_last"):
        raise ValueError(f"the data format is channels_first or channels_last, not {value}")
    return data_format
