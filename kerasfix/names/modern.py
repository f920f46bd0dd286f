"""The public names of today's libraries: tf_keras, Keras 3, and the Keras 3 that TensorFlow has as `tf.keras`.

`tf.keras` is Keras 3 with the names that TensorFlow promised to keep, and without some that it never had.
"""

from __future__ import annotations

from functools import cache

_BY_LIBRARY = {"keras2": "tf_keras", "keras3": "keras"}


def has_name(module: str, name: str, target: str, root: str = "keras") -> bool:
    """Whether `module` (`keras.layers`) of the library that `root` is on a target has a name."""
    return name in _names(_library(target, root)).get(module, ())


def has_module(module: str, target: str, root: str = "keras") -> bool:
    """Whether a module (`keras.layers`) can be imported there."""
    return module in _names(_library(target, root))


def names_of(module: str, target: str, root: str = "keras") -> frozenset[str]:
    """The public names of a module there, without its modules; empty if there is no such module."""
    return _names(_library(target, root)).get(module, frozenset())


def _library(target: str, root: str) -> str:
    if target == "keras3" and root.startswith("tensorflow"):
        return "tensorflow.keras"
    return _BY_LIBRARY[target]


@cache
def _names(library: str) -> dict[str, frozenset[str]]:
    found: dict[str, frozenset[str]] = {}
    for libraries, table in _tables():
        if library in libraries:
            for module, names in table.items():
                found[module] = found.get(module, frozenset()) | frozenset(names.split())
    return found


def _tables() -> tuple[tuple[tuple[str, ...], dict[str, str]], ...]:
    return (
        (("tf_keras", "keras", "tensorflow.keras"), _COMMON),
        (("tf_keras",), _IN_TF_KERAS),
        (("keras", "tf_keras"), _IN_KERAS_AND_TF_KERAS),
        (("tensorflow.keras", "tf_keras"), _IN_TENSORFLOW_KERAS_AND_TF_KERAS),
        (("keras", "tensorflow.keras"), _IN_KERAS_AND_TENSORFLOW_KERAS),
    )


