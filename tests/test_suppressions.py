from __future__ import annotations

from textwrap import dedent

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kerasfix.catalogue import Catalogue, load_catalogue
from kerasfix.findings import Applicability, Finding
from kerasfix.source.index import TextIndex
from kerasfix.suppressions import RULE, apply

ALL = frozenset(load_catalogue().rules) | {RULE}


def apply_to(
    text: str, findings: list[Finding], rules: frozenset[str] = ALL, catalogue: Catalogue | None = None
) -> list[Finding]:
    return apply(text, TextIndex(text), findings, rules, catalogue)


def found(text: str, rule: str = "merge-function", code: str = "merge(") -> list[Finding]:
    """A finding for each call of `code`, up to the parenthesis that closes it."""
    findings = []
    start = text.find(code)
    while start >= 0:
        end, depth = start + len(code), 1
        while depth:
            depth += {"(": 1, ")": -1}.get(text[end], 0)
            end += 1
        findings.append(Finding(rule, start, end, "gone"))
        start = text.find(code, start + 1)
    return findings


def left(text: str, rules: frozenset[str] = ALL - {RULE}, rule: str = "merge-function") -> list[int]:
    """The lines of the calls of `merge` that are still reported."""
    index = TextIndex(text)
    return [index.position(finding.start)[0] for finding in apply_to(text, found(text, rule), rules)]


def unused(text: str, rules: frozenset[str] = ALL) -> list[Finding]:
    return [finding for finding in apply_to(text, found(text), rules) if finding.rule == RULE]


def messages(text: str, rules: frozenset[str] = ALL) -> list[str]:
    return [finding.message for finding in unused(text, rules)]


def fixed(text: str) -> str:
    """The text after all fixes of useless markers."""
    edits = [edit for finding in unused(text) if finding.fix for edit in finding.fix.edits]
    for edit in sorted(edits, key=lambda edit: edit.start, reverse=True):
        assert all(isinstance(piece, str) for piece in edit.new)
        text = text[: edit.start] + "".join(map(str, edit.new)) + text[edit.end :]
    return text


@pytest.mark.parametrize(
    "text",
    [
        "x = merge(a)\n",
        "x = merge(a)  # ignore\n",
        "x = merge(a)  # type: ignore\n",
        "x = merge(a)  # kerasfix\n",
        "x = merge(a)  # kerasfix: ignored\n",
        "x = merge(a)  # kerasfix: ignore-line\n",
        "x = merge(a)  # kerasfix: ignore_file\n",
        "x = merge(a)  # kerasfix: disable\n",
        "x = merge(a)  # kerasfix ignore\n",
        "x = merge(a)  # pykerasfix: ignore\n",
        "x = merge(a)  # noqa: E501\n",
        "x = merge(a)  # noqa:E501,W291 reason\n",
        "x = merge(a)  # noqa: keras-history\n",
        "x = merge(a)  # noqa: no merge-function here\n",
        "x = merge(a)  # noqa: E501 no merge-function here\n",
        "x = merge(a)  # noqa: as in the paper\n",
        "x = merge(a)  # noqa: because\n",
        "x = merge(a)  # nomerge\n",
        "x = merge(a)  # noqa-begin\n",
        "x = merge(a)  # flake8: noqa\n",
        "x = merge(a)  # kerasfix: ignore[keras-history]\n",
        "x = merge(a)  # kerasfix: ignore[internals]\n",
        "x = merge(a)  # kerasfix: ignore[]\n",
        "x = merge(a)  # kerasfix: ignore[merge-function\n",
        "x = merge(a)  # kerasfix: ignore-file\n",
        "y = 1  # kerasfix: ignore\nx = merge(a)\n",
        "x = merge(a)\ny = 1  # kerasfix: ignore\n",
        "# kerasfix: ignore\n\nx = merge(a)\n",
        "x = merge(a)\n# kerasfix: ignore\n",
        "# noqa\nx = merge(a)\n",
        "x = merge(a, '# kerasfix: ignore')\n",
        "x = merge(a, '# noqa')\n",
        'x = merge(a, """\n# kerasfix: ignore-file\n# noqa\n""")\n',
        '"""\n# kerasfix: ignore-file\n"""\nx = merge(a)\n',
        "x = merge(a, '''# noqa''')\n",
    ],
)
def test_what_suppresses_nothing(text):
    assert len(left(text)) == 1


