"""Scopes while they are being interpreted, and the state that forks and joins with the paths through the code."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field

from kerasfix.flow.facts import ModuleFacts
from kerasfix.flow.values import Api, Class, External, ListRef, Module, Role, Value, join, union
from kerasfix.names.canonical import canonical, keras_root
from kerasfix.names.exports import exports


@dataclass(frozen=True, slots=True)
class ListState:
    """What a list holds at one point: `items` where all are known, else the kind of its elements."""

    items: tuple[Value, ...] | None
    element: Value
    least: int

    @property
    def minimum(self) -> int:
        """The proven minimum of its length."""
        return self.least if self.items is None else len(self.items)

    @property
    def any(self) -> Value:
        """What an element of it is, whichever."""
        return union(self.items) if self.items is not None else self.element


def join_lists(left: ListState, right: ListState) -> ListState:
    """What a list holds where two paths meet."""
    if left == right:
        return left
    if left.items is not None and right.items is not None and len(left.items) == len(right.items):
        return ListState(tuple(map(join, left.items, right.items)), left.element, left.least)
    # An empty list says nothing about its elements.
    known = [state.any for state in (left, right) if state.items != ()]
    return ListState(None, union(known), min(left.least, right.least))


Changes = dict[ListRef, ListState]


class Heap:
    """What the lists hold. Writes are journalled, so that trying a path costs no more than what the path changes."""

    def __init__(self) -> None:
        self._states: dict[ListRef, ListState] = {}
        self._journals: list[dict[ListRef, ListState | None]] = []

    def get(self, ref: ListRef) -> ListState | None:
        """What a list holds now."""
        return self._states.get(ref)

    def set(self, ref: ListRef, state: ListState) -> None:
        """Change what a list holds."""
        if self._journals:
            self._journals[-1].setdefault(ref, self._states.get(ref))
        self._states[ref] = state

    def begin(self) -> int:
        """Start a path; the number tells `changes` since when to look."""
        self._journals.append({})
        return len(self._journals) - 1

    @property
    def depth(self) -> int:
        """How many paths are being tried, one within the other."""
        return len(self._journals)

    def changes(self, since: int) -> Changes:
        """What the lists that changed since a path began hold now."""
        return {ref: self._states[ref] for journal in self._journals[since:] for ref in journal if ref in self._states}

    def end(self) -> None:
        """Leave a path: all lists hold again what they held before it."""
        for ref, state in self._journals.pop().items():
            if state is None:
                self._states.pop(ref, None)
            else:
                self._states[ref] = state

    def apply(self, changes: Changes) -> None:
        """Take over what a path has changed."""
        for ref, state in changes.items():
            self.set(ref, state)

    def join(self, paths: list[Changes]) -> Changes:
        """What the lists hold where paths that began here meet."""
        joined: Changes = {}
        counts: dict[ListRef, int] = {}
        for path in paths:
            for ref, state in path.items():
                known = joined.get(ref)
                joined[ref] = state if known is None else join_lists(known, state)
                counts[ref] = counts.get(ref, 0) + 1
        for ref, count in counts.items():
            before = self._states.get(ref) if count < len(paths) else None
            if before is not None:
                joined[ref] = join_lists(joined[ref], before)
        return joined


End = tuple[dict[str, Value], Changes]  # the names and the changed lists at the end of a path


@dataclass(eq=False, slots=True)
class Loop:
    """A loop while its body runs: since when, in journals of the heap, and the states at `break` and `continue`."""

    since: int = 0
    ends: list[End] = field(default_factory=list)
    broken: bool = False  # has a `break`


@dataclass(eq=False)
class ModuleState:
    """One file of the project while it is interpreted."""

    facts: ModuleFacts
    vars: dict[str, Value] = field(default_factory=dict)
    stars: list[str] = field(default_factory=list)  # the modules of Keras whose names star imports bring
    done: bool = False

    @property
    def path(self) -> str:
        """The file's path."""
        return self.facts.path

    def star(self, name: str) -> Value | None:
        """What a name means that only a star import can have bound."""
        for module in reversed(self.stars):
            if (value := star_value(module, name)) is not None:
                return value
        return None


