"""Helpers that were inside of Keras: what the definitions compute is what Keras computed."""

import numpy as np
import pytest
from programs import fixed
from reference.engines import legacy_engine

PROGRAMS = {
    "1.2.2": """
import numpy as np
from keras.engine.training import make_batches, slice_X
from keras.utils.np_utils import (
    accuracy, categorical_probas_to_classes, conv_input_length, conv_output_length, probas_to_classes)
from keras.utils.test_utils import get_test_data

np.random.seed(0)
(x, y), (x_test, y_test) = get_test_data(nb_train=7, nb_test=3, input_shape=(4,), nb_class=3)
(a, b), (a_test, b_test) = get_test_data(nb_train=2, nb_test=1, classification=False, output_shape=(2,))
whole, parts = slice_X(x, 2, 5), slice_X([x, y], 3)
chosen, several = slice_X(x, [0, 2]), slice_X([x, y], np.array([1, 3]))
batches = make_batches(7, 3) + make_batches(6, 3) + make_batches(0, 3)
classes, single = probas_to_classes(x), probas_to_classes(x[:, :1])
rows, right = categorical_probas_to_classes(x), accuracy(y, y[::-1])
modes = ('same', 'valid', 'full')
outputs = [conv_output_length(n, 3, mode, 2, dilation=d) for n in (9, 10) for mode in modes for d in (1, 2)]
inputs = [conv_input_length(n, 3, border_mode=mode, stride=2) for n in (9, 10) for mode in ('same', 'valid', 'full')]
nothing = [conv_output_length(None, 3, 'same', 1), conv_input_length(None, 3, 'same', 1)]

from keras.applications.imagenet_utils import _obtain_input_shape
shapes = [_obtain_input_shape(None, 32, 8, order, top) for order in ('th', 'tf') for top in (True, False)]
given = [_obtain_input_shape((32, 32, 3), 32, 8, dim_ordering='tf', include_top=top) for top in (True, False)]
wide = _obtain_input_shape((3, None, 20), default_size=32, min_size=8, dim_ordering='th', include_top=False)
""",
    "2.1.6": """
from keras.applications.imagenet_utils import _obtain_input_shape
from keras.utils.conv_utils import deconv_length

lengths = [deconv_length(9, stride, size, mode) for stride in (1, 2, 3) for size in (2, 3)
           for mode in ('same', 'valid', 'full')]
shapes = [_obtain_input_shape(None, 32, 8, 'channels_last', top, weights=None) for top in (True, False)]
""",
    "2.3.1": """
import numpy as np
from keras.utils import conv_utils
from keras.utils.generic_utils import slice_arrays, to_list, unpack_singleton
from keras.utils.test_utils import get_test_data

np.random.seed(0)
(x, y), (x_test, y_test) = get_test_data(num_train=7, num_test=3, input_shape=(4,), num_classes=3)
parts, chosen = slice_arrays([x, y], 3), slice_arrays([x, y], [1, 2])
outputs = [
    conv_utils.conv_output_length(n, 3, mode, 2, dilation=d)
    for n in (9, 10) for mode in ('same', 'valid', 'full', 'causal') for d in (1, 2)
]
modes = ('same', 'valid', 'full')
inputs = [conv_utils.conv_input_length(n, 3, padding=mode, stride=2) for n in (9, 10) for mode in modes]
listed = to_list(1) + to_list([2]) + to_list((3, 4), allow_tuple=True) + [unpack_singleton([5])]
pairs = [conv_utils.normalize_tuple(2, 3, 'a'), conv_utils.normalize_tuple([1, 2], 2, 'a'), unpack_singleton([1, 2])]
names = [conv_utils.normalize_padding('SAME')]
lengths = [
    conv_utils.deconv_length(9, stride, size, mode, more, dilation=d)
    for stride in (1, 2, 3) for size in (2, 3) for mode in modes for more in (None, 1) for d in (1, 2)
]
nothing = conv_utils.deconv_length(None, 2, 3, 'same', None)

from keras import initializers
from keras_applications.imagenet_utils import _obtain_input_shape

kernels = [(4, 5), (3, 4, 5), (2, 3, 4, 5), (2, 2, 3, 4, 5), (6,), (1, 2, 3, 4, 5, 6)]
fans = [initializers._compute_fans(kernel) for kernel in kernels]
fans += [initializers._compute_fans(kernel, data_format='channels_first') for kernel in kernels]


def shape_or_refusal(shape, data_format, top, weights):
    try:
        return list(_obtain_input_shape(shape, 32, 8, data_format, top, weights=weights))
    except ValueError:
        return 'refused'


tried = [None, (32, 32, 3), (32, 32, 1), (3, 32, 32), (1, 32, 32), (4, 40, 3), (40, 4, 3), (None, None, 3), (32, 32)]
shapes = [
    str(shape_or_refusal(shape, data_format, top, weights))
    for shape in tried for data_format in ('channels_last', 'channels_first') for top in (True, False)
    for weights in (None, 'imagenet')
]
""",
}


@pytest.mark.parametrize("target", ["keras2", "keras3"])
@pytest.mark.parametrize("version", PROGRAMS)
def test_a_definition_computes_what_the_helper_did(version, target):
    before = PROGRAMS[version]
    after = fixed(before, target=target)
    assert "keras" not in "".join(line for line in after.splitlines() if "import" in line)
    old = legacy_engine(version).run(before)
    new: dict = {}
    exec(compile(after, "case.py", "exec"), new)
    for name, value in old.items():
        _same(value, new[name])


def _same(old, new):
    if isinstance(old, (list, tuple)) and not all(isinstance(one, (int, float)) for one in old):
        assert len(old) == len(new)
        for one, other in zip(old, new):
            _same(one, other)
        return
    if old is None or isinstance(old, str):
        assert old == new
        return
    np.testing.assert_allclose(np.asarray(new), np.asarray(old), rtol=1e-6)


@pytest.mark.parametrize(
    "imports",
    [
        "from keras.engine.training import slice_X\n",
        "import os\nfrom keras.engine.training import slice_X\n",
        "import os\n\nfrom keras.engine.training import slice_X\nfrom keras.engine.training import make_batches\n",
        "from keras.engine.training import slice_X\nimport os\n",
    ],
)
def test_a_definition_stands_where_an_import_goes(imports):
    after = fixed(f"{imports}\n\nx = slice_X([1, 2, 3], 1)\n")
    assert after.count("def slice_arrays(") == 1
    assert after.endswith("\n\n\nx = slice_arrays([1, 2, 3], 1)\n")
    assert "slice_X" not in after
