"""Pictures as PNG files, without any library for pictures: eight bits a channel, not interlaced."""

from __future__ import absolute_import, division, print_function

import io
import struct
import zlib

import numpy as np

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}  # by colour type
_COLOUR_TYPES = {1: 0, 2: 4, 3: 2, 4: 6}
_PALETTE = 3


def write_png(file, array):
    """Write a picture.

    Args:
        file: A path, or a file that is open for writing bytes.
        array: uint8, (rows, columns) or (rows, columns, channels) with one to four channels.
    """
    array = np.asarray(array, dtype="uint8")
    array = array[:, :, None] if array.ndim == 2 else array
    rows, columns, channels = array.shape
    lines = np.concatenate([np.zeros((rows, 1), "uint8"), array.reshape(rows, -1)], axis=1)
    header = struct.pack(">IIBBBBB", columns, rows, 8, _COLOUR_TYPES[channels], 0, 0, 0)
    contents = _SIGNATURE + b"".join(
        [_chunk(b"IHDR", header), _chunk(b"IDAT", zlib.compress(lines.tobytes(), 1)), _chunk(b"IEND", b"")]
    )
    if hasattr(file, "write"):
        file.write(contents)
        return
    with io.open(file, "wb") as opened:
        opened.write(contents)


def read_png(file):
    """Read a picture.

    Args:
        file: A path, or a file that is open for reading bytes.

    Returns:
        uint8, (rows, columns, channels).

    Raises:
        ValueError: It is no PNG, or not of the kind that can be read here.
    """
    if hasattr(file, "read"):
        contents = file.read()
    else:
        with io.open(file, "rb") as opened:
            contents = opened.read()
    if not contents.startswith(_SIGNATURE):
        raise ValueError("not a PNG")
    chunks = list(_chunks(contents))
    columns, rows, depth, colour, _, _, interlaced = struct.unpack(">IIBBBBB", chunks[0][1])
    if depth != 8 or interlaced:
        raise ValueError("a PNG of another kind")
    channels = _CHANNELS[colour]
    data = zlib.decompress(b"".join(body for kind, body in chunks if kind == b"IDAT"))
    lines = np.frombuffer(data, "uint8").reshape(rows, columns * channels + 1)
    picture = _unfiltered(lines, channels).reshape(rows, columns, channels)
    if colour == _PALETTE:
        palette = np.frombuffer(next(body for kind, body in chunks if kind == b"PLTE"), "uint8").reshape(-1, 3)
        return palette[picture[:, :, 0]]
    return picture


def _chunk(kind, body):
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body) & 0xFFFFFFFF)


def _chunks(contents):
    position = len(_SIGNATURE)
    while position < len(contents):
        (length,) = struct.unpack(">I", contents[position : position + 4])
        yield contents[position + 4 : position + 8], contents[position + 8 : position + 8 + length]
        position += 12 + length


def _unfiltered(lines, channels):
    """Undo what each line says was done to it, pixel by pixel where a pixel depends on the one before."""
    above = np.zeros(lines.shape[1] - 1, "int64")
    result = np.empty((lines.shape[0], lines.shape[1] - 1), "uint8")
    for row, line in enumerate(lines.astype("int64")):
        kind, line = line[0], line[1:]
        if kind == 2:
            line = line + above
        elif kind != 0:
            line = _undo(kind, line, above, channels)
        above = line & 255
        result[row] = above
    return result


def _undo(kind, line, above, channels):
    line, above = line.tolist(), above.tolist()
    for index, value in enumerate(line):
        left = line[index - channels] if index >= channels else 0
        if kind == 1:
            guess = left
        elif kind == 3:
            guess = (left + above[index]) // 2
        else:
            guess = _paeth(left, above[index], above[index - channels] if index >= channels else 0)
        line[index] = (value + guess) & 255
    return np.array(line, "int64")


def _paeth(left, above, corner):
    guess = left + above - corner
    distances = abs(guess - left), abs(guess - above), abs(guess - corner)
    return (left, above, corner)[distances.index(min(distances))]
