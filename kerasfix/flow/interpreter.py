"""Runs the modules of a project on abstract values, and keeps what they share: lists, looks at functions, facts.

What statements do is in `statements.py`, expressions are in `expressions.py`, calls in `calls.py`, what Keras' own
functions do in `keras_calls.py`.
"""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import replace

from kerasfix.flow import cases, expressions
from kerasfix.flow.facts import CallSeen, FunctionNode, Keywords, ModuleFacts
from kerasfix.flow.frame import Frame, Heap, ListState, ModuleState
from kerasfix.flow.paths import leaves_one_version
from kerasfix.flow.statements import STATEMENTS
from kerasfix.flow.values import (
    UNKNOWN,
    Api,
    Cases,
    Class,
    Const,
    DictValue,
    Function,
    Instance,
    Items,
    LayerList,
    ListRef,
    Model,
    Origin,
    Role,
    Tensor,
    Union,
    Value,
    Version,
    join,
    options,
    tensors,
    union,
)

_MAX_DEPTH = 16  # of calls within calls
_MAX_LOOKS = 24  # at one function, each with other arguments
_WORD = re.compile(r"\w+")
_MAX_ITEMS = 256  # of a list that are told apart
# Classes of Keras whose methods are no model code, besides layers.
_INNER_FAMILIES = (
    "callbacks",
    "optimizers",
    "regularizers",
    "constraints",
    "initializations",
    "initializers",
    "metrics",
)
_INNER_FAMILIES_DOTTED = tuple(f"keras.{family}." for family in (*_INNER_FAMILIES, "losses"))


