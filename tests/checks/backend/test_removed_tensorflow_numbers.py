"""What takes the place of a function of TensorFlow 0 or 1 computes what TensorFlow's own copy of that does."""

from __future__ import annotations

import ast
from functools import cache

import numpy as np
import pytest
from catalogue.pipeline import check, fix
from reference.engines import keras3_engine

from kerasfix.checks.backend.removed_tensorflow import is_gone, removed_rows

ONE = ("log", "log1p", "log_sigmoid", "expm1", "lgamma", "digamma", "erf", "erfc", "is_nan", "is_inf", "is_finite",
       "rsqrt", "reciprocal", "rint", "ceil", "is_non_decreasing", "is_strictly_increasing", "lbeta")  # fmt: skip
TWO = ("zeta", "igamma", "igammac", "floordiv", "floor_div", "floormod", "mod", "div_no_nan", "squared_difference",
       "div")  # fmt: skip
SEGMENTS = ("sum", "mean", "max", "min", "prod")
CASTS = ("float", "double", "int32", "int64", "bfloat16", "complex64", "complex128")
REDUCED = ("sum", "mean", "max", "min", "prod", "logsumexp")
SPARSE = "tf.SparseTensor([[0, 1], [2, 0]], [1.5, 2.5], [3, 4])"
TEXTS = [
    *(f"tf.{name}(pos)" for name in ONE),
    *(f"tf.{name}(pos, 1.5 + v * v)" for name in TWO),
    *(f"tf.{name}(ids - 5, y=3)" for name in ("floordiv", "floor_div", "floormod", "mod", "div")),
    "tf.log(x=pos, name='logarithm')",
    "tf.polygamma(1.0 + 0.0 * pos, pos)",
    "tf.betainc(pos, pos, tf.sigmoid(pos))",
    *(f"tf.{name}(tf.complex(u, v))" for name in ("conj", "real", "imag", "angle", "fft", "fft2d", "ifft", "ifft2d")),
    "tf.fft3d(tf.complex(s, s))",
    "tf.ifft3d(tf.complex(s, s))",
    "tf.logical_xor(u > 0, v > 0)",
    "tf.cumprod(s, 1, exclusive=True)",
    "tf.bincount(ids, minlength=12)",
    "tf.confusion_matrix(ids, ids, 10, tf.float32)",
    "tf.confusion_matrix(ids, ids, weights=ids)",
    "tf.count_nonzero(tf.nn.relu(s), reduction_indices=[1], keep_dims=True)",
    "tf.count_nonzero(input_tensor=tf.nn.relu(s))",
    "tf.accumulate_n([u, v])",
    "tf.invert_permutation([2, 0, 1])",
    *(f"tf.segment_{name}(u, [0, 0, 1, 1])" for name in SEGMENTS),
    *(f"tf.unsorted_segment_{name}(u, [1, 0, 1, 0], num_segments=3)" for name in (*SEGMENTS, "sqrt_n")),
    "tf.matrix_band_part(square, 0, -1)",
    *(f"tf.matrix_{name}(square)" for name in ("determinant", "diag", "diag_part", "inverse")),
    "tf.matrix_set_diag(square, square[0])",
    "tf.matrix_solve(square, square + 1)",
    "tf.matrix_solve_ls(square, square + 1, 0.1)",
    "tf.matrix_transpose(s)",
    "tf.matrix_triangular_solve(square, square + 1, lower=False)",
    "tf.cholesky(square)",
    "tf.cholesky_solve(tf.matrix_band_part(square, -1, 0), square)",
    "tf.cross(square[:, :3], square[:, 1:])",
    *(f"tf.{name}(square)" for name in ("diag", "diag_part", "qr", "self_adjoint_eigvals", "trace", "svd")),
    "tf.abs(tf.self_adjoint_eig(square)[1])",
    "tf.svd(square, compute_uv=False)",
    "tf.global_norm([u, v])",
    "tf.random_normal((3, 4), 1.0, 0.1, seed=3)",
    "tf.random_uniform([5], 2, 9, tf.int32, 3)",
    "tf.random_gamma([3], 0.5, seed=3)",
    "tf.random_poisson([1.5, 9.0], [3], seed=3)",
    "tf.truncated_normal((3, 4), stddev=2.0, seed=3)",
    "tf.random_shuffle(u, 3)",
    "tf.multinomial(u, 5, 3)",
    "tf.multinomial(u, num_samples=5, seed=3, output_dtype=tf.int32)",
    "tf.set_random_seed(4)",
    "tf.random_crop(u, [2, 3], seed=3)",
    "tf.batch_to_space_nd(s, [2], [[0, 0]])",
    "tf.lin_space(0.0, 1.0, 7)",
    "tf.check_numerics(u, 'not a number')",
    "tf.py_func(lambda x: x + 1, [u], tf.float32)",
    "tf.tensor_scatter_update(u, [[1]], u[:1])",
    "tf.space_to_depth(i, 2)",
    "tf.depth_to_space(tf.space_to_depth(i, block_size=2), 2, data_format='NHWC', name='back')",
    "tf.extract_image_patches(i, ksizes=[1, 2, 2, 1], strides=[1, 1, 1, 1], rates=[1, 1, 1, 1], padding='SAME')",
    "tf.image.extract_image_patches(i, [1, 2, 2, 1], [1, 1, 1, 1], [1, 1, 1, 1], 'VALID')",
    "tf.image.resize_image_with_crop_or_pad(i, 3, 9)",
    "tf.image.transpose_image(i[0])",
    "tf.image.crop_and_resize(i, [[0.0, 0.1, 0.9, 1.0]], box_ind=[1], crop_size=[3, 3])",
    *(f"tf.image.resize_{name}(i, (7, 3))" for name in ("images", "area", "bilinear", "bicubic", "nearest_neighbor")),
    "tf.image.resize_bilinear(i, [7, 9], align_corners=True)",
    "tf.image.resize_image_with_pad(i, 7, 3)",
    "tf.image.resize_images(i, [7, 9], tf.image.ResizeMethod.BICUBIC)",
    "tf.image.resize_images(i, size=u.shape, method=tf.image.ResizeMethod.AREA)",
    f"tf.sparse_tensor_dense_matmul({SPARSE}, u)",
    f"tf.sparse_tensor_to_dense({SPARSE}, default_value=3.0)",
    *(f"tf.sparse_{name}({SPARSE})" for name in ("reorder", "softmax", "transpose")),
    f"tf.sparse_reshape({SPARSE}, [4, 3])",
    f"tf.sparse_retain({SPARSE}, [True, False])",
    "tf.sparse_to_dense([[0, 1], [2, 0]], [3, 4], [1.5, 2.5])",
    "tf.setdiff1d([1, 2, 3], [2])",
    "tf.batch_gather(u, ids[:4, None] % 2)",
    "tf.clip_by_average_norm(u, 0.1)",
    "tf.Print(u, [v], 'v: ')",
    *(f"tf.to_{name}(u)" for name in CASTS),
    "tf.to_int32(u, name='whole')",
    "tf.arg_max(s, 1)",
    "tf.arg_min(s, dimension=2)",
    "tf.argmax(s, dimension=1)",
    "tf.argmin(s, dimension=-1, output_type=tf.int32)",
    *(f"tf.reduce_{name}(s, reduction_indices=[1], keep_dims=True)" for name in REDUCED),
    *(f"tf.reduce_{name}(s > 0, 1, keep_dims=True)" for name in ("any", "all")),
    "tf.expand_dims(u, dim=1)",
    "tf.squeeze(one, squeeze_dims=[1])",
    "tf.norm(s, axis=1, keep_dims=True)",
    "tf.reverse_sequence(s, [1, 2, 3, 1], seq_dim=1, batch_dim=0)",
    "tf.cond(u[0, 0] > 0, fn1=lambda: u, fn2=lambda: v)",
    "tf.nn.softmax(s, dim=1)",
    "tf.nn.log_softmax(s, dim=1)",
    "tf.nn.moments(s, [1], keep_dims=True)",
    "tf.nn.dropout(s, keep_prob=0.25, seed=3)",
    "tf.nn.dropout(s, keep_prob=1 - 0.5, noise_shape=[4, 1, 5], seed=3)",
    "tf.nn.conv1d(value=s, filters=tf.ones((2, 5, 3)), stride=1, padding='SAME')",
    "tf.nn.conv1d(s, tf.ones((2, 5, 3)), 1, 'SAME', use_cudnn_on_gpu=False)",
    "tf.nn.conv2d(i, filter=tf.ones((2, 2, 2, 3)), strides=[1, 2, 2, 1], padding='SAME')",
    "tf.nn.conv2d(i, tf.ones((2, 2, 2, 3)), [1, 1, 1, 1], 'VALID', use_cudnn_on_gpu=False, data_format='NHWC')",
    "tf.nn.conv2d_transpose(value=i, filter=tf.ones((2, 2, 3, 2)), output_shape=[4, 4, 6, 3], strides=[1, 1, 1, 1])",
    "tf.nn.depthwise_conv2d(i, tf.ones((2, 2, 2, 2)), [1, 1, 1, 1], 'SAME', rate=[2, 2])",
    "tf.nn.depthwise_conv2d_native(i, tf.ones((2, 2, 2, 2)), [1, 1, 1, 1], 'SAME')",
    "tf.nn.max_pool(value=i, ksize=[1, 2, 2, 1], strides=[1, 2, 2, 1], padding='SAME')",
    "tf.nn.avg_pool(value=i, ksize=[1, 2, 2, 1], strides=[1, 2, 2, 1], padding='SAME')",
    "tf.nn.fused_batch_norm(i, tf.ones(2), tf.zeros(2))",
    "tf.nn.xw_plus_b(u, tf.ones((3, 2)), tf.ones(2))",
    "tf.nn.relu_layer(u, tf.ones((3, 2)), tf.ones(2))",
    "tf.nn.softmax_cross_entropy_with_logits_v2(labels=tf.nn.softmax(u), logits=v, dim=-1)",
    "tf.nn.weighted_cross_entropy_with_logits(targets=tf.sigmoid(u), logits=v, pos_weight=2.0)",
]  # fmt: skip
# Of TensorFlow 0.x, with what 1.x has for it.
OLDER = {
    "tf.mul(u, v)": "tf.multiply(u, v)",
    "tf.sub(u, v)": "tf.subtract(u, v)",
    "tf.neg(u)": "tf.negative(u)",
    "tf.inv(pos)": "tf.reciprocal(pos)",
    "tf.complex_abs(tf.complex(u, v))": "tf.abs(tf.complex(u, v))",
    "tf.pack([u, v])": "tf.stack([u, v])",
    "tf.pack([u, v], axis=1)": "tf.stack([u, v], axis=1)",
    "tf.unpack(u, axis=1)": "tf.unstack(u, axis=1)",
    "tf.listdiff([1, 2, 3], [2])": "tf.setdiff1d([1, 2, 3], [2])",
    "tf.select(u > 0, u, v)": "tf.where(u > 0, u, v)",
    "tf.select([True, False, False, True], t=u, e=v)": "tf.where([True, False, False, True], u, v)",
    "tf.batch_matmul(s, s, adj_y=True)": "tf.matmul(s, s, adjoint_b=True)",
    "tf.concat(1, [u, v])": "tf.concat([u, v], 1)",
    "tf.concat(u.shape.ndims - 1, [u, v])": "tf.concat([u, v], 1)",
    "tf.concat(concat_dim=0, values=[u, v])": "tf.concat([u, v], 0)",
    "tf.split(1, 3, s)": "tf.split(s, 3, 1)",
    "tf.split(split_dim=2, num_split=5, value=s)": "tf.split(s, 5, 2)",
    "tf.image.resize_images(i, 7, 3)": "tf.image.resize_images(i, [7, 3])",
    "tf.image.resize_images(i, new_height=7, new_width=3, method=1)": "tf.image.resize_images(i, [7, 3], 1)",
    "tf.nn.sigmoid_cross_entropy_with_logits(u, targets=tf.sigmoid(v))":
        "tf.nn.sigmoid_cross_entropy_with_logits(labels=tf.sigmoid(v), logits=u)",
}  # fmt: skip
ALL = [*TEXTS, *OLDER]
RUN = """
import numpy as np
import tensorflow as tf
import traceback
space = {}
exec(compile(source, "fixed", "exec"), space)
def outcome(function):
    tf.random.set_seed(7)
    return [np.asarray(one) for one in tf.nest.flatten(function(), expand_composites=True) if one is not None]
given = {name: tf.constant(value) for name, value in arrays.items()}
expected, results, failures, today = {}, {}, {}, {}
for name, (text, old) in functions.items():
    expected[text] = outcome(lambda: eval(old, {"tf": tf.compat.v1, **given}))
    try:
        results[text] = outcome(lambda: space[name](**given))
    except Exception:
        failures[text] = traceback.format_exc()
    try:
        eval(text, {"tf": tf, **given})
    except Exception as error:
        today[text] = type(error).__name__
"""


