"""What is asked of the child processes."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from kerasfix.verify.engines import Ended
from kerasfix.verify.find import Scenario
from kerasfix.verify.verdicts import Level


@dataclass(frozen=True, slots=True)
class Request:
    """What is to be proven."""

    target: str  # "keras2" or "keras3"
    require: Level = Level.EQUAL
    data_format: str | None = None  # of images, where the code leaves it to the configuration of its Keras
    # recordings of the user's own, with their meta data, by the absolute path of the file and the call in it
    recordings: dict[tuple[str, str | None], tuple[Path, dict[str, Any]]] = field(default_factory=dict)
    jobs: int = 1
    patience: float | None = None  # seconds after which the user's code is not run on; its models are measured then


def job(
    path: str, scenario: Scenario, texts: dict[str, str], request: Request, data_format: str | None
) -> dict[str, Any]:
    """The payload of a child that runs the code of a scenario, as `kerasfix.probe.running.Run` reads it."""
    return {
        "path": os.path.abspath(path),
        "texts": texts,
        "call": scenario.call,
        "argv": list(scenario.argv),
        "data_format": data_format or request.data_format,
        "patience": request.patience,
        "frugal": scenario.frugal,
        "doubled": scenario.doubled,
    }


def said(ended: Ended) -> str:
    """Why a child gave nothing, in one line."""
    lines = ended.message.strip().splitlines() or [ended.kind]
    return lines[-1] if ended.kind == "error" else lines[0]
