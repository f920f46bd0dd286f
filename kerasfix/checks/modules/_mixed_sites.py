"""Where a file takes something from a package of Keras, and how all of it comes from one of them."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from kerasfix.checks.modules._moved_names import Names
from kerasfix.findings import Edit, ImportNeed
from kerasfix.names.canonical import keras_root
from kerasfix.names.modern import has_module, has_name
from kerasfix.names.namer import root_name

_Import = ast.Import | ast.ImportFrom


@dataclass(frozen=True, slots=True)
class Site:
    """A name that is imported, a module that is, or a use of a dotted name."""

    path: str  # "tensorflow.keras.layers.Dense"
    package: str  # "keras", "tensorflow.keras", "tf_keras"
    start: int
    end: int
    statement: _Import | None = None  # for what is imported
    alias: ast.alias | None = None
    node: ast.Attribute | None = None  # for a dotted name

    @property
    def tail(self) -> str:
        """The path under `keras`."""
        return f"keras{self.path[len(keras_root(self.path) or '') :]}"


def sites_of(names: Names) -> Iterator[Site]:
    """All sites of a file, but for those that are ready for another version."""
    facts = names.context.facts
    for statement in facts.nodes(ast.Import, ast.ImportFrom):
        if not names.is_guarded(statement):
            yield from _imported(names, statement)
    for chain in names.chains():
        base = names.context.namer.path(chain[0].value)
        found = names.resolve(base, chain) if base is not None else None
        if found is not None and keras_root(found.path) is not None and not names.is_guarded(found.node):
            span = facts.index.span(found.node)
            yield Site(found.path, _package(found.path), *span, node=found.node)


def _imported(names: Names, statement: _Import) -> Iterator[Site]:
    for alias in statement.names:
        if isinstance(statement, ast.Import):
            path = alias.name
        elif statement.level:
            return
        else:
            path = f"{statement.module}.{alias.name}"
        if keras_root(path) is None:
            continue
        span = names.context.facts.index.span(alias)
        if names.is_module(path) and _has_uses(names, statement, alias):
            continue  # what is taken through it counts
        yield Site(path, _package(path), *span, statement, alias)


def _has_uses(names: Names, statement: _Import, alias: ast.alias) -> bool:
    scope = names.context.facts.scopes.at(statement)
    bound = alias.asname or alias.name.partition(".")[0]
    return scope is not None and all(names.chain(read) for read in names.context.facts.scopes.reads(scope, bound))


def _package(path: str) -> str:
    root = keras_root(path) or ""
    return "tensorflow.keras" if root.startswith("tensorflow") else root


# -- all from one package


def unified(names: Names, sites: Sequence[Site], package: str) -> tuple[list[Edit], list[ImportNeed]] | None:
    """The edits that take what `sites` take from `package` instead; None where one of them may not be there."""
    target = names.context.settings.target
    if package == "tf_keras" or any(not _is_there(names, site, package, target) for site in sites):
        return None
    edits: list[Edit] = []
    needs: list[ImportNeed] = []
    imports = names.context.facts.nodes(ast.Import, ast.ImportFrom)
    for statement in imports:
        of_package = [_path(statement, alias) for alias in statement.names]
        others = [keras_root(path) is not None and _package(path) != package for path in of_package]
        if not any(others):
            continue
        if not all(others) or names.is_guarded(statement) or (edit := _statement(names, statement, package)) is None:
            return None
        edits.append(edit)
    handled = {_path(statement, alias) for statement in imports for alias in statement.names}
    for site in sites:
        first = root_name(site.node)
        base = names.context.namer.path(first) if first is not None else None
        if site.node is None or base is None or (base in handled and keras_root(base) is not None):
            continue
        edit, more = names.replaced(site.node, f"{package}{site.tail.removeprefix('keras')}")
        edits.append(edit)
        needs.extend(replace(need, beside=-1) for need in more)  # beside the imports of Keras, not of TensorFlow
    return edits, list(dict.fromkeys(needs))


def _is_there(names: Names, site: Site, package: str, target: str) -> bool:
    module, _, name = site.tail.rpartition(".")
    if names.moves.name(site.path) is not None or names.moves.module(site.path) is not None:
        return False  # not yet
    return has_module(site.tail, target, package) or has_name(module, name, target, package)


def _statement(names: Names, statement: _Import, package: str) -> Edit | None:
    """The import with another package; None where that is not the same name from another module."""
    index = names.context.facts.index
    start, end = index.span(statement)
    if any(alias.name == "*" for alias in statement.names):
        return None
    if isinstance(statement, ast.ImportFrom) and statement.module != "tensorflow":
        old = statement.module or ""
        position = index.text.index(old, start + len("from"))
        return Edit(position, position + len(old), (f"{package}{old[len(keras_root(old) or '') :]}",))
    if len(statement.names) > 1:
        return None
    alias = statement.names[0]
    name = f" as {alias.asname}" if alias.asname and alias.asname != "keras" else ""
    tail = f"keras{alias.name[len(keras_root(alias.name) or '') :]}" if isinstance(statement, ast.Import) else "keras"
    if package == "keras":
        if isinstance(statement, ast.Import) and not alias.asname:
            return None  # `import tensorflow.keras` is for the name `tensorflow`
        return Edit(start, end, (f"import {tail}{f' as {alias.asname}' if tail != 'keras' else name}",))
    if tail == "keras" or not alias.asname:
        return Edit(start, end, (f"from tensorflow import keras{name}",))
    parent, _, short = tail.rpartition(".")
    bound = f" as {alias.asname}" if alias.asname != short else ""
    return Edit(start, end, (f"from {package}{parent.removeprefix('keras')} import {short}{bound}",))


def _path(statement: _Import, alias: ast.alias) -> str:
    if isinstance(statement, ast.Import):
        return alias.name
    return f"{'.' * statement.level}{statement.module}.{alias.name}"
