"""Fixtures for tests of the command line."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

import kerasfix

LEGACY = """\
from keras.layers import Dense, Input
from keras.layers import merge
from keras.models import Model

left = Input((3,))
right = Dense(3)(left)
joined = merge([left, right], mode='concat')
model = Model(left, joined)
"""
FIXED = """\
from keras.layers import Dense, Input
from keras.layers import Concatenate
from keras.models import Model

left = Input((3,))
right = Dense(3)(left)
joined = Concatenate()([left, right])
model = Model(left, joined)
"""


def environment():
    """That of a user who has kerasfix installed, and of no particular terminal."""
    root = str(Path(kerasfix.__file__).parents[1])
    kept = {name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "PYTHONPATH", "TERM")}
    return {**kept, "PYTHONPATH": root, "TERM": "xterm"}


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """An empty current folder."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def kerasfix_process(folder):
    """Runs the command in a process of its own; bytes in, bytes out."""

    def call(*arguments, stdin=b"", **options):
        command = [sys.executable, "-m", "kerasfix", *arguments]
        return subprocess.run(
            command, input=stdin, capture_output=True, env=environment(), timeout=120, check=False, **options
        )

    return call


@pytest.fixture
def cli(folder, capsys):
    """Runs the command in this process; gives its exit code, output and errors."""
    import click

    from kerasfix.cli.app import app

    def call(*arguments):
        try:
            code = app.main([*map(str, arguments)], prog_name="kerasfix", standalone_mode=False)
        except click.ClickException as error:
            error.show()
            code = 2
        return code, *capsys.readouterr()

    return call
