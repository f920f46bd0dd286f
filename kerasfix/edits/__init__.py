"""From findings to a new text."""
