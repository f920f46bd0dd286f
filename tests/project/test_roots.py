from kerasfix.project.roots import import_roots


def touch(*paths):
    for path in paths:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()


def test_folder_above_the_outermost_package(tmp_path):
    touch(tmp_path / "pkg" / "__init__.py", tmp_path / "pkg" / "sub" / "__init__.py", tmp_path / "pkg" / "sub" / "a.py")
    assert import_roots([str(tmp_path / "pkg" / "sub" / "a.py")], None) == (str(tmp_path),)
    assert import_roots([str(tmp_path / "pkg" / "sub")], None) == (str(tmp_path),)


def test_script_and_src_layout(tmp_path):
    touch(tmp_path / "run.py", tmp_path / "src" / "pkg" / "__init__.py")
    expected = (str(tmp_path), str(tmp_path / "src"))
    assert import_roots([str(tmp_path)], None) == expected
    assert import_roots([str(tmp_path / "run.py")], tmp_path) == expected


def test_folder_of_the_project_comes_last(tmp_path):
    touch(tmp_path / "examples" / "a.py")
    found = import_roots([str(tmp_path / "examples")], tmp_path)
    assert found == (str(tmp_path / "examples"), str(tmp_path))


def test_relative_paths(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert import_roots(["."], None) == (str(tmp_path),)
