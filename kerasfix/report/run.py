"""What a format is given to render, and what all formats say of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from kerasfix.findings import Applicability, Failure, Located, Report

if TYPE_CHECKING:
    from kerasfix.catalogue import Catalogue


@dataclass(frozen=True, slots=True)
class RuleCount:
    """How often one rule was found, and what can be done about it."""

    rule: str
    count: int
    safe: int
    unsafe: int
    manual: int
    fixed: int

    @property
    def fixable(self) -> float | None:
        """The share of the findings for which there is a fix; None without findings."""
        return (self.safe + self.unsafe) / self.count if self.count else None


@dataclass(frozen=True)
class Run:
    """The reports of one run, and how they are to be shown."""

    reports: Sequence[Report]
    target: str
    color: bool = False
    statistics: bool = False
    fixing: bool = False
    catalogue: Catalogue | None = None  # of the rules that ran; None: those that ship with kerasfix

    @property
    def findings(self) -> Iterator[Located]:
        """The findings of all files."""
        return (finding for report in self.reports for finding in report.findings)

    @property
    def failures(self) -> Iterator[tuple[str, Failure]]:
        """The paths of the files that could not be handled, and why."""
        return ((report.path, report.failure) for report in self.reports if report.failure)

    @property
    def diffs(self) -> Iterator[tuple[str, str]]:
        """The paths of the files that a fix would change, and how."""
        return ((report.path, report.diff) for report in self.reports if report.diff)

    @cached_property
    def counts(self) -> list[RuleCount]:
        """A count for each rule that was found or fixed, the most frequent first."""
        found = Counter((finding.rule, finding.applicability) for finding in self.findings)
        fixed: Counter[str] = Counter()
        for report in self.reports:
            fixed.update(report.fixed)
        rules = {rule for rule, _ in found} | {rule for rule, count in fixed.items() if count}
        counts = [_rule_count(rule, found, fixed[rule]) for rule in rules]
        return sorted(counts, key=lambda count: (-count.count, -count.fixed, count.rule))

    @cached_property
    def totals(self) -> dict[str, int]:
        """The numbers of the run, as machine formats give them."""
        return {
            "findings": sum(count.count for count in self.counts),
            "safe": sum(count.safe for count in self.counts),
            "unsafe": sum(count.unsafe for count in self.counts),
            "manual": sum(count.manual for count in self.counts),
            "files": sum(1 for report in self.reports if report.findings),
            "failures": sum(1 for _ in self.failures),
            "fixed": sum(count.fixed for count in self.counts),
        }


def ordered(reports: Sequence[Report]) -> list[Report]:
    """The reports and their findings in an order that does not depend on which worker came first."""
    by_path = sorted(reports, key=lambda report: report.path)
    return [replace(report, findings=sorted(report.findings, key=_place)) for report in by_path]


def severe(finding: Located) -> bool:
    """Whether a finding is about code that does not work, and not only about a comment."""
    return finding.rule != "unused-suppression"


def _place(finding: Located) -> tuple[Any, ...]:
    return (
        finding.cell or 0,
        finding.line,
        finding.column,
        finding.end_line,
        finding.end_column,
        finding.rule,
        finding.message,
    )


def _rule_count(rule: str, found: Counter[tuple[str, Applicability]], fixed: int) -> RuleCount:
    safe, unsafe, manual = (
        found[rule, kind] for kind in (Applicability.SAFE, Applicability.UNSAFE, Applicability.MANUAL)
    )
    return RuleCount(rule, safe + unsafe + manual, safe, unsafe, manual, fixed)
