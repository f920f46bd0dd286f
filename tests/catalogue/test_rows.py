from __future__ import annotations

import ast

import pytest

from kerasfix.catalogue.conditions import SourceFacts, applies, holds
from kerasfix.catalogue.rows import Binding, Row, parse_rows
from kerasfix.catalogue.tables import RowError
from kerasfix.findings import Slot
from kerasfix.source.index import TextIndex


def row(**table) -> Row:
    (rows,) = parse_rows([table]).values()
    return rows[0]


def call(text: str) -> ast.Call:
    node = ast.parse(text, mode="eval").body
    assert isinstance(node, ast.Call)
    return node


def rewrite(rule: Row, text: str, key: str = "layer", **options) -> str | None:
    node = call(text)
    binding = rule.bind(node)
    if binding is None:
        return None
    pieces = rule.render(rule.templates[key], binding, TextIndex(text), lambda name: name.rpartition(".")[2], **options)
    return pieces and "".join(text[one.start : one.end] if isinstance(one, Slot) else one for one in pieces)


CONVOLUTION = row(
    legacy="keras.layers.Convolution2D(nb_filter, nb_row, nb_col, border_mode='valid', subsample=(1, 1), bias=True)",
    layer="keras.layers.Conv2D(nb_filter, (nb_row, nb_col), padding=border_mode, strides=subsample, use_bias=bias)",
)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("C(64, 3, 3)", "Conv2D(64, (3, 3))"),
        ("C(nb_filter=64, nb_row=3, nb_col=3)", "Conv2D(64, (3, 3))"),
        ("C(64, 3, nb_col=n + 1, border_mode='same')", "Conv2D(64, (3, n + 1), padding='same')"),
        ("C(64, 3, 3, 'same', (2, 2))", "Conv2D(64, (3, 3), padding='same', strides=(2, 2))"),
        ("C(64, 3, 3, subsample=[1, 1], border_mode='valid')", "Conv2D(64, (3, 3))"),
        ("C(64, 3, 3, subsample=(1,1), border_mode=mode)", "Conv2D(64, (3, 3), padding=mode)"),
        ("C(64, 3, 3, bias=1)", "Conv2D(64, (3, 3), use_bias=1)"),
        ("C(f(a,  b), k[0], k[1])", "Conv2D(f(a,  b), (k[0], k[1]))"),
        ("C(64, 3)", None),
        ("C(64, 3, 3, 3, 3, 3, 3)", None),
        ("C(64, 3, 3, nb_row=3)", None),
        ("C(64, 3, 3, activation='relu')", None),
        ("C(*sizes)", None),
        ("C(64, 3, 3, **options)", None),
    ],
)
def test_arguments_find_their_place(before, after):
    assert rewrite(CONVOLUTION, before) == after


def test_an_argument_without_a_place_is_not_lost():
    rule = row(legacy="keras.backend.f(x, name=None, kind=1)", layer="keras.layers.F()(x)", drop=["name"])
    assert rewrite(rule, "K.f(a, name='b')") == "F()(a)"
    assert rewrite(rule, "K.f(a, kind=2)") is None


def test_what_the_call_left_out_is_written_where_the_default_is_another():
    rule = row(
        legacy="keras.backend.argmax(x, axis=-1, keep=0)", keras3="keras.ops.argmax(x, axis=axis)", always=["axis"]
    )
    assert rewrite(rule, "K.argmax(a)", "keras3") == "argmax(a, axis=-1)"
    assert rewrite(rule, "K.argmax(a, -1)", "keras3") == "argmax(a, axis=-1)"
    leaky = row(legacy="keras.backend.relu(x, alpha=0.0)", layer="keras.layers.LeakyReLU(alpha)(x)", always=["alpha"])
    assert rewrite(leaky, "K.relu(a)") == "LeakyReLU(0.0)(a)"


def test_trailing_positional_defaults_are_left_out():
    rule = row(legacy="keras.backend.pad(x, left=1, right=1)", layer="keras.layers.Pad((left, right))(x)")
    assert rewrite(rule, "K.pad(a)") == "Pad()(a)"
    assert rewrite(rule, "K.pad(a, 1, 1)") == "Pad()(a)"
    assert rewrite(rule, "K.pad(a, right=2)") == "Pad((1, 2))(a)"


def test_a_number_is_no_truth_value():
    rule = row(legacy="keras.backend.f(x, flag=True)", layer="keras.layers.F(flag=flag)(x)")
    assert rewrite(rule, "K.f(a, flag=True)") == "F()(a)"
    assert rewrite(rule, "K.f(a, flag=1)") == "F(flag=1)(a)"


