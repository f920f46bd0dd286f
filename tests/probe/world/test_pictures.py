"""Pictures, with PIL and without."""

import io

import numpy as np
import pytest

from kerasfix.probe.world.pictures import Picture, from_array, resized, with_channels
from kerasfix.probe.world.png import _unfiltered, read_png, write_png


@pytest.mark.parametrize("channels", [1, 2, 3, 4])
def test_a_picture_is_written_and_read(channels):
    array = np.random.RandomState(1).randint(0, 256, (5, 7, channels)).astype("uint8")
    file = io.BytesIO()
    write_png(file, array)
    file.seek(0)
    np.testing.assert_array_equal(read_png(file), array)


def test_what_is_no_png_is_refused():
    with pytest.raises(ValueError, match="not a PNG"):
        read_png(io.BytesIO(b"GIF89a"))


@pytest.mark.parametrize("kind", range(5))
def test_each_filter_is_undone(kind):
    array = np.random.RandomState(kind).randint(0, 256, (4, 6)).astype("int64")
    lines = np.zeros((4, 7), "uint8")
    for row in range(4):
        lines[row, 0] = kind
        for index in range(6):
            left = array[row, index - 2] if index > 1 else 0
            above = array[row - 1, index] if row else 0
            corner = array[row - 1, index - 2] if row and index > 1 else 0
            guess = left + above - corner
            nearest = min((left, above, corner), key=lambda value: abs(guess - value))
            lines[row, index + 1] = (array[row, index] - [0, left, above, (left + above) // 2, nearest][kind]) % 256
    np.testing.assert_array_equal(_unfiltered(lines, 2), array)


def test_a_picture_is_an_array():
    array = np.arange(24).reshape(2, 4, 3).astype("uint8")
    picture = Picture(array)
    np.testing.assert_array_equal(np.asarray(picture), array)
    assert picture.size == (4, 2)
    assert np.asarray(picture.convert("L")).shape == (2, 4)
    assert picture.resize((8, 6)).size == (8, 6)
    assert picture.crop((1, 0, 3, 2)).size == (2, 2)


def test_a_grey_picture_becomes_a_coloured_one():
    grey = from_array(np.full((2, 2), 7, "uint8"))
    assert np.asarray(grey.convert("RGB")).tolist() == np.full((2, 2, 3), 7).tolist()
    assert with_channels(np.full((2, 2, 3), 7, "uint8"), 4)[0, 0].tolist() == [7, 7, 7, 255]


def test_a_picture_in_its_own_size_stays():
    array = np.random.RandomState(1).randint(0, 256, (5, 7, 3))
    np.testing.assert_array_equal(resized(array, 5, 7), array)


def test_scripts_read_and_write_them_in_many_ways(in_world):
    code = """
import numpy as np
from PIL import Image
import cv2
image = Image.open('photo.jpg').convert('RGB').resize((20, 10))
a = np.asarray(image).shape
Image.fromarray(np.zeros((4, 5), 'uint8')).save('out.png')
b = Image.open('out.png').size
cv2.imwrite('c.png', np.full((3, 2, 3), 9, 'uint8'))
c = cv2.imread('c.png').tolist() == np.full((3, 2, 3), 9).tolist()
d = cv2.resize(cv2.imread('photo.jpg', 0), (8, 8)).shape
"""
    values = in_world(code).values
    assert (values["a"], values["b"], values["c"], values["d"]) == ((10, 20, 3), (5, 4), True, (8, 8))


def test_scipy_has_its_functions_for_images_back(in_world):
    pytest.importorskip("scipy")
    code = """
import numpy as np
from scipy.misc import imread, imresize, imsave
imsave('a.png', np.random.rand(4, 6, 3))
x = [imread('a.png').shape, imresize(imread('a.png'), (2, 3)).shape, imread('missing.jpg').dtype.name]
"""
    assert in_world(code).values["x"] == [(4, 6, 3), (2, 3, 3), "uint8"]
