"""The hooks, with the real pre-commit in a real repository; builds their environment from the package index."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import FIXED, LEGACY

import kerasfix

PROJECT = Path(kerasfix.__file__).parents[1]

pytestmark = pytest.mark.skipif(not shutil.which("git"), reason="needs git")


def git(*arguments, cwd):
    identity = ["-c", "user.name=Test", "-c", "user.email=test@example.com", "-c", "commit.gpgsign=false"]
    return subprocess.run(["git", *identity, *arguments], cwd=cwd, check=True, capture_output=True, text=True).stdout


@pytest.fixture(scope="module")
def hooks(tmp_path_factory):
    """A repository with the hooks: the project as it is now, committed."""
    if not (PROJECT / ".pre-commit-hooks.yaml").exists():
        pytest.skip("needs a checkout of the project")
    folder = tmp_path_factory.mktemp("hooks") / "kerasfix"
    ignored = shutil.ignore_patterns("__pycache__", ".*_cache", "*.egg-info")
    folder.mkdir()
    for name in ("kerasfix", "rules"):
        shutil.copytree(PROJECT / name, folder / name, ignore=ignored)
    for name in ("pyproject.toml", "README.md", "LICENSE", ".pre-commit-hooks.yaml"):
        shutil.copy(PROJECT / name, folder)
    git("init", "-q", cwd=folder)
    git("add", "-A", cwd=folder)
    git("commit", "-qm", "kerasfix", cwd=folder)
    return folder


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    """Where pre-commit keeps the environments of hooks; one for all tests, as building one takes a while."""
    return tmp_path_factory.mktemp("store")


@pytest.fixture
def repository(hooks, store, tmp_path):
    """Makes a repository with files and one of the hooks installed; runs `git commit` there."""

    def commit(hook, **texts):
        git("init", "-q", cwd=tmp_path)
        (tmp_path / ".pre-commit-config.yaml").write_text(
            f"repos:\n  - repo: {hooks}\n    rev: {git('rev-parse', 'HEAD', cwd=hooks).strip()}\n"
            f"    hooks:\n      - id: {hook}\n"
        )
        for name, text in texts.items():
            (tmp_path / f"{name}.py").write_text(text)
        environment = {**os.environ, "PRE_COMMIT_HOME": str(store)}
        git("add", "-A", cwd=tmp_path)
        pre_commit = [sys.executable, "-m", "pre_commit"]
        subprocess.run([*pre_commit, "install"], cwd=tmp_path, env=environment, check=True, capture_output=True)
        command = ["git", "-c", "user.name=Test", "-c", "user.email=test@example.com", "commit", "-m", "Try"]
        done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
        output = done.stdout + done.stderr
        if "Could not fetch URL" in output or "Failed to establish a new connection" in output:
            pytest.skip("needs a package index")
        assert "An unexpected error has occurred" not in output, output
        return done.returncode, output

    return commit


def test_check_lets_clean_code_pass(repository):
    code, output = repository("kerasfix-check", a=FIXED)
    assert (code, "Passed" in output) == (0, True), output


def test_check_stops_a_commit_of_legacy_code(repository, tmp_path):
    code, output = repository("kerasfix-check", a=LEGACY, b=FIXED)
    assert code == 1
    assert "a.py:7:10: merge-function" in output
    assert (tmp_path / "a.py").read_text() == LEGACY


def test_fix_stops_a_commit_and_fixes_it(repository, tmp_path):
    code, output = repository("kerasfix-fix", a=LEGACY, notes="merge = 1\n")
    assert code == 1
    assert "files were modified by this hook" in output
    assert (tmp_path / "a.py").read_text() == FIXED
    git("add", "-A", cwd=tmp_path)
    code, output = repository("kerasfix-fix")
    assert (code, "Passed" in output) == (0, True), output


def test_excluded_files_stay_excluded(repository, tmp_path):
    (tmp_path / "pyproject.toml").write_text('[tool.kerasfix]\nexclude = ["a.py"]\n')
    code, output = repository("kerasfix-check", a=LEGACY)
    assert (code, "Passed" in output) == (0, True), output
