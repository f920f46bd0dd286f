"""Findings in small texts, located as a run would locate them."""

from __future__ import annotations

import io

from kerasfix.findings import Applicability, Edit, Finding, Fix, Located, Report
from kerasfix.report import write
from kerasfix.report.locate import locate
from kerasfix.source.index import TextIndex
from kerasfix.source.read import SourceFile

MODEL = """\
from keras.layers import Dense, Input, merge

left = Input((3,))
right = Dense(3)(left)
both = merge([left, right], mode='concat')
total = merge(
    [left, right],  # as in the paper
    mode='sum',
)
"""
IMPORT = ("Input, merge", "Concatenate, Input, merge")


def located(
    text: str,
    code: str,
    *,
    rule: str = "merge-function",
    path: str = "model.py",
    message: str = "`merge(...)` is gone",
    new: str | None = None,
    title: str = "Replace with `Concatenate`",
    kind: Applicability = Applicability.SAFE,
    assumes: str | None = None,
    help_text: str | None = None,
    also: tuple[str, str] | None = None,
) -> Located:
    """The finding about `code` in `text`; with `new` it has a fix, which replaces `also` elsewhere in the text, too."""
    start = text.index(code)
    end = start + len(code)
    fix = after = None
    if new is not None:
        fix = Fix((Edit(start, end, (new,)),), kind, title, assumes)
        after = text[:start] + new + text[end:]
        after = after.replace(*also, 1) if also else after
    finding = Finding(rule, start, end, message, fix, help_text)
    return locate(SourceFile(path, text), TextIndex(text), finding, after)


def concat(**options: object) -> Located:
    """A finding with a safe fix that brings an import."""
    code = "merge([left, right], mode='concat')"
    return located(MODEL, code, new="Concatenate()([left, right])", also=IMPORT, **options)  # type: ignore[arg-type]


def total(**options: object) -> Located:
    """A finding over four lines, with an unsafe fix."""
    code = "merge(\n    [left, right],  # as in the paper\n    mode='sum',\n)"
    new = "Add()(\n    [left, right],  # as in the paper\n)"
    return located(
        MODEL,
        code,
        new=new,
        title="Replace with `Add`",
        kind=Applicability.UNSAFE,
        assumes="`left` is no list",
        **options,  # type: ignore[arg-type]
    )


def by_hand(**options: object) -> Located:
    """A finding without a fix."""
    values: dict[str, object] = {"rule": "keras-history", "message": "`left` is no layer", "help_text": "Write `x`."}
    return located(MODEL, "left = Input((3,))", **{**values, **options})  # type: ignore[arg-type]


def rendered(fmt: str, *reports: Report, color: bool = False, statistics: bool = False, fixing: bool = False) -> str:
    """What is written for reports."""
    stream = io.StringIO()
    write(reports, fmt, stream, color=color, statistics=statistics, target="keras2", fixing=fixing)
    return stream.getvalue()
