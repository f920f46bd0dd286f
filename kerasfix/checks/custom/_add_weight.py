"""Writes a weight that was made by hand as `self.add_weight(shape=..., initializer=..., name=...)`."""

from __future__ import annotations

import ast

from kerasfix.checks import Context
from kerasfix.checks.custom._classes import self_name
from kerasfix.checks.custom._creators import Creator
from kerasfix.checks.custom._weights import Weight
from kerasfix.edits.calls import Pieces
from kerasfix.findings import Edit, ImportNeed, Slot
from kerasfix.source.index import TextIndex

_LINE_LIMIT = 100
_Made = tuple[list[Edit], tuple[ImportNeed, ...]]
_RANDOM = {
    "random_uniform_variable": ("RandomUniform", (("low", "minval"), ("high", "maxval"))),
    "random_normal_variable": ("RandomNormal", (("mean", "mean"), ("scale", "stddev"))),
}
_NUMPY = {"numpy.zeros": "zeros", "numpy.ones": "ones"}


def add_weight_edits(context: Context, weight: Weight, trainable: str) -> _Made | None:
    """The edits that let `add_weight` make a weight, and the imports for them; None where that cannot be written.

    `trainable` is the expression to say whether it is trained, empty where it always is.
    """
    edits: list[Edit] = []
    imports: list[ImportNeed] = []
    for made in weight.creators:
        written = _Writer(context, weight, made, trainable).write()
        if written is None:
            return None
        edits.extend(written[0])
        imports.extend(written[1])
    return edits, tuple(imports)


