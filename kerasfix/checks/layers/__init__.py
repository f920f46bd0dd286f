"""Layers and their arguments, where a row cannot say it."""
