"""`kerasfix record`."""

from __future__ import annotations

from pathlib import Path

import click

from kerasfix.cli.configuration import Unusable
from kerasfix.source.read import describe


@click.command("record")
@click.option(
    "--output",
    "-o",
    metavar="FILE",
    default="kerasfix-record.pyz",
    help="Where to write the recorder [kerasfix-record.pyz].",
)
def command(output: str) -> int:
    """Write the recorder: one file to take to an old environment.

    For code whose original does not run here: on a Keras, a backend or libraries that cannot be had any more, but are
    still there on an old machine or in an old container. The recorder runs there, on Python 2.7 and 3.4 upward, with
    nothing but Keras (any backend) and numpy. It EXECUTES your code, with its data sets stood in for and its training
    cut to a few steps, and writes down what its models compute:

    \b
        python kerasfix-record.pyz train.py -o train.npz
        python kerasfix-record.pyz models.py --call "build(classes=10)" -o models.npz

    Back here, the rewritten code is held against that:

    \b
        kerasfix verify train.py --recording train.npz
    """
    from kerasfix.verify.handout import recorder

    path = Path(output)
    if path.suffix in (".py", ".ipynb") and path.exists():
        raise Unusable(f"{output}: is Python code, which the recorder would be written over")
    try:
        path.write_bytes(recorder())
    except OSError as error:
        raise Unusable(f"{output}: cannot be written: {describe(error)}") from error
    click.echo(f"Wrote {output}.", err=True)
    click.echo(f"In the old environment:  python {path.name} train.py -o train.npz", err=True)
    click.echo("Back here:               kerasfix verify train.py --recording train.npz", err=True)
    return 0
