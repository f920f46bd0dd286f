"""Whether TensorFlow itself infers the static shape of a tensor, from how the code makes it.

A layer's `call` runs on tensors that have static shapes, and nearly every operation hands the shape on. What does not
is an operation whose sizes are computed by the graph: `K.reshape(x, K.shape(y))`, `tf.boolean_mask`, `tf.while_loop`.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from kerasfix.checks import Context
from kerasfix.checks._scopes import Definition, FunctionNode, Kind, class_of, definitions, own_nodes, parameters
from kerasfix.checks.internals._shaped_operations import MADE, SIZE_KEYWORDS, SIZED, TENSOR_COUNT, TENSOR_KEYWORDS
from kerasfix.flow.facts import ModuleFacts, per_file
from kerasfix.flow.values import Api, Layer, Model

_MAX_DEPTH = 12

# Weights that the layers of Keras make in `build`.
_WEIGHTS = frozenset("kernel bias gamma beta W b U recurrent_kernel moving_mean moving_variance embeddings".split())
_MAKES_WEIGHT = frozenset(["add_weight", "add_variable", "variable", "init", "inner_init", "Variable", "get_variable"])
_NUMBERS = frozenset("int len tuple list min max round range sum abs reversed sorted zip enumerate prod ceil".split())
_SHAPE_METHODS = frozenset(["get_shape", "as_list", "int_shape", "num_elements"])
_SHAPE_ATTRIBUTES = frozenset(["_keras_shape", "shape", "ndim", "output_shape", "input_shape"])
_GIVEN_METHODS = frozenset(["call", "__call__", "compute_mask", "step", "get_output_mask"])


@dataclass(slots=True)
class KnownShapes:
    """Answers for the code of one file. `given`: plain functions get their tensors from Keras (a `Lambda`'s)."""

    context: Context
    given: bool = False
    _busy: set[int] = field(default_factory=set)

    def of(self, node: ast.expr, bound: Mapping[str, bool] | None = None, depth: int = 0) -> bool:
        """Whether the static shape of a tensor is known as far as the tensors that Keras gives have theirs.

        `bound` says it of the parameters of a function that is being looked into.
        """
        if id(node) in self._busy:
            return True  # around a loop: what is known before it and handed on in it is known after it
        if depth > _MAX_DEPTH:
            return False
        self._busy.add(id(node))
        try:
            return self._of(node, bound or {}, depth + 1)
        finally:
            self._busy.discard(id(node))

    def _of(self, node: ast.expr, bound: Mapping[str, bool], depth: int) -> bool:
        if isinstance(node, ast.Constant):
            return True
        if isinstance(node, ast.Name):
            return self._name(node, bound, depth)
        if isinstance(node, ast.Attribute):
            return self._attribute(node, depth)
        if isinstance(node, ast.Call):
            return self._call(node, bound, depth)
        if isinstance(node, (ast.List, ast.Tuple)):
            return all(self.of(item, bound, depth) for item in node.elts)
        if isinstance(node, (ast.Starred, ast.NamedExpr)):
            return self.of(node.value, bound, depth)
        if isinstance(node, ast.BinOp):
            return all(self._tensor_or_number(part, bound, depth) for part in (node.left, node.right))
        if isinstance(node, ast.UnaryOp):
            return self.of(node.operand, bound, depth)
        if isinstance(node, ast.Compare):
            return all(self._tensor_or_number(part, bound, depth) for part in (node.left, *node.comparators))
        if isinstance(node, ast.IfExp):
            return self.of(node.body, bound, depth) and self.of(node.orelse, bound, depth)
        if isinstance(node, ast.Subscript):
            return self.of(node.value, bound, depth) and self._fixed_slices(node.slice)
        if isinstance(node, (ast.ListComp, ast.GeneratorExp)):
            return self.of(node.elt, bound, depth)
        return False

    def _fixed_slices(self, index: ast.expr) -> bool:
        parts = index.elts if isinstance(index, ast.Tuple) else [index]
        return all(
            self.sizes(bound) is True
            for part in parts
            if isinstance(part, ast.Slice)
            for bound in (part.lower, part.upper, part.step)
            if bound is not None
        )

    # -- names and attributes

    def _name(self, node: ast.Name, bound: Mapping[str, bool], depth: int) -> bool:
        found = definitions(node.id, node, self.context.facts)
        if not found:
            return False
        return all(self._definition(definition, node.id, bound, depth) for definition in found)

    def _definition(self, definition: Definition, name: str, bound: Mapping[str, bool], depth: int) -> bool:
        if definition.kind is Kind.PARAMETER:
            if name in bound:
                return bound[name]
            return self._is_given(definition.node, name)
        if definition.value is None:
            return False
        return self.of(definition.value, bound, depth) or self.sizes(definition.value) is True

    def _is_given(self, function: ast.AST, name: str) -> bool:
        """Whether a parameter is a tensor (or a list of them) that Keras hands in."""
        if isinstance(function, ast.Lambda):
            return True
        parents = self.context.facts.parents
        if isinstance(parents.get(function), ast.ClassDef):
            return isinstance(function, ast.FunctionDef) and function.name in _GIVEN_METHODS and name != "self"
        return self.given

    def _attribute(self, node: ast.Attribute, depth: int) -> bool:
        if not isinstance(node.value, ast.Name) or node.value.id != "self":
            return False
        owner = class_of(node, self.context.facts.parents)
        found = self._assigned(owner, node.attr)
        if not found:
            return node.attr in _WEIGHTS
        return all(_is_none(value) or self._makes_weight(value) or self.of(value, None, depth) for value in found)

    def _makes_weight(self, node: ast.expr) -> bool:
        if not isinstance(node, ast.Call):
            return False
        func = node.func
        name = func.attr if isinstance(func, ast.Attribute) else func.id if isinstance(func, ast.Name) else ""
        return name in _MAKES_WEIGHT

    # -- calls

    def _call(self, node: ast.Call, bound: Mapping[str, bool], depth: int) -> bool:
        looks = self.context.facts.calls.get(node, [])
        callees = {look.callee for look in looks}
        if callees and all(isinstance(callee, Layer) for callee in callees):
            return self._layers(node, callees, bound, depth)
        if callees and all(isinstance(callee, Model) for callee in callees):
            return self._first(node, bound, depth)
        if callees and all(isinstance(callee, Api) for callee in callees):
            names = [callee.name for callee in callees if isinstance(callee, Api)]
            return all(self._operation(name, node, bound, depth) for name in names)
        path = self.context.namer.path(node.func)
        if path is not None and path.startswith(("tensorflow.", "keras.ops.")):
            return self._operation(path, node, bound, depth)
        if self._makes_weight(node):
            return True
        return self._own_function(node, bound, depth)

    def _layers(self, node: ast.Call, callees: Iterable[object], bound: Mapping[str, bool], depth: int) -> bool:
        """A layer of Keras knows what it gives; a `Lambda` and a layer of the user's own give what their code does."""
        kinds = {callee.cls for callee in callees if isinstance(callee, Layer)}
        if not all(isinstance(kind, str) and kind.startswith("keras.layers.") for kind in kinds):
            return False
        if "keras.layers.Lambda" in kinds:
            return self._lambda(node, bound, depth)
        inner = any(look.role.inner for look in self.context.facts.calls[node])
        return not inner or self._first(node, bound, depth)

    def _lambda(self, node: ast.Call, bound: Mapping[str, bool], depth: int) -> bool:
        """`Lambda(lambda x: ...)(x)` with the function in sight."""
        made = node.func
        if not isinstance(made, ast.Call) or not made.args or made.keywords:
            return False
        function = made.args[0]
        return isinstance(function, ast.Lambda) and self.of(function.body, bound, depth)

    def _first(self, node: ast.Call, bound: Mapping[str, bool], depth: int) -> bool:
        return bool(node.args) and self.of(node.args[0], bound, depth)

    def _operation(self, path: str, node: ast.Call, bound: Mapping[str, bool], depth: int) -> bool:
        """An operation of a backend, by the last part of its name: `keras.backend.sum`, `tensorflow.nn.relu`."""
        name = path.rpartition(".")[2]
        if path.startswith("keras.layers."):
            return name == "Input" or self._first(node, bound, depth)
        if name in ("where", "squeeze") and len(node.args) + len(node.keywords) == 1:
            return False  # as many as are true; all axes that happen to be 1
        if name in SIZED:
            return self._first(node, bound, depth) and self._has_fixed_sizes(name, node)
        if name in MADE:
            given = [keyword.value for keyword in node.keywords if keyword.arg in SIZE_KEYWORDS]
            return all(self.sizes(argument) is True for argument in (*node.args[:1], *given))
        if name in ("one_hot",):
            return self._first(node, bound, depth) and all(self.sizes(part) is True for part in node.args[1:])
        count = TENSOR_COUNT.get(name)
        if count is None and not path.startswith("keras.activations."):
            return False
        tensors = [*node.args[: count or 1], *(k.value for k in node.keywords if k.arg in TENSOR_KEYWORDS)]
        return bool(tensors) and all(self._tensor_or_number(tensor, bound, depth) for tensor in tensors)

    def _tensor_or_number(self, node: ast.expr, bound: Mapping[str, bool], depth: int) -> bool:
        return self.of(node, bound, depth) or self.sizes(node) is True

    def _has_fixed_sizes(self, name: str, node: ast.Call) -> bool:
        given = [*node.args[1:], *(keyword.value for keyword in node.keywords if keyword.arg in SIZE_KEYWORDS)]
        if name == "reshape":
            return len(given) > 0 and self.sizes(given[0]) is True and _open_sizes(given[0]) is False
        return bool(given) and all(self.sizes(argument) is True for argument in given)

    def _own_function(self, node: ast.Call, bound: Mapping[str, bool], depth: int) -> bool:
        """A function of this file, or a method of the same class: what it returns for these arguments."""
        function, skipped = self._find_function(node)
        if function is None:
            return _is_activation(node.func) and self._first(node, bound, depth)
        returned = [part.value for part in own_nodes(function) if isinstance(part, ast.Return)]
        if not returned or any(value is None for value in returned):
            return False
        names = parameters(function)[skipped:]
        known = {name: self._tensor_or_number(value, bound, depth) for name, value in zip(names, node.args)}
        known |= {k.arg: self._tensor_or_number(k.value, bound, depth) for k in node.keywords if k.arg is not None}
        inner = dict.fromkeys(names, True) | known
        return all(value is not None and self.of(value, inner, depth) for value in returned)

    def _find_function(self, node: ast.Call) -> tuple[FunctionNode | None, int]:
        func = node.func
        parents = self.context.facts.parents
        if isinstance(func, ast.Name):
            found = definitions(func.id, node, self.context.facts)
            functions = [d.node for d in found if isinstance(d.node, ast.FunctionDef)]
            return (functions[0], 0) if len(found) == len(functions) == 1 else (None, 0)
        if isinstance(func, ast.Attribute) and isinstance(func.value, ast.Name) and func.value.id == "self":
            owner = class_of(node, parents)
            for part in owner.body if owner is not None else []:
                if isinstance(part, ast.FunctionDef) and part.name == func.attr:
                    static = any(isinstance(d, ast.Name) and d.id == "staticmethod" for d in part.decorator_list)
                    return part, 0 if static else 1
        return None, 0

    def _assigned(self, owner: ast.ClassDef | None, name: str) -> list[ast.expr]:
        return _attributes(self.context.facts)[owner].get(name, []) if owner is not None else []

    # -- numbers

    def sizes(self, node: ast.expr, depth: int = 0) -> bool | None:
        """Whether an expression holds plain numbers (or None): False if it holds tensors, None if that is not known."""
        if depth > _MAX_DEPTH:
            return None
        depth += 1
        if isinstance(node, ast.Constant):
            return True
        if isinstance(node, (ast.Tuple, ast.List)):
            return _all(self.sizes(item, depth) for item in node.elts)
        if isinstance(node, ast.BinOp):
            return _all([self.sizes(node.left, depth), self.sizes(node.right, depth)])
        if isinstance(node, ast.UnaryOp):
            return self.sizes(node.operand, depth)
        if isinstance(node, (ast.Subscript, ast.Starred)):
            return self.sizes(node.value, depth)
        if isinstance(node, ast.IfExp):
            return _all([self.sizes(node.body, depth), self.sizes(node.orelse, depth)])
        if isinstance(node, (ast.ListComp, ast.GeneratorExp)):
            return self.sizes(node.elt, depth)
        if isinstance(node, ast.Attribute):
            return self._size_attribute(node, depth)
        if isinstance(node, ast.Call):
            return self._size_call(node, depth)
        return self._size_name(node, depth) if isinstance(node, ast.Name) else None

    def _size_attribute(self, node: ast.Attribute, depth: int) -> bool | None:
        if node.attr in _SHAPE_ATTRIBUTES:
            return True
        if not isinstance(node.value, ast.Name) or node.value.id != "self":
            return None
        owner = class_of(node, self.context.facts.parents)
        found = [_all([self.sizes(value, depth)]) for value in self._assigned(owner, node.attr)]
        # A layer keeps its configuration in attributes; a tensor among them would show.
        return False if False in found else node.attr not in _WEIGHTS

    def _size_call(self, node: ast.Call, depth: int) -> bool | None:
        func = node.func
        name = func.attr if isinstance(func, ast.Attribute) else func.id if isinstance(func, ast.Name) else ""
        if name in _SHAPE_METHODS or name == "ndim":
            return True
        if name == "shape":
            return False
        if name == "getattr" and len(node.args) > 1 and isinstance(node.args[1], ast.Constant):
            return True if node.args[1].value in _SHAPE_ATTRIBUTES else None
        path = self.context.namer.path(func)
        if path is not None and path.startswith(("tensorflow.", "keras.")):
            return None if path.startswith("keras.utils.") else False
        if name in _NUMBERS:
            return _all(self.sizes(argument, depth) for argument in node.args)
        return None

    def _size_name(self, node: ast.Name, depth: int) -> bool | None:
        found = definitions(node.id, node, self.context.facts)
        if not found:
            return None
        return _all(self._size_definition(definition, node.id, depth) for definition in found)

    def _size_definition(self, definition: Definition, name: str, depth: int) -> bool | None:
        if definition.kind is Kind.PARAMETER:
            return True if "shape" in name else None
        return self.sizes(definition.value, depth) if definition.value is not None else None


def _all(answers: Iterable[bool | None]) -> bool | None:
    """True if all are; False as soon as one is."""
    found = list(answers)
    return False if False in found else None if None in found else True


@per_file
def _attributes(facts: ModuleFacts) -> dict[ast.ClassDef, dict[str, list[ast.expr]]]:
    """What the classes of a file assign to the attributes of their objects."""
    found: dict[ast.ClassDef, dict[str, list[ast.expr]]] = {}
    for owner in facts.nodes(ast.ClassDef):
        attributes = found.setdefault(owner, {})
        for node in (part for part in ast.walk(owner) if isinstance(part, ast.Assign)):
            for target in node.targets:
                if isinstance(target, ast.Attribute) and isinstance(target.value, ast.Name):
                    attributes.setdefault(target.attr, []).append(node.value)
    return found


def _is_none(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


def _is_activation(func: ast.expr) -> bool:
    return isinstance(func, ast.Attribute) and func.attr.endswith(("activation", "activation_fn"))


def _open_sizes(node: ast.expr) -> bool | None:
    """Whether a shape leaves a size open (-1) elsewhere than at its first axis, the batch; None if that is not seen."""
    items = node.elts if isinstance(node, (ast.Tuple, ast.List)) else [node]
    return any(_is_minus_one(item) for item in items[1:])


def _is_minus_one(node: ast.expr) -> bool:
    return (
        isinstance(node, ast.UnaryOp)
        and isinstance(node.op, ast.USub)
        and isinstance(node.operand, ast.Constant)
        and node.operand.value == 1
    )
