"""`slice_X` of Keras 1 and `slice_arrays` of Keras 2."""


def slice_arrays(arrays, start=None, stop=None):
    """The part of an array, or of each array of a list, from `start` to `stop`, or at the indices `start`."""

    def part(array):
        if array is None or not hasattr(start, "__len__"):
            return array if array is None else array[start:stop]
        return array[start.tolist() if hasattr(start, "shape") else start]

    if arrays is None:
        return [None]
    return [part(array) for array in arrays] if isinstance(arrays, list) else part(arrays)
