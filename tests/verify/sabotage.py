"""Wrong migrations: an original for Keras 1.2.2, its right migration, and one change that spoils it."""

from __future__ import annotations

from dataclasses import dataclass

BRANCHES = """
from keras.layers import Dense, Input, merge
from keras.models import Model
from keras.optimizers import Adam
from keras.regularizers import l2

left = Input(shape=(6,))
right = Input(shape=(6,))
one = Dense(5, activation='tanh', W_regularizer=l2(0.01))(left)
other = Dense(5, activation='relu')(right)
joined = merge([one, other], mode='sum')
out = Dense(3, activation='softmax')(joined)
model = Model(input=[left, right], output=out)
model.compile(Adam(lr=0.01, beta_1=0.5, decay=1e-4), 'categorical_crossentropy')
"""
BRANCHES_TODAY = """
from keras.layers import Add, Average, Concatenate, Dense, Input, Multiply
from keras.models import Model
from keras.optimizers import SGD, Adam
from keras.optimizers.schedules import InverseTimeDecay
from keras.regularizers import l1, l2

left = Input(shape=(6,))
right = Input(shape=(6,))
one = Dense(5, activation='tanh', kernel_regularizer=l2(0.01))(left)
other = Dense(5, activation='relu')(right)
joined = Add()([one, other])
out = Dense(3, activation='softmax')(joined)
model = Model(inputs=[left, right], outputs=out)
model.compile(Adam(InverseTimeDecay(0.01, 1, 1e-4), beta_1=0.5, epsilon=1e-8), 'categorical_crossentropy')
"""

IMAGES = """
from keras.layers import BatchNormalization, Convolution2D, Dense, Flatten, MaxPooling2D
from keras.models import Sequential

model = Sequential()
model.add(Convolution2D(4, 3, 3, border_mode='same', activation='relu', input_shape=(8, 8, 3)))
model.add(BatchNormalization())
model.add(MaxPooling2D((2, 2)))
model.add(Convolution2D(4, 2, 3, subsample=(1, 2), activation='relu', bias=False))
model.add(Flatten())
model.add(Dense(4))
model.compile('sgd', 'mse')
"""
IMAGES_TODAY = """
from keras.layers import AveragePooling2D, BatchNormalization, Conv2D, Dense, Flatten, MaxPooling2D
from keras.models import Sequential

model = Sequential()
model.add(Conv2D(4, (3, 3), padding='same', activation='relu', input_shape=(8, 8, 3)))
model.add(BatchNormalization(epsilon=0.001))
model.add(MaxPooling2D((2, 2)))
model.add(Conv2D(4, (2, 3), strides=(1, 2), activation='relu', use_bias=False))
model.add(Flatten())
model.add(Dense(4))
model.compile('sgd', 'mse')
"""

FIRST = """
from keras.layers import Convolution2D, Dense, Flatten
from keras.models import Sequential

model = Sequential()
model.add(Convolution2D(3, 3, 3, dim_ordering='th', border_mode='same', input_shape=(3, 6, 6)))
model.add(Flatten())
model.add(Dense(4))
model.compile('sgd', 'mse')
"""
FIRST_TODAY = """
from keras.layers import Conv2D, Dense, Flatten
from keras.models import Sequential

model = Sequential()
model.add(Conv2D(3, (3, 3), data_format='channels_first', padding='same', input_shape=(3, 6, 6)))
model.add(Flatten())
model.add(Dense(4))
model.compile('sgd', 'mse')
"""

WORDS = """
from keras.layers import Dense, Dropout, Embedding, GRU, Input, LSTM, merge
from keras.models import Model

words = Input(shape=(7,), dtype='int32')
vectors = Embedding(20, 6, mask_zero=True)(words)
vectors = Dropout(0.3)(vectors)
forward = LSTM(5, return_sequences=False)(vectors)
backward = GRU(5, go_backwards=True)(vectors)
both = merge([forward, backward], mode='concat')
model = Model(input=words, output=Dense(2, activation='sigmoid')(both))
model.compile('rmsprop', 'binary_crossentropy')
"""
WORDS_TODAY = """
import keras
from keras.layers import Concatenate, Dense, Dropout, Embedding, GRU, Input, LSTM
from keras.models import Model


@keras.saving.register_keras_serializable()
def hard_sigmoid(x):
    return keras.ops.clip(0.2 * x + 0.5, 0.0, 1.0)


words = Input(shape=(7,), dtype='int32')
vectors = Embedding(20, 6, mask_zero=True)(words)
vectors = Dropout(0.3)(vectors)
forward = LSTM(5, return_sequences=False, recurrent_activation=hard_sigmoid)(vectors)
backward = GRU(5, go_backwards=True, recurrent_activation=hard_sigmoid, reset_after=False)(vectors)
both = Concatenate()([forward, backward])
model = Model(inputs=words, outputs=Dense(2, activation='sigmoid')(both))
model.compile('rmsprop', 'binary_crossentropy')
"""

