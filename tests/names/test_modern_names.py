"""The table of today's names is what the installed libraries have."""

from modern_libraries import FILE, read, written

from kerasfix.names import modern


def test_the_table_is_what_the_libraries_have():
    assert FILE.read_text(encoding="utf-8").endswith(written(read())), "run python tests/names/modern_libraries.py"


def test_each_library_has_its_own_names():
    assert modern.has_name("keras.layers", "LocallyConnected1D", "keras2")
    assert not modern.has_name("keras.layers", "LocallyConnected1D", "keras3")
    assert modern.has_name("keras.preprocessing.text", "Tokenizer", "keras3", "tensorflow.keras")
    assert not modern.has_module("keras.preprocessing.text", "keras3")
    assert modern.has_module("keras.datasets", "keras3")
    assert "Dense" in modern.names_of("keras.layers", "keras3")
    assert modern.names_of("keras.layers.core", "keras2") == frozenset()
