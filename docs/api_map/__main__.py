"""The command: see the package."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator

from docs.api_map.classify import JOURNEYS, Verdict, classify
from docs.api_map.families import FAMILIES, family_of
from docs.api_map.write import FOLDER, INDEX, pages

_SHORT = {("1.2.2", "keras2"): "1>2", ("1.2.2", "keras3"): "1>3", ("2.3.1", "keras3"): "2>3"}


def missing_lines() -> Iterator[str]:
    """What is unaccounted for, by family: the ways to use it, the journeys, and what happens."""
    found: dict[str, dict[tuple[str, str, str], list[str]]] = {family: {} for family in FAMILIES}
    for journey in JOURNEYS:
        for item in classify(*journey):
            for verdict in item.missing:
                name, label = _place(item.name, verdict)
                family = family_of(name, module=verdict.case.way in ("path", "module"))
                key = (name, label, _short(verdict.reason))
                found[family].setdefault(key, []).append(_SHORT[journey])
    for family, places in found.items():
        yield f"## {family}: {len({name for name, _, _ in places})} names, {len(places)} uses"
        lines: dict[tuple[str, str, str], list[str]] = {}
        for (name, label, reason), journeys in places.items():
            lines.setdefault((" ".join(dict.fromkeys(journeys)), name, reason), []).append(label)
        whole = {(name, reason) for (_, name, reason), labels in lines.items() if "bare" in labels}
        for (ways, name, reason), labels in lines.items():
            if "bare" in labels:
                yield f"{name}  [{ways}] all uses: {reason}"
            elif (name, reason) not in whole:
                yield f"{name}  [{ways}] {', '.join(labels)}: {reason}"


def _place(name: str, verdict: Verdict) -> tuple[str, str]:
    if verdict.case.way != "path":
        return name, verdict.label
    module, _, leaf = verdict.case.subject.rpartition(".")
    return module, f"import {leaf}"


def _short(reason: str) -> str:
    reason = re.sub(r"cannot import name '\w+' from '([\w.]+)'.*", r"not in \1", reason)
    reason = re.sub(r"module '([\w.]+)' has no attribute.*", r"not in \1", reason)
    return re.sub(r"(No module named).*", r"\1 that", reason)[:200]


def main(arguments: list[str]) -> int:
    """Print or write what the arguments ask for; the exit code."""
    if "--missing" in arguments:
        for line in missing_lines():
            print(line)
        return 0
    texts = pages()
    there = {path: path.read_text(encoding="utf-8") for path in [INDEX, *FOLDER.glob("*.md")] if path.exists()}
    if "--check" in arguments:
        stale = sorted(path for path in texts.keys() | there.keys() if texts.get(path) != there.get(path))
        for path in stale:
            print(f"{path} is not what the sources and the rules say; run: python -m docs.api_map")
        return bool(stale)
    FOLDER.mkdir(exist_ok=True)
    for path in there.keys() - texts.keys():
        path.unlink()
    for path, text in texts.items():
        path.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
