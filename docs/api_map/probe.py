"""Holds lines of code against the library that is installed: this text is run by an engine, beside one Keras.

`run(texts)` executes what each text has around its cases, and for each case finds out whether its names are there,
whether its calls fit the signatures, whether its object can be built, and what its arguments come to.
"""

from __future__ import annotations

import ast
import builtins
import importlib
import inspect
import os
import tempfile
import warnings
from typing import Any

_BUILT = "keras.", "tf_keras.", "case."  # packages whose classes are built; functions are not called
# What functions take in `**kwargs` and do know.
_KNOWN = {"compile": {"sample_weight_mode"}, "Input": {"batch_shape"}, "add_loss": {"inputs"}, "dot": {"normalize"},
          "load_weights": {"by_name"}, "save_model": {"include_optimizer"}, "save": {"include_optimizer"}}  # fmt: skip
_OTHERS = ("scikeras",)  # libraries that took something over and are not installed
_NOT_BUILT = {"preprocessing", "utils", "backend", "wrappers"}  # these look for files and for other things


def run(texts: dict[str, str]) -> dict[str, dict[str, dict[str, Any]]]:
    """What became of the cases of each text, by the name of the text and the marker of the case."""
    warnings.simplefilter("ignore")
    os.chdir(tempfile.mkdtemp())
    return {name: _examine(text) for name, text in texts.items()}


def _examine(text: str) -> dict[str, dict[str, Any]]:
    try:
        tree = ast.parse(text)
    except SyntaxError as error:
        return {"": {"error": f"SyntaxError: {error}"}}
    space: dict[str, Any] = {"__name__": "case"}
    found: dict[str, dict[str, Any]] = {}
    missing: dict[str, str] = {}  # names that an import did not give, and why
    for statement in tree.body:
        marker = _marker(statement)
        if marker and isinstance(statement, ast.ClassDef):
            found[marker] = _class(statement, space, tree)
        elif marker and isinstance(statement, ast.Assign):
            found[marker] = _case(statement.value, space, missing, whole=True)
        elif isinstance(statement, ast.ClassDef) and statement.name.startswith("Layer_"):
            found.update(_inside(statement, space, missing))
        elif isinstance(statement, ast.FunctionDef) and statement.name.startswith("loss_"):
            for inner in ast.walk(statement):
                if isinstance(inner, ast.Assign) and (marker := _marker(inner)):
                    found[marker] = _case(inner.value, space, missing, whole=False)
        elif not ast.unparse(statement).startswith("model_"):
            _execute(statement, space, missing)
    return found


def _marker(statement: ast.stmt) -> str | None:
    if isinstance(statement, ast.ClassDef):
        name = statement.name
    elif isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name):
        name = statement.targets[0].id
    else:
        return None
    return name if name.startswith("case_") else None


def _inside(statement: ast.ClassDef, space: dict[str, Any], missing: dict[str, str]) -> dict[str, dict[str, Any]]:
    """The cases in the methods of a class, which call methods of its base."""
    try:
        base = eval(ast.unparse(statement.bases[0]), space)
    except BaseException as error:
        return {marker: {"error": _reason(error)} for node in ast.walk(statement) if (marker := _marker_of(node))}
    own = {**space, "self": base}
    return {
        marker: _case(node.value, own, missing, whole=False)
        for node in ast.walk(statement)
        if isinstance(node, ast.Assign) and (marker := _marker(node))
    }


def _marker_of(node: ast.AST) -> str | None:
    return _marker(node) if isinstance(node, ast.Assign) else None


class _Successor:
    """What another library has in the place of a thing of Keras; the library need not be installed.

    Estimators of SciKeras, which this stands for, take the model first and the rest by keyword.
    """

    def __init__(self, model: Any = None, **kwargs: Any) -> None:
        self.given = (model, kwargs)

    def __getattr__(self, name: str) -> _Successor:
        return _Successor()

    def __call__(self, *args: Any, **kwargs: Any) -> _Successor:
        return _Successor()


def _execute(statement: ast.stmt, space: dict[str, Any], missing: dict[str, str]) -> None:
    if isinstance(statement, ast.ImportFrom) and (statement.module or "").partition(".")[0] in _OTHERS:
        space.update({alias.asname or alias.name: _Successor for alias in statement.names})
        return
    try:
        exec(compile(ast.Module([statement], []), "<setup>", "exec"), space)
    except BaseException as error:
        reason = _reason(error)
        if isinstance(statement, ast.ImportFrom):
            # One name that is gone does not take the others with it.
            for alias in statement.names:
                try:
                    exec(f"from {statement.module} import {alias.name} as {alias.asname or alias.name}", space)
                except BaseException as one:
                    missing[alias.asname or alias.name] = _reason(one)
        elif isinstance(statement, ast.Import):
            for alias in statement.names:
                missing[alias.asname or alias.name.partition(".")[0]] = reason
        else:
            for node in ast.walk(statement):
                if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                    missing[node.id] = reason


