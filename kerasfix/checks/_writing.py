"""Writes templates of rows for the file at hand: names as it spells them, definitions that it gets."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from kerasfix.catalogue.adapters import Argument, Pieces, Unrenderable, adapters
from kerasfix.catalogue.rows import joined
from kerasfix.catalogue.tables import RowError, dotted
from kerasfix.checks import Context
from kerasfix.checks._batches import batch_of
from kerasfix.edits.snippets import snippet_name
from kerasfix.findings import Applicability, Edit, Fix, ImportNeed, Slot
from kerasfix.names.namer import root_name

# What needs no parentheses as an operand.
_ATOMS = (ast.Name, ast.Attribute, ast.Subscript, ast.Call, ast.List, ast.Tuple, ast.Dict, ast.Set, ast.Constant)


@dataclass
class FileWriting:
    """The `Writing` of one fix.

    `func` is the expression that calls the legacy function, `root` the package that it is of.
    """

    context: Context
    func: ast.expr | None
    root: str
    imports: list[ImportNeed] = field(default_factory=list)
    snippets: list[str] = field(default_factory=list)
    assumptions: list[str] = field(default_factory=list)
    told: bool = False  # by an argument, that what it is given to was written for an older Keras

    @property
    def target(self) -> str:
        """The target of the run."""
        return self.context.settings.target

    def spell(self, name: str) -> str:
        """An object of Keras as the file writes it; notes the import that this needs."""
        module, _, short = name.rpartition(".")
        if module in ("keras.ops", "keras.random"):
            spelled, needs = self.context.namer.module(module, self.root, module.rpartition(".")[2])
            spelled = f"{spelled}.{short}"
        else:
            spelled, needs = self.context.namer.name(name, self.func, self.root)
        self.imports.extend(needs)
        return spelled

    def snippet(self, name: str) -> str:
        """The name of a definition that the file gets."""
        spelled = snippet_name(self.context.facts.tree, self.context.facts.scopes, name, self.target)
        if spelled is None or self._is_hidden(name):
            raise Unrenderable(f"the file has a `{name}` of its own")
        self.snippets.append(name)
        return spelled

    def _is_hidden(self, name: str) -> bool:
        """Whether a function around the call has something else of that name."""
        root = root_name(self.func) if self.func is not None else None
        scopes = self.context.facts.scopes
        scope = scopes.at(root) if root is not None else None
        found = scope.resolve(name) if scope is not None else None
        return found is not None and found is not scopes.module and name in found.assigned

    def source(self, node: ast.expr) -> str:
        """An expression as the file has it."""
        return self.context.facts.index.source(node)

    def mentions(self, *words: str) -> bool:
        """Whether one of the words stands anywhere in the file."""
        return any(word in self.context.facts.index.text for word in words)

    def batch_size(self, generator: Argument) -> tuple[str, int | None] | None:
        """The size of a generator's batches, as an expression and, where it is known, as a number."""
        found = batch_of(self.context.facts, generator.node, generator.value, generator.node)
        if found is None:
            return None
        if found.assumes:
            self.assume(found.assumes)
        return found.text, found.number

    def assume(self, clause: str) -> None:
        """Note an assumption."""
        if clause not in self.assumptions:
            self.assumptions.append(clause)

    def tell(self) -> None:
        """Note that an argument tells that it was written for an older Keras."""
        self.told = True

    def fix(self, edits: Iterable[Edit], title: str, *, releases: Iterable[str] = ()) -> Fix:
        """The edits as a fix, with all that was noted: imports, definitions, and assumptions, which make it unsafe."""
        return Fix(
            edits=tuple(edits),
            applicability=Applicability.UNSAFE if self.assumptions else Applicability.SAFE,
            title=title,
            assumes=" and ".join(self.assumptions) or None,
            imports=tuple(dict.fromkeys(self.imports)),
            releases=frozenset(releases),
            snippets=tuple(dict.fromkeys(self.snippets)),
        )


@dataclass(frozen=True, slots=True)
class TemplateWriter:
    """Writes the values of one template over `arguments`, which hold the defaults of those that were not given, too."""

    writing: FileWriting
    arguments: Mapping[str, Argument]

    def value(self, node: ast.expr) -> Pieces | None:
        """A value; None where it is the only argument in it, as it is. Raises Unrenderable."""
        if isinstance(node, ast.Name) and node.id in self.arguments:
            return None
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in adapters():
            return self.adapted(node)
        return joined(self.pieces(node))

    def pieces(self, node: ast.expr) -> list[str | Slot]:
        """The text of any expression of a template. Raises Unrenderable and RowError."""
        if isinstance(node, ast.Name):
            return list(self.argument(node).pieces)
        if isinstance(node, ast.Constant):
            return [ast.unparse(node)]
        if isinstance(node, ast.Attribute):
            name = dotted(node)
            is_snippet = name.startswith("snippet.")
            return [self.writing.snippet(name[8:]) if is_snippet else self.writing.spell(name)]
        if isinstance(node, (ast.Tuple, ast.List)):
            items = [self.pieces(item) for item in node.elts]
            brackets = "()" if isinstance(node, ast.Tuple) else "[]"
            single = isinstance(node, ast.Tuple) and len(items) == 1
            return [brackets[0], *_separated(items), ",)" if single else brackets[1]]
        if isinstance(node, ast.Call):
            return self.call(node)
        return self.operation(node)

    def call(self, node: ast.Call) -> list[str | Slot]:
        """An adapter, or the call of something else."""
        if isinstance(node.func, ast.Name) and node.func.id in adapters():
            return list(self.adapted(node) or self.argument(node.args[0]).pieces)
        items = [self.pieces(one) for one in node.args]
        items += [[f"{one.arg}=", *self.pieces(one.value)] for one in node.keywords]
        function = [node.func.id] if isinstance(node.func, ast.Name) else self.pieces(node.func)
        return [*function, "(", *_separated(items), ")"]

    def adapted(self, node: ast.Call) -> Pieces | None:
        """What an adapter makes of its argument; it gets other parameters that it names as arguments, too."""
        assert isinstance(node.func, ast.Name)
        others = (self.arguments.get(one.id, one) if isinstance(one, ast.Name) else one for one in node.args[1:])
        seen = {"call": self.arguments} if node.keywords else {}
        return adapters()[node.func.id](self.argument(node.args[0]), self.writing, *others, **seen)

    def argument(self, node: ast.expr) -> Argument:
        """The argument that a name of the template stands for."""
        if not isinstance(node, ast.Name) or node.id not in self.arguments:
            raise RowError(f"`{ast.unparse(node)}` is not a parameter")
        return self.arguments[node.id]

    def operation(self, node: ast.expr) -> list[str | Slot]:
        """An operation on arguments and numbers."""
        pieces: list[str | Slot] = []
        for part in re.split(r"\b(\w+)\b", ast.unparse(node)):
            argument = self.arguments.get(part)
            if argument is None:
                pieces.append(part)
            elif isinstance(argument.node, _ATOMS):
                pieces += argument.pieces
            else:
                pieces += ["(", *argument.pieces, ")"]
        return pieces


def _separated(items: list[list[str | Slot]]) -> list[str | Slot]:
    separated: list[str | Slot] = []
    for item in items:
        separated += [", ", *item] if separated else item
    return separated
