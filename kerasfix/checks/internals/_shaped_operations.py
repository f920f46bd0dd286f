"""The operations of Keras' backend and TensorFlow whose result has a static shape that follows from what they get."""

from __future__ import annotations

# How many of the leading arguments are tensors: with their shapes, that of the result is known.
_FOLLOWS = {
    1: """
        abs all any argmax argmin bias_add cast clip concatenate cos cumprod cumsum dropout elu exp expand_dims flatten
        hard_sigmoid identity l2_normalize linear log logsumexp max mean min ones_like permute_dimensions pool2d pool3d
        pow print_tensor prod relu reverse round selu sigmoid sign sin softmax softplus softsign sqrt square squeeze
        stack std stop_gradient sum tanh temporal_padding asymmetric_temporal_padding spatial_2d_padding
        spatial_3d_padding resize_images resize_volumes to_dense transpose update_sub var variable
        zeros_like to_float to_int32 reduce_sum reduce_mean reduce_max reduce_min reduce_prod reduce_any reduce_all
        pack unpack unstack negative reciprocal rsqrt leaky_relu log_softmax is_nan is_inf
        convert_to_tensor pad add_n norm erf floor ceil logical_not max_pool avg_pool
        normalize_batch_in_training gelu silu swish one_hot space_to_depth depth_to_space
        """,
    2: """
        add batch_dot binary_crossentropy categorical_crossentropy concat conv1d conv2d conv3d depthwise_conv2d dot
        equal gather greater greater_equal in_test_phase in_train_phase less less_equal matmul maximum minimum multiply
        not_equal separable_conv1d separable_conv2d subtract truediv divide sub mul div batch_matmul logical_and
        logical_or squared_difference floordiv mod tensordot einsum split batch_normalization local_conv1d local_conv2d
        embedding_lookup xw_plus_b
        """,
    3: "where switch cond",
}  # fmt: skip
TENSOR_COUNT = {name: count for count, names in _FOLLOWS.items() for name in names.split()}
# The first argument is a tensor, all others are numbers or shapes.
SIZED = frozenset(["reshape", "repeat", "repeat_elements", "tile", "resize_images", "slice", "broadcast_to"])
# All arguments are numbers or shapes.
MADE = frozenset(
    """zeros ones constant placeholder random_normal random_uniform random_binomial random_normal_variable eye arange
    random_uniform_variable truncated_normal range fill linspace random_bernoulli""".split()
)
TENSOR_KEYWORDS = frozenset(
    """x y a b alt input inputs tensor tensors value values params reference indices kernel then_expression
    else_expression condition""".split()
)
SIZE_KEYWORDS = frozenset(["shape", "n", "rep", "multiples", "dims", "begin", "size"])
