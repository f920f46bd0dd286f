"""Contents for a file that is missing, by its name: text can be made up, and pictures; arrays and models cannot."""

from __future__ import absolute_import, division, print_function

import io
import os
import re
import tarfile
import zipfile

import numpy as np

from .png import write_png
from .seeding import seeded, words
from .stories import babi_archive
from .unserved import missing_file

PICTURES = frozenset(".jpg .jpeg .png .bmp .gif .tif .tiff .ppm .pgm".split())
_TEXTS = frozenset(
    " .txt .text .log .md .html .htm .tok .tokens .en .de .fr .story .raw .lst .list .src .tgt".split(" ")
)
_NUMBERS = frozenset(".csv .tsv .data .dat".split())
_VECTORS = re.compile(r"glove|word2vec|\bvectors?\b|embedding|\.vec$|w2v")
_WORDS = re.compile(r"vocab|dict|words?\b|wordlist|stopword")
_COLUMNS = {  # of tables that many scripts read by number
    "pima": 9,
    "sonar": 61,
    "iris": 5,
    "housing": 14,
    "ionosphere": 35,
    "wine": 14,
}
_VOCABULARY = 60000  # of made-up texts: scripts keep the 20,000 most frequent words
_WORDS_IN_LIST = 40000
_SOME_COLUMNS, _SOME_ROWS = 100, 200


def make(path, place, shown=None):
    """Write made-up contents for a file.

    Args:
        path: What the file is called; its name and extension decide what is in it.
        place: Where it is written to.
        shown: How an error calls it.

    Returns:
        What was made, for a note: "text", "numbers", "an image", "word vectors", ...

    Raises:
        MissingFile: Nobody can know what is in it.
    """
    name = os.path.basename(path).lower()
    extension = os.path.splitext(name)[1]
    if name.startswith("babi") and ".tar" in name:
        babi_archive(place)
        return "stories"
    if extension in PICTURES:
        write_png(place, picture(name))
        return "image"
    if extension in (".tgz", ".zip") or ".tar" in name:
        return _archive(name, place)
    if _VECTORS.search(name) and extension in (".txt", ".vec"):
        return _write(place, _word_vectors(name), "word vectors")
    if extension in _NUMBERS:
        return _write(place, _numbers(name, extension), "numbers")
    if extension in _TEXTS or re.match(r"\.\d", extension):
        if _WORDS.search(name):
            return _write(place, _word_list(name), "list of words")
        return _write(place, text(name), "text")
    raise missing_file(shown or path)


def picture(name, rows=256, columns=256):
    """A made-up picture: uint8, (rows, columns, 3), with large areas, as pictures have."""
    generator = seeded(os.path.basename(name))
    coarse = generator.randint(0, 256, (8, 8, 3))
    tiles = np.kron(coarse, np.ones((rows // 8 + 1, columns // 8 + 1, 1)))[:rows, :columns]
    return np.clip(tiles * 0.9 + generator.randint(0, 26, (rows, columns, 3)), 0, 255).astype("uint8")


def text(name, lines=1000):
    """Made-up text in sentences of made-up words, one a line."""
    generator = seeded(name)
    vocabulary = words(_VOCABULARY)
    sentences = []
    for _ in range(lines):
        ranks = np.exp(generator.rand(generator.randint(4, 14)) * np.log(len(vocabulary))).astype(int) - 1
        sentence = " ".join(vocabulary[rank] for rank in ranks)
        sentences.append(sentence[0].upper() + sentence[1:] + ".\n")
    return "".join(sentences)


def _word_list(name):
    """One short word a line, or two where pairs are asked for."""
    letters = np.array(list("abcdefghijklmnopqrstuvwxyz"))
    picks = letters[seeded("words").randint(0, 26, (_WORDS_IN_LIST, 4))]
    found = sorted(set("".join(row) for row in picks.tolist()))
    if "bi_" in name or "bigram" in name:
        return "".join("%s %s\n" % (found[index - 1], word) for index, word in enumerate(found))
    return "".join(word + "\n" for word in found)


def _word_vectors(name):
    """Vectors as GloVe writes them: a word and its numbers, as many as the name says (`100d`)."""
    said = re.search(r"(\d+)d\b", name)
    size = int(said.group(1)) if said else 50
    values = seeded(name).randint(-999, 1000, (1000, size)) / 1000.0
    return "".join(
        "%s %s\n" % (word, " ".join("%.3f" % value for value in row)) for word, row in zip(words(1000), values)
    )


def _numbers(name, extension):
    """A table of whole numbers, for they can be read as any; the last column is 0 or 1."""
    columns = next((count for known, count in sorted(_COLUMNS.items()) if known in name), _SOME_COLUMNS)
    values = seeded(name).randint(0, 10, (_SOME_ROWS, columns))
    values[:, -1] %= 2
    between = "\t" if extension == ".tsv" else " " if name == "housing.data" else ","
    return "".join(between.join(str(value) for value in row) + "\n" for row in values)


def _archive(name, place):
    """An archive with one text in it."""
    contents = text(name).encode("ascii")
    inner = re.sub(r"(\.tar)?\.\w+$", "", name)
    if name.endswith(".zip"):
        with zipfile.ZipFile(place, "w") as archive:
            archive.writestr(inner + ".txt", contents)
        return "archive of text"
    with tarfile.open(place, "w:gz") as archive:
        member = tarfile.TarInfo(inner + "/" + inner + ".txt")
        member.size = len(contents)
        archive.addfile(member, io.BytesIO(contents))
    return "archive of text"


def _write(place, contents, what):
    with io.open(place, "wb") as file:
        file.write(contents.encode("ascii"))
    return what
