from __future__ import annotations

import numpy as np
import pytest

from kerasfix.probe import recording
from kerasfix.probe.plain import plain


def test_a_recording_comes_back_as_it_was(tmp_path):
    path = str(tmp_path / "a.npz")
    arrays = {"0/weights/dense_1/0": np.arange(6.0).reshape(2, 3), "0/inputs/0": np.array([[1]], dtype="int32")}
    recording.save(path, {"keras": "1.2.2", "notes": ["größer"], "loss": float("nan")}, arrays)
    meta, found = recording.load(path)
    assert (meta["keras"], meta["notes"]) == ("1.2.2", ["größer"])
    assert np.isnan(meta["loss"])
    assert found.keys() == arrays.keys()
    for key, array in arrays.items():
        np.testing.assert_array_equal(found[key], array)
        assert found[key].dtype == array.dtype


def test_what_is_no_recording_says_so(tmp_path):
    path = str(tmp_path / "other.npz")
    np.savez(path, x=np.zeros(3))
    with pytest.raises(recording.BadRecording, match=r"other\.npz is not a recording"):
        recording.load(path)


def test_pickled_objects_are_not_loaded(tmp_path):
    path = str(tmp_path / "evil.npz")
    np.savez(path, x=np.array([print], dtype=object))
    with pytest.raises(recording.BadRecording):
        recording.load(path)


def test_values_as_json_has_them():
    assert plain({"a": (1, np.float32(0.5), np.int64(3), None, True), 2: "b"}) == {
        "a": [1, 0.5, 3, None, True],
        "2": "b",
    }
    assert plain(np.arange(3)) == [0, 1, 2]
    assert plain(np.zeros((100, 2))) == {"array": [100, 2]}
    assert plain(len) == {"function": "len"}
    assert plain(object()) == {"object": "object"}
    endless: list[object] = []
    endless.append(endless)
    assert plain(endless)
