"""Statements at which paths part and meet: branches, loops and handlers. Where they meet, what they know is joined."""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from kerasfix.flow import imports
from kerasfix.flow.frame import Changes, End, Frame, Loop, join_vars
from kerasfix.flow.narrowing import narrow
from kerasfix.flow.values import UNKNOWN, ListRef, Value, depends_on_version

if TYPE_CHECKING:
    from kerasfix.flow.interpreter import Interpreter

_MAX_LOOPS = 3  # within each other that are gone through twice
_LEAVING = (ast.Return, ast.Break, ast.Continue)


def leave_loop(run: Interpreter, node: ast.stmt, frame: Frame) -> bool:
    """`break` and `continue`: the path ends here, and goes on behind or before the loop."""
    if frame.exits:
        loop = frame.exits[-1]
        loop.ends.append((dict(frame.vars), run.heap.changes(loop.since)))
        loop.broken = loop.broken or isinstance(node, ast.Break)
    return False


def run_if(run: Interpreter, node: ast.If, frame: Frame) -> bool:
    """An `if` with all its `elif`: a long chain of them is many paths, but not many levels."""
    guard, versioned = frame.guard, False
    failed: list[ast.expr] = []  # the tests that did not hold where a branch runs
    branches: list[Callable[[], bool]] = []

    def add(body: list[ast.stmt], test: ast.expr | None) -> None:
        level, before = frame.guard, tuple(failed[-_MAX_LOOPS:])

        def go() -> bool:
            frame.guard = level
            for other in before:
                narrow(run, other, False, frame)
            if test is not None:
                narrow(run, test, True, frame)
            return run.block(body, frame)

        branches.append(go)

    part = node
    while True:
        if depends_on_version(run.snapshot(run.eval(part.test, frame))):
            versioned = True
            frame.guard += 1
            if part not in frame.module.facts.version_guards:
                frame.module.facts.version_guards.append(part)
        add(part.body, part.test)
        failed.append(part.test)
        following = part.orelse[0] if len(part.orelse) == 1 else None
        if not isinstance(following, ast.If):
            add(part.orelse, None)
            break
        part = following
    ends = _branches(run, frame, branches)
    frame.guard = guard
    if versioned:
        # Without an `else` it only says which Keras the code is for.
        imports.guard_names(frame, [names for names, _ in ends], stands_in=len(branches) > 2 or bool(part.orelse))
    return bool(ends)


def leaves_one_version(statement: ast.If, frame: Frame) -> bool:
    """Whether a test of the version leaves the block for one version, so that what follows is for the other."""
    if statement not in frame.module.facts.version_guards:
        return False
    leaves = [bool(body) and isinstance(body[-1], _LEAVING) for body in (statement.body, statement.orelse)]
    return leaves[0] != leaves[1]


def _branches(run: Interpreter, frame: Frame, branches: list[Callable[[], bool]]) -> list[End]:
    """Run alternatives from the same state and join the states of those that reach their end; gives these."""
    before = dict(frame.vars)
    ends: list[End] = []
    for branch in branches:
        ends.extend(_path(run, frame, before, branch))
    if ends:
        _join(run, frame, ends)
    else:
        _restore(frame, before)
    return ends


def _path(run: Interpreter, frame: Frame, names: dict[str, Value], path: Callable[[], bool]) -> list[End]:
    """Run one path from `names` and take back what it did to the lists; its end, if it is reached."""
    _restore(frame, names)
    since = run.heap.begin()
    falls = path()
    end = (dict(frame.vars), run.heap.changes(since))
    run.heap.end()
    return [end] if falls else []


def _restore(frame: Frame, names: dict[str, Value]) -> None:
    frame.vars.clear()  # in place: functions that close over the frame keep seeing it
    frame.vars.update(names)


def _join(run: Interpreter, frame: Frame, ends: list[End]) -> None:
    """Go on with what all the paths have in common."""
    names = ends[0][0]
    for other, _ in ends[1:]:
        names = join_vars(names, other)
    _restore(frame, names)
    run.heap.apply(run.heap.join([changes for _, changes in ends]))


def run_for(run: Interpreter, node: ast.For | ast.AsyncFor, frame: Frame) -> bool:
    """`for`: the body, once or more."""
    iterable = run.eval(node.iter, frame)
    element = run.element(iterable)

    def step() -> bool:
        run.assign(node.target, element, frame)
        return run.block(node.body, frame)

    broken = _loop(run, frame, step, run.least(iterable))
    return _or_else(run, node.orelse, frame, broken)


def run_while(run: Interpreter, node: ast.While, frame: Frame) -> bool:
    """`while`: the body, once or more."""

    def step() -> bool:
        run.eval(node.test, frame)
        narrow(run, node.test, True, frame)
        return run.block(node.body, frame)

    endless = isinstance(node.test, ast.Constant) and bool(node.test.value)
    broken = _loop(run, frame, step, 1 if endless else 0)
    return _or_else(run, node.orelse, frame, broken)


