"""What `from keras.X import *` binds: the public names of the modules that legacy code star-imports.

Read off `keras/layers/__init__.py`, `keras/models.py` and `keras/engine/__init__.py` of Keras 1.0.8, 1.2.2 and 2.3.1.
"""

from __future__ import annotations

_LAYERS = """
    Layer Input InputLayer InputSpec Merge merge Activation ActivityRegularization AtrousConv1D AtrousConv2D
    AtrousConvolution1D AtrousConvolution2D AveragePooling1D AveragePooling2D AveragePooling3D Average AlphaDropout Add
    BatchNormalization Bidirectional Concatenate Conv1D Conv2D Conv2DTranspose Conv3D Conv3DTranspose ConvLSTM2D
    ConvLSTM2DCell ConvRecurrent2D Convolution1D Convolution2D Convolution3D Cropping1D Cropping2D Cropping3D CuDNNGRU
    CuDNNLSTM Deconvolution2D Deconvolution3D Dense DepthwiseConv2D Dot Dropout ELU Embedding Flatten GRU GRUCell
    GaussianDropout GaussianNoise
    GlobalAveragePooling1D GlobalAveragePooling2D GlobalAveragePooling3D GlobalMaxPooling1D
    GlobalMaxPooling2D GlobalMaxPooling3D Highway LSTM LSTMCell Lambda LeakyReLU LocallyConnected1D LocallyConnected2D
    Masking MaxPooling1D MaxPooling2D MaxPooling3D MaxPool1D MaxPool2D MaxPool3D AvgPool1D AvgPool2D Maximum MaxoutDense
    Minimum Multiply PReLU ParametricSoftplus Permute RNN ReLU Recurrent RepeatVector Reshape SReLU SeparableConv1D
    SeparableConv2D SeparableConvolution2D SimpleRNN SimpleRNNCell Softmax SpatialDropout1D SpatialDropout2D
    SpatialDropout3D StackedRNNCells Subtract ThresholdedReLU TimeDistributed TimeDistributedDense UpSampling1D
    UpSampling2D UpSampling3D Wrapper ZeroPadding1D ZeroPadding2D ZeroPadding3D add average concatenate dot maximum
    minimum multiply subtract
"""
_MODELS = "Model Sequential Graph load_model save_model model_from_json model_from_yaml model_from_config clone_model"
_BACKEND = """
    abs lesser lesser_equal asymmetric_temporal_padding asymmetric_spatial_2d_padding atrous_conv2d conv3d_transpose
    ctc_label_dense_to_sparse control_dependencies get_variable_shape size
    all any arange argmax argmin backend batch_dot batch_flatten batch_get_value batch_normalization
    batch_set_value bias_add binary_crossentropy cast cast_to_floatx categorical_crossentropy clear_session clip
    concatenate constant control_flow_ops conv1d conv2d conv2d_transpose conv3d cos count_params ctc_batch_cost
    ctc_decode cumprod cumsum deconv2d depthwise_conv2d dot dropout dtype elu epsilon equal eval exp expand_dims eye
    flatten floatx foldl foldr function gather get_session get_uid get_value gradients greater greater_equal
    hard_sigmoid identity image_data_format image_dim_ordering in_test_phase in_top_k in_train_phase int_shape
    is_keras_tensor is_placeholder is_sparse is_tensor l2_normalize learning_phase less less_equal local_conv1d
    local_conv2d log logsumexp manual_variable_initialization map_fn max maximum mean min minimum moving_average_update
    name_scope ndim normalize_batch_in_training not_equal one_hot ones ones_like permute_dimensions placeholder pool2d
    pool3d pow print_tensor prod random_binomial random_normal random_normal_variable random_uniform
    random_uniform_variable relu repeat repeat_elements reset_uids reshape resize_images resize_volumes reverse rnn
    round separable_conv1d separable_conv2d set_epsilon set_floatx set_image_data_format set_image_dim_ordering
    set_learning_phase set_session set_value shape sigmoid sign sin slice softmax softplus softsign
    sparse_categorical_crossentropy spatial_2d_padding spatial_3d_padding sqrt square squeeze stack std stop_gradient
    sum switch tanh temporal_padding tile to_dense transpose truncated_normal update update_add update_sub var variable
    zeros zeros_like
"""
_MERGE_MODULE = (
    "add Add average Average concatenate Concatenate dot Dot maximum Maximum multiply Multiply subtract Subtract"
)

# Keras 1; from 2.3 on the modules of today, too.
_KERAS = """
    activations applications backend callbacks constraints datasets engine initializations initializers layers losses
    metrics models objectives optimizers preprocessing regularizers utils wrappers
"""

EXPORTS: dict[str, frozenset[str]] = {
    "keras.layers": frozenset(_LAYERS.split()),
    "keras.layers.merge": frozenset(_MERGE_MODULE.split()),
    "keras.models": frozenset(_MODELS.split()) | frozenset({"Layer", "Merge"}),
    "keras.backend": frozenset(_BACKEND.split()),
    "keras": frozenset(_KERAS.split()),
}

_NUMPY = """
    abs all any arange argmax argmin clip concatenate cos cumprod cumsum dot dtype equal exp expand_dims eye greater
    greater_equal identity less less_equal log logical_and max maximum mean min minimum multiply not_equal ones
    ones_like prod repeat reshape round shape sign sin size sqrt square squeeze stack std subtract sum tanh tile
    transpose var zeros zeros_like add average
"""
# What star imports of other libraries bind of the names that matter here.
FOREIGN_EXPORTS: dict[str, frozenset[str]] = {
    "pandas": frozenset({"merge"}),
    "heapq": frozenset({"merge"}),
    "toolz": frozenset({"merge", "identity"}),
    "cytoolz": frozenset({"merge", "identity"}),
    "numpy": frozenset(_NUMPY.split()),
    "pylab": frozenset(_NUMPY.split()),
    "matplotlib.pylab": frozenset(_NUMPY.split()),
}

# What has no capital letter and still is a class or makes a tensor is named where it is handled (flow/calls.py).
BACKEND_FUNCTIONS = EXPORTS["keras.backend"]
