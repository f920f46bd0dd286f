"""What is found in small projects, in a form that is short to compare."""

from kerasfix.project.config import find_config
from kerasfix.source.read import SourceFile, read_source
from kerasfix.verify.find import find


def found_in(folder, files, only=None):
    """Writes files into a folder and looks for scenarios in all of them, or in those named in `only`."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    names = only or [name for name in files if name.endswith((".py", ".ipynb"))]
    sources = [read_source(str(folder / name)) for name in names]
    assert all(isinstance(source, SourceFile) for source in sources)
    found = find(sources, find_config([str(folder)]))
    return {name: found[str(folder / name)] for name in names}


def calls_in(folder, text, **files):
    """The calls that are found in one file `nets.py`, beside which others may stand; None stands for the script."""
    found = found_in(folder, {"nets.py": text, **{f"{name}.py": other for name, other in files.items()}})
    return [scenario.call for scenario in found["nets.py"].scenarios]
