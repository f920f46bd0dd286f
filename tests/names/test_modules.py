import pytest
from programs import write

from kerasfix.names.importers import is_taken_on_disk
from kerasfix.names.modules import ModuleFinder

FILES = {
    "main.py": "",
    "utils.py": "",
    "pkg/__init__.py": "",
    "pkg/blocks.py": "",
    "pkg/utils.py": "",
    "pkg/deep/__init__.py": "",
    "pkg/deep/layers.py": "",
    "scripts/run.py": "",
    "scripts/utils.py": "",
    "space/inner.py": "",
    "src/lib/__init__.py": "",
    "src/lib/core.py": "",
}


@pytest.fixture
def project(tmp_path):
    write(tmp_path, FILES)
    return tmp_path


@pytest.mark.parametrize(
    ("importer", "dotted", "level", "found"),
    [
        ("main.py", "utils", 0, "utils.py"),
        ("main.py", "pkg", 0, "pkg/__init__.py"),
        ("main.py", "pkg.blocks", 0, "pkg/blocks.py"),
        ("main.py", "pkg.deep.layers", 0, "pkg/deep/layers.py"),
        ("main.py", "space.inner", 0, "space/inner.py"),
        ("main.py", "space", 0, None),
        ("main.py", "numpy", 0, None),
        ("main.py", "pkg.blocks.f", 0, None),
        ("scripts/run.py", "utils", 0, "scripts/utils.py"),
        ("scripts/run.py", "pkg.blocks", 0, "pkg/blocks.py"),
        ("pkg/blocks.py", "utils", 1, "pkg/utils.py"),
        ("pkg/blocks.py", "", 1, "pkg/__init__.py"),
        ("pkg/deep/layers.py", "blocks", 2, "pkg/blocks.py"),
        ("pkg/deep/layers.py", "", 2, "pkg/__init__.py"),
        ("pkg/deep/layers.py", "pkg.blocks", 0, "pkg/blocks.py"),
        ("pkg/deep/__init__.py", "layers", 1, "pkg/deep/layers.py"),
        ("src/lib/core.py", "lib.core", 0, "src/lib/core.py"),
    ],
)
def test_imports_lead_to_files(project, importer, dotted, level, found):
    path = ModuleFinder().find(str(project / importer), dotted, level)
    assert path == (str(project / found) if found else None)


@pytest.mark.parametrize(
    "code",
    [
        "from pkg.blocks import merge\n",
        "from pkg.blocks import (conv,\n    merge as m)\n",
        "if x:\n    from pkg.blocks import conv, merge  # both\n",
        "from pkg.blocks import *\ny = merge([a, b])\n",
        "import pkg.blocks as b\nb.merge([x, y])\n",
        "import os, pkg.blocks\npkg.blocks.merge([x, y])\n",
    ],
)
def test_an_import_on_disk_takes_the_name(project, code):
    (project / "taker.py").write_text(code)
    blocks = str(project / "pkg/blocks.py")
    assert is_taken_on_disk(blocks, "merge", ())
    assert not is_taken_on_disk(blocks, "Merge", ())
    assert not is_taken_on_disk(blocks, "merge", {str(project / "taker.py")})
    assert not is_taken_on_disk(str(project / "utils.py"), "merge", ())


@pytest.mark.parametrize(
    "code",
    [
        "from blocks import merge\n",
        "from pkg.blocks import conv\nmerge = 3\n",
        "from pkg.blocks import *\n",
        "from pkg.utils import merge\n",
        "import pkg.blocks\nremerge([a])\n",
        "# from pkg import merge\n",
    ],
)
def test_other_imports_on_disk_do_not(project, code):
    (project / "taker.py").write_text(code)
    assert not is_taken_on_disk(str(project / "pkg/blocks.py"), "merge", ())


def test_relative_imports_and_notebooks_count(project):
    (project / "pkg/deep/layers.py").write_text("from ..blocks import merge\n")
    assert is_taken_on_disk(str(project / "pkg/blocks.py"), "merge", ())
    (project / "notebook.ipynb").write_text('{"source": ["from utils import *\\n", "merge([a, b])\\n"]}')
    assert is_taken_on_disk(str(project / "utils.py"), "merge", ())


def test_a_package_hands_on_what_its_modules_take_from_it(project):
    (project / "pkg/deep/layers.py").write_text("from .. import merge\n")
    assert is_taken_on_disk(str(project / "pkg/__init__.py"), "merge", ())


def test_what_cannot_be_read_takes_nothing(tmp_path):
    write(tmp_path, {"a.py": "", "b.py": "from a import merge\n" + "#" * 1_000_001})
    assert not is_taken_on_disk(str(tmp_path / "a.py"), "merge", ())
    assert not is_taken_on_disk("/no-such-folder/a.py", "merge", ())
