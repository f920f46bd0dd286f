"""Calls of `keras.backend`: the rows that say what becomes of them, and how a file writes what takes their place."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache

from kerasfix.catalogue import load_catalogue
from kerasfix.catalogue.adapters import Unrenderable
from kerasfix.catalogue.rows import Pieces, Row, parse_rows
from kerasfix.checks import Context
from kerasfix.edits.calls import CallText, call_text
from kerasfix.edits.snippets import snippet_name
from kerasfix.findings import Applicability, Edit, Fix, ImportNeed, Slot
from kerasfix.flow.facts import CallSeen
from kerasfix.flow.values import Api, External
from kerasfix.names.canonical import canonical, keras_root
from kerasfix.source.index import TextIndex

BACKEND = "keras.backend."
_PACKAGES = frozenset({"keras", "tensorflow.keras", "tf_keras"})
# What is named through its module: `ops.sum` says more than `sum`.
_MODULES = ("keras.ops.", "keras.random.", "keras.activations.")
_LIBRARIES = {"numpy": "np", "tensorflow": "tf"}
_TABLES = ("backend-op-outside-layer", "removed-backend-function")


@cache
def backend_rows() -> dict[str, tuple[Row, ...]]:
    """What each function of the backend that computes tensors from tensors becomes."""
    return parse_rows(load_catalogue().rules[_TABLES[0]].rows)


@cache
def inner_rows() -> dict[str, tuple[Row, ...]]:
    """What each function becomes inside of layers, those included that work on variables or tell sizes."""
    found = parse_rows(load_catalogue().rules[_TABLES[1]].rows)
    others = {name: rows for name, rows in backend_rows().items() if not rows[0].leave}
    return {name: (*found.get(name, ()), *others.get(name, ())) for name in (*others, *found)}


def is_backend(look: CallSeen) -> bool:
    """Whether a call was seen to be one of a function of the backend."""
    return isinstance(look.callee, Api) and look.callee.name.startswith(BACKEND)


def external_name(looks: Sequence[CallSeen]) -> str | None:
    """The dotted name of the function of another library that all looks at a call saw, unless one was guarded."""
    names = {look.callee.name if isinstance(look.callee, External) else "" for look in looks}
    if len(names) != 1 or any(look.guarded for look in looks):
        return None
    return names.pop() or None


@dataclass
class Speller:
    """Writes names of Keras as the file does, and notes the imports that this takes.

    `func` is the expression that the new name replaces, `K.sum`.
    """

    context: Context
    func: ast.expr
    root: str
    imports: list[ImportNeed] = field(default_factory=list)
    snippets: list[str] = field(default_factory=list)
    kept: set[str] = field(default_factory=set)  # names of the file that what was spelled uses

    def __call__(self, name: str) -> str:
        """The expression for `keras.ops.sum`, a definition `snippet.batch_dot`, or `numpy.asarray`.

        Raises Unrenderable where the file has another meaning for the definition's name.
        """
        if name.startswith("snippet."):
            return self._snippet(name[8:])
        package, _, rest = name.partition(".")
        if package in _LIBRARIES:
            return self._of_library(package, rest)
        return self._of_keras(name)

    def fix(self, edits: Iterable[Edit], title: str, releases: Iterable[str], assumes: str | None = None) -> Fix:
        """The edits as a fix, with all that was noted, which is unsafe if it assumes something."""
        return Fix(
            edits=tuple(edits),
            applicability=Applicability.UNSAFE if assumes else Applicability.SAFE,
            title=title,
            assumes=assumes,
            imports=tuple(dict.fromkeys(self.imports)),
            releases=frozenset(releases),
            keeps=frozenset(self.kept),
            snippets=tuple(self.snippets),
        )

    def _snippet(self, name: str) -> str:
        facts = self.context.facts
        spelled = snippet_name(facts.tree, facts.scopes, name, self.context.settings.target)
        if spelled is None:
            raise Unrenderable(f"the file has a `{name}` of its own")
        self.snippets.append(name)
        return spelled

    def _of_library(self, package: str, name: str) -> str:
        facts = self.context.facts
        root = self.func
        while isinstance(root, ast.Attribute):
            root = root.value
        if isinstance(root, ast.Name) and root is not self.func and self.context.namer.path(root) == package:
            self.kept.add(root.id)
            return f"{root.id}.{name}"
        for node in facts.tree.body:
            for alias in node.names if isinstance(node, ast.Import) else ():
                if alias.name == package:
                    return f"{alias.asname or package}.{name}"
        short = _LIBRARIES[package]
        alias_name = short if short not in facts.scopes.module.bound else package
        self.imports.append(ImportNeed(package, "", None if alias_name == package else alias_name))
        return f"{alias_name}.{name}"

    def _of_keras(self, name: str) -> str:
        namer, func = self.context.namer, self.func
        module, _, short = name.rpartition(".")
        if name.startswith(BACKEND):
            if isinstance(func, ast.Attribute) and self._is_foreign(func):
                spelled, needs = namer.module(BACKEND[:-1], self.root, "K")
                spelled += f".{short}"
            elif isinstance(func, ast.Attribute):
                self.kept |= {part.id for part in ast.walk(func) if isinstance(part, ast.Name)}
                return f"{self.context.facts.index.source(_without_part(func.value))}.{short}"
            else:
                spelled, needs = namer.name(name, func, self.root)
        elif name.startswith(_MODULES):
            module = ".".join(name.split(".")[:2])
            spelled, needs = namer.module(module, self.root, module.rpartition(".")[2])
            spelled += name.removeprefix(module)
        else:
            spelled, needs = namer.name(name, None, self.root)
        if needs and (package := self._package()):
            return f"{package}{name.removeprefix('keras')}"
        if needs and (through := self._through(module)):
            spelled, needs = namer.name(name, through, self.root)
        self.imports.extend(needs)
        return spelled

    def _is_foreign(self, func: ast.Attribute) -> bool:
        """Whether a function is one of another library, `np.log`."""
        path = self.context.namer.path(func)
        return path is not None and keras_root(path) is None

    def _through(self, module: str) -> ast.Attribute | None:
        """`kl.Dense`, where the file takes what it has of `keras.layers` through the module."""
        facts = self.context.facts
        if any(canonical(node.module or "") == module for node in facts.nodes(ast.ImportFrom)):
            return None
        for node in facts.nodes(ast.Attribute):
            if isinstance(node.value, (ast.Name, ast.Attribute)):
                path = self.context.namer.path(node.value)
                if path is not None and canonical(path) == module:
                    return node
        return None

    def _package(self) -> str | None:
        """`tf.keras` where the call says `tf.keras.backend.exp`."""
        func = self.func
        if not isinstance(func, ast.Attribute) or not isinstance(func.value, ast.Attribute):
            return None
        path = self.context.namer.path(func.value.value)
        return self.context.facts.index.source(func.value.value) if path in _PACKAGES else None


def _without_part(node: ast.expr) -> ast.expr:
    """`K` of `K.common` and `K.tensorflow_backend`."""
    while isinstance(node, ast.Attribute) and node.attr in ("common", "tensorflow_backend", "theano_backend"):
        node = node.value
    return node


def slots_of(node: ast.Call, text: CallText) -> dict[ast.expr, Slot]:
    """Where the arguments of a call stand, their parentheses included."""
    nodes = [*node.args, *(keyword.value for keyword in node.keywords)]
    nodes.sort(key=lambda one: (one.lineno, one.col_offset))
    return {one: argument.slot for one, argument in zip(nodes, text.args)}


def with_comments(index: TextIndex, node: ast.Call, pieces: Pieces) -> Pieces:
    """The pieces with the comments of the call that they do not hold, before the last parenthesis."""
    kept = [piece for piece in pieces if isinstance(piece, Slot)]
    lost = [
        index.text[start:end]
        for start, end in call_text(index, node).comments
        if not any(slot.start <= start and end <= slot.end for slot in kept)
    ]
    last = pieces[-1]
    if not lost or not isinstance(last, str):
        return pieces
    line = index.line_text(node.lineno)
    indent = line[: len(line) - len(line.lstrip())]
    newline = index.newline_at(index.span(node)[0])
    comments = "".join(f"  {comment}{newline}{indent}" for comment in lost)
    return (*pieces[:-1], f"{last[:-1]}{comments}{last[-1]}")


def released(context: Context, func: ast.expr) -> Iterator[str]:
    """The name that a function was taken through, if it stands for the function or for the backend alone."""
    if isinstance(func, ast.Name):
        yield func.id
    elif isinstance(func, ast.Attribute) and isinstance(func.value, ast.Name):
        path = context.namer.path(func.value)
        if path is not None and canonical(path) == "keras.backend":
            yield func.value.id
