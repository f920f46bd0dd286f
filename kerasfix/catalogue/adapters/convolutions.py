"""Arguments of convolutions and of layers that pad."""

from __future__ import annotations

import ast
from collections.abc import Mapping

from kerasfix.catalogue.adapters import Argument, Pieces, Unrenderable, Writing
from kerasfix.catalogue.adapters.named_objects import initializer
from kerasfix.flow.values import UNKNOWN, Const, Items, Value, constants, options


def pads(argument: Argument, writing: Writing, keys: ast.expr) -> Pieces | None:
    """The padding of a layer, which may be a flat tuple with two numbers for each axis, or a dictionary with `keys`.

    It becomes a tuple of pairs, or one pair where there is one axis.
    """
    names: list[str] = str(ast.literal_eval(keys)).split()
    node = argument.node
    if isinstance(node, ast.Dict) or (isinstance(node, ast.Call) and _is_dict(node)):
        given = _by_name(node)
        if given is None or not given.keys() <= set(names):
            return None
        return (_pairs([writing.source(given[name]) if name in given else "0" for name in names]),)
    if len(names) == 2:
        return None
    if isinstance(node, (ast.Tuple, ast.List)):
        stars = any(isinstance(element, ast.Starred) for element in node.elts)
        return None if stars or len(node.elts) != 4 else (_pairs([writing.source(element) for element in node.elts]),)
    if isinstance(node, (ast.Name, ast.Attribute)) and _length(argument) == 4:
        return (_pairs([f"{writing.source(node)}[{position}]" for position in range(4)]),)
    return None


def _is_dict(node: ast.Call) -> bool:
    return isinstance(node.func, ast.Name) and node.func.id == "dict" and not node.args


def _by_name(node: ast.Dict | ast.Call) -> dict[str, ast.expr] | None:
    """The values of a dictionary whose keys are all written out."""
    found: dict[str, ast.expr] = {}
    if isinstance(node, ast.Call):
        found = {keyword.arg: keyword.value for keyword in node.keywords if keyword.arg is not None}
        return found if len(found) == len(node.keywords) else None
    for key, value in zip(node.keys, node.values):
        if not isinstance(key, ast.Constant) or not isinstance(key.value, str):
            return None
        found[key.value] = value
    return found


def _length(argument: Argument) -> int | None:
    lengths = {
        len(one.items) if isinstance(one, Items) and one.items is not None else None for one in options(argument.value)
    }
    return lengths.pop() if len(lengths) == 1 else None


def _pairs(numbers: list[str]) -> str:
    pairs = [f"({first}, {second})" for first, second in zip(numbers[::2], numbers[1::2])]
    return pairs[0] if len(pairs) == 1 else f"({', '.join(pairs)})"


def output_padding(argument: Argument, writing: Writing, call: Mapping[str, Argument]) -> Pieces | None:
    """What a transposed convolution needs on top of its usual output to get the `output_shape` that Keras 1 asked for.

    TensorFlow holds the size of the input against that of the output, so the latter tells both.
    """
    strides = _numbers(call["subsample"], 2)
    if strides == (1, 1):
        return ()
    rows, columns = _number(call["nb_row"]), _number(call["nb_col"])
    mode = constants(_value(call["border_mode"]))
    sizes = _sizes(argument, call)
    if strides is None or rows is None or columns is None or mode not in (["same"], ["valid"]) or not sizes:
        writing.assume("the output has the size that `Conv2DTranspose` gives it, so that it needs no `output_padding`")
        return ()
    same = mode == ["same"]
    wanted = {tuple(_more(*axis, same) for axis in zip(size, (rows, columns), strides)) for size in sizes}
    if len(wanted) != 1:
        raise Unrenderable("the `output_padding` depends on the `output_shape`")
    more = wanted.pop()
    if all(usual for _, usual in more):
        return ()
    if any(number >= stride for (number, _), stride in zip(more, strides)):
        raise Unrenderable("`Conv2DTranspose` has no `output_padding` for one of the two axes alone")
    return (repr(tuple(number for number, _ in more)),)


