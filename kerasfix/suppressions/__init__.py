"""Comments by which a person says: I know, leave it.

* `# kerasfix: ignore[merge-function, keras-history]` holds for these rules, or for all the rules of a family that it
  names; `# kerasfix: ignore` for all rules. It holds for a finding if it stands on any line of the finding's code, so a
  call over several lines may carry it on the first or the last one. On a line of its own it holds for the next line of
  code as well, as a long line has no room for it.
* `# kerasfix: ignore-file` and `# kerasfix: ignore-file[...]`, on a line of their own, hold for the whole file.
* `# noqa: merge-function` and a bare `# noqa` hold for the findings on whose lines they stand, as with other tools.

Words after a marker are its reason; they stay when the marker is removed. What `unused-suppression` says of a marker
can be suppressed by that name only, as a marker for all rules would otherwise hide that it has no use.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

from kerasfix.findings import Finding
from kerasfix.source.index import TextIndex
from kerasfix.suppressions.known import RULE, Known
from kerasfix.suppressions.markers import Marker, candidates, read_markers
from kerasfix.suppressions.unused import unknown, useless, useless_names

if TYPE_CHECKING:
    from kerasfix.catalogue import Catalogue

__all__ = ["RULE", "apply"]

_Lines = tuple[int, int]  # the first and the last line of a finding


def apply(
    text: str, index: TextIndex, findings: list[Finding], rules: frozenset[str], catalogue: Catalogue | None = None
) -> list[Finding]:
    """The findings that no comment suppresses, then those of `unused-suppression`, if that is among `rules`.

    `index` is that of `text`. `rules` are the names of the rules that ran: nothing is said of a suppression of another
    one. `catalogue` knows the rules and families; None stands for those that ship with kerasfix.
    """
    found = candidates(text)
    if not found:
        return findings
    known = Known(catalogue or _shipped())
    lines = [_lines(index, finding) for finding in findings]
    markers = read_markers(found, index, known, lines)
    left = _left(findings, lines, markers, known)
    return left + _unused(index, markers, rules, known) if RULE in rules else left


@lru_cache(maxsize=1)
def _shipped() -> Catalogue:
    from kerasfix.catalogue import load_catalogue

    return load_catalogue()


def _lines(index: TextIndex, finding: Finding) -> _Lines:
    return index.position(finding.start)[0], index.position(max(finding.start, finding.end - 1))[0]


def _left(findings: list[Finding], lines: Sequence[_Lines], markers: list[Marker], known: Known) -> list[Finding]:
    """The findings that no marker suppresses; the markers remember what they suppressed."""
    for_file = [marker for marker in markers if not marker.lines and not marker.fault]
    by_line: dict[int, list[Marker]] = {}
    for marker in markers:
        for line in () if marker.fault else marker.lines:
            by_line.setdefault(line, []).append(marker)
    left = []
    for finding, (first, last) in zip(findings, lines, strict=True):
        near = [marker for line in range(first, last + 1) for marker in by_line.get(line, ())] if by_line else []
        # All of them are asked, so that each that could suppress it counts as used.
        hits = [marker.suppresses(finding.rule, known) for marker in (*for_file, *near)]
        if not any(hits):
            left.append(finding)
    return left


def _unused(index: TextIndex, markers: list[Marker], rules: frozenset[str], known: Known) -> list[Finding]:
    found = [
        finding
        for marker in markers
        for finding in (*useless(index, marker, rules - {RULE}, known), *unknown(marker, known))
    ]
    left = _left(found, [_lines(index, finding) for finding in found], markers, known)
    # Only now it is known which markers for this very rule are of use.
    left += [finding for marker in markers for finding in useless_names(index, marker, frozenset((RULE,)), known)]
    return sorted(left, key=lambda finding: (finding.start, finding.end))
