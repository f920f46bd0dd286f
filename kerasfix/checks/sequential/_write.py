"""The functional API in place of a `Sequential` with a `Merge` at its head: the edits."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import dataclass, field

from kerasfix.checks import Context
from kerasfix.checks.merge._merging import Merging, Refusal, replacement
from kerasfix.checks.sequential._branches import Branch, Branches, layers_of
from kerasfix.checks.sequential._chain import Chain, Problem
from kerasfix.checks.sequential._configs import config_edits
from kerasfix.checks.sequential._embeddings import embedding_edits
from kerasfix.checks.sequential._inputs import Inputs
from kerasfix.checks.sequential._masks import drops_masks
from kerasfix.checks.sequential._statements import assignment, callable_pieces, comments_in, indentation, removal
from kerasfix.checks.sequential._uses import use_edits
from kerasfix.edits.calls import Pieces, call_text, only_argument
from kerasfix.findings import Applicability, Edit, Fix, ImportNeed, Slot
from kerasfix.flow.facts import root_of
from kerasfix.flow.values import UNKNOWN, Items, Model, Value

_LINE_LIMIT = 120


@dataclass(slots=True)
class Writer:
    """Collects what the fix of one group of models needs; `problem` says why there is none."""

    context: Context
    group: Sequence[Chain]
    branches: dict[ast.Call, Branches]
    edits: list[Edit] = field(default_factory=list)
    imports: list[ImportNeed] = field(default_factory=list)
    assumes: list[str] = field(default_factory=list)
    releases: set[str] = field(default_factory=set)
    _inputs: Inputs = field(init=False)

    def __post_init__(self) -> None:
        self._inputs = Inputs(self.context.facts, self.branches, self.assumes)

    def fix(self) -> Fix | Problem:
        """The fix of the whole group."""
        for chain in self.group:
            problem = self._chain(chain)
            if problem is not None:
                return problem
        self.edits.extend(embedding_edits(self.context.facts, self.group, self.branches))
        built = [chain.target for chain in self.group if not chain.only_tensor]
        names = " and ".join(f"`{name}`" for name in dict.fromkeys(built))
        return Fix(
            edits=tuple(dict.fromkeys(self.edits)),
            applicability=Applicability.UNSAFE if self.assumes else Applicability.SAFE,
            title=f"Build {names} with the functional API",
            assumes=" and ".join(dict.fromkeys(self.assumes)) or None,
            imports=tuple(dict.fromkeys(self.imports)),
            releases=frozenset(self.releases),
        )

    def _chain(self, chain: Chain) -> Problem | None:
        merged = self._merge(chain)
        if isinstance(merged, Problem):
            return merged
        pieces, splits = merged
        self.releases |= {node.func.id for node in (chain.merge, chain.sequential) if isinstance(node.func, ast.Name)}
        self.assumes.extend(self.branches[chain.merge].assumes)
        model = "" if chain.only_tensor else self._model(chain)
        if isinstance(model, Problem):
            return model
        hoisted = self._hoisted(chain)
        if isinstance(hoisted, Problem):
            return hoisted
        self._head(chain, hoisted, pieces, model)
        name, imports = self._model_name(chain)
        for step in chain.steps:
            if step.call is not None:
                self._step(chain, step.layer, step.call, name if step.late else None)
        if any(step.late for step in chain.steps) or chain.pops or not chain.only_tensor:
            self.imports.extend(imports)
        for call in chain.pops:
            start, end = self.context.facts.index.span(call)
            target = chain.target
            new = f"{target} = {name}({target}.inputs, {target}.layers[-2].output)"
            self.edits.append(Edit(start, end, (new,)))
        if chain.only_tensor:
            return None
        for edit in use_edits(self.context.facts, chain, splits=splits):
            if isinstance(edit, Problem):
                return edit
            if isinstance(edit, str):
                self.assumes.append(edit)
            else:
                self.edits.append(edit)
        self.edits.extend(config_edits(self.context.facts, chain, name))
        return None

    def _model_name(self, chain: Chain) -> tuple[str, tuple[ImportNeed, ...]]:
        root = root_of(self.context.facts.calls.get(chain.sequential, ()))
        return self.context.namer.name("keras.models.Model", chain.sequential.func, root)

    # -- the Merge

    def _merge(self, chain: Chain) -> tuple[Pieces, bool] | Problem:
        """The layer called on the outputs of the branches, and whether it is two layers."""
        index = self.context.facts.index
        text = call_text(index, chain.merge)
        given = text.find("layers", 0)
        node = layers_of(chain.merge)
        if given is None or node is None:
            return Problem("its branches are not seen")
        for keyword in chain.merge.keywords:
            if keyword.arg in ("node_indices", "tensor_indices"):
                return Problem(f"`{keyword.arg}` has no counterpart")
        source = index.text[given.value_start : given.end]
        values = [_outputs(look.argument(0, "layers") or UNKNOWN) for look in chain.seen]
        merging = Merging(self.context, chain.merge, text, chain.seen, root_of(chain.seen), values, source)
        result = replacement(merging)
        if isinstance(result, Refusal):
            return Problem(result.message)
        # How many branches a list holds is among the branches' own assumptions.
        self.assumes.extend(clause for clause in result.assumes if "at least two tensors" not in clause)
        self.imports.extend(result.imports)
        more: Pieces = (", ", *result.arguments) if result.arguments else ()
        if self.branches[chain.merge].listed is not None:
            inside: Pieces = (f"[branch.outputs[0] for branch in {self._inputs.list_name(chain)}]", *more)
        elif isinstance(node, ast.Tuple) and index.text[given.value_start] == "(":
            inside = ("[", Slot(given.value_start + 1, given.end - 1), "]", *more)
        else:
            inside = only_argument(index, text, given, more)
        heeds = drops_masks(self.context.facts, chain)
        for branch in self.branches[chain.merge].items:
            self._branch(branch, chain, heeds=heeds)
        splits = bool(result.after)
        return (*result.before, "(", *inside, ")", result.after), splits

    def _branch(self, branch: Branch, chain: Chain, *, heeds: bool) -> None:
        start, end = self.context.facts.index.span(branch.node)
        if branch.chain is not None and branch.chain.only_tensor:
            if branch.chain.tensor != branch.text:
                self.edits.append(Edit(start, end, (branch.chain.tensor,)))
            return
        if branch.masked and heeds:
            # Keras 1 does not hand masks from the branches on to the Merge. Keras 3 keeps them with the tensor, so that
            # the function must not give back the very same one.
            name, imports = self.context.namer.name("keras.layers.Lambda", chain.merge.func, root_of(chain.seen))
            self.imports.extend(imports)
            self.edits.append(Edit(start, end, (f"{name}(lambda t: t * 1)(", Slot(start, end), ".outputs[0])")))
            return
        self.edits.append(Edit(end, end, (".outputs[0]",)))

    # -- statements

    def _head(self, chain: Chain, hoisted: Pieces, pieces: Pieces, model: str) -> None:
        """The statements that make the model and add the Merge."""
        index = self.context.facts.index
        if chain.head_call is None:
            self.edits.append(self._from_list(chain, hoisted, pieces, model))
            return
        self.edits.append(removal(index, chain.created))
        if chain.named is None:
            edit = assignment(index, chain.head_call, chain.merge, chain.tensor, pieces, "")
            self.edits.append(Edit(edit.start, edit.end, (*hoisted, *edit.new)))
        else:
            start, end = index.span(chain.merge)
            self.edits.append(Edit(start, end, pieces))
            if chain.tensor != (name := index.source(chain.named.targets[0])):
                begin, stop = index.span(chain.named.targets[0])
                assert index.text[begin:stop] == name
                self.edits.append(Edit(begin, stop, (chain.tensor,)))
            self.edits.append(removal(index, chain.head))
        if model:
            self._insert(chain, model)

    def _insert(self, chain: Chain, model: str) -> None:
        """The line that makes the model, below the statement after which it has to be there."""
        index = self.context.facts.index
        statement = chain.suite[chain.built_after]
        _, end = index.span(statement)
        line, column = index.position(end)
        rest = index.line_text(line)[column:].strip()
        if rest.strip(";").strip() and not rest.strip(";").strip().startswith("#"):
            self.edits.append(Edit(end, end, (f"; {model}",)))
            return
        at = index.starts[line - 1] + len(index.line_text(line))
        new = index.newline_at(end) + self._indent(chain) + model
        if chain.named is not None and statement is chain.head:
            # That line goes: its place is the model's.
            self.edits = [edit for edit in self.edits if edit != removal(index, chain.head)]
            start, stop = index.span(chain.head)
            self.edits.append(Edit(start, stop, (model,)))
            return
        self.edits.append(Edit(at, at, (new,)))

    def _indent(self, chain: Chain) -> str:
        index = self.context.facts.index
        return indentation(index, index.span(chain.created)[0])

    def _step(self, chain: Chain, layer: ast.expr, call: ast.Call, model: str | None) -> None:
        if model is None:
            called = f"({chain.tensor})"
            self.edits.append(assignment(self.context.facts.index, call, layer, chain.tensor, None, called))
            return
        head = f"{chain.target} = {model}({chain.target}.inputs, "
        self.edits.append(
            assignment(self.context.facts.index, call, layer, head, None, f"({chain.target}.outputs[0]))")
        )

    def _from_list(self, chain: Chain, hoisted: Pieces, pieces: Pieces, model: str) -> Edit:
        """`model = Sequential([Merge(...), Dense(3)])` as one statement for each layer."""
        index = self.context.facts.index
        newline = index.newline_at(index.span(chain.created)[0]) + self._indent(chain)
        layers = self.context.facts.parents[chain.merge]
        assert isinstance(layers, (ast.List, ast.Tuple))
        first, position = index.span(chain.merge)
        behind, above = comments_in(index.text[index.span(chain.sequential)[0] : first])
        parts: list[str | Slot] = [comment + newline for comment in ([behind] if behind else []) + above]
        parts += [*hoisted, f"{chain.tensor} = ", *pieces]
        for step in [step for step in chain.steps if step.call is None]:
            start, end = index.span(step.layer)
            behind, above = comments_in(index.text[position:start])
            parts += [f"  {behind}"] if behind else []
            parts += [newline + comment for comment in above]
            layer = callable_pieces(step.layer, Slot(start, end))
            parts += [newline, f"{chain.tensor} = ", *layer, f"({chain.tensor})"]
            position = end
        start, end = index.span(chain.created)
        behind, above = comments_in(index.text[position : index.span(layers)[1]])
        parts += [f"  {behind}"] if behind else []
        parts += [newline + comment for comment in above]
        rest = index.text[index.span(layers)[1] : end]
        if "'" not in rest and '"' not in rest:
            behind, above = comments_in(rest)
            parts += [newline + comment for comment in ([behind] if behind else []) + above]
        if model and chain.built_after == chain.head_index:
            parts += [newline, model]
        elif model:
            self._insert(chain, model)
        return Edit(start, end, tuple(parts))

    # -- the model

    def _model(self, chain: Chain) -> str | Problem:
        """`model = Model(left.inputs + right.inputs, x)`."""
        inputs = self._inputs.of(chain)
        if isinstance(inputs, Problem):
            return inputs
        name, _ = self._model_name(chain)
        named = _model_arguments(self.context, chain)
        if isinstance(named, Problem):
            return named
        line = f"{chain.target} = {name}({' + '.join(inputs)}, {chain.tensor}{named})"
        indent = self._indent(chain)
        if len(indent) + len(line) <= _LINE_LIMIT:
            return line
        newline = self.context.facts.index.newline_at(0) + indent
        joined = f"{newline}    + ".join(inputs)
        return f"{chain.target} = {name}({newline}    {joined},{newline}    {chain.tensor}{named},{newline})"

    def _hoisted(self, chain: Chain) -> Pieces | Problem:
        """`branches = [tower(6), tower(8)]`, before the statement that merges them."""
        own = self.branches[chain.merge]
        if own.listed is None or not own.in_place:
            return ()
        if chain.named is not None:
            return Problem("the branches are made in place")
        index = self.context.facts.index
        start, _ = index.span(chain.head)
        line = index.starts[index.position(start)[0] - 1]
        alone = not index.text[line:start].strip()
        separator = index.newline_at(start) + indentation(index, start) if alone else "; "
        return (f"{self._inputs.list_name(chain)} = ", Slot(*index.span(own.listed)), separator)


def _model_arguments(context: Context, chain: Chain) -> str | Problem:
    """`, name='...'` where the `Sequential` has a name."""
    call = chain.sequential
    text = ""
    given = call.args if chain.head_call is None else []
    if len(call.args) > len(given):
        return Problem("its `Sequential` is given layers")
    for keyword in call.keywords:
        if keyword.arg == "layers" and chain.head_call is None:
            continue
        if keyword.arg != "name" or not isinstance(keyword.value, ast.Constant):
            return Problem(f"its `Sequential` is given `{keyword.arg or '**'}`")
        if keyword.value.value is not None:
            text = f", name={context.facts.index.source(keyword.value)}"
    return text


def _outputs(value: Value) -> Value:
    """The outputs of a list of models."""
    if not isinstance(value, Items):
        return UNKNOWN
    if value.items is None:
        return Items(None, _output(value.element), value.least)
    return Items(tuple(map(_output, value.items)), UNKNOWN, len(value.items))


def _output(value: Value) -> Value:
    return value.outputs[0] if isinstance(value, Model) and len(value.outputs) == 1 else UNKNOWN
