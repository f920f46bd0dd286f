"""Command lines: a script that cannot go on without an argument gets one that is made up."""

from __future__ import absolute_import, division, print_function

import argparse
import re
import sys

from .callers import caller, is_user, user_frame
from .intent import asks_for, is_ready_for
from .patching import wrapper_of

_KINDS = (  # words in the name of an argument, and what it is given
    (r"weight|checkpoint|ckpt|hdf5|\bh5\b", "weights.h5"),
    (r"dir|folder|\broot\b", "data"),
    (r"csv", "data.csv"),
    (r"image|img|picture|photo|mask|style|content", "image.jpg"),
    (r"glove|embedding|vectors|w2v", "vectors.txt"),
    (r"out|save|dest|target|result|prefix|log", "output"),
    (r"text|txt|corpus|sentence|vocab|file|path|input|data", "data.txt"),
    (r"host|url|server", "localhost"),
)
_NUMBERS = ((r"epoch|iter", "1"), (r"batch", "4"), (r"class|label", "3"), (r"gpu|device|seed|verbose", "0"))


class _Refused(Exception):
    pass


def install(world):
    """Replace the parsing of `argparse`, and `sys.argv` past its end."""
    parser = argparse.ArgumentParser
    real_parse, real_error = parser.parse_known_args, parser.error
    trying = []

    @wrapper_of(real_parse)
    def parse_known_args(self, args=None, namespace=None, *rest, **kwargs):
        given = list(sys.argv[1:] if args is None else args)
        trying.append(self)
        assumed = _assumed(self, given)
        if assumed:
            given.extend(assumed)
            world.note("the command line is made up: `%s`" % " ".join(assumed))
        try:
            return real_parse(self, given, namespace, *rest, **kwargs)
        except _Refused as error:
            refused = str(error)
        finally:
            trying.pop()
        made_up = _made_up(self, given)
        if not made_up:
            real_error(self, refused)
        result = real_parse(self, given + made_up, namespace, *rest, **kwargs)
        world.note("the command line is made up: `%s`" % " ".join(made_up))
        return result

    @wrapper_of(real_error)
    def error(self, message):
        if self in trying:
            raise _Refused(message)
        real_error(self, message)

    parser.parse_known_args, parser.error = parse_known_args, error
    sys.argv = Arguments(sys.argv)
    sys.argv.world = world


class Arguments(list):
    """`sys.argv`: there is always another one, if the user's code reads it."""

    world = None

    def __getitem__(self, index):
        if not isinstance(index, int) or index < len(self):
            return list.__getitem__(self, index)
        frame = caller()
        if frame is None or not is_user(frame) or is_ready_for(frame, "index"):
            return list.__getitem__(self, index)
        self.world.note("`sys.argv[%d]` is made up: '1'" % index)
        return "1"  # is a number and the name of a file


def _made_up(parser, given):
    """Words for what is required and is not given: options first."""
    options, words = [], []
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            words.append(sorted(action.choices)[0])
        elif action.option_strings:
            if action.required and not any(one in given for one in action.option_strings):
                options.extend([action.option_strings[-1]] + [_value(action)] * _count(action))
        elif action.nargs not in ("?", "*", argparse.REMAINDER):
            words.extend([_value(action)] * _count(action))
    there = len([word for word in given if not word.startswith("-")])
    return options + words[there:]


def _assumed(parser, given):
    """Options that are None if they are not given, where the script does not think of that."""
    frame = user_frame()
    if frame is None:
        return []
    words = []
    for action in parser._actions:
        if not isinstance(action, argparse._StoreAction) or not action.option_strings or action.required:
            continue
        lacking = not any(one in given for one in action.option_strings) and action.dest not in parser._defaults
        if lacking and action.default is None and action.nargs is None and not asks_for(frame, action.dest):
            words.extend([action.option_strings[-1], _value(action)])
    return words


def _count(action):
    if isinstance(action.nargs, int):
        return action.nargs
    return 0 if action.nargs == 0 else 1


def _value(action):
    """A word for an argument, by its choices, its type, its name and its help."""
    if action.choices:
        return str(sorted(action.choices, key=str)[0])
    said = " ".join([action.dest or "", str(action.metavar or "")]).lower()
    if action.type is int:
        return next((value for words, value in _NUMBERS if re.search(words, said)), "2")
    if action.type is float:
        return "0.1"
    extension = re.search(r"\.(csv|txt|json|jpg|png|h5|hdf5|npz|npy|pkl|wav|mat)\b", action.help or "")
    if extension:
        return "data" + extension.group(0)
    return next((value for words, value in _KINDS if re.search(words, said)), action.dest or "x")
