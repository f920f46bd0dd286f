"""A file that takes some of its objects from `keras` and others from `tf.keras`."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kerasfix.checks import Context
from kerasfix.checks._era import Era
from kerasfix.checks.modules._mixed_sites import Site, sites_of, unified
from kerasfix.checks.modules._moved_names import Names
from kerasfix.findings import Applicability, Finding, Fix
from kerasfix.names.modern import has_module, has_name

RULE = "mixed-keras"
RULES = frozenset({RULE})

_PLAIN = re.compile(r"\b(?:from|import|,)\s+(?:tf_)?keras\b")  # not `tensorflow.keras`
_OLD = (Era.KERAS1, Era.KERAS2, Era.MIXED)
# What gives arrays, texts or files goes with objects of either package.
_GOES_WITH_BOTH = (
    "keras.datasets",
    "keras.preprocessing",
    "keras.utils.to_categorical",
    "keras.utils.get_file",
    "keras.utils.normalize",
    "keras.utils.set_random_seed",
    "keras.utils.plot_model",
    "keras.utils.model_to_dot",
    "keras.utils.Progbar",
    "keras.__version__",
)


def check(context: Context) -> Iterator[Finding]:
    """One finding a file, where it first takes something from the package that it takes less from."""
    text = context.facts.index.text
    if "tensorflow" not in text or _PLAIN.search(text) is None:
        return
    names = Names(context)
    sites = list(sites_of(names))
    counted = [site for site in sites if site.tail != "keras" and not _goes_with_both(site, context.settings.target)]
    packages = list(dict.fromkeys(site.package for site in counted))
    if len(packages) < 2 or (context.settings.target == "keras3" and context.era not in _OLD):
        return  # Keras 3 is one package under both names
    main = max(packages, key=lambda package: _weight(counted, package))
    first = min((site for site in counted if site.package != main), key=lambda site: site.start)
    other = next(site for site in counted if site.package == main)
    message = f"`{first.path}` and `{other.path}` are of two packages, whose objects do not go together"
    fix = _fix(names, [site for site in sites if site.package != main], main) if len(packages) == 2 else None
    help_text = None if fix else f"Take all of it from `{main}`"
    yield Finding(RULE, first.start, first.end, message, fix, help_text)


def _goes_with_both(site: Site, target: str) -> bool:
    if site.tail.startswith(_GOES_WITH_BOTH):
        return True
    module, _, name = site.tail.rpartition(".")
    # What only `tf.keras` has is no choice between the two.
    known = has_name(module, name, target) or has_module(site.tail, target)
    return target == "keras3" and site.package != "keras" and not known


def _weight(sites: list[Site], package: str) -> tuple[int, int]:
    """How much a file takes from a package; between equals, the one that its first layers or models come from."""
    own = [site for site in sites if site.package == package]
    first = next((site.start for site in sites if site.tail.startswith(("keras.layers", "keras.models"))), -1)
    return len(own), int(any(site.start == first for site in own))


def _fix(names: Names, sites: list[Site], package: str) -> Fix | None:
    found = unified(names, sites, package)
    if found is None:
        return None
    edits, needs = found
    return Fix(tuple(edits), Applicability.SAFE, f"Take all of it from `{package}`", imports=tuple(needs))
