"""`tqdm` without a bar."""

from __future__ import absolute_import, division, print_function


class Progress(object):
    """What `tqdm` makes of an iterable."""

    def __init__(self, iterable=(), *args, **kwargs):
        self._iterable = iterable
        self.n = 0

    def __iter__(self):
        return iter(self._iterable)

    def __len__(self):
        return len(self._iterable)

    def __enter__(self):
        return self

    def __exit__(self, *error):
        return None

    def update(self, n=1):
        """Count on."""
        self.n += n

    def _nothing(self, *args, **kwargs):
        return None

    close = set_description = set_postfix = refresh = set_description_str = set_postfix_str = _nothing

    @staticmethod
    def write(text, *args, **kwargs):
        """Print."""
        print(text)


def counted(*args, **kwargs):
    """`tqdm.trange`."""
    return Progress(range(*args))
