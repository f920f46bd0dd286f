"""The sources and the libraries that the tests have already: legacy Keras from the package index, engines to run code.

They are in `tests/reference`, whose `engines` says how they work.
"""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

sys.path[:0] = [str(ROOT), str(ROOT / "tests")]
from reference.engines import Engine, keras3_engine, legacy_engine, legacy_folder, tf_keras_engine  # noqa: E402

__all__ = ["ROOT", "Engine", "keras3_engine", "legacy_engine", "legacy_folder", "tf_keras_engine"]