def arrays() -> dict[str, np.ndarray]:
    random = np.random.default_rng(0)
    corner = random.normal(size=(4, 4))
    return {
        "u": random.normal(size=(4, 3)).astype("float32"),
        "v": random.normal(size=(4, 3)).astype("float32"),
        "s": random.normal(size=(4, 3, 5)).astype("float32"),
        "i": random.normal(size=(4, 4, 6, 2)).astype("float32"),
        "one": random.normal(size=(4, 1, 3)).astype("float32"),
        "pos": random.uniform(0.5, 3.0, size=(4, 3)).astype("float32"),
        "square": (corner @ corner.T + np.eye(4)).astype("float32"),
        "ids": random.integers(0, 10, size=(8,)).astype("int32"),
    }


def source_of(texts: list[str]) -> str:
    lines = ["import tensorflow as tf\nfrom keras import backend as K"]
    lines += [f"def f{ALL.index(text)}({', '.join(arrays())}):\n    return {text}" for text in texts]
    return "\n\n\n".join(lines) + "\n"


@cache
def run() -> tuple[str, dict[str, dict]]:
    source = fix(source_of(ALL), "keras3")
    functions = {f"f{number}": (text, OLDER.get(text, text)) for number, text in enumerate(ALL)}
    given = {"source": source, "functions": functions, "arrays": arrays()}
    return source, keras3_engine().run(RUN, given, timeout=300)