class Interpreter:
    """One run over modules that belong together. Facts go into each module's `facts`.

    `find_module` gives the state of a module of the project by its importer and dotted name, or None. `watched` are
    dotted names of functions, besides Keras' own, whose calls are taken down.
    """

    def __init__(
        self,
        find_module: Callable[[ModuleState, str, int], ModuleState | None],
        watched: frozenset[str] = frozenset(),
    ) -> None:
        self.find_module = find_module
        self.watched = watched
        self.heap = Heap()
        self.taking: set[ListRef] = set()  # lists whose snapshots are being taken
        self.serial = 0
        self.budget = 400_000  # statements: far more than honest code needs, and an end to the rest
        self.functions: dict[FunctionNode, Function] = {}
        self.looks: dict[FunctionNode, dict[object, Value]] = {}
        self.classes: list[Class] = []
        self.sinks: dict[ast.Call, set[str]] = {}
        self.callers: dict[FunctionNode, dict[ast.Call, ModuleFacts]] = {}
        self.cases: dict[FunctionNode, list[Cases]] = {}  # of tests

    # -- modules

    def run(self, states: Iterable[ModuleState]) -> None:
        """Interpret modules from top to bottom, then every function that nothing has called."""
        states = list(states)
        for state in states:
            self.run_module(state)
        checked = set(states)
        done_methods: set[ast.AST] = set()
        tried: set[ast.AST] = set()  # each function once, so that this comes to an end
        mentions: Counter[str] = Counter()
        while True:
            pending = [
                function
                for node, function in self.functions.items()
                if node not in self.looks and node not in tried and function.frame.module in checked
            ]
            classes = [cls for cls in self.classes if cls.node not in done_methods and cls.info.module in checked]
            if not pending and not classes:
                return
            mentions = mentions or _mentions(states)
            for cls in classes:
                done_methods.add(cls.node)
                self._run_methods(cls, mentions)
            # First those that nothing mentions: they show what the others are for.
            for function in sorted(pending, key=lambda function: _is_mentioned(function, mentions)):
                tried.add(function.node)
                if function.node not in self.looks:
                    self._run_uncalled(function)

    def run_module(self, state: ModuleState) -> None:
        """Interpret a module once; importing it again does nothing."""
        if state.done:
            return
        state.done = True
        self.block(state.facts.tree.body, Frame(state))

    def _run_methods(self, cls: Class, mentions: Counter[str]) -> None:
        methods = cls.info.methods.items()
        ordered = sorted(methods, key=lambda item: (item[0] != "__init__", _is_mentioned(item[1], mentions)))
        for _, method in ordered:
            if method.node not in self.looks:
                self._run_uncalled(method)

    def _run_uncalled(self, function: Function) -> None:
        owner = function.owner
        role = self.role_of_method(owner, function) if owner else function.frame.role
        args: list[Value] = []
        parameters = [*function.node.args.posonlyargs, *function.node.args.args]
        inner = owner is not None and owner.info.layer_like
        for position in range(len(parameters)):
            if position == 0 and owner is not None and not _is_static(function.node):
                args.append(Instance(owner))
            elif inner and getattr(function.node, "name", "") == "call" and position == 1:
                args.append(Union((Tensor(Origin.INNER), UNKNOWN)))
            else:
                args.append(UNKNOWN)
        several = self.cases.get(function.node)
        known = list(cases.keywords_of(several)) if several else []
        if known:
            self_ = tuple(args[:1]) if owner is not None and not _is_static(function.node) else ()
            for keywords in known:
                self.call_function(function, self_, keywords, role, function.frame, uncalled=True)
            return
        self.call_function(function, tuple(args), (), role, function.frame, uncalled=True)

    def role_of_method(self, owner: Class, function: Function) -> Role:
        """Where a method's code runs."""
        info = owner.info
        name = getattr(function.node, "name", "")
        if info.layer_like:
            return Role.LAYER
        if isinstance(info.base, Api):
            if info.base.name.startswith("keras.models."):
                return Role.LAYER if name == "call" else Role.MODEL
            if info.base.name.startswith(_INNER_FAMILIES_DOTTED):
                return Role.LAMBDA
        return Role.MODEL

    # -- functions

    def call_function(
        self,
        function: Function,
        args: tuple[Value, ...],
        keywords: Keywords,
        role: Role,
        caller: Frame,
        *,
        uncalled: bool = False,
        starred: bool = False,
    ) -> Value:
        """What a call of a function of the project returns; the facts of its body are taken down on the way."""
        node = function.node
        if node in caller.chain or (caller.depth >= _MAX_DEPTH and not uncalled):
            return UNKNOWN
        looks = self.looks.setdefault(node, {})
        guard = (bool(caller.guard) and not uncalled) or function.guarded
        key = (
            self._frozen(args),
            self._frozen(value for _, value in keywords),
            tuple(k for k, _ in keywords),
            role,
            guard,
        )
        if key in looks:
            return looks[key]
        if len(looks) >= _MAX_LOOKS or (self.budget <= 0 and looks):
            return UNKNOWN
        looks[key] = UNKNOWN
        frame = Frame(
            function.frame.module,
            function.frame,
            role=role,
            guard=int(guard),
            depth=1 if uncalled else caller.depth + 1,
            chain=caller.chain | {node},
            repeated=True,
        )
        frame.owner = function.owner
        self._bind_parameters(function, args, keywords, frame, unknown=uncalled or starred)
        if isinstance(node, ast.Lambda):
            result = self.eval(node.body, frame)
        else:
            falls = self.block(node.body, frame)
            if falls:
                frame.returns.append(Const(None))
            result = union(frame.returns)
            if frame.yields:
                result = Items(None, union(frame.yielded), 0)
        looks[key] = result
        return result

    def _frozen(self, values: Iterable[Value]) -> tuple[Value, ...]:
        """Values as a key: lists by what they hold now."""
        return tuple(self.snapshot(value) for value in values)

    def snapshot(self, value: Value) -> Value:
        """A list as the items it holds now; other values as they are."""
        if isinstance(value, ListRef):
            state = self.heap.get(value)
            if state is None or value in self.taking:  # what a list that holds itself has in it is not known
                return UNKNOWN
            self.taking.add(value)
            items = None if state.items is None else tuple(map(self.snapshot, state.items))
            element = self.snapshot(state.element) if items is None else UNKNOWN
            self.taking.remove(value)
            return Items(items, element, state.least)
        if isinstance(value, Model) and value.kind == "Sequential":
            return Model(value.kind, value.site, value.inputs, self.outputs_of(value))
        if isinstance(value, Union) and any(isinstance(option, ListRef) for option in value.options):
            return union(self.snapshot(option) for option in value.options)
        return value

    def outputs_of(self, model: Model) -> tuple[Value, ...]:
        """The outputs of a model as they are now; none if they are not known."""
        if model.outputs or model.kind != "Sequential":
            return model.outputs
        state = self.heap.get(model.output_ref)
        return state.items or () if state is not None else ()

    def _bind_parameters(
        self, function: Function, args: tuple[Value, ...], keywords: Keywords, frame: Frame, *, unknown: bool
    ) -> None:
        spec = function.node.args
        positional = [*spec.posonlyargs, *spec.args]
        given = {name: value for name, value in keywords if name is not None}
        loose = unknown or any(name is None for name, _ in keywords)
        defaults: dict[str, ast.expr] = {}
        for parameter, default in zip(reversed(positional), reversed(spec.defaults)):
            defaults[parameter.arg] = default
        for parameter, maybe in zip(spec.kwonlyargs, spec.kw_defaults):
            if maybe is not None:
                defaults[parameter.arg] = maybe
        for position, parameter in enumerate(positional):
            name = parameter.arg
            if position < len(args):
                frame.vars[name] = args[position]
            elif name in given:
                frame.vars[name] = given.pop(name)
            else:
                frame.vars[name] = self._default(defaults.get(name), function, loose)
        for parameter in spec.kwonlyargs:
            name = parameter.arg
            frame.vars[name] = given.pop(name) if name in given else self._default(defaults.get(name), function, loose)
        if spec.vararg:
            rest = args[len(positional) :]
            frame.vars[spec.vararg.arg] = Items(None, UNKNOWN, 0) if loose else Items(rest, UNKNOWN, len(rest))
        if spec.kwarg:
            entries = () if loose else tuple(given.items())
            frame.vars[spec.kwarg.arg] = DictValue(entries, parameter=function.node)

    def _default(self, default: ast.expr | None, function: Function, loose: bool) -> Value:
        if default is None or loose:
            return UNKNOWN
        return self.eval(default, function.frame)

    # -- statements

    def block(self, body: list[ast.stmt], frame: Frame) -> bool:
        """Interpret statements; False if the end is not reached. Code after the end is looked at all the same."""
        falls = True
        guards = 0
        for statement in body:
            self.budget -= 1
            handler = STATEMENTS.get(type(statement))
            if handler is not None and handler(self, statement, frame) is False:
                falls = False
            if isinstance(statement, ast.If) and leaves_one_version(statement, frame):
                guards += 1
                frame.guard += 1
        frame.guard -= guards
        return falls

    def eval(self, node: ast.expr, frame: Frame) -> Value:
        """The abstract value of an expression."""
        handler = expressions.HANDLERS.get(type(node))
        return handler(self, node, frame) if handler is not None else UNKNOWN

    def assign(self, target: ast.expr, value: Value, frame: Frame) -> None:
        """Bind a target (a name, an attribute, a tuple of targets) to a value."""
        if isinstance(target, ast.Name):
            frame.bind(target.id, value)
        elif isinstance(target, ast.Attribute):
            self._assign_attribute(target, value, frame)
        elif isinstance(target, (ast.Tuple, ast.List)):
            self._unpack(target.elts, value, frame)
        elif isinstance(target, ast.Starred):
            self.assign(target.value, Items(None, UNKNOWN, 0), frame)
        elif isinstance(target, ast.Subscript):
            self._assign_item(target, value, frame)

    def _assign_attribute(self, target: ast.Attribute, value: Value, frame: Frame) -> None:
        owner = self.eval(target.value, frame)
        expressions.see_attribute(target, owner, frame)
        dotted = expressions.dotted(target)
        if dotted is not None:
            frame.bind_attribute(dotted, value)
        for option in options(owner):
            if isinstance(option, (Instance, Class)):
                info = option.cls.info if isinstance(option, Instance) else option.info
                stored = self.snapshot(value) if isinstance(value, ListRef) else value
                known = info.attributes.get(target.attr)
                info.attributes[target.attr] = stored if known is None else join(known, stored)

    def _assign_item(self, target: ast.Subscript, value: Value, frame: Frame) -> None:
        owner = self.eval(target.value, frame)
        key = self.eval(target.slice, frame)
        if isinstance(owner, ListRef) and (state := self.heap.get(owner)) is not None:
            given, least = value, state.minimum
            if isinstance(target.slice, ast.Slice):
                given, least = self.element(value), 0
            self.heap.set(owner, ListState(None, union([state.any, given] if state.items != () else [given]), least))
        elif isinstance(owner, DictValue) and isinstance(target.value, ast.Name):
            if isinstance(key, Const) and isinstance(key.value, (str, int)):
                entries = tuple(entry for entry in owner.entries if entry[0] != key.value)
                frame.bind(target.value.id, replace(owner, entries=(*entries, (key.value, value))))
            else:
                known = [entry for _, entry in owner.entries]
                if owner.element is not UNKNOWN:
                    known.append(owner.element)
                frame.bind(target.value.id, replace(owner, entries=(), element=union([*known, value])))

    def _unpack(self, targets: list[ast.expr], value: Value, frame: Frame) -> None:
        items = self.items(value)
        if items is not None and len(items) == len(targets) and not any(isinstance(t, ast.Starred) for t in targets):
            for target, item in zip(targets, items):
                self.assign(target, item, frame)
            return
        element = self.element(value)
        for target in targets:
            self.assign(target, element, frame)

    def items(self, value: Value) -> tuple[Value, ...] | None:
        """The items of a tuple or list where all are known."""
        if isinstance(value, ListRef):
            state = self.heap.get(value)
            return state.items if state else None
        if isinstance(value, Items):
            return value.items
        if isinstance(value, Union):
            several = [self.items(option) for option in value.options]
            if all(items is not None and len(items) == len(several[0] or ()) for items in several):
                return tuple(union(column) for column in zip(*[items or () for items in several]))
        return None

    def element(self, value: Value) -> Value:
        """What iterating over a value gives."""
        if isinstance(value, ListRef):
            state = self.heap.get(value)
            return state.any if state else UNKNOWN
        if isinstance(value, Items):
            return union(value.items) if value.items is not None else value.element
        if isinstance(value, Union):
            return union(self.element(option) for option in value.options)
        if isinstance(value, LayerList):
            return expressions.ANY_LAYER
        if isinstance(value, DictValue):
            return union(Const(key) for key, _ in value.entries) if value.entries else UNKNOWN
        return value if isinstance(value, Version) else UNKNOWN

    def least(self, value: Value) -> int:
        """The proven minimum of the length of a list or tuple."""
        if isinstance(value, ListRef):
            state = self.heap.get(value)
            if state is None:
                return 0
            return len(state.items) if state.items is not None else state.least
        if isinstance(value, Items):
            return len(value.items) if value.items is not None else value.least
        if isinstance(value, Union):
            return min(self.least(option) for option in value.options)
        return 0

    def new_list(self, site: ast.AST, state: ListState) -> ListRef:
        """A new list in the heap."""
        self.serial += 1
        ref = ListRef(site, self.serial)
        self.heap.set(ref, state)
        return ref

    def extend_list(self, target: ListRef, addition: Value) -> None:
        """`target += addition`, `target.extend(addition)`."""
        state = self.heap.get(target)
        if state is None:
            return
        items, more = state.items, self.items(addition)
        least = self.least(target) + self.least(addition)
        if items is not None and more is not None and len(items) + len(more) <= _MAX_ITEMS:
            self.heap.set(target, ListState((*items, *more), UNKNOWN, least))
            return
        known = [state.any] if items != () else []
        self.heap.set(target, ListState(None, union([*known, self.element(addition)]), least))

    # -- what is taken down

    def record_call(self, node: ast.Call, seen: CallSeen, frame: Frame) -> None:
        """Take down one look at a call."""
        looks = frame.module.facts.calls.setdefault(node, [])
        if len(looks) < 64:
            looks.append(seen)

    def consume(self, value: Value, sink: str) -> None:
        """The results of backend calls in `value` end in a model, in a graph of their own, or in code not seen."""
        snapshot = self.snapshot(value)
        for tensor in tensors(snapshot):
            for call in tensor.lost:
                self.sinks.setdefault(call, set()).add(sink)


def _mentions(states: list[ModuleState]) -> Counter[str]:
    """How often each word stands in the texts of modules."""
    return Counter(word for state in states for word in _WORD.findall(state.facts.index.text))


def _is_mentioned(function: Function, mentions: Counter[str]) -> bool:
    """Whether the name of a function stands anywhere but in its definition."""
    return mentions[getattr(function.node, "name", "")] > 1


def _is_static(node: FunctionNode) -> bool:
    decorators = getattr(node, "decorator_list", [])
    return any(isinstance(decorator, ast.Name) and decorator.id == "staticmethod" for decorator in decorators)
