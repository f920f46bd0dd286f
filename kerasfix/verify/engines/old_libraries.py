"""What old Keras uses of other libraries, which behave differently since."""

from __future__ import annotations

import importlib
import importlib.util
import sys
import types
from typing import Any


def restore() -> None:
    """Make PyYAML and h5py behave as of old; empty modules do for libraries that are missing, and hardly used."""
    _stand_in_for("scipy", "linalg", "ndimage", "sparse")
    _stand_in_for("yaml")
    _load_yaml_without_loader()
    _read_bytes_from_h5py()


def _stand_in_for(package: str, *modules: str) -> None:
    """Old Keras imports them at the top and needs them for image augmentation, sparse inputs and `to_yaml` only."""
    if importlib.util.find_spec(package):
        return
    top = types.ModuleType(package)
    top.__path__ = []
    sys.modules[package] = top
    for name in modules:
        module = sys.modules[f"{package}.{name}"] = types.ModuleType(f"{package}.{name}")
        setattr(top, name, module)
    if "sparse" in modules:
        setattr(sys.modules[f"{package}.sparse"], "issparse", lambda value: False)  # noqa: B010


def _load_yaml_without_loader() -> None:
    """PyYAML 6 made the loader an argument that has to be given."""
    yaml: Any = importlib.import_module("yaml")
    if not hasattr(yaml, "UnsafeLoader"):
        return
    load = yaml.load
    yaml.load = lambda stream, Loader=yaml.UnsafeLoader: load(stream, Loader)


class _Text(str):
    """Text that can be decoded once more."""

    def decode(self, *_: Any) -> str:
        return str(self)


def _read_bytes_from_h5py() -> None:
    """h5py 3 gives text for attributes where h5py 2 gave bytes, and Keras says `.decode('utf8')`."""
    if not importlib.util.find_spec("h5py"):
        return
    manager: Any = importlib.import_module("h5py._hl.attrs").AttributeManager
    read = manager.__getitem__

    def getitem(self: Any, name: str) -> Any:
        value = read(self, name)
        if type(value) is str:
            return _Text(value)
        if getattr(value, "ndim", 0) == 1 and (value.dtype.kind in "OS" or not value.size):
            return [_Text(one) if isinstance(one, str) else one for one in value]
        return value

    manager.__getitem__ = getitem
