"""The scopes, against Python's own symbol tables."""

# ruff: noqa: E501 (programs, one to a line)

import ast
import symtable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kerasfix.names.scopes import Scope, Scopes

PROGRAMS = [
    "x = 1\ndef f():\n    return x\n",
    "x = 1\ndef f(x):\n    return x\n",
    "x = 1\ndef f():\n    global x\n    x = 2\n    def g():\n        return x\n",
    "def f():\n    x = 1\n    def g():\n        nonlocal x\n        x = 2\n        return x\n    return g\n",
    "x = 1\nclass C:\n    x = 2\n    y = x\n    def f(self):\n        return x\n",
    "x = 1\ny = [x for x in range(3)]\nz = {x: w for w in x}\n",
    "class C:\n    x = 1\n    y = [x for _ in x]\n",
    "def f():\n    [(x := 3) for i in range(3)]\n    return x\n",
    "def f(a, *b, c=1, **d):\n    return a, b, c, d\n",
    "f = lambda x, y=1: x + y + z\n",
    "try:\n    pass\nexcept E as x:\n    x\n",
    "with a as x, b as (y, z):\n    x, y, z\n",
    "match a:\n    case {'k': x, **rest}:\n        x, rest\n    case [y, *more]:\n        y, more\n    case C(z) as w:\n        z, w\n",
    "import a.b\nimport c as d\nfrom e import f as g, h\ndef k():\n    return a, d, g, h\n",
    "def f():\n    import a\n    def g():\n        return a\n",
    "for x in y:\n    x\nelse:\n    z = x\n",
    "async def f():\n    async for x in y:\n        await x\n    return [z async for z in x]\n",
    "@x\ndef f(y=x) -> x:\n    x = 1\n",
    "def f():\n    global x\n    x = 1\nx\n",
    "x += 1\ndel x\n",
]  # fmt: skip


def resolved(tree):
    """The names that are used, with the kind and the line of the scope that each belongs to."""
    scopes = Scopes(tree)
    return {(node.id, _place(scopes.at(node).resolve(node.id))) for nodes in scopes.named.values() for node in nodes}


def _place(scope: Scope | None):
    if scope is None:
        return None
    node = scope.node
    if isinstance(node, ast.Module):
        return ("module", 0)
    kind = "class" if isinstance(node, ast.ClassDef) else "function"
    return (kind, node.lineno)


def expected(code):
    top = symtable.symtable(code, "case.py", "exec")
    found = set()

    def visit(table, around):
        place = ("module", 0) if table.get_type() == "module" else (str(table.get_type()), table.get_lineno())
        here = [*around, (table, place)]
        for symbol in table.get_symbols():
            if symbol.is_referenced() or symbol.is_assigned():
                found.add((symbol.get_name(), owner(symbol, here)))
        for child in table.get_children():
            visit(child, here)

    def owner(symbol, here):
        table, place = here[-1]
        if table.get_type() == "module" or symbol.is_global():
            known = symbol.get_name() in module_names
            return ("module", 0) if known else None
        if symbol.is_free():
            for outer, outer_place in reversed(here[:-1]):
                if outer.get_type() == "function":
                    inner = outer.lookup(symbol.get_name()) if symbol.get_name() in outer.get_identifiers() else None
                    if inner is not None and inner.is_local():
                        return outer_place
        return place

    module_names = {s.get_name() for s in top.get_symbols() if s.is_assigned() or s.is_imported()}

    def globals_of(table):
        for symbol in table.get_symbols():
            if symbol.is_declared_global() and (symbol.is_assigned() or symbol.is_imported()):
                module_names.add(symbol.get_name())
        for child in table.get_children():
            globals_of(child)

    globals_of(top)
    visit(top, [])
    return found


@pytest.mark.parametrize("code", PROGRAMS)
def test_names_belong_where_python_says(code):
    ours = resolved(ast.parse(code))
    theirs = expected(code)
    # Python's tables also hold what no name node shows: parameters, imports, the `.0` of comprehensions.
    assert ours <= theirs, ours - theirs


NAMES = st.sampled_from(["a", "b", "c"])


def blocks(depth):
    simple = st.one_of(
        st.builds("{0} = {1}".format, NAMES, NAMES),
        st.builds("{0} = [{1} for {1} in {2}]".format, NAMES, NAMES, NAMES),
        st.builds("{0} = lambda {1}: ({1}, {2})".format, NAMES, NAMES, NAMES),
        st.builds("print({0}, [({1} := 1) for x in {2}])".format, NAMES, NAMES, NAMES),
        st.builds("import {0}".format, NAMES),
        st.builds("del {0}".format, NAMES),
        st.builds("for {0} in {1}: print({2})".format, NAMES, NAMES, NAMES),
    )
    if depth == 0:
        return st.lists(simple, min_size=1, max_size=3)
    nested = st.builds(
        lambda head, name, parameter, body: "\n".join(
            [head.format(name, parameter), *("    " + line for part in body for line in part.split("\n"))]
        ),
        st.sampled_from(["def {0}({1}):", "class {0}:", "def {0}():\n    global {1}"]),
        NAMES,
        NAMES,
        blocks(depth - 1),
    )
    return st.lists(st.one_of(simple, nested), min_size=1, max_size=4)


@settings(max_examples=150, deadline=None)
@given(blocks(2))
def test_names_belong_where_python_says_in_any_program(parts):
    code = "\n".join(parts) + "\n"
    try:
        compile(code, "case.py", "exec")
        theirs = expected(code)
    except SyntaxError:
        return
    ours = resolved(ast.parse(code))
    assert ours <= theirs, (code, ours - theirs)


def test_reads_are_those_of_the_scope():
    code = "from m import x\nx\ndef f(x):\n    return x\ndef g():\n    return x\n[x for x in y]\nx += 1\ndel x\n"
    scopes = Scopes(ast.parse(code))
    assert sorted(node.lineno for node in scopes.reads(scopes.module, "x")) == [2, 6, 8, 9]
