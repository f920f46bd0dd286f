"""The verbs of the command line: each module here is one, and its `command` is found by its name."""