def test_old_names_bind_and_so_does_each_version():
    rule = row(
        legacy=[
            "keras.backend.conv1d(x, kernel, stride=1, image_shape=None)",
            "keras.backend.conv1d(x, kernel, strides=1, data_format=None)",
        ],
        aliases={"stride": "strides"},
        keras3="keras.ops.conv(x, kernel, strides=strides, data_format=data_format)",
        drop=["image_shape"],
    )
    assert rewrite(rule, "K.conv1d(a, k, stride=2)", "keras3") == "conv(a, k, strides=2)"
    assert rewrite(rule, "K.conv1d(a, k, strides=2)", "keras3") == "conv(a, k, strides=2)"
    assert rewrite(rule, "K.conv1d(a, k, image_shape=s)", "keras3") == "conv(a, k)"
    assert rewrite(rule, "K.conv1d(a, k, data_format=d)", "keras3") == "conv(a, k, data_format=d)"
    # The fourth argument is one thing to one version and another to the next.
    assert rewrite(rule, "K.conv1d(a, k, 1, s)", "keras3") is None


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("K.f(a)", "clip(0.2 * a + 0.5, 0.0, 1.0)"),
        ("K.f(a + b)", "clip(0.2 * (a + b) + 0.5, 0.0, 1.0)"),
        ("K.f(a if b else c)", "clip(0.2 * (a if b else c) + 0.5, 0.0, 1.0)"),
        ("K.f(lambda: 1)", "clip(0.2 * (lambda: 1) + 0.5, 0.0, 1.0)"),
        ("K.f(-a)", "clip(0.2 * (-a) + 0.5, 0.0, 1.0)"),
        ("K.f(g(a)[0].b)", "clip(0.2 * g(a)[0].b + 0.5, 0.0, 1.0)"),
    ],
)
def test_operands_get_parentheses(before, after):
    rule = row(legacy="keras.backend.f(x)", keras3="keras.ops.clip(0.2 * x + 0.5, 0.0, 1.0)")
    assert rewrite(rule, before, "keras3") == after


def test_arguments_keep_what_they_cannot_do_without():
    rule = row(legacy="keras.backend.f(x, axis=1)", keras3="keras.ops.f(x, axis=axis)")
    assert rewrite(rule, "K.f(a, (b := 2))", "keras3") == "f(a, axis=(b := 2))"
    assert rewrite(rule, "K.f((a +\n b), axis=(1\n))", "keras3") == "f(a +\n b)"
    assert rewrite(rule, "K.f([x for x in y], lambda: 0)", "keras3") == "f([x for x in y], axis=lambda: 0)"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("K.p(a, (0, 2, 1))", "Permute((2, 1))(a)"),
        ("K.p(a, [0, i, *rest])", "Permute((i, *rest))(a)"),
        ("K.p(a, (0, 1))", "Permute((1,))(a)"),
        ("K.p(a, order)", "Permute(order[1:])(a)"),
        ("K.p(a, x + y)", "Permute((x + y)[1:])(a)"),
        ("K.p(a, ())", None),
        ("K.p(a, (*order,))", None),
    ],
)
def test_tail(before, after):
    rule = row(legacy="keras.backend.p(x, pattern)", layer="keras.layers.Permute(tail(pattern))(x)")
    assert rewrite(rule, before) == after


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("K.c((a, b))", "Concatenate()([a, b])"),
        ("K.c((a,\n b,))", "Concatenate()([a,\n b,])"),
        ("K.c([a, b])", "Concatenate()([a, b])"),
        ("K.c(ab)", "Concatenate()(ab)"),
    ],
)
def test_listed(before, after):
    rule = row(legacy="keras.backend.c(tensors)", layer="keras.layers.Concatenate()(listed(tensors))")
    assert rewrite(rule, before) == after


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("K.p(a)", "Pad()(a)"),
        ("K.p(a, 'th')", "Pad(data_format='channels_first')(a)"),
        ("K.p(a, dim_ordering='tf')", "Pad(data_format='channels_last')(a)"),
        ("K.p(a, 'channels_first')", "Pad(data_format='channels_first')(a)"),
        (
            "K.p(a, order)",
            "Pad(data_format={'th': 'channels_first', 'tf': 'channels_last'}.get(order, order))(a)",
        ),
        ("K.p(a, self.data_format)", "Pad(data_format=self.data_format)(a)"),
        ("K.p(a, order())", None),
    ],
)
def test_ordering(before, after):
    rule = row(
        legacy="keras.backend.p(x, dim_ordering='default')",
        layer="keras.layers.Pad(data_format=ordering(dim_ordering))(x)",
    )
    assert rewrite(rule, before) == after


