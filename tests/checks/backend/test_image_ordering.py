from __future__ import annotations

import pytest
from catalogue.pipeline import fix

HEAD = "from keras import backend as K\n"
FIRST = "'channels_first'"
BACK = "'th' if K.image_data_format() == 'channels_first' else 'tf'"


@pytest.mark.parametrize("target", ["keras2", "keras3"])
@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("K.set_image_dim_ordering('th')", f"K.set_image_data_format({FIRST})"),
        ('K.set_image_dim_ordering("tf")', 'K.set_image_data_format("channels_last")'),
        ("K.set_image_dim_ordering(dim_ordering='th')", f"K.set_image_data_format({FIRST})"),
        ("K.common.set_image_dim_ordering('th')", f"K.set_image_data_format({FIRST})"),
        ("axis = 1 if K.image_dim_ordering() == 'th' else 3", f"axis = 1 if K.image_data_format() == {FIRST} else 3"),
        ("if 'th' != K.image_dim_ordering(): pass", f"if {FIRST} != K.image_data_format(): pass"),
        ("a = K.image_dim_ordering() in ('th', 'tf')", f"a = K.image_data_format() in ({FIRST}, 'channels_last')"),
        ("o = K.image_dim_ordering()\nf = o == 'th'", f"o = K.image_data_format()\nf = o == {FIRST}"),
        ("self.o = K.image_dim_ordering()", f"self.o = {BACK}"),
        ("print(K.image_dim_ordering())", f"print(({BACK}))"),
        ("o = K.image_dim_ordering()\nrun(o)", f"o = {BACK}\nrun(o)"),
        ("def f(o='tf'):\n    o = K.image_dim_ordering()\n    return o == 'th'", None),
        ("def f():\n    return K.image_dim_ordering()", f"def f():\n    return {BACK}"),
    ],
)
def test_what_it_becomes(code, expected, target):
    if expected is None:
        expected = code.replace("K.image_dim_ordering()", BACK)
    assert fix(f"{HEAD}{code}\n", target) == f"{HEAD}{expected}\n"


def test_a_name_that_other_values_are_given_to():
    code = f"{HEAD}o = K.image_dim_ordering()\nif x:\n    o = 'th'\nf = o == 'tf'\n"
    assert fix(code, "keras2") == (
        f"{HEAD}o = K.image_data_format()\nif x:\n    o = 'channels_first'\nf = o == 'channels_last'\n"
    )
    other = code.replace("o = 'th'", "o = x")
    assert fix(other, "keras2") == other.replace("K.image_dim_ordering()", BACK)


def test_by_its_own_name():
    code = "from keras.backend import image_dim_ordering\nfirst = image_dim_ordering() == 'th'\n"
    after = "from keras.backend import image_data_format\nfirst = image_data_format() == 'channels_first'\n"
    assert fix(code, "keras2") == after
