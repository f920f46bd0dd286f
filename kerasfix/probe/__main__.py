"""Records what code computes in an environment of its time: what `kerasfix record` hands out, as one file.

    python kerasfix-record.pyz train.py -o train.npz
    python kerasfix-record.pyz pkg/models.py --call "build(classes=10)" -o models.npz

It runs the code with its data sets, downloads and plots stood in for and its training cut to a few steps, and writes
the architecture, weights, inputs, outputs, loss and one step of training of each model to one file, for
`kerasfix verify --recording`. It needs Python 2.7 or 3.4 and later, Keras and numpy.
"""

from __future__ import absolute_import, division, print_function

import argparse
import os
import shutil
import sys
import tempfile

from . import recording, running


def main(arguments):
    """Record; the exit code: 0 for a recording with models, 1 without, 2 where nothing could be written."""
    parser = argparse.ArgumentParser(
        prog="kerasfix-record", description="Record what the Keras models of a file compute, for kerasfix verify."
    )
    parser.add_argument("file", help="the file to run, as a script if there is no --call; its code is executed")
    parser.add_argument("--call", help="an expression to evaluate in the file's module: build(classes=10)")
    parser.add_argument("-o", "--output", help="the recording to write [the name of the file, with .npz]")
    parser.add_argument("--trace", action="store_true", help="record what each layer gives, too")
    parser.add_argument("argv", nargs="*", help="what stands behind the script on its command line, after --")
    own, behind = _split(arguments)
    given = parser.parse_args(own)
    path = os.path.abspath(given.file)
    if not os.path.isfile(path):
        parser.error("%s: there is no such file" % given.file)
    output = os.path.abspath(given.output or os.path.splitext(os.path.basename(path))[0] + ".npz")
    here, scratch = os.getcwd(), tempfile.mkdtemp(prefix="kerasfix-record-")
    os.chdir(scratch)
    try:
        meta, arrays = running.record(
            {"path": path, "call": given.call, "argv": given.argv + behind, "trace": given.trace}
        )
    finally:
        os.chdir(here)
        shutil.rmtree(scratch, ignore_errors=True)
    try:
        recording.save(output, meta, arrays)
    except (IOError, OSError) as error:
        sys.stderr.write("kerasfix-record: %s: cannot be written: %s\n" % (output, error))
        return 2
    return told(meta, output)


def _split(arguments):
    at = arguments.index("--") if "--" in arguments else len(arguments)
    return arguments[:at], arguments[at + 1 :]


def told(meta, output):
    """Say what was recorded."""
    measured = 0
    for model in meta["models"]:
        probe = model["probe"]
        if not probe:
            continue
        measured += not probe["error"]
        name = model["variable"] or model["function"] or model["name"]
        state = "not measured: %s" % probe["error"] if probe["error"] else "%d parameters" % model["parameters"]
        print("%s: %s" % (name, state))
    for note in meta["notes"]:
        print("note: %s" % note)
    if meta["error"]:
        print("the code was run until %s: %s" % (meta["error"]["type"], meta["error"]["message"]))
    print("%d of %d models recorded on Keras %s in %s" % (measured, len(meta["models"]), meta["keras"], output))
    return 0 if measured else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
