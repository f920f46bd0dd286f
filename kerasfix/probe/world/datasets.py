"""Stand-ins for `keras.datasets`: shapes, types, ranges and numbers of samples are real, the contents are not."""

from __future__ import absolute_import, division, print_function

import importlib
import sys

import numpy as np

from .patching import replace_in_keras
from .seeding import seeded, words

_BLOCK = 500  # so many samples are made up, and repeated
_SEQUENCES = {  # name: samples, words, classes; the numbers are those of the real data sets
    "imdb": (50000, 88584, 2),
    "reuters": (11228, 30979, 46),
}
_SHORTEST, _LONGEST = 10, 60
_IMAGES = {  # name: shape, classes, samples to train with and to test with
    "mnist": ((28, 28), 10, 60000, 10000),
    "fashion_mnist": ((28, 28), 10, 60000, 10000),
    "cifar10": ((32, 32, 3), 10, 50000, 10000),
    "cifar100": ((32, 32, 3), 100, 50000, 10000),
}
_TABLES = {"boston_housing": (506, 13), "california_housing": (20640, 8)}


def install(world):
    """Replace the `load_data` and `get_word_index` of every data set, in each Keras that is imported."""
    replacements = []
    for package in world.keras_packages:
        for name in sorted(_IMAGES) + sorted(_SEQUENCES) + sorted(_TABLES):
            try:
                module = importlib.import_module("%s.datasets.%s" % (package, name))
            except ImportError:
                continue
            real = getattr(module, "load_data", None)
            if real is not None:
                replacements.append((real, _loader(world, package, name)))
            if hasattr(module, "get_word_index"):
                replacements.append((module.get_word_index, _word_index(world, name)))
    replace_in_keras(replacements)


def images(name, channels_first=False, label_mode="fine"):
    """Made-up images.

    Args:
        name: One of mnist, fashion_mnist, cifar10, cifar100.
        channels_first: Whether the channels of colours come before the rows.
        label_mode: "coarse" gives the 20 coarse classes of cifar100.

    Returns:
        `(x_train, y_train), (x_test, y_test)`, all uint8; the labels of cifar are columns.
    """
    shape, classes, train, test = _IMAGES[name]
    if label_mode == "coarse":
        classes = 20
    if channels_first and len(shape) == 3:
        shape = (shape[2],) + shape[:2]
    return tuple(_image_block(name + part, shape, classes, count) for part, count in (("", train), ("-test", test)))


def _image_block(name, shape, classes, count):
    generator = seeded(name)
    block = generator.randint(0, 256, (_BLOCK,) + shape).astype("uint8")
    if len(shape) == 2:
        block[generator.rand(*block.shape) < 0.8] = 0  # digits are mostly background
    labels = generator.permutation(np.arange(_BLOCK) % classes).astype("uint8")
    repeat = count // _BLOCK
    x = np.tile(block, (repeat,) + (1,) * len(shape))
    y = np.tile(labels, repeat)
    return x, (y.reshape(-1, 1) if len(shape) == 3 else y)


def sequences(name, limit=None, skip_top=0, maxlen=None, start_char=1, oov_char=2, index_from=3):
    """Made-up texts as lists of the numbers of words, shorter than the real ones.

    Args:
        name: imdb or reuters.
        limit: `nb_words` of Keras 1, `num_words` of Keras 2.
        skip_top: As many of the most frequent words are left out.
        maxlen: Only texts that are shorter.
        start_char: Stands at the start of each text.
        oov_char: Stands for a word that is left out.
        index_from: Is added to the number of each word.

    Returns:
        A list of lists, and an array of labels.

    Raises:
        ValueError: No text is shorter than `maxlen`.
    """
    count, vocabulary, classes = _SEQUENCES[name]
    generator = seeded(name)
    block = []
    for _ in range(_BLOCK):
        length = generator.randint(_SHORTEST, _LONGEST)
        ranks = np.exp(generator.rand(length) * np.log(vocabulary)).astype(int)  # few words are frequent
        block.append((np.clip(ranks, 1, vocabulary) + (index_from or 0)).tolist())
    labels = np.tile(generator.permutation(np.arange(_BLOCK) % classes), count // _BLOCK + 1)[:count]
    if start_char is not None:
        block = [[start_char] + one for one in block]
    limit = limit or max(max(one) for one in block)
    if oov_char is None:
        block = [[word for word in one if skip_top <= word < limit] for one in block]
    else:
        block = [[word if skip_top <= word < limit else oov_char for word in one] for one in block]
    kept = [index for index in range(count) if not maxlen or len(block[index % _BLOCK]) < maxlen]
    if not kept:
        raise ValueError("After filtering for sequences shorter than maxlen=%s, no sequence was kept." % (maxlen,))
    return [list(block[index % _BLOCK]) for index in kept], labels[kept]


def table(name, test_split=0.2):
    """Made-up numbers of `boston_housing` or `california_housing`: `(x_train, y_train), (x_test, y_test)`."""
    count, columns = _TABLES[name]
    generator = seeded(name)
    x = generator.rand(count, columns) * 100
    y = generator.rand(count) * 45 + 5
    split = int(count * (1 - test_split))
    return (x[:split], y[:split]), (x[split:], y[split:])


def _loader(world, package, name):
    def load_data(*args, **kwargs):
        world.note("data set `%s` is made up" % name)
        if name in _IMAGES:
            mode = kwargs.get("label_mode", args[0] if args and name == "cifar100" else "fine")
            return images(name, _channels_first(package), mode)
        if name in _TABLES:
            return table(name, kwargs.get("test_split", 0.2))
        return _load_sequences(package, name, args, kwargs)

    return load_data


def _load_sequences(package, name, args, kwargs):
    names = ["path", "nb_words", "skip_top", "maxlen", "seed", "start_char", "oov_char", "index_from"]
    if name == "reuters":
        names.insert(4, "test_split")
    given = dict(zip(names, args))
    given.update(kwargs)
    for unused in ("path", "seed"):
        given.pop(unused, None)
    test_split = given.pop("test_split", 0.5 if name == "imdb" else 0.2)
    limit = given.pop("num_words", None) or given.pop("nb_words", None)
    given.pop("nb_words", None)
    xs, labels = sequences(name, limit, **given)
    split = int(len(xs) * (1 - test_split))
    parts = (xs[:split], labels[:split]), (xs[split:], labels[split:])
    if name == "reuters" and str(getattr(sys.modules[package], "__version__", "")).startswith("1."):
        return parts  # lists, in Keras 1
    return tuple((_ragged(x), y) for x, y in parts)


def _ragged(lists):
    array = np.empty(len(lists), dtype=object)
    array[:] = lists
    return array


def _word_index(world, name):
    def get_word_index(*args, **kwargs):
        world.note("data set `%s` is made up" % name)
        return dict((word, rank + 1) for rank, word in enumerate(words(_SEQUENCES[name][1], name)))

    return get_word_index


def _channels_first(package):
    """What the Keras says now: it can be set by the script."""
    backend = getattr(sys.modules[package], "backend", None) or sys.modules.get(package + ".backend")
    if hasattr(backend, "image_data_format"):
        return backend.image_data_format() == "channels_first"
    return hasattr(backend, "image_dim_ordering") and backend.image_dim_ordering() == "th"
