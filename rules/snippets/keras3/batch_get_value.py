from keras import ops


def batch_get_value(variables):
    """The values of variables as arrays."""
    return [ops.convert_to_numpy(variable) for variable in variables]
