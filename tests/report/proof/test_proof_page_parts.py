"""The parts of the page: differences of texts, which layer is which, graphs, drawings, charts, markdown."""

from __future__ import annotations

import math
import random
import time
from itertools import combinations, pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from report.proof.samples import LEGACY, Building, captions, inception, siamese, vqa

from kerasfix.report.proof.html import charts, difference, drawing
from kerasfix.report.proof.html.graph import Graph, edges_of, graph_of, shortened
from kerasfix.report.proof.html.layout import layered
from kerasfix.report.proof.html.markup import Markup, tag, text
from kerasfix.report.proof.html.matching import matched
from kerasfix.report.proof.html.prose import blocks, inline
from kerasfix.verify.verdicts import Architecture, Difference

# Markup


def test_what_is_no_markup_is_escaped():
    assert tag("p", "<b>", Markup("<i>x</i>"), None, ["&", "'"], class_='"', data_x=1, hidden=True, title=None) == (
        '<p class="&quot;" data-x="1" hidden>&lt;b&gt;<i>x</i>&amp;&#x27;</p>'
    )


def test_characters_that_are_not_seen_are_shown():
    assert text("a\x00\x1b\x7f\u202e\u00a0\t\n") == "a\u2400\u241b\u2421\ufffd \t\n"


# Differences of texts


def sides(before: str, after: str) -> list[tuple[str, str | None, str | None]]:
    rows = difference.rows(before, after)
    return [(row.kind, row.old and row.old[1], row.new and row.new[1]) for row in rows]


def test_lines_that_are_alike_stand_beside_each_other():
    before = "import a\nx = merge([a, b], mode='sum')\ny = 2\n"
    after = "import a\nimport b\nx = Add()([a, b])\ny = 2\n"
    assert sides(before, after) == [
        ("same", "import a", "import a"),
        ("added", None, "import b"),
        ("changed", "x = merge([a, b], mode='sum')", "x = Add()([a, b])"),
        ("same", "y = 2", "y = 2"),
    ]


def test_equal_texts_have_no_changed_line():
    assert {kind for kind, _, _ in sides("a\nb\n", "a\nb\n")} == {"same"}
    assert sides("", "") == []


lines = st.lists(st.sampled_from(["a = 1", "b = 2", "", "    c(a, b)", "c(a)", "x\ty"]), max_size=12)


@given(lines, lines, st.sampled_from(["", "\n", "\r\n"]))
def test_no_line_is_lost(before, after, end):
    rows = difference.rows("\n".join(before) + end, "\n".join(after) + end)
    for side, given_lines in ((0, before), (1, after)):
        found = [(row.old, row.new)[side] for row in rows]
        numbered = [one for one in found if one is not None]
        assert [number for number, _ in numbered] == list(range(1, len(numbered) + 1))
        shown = [line for _, line in numbered]
        whole = ("\n".join(given_lines) + end).replace("\r\n", "\n")
        assert shown == (whole[:-1] if whole.endswith("\n") else whole).split("\n") or not whole.strip("\n")


def test_words_that_changed_are_marked_and_what_is_equal_is_folded():
    before = "".join(f"line {number}\n" for number in range(20)) + "x = Dense(output_dim=3)\n"
    output = difference.render(difference.rows(before, before.replace("output_dim", "units")))
    assert "x = Dense(<del>output_dim</del>=3)" in output
    assert "x = Dense(<ins>units</ins>=3)" in output
    assert "<summary>17 unchanged lines</summary>" in output
    assert output.index("line 16") < output.index("</details>") < output.index("line 17")


def test_a_file_of_many_changed_lines_takes_no_time():
    before = "".join(f"x{number} = Dense(output_dim={number})\n" for number in range(4000))
    start = time.monotonic()
    rows = difference.rows(before, before.replace("output_dim", "units"))
    assert len(rows) == 4000
    assert time.monotonic() - start < 5


# Which layer is which


def names(model) -> list[tuple[str | None, str | None]]:
    return [(one.before and one.before.path, one.after and one.after.path) for one in matched(model)]


def test_layers_with_other_names_are_found():
    assert names(vqa()) == [
        ("picture", "picture"),
        ("question", "question"),
        ("dense_1", "dense_1"),
        ("dense_2", "dense_2"),
        ("merge_1", "concatenate"),
        ("merge_2", "add"),
        ("dense_3", "dense_3"),
        ("merge_3", "multiply"),
        ("dropout_1", "dropout_1"),
        ("dense_4", "dense_4"),
    ]
    assert [one.rewritten_merge for one in matched(vqa())].count(True) == 3
    assert not any(one.differs or one.astray for one in matched(vqa()))


