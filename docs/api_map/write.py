"""Writes the map: a page that leads to one page for each family of the API."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from docs.api_map.classify import Item, Verdict, classify
from docs.api_map.families import FAMILIES, family_of
from docs.api_map.harness import ROOT
from kerasfix.catalogue import load_catalogue

INDEX = ROOT / "docs" / "api-map.md"
FOLDER = ROOT / "docs" / "api-map"

_HOW = {
    "unchanged": "unchanged",
    "rule": "fixed",
    "advice": "by hand",
    "missing": "**unaccounted for**",
}
_INTRO = """# From Keras 1 to Keras 3, name by name

What became of every public module, class, function, method, parameter and accepted text of Keras 1.2.2, in Keras 2 and
in Keras 3, and of those of Keras 2.3.1 in Keras 3. The left side is read from the sources; the rest was tried: each
item was used in a few lines of code, kerasfix fixed them, and what came out was held against the installed libraries
(`tf_keras` {tf_keras}, Keras {keras}): every name has to be there, every call has to fit, every layer has to be built,
and a call that leaves an argument out has to mean what it meant. `python -m docs.api_map` makes these pages.

- *unchanged*: the same name, parameter, position and default. Where it means something else, a rule says so.
- *fixed*: `kerasfix fix` writes the modern form; where the fix rests on an assumption, with `--unsafe`.
- *by hand*: a rule finds it and says what to write. Uses that end differently from the plain call follow it;
  *handed on* is a name that is not called, but kept or given to something else.
- Arguments are shown as `old` → `new`; those that are not shown kept their names.
"""


@dataclass(frozen=True, slots=True)
class _Row:
    """What is known of an item on its ways to the targets."""

    item: Item  # on the first of them
    ways: tuple[Item | None, ...]  # to tf_keras and to Keras 3


def pages() -> dict[Path, str]:
    """The text of each file of the map."""
    first = _rows("1.2.2", ("keras2", "keras3"))
    second = _rows("2.3.1", ("keras3",))
    texts = {INDEX: _index(first, second)}
    for family in FAMILIES:
        parts = [f"# {family.capitalize()}", "[The whole map](../api-map.md)"]
        for version, rows, targets in (("1.2.2", first, ("Keras 2", "Keras 3")), ("2.3.1", second, ("Keras 3",))):
            mine = [row for row in rows if _family(row.item) == family]
            if mine:
                parts += [f"## From Keras {version}", _table(version, mine, targets)]
        texts[FOLDER / f"{_slug(family)}.md"] = "\n\n".join(parts) + "\n"
    return texts


def _rows(version: str, targets: Sequence[str]) -> list[_Row]:
    by_target = [
        {(item.name, item.definition is None): item for item in classify(version, target)} for target in targets
    ]
    return [
        _Row(item, tuple(items.get(key) for items in by_target))
        for key, item in by_target[0].items()
        if not item.like and not item.not_api
    ]


def _family(item: Item) -> str:
    return family_of(item.name, module=item.definition is None)


def _slug(family: str) -> str:
    return re.sub(r"[^a-z]+", "-", family.lower()).strip("-")


def _index(first: list[_Row], second: list[_Row]) -> str:
    from importlib.metadata import version

    intro = _INTRO.format(tf_keras=version("tf_keras"), keras=version("keras"))
    lines = ["| | Keras 1.2.2 → Keras 2 | Keras 1.2.2 → Keras 3 | Keras 2.3.1 → Keras 3 |", "| --- | --- | --- | --- |"]
    for family in FAMILIES:
        cells = [
            _counts([row.ways[way] for row in rows if _family(row.item) == family])
            for rows, way in ((first, 0), (first, 1), (second, 0))
        ]
        lines.append(f"| [{family}](api-map/{_slug(family)}.md) | {' | '.join(cells)} |")
    return "\n".join([intro, *lines, "", _left_out(), ""])


def _counts(items: Iterable[Item | None]) -> str:
    found = Counter(item.status for item in items if item)
    return ", ".join(f"{found[status]} {_HOW[status]}" for status in _HOW if found[status]) or "-"


def _left_out() -> str:
    """What is not in the map, and why."""
    lines = ["## What is not in the map", ""]
    lines.append("Methods of classes in Keras that only override a method of their base class are in the map there.")
    reasons: dict[str, list[str]] = {}
    for version, target in (("1.2.2", "keras2"), ("2.3.1", "keras3")):
        for item in classify(version, target):
            if item.not_api:
                reasons.setdefault(f"Keras {version}: {item.not_api}", []).append(item.name)
    lines += ["", *(f"- {reason} ({len(names)} names)" for reason, names in reasons.items())]
    return "\n".join(lines)


def _table(version: str, rows: list[_Row], targets: Sequence[str]) -> str:
    head = [f"Keras {version}", *targets]
    lines = [f"| {' | '.join(head)} |", "|" + " --- |" * len(head)]
    for row in rows:
        lines.append(f"| {_legacy(row.item)} | {' | '.join(_cell(item) for item in row.ways)} |")
    return "\n".join(lines)


def _legacy(item: Item) -> str:
    if item.definition is None:
        return f"`{item.name}`"
    text = item.name.removeprefix("keras.")
    if item.definition.kind in ("function", "class", "method"):
        return f"`{text}` {_code('(' + item.definition.signature + ')')}"
    return f"`{text}`"


def _code(text: str) -> str:
    text = " ".join(text.split()).replace("|", "\\|")
    return f"`` {text} ``" if "`" in text else f"`{text}`"


def _cell(item: Item | None) -> str:
    """What became of an item: in sum, then what differs by parameter, then the rules."""
    if item is None:
        return "-"
    main = item.main
    parts = [_HOW[main.status if main else item.status]]
    if main is not None and main.outcome.changed and main.status == "rule" and main.outcome.after:
        parts[0] = f"{_HOW[main.status]}: {_code(_shortened(main.outcome.after))}"
    renamed = _renamed(item, main)
    if renamed:
        parts.append(", ".join(f"`{old}` → `{new}`" for old, new in renamed.items()))
    parts += _special(item, main)
    rules = sorted(
        {rule for verdict in (*item.uses, *item.paths) for rule in (*verdict.outcome.rules, *verdict.outcome.left)}
    )
    if rules:
        parts.append(", ".join(_link(rule) for rule in rules))
    return "<br>".join(parts)


def _shortened(text: str) -> str:
    """A call without its arguments, where it is one; its arguments are the example's."""
    tree = ast.parse(text).body[0]
    if isinstance(tree, ast.Expr) and isinstance(tree.value, ast.Call) and not isinstance(tree.value.func, ast.Call):
        return f"{ast.unparse(tree.value.func)}(...)"
    return text.splitlines()[0][:60]


