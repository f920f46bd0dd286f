"""From where the modules of a project are imported."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path


def import_roots(paths: Sequence[str], project: Path | None) -> tuple[str, ...]:
    """The folders that may hold the top-level modules and packages of the code in `paths`, the likeliest first.

    `project` is the folder of the project's configuration, where there is one.
    """
    roots: dict[Path, None] = {}
    for path in dict.fromkeys(Path.cwd() / path for path in paths):
        folder = _above_packages(path if path.is_dir() else path.parent)
        roots.update(dict.fromkeys((folder, folder / "src")))
    if project:
        roots.update(dict.fromkeys((project, project / "src")))
    return tuple(str(root) for root in roots if root.is_dir())


def _above_packages(folder: Path) -> Path:
    """The folder in which the outermost package around `folder` lies; itself if it is no package."""
    while (folder / "__init__.py").is_file() and folder != folder.parent:
        folder = folder.parent
    return folder
