"""Proving a rewrite: both sides are run, and their numbers compared."""
