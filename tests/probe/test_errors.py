from __future__ import annotations

import pytest

from kerasfix.probe.errors import said

GRAPH = """Graph execution error:

Detected at node model_1/ctc/CTCLoss defined at (most recent call last):
  File "train.py", line 375, in ctc_lambda_func

  File "backend.py", line 7171, in ctc_batch_cost

Not enough time for target transition sequence (required: 8, available: 7)
     [[{{node model_1/ctc/CTCLoss}}]] [Op:__inference_predict_function_10066]"""
USERS = """in user code:

    File "training.py", line 1398, in train_function  *
        return step_function(self, iterator)
    File "losses.py", line 143, in __call__
        losses = call_fn(y_true, y_pred)

    ValueError: Dimensions must be equal, but are 5 and 3
"""
LAYER = """Exception encountered when calling GetItem.call().

\x1b[1mslice index 1 of dimension 0 out of bounds.\x1b[0m

Arguments received by GetItem.call():
  • x=tf.Tensor(shape=(1, 256, 256, 3), dtype=float32)"""


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("no such argument", "no such argument"),
        ("first line\nsecond line", "first line"),
        ("", ""),
        (GRAPH, "Not enough time for target transition sequence (required: 8, available: 7)"),
        (USERS, "ValueError: Dimensions must be equal, but are 5 and 3"),
        (LAYER, "slice index 1 of dimension 0 out of bounds."),
        ("in user code:", "in user code:"),
    ],
)
def test_the_line_that_tells_what_is_wrong(text, line):
    assert said(ValueError(text)) == f"ValueError: {line}"
