"""Which code makes models, and which code runs which: over all files of a group."""

from __future__ import annotations

import ast
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from kerasfix.flow.facts import CallSeen, ModuleFacts
from kerasfix.flow.values import Api, Class, Function, Method, Model, Role, Value, options
from kerasfix.source.syntax import child_nodes
from kerasfix.verify.find.scenario import MODULE
from kerasfix.verify.find.watching import Watched

Definition = ast.FunctionDef | ast.AsyncFunctionDef
# Code that runs as one: a function, a module where it is imported, what a module does only where it is run.
Scope = Definition | ast.Module | ast.If

_MODELS = frozenset(
    [
        "keras.models.Model",
        "keras.models.Functional",
        "keras.models.Sequential",
        "keras.models.Graph",
        "keras.layers.Sequential",  # of `keras.layers.containers`
        "keras.layers.Graph",
    ]
)
_LOADERS = frozenset(
    ["load_model", "model_from_json", "model_from_yaml", "model_from_config", "clone_model"],
)
_APPLICATIONS = "keras.applications."
_WRAPPERS = "keras.wrappers."
_TRAINS = frozenset(["fit", "fit_generator", "train_on_batch"])


@dataclass(eq=False)
class Graph:
    """What was found of a group."""

    watched: Watched
    makes: dict[Scope, set[ast.AST]] = field(default_factory=dict)  # the code that makes models of its own
    ready: set[Scope] = field(default_factory=set)  # the code that makes one of `keras.applications`
    loads: set[Scope] = field(default_factory=set)  # the code that loads a model from a file
    trains: set[Scope] = field(default_factory=set)
    runs: dict[Scope, set[Scope]] = field(default_factory=dict)
    facts: dict[Scope, ModuleFacts] = field(default_factory=dict)
    guards: dict[ModuleFacts, list[ast.If]] = field(default_factory=dict)
    subclassing: set[Definition] = field(default_factory=set)  # constructors of what derives from a model of Keras

    def reach(self, starts: Iterable[Scope]) -> list[Scope]:
        """All the code that runs where `starts` run, in the order in which it is met."""
        seen: dict[Scope, None] = {}
        stack = list(starts)
        while stack:
            scope = stack.pop()
            if scope not in seen:
                seen[scope] = None
                stack.extend(self.runs.get(scope, ()))
        return list(seen)

    def makers(self, starts: Sequence[Scope]) -> tuple[Scope, ...]:
        """The code that makes models where `starts` run. A class of models is made by the code that calls it."""
        reached = self.reach(starts)
        return tuple(one for one in reached if one in self.makes and (one not in self.subclassing or one in starts))

    def script(self, facts: ModuleFacts) -> list[Scope]:
        """What runs first where a file is run as a script."""
        return [facts.tree, *self.guards.get(facts, ())]

    def names_when_run(self, facts: ModuleFacts) -> frozenset[str]:
        """The names that a module has only when it is run as a script."""
        guards = self.guards.get(facts, [])
        rest = (node for node in facts.tree.body if node not in guards)
        return frozenset(name for guard in guards for name in _bound(guard)) - {
            name for node in rest for name in _bound(node)
        }

    def imported(self, facts: ModuleFacts) -> list[ModuleFacts]:
        """A file and those of the project that it imports, directly or not."""
        return [self.facts[module] for module in self._reach_modules(facts.tree)]

    def _reach_modules(self, start: ast.Module) -> Iterator[ast.Module]:
        seen: set[ast.Module] = set()
        stack = [start]
        while stack:
            module = stack.pop(0)
            if module not in seen:
                seen.add(module)
                yield module
                stack.extend(one for one in self.runs.get(module, ()) if isinstance(one, ast.Module))

    def builders(self) -> set[Scope]:
        """The code that makes a model, or runs code that does."""
        callers: dict[Scope, set[Scope]] = {}
        for scope, others in self.runs.items():
            for other in others:
                callers.setdefault(other, set()).add(scope)
        found: set[Scope] = set()
        stack = list(self.makes)
        while stack:
            scope = stack.pop()
            if scope not in found:
                found.add(scope)
                stack.extend(callers.get(scope, ()))
        return found

    def qualified(self, scope: Scope) -> str:
        """The name of a piece of code, as Python has it in `__qualname__`."""
        if not isinstance(scope, Definition):
            return MODULE
        names = [scope.name]
        node = self.facts[scope].parents.get(scope)
        while node is not None:
            if isinstance(node, Definition):
                names += ["<locals>", node.name]
            elif isinstance(node, ast.ClassDef):
                names.append(node.name)
            node = self.facts[scope].parents.get(node)
        return ".".join(reversed(names))


