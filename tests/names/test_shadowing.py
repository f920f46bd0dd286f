"""Names that are called like Keras' and are not; and that Keras' import goes where nothing reads it."""

# ruff: noqa: E501 (programs, one to a line)

import pytest
from programs import findings, fixed

HEAD = "from keras.layers import Input, merge\na = Input((3,))\nb = Input((3,))\n"
WITHOUT = HEAD.replace(", merge", "")

OTHERS = {
    "parameter": "def f(merge):\n    return merge([a, b])\n",
    "parameters of all kinds": (
        "def f(*merge):\n    merge([a, b])\ndef g(**merge):\n    merge([a, b])\n"
        "def h(*, merge=None):\n    merge([a, b])\ndef i(merge, /):\n    merge([a, b])\n"
    ),
    "parameter of a lambda": "f = lambda merge: merge([a, b])\n",
    "function": "def merge(x):\n    return x\ny = merge([a, b])\n",
    "class": "class merge:\n    def __init__(self, x): pass\ny = merge([a, b])\n",
    "class in a function": "def f():\n    class merge: pass\n    merge([a, b])\n",
    "method": "class C:\n    def merge(self, x): return x\n    def f(self):\n        return self.merge([a, b])\n",
    "name in a class body": "class C:\n    def merge(x): return x\n    y = merge([a, b])\n",
    "loop variable": "for merge in fs:\n    merge([a, b])\n",
    "part of a loop variable": "for i, (x, merge) in enumerate(z):\n    merge([a, b])\n",
    "variable of a comprehension": "y = [merge([a, b]) for merge in fs]\n",
    "assignment": "merge = lambda x: x\ny = merge([a, b])\n",
    "annotated assignment": "merge: int = f\ny = merge([a, b])\n",
    "walrus": "if (merge := find()): merge([a, b])\n",
    "walrus in a comprehension": "def f():\n    [(merge := 3) for i in x]\n    merge([a, b])\n",
    "local assignment in a loop": "def f():\n    for i in x:\n        merge = g\n    merge([a, b])\n",
    "exception": "try:\n    pass\nexcept E as merge:\n    merge([a, b])\n",
    "with": "with open('x') as merge:\n    merge([a, b])\n",
    "async with": "async def f():\n    async with x as merge:\n        merge([a, b])\n",
    "match": "match x:\n    case merge:\n        merge([a, b])\n",
    "match parts": (
        "match x:\n    case {'a': 1, **merge}:\n        merge([a, b])\n    case [1, *merge]:\n        merge([a, b])\n"
        "    case C(p=merge):\n        merge([a, b])\n    case 3 as merge:\n        merge([a, b])\n"
    ),
    "nonlocal": "def g():\n    merge = p\n    def h():\n        nonlocal merge\n        return merge([a, b])\n    return h()\n",
    "later import": "from pandas import merge\ny = merge([a, b])\n",
    "later import of a module": "import merge\ny = merge([a, b])\n",
    "module of Keras": "import keras.backend as merge\ny = merge.sum(a)\n",
    "rebound before the function runs": "def f():\n    return merge([a, b])\nmerge = g\n",
}  # fmt: skip


@pytest.mark.parametrize("code", OTHERS.values(), ids=OTHERS)
def test_a_name_of_the_users_own_is_theirs(code):
    text = fixed(HEAD + code)
    # The import fails on today's Keras, and nothing reads it.
    assert text == WITHOUT + code
    assert fixed(text) == text


OTHER_MERGES = """
import heapq
import pandas as pd
df = pd.DataFrame()
both = df.merge(df, on='merge').merge(df)
both = pd.merge(df, df)
rows = list(heapq.merge([1], [2]))
d = {'merge': merge_dicts}
d.merge([a, b])
joined.merge(df, 'left')
self.merge([a, b])
"""


def test_merges_of_others_beside_one_of_keras():
    text = fixed(HEAD + OTHER_MERGES + "y = merge([a, b])\n")
    assert text == HEAD.replace("merge", "Add") + OTHER_MERGES + "y = Add()([a, b])\n"


STILL_KERAS = {
    "comprehension with another variable": "y = [merge([a, b]) for x in fs]\n",
    "method beside it": "class C:\n    def merge(self, x): return x\n    def f(self):\n        return merge([a, b])\n",
    "default of a parameter": "def f(x=merge([a, b])):\n    return x\n",
    "comprehension variable of the same name": "z = [merge for merge in x]\ny = merge([a, b])\n",
    "annotation alone": "merge: int\ny = merge([a, b])\n",
    "parameter elsewhere": "def f(merge):\n    return merge\ny = merge([a, b])\n",
    "string": "y = merge([a, b], name='merge')\n",
    "docstring": "def f():\n    'merge'\n    return merge([a, b])\n",
    "keyword": "f(merge=merge([a, b]))\n",
    "attribute": "f.merge = merge([a, b])\n",
    "conditional expression": "y = merge([a, b]) if c else None\n",
}


@pytest.mark.parametrize("code", STILL_KERAS.values(), ids=STILL_KERAS)
def test_what_is_still_keras_is_fixed_and_its_import_replaced(code):
    text = fixed(HEAD + code)
    assert "merge([a, b]" not in text
    assert text.startswith("from keras.layers import Input, Add\n")


def test_a_name_rebound_later_is_keras_before():
    text = fixed(HEAD + "y = merge([a, b])\ndef merge(x):\n    return x\nz = merge([a])\n")
    assert (
        text
        == WITHOUT.replace("Input", "Input, Add", 1)
        + "y = Add()([a, b])\ndef merge(x):\n    return x\nz = merge([a])\n"
    )


UNSURE = {
    "import under a condition": "if c:\n    from pandas import merge\ny = merge([a, b])\n",
    "global": "def g():\n    global merge\n    merge = find()\ng()\ny = merge([a, b])\n",
    "assignment under a condition": "if c:\n    merge = find()\ny = merge([a, b])\n",
    "def under a condition": "if c:\n    def merge(x): return x\ny = merge([a, b])\n",
    "parameter": "def f(join):\n    return join([a, b])\nf(merge)\nf(find())\n",
    "conditional alias": "join = merge if c else find()\ny = join([a, b])\n",
}


@pytest.mark.parametrize("code", UNSURE.values(), ids=UNSURE)
def test_what_may_be_something_else_is_reported_and_stays(code):
    assert fixed(HEAD + code, unsafe=True) == HEAD + code
    assert {(rule, safety) for rule, _, safety in findings(HEAD + code)} == {("merge-function", "manual")}


K_HEAD = "from keras import backend as K\nfrom keras.layers import Input\nx = Input((3,))\n"


@pytest.mark.parametrize(
    "code",
    [
        "K = 300\nz = K.concatenate([x, x])\n",
        "def f(K):\n    return K.concatenate([x, x])\n",
        "def f(n):\n    for K in range(n):\n        z = K.concatenate([x, x])\n",
        "z = [K.concatenate([x, x]) for K in ks]\n",
        "import numpy as K\nz = K.concatenate([x, x])\n",
        "class K:\n    def concatenate(self, xs): return xs\nz = K().concatenate([x, x])\n",
    ],
)
def test_a_rebound_k_is_not_the_backend(code):
    assert fixed(K_HEAD + code, unsafe=True) == K_HEAD + code
    assert findings(K_HEAD + code) == []
