"""The catalogue of rules: what each finds and why, its examples, and its rows, read from `rules/*.toml`."""

from kerasfix.catalogue.load import Case, Catalogue, CatalogueError, Example, Rule, Target, load_catalogue

__all__ = ["Case", "Catalogue", "CatalogueError", "Example", "Rule", "Target", "load_catalogue"]
