"""How long `kerasfix verify` takes for many small models, against building and training them and nothing else.

    python benchmarks/verify_speed.py [--models 100] [--jobs N] [--target keras3]

Writes small scripts for Keras 1.2.2 into a temporary folder, each of which builds and trains one model. First the
rewritten scripts are run one after the other in one warm process, as they are: this is what building and training cost
by themselves. Then they are verified: each original on Keras 1.2.2, each rewritten script on today's Keras, in
processes of their own, with all comparisons. The ratio of both times is what counts: they are taken in one run.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import os
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

from kerasfix.cli.configuration import catalogue_of
from kerasfix.cli.proving import rewritten, verified
from kerasfix.project.config import Config
from kerasfix.verify.engines import Engines
from kerasfix.verify.prove import TODAY

_HEAD = """
import numpy as np
from keras.layers import *
from keras.models import Model, Sequential

np.random.seed({seed})
"""
_TEMPLATES = (
    """
left, right = Input(shape=({a},)), Input(shape=({a},))
joined = merge([Dense({b}, activation='tanh')(left), Dense({b})(right)], mode='sum')
model = Model(input=[left, right], output=Dense(3, activation='softmax')(joined))
model.compile('sgd', 'categorical_crossentropy')
x = [np.random.rand(64, {a}), np.random.rand(64, {a})]
model.fit(x, np.eye(3)[np.random.randint(3, size=64)], nb_epoch=1, batch_size=16, verbose=0)
""",
    """
model = Sequential()
model.add(Convolution2D({b}, 3, 3, border_mode='same', activation='relu', input_shape=({a}, {a}, 1)))
model.add(MaxPooling2D((2, 2)))
model.add(Dropout(0.25))
model.add(Flatten())
model.add(Dense(2, activation='softmax'))
model.compile('adam', 'categorical_crossentropy', metrics=['accuracy'])
x, y = np.random.rand(64, {a}, {a}, 1), np.eye(2)[np.random.randint(2, size=64)]
model.fit(x, y, nb_epoch=1, batch_size=16, verbose=0)
""",
    """
model = Sequential()
model.add(Embedding(30, {a}, input_length=6))
model.add(LSTM({b}))
model.add(Dense(1, activation='sigmoid'))
model.compile('rmsprop', 'binary_crossentropy')
x, y = np.random.randint(30, size=(64, 6)), np.random.randint(2, size=(64, 1))
model.fit(x, y, nb_epoch=1, batch_size=16, verbose=0)
""",
    """
x = Input(shape=({a},))
one = Dense({b}, init='he_normal', activation='relu')(x)
model = Model(input=x, output=Dense({a}, bias=False)(merge([one, x], mode='concat')))
model.compile('adagrad', 'mse')
data = np.random.rand(64, {a})
model.fit(data, data, nb_epoch=1, batch_size=16, verbose=0)
""",
    """
model = Sequential()
model.add(Dense({b}, input_dim={a}, W_regularizer='l2'))
model.add(BatchNormalization())
model.add(Activation('relu'))
model.add(Dense(1))
model.compile('sgd', 'mae')
model.fit(np.random.rand(64, {a}), np.random.rand(64, 1), nb_epoch=1, batch_size=16, verbose=0)
""",
)


def main() -> None:
    """Measure, and print both times and their ratio."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--models", type=int, default=100)
    parser.add_argument("--jobs", type=int)
    parser.add_argument("--target", choices=sorted(TODAY), default="keras3")
    given = parser.parse_args()
    config = replace(Config(), target=given.target, unsafe_fixes=True, jobs=given.jobs)
    with tempfile.TemporaryDirectory() as folder:
        paths = [_script(Path(folder), number) for number in range(given.models)]
        files = rewritten(paths, config, catalogue_of(config))
        _warm_cache(config)
        pure = _pure([file.after for file in files], given.target)
        started = time.perf_counter()
        verification = verified(files, config, quiet=True)
        whole = time.perf_counter() - started
    proven = sum(1 for _, model in verification.models if model.level.name == "EQUAL")
    print(f"{given.models} models, target {given.target}, {os.cpu_count()} processors")
    print(f"built and trained in one warm process: {pure:.1f} s")
    print(f"verified: {whole:.1f} s, the start of all engines included; {proven} equal")
    print(f"ratio: {whole / pure:.2f}")
    sys.exit(proven != given.models)


def _script(folder: Path, number: int) -> str:
    text = _HEAD + _TEMPLATES[number % len(_TEMPLATES)]
    path = folder / f"model_{number}.py"
    path.write_text(text.format(seed=number, a=4 + number % 7, b=3 + number % 5))
    return str(path)


def _warm_cache(config: Config) -> None:
    """Fetch the legacy Keras, which happens once for each user, before anything is measured."""
    with Engines() as engines:
        engines.version("keras==1.2.2")


def _pure(texts: list[str], target: str) -> float:
    """Seconds to run scripts one after the other in a process that has Keras imported."""
    from kerasfix.verify.engines import Limits

    with Engines(Limits(seconds=3600)) as engines:
        engines.version(TODAY[target])
        answer = engines.run(TODAY[target], "verify_speed:run_all", texts)
    if answer.ended:
        sys.exit(answer.ended.message)
    return float(answer.value)


def run_all(texts: list[str]) -> float:
    """What the warm process does; the first script, which warms TensorFlow up, is run once more before."""
    exec(compile(texts[0], "warm", "exec"), {"__name__": "__main__"})
    started = time.perf_counter()
    with contextlib.redirect_stdout(io.StringIO()):
        for number, text in enumerate(texts):
            exec(compile(text, f"model_{number}", "exec"), {"__name__": "__main__"})
    return time.perf_counter() - started


if __name__ == "__main__":
    os.environ["PYTHONPATH"] = os.pathsep.join([str(Path(__file__).parent), os.environ.get("PYTHONPATH", "")])
    main()
