"""What honest code can rely on in a child."""

from __future__ import annotations

import importlib.util
import math
import os
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from kerasfix.verify.engines import Engines, Limits, Unavailable, legacy


def test_a_value_comes_back_as_plain_data(run):
    answer = run("result = [1, 2.5, 'x', None, {'a': [True]}, float('inf'), float('nan')]")
    assert answer.ended is None
    assert answer.value[:6] == [1, 2.5, "x", None, {"a": [True]}, math.inf]
    assert math.isnan(answer.value[6])
    assert answer.events == ()


def test_what_is_no_plain_data_is_an_error(run):
    answer = run("result = object()")
    assert answer.ended.kind == "error"
    assert answer.ended.message.rstrip().endswith("TypeError: not plain data: builtins.object")


def test_numbers_of_numpy_are_plain_data(run):
    answer = run("import numpy as np; result = [np.int64(1), np.float32(0.5), np.bool_(True), np.array(2)]")
    assert answer.value == [1, 0.5, True, 2]


def test_an_exception_comes_back_with_its_line(run):
    answer = run("x = 1\nnothing = 1 / 0")
    assert answer.ended.kind == "error"
    assert 'File "<case>", line 2' in answer.ended.message
    assert answer.ended.message.rstrip().endswith("ZeroDivisionError: division by zero")


def test_what_is_printed_is_the_log_and_never_a_value(run):
    answer = run("import os; print('{\"value\": 1}'); os.write(1, b'one\\n'); os.write(2, b'two\\n'); result = 3")
    assert answer.value == 3
    assert answer.log == '{"value": 1}\none\ntwo\n'


def test_the_scratch_folder_is_where_things_are_written(run):
    answer = run("""
import os, tempfile, pathlib, shutil
folder = os.getcwd()
open('a.txt', 'w').write('a')
os.makedirs('deep/er'); os.rename('a.txt', 'deep/er/b.txt'); shutil.copy('deep/er/b.txt', 'c.txt'); os.remove('c.txt')
os.symlink('deep', 'link'); open('link/d.txt', 'w').close()
with tempfile.TemporaryDirectory() as temporary:
    inside = temporary.startswith(folder)
pathlib.Path('~/.keras').expanduser().mkdir()
open(os.devnull, 'w').write('gone')
result = [sorted(os.listdir(folder)), inside, os.path.isdir(folder + '/.keras'), folder]
""")
    assert answer.ended is None, answer.ended
    assert answer.value[:3] == [[".keras", "deep", "link"], True, True]
    assert answer.events == ()
    assert not os.path.exists(answer.value[3])


def test_files_are_exchanged_in_folders_that_are_given(engines, tmp_path):
    folder = engines.folder / "arrays"
    folder.mkdir()
    code = f"import numpy as np; np.savez({str(folder / 'x.npz')!r}, x=np.arange(3))"
    assert engines.run("keras3", "engine_tasks:execute", code).ended.kind == "error"
    assert engines.run("keras3", "engine_tasks:execute", code, writable=[folder]).ended is None
    assert [path.name for path in folder.iterdir()] == ["x.npz"]


def test_a_child_leaves_nothing_in_its_engine(run):
    run("import keras; keras.left = 1; keras.backend.set_image_data_format('channels_first')")
    answer = run("import keras; result = [hasattr(keras, 'left'), keras.backend.image_data_format()]")
    assert answer.value == [False, "channels_last"]


def test_a_model_trains_and_saves_in_a_child(run):
    answer = run("""
import keras, numpy as np
model = keras.Sequential([keras.layers.Input((5,)), keras.layers.Dense(4), keras.layers.Dense(3)])
model.compile('sgd', 'mse')
result = model.fit(np.ones((8, 5)), np.zeros((8, 3)), epochs=3, verbose=0).history['loss']
model.save('model.keras'); model.save_weights('model.weights.h5')
""")
    assert answer.ended is None, answer.ended
    assert answer.value[0] > answer.value[-1]
    assert answer.events == ()


