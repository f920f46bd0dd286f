"""How a layer of one's own makes and lists its weights: what `build` says, taken apart."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field

from kerasfix.checks.custom._classes import CustomClass, Function, attribute_of, is_for_two_versions, self_name
from kerasfix.checks.custom._creators import Creator, creator, initializer_attributes

_LISTS = {"trainable_weights": True, "non_trainable_weights": False}
_GROWS = frozenset({"append", "extend"})


@dataclass(slots=True)
class Listing:
    """A statement that lists weights: `self.trainable_weights = [self.W, self.b]`, `....append(self.W)`."""

    statement: ast.stmt
    attribute: str
    trainable: bool
    adds: bool  # to what is listed already
    names: list[str] = field(default_factory=list)  # the attributes, in order
    nested: list[ast.expr] = field(default_factory=list)  # `self.layer.trainable_weights`
    nested_first: bool = False  # whether weights of a layer inside come before those of the layer itself
    loose: bool = False  # whether it is not clear that a layer inside is an attribute
    clear: bool = True  # whether all of it was understood


@dataclass(slots=True)
class Weight:
    """An attribute that holds a weight, or a list of them, and where it is made."""

    name: str
    statement: ast.stmt
    value: ast.expr  # which makes it
    method: Function
    creators: list[Creator]
    regularizer: ast.expr | None = None
    constraint: ast.expr | None = None


@dataclass(slots=True)
class Weights:
    """What a class does about its weights."""

    cls: CustomClass
    made: list[Weight] = field(default_factory=list)
    listings: list[Listing] = field(default_factory=list)
    # statements that go with the lists: `self.regularizers = []`, `self.constraints[self.W] = ...`, ...
    spent: list[ast.stmt] = field(default_factory=list)
    obstacles: list[tuple[ast.AST, str]] = field(default_factory=list)  # what stands in the way of a fix, in words

    def named(self, name: str) -> list[Weight]:
        """The places where an attribute is made."""
        return [weight for weight in self.made if weight.name == name]


def weights_of(cls: CustomClass) -> Weights:
    """Take apart what a class does about its weights."""
    found = Weights(cls)
    initializers = initializer_attributes(cls)
    for method in cls.methods.values():
        owner = self_name(method)
        for statement in statements_in(method):
            if is_for_two_versions(cls.facts, statement, *_LISTS, *(f"_{name}" for name in _LISTS), "add_weight"):
                continue
            if (listing := _listing(statement, owner)) is not None:
                found.listings.append(listing)
            elif (weight := _weight(cls, method, statement, initializers)) is not None:
                found.made.append(weight)
    for method in cls.methods.values():
        _extras(found, method)
    return found


def statements_in(method: Function) -> Iterator[ast.stmt]:
    """The statements of a method in the order of the text, those of functions and classes inside it left out."""
    stack: list[ast.stmt] = list(reversed(method.body))
    while stack:
        statement = stack.pop()
        yield statement
        if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            continue
        inside: list[ast.stmt] = []
        for name in ("body", "orelse", "handlers", "finalbody"):
            for part in getattr(statement, name, []):
                inside.extend(part.body if isinstance(part, ast.ExceptHandler) else [part])
        stack.extend(reversed(inside))


# -- the lists


def _listing(statement: ast.stmt, owner: str) -> Listing | None:
    value: ast.expr | None = None
    target: ast.expr | None = None
    adds = False
    if isinstance(statement, ast.Assign) and len(statement.targets) == 1:
        target, value = statement.targets[0], statement.value
    elif isinstance(statement, ast.AugAssign) and isinstance(statement.op, ast.Add):
        target, value, adds = statement.target, statement.value, True
    elif isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
        call = statement.value
        func = call.func
        if isinstance(func, ast.Attribute) and func.attr in _GROWS and len(call.args) == 1 and not call.keywords:
            target, adds = func.value, True
            value = call.args[0] if func.attr == "extend" else ast.List([call.args[0]], ast.Load())
    if target is None or value is None:
        return None
    name = attribute_of(target, owner)
    bare = (name or "").removeprefix("_")
    if name is None or bare not in _LISTS:
        return None
    listing = Listing(statement, name, _LISTS[bare], adds)
    _read(listing, value, owner)
    return listing


def _read(listing: Listing, value: ast.expr, owner: str) -> None:
    """Read the expression that lists weights."""
    if isinstance(value, (ast.List, ast.Tuple)):
        for element in value.elts:
            _read(listing, element, owner)
    elif isinstance(value, ast.BinOp) and isinstance(value.op, ast.Add):
        _read(listing, value.left, owner)
        _read(listing, value.right, owner)
    elif attribute_of(value, owner) == listing.attribute:
        listing.adds = True  # self.trainable_weights = self.trainable_weights + [self.V]
    elif (name := attribute_of(value, owner)) is not None:
        listing.names.append(name)
        listing.nested_first = listing.nested_first or bool(listing.nested)
    elif _of_layer_inside(value, owner):
        listing.nested.append(value)
    elif isinstance(value, ast.Attribute) and value.attr in _LISTS:
        listing.nested.append(value)
        listing.loose = True  # of a layer in a list, a dictionary, a loop
    else:
        listing.clear = False


def _of_layer_inside(value: ast.expr, owner: str) -> bool:
    """`self.layer.trainable_weights`, `getattr(self.layer, 'trainable_weights', [])`."""
    if isinstance(value, ast.Call) and isinstance(value.func, ast.Name) and value.func.id == "getattr":
        named = len(value.args) > 1 and isinstance(value.args[1], ast.Constant) and value.args[1].value in _LISTS
        return named and attribute_of(value.args[0], owner) is not None
    return isinstance(value, ast.Attribute) and value.attr in _LISTS and attribute_of(value.value, owner) is not None


# -- the weights


def _weight(cls: CustomClass, method: Function, statement: ast.stmt, initializers: frozenset[str]) -> Weight | None:
    found = _assigned(statement, self_name(method))
    if found is None or found[0].removeprefix("_") in _LISTS:
        return None
    creators: list[Creator] = []
    for call in _calls_that_are_the_value(found[1]):
        made = creator(cls, method, call, initializers)
        if made is None:
            return None
        creators.append(made)
    return Weight(found[0], statement, found[1], method, creators) if creators else None


def _assigned(statement: ast.stmt, owner: str) -> tuple[str, ast.expr] | None:
    """The attribute and the value of `self.W = value` and `self.weights_of_gates.append(value)`."""
    if isinstance(statement, ast.Assign) and len(statement.targets) == 1:
        name = attribute_of(statement.targets[0], owner)
        return (name, statement.value) if name is not None else None
    if not isinstance(statement, ast.Expr) or not isinstance(statement.value, ast.Call):
        return None
    call = statement.value
    if isinstance(call.func, ast.Attribute) and call.func.attr == "append" and len(call.args) == 1:
        name = attribute_of(call.func.value, owner)
        return (name, call.args[0]) if name is not None else None
    return None


def _calls_that_are_the_value(value: ast.expr) -> Iterator[ast.Call]:
    """The calls whose results are the value, or its elements."""
    if isinstance(value, ast.Call):
        yield value
    elif isinstance(value, (ast.List, ast.Tuple)):
        for element in value.elts:
            yield from _calls_that_are_the_value(element)
    elif isinstance(value, ast.ListComp):
        yield from _calls_that_are_the_value(value.elt)
    elif isinstance(value, ast.IfExp):
        yield from _calls_that_are_the_value(value.body)
        yield from _calls_that_are_the_value(value.orelse)


# -- what goes with the lists: regularizers and constraints


def _extras(found: Weights, method: Function) -> None:
    owner = self_name(method)
    for statement in statements_in(method):
        if isinstance(statement, ast.If) and _is_spent(found, method, statement):
            continue
        if _is_spent(found, method, statement) and not is_for_two_versions(found.cls.facts, statement, "regularizers"):
            found.spent.append(statement)
            _attach(found, statement, owner)


def _is_spent(found: Weights, method: Function, statement: ast.stmt) -> bool:
    """Whether a statement has no purpose once the weights are made by `add_weight`."""
    owner = self_name(method)
    if isinstance(statement, ast.Assign) and len(statement.targets) == 1:
        target = statement.targets[0]
        if attribute_of(target, owner) in ("regularizers", "constraints"):
            # In a layer without weights of its own the attribute may be about anything.
            return bool(found.made or found.listings) and isinstance(statement.value, (ast.List, ast.Dict))
        return isinstance(target, ast.Subscript) and attribute_of(target.value, owner) == "constraints"
    if not isinstance(statement, ast.Expr) or not isinstance(statement.value, ast.Call):
        return False
    call = statement.value
    func = call.func
    if not isinstance(func, ast.Attribute) or len(call.args) != 1 or call.keywords:
        return False
    if func.attr in ("set_param", "set_layer"):
        return attribute_of(func.value, owner) is not None
    if func.attr == "append":
        return attribute_of(func.value, owner) == "regularizers"
    return func.attr == "add_loss" and _penalty(found, call.args[0], owner) is not None


def _penalty(found: Weights, value: ast.expr, owner: str) -> tuple[str, ast.expr] | None:
    """`W` and the regularizer of `self.add_loss(self.W_regularizer(self.W))`."""
    if not isinstance(value, ast.Call) or len(value.args) != 1 or value.keywords:
        return None
    name = attribute_of(value.args[0], owner)
    regularizer = attribute_of(value.func, owner)
    if name is None or regularizer is None or not found.named(name):
        return None
    return name, value.func


def _attach(found: Weights, statement: ast.stmt, owner: str) -> None:
    """Note which weight a regularizer or a constraint is for."""
    if isinstance(statement, ast.Assign):
        target = statement.targets[0]
        if isinstance(target, ast.Subscript):
            _set(found, statement, attribute_of(target.slice, owner), "constraint", statement.value)
        elif isinstance(statement.value, ast.Dict):
            for key, value in zip(statement.value.keys, statement.value.values):
                name = attribute_of(key, owner) if key is not None else None
                _set(found, statement, name, "constraint", value)
        elif attribute_of(target, owner) == "constraints" and _is_filled(statement.value):
            # Keras 0.x lists the constraints in the order of the weights.
            found.obstacles.append((statement, "the constraints are a list"))
        return
    assert isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call)
    call = statement.value
    assert isinstance(call.func, ast.Attribute)
    if call.func.attr == "set_param":
        for name in _parts(call.args[0], owner):
            _set(found, statement, name, "regularizer", call.func.value)
    elif call.func.attr == "add_loss" and (penalty := _penalty(found, call.args[0], owner)) is not None:
        _set(found, statement, penalty[0], "regularizer", penalty[1])


def _is_filled(value: ast.expr) -> bool:
    return isinstance(value, ast.List) and bool(value.elts)


def _parts(value: ast.expr, owner: str) -> list[str | None]:
    """The weights of `self.W` and `K.concatenate([self.W_i, self.W_o])`, whose parts are penalized one by one."""
    joined = isinstance(value, ast.Call) and isinstance(value.func, ast.Attribute) and value.func.attr == "concatenate"
    if joined and isinstance(value, ast.Call) and value.args and isinstance(value.args[0], (ast.List, ast.Tuple)):
        return [attribute_of(part, owner) for part in value.args[0].elts]
    return [attribute_of(value, owner)]


def _set(found: Weights, statement: ast.stmt, name: str | None, what: str, value: ast.expr) -> None:
    weights = found.named(name) if name is not None else []
    if not weights:
        found.obstacles.append((statement, f"it is not clear which weight the {what} is for"))
    for weight in weights:
        given = any(keyword.arg == what for made in weight.creators for keyword in made.call.keywords)
        if getattr(weight, what) is None and not given:
            setattr(weight, what, value)
        elif given or ast.dump(getattr(weight, what)) != ast.dump(value):
            found.obstacles.append((statement, f"`{name}` has more than one {what}"))
