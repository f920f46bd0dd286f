"""What `from keras.X import *` binds: the public names of the modules that legacy code star-imports.

Read off the sources of Keras 1.0.8 to 2.3.1, whatever one of them has; `tests/names/test_exports.py` holds it to them.
"""

from __future__ import annotations

from functools import lru_cache

from kerasfix.names.canonical import canonical, keras_root

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

# Modules that later versions of Keras do not have, or have with other names in them.
_MODULES = {
    "keras.layers.core": """
        Activation ActivityRegularization ActivityRegularizer Dense Dropout Flatten Highway InputSpec Lambda Layer
        Masking MaxoutDense Merge Permute RepeatVector Reshape SpatialDropout1D SpatialDropout2D SpatialDropout3D
        TimeDistributedDense
    """,
    "keras.layers.convolutional": """
        AtrousConv1D AtrousConv2D AtrousConvolution1D AtrousConvolution2D AveragePooling1D AveragePooling2D
        AveragePooling3D Conv1D Conv2D Conv2DTranspose Conv3D Conv3DTranspose Convolution1D Convolution2D
        Convolution2DTranspose Convolution3D Cropping1D Cropping2D Cropping3D Deconv2D Deconv3D Deconvolution2D
        Deconvolution3D DepthwiseConv2D InputSpec Layer MaxPooling1D MaxPooling2D MaxPooling3D SeparableConv1D
        SeparableConv2D SeparableConvolution1D SeparableConvolution2D UpSampling1D UpSampling2D UpSampling3D
        ZeroPadding1D ZeroPadding2D ZeroPadding3D
    """,
    "keras.layers.recurrent": """
        GRU GRUCell InputSpec LSTM LSTMCell Layer RNN Recurrent SimpleRNN SimpleRNNCell StackedRNNCells
        time_distributed_dense
    """,
    "keras.layers.embeddings": "Embedding Layer",
    "keras.layers.normalization": "BatchNormalization InputSpec Layer",
    "keras.layers.noise": "AlphaDropout GaussianDropout GaussianNoise InputSpec Layer",
    "keras.layers.pooling": """
        AveragePooling1D AveragePooling2D AveragePooling3D AvgPool1D AvgPool2D AvgPool3D GlobalAveragePooling1D
        GlobalAveragePooling2D GlobalAveragePooling3D GlobalAvgPool1D GlobalAvgPool2D GlobalAvgPool3D GlobalMaxPool1D
        GlobalMaxPool2D GlobalMaxPool3D GlobalMaxPooling1D GlobalMaxPooling2D GlobalMaxPooling3D InputSpec Layer
        MaxPool1D MaxPool2D MaxPool3D MaxPooling1D MaxPooling2D MaxPooling3D
    """,
    "keras.layers.local": "InputSpec Layer LocallyConnected1D LocallyConnected2D",
    "keras.layers.wrappers": "Bidirectional InputSpec Layer TimeDistributed Wrapper",
    "keras.layers.advanced_activations": """
        ELU InputSpec Layer LeakyReLU PReLU ParametricSoftplus ReLU SReLU Softmax ThresholdedReLU
    """,
    "keras.layers.convolutional_recurrent": """
        ConvLSTM2D ConvLSTM2DCell ConvRNN2D ConvRecurrent2D InputSpec Layer RNN Recurrent
    """,
    "keras.layers.cudnn_recurrent": "CuDNNGRU CuDNNLSTM InputSpec RNN",
    "keras.engine": "Input InputLayer InputSpec Layer Merge Model get_source_inputs merge",
    "keras.engine.topology": """
        Container HDF5_OBJECT_HEADER_LIMIT Input InputLayer InputSpec Layer Merge Network Node
        ask_to_proceed_with_overwrite count_params func_dump func_load get_source_inputs has_arg
        load_weights_from_hdf5_group load_weights_from_hdf5_group_by_name merge object_list_uid
        preprocess_weights_for_loading print_layer_summary save_weights_to_hdf5_group to_list
    """,
    "keras.engine.training": """
        Container GeneratorEnqueuer Layer Model Network OrderedEnqueuer Progbar Sequence batch_shuffle
        check_array_length_consistency check_array_lengths check_loss_and_target_compatibility collect_metrics
        collect_trainable_weights count_params generator_queue make_batches slice_X slice_arrays
        standardize_class_weights standardize_input_data standardize_sample_or_class_weights standardize_sample_weights
        standardize_weights to_list unpack_singleton weighted_masked_objective weighted_objective
    """,
    "keras.objectives": """
        BinaryCrossentropy CategoricalCrossentropy CategoricalHinge Hinge Huber KLD KLDivergence LogCosh Loss
        LossFunctionWrapper MAE MAPE MSE MSLE MeanAbsoluteError MeanAbsolutePercentageError MeanSquaredError
        MeanSquaredLogarithmicError Poisson SparseCategoricalCrossentropy SquaredHinge binary_crossentropy
        categorical_crossentropy categorical_hinge cosine cosine_proximity cosine_similarity deserialize
        deserialize_keras_object get get_from_module hinge huber_loss is_categorical_crossentropy kld
        kullback_leibler_divergence logcosh mae mape mean_absolute_error mean_absolute_percentage_error
        mean_squared_error mean_squared_logarithmic_error mse msle poisson serialize serialize_keras_object
        sparse_categorical_crossentropy squared_hinge
    """,
    "keras.losses": """
        BinaryCrossentropy CategoricalCrossentropy CategoricalHinge Hinge Huber KLD KLDivergence LogCosh Loss
        LossFunctionWrapper MAE MAPE MSE MSLE MeanAbsoluteError MeanAbsolutePercentageError MeanSquaredError
        MeanSquaredLogarithmicError Poisson SparseCategoricalCrossentropy SquaredHinge binary_crossentropy
        categorical_crossentropy categorical_hinge cosine cosine_proximity cosine_similarity deserialize
        deserialize_keras_object get hinge huber_loss is_categorical_crossentropy kld kullback_leibler_divergence
        logcosh mae mape mean_absolute_error mean_absolute_percentage_error mean_squared_error
        mean_squared_logarithmic_error mse msle poisson serialize serialize_keras_object sparse_categorical_crossentropy
        squared_hinge
    """,
    "keras.initializations": """
        get get_fans get_from_module glorot_normal glorot_uniform he_normal he_uniform identity lecun_uniform normal one
        orthogonal uniform zero
    """,
    "keras.initializers": """
        Constant Identity Initializer Ones Orthogonal RandomNormal RandomUniform TruncatedNormal VarianceScaling Zeros
        constant deserialize deserialize_keras_object get glorot_normal glorot_uniform he_normal he_uniform identity
        lecun_normal lecun_uniform normal one ones orthogonal random_normal random_uniform serialize
        serialize_keras_object truncated_normal uniform zero zeros
    """,
    "keras.optimizers": """
        Adadelta Adagrad Adam Adamax Nadam Optimizer RMSprop SGD TFOptimizer adadelta adagrad adam adamax clip_norm
        deserialize deserialize_keras_object get get_custom_objects get_from_module nadam optimizer_from_config rmsprop
        serialize serialize_keras_object sgd
    """,
    "keras.regularizers": """
        ActivityRegularizer EigenvalueRegularizer L1L2 L1L2Regularizer Regularizer WeightRegularizer activity_l1
        activity_l1l2 activity_l2 deserialize deserialize_keras_object get get_from_module l1 l1_l2 l1l2 l2 serialize
        serialize_keras_object
    """,
    "keras.constraints": """
        Constraint MaxNorm MinMaxNorm NonNeg UnitNorm deserialize deserialize_keras_object get get_from_module max_norm
        maxnorm min_max_norm non_neg nonneg serialize serialize_keras_object unit_norm unitnorm
    """,
    "keras.activations": """
        Layer deserialize deserialize_keras_object elu exponential get get_from_module hard_sigmoid linear relu selu
        serialize sigmoid softmax softplus softsign tanh
    """,
    "keras.callbacks": """
        BaseLogger CSVLogger Callback CallbackList EarlyStopping History LambdaCallback Layer LearningRateScheduler
        ModelCheckpoint Progbar ProgbarLogger ReduceLROnPlateau RemoteMonitor TensorBoard TerminateOnNaN
        standardize_input_data
    """,
    "keras.metrics": """
        AUC Accuracy BaseMeanIoU BinaryAccuracy BinaryCrossentropy CategoricalAccuracy CategoricalCrossentropy
        CategoricalHinge CosineSimilarity FalseNegatives FalsePositives Hinge KLDivergence Layer LogCoshError MAE MAPE
        MSE MSLE Mean MeanAbsoluteError MeanAbsolutePercentageError MeanIoU MeanMetricWrapper MeanSquaredError
        MeanSquaredLogarithmicError Metric Poisson Precision Recall Reduce RootMeanSquaredError SensitivityAtSpecificity
        SensitivitySpecificityBase SparseCategoricalAccuracy SparseCategoricalCrossentropy SparseTopKCategoricalAccuracy
        SpecificityAtSensitivity SquaredHinge Sum TopKCategoricalAccuracy TrueNegatives TruePositives accuracy
        binary_accuracy binary_crossentropy categorical_accuracy categorical_crossentropy categorical_hinge clone_metric
        clone_metrics cosine cosine_proximity cosine_similarity deserialize deserialize_keras_object f1score fbeta_score
        fmeasure fscore get get_from_module hinge kullback_leibler_divergence logcosh mae mape matthews_correlation
        mean_absolute_error mean_absolute_percentage_error mean_squared_error mean_squared_logarithmic_error mse msle
        poisson precision recall serialize serialize_keras_object sparse_categorical_accuracy
        sparse_categorical_crossentropy sparse_top_k_categorical_accuracy squared_hinge top_k_categorical_accuracy
    """,
    "keras.utils": """
        CustomObjectScope GeneratorEnqueuer H5Dict HDF5Matrix OrderedEnqueuer Progbar Sequence
        convert_all_kernels_in_model custom_object_scope deserialize_keras_object get_custom_objects get_file
        get_source_inputs h5dict model_to_dot multi_gpu_model normalize plot_model print_summary serialize_keras_object
        to_categorical
    """,
    "keras.utils.np_utils": """
        accuracy binary_logloss categorical_probas_to_classes conv_input_length conv_output_length convert_kernel
        multiclass_logloss normalize probas_to_classes to_categorical
    """,
    "keras.utils.visualize_util": "Sequential Wrapper model_to_dot plot",
    "keras.utils.vis_utils": "Model Wrapper add_edge is_model is_wrapped_model model_to_dot plot_model",
    "keras.utils.generic_utils": """
        CustomObjectScope Progbar check_for_unexpected_keys custom_object_scope deserialize_keras_object display_table
        func_dump func_load get_custom_objects get_from_module getargspec has_arg is_all_none make_tuple object_list_uid
        serialize_keras_object slice_arrays to_list transpose_shape unpack_singleton
    """,
    "keras.utils.data_utils": """
        GeneratorEnqueuer OrderedEnqueuer Progbar Sequence SequenceEnqueuer get_file get_index init_pool
        init_pool_generator next_sample validate_file
    """,
    "keras.utils.io_utils": """
        H5Dict HDF5Matrix HDF5_OBJECT_HEADER_LIMIT ask_to_proceed_with_overwrite h5dict load_array load_from_binary_h5py
        save_array save_to_binary_h5py
    """,
    "keras.utils.layer_utils": """
        Activation ActivityRegularization ActivityRegularizer AtrousConv1D AtrousConv2D AtrousConvolution1D
        AtrousConvolution2D AveragePooling1D AveragePooling2D AveragePooling3D BatchNormalization Bidirectional Conv1D
        Conv2D Conv3D ConvLSTM2D ConvRecurrent2D Convolution1D Convolution2D Convolution3D Cropping1D Cropping2D
        Cropping3D Deconv2D Deconvolution2D Dense Dropout ELU Embedding Flatten GRU GaussianDropout GaussianNoise
        GlobalAveragePooling1D GlobalAveragePooling2D GlobalAveragePooling3D GlobalMaxPooling1D GlobalMaxPooling2D
        GlobalMaxPooling3D Graph Highway Input InputLayer InputSpec LSTM Lambda Layer LeakyReLU LocallyConnected1D
        LocallyConnected2D Masking MaxPooling1D MaxPooling2D MaxPooling3D MaxoutDense Merge Model PReLU
        ParametricSoftplus Permute Recurrent RepeatVector Reshape SReLU SeparableConv2D SeparableConvolution2D
        Sequential SimpleRNN SpatialDropout1D SpatialDropout2D SpatialDropout3D ThresholdedReLU TimeDistributed
        TimeDistributedDense UpSampling1D UpSampling2D UpSampling3D Wrapper ZeroPadding1D ZeroPadding2D ZeroPadding3D
        conv_input_length conv_output_length convert_all_kernels_in_model convert_dense_weights_data_format
        convert_kernel count_params count_total_params func_dump func_load get_custom_objects get_from_module
        get_source_inputs layer_from_config merge print_summary time_distributed_dense
    """,
    "keras.utils.test_utils": """
        Input Model Sequential get_test_data has_arg keras_test layer_test model_from_json tf_file_io tf_file_io_proxy
    """,
    "keras.preprocessing.image": """
        DataFrameIterator DirectoryIterator ImageDataGenerator Iterator NumpyArrayIterator Sequence
        apply_affine_transform apply_brightness_shift apply_channel_shift apply_transform array_to_img flip_axis
        img_to_array list_pictures load_img random_barrel_transform random_brightness random_channel_shift
        random_rotation random_shear random_shift random_zoom save_img transform_matrix_offset_center
    """,
    "keras.preprocessing.text": """
        Tokenizer base_filter hashing_trick maketrans one_hot text_to_word_sequence tokenizer_from_json
    """,
    "keras.preprocessing.sequence": """
        Sequence TimeseriesGenerator make_sampling_table pad_sequences skipgrams
    """,
    "keras.wrappers.scikit_learn": """
        BaseWrapper KerasClassifier KerasRegressor Sequential has_arg to_categorical to_list
    """,
    "keras.applications": """
        DenseNet121 DenseNet169 DenseNet201 InceptionResNetV2 InceptionV3 MobileNet MobileNetV2 NASNetLarge NASNetMobile
        ResNet101 ResNet101V2 ResNet152 ResNet152V2 ResNet50 ResNet50V2 VGG16 VGG19 Xception keras_modules_injection
    """,
    "keras.datasets.cifar10": "get_file load_batch load_data",
}

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


@lru_cache(maxsize=256)
def exports(module: str) -> frozenset[str]:
    """The names that `from module import *` binds, by the dotted name of a module of Keras; empty for others."""
    root = keras_root(module)
    if root is None:
        return frozenset()
    own = _MODULES.get(f"keras{module[len(root) :]}")
    return frozenset(own.split()) if own is not None else EXPORTS.get(canonical(module) or "", frozenset())
