"""Reads which names each legacy Keras has off its sources, and writes kerasfix/verify/find/versions.py.

python tests/verify/find/legacy_versions.py
"""

from __future__ import annotations

import sys
import textwrap
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
FILE = ROOT / "kerasfix" / "verify" / "find" / "versions.py"
_MARK = "# -- what follows is written by tests/verify/find/legacy_versions.py\n"
_OTHERS = ("theano_backend", "cntk_backend", "mxnet_backend", "numpy_backend")
# What no code but Keras' own imports.
_OWN = ("keras.legacy", "keras.engine.training_", "keras.utils.metrics_utils", "keras.utils.losses_utils")

sys.path[:0] = [str(ROOT), str(ROOT / "tests")]


def read(versions: tuple[str, ...]) -> dict[str, set[str]]:
    """The versions that have each name, by its dotted path; modules are names, too."""
    from docs.api_map import read_legacy

    meant: set[str] = set()
    every: dict[str, set[str]] = {}
    for version in versions:
        modules = read_legacy._modules(read_legacy.legacy_folder(version))
        while sum(read_legacy._resolve(module, modules) for module in modules.values()):
            pass
        names = [name for name in modules if name.partition(".")[0] == "keras"]
        meant.update(names, *read_legacy._paths(modules).values())
        meant.update(f"keras.models.{name}" for name in modules["keras.models"].every if name[:1].isupper())
        # What a module happens to have imported can be imported from it all the same.
        every[version] = {*names, *(f"{module.name}.{name}" for module in modules.values() for name in module.every)}
    wanted = {name for name in meant if not name.startswith(_OWN) and not any(other in name for other in _OTHERS)}
    return {name: {version for version in versions if name in every[version]} for name in wanted}


def written(found: dict[str, set[str]], versions: tuple[str, ...]) -> str:
    """The table as Python: the names that not all versions have."""
    table: dict[tuple[str, ...], dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for path, those in sorted(found.items()):
        if len(those) < len(versions):
            module, _, name = path.rpartition(".")
            table[tuple(version for version in versions if version in those)][module].append(name)
    lines = ["_ONLY_IN: dict[str, dict[str, str]] = {"]
    for those in sorted(table):
        lines.append(f'    "{" ".join(those)}": {{')
        for module, names in sorted(table[those].items()):
            text = " ".join(sorted(names))
            if len(text) + len(module) < 98:
                lines.append(f'        "{module}": "{text}",')
            else:
                lines += [
                    f'        "{module}": """',
                    textwrap.indent(textwrap.fill(text, 106), " " * 12),
                    '        """,',
                ]
        lines.append("    },")
    return "\n".join([*lines, "}", ""])


if __name__ == "__main__":
    from kerasfix.verify.find.versions import VERSIONS

    FILE.write_text(FILE.read_text().partition(_MARK)[0] + _MARK + written(read(VERSIONS), VERSIONS))
