"""Which names came and went between the versions of legacy Keras that originals are run on."""

from __future__ import annotations

from functools import cache

VERSIONS = ("1.0.8", "1.2.2", "2.0.9", "2.1.6", "2.2.0", "2.2.4", "2.3.1")


def lacking(version: str, name: str) -> bool:
    """Whether a version has not got a name, by its dotted path (`keras.layers.merge`), that another one has."""
    versions = _versions().get(name)
    return versions is not None and version not in versions


@cache
def _versions() -> dict[str, frozenset[str]]:
    return {
        f"{module}.{name}": frozenset(versions.split())
        for versions, table in _ONLY_IN.items()
        for module, names in table.items()
        for name in names.split()
    }


# -- what follows is written by tests/verify/find/legacy_versions.py
_ONLY_IN: dict[str, dict[str, str]] = {
    "1.0.8": {
        "keras.backend": "pack",
        "keras.backend.tensorflow_backend": "pack",
        "keras.datasets": "data_utils",
        "keras.engine.training": "collect_trainable_weights generator_queue",
        "keras.models": "Graph",
        "keras.preprocessing.image": "random_barrel_transform",
        "keras.preprocessing.text": "base_filter",
        "keras.utils.generic_utils": "display_table",
    },
    "1.0.8 1.2.2": {
        "keras": "initializations",
        "keras.backend": """
            atrous_conv2d deconv2d legacy_weight_ordering lesser lesser_equal set_legacy_weight_ordering
        """,
        "keras.backend.common": """
            get_uid is_keras_tensor legacy_weight_ordering reset_uids set_legacy_weight_ordering
        """,
        "keras.backend.tensorflow_backend": "atrous_conv2d deconv2d lesser lesser_equal",
        "keras.engine": "Merge merge",
        "keras.engine.topology": "Merge merge to_list",
        "keras.engine.training": """
            batch_shuffle check_array_lengths make_batches slice_X standardize_sample_or_class_weights
            weighted_objective
        """,
        "keras.initializations": """
            get get_fans glorot_normal glorot_uniform he_normal he_uniform identity lecun_uniform normal one
            orthogonal uniform zero
        """,
        "keras.layers": "ParametricSoftplus SReLU TimeDistributedDense time_distributed_dense",
        "keras.layers.advanced_activations": "ParametricSoftplus SReLU",
        "keras.layers.core": "Highway MaxoutDense Merge TimeDistributedDense",
        "keras.layers.recurrent": "time_distributed_dense",
        "keras.models": "Node get_source_inputs",
        "keras.optimizers": "optimizer_from_config",
        "keras.regularizers": """
            ActivityRegularizer EigenvalueRegularizer WeightRegularizer activity_l1 activity_l1l2 activity_l2 l1l2
        """,
        "keras.utils": "visualize_util",
        "keras.utils.generic_utils": "get_from_module make_tuple",
        "keras.utils.io_utils": "load_array save_array",
        "keras.utils.layer_utils": "Sequential layer_from_config",
        "keras.utils.np_utils": """
            accuracy binary_logloss categorical_probas_to_classes conv_input_length conv_output_length convert_kernel
            multiclass_logloss probas_to_classes
        """,
        "keras.utils.visualize_util": "model_to_dot plot",
    },
    "1.0.8 1.2.2 2.0.9 2.1.6": {
        "keras.engine.topology": "Container",
        "keras.engine.training": "Container",
        "keras.layers": "Merge",
        "keras.preprocessing.image": "apply_transform flip_axis list_pictures transform_matrix_offset_center",
    },
    "1.0.8 1.2.2 2.0.9 2.1.6 2.2.0": {
        "keras.utils.test_utils": "Sequential keras_test",
    },
    "1.0.8 1.2.2 2.0.9 2.1.6 2.2.0 2.2.4": {
        "keras.backend": "Function get_variable_shape image_dim_ordering set_image_dim_ordering",
        "keras.backend.tensorflow_backend": "Function",
        "keras.layers": "AtrousConv2D Deconv2D SeparableConvolution2D Wrapper",
    },
    "1.0.8 1.2.2 2.2.0 2.2.4": {
        "keras.engine.training": """
            check_loss_and_target_compatibility collect_metrics standardize_class_weights standardize_input_data
            standardize_sample_weights standardize_weights
        """,
    },
    "1.2.2": {
        "keras.applications": "audio_conv_utils music_tagger_crnn",
        "keras.applications.audio_conv_utils": "decode_predictions preprocess_input",
        "keras.applications.music_tagger_crnn": "MusicTaggerCRNN",
        "keras.backend": "asymmetric_spatial_2d_padding asymmetric_temporal_padding",
        "keras.backend.tensorflow_backend": "asymmetric_spatial_2d_padding asymmetric_temporal_padding",
        "keras.engine.topology": "object_list_uid",
        "keras.metrics": "f1score fbeta_score fmeasure fscore matthews_correlation precision recall",
        "keras.models": "Merge",
        "keras.regularizers": "L1L2Regularizer",
        "keras.utils.layer_utils": "count_total_params",
        "keras.utils.visualize_util": "Sequential",
    },
    "1.2.2 2.0.9 2.1.6": {
        "keras.applications.inception_v3": "conv2d_bn",
        "keras.applications.resnet50": "conv_block identity_block",
        "keras.engine.training": "GeneratorEnqueuer",
        "keras.models": "Layer",
    },
    "1.2.2 2.0.9 2.1.6 2.2.0 2.2.4": {
        "keras.layers": "AtrousConv1D",
    },
    "1.2.2 2.0.9 2.1.6 2.2.0 2.2.4 2.3.1": {
        "keras": "applications",
        "keras.activations": "elu",
        "keras.applications": """
            InceptionV3 ResNet50 VGG16 VGG19 Xception imagenet_utils inception_v3 resnet50 vgg16 vgg19 xception
        """,
        "keras.applications.imagenet_utils": "decode_predictions preprocess_input",
        "keras.applications.inception_v3": "InceptionV3 decode_predictions preprocess_input",
        "keras.applications.resnet50": "ResNet50 decode_predictions preprocess_input",
        "keras.applications.vgg16": "VGG16 decode_predictions preprocess_input",
        "keras.applications.vgg19": "VGG19 decode_predictions preprocess_input",
        "keras.applications.xception": "Xception decode_predictions preprocess_input",
        "keras.backend": "arange conv1d elu foldl foldr in_top_k is_sparse map_fn stack to_dense",
        "keras.backend.tensorflow_backend": """
            arange conv1d elu floatx foldl foldr in_top_k is_sparse map_fn stack to_dense
        """,
        "keras.callbacks": "CSVLogger LambdaCallback ReduceLROnPlateau",
        "keras.constraints": "MinMaxNorm",
        "keras.layers": """
            AtrousConvolution1D ConvLSTM2D ConvRecurrent2D GlobalAveragePooling1D GlobalAveragePooling2D
            GlobalAveragePooling3D GlobalMaxPooling1D GlobalMaxPooling2D GlobalMaxPooling3D SpatialDropout1D
            convolutional_recurrent
        """,
        "keras.layers.convolutional": "AtrousConv1D AtrousConvolution1D",
        "keras.layers.convolutional_recurrent": "ConvLSTM2D ConvRecurrent2D InputSpec",
        "keras.layers.core": "SpatialDropout1D",
        "keras.layers.pooling": """
            GlobalAveragePooling1D GlobalAveragePooling2D GlobalAveragePooling3D GlobalMaxPooling1D GlobalMaxPooling2D
            GlobalMaxPooling3D
        """,
        "keras.metrics": "kullback_leibler_divergence top_k_categorical_accuracy",
        "keras.optimizers": "TFOptimizer",
        "keras.utils.generic_utils": """
            CustomObjectScope custom_object_scope func_dump func_load get_custom_objects
        """,
    },
    "1.2.2 2.1.6 2.2.0 2.2.4 2.3.1": {
        "keras.layers.convolutional_recurrent": "Layer",
    },
    "2.0.9": {
        "keras.layers.noise": "InputSpec",
    },
    "2.0.9 2.1.6": {
        "keras.applications.inception_resnet_v2": "conv2d_bn inception_resnet_block",
        "keras.applications.mobilenet": "DepthwiseConv2D relu6",
        "keras.engine.topology": """
            load_weights_from_hdf5_group load_weights_from_hdf5_group_by_name preprocess_weights_for_loading
            save_weights_to_hdf5_group
        """,
    },
    "2.0.9 2.1.6 2.2.0": {
        "keras.utils.conv_utils": "normalize_data_format",
    },
    "2.0.9 2.1.6 2.2.0 2.2.4": {
        "keras.layers": "Convolution2DTranspose Deconv3D",
        "keras.utils": "training_utils",
        "keras.utils.training_utils": "multi_gpu_model",
    },
    "2.0.9 2.1.6 2.2.0 2.2.4 2.3.1": {
        "keras": "Input Model Sequential initializers losses",
        "keras.activations": "deserialize selu serialize",
        "keras.applications": "InceptionResNetV2 MobileNet inception_resnet_v2 mobilenet",
        "keras.applications.inception_resnet_v2": "InceptionResNetV2 decode_predictions preprocess_input",
        "keras.applications.mobilenet": "MobileNet decode_predictions preprocess_input",
        "keras.backend": """
            bias_add constant conv2d_transpose conv3d_transpose cumprod cumsum depthwise_conv2d identity
            image_data_format is_placeholder less less_equal local_conv1d local_conv2d logsumexp set_image_data_format
            truncated_normal
        """,
        "keras.backend.common": "image_data_format set_image_data_format",
        "keras.backend.tensorflow_backend": """
            bias_add constant conv2d_transpose conv3d_transpose cumprod cumsum depthwise_conv2d epsilon get_uid
            identity is_keras_tensor is_placeholder less less_equal local_conv1d local_conv2d logsumexp
            truncated_normal
        """,
        "keras.callbacks": "TerminateOnNaN",
        "keras.constraints": "deserialize max_norm min_max_norm non_neg serialize unit_norm",
        "keras.datasets": "boston_housing fashion_mnist",
        "keras.datasets.boston_housing": "load_data",
        "keras.datasets.fashion_mnist": "load_data",
        "keras.initializers": """
            Constant Identity Initializer Ones Orthogonal RandomNormal RandomUniform TruncatedNormal VarianceScaling
            Zeros constant deserialize get glorot_normal glorot_uniform he_normal he_uniform identity lecun_normal
            lecun_uniform normal one ones orthogonal random_normal random_uniform serialize truncated_normal uniform
            zero zeros
        """,
        "keras.layers": """
            Add AlphaDropout Average AvgPool1D AvgPool2D AvgPool3D Concatenate Conv2DTranspose Conv3DTranspose
            CuDNNGRU CuDNNLSTM Deconvolution3D Dot GRUCell GlobalAvgPool1D GlobalAvgPool2D GlobalAvgPool3D
            GlobalMaxPool1D GlobalMaxPool2D GlobalMaxPool3D LSTMCell MaxPool1D MaxPool2D MaxPool3D Maximum Minimum
            Multiply RNN SimpleRNNCell StackedRNNCells Subtract add average concatenate cudnn_recurrent deserialize
            dot maximum minimum multiply serialize subtract
        """,
        "keras.layers.advanced_activations": "InputSpec",
        "keras.layers.convolutional": """
            Conv2DTranspose Conv3DTranspose Convolution2DTranspose Deconv3D Deconvolution3D
        """,
        "keras.layers.convolutional_recurrent": "Recurrent",
        "keras.layers.cudnn_recurrent": "CuDNNGRU CuDNNLSTM InputSpec RNN",
        "keras.layers.merge": """
            Add Average Concatenate Dot Layer Maximum Minimum Multiply Subtract add average concatenate dot maximum
            minimum multiply subtract
        """,
        "keras.layers.noise": "AlphaDropout",
        "keras.layers.pooling": """
            AvgPool1D AvgPool2D AvgPool3D GlobalAvgPool1D GlobalAvgPool2D GlobalAvgPool3D GlobalMaxPool1D
            GlobalMaxPool2D GlobalMaxPool3D MaxPool1D MaxPool2D MaxPool3D
        """,
        "keras.layers.recurrent": "GRUCell LSTMCell RNN SimpleRNNCell StackedRNNCells",
        "keras.losses": """
            KLD MAE MAPE MSE MSLE binary_crossentropy categorical_crossentropy categorical_hinge cosine
            cosine_proximity deserialize get hinge kld kullback_leibler_divergence logcosh mae mape
            mean_absolute_error mean_absolute_percentage_error mean_squared_error mean_squared_logarithmic_error mse
            msle poisson serialize sparse_categorical_crossentropy squared_hinge
        """,
        "keras.metrics": "deserialize serialize sparse_top_k_categorical_accuracy",
        "keras.models": "Input clone_model",
        "keras.optimizers": "deserialize serialize",
        "keras.preprocessing.text": "hashing_trick",
        "keras.regularizers": "L1L2 deserialize l1_l2 serialize",
        "keras.utils": """
            CustomObjectScope GeneratorEnqueuer HDF5Matrix OrderedEnqueuer Progbar Sequence conv_utils
            convert_all_kernels_in_model custom_object_scope deserialize_keras_object get_custom_objects get_file
            multi_gpu_model normalize plot_model print_summary serialize_keras_object to_categorical vis_utils
        """,
        "keras.utils.conv_utils": """
            conv_input_length conv_output_length convert_kernel deconv_length normalize_padding normalize_tuple
        """,
        "keras.utils.data_utils": "GeneratorEnqueuer OrderedEnqueuer Sequence SequenceEnqueuer get_index",
        "keras.utils.generic_utils": "deserialize_keras_object has_arg serialize_keras_object",
        "keras.utils.layer_utils": "convert_dense_weights_data_format count_params",
        "keras.utils.vis_utils": "model_to_dot plot_model",
    },
    "2.0.9 2.1.6 2.2.0 2.3.1": {
        "keras.backend.tensorflow_backend": "image_data_format",
    },
    "2.1.6": {
        "keras.applications.densenet": "DenseNet conv_block dense_block transition_block",
        "keras.applications.nasnet": "NASNet",
    },
    "2.1.6 2.2.0 2.2.4": {
        "keras.layers": "ConvRNN2D SeparableConvolution1D",
    },
    "2.1.6 2.2.0 2.2.4 2.3.1": {
        "keras.applications": "DenseNet121 DenseNet169 DenseNet201 NASNetLarge NASNetMobile densenet nasnet",
        "keras.applications.densenet": """
            DenseNet121 DenseNet169 DenseNet201 decode_predictions preprocess_input
        """,
        "keras.applications.nasnet": "NASNetLarge NASNetMobile decode_predictions preprocess_input",
        "keras.backend": "separable_conv1d",
        "keras.backend.tensorflow_backend": "separable_conv1d",
        "keras.engine.training": "Layer",
        "keras.layers": "ConvLSTM2DCell DepthwiseConv2D SeparableConv1D Softmax",
        "keras.layers.advanced_activations": "Softmax",
        "keras.layers.convolutional": "DepthwiseConv2D SeparableConv1D SeparableConvolution1D",
        "keras.layers.convolutional_recurrent": "ConvLSTM2DCell ConvRNN2D RNN",
        "keras.models": "InputLayer",
        "keras.preprocessing.image": "random_brightness",
        "keras.preprocessing.sequence": "TimeseriesGenerator",
        "keras.utils": "multi_gpu_utils",
        "keras.utils.data_utils": "init_pool",
        "keras.utils.multi_gpu_utils": "multi_gpu_model",
    },
    "2.2.0 2.2.4": {
        "keras.applications": "mobilenetv2",
        "keras.applications.mobilenetv2": "MobileNetV2 decode_predictions preprocess_input",
        "keras.engine.training": "check_array_length_consistency weighted_masked_objective",
    },
    "2.2.0 2.2.4 2.3.1": {
        "keras.applications": "MobileNetV2",
        "keras.backend": "is_tensor slice",
        "keras.backend.tensorflow_backend": "is_tensor slice",
        "keras.engine": "base_layer input_layer network saving sequential",
        "keras.engine.base_layer": "InputSpec Layer Node",
        "keras.engine.input_layer": "Input InputLayer Layer Node",
        "keras.engine.network": "InputLayer Layer Network Node get_source_inputs",
        "keras.engine.saving": """
            load_attributes_from_hdf5_group load_model load_weights_from_hdf5_group
            load_weights_from_hdf5_group_by_name model_from_config model_from_json model_from_yaml
            preprocess_weights_for_loading save_attributes_to_hdf5_group save_model save_weights_to_hdf5_group
        """,
        "keras.engine.sequential": "Input InputLayer Layer Model Sequential",
        "keras.engine.topology": "Network",
        "keras.engine.training": "Network",
        "keras.layers": "ReLU",
        "keras.layers.advanced_activations": "ReLU",
        "keras.preprocessing.image": """
            apply_affine_transform apply_brightness_shift apply_channel_shift save_img
        """,
        "keras.utils.generic_utils": "is_all_none object_list_uid slice_arrays to_list",
    },
    "2.2.4": {
        "keras.utils": "h5dict",
    },
    "2.2.4 2.3.1": {
        "keras.activations": "exponential",
        "keras.applications": "keras_modules_injection mobilenet_v2",
        "keras.applications.mobilenet_v2": "MobileNetV2 decode_predictions preprocess_input",
        "keras.backend": "normalize_data_format",
        "keras.backend.common": "normalize_data_format",
        "keras.backend.tensorflow_backend": "normalize_data_format",
        "keras.engine.saving": "pickle_model unpickle_model",
        "keras.utils": "get_source_inputs",
        "keras.utils.data_utils": "init_pool_generator next_sample",
        "keras.utils.generic_utils": "transpose_shape unpack_singleton",
        "keras.utils.io_utils": "H5Dict h5dict",
        "keras.utils.layer_utils": "get_source_inputs",
    },
    "2.3.1": {
        "keras.applications": "ResNet101 ResNet101V2 ResNet152 ResNet152V2 ResNet50V2 resnet resnet_v2",
        "keras.applications.resnet": "ResNet101 ResNet152 ResNet50 decode_predictions preprocess_input",
        "keras.applications.resnet_v2": """
            ResNet101V2 ResNet152V2 ResNet50V2 decode_predictions preprocess_input
        """,
        "keras.backend": "control_dependencies eager is_variable load_backend size symbolic",
        "keras.backend.common": "eager symbolic",
        "keras.backend.load_backend": "backend",
        "keras.backend.tensorflow_backend": """
            cast_to_floatx control_dependencies eager is_symbolic is_variable set_epsilon set_floatx
            set_image_data_format size symbolic v1_variable_initialization
        """,
        "keras.callbacks": "callbacks tensorboard_v1 tensorboard_v2",
        "keras.callbacks.callbacks": """
            BaseLogger CSVLogger Callback CallbackList EarlyStopping History LambdaCallback LearningRateScheduler
            ModelCheckpoint ProgbarLogger ReduceLROnPlateau RemoteMonitor TerminateOnNaN
        """,
        "keras.callbacks.tensorboard_v1": "TensorBoard",
        "keras.callbacks.tensorboard_v2": "TensorBoard",
        "keras.engine.base_layer": "disable_tracking",
        "keras.engine.saving": "allow_read_from_gcs allow_write_to_gcs",
        "keras.layers.recurrent": "disable_tracking",
        "keras.layers.wrappers": "disable_tracking",
        "keras.losses": """
            BinaryCrossentropy CategoricalCrossentropy CategoricalHinge Hinge Huber KLDivergence LogCosh Loss
            LossFunctionWrapper MeanAbsoluteError MeanAbsolutePercentageError MeanSquaredError
            MeanSquaredLogarithmicError Poisson SparseCategoricalCrossentropy SquaredHinge cosine_similarity
            huber_loss is_categorical_crossentropy
        """,
        "keras.metrics": """
            AUC Accuracy BinaryAccuracy BinaryCrossentropy CategoricalAccuracy CategoricalCrossentropy
            CategoricalHinge CosineSimilarity FalseNegatives FalsePositives Hinge KLDivergence LogCoshError Mean
            MeanAbsoluteError MeanAbsolutePercentageError MeanIoU MeanMetricWrapper MeanSquaredError
            MeanSquaredLogarithmicError Metric Poisson Precision Recall Reduce RootMeanSquaredError
            SensitivityAtSpecificity SensitivitySpecificityBase SparseCategoricalAccuracy
            SparseCategoricalCrossentropy SparseTopKCategoricalAccuracy SpecificityAtSensitivity SquaredHinge Sum
            TopKCategoricalAccuracy TrueNegatives TruePositives accuracy clone_metric clone_metrics cosine_similarity
        """,
        "keras.preprocessing.image": "DataFrameIterator",
        "keras.preprocessing.text": "tokenizer_from_json",
        "keras.utils": "H5Dict model_to_dot",
        "keras.utils.generic_utils": "check_for_unexpected_keys getargspec",
        "keras.utils.io_utils": "load_from_binary_h5py save_to_binary_h5py",
        "keras.utils.test_utils": "tf_file_io_proxy",
        "keras.utils.vis_utils": "add_edge is_model is_wrapped_model",
    },
}
