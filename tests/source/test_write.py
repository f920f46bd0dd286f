import errno
import os
import stat
import sys

import pytest

from kerasfix.source.read import SourceFile, read_source
from kerasfix.source.write import write_source

TEXT = b"# coding: latin-1\r\nx = '\xe9'\r\n"


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "a.py"
    path.write_bytes(TEXT)
    return path


def untouched(path, data=TEXT):
    assert path.read_bytes() == data
    assert [entry.name for entry in path.parent.iterdir()] == [path.name]


def test_text_is_written_in_the_same_encoding(path):
    source = read_source(str(path))
    assert write_source(source, source.text.replace("x", "y")) is None
    untouched(path, TEXT.replace(b"x", b"y"))


def test_bom_stays(path):
    path.write_bytes(b"\xef\xbb\xbfx = 1\n")
    assert write_source(read_source(str(path)), "y = 1\n") is None
    untouched(path, b"\xef\xbb\xbfy = 1\n")


@pytest.mark.parametrize("mode", [0o600, 0o755, 0o640, 0o4755])
def test_mode_stays(path, mode):
    path.chmod(mode)
    assert write_source(read_source(str(path)), "x = 2\n") is None
    assert stat.S_IMODE(path.stat().st_mode) == mode


@pytest.mark.skipif(not hasattr(os, "chown"), reason="files have no owners here")
def test_owner_stays(path):
    try:
        os.chown(path, 1234, 5678)
    except PermissionError:
        pytest.skip("only root may give files away")
    path.chmod(0o2750)
    assert write_source(read_source(str(path)), "x = 2\n") is None
    status = path.stat()
    assert (status.st_uid, status.st_gid, stat.S_IMODE(status.st_mode)) == (1234, 5678, 0o2750)


@pytest.mark.skipif(not hasattr(os, "fchown"), reason="files have no owners here")
def test_foreign_owner_is_not_lost(path, monkeypatch):
    def refuse(*args):
        raise PermissionError(errno.EPERM, "Operation not permitted")

    fstat = os.fstat
    monkeypatch.setattr(os, "fchown", refuse)
    monkeypatch.setattr(os, "fstat", lambda number: os.stat_result((*fstat(number)[:4], 4321, *fstat(number)[5:])))
    assert "owner" in write_source(read_source(str(path)), "x = 2\n").message
    untouched(path)


def test_link_stays_a_link(tmp_path):
    (tmp_path / "real").mkdir()
    target = tmp_path / "real" / "a.py"
    target.write_bytes(TEXT)
    link = tmp_path / "link.py"
    link.symlink_to("real/a.py")
    assert write_source(read_source(str(link)), "x = 2\n") is None
    assert link.is_symlink()
    untouched(target, b"x = 2\n")


def test_long_names(tmp_path):
    path = tmp_path / ("é" * 120 + ".py")
    path.write_bytes(TEXT)
    assert write_source(read_source(str(path)), "x = 2\n") is None
    untouched(path, b"x = 2\n")


def test_characters_beyond_the_encoding(path):
    failure = write_source(read_source(str(path)), "x = '→'\n")
    assert "iso-8859-1" in failure.message
    assert "→" in failure.message
    untouched(path)


def test_encoding_that_does_not_come_back(path):
    # The shift sequences are superfluous, and no encoder writes them.
    data = b"# coding: iso2022_jp\nx = '\x1b(B\x1b(B'\n"
    path.write_bytes(data)
    source = read_source(str(path))
    assert "same bytes" in write_source(source, source.text + "y = 1\n").message
    untouched(path, data)


def test_file_that_changed_meanwhile(path):
    source = read_source(str(path))
    path.write_bytes(b"x = 5\n")
    assert "changed" in write_source(source, "x = 2\n").message
    untouched(path, b"x = 5\n")


def test_file_that_went_meanwhile(path):
    source = read_source(str(path))
    path.unlink()
    assert "no such file" in write_source(source, "x = 2\n").message
    assert not path.exists()


def test_read_only_file(path, monkeypatch):
    monkeypatch.setattr(os, "access", lambda path, mode: False)  # root may write everything
    assert "read-only" in write_source(read_source(str(path)), "x = 2\n").message
    untouched(path)


@pytest.mark.parametrize("step", ["fsync", "chmod", "replace"])
@pytest.mark.parametrize("error", [OSError(errno.ENOSPC, "No space left on device"), KeyboardInterrupt()])
def test_failure_at_any_step_leaves_the_file_as_it_was(path, monkeypatch, step, error):
    def fail(*args, **kwargs):
        raise error

    source = read_source(str(path))
    where = "os.fsync" if step == "fsync" else f"pathlib.Path.{step}"
    monkeypatch.setattr(where, fail)
    if isinstance(error, KeyboardInterrupt):
        with pytest.raises(KeyboardInterrupt):
            write_source(source, "x = 2\n")
    else:
        assert "no space left on device" in write_source(source, "x = 2\n").message
    monkeypatch.undo()
    untouched(path)


@pytest.mark.skipif(sys.platform != "linux", reason="needs RLIMIT_FSIZE as Linux has it")
def test_write_that_ends_half_way(path):
    import resource
    import signal

    source = read_source(str(path))
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, limits[1]))
    try:
        failure = write_source(source, "x = 1\n" * 1_000_000)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        signal.signal(signal.SIGXFSZ, handler)
    assert "file too large" in failure.message
    untouched(path)


def test_folder_without_permission(path, monkeypatch):
    monkeypatch.setattr(
        "pathlib.Path.open", lambda *args: (_ for _ in ()).throw(PermissionError(13, "Permission denied"))
    )
    failure = write_source(SourceFile(str(path), TEXT.decode("latin-1"), "latin-1"), "x = 2\n")
    assert "permission denied" in failure.message
    monkeypatch.undo()
    untouched(path)
