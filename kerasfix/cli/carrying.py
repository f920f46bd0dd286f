"""What `weights` does, from the command line to the exit code."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import click

from kerasfix.cli.configuration import Unusable, catalogue_of, configuration
from kerasfix.cli.exit_codes import FINDINGS
from kerasfix.source.read import describe

_ENGINES = {"keras2": "tf_keras", "keras3": "keras3"}
_ENDINGS = (".weights.h5", ".keras")


@dataclass(frozen=True, slots=True)
class WeightsOptions:
    """The command line of `weights`."""

    old: Path
    new: Path
    model: str | None
    target: str | None
    keras_version: str | None
    backend: str | None
    partial: bool
    timeout: float
    config: Path | None


def carry_over(options: WeightsOptions) -> int:
    """Convert a file and report; the exit code. Raises ClickException for what cannot be used."""
    if not options.new.name.endswith(_ENDINGS):
        raise click.UsageError(f"{options.new}: its name has to end with {' or '.join(_ENDINGS)}")
    if not options.new.parent.is_dir():
        raise Unusable(f"{options.new}: there is no folder {options.new.parent}")
    path, what = _place(options.model)
    _check(options)
    from kerasfix.verify.carry.conversion import Request, convert
    from kerasfix.verify.engines import Engines, Limits, Unavailable

    target = options.target or "keras3"
    request = Request(
        options.old,
        options.new,
        path,
        _texts(path, target, options),
        what,
        options.partial,
        options.keras_version,
        None if options.backend is None else options.backend == "theano",
    )
    try:
        with Engines(Limits(seconds=options.timeout)) as engines:
            done = convert(engines, _ENGINES[target], request)
    except SyntaxError as error:
        raise click.UsageError(f"--model {options.model}: {what!r} is no name and no call") from error
    except Unavailable as error:
        raise Unusable(str(error)) from error
    except OSError as error:
        raise Unusable(f"{options.new}: cannot be written: {describe(error)}") from error
    if done.failure is not None:
        raise Unusable(f"{path}: {done.failure}")
    for line in _table([(row.before, row.after, row.kind, str(row.arrays), row.note) for row in done.rows]):
        click.echo(line)
    for problem in done.problems:
        click.echo(f"{options.old}: {problem}", err=True)
    count = len(done.rows)
    layers = f"{count} layer{'' if count == 1 else 's'}"
    if not done.written:
        click.echo(f"Nothing was written. The weights of {layers} would get over; --partial writes these.", err=True)
        return FINDINGS
    click.echo(f"Wrote {options.new}: {layers}, from Keras {done.keras}.")
    return 0


def _place(model: str | None) -> tuple[str, str]:
    if model is None:
        raise click.UsageError("--model FILE:NAME says which model takes the weights")
    path, colon, what = model.partition(".py:")
    if not colon or not what.strip():
        raise click.UsageError(f"--model {model}: not such as train.py:build or train.py:model")
    path += ".py"
    if not Path(path).is_file():
        raise Unusable(f"{path}: there is no such file")
    return path, what.strip()


def _check(options: WeightsOptions) -> None:
    """Say what is wrong with the old file before anything is executed."""
    from importlib.util import find_spec

    if not find_spec("h5py"):
        raise Unusable("h5py is needed to read weights: pip install 'kerasfix[verify]'")
    from kerasfix.verify.carry.saved import UnreadableFile, read_saved

    if not options.old.is_file():
        raise Unusable(f"{options.old}: there is no such file")
    try:
        read_saved(options.old, options.keras_version)
    except UnreadableFile as error:
        raise Unusable(f"{options.old}: {error}") from error


def _texts(path: str, target: str, options: WeightsOptions) -> dict[str, str]:
    """What `fix` makes of the file and of those that it imports."""
    from kerasfix.cli.proving import rewritten

    config = replace(configuration(options.config, [path]), target=target)
    files = rewritten([path], config, catalogue_of(config))
    failures = [file.failure for file in files if file.path == path and file.failure]
    if failures:
        raise Unusable(f"{path}: {failures[0]}")
    return {file.path: file.after for file in files}


def _table(rows: Sequence[tuple[str, str, str, str, str]]) -> list[str]:
    header = ("old layer", "new layer", "class", "arrays", "note")
    widths = [max(len(row[column]) for row in (header, *rows)) for column in range(4)]
    lines = []
    for before, after, kind, arrays, note in (header, *rows):
        cells = (f"{before:{widths[0]}}", f"{after:{widths[1]}}", f"{kind:{widths[2]}}", f"{arrays:>{widths[3]}}", note)
        lines.append("  ".join(cells).rstrip())
    return lines
