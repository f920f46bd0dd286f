"""How many samples a generator of training data gives at once."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass

from kerasfix.checks._arguments import argument_node
from kerasfix.checks._scopes import Kind, Scope, definitions, scope_of
from kerasfix.flow.facts import FunctionNode, ModuleFacts
from kerasfix.flow.values import Const, Object, Value
from kerasfix.names.namer import root_name

_FLOWS = {
    "keras.preprocessing.image.ImageDataGenerator.flow": 2,
    "keras.preprocessing.image.ImageDataGenerator.flow_from_directory": 5,
}
_DEFAULT = 32  # of both
_NAMES = re.compile(r"(?:n_?|nb_?|num_?)?(?:mini_?)?batch(?:es)?_?(?:size|sz)?|bs|bsz", re.IGNORECASE)
_DEPTH = 4


@dataclass(frozen=True, slots=True)
class Batch:
    """The size of a batch as an expression that can stand where the generator is used."""

    text: str
    number: int | None = None
    assumes: str | None = None  # what has to be true so that the batches have this size


def batch_of(facts: ModuleFacts, node: ast.expr, value: Value, use: ast.AST) -> Batch | None:
    """The size of the batches that the generator `node`, an argument of the call `use`, gives; None if unknown."""
    return _Finder(facts, use).find(node, value, _DEPTH)


@dataclass
class _Finder:
    facts: ModuleFacts
    use: ast.AST

    def find(self, node: ast.expr, value: Value, depth: int) -> Batch | None:
        if isinstance(value, Object):
            return self.of_flow(value)
        if isinstance(node, ast.Name) and depth:
            return self.of_name(node, depth)
        if not isinstance(node, ast.Call):
            return None
        if isinstance(node.func, ast.Name) and node.func.id in ("zip", "izip") and node.args and depth:
            first = node.args[0]
            return self.find(first, self.facts.value_of_call(first), depth - 1)
        seen = self.facts.value_of_call(node)
        if isinstance(seen, Object):
            return self.of_flow(seen)
        return self.of_function(node)

    def of_name(self, node: ast.Name, depth: int) -> Batch | None:
        """What the name was bound to, if that is the same whichever way the code took."""
        found: set[Batch | None] = set()
        for one in definitions(node.id, node, self.facts):
            found.add(self.of_value(one.value, depth) if one.kind is Kind.VALUE else None)
        return found.pop() if len(found) == 1 else None

    def of_value(self, node: ast.expr | None, depth: int) -> Batch | None:
        return self.find(node, self.facts.value_of_call(node), depth - 1) if node is not None else None

    def of_flow(self, value: Object) -> Batch | None:
        position = _FLOWS.get(value.cls)
        if position is None or value.site is None:
            return None
        given = dict(value.keywords).get("batch_size")
        if given is None and position < len(value.args):
            given = value.args[position]
        if given is None:
            return Batch(str(_DEFAULT), _DEFAULT)
        node = argument_node(value.site, position, "batch_size") if value.site in self.facts.parents else None
        seen = self.visible(node, value.site) if node is not None else None
        if not isinstance(given, Const):
            return seen
        # As the code writes it, so that both change together.
        text = seen.text if seen is not None else str(given.value)
        return Batch(text, given.value) if isinstance(given.value, int) else None

    def of_function(self, call: ast.Call) -> Batch | None:
        """The batches of a generator function of the project, by its parameter that says how large they are."""
        function = next((function for function, calls in self.facts.callers.items() if call in calls), None)
        if function is None or isinstance(function, ast.Lambda) or not _yields(function):
            return None
        name = self.facts.index.source(call.func)
        found = self.given(function, call) or self.own(function, call) or self.free(function)
        if found is None:
            return None
        return Batch(found.text, found.number, f"`{name}` yields batches of {found.text}")

    def given(self, function: FunctionNode, call: ast.Call) -> Batch | None:
        spec = function.args
        names = [one.arg for one in (*spec.posonlyargs, *spec.args)]
        bound = names[1:] if names[:1] in (["self"], ["cls"]) and isinstance(call.func, ast.Attribute) else names
        sizes = [name for name in (*bound, *(one.arg for one in spec.kwonlyargs)) if _NAMES.fullmatch(name)]
        if len(sizes) != 1:
            return None
        node = argument_node(call, bound.index(sizes[0]) if sizes[0] in bound else -1, sizes[0])
        if node is not None:
            return self.visible(node, call)
        defaults = dict(zip(reversed(names), reversed(spec.defaults)))
        default = defaults.get(sizes[0])
        if isinstance(default, ast.Constant) and isinstance(default.value, int):
            return Batch(str(default.value), default.value)
        return None

    def own(self, function: FunctionNode, call: ast.Call) -> Batch | None:
        """An attribute of the object whose method the generator is: `data.train()` that reads `self.batch_size`."""
        if not isinstance(call.func, ast.Attribute) or not function.args.args:
            return None
        myself = function.args.args[0].arg
        read = {
            part.attr
            for part in ast.walk(function)
            if isinstance(part, ast.Attribute) and isinstance(part.value, ast.Name) and part.value.id == myself
        }
        names = [name for name in read if _NAMES.fullmatch(name)]
        owner = call.func.value
        if len(names) != 1 or not isinstance(owner, (ast.Name, ast.Attribute)):
            return None
        return Batch(f"{self.facts.index.source(owner)}.{names[0]}")

    def free(self, function: FunctionNode) -> Batch | None:
        """A name of the module, or of the function around, that the generator reads as the size of its batches."""
        read = {part.id for part in ast.walk(function) if isinstance(part, ast.Name) and _NAMES.fullmatch(part.id)}
        names = read - _local_names(function)
        if len(names) != 1:
            return None
        name = names.pop()
        outside = definitions(name, function, self.facts)
        return Batch(name) if outside and outside == definitions(name, self.use, self.facts) else None

    def visible(self, node: ast.expr, site: ast.AST) -> Batch | None:
        """An expression of another place, if it can be written where the generator is used."""
        if isinstance(node, ast.Constant):
            return Batch(str(node.value), node.value) if isinstance(node.value, int) else None
        if not isinstance(node, (ast.Name, ast.Attribute)):
            return None
        root = root_name(node)
        if root is None:
            return None
        here, there = scope_of(self.use, self.facts.parents), scope_of(site, self.facts.parents)
        if here is not there and root.id in _local_names(there, here):
            return None
        return Batch(self.facts.index.source(node))


def _local_names(*scopes: Scope) -> set[str]:
    """The names that functions bind themselves; those of a module can be seen everywhere."""
    names: set[str] = set()
    for scope in scopes:
        if isinstance(scope, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
            spec = scope.args
            names |= {one.arg for one in (*spec.posonlyargs, *spec.args, *spec.kwonlyargs)}
            names |= {
                part.id for part in ast.walk(scope) if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store)
            }
    return names


def _yields(function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    return any(isinstance(part, ast.Yield) for part in ast.walk(function))
