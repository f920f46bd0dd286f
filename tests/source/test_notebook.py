import itertools
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kerasfix.findings import Failure
from kerasfix.source.notebook import NotebookSource
from kerasfix.source.read import decode, read_source
from kerasfix.source.syntax import parse_text
from kerasfix.source.write import write_source


def notebook(*codes, form=list, **metadata):
    """The document of a notebook with a cell of text and then cells of code."""
    cells = [{"cell_type": "markdown", "metadata": {}, "source": ["# merge\n", "text"]}]
    for code in codes:
        source = code.splitlines(True) if form is list else code
        cells.append({"cell_type": "code", "execution_count": 3, "metadata": {}, "outputs": [], "source": source})
    return {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 2}


def opened(document, **style):
    data = document if isinstance(document, bytes) else (json.dumps(document, **style) + "\n").encode()
    source = decode("a.ipynb", data)
    assert isinstance(source, NotebookSource), source
    assert source.encode(source.text) == data
    assert not isinstance(parse_text(source.text), Failure)
    return source


def codes(source):
    return list(source.split(source.text).values())


def changed(source, *pairs):
    """The notebook as bytes with the first of each pair in its text replaced by the second."""
    text = source.text
    for old, new in pairs:
        assert old in text
        text = text.replace(old, new)
    return source.encode(text)


# -- nothing else changes


@pytest.mark.parametrize("indent", [None, 0, 1, 4, "\t"])
@pytest.mark.parametrize("ascii_only", [True, False])
@pytest.mark.parametrize("form", [list, str])
def test_only_the_changed_lines_change(indent, ascii_only, form):
    style = {"indent": indent, "ensure_ascii": ascii_only}
    before = opened(notebook("é = 1\nx = é\n\ny = 'a\\n'", "z = '\U0001f600'", form=form), **style)
    after = opened(notebook("é = 1\nnew = é\nm = 'ü'\n\ny = 'a\\n'", "z = '\U0001f600'", form=form), **style)
    assert changed(before, ("x = é\n", "new = é\nm = 'ü'\n")) == after.encode(after.text)


def test_what_is_written_unlike_json_dumps_stays():
    raw = rb"""{ "nbformat" : 4,"cells":[
        {"source":["a = '\/\u00e9'\n" ,"b = 1\n",
               "c = '\u00E9\u002f'"  ] ,"outputs":[{"source":["b = 1\n"]}], "cell_type":"code"} ,
        {"cell_type": "code", "source": "a = '\/'\nb = 1\nc = '\u002f'"} ],
        "b = 1": 1.50e3, "x": NaN}"""
    fixed = raw.replace(rb'"b = 1\n",', rb'"b = 2\n",', 1).replace(rb"\nb = 1\nc", rb"\nb = 2\nc")
    assert changed(opened(raw), ("b = 1", "b = 2")) == fixed


@pytest.mark.parametrize("newline", ["\r\n", "\n"])
@pytest.mark.parametrize("end", ["", "\n", "\n\n  "])
@pytest.mark.parametrize("bom", [b"", b"\xef\xbb\xbf"])
def test_line_ends_and_bom_stay(newline, end, bom):
    text = json.dumps(notebook("x = 1\r\ny = 2", "z = 3"), indent=1).replace("\n", newline) + end
    data = bom + text.encode()
    assert changed(opened(data), ("z = 3", "z = 4")) == data.replace(b"z = 3", b"z = 4")


def test_nbformat_3():
    cell = {"cell_type": "code", "collapsed": False, "input": ["x = 1\n", "y"], "language": "python", "outputs": []}
    ruby = cell | {"language": "ruby", "input": "puts x"}
    sheets = [{"cells": [{"cell_type": "heading", "source": "x"}, cell, ruby]}, {"metadata": {}}, {"cells": [cell]}]
    document = {"metadata": {"name": ""}, "nbformat": 3, "nbformat_minor": 0, "worksheets": sheets}
    source = opened(document, indent=1)
    assert source.split(source.text) == {2: "x = 1\ny", 4: "x = 1\ny"}
    assert changed(source, ("x = 1", "x = 2")) == source.json.replace("x = 1", "x = 2").encode()


