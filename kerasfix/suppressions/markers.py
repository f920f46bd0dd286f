"""Finds the markers in a text: comments only, never strings that look like them."""

from __future__ import annotations

import re
import tokenize
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from kerasfix.source.index import TextIndex
from kerasfix.suppressions.known import RULE, Known

_MARKER = re.compile(
    r"""
    \#[ \t]*
    (?:
        kerasfix[ \t]*:[ \t]*(?P<verb>ignore(?:-file)?)(?![\w-])
        (?:[ \t]*(?P<open>\[)(?P<rules>[^\]\#\r\n]*)(?P<close>\])?)?
      |
        noqa(?![\w-])
        (?:[ \t]*:(?P<codes>[^\#\r\n]*))?
    )
    """,
    re.VERBOSE | re.IGNORECASE,
)
_SURROGATE = re.compile("[\ud800-\udfff]")
_WORD = re.compile(r"[^\s,]+")
_CODE = re.compile(r"[A-Za-z]+[0-9]+")


@dataclass(frozen=True, slots=True)
class Name:
    """A rule or family that a marker names, and where in the text."""

    text: str
    start: int
    end: int

    @property
    def rule(self) -> str:
        """The name as rules are written."""
        return self.text.lower()


@dataclass(slots=True)
class Marker:
    """One suppression; a comment can hold several."""

    start: int  # of its `#`
    end: int
    comment_end: int
    label: str  # what messages call it
    own: bool  # of kerasfix, and not a `noqa`
    names: tuple[Name, ...] | None  # None: all rules
    lines: tuple[int, ...]  # on which it holds; empty: the whole file
    fault: str | None = None  # why it suppresses nothing
    used: set[str] = field(default_factory=set)  # the names that suppressed something; "" where it is for all rules

    def suppresses(self, rule: str, known: Known) -> bool:
        """Whether this is a marker for a rule; if so, that is remembered as its use."""
        if self.names is None:
            hits = set() if rule == RULE else {""}
        else:
            hits = {name.rule for name in self.names if rule in known.resolve(name.rule)}
        self.used |= hits
        return bool(hits)


def candidates(text: str) -> list[re.Match[str]]:
    """Whatever looks like a marker, be it in a comment or not."""
    return list(_MARKER.finditer(text)) if "#" in text else []


def read_markers(
    found: Sequence[re.Match[str]], index: TextIndex, known: Known, findings: Sequence[tuple[int, int]]
) -> list[Marker]:
    """The markers among candidates; none where none of them can change the outcome.

    `findings` are the first and last lines of what was found.
    """
    if not any(_matters(match, index, known, findings) for match in found):
        return []  # tokenizing costs twice as much as parsing
    comments = dict(_comments(index))
    markers = []
    for match in found:
        line, _ = index.position(match.start())
        start, end = comments.get(line, (0, 0))
        if start <= match.start() < end:
            markers.append(_marker(match, index, known, (start, end)))
    return markers


def _matters(match: re.Match[str], index: TextIndex, known: Known, findings: Sequence[tuple[int, int]]) -> bool:
    if match["verb"]:
        return True
    if match["codes"] and any(word.lower() in known.rules for word in _WORD.findall(match["codes"])):
        return True
    line, _ = index.position(match.start())
    return any(first <= line <= last for first, last in findings)


def _comments(index: TextIndex) -> Iterator[tuple[int, tuple[int, int]]]:
    """The lines with comments, and the offsets at which these start and end."""
    # With one kind of line end, as the tokenizer does not know all of them, and without what it cannot encode.
    lines = (f"{_SURROGATE.sub('?', index.line_text(number))}\n" for number in range(1, len(index.starts) + 1))
    try:
        for token in tokenize.generate_tokens(lambda: next(lines, "")):
            if token.type == tokenize.COMMENT:
                line, column = token.start
                start = index.starts[line - 1] + column
                yield line, (start, start + len(token.string))
    except (tokenize.TokenError, SyntaxError):
        return  # what does not tokenize has no findings either


def _marker(match: re.Match[str], index: TextIndex, known: Known, comment: tuple[int, int]) -> Marker:
    start, end = comment
    line, _ = index.position(start)
    if not match["verb"]:
        names = _codes(match, known)
        return Marker(match.start(), names[-1].end if names else match.end(), end, "# noqa", False, names, (line,))
    verb = match["verb"].lower()
    names = _names(match) if match["open"] else None
    marker = Marker(match.start(), match.end(), end, f"# kerasfix: {verb}", True, names, (line,))
    alone = not index.text[index.starts[line - 1] : start].strip()
    if match["open"] and not match["close"]:
        marker.fault = "lacks the `]` after its rules"
    elif verb == "ignore-file" and not alone:
        marker.fault = "has to stand on a line of its own"
    elif verb == "ignore-file":
        marker.lines = ()
    elif alone:
        marker.lines = (line, *_code_below(index, line))
    return marker


def _names(match: re.Match[str]) -> tuple[Name, ...]:
    return tuple(Name(word.group(), *word.span()) for word in _WORD.finditer(match.string, *match.span("rules")))


def _codes(match: re.Match[str], known: Known) -> tuple[Name, ...] | None:
    """The codes of a `noqa`, of whatever tools; what does not look like one begins the reason."""
    if not (match["codes"] or "").strip():
        return None
    names: list[Name] = []
    words = list(_WORD.finditer(match.string, *match.span("codes")))
    for number, word in enumerate(words):
        follows = words[number + 1].start() if number + 1 < len(words) else match.end("codes")
        alone = "," in match.string[word.end() : follows] or number + 1 == len(words)
        if not (alone or _CODE.fullmatch(word.group()) or word.group().lower() in known.rules):
            break
        names.append(Name(word.group(), *word.span()))
    return tuple(names)


def _code_below(index: TextIndex, line: int) -> Iterator[int]:
    """The line of code directly below a comment, or below the comments that follow it."""
    for number in range(line + 1, len(index.starts) + 1):
        text = index.line_text(number).strip()
        if not text.startswith("#"):
            if text:
                yield number
            return