def _renamed(item: Item, bare: Verdict | None) -> dict[str, str]:
    """The new names of parameters, as a call with each of them was fixed."""
    here = _keywords(bare.outcome.after if bare else None)
    found: dict[str, str] = {}
    for verdict in item.uses:
        if verdict.case.way in ("given", "default") and verdict.status == "rule":
            new = [name for name in _keywords(verdict.outcome.after) if name not in here]
            if len(new) == 1 and new[0] != verdict.case.subject:
                found.setdefault(verdict.case.subject, new[0])
    return found


def _keywords(text: str | None) -> list[str]:
    if not text:
        return []
    tree = ast.parse(text).body[0]
    if not isinstance(tree, ast.Expr) or not isinstance(tree.value, ast.Call):
        return []
    return [keyword.arg for keyword in tree.value.keywords if keyword.arg]


def _special(item: Item, main: Verdict | None) -> list[str]:
    """The ways to use it that end differently from the call without more than it needs."""
    status = main.status if main else "unchanged"
    found: dict[str, dict[str, None]] = {}
    for verdict in (*item.uses, *item.paths):
        worse = verdict.status in ("advice", "missing") and verdict.status != status
        if worse and verdict is not main:
            found.setdefault(verdict.status, {})[_way(verdict)] = None
    return [f"{_HOW[kind]}: {', '.join(ways)}" for kind, ways in found.items()]


def _way(verdict: Verdict) -> str:
    case = verdict.case
    if case.way == "text":
        return f"`{case.subject}={case.text!r}`"
    if case.way == "path":
        return f"`{case.subject}` handed on"
    if case.way in ("default", "given", "module"):
        return f"`{case.subject}`"
    return {"positional": "all by position", "keywords": "all by keyword", "required": "by keyword"}.get(
        case.way, case.way
    )


def _link(rule: str) -> str:
    return f"[{rule}](../rules/{rule}.md)" if rule in load_catalogue().rules else rule