def test_lines_come_and_go():
    source = opened(notebook("x = 1\ny = 2", "z", ""), indent=1)
    assert json.loads(changed(source, ("y = 2\n", "y = 2\nw = 3\n")))["cells"][1]["source"] == [
        "x = 1\n",
        "y = 2\n",
        "w = 3",
    ]
    assert json.loads(changed(source, ("y = 2\n", "")))["cells"][1]["source"] == ["x = 1"]
    assert json.loads(changed(source, ("z\n", "")))["cells"][2]["source"] == []
    assert json.loads(source.encode(source.text[:-1] + "new\n"))["cells"][3]["source"] == ["new"]


def test_elements_that_are_no_lines():
    document = notebook("")
    document["cells"][1]["source"] = ["x = 1\ny", " = 2\n", "", "z = 3\x0c", "\nw"]
    source = opened(document)
    assert codes(source) == ["x = 1\ny = 2\nz = 3\x0c\nw"]
    new = json.loads(changed(source, ("w", "v")))["cells"][1]["source"]
    assert "".join(new) == "x = 1\ny = 2\nz = 3\x0c\nv"


def test_written_in_place(tmp_path):
    path = tmp_path / "a.ipynb"
    path.write_text(json.dumps(notebook("x = 1"), indent=1))
    source = read_source(str(path))
    assert write_source(source, source.text.replace("1", "2").replace("#@cell 2", "#@cell 2")) is None
    assert path.read_text() == json.dumps(notebook("x = 2"), indent=1).replace('2",\n   "meta', '1",\n   "meta')


LINES = st.sampled_from(
    [
        *("x = 1", "", "%time f(x)", "!ls {x}", "é = 'ü'", "if x:", "    !pwd", "    y = 2", "    pass", "?x", "x?"),
        *("(", ")", "'''", "%%time", "%%bash", "print x", "\\", "# no", "x = !ls", "\t", "  z = 3", "\u2028", "\x00"),
        "#@cell 1",
    ]
)
CELLS = st.lists(st.lists(LINES, max_size=6).map("\n".join), max_size=5)


@settings(deadline=None, max_examples=300)
@given(CELLS, st.sampled_from([list, str]), st.sampled_from([None, 1]), st.booleans(), st.data())
def test_any_cells_survive(cells, form, indent, ascii_only, data):
    document = notebook(*cells, form=form)
    raw = json.dumps(document, indent=indent, ensure_ascii=ascii_only).encode("utf-8", "surrogatepass")
    source = decode("a.ipynb", raw)
    if isinstance(source, Failure):
        assert "cell " in source.message and 1 <= source.line <= raw.count(b"\n") + 1
        return
    assert source.encode(source.text) == raw
    assert not isinstance(parse_text(source.text), Failure)
    assert codes(source) == cells
    assert len(source.text.splitlines()) >= sum(1 + code.count("\n") for code in cells)
    # A statement more in front of one cell: that cell has it, and the others are as they were.
    if cells:
        number = data.draw(st.integers(0, len(cells) - 1))
        head = f"{source.tag} {number + 2}\n"
        new = source.encode(source.text.replace(head, f"{head}added = 1\n", 1))
        expected = notebook(*(f"added = 1\n{c}" if n == number else c for n, c in enumerate(cells)), form=form)
        assert "".join(json.loads(new)["cells"][number + 1]["source"]) == f"added = 1\n{cells[number]}"
        assert form is str or number or json.loads(new)["nbformat"] == expected["nbformat"]
        others = [cell for n, cell in enumerate(json.loads(new)["cells"]) if n != number + 1]
        assert others == [cell for n, cell in enumerate(document["cells"]) if n != number + 1]


# -- what is no Python


