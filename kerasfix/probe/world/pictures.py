"""Pictures for where there is no PIL: what scripts do with an image of it, over an array."""

from __future__ import absolute_import, division, print_function

import numpy as np

from .contents import picture
from .places import is_path
from .png import read_png, write_png

_CHANNELS = {"L": 1, "1": 1, "P": 1, "LA": 2, "RGB": 3, "RGBA": 4, "CMYK": 4, "YCbCr": 3, "HSV": 3, "F": 1, "I": 1}
_MODES = {1: "L", 2: "LA", 3: "RGB", 4: "RGBA"}


class Picture(object):
    """What `PIL.Image.open` gives.

    Args:
        array: uint8, (rows, columns, channels).
        mode: As PIL calls it; by the number of channels, if not given.
    """

    format = "PNG"

    def __init__(self, array, mode=None):
        self._array = array
        self.mode = mode or _MODES[array.shape[2]]

    @property
    def size(self):
        return self._array.shape[1], self._array.shape[0]

    @property
    def width(self):
        return self._array.shape[1]

    @property
    def height(self):
        return self._array.shape[0]

    @property
    def __array_interface__(self):
        array = self._array[:, :, 0] if self._array.shape[2] == 1 else self._array
        return np.ascontiguousarray(array).__array_interface__

    def __enter__(self):
        return self

    def __exit__(self, *error):
        return None

    def convert(self, mode="RGB", *args, **kwargs):
        """The same picture with other channels."""
        return Picture(with_channels(self._array, _CHANNELS[mode]), mode)

    def resize(self, size, *args, **kwargs):
        """The same picture in another size, (columns, rows)."""
        return Picture(resized(self._array, size[1], size[0]), self.mode)

    def thumbnail(self, size, *args, **kwargs):
        """Make it fit into a size."""
        self._array = resized(self._array, min(size[1], self.height), min(size[0], self.width))

    def crop(self, box=None):
        """A part of it: left, upper, right, lower."""
        left, upper, right, lower = [int(value) for value in box or (0, 0) + self.size]
        return Picture(self._array[upper:lower, left:right], self.mode)

    def rotate(self, angle, *args, **kwargs):
        """Turned by the nearest multiple of a right angle."""
        return Picture(np.rot90(self._array, int(angle / 90.0 + 0.5)), self.mode)

    def transpose(self, method):
        """Mirrored or turned, by the numbers that PIL has for it."""
        turned = [np.fliplr, np.flipud, np.rot90, lambda a: np.rot90(a, 2), lambda a: np.rot90(a, 3)]
        return Picture(turned[int(method)](self._array), self.mode)

    def copy(self):
        """Another one like it."""
        return Picture(self._array.copy(), self.mode)

    def load(self, *args, **kwargs):
        """It is in memory already."""

    close = verify = seek = load

    def show(self, *args, **kwargs):
        """Nobody is there to look at it."""

    def paste(self, other, box=(0, 0), *args, **kwargs):
        """Put another one at a place in this one."""
        left, upper = [int(value) for value in box[:2]]
        pasted = with_channels(other._array, self._array.shape[2])
        self._array = self._array.copy()
        part = self._array[upper : upper + pasted.shape[0], left : left + pasted.shape[1]]
        part[:] = pasted[: part.shape[0], : part.shape[1]]

    def split(self):
        """One picture for each channel."""
        return tuple(Picture(self._array[:, :, index : index + 1]) for index in range(self._array.shape[2]))

    def getpixel(self, place):
        """The number or the numbers at a place."""
        pixel = self._array[place[1], place[0]].tolist()
        return pixel[0] if len(pixel) == 1 else tuple(pixel)

    def getdata(self, *args):
        """All pixels."""
        pixels = self._array.reshape(-1, self._array.shape[2]).tolist()
        return [pixel[0] for pixel in pixels] if self._array.shape[2] == 1 else [tuple(pixel) for pixel in pixels]

    def getbands(self):
        """The names of its channels."""
        return tuple(self.mode)

    def tobytes(self, *args):
        """Its numbers."""
        return self._array.tobytes()

    def save(self, file, *args, **kwargs):
        """Write it; as PNG, whatever the extension says."""
        write_png(_place(file, "to_write"), self._array)


_world = []  # the one that is installed: pictures are also made by stand-ins for modules


def use(world):
    """Read and write pictures through the files of a world."""
    _world[:] = [world]


def open_picture(file, *args, **kwargs):
    """`PIL.Image.open`."""
    return Picture(read(file))


def read(file):
    """The numbers of a picture: (rows, columns, channels); made up where it is missing or cannot be read here."""
    place = _place(file, "to_read")
    try:
        return read_png(place)
    except ValueError:
        if _world:
            _world[0].note("`%s` cannot be read without a library for pictures: made-up image" % (file,))
        return picture(str(file))


def from_array(array, mode=None):
    """`PIL.Image.fromarray`."""
    array = np.asarray(array)
    array = array.astype("uint8") if array.dtype != bool else array * np.uint8(255)
    return Picture(array[:, :, None] if array.ndim == 2 else array, mode)


def new(mode, size, color=0):
    """`PIL.Image.new`."""
    array = np.zeros((size[1], size[0], _CHANNELS[mode]), "uint8")
    if not isinstance(color, str):
        array[:] = color
    return Picture(array, mode)


def with_channels(array, channels):
    """A picture with so many channels: grey ones are repeated, colours averaged, alpha is left out or full."""
    has = array.shape[2]
    if has == channels:
        return array
    colours = array[:, :, : 1 if has < 3 else 3]
    if channels < 3:
        colours = colours.mean(axis=2, keepdims=True).astype("uint8")
    elif colours.shape[2] == 1:
        colours = np.repeat(colours, 3, axis=2)
    if channels in (2, 4):
        colours = np.concatenate([colours, np.full(array.shape[:2] + (1,), 255, "uint8")], axis=2)
    return colours


def resized(array, rows, columns):
    """A picture in another size, by the nearest pixel."""
    rows, columns = max(int(rows), 1), max(int(columns), 1)
    from_row = np.arange(rows) * array.shape[0] // rows
    from_column = np.arange(columns) * array.shape[1] // columns
    return array[from_row][:, from_column]


def _place(file, way):
    return getattr(_world[0].files, way)(file) if _world and is_path(file) else file
