"""Rows for what moved: where the modules and the names of older versions of Keras are today.

A `[[module]]` table says where the names of a module went, a `[[name]]` table where one name went:

    legacy    the old path or paths, under `keras`: "keras.layers.core", "keras.utils.visualize_util.plot"
    becomes   the new path for both targets; of several, the first that the target has
    keras2    ... or for that target alone
    keras3    ... likewise
    advice    what to write by hand where the target has nothing in its place
    assumes   what the fix assumes, as a clause; it makes the fix an unsafe one
    keywords  other names for keyword arguments of calls: {build_fn = "model"}

A row is about paths that the target does not have: `from keras.layers import Dense` is right as it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache

from kerasfix.catalogue.load import TARGETS, Rule, load_catalogue
from kerasfix.catalogue.tables import RowError, string, strings
from kerasfix.names.canonical import keras_root
from kerasfix.names.modern import has_module, has_name

_KEYS = frozenset(["legacy", "becomes", "keras2", "keras3", "advice", "assumes", "keywords"])
# Packages that were never public, or are gone with TensorFlow 1: what they hold is `tf.keras`.
_PRIVATE = ("tensorflow.python.keras", "tensorflow.contrib.keras")
_PRIVATE_RULE = "moved-module"
_HELPER = "This was a helper inside Keras; copy it into the project, or do without it"
# What modules of Keras import for themselves, and code then takes from them.
_INNER = {
    **{name: f"keras.{name}" for name in (
        "activations", "backend", "callbacks", "constraints", "initializers", "layers", "losses", "metrics", "models",
        "optimizers", "regularizers", "utils",
    )},
    "K": "keras.backend",
    "initializations": "keras.initializers",
    "objectives": "keras.losses",
}  # fmt: skip
_OUTER = frozenset(
    [
        "np",
        "warnings",
        "os",
        "six",
        "copy",
        "sys",
        "json",
        "time",
        "re",
        "random",
        "threading",
        "inspect",
        "tf",
        "types",
    ]
)
_OUTER_ADVICE = "Import it itself: it is no part of Keras, which only used it"
_PRIVATE_ADVICE = "`tensorflow.python` is no public package; copy what is needed into the project, or do without it"


@dataclass(frozen=True, slots=True)
class MoveRow:
    """One `[[module]]` or `[[name]]` table."""

    rule: str
    legacy: tuple[str, ...]
    becomes: Mapping[str, tuple[str, ...]]  # by target
    advice: str | None = None
    assumes: str | None = None
    keywords: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Move:
    """What became of a name."""

    rule: str
    path: str | None = None  # where it is now; None where it is gone
    advice: str = _HELPER
    # where a name that is gone would be, so that it can stay beside the others of its module
    along: str | None = None
    assumes: str | None = None
    keywords: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Moves:
    """The rows of a target."""

    target: str
    modules: Mapping[str, MoveRow] = field(default_factory=dict)
    names: Mapping[str, MoveRow] = field(default_factory=dict)

    def is_module(self, path: str) -> bool:
        """Whether a dotted path is a module of some version of Keras."""
        tail = _tail(path)
        return tail is not None and (tail in self.modules or has_module(tail, self.target, _public(path)))

    def module(self, path: str) -> Move | None:
        """Where the names of a module are; None if the path is right, or no module that a row knows."""
        tail = _tail(path)
        if tail is None:
            return None
        root = _public(path)
        if has_module(tail, self.target, root):
            return Move(_PRIVATE_RULE, _under(root, tail)) if root != keras_root(path) else None
        row = self.modules.get(tail)
        if row is None:
            return None
        new = next((_under(root, one) for one in row.becomes[self.target]), None)
        return Move(row.rule, new, row.advice or _HELPER)

    def name(self, path: str) -> Move | None:
        """Where a name is; None if the path is right, or no row knows anything about it."""
        tail = _tail(path)
        if tail is None or "." not in tail:
            return None
        root = _public(path)
        module, _, name = tail.rpartition(".")
        if has_name(module, name, self.target, root):
            return Move(_PRIVATE_RULE, _under(root, tail)) if root != keras_root(path) else None
        row = self.names.get(tail)
        if row is not None:
            return self._by(row, root)
        of_module = self.modules.get(module)
        is_there = has_module(module, self.target, root)
        if of_module is None and root == keras_root(path):
            is_private = name.startswith("_") and not name.startswith("__")
            return Move(_PRIVATE_RULE, None, _HELPER) if is_private and is_there else None
        if of_module is None:
            return Move(_PRIVATE_RULE, None, _PRIVATE_ADVICE)
        homes = of_module.becomes[self.target]
        for home in homes:
            new = f"{_under(root, home)}.{name}"
            if self._has(new) or (home == "keras.backend" and not name.startswith("_")):
                return Move(of_module.rule, new)  # what the backend lost is for other rules to say
        if name in _INNER and module != "keras":
            return Move(of_module.rule, _under(root, _INNER[name]))
        if name in _OUTER:
            return Move(of_module.rule, None, _OUTER_ADVICE)
        for home in homes:
            if (row := self.names.get(f"{home}.{name}")) is not None:
                along = f"{_under(root, home)}.{name}" if home == homes[0] else None
                return replace(self._by(row, root), along=along)
        return None if is_there else Move(of_module.rule, None, of_module.advice or _HELPER)

    def _by(self, row: MoveRow, root: str) -> Move:
        candidates = (_under(root, path) for path in row.becomes[self.target])
        new = next((path for path in candidates if self._has(path)), None)
        return Move(row.rule, new, row.advice or _HELPER, None, row.assumes, row.keywords)

    def _has(self, path: str) -> bool:
        root, tail = keras_root(path), _tail(path)
        if root is None or tail is None:
            return True  # another library's
        module, _, name = tail.rpartition(".")
        return has_name(module, name, self.target, root)


@lru_cache(maxsize=2)
def moves(target: str) -> Moves:
    """The rows that ship with kerasfix.

    Raises RowError for a table that is not a row.
    """
    modules: dict[str, MoveRow] = {}
    names: dict[str, MoveRow] = {}
    for rule in load_catalogue().rules.values():
        if "[[module]]" in rule.text or "[[name]]" in rule.text:
            modules.update((path, row) for row in _rows(rule, "module") for path in row.legacy)
            names.update((path, row) for row in _rows(rule, "name") for path in row.legacy)
    return Moves(target, modules, names)


def _rows(rule: Rule, kind: str) -> list[MoveRow]:
    rows = []
    for number, table in enumerate(rule.moves[kind]):
        try:
            rows.append(parse_move_row(rule.name, table))
        except RowError as error:
            raise RowError(f"{rule.path}: {kind}[{number}]: {error}") from error
    return rows


def parse_move_row(rule: str, table: Mapping[str, object]) -> MoveRow:
    """One table as a row of `rule`. Raises RowError where it is none."""
    if unknown := set(table) - _KEYS:
        raise RowError(f"unknown key `{min(unknown)}`; expected one of {', '.join(sorted(_KEYS))}")
    legacy = tuple(strings(table, "legacy"))
    if not legacy or not all(path.startswith("keras.") for path in legacy):
        raise RowError("`legacy`: expected paths under `keras`")
    both = strings(table, "becomes")
    becomes: dict[str, tuple[str, ...]] = {
        target: tuple(strings(table, target) if target in table else both) for target in TARGETS
    }
    advice = string(table, "advice")
    if not any(becomes.values()) and not advice:
        raise RowError("expected a new path or `advice`")
    keywords = table.get("keywords", {})
    if not isinstance(keywords, dict) or not all(isinstance(name, str) for name in keywords.values()):
        raise RowError("`keywords`: expected a table of names")
    return MoveRow(rule, legacy, becomes, advice, string(table, "assumes"), keywords)


def _public(path: str) -> str:
    root = keras_root(path) or "keras"
    return "tensorflow.keras" if root.startswith(_PRIVATE) else root


def _tail(path: str) -> str | None:
    """The path under `keras`, without the folders that `tensorflow.python.keras` once had between."""
    root = keras_root(path)
    if root is None:
        return None
    rest = path[len(root) :]
    for folder in (".api.keras", "._impl.keras"):
        if rest.startswith(folder) and root.startswith(_PRIVATE):
            rest = rest[len(folder) :]
    return f"keras{rest}"


def _under(root: str, path: str) -> str:
    """A path of a row under the package that the code uses."""
    return f"{root}{path.removeprefix('keras')}" if path == "keras" or path.startswith("keras.") else path
