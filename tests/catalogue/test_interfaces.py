"""What calls of Keras 1 become, held against the converters that Keras 2.1.6 itself had for them.

`keras/legacy/interfaces.py` takes a call of Keras 1 and hands the arguments on under their new names. It is run here on
each call, as it was and as kerasfix makes it: what reaches the layer has to be the same. Where it is not, on purpose,
`interfaces_differences.toml` says why.
"""

from __future__ import annotations

import re
import sys
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from catalogue.pipeline import check, fix
from reference.engines import legacy_engine

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
from docs.api_map.read_legacy import read_legacy
from docs.api_map.snippets import Snippet, use_snippet

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

HERE = Path(__file__).parent
RECORDER = (HERE / "interfaces_recorder.py").read_text(encoding="utf-8")
TABLES = tomllib.loads((HERE / "interfaces_differences.toml").read_text(encoding="utf-8"))
DIFFERENCES = TABLES["difference"]
AUTHORITY = "2.1.6"
# What of each the converters are for; the names are those of Keras 1.2.2.
CONSTRUCTORS = """
    Dense Dropout Embedding MaxPooling1D AveragePooling1D MaxPooling2D AveragePooling2D MaxPooling3D AveragePooling3D
    PReLU GaussianNoise GaussianDropout SimpleRNN GRU LSTM GlobalMaxPooling2D GlobalAveragePooling2D UpSampling1D
    UpSampling2D UpSampling3D Convolution1D Convolution2D Convolution3D SeparableConvolution2D Deconvolution2D
    LocallyConnected1D LocallyConnected2D ConvLSTM2D BatchNormalization ZeroPadding2D ZeroPadding3D Cropping2D
    Cropping3D SpatialDropout1D SpatialDropout2D SpatialDropout3D Lambda InputLayer GlobalMaxPooling3D
    GlobalAveragePooling3D
""".split()
METHODS = [f"{model}.{kind}_generator" for model in ("Model", "Sequential") for kind in ("fit", "evaluate", "predict")]
NAMES = [f"keras.layers.{name}" for name in CONSTRUCTORS] + [f"keras.models.{name}" for name in METHODS]
WAYS = ("bare", "required", "default", "given", "text", "keywords", "positional")


@cache
def snippets() -> dict[str, Snippet]:
    api = read_legacy("1.2.2")
    found = {}
    for name in NAMES:
        snippet = use_snippet(api.definitions[name], api)
        assert snippet is not None
        found[name] = snippet
    return found


@cache
def recorded() -> dict[str, dict[str, dict[str, Any]]]:
    texts = {}
    for name, snippet in snippets().items():
        texts[f"before {name}"] = snippet.code
        texts[f"after {name}"] = fix(snippet.code, "keras2", unsafe=True)
    code = f"{RECORDER}\n\nfunctions = converted_functions()\nresults = run(texts)\n"
    return legacy_engine(AUTHORITY).run(code, {"texts": texts}, timeout=600)


def left_lines(text: str) -> set[str]:
    """The markers of the lines in which something is left for a person."""
    lines = text.splitlines()
    found = check(text, "keras2")
    return {lines[text.count("\n", 0, finding.start)].partition(" = ")[0] for finding in found}


def expected_differences(name: str) -> set[str]:
    """The arguments that may differ for a function."""
    short = name.removeprefix("keras.layers.").removeprefix("keras.models.")
    tables = [table for table in DIFFERENCES if not table["of"] or short in table["of"]]
    return {argument for table in tables for argument in table["arguments"]}


@pytest.mark.parametrize("name", NAMES)
def test_arguments_reach_the_layer_as_the_converters_would_hand_them_on(name):
    snippet = snippets()[name]
    before, after = recorded()["results"][f"before {name}"], recorded()["results"][f"after {name}"]
    fixed = fix(snippet.code, "keras2", unsafe=True)
    left = left_lines(fixed)
    # A definition that the file got does what no method of Keras 2 does: it counts samples.
    defined = "|".join(re.findall(r"^def (\w+)", fixed, re.MULTILINE))
    left |= set(re.findall(rf"^(case_\d+) = (?:{defined})\(", fixed, re.MULTILINE))
    lines = dict(line.split(" = ", 1) for line in snippet.code.splitlines() if line.startswith("case_"))
    wrong = []
    compared = 0
    for case in snippet.cases:
        old, new = before[case.marker], after.get(case.marker)
        if old["error"] or old["arguments"] is None or case.marker in left:
            continue  # the converter refuses it, or kerasfix leaves it to a person
        if new is None or new["error"] or new["arguments"] is None or new["legacy"]:
            wrong.append(f"{lines[case.marker]}: {new and (new['error'] or 'still a legacy call')}")
            continue
        compared += 1
        keys = old["arguments"].keys() | new["arguments"].keys()
        differing = {key for key in keys if old["arguments"].get(key) != new["arguments"].get(key)}
        differing -= {key for key in differing if old["arguments"].get(key) in TABLES["names"]["unknown"]}
        if not differing <= expected_differences(name):
            shown = {key: (old["arguments"].get(key), new["arguments"].get(key)) for key in sorted(differing)}
            wrong.append(f"{lines[case.marker]}: {shown}")
    assert not wrong, "\n".join(wrong)
    assert compared


def test_every_converter_is_asked():
    asked = {name.removeprefix("keras.layers.").removeprefix("keras.models.") for name in NAMES}
    today = {"Convolution1D": "Conv1D", "Convolution2D": "Conv2D", "Convolution3D": "Conv3D",
             "SeparableConvolution2D": "SeparableConv2D", "Deconvolution2D": "Conv2DTranspose"}  # fmt: skip
    elsewhere = {"Layer.add_weight", "Model", "Container", "AtrousConvolution1D", "AtrousConvolution2D"}
    functions = {name for name in recorded()["functions"] if not name.startswith("_")}
    assert functions - {today.get(name, name) for name in asked} - elsewhere == set()
