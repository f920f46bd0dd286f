"""What `kerasfix weights` does: trained weights from a file of Keras 1 or 2 into the rewritten model.

`convert` runs in the process that asks; `fill` runs in a contained child, which executes the code that makes the model.
"""

from __future__ import annotations

import ast
import os
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from kerasfix.verify.carry.descriptions import Model, kind_of
from kerasfix.verify.carry.layouts import carry
from kerasfix.verify.carry.model import carry_model
from kerasfix.verify.carry.saved import Saved, read_saved

if TYPE_CHECKING:
    from kerasfix.verify.engines import Engines

CHILD = f"{__name__}:fill"


@dataclass(frozen=True, slots=True)
class Row:
    """Where the weights of one layer went."""

    before: str  # the path of the layer in the file
    after: str  # the path of its heir
    kind: str  # the class of the heir
    arrays: int  # how many the heir has
    note: str  # what became of them; "" where they are as they were


@dataclass(frozen=True, slots=True)
class Conversion:
    """What came of it."""

    rows: tuple[Row, ...] = ()
    problems: tuple[str, ...] = ()  # what did not get over
    keras: str = ""  # the Keras that the file is from
    written: bool = False
    failure: str | None = None  # why there is no model to fill


@dataclass(frozen=True, slots=True)
class Request:
    """What is to be converted, and how."""

    old: Path
    new: Path  # `.weights.h5` or `.keras`
    path: str  # of the code that makes the model
    texts: Mapping[str, str]  # texts of files that are not as on disk
    what: str  # a variable, a function, or a call of one
    partial: bool = False  # write what gets over, even if something does not
    version: str | None = None  # of the Keras that wrote the file, if better known than the file says
    theano: bool | None = None  # whether on Theano; None: as the file says


def convert(engines: Engines, engine: str, request: Request) -> Conversion:
    """Build the rewritten model, fill it with the weights of the old file, and write the new file in one step.

    Args:
        engines: Where the code runs.
        engine: Which Keras it runs on: "keras3" or "tf_keras".
        request: What to do.

    Raises:
        OSError: The new file cannot be written.
        Unavailable: The engine cannot be had here.
    """
    folder = Path(tempfile.mkdtemp(dir=engines.folder))
    made = folder / request.new.name
    payload = {
        "path": os.path.abspath(request.path),
        "texts": {os.path.abspath(path): text for path, text in request.texts.items()},
        "call": call_of(request.what, request.texts.get(request.path, "")),
        "what": request.what,
        "old": str(request.old.resolve()),
        "new": str(made),
        "partial": request.partial,
        "version": request.version,
        "theano": request.theano,
    }
    answer = engines.run(engine, CHILD, payload, writable=[folder])
    if answer.ended is not None:
        return Conversion(failure=answer.ended.message)
    value = answer.value
    rows = tuple(Row(**row) for row in value.pop("rows", ()))
    conversion = Conversion(rows, tuple(value.pop("problems", ())), **value)
    if conversion.written:
        _move(made, request.new)
    return conversion


def call_of(what: str, text: str) -> str | None:
    """The expression to evaluate in the module: None for a variable, for which the file runs as a script.

    Raises:
        SyntaxError: It is neither a name nor a call.
    """
    tree = ast.parse(what, mode="eval").body
    if not isinstance(tree, ast.Name):
        return what
    functions = (ast.FunctionDef, ast.ClassDef)
    named = (node.name for node in ast.parse(text).body if isinstance(node, functions))
    return f"{what}()" if what in named else None


def fill(payload: dict[str, Any]) -> dict[str, Any]:
    """Run the code, give its model the weights of the file, and save it: the fields of a `Conversion`."""
    from kerasfix.probe import measuring, running

    run = running.Run(payload)
    run.perform()
    wanted: Any = run.result if payload["call"] else run.namespace.get(payload["what"])
    models = run.described()
    found = next((model for model in models if model.seen.model is wanted), None)
    if found is None:
        return {"failure": _why_not(run, payload, [model.meta for model in models])}
    after: Model = found.meta
    whole = {layer["name"] for layer in after["layers"] if not layer["container"]}
    saved = read_saved(Path(payload["old"]), payload["version"], whole)
    theano = saved.backend == "theano" if payload["theano"] is None else payload["theano"]
    carried = carry_model(saved.model, saved.arrays, after, saved.version, from_theano=theano)
    problems = [*(problem.text for problem in carried.problems), *carried.pairing.doubts]
    result: dict[str, Any] = {"problems": problems, "keras": saved.version, "written": False}
    rows = [
        _row(pair.before, pair.after, saved, after, theano)
        for pair in carried.pairing.pairs
        if pair.after in carried.weights
    ]
    result["rows"] = [asdict(row) for row in rows]
    if problems and not payload["partial"]:
        return result
    measuring.set_weights(found.places, carried.weights)
    _save(wanted, Path(payload["new"]), run.world)
    return {**result, "written": True}


def _save(model: Any, path: Path, world: Any) -> None:
    """Save a model. What is written lands in the scratch folder, whatever the path says, and is taken from there."""
    place = os.path.join(world.places.scratch, path.name)
    if path.name.endswith(".weights.h5"):
        model.save_weights(place)
    else:
        model.save(place)
    with world.real_open(place, "rb") as source, world.real_open(path, "wb") as target:
        shutil.copyfileobj(source, target)


def _row(before: str, after: str, saved: Saved, model: Model, theano: bool) -> Row:
    old = next(layer for layer in saved.model["layers"] if layer["path"] == before)
    new = next(layer for layer in model["layers"] if layer["path"] == after)
    arrays = [saved.arrays[f"{before}/{number}"] for number in range(len(old["weights"]))]
    carried = carry(old, new, arrays, saved.version)
    notes = []
    if len(arrays) != len(carried):
        notes.append(f"{len(arrays)} arrays → {len(carried)}")
    else:
        notes += [f"{one.shape} → {other.shape}" for one, other in zip(arrays, carried) if one.shape != other.shape]
        kept = [np.array_equal(one, other) for one, other in zip(arrays, carried) if one.shape == other.shape]
        notes += [] if all(kept) else ["rearranged"]
    if theano and any(map(_differ, carried, carry(old, new, arrays, saved.version, from_theano=True))):
        notes.append("kernel turned")
    return Row(before, after, kind_of(new), len(carried), ", ".join(notes))


def _differ(one: np.ndarray, other: np.ndarray) -> bool:
    return not np.array_equal(one, other)


def _why_not(run: Any, payload: Mapping[str, Any], models: list[dict[str, Any]]) -> str:
    if run.error:
        return f"{payload['what']}: {run.error['type']}: {run.error['message']}"
    names = sorted({str(model["variable"]) for model in models if model["variable"]})
    there = f"; models that it makes: {', '.join(names)}" if names else ""
    stopped = f" ({run.stopped})" if run.stopped else ""
    return f"`{payload['what']}` is no model{there}{stopped}"


def _move(made: Path, new: Path) -> None:
    """Put a file in place in one step: a reader sees the old one or the whole new one."""
    descriptor, name = tempfile.mkstemp(dir=new.parent, prefix=f".{new.name}.")
    os.close(descriptor)
    try:
        shutil.copyfile(made, name)
        mode = new.stat().st_mode & 0o777 if new.exists() else 0o666 & ~_umask()
        os.chmod(name, mode)
        os.replace(name, new)
    except BaseException:
        os.unlink(name)
        raise


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
