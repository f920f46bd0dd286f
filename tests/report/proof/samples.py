"""Verifications with the shapes of real models."""

from __future__ import annotations

import io
import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from kerasfix.report.proof import write
from kerasfix.verify.verdicts import (
    Architecture,
    Difference,
    FileVerdict,
    Layer,
    Level,
    ModelVerdict,
    Outcome,
    Shape,
    Shortfall,
    Tensor,
    Verification,
)

TODAY = "Keras 3.15.1 on TensorFlow 2.21.0"
LEGACY = "Keras 1.2.2"

VQA_BEFORE = """\
'''Answers questions about pictures: one branch reads, one looks.'''
from keras.layers import Input, Dense, Dropout, merge
from keras.models import Model

WORDS = 1000

picture = Input(shape=(512,), name='picture')
question = Input(shape=(300,), name='question')

seen = Dense(64, activation='tanh')(picture)
read = Dense(64, activation='tanh')(question)

both = merge([seen, read], mode='concat', concat_axis=-1)
agreed = merge([seen, read], mode='sum')
hidden = Dense(64, activation='relu', W_regularizer='l2')(both)
hidden = merge([hidden, agreed], mode='mul')
hidden = Dropout(0.5)(hidden)
answer = Dense(10, activation='softmax')(hidden)

model = Model(input=[picture, question], output=answer)
model.compile('adam', 'categorical_crossentropy', metrics=['accuracy'])


def train(pictures, questions, answers):
    # One pass takes about an hour.
    history = model.fit([pictures, questions], answers,
                        nb_epoch=20, batch_size=128)
    return history.history['acc']
"""
VQA_AFTER = """\
'''Answers questions about pictures: one branch reads, one looks.'''
from keras.layers import Add, Concatenate, Dense, Dropout, Input, Multiply
from keras.models import Model

WORDS = 1000

picture = Input(shape=(512,), name='picture')
question = Input(shape=(300,), name='question')

seen = Dense(64, activation='tanh')(picture)
read = Dense(64, activation='tanh')(question)

both = Concatenate(axis=-1)([seen, read])
agreed = Add()([seen, read])
hidden = Dense(64, activation='relu', kernel_regularizer='l2')(both)
hidden = Multiply()([hidden, agreed])
hidden = Dropout(0.5)(hidden)
answer = Dense(10, activation='softmax')(hidden)

model = Model(inputs=[picture, question], outputs=answer)
model.compile('adam', 'categorical_crossentropy', metrics=['accuracy'])


def train(pictures, questions, answers):
    # One pass takes about an hour.
    history = model.fit([pictures, questions], answers,
                        epochs=20, batch_size=128)
    return history.history['accuracy']
"""
HOSTILE = (
    "</style></script><script>document.title='owned'</script>"
    "<img src=x onerror=\"document.title='owned'\">&amp;\u202e\x00"
)


class Building:
    """A model in the making."""

    def __init__(self, keras: str = "Keras 3.15.1") -> None:
        self.keras = keras
        self.layers: list[Layer] = []

    def __call__(
        self,
        path: str,
        kind: str,
        on: str | Sequence[str],
        output: Shape,
        parameters: int = 0,
        *,
        calls: Sequence[Sequence[str]] = (),
        container: bool = False,
        **config: Any,
    ) -> str:
        """Adds a layer that is called on others, by their paths."""
        inbound = tuple(map(tuple, calls)) or (((on,) if isinstance(on, str) else tuple(on)),)
        shapes = {layer.path: layer.output_shapes[0] for layer in self.layers}
        inputs = tuple(shapes[one] for one in inbound[0] if one in shapes)
        layer = Layer(path, kind, inbound, inputs, (output,), parameters, len(self.layers), config, container)
        self.layers.append(layer)
        return path

    def input(self, path: str, shape: Shape) -> str:
        self.layers.append(Layer(path, "InputLayer", (), (), (shape,), 0, len(self.layers)))
        return path

    def dense(self, path: str, on: str, units: int) -> str:
        shape = next(layer for layer in self.layers if layer.path == on).output_shapes[0]
        words = {"output_dim": units, "bias": True} if self.keras == LEGACY else {"units": units, "use_bias": True}
        return self(path, "Dense", on, (*shape[:-1], units), (shape[-1] + 1) * units, **words)

    def merge(self, mode: str, number: int, on: Sequence[str], output: Shape) -> str:
        if self.keras == LEGACY:
            return self(f"merge_{number}", "Merge", on, output, mode=mode, concat_axis=-1, dot_axes=-1)
        kind = {"concat": "Concatenate", "sum": "Add", "mul": "Multiply"}[mode]
        axis = {"axis": -1} if mode == "concat" else {}
        return self(kind.lower(), kind, on, output, **axis)

    def done(self, outputs: Sequence[str], kind: str = "Model") -> Architecture:
        by_path = {layer.path: layer for layer in self.layers}
        inputs = [layer for layer in self.layers if layer.kind == "InputLayer" and "/" not in layer.path]
        total = sum(layer.parameters for layer in self.layers if not layer.container)
        return Architecture(
            self.keras,
            kind,
            tuple(Tensor(layer.name, layer.output_shapes[0]) for layer in inputs),
            tuple(Tensor(path, by_path[path].output_shapes[0]) for path in outputs),
            tuple(self.layers),
            total,
            total,
        )