def _reason(error: BaseException) -> str:
    return f"{type(error).__name__}: {str(error).strip().splitlines()[0][:200] if str(error).strip() else ''}"


def _class(statement: ast.ClassDef, space: dict[str, Any], tree: ast.Module) -> dict[str, Any]:
    """Whether the methods that a subclass defines are there to be overridden, or called by a base in the file."""
    try:
        base = eval(ast.unparse(statement.bases[0]), space)
    except BaseException as error:
        return {"error": _reason(error)}
    for item in statement.body:
        if isinstance(item, ast.FunctionDef) and item.name in _asked_for(base.__name__, tree):
            continue
        if isinstance(item, ast.FunctionDef) and not hasattr(base, item.name):
            return {"error": f"AttributeError: {base.__name__} has no {item.name}()"}
        if isinstance(item, ast.FunctionDef) and (problem := _misfit(item, getattr(base, item.name))):
            return {"error": problem}
    return {"error": None, "text": ast.unparse(statement)}


def _asked_for(name: str, tree: ast.Module) -> set[str]:
    """What the methods of a class in the file ask `self` for, which its subclasses have to have."""
    classes = [node for node in tree.body if isinstance(node, ast.ClassDef) and node.name == name]
    return {
        part.attr
        for node in classes
        for part in ast.walk(node)
        if isinstance(part, ast.Attribute) and isinstance(part.value, ast.Name) and part.value.id == "self"
    }


def _misfit(item: ast.FunctionDef, method: Any) -> str | None:
    """Why Keras, which passes what its own method takes, cannot call a method that overrides it."""
    try:
        there = [one for one in inspect.signature(method).parameters.values() if one.name != "self"]
    except (TypeError, ValueError):
        return None
    given = [argument.arg for argument in item.args.args[1:]]
    required = given[: len(given) - len(item.args.defaults)]
    required_there = [one.name for one in there if one.default is one.empty and one.kind is one.POSITIONAL_OR_KEYWORD]
    if any(one.kind is one.VAR_POSITIONAL for one in there):
        return None
    if len(required_there) < len(required):
        return f"TypeError: called with ({', '.join(required_there)}), takes ({', '.join(given)})"
    return None


def _case(value: ast.expr, space: dict[str, Any], missing: dict[str, str], *, whole: bool) -> dict[str, Any]:
    for node in ast.walk(value):
        if isinstance(node, ast.Name) and node.id in missing:
            return {"error": missing[node.id], "text": ast.unparse(value)}
    found: dict[str, Any] = {"error": None, "text": ast.unparse(value), "means": None}
    inner = {argument.arg for node in ast.walk(value) if isinstance(node, ast.Lambda) for argument in node.args.args}
    inner |= {name for node in ast.walk(value) if isinstance(node, ast.comprehension) for name in _names(node.target)}
    local = inner if whole else inner | {"x", "y"}
    try:
        for node in ast.walk(value):
            _look(node, space, local)
    except _Wrong as wrong:
        found["error"] = str(wrong)
        return found
    except BaseException as error:
        found["error"] = _reason(error)
        return found
    if isinstance(value, ast.Call) and (dotted := _dotted(value.func, space, local)) is not None:
        found["means"] = _bound(dotted, value)
    if whole and _is_built(value, space):
        try:
            built = eval(compile(ast.Expression(value), "<case>", "eval"), space)
        except BaseException as error:
            found["error"] = _reason(error)
            return found
        found["means"] = _configuration(built) or found["means"]
    if not isinstance(value, ast.Call) and whole:
        try:
            found["kind"] = _kind(eval(compile(ast.Expression(value), "<case>", "eval"), space))
        except BaseException as error:
            found["error"] = _reason(error)
    return found


def _names(target: ast.expr) -> set[str]:
    return {node.id for node in ast.walk(target) if isinstance(node, ast.Name)}


class _Wrong(Exception):
    """A call that does not fit."""


def _look(node: ast.AST, space: dict[str, Any], local: set[str]) -> None:
    if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load):
        _dotted(node, space, local)
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and node.id not in local:
        eval(node.id, space)
    if isinstance(node, ast.Call):
        function = _dotted(node.func, space, local)
        if function is not None:
            _bind(function, node)
            if isinstance(node.func, ast.Attribute) and node.func.attr == "compile":
                _look_up(node)