def graph_of(watched: Watched) -> Graph:
    """The graph of a group."""
    graph = Graph(watched)
    for facts in watched.states:
        graph.guards[facts] = [node for node in facts.tree.body if is_main_guard(node) and isinstance(node, ast.If)]
        for scope in (facts.tree, *graph.guards[facts], *facts.nodes(ast.FunctionDef, ast.AsyncFunctionDef)):
            graph.facts[scope] = facts
    wrapped = frozenset(_wrapped(watched))
    for facts in watched.states:
        _of_calls(graph, facts, wrapped)
        _of_classes(graph, facts)
        for module in _imported(watched, facts):
            graph.runs.setdefault(facts.tree, set()).add(module.tree)
        _of_handed_on(graph, facts)
    _of_callers(graph)
    for scope, others in list(graph.runs.items()):
        for other in others.intersection(graph.subclassing):
            graph.makes.setdefault(scope, set()).add(other)
    return graph


def is_main_guard(node: ast.AST) -> bool:
    """Whether a statement is `if __name__ == '__main__':`."""
    if not isinstance(node, ast.If):
        return False
    return any(isinstance(part, ast.Name) and part.id == "__name__" for part in ast.walk(node.test))


def scope_of(facts: ModuleFacts, node: ast.AST) -> Scope:
    """The code that an expression is in; that of a lambda is counted as that around it."""
    inner, parent = node, facts.parents.get(node)
    while parent is not None:
        if isinstance(parent, Definition) and inner in parent.body:
            return parent
        if isinstance(parent, ast.If) and inner in parent.body and parent in facts.tree.body and is_main_guard(parent):
            return parent
        inner, parent = parent, facts.parents.get(parent)
    return facts.tree


def _bound(node: ast.AST) -> Iterator[str]:
    """The names that a statement of a module binds."""
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        yield node.name
        return
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
        yield node.id
    elif isinstance(node, ast.alias):
        yield node.asname or node.name.partition(".")[0]
    for child in child_nodes(node):
        yield from _bound(child)


def _of_calls(graph: Graph, facts: ModuleFacts, wrapped: frozenset[ast.AST]) -> None:
    for call, looks in facts.calls.items():
        kind = _kind_of(looks, wrapped)
        if kind is None:
            continue
        scope = scope_of(facts, call)
        if kind == "makes":
            graph.makes.setdefault(scope, set()).add(call)
        else:
            {"ready": graph.ready, "loads": graph.loads, "trains": graph.trains}[kind].add(scope)


def _kind_of(looks: list[CallSeen], wrapped: frozenset[ast.AST]) -> str | None:
    """What a call does that matters here."""
    for look in looks:
        for callee in options(look.callee):
            if isinstance(callee, Method) and isinstance(callee.owner, Model) and callee.name in _TRAINS:
                return "trains"
            # A loss or a layer that makes a model for itself.
            if look.role is Role.LAYER or (look.role is Role.LAMBDA and wrapped.isdisjoint(look.chain)):
                continue
            if isinstance(callee, Class) and derives_from_model(callee):
                return "makes"
            if not isinstance(callee, Api):
                continue
            module, _, name = callee.name.rpartition(".")
            if callee.name in _MODELS:
                return "makes"
            if module == "keras.models" and name in _LOADERS:
                return "loads"
            if callee.name.startswith(_APPLICATIONS) and name[:1].isupper():
                return "ready"
    return None