# -- what follows is written by tests/names/modern_libraries.py
_COMMON: dict[str, str] = {
    "keras": "Input Model Sequential",
    "keras.activations": """
        deserialize elu exponential gelu get hard_sigmoid linear mish relu selu serialize sigmoid softmax softplus
        softsign swish tanh
    """,
    "keras.applications": """
        ConvNeXtBase ConvNeXtLarge ConvNeXtSmall ConvNeXtTiny ConvNeXtXLarge DenseNet121 DenseNet169 DenseNet201
        EfficientNetB0 EfficientNetB1 EfficientNetB2 EfficientNetB3 EfficientNetB4 EfficientNetB5 EfficientNetB6
        EfficientNetB7 EfficientNetV2B0 EfficientNetV2B1 EfficientNetV2B2 EfficientNetV2B3 EfficientNetV2L
        EfficientNetV2M EfficientNetV2S InceptionResNetV2 InceptionV3 MobileNet MobileNetV2 MobileNetV3Large
        MobileNetV3Small NASNetLarge NASNetMobile ResNet101 ResNet101V2 ResNet152 ResNet152V2 ResNet50 ResNet50V2 VGG16
        VGG19 Xception
    """,
    "keras.applications.convnext": """
        ConvNeXtBase ConvNeXtLarge ConvNeXtSmall ConvNeXtTiny ConvNeXtXLarge decode_predictions preprocess_input
    """,
    "keras.applications.densenet": "DenseNet121 DenseNet169 DenseNet201 decode_predictions preprocess_input",
    "keras.applications.efficientnet": """
        EfficientNetB0 EfficientNetB1 EfficientNetB2 EfficientNetB3 EfficientNetB4 EfficientNetB5 EfficientNetB6
        EfficientNetB7 decode_predictions preprocess_input
    """,
    "keras.applications.efficientnet_v2": """
        EfficientNetV2B0 EfficientNetV2B1 EfficientNetV2B2 EfficientNetV2B3 EfficientNetV2L EfficientNetV2M
        EfficientNetV2S decode_predictions preprocess_input
    """,
    "keras.applications.imagenet_utils": "decode_predictions preprocess_input",
    "keras.applications.inception_resnet_v2": "InceptionResNetV2 decode_predictions preprocess_input",
    "keras.applications.inception_v3": "InceptionV3 decode_predictions preprocess_input",
    "keras.applications.mobilenet": "MobileNet decode_predictions preprocess_input",
    "keras.applications.mobilenet_v2": "MobileNetV2 decode_predictions preprocess_input",
    "keras.applications.mobilenet_v3": "decode_predictions preprocess_input",
    "keras.applications.nasnet": "NASNetLarge NASNetMobile decode_predictions preprocess_input",
    "keras.applications.resnet": "ResNet101 ResNet152 ResNet50 decode_predictions preprocess_input",
    "keras.applications.resnet50": "ResNet50 decode_predictions preprocess_input",
    "keras.applications.resnet_v2": "ResNet101V2 ResNet152V2 ResNet50V2 decode_predictions preprocess_input",
    "keras.applications.vgg16": "VGG16 decode_predictions preprocess_input",
    "keras.applications.vgg19": "VGG19 decode_predictions preprocess_input",
    "keras.applications.xception": "Xception decode_predictions preprocess_input",
    "keras.backend": """
        backend clear_session epsilon floatx get_uid image_data_format is_keras_tensor set_epsilon set_floatx
        set_image_data_format
    """,
    "keras.callbacks": """
        BackupAndRestore CSVLogger Callback CallbackList EarlyStopping History LambdaCallback LearningRateScheduler
        ModelCheckpoint ProgbarLogger ReduceLROnPlateau RemoteMonitor TensorBoard TerminateOnNaN
    """,
    "keras.constraints": """
        Constraint MaxNorm MinMaxNorm NonNeg UnitNorm deserialize get max_norm min_max_norm non_neg serialize unit_norm
    """,
    "keras.datasets": "",
    "keras.datasets.boston_housing": "load_data",
    "keras.datasets.cifar10": "load_data",
    "keras.datasets.cifar100": "load_data",
    "keras.datasets.fashion_mnist": "load_data",
    "keras.datasets.imdb": "get_word_index load_data",
    "keras.datasets.mnist": "load_data",
    "keras.datasets.reuters": "get_label_names get_word_index load_data",
    "keras.export": "ExportArchive",
    "keras.initializers": """
        Constant GlorotNormal GlorotUniform HeNormal HeUniform Identity Initializer LecunNormal LecunUniform Ones
        Orthogonal RandomNormal RandomUniform TruncatedNormal VarianceScaling Zeros constant deserialize get
        glorot_normal glorot_uniform he_normal he_uniform identity lecun_normal lecun_uniform ones orthogonal
        random_normal random_uniform serialize truncated_normal variance_scaling zeros
    """,
    "keras.layers": """
        Activation ActivityRegularization Add AdditiveAttention AlphaDropout Attention Average AveragePooling1D
        AveragePooling2D AveragePooling3D AvgPool1D AvgPool2D AvgPool3D BatchNormalization Bidirectional
        CategoryEncoding CenterCrop Concatenate Conv1D Conv1DTranspose Conv2D Conv2DTranspose Conv3D Conv3DTranspose
        ConvLSTM1D ConvLSTM2D ConvLSTM3D Convolution1D Convolution1DTranspose Convolution2D Convolution2DTranspose
        Convolution3D Convolution3DTranspose Cropping1D Cropping2D Cropping3D Dense DepthwiseConv1D DepthwiseConv2D
        Discretization Dot Dropout ELU EinsumDense Embedding Flatten GRU GRUCell GaussianDropout GaussianNoise
        GlobalAveragePooling1D GlobalAveragePooling2D GlobalAveragePooling3D GlobalAvgPool1D GlobalAvgPool2D
        GlobalAvgPool3D GlobalMaxPool1D GlobalMaxPool2D GlobalMaxPool3D GlobalMaxPooling1D GlobalMaxPooling2D
        GlobalMaxPooling3D GroupNormalization HashedCrossing Hashing Identity Input InputLayer InputSpec IntegerLookup
        LSTM LSTMCell Lambda Layer LayerNormalization LeakyReLU Masking MaxPool1D MaxPool2D MaxPool3D MaxPooling1D
        MaxPooling2D MaxPooling3D Maximum Minimum MultiHeadAttention Multiply Normalization PReLU Permute RNN
        RandomBrightness RandomContrast RandomCrop RandomFlip RandomRotation RandomTranslation RandomZoom ReLU
        RepeatVector Rescaling Reshape Resizing SeparableConv1D SeparableConv2D SeparableConvolution1D
        SeparableConvolution2D SimpleRNN SimpleRNNCell Softmax SpatialDropout1D SpatialDropout2D SpatialDropout3D
        SpectralNormalization StackedRNNCells StringLookup Subtract TextVectorization TimeDistributed UnitNormalization
        UpSampling1D UpSampling2D UpSampling3D Wrapper ZeroPadding1D ZeroPadding2D ZeroPadding3D add average concatenate
        deserialize dot maximum minimum multiply serialize subtract
    """,
    "keras.losses": """
        BinaryCrossentropy BinaryFocalCrossentropy CategoricalCrossentropy CategoricalFocalCrossentropy CategoricalHinge
        CosineSimilarity Hinge Huber KLDivergence LogCosh Loss MeanAbsoluteError MeanAbsolutePercentageError
        MeanSquaredError MeanSquaredLogarithmicError Poisson SparseCategoricalCrossentropy SquaredHinge
        binary_crossentropy binary_focal_crossentropy categorical_crossentropy categorical_focal_crossentropy
        categorical_hinge cosine_similarity deserialize get hinge huber poisson serialize
        sparse_categorical_crossentropy squared_hinge
    """,
    "keras.metrics": """
        AUC Accuracy BinaryAccuracy BinaryCrossentropy BinaryIoU CategoricalAccuracy CategoricalCrossentropy
        CategoricalHinge CosineSimilarity F1Score FBetaScore FalseNegatives FalsePositives Hinge IoU KLDivergence
        LogCoshError Mean MeanAbsoluteError MeanAbsolutePercentageError MeanIoU MeanMetricWrapper MeanSquaredError
        MeanSquaredLogarithmicError Metric OneHotIoU OneHotMeanIoU Poisson Precision PrecisionAtRecall R2Score Recall
        RecallAtPrecision RootMeanSquaredError SensitivityAtSpecificity SparseCategoricalAccuracy
        SparseCategoricalCrossentropy SparseTopKCategoricalAccuracy SpecificityAtSensitivity SquaredHinge Sum
        TopKCategoricalAccuracy TrueNegatives TruePositives binary_accuracy binary_crossentropy
        binary_focal_crossentropy categorical_accuracy categorical_crossentropy categorical_focal_crossentropy
        deserialize get hinge poisson serialize sparse_categorical_accuracy sparse_categorical_crossentropy
        sparse_top_k_categorical_accuracy squared_hinge top_k_categorical_accuracy
    """,
    "keras.mixed_precision": "LossScaleOptimizer Policy global_policy set_global_policy",
    "keras.models": "Model Sequential clone_model load_model model_from_json save_model",
    "keras.optimizers": """
        Adadelta Adafactor Adagrad Adam AdamW Adamax Ftrl Lion Nadam Optimizer RMSprop SGD deserialize get serialize
    """,
    "keras.optimizers.legacy": "Adagrad Adam Ftrl Optimizer RMSprop SGD",
    "keras.optimizers.schedules": """
        CosineDecay CosineDecayRestarts ExponentialDecay InverseTimeDecay LearningRateSchedule PiecewiseConstantDecay
        PolynomialDecay deserialize serialize
    """,
    "keras.preprocessing": """
        image_dataset_from_directory text_dataset_from_directory timeseries_dataset_from_array
    """,
    "keras.preprocessing.image": "array_to_img img_to_array load_img save_img smart_resize",
    "keras.preprocessing.sequence": "pad_sequences",
    "keras.regularizers": """
        L1 L1L2 L2 OrthogonalRegularizer Regularizer deserialize get l1 l1_l2 l2 orthogonal_regularizer serialize
    """,
    "keras.saving": """
        custom_object_scope deserialize_keras_object get_custom_objects get_registered_name get_registered_object
        load_model register_keras_serializable save_model serialize_keras_object
    """,
    "keras.utils": """
        CustomObjectScope FeatureSpace Progbar Sequence array_to_img audio_dataset_from_directory custom_object_scope
        deserialize_keras_object disable_interactive_logging enable_interactive_logging get_custom_objects get_file
        get_registered_name get_registered_object get_source_inputs image_dataset_from_directory img_to_array
        is_interactive_logging_enabled load_img model_to_dot normalize pack_x_y_sample_weight pad_sequences plot_model
        register_keras_serializable save_img serialize_keras_object set_random_seed split_dataset
        text_dataset_from_directory timeseries_dataset_from_array to_categorical unpack_x_y_sample_weight
    """,
    "keras.utils.legacy": "deserialize_keras_object serialize_keras_object",
}

