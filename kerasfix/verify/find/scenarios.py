"""The scenarios of each file of a group."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cached_property

from kerasfix.flow.facts import ModuleFacts
from kerasfix.flow.frame import ModuleState
from kerasfix.flow.values import Function, Model, options
from kerasfix.project.config import Config
from kerasfix.project.verification import ModelEntry
from kerasfix.report import paths
from kerasfix.verify.find.arguments import Arguments, Calls, Signature, listed
from kerasfix.verify.find.builders import Builder, builders_in
from kerasfix.verify.find.data_format import channels_first
from kerasfix.verify.find.graph import Definition, Graph, Scope
from kerasfix.verify.find.scenario import Scenario
from kerasfix.verify.find.texts import Texts

_TESTS = re.compile(r"(?:test_.*|.*_tests?|conftest)\.py")
_MAX_CALLS = 3  # of one builder


class Finder:
    """Finds the scenarios of the files of a group."""

    def __init__(self, graph: Graph, config: Config) -> None:
        self.graph = graph
        self.config = config
        self.making = graph.builders()
        self._known: dict[ModuleFacts, list[Builder]] = {}
        self._served: dict[Definition, str | None] = {}  # how the models that functions return are made

    def scenarios(self, facts: ModuleFacts) -> tuple[Scenario, ...]:
        """The scenarios of a file, in the order in which they are to be run."""
        entries = list(self._entries(facts))
        own = [] if is_test(facts) else [*self._script(facts), *self._calls(facts)]
        said = {_function(entry.call) for entry in entries}
        return (*entries, *(one for one in own if _function(one.call) not in said))

    def why_nothing(self, facts: ModuleFacts) -> str:
        """Why a file has no scenario."""
        scopes = [scope for scope, owner in self.graph.facts.items() if owner is facts]
        if is_test(facts):
            return "is a test, and not run"
        if any(scope in self.graph.makes for scope in scopes):
            names = listed([self.graph.qualified(scope) for scope in scopes if scope in self.graph.makes])
            return f"no model can be built from outside: {names} can only be called by code that nothing calls"
        if any(scope in self.graph.loads for scope in scopes):
            return "no model is built here: it is loaded from a file"
        return "no model is built here"

    # -- scripts

    def _script(self, facts: ModuleFacts) -> Iterator[Scenario]:
        reached = self.graph.reach(self.graph.script(facts))
        makers = [*self.graph.makers(self.graph.script(facts)), *(one for one in reached if one in self.graph.ready)]
        trains = not self.graph.loads.isdisjoint(reached) and not self.graph.trains.isdisjoint(reached)
        if not makers and not trains:
            return
        builds = tuple(dict.fromkeys(map(self.graph.qualified, makers)))
        yield Scenario(facts.path, None, "run as a script", self.config.verify.argv_of(facts.path), builds)

    # -- calls

    def _calls(self, facts: ModuleFacts) -> list[Scenario]:
        """The calls of the builders of a file: first of those that no other of them calls."""
        builders = self._builders(facts)
        inner = {scope for one in builders for scope in self.graph.reach([one.node]) if scope is not one.node}
        reached = self.graph.script(facts)
        covered = set(self.graph.makers(reached))
        run = set(self.graph.reach(reached))
        found: list[tuple[Builder, Scenario]] = []
        for builder in sorted(builders, key=lambda one: one.node in inner):
            made = self._of(facts, builder)
            # What nothing else calls is another setup of what others make: `build_resnet_50` beside `build_resnet_18`.
            reserve = builder.node in run or (builder.node in inner and covered.issuperset(builder.makers))
            found.extend((builder, replace(one, reserve=reserve)) for one in (made[:1] if reserve else made))
            if _is_certain(made[0]):
                covered.update(builder.makers)
        return [scenario for builder, scenario in found if not self._is_idle(builder, scenario, found, covered)]

    def _is_idle(
        self, builder: Builder, scenario: Scenario, found: list[tuple[Builder, Scenario]], covered: set[Scope]
    ) -> bool:
        """Whether a scenario adds nothing to the others; `covered` is what certain ones and the script make."""
        direct = builder.node in self.graph.makes
        if builder.init is not None and builder.node in self.graph.reach([builder.init]):
            return True  # the object cannot even be made without it
        if _is_certain(scenario) and not scenario.reserve:
            return False
        others = [(one, other) for one, other in found if one is not builder and other.unserved is None]
        served = {one.node for one, other in others if _is_certain(other) or scenario.guessed}
        if scenario.unserved is not None:
            if builder.inherited and any(one.cls is builder.cls and not one.inherited for one, _ in found):
                return True
            runnable = covered.union(*(one.makers for one, _ in others))
            return runnable.issuperset(builder.makers) or (not direct and self._addressed.issuperset(builder.makers))
        if direct:
            return False
        here = {maker for maker in builder.makers if self.graph.facts[maker] is self.graph.facts[builder.node]}
        return served.issuperset(here) if scenario.reserve else (served | covered).issuperset(builder.makers)

    @cached_property
    def _addressed(self) -> set[Scope]:
        """The code that makes models and has a scenario of its own in some file of the group."""
        every = (one for facts in self.graph.watched.facts.values() for one in self._builders(facts))
        return {one.node for one in every if one.node in self.graph.makes}

    def _builders(self, facts: ModuleFacts) -> list[Builder]:
        if facts not in self._known:
            self._known[facts] = [] if is_test(facts) else builders_in(self.graph, facts, self.making)
        return self._known[facts]

    def _of(self, facts: ModuleFacts, builder: Builder) -> list[Scenario]:
        """The ways to call one builder, the best first."""
        builds = tuple(dict.fromkeys(map(self.graph.qualified, builder.makers)))
        base = Scenario(facts.path, "", "", (), builds, builder.line)
        calls = self._calls_of(facts, builder.node, bound=builder.bound)
        before = self._calls_of(facts, builder.init, bound=True) if builder.init is not None else None
        if builder.by_call:
            name = builder.name.partition(".")[0]
            why = f"`{name}` derives from a model of Keras and is built when it is called on data"
            text = f"{name}(...)"
            return [replace(base, call=text, unserved=f"{why}; {self._advice(facts, text)}")]
        certain = [(first, second) for first in (before.certain() if before else [None]) for second in calls.certain()]
        if certain:
            made = [self._scenario(facts, base, builder, *pair) for pair in certain[:_MAX_CALLS]]
            instead = [
                self._scenario(facts, base, builder, certain[0][0], second)
                for second in (calls.instead() if not certain[0][1].texts else [])
            ]
            return [replace(made[0], instead=tuple(instead)), *made[1:]]
        firsts = (before.certain() or before.guessed()) if before else [None]
        seconds = calls.certain() or calls.guessed()
        pairs = [
            (firsts[min(at, len(firsts) - 1)], seconds[min(at, len(seconds) - 1)])
            for at in range(max(len(firsts), len(seconds)))
        ]
        made = [self._scenario(facts, base, builder, *pair) for pair in pairs]
        return [replace(made[0], instead=tuple(made[1:]))]

    def _scenario(
        self, facts: ModuleFacts, base: Scenario, builder: Builder, first: Arguments | None, second: Arguments
    ) -> Scenario:
        call = _expression(builder, first, second)
        missing = (*(first.missing if first else ()), *second.missing)
        if missing:
            what = f"needs {'values' if missing[1:] else 'a value'} for {listed(missing)}"
            return replace(base, call=call, unserved=f"{what}; {self._advice(facts, call)}")
        whys = [one for one in (first, second) if one is not None and one.texts] or [second]
        guessed = tuple(note for one in (first, second) if one is not None for note in one.notes)
        guesses = [one for one in whys if one.guessed]
        return replace(base, call=call, why=(guesses or whys)[-1].why, guessed=guessed)

    def _advice(self, facts: ModuleFacts, call: str) -> str:
        root = self.config.root
        full = os.path.abspath(facts.path)
        path = os.path.relpath(full, root) if root is not None and full.startswith(f"{root}{os.sep}") else None
        place = paths.portable(facts.path) if path is None else path.replace(os.sep, "/")
        return f'say it in [tool.kerasfix.verify]: models = ["{place}:{call}"]'

    def _calls_of(self, facts: ModuleFacts, node: Definition, *, bound: bool) -> Calls:
        state = self.graph.watched.states[facts]
        texts = Texts(
            state, channels_first(self.graph, facts, self.config), self._made, self.graph.names_when_run(facts)
        )
        notes = self.graph.watched.notes.get(node, [])
        return Calls(Signature.of(node, bound=bound), notes, texts, self._code(node))

    def _code(self, node: Definition) -> str:
        """The text of a function, and of those that it calls."""
        scopes = (scope for scope in self.graph.reach([node]) if isinstance(scope, Definition))
        return "\n".join(self.graph.facts[scope].index.source(scope) for scope in scopes)

    def _made(self, model: Model, state: ModuleState) -> str | None:
        """The call of a function of the project that returns a model."""
        for node, results in self.graph.watched.results.items():
            if not isinstance(node, Definition) or not any(
                isinstance(option, Model) and option.site is model.site
                for result in results
                for option in options(result)
            ):
                continue
            names = [
                name
                for name, value in state.vars.items()
                if isinstance(value, Function) and value.node is node and "." not in name
            ]
            if names and (arguments := self._serve(node)) is not None:
                return f"{names[0]}({arguments})"
        return None

    def _serve(self, node: Definition) -> str | None:
        if node not in self._served:
            self._served[node] = None  # while it is looked for
            calls = self._calls_of(self.graph.facts[node], node, bound=False)
            found = next((one for one in (*calls.certain(), *calls.guessed()) if not one.missing), None)
            self._served[node] = found.text if found is not None else None
        return self._served[node]

    # -- what the configuration says

    def _entries(self, facts: ModuleFacts) -> Iterator[Scenario]:
        scripts = list(self._script(facts))
        for entry in self.config.verify.entries_of(facts.path):
            why = "as [tool.kerasfix.verify] says"
            argv = self.config.verify.argv_of(facts.path)
            if entry.call is None:
                yield replace(scripts[0], why=why) if scripts else Scenario(facts.path, None, why, argv)
                continue
            known = {one.name: one for one in self._builders(facts)}
            builder = known.get(entry.function or "") or known.get(f"{entry.function}.__init__")
            builds = tuple(dict.fromkeys(map(self.graph.qualified, builder.makers))) if builder else ()
            yield Scenario(facts.path, entry.call, why, argv, builds, builder.line if builder else None)


def is_test(facts: ModuleFacts) -> bool:
    """Whether a file is one of tests, or says how a project is installed."""
    name = os.path.basename(facts.path)
    return name == "setup.py" or _TESTS.fullmatch(name) is not None


def _expression(builder: Builder, first: Arguments | None, second: Arguments) -> str:
    if builder.cls is None:
        return f"{builder.name}({second.text})"
    cls, _, method = builder.name.partition(".")
    if builder.how == "construct":
        return f"{cls}({second.text})"
    if builder.how == "static":
        return f"{cls}.{method}({second.text})"
    made = f"{cls}({first.text if first is not None else ''})"
    return f"{made}.{method}" if builder.how == "property" else f"{made}.{method}({second.text})"


def _function(call: str | None) -> str | None:
    """The function that a call is of, as `Net.build` for `Net(3).build()`; None for a script."""
    if call is None:
        return None
    return ModelEntry(call, (), call).function or call


def _is_certain(scenario: Scenario) -> bool:
    """Whether a scenario rests on nothing but what the code says."""
    return scenario.unserved is None and not scenario.guessed
