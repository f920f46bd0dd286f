"""Code that means harm, or does it: contained and named, with nothing left of it."""

from __future__ import annotations

import os
import sys
import threading
import time

import pytest

from kerasfix.verify.engines import containment

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="signals, limits and paths are those of Linux")
native = pytest.mark.skipif(len(containment.layers()) < 3, reason="this kernel has no Landlock or no seccomp")


@pytest.fixture
def outside(tmp_path):
    """A user's file."""
    path = tmp_path / "model.py"
    path.write_text("mine")
    yield path
    assert path.read_text() == "mine"
    assert [entry.name for entry in tmp_path.iterdir()] == ["model.py"]


def test_an_endless_loop(run):
    answer = run("while True: pass", seconds=5)
    assert (answer.ended.kind, answer.ended.message) == ("timeout", "no result after 5 seconds")
    assert 'File "<case>", line 1' in answer.log


def test_memory_that_is_used_bit_by_bit(run):
    answer = run("kept = []\nwhile True: kept.append(bytearray(b'x' * (16 << 20)))")
    assert (answer.ended.kind, answer.ended.message) == ("memory", "used more than 512 MiB of memory")


def test_memory_that_is_asked_for_at_once(run):
    answer = run("import numpy as np; np.ones((1 << 20, 1 << 20))")
    assert answer.ended.kind == "memory"
    assert "needed more than the 512 MiB it may use: Unable to allocate" in answer.ended.message


def test_memory_that_native_code_asks_for(run):
    answer = run("import tensorflow as tf; tf.ones((1 << 20, 1 << 20)) + 1")
    assert answer.ended.kind in ("memory", "error"), answer
    assert "alloc" in answer.ended.message or "OOM" in answer.ended.message


def test_a_segmentation_fault(run):
    answer = run("import ctypes; ctypes.string_at(0)")
    assert (answer.ended.kind, answer.ended.message) == ("crash", "Segmentation fault (SIGSEGV)")
    assert 'File "<case>", line 1' in answer.log


def test_an_abort(run):
    answer = run("import os; os.abort()")
    assert (answer.ended.kind, answer.ended.message) == ("crash", "Aborted (SIGABRT)")


@pytest.mark.parametrize("status", [0, 3])
def test_the_code_leaves(run, status):
    answer = run(f"import os; print('last words', flush=True); os._exit({status})")
    assert answer.ended.kind == "exit"
    assert answer.ended.message == f"the process ended without a result, with status {status}"
    assert answer.log == "last words\n"


def test_the_code_leaves_in_good_order(run):
    answer = run("import sys; sys.exit('enough')")
    assert (answer.ended.kind, answer.ended.message) == ("exit", "the code ended itself by sys.exit('enough')")


def test_a_thread_that_never_ends(run):
    answer = run("""
import atexit, threading, time
def spin():
    while True: time.sleep(0.01)
threading.Thread(target=spin, name='spinner').start()
atexit.register(time.sleep, 60)
class Slow:
    def __del__(self): time.sleep(60)
slow = Slow()
result = 1
""")
    assert answer.value == 1
    assert answer.events == ("left a thread running: spinner",)
    assert answer.seconds < 3


def test_training_on_a_thread(run):
    answer = run("""
import keras, numpy as np, threading
model = keras.Sequential([keras.layers.Input((5,)), keras.layers.Dense(3)])
model.compile('sgd', 'mse')
x, y = np.ones((8, 5)), np.zeros((8, 3))
threading.Thread(target=model.fit, args=(x, y), kwargs={'epochs': 10 ** 9, 'verbose': 0}, name='training').start()
result = 1
""")
    assert answer.value == 1
    assert answer.events == ("left a thread running: training",)


@pytest.mark.parametrize(
    "code",
    [
        "import os; os.fork() or os.execv('/bin/sleep', ['sleep', '60'])",
        "import multiprocessing, time; multiprocessing.Process(target=time.sleep, args=(60,)).start()",
    ],
)
def test_a_child_process_left_behind(run, code):
    answer = run(code)
    assert answer.ended.kind == "error"
    assert answer.events == ("tried to start a process: a copy of itself",)


