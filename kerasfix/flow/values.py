"""The abstract values: what the analysis can say about an expression without running it."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kerasfix.flow.frame import Frame, ModuleState

Shape = tuple[int | None, ...]  # with the batch axis first; None where the size is not known


class Role(str, Enum):
    """Where code runs."""

    MODEL = "model code"
    LAYER = "a layer's method"
    LAMBDA = "a function given to Keras"  # of a Lambda, a callable mode, an activation, a loss, a metric, ...

    @property
    def inner(self) -> bool:
        """Whether backend functions are at home here."""
        return self is not Role.MODEL


class Origin(str, Enum):
    """Where a tensor comes from."""

    MODEL = "model"  # from `Input`, or from a layer called on one: the functional API
    EXTRACTED = "extracted"  # `model.output` and its like: just as often the start of a K.function as of a new model
    INNER = "inner"  # inside a layer, or a placeholder or variable: Keras does not follow it


class Value:
    """Nothing is known; the base of all that is more."""

    __slots__ = ()


UNKNOWN = Value()


@dataclass(frozen=True, slots=True)
class Const(Value):
    """A literal: a number, a string, None, True, False, Ellipsis."""

    value: object

    def __eq__(self, other: object) -> bool:
        # 1 == True == 1.0 in Python, but not as an axis.
        return isinstance(other, Const) and type(self.value) is type(other.value) and self.value == other.value

    def __hash__(self) -> int:
        return hash((type(self.value), self.value))


@dataclass(frozen=True, slots=True)
class Version(Value):
    """Depends on which Keras (or TensorFlow) is installed."""


@dataclass(frozen=True, slots=True)
class Tensor(Value):
    """A tensor. `lost` holds the backend calls outside layers that it came through."""

    origin: Origin
    shape: Shape | None = None
    lost: frozenset[ast.Call] = frozenset()
    masked: bool = False  # whether a mask may come with it

    @property
    def symbolic(self) -> bool:
        """Whether it is a Keras tensor of the functional API."""
        return self.origin is not Origin.INNER

    @property
    def rank(self) -> int | None:
        """The number of axes with the batch, or None where it is not known."""
        return None if self.shape is None else len(self.shape)


@dataclass(frozen=True, slots=True)
class Module(Value):
    """A module of Keras (canonical name) or of a library; `root` is the package the code imported it from."""

    name: str
    root: str | None = None


@dataclass(frozen=True, slots=True)
class Api(Value):
    """A function or class of Keras, by its canonical name. `path` is the import path that the code used."""

    name: str
    root: str = field(default="keras", compare=False)
    # Bound in code for two Keras versions (try/except ImportError, a version test): not ours to rewrite.
    guarded: bool = field(default=False, compare=False)


@dataclass(frozen=True, slots=True)
class External(Value):
    """Something of a library that is not Keras, by its dotted name (`tensorflow.concat`, `pandas.merge`)."""

    name: str


@dataclass(frozen=True, slots=True)
class ProjectModule(Value):
    """A module of the project that is being checked."""

    state: ModuleState = field(hash=False)

    def __hash__(self) -> int:
        return id(self.state)


@dataclass(frozen=True, slots=True)
class ProjectPackage(Value):
    """A package of the project as `import a.b` binds it; `state` is its `__init__.py`, if that has anything to say."""

    dotted: str
    importer: ModuleState = field(compare=False, repr=False)
    state: ModuleState | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Function(Value):
    """A function or lambda of the project, with the frame it closes over."""

    node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
    frame: Frame = field(compare=False, repr=False)
    owner: Class | None = field(default=None, compare=False, repr=False)
    guarded: bool = field(default=False, compare=False)  # defined in code for two Keras versions


@dataclass(frozen=True, slots=True)
class Class(Value):
    """A class of the project."""

    node: ast.ClassDef
    info: ClassInfo = field(compare=False, repr=False)


@dataclass(eq=False)
class ClassInfo:
    """What is known of a class of the project."""

    name: str
    module: ModuleState
    bases: tuple[Value, ...]
    methods: dict[str, Function] = field(default_factory=dict)
    attributes: dict[str, Value] = field(default_factory=dict)  # of the class and, joined, of its instances
    base: Value | None = None  # the Keras class (Api) that it derives from in the end
    layer_like: bool = False  # derives from a layer, or has the methods of one
    guarded: bool = False  # defined in code for two Keras versions

    @property
    def keras_constructor(self) -> Api | None:
        """The class of Keras whose constructor the class has, for it has none of its own."""
        return self.base if isinstance(self.base, Api) and self.find("__init__") is None else None

    def find(self, name: str) -> Function | None:
        """A method, looked up through the bases."""
        if name in self.methods:
            return self.methods[name]
        for base in self.bases:
            if isinstance(base, Class) and (found := base.info.find(name)):
                return found
        return None

    def attribute(self, name: str) -> Value | None:
        """An attribute, looked up through the bases."""
        if name in self.attributes:
            return self.attributes[name]
        for base in self.bases:
            if isinstance(base, Class) and (found := base.info.attribute(name)) is not None:
                return found
        return None


@dataclass(frozen=True, slots=True)
class Instance(Value):
    """An object of a class of the project that is neither a layer nor a model; `site` is the call that made it."""

    cls: Class
    site: ast.AST | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Layer(Value):
    """A layer object. `cls` is the canonical Keras name, or the project's class."""

    cls: str | Class
    site: ast.Call | None = None
    args: tuple[Value, ...] = field(default=(), compare=False)
    keywords: tuple[tuple[str | None, Value], ...] = field(default=(), compare=False)

    def argument(self, index: int, *names: str) -> Value | None:
        """The value of a constructor argument by position or by any of its names."""
        for name, value in self.keywords:
            if name in names:
                return value
        return self.args[index] if 0 <= index < len(self.args) else None