@pytest.mark.parametrize(
    "text",
    [
        "x = merge(a)  # kerasfix: ignore\n",
        "x = merge(a)  # kerasfix: ignore[merge-function]\n",
        "x = merge(a)  # kerasfix: ignore[keras-history, merge-function]\n",
        "x = merge(a)  # kerasfix: ignore[keras-history merge-function]\n",
        "x = merge(a)  # kerasfix: ignore[merge]\n",
        "x = merge(a)  #kerasfix:ignore [ Merge-Function ]\n",
        "x = merge(a)  # kerasfix: ignore[merge-function]: as in the paper\n",
        "x = merge(a)  # kerasfix: ignore -- as in the paper\n",
        "x = merge(a)  # type: ignore  # kerasfix: ignore\n",
        "x = merge(a)  # see the paper # kerasfix: ignore[merge-function]  # noqa: E501\n",
        "# kerasfix: ignore\nx = merge(a)\n",
        "# kerasfix: ignore[merge-function]\n# As in the paper.\n#\nx = merge(a)\n",
        "if x:\n    # kerasfix: ignore\n    x = merge(a)\n",
        "x = merge(\n    a,\n)  # kerasfix: ignore\n",
        "x = merge(  # kerasfix: ignore\n    a,\n)\n",
        "x = merge(\n    a,  # kerasfix: ignore\n)\n",
        "x = merge(\n    # kerasfix: ignore\n    a,\n)\n",
        "# kerasfix: ignore-file\nx = merge(a)\n",
        "x = merge(a)\n    # kerasfix: ignore-file",
        "x = merge(a)\n# kerasfix: ignore-file[merge-function]\n",
        "x = merge(a)\n# kerasfix: ignore-file[merge]: vendored\n",
        "x = merge(a)  # noqa\n",
        "x = merge(a)  #NOQA\n",
        "x = merge(a)  # noqa:\n",
        "x = merge(a)  # noqa: merge-function\n",
        "x = merge(a)  # noqa:E501,merge-function\n",
        "x = merge(a)  # NoQA : E501 merge-function as in the paper\n",
        "x = merge(a)  # noqa: some-other-tool, merge-function\n",
        "x = merge(a, '''\n\n''')  # noqa\n",
        "é = '層'; x = merge(a)  # kerasfix: ignore\n",
        "y = '# kerasfix: ignore'; x = merge(a)  # kerasfix: ignore\n",
        "y = 1\r\nx = merge(a)  # kerasfix: ignore\r\n",
        "y = 1\rx = merge(a)  # kerasfix: ignore\ry = 2\r",
        "\x0cx = merge(a)  # kerasfix: ignore\n",
        "x = merge(a)  # kerasfix: ignore",
        "\tx = merge(a)  # kerasfix: ignore\n\t",
        "x = merge(a, '\udc80')  # kerasfix: ignore\n",
    ],
)
def test_what_suppresses(text):
    assert left(text) == []


def test_only_the_findings_of_the_line_are_suppressed():
    text = "x = merge(a)\ny = merge(b)  # kerasfix: ignore\nz = merge(c)\n"
    assert left(text) == [1, 3]


def test_only_the_named_rules_are_suppressed():
    text = "x = merge(a)  # kerasfix: ignore[merge-function]\n"
    assert left(text, rule="merge-layer") == [1]


def test_a_marker_inside_a_call_holds_for_the_calls_that_include_its_line():
    text = "x = merge(\n    merge(a),  # kerasfix: ignore\n    merge(b),\n)\n"
    assert left(text) == [3]


def test_a_marker_above_code_holds_for_one_line_only():
    text = "# kerasfix: ignore\nx = merge(a)\ny = merge(b)\n"
    assert left(text) == [3]


def test_a_finding_that_ends_with_its_line_end_is_not_on_the_next_line():
    text = "x = 1\ny = 2  # kerasfix: ignore\n"
    finding = Finding("keras-shape-assignment", 0, 6, "m")
    assert apply_to(text, [finding], ALL - {RULE}) == [finding]


