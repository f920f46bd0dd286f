"""What a report for people ends with: one line, or a table by rule."""

from __future__ import annotations

from kerasfix.report.run import RuleCount, Run
from kerasfix.report.terminal import Paint


def summary(run: Run) -> str:
    """The outcome of the run in one line, without a line end."""
    paint = Paint(run.color)
    totals = run.totals
    left, fixed, failures = totals["findings"], totals["fixed"], totals["failures"]
    broken = f" {_many(failures, 'file')} could not be handled." if failures else ""
    if not left and not fixed:
        return f"Nothing found.{broken}" if failures else paint("green", "All good.")
    if not run.fixing:
        return f"Found {_many(left, 'finding')} in {_many(totals['files'], 'file')}: {_kinds(totals)}.{broken}"
    verb = "Would fix" if any(run.diffs) else "Fixed"
    rest = f"{left} left: {_kinds(totals)}." if left else "none left."
    return f"{verb} {fixed or 'nothing'}; {rest}{broken}"


def statistics(run: Run) -> str:
    """A table with a line for each rule, the most frequent first; empty without findings."""
    if not run.counts:
        return ""
    paint = Paint(run.color)
    heads = ["count", "safe", "unsafe", "by hand", "fixable"]
    rows = [_cells(count) for count in run.counts]
    if run.fixing:
        heads.insert(0, "fixed")
        rows = [[str(count.fixed), *row] for count, row in zip(run.counts, rows, strict=True)]
    widths = [max(map(len, column)) for column in zip(heads, *rows, strict=True)]
    table = [paint("bold", f"{_row(heads, widths)}  rule")]
    table += [f"{_row(row, widths)}  {count.rule}" for row, count in zip(rows, run.counts, strict=True)]
    return "".join(f"{line}\n" for line in table)


def _kinds(totals: dict[str, int]) -> str:
    parts = []
    if totals["safe"]:
        parts.append(_many(totals["safe"], "safe fix", "safe fixes"))
    if totals["unsafe"]:
        parts.append(f"{totals['unsafe']} unsafe (--unsafe)")
    if totals["manual"]:
        parts.append(f"{totals['manual']} by hand")
    return ", ".join(parts)


def _many(count: int, one: str, more: str | None = None) -> str:
    return f"{count} {one if count == 1 else more or one + 's'}"


def _cells(count: RuleCount) -> list[str]:
    share = "-" if count.fixable is None else f"{count.fixable:.0%}"
    return [*map(str, (count.count, count.safe, count.unsafe, count.manual)), share]


def _row(cells: list[str], widths: list[int]) -> str:
    return "  ".join(cell.rjust(width) for cell, width in zip(cells, widths, strict=True))
