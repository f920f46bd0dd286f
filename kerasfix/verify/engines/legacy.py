"""Fetches old versions of Keras, once, into the user's cache."""

from __future__ import annotations

import importlib.util
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from kerasfix.verify.engines.answers import Unavailable

CACHE_VARIABLE = "KERASFIX_CACHE"

# From 2.2 to 2.3.1, Keras had its applications and its preprocessing in packages of their own, and with later ones of
# these it cannot be imported: the first Keras that goes with each pair.
_COMPANIONS = {
    (2, 2, 3): ("keras-applications==1.0.8", "keras-preprocessing==1.1.2"),
    (2, 2, 1): ("keras-applications==1.0.4", "keras-preprocessing==1.0.2"),
    (2, 2): ("keras-applications==1.0.2", "keras-preprocessing==1.0.1"),
}
_FIRST_WITHOUT_BACKENDS = (2, 4)  # from here on the package `keras` is another name for what TensorFlow brings
_FETCH_SECONDS = 300.0


def fetch(version: str, cache: Path | None = None) -> Path:
    """Give the folder to import a legacy Keras from, and fetch it from the package index if it is not there.

    Runs that race for the same version do not disturb each other: a download becomes visible as a whole, or not at all.

    Args:
        version: Of 1.0 to 2.3.1, such as "1.2.2".
        cache: The folder of all versions; by default in `cache_folder()`.

    Raises:
        Unavailable: It could not be fetched, or no legacy Keras has this version.
    """
    _require_legacy(version)
    cache = cache or cache_folder() / "keras"
    folder = cache / version
    if folder.is_dir():
        return folder
    try:
        cache.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=cache, prefix=".fetching-") as download:
            target = Path(download) / version
            _install(version, target)
            _put_in_place(target, folder)
    except OSError as error:
        raise Unavailable(f"Keras {version} could not be put into the cache {cache}: {error}") from None
    return folder


def cache_folder() -> Path:
    """Where this user's downloads are kept: KERASFIX_CACHE, or `kerasfix` in the platform's folder for caches."""
    if chosen := os.environ.get(CACHE_VARIABLE):
        return Path(chosen).expanduser().absolute()
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local") / "kerasfix" / "cache"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches" / "kerasfix"
    chosen = os.environ.get("XDG_CACHE_HOME", "")
    # A relative path there is invalid and to be ignored, as the XDG base directory specification says.
    return (Path(chosen) if os.path.isabs(chosen) else Path.home() / ".cache") / "kerasfix"


def parse_version(version: str) -> tuple[int, ...]:
    """Read a version such as "2.0.9"; empty for anything else."""
    if not re.fullmatch(r"\d+(\.\d+){1,2}", version):
        return ()
    return tuple(map(int, version.split(".")))


def _require_legacy(version: str) -> None:
    if not (1,) <= parse_version(version) < _FIRST_WITHOUT_BACKENDS:
        raise Unavailable(f"there is no legacy Keras {version!r}: they are 1.0.0 to 2.3.1")


def _install(version: str, target: Path) -> None:
    if not importlib.util.find_spec("pip"):
        raise Unavailable(
            f"Keras {version} could not be fetched: there is no pip in this environment "
            f"(`{sys.executable} -m ensurepip` or `uv pip install pip` brings it); {_why(version)}"
        )
    companions = next((pair for first, pair in _COMPANIONS.items() if parse_version(version) >= first), ())
    # Their dependencies are those of their time; what they still need is installed with TensorFlow.
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--disable-pip-version-check"]
    command += ["--no-input", "--target", str(target), f"keras=={version}", *companions]
    environment = {
        name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "PIP_REQUIRE_VIRTUALENV")
    }
    try:
        done = subprocess.run(
            command,
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
            env=environment,
            stdin=subprocess.DEVNULL,
            timeout=_FETCH_SECONDS,
        )
    except subprocess.TimeoutExpired:
        raise Unavailable(
            f"Keras {version} could not be fetched from the package index in {_FETCH_SECONDS:g} seconds; "
            f"{_why(version)}"
        ) from None
    if done.returncode or not (target / "keras" / "__init__.py").is_file():
        raise Unavailable(
            f"Keras {version} could not be fetched from the package index (offline?): {_reason(done.stderr)}; "
            f"{_why(version)}"
        )


def _why(version: str) -> str:
    return f"it is needed to compare with the original, which was written for Keras {version}"


def _reason(stderr: str) -> str:
    """The line of pip's output that says most."""
    lines = [line.strip() for line in stderr.splitlines() if line.strip()]
    errors = [line for line in lines if line.startswith("ERROR")]
    return (errors or lines or ["pip said nothing"])[-1].removeprefix("ERROR: ")


def _put_in_place(target: Path, folder: Path) -> None:
    try:
        target.rename(folder)
    except OSError:  # another run was quicker
        if not folder.is_dir():
            raise