def _wrapped(watched: Watched) -> Iterator[ast.AST]:
    """The functions that `KerasClassifier` and its like are given to make models with."""
    for facts in watched.states:
        for looks in facts.calls.values():
            for look in looks:
                if isinstance(look.callee, Api) and look.callee.name.startswith(_WRAPPERS):
                    for value in (*look.args, *(value for _, value in look.keywords)):
                        yield from _functions(value)


def derives_from_model(cls: Class) -> bool:
    """Whether a class of the project is a model of Keras."""
    return isinstance(cls.info.base, Api) and cls.info.base.name in _MODELS


def _of_classes(graph: Graph, facts: ModuleFacts) -> None:
    """The constructors of what derives from a model of Keras make models."""
    for node, cls in facts.classes.items():
        init = cls.info.methods.get("__init__")
        if init is None or not derives_from_model(cls) or not isinstance(init.node, Definition):
            continue
        graph.makes.setdefault(init.node, set()).add(node)
        graph.subclassing.add(init.node)


def _of_callers(graph: Graph) -> None:
    callers = next((facts.callers for facts in graph.watched.facts.values()), {})
    for function, calls in callers.items():
        if isinstance(function, Definition):
            for call, facts in calls.items():
                _runs(graph, facts, call, function)


def _runs(graph: Graph, facts: ModuleFacts, call: ast.AST, function: Scope) -> None:
    graph.runs.setdefault(scope_of(facts, call), set()).add(function)


def _of_handed_on(graph: Graph, facts: ModuleFacts) -> None:
    """`KerasClassifier(build)`, `tf.app.run(main)`, `Thread(target=train)`: what is handed on is run, too."""
    names = graph.watched.states[facts].vars
    for call in facts.nodes(ast.Call):
        for argument in (*call.args, *(keyword.value for keyword in call.keywords)):
            if isinstance(argument, ast.Name):
                for function in _functions(names.get(argument.id)):
                    _runs(graph, facts, call, function)
        if not call.args and _dotted(call.func).endswith("app.run"):  # of TensorFlow and absl: it runs `main`
            for function in _functions(names.get("main")):
                _runs(graph, facts, call, function)


def _functions(value: Value | None) -> Iterator[Definition]:
    for option in options(value) if value is not None else ():
        if isinstance(option, Function) and isinstance(option.node, Definition):
            yield option.node


def _dotted(node: ast.expr) -> str:
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    return ".".join([node.id, *reversed(parts)]) if isinstance(node, ast.Name) else ""


def dotted_imports(facts: ModuleFacts, *nodes: ast.Import | ast.ImportFrom) -> Iterator[str]:
    """The dotted names that imports of a file name, all of them or some; without those that begin with a dot."""
    for node in nodes or facts.nodes(ast.Import, ast.ImportFrom):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif not node.level and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _imported(watched: Watched, facts: ModuleFacts) -> Iterator[ModuleFacts]:
    """The files of the group that a file imports as it begins to run."""
    finder, path = watched.project.finder, os.path.abspath(facts.path)
    for node in facts.nodes(ast.Import, ast.ImportFrom):
        if scope_of(facts, node) is not facts.tree:
            continue
        level = node.level if isinstance(node, ast.ImportFrom) else 0
        dotted = list(dotted_imports(facts, node))
        if isinstance(node, ast.ImportFrom) and level:
            module = node.module or ""
            dotted = [module, *(f"{module}.{alias.name}" if module else alias.name for alias in node.names)]
        for name in dotted:
            found = finder.find(path, name, level)
            module_facts = watched.module(found) if found is not None else None
            if module_facts is not None and module_facts is not facts:
                yield module_facts
