"""`[tool.kerasfix]` in pyproject.toml."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from kerasfix.project.verification import VerifyConfig, shown, verify_config
from kerasfix.project.verification import did_you_mean as did_you_mean
from kerasfix.source.read import describe

TARGETS = ("keras2", "keras3")
WRITTEN_FOR = ("keras1", "keras2")
LAYER_STYLES = ("layer", "function")
OUTPUT_FORMATS = ("full", "concise", "json", "sarif", "github", "gitlab", "junit")


class ConfigError(Exception):
    """A configuration that cannot be used; the message names the file and the key."""


@dataclass(frozen=True, slots=True)
class Config:
    """What a project asks for. Paths in it are resolved against the folder of the file that names them."""

    root: Path | None = None  # the folder of the file that this comes from; `exclude` counts from it
    target: str = "keras2"
    written_for: str | None = None  # None: as each file shows
    select: tuple[str, ...] = ()  # empty: all rules
    ignore: tuple[str, ...] = ()
    extend_select: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()  # patterns as in .gitignore
    extend_rules: tuple[Path, ...] = ()
    layer_style: str = "layer"
    unsafe_fixes: bool = False
    python2: bool = False
    baseline: Path | None = None
    output_format: str = "full"
    jobs: int | None = None  # None: as many as there are processors
    verify: VerifyConfig = field(default_factory=VerifyConfig)


def find_config(paths: Sequence[str]) -> Config:
    """The configuration in the nearest pyproject.toml with `[tool.kerasfix]`, upwards from what `paths` share.

    Raises ConfigError for one that cannot be used.
    """
    folder = _common_folder(paths)
    for candidate in (parent / "pyproject.toml" for parent in (folder, *folder.parents)):
        config = _read(candidate, required=False) if candidate.is_file() else None
        if config:
            return config
    return Config()


def load_config(path: Path) -> Config:
    """The configuration in the file that `--config` names. Raises ConfigError if there is none."""
    config = _read(path, required=True)
    assert config is not None
    return config


def _common_folder(paths: Sequence[str]) -> Path:
    full = [Path.cwd() / path for path in paths]
    try:
        return Path(os.path.commonpath([path if path.is_dir() else path.parent for path in full])).resolve()
    except ValueError:  # no paths, or on several drives
        return Path.cwd()


def _read(path: Path, *, required: bool) -> Config | None:
    try:
        data = path.read_bytes()
    except OSError as error:
        if not required:
            return None
        raise ConfigError(f"{path}: cannot be read: {describe(error)}") from error
    # A TOML parser costs as much as reading a hundred files, and most projects say nothing to kerasfix.
    if not required and b"kerasfix" not in data:
        return None
    if sys.version_info >= (3, 11):
        import tomllib
    else:
        import tomli as tomllib
    try:
        document = tomllib.loads(data.decode("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: is not valid TOML: {error}") from error
    tools = document.get("tool", {})
    table = tools.get("kerasfix") if isinstance(tools, dict) else None
    if table is None:
        if required:
            raise ConfigError(f"{path}: has no [tool.kerasfix]")
        return None
    return _config(path, table)


def _config(path: Path, table: object) -> Config:
    if not isinstance(table, dict):
        raise ConfigError(f"{path}: tool.kerasfix must be a table")
    values: dict[str, Any] = {}
    for key, value in table.items():
        if key == "verify":
            continue
        if key not in _KEYS:
            raise ConfigError(f"{path}: unknown key tool.kerasfix.{key}{did_you_mean(key, (*_KEYS, 'verify'))}")
        try:
            values[key.replace("-", "_")] = _KEYS[key](value)
        except ValueError as error:
            raise ConfigError(f"{path}: tool.kerasfix.{key} must be {error}, not {shown(value)}") from error
    root = path.resolve().parent
    try:
        values["verify"] = verify_config(table.get("verify", {}), root)
    except ValueError as error:
        raise ConfigError(f"{path}: {error}") from error
    if "baseline" in values:
        values["baseline"] = root / values["baseline"]
    values["extend_rules"] = tuple(root / entry for entry in values.get("extend_rules", ()))
    return Config(root=root, **values)


def _text(value: object) -> str:
    if isinstance(value, str) and value:
        return value
    raise ValueError("a string")


def _texts(value: object) -> tuple[str, ...]:
    if isinstance(value, list) and all(isinstance(entry, str) and entry for entry in value):
        return tuple(value)
    raise ValueError('a list of strings, as in ["a", "b"]')


def _flag(value: object) -> bool:
    if isinstance(value, bool):
        return value
    raise ValueError("true or false")


def _count(value: object) -> int:
    if isinstance(value, int) and not isinstance(value, bool) and value >= 1:
        return value
    raise ValueError("a number from 1")


def _one_of(choices: Sequence[str]) -> Callable[[object], str]:
    def convert(value: object) -> str:
        if isinstance(value, str) and value in choices:
            return value
        raise ValueError(f"one of {', '.join(choices)}")

    return convert


_KEYS: dict[str, Callable[[object], Any]] = {
    "target": _one_of(TARGETS),
    "written-for": _one_of(WRITTEN_FOR),
    "select": _texts,
    "ignore": _texts,
    "extend-select": _texts,
    "exclude": _texts,
    "extend-rules": _texts,
    "layer-style": _one_of(LAYER_STYLES),
    "unsafe-fixes": _flag,
    "python2": _flag,
    "baseline": _text,
    "output-format": _one_of(OUTPUT_FORMATS),
    "jobs": _count,
}
