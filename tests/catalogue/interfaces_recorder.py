"""Records what the converters of Keras 2 hand on: this text is run by an engine, beside Keras 2.1.6.

`run(texts)` executes each text; of what it assigns to `case_...`, it records the arguments that reach the function
behind the converter (`keras/legacy/interfaces.py`), which is not called itself.
"""

from __future__ import annotations

import ast
import importlib
import inspect
import warnings
from typing import Any

_MODULES = ("engine.topology", "engine.training", "models", "layers.core", "layers.convolutional", "layers.pooling",
            "layers.recurrent", "layers.convolutional_recurrent", "layers.embeddings", "layers.normalization",
            "layers.noise", "layers.local", "layers.advanced_activations", "layers.wrappers")  # fmt: skip
_records: list[dict[str, Any]] = []
_recording = [False]


def converted_functions() -> list[str]:
    """The names of the functions that have a converter: "Dense", "Model.fit_generator"."""
    return sorted({_name(cls, method) for cls, method, _ in _converters()})


def run(texts: dict[str, str]) -> dict[str, dict[str, dict[str, Any]]]:
    """For each text and each marker in it: the function, its arguments, whether it was a legacy call; or an error."""
    for cls, method, wrapper in _converters():
        _intercept(wrapper, _name(cls, method))
    return {name: _cases(text) for name, text in texts.items()}


def _converters() -> list[tuple[type, str, Any]]:
    found = []
    for name in _MODULES:
        for cls in vars(importlib.import_module(f"keras.{name}")).values():
            for method in ("__init__", "fit_generator", "evaluate_generator", "predict_generator", "add_weight"):
                wrapper = getattr(cls, method, None) if inspect.isclass(cls) else None
                # A constructor counts for all classes that inherit it, a method for the class that defines it.
                if hasattr(wrapper, "_original_function") and (method == "__init__" or method in vars(cls)):
                    found.append((cls, method, wrapper))
    return found


def _name(cls: type, method: str) -> str:
    return cls.__name__ if method == "__init__" else f"{cls.__name__}.{method}"


def _intercept(wrapper: Any, name: str) -> None:
    cell = wrapper.__closure__[wrapper.__code__.co_freevars.index("func")]
    original = wrapper._original_function
    if cell.cell_contents is not original:
        return

    def record(*args: Any, **kwargs: Any) -> Any:
        if not _recording[0]:
            return original(*args, **kwargs)
        bound = inspect.signature(original).bind(*args, **kwargs)
        bound.apply_defaults()
        arguments = dict(bound.arguments)
        arguments.pop("self", None)
        arguments.update(arguments.pop("kwargs", {}))
        _records.append({name: _text(value) for name, value in arguments.items()})
        return None

    cell.cell_contents = record


def _cases(text: str) -> dict[str, dict[str, Any]]:
    space: dict[str, Any] = {"__name__": "case"}
    found = {}
    for statement in ast.parse(text).body:
        code = compile(ast.Module([statement], []), "<case>", "exec")
        marker = _marker(statement)
        if marker is None:
            try:
                exec(code, space)
            except Exception:
                continue  # what it was to define is missing from the cases, which then fail themselves
            continue
        _records.clear()
        _recording[0] = True
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            try:
                exec(code, space)
                error = None
            except Exception as raised:
                error = f"{type(raised).__name__}: {raised}"
        _recording[0] = False
        found[marker] = {
            "error": error,
            "arguments": _records[-1] if _records else None,
            "legacy": any("Keras 2 API" in str(warning.message) for warning in caught),
        }
    return found


def _marker(statement: ast.stmt) -> str | None:
    target = statement.targets[0] if isinstance(statement, ast.Assign) else None
    return target.id if isinstance(target, ast.Name) and target.id.startswith("case_") else None


def _text(value: Any) -> str:
    if isinstance(value, (tuple, list)):
        return str(tuple(_text(item) for item in value))
    if callable(value):
        return getattr(value, "__name__", type(value).__name__)
    if type(value).__module__.startswith("keras"):
        return f"{type(value).__name__}({value.get_config()})" if hasattr(value, "get_config") else type(value).__name__
    text = repr(value)
    return type(value).__name__ if " object at 0x" in text else text
