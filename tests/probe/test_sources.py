from __future__ import annotations

import inspect
import linecache
import sys
import traceback

import pytest

from kerasfix.probe.sources import Sources


@pytest.fixture
def imports(monkeypatch):
    """Import paths, modules and lines as they were, afterwards."""
    monkeypatch.setattr(linecache, "updatecache", linecache.updatecache)
    monkeypatch.setattr(sys, "path", list(sys.path))
    monkeypatch.setattr(sys, "meta_path", list(sys.meta_path))
    before = set(sys.modules)
    yield
    for name in set(sys.modules) - before:
        del sys.modules[name]


def project(folder):
    (folder / "pkg").mkdir()
    (folder / "pkg" / "__init__.py").write_text("")
    (folder / "pkg" / "verify_blocks.py").write_text("value = 'on disk'\n")
    (folder / "pkg" / "verify_net.py").write_text("from .verify_blocks import value\n")
    return folder / "pkg" / "verify_net.py"


def test_imports_find_the_texts_that_are_given_and_else_the_files(tmp_path, imports):
    path = project(tmp_path)
    given = {str(tmp_path / "pkg" / "verify_blocks.py"): "value = 'given'\n"}
    sources = Sources(str(path), given)
    sources.install()
    assert sources.module_name() == "pkg.verify_net"
    module = __import__("pkg.verify_net", fromlist=["value"])
    assert module.value == "given"
    assert (tmp_path / "pkg" / "verify_blocks.py").read_text() == "value = 'on disk'\n"


def test_without_texts_the_files_are_imported(tmp_path, imports):
    path = project(tmp_path)
    Sources(str(path), {}).install()
    assert __import__("pkg.verify_net", fromlist=["value"]).value == "on disk"


def test_which_frames_are_the_users(tmp_path):
    path = project(tmp_path)
    sources = Sources(str(path), {})
    assert sources.is_users(str(path))
    assert sources.is_users(str(tmp_path / "other.py"))
    assert not sources.is_users(str(tmp_path / "lib" / "python3.11" / "site-packages" / "keras" / "layers.py"))
    assert not sources.is_users("/elsewhere/keras.py")


def test_tracebacks_show_the_lines_of_a_text_that_is_on_no_disk(tmp_path):
    path = str(tmp_path / "gone.py")
    sources = Sources(path, {path: "x = 1\nnothing = x / 0\n"})
    with pytest.raises(ZeroDivisionError) as raised:
        exec(sources.compiled(path), {})
    assert "nothing = x / 0" in "".join(traceback.format_exception(raised.value))
    assert sources.line(path, 2) == "nothing = x / 0"
    assert sources.line(path, 9) == ""


def test_functions_keep_the_lines_that_they_were_compiled_from(tmp_path, imports):
    """AutoGraph has the lines of a file read again, and compiles functions from them."""
    path = project(tmp_path)
    blocks = str(tmp_path / "pkg" / "verify_blocks.py")
    Sources(str(path), {blocks: "def value():\n    return 'given'\n"}).install()
    value = __import__("pkg.verify_net", fromlist=["value"]).value
    linecache.checkcache()
    linecache.updatecache(blocks)
    assert inspect.getsource(value) == "def value():\n    return 'given'\n"
    assert linecache.updatecache(str(path)) == ["from .verify_blocks import value\n"]


def test_a_folder_that_no_name_can_import_is_no_package(tmp_path):
    folder = tmp_path / "its-models"
    (folder / "nets").mkdir(parents=True)
    for place in (folder, folder / "nets"):
        (place / "__init__.py").write_text("")
    sources = Sources(str(folder / "nets" / "small.py"), {})
    assert (sources.top(), sources.module_name()) == (str(folder), "nets.small")


def test_a_name_with_dots_is_one_module(tmp_path):
    assert Sources(str(tmp_path / "2.1 networks.ipynb"), {}).module_name() == "2_1 networks"


def test_what_a_notebook_imports_from_the_future_holds_for_all_its_cells(tmp_path):
    path = str(tmp_path / "nets.ipynb")
    text = "x: unknown = 1\nfrom __future__ import division, annotations\nfrom __future__ import print_function\n"
    namespace: dict[str, object] = {}
    exec(Sources(path, {path: text}).compiled(path), namespace)
    assert namespace["x"] == 1
