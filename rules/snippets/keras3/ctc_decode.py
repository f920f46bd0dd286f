from keras import backend, ops


def ctc_decode(y_pred, input_length, greedy=True, beam_width=100, top_paths=1):
    """The most likely labels, as a list of dense arrays filled up with -1, and their scores."""
    decoded, scores = ops.ctc_decode(
        ops.log(y_pred + backend.epsilon()),
        ops.cast(input_length, "int32"),
        strategy="greedy" if greedy else "beam_search",
        beam_width=beam_width,
        top_paths=top_paths,
        merge_repeated=greedy,
        mask_index=y_pred.shape[-1] - 1,
    )
    paths = [decoded[path] for path in range(1 if greedy else top_paths)]
    lengths = [ops.max(ops.sum(ops.cast(ops.not_equal(path, -1), "int32"), axis=-1)) for path in paths]
    return [path[:, :length] for path, length in zip(paths, lengths)], scores
