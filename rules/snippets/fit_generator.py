"""`fit_generator` of Keras 1, which counted samples, as a function."""

from keras.callbacks import CallbackList


def fit_generator(
    model, generator, samples_per_epoch, nb_epoch, verbose=1, callbacks=None, validation_data=None, nb_val_samples=None,
    class_weight=None, max_q_size=10, nb_worker=1, pickle_safe=False, initial_epoch=0,
):  # fmt: skip
    """Train on batches of any size; an epoch ends when it has seen enough samples, as in Keras 1."""

    def averages(step, batches, samples, **begun):
        seen, totals = 0, {}
        for number in range(samples):
            if seen >= samples:
                break
            x, y, *weights = next(batches)
            if isinstance(x, dict):  # what is no array is for the callbacks
                x = {name: value for name, value in x.items() if hasattr(value, "shape")}
            if isinstance(y, dict):
                y = [y[name] for name in model.output_names] if len(y) > 1 else next(iter(y.values()))
            one = x
            while isinstance(one, (list, tuple, dict)):
                one = next(iter(one.values() if isinstance(one, dict) else one))
            if begun:
                history.on_train_batch_begin(number)
            logs = step(x, y, *weights, **({} if weights else begun), return_dict=True)
            if begun:
                history.on_train_batch_end(number, logs)
            seen += len(one)
            for name, value in logs.items():
                totals[name] = totals.get(name, 0.0) + value * len(one)
        return {name: value / seen for name, value in totals.items()}

    history = CallbackList(
        callbacks, add_history=True, add_progbar=verbose > 0, model=model, verbose=verbose, epochs=nb_epoch, steps=None
    )
    model.stop_training = False
    history.on_train_begin()
    for epoch in range(initial_epoch, nb_epoch):
        history.on_epoch_begin(epoch)
        logs = averages(model.train_on_batch, generator, samples_per_epoch, class_weight=class_weight)
        if hasattr(validation_data, "__next__"):
            tested = averages(model.test_on_batch, validation_data, nb_val_samples)
        elif validation_data:
            tested = model.evaluate(*validation_data, verbose=0, return_dict=True)
        else:
            tested = {}
        history.on_epoch_end(epoch, {**logs, **{f"val_{name}": value for name, value in tested.items()}})
        if model.stop_training:
            break
    history.on_train_end()
    return model.history
