"""What the attributes of Keras 1's layers are called now, by the class of the layer."""

from __future__ import annotations

_WEIGHTS = {"W": "kernel", "b": "bias"}
_KERNEL = {
    "init": "kernel_initializer",
    "W_regularizer": "kernel_regularizer",
    "b_regularizer": "bias_regularizer",
    "W_constraint": "kernel_constraint",
    "b_constraint": "bias_constraint",
}
_CONV = {**_WEIGHTS, **_KERNEL, "nb_filter": "filters", "border_mode": "padding", "dim_ordering": "data_format"}
_CONV_1D = {
    **_CONV,
    "filter_length": "kernel_size[0]",
    "subsample": "strides",
    "subsample_length": "strides[0]",
    "atrous_rate": "dilation_rate",
}
_CONV_2D = {
    **_CONV,
    "nb_row": "kernel_size[0]",
    "nb_col": "kernel_size[1]",
    "subsample": "strides",
    "atrous_rate": "dilation_rate",
}
_CONV_3D = {
    **_CONV,
    **{f"kernel_dim{number + 1}": f"kernel_size[{number}]" for number in range(3)},
    "subsample": "strides",
}
_POOL = {"border_mode": "padding", "dim_ordering": "data_format"}
_POOL_1D = {"border_mode": "padding", "pool_length": "pool_size[0]", "stride": "strides[0]"}
_RECURRENT = {
    "output_dim": "units",
    "init": "kernel_initializer",
    "inner_init": "recurrent_initializer",
    "inner_activation": "recurrent_activation",
    "W_regularizer": "kernel_regularizer",
    "U_regularizer": "recurrent_regularizer",
    "b_regularizer": "bias_regularizer",
    "dropout_W": "dropout",
    "dropout_U": "recurrent_dropout",
}
_NORMALIZATION = {
    "running_mean": "moving_mean",
    "running_std": "moving_variance",
    "gamma_init": "gamma_initializer",
    "beta_init": "beta_initializer",
}
_EMBEDDING = {
    "W": "embeddings",
    "init": "embeddings_initializer",
    "W_regularizer": "embeddings_regularizer",
    "W_constraint": "embeddings_constraint",
}

_BY_CLASS: dict[str, dict[str, str]] = {
    "Dense": {**_WEIGHTS, **_KERNEL, "output_dim": "units"},
    "Convolution1D": _CONV_1D,
    "Conv1D": _CONV_1D,
    "Convolution2D": _CONV_2D,
    "Conv2D": _CONV_2D,
    "AtrousConvolution2D": _CONV_2D,
    "Deconvolution2D": _CONV_2D,
    "Conv2DTranspose": _CONV_2D,
    "Convolution3D": _CONV_3D,
    "Conv3D": _CONV_3D,
    **{f"{kind}Pooling1D": _POOL_1D for kind in ("Max", "Average")},
    **{f"{kind}Pooling{rank}D": _POOL for kind in ("Max", "Average") for rank in (2, 3)},
    **{f"{kind}{rank}D": {"dim_ordering": "data_format"} for kind in ("UpSampling", "ZeroPadding") for rank in (2, 3)},
    "LSTM": _RECURRENT,
    "GRU": _RECURRENT,
    "SimpleRNN": _RECURRENT,
    "BatchNormalization": _NORMALIZATION,
    "Embedding": _EMBEDDING,
    "Dropout": {"p": "rate"},
    "SpatialDropout1D": {"p": "rate"},
    "SpatialDropout2D": {"p": "rate", "dim_ordering": "data_format"},
    "GaussianNoise": {"sigma": "stddev"},
    "GaussianDropout": {"p": "rate"},
}
# Of a layer of which nothing else is known: what is called the same wherever there is such an attribute.
_OF_ANY = {
    "nb_filter": "filters",
    "nb_row": "kernel_size[0]",
    "nb_col": "kernel_size[1]",
    "border_mode": "padding",
    "subsample": "strides",
    "dim_ordering": "data_format",
    "inner_activation": "recurrent_activation",
    "b": "bias",
    "b_regularizer": "bias_regularizer",
    "b_constraint": "bias_constraint",
}
# Attributes that were a yes or no in Keras 1, and are the weight itself today.
TRUTHS = {"bias": "use_bias"}
_WITH_BIAS = frozenset({"Dense", "LocallyConnected1D", "LocallyConnected2D"})
# Attributes that are numbers in an order of axes of their own.
KERNELS = frozenset({"W"})


def names_of(cls: str | None) -> dict[str, str]:
    """The new names of the attributes of a class of Keras, by its canonical name."""
    module, _, short = (cls or "").rpartition(".")
    if cls == "keras.layers.Layer":
        return _OF_ANY
    return _BY_CLASS.get(short, {}) if module == "keras.layers" else {}


def has_bias(cls: str | None) -> bool:
    """Whether layers of a class of Keras have a bias, and may be without."""
    module, _, short = (cls or "").rpartition(".")
    return module == "keras.layers" and (short in _WITH_BIAS or is_convolution(short))


def is_convolution(cls: str) -> bool:
    """Whether a layer has kernels, whose axes had two orders."""
    return "Conv" in cls or "conv" in cls
