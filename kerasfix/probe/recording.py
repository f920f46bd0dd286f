"""A recording as one file: what is to be said of a run as JSON, and its arrays, in an `.npz`."""

from __future__ import absolute_import, division, print_function

import io
import json
import zipfile

import numpy as np

from .inside import texts

FORMAT = 1
META = "recording.json"  # the key of what is to be said of the run
# As they are before anything is stood in for.
_OPEN, _LOAD = io.open, np.load


class BadRecording(Exception):
    """A file that is not a recording, or one of another format."""


def save(path, meta, arrays):
    """Write a recording.

    Args:
        path: Of the file.
        meta: A dictionary that JSON can hold.
        arrays: Arrays by their keys, as `kerasfix.probe.running` names them.
    """
    text = json.dumps(texts(dict(meta, format=FORMAT)), sort_keys=True)
    told = np.frombuffer(text.encode("utf-8"), dtype="uint8")
    # By hand: the `savez` of some versions goes through files of its own, which the user's code may have had replaced.
    with _OPEN(path, "wb") as file, zipfile.ZipFile(file, "w", zipfile.ZIP_STORED, True) as archive:
        for key, array in [(META, told)] + sorted(arrays.items()):
            archive.writestr(key + ".npy", _as_bytes(np.asarray(array)))


def _as_bytes(array):
    if array.dtype.hasobject:  # would be pickled
        raise ValueError("an array of objects cannot be recorded")
    buffer = io.BytesIO()
    np.lib.format.write_array(buffer, array)
    return buffer.getvalue()


def load(path):
    """A recording as its meta data and its arrays. Raises BadRecording, IOError."""
    try:
        with _LOAD(path, allow_pickle=False) as file:
            arrays = dict((key, file[key]) for key in file.files)
        meta = json.loads(arrays.pop(META).tobytes().decode("utf-8"))
    except (KeyError, ValueError, EOFError, zipfile.BadZipfile) as error:
        raise BadRecording("%s is not a recording of kerasfix: %s" % (path, error))
    if meta.get("format") != FORMAT:
        raise BadRecording("%s has format %s; this version reads %d" % (path, meta.get("format"), FORMAT))
    return meta, arrays
