"""A recording as one file: what is to be said of a run as JSON, and its arrays, in an `.npz`."""

from __future__ import absolute_import, division, print_function

import io
import json

import numpy as np

FORMAT = 1
# As they are before anything is stood in for.
_OPEN, _LOAD = io.open, np.load
_META = "recording.json"


class BadRecording(Exception):
    """A file that is not a recording, or one of another format."""


def save(path, meta, arrays):
    """Write a recording.

    Args:
        path: Of the file.
        meta: A dictionary that JSON can hold.
        arrays: Arrays by their keys, as `kerasfix.probe.running` names them.
    """
    text = json.dumps(dict(meta, format=FORMAT), sort_keys=True)
    with _OPEN(path, "wb") as file:
        np.savez(file, **dict(arrays, **{_META: np.frombuffer(text.encode("utf-8"), dtype="uint8")}))


def load(path):
    """A recording as its meta data and its arrays. Raises BadRecording, IOError."""
    try:
        with _LOAD(path, allow_pickle=False) as file:
            arrays = dict((key, file[key]) for key in file.files)
        meta = json.loads(arrays.pop(_META).tobytes().decode("utf-8"))
    except (KeyError, ValueError) as error:
        raise BadRecording("%s is not a recording of kerasfix: %s" % (path, error))
    if meta.get("format") != FORMAT:
        raise BadRecording("%s has format %s; this version reads %d" % (path, meta.get("format"), FORMAT))
    return meta, arrays
