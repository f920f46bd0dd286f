"""Sessions that are made for their configuration alone."""

import pytest
from programs import findings, fixed

HEAD = "import tensorflow as tf\nfrom keras import backend as K\nfrom keras.models import Sequential\n"
MODEL = "model = Sequential()\n"
GROWTH = "for gpu in tf.config.list_physical_devices('GPU'):\n    tf.config.experimental.set_memory_growth(gpu, True)\n"


def without_backend(text: str) -> str:
    return text.replace("from keras import backend as K\n", "")


@pytest.mark.parametrize("target", ["keras2", "keras3"])
@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("K.set_session(tf.Session())\n", ""),
        ("s = tf.Session()  # for all\nK.set_session(s)\n", ""),
        ("s = tf.Session(config=tf.ConfigProto(log_device_placement=True))\nK.set_session(s)\n", ""),
        (
            "c = tf.ConfigProto()\nc.gpu_options.allow_growth = True  # little\nK.set_session(tf.Session(config=c))\n",
            GROWTH,
        ),
        (
            "o = tf.GPUOptions(allow_growth=True)\nc = tf.ConfigProto(gpu_options=o)\n"
            "K.set_session(tf.Session(config=c))\n",
            GROWTH,
        ),
        (
            "c = tf.ConfigProto(intra_op_parallelism_threads=n, device_count={'GPU': 0})\n"
            "K.set_session(tf.Session(graph=tf.get_default_graph(), config=c))\n",
            "tf.config.threading.set_intra_op_parallelism_threads(n)\ntf.config.set_visible_devices([], 'GPU')\n",
        ),
        ("if gpu:\n    K.set_session(tf.Session())\n", "if gpu:\n    pass\n"),
    ],
)
def test_the_configuration_is_that_of_tensorflow_2(before, after, target):
    assert fixed(HEAD + before + MODEL, target=target) == without_backend(HEAD + after + MODEL)


def test_a_share_of_the_memory_is_no_safe_fix():
    code = HEAD + "c = tf.ConfigProto()\nc.gpu_options.per_process_gpu_memory_fraction = 0.3\n"
    code += "K.set_session(tf.Session(config=c))\n" + MODEL
    assert fixed(code, target="keras3") == code
    assert fixed(code, target="keras3", unsafe=True) == without_backend(HEAD + GROWTH + MODEL)


@pytest.mark.parametrize(
    "code",
    [
        "s = tf.Session()\nK.set_session(s)\ns.run(x)\n",
        "c = tf.ConfigProto()\nc.gpu_options.visible_device_list = '1'\nK.set_session(tf.Session(config=c))\n",
        "c = tf.ConfigProto()\nuse(c)\nK.set_session(tf.Session(config=c))\n",
        "if gpu:\n    c = tf.ConfigProto()\nK.set_session(tf.Session(config=c))\n",
        "K.set_session(tf.Session(target))\n",
        "x = 1; K.set_session(tf.Session())\n",
    ],
)
def test_what_is_used_for_more_is_left_to_a_person(code):
    assert fixed(HEAD + code + MODEL, target="keras3") == HEAD + code + MODEL
    assert {one[0] for one in findings(HEAD + code + MODEL, target="keras3")} == {"graph-and-session"}
