"""`super().build()` without the shape, as the guide of Keras 1 had it."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from kerasfix.checks import Context
from kerasfix.checks.custom._classes import layers, parameter_names
from kerasfix.findings import Applicability, Edit, Finding, Fix
from kerasfix.flow.values import Api

RULE = "build-without-shape"
RULES = frozenset({RULE})


def check(context: Context) -> Iterator[Finding]:
    """Every such call in `build` of a class that derives from `Layer` itself."""
    index = context.facts.index
    if "super" not in index.text or ".build()" not in index.text:
        return
    for cls in layers(context):
        build = cls.methods.get("build")
        base = cls.cls.info.bases[0] if len(cls.cls.info.bases) == 1 else None
        if (
            build is None
            or not isinstance(base, Api)
            or base.name != "keras.layers.Layer"
            or not parameter_names(build)
        ):
            continue
        shape = parameter_names(build)[0]
        for node in ast.walk(build):
            if not isinstance(node, ast.Call) or node.args or node.keywords or not _is_super_build(node.func):
                continue
            end = index.span(node)[1] - 1
            fix = Fix((Edit(end, end, (shape,)),), Applicability.SAFE, f"Hand on `{shape}`")
            yield Finding(RULE, *index.span(node), "`Layer.build` takes the shape of the input", fix)


def _is_super_build(func: ast.expr) -> bool:
    if not isinstance(func, ast.Attribute) or func.attr != "build" or not isinstance(func.value, ast.Call):
        return False
    return isinstance(func.value.func, ast.Name) and func.value.func.id == "super"
