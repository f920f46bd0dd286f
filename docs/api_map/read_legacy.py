"""The public definitions of a legacy Keras, read from its sources, which are parsed and never imported."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path

from docs.api_map.definitions import Api, Definition, Parameter
from docs.api_map.harness import legacy_folder
from docs.api_map.read_values import accepted_values

# Theano has an own definition of every function of the backend; CNTK, too. What code calls is `keras.backend`.
_OTHER_BACKENDS = ("keras.backend.theano_backend", "keras.backend.cntk_backend", "keras.backend.mxnet_backend",
                   "keras.backend.numpy_backend")  # fmt: skip
_HOMES = {
    "@activations": ("keras.activations",),
    "@initializers": ("keras.initializations", "keras.initializers"),
    "@regularizers": ("keras.regularizers",),
    "@constraints": ("keras.constraints",),
    "@losses": ("keras.objectives", "keras.losses"),
    "@metrics": ("keras.metrics",),
    "@optimizers": ("keras.optimizers",),
}
# What the modules define beside what they look up, or find only in theory: base classes, and what needs arguments.
_LOOKING_UP = (
    "get", "get_fans", "serialize", "deserialize", "clip_norm", "optimizer_from_config", "Regularizer", "Constraint",
    "Optimizer", "Initializer", "EigenvalueRegularizer", "TFOptimizer", "L1L2Regularizer", "WeightRegularizer",
    "ActivityRegularizer", "L1L2", "Reduce", "Metric", "Loss", "SensitivitySpecificityBase", "clone_metric",
    "clone_metrics", "MeanMetricWrapper", "LossFunctionWrapper", "is_categorical_crossentropy",
)  # fmt: skip
# `keras.models` imports them like anything else that it uses, and is where everyone gets them from.
_AMONG_MODELS = ("keras.models.Model", "keras.models.Sequential")


@dataclass(slots=True)
class _Module:
    name: str
    is_package: bool
    tree: ast.Module
    every: dict[str, str] = field(default_factory=dict)  # a name -> the path of what it is, which may be a module

    @property
    def names(self) -> dict[str, str]:
        """Those that are public."""
        return {name: place for name, place in self.every.items() if not name.startswith("_")}


@cache
def read_legacy(version: str) -> Api:
    """The public modules, classes, functions, methods and properties of Keras 1.x or 2.x.

    Args:
        version: As on the package index. The sources are fetched when they are not there.
    """
    modules = _modules(legacy_folder(version))
    # Modules import each other in circles: until nothing is new.
    while sum(_resolve(module, modules) for module in modules.values()):
        pass
    definitions: dict[str, Definition] = {}
    paths = _paths(modules)
    named = {place: _best(place, all_paths, modules) for place, all_paths in paths.items()}
    for place, all_paths in paths.items():
        module_name, _, name = place.rpartition(".")
        node = _node(modules[module_name].tree, name)
        if node is None:
            continue
        tree = modules[module_name].tree
        for one in _definitions(node, module_name, named[place], tuple(sorted(all_paths)), tree):
            definitions[one.name] = one
    linked = {name: _linked(one, modules, named) for name, one in definitions.items()}
    linked = {name: _with_start(one, linked, modules) for name, one in linked.items()}
    public = tuple(sorted(name for name in modules if name.partition(".")[0] == "keras" and "._" not in name))
    return Api(version, public, dict(sorted(linked.items())), _texts(modules))


def _texts(modules: dict[str, _Module]) -> dict[str, tuple[str, ...]]:
    """The names that `activations.get(...)` and its like find: whatever the module defines."""
    texts: dict[str, tuple[str, ...]] = {}
    for key, homes in _HOMES.items():
        for home in homes:
            if home in modules:
                names = [name for name, place in modules[home].names.items() if place.startswith(f"{home}.")]
                texts[key] = tuple(sorted(name for name in names if name not in _LOOKING_UP))
                places = modules[home].names
                texts[key] = tuple(name for name in texts[key] if not _needs_arguments(modules[home], places[name]))
    return texts


def _needs_arguments(module: _Module, place: str) -> bool:
    """Whether it is a class that cannot be made without arguments."""
    node = _node(module.tree, place.rpartition(".")[2])
    start = _start(node, module.tree) if isinstance(node, ast.ClassDef) else None
    return start is not None and len(start.args.args) - 1 > len(start.args.defaults)


def _modules(folder: Path) -> dict[str, _Module]:
    modules = {}
    # Keras 2.2 and later take their preprocessing and their applications from two packages of their own.
    packages = ("keras", "keras_preprocessing", "keras_applications")
    for path in sorted(path for package in packages for path in (folder / package).rglob("*.py")):
        parts = path.relative_to(folder).with_suffix("").parts
        is_package = parts[-1] == "__init__"
        name = ".".join(parts[:-1] if is_package else parts)
        modules[name] = _Module(name, is_package, ast.parse(path.read_text(encoding="utf-8")))
    return modules


def _resolve(module: _Module, modules: dict[str, _Module]) -> bool:
    """Find the names of a module, and where each is defined, as far as those of the others are known; what is new."""
    names: dict[str, str] = {}
    for statement in _statements(module.tree.body):
        if isinstance(statement, (ast.FunctionDef, ast.ClassDef)):
            names[statement.name] = f"{module.name}.{statement.name}"
        elif isinstance(statement, ast.Assign):
            place = _assigned(statement.value, names, modules)
            names.update({target.id: place for target in statement.targets if isinstance(target, ast.Name) and place})
        elif isinstance(statement, ast.ImportFrom):
            source = _source(statement, module)
            for alias in statement.names:
                if f"{source}.{alias.name}" in modules:
                    names[alias.asname or alias.name] = f"{source}.{alias.name}"
            if source not in modules:
                continue
            there = modules[source].every
            for alias in statement.names:
                if alias.name == "*":
                    names.update({name: place for name, place in there.items() if not name.startswith("_")})
                elif alias.name in there:
                    names[alias.asname or alias.name] = there[alias.name]
    for statement in _statements(module.tree.body):
        if isinstance(statement, ast.FunctionDef) and (place := _handed_on(statement, names, modules)):
            names[statement.name] = place
    new = names != module.every
    module.every = names
    return new


def _assigned(value: ast.expr, names: dict[str, str], modules: dict[str, _Module]) -> str | None:
    """What `Conv2D = Convolution2D` and `pad_sequences = sequence.pad_sequences` stand for."""
    if isinstance(value, ast.Name):
        return names.get(value.id)
    if isinstance(value, ast.Attribute) and isinstance(value.value, ast.Name):
        module = modules.get(names.get(value.value.id, ""))
        return module.every.get(value.attr) if module else None
    return None


def _handed_on(node: ast.FunctionDef, names: dict[str, str], modules: dict[str, _Module]) -> str | None:
    """What `def VGG16(*args, **kwargs): return vgg16.VGG16(*args, **kwargs)` hands its arguments on to."""
    if node.args.args or not node.args.vararg or not isinstance(node.body[-1], ast.Return):
        return None
    value = node.body[-1].value
    return _assigned(value.func, names, modules) if isinstance(value, ast.Call) else None


def _statements(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    """Statements of a module, those under `if` and `try` among them; of a choice of backends, TensorFlow's."""
    for statement in body:
        if isinstance(statement, ast.If):
            yield from _statements(statement.body)
            yield from _statements(statement.orelse)
        elif isinstance(statement, ast.Try):
            yield from _statements(statement.body)
        elif not (
            isinstance(statement, ast.ImportFrom)
            and statement.module in ("theano_backend", "cntk_backend")
            and statement.level == 1
        ):
            yield statement


