"""What a merge does to shapes and parameters, in sentences with a model's own numbers; `code` is in backticks."""

from __future__ import annotations

from typing import Final

from kerasfix.report.proof import words
from kerasfix.report.terminal import clean
from kerasfix.verify.merges import Follower, Merge, merges, shape_text
from kerasfix.verify.verdicts import Architecture

_INPUTS: Final = 6  # of one merge that are listed


def render_merges(architecture: Architecture) -> str:
    """The merges of a model for a terminal: shapes in and out, why, and what the other merge would have made of it."""
    found = merges(architecture)
    if not found:
        return "This model has no layer that merges.\n"
    return "\n".join("".join(f"{clean(line).rstrip()}\n" for line in _lines(merge)) for merge in found)


def inputs_of(merge: Merge) -> list[tuple[str, str]]:
    """The names of what it is called on, with shapes; of many, the first and the last."""
    listed = [(name, shape_text(shape)) for name, shape in merge.inputs]
    if len(listed) <= _INPUTS:
        return listed
    left = len(listed) - _INPUTS + 1
    return [*listed[: _INPUTS - 2], (f"and {left} more", "..."), listed[-1]]


def followed(merge: Merge) -> list[str]:
    """A sentence for each layer whose parameters depend on which merge it is."""
    kind = merge.otherwise.kind if merge.otherwise else ""
    telling = (one for one in merge.followers if one.layer.parameters or one.reason != "cannot be")
    return [_follower(one, merge, kind) for one in telling]


def totals(merge: Merge) -> str | None:
    """What the other merge would come to, in a sentence."""
    other = merge.otherwise
    if other is None:
        return None
    if other.shape is None or other.reason:
        reason = f": {other.reason}" if other.reason else ""
        return f"With `{other.kind}` this model could not be built{reason}."
    becomes = f" Its output would be `{shape_text(other.output)}`." if other.output else ""
    if other.total is None:
        return f"With `{other.kind}` the result would be `{shape_text(other.shape)}`.{becomes}"
    if other.total == merge.parameters:
        same = f"and the model would have the same {words.count(other.total, 'parameter')}"
        return f"With `{other.kind}` the result would be `{shape_text(other.shape)}`, {same}.{becomes}"
    change = other.total - merge.parameters
    how = f"{abs(change):,} {'more' if change > 0 else 'fewer'}"
    return f"With `{other.kind}` the model would have {words.count(other.total, 'parameter')}, {how}.{becomes}"


def _follower(one: Follower, merge: Merge, kind: str) -> str:
    name = f"`{one.layer.name}` ({one.layer.kind})"
    if not one.layer.parameters:
        return f"What {name} would give after `{kind}` {one.reason}."
    now = f"{name} has {words.count(one.layer.parameters, 'parameter')}"
    if one.sum:
        now += f" ({one.sum})"
    if one.other is not None:
        same = "as many" if one.other == one.layer.parameters else f"{one.other:,}"
        how = f" ({one.other_sum})" if one.other_sum and one.other != one.layer.parameters else ""
        return f"{now}; after `{kind}` it would have {same}{how}."
    if one.reason == "cannot be" or merge.otherwise is None or merge.otherwise.shape is None:
        return f"{now}."
    return f"{now}; what it would have after `{kind}` {one.reason}."


def _lines(merge: Merge) -> list[str]:
    rows = inputs_of(merge)
    width = max(len("out"), *(len(name) for name, _ in rows))
    lines = [f"{merge.layer.name}: {merge.written}"]
    lines += [f"  {'in ' if not at else '   '}  {name.ljust(width)}  {shape}" for at, (name, shape) in enumerate(rows)]
    lines.append(f"  out  {' ' * width}  {shape_text(merge.output)}")
    told = totals(merge)
    for text in (merge.why, *followed(merge), *([told] if told else [])):
        lines += _paragraph(text)
    return lines


def _paragraph(text: str, width: int = 76) -> list[str]:
    lines = [""]
    for word in text.split():
        if lines[-1] and len(lines[-1]) + 1 + len(word) > width:
            lines.append("")
        lines[-1] += f" {word}" if lines[-1] else word
    return [f"  {line}" for line in lines]
