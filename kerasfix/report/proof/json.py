"""All that a verification found, for programs.

    {
      "version": 1,                  of this format; additions do not change it
      "kerasfix": "0.1.0",
      "target": "keras3",
      "require": "equal",            a level: "nothing", "parses", "builds", "trains" or "equal"
      "keras": "Keras 3.15.1 on TensorFlow 2.21.0",
      "satisfied": false,            what the exit code says
      "seconds": 41.2,
      "summary": {"models": 14, "levels": {"equal": 12, ...}, "outcomes": {"proven": 12, ...},
                  "unverified": 1, "failed": 0, "failures": 0},
      "files": [{
        "path", "seconds", "failure": null | text, "fixed": {rule: count}, "left": findings that are left,
        "unverified": [texts],       scenarios that could not be run as far as they should, with the reason
        "failed": [texts],           those that the rewritten code fails, and its original does not
        "before", "after": texts of the file,
        "models": [{
          "name", "scenario", "function", "level", "outcome": "proven" | "unverified" | "failed", "line", "reason",
          "reference",
          "largest": the largest difference of outputs, "parted_at", "notes": [texts],
          "differences": [{"what", "kind": "output" | "loss" | "weights" | "optimizer",
                           "largest", "tolerance", "equal"}],
          "pairs": [[path before, path after]], "losses_before": [], "losses_after": [],
          "before", "after": null | {
            "keras", "kind", "parameters", "trainable",
            "inputs", "outputs": [{"name", "shape", "dtype"}],
            "layers": [{"path", "kind", "inbound": [[paths], one a call], "input_shapes", "output_shapes", "parameters",
                        "created", "container", "config"}]
          }
        }]
      }]
    }

Numbers that JSON has no way to write are the texts "nan", "inf" and "-inf". Sizes that are open are null. In a
`config`, what is none of JSON's own types is text. Paths have forward slashes; those below the current
directory are relative to it.
"""

from __future__ import annotations

import json
import math
from typing import Any, Final

from kerasfix import __version__
from kerasfix.report.paths import encodable, portable
from kerasfix.report.proof import words
from kerasfix.report.terminal import Paint
from kerasfix.verify.verdicts import (
    Architecture,
    FileVerdict,
    Layer,
    Level,
    ModelVerdict,
    Outcome,
    Tensor,
    Verification,
)

_VERSION: Final = 1
_DEPTH: Final = 40  # of a layer's configuration; what lies deeper is text


def render(verification: Verification, paint: Paint) -> str:
    """The document; `paint` is for the formats that have colours."""
    document = {
        "version": _VERSION,
        "kerasfix": __version__,
        "target": verification.target,
        "require": words.LEVELS[verification.require],
        "keras": verification.keras,
        "satisfied": verification.satisfied,
        "seconds": verification.seconds,
        "summary": _summary(verification),
        "files": [_file(file) for file in words.ordered(verification)],
    }
    return json.dumps(_plain(document), indent=2, allow_nan=False) + "\n"


def _summary(verification: Verification) -> dict[str, Any]:
    models = [model for _, model in verification.models]
    return {
        "models": len(models),
        "levels": {words.LEVELS[level]: verification.counts[level] for level in reversed(Level)},
        "outcomes": {one.name.lower(): sum(model.outcome == one for model in models) for one in Outcome},
        "unverified": sum(len(file.fell_short(failed=False)) for file in verification.files),
        "failed": sum(len(file.fell_short(failed=True)) for file in verification.files),
        "failures": sum(1 for file in verification.files if file.failure),
    }


def _file(file: FileVerdict) -> dict[str, Any]:
    return {
        "path": portable(file.path),
        "seconds": file.seconds,
        "failure": file.failure,
        "fixed": dict(sorted(file.fixed.items())),
        "left": file.left,
        "unverified": list(map(str, file.fell_short(failed=False))),
        "failed": list(map(str, file.fell_short(failed=True))),
        "before": file.before,
        "after": file.after,
        "models": [_model(model) for model in file.models],
    }


def _model(model: ModelVerdict) -> dict[str, Any]:
    return {
        "name": model.name,
        "scenario": model.scenario,
        "function": model.function,
        "level": words.LEVELS[model.level],
        "outcome": model.outcome.name.lower(),
        "line": model.line,
        "reason": model.reason,
        "reference": model.reference,
        "largest": words.largest(model),
        "parted_at": model.parted_at,
        "notes": model.notes,
        "differences": [
            {
                "what": one.what,
                "kind": one.kind,
                "largest": one.largest,
                "tolerance": one.tolerance,
                "equal": one.equal,
            }
            for one in model.differences
        ],
        "pairs": model.pairs,
        "losses_before": model.losses_before,
        "losses_after": model.losses_after,
        "before": _architecture(model.before),
        "after": _architecture(model.after),
    }


def _architecture(architecture: Architecture | None) -> dict[str, Any] | None:
    if architecture is None:
        return None
    return {
        "keras": architecture.keras,
        "kind": architecture.kind,
        "parameters": architecture.parameters,
        "trainable": architecture.trainable,
        "inputs": [_tensor(tensor) for tensor in architecture.inputs],
        "outputs": [_tensor(tensor) for tensor in architecture.outputs],
        "layers": [_layer(layer) for layer in architecture.layers],
    }


def _tensor(tensor: Tensor) -> dict[str, Any]:
    return {"name": tensor.name, "shape": tensor.shape, "dtype": tensor.dtype}


def _layer(layer: Layer) -> dict[str, Any]:
    return {
        "path": layer.path,
        "kind": layer.kind,
        "inbound": layer.inbound,
        "input_shapes": layer.input_shapes,
        "output_shapes": layer.output_shapes,
        "parameters": layer.parameters,
        "created": layer.created,
        "container": layer.container,
        "config": layer.config,
    }


def _plain(value: Any, depth: int = 0) -> Any:
    if isinstance(value, str):
        return encodable(value)
    if isinstance(value, float) and not isinstance(value, bool):
        return float(value) if math.isfinite(value) else str(float(value))
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, dict) and depth < _DEPTH:
        return {encodable(str(key)): _plain(one, depth + 1) for key, one in value.items()}
    if isinstance(value, list | tuple) and depth < _DEPTH:
        return [_plain(one, depth + 1) for one in value]
    return encodable(str(value))
