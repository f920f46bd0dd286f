"""`keras_test` of Keras 1 and 2."""

from keras import backend as K


def keras_test(func):
    """A test that leaves none of its layers and models behind."""
    import functools

    @functools.wraps(func)
    def wrapper(*args, **kwargs):
        output = func(*args, **kwargs)
        K.clear_session()
        return output

    return wrapper
