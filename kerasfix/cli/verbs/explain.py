"""`kerasfix explain`."""

from __future__ import annotations

from pathlib import Path

import click

from kerasfix.cli.configuration import Unusable, catalogue_for, configuration
from kerasfix.cli.options import config_option


@click.command("explain")
@click.argument("rule", required=False)
@click.option(
    "--model",
    metavar="FILE",
    help="Explain what the merges in the models of FILE do to shapes and parameters, which EXECUTES its code.",
)
@config_option
def command(rule: str | None, model: str | None, config: Path | None) -> int:
    """Print what RULE finds, why it matters, and how it is fixed; of a family, all of its rules.

    With --model, the numbers of your own models: what goes into each merge, what comes out, and the parameters of the
    layer behind it, as they are and as they would be with the other of Add and Concatenate.
    """
    if rule is None and model is None:
        raise click.UsageError("name a rule (kerasfix rules lists them), or a file with --model")
    if rule is not None:
        click.echo(_pages(rule, config), nl=False)
    return 0 if model is None else _merges(model, config)


def _pages(rule: str, config: Path | None) -> str:
    from kerasfix.catalogue import CatalogueError

    catalogue = catalogue_for(config)
    try:
        pages = [catalogue.page(name) for name in catalogue.families.get(rule, (rule,))]
    except CatalogueError as error:
        raise click.UsageError(str(error)) from error
    return "\n".join(pages)


def _merges(path: str, explicit: Path | None) -> int:
    """Build the models of a file, as `verify` does, and explain their merges; 1 where there is no model."""
    from kerasfix.cli.configuration import catalogue_of
    from kerasfix.cli.proving import rewritten, verified
    from kerasfix.report.proof.explained import render_merges

    config = configuration(explicit, [path])
    verification = verified(rewritten([path], config, catalogue_of(config)), config)
    shown = 0
    for file, model in verification.models:
        architecture = model.after or model.before
        if file.path == path and architecture is not None:
            click.echo(f"{model.name} ({model.scenario}), {architecture.keras}\n")
            click.echo(render_merges(architecture))
            shown += 1
    for file in verification.files:
        if file.failure:
            raise Unusable(f"{file.path}: {file.failure}")
        for shortfall in file.shortfalls:
            click.echo(f"{file.path}: {shortfall}", err=True)
    if not shown:
        click.echo(f"{path}: no model could be built", err=True)
    return 0 if shown else 1