def test_findings_keep_their_order():
    text = "x = merge(a)\ny = merge(b)  # noqa\nz = merge(c)\n"
    first, _, third = found(text)
    assert apply_to(text, [third, *found(text)[1:2], first]) == [third, first]


def test_without_a_marker_the_findings_come_back_as_they_were():
    findings = found("x = merge(a)\n")
    assert apply_to("x = merge(a)\n", findings) is findings


def test_a_text_that_does_not_tokenize_is_no_obstacle():
    text = "x = merge(a)  # kerasfix: ignore\ny = '''\n"
    assert left(text) == []
    assert left("  x\n y = merge(a)\n(((  # kerasfix: ignore\n") == [2]


# What is said of markers without use.


@pytest.mark.parametrize(
    "text",
    [
        "x = merge(a)  # kerasfix: ignore\n",
        "x = merge(a)  # kerasfix: ignore[merge-function]\n",
        "x = merge(a)  # kerasfix: ignore[merge]\n",
        "x = merge(a)  # noqa: merge-function\n",
        "x = merge(a)  # noqa: merge-function, E501\n",
        "# kerasfix: ignore-file\nx = merge(a)  # kerasfix: ignore\n",
        "x = merge(\n    merge(a),  # kerasfix: ignore\n)  # kerasfix: ignore[merge-function]\n",
        "x = 1  # noqa\n",
        "x = 1  # noqa: E501, F401\n",
        "x = 1  # noqa: merge\n",
        "x = 1  # noqa: in this line we merge\n",
        "x = '# kerasfix: ignore'\n",
        '"""Write `# kerasfix: ignore-file` at the top."""\n',
        "x = 1  # kerasfix: ignore[merge-function, unused-suppression]\n",
        "x = 1  # kerasfix: ignore[merge-fuction, unused-suppression]\n",
        "# kerasfix: ignore-file[unused-suppression]\nx = 1  # kerasfix: ignore[merge-function]\n",
        "x = 1  # kerasfix: ignore[merge-function]  # noqa: unused-suppression\n",
        "",
        "#",
    ],
)
def test_nothing_is_said(text):
    assert messages(text) == []


