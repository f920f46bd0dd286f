"""`kerasfix verify`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from kerasfix.cli.options import color_option, config_option, python2_option
from kerasfix.cli.proving import FORMATS, VerifyOptions, prove
from kerasfix.project.config import TARGETS, WRITTEN_FOR
from kerasfix.project.verification import DATA_FORMATS


def _path(ctx: click.Context, param: click.Parameter, value: str | None) -> Path | None:
    return Path(value) if value else None


@click.command("verify")
@click.argument("paths", nargs=-1, metavar="[PATHS]...")
@click.option("--target", type=click.Choice(TARGETS), help="The Keras that the rewritten code is to run on [keras2].")
@click.option("--unsafe/--no-unsafe", default=None, help="Make the fixes that rest on an assumption, too.")
@python2_option
@click.option(
    "--written-for",
    type=click.Choice(WRITTEN_FOR),
    help="The Keras that the code was written for, where a file does not show it.",
)
@click.option(
    "--require",
    type=click.Choice(["builds", "trains", "equal"]),
    help="The level that each model has to reach for exit code 0 [equal].",
)
@click.option(
    "--reference",
    metavar="KERAS",
    help="Run the original on this Keras, such as keras==1.2.2 or tf_keras [as each file shows].",
)
@click.option(
    "--recording",
    "recordings",
    multiple=True,
    metavar="FILE",
    help="Compare with what `kerasfix record` wrote in an environment of the time.",
)
@click.option(
    "--original",
    metavar="OLD",
    help="PATHS are migrated already, by hand or by another tool: prove them against OLD, a file or a folder.",
)
@click.option(
    "--timeout", type=click.FloatRange(min=1), metavar="SECONDS", help="For each run of a model's code [180]."
)
@click.option("--memory", type=click.FloatRange(min=0.1), metavar="GIB", help="For each run of a model's code [4].")
@click.option("--data-format", type=click.Choice(DATA_FORMATS), help="Of images, where the code does not say it.")
@click.option("--jobs", "-j", type=click.IntRange(min=1), metavar="N", help="Files at a time [as many as processors].")
@click.option("--exclude", multiple=True, metavar="PATTERN", help="Leave out paths, as .gitignore would.")
@click.option("--output-format", type=click.Choice(FORMATS), default="full", help="How to report [full].")
@click.option("--output-file", metavar="FILE", callback=_path, help="Write the report to FILE.")
@click.option("--report", metavar="FILE", callback=_path, help="Write a page for people, in HTML, to FILE, too.")
@config_option
@color_option
@click.option("--quiet", "-q", is_flag=True, help="Show the report only, no progress.")
def command(**options: Any) -> int:
    """Prove that what `fix` makes of PATHS builds, trains and computes what it did.

    EXECUTES the code in PATHS and what it imports, in contained processes without network: the original on the Keras
    it was written for, which is fetched from the package index once, and the rewritten code on today's. Data sets,
    downloads and plots are stood in for, and training is cut to a few steps. No file in PATHS is written.

    Needs TensorFlow: pip install 'kerasfix[verify]'.
    """
    return prove(VerifyOptions(**options))
