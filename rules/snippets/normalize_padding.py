"""`normalize_padding` of Keras 2."""


def normalize_padding(value):
    """The padding of a layer, in lower case."""
    padding = value.lower()
    if padding not in ("valid", "same", "causal"):
        raise ValueError(f"the padding is valid, same or causal, not {value}")
    return padding
