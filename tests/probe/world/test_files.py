"""Files that are there, files that are missing, and files that are written."""

import os


def test_a_file_of_the_users_is_read_though_the_script_runs_elsewhere(in_world):
    outcome = in_world("text = open('data/a.txt').read()", {"data/a.txt": "hello"})
    assert outcome.values["text"] == "hello"
    assert outcome.notes == []


def test_a_missing_text_is_made_up_and_noted(in_world):
    outcome = in_world("lines = open('corpus.txt').read().splitlines()")
    assert len(outcome.values["lines"]) > 100
    assert outcome.notes == ["`corpus.txt` is missing: made-up text"]


def test_what_is_made_up_is_the_same_in_every_run(in_world):
    code = "text = open('corpus.txt').read()"
    assert in_world(code).values == in_world(code).values


def test_text_of_another_name_is_another_text(in_world):
    outcome = in_world("same = open('a.txt').read() == open('b.txt').read()")
    assert outcome.values["same"] is False


def test_an_array_cannot_be_made_up(in_world):
    outcome = in_world("import numpy as np\nx = np.load('train.npy')", ok=False)
    assert outcome.error.startswith("MissingFile")
    assert outcome.reason == "needs the file `train.npy`, whose contents cannot be made up"


def test_a_pickle_cannot_be_made_up(in_world):
    outcome = in_world("import pickle\nx = pickle.load(open('train.pkl', 'rb'))", ok=False)
    assert outcome.reason == "needs the file `train.pkl`, whose contents cannot be made up"


def test_code_that_is_ready_for_a_missing_file_sees_that_it_is_missing(in_world):
    outcome = in_world("try:\n    x = open('cache.txt').read()\nexcept IOError:\n    x = 'built'\n")
    assert outcome.values["x"] == "built"
    assert outcome.notes == []


def test_code_that_stops_over_a_missing_file_gets_one(in_world):
    outcome = in_world("try:\n    x = open('a.txt').read()\nexcept IOError:\n    raise SystemExit('no data')\n")
    assert outcome.values["x"]


def test_a_table_of_numbers_can_be_read_as_one(in_world):
    outcome = in_world("import numpy as np\nshape = np.loadtxt('pima-indians-diabetes.csv', delimiter=',').shape")
    assert outcome.values["shape"] == (200, 9)


def test_word_vectors_are_as_long_as_the_name_says(in_world):
    outcome = in_world("word = open('/data/glove.6B.100d.txt').readline().split()")
    assert len(outcome.values["word"]) == 101


def test_what_is_written_is_read_again(in_world):
    outcome = in_world("open('out/a.txt', 'w').write('mine')\ntext = open('out/a.txt').read()")
    assert outcome.values["text"] == "mine"
    assert (outcome.scratch / "out" / "a.txt").read_text() == "mine"


def test_a_place_elsewhere_is_written_in_the_scratch_folder(in_world):
    code = "open('/nowhere/at/all/a.txt', 'w').write('mine')\ntext = open('/nowhere/at/all/a.txt').read()"
    outcome = in_world(code)
    assert outcome.values["text"] == "mine"
    assert not os.path.exists("/nowhere")


def test_a_file_of_the_users_is_changed_in_a_copy(in_world):
    code = "open('log.txt', 'a').write('two')\ntext = open('log.txt').read()"
    assert in_world(code, {"log.txt": "one"}).values["text"] == "onetwo"


def test_the_folder_of_the_script_is_found_by_its_own_path(in_world):
    code = "import os, sys\nhere = os.path.dirname(sys.argv[0])\ntext = open(os.path.join(here, 'a.txt')).read()"
    assert in_world(code, {"a.txt": "hello"}).values["text"] == "hello"


def test_the_working_directory_stands_for_the_users_folder(in_world):
    code = "import os\ntext = open(os.path.join(os.getcwd(), 'a.txt')).read()\nnames = os.listdir('.')"
    outcome = in_world(code, {"a.txt": "hello"})
    assert outcome.values["text"] == "hello"
    assert outcome.values["names"] == ["a.txt", "script.py"]


def test_a_folder_beside_the_users_is_read(in_world):
    code = "text = open('../shared.txt').read()"
    outcome = in_world(code, {"../shared.txt": "hello"})
    assert outcome.values["text"] == "hello"


def test_a_missing_file_is_said_to_be_missing(in_world):
    outcome = in_world("import os\nthere = os.path.exists('weights.txt')")
    assert outcome.values["there"] is False


def test_a_script_that_stops_without_a_file_is_told_that_it_is_there(in_world):
    code = "import os, sys\nif not os.path.exists('data.txt'):\n    sys.exit('no data')\ntext = open('data.txt').read()"
    assert in_world(code).values["text"]


def test_a_missing_folder_of_images_has_images(in_world):
    outcome = in_world("import os\nnames = os.listdir('photos')")
    assert outcome.values["names"][0] == "1.jpg"
    assert outcome.notes == ["the folder `photos` is missing: made-up images"]


def test_a_pattern_is_answered_with_files_of_its_kind(in_world):
    outcome = in_world("import glob\nnames = glob.glob('photos/*.png')\nempty = glob.glob('runs/*.npy')")
    assert len(outcome.values["names"]) == 8
    assert outcome.values["empty"] == []


def test_folders_are_made_in_the_scratch_folder(in_world):
    code = """
import os
if not os.path.exists('/nowhere/out'):
    os.makedirs('/nowhere/out')
there = os.path.isdir('/nowhere/out')
"""
    assert in_world(code).values["there"] is True


def test_a_library_sees_the_world_as_it_is(in_world):
    code = """
import linecache, configparser
lines = linecache.getlines('corpus.txt')
read = configparser.ConfigParser().read('a.txt')
"""
    outcome = in_world(code)
    assert outcome.values["lines"] == []
    assert outcome.values["read"] == []
    assert outcome.notes == []


def test_an_archive_of_the_users_is_opened(in_world):
    code = "import gzip\nwith gzip.open('a.txt.gz', 'wb') as f:\n    f.write(b'x')\ntext = gzip.open('a.txt.gz').read()"
    assert in_world(code).values["text"] == b"x"


def test_lists_of_different_lengths_make_an_array_as_they_did(in_world):
    outcome = in_world("import numpy as np\nshape = np.array([[1], [1, 2]]).shape\nplain = np.array([[1, 2]]).shape")
    assert outcome.values["shape"] == (2,)
    assert outcome.values["plain"] == (1, 2)


def test_code_that_fails_on_made_up_contents_needs_the_real_ones(in_world):
    code = "import csv\nrows = list(csv.DictReader(open('data.csv')))\nx = rows[0]['smiles']"
    outcome = in_world(code, ok=False)
    assert outcome.reason == "needs the real contents of `data.csv` (KeyError: 'smiles')"


def test_code_that_fails_on_its_own_contents_has_failed(in_world):
    code = "import csv\nrows = list(csv.DictReader(open('data.csv')))\nx = rows[0]['smiles']"
    assert in_world(code, {"data.csv": "a,b\n1,2\n"}, ok=False).reason is None
