"""What functions are called with."""

import pytest
from verify.find.found import calls_in, found_in

IMPORTS = "from keras.layers import Dense, Input\nfrom keras.models import Model, Sequential\n"


def builder(parameters, body="return Sequential([Dense(2, input_dim=3)])"):
    return f"{IMPORTS}def build({parameters}):\n    {body}\n"


@pytest.mark.parametrize(
    ("use", "call"),
    [
        ("build(3)", "build(n=3)"),
        ("build(n=3)", "build(n=3)"),
        ("build((3, 4))", "build(n=(3, 4))"),
        ("build([3, 'a'])", "build(n=[3, 'a'])"),
        ("build({'a': 1})", "build(n={'a': 1})"),
        ("build(-0.5)", "build(n=-0.5)"),
        ("build(None)", "build(n=None)"),
        ("SIZE = 3\nbuild(SIZE * 2)", "build(n=6)"),
        ("def go(m):\n    build(m)\ngo(5)", "build(n=5)"),
        ("def go(m=7):\n    build(m)\ngo()", "build(n=7)"),
        ("build(act)", "build(n=act)"),
        ("build(Options())", "build(n=Options())"),
        ("build(Input((3,)))", "build(n=Input(shape=(3,)))"),
        ("build(other())", "build(n=other())"),
        ("import argparse\np = argparse.ArgumentParser()\np.add_argument('--the-size', type=int, default=9)\n"
         "args = p.parse_args()\nbuild(args.the_size)", "build(n=9)"),
        ("import argparse\np = argparse.ArgumentParser()\np.add_argument('-f', '--fast', action='store_true')\n"
         "args = vars(p.parse_args())\nbuild(args['fast'])", "build(n=False)"),
        ("import tensorflow as tf\ntf.app.flags.DEFINE_integer('size', 8, 'of it')\nFLAGS = tf.app.flags.FLAGS\n"
         "build(FLAGS.size)", "build(n=8)"),
    ],
)  # fmt: skip
def test_arguments_are_those_of_the_calls_in_the_project(tmp_path, use, call):
    text = builder("n") + "def act(x):\n    return x\nclass Options:\n    pass\ndef other():\n    return Sequential()\n"
    found = calls_in(tmp_path, text, train=f"from nets import *\n{use}\n")
    assert call in found


