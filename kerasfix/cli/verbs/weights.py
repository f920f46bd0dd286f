"""`kerasfix weights`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from kerasfix.cli.carrying import WeightsOptions, carry_over
from kerasfix.cli.options import config_option
from kerasfix.project.config import TARGETS


def _path(ctx: click.Context, param: click.Parameter, value: str) -> Path:
    return Path(value)


@click.command("weights")
@click.argument("old", metavar="OLD", callback=_path)
@click.argument("new", metavar="NEW", callback=_path)
@click.option(
    "--model",
    metavar="FILE:NAME",
    help="The rewritten model: a function that builds it, a call of one, or a variable of a script.",
)
@click.option("--target", type=click.Choice(TARGETS), help="The Keras that NEW is for [keras3].")
@click.option("--keras-version", metavar="VERSION", help="The Keras that wrote OLD, where OLD does not say it [1.2.2].")
@click.option(
    "--backend",
    type=click.Choice(["tensorflow", "theano"]),
    help="What OLD was trained on [as OLD says, else tensorflow]. Theano turns the kernels of convolutions.",
)
@click.option("--partial", is_flag=True, help="Write NEW even if some layers get no weights.")
@click.option("--timeout", type=click.FloatRange(min=1), default=600.0, metavar="SECONDS", help="For the code [600].")
@config_option
def command(**options: Any) -> int:
    """Carry trained weights of Keras 1 or 2 over into the rewritten model.

    OLD is an .h5 file that `save_weights` or `model.save` of Keras 1 or 2 wrote. NEW is what to write: a
    `.weights.h5` file for `load_weights`, or a `.keras` file of the whole model.

    EXECUTES the code that makes the model, in a contained process without network: what `--model` names. A function is
    called after its file is imported; for a variable the file runs as a script, with data sets and training stood in
    for. What is legacy in that code is rewritten first, in memory.

    Prints which layer's weights went where. Exits with 1, and writes nothing, if a layer is left without its weights.
    Needs TensorFlow: pip install 'kerasfix[verify]'.
    """
    return carry_over(WeightsOptions(**options))
