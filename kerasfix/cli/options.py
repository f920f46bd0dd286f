"""The options that verbs share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import click

from kerasfix.project.config import LAYER_STYLES, OUTPUT_FORMATS, TARGETS, WRITTEN_FOR

Decorated = TypeVar("Decorated", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Options:
    """The command line of `check` and `fix`; None and () where it says nothing."""

    paths: tuple[str, ...]
    diff: bool
    unsafe: bool | None
    python2: bool | None
    target: str | None
    written_for: str | None
    layer_style: str | None
    select: tuple[str, ...]
    ignore: tuple[str, ...]
    extend_select: tuple[str, ...]
    exclude: tuple[str, ...]
    force_exclude: bool
    statistics: bool
    output_format: str | None
    output_file: Path | None
    exit_zero: bool
    jobs: int | None
    stdin_filename: str | None
    baseline: Path | None
    write_baseline: bool
    config: Path | None
    color: str
    quiet: bool
    verify: bool = False  # of `fix` alone


def _names(ctx: click.Context, param: click.Parameter, values: tuple[str, ...]) -> tuple[str, ...]:
    """Names that are separated by commas, or given by repeating the option."""
    return tuple(name.strip() for value in values for name in value.split(",") if name.strip())


def _path(ctx: click.Context, param: click.Parameter, value: str | None) -> Path | None:
    return Path(value) if value else None


def color_option(function: Decorated) -> Decorated:
    """`--color`."""
    return click.option(
        "--color",
        type=click.Choice(["auto", "always", "never"]),
        default="auto",
        help="Colour the report; auto: on a terminal, unless NO_COLOR is set.",
    )(function)


def config_option(function: Decorated) -> Decorated:
    """`--config`."""
    return click.option(
        "--config",
        metavar="FILE",
        callback=_path,
        help="Read [tool.kerasfix] from FILE instead of the nearest pyproject.toml.",
    )(function)


def python2_option(function: Decorated) -> Decorated:
    """`--python2`."""
    return click.option(
        "--python2/--no-python2", default=None, help="Bring what is Python 2 to Python 3 first. Needs fissix."
    )(function)


_RUN_OPTIONS = (
    click.argument("paths", nargs=-1, metavar="[PATHS]..."),
    click.option("--diff", is_flag=True, help="Show what a fix would change, and write nothing."),
    click.option("--unsafe/--no-unsafe", default=None, help="Make the fixes that rest on an assumption, too."),
    python2_option,
    click.option("--target", type=click.Choice(TARGETS), help="The Keras that the code is to run on [keras2]."),
    click.option(
        "--written-for",
        type=click.Choice(WRITTEN_FOR),
        help="The Keras that the code was written for, where a file does not show it.",
    ),
    click.option(
        "--layer-style",
        type=click.Choice(LAYER_STYLES),
        help="Write `Concatenate()([a, b])` or `concatenate([a, b])` [layer].",
    ),
    click.option(
        "--select", multiple=True, metavar="RULES", callback=_names, help="Look for these rules or families only."
    ),
    click.option("--ignore", multiple=True, metavar="RULES", callback=_names, help="Do not look for these."),
    click.option("--extend-select", multiple=True, metavar="RULES", callback=_names, help="Look for these, too."),
    click.option(
        "--exclude", multiple=True, metavar="PATTERN", callback=_names, help="Leave out paths, as .gitignore would."
    ),
    click.option("--force-exclude", is_flag=True, help="Leave them out even if they are named."),
    click.option("--statistics", is_flag=True, help="Show a count for each rule instead of the findings."),
    click.option("--output-format", type=click.Choice(OUTPUT_FORMATS), help="How to report [full]."),
    click.option("--output-file", metavar="FILE", callback=_path, help="Write the report to FILE."),
    click.option("--exit-zero", is_flag=True, help="Exit with 0 even if there are findings."),
    click.option(
        "--jobs",
        "-j",
        type=click.IntRange(min=1),
        metavar="N",
        help="Use N processes [as many as there are processors].",
    ),
    click.option("--stdin-filename", metavar="FILE", help="The name of what `-` reads from standard input."),
    click.option("--baseline", metavar="FILE", callback=_path, help="Do not report what FILE knows already."),
    click.option("--write-baseline", is_flag=True, help="Write what is found to the baseline, and report nothing."),
    config_option,
    color_option,
    click.option("--quiet", "-q", is_flag=True, help="Show findings and errors only."),
)


def run_options(function: Decorated) -> Decorated:
    """The options of the verbs that look at files: the fields of `Options`."""
    for decorate in reversed(_RUN_OPTIONS):
        function = decorate(function)
    return function
