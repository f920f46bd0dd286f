"""Values as expressions that can be evaluated in the namespace of a module."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from kerasfix.flow.frame import ModuleState
from kerasfix.flow.values import (
    Api,
    Class,
    Const,
    DictValue,
    Function,
    Instance,
    Items,
    Model,
    Module,
    Tensor,
    Union,
    Value,
    options,
)
from kerasfix.verify.find.watching import Listed

_CHANNELS = (1, 3, 4)


@dataclass(frozen=True, slots=True)
class Texts:
    """Writes values for one module. `made` gives the expression for a model that a function of the project returns."""

    state: ModuleState
    channels_first: bool = False
    made: Callable[[Model, ModuleState], str | None] = lambda model, state: None
    hidden: frozenset[str] = frozenset()  # names that the module does not have when it is imported

    def text(self, value: Value) -> str | None:
        """An expression for a value, or None for what is not known."""
        if isinstance(value, Const):
            return _constant(value.value)
        if isinstance(value, (Items, Listed)):
            return self._several(value)
        if isinstance(value, DictValue):
            return self._dictionary(value)
        if isinstance(value, Union):
            return self._one_of(value)
        if isinstance(value, Tensor):
            return self._input(value)
        if isinstance(value, (Api, Function, Class)):
            return self.name(value)
        if isinstance(value, Model):
            return self.made(value, self.state)
        if isinstance(value, Instance):
            return self._instance(value)
        return None

    def name(self, value: Value) -> str | None:
        """The name that something has in the module."""
        names = [name for name, known in self._names if known == value]
        if names:
            return names[0]
        short = value.name.rpartition(".")[2] if isinstance(value, Api) else None
        if short is not None and self.state.star(short) == value:
            return short
        if isinstance(value, Api):
            for name, known in self._names:
                if isinstance(known, Module) and value.name == f"{known.name}.{short}":
                    return f"{name}.{short}"
        return None

    @property
    def _names(self) -> Iterator[tuple[str, Value]]:
        known = self.state.vars.items()
        return ((name, value) for name, value in known if "." not in name and name not in self.hidden)

    def _several(self, value: Items | Listed) -> str | None:
        if value.items is None:
            return None
        texts = [self.text(item) for item in value.items]
        known = [text for text in texts if text is not None]
        if len(known) < len(texts):
            return None
        inside = ", ".join(known)
        if isinstance(value, Listed):
            return f"[{inside}]"
        return f"({inside},)" if len(known) == 1 else f"({inside})"

    def _dictionary(self, value: DictValue) -> str | None:
        if not value.entries:
            return None
        pairs = []
        for key, item in value.entries:
            name, text = _constant(key), self.text(item)
            if name is None or text is None:
                return None
            pairs.append(f"{name}: {text}")
        return "{" + ", ".join(pairs) + "}"

    def _one_of(self, value: Union) -> str | None:
        """Of several that it may be: a shape in the order of the channels, something rather than None."""

        def rank(option: Value) -> tuple[bool, bool]:
            first = _has_channels_first(option)
            return (first is not None and first != self.channels_first, option == Const(None))

        texts = (self.text(option) for option in sorted(options(value), key=rank))
        return next((text for text in texts if text is not None), None)

    def _input(self, tensor: Tensor) -> str | None:
        """A new input in the place of a tensor whose shape is known."""
        if not tensor.symbolic or tensor.shape is None:
            return None
        return f"{self.input}(shape={tensor.shape[1:]!r})"

    @property
    def input(self) -> str:
        """What `Input` of Keras is called in the module."""
        name = self.name(Api("keras.layers.Input"))
        if name is not None:
            return name
        paths = {"keras": ".layers.Input", "keras.layers": ".Input"}
        modules = ((name, known.name) for name, known in self._names if isinstance(known, Module))
        spelled = (f"{name}{paths[known]}" for name, known in modules if known in paths)
        return next(spelled, "__import__('keras').layers.Input")

    def _instance(self, instance: Instance) -> str | None:
        """An object whose class needs nothing to make one."""
        init = instance.cls.info.find("__init__")
        if init is not None and len(init.node.args.args) - len(init.node.args.defaults) > 1:
            return None
        name = self.name(instance.cls)
        return f"{name}()" if name is not None else None


def _constant(value: object) -> str | None:
    if value is None or value is Ellipsis or isinstance(value, (bool, int, str, bytes)):
        return repr(value) if value is not Ellipsis else "..."
    return repr(value) if isinstance(value, float) and math.isfinite(value) else None


def _has_channels_first(value: Value) -> bool | None:
    """Whether a shape looks as if it begins with the channels; None for what is no shape of an image."""
    numbers = list(_numbers(value.items)) if isinstance(value, (Items, Listed)) and value.items is not None else []
    if len(numbers) < 3:
        return None
    first, last = numbers[0] in _CHANNELS, numbers[-1] in _CHANNELS
    return first if first != last else None


def _numbers(items: Sequence[Value]) -> Iterator[object]:
    for item in items:
        yield item.value if isinstance(item, Const) else None
