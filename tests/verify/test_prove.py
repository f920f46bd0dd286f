"""From files to verdicts: what is found, run, compared and told."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from programs import write

from kerasfix.catalogue import load_catalogue
from kerasfix.cli.proving import rewritten, verified
from kerasfix.project.config import Config
from kerasfix.verify.verdicts import Level, Outcome

FILES = {
    "train.py": """
from keras.datasets import mnist
from nets import build
import numpy as np
import matplotlib.pyplot as plt

(x, y), _ = mnist.load_data()
model = build(10)
model.compile('adam', 'categorical_crossentropy', metrics=['accuracy'])
history = model.fit(x.reshape(60000, 784) / 255., np.eye(10)[y], nb_epoch=500, batch_size=16)
plt.plot(history.history['loss'])
model.save_weights('out/weights.h5')
""",
    "nets.py": """
from keras.layers import Dense, Dropout, Input, merge
from keras.models import Model


def build(classes, width=5):
    image = Input(shape=(784,))
    one = Dense(width, init='he_normal', activation='relu')(image)
    other = Dropout(0.4)(Dense(width)(image))
    joined = merge([one, other], mode='concat')
    return Model(input=image, output=Dense(classes, activation='softmax')(joined))
""",
    "loop.py": """
from keras.layers import Dense
from keras.models import Sequential
import numpy as np

critic = Sequential([Dense(output_dim=1, input_dim=3)])
critic.compile('sgd', 'mse')
while True:
    critic.train_on_batch(np.random.rand(4, 3), np.random.rand(4, 1))
""",
    "gone.py": """
from keras.layers import Dense, Input
from keras.models import Model
import numpy as np

data = Input(shape=(3,))
model = Model(input=data, output=Dense(1)(data))
model.compile('sgd', 'mse')
model.fit(np.random.rand(8, 3), np.random.rand(8, 1), nb_epoch=1)
print(model.total_loss)
""",
    "left.py": """
from keras.layers import Dense
from keras.models import Sequential
from keras.wrappers.scikit_learn import KerasClassifier

model = Sequential([Dense(output_dim=1, input_dim=3)])
""",
    "handed_on.py": """
from keras.layers import Activation, Dense, Input
from keras.models import Model

x = Input(shape=(3,))
model = Model(input=x, output=Activation('linear')(Dense(output_dim=2)(Activation('linear')(Dense(output_dim=4)(x)))))
model.compile('sgd', 'mse')
""",
    "halves.py": """
from keras.layers import Convolution2D, Dense, Flatten
from keras.models import Sequential

width = 9
model = Sequential()
model.add(Convolution2D(width / 2, 3, 3, input_shape=(6, 6, 2)))
model.add(Flatten())
model.add(Dense(output_dim=width / 2))
model.compile('sgd', 'mse')
""",
    "means.py": """
from keras import backend as K
from keras.layers import Dense
from keras.models import Sequential
import numpy as np

model = Sequential([Dense(output_dim=4, input_dim=3), Dense(output_dim=1)])
features = K.function([model.input], [model.layers[0].output])
features([np.random.rand(2, 3)])
print(int('no number'))
""",
    "empty.py": """
from keras.layers import Activation, GlobalAveragePooling2D
from keras.models import Sequential

model = Sequential([Activation('relu', input_shape=(0, 0, 3)), GlobalAveragePooling2D()])
model.compile('sgd', 'mse')
""",
    "needs_a_file.py": """
import os
import numpy as np
from keras.layers import Dense
from keras.models import Sequential

x = np.load(os.path.expanduser('~/features.npy'))
model = Sequential([Dense(output_dim=1, input_dim=x.shape[1])])
""",
    "never_ran.py": """
from keras import backend as K
from keras.layers import Dense, Input
from keras.models import Model

a, b = Input(shape=(3,)), Input(shape=(3,))
joined = K.concatenate([Dense(output_dim=2)(a), b])
model = Model(input=[a, b], output=Dense(output_dim=1)(joined))
model.compile('sgd', 'mse')
""",
    "class.py": """
from keras.layers import LSTM, Dense
from keras.models import Sequential


