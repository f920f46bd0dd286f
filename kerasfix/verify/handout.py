"""The recorder as one file, for environments in which kerasfix itself cannot be installed."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

from kerasfix import probe

_PACKAGE = "kerasfix_record"
_START = "import sys\nfrom {package}.__main__ import main\nsys.exit(main(sys.argv[1:]))\n"
_DATE = (1980, 1, 1, 0, 0, 0)  # the same bytes every time


def recorder() -> bytes:
    """A zip archive that Python 2.7 and 3.4 and later run like a script."""
    folder = Path(probe.__file__).parent
    archive = io.BytesIO()
    archive.write(b"#!/usr/bin/env python\n")
    with zipfile.ZipFile(archive, "a", zipfile.ZIP_DEFLATED) as file:
        file.writestr(zipfile.ZipInfo("__main__.py", _DATE), _START.format(package=_PACKAGE))
        for path in sorted(folder.rglob("*.py")):
            name = f"{_PACKAGE}/{path.relative_to(folder).as_posix()}"
            file.writestr(zipfile.ZipInfo(name, _DATE), path.read_bytes())
    return archive.getvalue()
