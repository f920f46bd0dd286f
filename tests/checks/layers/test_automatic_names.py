"""Which names of layers are those that Keras made up."""

import pytest
from programs import findings

HEAD = "from keras.layers import Dense, Convolution2D\nfrom keras.models import Sequential\nm = Sequential()\n"
OLD = "m.add(Convolution2D(8, 3, 3{name}))\n"


@pytest.mark.parametrize(
    "use",
    [
        "w = m.get_layer('convolution2d_1')\n",
        "w = m.get_layer(name='leaky_re_lu_2')\n",
        "m.compile('sgd', loss={'dense_1': 'mse'})\n",
        "m.fit({'merge_1': x}, y)\n",
    ],
)
def test_names_that_keras_made_up_are_reported(use):
    found = [finding for finding in findings(HEAD + OLD.format(name="") + use) if finding[0] == "automatic-layer-name"]
    assert found == [("automatic-layer-name", 5, "manual")]


@pytest.mark.parametrize(
    ("name", "use"),
    [
        (", name='convolution2d_1'", "w = m.get_layer('convolution2d_1')\n"),
        (", name='convolution2d_%d' % i", "w = m.get_layer('convolution2d_1')\n"),
        ("", "w = m.get_layer('block1_conv1')\n"),
        ("", "w = m.get_layer('features_1')\n"),
        ("", "weights = {'convolution2d_1': 3}\n"),
    ],
)
def test_names_of_the_user_are_not(name, use):
    found = [finding[0] for finding in findings(HEAD + OLD.format(name=name) + use)]
    assert "automatic-layer-name" not in found
