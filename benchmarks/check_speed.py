"""How fast `kerasfix check` is, against libcst's parser alone and beside ruff, in one run.

    python benchmarks/check_speed.py [TREE ...] [--repeat N]

Two questions:

1. What does the analysis of files that need it cost, beside `libcst.parse_module` on the same texts? Both in this
   process, in CPU seconds, one after the other in each round; the ratio is about 2 on files full of Keras 1.
2. How long does `kerasfix check` take on a large mixed tree, beside `ruff check --select NPY201 --no-cache`, a linter
   written in Rust with one comparable rule? Whole processes, in seconds of wall clock and CPU.

Without TREE, a tree is made: Python's standard library, and among it many copies of the project's fixtures.
"""

from __future__ import annotations

import argparse
import gc
import os
import resource
import shutil
import statistics
import subprocess
import sys
import sysconfig
import tempfile
import time
from pathlib import Path

from kerasfix import analysis
from kerasfix.catalogue import load_catalogue
from kerasfix.prefilter.group import group
from kerasfix.prefilter.words import may_concern
from kerasfix.settings import Settings
from kerasfix.source.read import SourceFile, read_source

FIXTURES = Path(__file__).parent.parent / "fixtures"
COPIES = 8


def make_tree(root: Path) -> None:
    """The standard library and `COPIES` projects made of the fixtures, as files of one tree."""
    ignore = shutil.ignore_patterns("site-packages", "test", "tests", "__pycache__", "lib2to3", "*.so")
    shutil.copytree(sysconfig.get_path("stdlib"), root / "stdlib", ignore=ignore)
    for number in range(COPIES):
        shutil.copytree(FIXTURES, root / f"project{number}", ignore=shutil.ignore_patterns("after*"))


def python_files(trees: list[Path]) -> list[Path]:
    """All `.py` files of the trees."""
    return sorted(path for tree in trees for path in tree.rglob("*.py") if path.is_file())


def needing_analysis(paths: list[Path]) -> list[list[SourceFile]]:
    """The files that prefilter and triage let through, in the groups that are analyzed together."""
    catalogue = load_catalogue()
    words = catalogue.words_of(catalogue.rules, "keras2")
    sources = []
    for path in paths:
        if may_concern(path.read_bytes(), words):
            source = read_source(str(path))
            if isinstance(source, SourceFile):
                sources.append(source)
    return group(sources, words)


def against_libcst(groups: list[list[SourceFile]], repeat: int) -> None:
    import libcst

    settings = Settings("keras2", frozenset(load_catalogue().rules))
    parsed = []
    for source in (source for one in groups for source in one):
        try:
            libcst.parse_module(source.text)
        except Exception:  # what libcst cannot parse is not measured
            continue
        parsed.append(source)
    kept = {source.path for source in parsed}
    groups = [one for one in ([source for source in one if source.path in kept] for one in groups) if one]
    lines = sum(source.text.count("\n") for source in parsed)
    ratios, parsing, checking = [], [], []
    for _ in range(repeat):
        gc.collect()
        start = time.process_time()
        for source in parsed:
            libcst.parse_module(source.text)
        middle = time.process_time()
        for one in groups:
            group(one)
            analysis.check(one, settings)
        end = time.process_time()
        parsing.append(middle - start)
        checking.append(end - middle)
        ratios.append((end - middle) / (middle - start))
    print(f"files that need analysis: {len(parsed)} files, {lines} lines, {repeat} rounds")
    print(f"  libcst.parse_module   {statistics.median(parsing) / lines * 1e6:8.1f} ms CPU per 1,000 lines")
    print(f"  triage and check      {statistics.median(checking) / lines * 1e6:8.1f} ms CPU per 1,000 lines")
    spread = f"lowest {min(ratios):.2f}, highest {max(ratios):.2f}"
    print(f"  check / parse_module  {statistics.median(ratios):8.2f}  ({spread})")


def run(command: list[str]) -> tuple[float, float]:
    """Wall clock and CPU seconds of a whole process."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.perf_counter()
    subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
    wall = time.perf_counter() - start
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def beside_ruff(trees: list[Path], repeat: int) -> None:
    files = python_files(trees)
    print(f"whole tree: {len(files)} files, {sum(path.stat().st_size for path in files) / 1e6:.1f} MB")
    paths = [str(tree) for tree in trees]
    commands = {
        "kerasfix check": [sys.executable, "-m", "kerasfix", "check", "--output-format", "concise", *paths],
        "kerasfix check --jobs 1": [sys.executable, "-m", "kerasfix", "check", "--jobs", "1", *paths],
    }
    if ruff := shutil.which("ruff", path=os.pathsep.join([sysconfig.get_path("scripts"), os.environ.get("PATH", "")])):
        commands["ruff --select NPY201"] = [ruff, "check", "--select", "NPY201", "--no-cache", "--isolated", *paths]
    taken: dict[str, list[tuple[float, float]]] = {name: [] for name in commands}
    for _ in range(repeat):
        for name, command in commands.items():
            taken[name].append(run(command))
    for name, results in taken.items():
        wall = statistics.median(result[0] for result in results)
        cpu = statistics.median(result[1] for result in results)
        print(f"  {name:24} {wall:7.2f} s wall {cpu:7.2f} s CPU")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("trees", nargs="*", type=Path)
    parser.add_argument("--repeat", type=int, default=5)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        trees = arguments.trees
        if not trees:
            make_tree(Path(scratch))
            trees = [Path(scratch)]
        against_libcst(needing_analysis(python_files(trees)), arguments.repeat)
        beside_ruff(trees, arguments.repeat)


if __name__ == "__main__":
    main()
