"""`kerasfix rules`."""

from __future__ import annotations

import json
from pathlib import Path

import click

from kerasfix.catalogue import Catalogue
from kerasfix.cli.configuration import catalogue_for
from kerasfix.cli.options import config_option


@click.command("rules")
@click.option("--output-format", type=click.Choice(["text", "json"]), default="text", help="How to list [text].")
@config_option
def command(output_format: str, config: Path | None) -> int:
    """List the rules, by family."""
    catalogue = catalogue_for(config)
    click.echo(_as_json(catalogue) if output_format == "json" else _as_text(catalogue))
    return 0


def _as_json(catalogue: Catalogue) -> str:
    rules = [catalogue.rules[name] for names in catalogue.families.values() for name in names]
    rows = [{"name": rule.name, "family": rule.family, "summary": rule.summary} for rule in rules]
    return json.dumps(rows, indent=2, ensure_ascii=False)


def _as_text(catalogue: Catalogue) -> str:
    width = max(map(len, catalogue.rules), default=0)
    parts = []
    for family, names in catalogue.families.items():
        rows = [f"  {name:{width}}  {catalogue.rules[name].summary}" for name in names]
        parts.append("\n".join([family, *rows]))
    return "\n\n".join(parts)
