from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_the_rule_of_the_walk_through_works(tmp_path):
    for folder in ("kerasfix", "rules", "docs"):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__"))
    files = re.findall(r"^`([\w/.-]+)`:\n\n```\w+\n(.*?)^```$", (ROOT / "CONTRIBUTING.md").read_text(), re.M | re.S)
    assert [Path(name).suffix for name, _ in files] == [".toml"]
    for name, text in files:
        assert not (tmp_path / name).exists()
        (tmp_path / name).write_text(text)

    def run(*arguments: str, text: str = "") -> str:
        command = [sys.executable, *arguments]
        return subprocess.run(command, cwd=tmp_path, input=text, capture_output=True, text=True, check=True).stdout

    code = "from keras.layers import experimental\n\nlayer = experimental.SyncBatchNormalization(axis=1)\n"
    fixed = "from keras.layers import BatchNormalization\n\nlayer = BatchNormalization(axis=1, synchronized=True)\n"
    assert run("-m", "kerasfix", "fix", "-", text=code) == fixed
    assert "\nFamily: `layers`\n" in run("-m", "kerasfix", "explain", "sync-batch-normalization")
    run("docs/generate.py")
    index = (tmp_path / "docs" / "rules" / "index.md").read_text()
    assert "[sync-batch-normalization](sync-batch-normalization.md)" in index
