"""`kerasfix check`."""

from __future__ import annotations

from typing import Any

import click

from kerasfix.cli.options import Options, run_options


@click.command("check")
@run_options
@click.option("--fix", is_flag=True, help="The same as `kerasfix fix`.")
def command(fix: bool, **options: Any) -> int:
    """Find legacy Keras code in PATHS (files, folders, or - for standard input; the current folder by default)."""
    from kerasfix.cli.perform import perform

    return perform(Options(**options), fix=fix)
