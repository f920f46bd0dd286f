"""Command lines, Python 2, numpy's dropped names, the machine."""

import time


def test_required_arguments_are_made_up(in_world):
    code = """
import argparse
parser = argparse.ArgumentParser()
parser.add_argument('image_path')
parser.add_argument('--epochs', type=int, required=True)
parser.add_argument('--mode', choices=['train', 'test'], required=True)
parser.add_argument('--rate', type=float, default=0.5)
args = parser.parse_args()
x = [args.image_path, args.epochs, args.mode, args.rate]
"""
    outcome = in_world(code)
    assert outcome.values["x"] == ["image.jpg", 1, "test", 0.5]
    assert outcome.notes == ["the command line is made up: `--epochs 1 --mode test image.jpg`"]


def test_arguments_that_are_given_stay(in_world):
    code = """
import argparse
parser = argparse.ArgumentParser()
parser.add_argument('path')
path = parser.parse_args().path
"""
    outcome = in_world(code, argv=["mine.txt"])
    assert outcome.values["path"] == "mine.txt"
    assert outcome.notes == []


def test_an_option_that_nobody_asks_for_is_made_up(in_world):
    code = """
import argparse
parser = argparse.ArgumentParser()
parser.add_argument('--labels', type=int)
parser.add_argument('--resume', type=str)
args = parser.parse_args()
if args.resume:
    raise SystemExit(1)
x = args.labels + 1
"""
    assert in_world(code).values["x"] == 4


def test_a_wrong_command_line_stays_wrong(in_world):
    code = """
import argparse
parser = argparse.ArgumentParser()
parser.add_argument('--n', type=int)
parser.parse_args(['--n', 'x'])
"""
    assert in_world(code, ok=False).error.startswith("SystemExit")


def test_an_argument_past_the_end_is_made_up(in_world):
    outcome = in_world("import sys\nx = int(sys.argv[1])\nn = len(sys.argv)")
    assert outcome.values["x"] == 1
    assert outcome.values["n"] == 1


def test_habits_of_python_2(in_world):
    code = """
import cPickle, StringIO, Queue, urllib2, itertools, string, sys
import ConfigParser
reload(sys)
sys.setdefaultencoding('utf8')
x = [list(xrange(2)), isinstance('a', basestring), isinstance('a', unicode), unichr(65), long(3)]
x += [list(itertools.izip([1], [2])), reduce(lambda a, b: a + b, [1, 2]), string.letters[:2], cmp(1, 2)]
"""
    outcome = in_world(code)
    assert outcome.values["x"] == [[0, 1], True, True, "A", 3, [(1, 2)], 3, "ab", -1]
    assert "`cPickle` of Python 2 stood in for" in outcome.notes
    assert "`xrange` of Python 2 stood in for" in outcome.notes


def test_nothing_is_noted_of_habits_that_nobody_has(in_world):
    assert in_world("x = list(range(3))").notes == []


def test_names_that_numpy_has_dropped(in_world):
    outcome = in_world("import numpy as np\nx = [np.int(1.5), np.float('1'), np.Inf > 1, np.product([2, 3]).item()]")
    assert outcome.values["x"] == [1, 1.0, True, 6]
    assert "`np.int`, which numpy has dropped, stood in for" in outcome.notes


def test_a_name_that_numpy_never_had_is_still_missing(in_world):
    assert "AttributeError" in in_world("import numpy as np\nnp.never", ok=False).error


def test_empty_matches_do_not_split(in_world):
    outcome = in_world(r"import re" + "\n" + r"x = re.split('(\W+)?', 'a bc.')" + "\n" + r"y = re.split(',', 'a,b')")
    assert outcome.values["x"] == ["a", " ", "bc", ".", ""]
    assert outcome.values["y"] == ["a", "b"]


def test_nobody_is_waited_for(in_world):
    start = time.monotonic()
    outcome = in_world("import time\ntime.sleep(3600)\nx = input('go on?')\ny = raw_input()")
    assert (outcome.values["x"], outcome.values["y"]) == ("", "")
    assert time.monotonic() - start < 60


def test_a_variable_of_the_environment_is_made_up(in_world):
    outcome = in_world(
        "import os\nx = os.environ['MY_DATA_DIR']\ny = os.environ.get('MY_OTHER')\nz = 'MY_DATA_DIR' in os.environ"
    )
    assert (outcome.values["x"], outcome.values["y"], outcome.values["z"]) == ("data", None, False)


def test_programs_are_not_run(in_world):
    outcome = in_world(
        "import os, subprocess\nx = os.system('touch a')\ny = subprocess.call(['touch', 'b'])\nz = os.listdir('.')"
    )
    assert outcome.values["z"] == ["script.py"]
    assert outcome.notes == ["the program `touch a` is not run", "the program `touch b` is not run"]


def test_nothing_is_fetched(in_world):
    outcome = in_world("import urllib.request\nurllib.request.urlopen('http://a.b/c')", ok=False)
    assert outcome.reason == "needs the network: `http://a.b/c`"


def test_an_error_of_the_users_own_is_no_matter_of_the_world(in_world):
    outcome = in_world("1 / 0", ok=False)
    assert outcome.reason is None


def test_what_map_filter_and_zip_give_can_be_used_as_a_list(in_world):
    code = """
import numpy as np
squares = map(lambda n: n * n, range(4))
odd = filter(lambda n: n % 2, squares)
x = [squares[1], squares[-2:], len(odd), odd + [7], np.array(zip([1, 2], [3, 4])).shape, not filter(None, [0])]
squares.append(5)
y = [n for n in squares] + [n for n in squares]
"""
    outcome = in_world(code)
    assert outcome.values["x"] == [1, [4, 9], 2, [1, 9, 7], (2, 2), True]
    assert outcome.values["y"] == [0, 1, 4, 9, 5] * 2
    assert "`map` of Python 2, which gave a list, stood in for" in outcome.notes


def test_iterators_stay_iterators(in_world):
    code = """
import itertools
numbers = map(str, itertools.count())
x = [next(numbers), next(numbers), list(zip(itertools.count(), 'ab')), dict(zip('ab', [1, 2]))]
x += [sum(map(int, '123')), max(map(len, [[1], [1, 2]])), list(map(lambda a, b: a + b, [1], [2]))]
"""
    outcome = in_world(code)
    assert outcome.values["x"] == ["0", "1", [(0, "a"), (1, "b")], {"a": 1, "b": 2}, 6, 2, [3]]
    assert outcome.notes == []


def test_all_numbers_are_shown_as_it_was_once_said(in_world):
    code = """
import numpy as np
np.set_printoptions(threshold='nan')
np.set_printoptions(threshold=np.nan)
x = len(str(np.zeros(2000))) > 5000
"""
    assert in_world(code).values["x"]
