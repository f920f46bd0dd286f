"""`unpack_singleton` of Keras 2."""


def unpack_singleton(x):
    """The element of a list that has one, or else the list."""
    return x[0] if len(x) == 1 else x
