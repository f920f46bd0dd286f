"""How fixed code calls a Keras object: in the file's own style, with the import it needs."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field

from kerasfix.findings import ImportNeed
from kerasfix.names.canonical import canonical, keras_root
from kerasfix.names.exports import EXPORTS
from kerasfix.source.index import TextIndex


@dataclass(frozen=True, slots=True)
class _Binding:
    """A name that an import binds."""

    name: str
    path: str  # the dotted path as imported
    node: ast.Import | ast.ImportFrom
    nested: bool  # in a function, where the rest of the file does not see it


@dataclass(slots=True)
class Namer:
    """Finds names for Keras objects in one file."""

    index: TextIndex
    tree: ast.Module
    _imports: list[_Binding] = field(default_factory=list)
    _taken: set[str] = field(default_factory=set)
    _stars: list[tuple[str, ast.ImportFrom]] = field(default_factory=list)

    def __post_init__(self) -> None:
        _Collector(self._imports, self._taken, self._stars).collect(self.tree)

    def name(
        self, target: str, func: ast.expr | None = None, root: str = "keras"
    ) -> tuple[str, tuple[ImportNeed, ...]]:
        """The expression for a canonical name (`keras.layers.Add`), and the import that has to be there for it.

        `func` is the expression that the new one replaces: `kl.merge` asks for `kl.Add`. `root` is the package that
        the file takes Keras from: "keras" or "tensorflow.keras".
        """
        if isinstance(func, ast.Attribute) and (prefix := self._prefix(target, func)) is not None:
            return prefix, ()
        short = target.rpartition(".")[2]
        if (known := self._known(target, short)) is not None:
            return known, ()
        beside = self._beside(func)
        module = f"{root}{target.rpartition('.')[0].removeprefix('keras')}"
        if short not in self._taken:
            return short, (ImportNeed(module, short, None, beside),)
        if (dotted := self._through_module(target)) is not None:
            return dotted, ()
        asname = f"Keras{short[:1].upper()}{short[1:]}"
        while asname in self._taken and self._known_as(target, asname) is None:
            asname = f"{asname}_"
        if self._known_as(target, asname) is not None:
            return asname, ()
        return asname, (ImportNeed(module, short, asname, beside),)

    def module(self, target: str, root: str, alias: str) -> tuple[str, tuple[ImportNeed, ...]]:
        """The expression for a module of Keras (`keras.ops`, `keras.backend`), imported as `alias` if need be."""
        if (dotted := self._through_module(f"{target}.x")) is not None:
            return dotted.rpartition(".")[0], ()
        parent, _, short = target.rpartition(".")
        name = f"{root}{parent.removeprefix('keras')}"
        if alias in self._taken:
            alias = f"keras_{short}"
        return alias, (ImportNeed(name, short, None if alias == short else alias, -1),)

    def _prefix(self, target: str, func: ast.Attribute) -> str | None:
        """`kl.Add` where the code says `kl.merge`: the same module, spelled the same way."""
        base = func.value
        path = self.path(base)
        if path is None or keras_root(path) is None:
            return None
        if canonical(f"{path}.x") != f"{target.rpartition('.')[0]}.x" or canonical(path) != target.rpartition(".")[0]:
            return None
        # `keras.layers.core.Merge`, `keras.engine.Merge`: modules that later versions do not have
        if not path.endswith(target.rpartition(".")[0].removeprefix("keras")):
            return None
        return f"{self.index.source(base)}.{target.rpartition('.')[2]}"

    def path(self, node: ast.expr) -> str | None:
        """The dotted path that an expression of names and attributes was imported from."""
        parts: list[str] = []
        while isinstance(node, ast.Attribute):
            parts.append(node.attr)
            node = node.value
        if not isinstance(node, ast.Name):
            return None
        for binding in self._imports:
            if binding.name == node.id:
                return ".".join([binding.path, *reversed(parts)])
        return None

    def _known(self, target: str, short: str) -> str | None:
        """A name that an import at the top binds to the target already."""
        for binding in self._imports:
            if binding.nested or self._taken_elsewhere(binding.name):
                continue
            if canonical(binding.path) == target and "." not in binding.name:
                return binding.name
        for module, _ in self._stars:
            if module == target.rpartition(".")[0] and short in EXPORTS.get(module, ()) and short not in self._taken:
                return short
        return None

    def _known_as(self, target: str, name: str) -> str | None:
        return next((b.name for b in self._imports if b.name == name and canonical(b.path) == target), None)

    def _taken_elsewhere(self, name: str) -> bool:
        return name in self._taken and sum(binding.name == name for binding in self._imports) == 0

    def _through_module(self, target: str) -> str | None:
        """`kl.Add`, `keras.layers.Add`: through a module that the file has imported at the top."""
        module, _, short = target.rpartition(".")
        for binding in self._imports:
            if binding.nested or "." in binding.name:
                continue
            if canonical(binding.path) == module and keras_root(binding.path):
                return f"{binding.name}.{short}"
        for binding in self._imports:
            if binding.name == "keras" and binding.path == "keras" and not binding.nested:
                return target
        return None

    def _beside(self, func: ast.expr | None) -> int:
        """The offset of the import that binds the name being replaced."""
        node = func
        while isinstance(node, ast.Attribute):
            node = node.value
        if not isinstance(node, ast.Name):
            return self._any_layers()
        found = [binding for binding in self._imports if binding.name == node.id]
        if found:
            return self.index.span(found[-1].node)[0]
        return self._any_layers()

    def _any_layers(self) -> int:
        for module, node in reversed(self._stars):
            if module == "keras.layers":
                return self.index.span(node)[0]
        layers = [b for b in self._imports if not b.nested and (canonical(b.path) or "").startswith("keras.layers")]
        return self.index.span(layers[-1].node)[0] if layers else -1


class _Collector:
    """Reads the bindings of a file: imports apart from all others."""

    def __init__(self, imports: list[_Binding], taken: set[str], stars: list[tuple[str, ast.ImportFrom]]) -> None:
        self.imports = imports
        self.taken = taken
        self.stars = stars

    def collect(self, tree: ast.Module) -> None:
        """Walk the whole tree once."""
        stack: list[tuple[ast.AST, bool]] = [(tree, False)]
        while stack:
            node, nested = stack.pop()
            self._bindings(node, nested)
            inside = nested or isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef))
            stack.extend((child, inside) for child in ast.iter_child_nodes(node))
        self.imports.sort(key=lambda binding: (binding.node.lineno, binding.node.col_offset))

    def _bindings(self, node: ast.AST, nested: bool) -> None:
        if isinstance(node, ast.Import):
            for alias in node.names:
                name = alias.asname or alias.name.partition(".")[0]
                self.imports.append(_Binding(name, alias.name if alias.asname else name, node, nested))
                self.taken.add(name)
        elif isinstance(node, ast.ImportFrom):
            self._from(node, nested)
        elif isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
            self.taken.add(node.id)
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            self.taken.add(node.name)
        elif isinstance(node, ast.arg):
            self.taken.add(node.arg)

    def _from(self, node: ast.ImportFrom, nested: bool) -> None:
        for alias in node.names:
            if alias.name == "*":
                self.stars.append((canonical(node.module or "") or "", node))
                continue
            name = alias.asname or alias.name
            self.taken.add(name)
            path = f"{'.' * node.level}{node.module or ''}.{alias.name}"
            self.imports.append(_Binding(name, path, node, nested))