@pytest.mark.parametrize(
    ("code", "command"),
    [
        ("import os; os.system('sleep 60')", "sleep 60"),
        ("import subprocess; subprocess.Popen(['sleep', '60 s'])", "sleep '60 s'"),
        ("import subprocess; subprocess.run('sleep 60 &', shell=True)", "/bin/sh -c 'sleep 60 &'"),
        ("import os; os.posix_spawn('/bin/sleep', ['sleep', '60'], {})", "sleep 60"),
        ("import os; os.execv('/bin/sleep', ['sleep', '60'])", "sleep 60"),
    ],
)
def test_a_command(run, code, command):
    answer = run(code)
    assert answer.ended.kind == "error"
    assert "PermissionError: " in answer.ended.message
    assert answer.events == (f"tried to start a process: {command}",)


@native
def test_a_fork_bomb(run):
    answer = run("""
import ctypes, os
libc = ctypes.CDLL(None)
refused = 0
for _ in range(20):
    try:
        os.fork()
    except PermissionError:
        refused += 1
result = [refused, [libc.fork() for _ in range(20)], libc.vfork()]
""")
    assert answer.value == [20, [-1] * 20, -1]
    assert answer.events == ("tried to start a process: a copy of itself",)


@pytest.mark.parametrize(
    ("code", "what"),
    [
        ("open(path, 'w')", "write"),
        ("open(path, 'a')", "write"),
        ("open(path, 'r+')", "write"),
        ("import os; os.open(path, os.O_RDWR)", "write"),
        ("import os; os.truncate(path, 0)", "change"),
        ("import pathlib; pathlib.Path(path).write_text('')", "write"),
        ("import os; os.remove(path)", "remove"),
        ("import os; os.rename(path, 'mine')", "move or link"),
        ("import os; os.link(path, 'mine')", "move or link"),
        ("import os; os.chmod(path, 0)", "change"),
        ("import os; os.utime(path, (0, 0))", "change"),
        ("import shutil, os; shutil.rmtree(os.path.dirname(path))", "remove"),
        ("import os; os.symlink(path, 'link'); open('link', 'w')", "write"),
        ("import os; os.chdir(os.path.dirname(path)); open('model.py', 'w')", "write"),
        ("import sqlite3; sqlite3.connect(path)", "write"),
    ],
)
def test_writing_outside_the_scratch_folder(run, outside, code, what):
    answer = run(code, path=str(outside))
    assert answer.ended.kind == "error"
    event = f"tried to {what} {outside}"
    assert f"PermissionError: kerasfix verify runs this code contained: it {event}" in answer.ended.message
    assert answer.events == (event,)


def test_making_folders_outside(run, outside):
    answer = run(
        "import os; os.makedirs(os.path.dirname(path), exist_ok=True); os.mkdir(path + '.d')", path=str(outside)
    )
    assert answer.ended.kind == "error"
    assert answer.events == (f"tried to make the folder {outside}.d",)


def test_deleting_its_own_source(run, outside):
    answer = run("import os; __file__ = path; os.unlink(os.path.abspath(__file__))", path=str(outside))
    assert answer.ended.kind == "error"
    assert answer.events == (f"tried to remove {outside}",)


@native
def test_native_code_cannot_write_outside(run, outside):
    answer = run(
        """
import ctypes, os
libc = ctypes.CDLL(None, use_errno=True)
name = path.encode()
result = [
    libc.open(name, os.O_WRONLY | os.O_TRUNC),
    libc.open(name + b'.new', os.O_WRONLY | os.O_CREAT, 0o600),
    libc.unlink(name),
    libc.rename(name, b'mine'),
    libc.link(name, b'mine'),
    libc.mkdir(name + b'.d', 0o700),
    libc.symlink(b'/', name + b'.link'),
    libc.truncate(name, 0),
    libc.open(b'/dev/shm/kerasfix-test', os.O_WRONLY | os.O_CREAT, 0o600),
]
libc.chmod(name, 0)
assert open('inside', 'w').write('x')
""",
        path=str(outside),
    )
    assert answer.ended is None, answer.ended
    assert answer.value == [-1] * 9
    assert outside.stat().st_mode & 0o777


@native
def test_libraries_cannot_write_outside(run, outside):
    answer = run("import h5py; h5py.File(path + '.h5', 'w')", path=str(outside))
    assert answer.ended.kind == "error"
    assert "Permission denied" in answer.ended.message
    answer = run("import tensorflow as tf; tf.io.gfile.GFile(path, 'w').write('x')", path=str(outside))
    assert answer.ended.kind == "error"
    assert "Permission denied" in answer.ended.message


