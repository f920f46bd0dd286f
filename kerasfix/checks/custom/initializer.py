"""Initializers of one's own as Keras 1 called them: functions of a shape and a name that make a variable."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from kerasfix.checks import Context
from kerasfix.checks._scopes import is_name
from kerasfix.checks.custom._creators import api_of
from kerasfix.edits.calls import Pieces
from kerasfix.findings import Applicability, Edit, Finding, Fix, ImportNeed, Slot
from kerasfix.flow.values import Api, options

RULE = "initializer-makes-variable"
RULES = frozenset({RULE})
Function = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda

_MODULES = ("keras.initializations.", "keras.initializers.")
# Functions of Keras 1 with a class that every later version has: the name of its scale, and the scale of Keras 1.
_CLASSES = {
    "normal": ("RandomNormal", "stddev", "0.05"),
    "uniform": ("RandomUniform", "", "0.05"),
    "orthogonal": ("Orthogonal", "gain", "1.1"),
    "identity": ("Identity", "gain", "1.0"),
    "zero": ("Zeros", None, None),
    "one": ("Ones", None, None),
}
_NAMED = frozenset({"lecun_uniform", "glorot_uniform", "glorot_normal", "he_uniform", "he_normal"})
_BACKEND = {"keras.backend.zeros": "Zeros", "keras.backend.ones": "Ones"}
# Functions of the backend that draw the values, with the arguments behind the shape by the names of today.
_DRAWS = {
    "keras.backend.random_normal_variable": ("RandomNormal", ("mean", "scale"), ("mean", "stddev")),
    "keras.backend.random_uniform_variable": ("RandomUniform", ("low", "high"), ("minval", "maxval")),
}


@dataclass(frozen=True, slots=True)
class _Made:
    """A call that makes a variable, and what stands in its place: an initializer to be called, or a value."""

    call: ast.Call
    initializer: Pieces | None
    value: Pieces
    imports: tuple[ImportNeed, ...]


def check(context: Context) -> Iterator[Finding]:
    """Every function of a shape and a name that gives back a variable."""
    text = context.facts.index.text
    if not ("shape" in text and "name" in text) and "initializations" not in text:
        return
    if "initializations" in text:
        yield from _handed_on(context)
    for function in context.facts.nodes(ast.FunctionDef, ast.Lambda):
        if _has_their_parameters(function):
            yield from _finding(context, function)
    for call in context.facts.nodes(ast.Call):
        yield from _partial(context, call)


def _handed_on(context: Context) -> Iterator[Finding]:
    """`init=initializations.normal`, and functions of one's own that get such a function."""
    facts = context.facts
    for node, looks in facts.api_loads.items():
        if len(looks) > 1 or not is_handed_on(context, node):
            continue
        short = (context.namer.path(node) or "").rpartition(".")[2]
        parent = facts.parents.get(node)
        source = facts.index.source(node)
        message = f"`{source}` gave back a variable for a shape, where an initializer of today gives values"
        assumes = None
        if not _is_for_layer(context, parent):
            shapes = "" if short in _CLASSES else ", for shapes in the order of TensorFlow"
            assumes = f"what calls `{source}` only reads what it gives{shapes}"
        text, imports = named(context, short)
        released = frozenset(part.id for part in ast.walk(node) if isinstance(part, ast.Name))
        safety = Applicability.UNSAFE if assumes else Applicability.SAFE
        edit = Edit(*facts.index.span(node), text)
        fix = Fix((edit,), safety, "Hand on an initializer of Keras", assumes, imports, released)
        yield Finding(RULE, *facts.index.span(node), message, fix)


def is_handed_on(context: Context, node: ast.expr) -> bool:
    """Whether a function of `keras.initializations` that has a successor stands somewhere without being called."""
    path = context.namer.path(node) or ""
    parent = context.facts.parents.get(node)
    if isinstance(parent, ast.Call) and (parent.func is node or _is_partial(parent)):
        return False
    known = path.rpartition(".")[2] in _CLASSES.keys() | _NAMED
    return known and path.startswith(_MODULES[0]) and not isinstance(parent, ast.Attribute)


def _is_for_layer(context: Context, parent: ast.AST | None) -> bool:
    """Whether an argument is the initializer of a layer of Keras."""
    call = context.facts.parents.get(parent) if isinstance(parent, ast.keyword) else None
    if not isinstance(parent, ast.keyword) or not isinstance(call, ast.Call):
        return False
    api = api_of(context.facts, call) or ""
    name = parent.arg or ""
    return api.startswith("keras.layers.") and name.endswith(("init", "initializer"))


def named(context: Context, short: str) -> tuple[Pieces, tuple[ImportNeed, ...]]:
    """An initializer by the name of the function of Keras 1."""
    if short in _CLASSES:
        return _initializer(context, short, None)
    module, imports = context.namer.module("keras.initializers", context.facts.root, "initializers")
    return (f"{module}.get('{short}')",), imports


