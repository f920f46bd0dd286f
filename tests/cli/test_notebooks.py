"""Notebooks, from the shell to the fixed file."""

import json
import xml.etree.ElementTree as ElementTree

import pytest
from conftest import FIXED, LEGACY

CELLS = [
    "# A model\n\nIt uses `merge`.",
    "%matplotlib inline\nfrom keras.layers import Dense, Input\nfrom keras.layers import merge",
    "from keras.models import Model\n!pip install 'keras<2'",
    "%%time\nleft = Input((3,))\nright = Dense(3)(left)\njoined = merge([left, right], mode='concat')\njoined?",
    "await later(joined)\nmodel = Model(left, joined)",
]


def document(cells, form=list):
    texts = [text.splitlines(True) if form is list else text for text in cells]
    listed = [{"cell_type": "markdown", "metadata": {}, "source": texts[0]}]
    for count, source in enumerate(texts[1:], 1):
        output = {"name": "stdout", "output_type": "stream", "text": ["merge([left, right], mode='concat')\n"]}
        cell = {"cell_type": "code", "execution_count": count, "metadata": {}, "outputs": [output], "source": source}
        listed.append(cell)
    return json.dumps({"cells": listed, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}, indent=1) + "\n"


def fixed(text):
    return text.replace("import merge", "import Concatenate").replace(
        "merge([left, right], mode='concat')\njoined?", "Concatenate()([left, right])\njoined?"
    )


@pytest.fixture(params=[list, str])
def form(request):
    return request.param


@pytest.fixture
def path(folder, form):
    path = folder / "model.ipynb"
    path.write_bytes(document(CELLS, form).encode())
    return path


def test_fix_is_made_in_the_cells_alone(path, form, cli):
    code, output, _ = cli("fix", path)
    assert (code, output) == (0, "Fixed 1; none left.\n")
    assert path.read_bytes() == document([fixed(cell) for cell in CELLS], form).encode()
    assert cli("fix", path)[:2] == (0, "All good.\n")
    assert path.read_bytes() == document([fixed(cell) for cell in CELLS], form).encode()


def test_notebooks_are_found_in_folders(path, folder, cli):
    copy = folder / ".ipynb_checkpoints" / "model-checkpoint.ipynb"
    copy.parent.mkdir()
    copy.write_bytes(path.read_bytes())
    (folder / "model.py").write_text(LEGACY)
    _, output, _ = cli("check", "--output-format", "concise")
    lines = output.splitlines()
    assert [line.split(" merge-function")[0] for line in lines[:-1]] == ["model.ipynb:cell 4:4:10:", "model.py:7:10:"]


def test_standard_input(path, kerasfix_process):
    done = kerasfix_process("fix", "-", "--stdin-filename", "x.ipynb", stdin=path.read_bytes())
    cli = kerasfix_process("fix", "model.ipynb")
    assert (done.returncode, cli.returncode) == (0, 0)
    assert done.stdout == path.read_bytes()


def test_diff_shows_the_code_of_cells(path, cli):
    before = path.read_bytes()
    code, output, _ = cli("fix", "--diff", "model.ipynb")
    assert code == 1
    assert output == (
        "--- a/model.ipynb:cell 2\n+++ b/model.ipynb:cell 2\n@@ -1,3 +1,3 @@\n"
        " %matplotlib inline\n from keras.layers import Dense, Input\n"
        "-from keras.layers import merge\n+from keras.layers import Concatenate\n"
        "--- a/model.ipynb:cell 4\n+++ b/model.ipynb:cell 4\n@@ -1,5 +1,5 @@\n"
        " %%time\n left = Input((3,))\n right = Dense(3)(left)\n"
        "-joined = merge([left, right], mode='concat')\n+joined = Concatenate()([left, right])\n"
        " joined?\n\nWould fix 1; none left.\n"
    )
    assert path.read_bytes() == before


def test_full_report(path, cli):
    assert cli("check", "model.ipynb")[1] == (
        "model.ipynb:cell 4:4:10: merge-function [safe]\n"
        "  `merge(...)`, the Keras 1 function, is gone\n"
        "  |\n"
        "4 | joined = merge([left, right], mode='concat')\n"
        "  |          ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^\n"
        "  |\n"
        "  fix (safe): Replace with `Concatenate`\n"
        "4 - joined = merge([left, right], mode='concat')\n"
        "4 + joined = Concatenate()([left, right])\n"
        "  note: makes line 3 of cell 2 `from keras.layers import Concatenate`\n"
        "\nFound 1 finding in 1 file: 1 safe fix.\n"
    )