def vqa_architecture(keras: str) -> Architecture:
    """Two branches that are joined, added and multiplied."""
    add = Building(keras)
    picture, question = add.input("picture", (None, 512)), add.input("question", (None, 300))
    seen, read = add.dense("dense_1", picture, 64), add.dense("dense_2", question, 64)
    both = add.merge("concat", 1, [seen, read], (None, 128))
    agreed = add.merge("sum", 2, [seen, read], (None, 64))
    hidden = add.dense("dense_3", both, 64)
    hidden = add.merge("mul", 3, [hidden, agreed], (None, 64))
    hidden = add("dropout_1", "Dropout", hidden, (None, 64), rate=0.5)
    return add.done([add.dense("dense_4", hidden, 10)])


def vqa(**changed: Any) -> ModelVerdict:
    """Equal."""
    verdict = ModelVerdict(
        name="model",
        scenario="script",
        level=Level.EQUAL,
        outcome=Outcome.PROVEN,
        line=20,
        reference=LEGACY,
        before=vqa_architecture(LEGACY),
        after=vqa_architecture("Keras 3.15.1"),
        differences=(
            Difference("output `dense_4`", "output", 1.1920929e-07, 1e-5, True),
            Difference("loss", "loss", 2.3841858e-07, 2e-5, True),
            *(
                Difference(f"weights after one step: `dense_{layer}`, array {array}", "weights", 3e-8, 1e-5, True)
                for layer in (1, 2, 3, 4)
                for array in (1, 2)
            ),
        ),
        losses_before=(2.4131, 2.3774, 2.3308, 2.2987, 2.2391),
        losses_after=(2.4131, 2.3774, 2.3308, 2.2987, 2.2391),
        notes=("`model.fit` was cut to 5 steps", "the arguments of `train` are made up"),
    )
    return replace(verdict, **changed)


def captions_architecture(keras: str) -> Architecture:
    """A sequence model; today's has another activation inside."""
    add = Building(keras)
    words = add.input("words", (None, 20))
    found = add("embedding_1", "Embedding", words, (None, 20, 32), 32_000, input_dim=1000, output_dim=32)
    size = {"output_dim": 48} if keras == LEGACY else {"units": 48}
    gates = {"inner_activation": "hard_sigmoid"} if keras == LEGACY else {"recurrent_activation": "sigmoid"}
    found = add("lstm_1", "LSTM", found, (None, 48), 15_552, return_sequences=False, **size, **gates)
    if keras != LEGACY:
        found = add("activation", "Activation", found, (None, 48), activation="tanh")
    return add.done([add.dense("dense_1", found, 1000)], "Sequential")


def captions(**changed: Any) -> ModelVerdict:
    """Trains, and is another model."""
    verdict = ModelVerdict(
        name="build_captioner",
        scenario="build_captioner(vocabulary=1000, length=20)",
        level=Level.TRAINS,
        outcome=Outcome.FAILED,
        line=31,
        reason="the outputs differ from those of the original",
        reference=LEGACY,
        before=captions_architecture(LEGACY),
        after=captions_architecture("Keras 3.15.1"),
        differences=(
            Difference("output `dense_1`", "output", 0.0412345, 1e-5, False),
            Difference("loss", "loss", 0.001934, 2e-5, False),
            Difference("weights after one step: `lstm_1`, array 1", "weights", math.inf, 1e-5, False),
            Difference("weights after one step: `dense_1`, array 1", "weights", 4e-9, 1e-5, True),
        ),
        parted_at="`lstm_1` (LSTM): its output differs by 0.0387",
        losses_before=(6.9078, 6.9031, 6.8975, 6.8921, 6.8872),
        losses_after=(6.9078, 6.9042, 6.9001, 6.8955, 6.8930),
    )
    return replace(verdict, **changed)


def unverified(**changed: Any) -> ModelVerdict:
    """Builds; the original cannot be run."""
    verdict = ModelVerdict(
        name="TextCNN.build",
        scenario="TextCNN().build()",
        level=Level.BUILDS,
        outcome=Outcome.UNVERIFIED,
        line=12,
        reason="the original does not run on Keras 1.2.2: No module named 'seya'",
        after=captions_architecture("Keras 3.15.1"),
    )
    return replace(verdict, **changed)


