"""What to call a function with: its defaults, what the project calls it with, and at last guesses."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from kerasfix.report import paths
from kerasfix.verify.find.guesses import guesses_of
from kerasfix.verify.find.texts import Texts
from kerasfix.verify.find.watching import Note, parameters_of

_MAX_SITES = 2  # calls in the project with other arguments

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
        return ", ".join(f"{name}={text}" for name, text in self.texts.items())

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

    def __init__(self, signature: Signature, notes: Sequence[Note], texts: Texts, code: str) -> None:
        self.signature = signature
        self.code = code  # of the function and of those that it calls
        self.texts = texts
        self.notes = [(note, self._texts_of(note)) for note in notes]

    def certain(self) -> list[Arguments]:
        """Those that the code itself shows: with the defaults, and as in the first calls that differ from it."""
        found: list[Arguments] = []
        for note, texts in self.notes:
            complete = all(name in texts for name in (*self.signature.required, *self._more(note)))
            if complete and texts and all(texts != one.texts for one in found):
                found.append(Arguments(texts, f"called as in {self._place(note)}"))
        # What takes whatever it is given may not do without it.
        needs = self.signature.required or (self.signature.open and self.notes)
        defaults = [] if needs else [Arguments()]
        return [*defaults, *found[:_MAX_SITES]]

    def guessed(self) -> list[Arguments]:
        """Those with guesses for what the code does not show; one with what is missing if that cannot be guessed."""
        required = (
            *self.signature.required,
            *dict.fromkeys(name for note, _ in self.notes for name in self._more(note)),
        )
        given = [texts for _, texts in self.notes]
        fullest = max(range(len(given)), key=lambda at: sum(name in given[at] for name in required), default=None)
        known = dict(given[fullest]) if fullest is not None else {}
        for texts in given:
            known.update((name, texts[name]) for name in required if name in texts and name not in known)
        unknown = [name for name in required if name not in known]
        sets = [self._alike(name, known) or self._guesses(name) for name in unknown]
        missing = tuple(name for name, values in zip(unknown, sets) if not values)
        if missing:
            guesses = {name: values[0] for name, values in zip(unknown, sets) if values}
            needed = {name: text for name, text in {**known, **guesses}.items() if name in required}
            return [Arguments(self._ordered({**needed, **dict.fromkeys(missing, "...")}), missing=missing)]
        if not unknown:
            return [Arguments(self._ordered(known), "called with arguments from several calls")]
        rounds = max(map(len, sets))
        return [self._guess(known, {n: v[min(at, len(v) - 1)] for n, v in zip(unknown, sets)}) for at in range(rounds)]

    def instead(self) -> list[Arguments]:
        """What may work where the defaults do not: values for what is None by default, no weights to download."""
        other: dict[str, tuple[str, ...]] = {}
        for name, default in self.signature.defaults.items():
            value = default.value if isinstance(default, ast.Constant) else ...
            guesses = self._guesses(name)
            if (guesses and value is None and self.texts.input not in guesses[0] and guesses != ("None",)) or (
                isinstance(value, str) and guesses == ("None",)
            ):
                other[name] = guesses
        rounds = max(map(len, other.values()), default=0)
        return [self._guess({}, {n: v[min(at, len(v) - 1)] for n, v in other.items()}) for at in range(rounds)]

    def _alike(self, name: str, known: Texted) -> tuple[str, ...]:
        """What is known of a parameter of the same kind, which has to fit: `maxlen_question` for `maxlen_answer`."""
        guesses, words = self._guesses(name), set(name.split("_"))
        if not guesses:
            return ()
        same = (other for other in known if words & set(other.split("_")) and self._guesses(other) == guesses)
        return next(((known[other],) for other in same), ())

    def _guesses(self, name: str) -> tuple[str, ...]:
        return guesses_of(name, self.code, channels_first=self.texts.channels_first, tensor=self.texts.input)

    def _guess(self, known: Texted, guesses: Texted) -> Arguments:
        names = tuple(self._ordered(guesses))
        return Arguments(self._ordered({**known, **guesses}), f"called with guesses for {listed(names)}", names)

    def _ordered(self, texts: Texted) -> dict[str, str]:
        order = {name: place for place, name in enumerate(self.signature.every)}
        return {name: texts[name] for name in sorted(texts, key=lambda name: order.get(name, len(order)))}

    def _more(self, note: Note) -> list[str]:
        """The arguments of a call that go into `**kwargs`."""
        return [name for name, _ in note.given if name not in self.signature.every] if self.signature.open else []

    def _texts_of(self, note: Note) -> dict[str, str]:
        """What is known of the arguments of a call."""
        found: dict[str, str] = {}
        for name, value in note.given:
            if name not in self.signature.every and not self.signature.open:
                continue
            text = self.texts.text(value)
            default = self.signature.defaults.get(name)
            if text is not None and (default is None or ast.unparse(default) != text):
                found[name] = text
        return self._ordered(found)

    def _place(self, note: Note) -> str:
        line = f", line {note.site.lineno}" if note.site is not None else ""
        return f"{paths.shown(note.path)}{line}"


def listed(names: Sequence[str]) -> str:
    """Names in a sentence."""
    quoted = [f"`{name}`" for name in names]
    return " and ".join(filter(None, [", ".join(quoted[:-1]), quoted[-1]])) if quoted else ""
