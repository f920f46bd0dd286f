"""What is known of modules that are not installed or not any more."""

from __future__ import absolute_import, division, print_function

import importlib
import sys
import types

from .. import pictures
from . import games, language, measures, progress, scikeras, selection, sklearn, theano, vision

_NEW_NAMES = {  # modules of Python 2 that have another name in Python 3, and those that they are made of
    "cPickle": ["pickle"],
    "cStringIO": ["io"],
    "StringIO": ["io"],
    "Queue": ["queue"],
    "ConfigParser": ["configparser"],
    "SocketServer": ["socketserver"],
    "Tkinter": ["tkinter"],
    "HTMLParser": ["html.parser"],
    "httplib": ["http.client"],
    "cookielib": ["http.cookiejar"],
    "urlparse": ["urllib.parse"],
    "urllib2": ["urllib.request", "urllib.error", "urllib.parse"],
    "commands": ["subprocess"],
    "copy_reg": ["copyreg"],
    "thread": ["_thread"],
    "dummy_thread": ["_thread"],
    "anydbm": ["dbm"],
    "__builtin__": ["builtins"],
    "exceptions": ["builtins"],
    "sets": [],
}
OLD_MODULES = frozenset(_NEW_NAMES) if sys.version_info[0] > 2 else frozenset()

# Modules of packages that may be installed without them.
MOVED = frozenset(["sklearn.cross_validation", "sklearn.grid_search", "sklearn.externals", "sklearn.externals.joblib"])


def old_module(name):
    """A module of Python 2, made of those that took its place."""
    module = types.ModuleType(name)
    for new in _NEW_NAMES[name]:
        module.__dict__.update(
            (key, value) for key, value in vars(importlib.import_module(new)).items() if not key.startswith("__")
        )
    if name == "sets":
        module.Set, module.ImmutableSet = set, frozenset
    return module


def contents(name):
    """The names of a module that is not installed that have a faithful stand-in."""
    found = _CONTENTS.get(name)
    return found() if found else {}


_CONTENTS = {
    "scikeras.wrappers": lambda: {
        "BaseWrapper": scikeras.BaseWrapper,
        "KerasClassifier": scikeras.KerasClassifier,
        "KerasRegressor": scikeras.KerasRegressor,
    },
    "sklearn.model_selection": lambda: {
        "train_test_split": sklearn.train_test_split,
        "KFold": selection.KFold,
        "StratifiedKFold": selection.KFold,
        "GridSearchCV": selection.GridSearchCV,
        "cross_val_score": selection.cross_val_score,
    },
    "sklearn.cross_validation": lambda: {
        "train_test_split": sklearn.train_test_split,
        "KFold": selection.old_folds,
        "StratifiedKFold": selection.old_folds,
        "cross_val_score": selection.cross_val_score,
    },
    "sklearn.grid_search": lambda: {"GridSearchCV": selection.GridSearchCV},
    "sklearn.metrics": lambda: {
        "accuracy_score": measures.accuracy_score,
        "mean_squared_error": measures.mean_squared_error,
        "mean_absolute_error": measures.mean_absolute_error,
        "log_loss": measures.log_loss,
        "confusion_matrix": measures.confusion_matrix,
    },
    "sklearn.utils": lambda: {"shuffle": sklearn.shuffle},
    "sklearn.preprocessing": lambda: {
        "StandardScaler": sklearn.StandardScaler,
        "MinMaxScaler": sklearn.MinMaxScaler,
        "LabelEncoder": sklearn.LabelEncoder,
        "LabelBinarizer": sklearn.LabelBinarizer,
        "OneHotEncoder": sklearn.OneHotEncoder,
        "scale": sklearn.scale,
        "normalize": sklearn.normalize,
    },
    "tqdm": lambda: {"tqdm": progress.Progress, "trange": progress.counted, "tqdm_notebook": progress.Progress},
    "PIL.Image": lambda: {
        "open": pictures.open_picture,
        "fromarray": pictures.from_array,
        "new": pictures.new,
        "Image": pictures.Picture,
        "NEAREST": 0,
        "LANCZOS": 1,
        "ANTIALIAS": 1,
        "BILINEAR": 2,
        "BICUBIC": 3,
        "FLIP_LEFT_RIGHT": 0,
        "FLIP_TOP_BOTTOM": 1,
        "ROTATE_90": 2,
        "ROTATE_180": 3,
        "ROTATE_270": 4,
    },
    "Image": lambda: contents("PIL.Image"),
    "cv2": vision.contents,
    "skimage.io": lambda: {"imread": vision.read_rgb, "imsave": vision.save_rgb},
    "skimage.transform": lambda: {"resize": vision.resize_float},
    "imageio": lambda: {"imread": vision.read_rgb, "imwrite": vision.save_rgb, "imsave": vision.save_rgb},
    "gym": games.contents,
    "nltk": language.contents,
    "nltk.tokenize": language.contents,
    "theano": theano.contents,
    "theano.tensor": theano.tensor_contents,
}

MODULES = frozenset(_CONTENTS)
