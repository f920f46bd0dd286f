"""A `Merge` at the head of a `Sequential`, which becomes a functional model."""
