"""Numbers that depend on nothing but a name, so that both versions of a script see the same data."""

from __future__ import absolute_import, division, print_function

import zlib

import numpy as np


def seeded(name):
    """A generator of random numbers for a name; its stream is the same in every version of numpy."""
    return np.random.RandomState(zlib.crc32(name.encode("utf8")) & 0xFFFFFFFF)


def words(count, name="words"):
    """Made-up words, all different.

    Args:
        count: How many.
        name: What they are for: other words for another name.
    """
    key = count, name
    if key not in _words:
        _words[key] = _make_words(count, name)
    return _words[key]


_words = {}


def _make_words(count, name):
    generator = seeded(name)
    consonants, vowels = "bcdfghklmnprstvw", "aeiou"
    found, seen = [], set()
    while len(found) < count:
        syllables = 1 + int(len(found) > 60) + int(len(found) > 2000)
        picks = generator.randint(0, 16, (count, syllables)), generator.randint(0, 5, (count, syllables))
        ends = generator.randint(0, 16, count)
        for first, second, end in zip(picks[0].tolist(), picks[1].tolist(), ends.tolist()):
            syllables_here = "".join(consonants[a] + vowels[b] for a, b in zip(first, second))
            word = syllables_here + consonants[end]
            if word not in seen:
                seen.add(word)
                found.append(word)
    return found[:count]
