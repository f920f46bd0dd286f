"""What becomes of an import statement some of whose names are no longer where it takes them from."""

from __future__ import annotations

import ast
import os
import re
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from kerasfix.catalogue.moves import Move
from kerasfix.checks.modules._moved_names import Names, Resolved
from kerasfix.checks.modules._moved_stars import lost_names, star_targets
from kerasfix.edits.imports import Uses
from kerasfix.findings import Applicability, Edit, Finding, Fix, ImportNeed
from kerasfix.names.canonical import canonical, keras_root
from kerasfix.names.exports import exports
from kerasfix.names.modern import has_name
from kerasfix.names.scopes import Scope

_FROM = re.compile(r"from[\s\\]+([\w.]+)")
_COMMENT = re.compile(r"#[^\r\n]*")
_WIDTH = 120
_MANY = 5  # names that are rather used through their module than imported one by one


@dataclass(slots=True)
class Statement:
    """An import statement, and what was found about its names."""

    names: Names
    node: ast.Import | ast.ImportFrom
    block: Sequence[ast.stmt]
    scope: Scope
    # the new paths of the names that keep the name they are bound to
    paths: dict[ast.alias, str] = field(default_factory=dict)
    # where names that are gone would be: they stay beside the others
    along: dict[ast.alias, str] = field(default_factory=dict)
    released: list[ast.alias] = field(default_factory=list)  # nothing uses them once the edits are made
    unused: list[ast.alias] = field(default_factory=list)  # gone, and nothing uses them anyway
    edits: list[Edit] = field(default_factory=list)
    needs: list[ImportNeed] = field(default_factory=list)
    others: list[Finding] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    assumes: list[str] = field(default_factory=list)
    rule: str = ""

    def findings(self) -> Iterator[Finding]:
        """One finding for all that moves, and one for each name that is gone."""
        for alias in self.node.names:
            if alias.name == "*":
                self._star()
            else:
                self._alias(alias)
        if self.said:
            fix = Fix(
                (*self.edits, *self._own_edits()),
                Applicability.UNSAFE if self.assumes else Applicability.SAFE,
                "Rewrite the import",
                assumes=" and ".join(dict.fromkeys(self.assumes)) or None,
                imports=tuple(dict.fromkeys(self.needs)),
                releases=frozenset(_bound(alias) for alias in self.released),
            )
            message = f"in today's Keras, {' and '.join(dict.fromkeys(self.said))}"
            yield Finding(self.rule, *self.names.context.facts.index.span(self.node), message, fix)
        yield from self.others

    # -- one name of the statement

    def _alias(self, alias: ast.alias) -> None:
        path = alias.name if isinstance(self.node, ast.Import) else f"{self.node.module}.{alias.name}"
        if keras_root(path) is None:
            return
        if path.endswith("layers.merge") and isinstance(self.node, ast.ImportFrom) and self._merge(alias, path):
            return
        of_module = isinstance(self.node, ast.Import) or self.names.is_module(path)
        move = self.names.moves.module(path) if of_module else self.names.moves.name(path)
        if move is None and self._is_lost_of_backend(alias):
            move = Move("moved-module")
        if move is None or not self.names.is_selected(move):
            return
        if not of_module:
            self._name(alias, path, move)
        elif move.path is None:
            self._gone(alias, move, path)
        elif isinstance(self.node, ast.Import) and not alias.asname:
            self._keep(alias, move.rule, move.path, f"the names of `{path}` are in `{move.path}`")
        else:
            self._module(alias, path, move.rule, move.path)

    def _is_lost_of_backend(self, alias: ast.alias) -> bool:
        """Whether it is a name that the backend lost, and nothing uses it: where it is used, other rules say so."""
        module = (self.node.module or "") if isinstance(self.node, ast.ImportFrom) else ""
        if canonical(module) != "keras.backend" or alias.name not in exports(module):
            return False
        lost = not has_name("keras.backend", alias.name, self.names.context.settings.target, keras_root(module) or "")
        return lost and not any(self.names.context.facts.scopes.reads(self.scope, _bound(alias)))

    def _keep(self, alias: ast.alias, rule: str, path: str, said: str) -> None:
        self.paths[alias] = path
        self._say(rule, said)

    def _say(self, rule: str, said: str) -> None:
        self.rule = self.rule or rule
        self.said.append(said)

    def _name(self, alias: ast.alias, path: str, move: Move) -> None:
        if move.path is None:
            self._gone(alias, move, path)
            return
        module, _, name = move.path.rpartition(".")
        said = f"`{name}` is in `{module}`" if name == alias.name else f"`{alias.name}` is `{move.path}`"
        reads = list(self.names.context.facts.scopes.reads(self.scope, _bound(alias)))
        self._assume(move, reads)
        same = name == alias.name or alias.asname is not None or self.names.moves.is_module(move.path)
        if same or alias.name in self.scope.assigned or self._is_handed_on(alias):
            self._keep(alias, move.rule, move.path, said)
            return
        if not reads:
            self.released.append(alias)
            self._say(move.rule, f"{said}, and nothing here uses it")
            return
        for read in reads:
            self._rewrite(read, move.path)
        self.released.append(alias)
        self._say(move.rule, said)

    def _assume(self, move: Move | None, uses: Sequence[ast.expr]) -> None:
        """What the fix assumes, and other names for the keywords of calls."""
        if move is None:
            return
        if move.assumes is not None:
            self.assumes.append(move.assumes)
        for use in uses:
            self.edits.extend(self.names.renamed_keywords(use, move))

    def _rewrite(self, node: ast.expr, path: str, base: str = "") -> None:
        edit, needs = self.names.replaced(node, path, base)
        self.edits.append(edit)
        here = self.names.context.facts.index.span(self.node)[0]
        self.needs.extend(replace(need, beside=here) if need.beside < 0 else need for need in needs)

    def _is_handed_on(self, alias: ast.alias) -> bool:
        package = os.path.basename(self.names.context.facts.path) == "__init__.py"
        top = self.scope is self.names.context.facts.scopes.module
        return (package and top) or self.names.is_handed_on(_bound(alias), self.scope)

    def _gone(self, alias: ast.alias, move: Move, path: str) -> None:
        """A name that is nowhere any more; about `merge` and `Merge`, other rules say so."""
        facts = self.names.context.facts
        span = facts.index.span(alias)
        reads = list(facts.scopes.reads(self.scope, _bound(alias)))
        if move.along is not None:
            self.along[alias] = move.along
        bound = alias.asname is not None or isinstance(self.node, ast.ImportFrom)
        used = Uses(facts.index, facts.scopes, (), facts.foreign_reads).has(self.scope, alias, self.node)
        if bound and not used and not self._is_handed_on(alias):
            self.unused.append(alias)
            if self.names.is_of_merge(path):
                return
            fix = Fix(
                (), Applicability.SAFE, f"Remove `{alias.name}` from the import", releases=frozenset({_bound(alias)})
            )
            message = f"`{path}` is gone from Keras, and nothing here uses it"
            self.others.append(Finding(move.rule, *span, message, fix))
        elif not self.names.is_of_merge(path) and not (
            reads and all(self.names.is_claimed(path, read) for read in reads)
        ):
            self.others.append(Finding(move.rule, *span, f"`{path}` is gone from Keras", help=move.advice))

    # -- a module under a name of its own

    def _module(self, alias: ast.alias, path: str, rule: str, new: str) -> None:
        bound = _bound(alias)
        chains = [self.names.chain(read) for read in self.names.context.facts.scopes.reads(self.scope, bound)]
        uses = [use for chain in chains if chain and (use := self.names.resolve(path, chain)) is not None]
        bare = not all(chains) or bound in self.scope.assigned
        said = f"the names of `{path}` are in `{new}`"
        if bare or alias.asname is not None or bound == new.rpartition(".")[2] or self._is_handed_on(alias):
            same = [use for use in uses if use.move and use.move.path == f"{new}{use.path[len(path) :]}"]
            self._uses([use for use in uses if use not in same], base=new)
            for use in same:
                self._assume(use.move, [use.node])
            self._keep(alias, rule, new, said)
            return
        left = self._uses(uses, through=len({use.path for use in uses}) >= _MANY)
        if not left:
            self.released.append(alias)
        if len(left) < len(uses) or not uses:
            self._say(rule, said)

    def _uses(self, uses: Sequence[Resolved], *, through: bool = False, base: str = "") -> list[Resolved]:
        """Rewrite `np_utils.to_categorical`; report and give back what is gone.

        With `through`, to `utils.to_categorical`. The first name of all of them stands for `base` from now on.
        """
        left = []
        for use in uses:
            path = use.move.path or (use.move.along if through else None) if use.move else None
            if use.move is None or path is None:
                left.append(use)
                self._report(use)
                continue
            self._assume(use.move, [use.node])
            if through or self._is_sibling(path):
                self._rewrite_through_module(use.node, path)
            else:
                self._rewrite(use.node, path, base)
        return left

    def _report(self, use: Resolved) -> None:
        if use.move is None or self.names.is_claimed(use.path, use.node):
            return
        index = self.names.context.facts.index
        message = f"`{index.source(use.node)}` is gone from Keras"
        self.others.append(Finding(use.move.rule, *index.span(use.node), message, help=use.move.advice))

    def _merge(self, alias: ast.alias, path: str) -> bool:
        """Rewrite `merge.concatenate`, where `merge` is the module of Keras 2; whether it is."""
        reads = list(self.names.context.facts.scopes.reads(self.scope, _bound(alias)))
        chains = [chain for read in reads if (chain := self.names.chain(read))]
        found = [(chain[0], self.names.moves.name(f"{path}.{chain[0].attr}")) for chain in chains]
        moved = [(node, move) for node, move in found if move is not None and move.path is not None]
        if not moved or len(moved) < len(reads) or not self.names.is_selected(moved[0][1]):
            return False
        for node, move in moved:
            self._rewrite(node, move.path or "")
        self.released.append(alias)
        self._say(moved[0][1].rule, f"the names of `{path}` are in `{path.rpartition('.')[0]}`")
        return True

    def _is_sibling(self, path: str) -> bool:
        """Whether `objectives.mse` is `losses.mse` rather than `mse`: modules beside each other."""
        module = path.rpartition(".")[0]
        return isinstance(self.node, ast.ImportFrom) and module.rpartition(".")[0] == self.node.module

    def _rewrite_through_module(self, node: ast.Attribute, path: str) -> None:
        module, _, name = path.rpartition(".")
        root = keras_root(path) or "keras"
        short = module.rpartition(".")[2]
        text, needs = self.names.context.namer.module(canonical(module) or module, root, short, node)
        index = self.names.context.facts.index
        self.edits.append(Edit(*index.span(node), (f"{text}.{name}",)))
        self.needs.extend(replace(need, beside=index.span(self.node)[0]) for need in needs)

    def _star(self) -> None:
        """`from keras.layers.core import *`: the names of it that the file uses."""
        assert isinstance(self.node, ast.ImportFrom)
        move = self.names.moves.module(self.node.module or "")
        if move is None:
            self._star_of_module_that_stays(self.node.module or "")
            return
        if not self.names.is_selected(move):
            return
        index = self.names.context.facts.index
        span = index.span(self.node)
        if move.path is None:
            message = f"`{self.node.module}` is gone from Keras"
            self.others.append(Finding(move.rule, *span, message, help=move.advice))
            return
        self._say(move.rule, f"the names of `{self.node.module}` are in `{move.path}`")
        package = os.path.basename(self.names.context.facts.path) == "__init__.py"
        targets = None if package else star_targets(self.names, self.node.module or "")
        if targets is None:
            match = _FROM.match(index.text, span[0])
            if match is not None:
                self.edits.append(Edit(match.start(1), match.end(1), (move.path,)))
            return
        lines = _from_lines([(path.rpartition(".")[0], _named(path, name)) for path, name in targets])
        self.edits.append(Edit(*span, (self._joined(lines),)) if lines else self._removal())

    def _star_of_module_that_stays(self, module: str) -> None:
        """`from keras.preprocessing.image import *`, which has no `ImageDataGenerator` any more."""
        here = self.names.context.facts.index.span(self.node)[0]
        for path, name in lost_names(self.names, module):
            home, _, new = path.rpartition(".")
            if home == module and new == name:
                continue
            move = self.names.moves.name(f"{module}.{name}")
            need = ImportNeed(home, new, None) if home else ImportNeed(new)
            self.needs.append(replace(need, asname=name if name != new else None, beside=here))
            self._say(move.rule if move is not None else "", f"`{name}` is `{path}`")

    def _removal(self) -> Edit:
        """The edit that takes the statement away, with its line where nothing else stands there."""
        index = self.names.context.facts.index
        start, end = index.span(self.node)
        line = index.line_text(self.node.lineno)
        if len(self.block) == 1 or line.strip() != index.text[start:end]:
            return Edit(start, end, ("pass",))
        first = index.starts[self.node.lineno - 1]
        return Edit(first, index.starts[self.node.lineno] if self.node.lineno < len(index.starts) else end)

    # -- the text of the statement

    def _own_edits(self) -> Iterator[Edit]:
        index = self.names.context.facts.index
        if isinstance(self.node, ast.Import):
            for alias, path in self.paths.items():
                start = index.span(alias)[0]
                yield Edit(start, start + len(alias.name), (path,))
            return
        if not self.paths:
            return
        staying = [alias for alias in self.node.names if alias not in self.released and alias not in self.unused]
        modules = {path.rpartition(".")[0] for path in self.paths.values()}
        new = {alias: self._path(alias, modules) for alias in staying}
        modules = {path.rpartition(".")[0] for path in new.values()}
        start, end = index.span(self.node)
        match = _FROM.match(index.text, start)
        if len(modules) > 1 or match is None:
            entries = [(path, alias) for alias, path in new.items()]
            lines = _from_lines([(path.rpartition(".")[0], _written(path, alias)) for path, alias in entries])
            yield Edit(start, end, (self._joined(lines),))
            return
        module = modules.pop()
        if module != self.node.module:
            yield Edit(match.start(1), match.end(1), (module,))
        for alias, path in self.paths.items():
            if path.rpartition(".")[2] != alias.name:
                first = index.span(alias)[0]
                text = path.rpartition(".")[2] if alias.asname else _written(path, alias)
                yield Edit(first, first + len(alias.name), (text,))

    def _path(self, alias: ast.alias, modules: set[str]) -> str:
        if alias in self.paths:
            return self.paths[alias]
        along = self.along.get(alias, "")
        stays = f"{self.node.module}.{alias.name}" if isinstance(self.node, ast.ImportFrom) else alias.name
        return along if along.rpartition(".")[0] in modules else stays

    def _joined(self, lines: list[str]) -> str:
        """Several statements in place of one, the comments that stood between its names above them."""
        index = self.names.context.facts.index
        start, end = index.span(self.node)
        first = index.starts[self.node.lineno - 1]
        before = index.text[first:start]
        after = index.line_text(index.position(end)[0])[index.position(end)[1] :].strip()
        if before.strip() or after.startswith(";"):
            return "; ".join(line.replace("(\n    ", "").replace("\n    ", " ").replace(",\n)", "") for line in lines)
        newline = index.newline_at(start)
        comments = _COMMENT.findall(index.text[start:end])
        text = "\n".join([*comments, *lines])
        return text.replace("\n", f"{newline}{before}")


def _bound(alias: ast.alias) -> str:
    return alias.asname or alias.name.partition(".")[0]


def _written(path: str, alias: ast.alias) -> str:
    """`plot_model as plot` where the name stays what it was."""
    return _named(path, alias.asname or alias.name)


def _named(path: str, bound: str) -> str:
    name = path.rpartition(".")[2]
    return name if bound == name else f"{name} as {bound}"


def _from_lines(entries: Sequence[tuple[str, str]]) -> list[str]:
    """One statement a module, in the order in which they come."""
    by_module: dict[str, list[str]] = {}
    for module, name in entries:
        by_module.setdefault(module, []).append(name)
    return [_from_line(module, list(dict.fromkeys(names))) for module, names in by_module.items()]


def _from_line(module: str, names: list[str]) -> str:
    if not module:
        return f"import {', '.join(names)}"
    line = f"from {module} import {', '.join(names)}"
    if len(line) <= _WIDTH:
        return line
    wrapped = "\n    ".join(textwrap.wrap(", ".join(names), _WIDTH - 4))
    return f"from {module} import (\n    {wrapped},\n)"
