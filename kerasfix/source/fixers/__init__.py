"""Fixers for fissix that take the place of its own, where these change more than has to be changed."""
