"""`kerasfix fix`."""

from __future__ import annotations

from typing import Any

import click

from kerasfix.cli.options import Options, run_options


@click.command("fix")
@run_options
@click.option(
    "--verify",
    is_flag=True,
    help="Prove the fixes, as `kerasfix verify` does, which EXECUTES the code; leave a file as it was if that fails.",
)
def command(**options: Any) -> int:
    """Rewrite legacy Keras code in PATHS, and report what is left.

    PATHS are files and folders, the current folder by default. With - the text comes from standard input, and the
    fixed text goes to standard output.
    """
    from kerasfix.cli.perform import perform

    return perform(Options(**options), fix=True)