_IN_TF_KERAS: dict[str, str] = {
    "keras.applications": """
        RegNetX002 RegNetX004 RegNetX006 RegNetX008 RegNetX016 RegNetX032 RegNetX040 RegNetX064 RegNetX080 RegNetX120
        RegNetX160 RegNetX320 RegNetY002 RegNetY004 RegNetY006 RegNetY008 RegNetY016 RegNetY032 RegNetY040 RegNetY064
        RegNetY080 RegNetY120 RegNetY160 RegNetY320 ResNetRS101 ResNetRS152 ResNetRS200 ResNetRS270 ResNetRS350
        ResNetRS420 ResNetRS50
    """,
    "keras.applications.regnet": """
        RegNetX002 RegNetX004 RegNetX006 RegNetX008 RegNetX016 RegNetX032 RegNetX040 RegNetX064 RegNetX080 RegNetX120
        RegNetX160 RegNetX320 RegNetY002 RegNetY004 RegNetY006 RegNetY008 RegNetY016 RegNetY032 RegNetY040 RegNetY064
        RegNetY080 RegNetY120 RegNetY160 RegNetY320 decode_predictions preprocess_input
    """,
    "keras.applications.resnet_rs": """
        ResNetRS101 ResNetRS152 ResNetRS200 ResNetRS270 ResNetRS350 ResNetRS420 ResNetRS50 decode_predictions
        preprocess_input
    """,
    "keras.backend": """
        function in_test_phase in_train_phase learning_phase learning_phase_scope local_conv1d local_conv2d
        manual_variable_initialization normalize_batch_in_training placeholder print_tensor random_binomial reset_uids
        set_learning_phase
    """,
    "keras.backend.experimental": """
        disable_tf_random_generator enable_tf_random_generator is_tf_random_generator_enabled
    """,
    "keras.callbacks": "BaseLogger SidecarEvaluatorModelExport",
    "keras.callbacks.experimental": "BackupAndRestore UpdateEmbeddingCallback",
    "keras.constraints": "RadialConstraint radial_constraint",
    "keras.estimator": "model_to_estimator",
    "keras.experimental": """
        CosineDecay CosineDecayRestarts LinearModel SequenceFeatures SidecarEvaluator WideDeepModel
    """,
    "keras.layers": "AbstractRNNCell DenseFeatures LocallyConnected1D LocallyConnected2D",
    "keras.layers.experimental": """
        DynamicEmbedding DynamicLookup EinsumDense RandomFourierFeatures SyncBatchNormalization
    """,
    "keras.layers.experimental.preprocessing": """
        CategoryEncoding CenterCrop Discretization HashedCrossing Hashing IntegerLookup Normalization PreprocessingLayer
        RandomContrast RandomCrop RandomFlip RandomHeight RandomRotation RandomTranslation RandomWidth RandomZoom
        Rescaling Resizing StringLookup TextVectorization
    """,
    "keras.metrics": "MeanRelativeError MeanTensor",
    "keras.metrics.experimental": "PyMetric",
    "keras.models": "model_from_config model_from_yaml",
    "keras.models.experimental": "SharpnessAwareMinimization",
    "keras.optimizers.experimental": """
        Adadelta Adafactor Adagrad Adam AdamW Adamax Ftrl Nadam Optimizer RMSprop SGD
    """,
    "keras.optimizers.legacy": "Adadelta Adamax Nadam",
    "keras.utils": """
        GeneratorEnqueuer OrderedEnqueuer SequenceEnqueuer SidecarEvaluator StepsPerExecutionTuner TimedThread
        to_ordinal warmstart_embedding_matrix
    """,
    "keras.utils.experimental": "DatasetCreator",
}