@dataclass(frozen=True, slots=True)
class Model(Value):
    """A model object: `kind` is "Sequential" or "Model"; `site` the call that made it."""

    kind: str
    site: ast.Call | None = None
    inputs: tuple[Value, ...] = field(default=(), compare=False)
    outputs: tuple[Value, ...] = field(default=(), compare=False)

    @property
    def output_ref(self) -> ListRef:
        """Where the heap holds the output of a `Sequential`."""
        return ListRef(self.site or ast.Pass(), 0)


@dataclass(frozen=True, slots=True)
class Object(Value):
    """An object of another class of Keras: an optimizer, a callback, an `ImageDataGenerator`.

    `cls` is the canonical name of the class; for what a method of such an object gave, that of the method.
    """

    cls: str
    site: ast.Call | None = None
    args: tuple[Value, ...] = field(default=(), compare=False)
    keywords: tuple[tuple[str | None, Value], ...] = field(default=(), compare=False)
    owner: Object | None = field(default=None, compare=False)  # whose method gave it


@dataclass(frozen=True, slots=True)
class Super(Value):
    """`super()` in a class of the project whose next base is Keras' own."""

    base: Api


@dataclass(frozen=True, slots=True)
class LayerList(Value):
    """`model.layers`, or a part of it."""


@dataclass(frozen=True, slots=True)
class Items(Value):
    """A tuple, or a list that nothing changes any more: `items` where all are known, else `element` and `least`."""

    items: tuple[Value, ...] | None
    element: Value = UNKNOWN
    least: int = 0  # the proven minimum of its length


@dataclass(frozen=True, slots=True)
class ListRef(Value):
    """A list that may still grow; its content is in the heap of the interpreter."""

    site: ast.AST
    serial: int


@dataclass(frozen=True, slots=True)
class DictValue(Value):
    """A dictionary with known string keys, or with one kind of values.

    `sites` are the displays and calls (`{...}`, `dict(...)`) that its keys are written in; `parameter` is the function
    whose `**kwargs` it is.
    """

    entries: tuple[tuple[object, Value], ...] = ()
    element: Value = UNKNOWN
    sites: tuple[ast.Dict | ast.Call, ...] = field(default=(), compare=False)
    parameter: ast.AST | None = field(default=None, compare=False)

    def get(self, key: object) -> Value:
        """The value under a key, else what is known of all values."""
        for name, value in self.entries:
            if name == key and type(name) is type(key):
                return value
        return self.element