def function_of_keras(context: Context, node: ast.expr) -> str | None:
    """The name of the function of `keras.initializations` that an expression always is, if it has a successor."""
    looks = context.facts.api_loads.get(node, [])
    names = {option.name for look in looks for option in options(look) if isinstance(option, Api)}
    module, _, short = names.pop().rpartition(".") if len(names) == 1 else ("", "", "")
    return short if f"{module}." in _MODULES and short in _CLASSES.keys() | _NAMED else None


def is_partly_applied(context: Context, node: ast.expr) -> bool:
    """Whether a function of `keras.initializations` stands in a `partial` that some rule rewrites."""
    parent = context.facts.parents.get(node)
    if not isinstance(parent, ast.Call) or not _is_partial(parent) or function_of_keras(context, node) is None:
        return False
    return _scale(context, parent) is not None or [keyword.arg for keyword in parent.keywords] == ["dim_ordering"]


def _is_partial(call: ast.Call) -> bool:
    return ast.unparse(call.func).rpartition(".")[2] == "partial" and len(call.args) == 1


def _scale(context: Context, node: ast.Call) -> tuple[str, ast.expr] | None:
    """The function in `partial(initializations.normal, scale=0.02)`, and the scale; an ordering does not matter."""
    short = function_of_keras(context, node.args[0]) if _is_partial(node) else None
    given = {keyword.arg: keyword.value for keyword in node.keywords}
    if short not in _CLASSES or "scale" not in given or not given.keys() <= {"scale", "dim_ordering"}:
        return None
    return short, given["scale"]


def _partial(context: Context, node: ast.Call) -> Iterator[Finding]:
    """`partial(initializations.normal, scale=0.02)`."""
    index = context.facts.index
    found = _scale(context, node)
    if found is None:
        return
    short, scale = found
    made = _initializer(context, short, scale)
    start, end = index.span(node)
    message = f"`{short}` gave back a variable, where Keras asks an initializer for values: with a shape and a `dtype`"
    edit = Edit(start, end, ("lambda shape, dtype=None: ", *made[0], "(shape, dtype)"))
    released = frozenset(part.id for part in ast.walk(node) if isinstance(part, ast.Name))
    fix = Fix((edit,), Applicability.SAFE, "Ask an initializer of Keras", None, made[1], released)
    yield Finding(RULE, start, end, message, fix)


def _has_their_parameters(node: Function) -> bool:
    parameters = [*node.args.posonlyargs, *node.args.args]
    names = [parameter.arg for parameter in parameters]
    return names[:1] == ["shape"] and "name" in names[1:] and node.args.vararg is None


def _finding(context: Context, node: Function) -> Iterator[Finding]:
    index = context.facts.index
    made = [one for call in _calls(node) if (one := _made(context, call)) is not None]
    if not made:
        return
    start, end = index.span(node.args.args[0])
    end = index.span(node.args.args[-1])[1]
    what = "this function" if isinstance(node, ast.Lambda) else f"`{node.name}`"
    message = f"{what} makes a variable, where Keras asks an initializer for values: with a shape and a `dtype`"
    fix = _fix(context, node, made)
    advice = "Take `(shape, dtype=None)`, and return the values: an array, or what an initializer gives for the shape"
    yield Finding(RULE, start, end, message[0].upper() + message[1:], fix, None if fix is not None else advice)


def _calls(node: Function) -> Iterator[ast.Call]:
    """The calls in a function that are given its name, and those that it returns."""
    returned = {node.body} if isinstance(node, ast.Lambda) else set()
    returned |= {part.value for part in ast.walk(node) if isinstance(part, ast.Return) and part.value is not None}
    for part in ast.walk(node):
        if isinstance(part, ast.Call) and (part in returned or any(_is_name(keyword) for keyword in part.keywords)):
            yield part


def _is_name(keyword: ast.keyword) -> bool:
    return keyword.arg == "name" and isinstance(keyword.value, ast.Name) and keyword.value.id == "name"


def _made(context: Context, call: ast.Call) -> _Made | None:
    api = api_of(context.facts, call)
    if api is None or any(isinstance(argument, ast.Starred) for argument in call.args):
        return None
    index = context.facts.index
    given = {keyword.arg: keyword.value for keyword in call.keywords}
    if api == "keras.backend.variable" and len(call.args) == 1 and given.keys() <= {"name"}:
        return _Made(call, None, (Slot(*index.span(call.args[0])),), ())
    shape = call.args[0] if call.args else given.get("shape")
    if shape is None:
        return None
    module_less = api.rpartition(".")[2]
    if api in _BACKEND and len(call.args) <= 1 and given.keys() <= {"name", "shape"}:
        name, imports = context.namer.name(f"keras.initializers.{_BACKEND[api]}", None, context.facts.root)
        return _applied(index.span(shape), call, (f"{name}()",), imports)
    if api in _DRAWS:
        return _drawn(context, call, api, shape)
    if not api.startswith(_MODULES):
        return None
    if module_less in _NAMED and len(call.args) <= 1 and given.keys() <= {"name", "shape", "dim_ordering"}:
        module, imports = context.namer.module("keras.initializers", context.facts.root, "initializers", call.func)
        return _applied(index.span(shape), call, (f"{module}.get('{module_less}')",), imports)
    if (
        module_less not in _CLASSES
        or len(call.args) > 2
        or not given.keys() <= {"name", "shape", "scale", "dim_ordering"}
    ):
        return None
    scale = call.args[1] if len(call.args) > 1 else given.get("scale")
    written = _initializer(context, module_less, scale)
    return _applied(index.span(shape), call, *written)