@pytest.mark.parametrize(
    "code",
    [
        "%matplotlib inline",
        "  %matplotlib inline\nx = 1",
        "!pip install keras \\\n  --quiet\nx = 1",
        "if x:\n    !ls\nelse:\n\t%cd ..",
        "x = !ls\na, b = %magic c\nd['e'] = !f",
        "?merge\nmerge??\nmodel.fit?  \n%timeit?\nnp.*load*?",
        "%time x = merge([a, b])\n%timeit -n 3 merge(x)\n%prun -q f(x)",
        "%time import keras\n%time for x in y: print(x)\n%time (a\\\n+ b)",
        "%%time\nx = 1\n%ls",
        "\n\n%%capture out\n!ls\n",
        "%%bash\nfor f in *; do echo $f; done",
        "%%javascript\nalert('merge')",
        "%%html\n'''\n",
        "%%backend torch\nx = 1",
        "cd data\nls -l\npip install x",
        "    x = 1\n    %ls\ny = 2",
        "/f x\n,f a b\n;f a b",
        "x = '''\n%not magic\n!nor this\n'''\n%ls",
        "x = (a\n% b\n)\n%ls",
        "x = a \\\n% b\n%ls",
        "x = \"it's\" # (\n%ls\ny = '('\n!ls",
        "%ls\r\nx = 1\r\n!pwd\r",
        "%ls\n%ls\n" * 12,
        "# %%time\n%ls",
        "%time\n%time ",
        "!echo {x} $y ${z} {a['b']}",
    ],
)
def test_magics_are_masked(code):
    source = opened(notebook("import keras", code, "x = 1"))
    assert not source.unread
    assert codes(source) == ["import keras", code, "x = 1"]
    assert source.text.count("\n") == code.count("\n") + 6


def test_masks_leave_python_alone():
    source = opened(notebook("x = '''\n%a\n'''\ny = (a\n% b)\n!ls\nz = 1"))
    assert "x = '''\n%a\n'''\ny = (a\n% b)\npass  #@cell 2.0@\nz = 1\n" in source.text


@pytest.mark.parametrize(
    ("code", "statement"),
    [
        ("!echo {model.name} $path", "get_ipython(model, path)"),
        ("files = !ls", "files = get_ipython()"),
        ("%time model.fit(x)", "model.fit(x)"),
        ("%time y = f(x)", "y = f(x)"),
        ("%time from keras.layers import merge", "merge = get_ipython(keras, merge)"),
        ("%timeit -n 3 y = f(x)", "get_ipython(n, y, f, x)"),
        ("%ls", "pass"),
        ("%%bash\nls $x", "pass"),
        ("%%spark\nx = merge(y)", "x = get_ipython(spark, x, merge, y)"),
        ("print 'merge', x # K", "get_ipython(print, x)"),
        ("def f(a):\n  print a", "f = get_ipython(f, a, print)"),
        ("for i, j in x:\n  print i\ny += 1", "i = j = y = get_ipython(i, j, x, print, y)"),
        ("from m import (a,\n  b as c)\nprint a", "a = b = c = get_ipython(m, a, b, c, print)"),
    ],
)
def test_masks_read_and_set_the_same_names(code, statement):
    source = opened(notebook("import keras", code))
    assert f"#@cell 3\n{statement}  #@cell 3.0@" in source.text


def test_top_level_await_and_exported_magics_are_python():
    code = "await x\nasync with a as b:\n    pass\nget_ipython().magic('matplotlib inline')\nget_ipython().system('ls')"
    assert code in opened(notebook(code)).text


def test_tag_is_in_no_cell():
    source = opened(notebook("x = '#@cell 2'", "%ls"))
    assert source.tag == "#@cell@"
    assert codes(source) == ["x = '#@cell 2'", "%ls"]


@pytest.mark.parametrize("key", [{"language_info": {"name": "R"}}, {"kernelspec": {"language": "julia"}}])
def test_notebooks_in_other_languages_have_no_code(key):
    assert opened(notebook("x <- merge(a, b)", **key)).text == ""


