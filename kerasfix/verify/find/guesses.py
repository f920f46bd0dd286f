"""What an argument may be that nothing in the project shows, by the name of its parameter.

The names are those that builder functions of published code for Keras 1 and 2 need most often. Guesses for the
parameters of one function go together: the first one of each, the second one of each, and so on.
"""

from __future__ import annotations

import re

_SIDES = ("32", "64", "224", "299")  # small ones are fast; known architectures ask for as much as they were made for
# Spellings of a name count as one: `nbClasses`, `nb_classes` and `NB_CLASSES`; so do the words for a number.
_COUNT = re.compile(r"(?:nb|num|n|number_of|num_of|no|no_of|max_nb|max_num|len)_")
_VALUES = {
    "10": """
        classes class labels label categories category actions action outputs output out out_dim output_dim output_size
        class_count class_num label_count action_size nclasses nclass
    """,
    "1000": """
        vocab vocab_size vocabulary_size vocab_sz voc_size vocab_len vocabulary_length dict_size input_vocab_size
        src_vocab_size max_features max_words words symbols tokens top_words users items embeddings
    """,
    "20": """
        maxlen max_len max_length sequence_length seq_length seq_len seqlen sequence_len max_sequence_length
        max_seq_len max_seq_length max_sent_len max_caption_len input_length output_length sentence_length
        max_words_per_sentence time_steps timesteps steps window window_size look_back lookback context_size
    """,
    "16": """
        embedding_dim embedding_size embed_dim embed_size emb_dim emb_size embedding_dims embedding_length
        embedding_vector_length hidden_size hidden_dim hidden_dims hidden_units hidden lstm_size lstm_dim lstm_units
        lstm_hidden_dim rnn_size rnn_dim rnn_units gru_size units memory_size dense_dim dense_size dense_units fc_size
        latent_dim latent_size latent z_dim noise_dim noise_size nz encoding_dim code_size bottleneck intermediate_dim
        filter filters filter_num base_filters start_filters ngf ndf nf growth_rate input_dim input_size input
        features feature feature_dim feature_size word_dim state_size state_dim obs_dim observation_dim in_dim data_dim
        dim d_model
    """,
    "4": "batch_size batchsize bs batch depth dense_block layers layer blocks block max_degree",
    "3": """
        channels channel img_channels image_channels input_channels in_ch out_ch in_channels out_channels nc kernel_size
        filter_size ksize conv filter_length kernel anchors
    """,
    "2": "pool_size pool stride pool_length scale_factor upscale_factor factor stacks stack dilation_depth",
    "1": "epoch epochs verbose",
    "0.5": "dropout dropout_rate drop_rate drop p_dropout dropout_prob dropin drop_prob dropout_p keep_prob "
    "dropout_keep_prob",
    "0.01": "lr learning_rate learn_rate learning_r base_lr init_lr initial_lr",
    "0.0001": "weight_decay l2 l2_reg l2reg reg_l2 res_l2 final_l2 regularization reg weight_l2 decay l2_lambda",
    "0.9": "momentum",
    "0": "seed random_seed bn_mode",
    "'sgd'": "optimizer optimiser opt",
    "'mse'": "loss loss_function loss_func loss_fn",
    "'relu'": "activation act activation_function",
    "'glorot_uniform'": "init initialization kernel_initializer",
    "None": "weights_path weights weight_path weights_file weight_file path_weights pretrained_weights "
    "load_weights_path weights_filename regularizer name",
    "False": "bn use_bn batch_norm batchnorm trainable stateful pretrained debug",
    "True": "use_bias include_top return_sequences",
}
_SHAPES = frozenset(
    """
    inputshape shape imgdim imageshape imgshape inshape inputdims inputdimensions imagedim imgdims dims ishape
    """.split()
)
_SIDE_NAMES = frozenset(
    """
    imgrows imgcols imgw imgh imgwidth imgheight imagewidth imageheight rows cols row col height width h w size side
    isize inputheight inputwidth inputh inputw imgsize imagesize imsize nrows ncols imagerows imagecols patchsize
    """.split()
)
_TENSORS = frozenset("inputs inputtensor inputlayer inputimg imginput imageinput image inp xin inputimage".split())
_GUESSES = {name.replace("_", ""): (value,) for value, names in _VALUES.items() for name in names.split()}
# What a name says by how it begins or ends.
_PATTERNS = (
    (re.compile(r".*_shape"), None),
    (re.compile(r".*_(?:classes|labels|categories)"), "10"),
    (re.compile(r".*_(?:len|length|maxlen)|maxlen_.*|.*_steps"), "20"),
    (re.compile(r".*_(?:size|dim|dims|units|filters|features|channels)"), "16"),
    (re.compile(r".*_ch"), "3"),
    (re.compile(r"(?:num|nb|n)_.*|max_.*"), "4"),
    (re.compile(r"use_.*|with_.*|is_.*|add_.*"), "False"),
)

_IMAGE = re.compile(r"\b\w*(?:2D|2DTranspose)\b")
_VOLUME = re.compile(r"\b\w*3D\b")
_SEQUENCE = re.compile(r"\b(?:\w*1D|\w*LSTM|\w*GRU|SimpleRNN|TimeDistributed\w*)\b")


def guesses_of(name: str, text: str, *, channels_first: bool, tensor: str) -> tuple[str, ...]:
    """Values for a parameter as texts, the likeliest first; none if its name says nothing.

    Args:
        name: The parameter's.
        text: The code that uses it: what layers it has says what shape of input they take.
        channels_first: Whether the channels of an image are its first axis.
        tensor: What `Input` of Keras is called in the module.
    """
    snake = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower().strip("_")
    plain = snake.replace("_", "")
    image = "img" in plain or "image" in plain
    if plain in _SHAPES:
        return _shapes(text, channels_first=channels_first, image=image)
    if plain in _SIDE_NAMES:
        return _SIDES
    if plain in _TENSORS:
        return tuple(f"{tensor}(shape={shape})" for shape in _shapes(text, channels_first=channels_first, image=image))
    counted = _COUNT.sub("", snake, count=1).replace("_", "")
    for known in (plain, counted):
        if known in _GUESSES:
            return _GUESSES[known]
    for pattern, value in _PATTERNS:
        if pattern.fullmatch(snake):
            return (value,) if value is not None else _shapes(text, channels_first=channels_first, image=image)
    return ()


def _shapes(text: str, *, channels_first: bool, image: bool) -> tuple[str, ...]:
    if _VOLUME.search(text):
        return _ordered(["(16, 16, 16, 1)", "(16, 32, 32, 3)"], ["(1, 16, 16, 16)", "(3, 16, 32, 32)"], channels_first)
    if image or _IMAGE.search(text):
        last = [f"({side}, {side}, 3)" for side in _SIDES]
        first = [f"(3, {side}, {side})" for side in _SIDES]
        return _ordered(last, first, channels_first)
    return ("(20, 16)", "(20,)") if _SEQUENCE.search(text) else ("(20,)", "(20, 16)")


def _ordered(last: list[str], first: list[str], channels_first: bool) -> tuple[str, ...]:
    return (*first, *last[-2:]) if channels_first else (*last, *first[-2:])