_IN_KERAS_AND_TENSORFLOW_KERAS: dict[str, str] = {
    "keras": """
        DTypePolicy FloatDTypePolicy Function Initializer InputSpec KerasTensor Layer Loss Metric Operation Optimizer
        Quantizer Regularizer RematScope StatelessScope SymbolicScope Variable device name_scope remat
    """,
    "keras.activations": """
        celu glu hard_shrink hard_silu hard_swish hard_tanh leaky_relu log_sigmoid log_softmax relu6 silu soft_shrink
        sparse_plus sparse_sigmoid sparsemax squareplus tanh_shrink threshold
    """,
    "keras.backend": "is_float_dtype is_int_dtype result_type standardize_dtype",
    "keras.callbacks": "OrbaxCheckpoint SwapEMAWeights",
    "keras.config": """
        backend disable_flash_attention disable_interactive_logging disable_traceback_filtering dtype_policy
        enable_flash_attention enable_interactive_logging enable_traceback_filtering enable_unsafe_deserialization
        epsilon floatx image_data_format is_flash_attention_enabled is_interactive_logging_enabled is_nnx_enabled
        is_traceback_filtering_enabled max_epochs max_steps_per_epoch set_backend set_dtype_policy set_epsilon
        set_floatx set_image_data_format set_max_epochs set_max_steps_per_epoch
    """,
    "keras.datasets.california_housing": "load_data",
    "keras.dtype_policies": """
        AWQDTypePolicy DTypePolicy DTypePolicyMap FloatDTypePolicy GPTQDTypePolicy Int4DTypePolicy QuantizedDTypePolicy
        QuantizedFloat8DTypePolicy deserialize get serialize
    """,
    "keras.initializers": "IdentityInitializer OrthogonalInitializer STFT STFTInitializer stft",
    "keras.layers": """
        AdaptiveAveragePooling1D AdaptiveAveragePooling2D AdaptiveAveragePooling3D AdaptiveMaxPooling1D
        AdaptiveMaxPooling2D AdaptiveMaxPooling3D AugMix AutoContrast ContrastLimitedAdaptiveHistogramEqualization
        CutMix Equalization FlaxLayer GroupQueryAttention JaxLayer MaxNumBoundingBoxes MelSpectrogram MixUp Pipeline
        RMSNormalization RandAugment RandomColorDegeneration RandomColorJitter RandomElasticTransform RandomErasing
        RandomGaussianBlur RandomGrayscale RandomHue RandomInvert RandomPerspective RandomPosterization RandomSaturation
        RandomSharpness RandomShear ReversibleEmbedding STFTSpectrogram Solarization TFSMLayer TorchModuleWrapper
    """,
    "keras.legacy": "",
    "keras.legacy.saving": "deserialize_keras_object serialize_keras_object",
    "keras.losses": """
        CTC CategoricalGeneralizedCrossEntropy Circle Dice Tversky categorical_generalized_cross_entropy circle ctc dice
        tversky
    """,
    "keras.metrics": """
        ConcordanceCorrelation PearsonCorrelation categorical_hinge concordance_correlation huber pearson_correlation
    """,
    "keras.mixed_precision": "DTypePolicy dtype_policy set_dtype_policy",
    "keras.optimizers": "Lamb LossScaleOptimizer MultiOptimizer Muon OptimizerMap ScheduleFreeAdamW",
    "keras.random": """
        SeedGenerator beta binomial categorical dropout gamma normal randint shuffle truncated_normal uniform
    """,
    "keras.saving": "CustomObjectScope KerasFileEditor load_weights save_weights",
    "keras.utils": "Config PyDataset clear_session is_keras_tensor standardize_dtype",
    "keras.wrappers": "SKLearnClassifier SKLearnRegressor SKLearnTransformer",
}

