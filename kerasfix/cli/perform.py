"""What `check` and `fix` do, from the command line to the exit code."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

import click

from kerasfix.cli.configuration import (
    Unusable,
    catalogue_of,
    configuration,
    excluded_by,
    merged,
    selected_rules,
    settings_of,
)
from kerasfix.cli.exit_codes import FAILED, FINDINGS
from kerasfix.cli.options import Options
from kerasfix.cli.progress import progress
from kerasfix.cli.terminal import color_of
from kerasfix.findings import Report
from kerasfix.project.config import Config
from kerasfix.project.discover import discover, is_excluded
from kerasfix.run import Plan, run, run_text
from kerasfix.source.read import describe

if TYPE_CHECKING:
    from kerasfix.cli.proving import Proof

_WITH_FIXES = ("full", "json", "sarif")  # the output formats that show what each fix changes


def perform(options: Options, *, fix: bool) -> int:
    """Look at files, or fix them, and report; the exit code. Raises ClickException for what cannot be used."""
    if "-" in options.paths:
        return _Action(options, fix=fix).on_stdin()
    return _Action(options, fix=fix).on_files()


class _Action:
    def __init__(self, options: Options, *, fix: bool) -> None:
        if options.write_baseline and (fix or options.diff):
            raise click.UsageError("--write-baseline goes with a check alone")
        self.options = options
        self.mode = "diff" if options.diff else "fix" if fix else "check"
        self.fixing = fix or options.diff
        places = [options.stdin_filename or "stdin.py"] if "-" in options.paths else options.paths or (".",)
        self.config: Config = merged(configuration(options.config, places), options)
        if options.write_baseline and not self.config.baseline:
            raise click.UsageError("--write-baseline needs --baseline FILE, or `baseline` in [tool.kerasfix]")
        self.catalogue = catalogue_of(self.config)
        rules = selected_rules(self.catalogue, self.config)
        settings = settings_of(self.config, rules)
        words = self.catalogue.words_of(rules, settings.target)
        previews = self.config.output_format in _WITH_FIXES and not options.statistics
        self.plan = Plan(self.mode, settings, words, previews, self.config.jobs)
        self.exclude = excluded_by(self.config, options.exclude)

    def on_files(self) -> int:
        paths = self.options.paths or (".",)
        found = discover(paths, self.exclude, force_exclude=self.options.force_exclude)
        failed = [Report(path, failure=failure) for path, failure in found.failures.items()]
        proof = self.proof(found.files) if self.options.verify else None
        refuted = proof.refuted if proof else frozenset()
        files = [path for path in found.files if path not in refuted]
        with progress(len(files), wanted=not self.options.quiet) as advance:
            reports = run(files, self.plan, advance)
        code = self.finish([*failed, *reports], sys.stdout)
        return max(code, proof.finish()) if proof else code

    def proof(self, paths: Sequence[str]) -> Proof:
        """What the fixes are worth, before any of them is written."""
        from kerasfix.cli.proving import Proof, rewritten, verified

        if self.mode != "fix":
            raise click.UsageError("--verify goes with fixes that are written; kerasfix verify writes none")
        files = rewritten(paths, self.config, self.catalogue)
        return Proof(verified(files, self.config, quiet=self.options.quiet), self.options.color)

    def on_stdin(self) -> int:
        if self.options.verify:
            raise click.UsageError("--verify goes with files: what is read from standard input cannot be run")
        if self.options.paths != ("-",):
            raise click.UsageError("- stands for all that is checked, and goes with no other path")
        name = self.options.stdin_filename or "stdin.py"
        data = sys.stdin.buffer.read()
        if self.options.force_exclude and is_excluded(name, self.exclude):
            reports, fixed = [], data
        else:
            report, fixed = run_text(name, data, self.plan)
            reports = [report]
        if self.mode != "fix":
            return self.finish(reports, sys.stdout)
        # Whoever pipes through gets a text in any case: the fixed one, or what came in.
        sys.stdout.buffer.write(fixed)
        sys.stdout.buffer.flush()
        return self.finish(reports, sys.stderr)

    def finish(self, reports: Sequence[Report], stream: TextIO) -> int:
        """Report, after the baseline had its say; the exit code."""
        if self.config.baseline:
            reports = self.past_baseline(reports, self.config.baseline)
        if not (self.options.quiet and _nothing(reports)):
            self.report(reports, stream)
        if any(report.failure for report in reports):
            return FAILED
        found = any(report.findings or report.diff for report in reports)
        return FINDINGS if found and not self.options.exit_zero else 0

    def past_baseline(self, reports: Sequence[Report], path: Path) -> Sequence[Report]:
        """What the baseline does not know yet; nothing, where it is being written."""
        from kerasfix.project import baseline

        if self.options.write_baseline:
            try:
                count = baseline.write(path, reports)
            except OSError as error:
                raise Unusable(f"{path}: cannot be written: {describe(error)}") from error
            click.echo(f"{path} knows {count} finding{'' if count == 1 else 's'} now.", err=True)
        elif not path.exists():
            raise Unusable(f"{path}: there is no such baseline; a check with --write-baseline makes it")
        try:
            return baseline.read(path).new(reports)
        except baseline.BaselineError as error:
            raise Unusable(str(error)) from error

    def report(self, reports: Sequence[Report], stream: TextIO) -> None:
        """Write the report where it is wanted."""
        if not self.options.output_file:
            self.render(reports, stream)
            return
        text = StringIO()
        self.render(reports, text)
        try:
            self.options.output_file.write_text(text.getvalue(), encoding="utf-8", errors="backslashreplace")
        except OSError as error:
            raise Unusable(f"{self.options.output_file}: cannot be written: {describe(error)}") from error

    def render(self, reports: Sequence[Report], stream: TextIO) -> None:
        """Write the report to a stream."""
        from kerasfix.report import write

        write(
            reports,
            self.config.output_format,
            stream,
            color=color_of(self.options.color, stream),
            statistics=self.options.statistics,
            target=self.config.target,
            fixing=self.fixing,
            catalogue=self.catalogue,
        )


def _nothing(reports: Sequence[Report]) -> bool:
    return not any(report.findings or report.failure or report.diff for report in reports)
