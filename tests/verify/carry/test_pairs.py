from __future__ import annotations

import itertools

from verify.carry.described import layer, model

from kerasfix.verify.carry import pair_layers


def pairs(before, after):
    found = pair_layers(before, after)
    assert not found.only_before
    assert not found.only_after
    assert not found.doubts
    return {pair.before: pair.after for pair in found.pairs}


def test_a_name_that_the_user_gave_is_the_first_evidence():
    before = model(layer("Dense", "left"), layer("Dense", "right"))
    after = model(layer("Dense", "right"), layer("Dense", "left"))
    assert pairs(before, after) == {"left": "left", "right": "right"}


def test_automatic_names_and_classes_differ():
    before = model(layer("Convolution2D", "convolution2d_7"), layer("Dense", "dense_3", "convolution2d_7"))
    after = model(layer("Conv2D", "conv2d"), layer("Dense", "dense_3", "conv2d"))
    assert pairs(before, after) == {"convolution2d_7": "conv2d", "dense_3": "dense_3"}


def test_an_automatic_name_that_both_have_proves_nothing():
    before = model(
        layer("Dense", "dense_1"), layer("Dense", "dense_2", "dense_1"), layer("Dense", "dense_3", "dense_2")
    )
    after = model(layer("Dense", "dense"), layer("Dense", "dense_1", "dense"), layer("Dense", "dense_2", "dense_1"))
    assert pairs(before, after) == {"dense_1": "dense", "dense_2": "dense_1", "dense_3": "dense_2"}


def test_twins_are_paired_in_the_order_in_which_they_were_made():
    before = model(layer("Dense", "dense_2", created=5), layer("Dense", "dense_1", created=4))
    after = model(layer("Dense", "dense", created=2), layer("Dense", "dense_1", created=3))
    assert pairs(before, after) == {"dense_1": "dense", "dense_2": "dense_1"}


def test_without_a_recorded_order_the_numbers_of_the_names_say_it():
    before = model(*(layer("Dense", f"dense_{number}", created=None) for number in (10, 9, 11)))
    after = model(*(layer("Dense", name, created=None) for name in ("dense_1", "dense_2", "dense")))
    assert pairs(before, after) == {"dense_9": "dense", "dense_10": "dense_1", "dense_11": "dense_2"}


def test_the_place_in_the_graph_is_worth_more_than_the_order():
    before = model(layer("Dense", "dense_1", created=1), layer("Dense", "dense_2", "dense_1", created=2))
    after = model(layer("Dense", "dense_1", created=2), layer("Dense", "dense", "dense_1", created=1))
    assert pairs(before, after) == {"dense_1": "dense_1", "dense_2": "dense"}


def test_layers_without_weights_are_passed_over():
    before = model(
        layer("InputLayer", "input_1"),
        layer("Dense", "dense_1", "input_1", created=9),
        layer("Merge", "merge_1", "dense_1", "input_1"),
        layer("Dense", "dense_2", "merge_1", created=3),
    )
    after = model(
        layer("InputLayer", "input_layer"),
        layer("Dense", "dense_1", "input_layer"),
        layer("Activation", "activation", "dense_1"),
        layer("Concatenate", "concatenate", "activation", "input_layer"),
        layer("Dense", "dense_2", "concatenate"),
    )
    assert pairs(before, after) == {"dense_1": "dense_1", "dense_2": "dense_2"}


def test_branches_that_were_models_may_become_tensors():
    before = model(
        layer("Sequential", "left", container=True),
        layer("Dense", "left/dense_1"),
        layer("Sequential", "right", container=True),
        layer("Dense", "right/dense_2"),
        layer("Dense", "right/dense_3", "right/dense_2"),
        layer("Merge", "merge_1", "left", "right"),
        layer("Dense", "dense_4", "merge_1"),
    )
    after = model(
        layer("InputLayer", "input_a"),
        layer("InputLayer", "input_b"),
        layer("Dense", "dense_7", "input_b", created=20),
        layer("Dense", "dense_8", "dense_7", created=21),
        layer("Dense", "dense_6", "input_a", created=19),
        layer("Concatenate", "concatenate", "dense_6", "dense_8"),
        layer("Dense", "dense_9", "concatenate", created=22),
    )
    assert pairs(before, after) == {
        "left/dense_1": "dense_6",
        "right/dense_2": "dense_7",
        "right/dense_3": "dense_8",
        "dense_4": "dense_9",
    }


def test_a_layer_that_is_used_twice_counts_once():
    before = model(
        layer("Sequential", "tower", container=True),
        layer("Dense", "tower/dense_1"),
        layer("Sequential", "again", container=True, same_as="tower"),
        layer("Dense", "again/dense_1"),
        layer("Dense", "dense_2", "tower", "again"),
    )
    after = model(layer("Dense", "dense_5", inbound=[["a"], ["b"]]), layer("Dense", "dense_6", "dense_5", "dense_5"))
    assert pairs(before, after) == {"tower/dense_1": "dense_5", "dense_2": "dense_6"}


def test_a_wrapped_dense_is_a_dense():
    wrapped = {"layer": {"class_name": "Dense", "config": {"name": "dense_1"}}}
    before = model(layer("TimeDistributedDense", "timedistributeddense_1", shapes=[[4, 4], [4]]))
    after = model(layer("TimeDistributed", "time_distributed", shapes=[[4, 4], [4]], config=wrapped))
    assert pairs(before, after) == {"timedistributeddense_1": "time_distributed"}


def test_a_class_of_the_users_may_be_renamed():
    before = model(
        layer("Attention", "attention_1", shapes=[[7], [3, 2]], module="__main__"), layer("Dense", "dense_1")
    )
    after = model(layer("OldAttention", "old_attention", shapes=[[7], [3, 2]], module="train"), layer("Dense", "dense"))
    assert pairs(before, after) == {"attention_1": "old_attention", "dense_1": "dense"}


def test_what_cannot_be_told_is_not_guessed():
    before = model(layer("Dense", "dense_1"), layer("Dense", "dense_2"), layer("Dense", "named"))
    after = model(layer("Dense", "dense"), layer("Dense", "named"))
    found = pair_layers(before, after)
    assert [(pair.before, pair.after) for pair in found.pairs] == [("named", "named")]
    assert found.only_before == ("dense_1", "dense_2")
    assert found.only_after == ("dense",)
    assert found.doubts == (
        "`dense_1`, `dense_2` before and `dense` after are alike: which one is which cannot be told",
    )


def test_a_layer_without_a_partner_is_reported():
    found = pair_layers(
        model(layer("Dense", "dense_1"), layer("Convolution2D", "convolution2d_1")), model(layer("Dense", "dense"))
    )
    assert found.only_before == ("convolution2d_1",)
    assert found.doubts == ()


def test_a_model_that_is_called_on_its_own_output_does_not_hang():
    looped = model(
        layer("Sequential", "block", inbound=[["input"], ["block"]], container=True),
        layer("Dense", "block/dense_1"),
    )
    assert pairs(looped, looped) == {"block/dense_1": "block/dense_1"}


def test_a_model_may_be_deeper_than_the_stack():
    names = [f"dense_{number}" for number in range(1, 3001)]
    deep = model(layer("Dense", names[0]), *(layer("Dense", one, above) for above, one in itertools.pairwise(names)))
    assert pairs(deep, deep) == {name: name for name in names}