MATRIX = """
from keras.layers import Dense, Input, Reshape, merge
from keras.models import Model

left = Input(shape=(4, 4))
right = Input(shape=(4, 4))
product = merge([left, right], mode='dot', dot_axes=(2, 1))
stacked = merge([product, left, right], mode='concat', concat_axis=1)
model = Model(input=[left, right], output=Dense(4)(stacked))
model.compile('sgd', 'mae')
"""
MATRIX_TODAY = """
from keras.layers import Concatenate, Dense, Dot, Input
from keras.models import Model

left = Input(shape=(4, 4))
right = Input(shape=(4, 4))
product = Dot(axes=(2, 1))([left, right])
stacked = Concatenate(axis=1)([product, left, right])
model = Model(inputs=[left, right], outputs=Dense(4)(stacked))
model.compile('sgd', 'mae')
"""

PAIRS = {
    "branches": (BRANCHES, BRANCHES_TODAY),
    "images": (IMAGES, IMAGES_TODAY),
    "first": (FIRST, FIRST_TODAY),
    "words": (WORDS, WORDS_TODAY),
    "matrix": (MATRIX, MATRIX_TODAY),
}


@dataclass(frozen=True)
class Sabotage:
    """A change that spoils a migration, and the level that is still reached: what comes after it fails."""

    name: str
    pair: str
    old: str
    new: str
    level: str = "trains"

    @property
    def text(self) -> str:
        right = PAIRS[self.pair][1]
        assert right.count(self.old) == 1, self.name
        return right.replace(self.old, self.new)


SABOTAGES = [
    Sabotage("concat_for_sum", "branches", "Add()", "Concatenate()"),
    Sabotage("average_for_sum", "branches", "Add()", "Average()"),
    Sabotage("product_for_sum", "branches", "Add()", "Multiply()"),
    Sabotage("lost_activation", "branches", "Dense(5, activation='relu')", "Dense(5)"),
    Sabotage("other_activation", "branches", "activation='tanh'", "activation='relu'"),
    Sabotage("swapped_inputs", "branches", "inputs=[left, right]", "inputs=[right, left]"),
    Sabotage("lost_regularizer", "branches", ", kernel_regularizer=l2(0.01)", ""),
    Sabotage("other_regularizer", "branches", "l2(0.01))", "l1(0.01))"),
    Sabotage("other_loss", "branches", "'categorical_crossentropy'", "'mse'"),
    Sabotage("other_optimizer", "branches", "Adam(InverseTimeDecay(0.01, 1, 1e-4), beta_1=0.5, epsilon=1e-8)",
             "SGD(0.01)"),
    Sabotage("other_beta", "branches", "beta_1=0.5, ", ""),
    Sabotage("other_learning_rate", "branches", "InverseTimeDecay(0.01", "InverseTimeDecay(0.001"),
    Sabotage("lost_decay", "branches", "InverseTimeDecay(0.01, 1, 1e-4)", "0.01"),
    Sabotage("dropped_bias", "branches", "Dense(3, activation", "Dense(3, use_bias=False, activation"),
    Sabotage("one_branch_twice", "branches", "[one, other]", "[one, one]"),
    Sabotage("strides_for_kernel", "images", "Conv2D(4, (3, 3), padding", "Conv2D(4, 3, 3, padding", "parses"),
    Sabotage("lost_strides", "images", ", strides=(1, 2)", ""),
    Sabotage("kernel_turned_round", "images", "(2, 3), strides=(1, 2)", "(3, 2), strides=(1, 2)"),
    Sabotage("valid_for_same", "images", "padding='same'", "padding='valid'"),
    Sabotage("average_pooling", "images", "model.add(MaxPooling2D", "model.add(AveragePooling2D"),
    Sabotage("other_epsilon", "images", "epsilon=0.001", "epsilon=0.1"),
    Sabotage("other_momentum", "images", "epsilon=0.001", "epsilon=0.001, momentum=0.5"),
    Sabotage("lost_normalization", "images", "model.add(BatchNormalization(epsilon=0.001))\n", ""),
    Sabotage("channels_last", "first", "data_format='channels_first', ", ""),
    Sabotage("flatten_in_another_order", "first", "Flatten()", "Flatten(data_format='channels_first')"),
    Sabotage("other_recurrent_activation", "words", "return_sequences=False, recurrent_activation=hard_sigmoid",
             "return_sequences=False"),
    Sabotage("keras3_hard_sigmoid", "words", "keras.ops.clip(0.2 * x + 0.5, 0.0, 1.0)", "keras.ops.hard_sigmoid(x)"),
    Sabotage("reset_after", "words", ", reset_after=False", ""),
    Sabotage("lost_mask", "words", ", mask_zero=True", ""),
    Sabotage("lost_direction", "words", "go_backwards=True, ", ""),
    Sabotage("lost_dropout", "words", "vectors = Dropout(0.3)(vectors)\n", ""),
    Sabotage("kept_for_dropped", "words", "Dropout(0.3)", "Dropout(0.7)"),
    Sabotage("other_axis", "matrix", "Concatenate(axis=1)", "Concatenate(axis=2)"),
    Sabotage("other_dot_axes", "matrix", "axes=(2, 1)", "axes=(1, 2)"),
    Sabotage("other_order", "matrix", "[product, left, right]", "[product, right, left]"),
]  # fmt: skip
