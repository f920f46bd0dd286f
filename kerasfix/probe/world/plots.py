"""Plots: nobody looks at them."""

from __future__ import absolute_import, division, print_function

import importlib
import os
import sys
import types

from .patching import named_in_keras, replace_in_keras

_DIAGRAMS = ("plot_model", "model_to_dot")


def install(world):
    """Let Keras draw no diagrams and matplotlib show nothing."""
    pairs = []
    for name in _DIAGRAMS:
        pairs.extend((real, _no_diagram(world)) for real in named_in_keras(name))
    for package in world.keras_packages:
        _install_visualize_util(world, package)
    replace_in_keras(pairs)
    _install_matplotlib(world)


def _no_diagram(world):
    def plot_model(model, *args, **kwargs):
        world.note("diagrams of models are not drawn")
        return

    return plot_model


def _install_visualize_util(world, package):
    """`keras.utils.visualize_util` and `vis_utils`, which cannot even be imported without pydot in some versions."""
    for name, functions in (("visualize_util", ("plot", "model_to_dot")), ("vis_utils", _DIAGRAMS)):
        full = "%s.utils.%s" % (package, name)
        if not _is_part_of_keras(full):
            continue
        try:
            module = importlib.import_module(full)
        except Exception:  # pydot and graphviz fail in many ways
            module = sys.modules[full] = types.ModuleType(full)
            setattr(sys.modules[package + ".utils"], name, module)
        for function in functions:
            setattr(module, function, _no_diagram(world))


def _is_part_of_keras(full):
    package = sys.modules.get(full.rpartition(".")[0])
    file = getattr(package, "__file__", None)
    return bool(file) and os.path.exists(os.path.join(os.path.dirname(file), full.rpartition(".")[2] + ".py"))


def _install_matplotlib(world):
    """Without a screen, and without drawing, if it is installed; else the stand-in for the module draws nothing."""
    os.environ["MPLBACKEND"] = "Agg"
    world.after_import("matplotlib", lambda module: setattr(module, "use", _nothing))
    world.after_import("matplotlib.pyplot", _draw_nothing)


def _draw_nothing(pyplot):
    for name in ("show", "pause", "savefig", "switch_backend"):
        setattr(pyplot, name, _nothing)
    pyplot.Figure.savefig = pyplot.Figure.show = _nothing


def _nothing(*args, **kwargs):
    return None