def _source(statement: ast.ImportFrom, module: _Module) -> str:
    if not statement.level:
        return statement.module or ""
    parts = module.name.split(".")
    parts = parts[: len(parts) - statement.level + module.is_package]
    return ".".join([*parts, *([statement.module] if statement.module else [])])


def _paths(modules: dict[str, _Module]) -> dict[str, set[str]]:
    paths: dict[str, set[str]] = {}
    for module in modules.values():
        for name, place in module.names.items():
            if place not in modules and not place.startswith(_OTHER_BACKENDS) and _is_meant(module, place):
                paths.setdefault(place, set()).add(f"{module.name}.{name}")
    return paths


def _is_meant(module: _Module, place: str) -> bool:
    """Whether code may be expected to get a name from there, and not only because the module happened to import it."""
    if module.name.partition(".")[0] != "keras":
        return False
    home = place.rpartition(".")[0]
    if module.name == home or place in _AMONG_MODELS or not home.startswith("keras."):
        return True
    if module.name.startswith(("keras.layers.", "keras.engine.", "keras.models")):
        return home.startswith(("keras.layers", "keras.engine", "keras.legacy.layers", "keras.models"))
    # A package that imports `*` also has what its modules happened to import.
    return module.is_package and place.startswith((f"{module.name}.", "keras.engine.", "keras.legacy.layers."))


def _best(place: str, paths: set[str], modules: dict[str, _Module]) -> str:
    """The path that most code takes: by way of a package, then the place of the definition."""
    own = place.rpartition(".")[2]

    def rank(path: str) -> tuple[bool, bool, bool, bool, int, str]:
        module, _, name = path.rpartition(".")
        through_package = modules[module].is_package or path in _AMONG_MODELS
        least = path.startswith(("keras.engine", "keras.legacy")) or module == "keras"
        return (name != own, path not in _AMONG_MODELS, least, not through_package and path != place,
                path.count("."), path)  # fmt: skip

    return min(paths, key=rank)


def _node(tree: ast.Module, name: str) -> ast.FunctionDef | ast.ClassDef | None:
    found = [
        statement
        for statement in _statements(tree.body)
        if isinstance(statement, (ast.FunctionDef, ast.ClassDef)) and statement.name == name
    ]
    return found[-1] if found else None


