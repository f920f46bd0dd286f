"""A rule as a markdown page: what `kerasfix explain` prints, and a page of the docs."""

from __future__ import annotations

from kerasfix.catalogue.load import Case, Example, Rule


def render(rule: Rule) -> str:
    """The page of one rule: summary, docs, then each example before and after."""
    parts = [f"# {rule.name}", rule.summary, f"Family: `{rule.family}`", rule.docs]
    if rule.examples:
        parts += ["## Examples", *map(_example, rule.examples)]
    if rule.reports:
        parts += ["## Reported, without a fix", *map(_case, rule.reports)]
    if rule.noops:
        parts += ["## Left alone", *map(_case, rule.noops)]
    return "\n\n".join(parts) + "\n"


def _example(example: Example) -> str:
    parts = [f"### {example.title}", _code(example.before), *_afters(example)]
    if example.unsafe:
        parts.insert(1, "Fixed with `--unsafe` only.")
    return "\n\n".join(parts)


def _afters(example: Example) -> list[str]:
    texts = {example.after(target) for target in example.targets}
    if len(example.targets) > 1 and len(texts) == 1:
        return ["becomes", _code(texts.pop())]
    return [f"becomes, with `--target {target}`,\n\n{_code(example.after(target))}" for target in example.targets]


def _case(case: Case) -> str:
    parts = [f"### {case.title}", _code(case.code)]
    if len(case.targets) == 1:
        parts.insert(1, f"With `--target {case.targets[0]}`.")
    return "\n\n".join(parts)


def _code(text: str) -> str:
    newline = "\n"
    return f"```python\n{text.strip(newline)}\n```"
