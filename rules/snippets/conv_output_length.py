"""`conv_output_length` of Keras 1 and 2."""


def conv_output_length(input_length, filter_size, padding, stride, dilation=1):
    """The length of what a convolution gives."""
    if input_length is None:
        return None
    size = (filter_size - 1) * dilation + 1
    length = {
        "same": input_length,
        "causal": input_length,
        "valid": input_length - size + 1,
        "full": input_length + size - 1,
    }[padding]
    return (length + stride - 1) // stride
