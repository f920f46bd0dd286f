"""The engines that there are, by name, and how a process becomes one.

- `keras3`: the Keras that is installed, on TensorFlow.
- `tf_keras`: the tf_keras that is installed; `keras` and `tensorflow.keras` mean it, too, so that code for Keras 2 runs
  as it is.
- `keras==1.2.2`, or any other of 1.0 to 2.3.1: a legacy Keras on today's TensorFlow, which looks like the one of its
  time.
"""

from __future__ import annotations

import contextlib
import importlib
import importlib.abc
import importlib.machinery
import importlib.util
import sys
import types
from collections.abc import Sequence

from kerasfix.verify.engines import legacy
from kerasfix.verify.engines.answers import Unavailable

LEGACY_PREFIX = "keras=="

# What nearly every child imports, half a second for each.
_SOON = ("keras.preprocessing.image", "keras.utils", "keras.datasets", "kerasfix.verify.children")
_PACKAGES = {"keras3": ("tensorflow", "keras"), "tf_keras": ("tensorflow", "tf_keras")}


def legacy_version(engine: str) -> str | None:
    """The version of a legacy engine; None for the others.

    Raises:
        Unavailable: There is no such engine.
    """
    if engine.startswith(LEGACY_PREFIX):
        return engine.removeprefix(LEGACY_PREFIX)
    if engine not in _PACKAGES:
        raise Unavailable(f"there is no engine {engine!r}: they are `keras3`, `tf_keras` and `keras==` with a version")
    return None


def require_installed(engine: str) -> None:
    """Raise Unavailable, with what to install, where a package that the engine needs is missing."""
    packages = _PACKAGES.get(engine, ("tensorflow",))
    missing = [name for name in packages if not importlib.util.find_spec(name)]
    if missing:
        raise Unavailable(f"not installed: {', '.join(missing)}; `pip install 'kerasfix[verify]'` brings it")


def environment(engine: str) -> dict[str, str]:
    """Environment variables that a process needs before it becomes an engine."""
    variables = {
        "KERAS_BACKEND": "tensorflow",
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "CUDA_VISIBLE_DEVICES": "-1",
        "MPLBACKEND": "Agg",
        "TF_USE_LEGACY_KERAS": "1" if engine == "tf_keras" else "0",
        "PYTHONHASHSEED": "0",  # code that goes through a set goes the same way on both sides
        "OBJC_DISABLE_INITIALIZE_FORK_SAFETY": "YES",  # macOS ends forked processes otherwise
    }
    if engine.startswith(LEGACY_PREFIX):
        # oneDNN reorders sums by the number of threads; the reference must repeat.
        variables["TF_ENABLE_ONEDNN_OPTS"] = "0"
    return variables


def prepare(engine: str) -> str:
    """Import what the engine is made of, and give the version of its Keras. Nothing of it is run."""
    version = legacy_version(engine)
    if version is not None:
        found = _prepare_legacy(version)
    else:
        found = _prepare_tf_keras() if engine == "tf_keras" else _prepare_keras3()
    for name in _SOON:
        # What cannot be imported here is for those to tell who need it.
        with contextlib.suppress(ImportError):
            importlib.import_module(name)
    return found


def renew() -> None:
    """In a child: make anew what does not survive a fork."""
    overlay = sys.modules.get("kerasfix.verify.engines.tensorflow_0")
    if overlay is not None:  # of Keras 1
        overlay.renew_graph()


def _prepare_legacy(version: str) -> str:
    from kerasfix.verify.engines import legacy_tensorflow, old_python

    legacy_tensorflow.install(legacy.parse_version(version))
    found = _import_keras(version)
    old_python.restore_python2()  # now: what is imported before may ask them which Python this is
    return found


def _prepare_keras3() -> str:
    importlib.import_module("tensorflow")
    return _import_keras("3.")


def _import_keras(expected: str) -> str:
    found: str = importlib.import_module("keras").__version__
    if not found.startswith(expected):
        raise ImportError(f"the Keras that is imported here is {found}, not {expected}")
    return found


def _prepare_tf_keras() -> str:
    tf_keras = importlib.import_module("tf_keras")
    sys.meta_path.insert(0, _Alias("keras", "tf_keras"))
    for name in [name for name in sys.modules if name.partition(".")[0] == "keras"]:
        del sys.modules[name]
    sys.modules["keras"] = tf_keras
    version: str = tf_keras.__version__
    return version


class _Alias(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Imports `alias.x.y` as `target.x.y`: the same module under two names, not a copy of it."""

    def __init__(self, alias: str, target: str) -> None:
        self.prefix, self.target = alias + ".", target + "."

    def find_spec(
        self, name: str, path: Sequence[str] | None, target: types.ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if not name.startswith(self.prefix):
            return None
        try:
            importlib.import_module(self._real(name))
        except ModuleNotFoundError:
            return None
        return importlib.machinery.ModuleSpec(name, self)

    def exec_module(self, module: types.ModuleType) -> None:
        sys.modules[module.__name__] = sys.modules[self._real(module.__name__)]

    def _real(self, name: str) -> str:
        return self.target + name.removeprefix(self.prefix)
