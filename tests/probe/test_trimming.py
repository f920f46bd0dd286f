from __future__ import annotations

import types

import numpy as np
import pytest

from kerasfix.probe import trimming
from kerasfix.probe.trimming import Loops, SeenEnough, enough_of, first_samples, run, train


class Callback:
    pass


DIALECT = types.SimpleNamespace(module=lambda name: types.SimpleNamespace(Callback=Callback))


class Fake:
    """A model that takes down what it is asked for."""

    def fit(self, x, y=None, batch_size=32, epochs=10, verbose=1, callbacks=None, validation_split=0.0,
            validation_data=None, sample_weight=None, initial_epoch=0):  # fmt: skip
        self.given = dict(locals())
        for batch in range(2):
            callbacks[-1].on_batch_end(batch, {"loss": np.float32(0.5 - batch / 10)})
        return "history"

    def fit_generator(self, generator, samples_per_epoch, nb_epoch, verbose=1, callbacks=None, nb_worker=1):
        self.given = dict(locals())
        return next(generator)

    def predict(self, x, batch_size=32, verbose=0):
        self.given = dict(locals())
        return np.asarray(x).sum(axis=1)

    def evaluate(self, x, y, batch_size=32, verbose=1, sample_weight=None):
        self.given = dict(locals())
        return 0.5

    def train_on_batch(self, x, y):
        return [np.float32(0.25), 0.9]


X = np.arange(600.0).reshape(300, 2)
Y = np.arange(300.0)


def trained(name, **given):
    model = Fake()
    return model, train(model, name, getattr(Fake, name), given, 3, DIALECT)


def test_a_fit_takes_the_first_batches_of_one_epoch():
    model, call = trained("fit", x=X, y=Y, batch_size=10, epochs=200)
    assert model.given["x"].shape == (30, 2)
    assert model.given["y"].shape == (30,)
    assert (model.given["epochs"], model.given["verbose"], model.given["batch_size"]) == (1, 0, 10)
    assert call.result == "history"
    assert call.losses == pytest.approx([0.5, 0.4])
    np.testing.assert_array_equal(call.samples[0][0], X[:10])
    np.testing.assert_array_equal(call.samples[1][0], Y[:10])


def test_what_is_short_is_taken_whole():
    model, _ = trained("fit", x=X[:7], y=Y[:7])
    assert model.given["x"].shape == (7, 2)


def test_the_part_for_validation_is_not_taken_from_training():
    model, _ = trained("fit", x=X, y=Y, batch_size=10, validation_split=0.5)
    assert model.given["x"].shape == (60, 2)
    model, _ = trained("fit", x=X, y=Y, batch_size=10, validation_data=(X, Y))
    assert [len(part) for part in model.given["validation_data"]] == [20, 20]


def test_several_inputs_by_list_or_by_name():
    model, call = trained("fit", x=[X, X], y=[Y, Y], batch_size=10)
    assert [part.shape for part in model.given["x"]] == [(30, 2), (30, 2)]
    assert len(call.samples[0]) == 2
    model, call = trained("fit", x={"left": X}, y={"out": Y}, batch_size=10)
    assert model.given["x"]["left"].shape == (30, 2)
    assert call.samples[0]["left"].shape == (10, 2)


def test_sample_weights_stay_with_their_samples_and_callbacks_are_kept():
    mine = Callback()
    model, _ = trained("fit", x=X, y=Y, batch_size=10, sample_weight=Y, callbacks=[mine])
    assert model.given["sample_weight"].shape == (30,)
    assert model.given["callbacks"][0] is mine


def test_the_first_epoch_of_a_continued_training():
    model, _ = trained("fit", x=X, y=Y, initial_epoch=4, epochs=9)
    assert model.given["epochs"] == 5


