"""One name for each Keras object, whatever path the code takes to it.

`tf.keras.backend.concatenate`, `keras.backend.tensorflow_backend.concatenate` and `K.concatenate` are the same
function; `keras.layers.core.Merge`, `keras.engine.topology.Merge` and `keras.layers.Merge` the same layer.
"""

from __future__ import annotations

from functools import lru_cache

# Longest first: the first that fits is replaced by "keras".
_ROOTS = (
    "tensorflow.contrib.keras.python.keras",
    "tensorflow.contrib.keras.api.keras",
    "tensorflow.python.keras._impl.keras",
    "tensorflow.python.keras.api.keras",
    "tensorflow.python.keras",
    "tensorflow.contrib.keras",
    "tensorflow.compat.v1.keras",
    "tensorflow.compat.v2.keras",
    "tensorflow.keras",
    "tf_keras",
    "keras",
)

# What Keras 2.2 and 2.3 had in a package of its own.
_APPLICATIONS = "keras_applications.imagenet_utils"

_LAYER_MODULES = frozenset(
    [
        "core",
        "convolutional",
        "recurrent",
        "embeddings",
        "normalization",
        "noise",
        "pooling",
        "local",
        "wrappers",
        "advanced_activations",
        "merge",
        "containers",
        "convolutional_recurrent",
        "cudnn_recurrent",
        "merging",
        "legacy",
    ]
)
# What Keras 1 had and no later version has.
LEGACY = frozenset({"keras.layers.merge", "keras.layers.Merge"})
_ENGINE_MODELS = frozenset({"Model", "Sequential"})
_IN_MODELS = frozenset({"Input", "InputLayer", "Layer", "Merge"})  # which `keras.models` has from elsewhere
_TOP_LEVEL = {"Input": "keras.layers.Input", "Model": "keras.models.Model", "Sequential": "keras.models.Sequential"}


def keras_root(name: str) -> str | None:
    """The root package (`keras`, `tensorflow.keras`, ...) that a dotted name starts with, or None."""
    if "keras" not in name:
        return None
    for root in _ROOTS:
        if name == root or name.startswith(root + "."):
            return root
    return None


@lru_cache(maxsize=4096)
def canonical(name: str) -> str | None:
    """The canonical name of a dotted path into Keras (`keras.layers.X`), or None if the path leads elsewhere.

    Modules are canonical, too: `keras.layers.core` is `keras.layers`, and so is `keras.engine.topology`.
    """
    root = keras_root(name)
    if root is None:
        own = name == _APPLICATIONS or name.startswith(f"{_APPLICATIONS}.")
        return f"keras.applications{name.removeprefix('keras_applications')}" if own else None
    parts = name[len(root) :].split(".")[1:]
    if parts and parts[0] in ("_impl", "api", "src", "python"):
        parts = parts[1:]
    if not parts:
        return "keras"
    head, rest = parts[0], parts[1:]
    if not rest and head in _TOP_LEVEL:
        return _TOP_LEVEL[head]
    if head == "engine":
        return _engine(rest)
    if head == "models" and len(rest) == 1 and rest[0] in _IN_MODELS:
        return f"keras.layers.{rest[0]}"
    if head == "legacy":
        return ".".join(["keras", "layers", *rest[1:]]) if rest[:1] == ["layers"] else ".".join(["keras", *parts])
    if head == "layers":
        # `keras.layers.merge` is the function of Keras 1 and the module of Keras 2: only the module has attributes.
        if len(rest) > 1 and rest[0] in _LAYER_MODULES:
            rest = rest[1:]
        elif len(rest) == 1 and rest[0] in _LAYER_MODULES and rest[0] != "merge":
            rest = []
        return ".".join(["keras", "layers", *rest])
    if head == "backend" and rest and rest[0] in ("tensorflow_backend", "theano_backend", "cntk_backend", "common"):
        return ".".join(["keras", "backend", *rest[1:]])
    return ".".join(["keras", *parts])


def _engine(rest: list[str]) -> str:
    """`keras.engine` and its modules hold what `keras.layers` and `keras.models` export."""
    name = rest[-1] if rest else ""
    if name in _ENGINE_MODELS:
        return f"keras.models.{name}"
    if not rest or (len(rest) == 1 and name.islower() and name != "merge"):
        return "keras.layers"
    if len(rest) > 1 and not name.lstrip("_")[:1].isupper() and name != "merge":
        return ".".join(["keras", "engine", *rest])  # a helper, which is nowhere else
    return f"keras.layers.{name}"