def _more(size: int, kernel: int, stride: int, same: bool) -> tuple[int, bool]:
    """The `output_padding` that gives an output this `size`, and whether that is what it is without any."""
    if same:
        inputs = -(-size // stride)
        return size - (inputs - 1) * stride - kernel % 2, size == inputs * stride
    inputs = -(-(size - kernel + 1) // stride)
    return size - (inputs - 1) * stride - kernel, size == inputs * stride + max(kernel - stride, 0)


def _sizes(argument: Argument, call: Mapping[str, Argument]) -> set[tuple[int, int]]:
    """The rows and columns of an `output_shape`, whichever ways it may be ordered; nothing where one is not known."""
    ordering = constants(_value(call["dim_ordering"])) or [None]
    filters = _number(call["nb_filter"])
    found: set[tuple[int, int]] = set()
    for shape in _shapes(argument):
        if shape is None:
            return set()
        first = _first_axis(shape, ordering[0], filters)
        rows, columns = shape[first], shape[first + 1]
        if rows is None or columns is None:
            return set()
        found.add((rows, columns))
    return found


def _first_axis(shape: tuple[int | None, ...], ordering: object, filters: int | None) -> int:
    """Where the rows stand: as the ordering says, else as the number of filters beside them does."""
    if ordering in ("tf", "th"):
        return 1 if ordering == "tf" else 2
    return 2 if filters is not None and shape[1] == filters != shape[3] else 1


def _shapes(argument: Argument) -> list[tuple[int | None, ...] | None]:
    """The tuples of four numbers that an argument may be; None for numbers that are not known."""
    if isinstance(argument.node, (ast.Tuple, ast.List)) and argument.slot is not None:
        known = argument.value if isinstance(argument.value, Items) and argument.value.items is not None else None
        if known is None:
            literal = [one.value if isinstance(one, ast.Constant) else None for one in argument.node.elts]
            return [tuple(one if isinstance(one, int) else None for one in literal)] if len(literal) == 4 else [None]
    shapes: list[tuple[int | None, ...] | None] = []
    for option in options(argument.value):
        if not isinstance(option, Items) or option.items is None or len(option.items) != 4:
            return [None]
        shapes.append(tuple(_integer(item) for item in option.items))
    return shapes or [None]


def _numbers(argument: Argument, length: int) -> tuple[int, ...] | None:
    """A tuple of numbers."""
    if argument.slot is None or isinstance(argument.node, (ast.Tuple, ast.List)):
        try:
            value = ast.literal_eval(argument.node)
        except ValueError:
            value = None
        if isinstance(value, (tuple, list)) and len(value) == length and all(isinstance(one, int) for one in value):
            return tuple(value)
    known = argument.value
    if isinstance(known, Items) and known.items is not None and len(known.items) == length:
        numbers = [_integer(item) for item in known.items]
        return None if None in numbers else tuple(one for one in numbers if one is not None)
    return None


def _number(argument: Argument) -> int | None:
    return _integer(_value(argument))


def _integer(value: Value) -> int | None:
    known = constants(value)
    only = known[0] if known is not None and len(known) == 1 else None
    return only if isinstance(only, int) else None


def _value(argument: Argument) -> Value:
    """What is known of an argument; a literal is what it says."""
    return Const(argument.node.value) if isinstance(argument.node, ast.Constant) else argument.value


def given_weights(argument: Argument, writing: Writing, call: Mapping[str, Argument]) -> Pieces | None:
    """The initial weights of a convolution."""
    if _is_none(argument):
        return ()
    opening, closing = _turned(argument, writing, call)
    if opening:
        return (opening, *argument.pieces, closing)
    node = argument.node
    if not _has_two_axes(call, writing):
        return None
    if isinstance(node, (ast.List, ast.Tuple)) and node.elts and not isinstance(node.elts[0], ast.Starred):
        kernel, *others = node.elts
        return (f"[{', '.join([_one_axis(kernel, writing), *map(writing.source, others)])}]",)
    if not isinstance(node, (ast.Name, ast.Attribute, ast.Subscript)) or _may_be_none(argument.value):
        raise Unrenderable("call `set_weights` with the `weights` once the layer is built: its kernel has three axes")
    return (f"[{writing.source(node)}[0][:, 0], *{writing.source(node)}[1:]]",)


def kernel_start(
    argument: Argument, writing: Writing, weights: Argument, call: Mapping[str, Argument]
) -> Pieces | None:
    """How the kernel starts: with initial weights, if there are any, which Keras 3 takes as initializers only."""
    if _is_none(weights):
        return () if argument.slot is None else initializer(argument, writing) or argument.pieces
    opening, closing = _turned(weights, writing, call)
    node = weights.node
    use = (call.get("bias") or call["use_bias"]).node
    bias = not (isinstance(use, ast.Constant) and use.value is False)
    length = 2 if bias else 1
    if isinstance(node, (ast.List, ast.Tuple)) and len(node.elts) == length:
        values = [writing.source(one) for one in node.elts]
        if opening:
            values[0] = f"{opening}[{values[0]}]{closing}[0]"
        elif _has_two_axes(call, writing):
            values[0] = _one_axis(node.elts[0], writing)
    elif isinstance(node, (ast.Name, ast.Attribute, ast.Subscript)):
        values = [f"{opening}{writing.source(node)}{closing}[{position}]" for position in range(length)]
        values[0] += "[:, 0]" if _has_two_axes(call, writing) else ""
    else:
        raise Unrenderable("call `set_weights` with the `weights` once the layer is built")
    constant = writing.spell("keras.initializers.Constant")
    starts = [f"{constant}({value})" for value in values]
    if not isinstance(node, (ast.List, ast.Tuple)) and _may_be_none(weights.value):
        without = initializer(argument, writing) or argument.pieces
        if not isinstance(argument.node, (ast.Constant, ast.Name, ast.Attribute, ast.Subscript, ast.Call)):
            without = ("(", *without, ")")
        test = f" if {writing.source(node)} is None else "
        return (*without, ", bias_initializer='zeros'".join(test + start for start in starts))
    return (", bias_initializer=".join(starts),)


def _may_be_none(value: Value) -> bool:
    """Whether there may be nothing, as in a layer of one's own that hands its parameters on."""
    return any(one is UNKNOWN or (isinstance(one, Const) and one.value is None) for one in options(value))


def _has_two_axes(call: Mapping[str, Argument], writing: Writing) -> bool:
    """Whether a kernel over steps comes as (length, 1, channels, filters), as it did from Keras 1.1 on."""
    return "filter_length" in call and not writing.mentions(".get_weights(")


def _one_axis(kernel: ast.expr, writing: Writing) -> str:
    """A kernel over steps without the axis that is one long."""
    source = writing.source(kernel)
    plain = isinstance(kernel, (ast.Name, ast.Attribute, ast.Subscript, ast.Call))
    return f"{source}[:, 0]" if plain else f"({source})[:, 0]"


def _turned(weights: Argument, writing: Writing, call: Mapping[str, Argument]) -> tuple[str, str]:
    """What stands around weights to turn their kernel: with the ordering 'th' it had other axes."""
    ordering = call.get("dim_ordering")
    known = (constants(_value(ordering)) or [None]) if ordering is not None else ["tf"]
    # What `get_weights` gives has the axes of today, unless that is turned, too.
    is_of_today = writing.mentions(".get_weights(") and not writing.mentions("def get_weights(layer)")
    if known == ["default"] and not is_of_today:
        return f"{writing.snippet('legacy_weights')}(", ")"
    if known == ["th"] and not is_of_today:
        return f"{writing.snippet('legacy_weights')}(", ", 'channels_first')"
    if "th" in known:
        raise Unrenderable(
            "turn the kernel among the `weights` to (rows, columns, channels, filters), as in "
            "`np.transpose(kernel, (2, 3, 1, 0))`, and call `set_weights` once the layer is built"
        )
    if known != ["tf"]:
        writing.assume("the kernel among the `weights` has the channels and the filters as its last axes")
    return "", ""


def _is_none(argument: Argument) -> bool:
    return isinstance(argument.node, ast.Constant) and argument.node.value is None
