"""Errors in one line each: what TensorFlow and Keras wrap around them left off."""

from __future__ import absolute_import, division, print_function

import re

_WRAPPING = re.compile(r"in user code:|Graph execution error|Exception encountered when calling|Detected at node")
_END = re.compile(r"(Arguments received|Call arguments received|Original stack trace|\[\[\{\{node|Stack trace)")
_SKIPPED = re.compile(r"(Detected at node|Node: |\(\d+\) )")
_ERROR = re.compile(r"\w*(Error|Exception): ")
_COLOURS = re.compile("\x1b\\[[0-9;]*m")


def said(error):
    """The type of an error and what it says, in one line."""
    return "%s: %s" % (type(error).__name__, brief(str(error)))


def brief(message):
    """The line of a message that tells what is wrong."""
    lines = [line.strip() for line in _COLOURS.sub("", message).strip().splitlines()]
    if not lines:
        return ""
    return (_WRAPPING.match(lines[0]) and _inside(lines[1:])) or lines[0]


def _inside(lines):
    """The line that tells what is wrong, behind those that tell where; None if none does."""
    found = []
    frame = False
    for line in lines:
        if _END.match(line):
            break
        if line.startswith('File "'):
            frame = True
            continue
        if line and not frame and not _SKIPPED.match(line):
            found.append(line)
        frame = False
    told = [line for line in found if _ERROR.match(line)]
    return (told or found or [None])[-1 if told else 0]