def _initializer(context: Context, short: str, scale: ast.expr | None) -> tuple[Pieces, tuple[ImportNeed, ...]]:
    """The initializer that does what a function of Keras 1 did, with its scale."""
    index = context.facts.index
    cls, parameter, default = _CLASSES[short]
    name, imports = context.namer.name(f"keras.initializers.{cls}", None, context.facts.root)
    size: Pieces = (Slot(*index.span(scale)),) if scale is not None else (default or "",)
    if parameter is None:
        return (f"{name}()",), imports
    if parameter:
        return (f"{name}({parameter}=", *size, ")"), imports
    text = index.source(scale) if scale is not None else default or ""
    simple = scale is None or isinstance(scale, (ast.Constant, ast.Name, ast.Attribute))
    least = f"-{text}" if simple else f"-({text})"
    return (f"{name}(minval={least}, maxval=", *size, ")"), imports


def _drawn(context: Context, call: ast.Call, api: str, shape: ast.expr) -> _Made | None:
    """`K.random_normal_variable(shape, mean, scale, name=name)` as the initializer that draws such values."""
    index = context.facts.index
    cls, old, new = _DRAWS[api]
    given = {keyword.arg or "": keyword.value for keyword in call.keywords}
    given |= dict(zip(("shape", *old), call.args))
    known = {"shape", *old, "name", "seed"}
    if len(call.args) > len(old) + 1 or not {*old} <= given.keys() <= known:
        return None
    name, imports = context.namer.name(f"keras.initializers.{cls}", None, context.facts.root)
    pieces: list[str | Slot] = [name]
    for mark, argument in (("(", old[0]), (", ", old[1]), (", ", "seed")):
        if argument in given:
            parameter = dict(zip(old, new)).get(argument, argument)
            pieces += [f"{mark}{parameter}=", Slot(*index.span(given[argument]))]
    return _applied(index.span(shape), call, (*pieces, ")"), imports)


def _applied(shape: tuple[int, int], call: ast.Call, initializer: Pieces, imports: tuple[ImportNeed, ...]) -> _Made:
    return _Made(call, initializer, (*initializer, "(", Slot(*shape), ", dtype)"), imports)


def _fix(context: Context, node: Function, made: list[_Made]) -> Fix | None:
    index = context.facts.index
    imports = tuple(sorted({need for one in made for need in one.imports}))
    released = frozenset(part.id for one in made for part in ast.walk(one.call.func) if isinstance(part, ast.Name))
    if isinstance(node, ast.Lambda) and (plain := _as_initializer(context, node, made)) is not None:
        edit = Edit(*index.span(node), plain)
        return Fix((edit,), Applicability.SAFE, "Give the initializer itself", None, imports, released)
    taken = {keyword.value for one in made for keyword in one.call.keywords if _is_name(keyword)}
    reads = [part for part in ast.walk(node) if isinstance(part, ast.Name) and part.id == "name"]
    if any(read not in taken for read in reads) or "dtype" in {parameter.arg for parameter in node.args.args}:
        return None
    if not isinstance(node, ast.Lambda) and _is_called(context, node.name):
        return None
    edits = [Edit(*index.span(one.call), one.value) for one in made]
    edits.append(_parameter(context, node))
    title = "Take a `dtype` for the name, and give back values"
    return Fix(tuple(edits), Applicability.SAFE, title, None, imports, released)


def _as_initializer(context: Context, node: ast.Lambda, made: list[_Made]) -> Pieces | None:
    """The initializer that a function does nothing but call, where it is handed to one layer only."""
    parent = context.facts.parents.get(node)
    handed = isinstance(parent, (ast.keyword, ast.Call))
    if not handed or len(made) != 1 or made[0].call is not node.body or made[0].initializer is None:
        return None
    shape = made[0].call.args[0] if made[0].call.args else None
    if not isinstance(shape, ast.Name) or shape.id != "shape":
        return None
    inside = [part for part in ast.walk(node.body) if isinstance(part, ast.Name) and part.id in ("shape", "name")]
    return made[0].initializer if len(inside) == 2 else None


def _parameter(context: Context, node: Function) -> Edit:
    """`name=None` in the list of parameters as `dtype=None`."""
    index = context.facts.index
    spec = node.args
    position = next(number for number, parameter in enumerate(spec.args) if parameter.arg == "name")
    start, end = index.span(spec.args[position])
    from_end = len(spec.args) - position
    if from_end <= len(spec.defaults):
        end = index.span(spec.defaults[len(spec.defaults) - from_end])[1]
    return Edit(start, end, ("dtype=None",))


def _is_called(context: Context, name: str) -> bool:
    """Whether the file calls the function itself, with a name perhaps."""
    return any(is_name(call.func, name) for call in context.facts.nodes(ast.Call))
