"""Code for two versions of Keras is told by any test of the version, left alone and reported."""

# ruff: noqa: E501 (programs, one to a line)

import pytest
from programs import findings, fixed

HEAD = "from keras.layers import Input\nx = Input((3,)); y = Input((3,))\n"
BOTH = (
    "if {0}:\n    from keras.layers import merge\n    z = merge([x, y], mode='concat')\n"
    "else:\n    from keras.layers import concatenate\n    z = concatenate([x, y])\n"
)
TESTS = {
    "compared": ("import keras\n", "keras.__version__ < '2'"),
    "split": ("import keras\n", "int(keras.__version__.split('.')[0]) < 2"),
    "first letter": ("import keras\n", "keras.__version__[0] == '1'"),
    "flag": ("import keras\nKERAS_1 = keras.__version__.startswith('1')\n", "KERAS_1"),
    "negated flag": ("import keras\nKERAS_2 = not keras.__version__.startswith('1')\n", "not KERAS_2"),
    "imported version": ("from keras import __version__\n", "__version__ < '2'"),
    "unpacked": ("from keras import __version__ as v\nmajor, minor = v.split('.')[:2]\n", "int(major) < 2"),
    "tuple": ("import keras\nv = tuple(map(int, keras.__version__.split('.')))\n", "v < (2, 0)"),
    "list": ("import keras\nv = [int(i) for i in keras.__version__.split('.')]\n", "v[0] < 2"),
    "list compared": ("import keras\nv = [int(i) for i in keras.__version__.split('.')]\n", "v < [2, 0]"),
    "generator": ("import keras\nv = tuple(int(i) for i in keras.__version__.split('.'))\n", "v < (2,)"),
    "LooseVersion": ("import keras\nfrom distutils.version import LooseVersion as LV\n", "LV(keras.__version__) < LV('2')"),
    "packaging": ("import keras\nfrom packaging import version\n", "version.parse(keras.__version__) < version.parse('2')"),
    "pkg_resources": ("import keras\nfrom pkg_resources import parse_version as p\n", "p(keras.__version__) < p('2')"),
    "distribution": ("import pkg_resources\nv = pkg_resources.get_distribution('keras').version\n", "v < '2'"),
    "metadata": ("from importlib.metadata import version\n", "version('keras') < '2'"),
    "regular expression": ("import keras\nimport re\n", "re.match('1', keras.__version__)"),
    "function": ("import keras\ndef is1():\n    return keras.__version__[0] == '1'\n", "is1()"),
    "hasattr": ("import keras\n", "hasattr(keras.layers, 'merge')"),
    "not hasattr": ("import keras.layers\n", "not hasattr(keras.layers, 'Concatenate')"),
    "dir": ("import keras.layers as kl\n", "'merge' in dir(kl)"),
    "TensorFlow": ("import tensorflow as tf\n", "tf.__version__ < '2'"),
    "with and": ("import keras\n", "keras.__version__ < '2' and c"),
    "flag of an import": ("try:\n    from keras.layers import Concatenate\n    OLD = False\nexcept ImportError:\n    OLD = True\n", "OLD"),
}  # fmt: skip


@pytest.mark.parametrize(("setup", "test"), TESTS.values(), ids=TESTS)
def test_a_test_of_the_version_is_seen(setup, test):
    code = HEAD + setup + BOTH.format(test)
    assert fixed(code, unsafe=True) == code
    assert {rule for rule, _, _ in findings(code)} == {"two-keras-versions"}


