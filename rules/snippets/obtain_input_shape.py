"""`_obtain_input_shape` of Keras 1 and 2, without its warnings of images that have neither 1 nor 3 channels."""


def obtain_input_shape(input_shape, default_size, min_size, data_format, require_flatten, weights=None):
    """The shape of the images that a model takes: the one given if it can be, or one of the default size."""
    last = data_format != "channels_first"
    channels = 3
    if input_shape and len(input_shape) == 3 and weights != "imagenet":
        channels = input_shape[-1 if last else 0]
    default = (default_size, default_size, channels) if last else (channels, default_size, default_size)
    if weights == "imagenet" and require_flatten and input_shape not in (None, default):
        raise ValueError(f"with its top and the weights of ImageNet, the model takes {default}, not {input_shape}")
    if require_flatten and (weights == "imagenet" or not input_shape):
        return default
    if not input_shape:
        return (None, None, 3) if last else (3, None, None)
    if len(input_shape) != 3:
        raise ValueError("the shape of an image is one of three integers")
    if weights == "imagenet" and input_shape[-1 if last else 0] != 3:
        raise ValueError(f"the weights of ImageNet are for images of 3 channels, not {input_shape}")
    if any(size is not None and size < min_size for size in (input_shape[:2] if last else input_shape[1:])):
        raise ValueError(f"images have to be at least {min_size}x{min_size}, not {input_shape}")
    if require_flatten and None in input_shape:
        raise ValueError(f"a model with its top needs images of a known size, not {input_shape}")
    return input_shape
