import codecs
import os
import socket

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kerasfix.findings import Failure
from kerasfix.source.read import SourceFile, decode, read_source


def ok(data):
    source = decode("x.py", data)
    assert isinstance(source, SourceFile), source
    return source


def bad(data):
    failure = decode("x.py", data)
    assert isinstance(failure, Failure), failure
    return failure


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\n",
        b"x = 1",
        b"x = 1\r\ny = 2\r\n",
        b"x = 1\ry = 2\r",
        b"x = 1\r\ny = 2\nz = 3\rw = 4",
        b"x = 1\n\x0c\ny = 2\n",
        b"if x:\n\ty = 1\n        z = 2\n\t",
        b"x = 1\n\x1a",
        "ä = 'é\u2028'\n".encode(),
        codecs.BOM_UTF8 + "ä = 1\n".encode(),
        codecs.BOM_UTF8 + b"# coding: utf-8\r\nx = 1\r\n",
        codecs.BOM_UTF8,
        codecs.BOM_UTF8 + codecs.BOM_UTF8 + b"x = 1\n",
    ],
)
def test_every_byte_comes_back(data):
    source = ok(data)
    assert source.encoding == "utf-8"
    assert source.bom == data.startswith(codecs.BOM_UTF8)
    assert not source.bom or source.text == data[3:].decode()
    assert source.encode(source.text) == data


@pytest.mark.parametrize(
    ("head", "codec"),
    [
        ("# -*- coding: latin-1 -*-\n", "iso-8859-1"),
        ("#!/usr/bin/python\n# vim: set fileencoding=cp1252 :\n", "cp1252"),
        ("\n# coding=iso-8859-15\n", "iso-8859-15"),
        ("\x0c# coding: latin-1\n", "iso-8859-1"),
        ("#!/usr/bin/python\r# coding: latin-1\r", "iso-8859-1"),
        ("# a\r\n# coding: latin-1\r\n", "iso-8859-1"),
        ("# coding: euc-kr\n", "euc-kr"),
    ],
)
def test_declared_encodings_hold(head, codec):
    letter = "가" if codec == "euc-kr" else "é"
    data = f"{head}name = '{letter}'\n".encode(codec)
    source = ok(data)
    assert source.encoding == codec
    assert letter in source.text
    assert source.encode(source.text) == data


@pytest.mark.parametrize(
    "text",
    [
        "\n\n# coding: latin-1\nx = 'é'\n",  # on the third line
        "x = 1\n# coding: latin-1\ny = 'é'\n",  # after code
        "x = 'coding: latin-1 é'\n",  # not in a comment
        "# hello\rx = 'é'\ry = 'coding: latin-1'\r",  # one line for who counts line feeds alone
    ],
)
def test_other_places_declare_nothing(text):
    source = ok(text.encode())
    assert (source.encoding, source.text) == ("utf-8", text)


def test_bytes_that_are_not_utf8_are_placed():
    failure = bad("x = 1\r\ny = 2\rs = 'é'\n".encode("latin-1"))
    assert (failure.line, failure.column) == (3, 6)
    assert "0xe9" in failure.message
    assert "declare its encoding" in failure.message


def test_bytes_that_are_not_utf8_in_the_first_line():
    failure = bad("# é coding\n".encode("latin-1"))
    assert (failure.line, failure.column) == (1, 3)


def test_truncated_utf8_at_the_end():
    failure = bad(b"x = '\xe2\x82")
    assert (failure.line, failure.column) == (1, 6)


def test_bytes_that_the_declared_encoding_does_not_have():
    failure = bad(b"# coding: ascii\nx = '\xe9'\n")
    assert failure.line == 2
    assert "ascii" in failure.message


def test_unknown_codec():
    failure = bad(b"#!/usr/bin/python\n# coding: klingon\n")
    assert failure.line == 2
    assert "klingon" in failure.message


@pytest.mark.parametrize("name", ["hex", "rot13", "zip", "undefined"])
def test_codecs_that_do_not_make_text(name):
    assert name in bad(f"# coding: {name}\nx = 1\n".encode()).message


def test_bom_against_declaration():
    assert "BOM" in bad(codecs.BOM_UTF8 + b"# coding: latin-1\n").message


def test_nul_bytes_are_no_source():
    assert "NUL byte at offset 5" in bad(b"x = 1\0\n").message
    assert "NUL" in bad(b"\x7fELF\x02\x01\x01\0\0").message


@pytest.mark.parametrize("codec", ["utf-16", "utf-16-be", "utf-32"])
def test_wide_encodings_are_named(codec):
    data = "x = 1\n".encode(codec)
    if codec.endswith("be"):
        data = codecs.BOM_UTF16_BE + data
    assert codec[:6].upper() in bad(data).message


def test_a_file_without_line_ends_is_read_in_linear_time():
    data = b"# coding " + b"x" * 20_000_000
    assert ok(data).encode(ok(data).text) == data


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(data):
    source = decode("x.py", data)
    if isinstance(source, SourceFile):
        assert source.encode(source.text) == data


@given(
    st.text(st.characters(blacklist_categories=["Cs"], blacklist_characters="\0")),
    st.sampled_from(["utf-8", "latin-1", "cp1252", "gbk", "shift_jis", "koi8-r"]),
    st.booleans(),
    st.sampled_from(["\n", "\r\n", "\r"]),
)
def test_any_text_comes_back(text, codec, bom, newline):
    whole = f"# coding: {codec}{newline}{text}"
    try:
        data = whole.encode(codec)
    except UnicodeEncodeError:
        return
    bom = bom and codec == "utf-8"
    source = ok(codecs.BOM_UTF8 + data if bom else data)
    assert source.bom == bom
    assert source.encode(source.text) == (codecs.BOM_UTF8 + data if bom else data)
    assert source.text == data.decode(codec)


def test_file_is_read(tmp_path):
    path = tmp_path / "a.py"
    path.write_bytes(b"x = 1\r\n")
    assert read_source(str(path)) == SourceFile(str(path), "x = 1\r\n", "utf-8", False)


def test_missing_file(tmp_path):
    assert "no such file" in read_source(str(tmp_path / "a.py")).message


def test_directory(tmp_path):
    (tmp_path / "x.py").mkdir()
    assert "directory" in read_source(str(tmp_path / "x.py")).message


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no FIFOs here")
def test_fifo_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "x.py")
    assert "FIFO" in read_source(str(tmp_path / "x.py")).message


@pytest.mark.skipif(not os.path.exists("/dev/zero"), reason="no such device here")
def test_endless_device():
    assert "device" in read_source("/dev/zero").message


@pytest.mark.skipif(not hasattr(socket, "AF_UNIX"), reason="no such sockets here")
def test_socket(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("x.py")
        assert "socket" in read_source("x.py").message


def test_loop_of_links(tmp_path):
    (tmp_path / "a.py").symlink_to("b.py")
    (tmp_path / "b.py").symlink_to("a.py")
    assert "loop" in read_source(str(tmp_path / "a.py")).message


def test_unreadable_file(tmp_path, monkeypatch):
    def refuse(*args, **kwargs):
        raise PermissionError(13, "Permission denied")

    (tmp_path / "a.py").touch()
    monkeypatch.setattr("builtins.open", refuse)
    assert "permission denied" in read_source(str(tmp_path / "a.py")).message


def test_file_beyond_memory(tmp_path, monkeypatch):
    def refuse(*args, **kwargs):
        raise MemoryError

    (tmp_path / "a.py").touch()
    monkeypatch.setattr("builtins.open", refuse)
    assert "memory" in read_source(str(tmp_path / "a.py")).message
