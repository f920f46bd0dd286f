"""`kerasfix explain`."""

from __future__ import annotations

from pathlib import Path

import click

from kerasfix.cli.configuration import catalogue_for
from kerasfix.cli.options import config_option


@click.command("explain")
@click.argument("rule")
@config_option
def command(rule: str, config: Path | None) -> int:
    """Print what RULE finds, why it matters, and how it is fixed; of a family, all of its rules."""
    from kerasfix.catalogue import CatalogueError

    catalogue = catalogue_for(config)
    try:
        pages = [catalogue.page(name) for name in catalogue.families.get(rule, (rule,))]
    except CatalogueError as error:
        raise click.UsageError(str(error)) from error
    click.echo("\n".join(pages), nl=False)
    return 0
