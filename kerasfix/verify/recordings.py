"""Recordings of the user's own, from environments of the time: whether they can be read, and whether they fit."""

from __future__ import annotations

import ast
import hashlib
import json
import os
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from kerasfix.probe.recording import FORMAT, META
from kerasfix.project.config import Config
from kerasfix.project.verification import ModelEntry
from kerasfix.source.read import describe
from kerasfix.verify.rewriting import Rewritten
from kerasfix.verify.verdicts import FileVerdict

_MOST_TEXT = 256 << 20  # bytes of what is told of the models
_UNREADABLE = (zipfile.BadZipFile, zlib.error, ValueError, KeyError, EOFError, NotImplementedError, RuntimeError)
# What the way of a recording through the other parts rests on.
_META = {"keras": str, "package": str, "backend": str, "scenario": dict, "models": list, "notes": list}
_SCENARIO = {"path": str, "call": (str, type(None))}
_MODEL = {
    "name": str,
    "class": str,
    "layers": list,
    "inputs": list,
    "outputs": list,
    "parameters": int,
    "trainable": int,
    "line": (int, type(None)),
    "probe": (dict, type(None)),
}
_LAYER = {
    "path": str,
    "name": str,
    "class": str,
    "config": dict,
    "inbound": list,
    "input_shapes": list,
    "output_shapes": list,
    "parameters": int,
    "created": (int, type(None)),
    "container": bool,
    "weights": list,
}
_PROBE = {"error": (str, type(None)), "loss": (float, int, type(None))}


class Unfit(Exception):
    """A file that is no recording, or none of what is to be proven; the text begins with its name."""


@dataclass(frozen=True, slots=True)
class Recording:
    """One recording.

    Attributes:
        name: As the user spells its path.
        meta: Its meta data, as `kerasfix.probe.recording` describes them.
    """

    name: str
    meta: dict[str, Any]

    @property
    def path(self) -> Path:
        """Its absolute path."""
        return Path(self.name).absolute()

    @property
    def file(self) -> str:
        """The name of the file that was run, without its folder."""
        return str(self.meta["scenario"]["path"])

    @property
    def call(self) -> str | None:
        """What was evaluated in the file; None if it was run as a script."""
        call = self.meta["scenario"]["call"]
        return None if call is None else str(call)

    @property
    def measured(self) -> int:
        """How many models it has something to say about."""
        return sum(1 for model in self.meta["models"] if model["probe"] and not model["probe"]["error"])


@dataclass(frozen=True, slots=True)
class Fitted:
    """Recordings with the files that they were made from.

    Attributes:
        by_scenario: Each by the absolute path of its file and the call that was made in it.
        outdated: The keys of those whose file has changed since.
    """

    by_scenario: dict[tuple[str, str | None], Recording]
    outdated: frozenset[tuple[str, str | None]] = frozenset()

    def asked_of(self, config: Config) -> Config:
        """The configuration that has each of these scenarios proven, with the command line that it was recorded for."""
        models, argv = list(config.verify.models), list(config.verify.argv)
        for (path, call), recording in self.by_scenario.items():
            if call not in [entry.call for entry in config.verify.entries_of(path)]:
                models.append(ModelEntry(f"{path}:{call}" if call else path, (Path(path),), call))
            argv.insert(0, (Path(path), tuple(map(str, recording.meta["scenario"].get("argv") or ()))))
        return replace(config, verify=replace(config.verify, models=tuple(models), argv=tuple(argv)))

    def checked(self, verdict: FileVerdict, path: str) -> FileVerdict:
        """A verdict, which is none where the recording is of other models than those that the file makes by now.

        Args:
            verdict: On a file.
            path: The absolute path of the file that was, or would have been, recorded.
        """
        for key in self.outdated:
            recording = self.by_scenario[key]
            if key[0] != path or recording.measured == _made(verdict, key[1]):
                continue
            failure = (
                f"{recording.name} was recorded from another {recording.file}, with {_models(recording.measured)} "
                f"against {_made(verdict, key[1])} now: record it again"
            )
            return replace(verdict, failure=failure, models=())
        return verdict


def load(name: str, most: int) -> Recording:
    """Read what a recording says, and make sure that its arrays can be read; they are not kept.

    Args:
        name: Its path.
        most: How many bytes its arrays may take.

    Raises:
        Unfit: It cannot be used.
    """
    try:
        with zipfile.ZipFile(name) as archive:
            meta = _meta(archive)
            _check_arrays(archive, most)
    except OSError as error:
        raise Unfit(f"{name}: cannot be read: {describe(error)}") from error
    except Unfit as error:
        raise Unfit(f"{name}: {error}") from error
    except _UNREADABLE as error:
        raise Unfit(f"{name}: is not a recording of kerasfix, or damaged: {error}") from error
    if not any(model["probe"] for model in meta["models"]):
        raise Unfit(f"{name}: holds no model")
    return Recording(name, meta)


