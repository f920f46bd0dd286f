from keras import backend, ops


def ctc_batch_cost(y_true, y_pred, input_length, label_length):
    """The CTC loss of each sample; the last class is the blank."""
    loss = ops.ctc_loss(
        ops.cast(y_true, "int32"),
        ops.log(y_pred + backend.epsilon()),
        ops.cast(ops.squeeze(label_length, axis=-1), "int32"),
        ops.cast(ops.squeeze(input_length, axis=-1), "int32"),
        mask_index=y_pred.shape[-1] - 1,
    )
    return ops.expand_dims(loss, 1)
