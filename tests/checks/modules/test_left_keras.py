"""What left Keras: images and texts on Keras 3, and the wrappers for scikit-learn."""

import pytest
from programs import findings, fixed

RULES = frozenset({"left-keras"})

ON_KERAS_3 = {
    "a class": (
        "from keras.preprocessing.image import ImageDataGenerator\n",
        "from tensorflow.keras.preprocessing.image import ImageDataGenerator\n",
    ),
    "one of two": (
        "from keras.preprocessing.image import ImageDataGenerator, load_img\n",
        "from tensorflow.keras.preprocessing.image import ImageDataGenerator\n"
        "from keras.preprocessing.image import load_img\n",
    ),
    "a module": (
        "from keras.preprocessing import text\nx = text.Tokenizer()\n",
        "from tensorflow.keras.preprocessing import text\nx = text.Tokenizer()\n",
    ),
    "one of two modules": (
        "from keras.preprocessing import sequence, text\nx = [text.Tokenizer(), sequence.pad_sequences]\n",
        "from keras.preprocessing import sequence\nfrom tensorflow.keras.preprocessing import text\n"
        "x = [text.Tokenizer(), sequence.pad_sequences]\n",
    ),
    "a name of a module that stays": (
        "from keras.preprocessing import image\nx = [image.load_img, image.ImageDataGenerator]\n",
        "from keras.preprocessing import image\n"
        "from tensorflow.keras.preprocessing.image import ImageDataGenerator\n"
        "x = [image.load_img, ImageDataGenerator]\n",
    ),
    "a dotted name": (
        "import keras\nx = keras.preprocessing.text.Tokenizer()\n",
        "import keras\nfrom tensorflow.keras.preprocessing.text import Tokenizer\nx = Tokenizer()\n",
    ),
    "a star": (
        "from keras.preprocessing.image import *\nx = [load_img, ImageDataGenerator]\n",
        "from keras.preprocessing.image import *\n"
        "from tensorflow.keras.preprocessing.image import ImageDataGenerator\n"
        "x = [load_img, ImageDataGenerator]\n",
    ),
}


@pytest.mark.parametrize(("before", "after"), ON_KERAS_3.values(), ids=ON_KERAS_3)
def test_tensorflow_still_has_it(before, after):
    assert fixed(before, target="keras3", rules=RULES) == after
    assert fixed(before, rules=RULES) == before
    assert findings(before, rules=RULES) == []


@pytest.mark.parametrize(
    "code",
    [
        "from tensorflow.keras.preprocessing.image import ImageDataGenerator\nx = ImageDataGenerator\n",
        "import tensorflow as tf\nx = tf.keras.preprocessing.text.Tokenizer\n",
        "from keras.preprocessing.image import load_img, img_to_array, array_to_img, save_img\n",
        "from keras.preprocessing.sequence import pad_sequences\n",
        "from tokenizers import Tokenizer\n",
        "from .preprocessing.text import Tokenizer\n",
    ],
)
@pytest.mark.parametrize("target", ["keras2", "keras3"])
def test_what_is_there_stays(code, target):
    assert fixed(code, target=target, rules=RULES) == code
    assert findings(code, target=target, rules=RULES) == []


WRAPPERS = {
    "name": (
        "from keras.wrappers.scikit_learn import KerasClassifier\n"
        "x = KerasClassifier(build_fn=f, nb_epoch=3, verbose=0)\n",
        "from scikeras.wrappers import KerasClassifier\nx = KerasClassifier(model=f, epochs=3, verbose=0)\n",
    ),
    "alias": (
        "from keras.wrappers.scikit_learn import KerasRegressor as R\nx = R(f, nb_epoch=3)\n",
        "from scikeras.wrappers import KerasRegressor as R\nx = R(f, epochs=3)\n",
    ),
    "module": (
        "import keras.wrappers.scikit_learn as sk\nx = sk.KerasRegressor(build_fn=f)\n",
        "import scikeras.wrappers as sk\nx = sk.KerasRegressor(model=f)\n",
    ),
    "module of a package": (
        "from keras.wrappers import scikit_learn\nx = scikit_learn.KerasRegressor(build_fn=f)\n",
        "from scikeras.wrappers import KerasRegressor\nx = KerasRegressor(model=f)\n",
    ),
    "dotted": (
        "import keras\nx = keras.wrappers.scikit_learn.KerasRegressor(build_fn=f)\n",
        "import keras\nfrom scikeras.wrappers import KerasRegressor\nx = KerasRegressor(model=f)\n",
    ),
    "of TensorFlow": (
        "from tensorflow.keras.wrappers.scikit_learn import KerasClassifier\nx = KerasClassifier(build_fn=f)\n",
        "from scikeras.wrappers import KerasClassifier\nx = KerasClassifier(model=f)\n",
    ),
}


