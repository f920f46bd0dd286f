"""Data sets, downloads and weights, on the Kerases that scripts were written for and on today's."""

import numpy as np
import pytest
from reference.engines import EngineError

WORLD = """
from kerasfix.probe import world
here = world.install('/nowhere/project')
"""
DATA = (
    WORLD
    + """
import keras
from keras.datasets import boston_housing, cifar10, cifar100, imdb, mnist, reuters
(a, b), (c, d) = mnist.load_data()
(e, f), (g, h) = cifar10.load_data()
coarse = cifar100.load_data(label_mode='coarse')[0][1].max()
(i, j), (k, l) = imdb.load_data()
short = max(max(x) for x in imdb.load_data('imdb.pkl', 500)[0][0])
(m, n), (o, p) = reuters.load_data(test_split=0.5)
(q, r), (s, t) = boston_housing.load_data()
shapes = [x.shape for x in (a, b, c, d, e, f, g, h, i, j, k, l, q, r, s, t)] + [len(m), len(o)]
types = [x.dtype.name for x in (a, b, e, f, i)]
ranges = [int(a.max()), int(b.max()), int(f.max()), int(coarse), int(max(j)), int(short), int(max(n))]
sums = [int(a[:500].sum()), int(e[:500].sum()), int(b[:500].sum()), sum(i[7]), float(q.sum())]
index = len(imdb.get_word_index())
notes = list(here.notes)
"""
)


@pytest.fixture(params=["legacy", "keras3", "tf_keras"])
def engine(request):
    return request.getfixturevalue(request.param)


def data(engine, legacy):
    code = DATA.replace("boston_housing, ", "") if engine is legacy else DATA
    if engine is legacy:  # came with Keras 2
        code = code.replace("(q, r), (s, t) = boston_housing.load_data()\n", "q = r = s = t = np.zeros(0)\n")
    return engine.run(code)


def test_data_sets_have_their_real_shapes(engine, legacy):
    found = data(engine, legacy)
    assert found["shapes"][:8] == [
        (60000, 28, 28), (60000,), (10000, 28, 28), (10000,),
        (50000, 32, 32, 3), (50000, 1), (10000, 32, 32, 3), (10000, 1),
    ]  # fmt: skip
    assert found["shapes"][8:12] == [(25000,)] * 4
    assert found["shapes"][16:] == [5614, 5614]
    if engine is not legacy:
        assert found["shapes"][12:16] == [(404, 13), (404,), (102, 13), (102,)]
    assert found["types"] == ["uint8", "uint8", "uint8", "uint8", "object"]
    assert found["ranges"] == [255, 9, 9, 19, 1, 499, 45]
    assert found["index"] == 88584
    assert "data set `mnist` is made up" in found["notes"]


def test_data_sets_are_the_same_on_every_keras(legacy, keras3):
    assert data(legacy, legacy)["sums"][:4] == data(keras3, legacy)["sums"][:4]


def test_colours_come_first_where_keras_says_so(engine, legacy):
    order = "K.set_image_dim_ordering('th')" if engine is legacy else "K.set_image_data_format('channels_first')"
    code = f"from keras import backend as K\n{order}\nfrom keras.datasets import cifar10\n"
    assert engine.run(WORLD + code + "x = cifar10.load_data()[0][0].shape")["x"] == (50000, 3, 32, 32)


def test_a_data_set_with_no_text_that_is_short_enough(engine):
    with pytest.raises(EngineError, match="no sequence was kept"):
        engine.run(WORLD + "from keras.datasets import imdb\nimdb.load_data(maxlen=3)")


def test_a_download_is_made_up(engine, legacy):
    home = "keras.utils.data_utils" if engine is legacy else "keras.utils"
    code = f"""
from {home} import get_file
path = get_file('nietzsche.txt', origin='https://a.b/nietzsche.txt')
text = open(path).read()
weights = get_file('vgg.h5', 'https://a.b/vgg.h5')
notes = list(here.notes)
"""
    found = engine.run(WORLD + code)
    assert len(found["text"]) > 1000
    assert found["notes"] == ["the download `nietzsche.txt` is made up: text"]


def test_a_download_that_cannot_be_made_up(keras3):
    with pytest.raises(EngineError, match=r"Unserved: needs the file `a\.npz`, whose contents cannot be made up"):
        keras3.run(WORLD + "import keras\nkeras.utils.get_file('a.npz', origin='https://a.b/a.npz')")


def test_a_model_without_its_weights_keeps_its_own(engine):
    code = """
import numpy as np
from keras.layers import Dense
from keras.models import Sequential
model = Sequential()
model.add(Dense(2, input_shape=(3,)))
before = model.get_weights()[0]
model.load_weights('missing.weights.h5')
same = bool(np.all(before == model.get_weights()[0]))
model.save_weights('mine.weights.h5')
model.set_weights([w * 0 for w in model.get_weights()])
model.load_weights('mine.weights.h5')
again = bool(np.all(before == model.get_weights()[0]))
notes = list(here.notes)
"""
    found = engine.run(WORLD + code)
    assert found["same"]
    assert found["again"]
    assert found["notes"] == ["weights `missing.weights.h5` are not loaded: the model keeps its own"]


def test_a_model_that_is_missing_cannot_be_made_up(engine):
    with pytest.raises(EngineError, match=r"needs the model of the file `model\.h5`, which is missing"):
        engine.run(WORLD + "from keras.models import load_model\nload_model('model.h5')")


def test_an_image_is_made_up_and_loaded(engine):
    pil = "from keras.preprocessing.image import load_img, img_to_array"
    code = f"{pil}\nx = img_to_array(load_img('photo.jpg', target_size=(20, 30))).shape"
    assert engine.run(WORLD + code)["x"] == (20, 30, 3)


def test_a_diagram_is_not_drawn(keras3):
    code = """
import keras
keras.utils.plot_model(None, to_file='model.png')
notes = list(here.notes)
"""
    assert keras3.run(WORLD + code)["notes"] == ["diagrams of models are not drawn"]


def test_what_keras_no_longer_has_is_still_missing(keras3):
    with pytest.raises(EngineError, match="ModuleNotFoundError"):
        keras3.run(WORLD + "import keras.layers.core")


def test_made_up_numbers_are_those_of_their_name():
    from kerasfix.probe.world.seeding import seeded

    assert seeded("mnist").randint(0, 1000, 3).tolist() == seeded("mnist").randint(0, 1000, 3).tolist()
    assert not np.array_equal(seeded("a").rand(9), seeded("b").rand(9))
