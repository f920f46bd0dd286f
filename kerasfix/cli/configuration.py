"""What a run is to do: the command line over the configuration of the project."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kerasfix.cli.options import Options
from kerasfix.project.config import Config, ConfigError, find_config, load_config
from kerasfix.project.ignore import Patterns
from kerasfix.settings import Settings

if TYPE_CHECKING:
    from kerasfix.catalogue import Catalogue


class Unusable(click.ClickException):
    """What the user gave cannot be used, and nothing was run."""

    exit_code = 2


def configuration(explicit: Path | None, paths: Sequence[str]) -> Config:
    """The project's configuration: from `explicit`, or from above `paths`. Raises Unusable."""
    try:
        return load_config(explicit) if explicit else find_config(paths)
    except ConfigError as error:
        raise Unusable(str(error)) from error


def merged(config: Config, options: Options) -> Config:
    """The configuration with what the command line says instead; `exclude` stays the project's own."""
    return replace(
        config,
        target=options.target or config.target,
        written_for=options.written_for or config.written_for,
        layer_style=options.layer_style or config.layer_style,
        unsafe_fixes=config.unsafe_fixes if options.unsafe is None else options.unsafe,
        python2=config.python2 if options.python2 is None else options.python2,
        # Who selects on the command line wants these, whatever the project selects or ignores.
        select=options.select or config.select,
        ignore=options.ignore if options.select else (*config.ignore, *options.ignore),
        extend_select=options.extend_select if options.select else (*config.extend_select, *options.extend_select),
        baseline=options.baseline or config.baseline,
        output_format=options.output_format or config.output_format,
        jobs=options.jobs or config.jobs,
    )


def catalogue_for(explicit: Path | None) -> Catalogue:
    """The catalogue of the project in the current folder. Raises Unusable."""
    return catalogue_of(configuration(explicit, ["."]))


def catalogue_of(config: Config) -> Catalogue:
    """The catalogue with the project's own rules. Raises Unusable."""
    from kerasfix.catalogue import CatalogueError, load_catalogue

    try:
        return load_catalogue(config.extend_rules)
    except CatalogueError as error:
        raise Unusable(str(error)) from error


def selected_rules(catalogue: Catalogue, config: Config) -> frozenset[str]:
    """The rules to look for. Raises Unusable for a name that is none, and if no rule is left.

    A rule's own name counts for more than that of its family: `--ignore merge --extend-select merge-layer` leaves
    one rule of the family.
    """
    from kerasfix.catalogue import CatalogueError

    def resolve(names: Iterable[str]) -> frozenset[str]:
        try:
            return catalogue.resolve(names)
        except CatalogueError as error:
            raise Unusable(str(error)) from error

    def parts(names: Iterable[str]) -> tuple[frozenset[str], frozenset[str]]:
        own = frozenset(name for name in names if name in catalogue.rules)
        return resolve(name for name in names if name not in own), own

    families, rules = parts((*config.select, *config.extend_select))
    ignored_families, ignored_rules = parts(config.ignore)
    if not config.select:
        families = frozenset(catalogue.rules)
    chosen = ((families - ignored_families) | rules) - ignored_rules
    if not chosen:
        raise Unusable("no rule is left to look for: what is selected is ignored, too")
    return chosen


def settings_of(config: Config, rules: frozenset[str]) -> Settings:
    """What the analysis has to know of a configuration; `rules` are those to look for. Raises Unusable."""
    if config.python2:
        from kerasfix.source.python2 import is_there

        if not is_there():
            raise Unusable("fissix is needed for Python 2: pip install 'kerasfix[python2]'")
    return Settings(
        target=config.target,
        rules=rules,
        written_for=config.written_for,
        layer_style=config.layer_style,
        unsafe=config.unsafe_fixes,
        python2=config.python2,
        extend_rules=tuple(map(str, config.extend_rules)),
    )


def excluded_by(config: Config, lines_given: Sequence[str]) -> list[Patterns]:
    """What to leave out: the patterns of the project, and those of the command line. Raises Unusable."""
    patterns = []
    for folder, lines in ((config.root, config.exclude), (Path.cwd(), lines_given)):
        if not folder or not lines:
            continue
        try:
            patterns.append(Patterns(str(folder), lines))
        except ValueError as error:
            raise Unusable(f"a pattern to exclude is not valid: {error}") from error
    return patterns
