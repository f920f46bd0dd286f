"""`make_batches` of Keras 1 and 2."""


def make_batches(size, batch_size):
    """The first and the last index of each batch."""
    return [(start, min(size, start + batch_size)) for start in range(0, size, batch_size)]