@pytest.mark.parametrize(
    ("text", "expected", "after"),
    [
        ("x = 1  # kerasfix: ignore\n", "`# kerasfix: ignore` suppresses nothing", "x = 1\n"),
        ("x = 1  # kerasfix: ignore[]\n", "`# kerasfix: ignore` suppresses nothing", "x = 1\n"),
        ("# kerasfix: ignore\nx = 1\n", "`# kerasfix: ignore` suppresses nothing", "x = 1\n"),
        ("x = 1\n    # kerasfix: ignore", "`# kerasfix: ignore` suppresses nothing", "x = 1\n"),
        ("x = 1\r\n# kerasfix: ignore\r\ny\r\n", "`# kerasfix: ignore` suppresses nothing", "x = 1\r\ny\r\n"),
        ("# kerasfix: ignore-file\nx = 1\n", "`# kerasfix: ignore-file` suppresses nothing", "x = 1\n"),
        (
            "x = 1\t# kerasfix: ignore[merge-function]\t\n",
            "`# kerasfix: ignore` suppresses no finding of `merge-function`",
            "x = 1\n",
        ),
        (
            "# kerasfix: ignore-file[merge]\nx = 1\n",
            "`# kerasfix: ignore-file` suppresses no finding of `merge`",
            "x = 1\n",
        ),
        (
            "x = merge(a)  # kerasfix: ignore[keras-history,merge-function]\n",
            "`# kerasfix: ignore` suppresses no finding of `keras-history`",
            "x = merge(a)  # kerasfix: ignore[merge-function]\n",
        ),
        (
            "x = merge(a)  # kerasfix: ignore[internals, merge, Keras-History]\n",
            "`# kerasfix: ignore` suppresses no finding of `internals`, `keras-history`",
            "x = merge(a)  # kerasfix: ignore[merge]\n",
        ),
        (
            "x = 1  # kerasfix: ignore[keras-history, merge-layer]\n",
            "`# kerasfix: ignore` suppresses no finding of `keras-history`, `merge-layer`",
            "x = 1\n",
        ),
        (
            "x = 1  # kerasfix: ignore[merge-layer, merge-layer]\n",
            "`# kerasfix: ignore` suppresses no finding of `merge-layer`",
            "x = 1\n",
        ),
        (
            "x = 1  # kerasfix: ignore[merge-layer]: as in the paper\n",
            "`# kerasfix: ignore` suppresses no finding of `merge-layer`",
            "x = 1  # as in the paper\n",
        ),
        (
            "x = 1  # kerasfix: ignore -- as in the paper  # noqa\n",
            "`# kerasfix: ignore` suppresses nothing",
            "x = 1  # as in the paper  # noqa\n",
        ),
        (
            "x = 1  # see below  # kerasfix: ignore\n",
            "`# kerasfix: ignore` suppresses nothing",
            "x = 1  # see below\n",
        ),
        (
            "x = 1  # kerasfix: ignore  # noqa: E501\n",
            "`# kerasfix: ignore` suppresses nothing",
            "x = 1  # noqa: E501\n",
        ),
        ("x = 1  # noqa: merge-function\n", "`# noqa` suppresses no finding of `merge-function`", "x = 1\n"),
        (
            "x = 1  # noqa: E501, merge-function\n",
            "`# noqa` suppresses no finding of `merge-function`",
            "x = 1  # noqa: E501\n",
        ),
        (
            "x = 1  # noqa:merge-function,E501,W291\n",
            "`# noqa` suppresses no finding of `merge-function`",
            "x = 1  # noqa:E501,W291\n",
        ),
        (
            "x = 1  # noqa: E501 merge-function W291 as in the paper\n",
            "`# noqa` suppresses no finding of `merge-function`",
            "x = 1  # noqa: E501 W291 as in the paper\n",
        ),
        (
            "x = 1  # noqa: merge-function as in the paper\n",
            "`# noqa` suppresses no finding of `merge-function`",
            "x = 1  # as in the paper\n",
        ),
        (
            "x = merge(a)  # kerasfix: ignore[merge-function, unused-suppression]\n",
            "`# kerasfix: ignore` suppresses no finding of `unused-suppression`",
            "x = merge(a)  # kerasfix: ignore[merge-function]\n",
        ),
        (
            "x = 1  # kerasfix: ignore[suppression]\n",
            "`# kerasfix: ignore` suppresses no finding of `suppression`",
            "x = 1\n",
        ),
        # A marker for all rules must not hide that it has no use.
        (
            "# kerasfix: ignore-file\nx = merge(a)\ny = 1  # kerasfix: ignore\n",
            "`# kerasfix: ignore` suppresses nothing",
            "# kerasfix: ignore-file\nx = merge(a)\ny = 1\n",
        ),
    ],
)
def test_a_useless_marker_is_reported_and_removed(text, expected, after):
    (finding,) = unused(text)
    assert finding.message == expected
    assert finding.applicability is Applicability.SAFE
    assert fixed(text) == after
    assert unused(after) == []


def test_two_markers_in_one_comment_are_two_findings():
    text = "x = 1  # kerasfix: ignore  # noqa: merge-layer\n"
    assert messages(text) == [
        "`# kerasfix: ignore` suppresses nothing",
        "`# noqa` suppresses no finding of `merge-layer`",
    ]
    assert fixed(fixed(text)).rstrip(" #\n") == "x = 1"


@pytest.mark.parametrize(
    ("text", "expected", "code"),
    [
        (
            "x = merge(a)  # kerasfix: ignore[merge-function\n",
            "`# kerasfix: ignore` lacks the `]` after its rules, and suppresses nothing",
            "# kerasfix: ignore[merge-function",
        ),
        (
            "x = merge(a)  # kerasfix: ignore-file[merge]\n",
            "`# kerasfix: ignore-file` has to stand on a line of its own, and suppresses nothing",
            "# kerasfix: ignore-file[merge]",
        ),
        (
            "x = merge(a)  # kerasfix: ignore[merge, no-such-thing]\n",
            "there is no rule `no-such-thing` to ignore",
            "no-such-thing",
        ),
    ],
)
def test_a_marker_that_cannot_work_is_reported_without_a_fix(text, expected, code):
    (finding,) = unused(text)
    assert finding.message == expected
    assert finding.fix is None
    assert text[finding.start : finding.end] == code


