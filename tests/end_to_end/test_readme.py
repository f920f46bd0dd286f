from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_the_opening_shows_what_the_tool_does():
    before, after = re.findall(r"^```python\n(.*?)^```$", (ROOT / "README.md").read_text(), re.M | re.S)[:2]
    fixture = ROOT / "fixtures" / "quick-start"
    assert before == (fixture / "before.py").read_text()
    assert after == (fixture / "after.py").read_text()


def test_the_links_lead_somewhere():
    for page in (ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "docs" / "rules" / "index.md"):
        for target in re.findall(r"\]\(([^)#:]+)\)", page.read_text()):
            assert (page.parent / target).exists(), f"{page.name}: {target}"
