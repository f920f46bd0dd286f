"""`cv2` and `skimage` as far as images are read, resized and written with them."""

from __future__ import absolute_import, division, print_function

import numpy as np

from .. import pictures
from ..unserved import Unserved


def contents():
    """The names of `cv2`; channels are blue, green, red."""
    return {
        "imread": imread,
        "imwrite": imwrite,
        "resize": resize,
        "cvtColor": cvt_color,
        "flip": flip,
        "split": lambda image: [image[:, :, index] for index in range(image.shape[2])],
        "merge": lambda channels: np.stack(channels, axis=2),
        "imshow": _nothing,
        "waitKey": lambda *args: -1,
        "destroyAllWindows": _nothing,
        "namedWindow": _nothing,
        "setNumThreads": _nothing,
        "IMREAD_COLOR": 1,
        "IMREAD_GRAYSCALE": 0,
        "IMREAD_UNCHANGED": -1,
        "INTER_NEAREST": 0,
        "INTER_LINEAR": 1,
        "INTER_CUBIC": 2,
        "INTER_AREA": 3,
        "COLOR_BGR2RGB": 4,
        "COLOR_RGB2BGR": 4,
        "COLOR_BGR2GRAY": 6,
        "COLOR_RGB2GRAY": 7,
        "COLOR_GRAY2BGR": 8,
        "COLOR_GRAY2RGB": 8,
        "CV_LOAD_IMAGE_COLOR": 1,
        "CV_LOAD_IMAGE_GRAYSCALE": 0,
    }


def imread(name, flags=1):
    """`cv2.imread`: uint8, (rows, columns, 3), or (rows, columns) if grey is asked for."""
    array = pictures.read(name)
    if flags == 0:
        return pictures.with_channels(array, 1)[:, :, 0]
    return np.ascontiguousarray(pictures.with_channels(array, 3)[:, :, ::-1])


def imwrite(name, image, *args):
    """`cv2.imwrite`."""
    image = np.asarray(image)
    pictures.from_array(image[:, :, ::-1] if image.ndim == 3 else image).save(name)
    return True


def resize(image, size=None, dst=None, fx=0, fy=0, interpolation=1):
    """`cv2.resize`, to (columns, rows), by the nearest pixel."""
    image = np.asarray(image)
    rows, columns = image.shape[:2]
    size = tuple(size) if size else (int(columns * fx), int(rows * fy))
    resized = pictures.resized(image, size[1], size[0])
    return resized[:, :, 0] if image.ndim == 3 and image.shape[2] == 1 else resized


def flip(image, code):
    """`cv2.flip`: over the rows (0), the columns (1) or both (-1)."""
    image = np.asarray(image)
    image = image[::-1] if code <= 0 else image
    return np.ascontiguousarray(image[:, ::-1] if code != 0 else image)


def cvt_color(image, code):
    """`cv2.cvtColor`, between blue, green, red and red, green, blue, and to and from grey."""
    if code == 4:
        return np.ascontiguousarray(image[:, :, ::-1])
    if code in (6, 7):
        weights = np.array([0.114, 0.587, 0.299] if code == 6 else [0.299, 0.587, 0.114])
        return np.dot(image, weights).astype(image.dtype)
    if code == 8:
        return np.repeat(image[:, :, None], 3, axis=2)
    raise Unserved("needs the module `cv2`, which is not installed")


def read_rgb(name, *args, **kwargs):
    """`skimage.io.imread` and `imageio.imread`."""
    array = pictures.read(name)
    if kwargs.get("as_grey") or kwargs.get("as_gray"):
        return pictures.with_channels(array, 1)[:, :, 0] / 255.0
    return array


def save_rgb(name, image, *args, **kwargs):
    """`skimage.io.imsave`."""
    image = np.asarray(image)
    pictures.from_array(image if image.dtype == np.uint8 else image * 255).save(name)


def resize_float(image, output_shape, *args, **kwargs):
    """`skimage.transform.resize`: numbers from 0 to 1, by the nearest pixel."""
    image = np.asarray(image)
    scale = 255.0 if image.dtype == np.uint8 and not kwargs.get("preserve_range") else 1.0
    return pictures.resized(image, output_shape[0], output_shape[1]) / scale


def _nothing(*args, **kwargs):
    return None
