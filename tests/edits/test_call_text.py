import ast

import pytest

from kerasfix.edits.calls import call_text
from kerasfix.source.index import TextIndex

CALLS = [
    "f()",
    "f(a)",
    "f(a, b=c, *d, **e)",
    "f( a ,b = c , )",
    "f (a)",
    "f((a), ((b, c)))",
    "f(x for x in y)",
    "f(\n    a,  # first\n    # between\n    b=c,  # second\n)",
    "f(a,\n  b)",
    "a.b[c](d)(e)",
    "f(a\\\n, b)",
    "f(lambda x, y=(1, 2): x, 'a,b', \"#c\")",
    "f(\r\n    a,  # first\r\n    b,\r\n)",
    "f(é, ü='😀')",
    "f(a, b, # last\n)",
    "f(  # nothing\n)",
]


@pytest.mark.parametrize("code", CALLS)
def test_the_parts_are_those_of_the_tree(code):
    text = f"é = 1; y = {code}\n"
    index = TextIndex(text)
    node = ast.parse(text).body[1].value
    parts = call_text(index, node)
    assert text[parts.start : parts.end] == code
    assert text[parts.close] == ")"
    values = [*node.args, *(keyword.value for keyword in node.keywords)]
    if isinstance(values and values[0], ast.GeneratorExp):
        return
    starts = {index.span(value.value if isinstance(value, ast.Starred) else value) for value in values}
    assert len(parts.args) == len(values)
    for argument in parts.args:
        inner = text[argument.value_start : argument.end]
        assert any(argument.value_start <= start and end <= argument.end for start, end in starts), inner
        ast.parse(f"({inner})")
    comments = [
        line.partition("#")[2] for line in code.replace('"#c"', "").splitlines() if "#" in line.replace('"#c"', "")
    ]
    assert [text[start + 1 : end] for start, end in parts.comments] == [comment.rstrip("\r") for comment in comments]


def test_arguments_are_found_by_name_and_position():
    text = "f(a, *b, c, mode='sum')"
    parts = call_text(TextIndex(text), ast.parse(text).body[0].value)
    assert parts.find("inputs", 0) is parts.args[0]
    assert parts.find("mode", 1) is parts.args[3]
    assert parts.find("axis", 2) is None  # behind `*b`, no position is sure
    assert parts.find("name", -1) is None