def _or_else(run: Interpreter, body: list[ast.stmt], frame: Frame, broken: bool) -> bool:
    """The `else` of a loop, which `break` passes by."""
    if not broken:
        return run.block(body, frame)
    return bool(_branches(run, frame, [lambda: run.block(body, frame), lambda: True]))


def _loop(run: Interpreter, frame: Frame, step: Callable[[], bool], rounds: int) -> bool:
    """Twice through the body: the second time with what the first has carried over. True if there is a `break`.

    `rounds` is the proven minimum of times that the body runs.
    """
    repeated, frame.repeated = frame.repeated, True
    before = dict(frame.vars)
    loop = Loop()
    first = _round(run, frame, before, step, loop)
    carried: Changes = run.heap.join([{}, *(changes for _, changes in first)])
    names = before
    for other, _ in first:
        names = join_vars(names, other)
    second: list[End] = []
    # Loops within loops would double the work each time.
    if len(frame.exits) < _MAX_LOOPS and run.budget > 0:
        run.heap.begin()
        run.heap.apply(carried)
        second = _round(run, frame, names, step, loop)
        run.heap.end()
    elif first:
        second = [(names, {ref: replace(state, items=None, element=state.any) for ref, state in carried.items()})]
    frame.repeated = repeated
    grown = _grown(run, carried, first, second, rounds) if rounds > 1 and not loop.broken else {}
    ends = [*first, *((names, {**carried, **changes}) for names, changes in second)]
    _join(run, frame, ends if rounds and ends else [(before, {}), *ends])
    for ref, least in grown.items():
        state = run.heap.get(ref)
        if state is not None and state.items is None and state.least < least:
            run.heap.set(ref, replace(state, least=least))
    return loop.broken


def _grown(run: Interpreter, carried: Changes, first: list[End], second: list[End], rounds: int) -> dict[ListRef, int]:
    """The lists that grow in every round of a loop, with the length that they have at least reached after it."""
    grown: dict[ListRef, int] = {}
    for ref, middle in carried.items():
        start = run.heap.get(ref)
        if start is None or not first or not second:
            continue
        once = min(changes.get(ref, start).minimum for _, changes in first)
        twice = min(changes.get(ref, middle).minimum for _, changes in second)
        each = min(once - start.minimum, twice - middle.minimum)
        if each > 0:
            grown[ref] = once + (rounds - 1) * each
    return grown


def _round(run: Interpreter, frame: Frame, names: dict[str, Value], step: Callable[[], bool], loop: Loop) -> list[End]:
    """Once through the body of a loop; its ends, those at `break` and `continue` included."""
    loop.ends = []

    def body() -> bool:
        loop.since = run.heap.depth - 1
        frame.exits.append(loop)
        falls = step()
        frame.exits.pop()
        return falls

    return [*_path(run, frame, names, body), *loop.ends]


def run_try(run: Interpreter, node: ast.Try, frame: Frame) -> bool:
    """`try`: the body as it is, and each handler after any part of the body."""
    guards = imports.is_version_guard(node)
    before = dict(frame.vars)

    def body() -> bool:
        return run.block(node.body, frame) and run.block(node.orelse, frame)

    def handle(handler: ast.ExceptHandler) -> bool:
        if not guards:  # anything of the body may have happened
            _join(run, frame, [(before, {}), *ended])
        if handler.name:
            frame.bind(handler.name, UNKNOWN)
        return run.block(handler.body, frame)

    ended = _path(run, frame, before, body)
    ends = list(ended)
    for handler in node.handlers:
        ends.extend(_path(run, frame, before, partial(handle, handler)))
    if ends:
        _join(run, frame, ends)
        stands_in = imports.does_something(node)
        if guards and imports.guard_names(frame, [names for names, _ in ends], stands_in=stands_in):
            frame.module.facts.version_guards.append(node)
    return bool(run.block(node.finalbody, frame) and ends)


def run_match(run: Interpreter, node: ast.Match, frame: Frame) -> bool:
    """`match`: any of the cases, or none."""
    run.eval(node.subject, frame)

    def match(case: ast.match_case) -> bool:
        for part in ast.walk(case.pattern):
            name = part.rest if isinstance(part, ast.MatchMapping) else getattr(part, "name", None)
            if isinstance(name, str):
                frame.bind(name, UNKNOWN)
        if case.guard is not None:
            run.eval(case.guard, frame)
        return run.block(case.body, frame)

    cases = [partial(match, case) for case in node.cases]
    return bool(_branches(run, frame, [*cases, lambda: True]))