def test_a_generator_on_threads_trains_in_a_child(run):
    answer = run("""
import keras, numpy as np
class Data(keras.utils.PyDataset):
    def __len__(self): return 4
    def __getitem__(self, index): return np.ones((2, 5)), np.zeros((2, 3))
model = keras.Sequential([keras.layers.Input((5,)), keras.layers.Dense(3)])
model.compile('sgd', 'mse')
result = len(model.fit(Data(workers=2), epochs=2, verbose=0).history['loss'])
""")
    assert answer.value == 2, answer
    assert answer.events == ()


def test_locks_and_queues_of_processes_serve_threads(run):
    answer = run("""
import multiprocessing, multiprocessing.pool, queue, threading
lock, recursive, many = multiprocessing.Lock(), multiprocessing.RLock(), multiprocessing.BoundedSemaphore(2)
with recursive, recursive, lock:
    busy = lock.acquire(False), lock.acquire(timeout=0.05), many.acquire(), many.acquire(), many.acquire(False)
many.release(); many.release()
def wrong(release):
    try: release()
    except Exception as error: return type(error).__name__
counted = multiprocessing.Value('i', 0)
def count(number):
    with counted.get_lock(): counted.value += number
    return number * 2
with multiprocessing.pool.ThreadPool(4) as pool:
    doubled = pool.map(count, range(100))
numbers = multiprocessing.Queue(); numbers.put(7)
result = [busy, wrong(many.release), wrong(recursive.release), counted.value, sum(doubled), numbers.get(timeout=5)]
""")
    assert answer.value == [[False, False, True, True, False], "ValueError", "AssertionError", 4950, 9900, 7], answer
    assert answer.events == ()


def test_several_children_at_a_time(engines, run):
    def ask(number):
        return engines.run("keras3", "engine_tasks:execute", f"import time; time.sleep(0.3); result = {number}")

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(ask, range(4)))
    assert [answer.value for answer in answers] == [0, 1, 2, 3]


def test_limits_of_one_piece_of_work(engines):
    answer = engines.run("keras3", "time:sleep", 30, limits=Limits(seconds=0.3))
    assert answer.ended.kind == "timeout"
    assert answer.ended.message == "no result after 0.3 seconds"
    assert 0.3 < answer.seconds < 2


@pytest.mark.parametrize("engine", ["keras4", "keras==3.1.0", "keras==x/../y"])
def test_an_engine_that_there_is_not(engines, engine):
    with pytest.raises(Unavailable, match="there is no"):
        engines.run(engine, "time:sleep", 0)


def test_an_engine_that_cannot_be_had_is_not_tried_again(monkeypatch):
    tried = []

    def fetch(version, cache):
        tried.append(version)
        raise Unavailable("offline")

    monkeypatch.setattr(legacy, "fetch", fetch)
    with Engines() as engines:
        for _ in range(3):
            with pytest.raises(Unavailable, match="offline"):
                engines.run("keras==1.2.2", "time:sleep", 0)
    assert tried == ["1.2.2"]


def test_a_missing_tensorflow_is_said_so(monkeypatch):
    find_spec = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "tensorflow" else find_spec(name))
    with (
        Engines() as engines,
        pytest.raises(Unavailable, match=r"not installed: tensorflow; `pip install 'kerasfix\[verify"),
    ):
        engines.run("keras3", "time:sleep", 0)


def test_engines_that_are_starting_can_be_closed():
    engines = Engines()
    with ThreadPoolExecutor(1) as pool:
        asked = pool.submit(engines.run, "keras3", "time:sleep", 0)
        time.sleep(0.5)
        began = time.monotonic()
        engines.close()
        assert isinstance(asked.exception(timeout=5), Unavailable)
    assert time.monotonic() - began < 5
    assert not engines.folder.exists()
    with pytest.raises(Unavailable, match="the engines were closed"):
        engines.run("keras3", "time:sleep", 0)


def test_a_function_that_there_is_not(engines):
    answer = engines.run("keras3", "engine_tasks:nothing")
    assert answer.ended.kind == "error"
    assert "has no attribute 'nothing'" in answer.ended.message