FORMS = {
    "early return": "import keras\ndef cat(a):\n    if keras.__version__[0] != '1':\n        return keras.layers.concatenate(a)\n    return keras.layers.merge(a, mode='concat')\nz = cat([x, y])\n",
    "return of the old": "import keras\ndef cat(a):\n    if keras.__version__[0] == '1':\n        return keras.layers.merge(a, mode='concat')\n    return keras.layers.concatenate(a)\nz = cat([x, y])\n",
    "elif": "import keras\nif c:\n    z = x\nelif keras.__version__ < '2':\n    z = keras.layers.merge([x, y])\nelse:\n    z = keras.layers.add([x, y])\n",
    "conditional expression": "import keras\nz = keras.layers.merge([x, y]) if keras.__version__ < '2' else keras.layers.add([x, y])\n",
    "conditional lambda": "import keras\nfrom keras.layers import merge\ncat = (lambda a: merge(a)) if keras.__version__ < '2' else keras.layers.add\nz = cat([x, y])\n",
    "function of one version": "import keras\nif keras.__version__ < '2':\n    def cat(a):\n        return keras.layers.merge(a)\nelse:\n    cat = keras.layers.add\nz = cat([x, y])\n",
    "function that nothing calls": "import keras\nif keras.__version__ < '2':\n    def cat(a):\n        return keras.layers.merge(a)\nelse:\n    cat = keras.layers.add\n",
    "attribute": "import keras\nclass M:\n    def __init__(self):\n        self.k2 = keras.__version__[0] == '2'\n    def f(self):\n        if self.k2:\n            return keras.layers.add([x, y])\n        else:\n            return keras.layers.merge([x, y])\n",
    "alias in a try": "try:\n    from keras.layers import merge\nexcept ImportError:\n    from keras.layers import add as merge\nz = merge([x, y])\n",
    "None in a try": "try:\n    from keras.layers import merge\nexcept ImportError:\n    merge = None\nz = merge([x, y])\n",
    "def in a try": "try:\n    from keras.layers import concatenate\nexcept ImportError:\n    from keras.layers import merge\n    def concatenate(xs): return merge(xs, mode='concat')\nz = concatenate([x, y])\n",
    "getattr with a default": "import keras\nmerge = getattr(keras.layers, 'merge', None)\nif merge is None:\n    z = keras.layers.add([x, y])\nelse:\n    z = merge([x, y])\n",
}  # fmt: skip


@pytest.mark.parametrize("code", FORMS.values(), ids=FORMS)
def test_the_side_of_keras_1_is_left_alone(code):
    assert fixed(HEAD + code, unsafe=True) == HEAD + code


# What looks like a version test and is none: nothing stands in for the old code.
ONE_VERSION = {
    "re-raised": "try:\n    from keras.layers import merge\nexcept ImportError:\n    raise\nz = merge([x, y])\n",
    "passed": "try:\n    from keras.layers import merge\nexcept ImportError:\n    pass\nz = merge([x, y])\n",
    "given up": "try:\n    from keras.layers import merge\nexcept ImportError:\n    print('no keras')\n    import sys; sys.exit(1)\nz = merge([x, y])\n",
    "asserted": "import keras\nassert keras.__version__ < '2'\nfrom keras.layers import merge\nz = merge([x, y])\n",
    "printed": "import keras\nprint(keras.__version__)\nfrom keras.layers import merge\nz = merge([x, y])\n",
    "only said": "import keras\nif keras.__version__ > '1.1':\n    print('x')\nfrom keras.layers import merge\nz = merge([x, y])\n",
    "refused": "import keras\nif keras.__version__ >= '2':\n    raise RuntimeError('needs Keras 1')\nfrom keras.layers import merge\nz = merge([x, y])\n",
    "version of Python": "import sys\nfrom keras.layers import merge\nif sys.version_info[0] == 3:\n    z = merge([x, y])\nelse:\n    z = merge([y, x])\n",
    "backend": "import keras\nfrom keras.layers import merge\nif keras.backend.backend() == 'theano':\n    z = merge([x, y])\n",
    "other library": "import numpy\nfrom keras.layers import merge\nif numpy.__version__ < '2':\n    z = merge([x, y])\n",
    "which Keras": "try:\n    import keras\nexcept ImportError:\n    from tensorflow import keras\nz = keras.layers.merge([x, y])\n",
}  # fmt: skip


@pytest.mark.parametrize("code", ONE_VERSION.values(), ids=ONE_VERSION)
def test_code_for_one_version_is_fixed(code):
    text = fixed(HEAD + code)
    assert "merge(" not in text
    assert "import merge" not in text
    assert "Add()([x, y])" in text


def test_each_place_is_reported_once_and_by_its_own_test():
    code = HEAD + "import keras\n" + BOTH.format("keras.__version__ < '2'") + BOTH.format("keras.__version__ > '2'")
    assert [(rule, line) for rule, line, _ in findings(code)] == [("two-keras-versions", 4), ("two-keras-versions", 10)]