# -- what cannot be read


def test_cells_that_do_not_parse():
    source = opened(notebook("import keras", "x = 1\nprint x", "def half(", "  y = (\n"), indent=1)
    assert codes(source) == ["import keras", "x = 1\nprint x", "def half(", "  y = (\n"]
    two, half, indented = source.failures()
    lines = source.json.split("\n")
    assert two.message.startswith("cell 3, line 2: syntax error: Missing parentheses")
    assert two.message.endswith("(this is Python 2; --python2 brings it to Python 3 first)")
    assert "print x" in lines[two.line - 1]
    assert "cell 4, line 1: syntax error" in half.message and "def half(" in lines[half.line - 1]
    assert "cell 5, line 1: syntax error" in indented.message and "y = (" in lines[indented.line - 1]


def test_notebook_in_which_nothing_parses():
    failure = decode("a.ipynb", json.dumps(notebook("print x", " ", "print y"), indent=1).encode())
    assert isinstance(failure, Failure)
    assert failure.message.startswith("cell 2, line 1: syntax error")
    assert failure.line == 17


@pytest.mark.parametrize(
    ("data", "message", "line", "column"),
    [
        (b"", "is not a notebook: expecting value", 1, 1),
        (b'{\n "cells": [}', "is not a notebook: expecting value", 2, 12),
        (b'{"cells": []} x', "is not a notebook: extra data", 1, 15),
        (b'{"cells": ["\n"]}', "is not a notebook: invalid control character at", 1, 13),
        (b"[]", "is not a notebook: it is no JSON object", 1, None),
        (b'{"nbformat": 4}', "is not a notebook: it has no cells", 1, None),
        (b'{"cells": {}}', "is not a notebook: `cells` is no list", 1, None),
        (b'{"worksheets": 3}', "is not a notebook: `worksheets` is no list", 1, None),
        (b'{"cells": [{"cell_type": "code", "source": [1]}]}', "the source of cell 1 is no text", 1, None),
        (b'{"cells": [{"cell_type": "code", "source": {}}]}', "the source of cell 1 is no text", 1, None),
        (b'{\n"\xff": 1}', "is not valid utf-8: byte 0xff; save it as UTF-8", 2, 2),
        (b'{"a": ' + b"[" * 100_000, "is not a notebook: ", 1, None),
    ],
)
def test_broken_notebooks(data, message, line, column):
    failure = decode("a.ipynb", data)
    assert isinstance(failure, Failure)
    assert message in failure.message
    assert "first line" not in failure.message
    assert (failure.line, failure.column) == (line, column)


@pytest.mark.parametrize(
    "document",
    [
        {"cells": []},
        {"cells": [1, None, {}, {"cell_type": "code"}, {"cell_type": 3, "source": "x"}]},
        {"worksheets": []},
        {"cells": [{"cell_type": "raw", "source": "print x"}], "metadata": None},
    ],
)
def test_odd_notebooks_without_code(document):
    assert opened(document).text == ""


# -- edits


def test_edits_that_lose_a_cell_are_an_error():
    source = opened(notebook("x = 1", "%ls\ny = 2"))
    heads = ["#@cell 2\n", "#@cell 3\n"]
    broken = [source.text.replace(head, new) for head, new in itertools.product(heads, ["", "#\n", "z #@cell 2\n"])]
    broken += ["z = 1\n" + source.text, source.text[:-1], source.text.replace("pass  #@cell 3.0@", "pass  #@cell 3.")]
    for text in broken:
        with pytest.raises(ValueError, match="a change reaches"):
            source.encode(text)


def test_lines_of_cells_in_the_file():
    source = opened(notebook("x = 1\ny = 2\n", "z"), indent=1)
    assert source.file_lines() == {2: [17, 18, 18], 3: [27]}
    assert opened(notebook("x = 1\ny = 2", form=str), indent=1).file_lines() == {2: [16, 16]}