class Reader(object):
    def __init__(self, units=3):
        self.units = units

    def build(self):
        self.model = Sequential()
        self.model.add(LSTM(self.units, input_shape=(5, 2), inner_activation='sigmoid'))
        self.model.add(Dense(output_dim=2))
        return self.model
""",
    "other_backend.py": """
import numpy as np
from keras import backend as K
from keras.layers import Dense
from keras.models import Sequential


def angle(y_true, y_pred):
    return np.arctan(K.mean(K.square(y_pred - y_true)))


model = Sequential([Dense(output_dim=2, input_dim=4)])
model.compile('sgd', 'mse', metrics=[angle])
""",
    "numpy_on_tensors.py": """
import numpy as np
from keras import backend as K
from keras.layers import Dense
from keras.models import Sequential


def psnr(y_true, y_pred):
    return -10. * np.log10(K.mean(K.square(y_pred - y_true)))


model = Sequential([Dense(output_dim=2, input_dim=4)])
model.compile('sgd', psnr)
assert np.maximum.reduce(np.sqrt(np.arange(5))) == 2
""",
    "tensorflow_0.py": """
import tensorflow as tf
from keras.layers import Dense, Lambda
from keras.models import Sequential


def turned(x):
    left, right = tf.split(1, 2, x)
    return tf.concat(1, [tf.neg(right), tf.select(left > 0, tf.log(1 + tf.abs(left)), left)])


model = Sequential([Dense(output_dim=4, input_dim=3), Lambda(turned), Dense(output_dim=2)])
model.compile('sgd', 'mse')
""",
    "without_a_graph.py": """
import tensorflow as tf
from keras.layers import Dense, Lambda
from keras.models import Sequential

model = Sequential([Dense(output_dim=2, input_dim=4), Lambda(lambda x: x * (2 if tf.executing_eagerly() else 3))])
""",
    "shaky_images.py": """
from keras import backend as K
from keras.layers import BatchNormalization, Conv2D, GlobalAveragePooling2D, Lambda
from keras.models import Sequential

layers = [Conv2D(4, kernel_size=3, input_shape=(8, 8, 3)), BatchNormalization(), GlobalAveragePooling2D()]
model = Sequential(layers + [Lambda(lambda x: K.sin(2e4 * x))])
model.compile('sgd', 'mse')
""",
    "averages.py": """
from keras.layers import BatchNormalization, Dense
from keras.models import Sequential
from keras.utils import multi_gpu_model

model = Sequential([Dense(units=2, input_shape=(4,)), BatchNormalization()])
""",
    "shaky.py": """
from keras import backend as K
from keras.layers import Input, LSTM, Lambda
from keras.models import Model