def inception_architecture(keras: str, blocks: int = 10) -> Architecture:
    """Some 300 layers: blocks of four branches that are joined."""
    add = Building(keras)
    found = add.input("image", (None, 64, 64, 3))
    depth = 3
    counts: dict[str, int] = {}
    convolution = "Convolution2D" if keras == LEGACY else "Conv2D"

    def name(kind: str) -> str:
        counts[kind] = counts.get(kind, 0) + 1
        return f"{kind}_{counts[kind]}"

    def conv(on: str, into: int, out: int, size: int) -> str:
        shape = (None, 64, 64, out)
        words = {"nb_filter": out, "nb_row": size, "nb_col": size, "border_mode": "same", "dim_ordering": "tf"}
        if keras != LEGACY:
            words = {"filters": out, "kernel_size": [size, size], "padding": "same", "data_format": "channels_last"}
        on = add(name("conv2d"), convolution, on, shape, size * size * into * out + out, **words)
        on = add(name("batch_normalization"), "BatchNormalization", on, shape, 4 * out)
        return add(name("activation"), "Activation", on, shape)

    for block in range(blocks):
        out = 16 + 8 * block
        one = conv(found, depth, out, 1)
        three = conv(conv(found, depth, out, 1), out, out, 3)
        five = conv(conv(conv(found, depth, out, 1), out, out, 3), out, out, 3)
        words = {"pool_size": [3, 3], "strides": [1, 1], "border_mode" if keras == LEGACY else "padding": "same"}
        pool = add(name("pooling"), "AveragePooling2D", found, (None, 64, 64, depth), **words)
        pool = conv(pool, depth, out, 1)
        depth = 4 * out
        shape = (None, 64, 64, depth)
        kind, config = ("Merge", {"mode": "concat"}) if keras == LEGACY else ("Concatenate", {"axis": -1})
        found = add(name("mixed"), kind, [one, three, five, pool], shape, **config)
        for _ in range(4):
            found = conv(found, depth, depth, 1) if block > 5 else found
    found = add("flatten", "Flatten", found, (None, 64 * 64 * depth))
    return add.done([add.dense("predictions", found, 10)])


def inception(**changed: Any) -> ModelVerdict:
    """Equal, and large."""
    verdict = ModelVerdict(
        name="inception",
        scenario="inception(classes=10)",
        level=Level.EQUAL,
        outcome=Outcome.PROVEN,
        line=80,
        reference="Keras 2.1.6",
        before=inception_architecture(LEGACY),
        after=inception_architecture("Keras 3.15.1"),
        differences=(Difference("output `predictions`", "output", 8.34e-07, 1e-5, True),),
    )
    return replace(verdict, **changed)


def siamese_architecture(keras: str) -> Architecture:
    """A model as a layer, called twice."""
    add = Building(keras)
    left, right = add.input("left", (None, 20)), add.input("right", (None, 20))
    shared = add("tower", "Sequential", left, (None, 8), 400, calls=[[left], [right]], container=True)
    inner = add("tower/dense_1", "Dense", [], (None, 16), 336, units=16)
    add("tower/dense_2", "Dense", inner, (None, 8), 64, units=8)
    joined = add.merge("concat", 1, [shared, shared], (None, 16))
    return add.done([add.dense("dense_3", joined, 1)])


def siamese(**changed: Any) -> ModelVerdict:
    """Equal, and has a model in it."""
    verdict = vqa(
        name="siamese",
        scenario="script",
        before=siamese_architecture(LEGACY),
        after=siamese_architecture("Keras 3.15.1"),
        losses_before=(),
        losses_after=(),
        notes=(),
    )
    return replace(verdict, **changed)


def vqa_file(**changed: Any) -> FileVerdict:
    verdict = FileVerdict(
        "models/vqa.py",
        VQA_BEFORE,
        VQA_AFTER,
        {"merge-function": 3, "legacy-core-arguments": 1, "legacy-model-arguments": 1, "history-key": 1},
        0,
        (vqa(), siamese()),
        seconds=4.2,
    )
    return replace(verdict, **changed)


def whole() -> Verification:
    """A run with one of everything."""
    return Verification(
        [
            FileVerdict(
                "models/captions.py",
                VQA_BEFORE.replace("'sum'", "'ave'"),
                VQA_AFTER,
                {"legacy-recurrent-arguments": 2},
                1,
                (captions(),),
                seconds=3.1,
            ),
            vqa_file(),
            FileVerdict(
                "models/text_cnn.py",
                "x = 1\n",
                "x = 1\n",
                models=(unverified(),),
                shortfalls=(Shortfall("script", "needs a data file, `glove.6B.100d.txt`, that is not there"),),
            ),
            FileVerdict("models/inception.py", "a = 1\n", "a = 2\n", {"moved-module": 1}, 0, (inception(),)),
            FileVerdict("notes/old.py", "print 'x'", failure="line 1: Missing parentheses in call to 'print'"),
        ],
        "keras3",
        Level.EQUAL,
        TODAY,
        41.3,
    )


def of(*models: ModelVerdict, require: Level = Level.EQUAL, **file: Any) -> Verification:
    """A run over one file."""
    return Verification([FileVerdict("m.py", models=models, **file)], "keras3", require, TODAY, 1.0)


def rendered(verification: Verification, fmt: str, *, color: bool = False) -> str:
    stream = io.StringIO()
    write(verification, fmt, stream, color=color)
    return stream.getvalue()
