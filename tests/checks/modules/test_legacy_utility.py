"""Arguments of Keras' helpers, for which the examples of the rule have no room."""

import pytest
from programs import findings, fixed


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            "from keras.preprocessing.image import img_to_array\n"
            "a = img_to_array(x, 'th')\nb = img_to_array(x, dim_ordering='tf')\n",
            "from keras.preprocessing.image import img_to_array\n"
            "a = img_to_array(x, 'channels_first')\nb = img_to_array(x, data_format='channels_last')\n",
        ),
        (
            "from keras.preprocessing.image import ImageDataGenerator\n"
            "g = ImageDataGenerator(dim_ordering='th')\nb = g.flow(X=x, y=y, save_to_dir='there')\n",
            "from keras.preprocessing.image import ImageDataGenerator\n"
            "g = ImageDataGenerator(data_format='channels_first')\n"
            "b = g.flow(x=x, y=y, save_to_dir='there', save_format='jpeg')\n",
        ),
        (
            "from keras.datasets import imdb, mnist, reuters\n"
            "a = imdb.load_data('imdb_full.pkl', 100)\nb = reuters.load_data(path='reuters.pkl', nb_words=100)\n"
            "c = mnist.load_data('mnist.pkl.gz')\n",
            "from keras.datasets import imdb, mnist, reuters\n"
            "a = imdb.load_data('imdb.npz', 100)\nb = reuters.load_data(path='reuters.npz', num_words=100)\n"
            "c = mnist.load_data('mnist.npz')\n",
        ),
        (
            "from keras.utils.visualize_util import plot\nplot(model, 'model.png', True, False)\n",
            "from keras.utils import plot_model\nplot_model(model, 'model.png', True, show_layer_names=False)\n",
        ),
        (
            "from keras.applications.vgg16 import VGG16\nfrom keras.utils.np_utils import to_categorical\n"
            "y = to_categorical(y, nb_classes=10)\nm = VGG16(True, None, None, None, 10)\n",
            "from keras.applications.vgg16 import VGG16\nfrom keras.utils import to_categorical\n"
            "y = to_categorical(y, num_classes=10)\nm = VGG16(True, None, None, None, classes=10)\n",
        ),
        (
            "from keras.utils.data_utils import get_file\nf = get_file('a', 'http://a', False, None, 'models')\n"
            "from keras.utils.np_utils import to_categorical\ny = to_categorical(y, nb_classes=10)\n",
            "from keras.utils import get_file\nf = get_file('a', 'http://a', False, None, cache_subdir='models')\n"
            "from keras.utils import to_categorical\ny = to_categorical(y, num_classes=10)\n",
        ),
    ],
)
def test_arguments_get_their_names_of_today(before, after):
    assert fixed(before) == after


def test_images_in_shades_of_grey():
    before = "from keras.preprocessing.image import load_img\na = load_img(p, grayscale=True)\nb = load_img(p, False)\n"
    after = fixed(before, target="keras3")
    assert "a = load_img(p, color_mode='grayscale')\n" in after
    assert not findings(after, target="keras3")


def test_data_that_was_split_otherwise_is_changed_when_asked():
    code = "from keras.datasets import imdb\na = imdb.load_data(nb_words=100, test_split=0.1)\n"
    assert [safety for _, _, safety in findings(code)] == ["unsafe"]
    assert fixed(code, unsafe=True).endswith("a = imdb.load_data(num_words=100)\n")
