"""The whole analysis: its passes, deep and large files, and programs that nobody would write."""

import ast
import time

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from programs import NOWHERE, fixed, settings, source
from random_programs import IMPORTS, statements

from kerasfix import analysis
from kerasfix.findings import Failure
from kerasfix.source.index import TextIndex

HEAD = "from keras.layers import Input, merge\nx = Input((3,))\ny = Input((3,))\n"
MERGE = "w = merge([x, y])\n"

DEEP = {
    "lists": "z = " + "[" * 90 + "x" + "]" * 90 + "\n",
    "merges in merges": "z = " + "merge([x, " * 40 + "y" + "])" * 40 + "\n",
    "one operator": "z = " + " + ".join(["x"] * 10_000) + "\n",
    "and": "z = " + " and ".join(["x"] * 10_000) + "\n",
    "calls of methods": "z = x" + ".f(x)" * 3_000 + "\n",
    "calls of calls": "z = x" + "()" * 3_000 + "\n",
    "attributes": "z = x" + ".a" * 1_500 + "\n",
    "subscripts": "z = x" + "[0]" * 3_000 + "\n",
    "minus": "z = " + "-" * 3_000 + "x\n",
    "not": "z = " + "not " * 3_000 + "x\n",
    "conditional expressions": "z = " + "x if c else " * 3_000 + "x\n",
    "elif": "if x: pass\n" + "elif x: w = merge([x, y])\n" * 1_000,
    "blocks": "".join(" " * i + "if x:\n" for i in range(90)) + " " * 90 + MERGE,
    "loops": "".join("  " * i + f"for i{i} in a:\n" for i in range(19)) + "  " * 19 + MERGE,
    "strings": "z = (" + "'a'\n" * 5_000 + ")\n",
    "functions that call functions": "def f0(x): return merge([x, x])\n"
    + "".join(f"def f{i}(x): return f{i - 1}(f{i - 1}(x))\n" for i in range(1, 200))
    + "f199(x)\n",
    "functions in functions": "".join("  " * i + f"def f{i}(x):\n" for i in range(19)) + "  " * 19 + MERGE,
    "classes in classes": "".join("  " * i + f"class C{i}:\n" for i in range(19)) + "  " * 19 + MERGE,
}


@pytest.mark.parametrize("code", DEEP.values(), ids=DEEP)
def test_deep_nesting_is_no_obstacle(code):
    started = time.monotonic()
    text = fixed(HEAD + code + MERGE)
    assert "merge(" not in text
    assert text.endswith("w = Add()([x, y])\n")
    assert time.monotonic() - started < 20


# CPython itself does not take these: the message says so, whichever limit of its it is.
TOO_DEEP = {
    "parentheses": "z = " + "(" * 10_000 + "x" + ")" * 10_000 + "\n",
    "lists": "z = " + "[" * 10_000 + "x" + "]" * 10_000 + "\n",
    "powers": "z = " + "x ** " * 3_000 + "x\n",
    "lambdas": "z = " + "lambda: " * 3_000 + "x\n",
    "calls": "z = " + "merge([x, " * 3_000 + "y" + "])" * 3_000 + "\n",
    "blocks": "".join(" " * i + "if x:\n" for i in range(150)) + " " * 150 + MERGE,
}


@pytest.mark.parametrize("code", TOO_DEEP.values(), ids=TOO_DEEP)
def test_what_python_cannot_parse_has_a_message(code):
    outcome = analysis.fix([source(HEAD + code)], settings())[NOWHERE]
    assert isinstance(outcome.failure, Failure)
    assert "nested" in outcome.failure.message or "too many" in outcome.failure.message
    assert outcome.text == HEAD + code