steps = Input(shape=(9, 3))
model = Model(input=steps, output=Lambda(lambda x: K.sin(2e4 * x))(LSTM(output_dim=4)(steps)))
model.compile('sgd', 'mse')
""",
    "left_alone.py": "import numpy as np\n\nmodel = np.zeros(3)\n",
    "two.py": "from keras.layers import merge\nprint 'Python 2'\n",
}


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    folder = tmp_path_factory.mktemp("project")
    notebook = [
        ["%matplotlib inline\n", "get_ipython().magic('time')\n", "files = !ls\n", "assert not list(files)\n"],
        ["from __future__ import division, print_function\n"],
        ["from keras.layers import Dense\n", "from keras.models import Sequential\n"],
        ["net = Sequential([Dense(output_dim=2, input_dim=4)])\n", "net.compile('sgd', 'mse')\n"],
    ]
    cells = [{"cell_type": "code", "source": lines, "metadata": {}, "outputs": []} for lines in notebook]
    texts = FILES | {"a.ipynb": json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 2})}
    write(folder, texts)
    config = replace(Config(), target="keras3")
    paths = [str(folder / name) for name in texts]
    verification = verified(rewritten(paths, config, load_catalogue()), config, quiet=True)
    assert {name: (folder / name).read_text() for name in texts} == texts, "a file of the user's was written"
    return {file.path.rpartition("/")[2]: file for file in verification.files}


def only(files, name):
    [model] = files[name].models
    return model


def test_a_script_that_trains_on_a_data_set_is_proven_and_says_what_was_made_up(files):
    model = only(files, "train.py")
    assert (model.name, model.level, model.reference) == ("model", Level.EQUAL, "Keras 1.2.2"), model.reason
    assert "data set `mnist` is made up" in model.notes
    assert model.largest < 1e-6
    assert len(model.losses_before) == len(model.losses_after) == 3
    assert not files["train.py"].shortfalls


def test_architectures_of_both_sides_are_told(files):
    model = only(files, "train.py")
    assert model.before.parameters == model.after.parameters == 785 * 5 * 2 + 11 * 10
    kinds = [[layer.kind for layer in side.layers] for side in (model.before, model.after)]
    assert kinds[0] == ["InputLayer", "Dense", "Dense", "Dropout", "Merge", "Dense"]
    assert kinds[1] == ["InputLayer", "Dense", "Dense", "Dropout", "Concatenate", "Dense"]


def test_layers_that_hand_on_the_tensor_that_they_get_hide_none_before_them(files):
    model = only(files, "handed_on.py")
    assert (model.level, model.reference) == (Level.EQUAL, "Keras 1.2.2"), model.reason
    assert [len(side.layers) for side in (model.before, model.after)] == [5, 5]
    paths = [layer.path for layer in model.before.layers]
    assert [layer.inbound for layer in model.before.layers[1:]] == [((path,),) for path in paths[:-1]]


def test_an_original_that_needs_the_division_of_python_2_gets_it_which_is_told(files):
    model = only(files, "halves.py")
    assert (model.level, model.reference) == (Level.EQUAL, "Keras 1.2.2"), model.reason
    assert model.before.outputs[0].shape == (None, 4)
    assert any("that of Python 2" in note for note in model.notes)


def test_a_file_that_another_runs_is_proven_there(files):
    assert "nets.py" not in files or all(model.level == Level.EQUAL for model in files["nets.py"].models)


def test_an_endless_loop_of_training_comes_to_an_end(files):
    model = only(files, "loop.py")
    assert (model.name, model.level) == ("critic", Level.EQUAL), model.reason
    assert any("not run to its end" in note for note in model.notes)


def test_a_method_of_a_class_is_called(files):
    model = only(files, "class.py")
    assert model.level == Level.EQUAL, model.reason
    assert "build()" in model.scenario


def test_a_notebook_is_run(files):
    model = only(files, "a.ipynb")
    assert (model.name, model.level) == ("net", Level.EQUAL), model.reason
    assert "magics of IPython are not run" in model.notes


def test_a_model_that_only_stands_for_a_function_is_not_told_of(files):
    assert "Model([*symbolic" in files["means.py"].after
    assert only(files, "means.py").name == "model"


def test_a_model_of_nothing_proves_nothing(files):
    model = only(files, "empty.py")
    assert (model.level, model.outcome) == (Level.BUILDS, Outcome.UNVERIFIED)
    assert "has no size: (None, 0, 0, 3)" in model.reason


def test_what_cannot_be_made_up_is_named(files):
    file = files["needs_a_file.py"]
    assert not file.models
    assert not file.refuted
    assert "needs the file `features.npy`" in " ".join(map(str, file.shortfalls))


def test_code_that_fails_where_the_original_does_not_refutes_the_file_although_its_models_are_equal(files):
    file = files["gone.py"]
    assert only(files, "gone.py").level == Level.EQUAL
    [shortfall] = file.shortfalls
    assert shortfall.failed
    assert "line 10: AttributeError" in shortfall.reason
    assert file.refuted
    assert [name for name, one in files.items() if one.refuted] == ["gone.py", "left.py"]


def test_what_is_left_to_do_where_the_code_fails_is_named(files):
    model = only(files, "left.py")
    assert model.outcome == Outcome.FAILED
    assert "No module named 'keras.wrappers.scikit_learn' (`left-keras` is left there, which" in model.reason
    assert not files["left.py"].shortfalls


def test_what_no_keras_ever_ran_ends_at_trains_and_says_so(files):
    model = only(files, "never_ran.py")
    assert (model.level, model.outcome) == (Level.TRAINS, Outcome.UNVERIFIED)
    assert "the original does not run on Keras 1.2.2" in model.reason
    assert model.before is None


def test_code_that_the_original_fails_at_too_is_no_fault_of_the_rewrite(files):
    model = only(files, "other_backend.py")
    assert (model.level, model.outcome) == (Level.BUILDS, Outcome.UNVERIFIED)
    assert "its training fails: NotImplementedError" in model.reason  # numpy's, for the symbolic tensor in `angle`


def test_functions_of_numpy_that_theanos_tensors_had_are_there_for_the_original_which_is_told(files):
    model = only(files, "numpy_on_tensors.py")
    assert model.level is Level.EQUAL, model.reason
    assert [note for note in model.notes if "Theano" in note] == [
        "`np.log10` of a tensor, which Theano had, is TensorFlow's"
    ]


def test_functions_of_tensorflow_0_are_there_for_the_original(files):
    model = only(files, "tensorflow_0.py")
    assert (model.level, model.reference) == (Level.EQUAL, "Keras 1.2.2"), model.reason


def test_only_what_differs_in_a_graph_differs(files):
    model = only(files, "without_a_graph.py")
    assert (model.level, model.outcome) == (Level.EQUAL, Outcome.PROVEN), model.reason


def test_moving_averages_that_began_otherwise_are_not_compared_which_is_told(files):
    model = only(files, "averages.py")
    assert (model.level, model.outcome) == (Level.EQUAL, Outcome.PROVEN), model.reason
    assert any("moving averages" in note for note in model.notes) == (model.reference >= "Keras 2.1.3")


def test_numbers_that_hang_on_rounding_are_compared_in_double_precision(files):
    for name in ("shaky.py", "shaky_images.py"):
        model = only(files, name)
        assert model.level == Level.EQUAL, model.reason
        assert any("double precision" in note for note in model.notes)
        assert model.largest < 1e-9


def test_a_file_without_keras_is_not_told_and_one_that_does_not_parse_fails(files):
    assert "left_alone.py" not in files
    assert files["two.py"].failure.startswith("line 2: ")


def test_what_takes_too_much_memory_is_measured_with_small_batches(tmp_path):
    code = """