def test_formats_for_programs_tell_cell_and_line_of_the_file(path, form, cli):
    (line,) = (
        n for n, text in enumerate(path.read_text().split("\n"), 1) if "\\njoined?" in text or "joined = " in text
    )
    (finding,) = json.loads(cli("check", "--output-format", "json", path)[1])["findings"]
    assert [finding[key] for key in ("cell", "line", "column", "end_line", "end_column")] == [4, 4, 10, 4, 45]
    changes = [(change["cell"], change["line"], change["lines"]) for change in finding["fix"]["changes"]]
    assert changes == [(2, 3, 1), (4, 4, 1)]
    run = json.loads(cli("check", "--output-format", "sarif", path)[1])["runs"][0]
    (result,) = run["results"]
    assert "fixes" not in result
    assert result["locations"][0]["physicalLocation"]["region"] == {"startLine": line, "endLine": line}
    assert result["properties"] == {"applicability": "safe", "cell": 4, "line": 4, "column": 10}
    (issue,) = json.loads(cli("check", "--output-format", "gitlab", path)[1])
    assert issue["location"]["lines"] == {"begin": line, "end": line}
    assert (
        f"file=model.ipynb,line={line},endLine={line}::model.ipynb:cell 4:4:10: merge"
        in (cli("check", "--output-format", "github", path)[1])
    )
    case = ElementTree.fromstring(cli("check", "--output-format", "junit", path)[1]).find(".//testcase")
    assert (case.get("name"), case.get("line")) == ("merge-function at cell 4:4:10", str(line))


def test_suppressions_hold_in_cells(folder, cli):
    cells = [*CELLS, "# kerasfix: ignore[merge-function]\nmerge([left, right])", "merge([left])  # kerasfix: ignore"]
    cells[3] = cells[3].replace("'concat')", "'concat')  # kerasfix: ignore")
    (folder / "a.ipynb").write_text(document(cells))
    assert cli("check")[:2] == (0, "All good.\n")
    (folder / "a.ipynb").write_text(document([*CELLS, "# kerasfix: ignore-file"]))
    assert cli("check")[:2] == (0, "All good.\n")


def test_masked_lines_are_not_reported_and_keep_their_imports(folder, cli):
    cells = [
        CELLS[0],
        CELLS[1],
        CELLS[2],
        "left = Input((3,))\n%time merge([left, left])\nmerge([left, left], mode='sum')",
    ]
    (folder / "a.ipynb").write_text(document(cells))
    assert cli("fix", "-q")[:2] == (0, "")
    after = [
        *cells[:1],
        cells[1] + ", Add",
        cells[2],
        cells[3].replace("merge([left, left], mode='sum')", "Add()([left, left])"),
    ]
    assert (folder / "a.ipynb").read_text() == document(after)


def test_cells_that_do_not_parse_cost_themselves_only(path, folder, form, cli):
    cells = [*CELLS, "print 'of no interest'", "print merge\nx = 3", "also merge("]
    path.write_text(document(cells, form))
    code, output, _ = cli("fix", "--output-format", "concise", path)
    assert code == 2
    after = [*CELLS, *cells[5:]]
    after[1] = CELLS[1] + ", Concatenate"
    after[3] = fixed(CELLS[3])
    assert path.read_text() == document(after, form)
    first = output.splitlines()[0]
    (line,) = (n for n, text in enumerate(path.read_text().split("\n"), 1) if "print merge" in text)
    assert first.startswith(
        f"model.ipynb:{line}: error: cell 7, line 1: syntax error: Missing parentheses in call to 'print'"
    )
    assert first.endswith(
        "(this is Python 2; --python2 brings it to Python 3 first); 1 more such cells; the other cells are handled"
    )
    assert output.endswith("Fixed 1; none left. 1 file could not be handled.\n")


def test_notebooks_that_cannot_be_read_cost_themselves_only(folder, cli):
    (folder / "a.ipynb").write_text('{"cells": [\n keras merge')
    (folder / "b.ipynb").write_text('["keras merge"]')
    (folder / "c.ipynb").write_text(document(["", "import keras\nprint merge"]))
    (folder / "d.py").write_text(LEGACY)
    (folder / "e.ipynb").write_text("")
    code, output, _ = cli("fix", "--output-format", "concise")
    assert code == 2
    assert output.splitlines()[:2] == [
        "a.ipynb:2:2: error: is not a notebook: expecting value",
        "b.ipynb:1: error: is not a notebook: it is no JSON object",
    ]
    (line,) = (n for n, text in enumerate((folder / "c.ipynb").read_text().split("\n"), 1) if "print merge" in text)
    assert output.splitlines()[2].startswith(
        f"c.ipynb:{line}: error: cell 2, line 2: syntax error: Missing parentheses"
    )
    assert (folder / "d.py").read_text() == FIXED


def test_a_notebook_takes_names_from_modules_beside_it(folder, cli):
    (folder / "tools.py").write_text("from keras.layers import *\nfrom keras.models import *\n")
    text = document(["", "import os\nfrom tools import *", "left = Input((3,))\nboth = merge([left, left])"])
    (folder / "a.ipynb").write_text(text)
    assert cli("fix", "a.ipynb")[0] == 0
    assert "both = Add()([left, left])" in (folder / "a.ipynb").read_text()


def test_baseline(path, folder, cli):
    assert cli("check", "--baseline", "known.json", "--write-baseline")[0] == 0
    assert cli("check", "--baseline", "known.json")[0] == 0
    path.write_text(document([*CELLS, "z = merge([left, right])"]))
    assert "cell 6:1:5" in cli("check", "--baseline", "known.json")[1]
