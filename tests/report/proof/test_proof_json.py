from __future__ import annotations

import json
import math
from dataclasses import fields

from report.proof.samples import HOSTILE, captions, of, rendered, vqa, vqa_file, whole

from kerasfix.verify.verdicts import (
    Architecture,
    Difference,
    FileVerdict,
    Layer,
    Level,
    ModelVerdict,
    Shortfall,
    Tensor,
    Verification,
)


def test_a_run_with_one_of_everything():
    document = json.loads(rendered(whole(), "json"))
    assert (document["version"], document["target"], document["require"]) == (1, "keras3", "equal")
    assert (document["satisfied"], document["seconds"]) == (False, 41.3)
    assert document["summary"] == {
        "models": 5,
        "levels": {"equal": 3, "trains": 1, "builds": 1, "parses": 0, "nothing": 0},
        "outcomes": {"proven": 3, "unverified": 1, "failed": 1},
        "unverified": 1,
        "failed": 0,
        "failures": 1,
    }
    paths = [file["path"] for file in document["files"]]
    assert paths == ["models/captions.py", "models/inception.py", "models/text_cnn.py", "models/vqa.py", "notes/old.py"]
    failed = document["files"][0]["models"][0]
    assert (failed["level"], failed["outcome"], failed["largest"]) == ("trains", "failed", 0.0412345)
    assert failed["differences"][2] == {
        "what": "weights after one step: `lstm_1`, array 1",
        "kind": "weights",
        "largest": "inf",
        "tolerance": 1e-05,
        "equal": False,
    }


def test_a_layer():
    document = json.loads(rendered(of(vqa()), "json"))
    layer = document["files"][0]["models"][0]["before"]["layers"][4]
    assert layer == {
        "path": "merge_1",
        "kind": "Merge",
        "inbound": [["dense_1", "dense_2"]],
        "input_shapes": [[None, 64], [None, 64]],
        "output_shapes": [[None, 128]],
        "parameters": 0,
        "created": 4,
        "container": False,
        "config": {"mode": "concat", "concat_axis": -1, "dot_axes": -1},
    }


def test_all_that_a_verdict_holds_is_there():
    document = json.loads(rendered(Verification([vqa_file()], "keras3", Level.EQUAL), "json"))
    file = document["files"][0]
    model = file["models"][0]
    for kind, found in (
        (Verification, document),
        (FileVerdict, file),
        (ModelVerdict, model),
        (Architecture, model["after"]),
        (Layer, model["after"]["layers"][0]),
        (Tensor, model["after"]["inputs"][0]),
        (Difference, model["differences"][0]),
    ):
        assert {field.name for field in fields(kind)} - {"shortfalls"} <= set(found), kind


def test_scenarios_that_fall_short_are_told_apart():
    shortfalls = (Shortfall("script", "needs a file"), Shortfall("build()", "fails", failed=True))
    document = json.loads(rendered(of(shortfalls=shortfalls), "json"))
    [file] = document["files"]
    assert (file["unverified"], file["failed"]) == (["script: needs a file"], ["build(): fails"])
    assert (document["summary"]["unverified"], document["summary"]["failed"]) == (1, 1)


def test_numbers_that_json_cannot_write_are_text():
    model = captions(losses_after=(math.nan, math.inf, -math.inf, 1.5))
    output = rendered(of(model), "json")
    document = json.loads(output, parse_constant=lambda name: 1 / 0)
    assert document["files"][0]["models"][0]["losses_after"] == ["nan", "inf", "-inf", 1.5]


def test_a_configuration_can_hold_anything():
    deep: dict = {}
    deep["again"] = deep
    odd = {1: object, "set": {1}, "nan": math.nan, "big": 10**400, "deep": deep, "bytes": b"\xff", "lone": "\udc80"}
    layer = Layer("x", "Own", ((),), (), ((None, 1),), 0, 0, odd)
    architecture = Architecture("Keras 3", "Model", (), (), (layer,), 0, 0)
    document = json.loads(rendered(of(vqa(after=architecture)), "json"))
    config = document["files"][0]["models"][0]["after"]["layers"][0]["config"]
    assert (config["1"], config["nan"], config["big"], config["lone"]) == ("<class 'object'>", "nan", 10**400, "?")


def test_hostile_text():
    document = json.loads(rendered(of(vqa(name=HOSTILE), failure=HOSTILE), "json"))
    assert document["files"][0]["models"][0]["name"] == HOSTILE


def test_nothing_looked_at():
    document = json.loads(rendered(Verification([], "keras2", Level.TRAINS), "json"))
    assert (document["files"], document["satisfied"], document["summary"]["models"]) == ([], True, 0)