def test_a_generator_is_asked_for_a_few_batches_and_loses_none():
    def batches():
        while True:
            yield X[:8], Y[:8]

    model, call = trained("fit_generator", generator=batches(), samples_per_epoch=50000, nb_epoch=200)
    assert model.given["samples_per_epoch"] <= 3 * 32
    assert model.given["nb_epoch"] == 1
    np.testing.assert_array_equal(call.result[0], X[:8])
    np.testing.assert_array_equal(call.samples[0][0], X[:8])


def test_a_step_on_a_batch_is_made_as_it_is():
    _, call = trained("train_on_batch", x=X[:4], y=Y[:4])
    assert call.losses == [0.25]
    np.testing.assert_array_equal(call.samples[0][0], X[:4])


def test_a_few_large_images_are_enough():
    images = np.zeros((8, 224, 224, 3), "uint8")
    assert enough_of(images) == enough_of([X, images]) == 4
    assert enough_of(X) is enough_of([X, X]) is enough_of("generator") is enough_of(None) is None


def test_a_batch_can_be_shortened():
    given = {"x": [X, {"mask": X}], "y": Y, "class_weight": {0: 1.0}}
    short = first_samples(given, 2)
    assert (short["x"][0].shape, short["x"][1]["mask"].shape, short["y"].shape) == ((2, 2), (2, 2), (2,))
    assert short["class_weight"] == {0: 1.0}
    assert given["y"] is Y


def test_predictions_are_repeated_to_the_length_that_was_asked_for():
    model = Fake()
    found = run(model, "predict", Fake.predict, {"x": X, "batch_size": 10}, 3)
    assert model.given["x"].shape == (30, 2)
    assert found.shape == (300,)
    np.testing.assert_array_equal(found[:30], X[:30].sum(axis=1))
    np.testing.assert_array_equal(found[30:60], found[:30])


def test_an_evaluation_takes_a_few_batches():
    model = Fake()
    assert run(model, "evaluate", Fake.evaluate, {"x": X, "y": Y}, 3) == 0.5
    assert model.given["x"].shape == (96, 2)
    assert model.given["y"].shape == (96,)


def test_a_loop_gets_real_results_then_the_last_one_again_and_ends(monkeypatch):
    monkeypatch.setattr(trimming, "_LOOP_CALLS", 20)
    loops, calls = Loops(3), []

    def call():
        calls.append(1)
        return len(calls)

    seen = object()
    assert [loops.bounded(seen, "train_on_batch", {}, call) for _ in range(10)] == [1, 2, 3] + [3] * 7
    with pytest.raises(SeenEnough):
        for _ in range(20):
            loops.bounded(seen, "train_on_batch", {}, call)
    assert len(calls) == 3


def test_a_slow_call_in_a_loop_is_made_once(monkeypatch):
    clock = iter([0.0, 0.1, 1.0, 7.0, 7.1, 7.2])
    monkeypatch.setattr("time.time", lambda: next(clock))
    loops, calls = Loops(3), []
    seen = object()
    assert [loops.bounded(seen, "fit", {}, lambda: calls.append(0) or len(calls)) for _ in range(4)] == [1, 2, 2, 2]


def test_predictions_of_another_shape_are_made_in_a_loop():
    loops = Loops(3)
    seen = object()
    for length in range(1, 30):
        x = np.ones((length, 2))
        assert loops.bounded(seen, "predict", {"x": x}, lambda x=x: len(x)) == length


def test_a_generator_is_not_asked_before_training_begins():
    begun = []

    def batches():
        assert begun  # what a callback makes
        yield X[:8], Y[:8]

    class Late(Fake):
        def fit_generator(self, generator, samples_per_epoch, nb_epoch, verbose=1, callbacks=None, nb_worker=1):
            begun.append(True)
            return next(generator)

    call = train(
        Late(), "fit_generator", Late.fit_generator, {"generator": batches(), "samples_per_epoch": 8}, 3, DIALECT
    )
    np.testing.assert_array_equal(call.samples[0][0], X[:8])
