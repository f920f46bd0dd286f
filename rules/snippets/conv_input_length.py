"""`conv_input_length` of Keras 1 and 2."""


def conv_input_length(output_length, filter_size, padding, stride):
    """The length of what a convolution has to get."""
    if output_length is None:
        return None
    pad = {"same": filter_size // 2, "valid": 0, "full": filter_size - 1}[padding]
    return (output_length - 1) * stride - 2 * pad + filter_size
