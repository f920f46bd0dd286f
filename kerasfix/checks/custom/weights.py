"""Weights that a layer makes and lists by hand, as Keras 1 had it: `add_weight` makes them, and lists them, now."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from kerasfix.checks import Context
from kerasfix.checks.custom._add_weight import add_weight_edits
from kerasfix.checks.custom._classes import CustomClass, layers
from kerasfix.checks.custom._fans import assumption
from kerasfix.checks.custom._order import in_listed_order
from kerasfix.checks.custom._removal import removals
from kerasfix.checks.custom._weights import Listing, Weight, Weights, weights_of
from kerasfix.findings import Applicability, Edit, Finding, Fix, ImportNeed

RULE = "layer-weights-by-hand"
RULES = frozenset({RULE})
_WORDS = ("trainable_weights", ".init(", "initializ", "set_param", "regularizers", "constraints")


def check(context: Context) -> Iterator[Finding]:
    """Every weight that is not made by `add_weight`, and every statement that lists weights."""
    if not any(word in context.facts.index.text for word in _WORDS):
        return
    for cls in layers(context):
        if "get_output" in cls.methods and "call" not in cls.methods:
            continue  # a layer of Keras 0, which has to be written anew
        weights = weights_of(cls)
        yield from _findings(context, weights)


def _findings(context: Context, weights: Weights) -> Iterator[Finding]:
    index = context.facts.index
    listings = [
        listing
        for listing in weights.listings
        # `_trainable_weights` is what Keras 2 calls its own list; only Keras 3 does not have it.
        if context.settings.target == "keras3" or not listing.attribute.startswith("_") or _is_listed(weights)
    ]
    weights.listings = listings
    listed = {name for listing in listings for name in listing.names}
    making = [weight for weight in weights.made if _has_to_change(weight, listed)]
    spent = [statement for statement in weights.spent if making or listings or _is_dead(statement)]
    if not making and not listings and not spent:
        return
    obstacles = [*weights.obstacles, *_obstacles(weights, making)]
    fix = None if obstacles else _fix(context, weights, making, spent)
    advice = None if fix is not None else _advice(weights.cls, making, obstacles)
    for weight in making:
        for made in weight.creators:
            if made.kind != "add_weight":
                called = " ".join(index.source(made.call.func).split())
                message = f"`{called}(...)` makes a weight that Keras does not know of: `add_weight` makes them now"
                yield Finding(RULE, *index.span(made.call), message, fix, advice)
    for listing in listings:
        name = listing.attribute.removeprefix("_")
        message = f"`{name}` of a layer cannot be set any more: Keras lists what `add_weight` has made"
        yield Finding(RULE, *index.span(listing.statement), message, fix, advice)
    by_hand = any(made.kind != "add_weight" for weight in making for made in weight.creators)
    for statement in [] if by_hand or listings else spent:
        message = "Keras does not look at this any more: `add_weight` takes the regularizer and the constraint"
        yield Finding(RULE, *index.span(statement), message, fix, advice)


def _is_listed(weights: Weights) -> bool:
    return any(made.kind == "init" for weight in weights.made for made in weight.creators)


def _is_dead(statement: ast.stmt) -> bool:
    """Whether a statement has no effect, or fails, on its own."""
    text = ast.dump(statement)
    return "set_param" in text or "set_layer" in text or isinstance(getattr(statement, "value", None), ast.Call)


def _has_to_change(weight: Weight, listed: set[str]) -> bool:
    if any(made.kind == "init" for made in weight.creators):
        return True
    if weight.regularizer is not None or weight.constraint is not None:
        return True
    return weight.name in listed and any(made.kind != "add_weight" for made in weight.creators)


# -- what stands in the way


def _obstacles(weights: Weights, making: list[Weight]) -> Iterator[tuple[ast.AST, str]]:
    trainable = {name for listing in weights.listings if listing.trainable for name in listing.names}
    frozen = {name for listing in weights.listings if not listing.trainable for name in listing.names}
    for listing in weights.listings:
        if not listing.clear and not _may_be_needless(weights, making):
            yield listing.statement, "it is not clear which weights are listed"
        for name in listing.names:
            if not weights.named(name):
                yield listing.statement, f"it is not clear how `self.{name}` is made"
            if name in trainable and name in frozen and _deciding_test(weights, name) is None:
                yield listing.statement, f"`self.{name}` is trainable at one time and not at another"
        for weight in weights.made:
            if listing.trainable and not listing.adds and _is_left_out(weights, weight, listing, trainable):
                yield listing.statement, f"`self.{weight.name}` is left out of the list"
    for weight in making:
        by_hand = any(made.kind != "add_weight" for made in weight.creators)
        if by_hand and weight.name not in trainable | frozen:
            yield weight.statement, f"`self.{weight.name}` is in no list, so that Keras 1 neither trained nor saved it"
        for statement in weights.spent:
            if not _is_understood(weights.cls, statement, weight):
                yield statement, f"a condition decides about the regularizer or constraint of `self.{weight.name}`"


def _may_be_needless(weights: Weights, making: list[Weight]) -> bool:
    """Whether all weights of the class are made by `add_weight`, so that a list can only say the same."""
    return bool(weights.made) and not making


def _deciding_test(weights: Weights, name: str) -> str | None:
    """The test that decides in an `if` whether a weight is listed as trainable in one branch, or not, in the other."""
    yes = [listing for listing in weights.listings if listing.trainable and name in listing.names]
    no = [listing for listing in weights.listings if not listing.trainable and name in listing.names]
    if len(yes) != 1 or len(no) != 1:
        return None
    mine, theirs = _branches(weights.cls, yes[0].statement), _branches(weights.cls, no[0].statement)
    made = [_branches(weights.cls, weight.statement) for weight in weights.named(name)]
    for test, branch in mine.items():
        if isinstance(test, ast.If) and theirs.get(test, branch) != branch and all(test not in one for one in made):
            text = " ".join(weights.cls.facts.index.source(test.test).split())
            simple = isinstance(test.test, (ast.Name, ast.Attribute))
            return text if branch == "body" else f"not {text}" if simple else f"not ({text})"
    return None


def _is_left_out(weights: Weights, weight: Weight, listing: Listing, trainable: set[str]) -> bool:
    """Whether a trainable weight has been made where a list without it is set."""
    if weight.name in listing.names or weight.name not in trainable or weight.method is not _method(weights, listing):
        return False
    if weight.statement.lineno > listing.statement.lineno:
        return False
    return not _exclude_each_other(weights.cls, weight.statement, listing.statement)


def _method(weights: Weights, listing: Listing) -> ast.AST | None:
    parents = weights.cls.facts.parents
    node: ast.AST | None = listing.statement
    while node is not None and not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
        node = parents.get(node)
    return node


def _branches(cls: CustomClass, node: ast.AST) -> dict[ast.AST, str]:
    """The `if` statements around a node, and the branch of each that it is in."""
    parents = cls.facts.parents
    found: dict[ast.AST, str] = {}
    while (outer := parents.get(node)) is not None and not isinstance(outer, (ast.FunctionDef, ast.AsyncFunctionDef)):
        if isinstance(outer, ast.If):
            found[outer] = "body" if node in outer.body else "orelse"
        node = outer
    return found


def _exclude_each_other(cls: CustomClass, left: ast.AST, right: ast.AST) -> bool:
    mine, theirs = _branches(cls, left), _branches(cls, right)
    return any(test in theirs and theirs[test] != branch for test, branch in mine.items())


def _is_understood(cls: CustomClass, statement: ast.stmt, weight: Weight) -> bool:
    """Whether a statement about a weight depends on whether there is a regularizer, and on what the weight does."""
    what = [value for value in (weight.regularizer, weight.constraint) if value is not None]
    if not any(ast.dump(value) in ast.dump(statement) for value in what):
        return True
    known = {ast.dump(value) for value in what}
    known |= {ast.dump(test.test) for test in _branches(cls, weight.statement) if isinstance(test, ast.If)}
    for test, branch in _branches(cls, statement).items():
        assert isinstance(test, ast.If)
        if branch == "orelse" and test not in _branches(cls, weight.statement):
            return False
        parts = test.test.values if isinstance(test.test, ast.BoolOp) else [test.test]
        if isinstance(test.test, ast.BoolOp) and isinstance(test.test.op, ast.Or):
            return False
        if not all(ast.dump(_asked(part)) in known or ast.dump(part) in known for part in parts):
            return False
    return True


def _asked(test: ast.expr) -> ast.expr:
    """`x` of `x is not None`."""
    if isinstance(test, ast.Compare) and len(test.ops) == 1 and isinstance(test.ops[0], (ast.IsNot, ast.NotEq)):
        last = test.comparators[0]
        if isinstance(last, ast.Constant) and last.value is None:
            return test.left
    return test


# -- the fix


def _fix(context: Context, weights: Weights, making: list[Weight], spent: list[ast.stmt]) -> Fix | None:
    index = context.facts.index
    edits: list[Edit] = []
    imports: set[ImportNeed] = set()
    for weight in making:
        made = add_weight_edits(context, weight, _trained(weights, weight.name))
        if made is None:
            return None
        edits.extend(made[0])
        imports.update(made[1])
    gone = [*(listing.statement for listing in weights.listings), *spent]
    order = _order(weights)
    if order is not None and (turned := in_listed_order(index, context.facts.parents, weights, edits, gone)):
        edits, order = turned, None
    edits.extend(removals(index, context.facts.parents, gone))
    assumes = "; ".join(filter(None, (order, _orderings(making)))) or None
    applicability = Applicability.UNSAFE if assumes else Applicability.SAFE
    title = "Make the weights by `add_weight`" if making else "Remove what `add_weight` has made needless"
    return Fix(tuple(edits), applicability, title, assumes, tuple(sorted(imports)), _released(making))


def _orderings(making: list[Weight]) -> str | None:
    """What has to be assumed where initializers are told the ordering of images."""
    told = [made for weight in making for made in weight.creators if "dim_ordering" in made.arguments]
    found = [assumption(made.initializer, made.arguments["dim_ordering"]) for made in told]
    return next(filter(None, found), None)


def _trained(weights: Weights, name: str) -> str:
    """What `trainable=` has to say of a weight; nothing where it is trained."""
    kinds = {listing.trainable for listing in weights.listings if name in listing.names}
    if kinds == {True, False}:
        return _deciding_test(weights, name) or ""
    return "False" if kinds == {False} else ""


def _released(making: list[Weight]) -> frozenset[str]:
    """The names of modules that the old calls went through, such as `K`."""
    funcs = [made.call.func for weight in making for made in weight.creators if made.kind not in ("add_weight", "init")]
    values = [func.value if isinstance(func, ast.Attribute) else func for func in funcs]
    return frozenset(value.id for value in values if isinstance(value, ast.Name))


def _order(weights: Weights) -> str | None:
    """What has to be assumed where the weights come in another order now."""
    if not all(listing.clear for listing in weights.listings):
        return "the list holds what `add_weight` has made, in the order in which it has made it"
    if any(listing.loose for listing in weights.listings):
        return "the layers whose weights are listed are kept in attributes, and no weights are loaded by their position"
    for listing in weights.listings:
        places = [weights.named(name)[0] for name in listing.names if weights.named(name)]
        lines = [weight.statement.lineno for weight in places]
        several = len({id(weight.method) for weight in places}) > 1
        if listing.nested_first or several or lines != sorted(lines) or _take_turns(weights, places):
            return "no weights are loaded by their position: they come in the order in which they are made now"
    return None


def _take_turns(weights: Weights, places: list[Weight]) -> bool:
    """Whether two lists of weights grow in one loop, and so in turns."""
    parents = weights.cls.facts.parents
    loops: list[ast.AST] = []
    for weight in places:
        node: ast.AST | None = weight.statement
        while node is not None and node is not weight.method:
            if isinstance(node, (ast.For, ast.While)):
                loops.append(node)
            node = parents.get(node)
    return len(set(loops)) < len(loops)


def _advice(cls: CustomClass, making: list[Weight], obstacles: list[tuple[ast.AST, str]]) -> str:
    names = list(dict.fromkeys(f"`self.{weight.name}`" for weight in making))
    what = ", ".join(names) if names else "each weight"
    reason = f" ({obstacles[0][1]})" if obstacles else ""
    return (
        f"In `{cls.name}.build`, make {what} by `self.add_weight(shape=..., initializer=..., name=...)`, with "
        f"`regularizer=`, `constraint=` and `trainable=` where they are needed; the lists can go then{reason}"
    )