@pytest.mark.parametrize("target", ["keras2", "keras3"])
@pytest.mark.parametrize(("before", "after"), WRAPPERS.values(), ids=WRAPPERS)
def test_the_wrappers_are_those_of_scikeras(before, after, target):
    assert fixed(before, target=target, rules=RULES, unsafe=True) == after
    assert fixed(before, target=target, rules=RULES) == before
    assert {applicability for _, _, applicability in findings(before, target=target, rules=RULES)} == {"unsafe"}


SEARCH = """\
from keras.wrappers.scikit_learn import KerasClassifier
from sklearn.model_selection import GridSearchCV


def build(units, rate=0.1):
    return units, rate


classifier = KerasClassifier(build_fn=build, rate=0.2)
{}
search.fit(x, y)
print(search.best_params_['units'], search.best_estimator_.model)
"""
SEARCHES = {
    "GridSearchCV(classifier, {'units': [4, 8], \"nb_epoch\": [3], 'batch_size': [8]})": (
        "GridSearchCV(classifier, {'model__units': [4, 8], \"epochs\": [3], 'batch_size': [8]})"
    ),
    "GridSearchCV(estimator=classifier, param_grid=dict(units=[4, 8], nb_epoch=[3]))": (
        "GridSearchCV(estimator=classifier, param_grid=dict(model__units=[4, 8], epochs=[3]))"
    ),
    "tune(classifier, param_distributions=[{'units': [4]}, {'rate': [0.5]}])": (
        "tune(classifier, param_distributions=[{'model__units': [4]}, {'model__rate': [0.5]}])"
    ),
}


@pytest.mark.parametrize(("before", "after"), SEARCHES.items())
def test_a_search_names_what_it_tries_as_scikeras_does(before, after):
    done = fixed(SEARCH.format(f"search = {before}"), rules=RULES, unsafe=True)
    assert f"KerasClassifier(model=build, rate=0.2)\nsearch = {after}\n" in done
    assert done.endswith("print(search.best_params_['model__units'], search.best_estimator_.model_)\n")
    assert fixed(done, rules=RULES, unsafe=True) == done


@pytest.mark.parametrize(
    "code", ["search = GridSearchCV(SVC(), {'units': [4], 'nb_epoch': [3]})", "search = GridSearchCV(other, grid)"]
)
def test_other_searches_stay(code):
    done = fixed(SEARCH.format(code), rules=RULES, unsafe=True)
    assert code in done
    assert done.endswith("print(search.best_params_['units'], search.best_estimator_.model)\n")


def test_keywords_of_other_calls_stay():
    code = "from keras.wrappers.scikit_learn import KerasClassifier\nx = run(KerasClassifier, build_fn=f, nb_epoch=3)\n"
    assert fixed(code, rules=RULES, unsafe=True).endswith("run(KerasClassifier, build_fn=f, nb_epoch=3)\n")


@pytest.mark.parametrize(
    "code",
    [
        "from keras.preprocessing.image import flip_axis\nx = flip_axis\n",
        "from keras.preprocessing import image\nx = image.list_pictures\n",
        "from keras.preprocessing.text import base_filter\nx = base_filter()\n",
    ],
)
def test_what_no_version_has_any_more_is_reported(code):
    assert [applicability for _, _, applicability in findings(code, rules=RULES)] == ["manual"]
    assert fixed(code, rules=RULES) == code