def test_explicit_says_what_the_program_may_have_changed():
    rule = row(legacy="keras.backend.f(x)", layer="keras.layers.Flatten(data_format=explicit('channels_last'))(x)")
    assert rewrite(rule, "K.f(a)") == "Flatten()(a)"
    assert rewrite(rule, "K.f(a)", channels_last=False) == "Flatten(data_format='channels_last')(a)"


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ({"legacy": "f(x)", "turns": "g(x)"}, r"api\[0\]: unknown key `turns`"),
        ({"layer": "g(x)"}, "`legacy`: expected a signature"),
        ({"legacy": "f(x)"}, "expected a modern call"),
        ({"legacy": "f(1)", "layer": "g(x)"}, "expected names of parameters, not `1`"),
        ({"legacy": "f(**x)", "layer": "g(x)"}, r"expected names of parameters, not `\*\*x`"),
        ({"legacy": ["f(x)", "g(x)"], "layer": "h(x)"}, "signatures of one function"),
        ({"legacy": "f(x)", "layer": "g"}, "expected a call, not `g`"),
        ({"legacy": "f(x)", "layer": 1}, "`layer`: expected a text"),
        ({"legacy": "f(x)", "layer": "g(x)", "aliases": "x"}, "`aliases`: expected a table"),
        ({"legacy": "f(x", "layer": "g(x)"}, r"api\[0\]"),
    ],
)
def test_bad_rows_are_refused(table, message):
    with pytest.raises(RowError, match=message):
        parse_rows([table])


class Ranks(SourceFacts):
    def shape(self, node):
        return {"a": (None, 3, 4), "b": (None, 5), "c": (None, None, 4)}.get(ast.unparse(node))

    def masked(self, node):
        return False if ast.unparse(node) == "a" else None


@pytest.mark.parametrize(
    ("condition", "text", "expected"),
    [
        ("axis == -1", "K.f(a)", True),
        ("axis == -1", "K.f(a, axis=1)", False),
        ("axis == -1", "K.f(a, axis=n)", None),
        ("axis in (1, (1,))", "K.f(a, axis=[1])", True),
        ("axis >= 0", "K.f(a, axis=None)", None),
        ("axis >= 0", "K.f(a, axis=(1, n))", None),
        ("axis[0] == 0", "K.f(a, axis=(0, n))", True),
        ("axis[0] == 0", "K.f(a, axis=0)", None),
        ("axis == 1 and rank(x) == 3", "K.f(z, axis=2)", False),
        ("axis == 1 and rank(x) == 3", "K.f(z, axis=1)", None),
        ("axis == 1 or rank(x) == 3", "K.f(z, axis=1)", True),
        ("not rank(x) == 3", "K.f(b)", True),
        ("given(axis)", "K.f(b)", False),
        ("length(x) == 2", "K.f([p, q])", True),
        ("length(x) == 2", "K.f(p)", None),
        ("masked(x)", "K.f(a)", False),
        ("not masked(x)", "K.f(b)", None),
        ("static(axis)", "K.f(a, axis=K.shape(a)[1])", False),
        ("static(axis)", "K.f(a, axis=n)", True),
        ("keeps_batch(x, axis)", "K.f(a, axis=(-1, 12))", True),
        ("keeps_batch(x, axis)", "K.f(a, axis=(-1, 4))", False),
        ("keeps_batch(x, axis)", "K.f(c, axis=(-1, 12))", None),
        ("keeps_batch(x, axis)", "K.f(a, axis=(-1, n))", None),
        ("keeps_batch(x, axis)", "K.f(z, axis=(K.shape(z)[0], n))", True),
        ("keeps_batch(x, axis)", "K.f(z, axis=(tf.shape(z)[0], -1))", True),
        ("keeps_batch(x, axis)", "K.f(z, axis=(K.shape(y)[0], -1))", None),
        ("keeps_batch(x, axis)", "K.f(z, axis=(K.shape(z)[0], K.shape(z)[1]))", None),
    ],
)
def test_conditions_know_what_they_do_not_know(condition, text, expected):
    binding = row(legacy="keras.backend.f(x, axis=-1)", advice="none").bind(call(text))
    assert isinstance(binding, Binding)
    assert holds(ast.parse(condition, mode="eval").body, binding, Ranks()) is expected


def test_when_has_to_be_known_and_unless_must_not():
    rule = row(
        legacy="keras.backend.f(x, axis=-1)", when="rank(x) == 3", unless="axis == 0", layer="keras.layers.F()(x)"
    )

    def is_for(text: str) -> bool:
        binding = rule.bind(call(text))
        assert binding is not None
        return applies(rule, binding, Ranks())

    assert is_for("K.f(a)")
    assert is_for("K.f(a, axis=n)")
    assert not is_for("K.f(a, axis=0)")
    assert not is_for("K.f(b)")
    assert not is_for("K.f(z)")


@pytest.mark.parametrize("condition", ["missing == 1", "magic(x)", "x + 1 == 2"])
def test_bad_conditions_are_refused(condition):
    binding = row(legacy="keras.backend.f(x)", advice="none").bind(call("K.f(a)"))
    assert binding is not None
    with pytest.raises(RowError):
        holds(ast.parse(condition, mode="eval").body, binding, Ranks())