def star_value(module: str, name: str) -> Value | None:
    """What a star import of a module of Keras, or of TensorFlow, binds a name to."""
    target = canonical(module)
    if module == "tensorflow" and name == "keras":
        return Module("keras", "tensorflow.keras")
    if target is None or name not in exports(module):
        return None
    root = keras_root(module) or "keras"
    if target == "keras":
        return Module(f"keras.{name}", root)
    return Api(canonical(f"{module}.{name}") or name, root)


class Frame:
    """A scope: a module's, a class body's, or one run of a function."""

    __slots__ = (
        "chain",
        "depth",
        "exits",
        "guard",
        "is_class",
        "is_comprehension",
        "module",
        "outer",
        "owner",
        "owners",
        "parent",
        "repeated",
        "returns",
        "role",
        "vars",
        "yielded",
        "yields",
    )

    def __init__(
        self,
        module: ModuleState,
        parent: Frame | None = None,
        *,
        role: Role = Role.MODEL,
        guard: int = 0,
        depth: int = 0,
        chain: frozenset[ast.AST] = frozenset(),
        repeated: bool = False,
        is_class: bool = False,
    ) -> None:
        self.module = module
        self.parent = parent
        self.vars: dict[str, Value] = {} if parent is not None else module.vars
        self.role = role
        self.guard = guard  # how many version tests enclose the statement
        self.depth = depth  # of calls
        self.chain = chain  # the functions being interpreted
        self.repeated = repeated
        self.is_class = is_class
        self.returns: list[Value] = []
        self.yields = False  # a generator
        self.yielded: list[Value] = []
        self.exits: list[Loop] = []  # the loops around the statement
        self.owner: Class | None = None  # of the method that runs
        self.is_comprehension = False
        self.owners: set[str] = set()  # names of which an attribute was assigned
        self.outer: set[str] = set()  # names declared global or nonlocal

    def lookup(self, name: str) -> Value | None:
        """The value of a name: here, in the enclosing functions, in the module, from a star import."""
        frame: Frame | None = self
        while frame is not None:
            if name in frame.vars and (frame is self or not frame.is_class):
                return frame.vars[name]
            frame = frame.parent
        if name in self.module.vars:
            return self.module.vars[name]
        return self.module.star(name)

    def bind(self, name: str, value: Value) -> None:
        """Assign a name in this scope, or in the outer one that it was declared to belong to."""
        if name in self.outer:
            frame = self.parent
            while frame is not None and name not in frame.vars:
                frame = frame.parent
            target = frame.vars if frame is not None else self.module.vars
            target[name] = join(target[name], value) if name in target else value
            return
        self.vars[name] = value
        if name in self.owners:
            # What was known of `name.attribute` belonged to the old value.
            prefix = name + "."
            for key in [key for key in self.vars if key.startswith(prefix)]:
                del self.vars[key]

    def bind_attribute(self, dotted: str, value: Value) -> None:
        """Note the value of `name.attribute`."""
        self.owners.add(dotted.partition(".")[0])
        self.vars[dotted] = value


def join_vars(left: dict[str, Value], right: dict[str, Value]) -> dict[str, Value]:
    """The names after two paths; a name that only one path binds keeps that path's value."""
    if left == right:
        return left
    joined = dict(left)
    for name, value in right.items():
        mine = joined.get(name)
        if mine is None:
            # `model.output` forgotten on one path must not come back from the other.
            if "." not in name:
                joined[name] = value
        elif mine is not value:
            joined[name] = join(mine, value)
    for name in [name for name in left if "." in name and name not in right]:
        del joined[name]
    return joined


def external(name: str, root: str | None = None) -> Value:
    """The value of a dotted path into a library that is not Keras."""
    return Module(name, root) if name in ("tensorflow", "tensorflow.contrib", "tensorflow.python") else External(name)
