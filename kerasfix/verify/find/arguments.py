"""What to call a function with: its defaults, what the project calls it with, and at last guesses."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from kerasfix.flow.facts import ModuleFacts
from kerasfix.report import paths
from kerasfix.verify.find.command_line import default_of
from kerasfix.verify.find.guesses import guesses_of
from kerasfix.verify.find.texts import Texts
from kerasfix.verify.find.watching import Note, parameters_of

_MAX_SITES = 2  # calls in the project with other arguments
_MAX_INSTEAD = 5

Texted = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Arguments:
    """One way to call a function."""

    texts: Texted = field(default_factory=dict)
    why: str = "called with its defaults"
    guessed: tuple[str, ...] = ()  # the parameters whose arguments are guesses
    missing: tuple[str, ...] = ()  # the parameters for which nothing was found

    @property
    def text(self) -> str:
        """What stands between the parentheses."""
        shown = {**self.texts, **dict.fromkeys(self.missing, "...")}
        return ", ".join(f"{name}={text}" for name, text in shown.items())

    @property
    def notes(self) -> tuple[str, ...]:
        """The guesses, as a person may want to read them."""
        return tuple(f"{name}={self.texts[name]}" for name in self.guessed)


@dataclass(frozen=True, slots=True)
class Signature:
    """The parameters of a function, without `self`."""

    every: tuple[str, ...]
    required: tuple[str, ...]
    defaults: Mapping[str, ast.expr]
    open: bool  # takes any keyword

    @classmethod
    def of(cls, node: ast.FunctionDef | ast.AsyncFunctionDef, *, bound: bool) -> Signature:
        """The signature of a function; `bound`: its first parameter is given already."""
        spec = node.args
        places = [*spec.posonlyargs, *spec.args]
        defaults = {one.arg: default for one, default in zip(reversed(places), reversed(spec.defaults))}
        defaults.update((one.arg, default) for one, default in zip(spec.kwonlyargs, spec.kw_defaults) if default)
        every = (*parameters_of(node, bound=bound), *(one.arg for one in spec.kwonlyargs))
        required = tuple(name for name in every if name not in defaults)
        return cls(every, required, defaults, spec.kwarg is not None)


class Calls:
    """The ways to call one function, the best first."""

    def __init__(
        self, signature: Signature, notes: Sequence[Note], texts: Texts, files: Mapping[str, ModuleFacts]
    ) -> None:
        self.signature = signature
        self.texts = texts
        self.files = files
        self.notes = [(note, self._texts_of(note)) for note in notes]

    def certain(self) -> list[Arguments]:
        """Those that the code itself shows: with the defaults, and as in the first calls that differ from it."""
        found = [] if self.signature.required else [Arguments()]
        for note, texts in self.notes:
            complete = all(name in texts for name in self.signature.required)
            if complete and all(texts != one.texts for one in found):
                found.append(Arguments(texts, f"called as in {self._place(note)}"))
            if len(found) > _MAX_SITES:
                break
        return found

    def guessed(self) -> list[Arguments]:
        """Those with guesses for what the code does not show; one with what is missing if that cannot be guessed."""
        known: dict[str, str] = {}
        for _, texts in self.notes:
            known = {**texts, **known}
        unknown = [name for name in self.signature.required if name not in known]
        sets = [guesses_of(name, channels_first=self.texts.channels_first) for name in unknown]
        missing = tuple(name for name, values in zip(unknown, sets) if not values)
        if missing:
            return [Arguments(self._ordered(known), missing=missing)]
        rounds = max((len(values) for values in sets), default=0)
        return [self._guess(known, {n: v[min(at, len(v) - 1)] for n, v in zip(unknown, sets)}) for at in range(rounds)]

    def instead(self) -> list[Arguments]:
        """What may work where the defaults do not: values for what is None by default, no weights to download."""
        other: dict[str, tuple[str, ...]] = {}
        for name, default in self.signature.defaults.items():
            value = default.value if isinstance(default, ast.Constant) else ...
            if value is None and "shape" in name:
                other[name] = guesses_of(name, channels_first=self.texts.channels_first)
            elif isinstance(value, str) and "weight" in name:
                other[name] = ("None",)
        other = {name: values for name, values in other.items() if values}
        rounds = max(map(len, other.values()), default=0)
        return [self._guess({}, {n: v[min(at, len(v) - 1)] for n, v in other.items()}) for at in range(rounds)]

    def _guess(self, known: Texted, guesses: Texted) -> Arguments:
        why = "called with guesses for " + listed(guesses)
        return Arguments(self._ordered({**known, **guesses}), why, tuple(guesses))

    def _ordered(self, texts: Texted) -> dict[str, str]:
        order = {name: place for place, name in enumerate(self.signature.every)}
        return {name: texts[name] for name in sorted(texts, key=lambda name: order.get(name, len(order)))}

    def _texts_of(self, note: Note) -> dict[str, str]:
        """What is known of the arguments of a call."""
        written = dict(self._written(note))
        facts = self.files.get(note.path)
        found: dict[str, str] = {}
        for name, value in note.given:
            if name not in self.signature.every and not self.signature.open:
                continue
            text = self.texts.text(value)
            if text is None and facts is not None and name in written:
                text = default_of(facts, written[name])
            default = self.signature.defaults.get(name)
            if text is not None and (default is None or ast.unparse(default) != text):
                found[name] = text
        return self._ordered(found)

    def _written(self, note: Note) -> Iterator[tuple[str, ast.expr]]:
        """The arguments of a call as they are written."""
        if note.site is None or any(isinstance(one, ast.Starred) for one in note.site.args):
            return
        yield from zip(self.signature.every, note.site.args)
        for keyword in note.site.keywords:
            if keyword.arg is not None:
                yield keyword.arg, keyword.value

    def _place(self, note: Note) -> str:
        line = f", line {note.site.lineno}" if note.site is not None else ""
        return f"{paths.shown(note.path)}{line}"


def listed(names: Sequence[str] | Texted) -> str:
    """Names in a sentence."""
    quoted = [f"`{name}`" for name in names]
    return " and ".join(filter(None, [", ".join(quoted[:-1]), quoted[-1]])) if quoted else ""
