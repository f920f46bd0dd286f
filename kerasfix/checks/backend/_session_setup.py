"""`set_session(tf.Session(config=config))` and the statements that make the configuration, as TensorFlow 2 has it."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from kerasfix.checks import Context
from kerasfix.checks.backend._calls import released
from kerasfix.findings import Applicability, Edit, Fix
from kerasfix.names.namer import blocks
from kerasfix.source.index import TextIndex

# What has no effect on what is computed, or is so without being asked for.
_NEEDLESS = frozenset(
    [
        "allow_soft_placement",
        "log_device_placement",
        "gpu_options.allocator_type",
        "gpu_options.deferred_deletion_bytes",
    ]
)
_SESSIONS = ("tensorflow.Session", "tensorflow.InteractiveSession", "tensorflow.ConfigProto")
_THREADS = ("intra_op_parallelism_threads", "inter_op_parallelism_threads")
_GROWTH = "gpu_options.allow_growth"
_SHARE = "gpu_options.per_process_gpu_memory_fraction"


class _Unclear(Exception):
    """Something in the setup is used for more, or has nothing that takes its place."""


def session_setups(context: Context, calls: Sequence[ast.Call]) -> Mapping[ast.Call, Fix]:
    """The fixes of those of some calls of `set_session` that stand in a setup of nothing but that, by all its calls."""
    found: dict[ast.Call, Fix] = {}
    for call in calls:
        try:
            setup = _Setup.of(context, call)
            fix = setup.fix()
        except _Unclear:
            continue
        for statement in setup.statements:
            found.update((part, fix) for part in ast.walk(statement) if isinstance(part, ast.Call))
    return found


@dataclass
class _Setup:
    context: Context
    call: ast.Call
    block: Sequence[ast.stmt]
    statements: list[ast.stmt] = field(default_factory=list)
    settings: dict[str, ast.expr] = field(default_factory=dict)

    @classmethod
    def of(cls, context: Context, call: ast.Call) -> _Setup:
        """The setup that ends with a call. Raises _Unclear."""
        statement = context.facts.parents.get(call)
        around = context.facts.parents.get(statement) if isinstance(statement, ast.Expr) else None
        block = next((block for block in blocks(around) if statement in block), None) if around is not None else None
        if block is None or not isinstance(statement, ast.Expr) or len(call.args) != 1 or call.keywords:
            raise _Unclear
        setup = cls(context, call, block)
        setup.statements.append(statement)
        setup._session(setup._made(call.args[0], "Session", "InteractiveSession"))
        return setup

    @property
    def index(self) -> TextIndex:
        """The text."""
        return self.context.facts.index

    def _made(self, node: ast.expr, *names: str) -> ast.Call:
        """The call of one of TensorFlow's functions that an expression is, or that a variable of this block holds."""
        if isinstance(node, ast.Name):
            node = self._bound(node)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in names:
            return node
        raise _Unclear

    def _bound(self, name: ast.Name) -> ast.expr:
        """The value that a variable gets once; what sets its attributes are settings, and it has no other use."""
        scopes = self.context.facts.scopes
        around = scopes.at(name)
        scope = around.resolve(name.id) if around is not None else None
        facts = self.context.facts
        if scope is None or (scope is scopes.module and facts.is_used_elsewhere(name.id)):
            raise _Unclear
        same = [
            node
            for node in scopes.named.get(name.id, ())
            if (there := scopes.at(node)) is not None and there.resolve(name.id) is scope
        ]
        value: ast.expr | None = None
        for node in same:
            if node is name:
                continue
            statement = self._statement(node)
            if not isinstance(statement, ast.Assign) or len(statement.targets) > 1:
                raise _Unclear
            self.statements.append(statement)
            target = statement.targets[0]
            if target is node and value is None:
                value = statement.value
            elif isinstance(target, ast.Attribute) and node in ast.walk(target):
                self._set(ast.unparse(target).partition(".")[2], statement.value)
            else:
                raise _Unclear
        if value is None:
            raise _Unclear
        return value

    def _statement(self, node: ast.AST) -> ast.stmt:
        parents = self.context.facts.parents
        while not isinstance(node, ast.stmt):
            node = parents[node]
        if node not in self.block:
            raise _Unclear
        return node

    def _set(self, name: str, value: ast.expr) -> None:
        if name in self.settings:
            raise _Unclear
        self.settings[name] = value

    def _session(self, call: ast.Call) -> None:
        for keyword in call.keywords:
            if keyword.arg == "config":
                self._options(self._made(keyword.value, "ConfigProto"), "")
            elif keyword.arg != "graph" or ast.unparse(keyword.value).rpartition(".")[2] != "get_default_graph()":
                raise _Unclear
        if call.args:
            raise _Unclear

    def _options(self, call: ast.Call, prefix: str) -> None:
        if call.args:
            raise _Unclear
        for keyword in call.keywords:
            if keyword.arg == "gpu_options":
                self._options(self._made(keyword.value, "GPUOptions"), "gpu_options.")
            else:
                self._set(f"{prefix}{keyword.arg}", keyword.value)

    def fix(self) -> Fix:
        """Delete it all, and say what it said with `tf.config`. Raises _Unclear."""
        lines: list[str] = []
        assumes: str | None = None
        for name, value in self.settings.items():
            if name == _SHARE:
                assumes = "the program may take more memory of the GPU as it needs it"
            elif name not in _NEEDLESS:
                lines += self._lines(name, value)
        if _SHARE in self.settings and _GROWTH not in self.settings:
            lines += self._lines(_GROWTH, ast.Constant(True))
        if not lines and len(self.block) <= len(self.statements):
            lines = ["pass"]
        statement = self.statements[0]
        edits = [self._in_place_of(statement, lines), *(self._removal(one) for one in self.statements[1:])]
        safety = Applicability.UNSAFE if assumes else Applicability.SAFE
        title = "Configure TensorFlow without a session" if lines not in ([], ["pass"]) else "Delete the session"
        return Fix(tuple(edits), safety, title, assumes, releases=frozenset(released(self.context, self.call.func)))

    def _lines(self, name: str, value: ast.expr) -> Iterator[str]:
        tf = self._tensorflow()
        if name == _GROWTH and isinstance(value, ast.Constant):
            if value.value in (True, 1):
                yield f"for gpu in {tf}.config.list_physical_devices('GPU'):"
                yield f"    {tf}.config.experimental.set_memory_growth(gpu, True)"
        elif name in _THREADS:
            yield f"{tf}.config.threading.set_{name}({self.index.source(value)})"
        elif name == "device_count" and ast.unparse(value) == "{'GPU': 0}":
            yield f"{tf}.config.set_visible_devices([], 'GPU')"
        else:
            raise _Unclear

    def _tensorflow(self) -> str:
        """TensorFlow as the statements call it."""
        parts = (part for statement in self.statements for part in ast.walk(statement))
        for part in parts:
            if isinstance(part, ast.Attribute) and self.context.namer.path(part) in _SESSIONS:
                return self.index.source(part.value)
        raise _Unclear

    def _in_place_of(self, statement: ast.stmt, lines: Sequence[str]) -> Edit:
        if not lines:
            return self._removal(statement)
        start, end = self.index.span(statement)
        line, column = self.index.position(start)
        indent = self.index.text[self.index.starts[line - 1] : start]
        if indent.strip() or column != len(indent):
            raise _Unclear
        return Edit(start, end, (f"{self.index.newline_at(start)}{indent}".join(lines),))

    def _removal(self, statement: ast.stmt) -> Edit:
        """The edit that takes a statement away with its lines, on which nothing but a comment may stand, too."""
        start, end = self.index.span(statement)
        first, last = self.index.position(start)[0], self.index.position(end)[0]
        before = self.index.text[self.index.starts[first - 1] : start]
        after = self.index.line_text(last)[end - self.index.starts[last - 1] :].strip()
        if before.strip() or (after and not after.startswith("#")):
            raise _Unclear
        stop = self.index.starts[last] if last < len(self.index.starts) else len(self.index.text)
        return Edit(self.index.starts[first - 1], stop)