def fit(recordings: Iterable[Recording], files: Sequence[Rewritten]) -> Fitted:
    """Find the file of each recording among those that are to be proven. Raises Unfit."""
    found: dict[tuple[str, str | None], Recording] = {}
    outdated = set()
    asked = [os.path.abspath(file.original or file.path) for file in files if file.asked_for]
    for recording in recordings:
        path = _file_of(recording, asked)
        key = (path, recording.call)
        if key in found:
            what = recording.call or "the script"
            raise Unfit(f"{recording.name}: {found[key].name} is a recording of {what} in {recording.file}, too")
        found[key] = recording
        if recording.meta["scenario"].get("digest") not in (None, _digest(path)):
            outdated.add(key)
            recording.meta["notes"].append(f"{recording.name} was recorded from another version of {recording.file}")
    return Fitted(found, frozenset(outdated))


def _file_of(recording: Recording, asked: Sequence[str]) -> str:
    named = [path for path in asked if os.path.basename(path) == recording.file]
    if not named:
        raise Unfit(f"{recording.name}: was recorded from {recording.file}, which is not among the files to verify")
    if len(named) > 1:
        digest = recording.meta["scenario"].get("digest")
        named = [path for path in named if _digest(path) == digest] or named
    if len(named) > 1:
        shown = ", ".join(map(os.path.relpath, named[:3]))
        raise Unfit(
            f"{recording.name}: was recorded from {recording.file}, which may be {shown}: verify that one alone"
        )
    return named[0]


def _digest(path: str) -> str | None:
    """As `kerasfix.probe.sources` has it."""
    try:
        return hashlib.sha256(Path(path).read_bytes().replace(b"\r\n", b"\n")).hexdigest()
    except OSError:
        return None


def _made(verdict: FileVerdict, call: str | None) -> int:
    """How many models a scenario makes in the rewritten file."""
    return sum(1 for model in verdict.models if model.scenario == (call or "script") and model.after is not None)


def _models(count: int) -> str:
    return f"{count} model{'' if count == 1 else 's'}"


def _meta(archive: zipfile.ZipFile) -> dict[str, Any]:
    name = f"{META}.npy"
    if name not in archive.namelist():
        raise Unfit("is not a recording of kerasfix")
    if archive.getinfo(name).file_size > _MOST_TEXT:
        raise Unfit(f"says more than {_MOST_TEXT >> 20} MiB about its models")
    with archive.open(name) as file:
        _header(file)
        meta = json.loads(file.read().decode("utf-8"))
    if not isinstance(meta, dict):
        raise Unfit("is damaged: it says nothing about its models")
    if meta.get("format") != FORMAT:
        raise Unfit(f"has format {meta.get('format')}; this version of kerasfix reads {FORMAT}: record it again")
    _check(meta)
    return meta


def _check(meta: dict[str, Any]) -> None:
    _check_keys(meta, _META, "")
    _check_keys(meta["scenario"], _SCENARIO, "scenario.")
    for index, model in enumerate(meta["models"]):
        place = f"models[{index}]"
        _check_keys(model, _MODEL, f"{place}.")
        if model["probe"]:
            _check_keys(model["probe"], _PROBE, f"{place}.probe.")
        for number, layer in enumerate(model["layers"]):
            _check_keys(layer, _LAYER, f"{place}.layers[{number}].")
    call = meta["scenario"]["call"]
    try:
        ast.parse(call or "None", mode="eval")
    except (SyntaxError, ValueError) as error:
        raise Unfit(f"is damaged: its call is no Python expression: {call}") from error


def _check_keys(value: object, wanted: Mapping[str, Any], place: str) -> None:
    if not isinstance(value, dict):
        raise Unfit(f"is damaged: `{place.rstrip('.')}` is no dictionary")
    for key, kind in wanted.items():
        if key not in value:
            raise Unfit(f"is damaged: `{place}{key}` is missing")
        if not isinstance(value[key], kind):
            raise Unfit(f"is damaged: `{place}{key}` is not what it should be")


def _check_arrays(archive: zipfile.ZipFile, most: int) -> None:
    """That all arrays are there in full, are numbers, and are not more than there is room for."""
    entries = [entry for entry in archive.infolist() if entry.filename != f"{META}.npy"]
    size = sum(entry.file_size for entry in entries)
    if size > most:
        raise Unfit(f"holds {_gib(size)} of arrays, more than a run may take ({_gib(most)}): see --memory")
    for entry in entries:
        with archive.open(entry) as file:
            shape, kind = _header(file)
            if kind.hasobject:
                raise Unfit("holds pickled objects, which are not read")
            if sum(map(len, _rest(file))) != _count(shape) * kind.itemsize:
                raise Unfit(f"is damaged: the array {entry.filename} is not as large as it says")


def _header(file: Any) -> tuple[tuple[int, ...], np.dtype[Any]]:
    version = np.lib.format.read_magic(file)
    read = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
    shape, _, kind = read(file)
    return shape, kind


def _rest(file: Any) -> Iterator[bytes]:
    while block := file.read(1 << 20):
        yield block


def _count(shape: tuple[int, ...]) -> int:
    count = 1
    for size in shape:
        count *= size
    return count


def _gib(size: int) -> str:
    return f"{size / (1 << 30):.3g} GiB"
