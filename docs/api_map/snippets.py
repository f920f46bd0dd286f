"""Lines of code that use a definition of a legacy Keras in every way that it can be used."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from docs.api_map.definitions import Api, Definition, Parameter

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

# Functions of tensors are used where tensors are: here in a loss, which knows them as `x` and `y`.
_OF_TENSORS = ("keras.backend.", "keras.activations.", "keras.objectives.", "keras.losses.", "keras.metrics.")
_SETUP = """
import numpy as np
x = np.zeros((8, 4))
y = np.zeros((8, 1))
weights = np.ones((8,))
config = {}
text = ''
batches = iter([(x, y)])


def double(x):
    return x * 2


def mask(inputs, masks=None):
    return None


def rates(epoch):
    return 0.1


def note(*args):
    pass


def step(x):
    return x


session = None


def build():
    return None
"""
# What proves which Keras a file was written for: of Keras 2 where the same text means another thing on Keras 3.
_KEYS = {
    "1.2.2": "from keras.layers import Dense\nkey = Dense(output_dim=1)\n",
    "2.3.1": "from keras.layers.core import Dense\nkey = Dense(1)\n",
}


@dataclass(frozen=True, slots=True)
class Case:
    """One line, or one class, that uses a definition in one way."""

    marker: str  # the name that the line assigns to: what kerasfix makes of the line is found by it
    way: str  # "path", "module", "bare", "required", "default", "given", "text", "positional", "keywords", "override"
    subject: str = ""  # the path, or the name of the parameter
    text: str = ""  # the text that the parameter is given


@dataclass(frozen=True, slots=True)
class Snippet:
    """A file with cases of one definition."""

    code: str
    cases: tuple[Case, ...]


@cache
def examples() -> dict[str, Any]:
    """The tables of examples.toml."""
    return tomllib.loads((Path(__file__).parent / "examples.toml").read_text(encoding="utf-8"))


def path_snippet(path: str) -> Snippet:
    """A file that imports a name from one of the modules that have it."""
    module, _, name = path.rpartition(".")
    return Snippet(f"from {module} import {name}\ncase_0 = {name}\n", (Case("case_0", "path", path),))


def module_snippets(module: str) -> Iterator[Snippet]:
    """Files that import a module, in the forms that there are."""
    yield Snippet(f"import {module}\ncase_0 = {module}\n", (Case("case_0", "module", module),))
    package, _, name = module.rpartition(".")
    if package:
        yield Snippet(f"from {package} import {name}\ncase_0 = {name}\n", (Case("case_0", "module", module),))


def use_snippet(one: Definition, api: Api) -> Snippet | None:
    """A file that uses a definition: its parameters one by one, and all of them."""
    if _is_override(one):
        return _override(one)
    if one.name in examples()["derived"]["names"]:
        return _derived(one)
    setup = _setup(one)
    if one.owner:
        if not setup.get("receiver"):
            return None
        function = f"{one.owner.rpartition('.')[2] if one.static else setup['receiver']}.{one.name.rpartition('.')[2]}"
        imports = _import(one.owner) if one.static else ""
    elif one.name.startswith("keras.backend."):
        function, imports = f"K.{one.name.rpartition('.')[2]}", "from keras import backend as K"
    else:
        function, imports = one.name.rpartition(".")[2], _import(one.name)
    key = _KEYS[api.version] if one.name in examples()["proven"].get(api.version, [one.name]) else ""
    parts = [key, _SETUP.strip(), setup.get("code", "").strip()]
    cases = []
    for number, (way, subject, text, arguments) in enumerate(_ways(one, api)):
        case = Case(f"case_{number}", way, subject, text)
        expression = function if one.kind == "property" else f"{function}({arguments})"
        parts.append(_line(case.marker, expression, one, setup.get("inside", "")))
        cases.append(case)
    if _takes_tensors(one):
        parts.append("from keras.layers import Dense\nfrom keras.models import Sequential")
    return Snippet(_ordered([imports, *parts]), tuple(cases))


def _ordered(parts: Sequence[str]) -> str:
    """The lines of a file, its imports first."""
    lines = [line for part in parts for line in part.splitlines()]
    imports = dict.fromkeys(line for line in lines if line.startswith(("from ", "import ")))
    return "\n".join([*imports, *(line for line in lines if line not in imports)]) + "\n"


def _import(path: str) -> str:
    module, _, name = path.rpartition(".")
    return f"from {module} import {name}"


def _takes_tensors(one: Definition) -> bool:
    return one.kind == "function" and one.name.startswith(_OF_TENSORS) and bool(one.parameters)


def _line(marker: str, expression: str, one: Definition, inside: str) -> str:
    number = marker.partition("_")[2]
    if inside:
        return f"\n\nclass Layer_{number}(Layer):\n    def {inside}:\n        {marker} = {expression}\n"
    if not _takes_tensors(one):
        return f"{marker} = {expression}"
    return (
        f"\ndef loss_{number}(x, y):\n    {marker} = {expression}\n    return {marker}\n\n"
        f"model_{number} = Sequential([Dense(1, input_shape=(4,))])\nmodel_{number}.compile('sgd', loss_{number})"
    )


def _setup(one: Definition) -> dict[str, str]:
    for name in (one.name, one.owner):
        for table in examples()["setup"]:
            if name and name in table["of"]:
                found: dict[str, str] = table
                return found
    return {}


def _ways(one: Definition, api: Api) -> Iterator[tuple[str, str, str, str]]:
    """The ways to call it: how, which parameter, which text, and the arguments."""
    if one.kind == "property":
        yield "bare", "", "", ""
        return
    required = [parameter for parameter in one.parameters if parameter.default is None]
    needed = examples()["bare"].get(one.name, "config" if one.any_positional else "")
    first = [_value(one, parameter) for parameter in required] or [needed][: bool(needed)]
    yield "bare", "", "", ", ".join(first)
    if required:
        yield "required", "", "", _keywords(one, required)
    for parameter in one.parameters:
        if parameter.default is None or f"{parameter.name}=" in needed:
            continue
        if _is_literal(parameter.default):
            yield "default", parameter.name, "", ", ".join([*first, f"{parameter.name}={parameter.default}"])
        value = examples()["alone"].get(one.name, {}).get(parameter.name) or _value(one, parameter)
        if value.replace(" ", "") != parameter.default.replace(" ", ""):
            yield "given", parameter.name, "", ", ".join([*first, f"{parameter.name}={value}"])
    for parameter in one.parameters:
        for text in _texts(one, parameter, api):
            yield "text", parameter.name, text, _with_text(one, parameter, text)
    if len(one.parameters) > len(required):
        yield "positional", "", "", ", ".join(_value(one, parameter) for parameter in one.parameters)
        yield "keywords", "", "", _keywords(one, one.parameters)


def _keywords(one: Definition, parameters: Sequence[Parameter]) -> str:
    return ", ".join(f"{parameter.name}={_value(one, parameter)}" for parameter in parameters)


def _with_text(one: Definition, parameter: Parameter, text: str) -> str:
    value = repr([text] if parameter.name == "metrics" else text)
    parts = []
    for other in one.parameters:
        if other.name == parameter.name:
            parts.append(value if other.default is None else f"{other.name}={value}")
        elif other.default is None:
            parts.append(_value(one, other))
    return ", ".join(parts)


def _texts(one: Definition, parameter: Parameter, api: Api) -> list[str]:
    extra = examples()["texts"].get(one.name, {}).get(parameter.name, [])
    texts: dict[str, None] = {}
    for text in (*one.values.get(parameter.name, ()), *extra):
        texts.update(dict.fromkeys(_names(one, text, api) if text.startswith("@") else [text]))
    return list(texts)


def _names(one: Definition, key: str, api: Api) -> list[str]:
    """The names that are looked up in a module: all of them where it counts, else some."""
    every = one.name in examples()["all"][key]
    return [name for name in api.texts[key] if every or name in examples()["some"][key]]


def _value(one: Definition, parameter: Parameter) -> str:
    """An expression for a parameter: of the nearest table that has it, else its default, else nothing in particular."""
    tables = examples()["values"]
    place = one.name
    while place:
        if parameter.name in tables.get(place, {}):
            return str(tables[place][parameter.name])
        place = place.rpartition(".")[0]
    found = tables.get(parameter.name, parameter.default)
    return str(found) if isinstance(found, str) else "x"


def _is_literal(text: str) -> bool:
    try:
        ast.literal_eval(text)
    except (ValueError, SyntaxError):
        return False
    return True


def _is_override(one: Definition) -> bool:
    return one.name.rpartition(".")[2] in examples()["overrides"].get(one.owner, ())


def _derived(one: Definition) -> Snippet:
    name = one.name.rpartition(".")[2]
    code = f"{_import(one.name)}\n\n\nclass case_0({name}):\n    pass\n"
    return Snippet(code, (Case("case_0", "override"),))


def _override(one: Definition) -> Snippet:
    name = one.owner.rpartition(".")[2]
    method = one.name.rpartition(".")[2]
    first = one.parameters[0].name if one.parameters else "{}"
    code = (
        f"{_import(one.owner)}\n\n\nclass case_0({name}):\n"
        f"    def {method}(self{''.join(', ' + parameter.text for parameter in one.parameters)}):\n"
        f"        return {first}\n"
    )
    return Snippet(code, (Case("case_0", "override"),))