@pytest.mark.parametrize("text", ALL)
def test_same_numbers(text):
    source, new = run()
    written = source.split(f"def f{ALL.index(text)}(")[1].split("\n\n\n")[0]
    assert text not in new["failures"], f"{written}\n{new['failures'][text]}"
    expected, actual = new["expected"][text], new["results"][text]
    assert len(actual) == len(expected), written
    for one, other in zip(actual, expected):
        assert (one.shape, one.dtype) == (other.shape, other.dtype), written
        wide = "complex128" if one.dtype.kind == "c" else "float64"
        np.testing.assert_allclose(one.astype(wide), other.astype(wide), rtol=1e-6, atol=1e-6, err_msg=written)


@pytest.mark.parametrize("text", ALL)
def test_it_is_gone(text):
    assert text in run()[1]["today"]


@pytest.mark.parametrize("text", ALL)
def test_both_targets_write_the_same_and_once(text):
    source = source_of([text])
    fixed = fix(source, "keras3")
    assert fixed != source
    assert fix(source, "keras2") == fixed
    assert fix(fixed, "keras3") == fixed


def test_every_row_was_measured():
    called = {ast.unparse(node.func).replace("tf.", "tensorflow.", 1) for text in ALL
              for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Call)}  # fmt: skip
    assert not removed_rows().keys() - called