def test_where_a_call_was_seen_is_said(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    found = found_in(tmp_path, {"nets.py": builder("n"), "train.py": "from nets import build\nbuild(3)\n"})
    assert found["nets.py"].scenarios[0].why.startswith("called as in ")
    assert found["nets.py"].scenarios[0].why.endswith("train.py, line 2")


def test_defaults_come_first_and_then_two_calls(tmp_path):
    calls = "from nets import build\nbuild(3)\nbuild(3)\nbuild(4)\nbuild(5)\nbuild(1)\n"
    assert calls_in(tmp_path, builder("n=1"), train=calls) == ["build()", "build(n=3)", "build(n=4)"]


def test_what_is_not_known_of_an_optional_argument_is_left_to_its_default(tmp_path):
    use = "from nets import build\nimport numpy as np\nbuild(3, np.ones(3))\n"
    assert calls_in(tmp_path, builder("n, weights=None"), train=use) == ["build(n=3)"]


def test_a_function_of_keywords_needs_those_of_its_calls(tmp_path):
    text = builder("**options", "return Sequential([Dense(options['n'], input_dim=3)])")
    assert calls_in(tmp_path, text, train="from nets import build\nbuild(n=3)\n") == ["build(n=3)"]


def test_a_function_of_keywords_whose_call_is_not_known_to_the_end(tmp_path):
    text = builder("**options", "return Sequential([Dense(options['n'], input_dim=3)])")
    use = "from nets import build\nfrom data import x\nbuild(n=x.n, corpus=x, kind='a')\n"
    assert calls_in(tmp_path, text, train=use) == ["build(kind='a', n=..., corpus=...)"]


def test_arguments_that_no_single_call_shows(tmp_path):
    use = "from nets import build\nfrom data import x\nbuild(3, x)\nbuild(x, 4)\n"
    found = found_in(tmp_path, {"nets.py": builder("n, m"), "train.py": use})["nets.py"]
    assert [(one.call, one.why) for one in found.scenarios] == [
        ("build(n=3, m=4)", "called with arguments from several calls")
    ]


def test_names_that_only_the_script_has_are_no_arguments(tmp_path):
    text = builder("n") + "if __name__ == '__main__':\n    class Options:\n        pass\n    build(Options)\n"
    found = found_in(tmp_path, {"nets.py": text})["nets.py"]
    assert [one.call for one in found.scenarios] == [None]


@pytest.mark.parametrize(
    ("parameter", "guess"),
    [
        ("nb_classes", "10"),
        ("numClasses", "10"),
        ("vocab_size", "1000"),
        ("MAX_LEN", "20"),
        ("embedding_dim", "16"),
        ("num_atom_features", "16"),
        ("batch_size", "4"),
        ("img_rows", "32"),
        ("channels", "3"),
        ("dropout", "0.5"),
        ("lr", "0.01"),
        ("weights_path", "None"),
        ("optimizer", "'sgd'"),
        ("use_attention", "False"),
        ("inputs", "Input(shape=(20,))"),
        ("input_shape", "(20,)"),
    ],
)
def test_guesses_go_by_names_and_are_marked(tmp_path, parameter, guess):
    found = found_in(tmp_path, {"nets.py": builder(parameter)})["nets.py"]
    (scenario,) = found.scenarios
    assert scenario.call == f"build({parameter}={guess})"
    assert scenario.guessed == (f"{parameter}={guess}",)
    assert scenario.why == f"called with guesses for `{parameter}`"


@pytest.mark.parametrize(
    ("layers", "setting", "shape", "instead"),
    [
        ("Convolution2D(3, 3, 3)", "", "(32, 32, 3)", "(224, 224, 3)"),
        ("Convolution2D(3, 3, 3, dim_ordering='th')", "", "(3, 32, 32)", "(3, 224, 224)"),
        ("Convolution2D(3, 3, 3)", "from keras import backend as K\nK.set_image_dim_ordering('th')\n", "(3, 32, 32)",
         "(224, 224, 3)"),
        ("Convolution3D(3, 3, 3, 3)", "", "(16, 16, 16, 1)", "(1, 16, 16, 16)"),
        ("LSTM(3)", "", "(20, 16)", "(20,)"),
        ("Dense(3)", "", "(20,)", "(20, 16)"),
    ],
)  # fmt: skip
def test_shapes_are_guessed_for_the_layers_that_take_them(tmp_path, layers, setting, shape, instead):
    text = f"from keras.layers import *\n{setting}" + builder("input_shape", f"return Sequential([{layers}])")
    found = found_in(tmp_path, {"nets.py": text})["nets.py"]
    (scenario,) = found.scenarios
    assert scenario.call == f"build(input_shape={shape})"
    assert f"build(input_shape={instead})" in [one.call for one in scenario.instead]
    assert all(one.guessed for one in scenario.instead)


@pytest.mark.parametrize(
    ("known", "guess"),
    [("maxlen_question", "40"), ("answer_len", "40"), ("n_words", "20"), ("maxlen_of_what", "40"), ("epochs", "20")],
)
def test_guesses_are_what_is_known_of_parameters_of_the_same_kind(tmp_path, known, guess):
    text = builder(f"{known}, maxlen_answer") if known != "answer_len" else builder(f"{known}, question_len")
    unknown = "question_len" if known == "answer_len" else "maxlen_answer"
    train = f"import sys\nfrom nets import build\nbuild({known}=40, {unknown}=int(sys.stdin.read()))\n"
    [scenario] = found_in(tmp_path, {"nets.py": text, "train.py": train})["nets.py"].scenarios
    assert scenario.call == f"build({known}=40, {unknown}={guess})"


def test_guesses_go_with_what_is_known(tmp_path):
    use = "from nets import build\nimport data\nbuild('a', len(data.words))\n"
    assert calls_in(tmp_path, builder("kind, vocab_size"), train=use) == ["build(kind='a', vocab_size=1000)"]


def test_what_may_help_where_defaults_do_not(tmp_path):
    text = builder("weights='imagenet', input_shape=None", "return Sequential([Dense(2)])")
    found = found_in(tmp_path, {"nets.py": text})["nets.py"]
    assert found.scenarios[0].call == "build()"
    assert found.scenarios[0].guessed == ()
    assert found.scenarios[0].instead[0].call == "build(weights=None, input_shape=(20,))"
    assert found.scenarios[0].instead[0].guessed == ("weights=None", "input_shape=(20,)")


def test_what_is_missing_is_said_in_the_users_own_names(tmp_path):
    found = found_in(
        tmp_path, {"pyproject.toml": "[tool.kerasfix]\n", "pkg/nets.py": builder("corpus, nb_classes, trie")}
    )
    (scenario,) = found["pkg/nets.py"].scenarios
    assert scenario.unserved == (
        "needs values for `corpus` and `trie`; say it in [tool.kerasfix.verify]: "
        'models = ["pkg/nets.py:build(corpus=..., nb_classes=10, trie=...)"]'
    )


def test_what_a_call_leads_to_needs_no_call_of_its_own(tmp_path):
    text = builder("corpus") + "def known():\n    return build(load())\ndef load():\n    return open('x')\n"
    assert calls_in(tmp_path, text) == ["known()"]
