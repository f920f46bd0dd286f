from __future__ import annotations

import subprocess
import sys
from pathlib import Path

GENERATE = Path(__file__).parents[2] / "docs" / "generate.py"


def test_the_pages_of_the_rules_say_what_the_rules_say():
    done = subprocess.run([sys.executable, str(GENERATE), "--check"], capture_output=True, text=True, check=False)
    assert done.stdout == done.stderr == ""
    assert done.returncode == 0