LARGE = {
    "functions": "".join(
        f"def f{i}(a):\n    b = merge([a, x], mode='concat')\n    c = [b, a]\n    for q in c:\n"
        f"        c.append(merge([q, a]))\n    return c\n"
        for i in range(400)
    ),
    "a chain": "".join(f"x{i + 1} = merge([x{i or ''}, y])\n" for i in range(800)),
    "names of their own": "".join(f"a{i} = merge([x, y], name='n{i}')\n" for i in range(800)),
    "imports of their own": "".join(
        f"def f{i}():\n    from keras.layers import merge\n    return merge([x, y])\n" for i in range(500)
    ),
    "classes": "".join(
        f"class C{i}:\n    def f(self, a):\n        return merge([a, x])\n    def g(self): return self.f(x)\n"
        for i in range(300)
    ),
    "one line": "; ".join(["w = merge([x, y])"] * 400) + "\n",
    "one line of other letters": "é = 1; " + "; ".join(["w = merge([x, y])"] * 400) + "\n",
    "conditions": "".join(f"v{i} = {i}\nif x: u = merge([x, y])\n" for i in range(1_000)),
    "a long list": "l = []\n" + "l.append(x)\n" * 3_000 + "w = merge(l)\n",
    "data": "z = {" + ", ".join(f"'{i}': {i}" for i in range(20_000)) + "}\n",
}


def seconds(code):
    started = time.process_time()
    outcome = analysis.fix([source(HEAD + code)], settings())[NOWHERE]
    assert outcome.failure is None
    return time.process_time() - started


@pytest.mark.parametrize("code", LARGE.values(), ids=LARGE)
def test_large_files_take_time_by_their_size(code):
    assert seconds(code) < 12


def test_twice_the_code_takes_twice_the_time():
    one = "".join(f"a{i} = merge([x, y])\n" for i in range(400))
    seconds(one)
    assert seconds("".join(f"a{i} = merge([x, y])\n" for i in range(1_600))) < 10 * max(seconds(one), 0.3)


def test_several_passes_are_one_run():
    code = HEAD + "z = merge([merge([x, y], mode='mul'), merge([x, y], mode='max')], mode='concat')\n"
    outcome = analysis.fix([source(code)], settings())[NOWHERE]
    assert outcome.text.endswith("z = Concatenate()([Multiply()([x, y]), Maximum()([x, y])])\n")
    assert outcome.applied == {"merge-function": 3}
    assert outcome.findings == []


def test_unsafe_fixes_are_made_when_asked_for():
    code = HEAD + "z = merge(xs)\n"
    assert fixed(code) == code
    assert fixed(code, unsafe=True).endswith("z = Add()(xs)\n")


def test_a_failure_in_one_file_is_that_of_one_file():
    sources = [source(HEAD + MERGE), source("merge([", "/no-such-folder/broken.py")]
    outcomes = analysis.fix(sources, settings())
    assert outcomes[NOWHERE].text.endswith("w = Add()([x, y])\n")
    assert outcomes["/no-such-folder/broken.py"].failure is not None


def test_a_preview_shows_one_fix():
    before = source(HEAD + MERGE + MERGE)
    found = analysis.check([before], settings())[NOWHERE]
    _, second = analysis.previews(before, found, settings())
    assert second == HEAD.replace("merge", "merge, Add") + MERGE + "w = Add()([x, y])\n"


@hypothesis_settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(statements(), st.booleans(), st.sampled_from(["\n", "\r\n"]), st.sampled_from(["layer", "function"]))
def test_any_program_is_fixed_once_and_stays_a_program(code, unsafe, newline, style):
    before = (IMPORTS + code + "\n").replace("\n", newline)
    try:
        ast.parse(before)
    except SyntaxError:
        return
    after = fixed(before, unsafe=unsafe, style=style)
    assert comments(after) == comments(before)
    if newline == "\r\n":
        assert after.count("\n") == after.count("\r\n")
    # What is no import and holds no merge stands as it stood.
    kept = [line for line in before.splitlines() if not any(word in line for word in ("erge", "import", "#", "]"))]
    lines = iter(after.splitlines())
    assert all(any(line == other for other in lines) for line in kept)


def comments(text):
    return sorted(line.partition("#")[2] for line in text.splitlines() if "#" in line)


@hypothesis_settings(max_examples=200, deadline=None)
@given(st.text("aé😀\u2028\x0c \n\r", max_size=30))
def test_positions_are_those_of_the_encoded_text(text):
    index = TextIndex(text)
    line, column, width = 1, 0, 0
    for offset, letter in enumerate(text):
        assert index.position(offset) == (line, column)
        assert index.offset(line, width) == offset
        ends = letter == "\n" or (letter == "\r" and text[offset + 1 : offset + 2] != "\n")
        line, column, width = (line + 1, 0, 0) if ends else (line, column + 1, width + len(letter.encode()))
