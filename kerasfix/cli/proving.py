"""What `verify` does, from the command line to the exit code."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kerasfix.cli.configuration import Unusable, catalogue_of, configuration, excluded_by, selected_rules, settings_of
from kerasfix.cli.exit_codes import FAILED, FINDINGS
from kerasfix.cli.progress import progress
from kerasfix.cli.terminal import color_of
from kerasfix.project.config import Config
from kerasfix.project.discover import discover
from kerasfix.project.verification import is_reference
from kerasfix.source.read import describe
from kerasfix.workers import processors

if TYPE_CHECKING:
    from kerasfix.catalogue import Catalogue
    from kerasfix.verify.recordings import Fitted
    from kerasfix.verify.rewriting import Rewritten
    from kerasfix.verify.verdicts import Verification

FORMATS = ("full", "json", "junit")
_TIMEOUT = 180.0
_MEMORY = 4.0
# After so many seconds, and this part of the time, the code itself is not run on: most is left to its models.
_PATIENCE = 50.0
_SHARE = 0.4


@dataclass(frozen=True, slots=True)
class VerifyOptions:
    """The command line of `verify`; None and () where it says nothing."""

    paths: tuple[str, ...]
    target: str | None = None
    unsafe: bool | None = None
    python2: bool | None = None
    written_for: str | None = None
    require: str | None = None
    reference: str | None = None
    recordings: tuple[str, ...] = ()
    original: str | None = None
    timeout: float | None = None
    memory: float | None = None
    data_format: str | None = None
    jobs: int | None = None
    exclude: tuple[str, ...] = ()
    output_format: str = "full"
    output_file: Path | None = None
    report: Path | None = None
    config: Path | None = None
    color: str = "auto"
    quiet: bool = False


@dataclass(frozen=True, slots=True)
class Proof:
    """What `fix --verify` goes by."""

    verification: Verification
    color: str

    @property
    def refuted(self) -> frozenset[str]:
        """The files that are to stay as they are: they do not do what they did."""
        return frozenset(file.path for file in self.verification.files if file.refuted)

    def finish(self) -> int:
        """Report to where it does not mix with the findings; the exit code."""
        from kerasfix.report.proof import write

        write(self.verification, "full", sys.stderr, color=color_of(self.color, sys.stderr))
        for path in sorted(self.refuted):
            click.echo(f"{path}: left as it was, because the proof failed", err=True)
        return 0 if self.verification.satisfied else FINDINGS


def prove(options: VerifyOptions) -> int:
    """Prove files and report; the exit code. Raises ClickException for what cannot be used."""
    if options.reference and not is_reference(options.reference):
        raise click.UsageError(f"--reference {options.reference}: not such as keras==1.2.2 or tf_keras")
    config = _merged(configuration(options.config, options.paths or (".",)), options)
    found = discover(options.paths or (".",), excluded_by(config, options.exclude), force_exclude=False)
    catalogue = catalogue_of(config)
    files = _migrated(options, found.files, config) if options.original else rewritten(found.files, config, catalogue)
    verification = verified(files, config, options.recordings, quiet=options.quiet)
    verification = _with_failures(verification, {path: one.message for path, one in found.failures.items()})
    _report(verification, options)
    if any(file.failure for file in verification.files):
        return FAILED
    return 0 if verification.satisfied else FINDINGS


def rewritten(paths: Sequence[str], config: Config, catalogue: Catalogue) -> list[Rewritten]:
    """What `fix` makes of files, with what the project and the command line ask for."""
    from kerasfix.verify.rewriting import rewrite

    rules = selected_rules(catalogue, config)
    settings = settings_of(config, rules)
    return rewrite(paths, settings, catalogue.words_of(rules, settings.target))


def verified(
    files: Sequence[Rewritten], config: Config, recordings: Sequence[str] = (), *, quiet: bool = False
) -> Verification:
    """Prove files, without reporting it.

    Args:
        files: Before and after their fixes.
        config: What the project and the command line ask for.
        recordings: Files that `kerasfix record` wrote.
        quiet: Show no progress.

    Raises:
        Unusable: Something that is needed cannot be had.
    """
    from kerasfix.verify.engines import Engines, Limits, Unavailable
    from kerasfix.verify.find import find
    from kerasfix.verify.jobs import Request
    from kerasfix.verify.prove import TODAY, Prover
    from kerasfix.verify.verdicts import Level, Verification

    started = time.monotonic()
    _require_files(config)
    sources = [file.source for file in files if file.source and not file.failure]
    fitted = _fitted(recordings, files, config)
    config = fitted.asked_of(config)
    asked = config.verify
    limits = Limits(seconds=asked.timeout or _TIMEOUT, memory=int((asked.memory or _MEMORY) * (1 << 30)))
    request = Request(
        target=config.target,
        require=Level[(asked.require or "equal").upper()],
        data_format=asked.data_format,
        recordings={key: (one.path, one.meta) for key, one in fitted.by_scenario.items()},
        jobs=config.jobs or processors(),
        patience=min(_PATIENCE, _SHARE * limits.seconds),
    )
    count = sum(file.asked_for for file in files)
    try:
        with Engines(limits) as engines, progress(count, wanted=not quiet) as advance:
            verdicts = Prover(engines, files, find(sources, config), request).verdicts(advance)
            today = _today(engines.version(TODAY[config.target]), config.target)
    except Unavailable as error:
        raise Unusable(str(error)) from error
    originals = {file.path: os.path.abspath(file.original or file.path) for file in files}
    verdicts = [fitted.checked(verdict, originals[verdict.path]) for verdict in verdicts]
    return Verification(verdicts, config.target, request.require, today, time.monotonic() - started)


def _require_files(config: Config) -> None:
    """Raise Unusable for models of the configuration that are in no file."""
    for entry in config.verify.models:
        if not any(path.exists() for path in entry.files):
            raise Unusable(f'tool.kerasfix.verify.models: "{entry.text}" is in no file; looked for {entry.files[0]}')


def _migrated(options: VerifyOptions, paths: Sequence[str], config: Config) -> list[Rewritten]:
    """Files that are migrated already, with their originals: OLD itself, or the file of the same place below it."""
    from kerasfix.verify.rewriting import compare_with

    original = str(options.original)
    if not os.path.exists(original):
        raise Unusable(f"{original}: there is no such file or folder")
    if os.path.isfile(original):
        if len(paths) != 1:
            raise click.UsageError(f"--original {original} is a file, and goes with one file")
        return compare_with({paths[0]: original}, python2=config.python2)
    given = options.paths or (".",)
    root = given[0] if len(given) == 1 and os.path.isdir(given[0]) else os.path.commonpath(map(os.path.dirname, paths))
    pairs = {path: os.path.join(original, os.path.relpath(path, root or ".")) for path in paths}
    return compare_with({path: old for path, old in pairs.items() if os.path.exists(old)}, python2=config.python2)


def _merged(config: Config, options: VerifyOptions) -> Config:
    given = {name: getattr(options, name) for name in ("reference", "require", "timeout", "memory", "data_format")}
    return replace(
        config,
        target=options.target or config.target,
        written_for=options.written_for or config.written_for,
        unsafe_fixes=config.unsafe_fixes if options.unsafe is None else options.unsafe,
        python2=config.python2 if options.python2 is None else options.python2,
        jobs=options.jobs or config.jobs,
        verify=replace(config.verify, **{name: value for name, value in given.items() if value is not None}),
    )


def _fitted(names: Sequence[str], files: Sequence[Rewritten], config: Config) -> Fitted:
    """Recordings with the files that they were made from. Raises Unusable."""
    from kerasfix.verify.recordings import Unfit, fit, load

    most = int((config.verify.memory or _MEMORY) * (1 << 30))
    try:
        return fit([load(name, most) for name in names], files)
    except Unfit as error:
        raise Unusable(str(error)) from error


def _today(version: str, target: str) -> str:
    """What the rewritten code ran on, for people."""
    from importlib.metadata import PackageNotFoundError
    from importlib.metadata import version as version_of

    name = f"{'tf_keras' if target == 'keras2' else 'Keras'} {version}"
    for package in ("tensorflow", "tensorflow-cpu"):
        try:
            return f"{name} on TensorFlow {version_of(package)}"
        except PackageNotFoundError:
            continue
    return name


def _with_failures(verification: Verification, failures: dict[str, str]) -> Verification:
    from kerasfix.verify.verdicts import FileVerdict

    failed = [FileVerdict(path, failure=message) for path, message in failures.items()]
    return replace(verification, files=[*failed, *verification.files])


def _report(verification: Verification, options: VerifyOptions) -> None:
    from kerasfix.report.proof import html, write

    if options.report:
        _write(options.report, html.render(verification))
    if not options.output_file:
        write(verification, options.output_format, sys.stdout, color=color_of(options.color, sys.stdout))
        return
    try:
        with options.output_file.open("w", encoding="utf-8", errors="backslashreplace") as file:
            write(verification, options.output_format, file, color=False)
    except OSError as error:
        raise Unusable(f"{options.output_file}: cannot be written: {describe(error)}") from error


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8", errors="backslashreplace")
    except OSError as error:
        raise Unusable(f"{path}: cannot be written: {describe(error)}") from error