def test_a_layer_that_came_is_alone():
    assert ("lstm_1", "lstm_1") in names(captions())
    assert (None, "activation") in names(captions())
    assert [one.layer.name for one in matched(captions()) if one.astray] == ["activation"]


def test_pairs_of_the_verdict_come_first():
    swapped = vqa(pairs=(("dense_1", "dense_2"), ("dense_2", "dense_1")))
    assert {("dense_1", "dense_2"), ("dense_2", "dense_1")} <= set(names(swapped))
    assert sum(one.differs for one in matched(swapped)) == 2


def test_another_merge_differs():
    add = Building(LEGACY)
    joined = add.merge("concat", 1, [add.input("a", (None, 4)), add.input("b", (None, 4))], (None, 8))
    before = add.done([joined])
    add = Building()
    summed = add.merge("sum", 1, [add.input("a", (None, 4)), add.input("b", (None, 4))], (None, 4))
    found = matched(vqa(before=before, after=add.done([summed])))
    assert [(one.before.kind, one.after.kind) for one in found if one.differs] == [("Merge", "Add")]


def test_one_side_alone_is_no_difference():
    assert not any(one.astray or one.differs or one.rewritten_merge for one in matched(vqa(before=None)))


# Graphs


def test_a_nested_model_is_drawn_with_its_layers():
    model = siamese()
    assert model.after
    assert set(edges_of(model.after)) == {
        ("left", "tower/dense_1"),
        ("right", "tower/dense_1"),
        ("tower/dense_1", "tower/dense_2"),
        ("tower/dense_2", "concatenate"),
        ("concatenate", "dense_3"),
    }
    graph = graph_of(matched(model), model.before, model.after)
    assert "tower" not in [layer.path for node in graph.nodes for layer in node.side(True)]


def test_a_sequential_of_which_no_links_are_known_is_a_chain():
    add = Building()
    for number in range(3):
        add(f"dense_{number}", "Dense", [], (None, 2))
    assert edges_of(add.done(["dense_2"], "Sequential")) == [("dense_0", "dense_1"), ("dense_1", "dense_2")]
    assert edges_of(add.done(["dense_2"], "Model")) == []


def test_runs_are_drawn_as_one_and_what_matters_stays():
    model = inception()
    whole = graph_of(matched(model), model.before, model.after)
    short = shortened(whole, {"activation_3"})
    assert len(short.nodes) < len(whole.nodes) / 3
    assert sum(len(node.members) for node in short.nodes) == len(whole.nodes)
    single = {node.members[0].layer.name for node in short.nodes if len(node.members) == 1}
    assert {"image", "predictions", "mixed_1", "mixed_10", "activation_3"} <= single
    assert all(start != end for start, end in short.edges)


def test_a_small_graph_is_not_shortened():
    model = vqa()
    graph = graph_of(matched(model), model.before, model.after)
    assert shortened(graph) is graph


# Layout


def check(count: int, edges: list[tuple[int, int]], width: float = 100.0) -> None:
    layout = layered([3] * count, dict.fromkeys(edges, 3), width)
    for one, other in combinations(range(count), 2):
        if layout.rank[one] == layout.rank[other]:
            assert abs(layout.x[one] - layout.x[other]) >= width - 1e-6
    for edge in edges:
        start, end = edge
        if start == end:
            continue
        way = layout.ways[edge]
        assert way[0] == (layout.x[start], layout.rank[start])
        assert way[-1] == (layout.x[end], layout.rank[end])
        assert all(abs(one[1] - other[1]) >= 1 for one, other in pairwise(way))
    assert all(width / 2 - 1e-6 <= x <= layout.width - width / 2 + 1e-6 for x in layout.x)


@settings(max_examples=60, deadline=None)
@given(
    st.integers(1, 14).flatmap(
        lambda n: st.tuples(
            st.just(n), st.lists(st.tuples(st.integers(0, n - 1), st.integers(0, n - 1)), max_size=30, unique=True)
        )
    )
)
def test_any_graph_can_be_laid_out(case):
    count, edges = case
    check(count, edges)


def test_edges_go_down_in_a_graph_without_cycles():
    chance = random.Random(1)
    edges = sorted({tuple(sorted(chance.sample(range(40), 2))) for _ in range(80)})
    layout = layered([3] * 40, dict.fromkeys(edges, 3), 100.0)
    assert all(layout.rank[start] < layout.rank[end] for start, end in edges)


