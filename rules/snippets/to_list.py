"""`to_list` of Keras 2."""


def to_list(x, allow_tuple=False):
    """A list as it is, anything else as the only element of one."""
    if isinstance(x, list):
        return x
    if allow_tuple and isinstance(x, tuple):
        return list(x)
    return [x]
