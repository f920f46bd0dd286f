import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import kerasfix
from kerasfix.project.discover import discover
from kerasfix.project.ignore import Patterns


@pytest.fixture
def tree(tmp_path, monkeypatch):
    """Makes files (or links, given their targets) in the current folder, which is a git repository."""

    def make(*paths, **texts):
        for path in paths:
            full = tmp_path / path
            full.parent.mkdir(parents=True, exist_ok=True)
            full.touch()
        for path, text in texts.items():
            (tmp_path / path).write_text(text, encoding="utf-8")
        return tmp_path

    (tmp_path / ".git").mkdir()
    monkeypatch.chdir(tmp_path)
    return make


def files(*paths, **options):
    found = discover(paths or (".",), **options)
    assert not found.failures
    return [os.path.normpath(path) for path in found.files]


def ignore(folder, *lines):
    folder.mkdir(parents=True, exist_ok=True)
    (folder / ".gitignore").write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")


def test_python_files_in_order(tree):
    tree("b.py", "a/z.py", "a/b.pyc", "a/c.txt", "c/d/e.py", "a.py", "py")
    assert files() == ["a.py", "a/z.py", "b.py", "c/d/e.py"]


def test_paths_are_shown_as_they_were_given(tree):
    root = tree("a/b.py")
    assert discover(["a"]).files == ["a/b.py"]
    assert discover(["./a"]).files == ["./a/b.py"]
    assert discover([str(root / "a")]).files == [str(root / "a" / "b.py")]


def test_usual_folders_are_skipped(tree):
    tree("a.py", ".git/x.py", "venv/x.py", "node_modules/m/x.py", "a/__pycache__/x.py", "build/lib/x.py", ".tox/x.py")
    tree("env/pyvenv.cfg", "env/lib/x.py")
    assert files() == ["a.py"]


def test_skipped_folder_that_is_named(tree):
    tree("build/x.py")
    assert files("build") == ["build/x.py"]


def test_folder_named_like_a_file(tree):
    tree("x.py/y.py")
    assert files() == ["x.py/y.py"]
    assert files("x.py") == ["x.py/y.py"]


def test_files_that_are_named_are_taken(tree):
    root = tree("notes.txt", "build/x.py", "a.py")
    ignore(root, "a.py")
    exclude = [Patterns(str(root), ["*.txt"])]
    assert files("notes.txt", "build/x.py", "a.py", exclude=exclude) == ["a.py", "build/x.py", "notes.txt"]


def test_force_exclude_holds_for_named_files(tree):
    root = tree("a.py", "b.py", "build/x.py", "data/y.py")
    exclude = [Patterns(str(root), ["a.py", "data/"])]
    assert files("a.py", "b.py", "build/x.py", "data/y.py", exclude=exclude, force_exclude=True) == ["b.py"]


def test_exclude_patterns(tree):
    root = tree("a.py", "a_old.py", "pkg/a_old.py", "pkg/data/x.py", "pkg/data/keep.py", "data/y.py", "top/a.py")
    exclude = [Patterns(str(root), ["*_old.py", "/data", "pkg/data/*", "!keep.py"])]
    assert files(exclude=exclude) == ["a.py", "pkg/data/keep.py", "top/a.py"]


def test_patterns_count_from_their_own_folder(tree):
    root = tree("a/x.py", "b/x.py")
    assert files(exclude=[Patterns(str(root / "a"), ["/x.py"])]) == ["b/x.py"]


def test_gitignore(tree):
    root = tree("a.py", "gen/x.py", "gen.py", "pkg/gen/y.py", "pkg/skip.py", "pkg/sub/skip.py", "pkg/sub/keep.py")
    ignore(root, "gen/", "# a comment", "", "skip.py")
    ignore(root / "pkg" / "sub", "!skip.py", "keep.py")
    assert files() == ["a.py", "gen.py", "pkg/sub/skip.py"]


def test_gitignore_above_the_folder(tree):
    root = tree("pkg/a.py", "pkg/skip.py", "pkg/sub/skip.py")
    ignore(root, "skip.py", "/pkg/a.py")
    assert files("pkg") == []


def test_gitignore_above_the_repository_does_not_hold(tree):
    root = tree("repo/a.py")
    (root / "repo" / ".git").mkdir()
    ignore(root, "a.py")
    assert files("repo") == ["repo/a.py"]


def test_ignored_folder_that_is_named(tree):
    root = tree("out/a.py")
    ignore(root, "out/")
    assert files() == []
    assert files("out") == ["out/a.py"]


