"""The shapes that backend functions give, as far as the shapes and the literals that they are given tell them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import prod

from kerasfix.flow.values import Const, Items, Shape, Tensor, Value, options

_UNARY = frozenset(
    """
    abs cast clip cos cumprod cumsum elu exp hard_sigmoid identity l2_normalize log ones_like relu reverse round sigmoid
    sign sin softmax softplus softsign sqrt square stop_gradient tanh zeros_like dropout
    """.split()
)
_BINARY = frozenset(
    "equal greater greater_equal less less_equal lesser lesser_equal maximum minimum not_equal pow".split()
)
_REDUCTIONS = frozenset("all any logsumexp max mean min prod std sum var".split())
# The number of axes stays, their sizes change.
_SIZES = frozenset(
    """
    asymmetric_spatial_2d_padding asymmetric_temporal_padding atrous_conv2d conv1d conv2d conv3d depthwise_conv2d pool2d
    pool3d resize_images resize_volumes separable_conv1d separable_conv2d spatial_2d_padding spatial_3d_padding
    temporal_padding tile
    """.split()
)


@dataclass(frozen=True, slots=True)
class _Given:
    args: tuple[Value, ...]
    keywords: tuple[tuple[str | None, Value], ...]

    def value(self, position: int, *names: str) -> Value | None:
        for name, value in self.keywords:
            if name in names:
                return value
        return self.args[position] if position < len(self.args) else None

    def shape(self, position: int, *names: str) -> Shape | None:
        value = self.value(position, *names)
        return value.shape if isinstance(value, Tensor) else None

    def number(self, position: int, *names: str, default: int | None = None) -> int | None:
        value = self.value(position, *names)
        return default if value is None else _number(value)


def backend_shape(
    name: str, args: tuple[Value, ...], keywords: tuple[tuple[str | None, Value], ...] = ()
) -> Shape | None:
    """The shape that the backend function `name` gives for its arguments, lists as `Items`; None if it is not known."""
    given = _Given(args, keywords)
    if name in _UNARY:
        return given.shape(0, "x", "variables")
    if name in _BINARY:
        return _broadcast(given)
    if name in _REDUCTIONS:
        return _reduced(given)
    if name in _SIZES:
        shape = given.shape(0, "x", "X")
        return None if shape is None else (None,) * len(shape)
    handler = _HANDLERS.get(name)
    return handler(given) if handler else None


def _number(value: Value | None) -> int | None:
    constant = value.value if isinstance(value, Const) else None
    return constant if isinstance(constant, int) and not isinstance(constant, bool) else None


def _numbers(value: Value | None) -> tuple[int | None, ...] | None:
    """The numbers of a tuple or list, None for those that are not known."""
    if isinstance(value, Items) and value.items is not None:
        return tuple(map(_number, value.items))
    return None


def _axis(axis: int | None, rank: int) -> int | None:
    """An axis counted from the front."""
    return None if axis is None or not -rank <= axis < rank else axis % rank


def _broadcast(given: _Given) -> Shape | None:
    left, right = given.value(0, "x"), given.value(1, "y", "a")
    if isinstance(left, Tensor) and isinstance(right, Const):
        return left.shape
    if isinstance(right, Tensor) and isinstance(left, Const):
        return right.shape
    if not isinstance(left, Tensor) or not isinstance(right, Tensor) or left.shape is None or right.shape is None:
        return None
    longer, shorter = sorted((left.shape, right.shape), key=len, reverse=True)
    padded = (1,) * (len(longer) - len(shorter)) + shorter
    return tuple(a if b == 1 or a == b else b if a == 1 else None for a, b in zip(longer, padded))


def _reduced(given: _Given) -> Shape | None:
    shape, axis = given.shape(0, "x"), given.value(1, "axis")
    keep = given.value(2, "keepdims")
    if shape is None or not (keep is None or isinstance(keep, Const)):
        return None
    if axis is None or (isinstance(axis, Const) and axis.value is None):
        axes: set[int | None] = set(range(len(shape)))
    else:
        numbers = _numbers(axis) or (_number(axis),)
        axes = {_axis(number, len(shape)) for number in numbers}
    if None in axes:
        return None
    if isinstance(keep, Const) and keep.value:
        return tuple(1 if place in axes else size for place, size in enumerate(shape))
    return tuple(size for place, size in enumerate(shape) if place not in axes)


def _arg_reduced(given: _Given) -> Shape | None:
    shape = given.shape(0, "x")
    axis = None if shape is None else _axis(given.number(1, "axis", default=-1), len(shape))
    return None if shape is None or axis is None else shape[:axis] + shape[axis + 1 :]


def _squeezed(given: _Given) -> Shape | None:
    return None if given.value(1, "axis") is None else _arg_reduced(given)


def _tensor_list(value: Value | None) -> list[Shape] | None:
    """The shapes of a list of tensors of one rank, where all are known."""
    if not isinstance(value, Items) or not value.items:
        return None
    found = [option.shape for item in value.items for option in options(item) if isinstance(option, Tensor)]
    if len(found) != len(value.items) or len({None if shape is None else len(shape) for shape in found}) != 1:
        return None
    return [shape for shape in found if shape is not None] or None


def _concatenated(given: _Given) -> Shape | None:
    found = _tensor_list(given.value(0, "tensors"))
    if found is None:
        return None
    axis = _axis(given.number(1, "axis", default=-1), len(found[0]))
    if axis is None:
        return (None,) * len(found[0])
    sizes = [shape[axis] for shape in found]
    total = None if None in sizes else sum(size or 0 for size in sizes)
    return (*found[0][:axis], total, *found[0][axis + 1 :])


def _stacked(given: _Given) -> Shape | None:
    found = _tensor_list(given.value(0, "x"))
    if found is None:
        return None
    axis = _axis(given.number(1, "axis", default=0), len(found[0]) + 1)
    return (None,) * (len(found[0]) + 1) if axis is None else (*found[0][:axis], len(found), *found[0][axis:])


def _batch_flattened(given: _Given) -> Shape | None:
    shape = given.shape(0, "x")
    if shape is None:
        return (None, None)
    sizes = [size for size in shape[1:] if size is not None]
    return (shape[0], prod(sizes) if len(sizes) == len(shape) - 1 else None)


def _permuted(given: _Given) -> Shape | None:
    shape, pattern = given.shape(0, "x"), _numbers(given.value(1, "pattern"))
    if pattern is None:
        return None
    if shape is None or len(shape) != len(pattern):
        return (None,) * len(pattern)
    return tuple(None if axis is None or not -len(shape) <= axis < len(shape) else shape[axis] for axis in pattern)


def _transposed(given: _Given) -> Shape | None:
    shape = given.shape(0, "x")
    return None if shape is None else shape[::-1]


def _reshaped(given: _Given) -> Shape | None:
    sizes = _numbers(given.value(1, "shape"))
    return None if sizes is None else tuple(None if size is None or size < 0 else size for size in sizes)


def _expanded(given: _Given) -> Shape | None:
    shape = given.shape(0, "x")
    axis = None if shape is None else _axis(given.number(1, "axis", "dim", default=-1), len(shape) + 1)
    return None if shape is None or axis is None else (*shape[:axis], 1, *shape[axis:])


def _repeated(given: _Given) -> Shape | None:
    shape = given.shape(0, "x")
    return (shape[0] if shape else None, given.number(1, "n"), shape[-1] if shape else None)


def _elements_repeated(given: _Given) -> Shape | None:
    shape, times = given.shape(0, "x"), given.number(1, "rep")
    if shape is None:
        return None
    axis = _axis(given.number(2, "axis"), len(shape))
    if axis is None:
        return (None,) * len(shape)
    size = shape[axis]
    return (*shape[:axis], None if size is None or times is None else size * times, *shape[axis + 1 :])


def _batch_dotted(given: _Given) -> Shape | None:
    left, right = given.shape(0, "x"), given.shape(1, "y")
    if left is None or right is None or not {len(left), len(right)} <= {2, 3}:
        return None
    rank = len(left) + len(right) - 2
    return (None, 1) if rank == 2 and len(left) == 2 and len(right) == 2 else (None,) * (rank - 1)


def _dotted(given: _Given) -> Shape | None:
    left, right = given.shape(0, "x"), given.shape(1, "y")
    return None if left is None or right is None or len(right) < 2 else (*left[:-1], *right[:-2], right[-1])


def _one_hot(given: _Given) -> Shape | None:
    shape = given.shape(0, "indices")
    return None if shape is None else (*shape, given.number(1, "num_classes", "nb_classes"))


def _gathered(given: _Given) -> Shape | None:
    reference, indices = given.shape(0, "reference"), given.shape(1, "indices")
    return None if reference is None or indices is None else (*indices, *reference[1:])


_HANDLERS: dict[str, Callable[[_Given], Shape | None]] = {
    "argmax": _arg_reduced,
    "argmin": _arg_reduced,
    "squeeze": _squeezed,
    "concatenate": _concatenated,
    "stack": _stacked,
    "batch_flatten": _batch_flattened,
    "flatten": lambda given: (None,),
    "permute_dimensions": _permuted,
    "transpose": _transposed,
    "reshape": _reshaped,
    "expand_dims": _expanded,
    "repeat": _repeated,
    "repeat_elements": _elements_repeated,
    "batch_dot": _batch_dotted,
    "dot": _dotted,
    "one_hot": _one_hot,
    "gather": _gathered,
}