_IN_KERAS_AND_TF_KERAS: dict[str, str] = {
    "keras.losses": """
        kl_divergence log_cosh mean_absolute_error mean_absolute_percentage_error mean_squared_error
        mean_squared_logarithmic_error
    """,
    "keras.metrics": """
        kl_divergence log_cosh mean_absolute_error mean_absolute_percentage_error mean_squared_error
        mean_squared_logarithmic_error
    """,
}

_IN_TENSORFLOW_KERAS_AND_TF_KERAS: dict[str, str] = {
    "keras.backend": """
        abs all any arange argmax argmin batch_dot batch_flatten batch_get_value batch_normalization batch_set_value
        bias_add binary_crossentropy binary_focal_crossentropy cast cast_to_floatx categorical_crossentropy
        categorical_focal_crossentropy clip concatenate constant conv1d conv2d conv2d_transpose conv3d cos count_params
        ctc_batch_cost ctc_decode ctc_label_dense_to_sparse cumprod cumsum depthwise_conv2d dot dropout dtype elu equal
        eval exp expand_dims eye flatten foldl foldr gather get_value gradients greater greater_equal hard_sigmoid
        in_top_k int_shape is_sparse l2_normalize less less_equal log map_fn max maximum mean min minimum
        moving_average_update name_scope ndim not_equal one_hot ones ones_like permute_dimensions pool2d pool3d pow prod
        random_bernoulli random_normal random_normal_variable random_uniform random_uniform_variable relu repeat
        repeat_elements reshape resize_images resize_volumes reverse rnn round separable_conv2d set_value shape sigmoid
        sign sin softmax softplus softsign sparse_categorical_crossentropy spatial_2d_padding spatial_3d_padding sqrt
        square squeeze stack std stop_gradient sum switch tanh temporal_padding tile to_dense transpose truncated_normal
        update update_add update_sub var variable zeros zeros_like
    """,
    "keras.layers": "RandomHeight RandomWidth ThresholdedReLU",
    "keras.losses": """
        KLD MAE MAPE MSE MSLE Reduction kld kullback_leibler_divergence logcosh mae mape mse msle
    """,
    "keras.metrics": "KLD MAE MAPE MSE MSLE kld kullback_leibler_divergence logcosh mae mape mse msle",
    "keras.preprocessing.image": """
        DirectoryIterator ImageDataGenerator Iterator NumpyArrayIterator apply_affine_transform apply_brightness_shift
        apply_channel_shift random_brightness random_channel_shift random_rotation random_shear random_shift random_zoom
    """,
    "keras.preprocessing.sequence": "TimeseriesGenerator make_sampling_table skipgrams",
    "keras.preprocessing.text": "Tokenizer hashing_trick one_hot text_to_word_sequence tokenizer_from_json",
}
