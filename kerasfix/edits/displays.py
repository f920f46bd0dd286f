"""Takes a dictionary display apart as `calls` does a call: its items are the arguments, their keys the keywords."""

from __future__ import annotations

import ast

from kerasfix.edits.calls import ArgumentText, CallText, comments_in, parentheses, parser_config
from kerasfix.findings import Slot
from kerasfix.source.index import TextIndex


def display_text(index: TextIndex, node: ast.Dict) -> CallText:
    """The parts of a display, found by libcst on its text alone. Keys that are no plain strings are no keywords."""
    import libcst as cst

    start, end = index.span(node)
    code = index.text[start:end]
    newline = "\r\n" if "\r\n" in code else "\n"
    tree = cst.parse_expression(code, parser_config(newline))
    assert isinstance(tree, cst.Dict)
    module = cst.Module([], default_newline=newline)
    open_end = start + 1
    comments = list(comments_in(module, tree.lbrace.whitespace_after, open_end))
    position = open_end + len(module.code_for_node(tree.lbrace.whitespace_after))
    items: list[ArgumentText] = []
    for element in tree.elements:
        length = len(module.code_for_node(element.with_changes(comma=cst.MaybeSentinel.DEFAULT)))
        value_length = len(module.code_for_node(element.value))
        value_start = position + length - value_length
        lead, trail = parentheses(module, element.value)
        comma_end = position + length
        trailing = 0
        if isinstance(element.comma, cst.Comma):
            before, after = element.comma.whitespace_before, element.comma.whitespace_after
            comments.extend(comments_in(module, before, comma_end))
            comma_end += len(module.code_for_node(before)) + 1
            comments.extend(comments_in(module, after, comma_end))
            trailing = len(module.code_for_node(after))
        key = module.code_for_node(element.key) if isinstance(element, cst.DictElement) else ""
        keyword, quote = _keyword(key)
        items.append(
            ArgumentText(
                keyword, "" if key else "**", position, value_start, position + length, comma_end,
                Slot(value_start + lead, position + length - trail), quote,
            )
        )  # fmt: skip
        position = comma_end + trailing
    gap = tree.rbrace.whitespace_before
    comments.extend(comments_in(module, gap, position))
    if position + len(module.code_for_node(gap)) != end - 1:
        raise ValueError(f"the parts of a dictionary do not add up to its text: {code!r}")
    quote = next((item.quote for item in items if item.quote), "'")
    return CallText(start, start, open_end, tuple(items), end - 1, end, tuple(comments), quote)


def _keyword(key: str) -> tuple[str | None, str]:
    """The keyword that a key is, and the quotes that it stands in."""
    name, quote = key[1:-1], key[:1]
    plain = quote in ("'", '"') and key.endswith(quote) and name.isidentifier()
    return (name, quote) if plain else (None, "")
