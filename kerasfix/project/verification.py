"""`[tool.kerasfix.verify]`: what a project says about how its models come to life."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

LEVELS = ("parses", "builds", "trains", "equal")
DATA_FORMATS = ("channels_first", "channels_last")
_REFERENCE = re.compile(r"keras==[012](\.\d+){1,2}|tf_keras")
_DOTTED = re.compile(r"[^\W\d]\w*(\.[^\W\d]\w*)*")
_SUFFIXES = (".py", ".ipynb")


@dataclass(frozen=True, slots=True)
class ModelEntry:
    """One of `models`: a file, and what to evaluate in it."""

    text: str  # as it is in the configuration
    files: tuple[Path, ...]  # the file it may mean; several where a module may be a package or below `src`
    call: str | None  # None: the file is run as a script

    def means(self, path: str) -> bool:
        """Whether a file is the one that the entry is about."""
        return Path(os.path.abspath(path)) in self.files

    @property
    def function(self) -> str | None:
        """The function or method that it calls, by its qualified name; None where that cannot be told."""
        if self.call is None:
            return None
        import ast

        node = ast.parse(self.call, mode="eval").body
        names: list[str] = []
        while isinstance(node, (ast.Call, ast.Attribute)):
            if isinstance(node, ast.Attribute):
                names.append(node.attr)
                node = node.value
            else:
                node = node.func
        return ".".join([node.id, *reversed(names)]) if isinstance(node, ast.Name) else None


@dataclass(frozen=True, slots=True)
class VerifyConfig:
    """What a project asks of `verify`. Files are absolute."""

    models: tuple[ModelEntry, ...] = ()
    argv: tuple[tuple[Path, tuple[str, ...]], ...] = ()  # the command line of scripts
    reference: str | None = None  # such as "keras==1.2.2"; None: as each file shows
    require: str | None = None  # one of LEVELS
    timeout: float | None = None  # seconds, for each model
    memory: float | None = None  # GiB, for each model
    data_format: str | None = None  # what `image_dim_ordering` and `image_data_format` are in the original

    def entries_of(self, path: str) -> tuple[ModelEntry, ...]:
        """The entries about a file."""
        return tuple(entry for entry in self.models if entry.means(path))

    def argv_of(self, path: str) -> tuple[str, ...]:
        """What stands behind the script on its command line."""
        return next((argv for file, argv in self.argv if file == Path(os.path.abspath(path))), ())


def verify_config(table: object, root: Path) -> VerifyConfig:
    """The table `[tool.kerasfix.verify]` of a file in `root`. Raises ValueError, with the key in its message."""
    if not isinstance(table, dict):
        raise ValueError("tool.kerasfix.verify must be a table")
    values: dict[str, Any] = {}
    for key, value in table.items():
        if key not in _KEYS:
            raise ValueError(f"unknown key tool.kerasfix.verify.{key}{did_you_mean(key, _KEYS)}")
        try:
            values[key.replace("-", "_")] = _KEYS[key](value, root)
        except ValueError as error:
            raise ValueError(f"tool.kerasfix.verify.{key} must be {error}, not {shown(value)}") from error
    return VerifyConfig(**values)


def did_you_mean(name: str, known: Sequence[str] | Mapping[str, Any]) -> str:
    """A suggestion to end an error message with, or the known names where none is near."""
    from difflib import get_close_matches

    near = get_close_matches(name, list(known), n=1, cutoff=0.6)
    return f"; did you mean {near[0]}?" if near else f"; known are {', '.join(known)}"


def shown(value: object) -> str:
    """A value of a configuration in an error message."""
    text = str(value).lower() if isinstance(value, bool) else repr(value)
    return text if len(text) <= 60 else text[:57] + "..."


def _models(value: object, root: Path) -> tuple[ModelEntry, ...]:
    what = 'a list of models, as in ["pkg.models:build(classes=10)", "train.py"]'
    if not isinstance(value, list) or not all(isinstance(entry, str) for entry in value):
        raise ValueError(what)
    return tuple(_model(entry, root) for entry in value)


def _model(text: str, root: Path) -> ModelEntry:
    place, colon, call = (part.strip() for part in text.partition(":"))
    files = tuple(_files(place, root))
    if not files:
        raise ValueError(f'a list of files or modules, with a call behind a colon; "{text}" begins with neither')
    if not colon:
        return ModelEntry(text, files, None)
    # Costs a start of the program more than all the rest of a configuration, and few say this.
    import ast

    try:
        ast.parse(call, mode="eval")
    except (SyntaxError, ValueError) as error:
        raise ValueError(
            f'a list of models; what is behind the colon in "{text}" has to be a Python expression'
        ) from error
    return ModelEntry(text, files, call)


def _files(place: str, root: Path) -> Iterator[Path]:
    """The files that a place may mean: a path below the configuration, or a module."""
    if place.endswith(_SUFFIXES):
        yield Path(os.path.normpath(root / place))
    elif _DOTTED.fullmatch(place):
        below = Path(*place.split("."))
        for folder in (root, root / "src"):
            yield folder / below.with_suffix(".py")
            yield folder / below / "__init__.py"


def _argv(value: object, root: Path) -> tuple[tuple[Path, tuple[str, ...]], ...]:
    what = 'a table of scripts, as in {"train.py" = ["--epochs", "1"]}'
    if not isinstance(value, dict):
        raise ValueError(what)
    for argv in value.values():
        if not isinstance(argv, list) or not all(isinstance(argument, str) for argument in argv):
            raise ValueError(what)
    return tuple((Path(os.path.normpath(root / path)), tuple(argv)) for path, argv in value.items())


def _reference(value: object, root: Path) -> str:
    if isinstance(value, str) and is_reference(value):
        return value
    raise ValueError('a Keras to run the original on, as in "keras==1.2.2" (0, 1 or 2) or "tf_keras"')


def is_reference(text: str) -> bool:
    """Whether a text names a Keras that originals can be run on."""
    return _REFERENCE.fullmatch(text) is not None


def _positive(what: str) -> Callable[[object, Path], float]:
    def convert(value: object, root: Path) -> float:
        if isinstance(value, (int, float)) and not isinstance(value, bool) and value > 0:
            return float(value)
        raise ValueError(f"a number of {what} above 0")

    return convert


def _one_of(choices: Sequence[str]) -> Callable[[object, Path], str]:
    def convert(value: object, root: Path) -> str:
        if isinstance(value, str) and value in choices:
            return value
        raise ValueError(f"one of {', '.join(choices)}")

    return convert


_KEYS: dict[str, Callable[[object, Path], Any]] = {
    "models": _models,
    "argv": _argv,
    "reference": _reference,
    "require": _one_of(LEVELS),
    "timeout": _positive("seconds"),
    "memory": _positive("GiB"),
    "data-format": _one_of(DATA_FORMATS),
}