class _Writer:
    """Writes one call."""

    def __init__(self, context: Context, weight: Weight, made: Creator, trainable: str) -> None:
        self.context = context
        self.index: TextIndex = context.facts.index
        self.weight = weight
        self.made = made
        self.trainable = trainable
        self.owner = self_name(weight.method)
        self.edits: list[Edit] = []
        self.imports: tuple[ImportNeed, ...] = ()

    def write(self) -> _Made | None:
        if self.made.kind == "add_weight":
            return self._more()
        arguments = self._arguments()
        if arguments is None:
            return None
        arguments += self._name_and_rest()
        start, end = self.index.span(self.made.call)
        if _has_comment(self.index, self.made.call):
            return None
        self.edits.append(Edit(start, end, self._laid_out(arguments)))
        return self.edits, self.imports

    def _more(self) -> _Made:
        """The regularizer and the constraint, for a call of `add_weight` that has none."""
        call = self.made.call
        extra = [", ".join(["", *self._extra()])]
        last = [*call.args, *(keyword.value for keyword in call.keywords)][-1:]
        if not extra[0] or not last:
            return [], ()
        end = self.index.span(last[0])[1]
        # Behind the parentheses that the last argument may stand in.
        while self.index.text[end] == ")" and end < self.index.span(call)[1] - 1:
            end += 1
        return [Edit(end, end, (extra[0],))], ()

    def _arguments(self) -> list[Pieces] | None:
        given = self.made.arguments
        kind = self.made.kind
        if kind == "variable":
            return self._of_value(given["value"]) if "value" in given else None
        if "shape" not in given:
            return None
        shape: Pieces = ("shape=", self._slot(given["shape"]))
        if kind in ("zeros", "ones"):
            return [shape, (f"initializer='{kind}'",)]
        if kind in _RANDOM:
            return self._random(shape, kind)
        initializer = self.made.initializer
        text = initializer if isinstance(initializer, str) else self._text(initializer)
        return [shape, (f"initializer={text}",)]

    def _random(self, shape: Pieces, kind: str) -> list[Pieces] | None:
        name, parameters = _RANDOM[kind]
        given = self.made.arguments
        if "seed" in given:
            return None
        func = self._named(f"keras.initializers.{name}")
        inside = ", ".join(f"{new}={self._text(given[old])}" for old, new in parameters if old in given)
        return [shape, (f"initializer={func}({inside})",)]

    def _of_value(self, value: ast.expr) -> list[Pieces] | None:
        """`K.variable(value)`: the shape is that of the value."""
        if (plain := self._plain(value)) is not None:
            return plain
        if isinstance(value, ast.Constant) and isinstance(value.value, (int, float)):
            constant = self._named("keras.initializers.Constant")
            return [("shape=()",), (f"initializer={constant}(", self._slot(value), ")")]
        if not isinstance(value, (ast.Name, ast.Attribute)):
            return self._hoisted(value)
        text = self._text(value)
        return self._of_array(text)

    def _plain(self, value: ast.expr) -> list[Pieces] | None:
        """`K.variable(np.zeros(shape))`."""
        if not isinstance(value, ast.Call) or len(value.args) != 1 or value.keywords:
            return None
        func = value.func
        numpy = self._numpy_alias()
        if not isinstance(func, ast.Attribute) or not isinstance(func.value, ast.Name) or func.value.id != numpy:
            return None
        kind = _NUMPY.get(f"numpy.{func.attr}")
        shape = value.args[0]
        if kind is None or not isinstance(shape, (ast.Tuple, ast.List)):
            return None
        return [("shape=", self._slot(shape)), (f"initializer='{kind}'",)]

    def _of_array(self, text: str) -> list[Pieces]:
        constant = self._named("keras.initializers.Constant")
        numpy = self._numpy_alias()
        if numpy is None:
            numpy = "np"
            self.imports += (ImportNeed("numpy", "", "np"),)
        return [(f"shape={numpy}.shape({text})",), (f"initializer={constant}({text})",)]

    def _hoisted(self, value: ast.expr) -> list[Pieces] | None:
        """A value that is computed gets a name, in a line of its own, as it is needed twice."""
        start = self.index.span(self.weight.statement)[0]
        line, column = self.index.position(start)
        indent = self.index.line_text(line)[:column]
        if indent.strip() or len(self.weight.creators) > 1 or self.weight.value is not self.made.call:
            return None
        name = f"initial_{self.weight.name.lstrip('_')}"
        while name in self.index.text:
            name += "_"
        self.edits.append(Edit(start, start, (f"{name} = {self._text(value)}{self.index.newline_at(start)}{indent}",)))
        return self._of_array(name)

    def _name_and_rest(self) -> list[Pieces]:
        given = self.made.arguments
        rest: list[Pieces] = []
        if "dtype" in given:
            rest.append(("dtype=", self._slot(given["dtype"])))
        if "name" in given and not _is_none(given["name"]):
            rest.append(("name=", self._slot(given["name"])))
        elif isinstance(self.weight.statement, ast.Assign) and self.weight.value is self.made.call:
            rest.append((f"name='{self.weight.name.lstrip('_')}'",))
        return rest + [(text,) for text in self._extra()]

    def _extra(self) -> list[str]:
        found: list[str] = []
        if self.weight.regularizer is not None:
            found.append(f"regularizer={self._text(self.weight.regularizer)}")
        if self.weight.constraint is not None:
            found.append(f"constraint={self._text(self.weight.constraint)}")
        if self.trainable and all(keyword.arg != "trainable" for keyword in self.made.call.keywords):
            found.append(f"trainable={self.trainable}")
        return found

    def _laid_out(self, arguments: list[Pieces]) -> tuple[str | Slot, ...]:
        """On one line if it fits there, else one argument below the other where it was so before or has to be."""
        start, end = self.index.span(self.made.call)
        column = self.index.position(start)[1]
        head = f"{self.owner}.add_weight("
        long = column + len(head) + sum(map(self._length, arguments)) + 2 * len(arguments) > _LINE_LIMIT
        separator = ", "
        if long or "\n" in self.index.text[start:end]:
            separator = f",{self.index.newline_at(start)}{' ' * (column + len(head))}"
            line = self.index.line_text(self.index.position(start)[0])
            if "\t" in line[:column]:
                separator = ", "
        pieces: list[str | Slot] = [head]
        for number, argument in enumerate(arguments):
            pieces += [separator, *argument] if number else argument
        return (*pieces, ")")

    def _length(self, pieces: Pieces) -> int:
        return sum(len(piece) if isinstance(piece, str) else piece.end - piece.start for piece in pieces)

    def _slot(self, node: ast.expr) -> Slot:
        return Slot(*self.index.span(node))

    def _text(self, node: ast.expr | None) -> str:
        assert node is not None
        text = self.index.source(node)
        return " ".join(text.split()) if "\n" in text else text

    def _named(self, target: str) -> str:
        name, imports = self.context.namer.name(target, None, self.context.facts.root)
        self.imports += imports
        return name

    def _numpy_alias(self) -> str | None:
        for node in self.context.facts.tree.body:
            if isinstance(node, ast.Import):
                for alias in node.names:
                    if alias.name == "numpy":
                        return alias.asname or "numpy"
        return None


def _is_none(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


def _has_comment(index: TextIndex, call: ast.Call) -> bool:
    """Whether there is a comment between the arguments of a call."""
    import io
    import tokenize

    text = index.source(call)
    if "#" not in text:
        return False
    tokens = tokenize.generate_tokens(io.StringIO(text).readline)
    try:
        return any(token.type == tokenize.COMMENT for token in tokens)
    except tokenize.TokenError:
        return True
