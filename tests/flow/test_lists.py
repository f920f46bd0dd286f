"""How long a list is at least: a merge of two or more is certain, of fewer an assumption."""

import pytest
from programs import findings

HEAD = (
    "from functools import partial, reduce\nfrom keras.layers import Dense, Input, merge\n"
    "x = Input((3,)); y = Input((3,))\n"
)

PROVEN = [
    "merge([x, y])",
    "a, b = x, y\nmerge([a, b])",
    "(a, b), c = (x, y), 3\nmerge([a, b])",
    "l = []\nl.append(x)\nl.append(y)\nmerge(l)",
    "l = [x]\nl += [y]\nmerge(l)",
    "l = [x]\nl = l + [y]\nmerge(l)",
    "l = [x]\nl.extend([y])\nmerge(l)",
    "l = [x]\nl.insert(0, y)\nmerge(l)",
    "l = [x] * 2\nmerge(l)",
    "l = list()\nl.append(x)\nl.append(y)\nmerge(l)",
    "merge([*[x, y], x])",
    "merge(sorted([x, y]))",
    "merge([x, y] if c else [y, x])",
    "l = [x]\nfor i in range(3):\n    l.append(Dense(3)(x))\nmerge(l)",
    "l = []\nfor i in range(3):\n    l.append(Dense(3)(x))\nmerge(l)",
    "l = []\nfor i in (1, 2):\n    l += [x]\nmerge(l)",
    "l = []\nfor i in range(20):\n    l.append(x)\nmerge(l)",
    "l = []\nfor i in range(2):\n    if i:\n        l.append(x)\n    else:\n        l.append(y)\nmerge(l)",
    "l = []\nfor i in range(2):\n    if i:\n        l.append(x)\n        continue\n    l.append(y)\nmerge(l)",
    "l = []\nfor i in range(n):\n    for j in range(2):\n        l.append(x)\n    merge(l)",
    "l = [x]\nfor i in range(n):\n    l.append(Dense(3)(x))\n    merge(l)",
    "l = [x]\nfor i in range(5):\n    l.append(y)\nelse:\n    merge(l)",
    "l = [x]\nwhile True:\n    l.append(y)\n    if c: break\nmerge(l)",
    "l = [Dense(3)(x) for i in range(3)]\nmerge(l)",
    "l = [x for i in range(2) for j in range(2)]\nmerge(l)",
    "l = [x]\nif c:\n    l.append(y)\nelse:\n    l.append(x)\nmerge(l)",
    "l = [x for _ in range(n)]\nif len(l) > 1:\n    merge(l)",
    "l = [x for _ in range(n)]\nif 2 <= len(l):\n    merge(l)",
    "l = [x for _ in range(n)]\nif c and len(l) >= 2:\n    merge(l)",
    "l = [x for _ in range(n)]\nif not len(l) < 2:\n    merge(l)",
    "l = [x for _ in range(n)]\nif len(l) == 1:\n    z = l[0]\nelse:\n    z = merge(l)",
    "l = [x for _ in range(n)]\nz = merge(l) if len(l) > 1 else l[0]",
    "l = [x for _ in range(n)]\nz = l[0] if len(l) == 1 else merge(l)",
    "def f(n):\n    l = [x for _ in range(n)]\n    if len(l) == 1:\n        return l[0]\n    return merge(l)",
    "l = [x for _ in range(n)]\nassert len(l) > 1\nmerge(l)",
    "l = [x for _ in range(n)]\nwhile len(l) > 1:\n    merge(l)",
    "merge([x, y, x][1:])",
    "merge([x, y, x][:-1])",
    "merge([x, y, x][::2])",
    "l = [x for _ in range(10)]\nmerge(l[1:])",
    "l = [x for _ in range(10)]\nmerge(l[:2])",
    "l = [x for _ in range(10)]\nmerge(l[-2:])",
    "l = [x for _ in range(10)]\nmerge(l[2:-2])",
    "l = [x for _ in range(10)]\nmerge(l[::3])",
    "l = [x for _ in range(10)]\nmerge(l[::-1])",
    "l = [x, y]\nl[0] = x\nmerge(l)",
    "l = [x, y]\nm = l[:]\nm.pop()\nmerge(l)",
    "l = [x, y]\nm = list(l)\nm.pop()\nmerge(l)",
    "l = [x, y, x]\nl.pop()\nmerge(l)",
    "l = [x, y, x]\ndel l[0]\nmerge(l)",
    "l = [x, y]\nl.reverse()\nmerge(l)",
    "l = [x, y]\ng(l)\nmerge(l)",
    "l = [x]\ndef g(q):\n    q.append(y)\ng(l)\nmerge(l)",
    "l = [x]\ndef g():\n    l.append(y)\ng()\nmerge(l)",
    "def f():\n    return x, y\nmerge(list(f()))",
    "def f():\n    return {'a': x, 'b': y}\nd = f()\nmerge([d['a'], d['b']])",
    "def f(*a):\n    return merge(list(a))\nf(x, y)",
    "def f(*a):\n    return merge([x] + list(a))\nf(x)",
    "reduce(lambda a, b: merge([a, b]), [x, y, x])",
    "list(map(lambda a: merge([a, y]), [x, x]))",
    "[merge([a, b]) for i, (a, b) in enumerate(zip([x, y], [y, x]))]",
    "l = [[x, y], [y, x]]\n[merge(q) for q in l]",
    "try:\n    l = [x, y]\nfinally:\n    print(1)\nmerge(l)",
]
NOT_PROVEN = [
    "merge(l)",
    "def f(l):\n    return merge(l)",
    "l = []\nfor i in range(n):\n    l.append(x)\nmerge(l)",
    "l = [x]\nwhile c:\n    l.append(y)\nmerge(l)",
    "l = [x]\nwhile True:\n    if c: break\n    l.append(y)\nmerge(l)",
    "l = [x]\nfor i in range(5):\n    if i == 3: break\n    l.append(y)\nmerge(l)",
    "l = [x]\nfor i in range(5):\n    if i == 3: continue\n    l.append(y)\nmerge(l)",
    "l = []\nfor i in range(2):\n    if i:\n        l.append(x)\nmerge(l)",
    "l = [x]\nif c:\n    l.append(y)\nmerge(l)",
    "l = [x for i in (1, 2) if i]\nmerge(l)",
    "l = [x, y]\nl.remove(x)\nmerge(l)",
    "l = [x, y]\ndel l[0]\nmerge(l)",
    "l = [x, y]\nif c:\n    l.pop()\nmerge(l)",
    "l = [x, y]\nl.clear()\nmerge(l)",
    "l = [x, y, x]\nl[1:] = []\nmerge(l)",
    "l = [x, y, x]\ndel l[1:]\nmerge(l)",
    "l = [x, y]\nm = l\nif c:\n    m.pop()\nmerge(l)",
    "l = [x, y]\nd = {'k': l}\nif c:\n    d['k'].pop()\nmerge(l)",
    "l = [x, y]\ndef g(q):\n    if c:\n        q.pop()\ng(l)\nmerge(l)",
    "l = [x] * n\nmerge(l)",
    "l = [x for _ in range(10)]\nmerge(l[n:])",
    "l = [x for _ in range(10)]\nmerge(l[-3:2])",
    "l = [x for _ in range(10)]\nmerge(l[9:])",
    "l = [x for _ in range(n)]\nif len(l) > 0:\n    merge(l)",
    "l = [x for _ in range(n)]\nif len(l) > 1 or c:\n    merge(l)",
    "l = [x for _ in range(n)]\nif len(l) == 1:\n    merge(l)",
    "l = [x for _ in range(n)]\nif len(l) > 1:\n    pass\nmerge(l)",
    "merge([x, y] if c else [y])",
    "merge(list(filter(None, [x, y])))",
    "try:\n    l = [x, y]\nexcept E:\n    l = [x]\nmerge(l)",
    "def gen():\n    yield x\n    yield y\nmerge(list(gen()))",
]  # fmt: skip


@pytest.mark.parametrize("code", PROVEN)
def test_a_length_that_is_proven_makes_the_fix_safe(code):
    assert {(rule, safety) for rule, _, safety in findings(HEAD + code + "\n")} == {("merge-function", "safe")}


@pytest.mark.parametrize("code", NOT_PROVEN)
def test_a_length_that_is_not_proven_is_an_assumption(code):
    found = {(rule, safety) for rule, _, safety in findings(HEAD + code + "\n")}
    assert found == {("merge-function", "unsafe")}


@pytest.mark.parametrize(
    "code",
    [
        "l = []\nl.append(l)\nmerge(l)",
        "l = []\nfor i in c:\n    l.append(x if i else l)\nmerge(l)",
        "l, m = [], []\nl.append(m)\nm.append(l)\nmerge(l)",
    ],
)
def test_a_list_that_holds_itself_has_an_end(code):
    assert len(findings(HEAD + code, rules={"merge-function"})) == 1
