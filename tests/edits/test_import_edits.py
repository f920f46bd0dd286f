"""Imports that are added beside the ones that are there, and removed with their last use."""

# ruff: noqa: E501 (programs, one to a line)

import pytest
from programs import findings, fixed

ONE = "a = Input((3,))\ny = merge([a, a], mode='concat')\n"
ONE_FIXED = "a = Input((3,))\ny = Concatenate()([a, a])\n"
TWO = ONE + "z = merge([a, a])\n"
TWO_FIXED = ONE_FIXED + "z = Add()([a, a])\n"

# imports before and after, for a program that merges in two ways
STATEMENTS = {
    "one line": ("from keras.layers import Input, merge\n", "from keras.layers import Input, Add, Concatenate\n"),
    "first": ("from keras.layers import merge, Input\n", "from keras.layers import Add, Input, Concatenate\n"),
    "parentheses": ("from keras.layers import (Input, merge)\n", "from keras.layers import (Input, Add, Concatenate)\n"),
    "one per line": (
        "from keras.layers import (\n    Input,\n    merge,\n)\n",
        "from keras.layers import (\n    Input,\n    Add,\n    Concatenate,\n)\n",
    ),
    "one per line without a comma at the end": (
        "from keras.layers import (\n    Input,\n    merge\n)\n",
        "from keras.layers import (\n    Input,\n    Add,\n    Concatenate\n)\n",
    ),
    "comments stay with their names": (
        "from keras.layers import (\n    merge,  # to merge\n    # what goes in\n    Input,  # in\n)\n",
        "from keras.layers import (\n    Add,  # to merge\n    # what goes in\n    Input,  # in\n    Concatenate,\n)\n",
    ),
    "comment after the last name": (
        "from keras.layers import (\n    merge,\n    Input  # in\n)\n",
        "from keras.layers import (\n    Add,\n    Input,  # in\n    Concatenate\n)\n",
    ),
    "aligned": (
        "from keras.layers import (Input,\n                          merge)\n",
        "from keras.layers import (Input,\n                          Add,\n                          Concatenate)\n",
    ),
    "several on a line of several": (
        "from keras.layers import (Input,\n                          Dense, merge)\n",
        "from keras.layers import (Input,\n                          Dense, Add, Concatenate)\n",
    ),
    "backslash": (
        "from keras.layers import Input, \\\n    merge\n",
        "from keras.layers import Input, \\\n    Add, Concatenate\n",
    ),
    "backslash before the names": (
        "from keras.layers import \\\n    merge, Input\n",
        "from keras.layers import \\\n    Add, Input, Concatenate\n",
    ),
    "semicolons": (
        "from keras.layers import Input; from keras.layers import merge; import os\n",
        "from keras.layers import Input; from keras.layers import Add, Concatenate; import os\n",
    ),
    "twice": (
        "from keras.layers import merge\nfrom keras.layers import merge\nfrom keras.layers import Input\n",
        "from keras.layers import Add, Concatenate\nfrom keras.layers import Input\n",
    ),
    "twice in one": ("from keras.layers import Input, merge, merge\n", "from keras.layers import Input, Add, Concatenate\n"),
    "both there already": (
        "from keras.layers import Add, Concatenate, Input, merge\n",
        "from keras.layers import Add, Concatenate, Input\n",
    ),
    "one there under another name": (
        "from keras.layers import Input, merge, Add\nfrom keras.layers import Concatenate\n",
        "from keras.layers import Input, Add\nfrom keras.layers import Concatenate\n",
    ),
    "another module": (
        "from keras.engine import Input, merge\n",
        "from keras.layers import Input, Add, Concatenate\n",
    ),
    "another module with a comment": (
        "from keras.engine import merge  # Keras 1\nfrom keras.layers import Input\n",
        "from keras.layers import Input, Add, Concatenate\n",
    ),
    "star": ("from keras.layers import *\nfrom keras.layers import merge\n", "from keras.layers import *\n"),
    "between empty lines": (
        "import os\n\nfrom keras.engine import merge\n\nfrom keras.layers import Input\n",
        "import os\n\nfrom keras.layers import Input, Add, Concatenate\n",
    ),
    "under a condition": (
        "if x:\n    from keras.layers import merge\nelse:\n    from keras.engine import merge\nfrom keras.layers import Input\n",
        "if x:\n    from keras.layers import Add, Concatenate\nelse:\n    from keras.layers import Add, Concatenate\n"
        "from keras.layers import Input\n",
    ),
    "in a try": (
        "try:\n    from keras.layers import merge, Input\nfinally:\n    pass\n",
        "try:\n    from keras.layers import Add, Input, Concatenate\nfinally:\n    pass\n",
    ),
    "a long line": (
        "from keras.layers import merge, Input, Dense, Activation, Convolution2D, MaxPooling2D, AveragePooling2D, Flatten, Dropout\n",
        "from keras.layers import Add, Input, Dense, Activation, Convolution2D, MaxPooling2D, AveragePooling2D, Flatten, Dropout\n"
        "from keras.layers import Concatenate\n",
    ),
    "docstring": (
        '"""Says much."""\nfrom keras.layers import Input, merge\n',
        '"""Says much."""\nfrom keras.layers import Input, Add, Concatenate\n',
    ),
    "star of another module": (
        "from keras.layers import Input\nfrom keras.engine import *\n",
        "from keras.layers import Input, Add, Concatenate\n",
    ),
    "strange spaces": (
        "from keras.layers import ( Input , merge )  # c\n",
        "from keras.layers import ( Input , Add, Concatenate )  # c\n",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("before", "after"), STATEMENTS.values(), ids=STATEMENTS)
def test_names_take_the_place_of_merge(before, after):
    assert fixed(before + TWO) == after + TWO_FIXED


@pytest.mark.parametrize(("before", "after"), STATEMENTS.values(), ids=STATEMENTS)
def test_line_ends_are_kept(before, after):
    crlf = (before + TWO).replace("\n", "\r\n")
    assert fixed(crlf) == (after + TWO_FIXED).replace("\n", "\r\n")


@pytest.mark.parametrize(("before", "after"), STATEMENTS.values(), ids=STATEMENTS)
def test_functions_have_their_own(before, after):
    if "import *" in before or '"""' in before:
        return
    indented = "".join("\t" + line for line in (before + TWO).splitlines(keepends=True))
    wanted = "".join("\t" + line for line in (after + TWO_FIXED).splitlines(keepends=True))
    if "a long line" not in before and len(before) < 110:
        assert fixed("def f():\n" + indented).expandtabs(1) == ("def f():\n" + wanted).expandtabs(1)


# a whole file before and after
FILES = {
    "no final newline": (
        "from keras.layers import Input, merge\na = Input((3,)); y = merge([a, a])",
        "from keras.layers import Input, Add\na = Input((3,)); y = Add()([a, a])",
    ),
    "coding line and hash bang": (
        "#!/usr/bin/env python\n# -*- coding: utf-8 -*-\nfrom blocks import *\n"
        "import keras.engine as e\na = e.Input((3,))\ny = e.merge([a, a])\n",
        "#!/usr/bin/env python\n# -*- coding: utf-8 -*-\nfrom blocks import *\n"
        "import keras.layers as e\nfrom keras.layers import Add\na = e.Input((3,))\ny = Add()([a, a])\n",
    ),
    "form feed": (
        "from keras.layers import merge\nfrom keras.layers import Input\n\x0ca = Input((3,)); y = merge([a, a])\n\x0c",
        "from keras.layers import Add\nfrom keras.layers import Input\n\x0ca = Input((3,)); y = Add()([a, a])\n\x0c",
    ),
    "letters of all kinds": (
        "from keras.layers import Input, merge\nà = Input((3,)); s = 'ééé😀'; é = 'ü', merge([à, à], name='ö'), '😀'\n",
        "from keras.layers import Input, Add\nà = Input((3,)); s = 'ééé😀'; é = 'ü', Add(name='ö')([à, à]), '😀'\n",
    ),
    "import before the statement on one line": (
        "import keras.engine as e; a = e.Input((3,)); y = e.merge([a, a])\n",
        "import keras.layers as e; from keras.layers import Add; a = e.Input((3,)); y = Add()([a, a])\n",
    ),
    "comment after the import it stands beside": (
        "import keras.engine as e  # the engine\na = e.Input((3,))\ny = e.merge([a, a])\n",
        "import keras.layers as e  # the engine\nfrom keras.layers import Add\na = e.Input((3,))\ny = Add()([a, a])\n",
    ),
    "the only statement of its block": (
        "import os\ntry:\n    from keras.layers import merge, Merge\nfinally:\n    pass\nfrom keras.layers import Input\n",
        "import os\ntry:\n    pass\nfinally:\n    pass\nfrom keras.layers import Input\n",
    ),
    "two that are all of their block": (
        "import os\ntry:\n    from keras.layers import merge\n    from keras.engine import Merge\nfinally:\n    pass\n",
        "import os\ntry:\n    pass\nfinally:\n    pass\n",
    ),
    "the only statement of the file": ("from keras.layers import merge\n", ""),
    "dead among others": (
        "from keras.layers import (\n    Dense,  # for the head\n    merge,  # old\n    # what goes in\n    Input,\n)\n",
        "from keras.layers import (\n    Dense,  # for the head\n    # what goes in\n    Input,\n)\n",
    ),
    "dead and last of a backslash": (
        "from keras.layers import Dense, \\\n    merge\nDense(3)\n",
        "from keras.layers import Dense\nDense(3)\n",
    ),
    "dead ones in a row": (
        "from keras.layers import Dense, merge, Merge, Input\nDense(3)\n",
        "from keras.layers import Dense, Input\nDense(3)\n",
    ),
    "dead ones at the end": (
        "from keras.layers import (Dense,\n                          merge, Merge)\nDense(3)\n",
        "from keras.layers import (Dense)\nDense(3)\n",
    ),
    "dead in one line with others": (
        "import os; from keras.layers import merge; import re\n",
        "import os; import re\n",
    ),
    "dead at the end of a line with others": ("import os; from keras.layers import merge\n", "import os\n"),
    "dead in a function": (
        "def f():\n    from keras.layers import merge\n    return 1\n",
        "def f():\n    return 1\n",
    ),
    "the only one in a function": (
        "def f():\n    from keras.layers import merge\n",
        "def f():\n    pass\n",
    ),
    "top import for a use in a function": (
        "from keras.layers import Input, merge\na = Input((3,))\ndef f():\n    return merge([a, a])\n",
        "from keras.layers import Input, Add\na = Input((3,))\ndef f():\n    return Add()([a, a])\n",
    ),
    "import in the function for a use there": (
        "from keras.layers import Input\na = Input((3,))\ndef f():\n    from keras.layers import merge\n    return merge([a, a])\n",
        "from keras.layers import Input\na = Input((3,))\ndef f():\n    from keras.layers import Add\n    return Add()([a, a])\n",
    ),
    "an import after the code does not serve it": (
        "import keras.engine as e\na = e.Input((3,))\ny = e.merge([a, a])\nfrom keras.layers import Dense\n",
        "import keras.layers as e\nfrom keras.layers import Add\na = e.Input((3,))\ny = Add()([a, a])\n"
        "from keras.layers import Dense\n",
    ),
    "decorators at the top": (
        "@register\ndef f():\n    import keras.engine as e\n    return e.merge([e.Input((3,)), e.Input((3,))])\n",
        "@register\ndef f():\n    import keras.layers as e\n    from keras.layers import Add\n"
        "    return Add()([e.Input((3,)), e.Input((3,))])\n",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("before", "after"), FILES.values(), ids=FILES)
def test_a_file_becomes(before, after):
    assert fixed(before) == after


COLLISIONS = {
    "class": ("class Concatenate: pass\n", "Concatenate as KerasConcatenate", "KerasConcatenate()"),
    "function": ("def Concatenate(x): return x\n", "Concatenate as KerasConcatenate", "KerasConcatenate()"),
    "variable": ("Concatenate = 3\n", "Concatenate as KerasConcatenate", "KerasConcatenate()"),
    "both": ("Concatenate = KerasConcatenate = 3\n", "Concatenate as KerasConcatenate_", "KerasConcatenate_()"),
    "other library": ("from blocks import Concatenate\n", "Concatenate as KerasConcatenate", "KerasConcatenate()"),
    "unbound name": ("print(Concatenate)\n", "Concatenate as KerasConcatenate", "KerasConcatenate()"),
    "parameter elsewhere": ("def f(Concatenate): return Concatenate\n", "Concatenate", "Concatenate()"),
    "attribute": ("class C:\n    Concatenate = 3\n", "Concatenate", "Concatenate()"),
    "keyword": ("f(Concatenate=3)\n", "Concatenate", "Concatenate()"),
}


@pytest.mark.parametrize(("other", "imported", "called"), COLLISIONS.values(), ids=COLLISIONS)
def test_names_do_not_collide(other, imported, called):
    text = fixed(f"from keras.layers import Input, merge\n{other}{ONE}")
    assert text == f"from keras.layers import Input, {imported}\n{other}a = Input((3,))\ny = {called}([a, a])\n"


def test_a_parameter_that_hides_the_name_is_walked_around():
    code = "from keras.layers import Input, merge\ndef f(a, Concatenate):\n    return merge([a, a], mode='concat')\n"
    text = fixed(code)
    assert "import Input, Concatenate as KerasConcatenate\n" in text
    assert "return KerasConcatenate()([a, a])" in text


def test_a_module_at_hand_is_better_than_an_alias():
    code = f"import keras\nfrom keras.layers import Input, merge\nConcatenate = 3\n{ONE}"
    assert fixed(code).endswith("y = keras.layers.Concatenate()([a, a])\n")


def test_the_function_form_does_not_take_the_names_of_numpy():
    code = f"from keras.layers import *\nfrom numpy import *\n{ONE}"
    assert "concatenate as KerasConcatenate" in fixed(code + "print(concatenate)\n", style="function")
    assert fixed(f"from keras.layers import Input, merge\n{ONE}", style="function").endswith(
        "y = concatenate([a, a])\n"
    )


EXPORTS = [
    "__all__ = ['merge', 'y']\n",
    "__all__ = ['y']\n__all__ += ['merge']\n",
    "__all__ = ['y']\n__all__.append('merge')\n",
]


@pytest.mark.parametrize("exports", EXPORTS)
def test_what_a_module_exports_is_kept_and_reported(exports):
    code = f"from keras.layers import Input, merge\n{exports}{ONE}"
    text = fixed(code)
    assert text == f"from keras.layers import Input, merge, Concatenate\n{exports}{ONE_FIXED}"
    assert findings(text) == [("merge-import", 1, "manual")]


def test_imports_of_other_libraries_are_never_dropped():
    code = "from pandas import merge\nimport merge as m\nfrom blocks import Merge\n"
    assert fixed(code) == code


def test_a_released_name_of_another_meaning_stays():
    code = f"def f():\n    from pandas import merge\n    merge(1, 2)\nfrom keras.layers import Input, merge\n{ONE}"
    assert fixed(code) == code.replace("Input, merge", "Input, Concatenate").replace(ONE, ONE_FIXED)


@pytest.mark.parametrize(
    "place", ["import numpy as np\n{}", "{}import numpy as np\n", "{}import os\nimport numpy as np\n"]
)
def test_a_module_that_is_imported_before_anything_runs_is_not_imported_again(place):
    head = place.format("from keras.layers import Convolution2D\n")
    after = fixed(head + "x = Convolution2D(8, 3, 3, weights=[k], bias=False, dim_ordering='th')\n", target="keras3")
    assert "np.moveaxis" in after
    assert after.count("import numpy as np") == 1


def test_a_module_that_is_imported_only_later_is_imported_for_what_runs_before():
    head = "from keras.layers import Convolution2D\n"
    call = "x = Convolution2D(8, 3, 3, weights=[k], bias=False, dim_ordering='th')\n"
    after = fixed(f"{head}{call}import numpy as np\n", target="keras3")
    assert after.index("import numpy as np") < after.index("x = Conv2D")


def test_a_class_that_may_not_have_bound_a_name_reads_it_from_around_it():
    head = "from keras.layers import Input, merge\na = Input((3,))\nclass C:\n    if new:\n        "
    call = "    y = merge([a, a])\n"
    both = fixed(f"{head}from keras.layers import merge\n{call}")
    assert both.count("import Input, Add") == 1
    assert both.count("        from keras.layers import Add\n    y = Add()([a, a])") == 1
    other = f"{head}merge = other\n{call}"
    assert fixed(other) == other
