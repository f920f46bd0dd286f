"""Records what code computes in an environment of its time: what `kerasfix record` hands out, as one file.

    python kerasfix-record.pyz train.py -o train.npz
    python kerasfix-record.pyz pkg/models.py --call "build(classes=10)" -o models.npz

It runs the code with its data sets, downloads and plots stood in for and its training cut to a few steps, and writes
the architecture, weights, inputs, outputs, loss and one step of training of each model to one file, for
`kerasfix verify --recording`. It needs Python 2.7 or 3.4 and later, Keras and numpy.

The code runs in a process of its own, in an empty folder: whatever it does there, this one tidies up behind it.
"""

from __future__ import absolute_import, division, print_function

import argparse
import errno
import io
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile

from . import inside

FAILED, INTERRUPTED, TERMINATED = 2, 130, 143
_EPILOG = """\
The code is EXECUTED, in an empty folder: it reads your files where they are and writes none of them.
The recording goes back to where kerasfix is: kerasfix verify FILE --recording RECORDING
"""
# By its name it is no code of the user's, as that of `__main__` is.
_START = (
    "import sys; sys.path[:] = [{root!r}] + [one for one in sys.path if one]; __name__ = {package!r}\n"
    "from {package} import inside; inside.main()"
)


class Unusable(Exception):
    """What was given cannot be used; the text says why."""


def main(arguments):
    """Record; the exit code: 0 for a recording with models, 1 if none was measured, 2 where nothing could be run."""
    own, behind = _split(arguments)
    given = _parser().parse_args(own)
    try:
        return _record(given, behind)
    except Unusable as error:
        inside.say("kerasfix-record: %s" % error, sys.stderr)
        return FAILED


def _parser():
    parser = argparse.ArgumentParser(
        prog="kerasfix-record",
        usage="python kerasfix-record.pyz FILE [--call EXPRESSION] [-o RECORDING] [--trace] [-- ARGUMENTS]",
        description="Record what the Keras models of a file compute here, to compare today's rewritten code with it.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("file", metavar="FILE", help="the file to run: as a script, if there is no --call")
    parser.add_argument(
        "--call", metavar="EXPRESSION", help="import the file instead, and evaluate this in it: build(classes=10)"
    )
    parser.add_argument("-o", "--output", metavar="RECORDING", help="the file to write [FILE with .npz for .py]")
    parser.add_argument(
        "--trace", action="store_true", help="record what each layer gives, too, to find where two models part"
    )
    parser.add_argument("argv", nargs="*", metavar="ARGUMENTS", help="of the script; after --, if they begin with -")
    return parser


def _split(arguments):
    at = arguments.index("--") if "--" in arguments else len(arguments)
    return arguments[:at], arguments[at + 1 :]


def _record(given, behind):
    path = os.path.abspath(given.file)
    if not os.path.isfile(path):
        raise Unusable("%s: there is no such file" % given.file)
    if path.endswith(".ipynb"):
        raise Unusable("%s: is a notebook; export it first: jupyter nbconvert --to script" % given.file)
    output = given.output or os.path.splitext(os.path.basename(path))[0] + ".npz"
    if os.path.abspath(output) == path:
        raise Unusable("%s: would be written over by its recording" % given.file)
    _try_to_write(output)
    scratch = os.path.realpath(tempfile.mkdtemp(prefix="kerasfix-record-"))
    job = {
        "path": path,
        "call": given.call,
        "argv": given.argv + behind,
        "trace": given.trace,
        "folder": os.path.join(scratch, "work"),
        "recording": os.path.join(scratch, "recording.npz"),
        "told": os.path.join(scratch, "told.json"),
    }
    _on_termination()
    try:
        os.mkdir(job["folder"])
        code = _run(job, scratch)
        return _finish(job, code, output)
    except KeyboardInterrupt:
        inside.say("kerasfix-record: interrupted; nothing was written", sys.stderr)
        return INTERRUPTED
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _on_termination():
    """SIGTERM ends it as Ctrl-C does."""

    def end(number, frame):
        sys.exit(TERMINATED)

    signal.signal(signal.SIGTERM, end)


def _try_to_write(output):
    """Find out before anything is run that the recording cannot be written."""
    there = os.path.exists(output)
    try:
        with io.open(output, "ab"):
            pass
        if not there:
            os.remove(output)
    except (IOError, OSError) as error:
        raise Unusable("%s: cannot be written: %s" % (output, error.strerror or error))


def _run(job, scratch):
    """Run the code in a process of its own; the exit code of that."""
    package = __name__.rpartition(".")[0] or __package__
    start = _START.format(root=_root(package), package=str(package))
    name = os.path.join(scratch, "job")
    with io.open(name, "wb") as file:
        file.write(repr(job).encode("utf-8"))  # keeps bytes apart from text, and what no encoding can
    flags = getattr(subprocess, "_args_from_interpreter_flags", list)()
    command = [sys.executable] + flags + ["-c", start, name]
    child = subprocess.Popen(command, cwd=job["folder"], env=_environment())
    try:
        return child.wait()
    except BaseException:
        _end(child)
        raise


def _environment():
    """That of this process, with no relative folder to import from: the other one runs elsewhere."""
    variables = dict(os.environ)
    if variables.get("PYTHONPATH"):
        folders = variables["PYTHONPATH"].split(os.pathsep)
        variables["PYTHONPATH"] = os.pathsep.join(os.path.abspath(folder) for folder in folders)
    return variables


def _root(package):
    """What has to be in `sys.path`: the archive, or the folder that the package is in."""
    archive = getattr(globals().get("__loader__"), "archive", None)
    if archive:
        return os.path.abspath(archive)
    root = os.path.abspath(__file__)
    for _ in range(package.count(".") + 2):
        root = os.path.dirname(root)
    return root


def _end(child):
    """End a process; Ctrl-C reaches both, so it may be gone already."""
    try:
        child.terminate()
        child.wait()
    except (OSError, KeyboardInterrupt):
        pass


def _finish(job, code, output):
    """Bring the recording to its place, and say what is in it."""
    told = {}
    if os.path.isfile(job["told"]):
        with io.open(job["told"], encoding="utf-8") as file:
            told = json.load(file)
    if told.get("problem"):
        raise Unusable(told["problem"])
    if code == INTERRUPTED:
        raise KeyboardInterrupt
    if not told.get("finished"):
        inside.say("kerasfix-record: %s; nothing was recorded" % _ended(code, told), sys.stderr)
        return 1 if told.get("started") else FAILED
    for line in told["lines"]:
        inside.say(line)
    if not os.path.isfile(job["recording"]):
        return code
    try:
        _move(job["recording"], output)
    except (IOError, OSError) as error:
        raise Unusable("%s: cannot be written: %s" % (output, error.strerror or error))
    inside.say("wrote %s" % output)
    return code


def _ended(code, told):
    what = "the code ended its process" if told.get("started") else "Keras ended the process as it was imported"
    return "%s (%s)" % (what, "signal %d" % -code if code < 0 else "exit code %d" % code)


def _move(source, target):
    """No half of a recording stands under its name, not even where the disk is full."""
    part = "%s.%d.part" % (target, os.getpid())
    try:
        shutil.copyfile(source, part)
        try:
            os.rename(part, target)
        except OSError as error:
            if error.errno not in (errno.EEXIST, errno.EACCES):  # of Windows, where the target is there
                raise
            os.remove(target)
            os.rename(part, target)
    finally:
        if os.path.exists(part):
            os.remove(part)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
