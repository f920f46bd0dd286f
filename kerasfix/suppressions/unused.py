"""What there is to say of a marker that suppresses nothing, and how it is removed."""

from __future__ import annotations

from collections.abc import Iterator

from kerasfix.findings import Applicability, Edit, Finding, Fix
from kerasfix.source.index import TextIndex
from kerasfix.suppressions.known import RULE, Known
from kerasfix.suppressions.markers import Marker

_REASON_LEAD = " \t:;,.-\N{EN DASH}\N{EM DASH}"


def useless(index: TextIndex, marker: Marker, rules: frozenset[str], known: Known) -> Iterator[Finding]:
    """The finding for a marker that suppressed nothing.

    `rules` are those that ran: a name in the marker is useless if all it stands for did, and a marker for all rules if
    all rules did.
    """
    if marker.fault:
        yield Finding(RULE, marker.start, marker.end, f"`{marker.label}` {marker.fault}, and suppresses nothing")
    elif marker.names:
        yield from useless_names(index, marker, rules, known)
    elif marker.own and not marker.used and (marker.names is not None or known.rules - {RULE} <= rules):
        yield Finding(RULE, marker.start, marker.end, f"`{marker.label}` suppresses nothing", _removal(index, marker))


def useless_names(index: TextIndex, marker: Marker, rules: frozenset[str], known: Known) -> Iterator[Finding]:
    """The finding for the names in a marker that suppressed nothing."""
    names = {}
    for name in marker.names or () if not marker.fault else ():
        # Of a `noqa`, only what certainly is a rule of kerasfix.
        meant = known.resolve(name.rule) if marker.own or name.rule in known.rules else frozenset()
        if meant and meant <= rules and name.rule not in marker.used:
            names[name.rule] = f"`{name.rule}`"
    if names:
        message = f"`{marker.label}` suppresses no finding of {', '.join(names.values())}"
        yield Finding(RULE, marker.start, marker.end, message, _removal(index, marker, frozenset(names)))


def unknown(marker: Marker, known: Known) -> Iterator[Finding]:
    """The findings for names in a marker that no rule and no family has."""
    if not marker.own or not marker.names or marker.fault:
        return
    for name in marker.names:
        if known.resolve(name.rule):
            continue
        near = known.nearest(name.rule)
        advice = f"did you mean `{near}`?" if near else "`kerasfix rules` lists all rules"
        yield Finding(RULE, name.start, name.end, f"there is no rule `{name.text}` to ignore", help=advice)


def _removal(index: TextIndex, marker: Marker, names: frozenset[str] | None = None) -> Fix:
    """The fix that takes names out of a marker, or the whole marker where none is left, and nothing else."""
    kept = [name.text for name in marker.names or () if names is not None and name.rule not in names]
    if not marker.names or not kept:
        return Fix((_without(index, marker),), Applicability.SAFE, f"Remove `{marker.label}`")
    start, end = marker.names[0].start, marker.names[-1].end
    listed = index.text[start:end]
    separator = ", " if ", " in listed else "," if "," in listed else " "
    gone = ", ".join(f"`{name}`" for name in sorted(names or ()))
    return Fix((Edit(start, end, (separator.join(kept),)),), Applicability.SAFE, f"Remove {gone} from it")


def _without(index: TextIndex, marker: Marker) -> Edit:
    rest = index.text[marker.end : marker.comment_end].lstrip(_REASON_LEAD)
    if rest:
        # Another tool's marker, or the reason, becomes the comment.
        return Edit(marker.start, marker.comment_end - len(rest), () if rest.startswith("#") else ("# ",))
    line, _ = index.position(marker.start)
    line_start = index.starts[line - 1]
    before = index.text[line_start : marker.start].rstrip()
    if before:
        return Edit(line_start + len(before), marker.comment_end)
    # The comment was all there was on its line, so the line goes.
    return Edit(line_start, index.starts[line] if line < len(index.starts) else len(index.text))
