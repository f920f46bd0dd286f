from __future__ import annotations

from verify.carry.described import layer, model

from kerasfix.verify.carry import pair_models


def described(variable=None, function=None, inputs=((None, 4),), outputs=((None, 2),), **more):
    return model(
        *more.pop("layers", [layer("Dense", "dense_1")]),
        variable=variable,
        function=function,
        inputs=[{"name": "", "shape": list(shape)} for shape in inputs],
        outputs=[{"name": "", "shape": list(shape)} for shape in outputs],
        compiled=more.pop("compiled", None),
        **more,
    )


def pairs(before, after):
    return [(pair.before, pair.after) for pair in pair_models(before, after).pairs]


def test_a_model_is_known_by_its_variable_and_its_content():
    before = [described("left"), described("right"), described("model", compiled={})]
    assert pairs(before, before) == [(0, 0), (1, 1), (2, 2)]


def test_the_order_in_which_they_are_made_may_change():
    before = [described("model", inputs=[(None, 4), (None, 5)]), described("left"), described("right")]
    after = [described("left"), described("right"), described("model", inputs=[(None, 5), (None, 4)])]
    assert pairs(before, after) == [(0, 2), (1, 0), (2, 1)]


def test_a_branch_that_became_a_tensor_has_no_partner():
    before = [described("left"), described("match", outputs=[(None, 7)]), described("answer", compiled={"loss": "mse"})]
    after = [described("left"), described("answer", compiled={"loss": "mse"})]
    found = pair_models(before, after)
    assert [(pair.before, pair.after) for pair in found.pairs] == [(0, 0), (2, 1)]
    assert (found.only_before, found.only_after) == ((1,), ())


def test_models_of_a_loop_are_paired_in_order():
    before = [described("model", "build") for _ in range(3)]
    assert pairs(before, before) == [(0, 0), (1, 1), (2, 2)]


def test_a_model_that_computes_something_else_is_the_same_model_by_its_name():
    before = [described("model", outputs=[(None, 2)])]
    after = [described("model", outputs=[(None, 3)], layers=[layer("Dense", "dense", shapes=[[9, 9]])])]
    assert pairs(before, after) == [(0, 0)]


def test_a_model_without_a_name_is_known_by_its_content():
    before = [described(), described(layers=[layer("Dense", "out", shapes=[[3, 3]])])]
    assert pairs(before, before[::-1]) == [(0, 1), (1, 0)]


def test_models_that_have_nothing_in_common_are_not_paired():
    before = [described("encoder", inputs=[(None, 3)])]
    found = pair_models(before, [described("decoder", outputs=[(None, 9)], layers=[])])
    assert (found.pairs, found.only_before, found.only_after) == ((), (0,), (0,))


def test_the_size_of_the_batch_does_not_count():
    assert pairs([described(inputs=[(None, 4)])], [described(inputs=[(32, 4)])]) == [(0, 0)]
