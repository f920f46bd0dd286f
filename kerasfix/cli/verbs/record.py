"""`kerasfix record`."""

from __future__ import annotations

from pathlib import Path

import click

from kerasfix.cli.configuration import Unusable
from kerasfix.source.read import describe


@click.command("record")
@click.option("--output", "-o", metavar="FILE", default="kerasfix-record.pyz", help="[kerasfix-record.pyz]")
def command(output: str) -> int:
    """Write the recorder: one file to take to an old environment.

    It runs there on Python 2.7 and 3.4 upward with nothing but Keras and numpy, and records what your code computes:

    \b
        python kerasfix-record.pyz train.py -o train.npz

    Back here, the rewritten code is compared with that: kerasfix verify train.py --recording train.npz
    """
    from kerasfix.verify.handout import recorder

    try:
        Path(output).write_bytes(recorder())
    except OSError as error:
        raise Unusable(f"{output}: cannot be written: {describe(error)}") from error
    click.echo(f"Wrote {output}. In the old environment: python {output} train.py -o train.npz", err=True)
    return 0
