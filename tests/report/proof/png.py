"""Pictures as browsers write them: read without any library, so that a test can look at the colours in it."""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass
from pathlib import Path

Color = tuple[int, int, int]


@dataclass(frozen=True)
class Picture:
    width: int
    height: int
    rows: list[bytes]  # three bytes a pixel

    def colors(
        self, left: int = 0, top: int = 0, right: int | None = None, bottom: int | None = None
    ) -> dict[Color, int]:
        """How often each colour occurs in a part of it."""
        found: dict[Color, int] = {}
        for row in self.rows[top:bottom]:
            part = row[3 * left : None if right is None else 3 * right]
            for pixel in zip(part[::3], part[1::3], part[2::3]):
                found[pixel] = found.get(pixel, 0) + 1
        return found


def read(path: Path) -> Picture:
    """A PNG of 8 bits a channel with or without transparency, which is left out."""
    data = path.read_bytes()
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    packed, at = b"", 8
    header = b""
    while at < len(data):
        size, kind = struct.unpack(">I4s", data[at : at + 8])
        body = data[at + 8 : at + 8 + size]
        header = body if kind == b"IHDR" else header
        packed += body if kind == b"IDAT" else b""
        at += size + 12
    width, height, depth, color, _, _, interlaced = struct.unpack(">IIBBBBB", header)
    assert (depth, interlaced) == (8, 0) and color in (2, 6)
    channels = 4 if color == 6 else 3
    rows = _unfiltered(zlib.decompress(packed), height, width * channels, channels)
    return Picture(width, height, [_rgb(row, channels) for row in rows])


def _rgb(row: bytes, channels: int) -> bytes:
    if channels == 3:
        return row
    found = bytearray(len(row) // 4 * 3)
    for channel in range(3):
        found[channel::3] = row[channel::4]
    return bytes(found)


def _unfiltered(data: bytes, height: int, stride: int, step: int) -> list[bytes]:
    rows: list[bytes] = []
    above = bytes(stride)
    for number in range(height):
        start = number * (stride + 1)
        kind, line = data[start], bytearray(data[start + 1 : start + 1 + stride])
        if kind == 1:
            for at in range(step, stride):
                line[at] = (line[at] + line[at - step]) & 255
        elif kind == 2:
            line = bytearray((one + other) & 255 for one, other in zip(line, above))
        elif kind == 3:
            for at in range(stride):
                left = line[at - step] if at >= step else 0
                line[at] = (line[at] + (left + above[at]) // 2) & 255
        elif kind == 4:
            _paeth(line, above, step)
        above = bytes(line)
        rows.append(above)
    return rows


def _paeth(line: bytearray, above: bytes, step: int) -> None:
    for at in range(len(line)):
        left = line[at - step] if at >= step else 0
        corner = above[at - step] if at >= step else 0
        up = above[at]
        guess = left + up - corner
        to_left, to_up, to_corner = abs(guess - left), abs(guess - up), abs(guess - corner)
        near = left if to_left <= to_up and to_left <= to_corner else up if to_up <= to_corner else corner
        line[at] = (line[at] + near) & 255