@pytest.mark.parametrize(
    ("code", "event"),
    [
        ("import socket; socket.socket()", "tried to open a socket"),
        ("import socket; socket.create_connection(('example.com', 80))", "tried to open a socket: example.com:80"),
        ("import socket; socket.gethostbyname('example.com')", "tried to open a socket: example.com"),
    ],
)
def test_opening_a_socket(run, code, event):
    answer = run(code)
    assert answer.ended.kind == "error"
    assert answer.events == (event,)


def test_a_download_fails_as_one_without_network_does(run):
    answer = run("""
import urllib.error, urllib.request
try:
    urllib.request.urlopen('http://example.com/weights.h5')
except urllib.error.URLError as error:
    result = str(error)
""")
    assert "tried to open a socket: example.com:80" in answer.value
    assert answer.events == ("tried to open a socket: example.com:80",)


@native
def test_native_code_cannot_open_a_socket(run):
    answer = run("""
import ctypes, socket
libc = ctypes.CDLL(None)
one, other = socket.socketpair()
one.send(b'x')
result = [libc.socket(socket.AF_INET, socket.SOCK_STREAM, 0), libc.socket(socket.AF_UNIX, socket.SOCK_STREAM, 0)]
""")
    assert answer.value == [-1, -1]
    assert answer.events == ()


def test_an_endless_print(run):
    answer = run("while True: print('x' * 1000)", seconds=1.0)
    assert answer.ended.kind == "timeout"
    assert len(answer.log) == 64 << 10


def test_stopping_itself(run):
    answer = run("import os, signal; os.kill(os.getpid(), signal.SIGSTOP)", seconds=0.5)
    assert answer.ended.kind == "timeout"


@native
def test_signals_to_others(run):
    answer = run("""
import ctypes, os, signal
libc = ctypes.CDLL(None)
native = libc.kill(os.getppid(), signal.SIGKILL)
try:
    os.kill(os.getppid(), signal.SIGKILL)
except PermissionError:
    result = native
""")
    assert answer.value == -1
    assert answer.events[0].startswith("tried to signal process ")


def test_closing_all_descriptors(run):
    answer = run("import os; os.closerange(0, 1024); result = 1")
    assert answer.value is None
    assert answer.ended.kind in ("lost", "exit", "error")


def test_a_huge_result(run):
    answer = run("result = 'x' * (8 << 20)")
    assert (answer.ended.kind, answer.ended.message) == ("lost", "the answer is larger than 1 MiB")


def test_forged_results(run):
    answer = run("""
import os
for descriptor in range(3, 64):
    try:
        os.write(descriptor, b'{"value": "forged"}\\n')
    except OSError:
        pass
os._exit(0)
""")
    assert answer.value is None
    assert answer.ended.kind == "exit"


def test_endless_events_end(run):
    answer = run("""
for number in range(5000):
    try:
        open('/nowhere/%d' % number, 'w')
    except PermissionError:
        pass
result = 1
""")
    assert answer.value == 1
    assert answer.events[0] == "tried to write /nowhere/0"
    assert len(answer.events) == 200


def test_a_scratch_folder_that_resists_removal(run):
    answer = run("""
import os
os.makedirs('locked/inner'); open('locked/inner/file', 'w').close(); os.chmod('locked', 0)
import ctypes
libc = ctypes.CDLL(None)
for _ in range(50):  # no path is that long
    assert libc.mkdir(b'deeper' * 40, 0o700) == libc.chdir(b'deeper' * 40) == 0
os.mkfifo('fifo')
result = 1
""")
    assert answer.value == 1


def test_a_child_has_no_descriptors_but_its_own(run):
    answer = run("""
import os
result = []
for name in os.listdir('/proc/self/fd'):
    try: result.append(os.readlink('/proc/self/fd/' + name).partition(':')[0])
    except FileNotFoundError: pass
""")
    assert sorted(answer.value) == ["/dev/null", "pipe", "pipe", "pipe"]


def test_an_engine_that_dies_is_replaced(engines, run):
    process = engines._process("keras3")
    threading.Timer(1.5, process.kill).start()
    began = time.monotonic()
    answer = engines.run("keras3", "time:sleep", 60)
    assert answer.ended.kind == "lost"
    assert "the engine died" in answer.ended.message
    assert time.monotonic() - began < 20
    assert run("result = 1").value == 1


def test_nothing_is_in_the_way_of_what_comes_after(run):
    assert run("import os; result = os.getcwd() == os.environ['HOME']").value is True
    assert not os.path.exists("/dev/shm/kerasfix-test")