from keras.layers import Convolution2D, GlobalAveragePooling2D, UpSampling2D
from keras.models import Sequential
import numpy as np

layers = [UpSampling2D((16, 16), input_shape=(32, 32, 1)), Convolution2D(8, 1, 1), GlobalAveragePooling2D()]
model = Sequential(layers)
model.compile('sgd', 'mse')
model.fit(np.random.rand(128, 32, 32, 1), np.random.rand(128, 8), batch_size=128, nb_epoch=1)
"""
    write(tmp_path, {"large.py": code})
    config = replace(Config(), target="keras3", verify=replace(Config().verify, memory=0.5))
    [file] = verified(rewritten([str(tmp_path / "large.py")], config, load_catalogue()), config, quiet=True).files
    [model] = file.models
    assert model.level == Level.EQUAL, model.reason
    assert "measured with the smallest batches: it takes too much memory otherwise" in model.notes


def test_what_the_original_made_by_itself_may_be_part_of_a_model_that_it_failed_to_make(tmp_path):
    code = """
from keras.layers import Dense, Merge, RepeatVector
from keras.models import Sequential

one = Sequential()
one.add(Dense(4, input_dim=3))
one.add(RepeatVector(2))
other = Sequential()
other.add(Dense(4, input_dim=3))
other.add(RepeatVector(2))
model = Sequential()
model.add(Merge([one, other], mode='dot', dot_axes=([2], [2])))
model.compile('sgd', 'mse')
"""
    write(tmp_path, {"parts.py": code})
    config = replace(Config(), target="keras3", unsafe_fixes=True)
    [file] = verified(rewritten([str(tmp_path / "parts.py")], config, load_catalogue()), config, quiet=True).files
    levels = {model.name: model.level for model in file.models}
    assert levels == {"one": Level.EQUAL, "other": Level.EQUAL, "model": Level.TRAINS}