def test_two_branches_do_not_cross():
    edges = [(0, 2), (1, 3), (2, 5), (3, 4), (4, 6), (5, 6)]
    layout = layered([3] * 7, dict.fromkeys(edges, 3), 100.0)
    assert (layout.x[0] < layout.x[1]) == (layout.x[2] < layout.x[3]) == (layout.x[5] < layout.x[4])


def test_what_is_never_in_the_same_picture_can_stand_at_the_same_place():
    edges = {(0, 1): 2, (1, 2): 2, (0, 2): 1}
    layout = layered([3, 2, 3], edges, 100.0)
    assert layout.x == (50.0, 50.0, 50.0)


def test_a_densely_connected_network_is_laid_out_in_time():
    edges = dict.fromkeys(combinations(range(300), 2), 3)
    start = time.monotonic()
    layered([3] * 300, edges, 100.0)
    assert time.monotonic() - start < 30


def test_a_model_without_layers_has_no_drawing():
    empty = Architecture("Keras 3", "Model", (), (), (), 0, 0)
    model = vqa(before=empty, after=empty)
    assert drawing.render(model, matched(model), "x") is None
    assert layered([], {}, 1.0).ranks == 0
    assert Graph((), frozenset(), frozenset()).edges == {}


def test_names_too_long_for_a_node_are_cut_and_told_in_full():
    add = Building()
    add("layer_" + "x" * 60, "モデル" * 20, [], (None, 2))
    model = vqa(before=None, after=add.done([]))
    output = str(drawing.render(model, matched(model), "x"))
    assert "…</text>" in output
    assert "layer_" + "x" * 60 + ": " in output


# Charts


@pytest.mark.parametrize(
    ("largest", "tolerance", "equal", "words"),
    [
        (0.0, 1e-5, True, "no difference"),
        (1e-7, 1e-5, True, "1/100 of what is allowed"),
        (9e-6, 1e-5, True, "within what is allowed"),
        (2e-5, 1e-5, False, "2.0 times what is allowed"),
        (1.0, 1e-5, False, "100,000 times what is allowed"),
        (math.inf, 1e-5, False, "the shapes differ"),
        (math.nan, 1e-5, False, "one side is not finite"),
        (1.0, 0.0, False, "inf times what is allowed"),
        (1e-320, 1e-5, True, None),
    ],
)
def test_a_difference_against_what_is_allowed(largest, tolerance, equal, words):
    one = Difference("output", "output", largest, tolerance, equal)
    charts.against(one)
    assert words is None or charts.share(one) == words


@pytest.mark.parametrize(("low", "high"), [(0, 1), (2.2391, 2.4131), (5, 5), (0, 0), (-3, 1e9), (1e-9, 2e-9)])
def test_ticks_are_round_numbers_around_the_values(low, high):
    ticks = charts._ticks(low, high)
    assert ticks[0] <= low and ticks[-1] >= high and 2 <= len(ticks) <= 8
    steps = {round((after - before) / (ticks[1] - ticks[0]), 6) for before, after in pairwise(ticks)}
    assert steps == {1.0}


def test_losses_that_are_not_finite_are_not_drawn():
    assert charts.losses([math.nan], [math.inf], "x") is None
    chart = charts.losses([1.0, math.nan, 2.0], [1.0, 1.5, math.inf], "x")
    assert chart is not None
    assert chart.count("<circle") == 4
    assert "nan" not in chart.split("</desc>")[1]


# Markdown


def test_markdown():
    found = blocks(
        "## A `b`\n\ntext with **bold** and\na [link](https://x.y/z)\n\n- one\n  more\n- two\n\n```python\na < b\n```",
        "h4",
    )
    assert found == (
        "<h4>A <code>b</code></h4>"
        '<p>text with <strong>bold</strong> and a <a href="https://x.y/z" rel="noreferrer noopener">link</a></p>'
        "<ul><li>one more</li><li>two</li></ul><pre><code>a &lt; b</code></pre>"
    )


def test_a_table_in_markdown():
    found = blocks("| `a` | b |\n| --- | --- |\n| 1 | <2> |", "h4")
    assert '<thead><tr><th scope="col"><code>a</code></th><th scope="col">b</th></tr></thead>' in found
    assert "<tbody><tr><td>1</td><td>&lt;2&gt;</td></tr></tbody>" in found


def test_links_to_scripts_are_no_links():
    assert "<a" not in inline("[x](javascript:alert(1)) [y](data:text/html,x)")


@given(st.text(alphabet="`*[]()|-#<>&\n ab1https:/."))
def test_no_text_breaks_the_markup(value):
    found = blocks(value, "h4")
    assert found.count("<") == found.count(">")