def _dotted(node: ast.expr, space: dict[str, Any], local: set[str]) -> Any:
    """What a dotted name is, None for anything else; raises where a part of it is missing."""
    part: ast.expr = node
    while isinstance(part, ast.Attribute):
        part = part.value
    if not isinstance(part, ast.Name) or part.id in local:
        return None
    if isinstance(node, ast.Name) and not hasattr(builtins, node.id) and node.id not in space:
        raise NameError(f"name '{node.id}' is not defined")
    return eval(ast.unparse(node), space)


def _signature(function: Any) -> inspect.Signature | None:
    try:
        if inspect.isclass(function):
            signature = inspect.signature(function.__init__)
            return signature.replace(parameters=list(signature.parameters.values())[1:])
        signature = inspect.signature(function)
        parameters = list(signature.parameters.values())
        # A method that is looked up on its class.
        if inspect.isfunction(function) and parameters and parameters[0].name == "self":
            return signature.replace(parameters=parameters[1:])
        return signature
    except (TypeError, ValueError):
        return None


def _bind(function: Any, call: ast.Call) -> inspect.BoundArguments | None:
    signature = _signature(function)
    if signature is None or any(isinstance(argument, ast.Starred) for argument in call.args):
        return None
    named = {keyword.arg: keyword.value for keyword in call.keywords if keyword.arg}
    if len(named) < len(call.keywords):
        return None
    try:
        bound = signature.bind(*call.args, **named)
    except TypeError as error:
        raise _Wrong(f"TypeError: {ast.unparse(call.func)}(): {error}") from None
    rest = next((one.name for one in signature.parameters.values() if one.kind is one.VAR_KEYWORD), "")
    unknown = set(bound.arguments.get(rest, ())) - _KNOWN.get(getattr(function, "__name__", ""), set())
    if unknown and not inspect.isclass(function) and _in_keras(function):
        raise _Wrong(f"TypeError: {ast.unparse(call.func)}() takes {', '.join(sorted(unknown))} as anything else")
    return bound


def _in_keras(function: Any) -> bool:
    return str(getattr(function, "__module__", "")).startswith(("keras.", "tf_keras."))


def _bound(function: Any, call: ast.Call) -> dict[str, str] | None:
    bound = _bind(function, call)
    if bound is None:
        return None
    bound.apply_defaults()
    given = dict(bound.arguments)
    for one in bound.signature.parameters.values():
        if one.kind is one.VAR_KEYWORD:
            given.update(given.pop(one.name))
    return {".": f"arguments of {function!r}", **{name: _text(value) for name, value in given.items()}}


def _text(value: Any) -> str:
    if isinstance(value, (tuple, list)):
        return str(tuple(_text(item) for item in value))
    if isinstance(value, dict):
        return str({key: _text(item) for key, item in value.items() if key != "name"})
    if isinstance(value, ast.AST):
        try:
            return _text(ast.literal_eval(value))
        except (ValueError, TypeError, SyntaxError):
            return ast.unparse(value)
    if isinstance(value, float) and value == int(value):
        return repr(int(value))
    return repr(value)


def _look_up(call: ast.Call) -> None:
    """`compile` looks names up late, in some versions: look now."""
    named = {keyword.arg: keyword.value for keyword in call.keywords}
    named |= dict(zip(("optimizer", "loss"), call.args))
    modules = {"optimizer": ("optimizers",), "loss": ("losses", "objectives"), "metrics": ("metrics",)}
    for name, homes in modules.items():
        value = named.get(name)
        texts = value.elts if isinstance(value, ast.List) else [value]
        for text in texts:
            if isinstance(text, ast.Constant) and isinstance(text.value, str) and text.value not in ("accuracy", "acc"):
                for home in homes:
                    try:
                        module = importlib.import_module(f"keras.{home}")
                    except ImportError:
                        continue
                    module.get(text.value)
                    break


def _is_built(value: ast.expr, space: dict[str, Any]) -> bool:
    if not isinstance(value, ast.Call):
        return False
    try:
        function = eval(ast.unparse(value.func), space)
    except BaseException:
        return False
    module = f"{getattr(function, '__module__', '')}."
    parts = set(module.split("."))
    return inspect.isclass(function) and module.startswith(_BUILT) and not parts & _NOT_BUILT


def _configuration(built: Any) -> dict[str, str] | None:
    try:
        config = built.get_config()
    except BaseException:
        return None
    if not isinstance(config, dict):
        return None
    # Names are counted, and functions are their byte code.
    config = {key: value for key, value in config.items() if key not in ("name", "function")}
    return {".": "configuration", **{key: _text(value) for key, value in config.items()}}


def _kind(value: Any) -> str:
    if inspect.ismodule(value):
        return "module"
    return "callable" if callable(value) else "value"