def test_an_unknown_name_comes_with_the_nearest():
    (finding,) = unused("x = 1  # kerasfix: ignore[merge-fuction]\n")
    assert finding.message == "there is no rule `merge-fuction` to ignore"
    assert finding.help == "did you mean `merge-function`?"
    (finding,) = unused("x = 1  # kerasfix: ignore[E501]\n")
    assert finding.help == "`kerasfix rules` lists all rules"


def test_unknown_and_useless_names_are_told_apart():
    text = "x = 1  # kerasfix: ignore[nothing, merge-layer]\n"
    assert messages(text) == [
        "`# kerasfix: ignore` suppresses no finding of `merge-layer`",
        "there is no rule `nothing` to ignore",
    ]
    assert fixed(text) == "x = 1  # kerasfix: ignore[nothing]\n"


@pytest.mark.parametrize(
    "text",
    [
        "x = 1  # kerasfix: ignore[merge-layer]\n",
        "x = 1  # kerasfix: ignore[merge]\n",
        "x = 1  # kerasfix: ignore\n",
        "# kerasfix: ignore-file\nx = 1\n",
        "x = 1  # noqa: merge-layer\n",
    ],
)
def test_nothing_is_said_of_rules_that_did_not_run(text):
    assert messages(text, frozenset(("merge-function", RULE))) == []


def test_nothing_is_said_if_the_rule_did_not_run():
    assert unused("x = 1  # kerasfix: ignore[nothing]\n", ALL - {RULE}) == []


def test_rules_of_a_user_are_known_from_the_catalogue(tmp_path):
    path = tmp_path / "our-wrapper.toml"
    path.write_text(
        'family = "ours"\nsummary = "Ours"\nwords = ["x"]\ndocs = "Why"\n[[api]]\nlegacy = "a.b()"\nbecomes = "a.c()"\n'
    )
    catalogue = load_catalogue([path])
    text = "x = 1  # kerasfix: ignore[our-wrapper]\ny = merge(a)  # noqa: our-wrapper\n"
    rules = frozenset(catalogue.rules)
    findings = apply_to(text, found(text, "our-wrapper"), rules, catalogue)
    assert [finding.message for finding in findings] == ["`# kerasfix: ignore` suppresses no finding of `our-wrapper`"]


def test_tokenizing_is_left_out_where_no_marker_can_matter(monkeypatch):
    def tokenize(*args: object) -> None:
        raise AssertionError("tokenized")

    monkeypatch.setattr("tokenize.generate_tokens", tokenize)
    text = "import os  # noqa\nimport re  # noqa: F401\nx = merge(a)\n"
    assert left(text, ALL) == [3]


_PIECES = [
    "x = merge(a)",
    "# kerasfix: ignore",
    "[",
    "]",
    "merge-function",
    "bogus",
    ", ",
    " ",
    "\n",
    "# noqa",
    ": ",
    "'",
    "\\",
]


@given(st.lists(st.sampled_from(_PIECES), max_size=14).map("".join))
def test_fixes_settle_and_only_touch_comments(text):
    for _ in range(8):
        after = fixed(text)
        if after == text:
            break
        code = [line.partition("#")[0].rstrip() for line in text.splitlines()]
        code_after = [line.partition("#")[0].rstrip() for line in after.splitlines()]
        assert [line for line in code_after if line] == [line for line in code if line]
        text = after
    assert fixed(text) == text


def test_a_long_file_takes_no_long_time():
    import time

    text = "".join(f"x{number} = merge(a)  # kerasfix: ignore[merge-function]\n" for number in range(5_000))
    start = time.process_time()
    assert left(text, ALL) == []
    assert time.process_time() - start < 3


def test_documents_itself():
    rule = load_catalogue().rules[RULE]
    assert rule.family == "suppression"
    for example in rule.examples:
        assert fixed(dedent(example.before)) == dedent(example.after("keras2"))
