"""`nltk`, as far as text is cut into words and sentences with it."""

from __future__ import absolute_import, division, print_function

import collections
import re


def contents():
    """The names of `nltk` and `nltk.tokenize`."""
    return {
        "word_tokenize": word_tokenize,
        "wordpunct_tokenize": word_tokenize,
        "sent_tokenize": sent_tokenize,
        "FreqDist": collections.Counter,
        "download": lambda *args, **kwargs: True,
    }


def word_tokenize(text, *args, **kwargs):
    """Words, and what stands between them other than blanks."""
    return re.findall(r"\w+|[^\w\s]", text)


def sent_tokenize(text, *args, **kwargs):
    """Sentences."""
    return [sentence for sentence in re.split(r"(?<=[.!?])\s+", text.strip()) if sentence]
