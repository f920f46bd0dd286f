"""The probe is handed out to environments with Python 2.7 and 3.4 upward, and nothing but Keras and numpy."""

import ast
import subprocess
from pathlib import Path

import pytest
from old_pythons import complaints, interpreter, unguarded_imports

from kerasfix import probe

FOLDER = Path(probe.__file__).parent
FILES = sorted(FOLDER.rglob("*.py"))
HEAD = "from __future__ import absolute_import, division, print_function\n"
OLD = ["2.7", "3.4", "3.5", "3.6", "3.7", "3.8"]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(FOLDER).as_posix())
def test_a_file_of_the_probe_is_of_every_python(path):
    text = path.read_text(encoding="utf-8")
    if path.name == "__init__.py" and not ast.parse(text).body[1:]:
        text = HEAD + text  # nothing but a docstring
    assert complaints(text) == []


@pytest.mark.parametrize("name", ["__main__.py", "inside.py"])
def test_the_recorder_can_say_that_numpy_is_missing(name):
    tree = ast.parse((FOLDER / name).read_text(encoding="utf-8"))
    assert unguarded_imports(tree, allowed=frozenset()) == []


@pytest.mark.parametrize(
    "code",
    [
        "print('%s' % 1, file=None)",
        "def f(*args, **kwargs):\n    return g(1, *args, **kwargs)",
        "x = {1: 2}\ny = {one for one in x}\nz = 1000000",
        "try:\n    import builtins\nexcept ImportError:\n    import __builtin__ as builtins",
        "def f():\n    import keras\n    return keras",
        "def f():\n    yield 1\n\n    def g():\n        return 2",
        "import numpy as np\nfrom . import other",
    ],
)
def test_what_every_python_understands_is_not_complained_about(code):
    assert complaints(HEAD + code) == []


@pytest.mark.parametrize(
    "code",
    [
        "print 'x'",
        "x = f'{1}'",
        "x: int = 1",
        "def f(x: int): pass",
        "def f() -> int: pass",
        "def f(*, x): pass",
        "def f(x, /): pass",
        "def f(*args, x=1): pass",
        "def f():\n    x = 1\n    def g():\n        nonlocal x",
        "def f():\n    yield from x",
        "def f():\n    yield 1\n    return 2",
        "first, *rest = x",
        "x = [*y]",
        "f(*x, 1)",
        "f(**x, **y)",
        "x = {**y}",
        "x = a @ b",
        "x = 1_000",
        "raise ValueError() from None",
        "class A(metaclass=B): pass",
        "class A(B):\n    def f(self):\n        super().f()",
        "if (x := 1): pass",
        "async def f(): pass",
        "match x:\n    case 1: pass",
        "import tensorflow",
        "from pathlib import Path",
        "import dataclasses",
        "x = 'größer'",
    ],
)
def test_what_some_python_does_not_understand_is_complained_about(code):
    assert len(complaints(HEAD + code)) == 1


def test_what_the_future_imports_bring_is_asked_for():
    assert len(complaints("x = 1")) == 3


@pytest.mark.parametrize("version", OLD)
def test_an_old_python_compiles_every_file(version, tmp_path):
    python = interpreter(version)
    if python is None:
        pytest.skip(f"no Python {version} on this machine")
    code = (
        "import io, sys\n"
        "for name in sys.argv[1:]:\n"
        "    compile(io.open(name, 'rb').read(), name, 'exec', 0, True)\n"
    )  # fmt: skip
    done = subprocess.run([python, "-c", code, *map(str, FILES)], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
