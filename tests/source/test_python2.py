import codecs
import json

import pytest

from kerasfix.findings import Failure
from kerasfix.source.python2 import explained, python3
from kerasfix.source.read import SourceFile, decode
from kerasfix.source.syntax import parse_text
from kerasfix.source.write import write_source

PAIRS = [
    ("print x", "print(x)"),
    ("print 'a', b,", "print('a', b, end=' ')"),
    ("print >>log, 'a'", "print('a', file=log)"),
    ("print ('a %d' % 3)\nprint ('a', 'b')\nprint", "print ('a %d' % 3)\nprint(('a', 'b'))\nprint()"),
    ("try: f()\nexcept ValueError, e: raise E, 'x'", "try: f()\nexcept ValueError as e: raise E('x')"),
    ("x = `y` <> 0777", "x = repr(y) != 0o777"),
    ("x = 10L, u'a', ur'\\d'", "x = 10, u'a', r'\\d'"),
    ("exec 'x = 1' in names", "exec('x = 1', names)"),
    ("print f(lambda (a, b): a)", "print(f(lambda a_b: a_b[0]))"),
    ("print d.has_key(k), isinstance(x, unicode)", "print(k in d, isinstance(x, str))"),
    (
        "print 1\nfor k, v in d.iteritems(): pass\nx = d.keys(), [k for k in d.keys()]",
        "print(1)\nfor k, v in d.items(): pass\nx = list(d.keys()), [k for k in d.keys()]",
    ),
    ("for i in xrange(9): print i\nx = range(3)", "for i in range(9): print(i)\nx = list(range(3))"),
    ("print 1\nx = zip(a, b)\nfor p in zip(a, b): pass", "print(1)\nx = list(zip(a, b))\nfor p in zip(a, b): pass"),
    ("print raw_input('?')", "print(input('?'))"),
    ("print 1, input('?')", "print(1, eval(input('?')))"),
    ("print 1\nimport cPickle as pickle, Queue as q", "print(1)\nimport pickle, queue as q"),
    ("import ConfigParser as c\nprint c.ConfigParser()", "import configparser as c\nprint(c.ConfigParser())"),
    ("import StringIO\nprint StringIO.StringIO()", "import io\nprint(io.StringIO())"),
]  # fmt: skip
# What 2to3 makes worse, or what only looks like Python 2.
STAYS = [
    "x = np.sort(a, order=b)",
    "def apply(f, x): pass\napply(g, 3)",
    "from __future__ import division",
    "x = a / b",
    "x = {1 ,2}, set([1])",
]


@pytest.mark.parametrize(("before", "after"), PAIRS)
def test_python_2_becomes_python_3(before, after):
    assert python3(before) == after
    assert not isinstance(parse_text(after), Failure)


@pytest.mark.parametrize("line", STAYS)
def test_what_may_stay_does(line):
    assert python3(f"{line}\nprint x") == f"{line}\nprint(x)"


def test_print_may_be_a_function_all_the_same():
    assert python3("print('x', file=log)\nx = 0777") == "print('x', file=log)\nx = 0o777"
    assert python3("from __future__ import print_function\nf = print\nx = 0777").endswith("f = print\nx = 0o777")


def test_tabs_are_as_wide_as_they_were():
    text = "if x:\n        if y:\n\t    print 1\n\tprint 2\n'''\n\tkept\n'''\n"
    assert python3(text) == "if x:\n        if y:\n            print(1)\n        print(2)\n'''\n\tkept\n'''\n"


def test_tabs_alone_stay():
    assert python3("if x:\n\tprint 1  # one\n") == "if x:\n\tprint(1)  # one\n"


@pytest.mark.parametrize("text", ["def half(\n", "print 'x'\nclass:\n", "x = = 3", "<<<<<<< HEAD\nprint 1\n"])
def test_what_is_no_python_at_all_stays(text):
    source = opened(text.encode())
    assert (source.text, source.original) == (text, None)
    failure = parse_text(text)
    assert explained(failure, text) == failure


def test_why_a_file_of_python_2_cannot_be_parsed():
    for text in ("print x", "x = `y`", "if x:\n        y\n\tz\n"):
        failure = parse_text(text)
        assert explained(failure, text).message.endswith("(this is Python 2; --python2 brings it to Python 3 first)")


