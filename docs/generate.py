"""Writes the pages of the rules, docs/rules/*.md, and their index.

python docs/generate.py           write them
python docs/generate.py --check   exit 1 if any of them is not what the rules say now
"""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "docs" / "rules"

sys.path.insert(0, str(ROOT))
from kerasfix.catalogue import Catalogue, load_catalogue  # noqa: E402  (of this checkout, wherever it is run from)


def pages(catalogue: Catalogue) -> dict[str, str]:
    """The text of each file in docs/rules/, by its name."""
    texts = {f"{name}.md": catalogue.page(name) for name in catalogue.rules}
    return {"index.md": index(catalogue), **texts}


def index(catalogue: Catalogue) -> str:
    """The list of all rules, by family."""
    parts = [
        "# Rules",
        "`--select` and `--ignore` take the names of rules and of families. `kerasfix explain RULE` prints a page.",
    ]
    for family, names in catalogue.families.items():
        rows = [
            f"| [{name}]({name}.md) | {catalogue.rules[name].summary} | {_fix(catalogue, name)} |" for name in names
        ]
        parts += [f"## {family}", "\n".join(["| rule | finds that | fix |", "| --- | --- | --- |", *rows])]
    return "\n\n".join(parts) + "\n"


def _fix(catalogue: Catalogue, name: str) -> str:
    rule = catalogue.rules[name]
    kinds = {"unsafe" if example.unsafe else "safe" for example in rule.examples}
    return ", ".join(sorted(kinds) + (["advice"] if rule.reports else [])) or "advice"


def main(check: bool) -> int:
    """Write the pages, or only look whether they are right; the exit code."""
    texts = pages(load_catalogue())
    there = {path.name: path.read_text(encoding="utf-8") for path in FOLDER.glob("*.md")}
    if check:
        stale = sorted(name for name in texts.keys() | there.keys() if texts.get(name) != there.get(name))
        for name in stale:
            print(f"{FOLDER / name} is not what the rules say; run: python docs/generate.py")
        return bool(stale)
    FOLDER.mkdir(exist_ok=True)
    for name in there.keys() - texts.keys():
        (FOLDER / name).unlink()
    for name, text in texts.items():
        (FOLDER / name).write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main("--check" in sys.argv[1:]))
