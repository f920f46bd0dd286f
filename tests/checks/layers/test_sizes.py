"""Which sizes of layers are numbers of NumPy, and which are fractions."""

import pytest
from programs import fixed

HEAD = "import numpy as np\nfrom keras.layers import Dense\n"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("d = Dense(np.max(y) + 1)\n", "d = Dense(int(np.max(y) + 1))\n"),
        ("n = y.max() + 1\nd = Dense(units=n)\n", "n = y.max() + 1\nd = Dense(units=int(n))\n"),
        ("m = y.max()\nn = 1 + m\nd = Dense(n)\n", "m = y.max()\nn = 1 + m\nd = Dense(int(n))\n"),
    ],
)
def test_numbers_of_numpy_become_integers_on_keras_3(before, after):
    assert fixed(HEAD + before, target="keras3") == HEAD + after
    assert fixed(HEAD + before, target="keras2") == HEAD + before


@pytest.mark.parametrize(
    "code",
    [
        "n = int(y.max())\nd = Dense(n)\n",
        "n = y.max()\nn = 3\nd = Dense(n)\n",
        "def f(n):\n    return Dense(n)\n",
        "d = Dense(max(y) + 1)\n",
        "import math\nd = Dense(math.floor(y))\n",
    ],
)
def test_others_stay(code):
    assert fixed(HEAD + code, target="keras3") == HEAD + code


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("d = Dense(n / 2)\n", "d = Dense(int(n / 2))\n"),
        ("d = Dense((n * n + n) / 2 - 1)\n", "d = Dense(int((n * n + n) / 2 - 1))\n"),
        ("m = n / 2\nd = Dense(units=m // 2)\n", "m = n / 2\nd = Dense(units=int(m // 2))\n"),
        ("def f(n):\n    return Dense(n / 4)\n", "def f(n):\n    return Dense(int(n / 4))\n"),
    ],
)
def test_fractions_become_integers_where_they_are_not_taken(before, after):
    assert fixed(HEAD + before, target="keras3") == HEAD + after
    assert fixed(HEAD + before, target="keras2") == HEAD + before
    recurrent = before.replace("Dense", "GRU"), after.replace("Dense", "GRU")
    head = HEAD.replace("Dense", "GRU")
    assert [fixed(head + recurrent[0], target=target) for target in ("keras2", "keras3")] == [head + recurrent[1]] * 2


@pytest.mark.parametrize(
    "code",
    [
        "d = Dense(n // 2)\n",
        "d = Dense(int(n / 2))\n",
        "m = n / 2\nm = 4\nd = Dense(m)\n",
        "d = Dense(round(n / 2) + 1)\n",
        "d = Dense(4, name='a/%d' % n)\n",
    ],
)
def test_integers_stay(code):
    assert fixed(HEAD + code, target="keras3") == HEAD + code