def test_line_of_gitignore_that_git_cannot_read(tree):
    root = tree("a.py", "b.py")
    ignore(root, "!", "[z-a]", "b.py")
    assert files() == ["a.py"]


def test_gitignore_that_is_a_folder(tree):
    tree("a.py", ".gitignore/x")
    assert files() == ["a.py"]


def test_pattern_that_is_not_valid():
    with pytest.raises(ValueError):
        Patterns("/", ["[z-a]"])


@pytest.mark.skipif(not shutil.which("git"), reason="needs git")
def test_gitignore_as_git_has_it(tree):
    root = tree("a.py", "b/a.py", "b/c/a.py", "b/c/d.py", "x y.py", "#a.py", "b/!d.py", "deep/er/e.py", "foo.py/z.py")
    shutil.rmtree(root / ".git")
    subprocess.run(["git", "init", "-q"], check=True)
    ignore(root, "/a.py", "b/**/d.py", "x\\ y.py", "\\#a.py", "er/", "!er/e.py", "foo.py/")
    ignore(root / "b", "\\!d.py", "c/a.py")
    command = ["git", "ls-files", "-co", "--exclude-standard", "-z", "*.py"]
    listed = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    assert files() == sorted(filter(None, listed.split("\0")))


def test_a_file_comes_once(tree):
    root = tree("a/b.py", "z.py")
    (root / "a" / "a_link.py").symlink_to("../z.py")
    (root / "linked").symlink_to("a")
    assert sorted(files("a/b.py", "./a/b.py", "a", ".", str(root / "a"))) == ["a/b.py", "z.py"]
    assert len(discover(["linked", "a"]).files) == 2


def test_link_to_a_file_elsewhere(tree):
    root = tree("a/x.py", "b/y.py")
    (root / "a" / "link.py").symlink_to("../b/y.py")
    assert files("a") == ["a/link.py", "a/x.py"]


def test_loops_of_folders_end(tree):
    root = tree("a/x.py")
    (root / "a" / "loop").symlink_to("..")
    (root / "a" / "folder.py").symlink_to(".")
    assert files() == ["a/x.py"]


def test_links_that_lead_nowhere_are_files_to_fail_later(tree):
    root = tree("a.py")
    (root / "loop.py").symlink_to("loop.py")
    (root / "dangling.py").symlink_to("nowhere")
    (root / ".#a.py").symlink_to("someone@host.123")  # Emacs' lock of a.py
    assert files() == ["a.py", "dangling.py", "loop.py"]


def test_missing_path(tree):
    tree("a.py")
    found = discover(["a.py", "b.py", "nowhere/"])
    assert found.files == ["a.py"]
    assert {path: failure.message for path, failure in found.failures.items()} == {
        "b.py": "no such file or directory",
        "nowhere/": "no such file or directory",
    }


def test_folder_that_cannot_be_read(tree, monkeypatch):
    tree("a/x.py", "b/y.py")
    scandir = os.scandir

    def refuse(path):
        if path.endswith("a"):
            raise PermissionError(13, "Permission denied")
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refuse)
    found = discover(["."])
    assert found.files == ["./b/y.py"]
    assert found.failures["./a"].message == "cannot be read: permission denied"


def test_folders_nested_deeper_than_calls(tree):
    root = tree()
    descriptor = os.open(root, os.O_RDONLY)
    for _ in range(1200):  # beyond the recursion limit, and still within PATH_MAX
        os.mkdir("d", dir_fd=descriptor)
        below = os.open("d", os.O_RDONLY, dir_fd=descriptor)
        os.close(descriptor)
        descriptor = below
    os.close(os.open("x.py", os.O_CREAT, dir_fd=descriptor))
    os.close(descriptor)
    try:
        assert len(files()) == 1
    finally:
        subprocess.run(["rm", "-rf", root / "d"], check=True)  # deeper than pytest can clean up


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no such names")
def test_names_in_no_encoding(tree):
    root = tree()
    (root / os.fsdecode(b"\xff.py")).touch()
    assert files() == ["\udcff.py"]


def test_pathspec_is_loaded_for_patterns_only(tree):
    root = tree("a.py")
    code = (
        "import sys; from kerasfix.project.discover import discover; discover(['.']); print('pathspec' in sys.modules)"
    )
    environment = {**os.environ, "PYTHONPATH": str(Path(kerasfix.__file__).parents[1])}

    def loaded():
        command = [sys.executable, "-c", code]
        return subprocess.run(command, capture_output=True, text=True, check=True, env=environment).stdout.strip()

    assert loaded() == "False"
    ignore(root, "# nothing")
    assert loaded() == "False"
    ignore(root, "b.py")
    assert loaded() == "True"
