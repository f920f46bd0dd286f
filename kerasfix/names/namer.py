"""How fixed code calls a Keras object: in the file's own style, with the import it needs."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field

from kerasfix.findings import ImportNeed
from kerasfix.names.canonical import canonical, keras_root
from kerasfix.names.exports import EXPORTS
from kerasfix.source.index import TextIndex

_Scope = tuple[int, int]  # the first and the last line of a function; all lines for the module
_MODULE: _Scope = (0, 1 << 60)


@dataclass(frozen=True, slots=True)
class _Binding:
    """A name that an import binds."""

    name: str
    path: str  # the dotted path as imported
    node: ast.Import | ast.ImportFrom
    scope: _Scope


@dataclass(slots=True)
class Namer:
    """Finds names for Keras objects in one file."""

    index: TextIndex
    tree: ast.Module
    _imports: list[_Binding] = field(default_factory=list)
    _taken: dict[str, set[_Scope]] = field(default_factory=dict)
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
        return self._seen_from(func).name(target, func, root)

    def module(
        self, target: str, root: str, alias: str, at: ast.expr | None = None
    ) -> tuple[str, tuple[ImportNeed, ...]]:
        """The expression for a module of Keras (`keras.ops`, `keras.backend`), imported as `alias` if need be.

        `at` is where it is needed; without it, only what the whole file sees is looked at.
        """
        return self._seen_from(at).module(target, root, alias)

    def path(self, node: ast.expr) -> str | None:
        """The dotted path that an expression of names and attributes was imported from."""
        return self._seen_from(node).path(node)

    def _seen_from(self, node: ast.expr | None) -> _View:
        line = node.lineno if node is not None else 0
        imports = [b for b in self._imports if _holds(b.scope, line)]
        # The innermost scope's word is the last.
        imports.sort(key=lambda binding: (binding.scope, binding.node.lineno, binding.node.col_offset))
        taken = {name for name, scopes in self._taken.items() if any(_holds(scope, line) for scope in scopes)}
        return _View(self.index, imports, taken, self._stars)


def _holds(scope: _Scope, line: int) -> bool:
    return scope == _MODULE or scope[0] <= line <= scope[1]


@dataclass(frozen=True, slots=True)
class _View:
    """What one place in the file sees."""

    index: TextIndex
    imports: list[_Binding]
    taken: set[str]
    stars: list[tuple[str, ast.ImportFrom]]

    def name(self, target: str, func: ast.expr | None, root: str) -> tuple[str, tuple[ImportNeed, ...]]:
        """See `Namer.name`."""
        if isinstance(func, ast.Attribute) and (prefix := self._prefix(target, func)) is not None:
            return prefix, ()
        short = target.rpartition(".")[2]
        if (known := self._known(target, short)) is not None:
            return known, ()
        beside = self._beside(func)
        module = f"{root}{target.rpartition('.')[0].removeprefix('keras')}"
        if short not in self.taken:
            return short, (ImportNeed(module, short, None, beside),)
        if (dotted := self._through_module(target)) is not None:
            return dotted, ()
        asname = f"Keras{short[:1].upper()}{short[1:]}"
        while asname in self.taken and self._known_as(target, asname) is None:
            asname = f"{asname}_"
        if self._known_as(target, asname) is not None:
            return asname, ()
        return asname, (ImportNeed(module, short, asname, beside),)

    def module(self, target: str, root: str, alias: str) -> tuple[str, tuple[ImportNeed, ...]]:
        """See `Namer.module`."""
        if (dotted := self._through_module(f"{target}.x")) is not None:
            return dotted.rpartition(".")[0], ()
        parent, _, short = target.rpartition(".")
        name = f"{root}{parent.removeprefix('keras')}"
        if alias in self.taken:
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
        """See `Namer.path`."""
        parts: list[str] = []
        while isinstance(node, ast.Attribute):
            parts.append(node.attr)
            node = node.value
        if not isinstance(node, ast.Name):
            return None
        for binding in reversed(self.imports):
            if binding.name == node.id:
                return ".".join([binding.path, *reversed(parts)])
        return None

    def _known(self, target: str, short: str) -> str | None:
        """A name that an import at the top binds to the target already."""
        for binding in self.imports:
            if self._taken_elsewhere(binding.name):
                continue
            if canonical(binding.path) == target and "." not in binding.name:
                return binding.name
        for module, _ in self.stars:
            if module == target.rpartition(".")[0] and short in EXPORTS.get(module, ()) and short not in self.taken:
                return short
        return None

    def _known_as(self, target: str, name: str) -> str | None:
        return next((b.name for b in self.imports if b.name == name and canonical(b.path) == target), None)

    def _taken_elsewhere(self, name: str) -> bool:
        return name in self.taken and sum(binding.name == name for binding in self.imports) == 0

    def _through_module(self, target: str) -> str | None:
        """`kl.Add`, `keras.layers.Add`: through a module that the file has imported at the top."""
        module, _, short = target.rpartition(".")
        for binding in self.imports:
            if "." in binding.name:
                continue
            root = keras_root(binding.path)
            # Not through `keras.layers.core` or `keras.engine`, which later versions do not have.
            if root is not None and binding.path.removeprefix(root) == module.removeprefix("keras"):
                return f"{binding.name}.{short}"
        for binding in self.imports:
            if binding.name == "keras" and binding.path == "keras":
                return target
        return None

    def _beside(self, func: ast.expr | None) -> int:
        """The offset of the import that binds the name being replaced."""
        node = func
        while isinstance(node, ast.Attribute):
            node = node.value
        if not isinstance(node, ast.Name):
            return self._any_layers()
        found = [binding for binding in self.imports if binding.name == node.id]
        if found:
            return self.index.span(found[-1].node)[0]
        return self._any_layers()

    def _any_layers(self) -> int:
        for module, node in reversed(self.stars):
            if module == "keras.layers":
                return self.index.span(node)[0]
        layers = [b for b in self.imports if (canonical(b.path) or "").startswith("keras.layers")]
        return self.index.span(layers[-1].node)[0] if layers else -1


class _Collector:
    """Reads the bindings of a file: imports apart from all others."""

    def __init__(
        self, imports: list[_Binding], taken: dict[str, set[_Scope]], stars: list[tuple[str, ast.ImportFrom]]
    ) -> None:
        self.imports = imports
        self.taken = taken
        self.stars = stars

    def collect(self, tree: ast.Module) -> None:
        """Walk the whole tree once."""
        stack: list[tuple[ast.AST, _Scope]] = [(tree, _MODULE)]
        while stack:
            node, scope = stack.pop()
            self._bindings(node, scope)
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)):
                scope = (node.lineno, node.end_lineno or node.lineno)
            stack.extend((child, scope) for child in ast.iter_child_nodes(node))

    def _take(self, name: str, scope: _Scope) -> None:
        self.taken.setdefault(name, set()).add(scope)

    def _bindings(self, node: ast.AST, scope: _Scope) -> None:
        if isinstance(node, ast.Import):
            for alias in node.names:
                name = alias.asname or alias.name.partition(".")[0]
                self.imports.append(_Binding(name, alias.name if alias.asname else name, node, scope))
                self._take(name, scope)
        elif isinstance(node, ast.ImportFrom):
            self._from(node, scope)
        elif isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
            self._take(node.id, scope)
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            self._take(node.name, scope)
        elif isinstance(node, ast.arg):
            self._take(node.arg, scope)

    def _from(self, node: ast.ImportFrom, scope: _Scope) -> None:
        for alias in node.names:
            if alias.name == "*":
                self.stars.append((canonical(node.module or "") or "", node))
                continue
            name = alias.asname or alias.name
            self._take(name, scope)
            path = f"{'.' * node.level}{node.module or ''}.{alias.name}"
            self.imports.append(_Binding(name, path, node, scope))
