"""What a check reports, and the fix it offers."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum


class Applicability(str, Enum):
    """How safe a fix is; the words that users see."""

    SAFE = "safe"  # the model computes the same function, and nothing was assumed about code that was not seen
    UNSAFE = "unsafe"  # the same under an assumption that the finding states
    MANUAL = "manual"  # no fix: the message says what to write


@dataclass(frozen=True, slots=True)
class Slot:
    """A stretch of the source kept inside a replacement, with the edits that fall into it applied."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Edit:
    """Replace the characters `start` to `end` by text and by slots of what stood there."""

    start: int
    end: int
    new: tuple[str | Slot, ...] = ()


@dataclass(frozen=True, slots=True, order=True)
class ImportNeed:
    """`from module import name as asname`, which the fixed code needs.

    `beside` is the offset of the import statement that it joins or follows, -1 for the imports at the top of the file.
    An empty `name` asks for `import module as asname`.
    """

    module: str
    name: str = ""
    asname: str | None = None
    beside: int = -1


@dataclass(frozen=True, slots=True)
class Fix:
    """Edits that belong together: all of them are made, or none."""

    edits: tuple[Edit, ...]
    applicability: Applicability
    title: str  # imperative, e.g. "Replace with `Concatenate`"
    assumes: str | None = None  # for an unsafe fix, the assumption as a clause: "`x` has rank 2"
    imports: tuple[ImportNeed, ...] = ()
    # Local names whose import may go with this fix, once nothing uses them any more
    releases: frozenset[str] = frozenset()
    keeps: frozenset[str] = frozenset()  # local names that the fixed code uses, so that their imports stay
    snippets: tuple[str, ...] = ()  # definitions of `rules/snippets/` that the fixed code needs


@dataclass(frozen=True, slots=True)
class Finding:
    """One place in one file that a rule objects to. Offsets are characters of the source text."""

    rule: str
    start: int
    end: int
    message: str
    fix: Fix | None = None
    help: str | None = None  # what to write by hand, where there is no fix

    @property
    def applicability(self) -> Applicability:
        """The safety of the fix; manual where there is none."""
        return self.fix.applicability if self.fix else Applicability.MANUAL


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a file could not be handled: a syntax error, an encoding, a permission."""

    message: str
    line: int | None = None
    column: int | None = None


@dataclass(slots=True)
class Report:
    """What one file gave. Positions are resolved, so that a report can cross a process boundary on its own."""

    path: str
    findings: list[Located] = field(default_factory=list)
    failure: Failure | None = None
    fixed: dict[str, int] = field(default_factory=dict)  # rule -> fixes applied
    diff: str | None = None  # unified diff, where one was asked for


@dataclass(frozen=True, slots=True)
class Located:
    """A finding with its file, its lines and columns, and what its fix would show."""

    rule: str
    path: str
    line: int  # from 1
    column: int  # from 1, in characters
    end_line: int
    end_column: int  # from 1, the column after the last character
    message: str
    applicability: Applicability
    help: str | None
    fix_title: str | None
    assumes: str | None
    source: tuple[str, ...]  # the source lines from `line` to `end_line`
    after: tuple[str, ...] | None  # the same lines once this fix alone is made
    fingerprint: str  # stable when lines move: for baselines and code quality services
    cell: int | None = None  # of a notebook, from 1; the lines are those of the cell
    lines_in_file: tuple[int, int] | None = None  # the first and the last, where they are others

    @property
    def place(self) -> str:
        """Where it begins, as people write it: `line:column`, in a notebook `cell 4:line:column`."""
        cell = "" if self.cell is None else f"cell {self.cell}:"
        return f"{cell}{self.line}:{self.column}"

    @property
    def span(self) -> tuple[int, int]:
        """The first and the last line in the file itself, for programs that show findings beside it."""
        return self.lines_in_file or (self.line, self.end_line)