def _definitions(
    node: ast.FunctionDef | ast.ClassDef, module: str, name: str, paths: tuple[str, ...], tree: ast.Module
) -> Iterator[Definition]:
    if isinstance(node, ast.FunctionDef):
        yield _definition(node, module, name, "function", node.args.args, paths=paths, tree=tree)
        return
    methods = [item for item in node.body if isinstance(item, ast.FunctionDef)]
    start = _start(node, tree)
    bases = tuple(base.id for base in node.bases if isinstance(base, ast.Name))
    if start is None:
        yield Definition(name, module, "class", paths=paths, bases=bases)
    else:
        one = _definition(start, module, name, "class", start.args.args[1:], paths=paths, tree=tree, inside=node)
        yield Definition(name, module, "class", one.parameters, one.any_positional, one.any_keyword, one.values,
                         paths, bases=bases)  # fmt: skip
    for item in methods:
        if item.name.startswith("_"):
            continue
        decorators = {ast.unparse(decorator) for decorator in item.decorator_list}
        if "property" in decorators:
            yield Definition(f"{name}.{item.name}", module, "property", owner=name)
        elif not any(decorator.endswith(".setter") for decorator in decorators):
            arguments = item.args.args if "staticmethod" in decorators else item.args.args[1:]
            static = bool(decorators & {"staticmethod", "classmethod"})
            full = f"{name}.{item.name}"
            yield _definition(item, module, full, "method", arguments, owner=name, static=static, tree=tree)


def _start(node: ast.ClassDef, tree: ast.Module) -> ast.FunctionDef | None:
    """The `__init__` of a class, its own or that of a base class in its module."""
    for item in node.body:
        if isinstance(item, ast.FunctionDef) and item.name == "__init__":
            return item
    names = [base.id for base in node.bases if isinstance(base, ast.Name)]
    for statement in tree.body:
        if isinstance(statement, ast.ClassDef) and statement.name in names and statement is not node:
            return _start(statement, tree)
    return None


def _definition(
    node: ast.FunctionDef,
    module: str,
    name: str,
    kind: str,
    arguments: list[ast.arg],
    *,
    tree: ast.Module,
    paths: tuple[str, ...] = (),
    owner: str = "",
    static: bool = False,
    inside: ast.ClassDef | None = None,
) -> Definition:
    defaults: list[str | None] = [None] * (len(node.args.args) - len(node.args.defaults))
    defaults += [ast.unparse(default) for default in node.args.defaults]
    parameters = tuple(
        Parameter(argument.arg, default)
        for argument, default in zip(arguments, defaults[len(node.args.args) - len(arguments) :], strict=True)
    ) + tuple(
        Parameter(argument.arg, ast.unparse(value) if value else None)
        for argument, value in zip(node.args.kwonlyargs, node.args.kw_defaults, strict=True)
    )
    values = accepted_values(inside or node, tuple(one.name for one in parameters), tree, node)
    return Definition(name, module, kind, parameters, node.args.vararg is not None, node.args.kwarg is not None, values,
                      paths, owner, static=static)  # fmt: skip


def _linked(one: Definition, modules: dict[str, _Module], named: dict[str, str]) -> Definition:
    """The definition with its base classes under the names that they have here."""
    if not one.bases:
        return one
    names = modules[one.module].names
    bases = []
    for base in _public_bases(one.bases, modules[one.module].tree):
        place = names.get(base, f"{one.module}.{base}")
        bases.append(named.get(place, base))
    return replace(one, bases=tuple(bases))


def _with_start(one: Definition, linked: dict[str, Definition], modules: dict[str, _Module]) -> Definition:
    """A class with the parameters of its nearest base class, where it has no `__init__` of its own."""
    node = _node(modules[one.module].tree, one.name.rpartition(".")[2]) if one.kind == "class" else None
    if not isinstance(node, ast.ClassDef) or _start(node, modules[one.module].tree) is not None:
        return one
    for attribute in [base for base in node.bases if isinstance(base, ast.Attribute)]:
        place = _assigned(attribute, modules[one.module].every, modules) or ""
        home = modules.get(place.rpartition(".")[0])
        there = _node(home.tree, place.rpartition(".")[2]) if home else None
        start = _start(there, home.tree) if home and isinstance(there, ast.ClassDef) else None
        if home and start:
            found = _definition(start, one.module, one.name, "class", start.args.args[1:], tree=home.tree)
            return replace(one, parameters=found.parameters, any_keyword=found.any_keyword, values=found.values)
    for name in one.bases:
        if name in linked:
            base = _with_start(linked[name], linked, modules)
            return replace(one, parameters=base.parameters, any_positional=base.any_positional,
                           any_keyword=base.any_keyword, values=base.values)  # fmt: skip
    return one


def _public_bases(bases: tuple[str, ...], tree: ast.Module) -> Iterator[str]:
    """The bases with those of private classes in the place of these."""
    for base in bases:
        node = _node(tree, base) if base.startswith("_") else None
        if isinstance(node, ast.ClassDef):
            yield from _public_bases(tuple(one.id for one in node.bases if isinstance(one, ast.Name)), tree)
        else:
            yield base
