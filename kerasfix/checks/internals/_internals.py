"""Where code touches the private attributes of Keras tensors: as an attribute, or by `getattr` and its like."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from kerasfix.checks import Context
from kerasfix.findings import ImportNeed
from kerasfix.flow.facts import AttributeSeen
from kerasfix.flow.values import (
    UNKNOWN,
    Class,
    Const,
    External,
    Instance,
    Layer,
    Method,
    Role,
    Tensor,
    Value,
    options,
)
from kerasfix.names.canonical import canonical
from kerasfix.source.index import TextIndex


class Touch(Enum):
    """What is done with the attribute."""

    READ = "read"
    WRITE = "write"
    DELETE = "delete"
    TEST = "test"


_BUILTINS = {
    "builtins.getattr": Touch.READ,
    "builtins.setattr": Touch.WRITE,
    "builtins.delattr": Touch.DELETE,
    "builtins.hasattr": Touch.TEST,
}
_CONTEXTS: dict[type[ast.expr_context], Touch] = {
    ast.Load: Touch.READ,
    ast.Store: Touch.WRITE,
    ast.Del: Touch.DELETE,
}


@dataclass(frozen=True, slots=True)
class Place:
    """One place in the code. `node` is `x._keras_shape`, or the call `getattr(x, '_keras_shape')`."""

    node: ast.Attribute | ast.Call
    owner: ast.expr
    name: str
    touch: Touch
    looks: tuple[AttributeSeen, ...]

    @property
    def guarded(self) -> bool:
        """Whether the code is one for two versions of Keras."""
        return any(look.guarded for look in self.looks)

    @property
    def inner(self) -> bool:
        """Whether the code only ever runs inside layers and functions given to Keras."""
        return all(look.role.inner for look in self.looks)

    @property
    def in_layer(self) -> bool:
        """Whether some look at the code was inside a layer."""
        return any(look.role is Role.LAYER for look in self.looks)

    @property
    def is_tensor(self) -> bool:
        """Whether the owner was seen to be a tensor."""
        return any(isinstance(option, Tensor) for look in self.looks for option in options(look.owner))

    @property
    def owners(self) -> list[Value]:
        """All that the owner may be."""
        return [option for look in self.looks for option in options(look.owner)]


def places(context: Context, *names: str) -> Iterator[Place]:
    """The places that concern one of the attributes, those of code for two Keras versions left out."""
    facts = context.facts
    if not any(name in facts.index.text for name in names):
        return
    for node, looks in facts.attributes.items():
        if isinstance(node, ast.Attribute) and node.attr in names:
            place = Place(node, node.value, node.attr, _CONTEXTS[type(node.ctx)], tuple(looks))
            if not place.guarded:
                yield place
    for call, seen in facts.calls.items():
        callee = seen[0].callee
        touch = _BUILTINS.get(callee.name) if isinstance(callee, External) else None
        name = attribute_name(call)
        if touch is None or name not in names:
            continue
        owners = tuple(AttributeSeen(look.argument(0, "") or UNKNOWN, look.role, look.guarded) for look in seen)
        place = Place(call, call.args[0], name, touch, owners)
        if not place.guarded:
            yield place


def attribute_name(call: ast.Call) -> str | None:
    """The name in `getattr(x, 'name')`, or None."""
    if len(call.args) < 2 or call.keywords or any(isinstance(argument, ast.Starred) for argument in call.args):
        return None
    name = call.args[1]
    return name.value if isinstance(name, ast.Constant) and isinstance(name.value, str) else None


def is_theirs(place: Place) -> bool:
    """Whether the attribute is one of the user's own class, or of something else that is no tensor."""
    if isinstance(place.owner, ast.Name) and place.owner.id == "self":
        return True
    return any(_own_object(option) for option in place.owners) or not any(map(_may_be_tensor, place.owners))


def _own_object(value: Value) -> bool:
    return isinstance(value, (Instance, Class)) or (isinstance(value, Layer) and isinstance(value.cls, Class))


def _may_be_tensor(value: Value) -> bool:
    # `Method`: an attribute of a layer or a model of which nothing is known, e.g. `layer.kernel`.
    return value is UNKNOWN or isinstance(value, (Tensor, Method)) or (isinstance(value, Const) and value.value is None)


def sets_its_own(context: Context, name: str) -> bool:
    """Whether a class of the file gives its own objects an attribute of that name."""
    for node, looks in context.facts.attributes.items():
        if not isinstance(node, ast.Attribute) or node.attr != name or not isinstance(node.ctx, ast.Store):
            continue
        if any(isinstance(option, Instance) for look in looks for option in options(look.owner)):
            return True
    return False


def backend(context: Context) -> tuple[str, tuple[ImportNeed, ...]]:
    """How the file calls Keras' backend module, and the import that it needs for that."""
    for node in context.facts.tree.body:
        if not isinstance(node, ast.Assign) or canonical(context.namer.path(node.value) or "") != "keras.backend":
            continue
        if isinstance(node.targets[0], ast.Name):  # `K = keras.backend`
            return node.targets[0].id, ()
    return context.namer.module("keras.backend", context.facts.root, "K")


def same(left: ast.expr, right: ast.expr) -> bool:
    """Whether two expressions are written the same, spaces apart."""
    return ast.dump(left) == ast.dump(right)


def one_line(index: TextIndex, node: ast.expr) -> str:
    """The source of an expression on one line, for messages."""
    text = " ".join(index.source(node).split())
    return text if len(text) <= 60 else f"{text[:57]}..."
