"""How fixed code calls a Keras object: in the file's own style, with the import it needs."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from kerasfix.findings import ImportNeed
from kerasfix.names.canonical import canonical, keras_root
from kerasfix.names.exports import EXPORTS
from kerasfix.names.scopes import Scope, Scopes
from kerasfix.source.index import TextIndex

Position = tuple[int, int]


@dataclass(frozen=True, slots=True)
class _Binding:
    """A name that an import binds, or an assignment like `L = keras.layers`."""

    name: str
    path: str  # the dotted path as imported
    node: ast.Import | ast.ImportFrom | ast.Assign
    scope: Scope
    block: Sequence[ast.stmt]  # the statements among which it stands

    @property
    def start(self) -> Position:
        """Where the statement stands."""
        return self.node.lineno, self.node.col_offset

    @property
    def unconditional(self) -> bool:
        """Whether it stands directly in the body of its scope."""
        return self.block is getattr(self.scope.node, "body", None)

    def is_around(self, place: Position) -> bool:
        """Whether its block holds a place."""
        first, last = self.block[0], self.block[-1]
        return (first.lineno, first.col_offset) <= place <= (last.end_lineno or 0, last.end_col_offset or 0)


@dataclass(frozen=True, slots=True)
class _Site:
    """Where a name is needed; without a place, anywhere in the module."""

    scope: Scope
    place: Position | None = None

    def sees(self, binding: _Binding) -> bool:
        """Whether the binding holds here, whichever path the program took."""
        if self.scope.resolve(binding.name) is not binding.scope:
            return False
        if not self.follows(binding):
            return False
        return self.place is None or binding.unconditional or binding.is_around(self.place)

    def follows(self, binding: _Binding) -> bool:
        """Whether the binding stands before; a function may be called before what stands after it has run."""
        return self.is_after(binding.node)

    def is_after(self, node: ast.stmt) -> bool:
        """Whether a statement stands before."""
        return self.place is None or (node.lineno, node.col_offset) < self.place


@dataclass(slots=True)
class Namer:
    """Finds names for Keras objects in one file."""

    index: TextIndex
    tree: ast.Module
    scopes: Scopes
    _imports: list[_Binding] = field(default_factory=list)
    _stars: list[tuple[ast.ImportFrom, Sequence[ast.stmt]]] = field(default_factory=list)
    _by_name: dict[str, list[_Binding]] = field(default_factory=dict)
    _by_target: dict[tuple[str, str], list[_Binding]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for statement, block in statements(self.tree):
            for binding in self._bindings(statement, block):
                self._add(binding)

    def _add(self, binding: _Binding) -> None:
        self._imports.append(binding)
        self._by_name.setdefault(binding.name, []).append(binding)
        root, target = keras_root(binding.path), canonical(binding.path)
        if root is not None and target is not None:
            self._by_target.setdefault((root, target), []).append(binding)

    def name(
        self, target: str, func: ast.expr | None = None, root: str = "keras"
    ) -> tuple[str, tuple[ImportNeed, ...]]:
        """The expression for a canonical name (`keras.layers.Add`), and the imports that have to be there for it.

        `func` is the expression that the new one replaces: `kl.merge` asks for `kl.Add`. `root` is the package that
        the file takes Keras from: "keras" or "tensorflow.keras".
        """
        if isinstance(func, ast.Attribute) and (prefix := self._prefix(target, func)) is not None:
            return prefix, ()
        site = self._site(func)
        short = target.rpartition(".")[2]
        if (known := self._known(target, short, root, site)) is not None:
            return known, ()
        hosts = self._hosts(func, site)
        if self._is_free(short, target, root, site, hosts):
            return short, self._needs(target, short, None, root, hosts, site)
        if (dotted := self._through_module(target, root, site)) is not None:
            return dotted, ()
        asname = f"Keras{short[:1].upper()}{short[1:]}"
        while not self._is_free(asname, target, root, site, hosts):
            asname = f"{asname}_"
        return asname, self._needs(target, short, asname, root, hosts, site)

    def module(
        self, target: str, root: str, alias: str, at: ast.expr | None = None
    ) -> tuple[str, tuple[ImportNeed, ...]]:
        """The expression for a module of Keras (`keras.ops`, `keras.backend`), imported as `alias` if need be.

        `at` is where it is needed; without it, only what the whole file sees is looked at.
        """
        site = self._site(at)
        if (dotted := self._through_module(f"{target}.x", root, site)) is not None:
            return dotted.rpartition(".")[0], ()
        parent, _, short = target.rpartition(".")
        name = f"{root}{parent.removeprefix('keras')}"
        if not self._is_free(alias, target, root, site, -1):
            alias = f"keras_{short}"
        return alias, (ImportNeed(name, short, None if alias == short else alias, -1),)

    def path(self, node: ast.expr) -> str | None:
        """The dotted path that an expression of names and attributes was imported from."""
        parts: list[str] = []
        while isinstance(node, ast.Attribute):
            parts.append(node.attr)
            node = node.value
        if not isinstance(node, ast.Name):
            return None
        scope = (self.scopes.at(node) or self.scopes.module).resolve(node.id)
        for binding in self._by_name.get(node.id, ()):
            if binding.scope is scope:
                return ".".join([binding.path, *reversed(parts)])
        star = self._star_of(node.id) if scope is None else None
        return ".".join([star, node.id, *reversed(parts)]) if star is not None else None

    def _star_of(self, name: str) -> str | None:
        """The module of layers or models whose star import at the top of the file brings a name.

        Modules that moved are no matter: the imports that take their place say the names.
        """
        for node, block in reversed(self._stars):
            path = node.module or ""
            if node.level or block is not self.tree.body:
                continue
            if any(_is_module(path, module) and name in EXPORTS[module] for module in ("keras.layers", "keras.models")):
                return path
        return None

    def is_unbound(self, name: ast.Name) -> bool:
        """Whether nothing in the file but a star import can bind a name."""
        return (self.scopes.at(name) or self.scopes.module).resolve(name.id) is None

    def _site(self, func: ast.expr | None) -> _Site:
        name = next((node for node in ast.walk(func) if isinstance(node, ast.Name)), None) if func is not None else None
        scope = self.scopes.at(name) if name is not None else None
        if scope is None or func is None:
            return _Site(self.scopes.module)
        return _Site(scope, (func.lineno, func.col_offset))

    def _prefix(self, target: str, func: ast.Attribute) -> str | None:
        """`kl.Add` where the code says `kl.merge`: the same module, spelled the same way."""
        path = self.path(func.value)
        if path is None or not _is_module(path, target.rpartition(".")[0]):
            return None
        return f"{self.index.source(func.value)}.{target.rpartition('.')[2]}"

    def _known(self, target: str, short: str, root: str, site: _Site) -> str | None:
        """A name that an import binds to the target already."""
        for binding in self._by_target.get((root, target), ()):
            if self._is_clean(binding, target, root) and site.sees(binding):
                return binding.name
        if site.scope.resolve(short) is None and self._from_star(target, short, site):
            return short
        return None

    def _is_clean(self, binding: _Binding, target: str, root: str) -> bool:
        """Whether a name means the target wherever its scope is seen."""
        if binding.name in binding.scope.assigned:
            return False
        same = self._by_name[binding.name]
        return all(_is_target(other, target, root) for other in same if other.scope is binding.scope)

    def _from_star(self, target: str, short: str, site: _Site) -> bool:
        """Whether `from keras.layers import *` brings a name, and no later star import of a library may hide it."""
        module = target.rpartition(".")[0]
        for node, block in reversed(self._stars):
            if block is not self.tree.body or not site.is_after(node):
                continue
            path = f"{'.' * node.level}{node.module or ''}"
            if _is_module(path, module):
                return short in EXPORTS.get(module, ())
            # `from numpy import *` has a `dot`, but hardly a `Concatenate`.
            if short.islower():
                return False
        return False

    def _is_free(self, name: str, target: str, root: str, site: _Site, hosts: list[_Binding] | int) -> bool:
        """Whether an import of the target beside `hosts` may take a name: nothing hides it, and it hides nothing."""
        lands = [self.scopes.module] if isinstance(hosts, int) else [host.scope for host in hosts]
        return all(self._is_free_in(scope, name, target, root, site) for scope in lands)

    def _is_free_in(self, scope: Scope, name: str, target: str, root: str, site: _Site) -> bool:
        there = [binding for binding in self._by_name.get(name, ()) if binding.scope is scope]
        if name in scope.assigned or not all(_is_target(binding, target, root) for binding in there):
            return False
        between: Scope | None = site.scope
        while between is not None and between is not scope:
            if name in between.bound:
                return False
            between = between.parent
        places = (self.scopes.at(node) for node in self.scopes.named.get(name, ()))
        readers = (reader for reader in places if reader is not None and scope in _around(reader))
        return all(reader.resolve(name) not in (None, *_around(scope)[1:]) for reader in readers)

    def _through_module(self, target: str, root: str, site: _Site) -> str | None:
        """`kl.Add`, `keras.layers.Add`: through a module that the file has imported at the top."""
        module, _, short = target.rpartition(".")
        path = f"{root}{module.removeprefix('keras')}"
        ways = [
            (len(binding.path), f"{binding.name}{path[len(binding.path) :]}.{short}")
            for binding in self._imports
            if (path == binding.path or path.startswith(f"{binding.path}."))
            and binding.name not in binding.scope.assigned - self.aliases()
            and site.sees(binding)
        ]
        return max(ways)[1] if ways else None

    def names_of_keras(self) -> set[str]:
        """The names through which something of Keras may be reached, those of TensorFlow among them."""
        paths = ((binding.name, binding.path) for binding in self._imports)
        return {name for name, path in paths if keras_root(path) is not None or path.startswith("tensorflow")}

    def aliases(self) -> set[str]:
        """The names that assignments like `L = keras.layers` bind."""
        return {binding.name for binding in self._imports if isinstance(binding.node, ast.Assign)}

    def _needs(
        self, target: str, short: str, asname: str | None, root: str, hosts: list[_Binding] | int, site: _Site
    ) -> tuple[ImportNeed, ...]:
        suffix = target.rpartition(".")[0].removeprefix("keras")
        if isinstance(hosts, int):
            return (ImportNeed(f"{root}{suffix}", short, asname, hosts),)
        needs: list[ImportNeed] = []
        for host in hosts:
            package = keras_root(host.path) or root
            name = asname or short
            there = (
                other for other in self._by_name.get(name, ()) if other.block is host.block and site.follows(other)
            )
            if not any(_is_target(other, target, package) for other in there):
                needs.append(ImportNeed(f"{package}{suffix}", short, asname, self.index.span(host.node)[0]))
        return tuple(needs)

    def _hosts(self, func: ast.expr | None, site: _Site) -> list[_Binding] | int:
        """The imports that bind the name being replaced, one for each path; or the offset of one to stand beside."""
        name = root_name(func)
        scopes = site.scope.meanings(name.id) if name is not None else []
        if name is None or not scopes:
            return self._any_layers(site)
        candidates = [b for b in self._by_name.get(name.id, ()) if not isinstance(b.node, ast.Assign)]
        before = [b for b in candidates if site.follows(b)] or [b for b in candidates if b.scope is not site.scope]
        hosts: list[_Binding] = []
        for scope in scopes:  # a class whose import may not have run reads the name from around it
            found = [binding for binding in before if binding.scope is scope]
            seen = [binding for binding in found if site.sees(binding)]
            hosts += seen[-1:] or found
            if seen:
                break
        return list({id(binding.block): binding for binding in hosts}.values()) or self._any_layers(site)

    def _any_layers(self, site: _Site) -> int:
        """The offset of an import of layers at the top of the file that has run by then, -1 if there is none."""
        stars: list[ast.stmt] = [
            node
            for node, block in self._stars
            if canonical(node.module or "") == "keras.layers" and not node.level and block is self.tree.body
        ]
        layers: list[ast.stmt] = [
            binding.node
            for binding in self._imports
            if binding.scope is self.scopes.module
            and binding.unconditional
            and not isinstance(binding.node, ast.Assign)
            and (canonical(binding.path) or "").startswith("keras.layers")
        ]
        found = [*stars[::-1], *layers[::-1]]
        before = [node for node in found if site.is_after(node)]
        if _function_of(site.scope) is not self.tree:
            before = before or found  # a function is called once all of the module has run
        return self.index.span(before[0])[0] if before else -1

    def _bindings(self, node: ast.stmt, block: Sequence[ast.stmt]) -> Iterator[_Binding]:
        scope = self.scopes.at(node)
        if isinstance(node, ast.Import) and scope is not None:
            for alias in node.names:
                name = alias.asname or alias.name.partition(".")[0]
                yield _Binding(name, alias.name if alias.asname else name, node, scope, block)
        elif isinstance(node, ast.ImportFrom) and scope is not None:
            for alias in node.names:
                if alias.name == "*":
                    self._stars.append((node, block))
                    continue
                path = f"{'.' * node.level}{node.module or ''}.{alias.name}"
                yield _Binding(alias.asname or alias.name, path, node, scope, block)
        elif isinstance(node, ast.Assign) and block is self.tree.body:
            yield from self._alias(node, block)

    def _alias(self, node: ast.Assign, block: Sequence[ast.stmt]) -> Iterator[_Binding]:
        """`L = keras.layers`, where nothing else is ever called `L`."""
        target = node.targets[0]
        if len(node.targets) > 1 or not isinstance(target, ast.Name) or not isinstance(node.value, ast.Attribute):
            return
        named = self.scopes.named.get(target.id, ())
        module = self.scopes.module
        stores = [n for n in named if not isinstance(n.ctx, ast.Load) and self.scopes.at(n) is module]
        path = self.path(node.value)
        if path is not None and keras_root(path) is not None and len(stores) == 1:
            yield _Binding(target.id, path, node, self.scopes.module, block)


def statements(tree: ast.Module) -> Iterator[tuple[ast.stmt, Sequence[ast.stmt]]]:
    """All statements in the order of the text, each with the block that it stands in."""
    stack: list[tuple[ast.AST, Sequence[ast.stmt]]] = [(tree, ())]
    while stack:
        node, around = stack.pop()
        if isinstance(node, ast.stmt):
            yield node, around
        inside: list[tuple[ast.AST, Sequence[ast.stmt]]] = []
        for block in blocks(node):
            inside.extend((statement, block) for statement in block)
        stack.extend(reversed(inside))


def blocks(node: ast.AST) -> Iterable[list[ast.stmt]]:
    """The blocks of statements directly in a statement, those of its handlers and cases included."""
    if isinstance(node, ast.Lambda):
        return
    for name in ("body", "handlers", "orelse", "finalbody", "cases"):
        found = getattr(node, name, None)
        if not isinstance(found, list) or not found:
            continue
        if isinstance(found[0], ast.stmt):
            yield found
            continue
        for part in found:
            yield part.body


def root_name(node: ast.expr | None) -> ast.Name | None:
    """The `kl` of `kl.core.Dense`; None where an expression does not begin with a name."""
    while isinstance(node, ast.Attribute):
        node = node.value
    return node if isinstance(node, ast.Name) else None


def _around(scope: Scope) -> list[Scope]:
    """A scope and those around it, from the inside out."""
    found = [scope]
    while found[-1].parent is not None:
        found.append(found[-1].parent)
    return found


def _function_of(scope: Scope) -> ast.AST:
    """The function, class or module that a scope runs with: comprehensions run where they stand."""
    while isinstance(scope.node, ast.expr) and not isinstance(scope.node, ast.Lambda) and scope.parent is not None:
        scope = scope.parent
    return scope.node


def _is_module(path: str, module: str) -> bool:
    """Whether a dotted path is a module of Keras (`keras.layers`) under the name that every version has."""
    root = keras_root(path)
    return root is not None and path == f"{root}{module.removeprefix('keras')}"


def _is_target(binding: _Binding, target: str, root: str) -> bool:
    return keras_root(binding.path) == root and canonical(binding.path) == target
