"""The weights of all layers read or written in one go.

Old Kerases ask the session for the weights of each layer by itself, and TensorFlow plans each of these requests for the
whole graph: with a hundred layers, that takes longer than the training.
"""

from __future__ import absolute_import, division, print_function

import contextlib


@contextlib.contextmanager
def reading(places):
    """Within this, `get_weights` of the layers at some `Places` gives what their weights were at its beginning."""
    dialect = places.dialect
    if not _has_session(dialect):
        yield
        return
    backend, original = dialect.backend, dialect.backend.batch_get_value
    wanted = {}
    for _, layer in places.leaves:
        for weight in getattr(layer, "weights", None) or ():
            wanted[id(weight)] = weight
    known = dict(zip(wanted, original(list(wanted.values()))))

    def batch_get_value(variables):
        if all(id(one) in known for one in variables):
            return [known[id(one)] for one in variables]
        return original(variables)

    backend.batch_get_value = batch_get_value
    try:
        yield
    finally:
        backend.batch_get_value = original


@contextlib.contextmanager
def writing(dialect):
    """Within this, `set_weights` only collects; the weights are written at its end."""
    if not _has_session(dialect):
        yield
        return
    backend, original = dialect.backend, dialect.backend.batch_set_value
    collected = []
    backend.batch_set_value = collected.extend
    try:
        yield
    finally:
        backend.batch_set_value = original
    original(collected)


def _has_session(dialect):
    backend = dialect.backend
    batches = hasattr(backend, "batch_get_value") and hasattr(backend, "batch_set_value")
    return batches and dialect.major < 3 and dialect.package == "keras" and dialect.backend_name() == "tensorflow"