@dataclass(frozen=True, slots=True)
class Method(Value):
    """A bound method: of a list, a model, an instance, a layer, ..."""

    owner: Value
    name: str
    node: ast.expr | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Cases(Value):
    """A decorator that makes a test run with one row of values for its parameters `names` after the other."""

    names: tuple[str, ...]
    rows: tuple[tuple[Value, ...], ...]


@dataclass(frozen=True, slots=True)
class Partial(Value):
    """`functools.partial` of something."""

    func: Value
    args: tuple[Value, ...]
    keywords: tuple[tuple[str | None, Value], ...]


@dataclass(frozen=True, slots=True)
class Union(Value):
    """One of several values; `UNKNOWN` may be among them."""

    options: tuple[Value, ...]


_MAX_OPTIONS = 8


def options(value: Value) -> tuple[Value, ...]:
    """The values that a value may be."""
    return value.options if isinstance(value, Union) else (value,)


def union(values: Iterable[Value]) -> Value:
    """One value that stands for any of several."""
    values = values if isinstance(values, (list, tuple)) else list(values)
    if values and all(value is values[0] for value in values):
        return values[0]
    seen: list[Value] = []
    for value in values:
        for option in options(value):
            if option in seen:
                continue
            if isinstance(option, Tensor) and (twin := _twin(seen, option)) is not None:
                seen[twin] = _join_tensors(seen[twin], option)
                continue
            seen.append(option)
    if not seen:
        return UNKNOWN
    if len(seen) == 1:
        return seen[0]
    return Union(tuple(seen)) if len(seen) <= _MAX_OPTIONS else UNKNOWN


def join(left: Value, right: Value) -> Value:
    """One value for the place where two paths meet."""
    if left is right or left == right:
        return _same(left, right)
    return union((left, right))


def _same(left: Value, right: Value) -> Value:
    if isinstance(left, Api) and isinstance(right, Api) and left.guarded != right.guarded:
        return left if left.guarded else right
    if isinstance(left, Model) and isinstance(right, Model) and left.outputs != right.outputs:
        if len(left.outputs) != len(right.outputs):
            return Model(left.kind, left.site)
        return Model(left.kind, left.site, left.inputs, tuple(map(join, left.outputs, right.outputs)))
    return left


def _twin(seen: list[Value], tensor: Tensor) -> int | None:
    for position, other in enumerate(seen):
        if isinstance(other, Tensor) and other.origin is tensor.origin:
            return position
    return None


def _join_tensors(left: Value, right: Tensor) -> Tensor:
    assert isinstance(left, Tensor)
    masked = left.masked or right.masked
    return Tensor(left.origin, join_shapes(left.shape, right.shape), left.lost | right.lost, masked)


def join_shapes(left: Shape | None, right: Shape | None) -> Shape | None:
    """What two shapes have in common."""
    if left is None or right is None or len(left) != len(right):
        return None
    return tuple(a if a == b else None for a, b in zip(left, right))


def tensors(value: Value) -> Iterator[Tensor]:
    """The tensors that a value is or, in tuples and unions, holds."""
    if isinstance(value, Tensor):
        yield value
    elif isinstance(value, Union):
        for option in value.options:
            yield from tensors(option)
    elif isinstance(value, Items):
        for item in value.items if value.items is not None else (value.element,):
            yield from tensors(item)


def is_symbolic(value: Value) -> bool:
    """Whether a value is, whichever path was taken, a Keras tensor of the functional API."""
    return all(isinstance(option, Tensor) and option.symbolic for option in options(value))


def depends_on_version(value: Value) -> bool:
    """Whether a value, or a part of a tuple, comes from the version of Keras that is installed."""
    for option in options(value):
        parts: tuple[Value, ...] = (option,)
        if isinstance(option, Items):
            parts = option.items if option.items is not None else (option.element,)
        if any(isinstance(part, Version) or (part is not option and depends_on_version(part)) for part in parts):
            return True
    return False


def constants(value: Value) -> list[object] | None:
    """All the literals that a value may be, or None if it may be something else."""
    found = [option.value for option in options(value) if isinstance(option, Const)]
    return found if len(found) == len(options(value)) else None