def test_every_other_name_of_an_argument_was_measured():
    words = {(ast.unparse(node.func).replace("tf.", "tensorflow.", 1), word.arg) for text in ALL
             for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Call) for word in node.keywords}  # fmt: skip
    rows = [row for name, rows in removed_rows().items() if not is_gone(name) for row in rows]
    aliases = {(row.function, alias) for row in rows for alias in row.aliases}
    reduced = {(name, alias) for name, alias in aliases if name in ("tensorflow.reduce_any", "tensorflow.reduce_all")}
    assert not aliases - words - reduced


TODAY = [
    "tf.concat([u, v], 1)",
    "tf.concat(axis=1, values=[u, v])",
    "tf.concat(4 * [u], 1)",
    "tf.concat(u, v)",
    "tf.concat(u, [1])",
    "tf.split(s, 3, 1)",
    "tf.split(s, [1, 2], axis=1)",
    "tf.split(u, v, s)",
    "tf.reduce_sum(s, 1, True)",
    "tf.expand_dims(u, axis=1)",
    "tf.nn.dropout(s, 0.5)",
    "tf.nn.conv2d(i, u, 1, 'SAME')",
    "tf.argmax(s, 1)",
    "tf.nn.l2_normalize(s, dim=1)",
    "tf.compat.v1.log(u)",
    "tf.math.log(u)",
    "u.log(v)",
]


@pytest.mark.parametrize("target", ["keras2", "keras3"])
@pytest.mark.parametrize("text", TODAY)
def test_what_is_right_today_stays(text, target):
    code = f"import tensorflow as tf\nfrom keras import backend as K\n\n\ndef f(u, v, s, i):\n    return {text}\n"
    assert not check(code, target)