def test_without_fissix_the_words_of_python_tell(monkeypatch):
    monkeypatch.setattr("kerasfix.source.python2.find_spec", lambda name: None)
    assert "--python2" in explained(parse_text("print x"), "print x").message
    assert "--python2" not in explained(parse_text("def half("), "def half(").message


def opened(data, path="case.py"):
    source = decode(path, data, python2=True)
    assert isinstance(source, SourceFile), source
    return source


def test_python_3_is_not_touched():
    data = b"def f(x, *, y): print('x', file=x)\nxrange = has_key = 3\nx = y.has_key(3), unicode, xrange\n"
    assert opened(data) == decode("case.py", data)


@pytest.mark.parametrize("newline", [b"\n", b"\r\n"])
@pytest.mark.parametrize("end", [b"", b"\n"])
@pytest.mark.parametrize("head", [b"", codecs.BOM_UTF8, b"# coding: latin-1\n"])
def test_the_rest_of_the_file_stays_byte_for_byte(tmp_path, newline, end, head):
    line = "x = 'é'  # ü".encode("latin-1" if b"latin" in head else "utf-8")
    data = (head + b'"""Text\n\n\tmore"""\n\n' + line + b"\n\x0c\nif  x :\n\tprint x # why").replace(
        b"\n", newline
    ) + end
    path = tmp_path / "a.py"
    path.write_bytes(data)
    source = opened(data, str(path))
    assert write_source(source, source.text) is None
    assert path.read_bytes() == data.replace(b"print x", b"print(x)")


def test_a_file_that_changed_is_left(tmp_path):
    path = tmp_path / "a.py"
    path.write_bytes(b"print 2")
    assert "changed" in write_source(opened(b"print 1", str(path)), "print(1)").message


def test_imports_of_a_package(tmp_path):
    (tmp_path / "data").mkdir()
    for name in ("__init__", "layers", "utils"):
        (tmp_path / f"{name}.py").write_text("")
    imports = "import layers\nfrom utils import x\nimport numpy\n"
    relative = "from . import layers\nfrom .utils import x\nimport numpy\n"
    path = str(tmp_path / "nets.py")
    assert python3(f"{imports}print x", path) == f"{relative}print(x)"
    assert python3(f"{imports}print x", str(tmp_path / "nets.ipynb")) == f"{imports}print(x)"
    for line in ("from layers.more import x", "from .utils import x", "import data", "import utils, numpy"):
        assert python3(f"{line}\nprint x", path) == f"{line}\nprint(x)"
    script = f"{imports}if __name__ == '__main__':\n    print"
    assert python3(f"{script} x", path) == f"{script}(x)"
    (tmp_path / "__init__.py").unlink()
    assert python3(f"{imports}print x", path) == f"{imports}print(x)"


# -- notebooks


def notebook(*codes):
    cells = [{"cell_type": "code", "metadata": {}, "outputs": [], "source": code.splitlines(True)} for code in codes]
    return (json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 2}, indent=1) + "\n").encode()


def test_cells_of_python_2():
    cells = [
        "%matplotlib inline\nprint x",
        "x = 3  # stays",
        "for i in xrange(3): pass\n!ls {x}",
        "%%bash\nprint",
        "  print y",
    ]
    after = [
        *("%matplotlib inline\nprint(x)", "x = 3  # stays", "for i in range(3): pass\n!ls {x}", "%%bash\nprint"),
        "  print(y)",
    ]
    source = opened(notebook(*cells), "a.ipynb")
    assert source.encode(source.text) == notebook(*after)
    assert source.as_read.encode(source.as_read.text) == notebook(*cells)
    assert source.as_read.parts()[":cell 1"] == "%matplotlib inline\nprint x\n"


def test_a_cell_may_say_what_print_is():
    source = opened(notebook("from __future__ import print_function", "print('a', 'b')", "x = 0777"), "a.ipynb")
    assert list(source.split(source.text).values())[1:] == ["print('a', 'b')", "x = 0o777"]


def test_a_notebook_without_python_2_stays():
    data = notebook("for i in xrange(3): pass", "def half(")
    assert opened(data, "a.ipynb") == decode("a.ipynb", data)


def test_what_is_no_python_costs_its_cell_only():
    source = opened(notebook("print x", "def half("), "a.ipynb")
    assert list(source.split(source.text).values()) == ["print(x)", "def half("]
    (failure,) = source.failures()
    assert "--python2" not in failure.message
