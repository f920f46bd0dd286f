"""`deconv_length` of Keras 2."""


def deconv_length(dim_size, stride_size, kernel_size, padding, output_padding=None, dilation=1):
    """The length of what a transposed convolution gives."""
    if dim_size is None:
        return None
    kernel_size += (kernel_size - 1) * (dilation - 1)
    if output_padding is not None:
        pad = {"same": kernel_size // 2, "valid": 0, "full": kernel_size - 1}[padding]
        return (dim_size - 1) * stride_size + kernel_size - 2 * pad + output_padding
    more = {"same": 0, "valid": max(kernel_size - stride_size, 0), "full": 2 - stride_size - kernel_size}
    return dim_size * stride_size + more[padding]
