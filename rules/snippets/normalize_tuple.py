"""`normalize_tuple` of Keras 2."""


def normalize_tuple(value, n, name):
    """A tuple of `n` numbers: those given, or the one given `n` times."""
    values = (value,) * n if isinstance(value, int) else tuple(value)
    if len(values) != n:
        raise ValueError(f"{name} is a tuple of {n} numbers, not {value}")
    return values
