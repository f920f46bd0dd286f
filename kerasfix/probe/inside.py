"""The recorder's process in which the user's code is run."""

from __future__ import absolute_import, division, print_function

import ast
import io
import json
import os
import platform
import sys

_OPEN, _EXIT = io.open, os._exit  # as they are before anything is stood in for
_INTERRUPTED = 130


def main():
    """Do the job whose file is named on the command line, and end the process."""
    with _OPEN(sys.argv[1], encoding="utf-8") as file:
        job = ast.literal_eval(file.read())
    try:
        code = _work(job)
    except KeyboardInterrupt:
        code = _INTERRUPTED
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except Exception:
            pass
    _EXIT(code)  # threads and what else the code has left behind have no say


def _work(job):
    problem = _missing()
    if problem:
        _tell(job, problem=problem)
        return 2
    _tell(job, started=True)
    from . import recording, running

    meta, arrays = running.record(job)
    measured = len([model for model in meta["models"] if model["probe"] and not model["probe"]["error"]])
    if meta["models"]:
        recording.save(job["recording"], meta, arrays)
    _tell(job, started=True, finished=True, lines=lines(meta, measured))
    return 0 if measured else 1


def _missing():
    """Why nothing can be recorded here; None if it can."""
    here = "Python %s (%s)" % (platform.python_version(), sys.executable)
    for name, shown in (("numpy", "numpy"), ("keras", "Keras")):
        try:
            __import__(name)
        except ImportError as error:
            return "%s cannot be imported by %s: %s" % (shown, here, error)
        except Exception as error:
            return "%s does not start in %s: %s: %s" % (shown, here, type(error).__name__, error)
    if not hasattr(sys.modules["keras"], "__version__"):
        return "the module `keras` that %s imports is not Keras: %s" % (here, sys.modules["keras"])
    return None


def _tell(job, **told):
    with _OPEN(job["told"], "wb") as file:
        file.write(json.dumps(texts(told)).encode("ascii"))


def lines(meta, measured):
    """What was recorded, for people.

    Args:
        meta: Of the recording.
        measured: How many of its models were measured.
    """
    found = []
    for model in meta["models"]:
        probe = model["probe"]
        if not probe:
            continue
        name = model["variable"] or model["function"] or model["name"]
        found.append("%s: %s" % (name, _state(model, probe)))
    found += ["note: %s" % note for note in meta["notes"]]
    if meta["stopped"]:
        found.append("note: not run to its end: %s" % meta["stopped"])
    error = meta["error"]
    if error:
        line = "line %d: " % error["line"] if error["line"] else ""
        message = (error["message"].strip().splitlines() or [""])[0]
        found.append("the code was run until %s%s: %s" % (line, error["type"], message))
    keras = "Keras %s on %s, Python %s" % (meta["keras"], meta["backend"], meta["python"])
    if not meta["models"]:
        return found + ["no model was made with %s: nothing was recorded" % keras]
    asked = len([model for model in meta["models"] if model["probe"]])
    return found + ["%d of %d models recorded with %s" % (measured, asked, keras)]


def _state(model, probe):
    if probe["error"]:
        return "not measured: %s" % probe["error"]
    state = "%d layers, %d parameters" % (len(model["layers"]), model["parameters"])
    if probe.get("no_loss"):
        return "%s; outputs only: %s" % (state, probe["no_loss"])
    return "%s, loss %.6g" % (state, probe["loss"])


def texts(value):
    """A value whose texts are no bytes: Python 2 has them, in whatever encoding, and JSON does not."""
    if isinstance(value, dict):
        return dict((texts(key), texts(one)) for key, one in value.items())
    if isinstance(value, (list, tuple)):
        return [texts(one) for one in value]
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else value


def say(text, stream=None):
    """Print a line, on terminals that cannot show all of it, too."""
    stream = stream or sys.stdout
    encoding = getattr(stream, "encoding", None) or "ascii"
    shown = texts(text).encode(encoding, "backslashreplace")
    stream.write((shown if str is bytes else shown.decode(encoding)) + "\n")
    stream.flush()
